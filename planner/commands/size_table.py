"""The text of ``planner size``: systems side by side, the overview, and the note's claims."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from planner.commands.tables import align, number
from planner.inputs.sizing import SizingInputs
from planner.model.evidence import Basis
from planner.model.sizing import JoinSize
from planner.preliminary import Sized
from planner.units import round_half_up

NONE = "-"
Cell = Callable[[Sized], str]
Row = tuple[str, Cell]


def overview(sized: Sequence[Sized]) -> list[str]:
    """One line a system."""
    rows = [("system", "generation", "GPUs", "tiers", "runs", "ends/GPU", "1.6T ends/GPU", "ASICs", "trays")]
    rows += [
        (
            one.size.system.id,
            one.size.system.generation,
            number(one.size.gpus),
            str(one.size.tiers),
            number(one.size.runs),
            number(Fraction(one.size.ends, one.size.gpus)),
            number(one.size.equivalent_ends / one.size.gpus),
            number(one.size.asics),
            number(one.size.trays),
        )
        for one in sized
    ]
    return [
        *align(rows, right=range(2, 9)),
        "",
        "ASICs and trays: switches of the tiers that are reached over cable runs. Name systems to see more.",
    ]


def side_by_side(inputs: SizingInputs, sized: Sequence[Sized]) -> list[str]:
    """All figures, one column a system."""
    lines = []
    sections = [
        ("", _shape_rows()),
        ("switches", _switch_rows(sized)),
        ("cable runs", _run_rows(sized)),
        ("scale-up : scale-out", _ratio_rows(sized)),
        (
            f"price of the cable runs (thousand {inputs.currency}, profile {inputs.profile})",
            _price_rows(sized),
        ),
        (
            "demand chain: chips = capex x share x value for money; ends = chips x bandwidth x tiers",
            _chain_rows(inputs),
        ),
    ]
    width = max(len(name) for _, rows in sections for name, _ in rows) + 2
    columns = [max(len(cell(one)) for _, rows in sections for _, cell in rows) for one in sized]
    for title, rows in sections:
        if not rows:
            continue
        lines += ["", f"{title}:"] if title else []
        for name, cell in rows:
            label = f"  {name}" if title else name
            cells = [cell(one).rjust(size) for one, size in zip(sized, columns, strict=True)]
            lines.append("  ".join([label.ljust(width), *cells]).rstrip())
    return [*lines, "", *_remarks(sized)]


def _shape_rows() -> list[Row]:
    return [
        ("", lambda one: one.size.system.id),
        ("network", lambda one: one.size.system.network.value),
        ("generation", lambda one: one.size.system.generation),
        ("GPUs", lambda one: number(one.size.gpus)),
        (
            "domains x blocks",
            lambda one: f"{one.size.domains:,} x {one.size.blocks:,} {one.size.system.block.name}",
        ),
        ("GPU bandwidth each way", lambda one: f"{number(Fraction(one.size.system.gpu_gbps, 1000))} Tb/s"),
        (
            "switch tiers, of which cabled",
            lambda one: f"{one.size.tiers}, {one.size.tiers - one.size.system.inner_tiers}",
        ),
        (
            "taper",
            lambda one: f"{one.size.taper.numerator}:{one.size.taper.denominator}" if one.size.runs else NONE,
        ),
        ("spread", lambda one: one.size.spread.value if one.size.trays else NONE),
        *((f"numbers by basis: {basis.value}", _of_basis(basis)) for basis in Basis),
    ]


def _of_basis(basis: Basis) -> Cell:
    return lambda one: str(sum(record.basis is basis for record in one.size.system.provenance))


def _switch_rows(sized: Sequence[Sized]) -> list[Row]:
    def per(count: int, one: Sized) -> str:
        return number(Fraction(one.size.gpus, count)) if count else NONE

    rows: list[Row] = [
        (
            "inside the blocks, ASICs",
            lambda one: number(one.size.inner_asics) if one.size.inner_asics else NONE,
        ),
        (
            "inside the blocks, trays",
            lambda one: number(one.size.inner_trays) if one.size.inner_trays else NONE,
        ),
    ]
    for tier in _tier_names(sized):
        rows.append((f"{tier}, ASICs", _of_tier(tier, lambda join: join.asics)))
        rows.append((f"{tier}, trays", _of_tier(tier, lambda join: join.trays)))
    rows += [
        ("cabled tiers, ASICs", lambda one: number(one.size.asics)),
        ("cabled tiers, trays", lambda one: number(one.size.trays)),
        ("GPUs per ASIC of cabled tiers", lambda one: per(one.size.asics, one)),
        ("GPUs per tray of cabled tiers", lambda one: per(one.size.trays, one)),
    ]
    return rows


def _tier_names(sized: Sequence[Sized]) -> list[str]:
    return list(dict.fromkeys(join.upper for one in sized for join in one.size.joins if join.trays))


def _of_tier(tier: str, count: Callable[[JoinSize], int]) -> Cell:
    def cell(one: Sized) -> str:
        found = [
            count(join) * one.size.domains for join in one.size.joins if join.upper == tier and join.trays
        ]
        return number(sum(found)) if found else NONE

    return cell


def _run_rows(sized: Sequence[Sized]) -> list[Row]:
    rows: list[Row] = []
    names = dict.fromkeys((join.lower, join.upper) for one in sized for join in one.size.joins)
    for lower, upper in names:
        rows.append(
            (f"{lower} to {upper}", _of_join(lower, upper, lambda join, many: number(join.runs * many)))
        )
        if any(join.pair_runs[1] for one in sized for join in one.size.joins if join.upper == upper):
            pairs = _of_join(lower, upper, lambda join, _: _pair_text(join))
            rows.append((f"{lower} to {upper}, runs a pair", pairs))
    rows += [
        ("all", lambda one: number(one.size.runs)),
        (
            "rate of a run",
            lambda one: f"{number(one.size.system.uplinks.rate_gbps)}G" if one.size.system.uplinks else NONE,
        ),
        ("ends", lambda one: number(one.size.ends)),
        ("ends per GPU", lambda one: number(Fraction(one.size.ends, one.size.gpus))),
        ("1.6T-equivalent ends per GPU", lambda one: number(one.size.equivalent_ends / one.size.gpus)),
    ]
    return rows


def _of_join(lower: str, upper: str, text: Callable[[JoinSize, int], str]) -> Cell:
    def cell(one: Sized) -> str:
        found = [
            text(join, one.size.domains)
            for join in one.size.joins
            if (join.lower, join.upper) == (lower, upper)
        ]
        return found[0] if found else NONE

    return cell


def _pair_text(join: JoinSize) -> str:
    fewest, most = join.pair_runs
    return NONE if not most else str(most) if fewest == most else f"{fewest} to {most}"


def _ratio_rows(sized: Sequence[Sized]) -> list[Row]:
    names = dict.fromkeys(comparison.other for one in sized for comparison in one.comparisons)
    rows: list[Row] = []
    for name in names:
        rows.append((f"1.6T ends per GPU : {name}", _of_ratio(name, "")))
        for counted in ("ASICs : trays", "trays : trays", "ASICs : ASICs"):
            rows.append((f"switches, {counted} of {name}", _of_ratio(name, counted)))
    return rows


def _of_ratio(name: str, counted: str) -> Cell:
    def cell(one: Sized) -> str:
        for comparison in one.comparisons:
            if comparison.other == name and not counted:
                return number(comparison.ends)
            if comparison.other == name and counted in comparison.switches:
                return number(comparison.switches[counted][0])
        return NONE

    return cell


def _price_rows(sized: Sequence[Sized]) -> list[Row]:
    parts = dict.fromkeys(f"{price.medium.value}, {price.part}" for one in sized for price in one.prices)
    rows: list[Row] = [(name, _of_part(name)) for name in parts]
    return [*rows, ("least to most", _price_range), ("basis", _price_basis)]


def _of_part(name: str) -> Cell:
    def cell(one: Sized) -> str:
        for price in one.prices:
            if f"{price.medium.value}, {price.part}" == name:
                return _span(price.least_cents * one.size.cables, price.most_cents * one.size.cables)
        return NONE

    return cell


def _span(least_cents: int, most_cents: int) -> str:
    low, high = (
        number(Fraction(round_half_up(Fraction(cents, 10**4)), 10)) for cents in (least_cents, most_cents)
    )
    return low if low == high else f"{low} to {high}"


def _price_range(one: Sized) -> str:
    if not one.prices:
        return "no part fits" if one.size.runs else NONE
    least = min(price.least_cents for price in one.prices)
    most = max(price.most_cents for price in one.prices)
    return _span(least * one.size.cables, most * one.size.cables)


def _price_basis(one: Sized) -> str:
    bases = sorted({basis for price in one.prices for basis in price.bases})
    return ", ".join(bases) if bases else NONE


def _chain_rows(inputs: SizingInputs) -> list[Row]:
    currency = inputs.currency
    return [
        (f"capital spending ({currency})", lambda one: f"{one.chain.demand.capex_cents // 100:,}"),
        (
            "share that buys chips",
            lambda one: f"{number(Fraction(one.chain.demand.chip_share_permille, 10))} %",
        ),
        (f"price of a chip ({currency})", lambda one: f"{one.chain.demand.chip_price_cents // 100:,}"),
        (f"chips a million {currency} (value for money)", lambda one: number(one.chain.chips_per_million)),
        ("chips", lambda one: f"{one.chain.chips:,}"),
        ("bandwidth of a chip each way", lambda one: f"{number(Fraction(one.chain.chip_gbps, 1000))} Tb/s"),
        ("cabled tiers at full rate", lambda one: number(one.chain.tiers)),
        ("1.6T-equivalent ends", lambda one: number(one.chain.equivalent_ends)),
        ("switch ASICs of cabled tiers", lambda one: number(round_half_up(one.chain.asics))),
        ("switch trays of cabled tiers", lambda one: number(round_half_up(one.chain.trays))),
    ]


def _remarks(sized: Sequence[Sized]) -> Iterator[str]:
    yield "A boxed switch counts as one tray. Prices: cables, transceivers and cords, from the shortest to"
    yield "the longest stock length. Capital spending, share and price of a chip: assumptions unless given."
    for one in sized:
        limit = one.size.system.max_gpus
        each = one.size.gpus // one.size.domains
        if limit is not None and each > limit:
            name = one.size.system.id
            yield f"warning: {name} joins {each:,} GPUs in a domain, but {limit:,} is the stated limit"
