"""The logical fabric: planes, spread, counts."""
