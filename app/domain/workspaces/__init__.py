"""Room: the tenant and its people."""
