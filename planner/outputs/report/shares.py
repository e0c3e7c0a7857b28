"""Where money and power go: by medium and by part, each adding up to the plan's totals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial

from planner.model.economics import labor_cents
from planner.model.media import MediaOption, Medium
from planner.model.plan import CableEnd, Plan

_CATEGORY_WORDS = {
    "device": "switches placed by the plan",
    "rack": "switch racks bought",
    "cable": "cable assemblies",
    "transceiver": "transceivers",
    "cord": "fiber cords",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One bar of a breakdown."""

    words: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MediumShare:
    """What the runs of one medium come to: parts and labor in cents, plugs in milliwatts."""

    medium: Medium
    runs: int
    routed_mm: int
    parts_cents: int
    labor_cents: int
    milliwatts: int


def money_by_part(plan: Plan) -> tuple[Share, ...]:
    """Return what makes up capex: categories of parts, and labor."""
    sums: Counter[str] = Counter()
    for line in plan.bom:
        sums[line.category] += line.extended_price_cents
    shares = [
        Share(words=words, amount=sums.pop(category))
        for category, words in _CATEGORY_WORDS.items()
        if sums[category]
    ]
    shares += [Share(words=category, amount=cents) for category, cents in sorted(sums.items()) if cents]
    return (*shares, Share(words="installation labor", amount=plan.totals.labor_cents))


def power_by_part(plan: Plan, media: Sequence[MediumShare]) -> tuple[Share, ...]:
    """Return what makes up the plan's power: placed devices by type, racks bought, plugs by medium.

    ``media`` is what each medium in use comes to.
    """
    devices: Counter[str] = Counter()
    for device in plan.devices:
        if device.is_placed:
            devices[device.device] += plan.catalog.device_types[device.device].power_milliwatts
    shares = [Share(words=name, amount=power) for name, power in sorted(devices.items())]
    plugs = [Share(words=f"plugs of {one.medium.value}", amount=one.milliwatts) for one in media]
    shares += [share for share in plugs if share.amount]
    rest = plan.totals.power_milliwatts - sum(share.amount for share in shares)
    return (*shares, Share(words="switch racks bought", amount=rest)) if rest else tuple(shares)


def media_shares(plan: Plan) -> tuple[MediumShare, ...]:
    """Return what each medium in use comes to, in the order of listing."""
    runs, routed, parts, labor = Counter[Medium](), Counter[Medium](), Counter[Medium](), Counter[Medium]()
    labor_of = cache(partial(labor_cents, plan.layout.economics))  # thousands of runs share few lengths
    for run in plan.runs:
        runs[run.medium] += 1
        routed[run.medium] += run.routed_mm
        parts[run.medium] += run.cost_cents
        labor[run.medium] += labor_of(run.routed_mm)
    power = _plug_milliwatts(plan)
    return tuple(
        MediumShare(
            medium=medium,
            runs=runs[medium],
            routed_mm=routed[medium],
            parts_cents=parts[medium],
            labor_cents=labor[medium],
            milliwatts=power[medium],
        )
        for medium in Medium
        if runs[medium]
    )


def _plug_milliwatts(plan: Plan) -> Counter[Medium]:
    """Sum plugs cage by cage: runs that share a cage share its plug."""
    options = {option.id: option for option in plan.catalog.media}
    known: dict[tuple[str, str, bool, str, str], int] = {}
    seen: set[tuple[str, int, int]] = set()
    power: Counter[Medium] = Counter()
    for run in plan.runs:
        for end, other in ((run.a, run.b), (run.b, run.a)):
            socket = (end.rack, end.u, end.cage)
            if socket not in seen:
                seen.add(socket)
                kind = run.option, end.transceiver, end.port > 0, end.device, other.device
                if kind not in known:
                    known[kind] = _plug_power(options[run.option], end, other)
                power[run.medium] += known[kind]
    return power


def _plug_power(option: MediaOption, end: CableEnd, other: CableEnd) -> int:
    """Return the power of the plug at an end: the one with the transceiver and the sharing found there."""
    first, second = option.plugs
    shares_cage = ((first.runs > 1) == (end.port > 0), (second.runs > 1) == (end.port > 0))
    fits = tuple(
        (plug.transceiver.id if plug.transceiver else "") == end.transceiver and shares
        for plug, shares in zip((first, second), shares_cage, strict=True)
    )
    if fits[0] and fits[1]:
        return (first if end.device <= other.device else second).power_milliwatts
    return (first if fits[0] else second).power_milliwatts
