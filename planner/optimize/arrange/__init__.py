"""Racks that may move: which positions hold them, decided together with switch racks, and proved."""
