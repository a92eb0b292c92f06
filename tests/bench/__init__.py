"""Figures of the product as ratios to the raw limit of the same run. `make bench` prints them and writes bench.json."""
