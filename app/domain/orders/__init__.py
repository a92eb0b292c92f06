"""Room: orders as channels tell them."""
