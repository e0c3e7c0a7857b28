"""Placement, wiring, media, and the proof."""
