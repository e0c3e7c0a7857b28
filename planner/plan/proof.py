"""How good the answer is: cost, bound, gap and baselines of all fabrics together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from importlib.metadata import version
from typing import NamedTuple

from planner import __version__
from planner.model.coverage import PLANNED_IN_TURN, STAND_WHERE_THEY_DO
from planner.model.fabric import PeerFabric
from planner.model.families import by_family, families_of
from planner.model.layout import Layout, Objective, TiersSpec
from planner.model.plan import SolveInfo, Totals
from planner.model.sites import candidate_racks, fabrics_below
from planner.model.solution import Baselines
from planner.plan.solved import SolvedFabric

BOUND_COVERS = (
    "every choice of switch racks, positions, planes, spread, route among all declared, medium and"
    " stock length"
)
RESILIENCE_KEPT = "with what one rack or power feed may take of a plane"
PINS_KEPT = "with what is pinned"
ROWS_KEPT = "with what rows take of power, heat and weight, without plugs"
FILL_KEPT = "with pathway fill"
FILL_PRICED = "with pathway fill, laterals at the height of either end"
FILL_IGNORED = "without pathway fill, which the plan does not keep"
SUPPLY_KEPT = "with what can be had of parts"
SUPPLY_IGNORED = "without what can be had of parts, which the plan does not keep"
HEURISTIC = "heuristic"
LIBRARIES = ("networkx", "numpy", "ortools", "pygraphviz")
GAP_PLACES = Decimal("0.00000001")
PERCENT_PLACES = Decimal("0.01")


class Exceeded(NamedTuple):
    """Whether a plan takes more of some segment than it may, or orders more of some part than can be had."""

    pathway: bool
    supply: bool


def build_solve_info(
    layout: Layout,
    totals: Totals,
    solved: Sequence[SolvedFabric],
    seed: int,
    cut: str | None,
    exceeded: Exceeded,
) -> SolveInfo:
    """Add up what the optimizer proved of each fabric and say it in one word.

    ``cut`` is what ended the search early, None where nothing did.
    """
    objective = layout.economics.objective
    cost = totals.tco_cents if objective is Objective.TCO else totals.capex_cents
    bound = sum(one.solution.certificate.bound_cents for one in solved)
    return SolveInfo(
        status=HEURISTIC if _is_searched(layout, solved) else status_word(cost, bound),
        objective=objective.value,
        objective_cents=cost,
        lower_bound_cents=bound,
        gap=f"{gap(cost, bound):f}",  # str would give 0E-8
        bound_covers=bound_covers(layout, solved, exceeded),
        geometric_floor_cents=sum(one.solution.geometric_floor_cents for one in solved),
        baselines=_sum_baselines([_baselines(one) for one in solved]),
        certificates=tuple(one.solution.certificate for one in solved),
        seed=seed,
        cut=cut,
        versions={"planner": __version__, **{library: version(library) for library in LIBRARIES}},
    )


def bound_covers(layout: Layout, solved: Sequence[SolvedFabric], exceeded: Exceeded) -> str:
    """Say what the bound covers, and which fabrics were planned given what earlier ones placed."""
    sets = [each for one in solved for each in one.solution.certificate.price_sets]
    is_priced = any(each.segment_prices for each in sets)
    fill = FILL_IGNORED if exceeded.pathway else FILL_PRICED if is_priced else FILL_KEPT
    supply = f"; {SUPPLY_IGNORED if exceeded.supply else SUPPLY_KEPT}" if layout.supply else ""
    covers = f"{BOUND_COVERS}; {fill}{supply}{_of_arrangements(layout, solved)}"
    specs = [spec for spec in layout.fabrics if isinstance(spec, TiersSpec)]
    if any(spec.resilience for spec in specs):
        covers = f"{covers}; {RESILIENCE_KEPT}"
    if any(spec.pins for spec in specs):
        covers = f"{covers}; {PINS_KEPT}"
    limited = [row for row in layout.rows if row.limits_milliwatts or row.weight_limit_g is not None]
    if limited and layout.open_racks is None:
        covers = f"{covers}; {ROWS_KEPT}"
    later = {}
    racks = {
        spec.name: {one.address for one in candidate_racks(layout, spec.upper_rack_type, spec.within)}
        for spec in specs
    }
    for n, spec in enumerate(layout.fabrics):
        below = {one.name for one in fabrics_below(layout, spec)} if isinstance(spec, TiersSpec) else set()
        own = racks.get(spec.name, set())
        before = [
            one.name for one in layout.fabrics[:n] if one.name in below or racks.get(one.name, set()) & own
        ]
        if before:
            later[spec.name] = before
    if not later:
        return covers
    given = "; ".join(_given(layout, later))
    return f"{covers}; {PLANNED_IN_TURN}: {given}"


def _given(layout: Layout, later: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Say which fabrics were planned given what others placed; of those declared together in one go."""
    family_of = families_of(layout)
    alike: dict[tuple[str, tuple[tuple[str, int], ...]], list[str]] = {}
    for name, before in later.items():
        families = tuple((family, len(names)) for family, names in by_family(family_of, before).items())
        alike.setdefault((family_of[name], families), []).append(name)
    for (family, families), names in alike.items():
        every = by_family(family_of, list(dict.fromkeys(one for name in names for one in later[name])))
        words = [
            every[one][0]
            if len(every[one]) == 1
            else f"{count} fabrics {one}"
            if count > 1
            else f"its fabric {one}"
            for one, count in families
        ]
        who = names[0] if len(names) == 1 else f"each of {len(names)} fabrics {family}"
        yield f"{who} given what {' and '.join(words)} placed"


def _is_searched(layout: Layout, solved: Sequence[SolvedFabric]) -> bool:
    """Tell whether racks may move and nothing is proved of any arrangement but the one found."""
    return layout.open_racks is not None and not any(one.solution.certificate.arrangements for one in solved)


def _of_arrangements(layout: Layout, solved: Sequence[SolvedFabric]) -> str:
    """Say for which fabrics the bound covers all places of racks that may move."""
    if layout.open_racks is None:
        return ""
    tiers = [one for one in solved if not isinstance(one.fabric, PeerFabric)]
    every = [one.fabric.name for one in tiers if one.solution.certificate.arrangements]
    given = [one.fabric.name for one in tiers if not one.solution.certificate.arrangements]
    kind = layout.open_racks.rack_type
    parts = [f"every arrangement of the {kind} that may move for {' and '.join(every)}"] if every else []
    parts += [f"the {kind} {STAND_WHERE_THEY_DO} {' and '.join(given)}"] if given else []
    return f"; {'; '.join(parts)}"


def gap(cost_cents: int, bound_cents: int) -> Decimal:
    """Return (cost - bound) / cost with eight places; 0 where the cost is 0."""
    if cost_cents == 0:
        return Decimal(0).quantize(GAP_PLACES)
    exact = Decimal(cost_cents - bound_cents) / cost_cents
    return exact.quantize(GAP_PLACES, rounding=ROUND_HALF_UP)


def status_word(cost_cents: int, bound_cents: int) -> str:
    """Return ``proved``, ``within x %`` or, where no bound above 0 is known, ``heuristic``."""
    if cost_cents == bound_cents:
        return "proved"
    if bound_cents <= 0:
        return HEURISTIC
    # Rounded up: the plan must be within what the word says.
    percent = Decimal(100 * (cost_cents - bound_cents)) / cost_cents
    return f"within {percent.quantize(PERCENT_PLACES, rounding=ROUND_CEILING)} %"


def _baselines(solved: SolvedFabric) -> Baselines:
    own = solved.solution.baselines
    if not isinstance(solved.fabric, PeerFabric):
        return own
    # Fixed cages leave nothing to place: by hand or greedily, one ends up with the same wiring.
    cost = solved.solution.objective_cents
    return Baselines(all_optics_cents=own.all_optics_cents, first_fit_cents=cost, greedy_cents=cost)


def _sum_baselines(baselines: Sequence[Baselines]) -> Baselines:
    return Baselines(
        all_optics_cents=_sum_or_none(one.all_optics_cents for one in baselines),
        first_fit_cents=_sum_or_none(one.first_fit_cents for one in baselines),
        greedy_cents=_sum_or_none(one.greedy_cents for one in baselines),
    )


def _sum_or_none(values: Iterable[int | None]) -> int | None:
    total = 0
    for value in values:
        if value is None:
            return None
        total += value
    return total
