"""Routes that scenarios share: those that differ in prices, media or rules walk the same ways."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from threading import Lock
from typing import NamedTuple

from planner.fabrics_in_turn import Routed, route_fabrics
from planner.inputs.load import Inputs
from planner.model.fabric import Fabric
from planner.model.fingerprint import fingerprint
from planner.model.layout import Economics, Objective

KEPT = 2
"""Halls whose routes a process keeps: scenarios come hall by hall, and a large hall's are large."""

_NO_ECONOMICS = Economics(
    objective=Objective.CAPEX,
    currency="",
    labor_per_run_cents=0,
    labor_per_meter_cents=0,
    pue_permille=0,
    price_per_mwh_cents=0,
    years=0,
    spares_permille=0,
)


class _Kept(NamedTuple):
    fabrics: tuple[Fabric, ...]
    routed: tuple[Routed, ...]


class SharedRoutes:
    """Routes fabrics and keeps the routes of the latest halls.

    Routes are searched in what is left of the inputs once prices, media and sources are taken out, and
    kept under its hash: so they cannot depend on anything else, and a scenario gets the same routes
    whichever came before it.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._lock = Lock()

    def route(self, inputs: Inputs, fabrics: Sequence[Fabric]) -> tuple[Routed, ...]:
        """Return every fabric with its routes; raises InfeasibleError as ``route_fabrics`` does."""
        key = hall_hash(inputs)
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
        if kept is None or kept.fabrics != tuple(fabrics):
            kept = _Kept(tuple(fabrics), route_fabrics(_hall_of(inputs), fabrics))
            with self._lock:
                self._kept[key] = kept
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
        return tuple((fabric, table) for fabric, (_, table) in zip(fabrics, kept.routed, strict=True))


def hall_hash(inputs: Inputs) -> str:
    """Return the hash under which routes in these inputs are kept."""
    hall = _hall_of(inputs)
    return fingerprint(hall.layout, hall.catalog)


def _hall_of(inputs: Inputs) -> Inputs:
    """Return the inputs without what routes do not depend on."""
    layout = replace(
        inputs.layout, name="", title="", profile="", provenance=(), supply=(), economics=_NO_ECONOMICS
    )
    catalog = replace(
        inputs.catalog,
        media=(),
        provenance=(),
        protocols={},
        rack_types={name: replace(one, price=None) for name, one in inputs.catalog.rack_types.items()},
        device_types={name: replace(one, price=None) for name, one in inputs.catalog.device_types.items()},
    )
    return Inputs(layout=layout, catalog=catalog, places=inputs.places)
