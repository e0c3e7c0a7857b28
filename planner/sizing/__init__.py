"""Sizes of systems without a floor: switches, runs, ends, ratios, prices by medium, demand, claims."""
