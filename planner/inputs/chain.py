"""Fabrics that wire what other fabrics place: their order, and the devices they start from."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from planner.inputs.findings import Findings, nearest, shown
from planner.inputs.rows import Places
from planner.model.layout import PeersSpec, TiersSpec
from planner.model.names import natural_key
from planner.model.sites import below_among

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
    waiting = [_standing(fabric, fabrics, names, places, findings) for fabric in fabrics]
    waiting.sort(key=lambda fabric: natural_key(fabric.name))
    below = {fabric.name: _names_below(fabric, waiting) for fabric in waiting}
    done: dict[str, Fabric] = {}
    while waiting:
        ready = next((fabric for fabric in waiting if all(name in done for name in below[fabric.name])), None)
        if ready is None:
            _report_cycles(waiting, below, places, findings)
            break
        waiting.remove(ready)
        done[ready.name] = _filled(ready, [done[name] for name in below[ready.name]])
    return tuple(done.values())


def _names_below(fabric: Fabric, fabrics: Sequence[Fabric]) -> tuple[str, ...]:
    return tuple(one.name for one in below_among(fabrics, fabric)) if isinstance(fabric, TiersSpec) else ()


def _standing(
    fabric: Fabric,
    fabrics: Sequence[Fabric],
    names: Collection[str],
    places: Places,
    findings: Findings,
) -> Fabric:
    """Return the fabric; standing on nothing where what it names was reported."""
    if not isinstance(fabric, TiersSpec) or not fabric.lower.below:
        return fabric
    below = fabric.lower.below
    named = [
        one
        for one in fabrics
        if below == (one.family if isinstance(one, TiersSpec) else "") or one.name == below
    ]
    if all(isinstance(one, TiersSpec) for one in named) and _names_below(fabric, named):
        if not fabric.family or named[0].name != below:
            return fabric
        place = places[f"fabric {fabric.name} lower device"]
        message = (
            f"{shown(below)} is one fabric for all groups, and each of these would wire all that it places; "
            "expected one that is declared 'per' group as well"
        )
        findings.add("fabric-of-all-groups", message, place)
        return replace(fabric, lower=replace(fabric.lower, below=""))
    place = places[f"fabric {fabric.name} lower device"]
    if below not in names:
        others = [name for name in names if name != (fabric.family or fabric.name)]
        findings.add("unknown-fabric", f"unknown fabric {shown(below)}{nearest(below, others)}", place)
    elif named and isinstance(named[0], PeersSpec):
        message = f"{shown(below)} is of kind peers and places no devices; expected a fabric of kind tiers"
        findings.add("fabric-kind", message, place)
    elif named:
        message = (
            f"no fabric of {shown(below)} lies within the racks of {shown(fabric.name)}; expected groups that"
            " hold those of the fabric below"
        )
        findings.add("no-fabric-within", message, place)
    return replace(fabric, lower=replace(fabric.lower, below=""))


def _filled(fabric: Fabric, below: Sequence[Fabric]) -> Fabric:
    if not isinstance(fabric, TiersSpec) or not below or not isinstance(below[0], TiersSpec):
        return fabric
    return replace(fabric, lower=replace(fabric.lower, device=below[0].upper.device))


def _report_cycles(
    waiting: Sequence[Fabric], names_below: Mapping[str, Sequence[str]], places: Places, findings: Findings
) -> None:
    """Report each circle once, at the first of its fabrics."""
    open_names = [fabric.name for fabric in waiting]
    below = {
        name: next(one for one in names_below[name] if one in open_names)
        for name in open_names
        if any(one in open_names for one in names_below[name])
    }
    seen: set[str] = set()
    for fabric in waiting:
        path: list[str] = []
        name = fabric.name
        while name in below and name not in seen:
            seen.add(name)
            path.append(name)
            name = below[name]
        if name in path:
            circle = [*path[path.index(name) :], name]
            told = " on ".join(shown(one) for one in circle)
            place = places[f"fabric {circle[0]} lower device"]
            findings.add("fabric-cycle", f"fabrics stand on each other: {told}", place)
