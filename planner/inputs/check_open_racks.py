"""Racks that may move but cannot stand as asked: not counted, too few places, rules that clash."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from planner.inputs.findings import Findings, shown
from planner.inputs.rows import Places
from planner.model.arrangement import ArrangementRules
from planner.model.catalog import Catalog, RackType
from planner.model.layout import Layout, TiersSpec
from planner.model.open_racks import OpenRacks


class _Fault(NamedTuple):
    code: str
    message: str
    place: str


def check_open_racks(layout: Layout, catalog: Catalog, places: Places, findings: Findings) -> None:
    """Report what keeps racks that may move from being arranged."""
    faults = list(_uncounted(layout, catalog))
    if layout.open_racks is not None and not faults:
        kind = catalog.rack_types[layout.open_racks.rack_type]
        faults = list(_of_kind(layout, kind)) or list(_of_places(layout, layout.open_racks, catalog))
    for code, message, place in faults:
        findings.add(code, message, places[place])


def _moves(layout: Layout, catalog: Catalog, kind: RackType) -> bool:
    """Tell whether a rack of that type brings along what a fabric starts from, so that it must be counted."""
    gpus = any(catalog.device_types[mount.device].gpus for mount in kind.mounts)
    is_upper = any(isinstance(f, TiersSpec) and f.upper_rack_type == kind.id for f in layout.fabrics)
    return gpus or (not is_upper and bool(_wiring(layout, kind)))


def _wiring(layout: Layout, kind: RackType) -> list[TiersSpec]:
    """Return the fabrics of tiers that wire devices which a rack of that type brings along."""
    brought = {mount.device for mount in kind.mounts}
    specs = [spec for spec in layout.fabrics if isinstance(spec, TiersSpec)]
    return [spec for spec in specs if not spec.lower.below and spec.lower.device in brought]


def _uncounted(layout: Layout, catalog: Catalog) -> Iterator[_Fault]:
    """Report positions left open for racks that the layout does not count, once a type."""
    counted = layout.open_racks.rack_type if layout.open_racks else ""
    seen = {counted}
    for row in layout.rows:
        for position in row.positions:
            for name in position.choices if not position.is_decided else ():
                if name not in seen and _moves(layout, catalog, catalog.rack_types[name]):
                    seen.add(name)
                    more = f"; 'open_racks' counts {shown(counted)}, and racks of one type may move"
                    yield _Fault(
                        "open-racks-uncounted",
                        f"{shown(name)} brings devices of a fabric along and is one of several choices, but "
                        f"nothing says how many stand; expected how many in 'open_racks.needed.{name}'"
                        f"{more if counted else ''}",
                        f"position {position.address}",
                    )


def _of_kind(layout: Layout, kind: RackType) -> Iterator[_Fault]:
    wiring = _wiring(layout, kind)
    if not wiring:
        message = f"no fabric of tiers wires what {shown(kind.id)} brings along; expected a type that joins"
        yield _Fault("open-racks-unwired", message, "open racks")
    for spec in layout.fabrics:
        if isinstance(spec, TiersSpec) and spec.upper_rack_type == kind.id:
            message = (
                f"fabric {shown(spec.name)} places upper devices in {shown(kind.id)}, which may move; "
                "expected racks of it where rows put them, or another rack type for upper devices"
            )
            yield _Fault("open-racks-upper", message, f"fabric {spec.name} rack")
    for spec in wiring:
        grouped = [key for key in spec.plane_keys if key in layout.groups]
        if grouped:
            message = (
                f"planes told apart by {shown(grouped[0])} need racks that stand for sure, but "
                f"{shown(kind.id)} may move; expected planes by rail or in turn, or racks where rows put them"
            )
            yield _Fault("open-racks-grouped", message, f"fabric {spec.name} planes")


def _of_places(layout: Layout, spec: OpenRacks, catalog: Catalog) -> Iterator[_Fault]:
    """Report counts that places cannot give, then rules that they cannot keep."""
    rules = ArrangementRules(layout, catalog)
    fixed = sum(len(row.fixed_numbers) for row in rules.rows)
    open_places = len(spec.positions)
    if not open_places:
        message = f"no position is left open for {shown(spec.rack_type)}; expected choices such as "
        yield _Fault("open-racks-nowhere", f"{message}[{spec.rack_type}, empty]", "open racks")
    elif spec.needed < fixed:
        message = f"{spec.needed} of {shown(spec.rack_type)} needed in all, but rows fix {fixed}"
        yield _Fault("open-racks-fewer", message, "open racks count")
    elif spec.needed > fixed + open_places:
        message = (
            f"{spec.needed} of {shown(spec.rack_type)} needed in all, but there are {fixed} fixed + "
            f"{open_places} open = {fixed + open_places} places"
        )
        yield _Fault("open-racks-short", message, "open racks count")
    elif not rules.count:
        yield _Fault("open-racks-rules", _sums(rules), "open racks count")


def _sums(rules: ArrangementRules) -> str:
    """Say which sum fails: most racks of each row under its rules, and of the rows together."""
    spec = rules.spec
    kept = [
        *(["in pairs"] if spec.in_pairs else []),
        *([f"{spec.spacing} positions apart"] if spec.spacing else []),
    ]
    most, parts, stuck = [], [], []
    for row, counts in zip(rules.rows, rules.counts_by_row, strict=True):
        limits = [f"its {word} limit allows {racks}" for word, racks in row.limits]
        why = f" ({', '.join(limits)})" if limits else ""
        if not counts:
            stuck.append(f"the {len(row.fixed_numbers)} fixed in row {row.name}{why} cannot be among them")
        elif row.open_numbers or row.fixed_numbers:
            most.append(max(counts))
            parts.append(f"{row.name} at most {most[-1]}{why}")
    rows = len(most) if spec.max_rows is None else min(spec.max_rows, len(most))
    total = sum(sorted(most, reverse=True)[:rows])
    within = f" within {rows} of {len(most)} rows" if rows < len(most) else ""
    rule = f" {' and '.join(kept)}" if kept else ""
    text = f"{spec.needed} of {shown(spec.rack_type)} needed in all{rule}{within}, but "
    if stuck:
        return text + "; ".join(stuck)
    if spec.in_pairs and spec.needed % 2:
        return f"{text}an odd number cannot stand in pairs"
    return f"{text}rows take {', '.join(parts)}: {total} in all"
