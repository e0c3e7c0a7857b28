"""Slower, plainer ways to the same answers, written apart from the optimizer, and floors to try both on."""
