"""Room: the one count."""
