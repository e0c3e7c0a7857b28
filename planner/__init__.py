"""Plans tiered fabrics: placement, wiring, media, and a proof of how good the plan is."""

__version__ = "0.1.0"
