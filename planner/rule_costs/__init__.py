"""Inputs of a plan with one rule left out each."""
