"""Benchmarks on real data: `make bench`, or `python -m bench NAME …`. They report; tests assert."""
