"""Pathway fill as a rule of the decision: tolls on crowded segments, and runs that must fit together."""
