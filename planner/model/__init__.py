"""Frozen values that all stages share: no algorithms, no files."""
