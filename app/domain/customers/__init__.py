"""Room: buyers and their handles."""
