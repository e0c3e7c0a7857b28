"""Checks a plan with code of its own."""
