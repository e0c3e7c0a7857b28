"""Kinds of ends: what must be looked at once for thousands of them."""

from __future__ import annotations

from planner.model.layout import TiersSpec
from planner.model.plan import CableEnd, CableRun
from planner.verify.ground import Ground


def alike_fabrics(ground: Ground) -> dict[str, str]:
    """Return for each fabric the first one that wires the same cages in the same way."""
    first: dict[object, str] = {}
    alike: dict[str, str] = {}
    for name, spec in ground.fabrics.items():
        if isinstance(spec, TiersSpec):
            how: object = (spec.lower, spec.upper, spec.granularity)
        else:
            how = (spec.device, spec.cages)
        alike[name] = first.setdefault(how, name)
    return alike


def kind_of(run: CableRun, fabric: str, end: CableEnd, side: int) -> tuple[object, ...]:
    """Return all that tells whether an end is right wherever its device stands."""
    return (
        *(side, fabric, run.option, run.medium, run.rate_gbps, run.links),
        *(run.a.device, run.a.cage, run.b.device, run.b.cage),
        *(end.asic, end.port, end.transceiver),
    )
