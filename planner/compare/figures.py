"""The figures that plans are compared by, in the order of listing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from fractions import Fraction
from typing import NamedTuple

from planner.compare import measures
from planner.compare.measures import COMPARED_YEARS, MM_PER_M, Noted
from planner.model.comparison import SHARE, ComparedFigure
from planner.model.media import Medium
from planner.model.plan import Plan

CATEGORIES = {
    "cable": "cables",
    "transceiver": "transceivers",
    "cord": "fiber cords",
    "device": "switches",
    "rack": "racks for switches",
}
"""Categories of the BOM in the order of listing, and what to call them."""


class Better(Enum):
    """Which value of a figure one would rather have."""

    LESS = -1
    MORE = 1
    NEITHER = 0


class _Figure(NamedTuple):
    key: str
    label: str
    unit: str
    better: Better
    decimals: int
    of: Callable[[Plan], Noted]


def compared_figures(plans: Sequence[Plan], *, is_one_objective: bool) -> tuple[ComparedFigure, ...]:
    """Take every figure of every plan.

    Parameters
    ----------
    plans
        Plans with one currency.
    is_one_objective
        Whether all minimize the same: else no cost is better than another.
    """
    return tuple(_compared(figure, plans) for figure in _figures(plans, is_one_objective))


def _figures(plans: Sequence[Plan], is_one_objective: bool) -> Iterator[_Figure]:
    money = plans[0].layout.economics.currency
    less = Better.LESS if is_one_objective else Better.NEITHER
    yield _Figure("cost", _cost_label(plans), money, less, 2, _cents(lambda plan: plan.solve.objective_cents))
    yield _Figure("cost_per_gpu", "cost per GPU", money, less, 2, _cost_per_gpu)
    yield _Figure("cost_per_tbps", "cost per Tb/s, one direction", money, less, 2, _cost_per_tbps)
    bound = _cents(lambda plan: plan.solve.lower_bound_cents)
    yield _Figure("lower_bound", "lower bound of the cost", money, Better.NEITHER, 2, bound)
    capex = _cents(lambda plan: plan.totals.capex_cents)
    yield _Figure("capex", "capex", money, Better.LESS, 2, capex)
    yield from _shares(plans, money)
    yield from _media(plans)
    yield _Figure("optics_ends", "optics ends", "", Better.LESS, 0, measures.optics_ends)
    yield _Figure("power", "power", "kW", Better.LESS, 1, _power_kw)
    yield _Figure("energy", f"energy of {COMPARED_YEARS} years", "MWh", Better.LESS, 0, measures.energy_mwh)
    yield _Figure("parts", "distinct part numbers", "", Better.LESS, 0, measures.distinct_parts)
    yield _Figure("bundle_types", "bundle types", "", Better.LESS, 0, measures.bundle_types)
    yield _Figure("longest_run", "longest run, routed", "m", Better.LESS, 3, measures.longest_run)
    yield _Figure("reach_margin", "least margin to reach", "m", Better.MORE, 3, measures.reach_margin)
    yield _Figure(
        "fullest_segment", "fill of the fullest segment", "%", Better.LESS, 1, measures.fullest_segment
    )
    yield _Figure("racks", "racks", "", Better.LESS, 0, measures.standing_racks)
    yield _Figure("floor_area", "floor area of the room", "m²", Better.LESS, 2, measures.floor_area_m2)
    yield _Figure("install_hours", "installation hours", "h", Better.LESS, 1, measures.install_hours)
    label = "bandwidth lost with one switch rack down"
    yield _Figure("lost_with_a_rack", label, "%", Better.LESS, 2, measures.lost_with_a_rack)


def _shares(plans: Sequence[Plan], money: str) -> Iterator[_Figure]:
    """Split the money by what it goes to; under ``capex`` the shares sum to the cost."""
    used = {line.category for plan in plans for line in plan.bom}
    for category, label in CATEGORIES.items():
        if category in used:
            yield _Figure(f"{SHARE}{category}", label, money, Better.NEITHER, 2, _category(category))
    labor = _cents(lambda plan: plan.totals.labor_cents)
    yield _Figure(f"{SHARE}labor", "labor of installation", money, Better.LESS, 2, labor)
    energy = _cents(lambda plan: plan.totals.energy_cents)
    if all(plan.solve.objective == "tco" for plan in plans):
        yield _Figure(f"{SHARE}energy", "energy in the cost", money, Better.LESS, 2, energy)


def _category(category: str) -> Callable[[Plan], Noted]:
    return _cents(
        lambda plan: sum(line.extended_price_cents for line in plan.bom if line.category == category)
    )


def _media(plans: Sequence[Plan]) -> Iterator[_Figure]:
    """Count runs and routed meters of every medium that any plan uses, then of all."""
    used = {run.medium for plan in plans for run in plan.runs}
    for medium in (medium for medium in Medium if medium in used):
        name = medium.value
        runs = measures.media_figure(medium, lambda _: Fraction(1))
        meters = measures.media_figure(medium, lambda run: Fraction(run.routed_mm, MM_PER_M))
        yield _Figure(f"{name}_runs", f"{name} runs", "", Better.NEITHER, 0, runs)
        yield _Figure(f"{name}_meters", f"{name}, routed", "m", Better.NEITHER, 0, meters)
    yield _Figure("routed", "all media, routed", "m", Better.LESS, 0, _routed_m)


def _cost_label(plans: Sequence[Plan]) -> str:
    objectives = list(dict.fromkeys(plan.solve.objective for plan in plans))
    return f"cost ({' or '.join(objectives)})"


def _cents(of: Callable[[Plan], int]) -> Callable[[Plan], Noted]:
    return lambda plan: Noted(Fraction(of(plan), 100))


def _cost_per_gpu(plan: Plan) -> Noted:
    count = measures.gpus(plan)
    return Noted(Fraction(plan.solve.objective_cents, 100 * count) if count else None)


def _cost_per_tbps(plan: Plan) -> Noted:
    bandwidth = measures.bandwidth_tbps(plan)
    return Noted(Fraction(plan.solve.objective_cents, 100) / bandwidth if bandwidth else None)


def _power_kw(plan: Plan) -> Noted:
    return Noted(Fraction(plan.totals.power_milliwatts, 10**6))


def _routed_m(plan: Plan) -> Noted:
    return Noted(Fraction(plan.totals.routed_mm, MM_PER_M))


def _compared(figure: _Figure, plans: Sequence[Plan]) -> ComparedFigure:
    found = [figure.of(plan) for plan in plans]
    values = tuple(one.value for one in found)
    return ComparedFigure(
        key=figure.key,
        label=figure.label,
        unit=figure.unit,
        values=values,
        decimals=figure.decimals,
        notes=tuple(one.note for one in found),
        is_best=_best(values, figure.better),
    )


def _best(values: Sequence[Fraction | None], better: Better) -> tuple[bool, ...]:
    known = {value for value in values if value is not None}
    if better is Better.NEITHER or len(known) < 2:
        return (False,) * len(values)
    best = min(known) if better is Better.LESS else max(known)
    return tuple(value == best for value in values)
