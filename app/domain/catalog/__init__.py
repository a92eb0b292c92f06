"""Room: variants and listings."""
