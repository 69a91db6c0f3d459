"""Benchmarks: every figure stands beside a floor that was measured in the same run, turn by turn.

`make bench` runs all, `make bench NAME=delivery` one. Each runs on servers of its own, durable as in production.
"""
