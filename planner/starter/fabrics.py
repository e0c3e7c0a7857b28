"""The section of a first layout that describes its fabrics."""

from __future__ import annotations

from collections.abc import Iterator

from planner.model.layout import Granularity, Spread, WiredUnit
from planner.starter.design import Tier
from planner.starter.draft import Draft

_SPREADS = {
    Spread.BALANCED: "pairs of a lower and an upper unit get equal numbers of runs or one more",
    Spread.UNIFORM: "all pairs of a lower and an upper unit get the same number of runs",
}


def fabric_lines(draft: Draft) -> Iterator[str]:
    """Yield the fabrics from the lowest up, or the pairs of racks."""
    if draft.design is None:
        yield from _pair_lines(draft)
        return
    yield "# What is cabled to what. The planner places the upper devices, in racks of the type after `rack`,"
    yield "# and gives each run its cages, way, medium and length."
    if draft.starter.granularity is not Granularity.CAGE:
        yield f"# `granularity`: a run takes one {draft.starter.granularity.value} of a cage."
    yield f"# `spread: {draft.size.spread.value}`: {_SPREADS[draft.size.spread]}."
    if len(draft.design.tiers) > 1:
        yield "# `numbers`: the cages that a fabric may use; the others of a device are for the next."
    yield "# `planes`: lower units of one plane share upper units, and only these."
    yield "fabrics:"
    for tier in draft.design.tiers:
        yield from _tier_lines(draft, tier)


def _pair_lines(draft: Draft) -> Iterator[str]:
    yield "# Racks in pairs: every cage of the devices is cabled to the same one in the other rack."
    yield "fabrics:"
    yield "  pair:"
    yield "    kind: peers"
    yield f"    device: {draft.starter.device}"
    yield f"    cages: {draft.starter.cages}"
    yield "    pairs:"
    for row in draft.rows:
        for number in range(1, row.positions, 2):
            yield f"      - [{row.name}{number:02d}, {row.name}{number + 1:02d}]"


def _tier_lines(draft: Draft, tier: Tier) -> Iterator[str]:
    starter = draft.starter
    yield f"  # {_counts(tier)}"
    yield f"  {tier.name}:"
    yield "    kind: tiers"
    if starter.granularity is not Granularity.CAGE:
        yield f"    granularity: {starter.granularity.value}"
    yield f"    spread: {draft.size.spread.value}"
    if tier.below:
        lower = [f"fabric: {tier.below}", f"cages: {starter.upper_cages}"]
        unit = starter.upper_unit
    else:
        lower = [f"device: {starter.device}", f"cages: {starter.cages}"]
        unit = starter.unit
    upper = [f"device: {starter.upper_device}", f"cages: {starter.upper_cages}"]
    lower += _numbers(tier.lower_numbers) + _unit(unit) + _planes(draft, tier)
    upper += [*_numbers(tier.upper_numbers), *_unit(starter.upper_unit), f"rack: {starter.upper_rack}"]
    yield f"    lower: {{{', '.join(lower)}}}"
    yield f"    upper: {{{', '.join(upper)}}}"


def _counts(tier: Tier) -> str:
    planes = f"{tier.planes:,} planes, in each" if tier.planes > 1 else "1 plane with"
    lower = f"{_count(tier.lower_units, 'lower unit')} of {_count(tier.uplinks, 'uplink')}"
    return f"{planes} {lower} and {_count(tier.upper_units, 'upper unit')}: {_count(tier.runs, 'run')}."


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _numbers(cages: tuple[int, ...]) -> list[str]:
    if not cages:
        return []
    spans: list[list[int]] = []
    for cage in cages:
        if spans and spans[-1][-1] + 1 == cage:
            spans[-1].append(cage)
        else:
            spans.append([cage])
    texts = [str(span[0]) if len(span) == 1 else f"{span[0]}-{span[-1]}" for span in spans]
    return [f"numbers: {texts[0]}" if len(texts) == 1 else f"numbers: [{', '.join(texts)}]"]


def _unit(unit: WiredUnit) -> list[str]:
    return [] if unit is WiredUnit.ASIC else [f"unit: {unit.value}"]


def _planes(draft: Draft, tier: Tier) -> list[str]:
    if tier.keys:
        return [f"planes: [{', '.join(tier.keys)}]"]
    if tier.below:
        return ["planes: 1"]
    return [] if draft.starter.planes is None else [f"planes: {draft.starter.planes}"]
