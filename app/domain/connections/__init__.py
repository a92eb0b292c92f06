"""Room: linked accounts."""
