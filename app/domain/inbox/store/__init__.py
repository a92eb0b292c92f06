"""All SQL of this room. Private to it."""
