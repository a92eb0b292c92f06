"""The belt between channels and rooms."""
