"""Benchmarks: each claim about time, money and memory, beside its peer and in one run."""
