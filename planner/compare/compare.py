"""Entry point of the stage: from named plans to a comparison."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planner.compare import measures
from planner.compare.figures import compared_figures
from planner.compare.words import Named, differences, verdicts
from planner.errors import Finding, InputError, Severity
from planner.model.comparison import Comparison
from planner.model.layout import TiersSpec
from planner.model.plan import Plan


def compare_plans(plans: Sequence[tuple[str, Plan]]) -> Comparison:
    """Set plans side by side, in the order given.

    Raises
    ------
    InputError
        Their currencies differ: no figure in money can be compared.
    """
    named = [Named(name, plan) for name, plan in plans]
    _require_one_currency(named)
    objectives = {one.plan.solve.objective for one in named}
    is_one_objective = len(objectives) == 1
    return Comparison(
        names=tuple(one.name for one in named),
        titles=tuple(one.plan.layout.title for one in named),
        currency=named[0].plan.layout.economics.currency,
        figures=compared_figures([one.plan for one in named], is_one_objective=is_one_objective),
        verdicts=tuple(verdicts(named)) if is_one_objective else (),
        differences=tuple(differences(named)) if is_one_objective else (),
        cautions=tuple(_cautions(named)),
    )


def _require_one_currency(plans: Sequence[Named]) -> None:
    if len({one.plan.layout.economics.currency for one in plans}) > 1:
        found = ", ".join(f"{one.name} in {one.plan.layout.economics.currency}" for one in plans)
        message = f"the plans count in different currencies ({found}); plan them with one: economics.currency"
        raise InputError([Finding(code="currencies-differ", message=message)])


def _cautions(plans: Sequence[Named]) -> Iterator[str]:
    if len({one.plan.solve.objective for one in plans}) > 1:
        found = ", ".join(f"{one.name} {one.plan.solve.objective}" for one in plans)
        yield f"the plans minimize different sums ({found}): their costs cannot be held against each other"
    if len({_system(one.plan) for one in plans}) > 1:
        found = "; ".join(f"{one.name}: {_system_words(one.plan)}" for one in plans)
        yield f"the plans are not of one system ({found}): compare by GPU and by Tb/s"
    if len({_economics(one.plan) for one in plans}) > 1:
        yield "the plans count labor, energy or spares differently: part of the differences is that"
    if len({_pace(one.plan) for one in plans}) > 1:
        yield "the plans count other minutes a run or a meter: part of the difference in hours is that"
    yield from _price_cautions(plans)
    for one in plans:
        blocking = sum(1 for finding in one.plan.findings if finding.severity is Severity.BLOCKING)
        if blocking:
            yield f"{one.name} has {blocking} blocking findings: it must not be built as it is"


def _system(plan: Plan) -> tuple[object, ...]:
    """Return what is cabled: GPUs, lower and upper devices and how often they are joined."""
    specs = [
        (spec.lower.device, spec.upper.device) if isinstance(spec, TiersSpec) else (spec.device, "")
        for spec in plan.layout.fabrics
    ]
    counts = [(fabric.runs, fabric.lower_devices, fabric.oversubscription) for fabric in plan.fabrics]
    return measures.gpus(plan), tuple(specs), tuple(counts)


def _system_words(plan: Plan) -> str:
    fabrics = ", ".join(f"{fabric.name} of {fabric.runs:,} runs" for fabric in plan.fabrics)
    return f"{measures.gpus(plan):,} GPUs, {fabrics}"


def _economics(plan: Plan) -> tuple[int, ...]:
    one = plan.layout.economics
    labor = one.labor_per_run_cents, one.labor_per_meter_cents
    return (*labor, one.pue_permille, one.price_per_mwh_cents, one.years, one.spares_permille)


def _pace(plan: Plan) -> tuple[int, int]:
    one = plan.layout.installation
    return one.minutes_per_run, one.minutes_per_meter


def _price_cautions(plans: Sequence[Named]) -> Iterator[str]:
    prices: dict[tuple[str, int], set[int]] = {}
    for one in plans:
        for line in one.plan.bom:
            prices.setdefault((line.part, line.stock_length_mm or 0), set()).add(line.unit_price_cents)
    differing = sorted({part for (part, _), found in prices.items() if len(found) > 1})
    if differing:
        yield f"prices differ between the plans: {', '.join(differing)}; part of the differences is that"
