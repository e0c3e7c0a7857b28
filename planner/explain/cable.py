"""Why a cable run is of this medium and takes this route."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planner.explain.cable_flips import CableFlips
from planner.explain.made import Made, RoutedFabric, cheapest, make_of, usable_mm
from planner.explain.room import Room
from planner.explain.shared_cable import explain_shared
from planner.model.explanation import Explanation, Flip, FlipKind, OtherChoice
from planner.model.layout import TiersSpec
from planner.model.pins import PinnedEnd, RunPin
from planner.model.plan import CableRun
from planner.units import meters

_KEEPS = {FlipKind.MORE_ROOM: "fill", FlipKind.MORE_SUPPLY: "supply"}


def explain_cable(
    routed: RoutedFabric,
    runs: Sequence[CableRun],
    run: CableRun,
    lateral: tuple[int, RoutedFabric] | None,
    room: Room,
) -> Explanation:
    """Explain a run between the ends that it has.

    Parameters
    ----------
    routed
        The run's fabric.
    runs
        All runs of the fabric.
    run
        The run.
    lateral
        The fabric with a lateral opened from end to end: past how many positions, and its routes; None where
        none can be opened.
    room
        What is left in segments.
    """
    if routed.shares_parts:
        return explain_shared(routed, runs, run, tuple(_facts(run)), lateral)
    pin = _pin_of(routed, run)
    if pin is not None:
        return Explanation(
            subject=run.cable_id,
            kind="cable",
            currency=routed.layout.economics.currency,
            facts=tuple(_facts(run)),
            choices=(),
            rule=f"the layout: it pins a run from {pin.lower} to {pin.upper}{_of_part(pin)}",
            flips=(),
        )
    made = routed.all_made(*routed.ends(run))
    chosen = _chosen(routed, run, made)
    made = made if chosen in made else [*made, chosen]
    kept = _kept(routed, run, made, chosen, room)
    flips = tuple(CableFlips(routed, run, chosen, room).found(lateral))
    return Explanation(
        subject=run.cable_id,
        kind="cable",
        currency=routed.layout.economics.currency,
        facts=tuple(_facts(run)),
        choices=tuple(_choice(one, one is chosen) for one in sorted(made, key=_listing)),
        rule=_rule(made, chosen, flips) if kept is None else f"{_KEEPS[kept.kind]}: {kept.sentence}",
        flips=(*((kept,) if kept else ()), *flips),
    )


def _pin_of(routed: RoutedFabric, run: CableRun) -> RunPin | None:
    """Return the pin that asks for the run."""
    spec = next(one for one in routed.layout.fabrics if one.name == run.fabric)
    pins = spec.pins.runs if isinstance(spec, TiersSpec) else ()
    end = PinnedEnd(run.a.rack, run.a.u, run.a.cage, run.a.port)
    return next((pin for pin in pins if pin.lower == end), None)


def _of_part(pin: RunPin) -> str:
    length = f" of {meters(pin.stock_length_mm)}" if pin.stock_length_mm else ""
    return f", made of {pin.part}{length}" if pin.part else ""


def _chosen(routed: RoutedFabric, run: CableRun, made: Sequence[Made]) -> Made:
    """Find the run among all ways to make it, each of the shortest piece that does; else as it is."""
    way = routed.way_of(run)
    shortest = next(one for one in made if one.option.id == run.option and one.way == way)
    chosen = make_of(shortest.option, shortest.way, run.stock_length_mm, routed.layout.economics)
    return shortest if shortest == chosen else chosen


def _kept(routed: RoutedFabric, run: CableRun, made: Sequence[Made], chosen: Made, room: Room) -> Flip | None:
    """Say what lacks, room or pieces, where the run is not made as would be cheapest because of that."""
    best = cheapest(made)
    if best is None or best.cents is None or chosen.cents is None or best.cents >= chosen.cents:
        return None
    return room.flip(routed, run, chosen, best, f"be of {best.option.id} on route {best.way.route + 1}")


def _facts(run: CableRun) -> Iterator[str]:
    yield f"from {run.label_a.replace(' / ', ' to ')}, bundle {run.bundle}, fabric {run.fabric}"
    yield (
        f"{run.medium.value} ({run.option}), {run.route_kind.value} route:"
        f" {meters(run.routed_mm)} routed + {meters(run.slack_mm)} slack ="
        f" {meters(run.routed_mm + run.slack_mm)} required, stock length {meters(run.stock_length_mm)},"
        f" reach {meters(run.reach_mm)}"
    )
    yield f"route: {' > '.join(run.segments)}"


def _listing(made: Made) -> tuple[bool, int, int]:
    return made.cents is None, made.cents or 0, made.way.routed_mm


def _choice(made: Made, is_chosen: bool) -> OtherChoice:
    way = made.way
    what = f"{made.option.medium.value} ({made.option.id}), route {way.route + 1} of {meters(way.routed_mm)}"
    if made.stock is None:
        longest = max(usable_mm(made.option), default=0)
        missing = f"requires {meters(way.required_mm)}, usable to {meters(longest)}"
        reason = f"{missing}: {meters(way.required_mm - longest)} too long"
    else:
        reason = f"stock length {meters(made.option.cable.stock[made.stock].length_mm)}"
    return OtherChoice(what=what, cents=made.cents, reason=reason, is_chosen=is_chosen)


def _rule(made: Sequence[Made], chosen: Made, flips: Sequence[Flip]) -> str:
    """Name what keeps the run from costing less."""
    best = cheapest(made)
    if best is not chosen and best is not None and best.cents != chosen.cents:
        return f"not its cheapest: {best.option.id} would be, but other runs are better served so"
    shorter = next((flip for flip in flips if flip.kind is FlipKind.LESS_LENGTH), None)
    if shorter is None:
        return "cost: no option costs less, however short the run; this is the cheapest of those that reach"
    return f"reach: {shorter.to} would cost less, but the run is {meters(shorter.amount)} too long for it"
