"""What the embedded form starts and stops: its own PostgreSQL, and a supervisor of child processes."""
