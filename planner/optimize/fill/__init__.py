"""Pathway fill and supply as rules of the decision: what is short has a price, and runs must fit together."""
