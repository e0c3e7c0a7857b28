"""Fabrics that wire what other fabrics place: their order, and the devices they start from."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from planner.inputs.findings import Findings, nearest, shown
from planner.inputs.rows import Places
from planner.model.layout import PeersSpec, TiersSpec
from planner.model.names import natural_key

Fabric = PeersSpec | TiersSpec


def chain_fabrics(
    fabrics: Sequence[Fabric], names: Collection[str], places: Places, findings: Findings
) -> tuple[Fabric, ...]:
    """Return the fabrics in natural order, each after the one below, its lower device filled in.

    Parameters
    ----------
    fabrics, names
        The fabrics that could be read, and the names of all that are written.
    places, findings
        Where they were written, and what takes fabrics that cannot stand on others.
    """
    by_name = {fabric.name: fabric for fabric in fabrics}
    waiting = [_standing(fabric, by_name, names, places, findings) for fabric in fabrics]
    waiting.sort(key=lambda fabric: natural_key(fabric.name))
    done: dict[str, Fabric] = {}
    while waiting:
        ready = next((fabric for fabric in waiting if not _below(fabric) or _below(fabric) in done), None)
        if ready is None:
            _report_cycles(waiting, places, findings)
            break
        waiting.remove(ready)
        done[ready.name] = _filled(ready, done)
    return tuple(done.values())


def _below(fabric: Fabric) -> str:
    return fabric.lower.below if isinstance(fabric, TiersSpec) else ""


def _standing(
    fabric: Fabric,
    by_name: dict[str, Fabric],
    names: Collection[str],
    places: Places,
    findings: Findings,
) -> Fabric:
    """Return the fabric; standing on nothing where what it names was reported."""
    below = _below(fabric)
    if not isinstance(fabric, TiersSpec) or not below or isinstance(by_name.get(below), TiersSpec):
        return fabric
    place = places[f"fabric {fabric.name} lower device"]
    if below not in names:
        others = [name for name in names if name != fabric.name]
        findings.add("unknown-fabric", f"unknown fabric {shown(below)}{nearest(below, others)}", place)
    elif below in by_name:
        message = f"{shown(below)} is of kind peers and places no devices; expected a fabric of kind tiers"
        findings.add("fabric-kind", message, place)
    return replace(fabric, lower=replace(fabric.lower, below=""))


def _filled(fabric: Fabric, done: dict[str, Fabric]) -> Fabric:
    below = done.get(_below(fabric))
    if not isinstance(fabric, TiersSpec) or not isinstance(below, TiersSpec):
        return fabric
    return replace(fabric, lower=replace(fabric.lower, device=below.upper.device))


def _report_cycles(waiting: Sequence[Fabric], places: Places, findings: Findings) -> None:
    """Report each circle once, at the first of its fabrics."""
    below = {fabric.name: _below(fabric) for fabric in waiting}
    seen: set[str] = set()
    for fabric in waiting:
        path: list[str] = []
        name = fabric.name
        while name not in seen:
            seen.add(name)
            path.append(name)
            name = below[name]
        if name in path:
            circle = [*path[path.index(name) :], name]
            told = " on ".join(shown(one) for one in circle)
            place = places[f"fabric {circle[0]} lower device"]
            findings.add("fabric-cycle", f"fabrics stand on each other: {told}", place)
