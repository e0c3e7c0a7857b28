"""How good the plan says it is: bound, gap, status, floor and baselines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from planner.errors import Finding
from planner.model.coverage import PLANNED_IN_TURN, STAND_WHERE_THEY_DO
from planner.model.layout import PeersSpec, TiersSpec
from planner.model.plan import CableRun
from planner.model.solution import Certificate, PartPrice, ResourcePrices
from planner.units import format_money
from planner.verify.allotments import Allotments
from planner.verify.board import Board, lay_out
from planner.verify.bound import Charged, prove
from planner.verify.costs import least_costs
from planner.verify.ground import Ground, fault
from planner.verify.media import Site, fitting
from planner.verify.open_bound import prove_arrangements
from planner.verify.prices import half_up
from planner.verify.room import plans_in_turn
from planner.verify.router import End, end_of, least_lengths
from planner.verify.supply import check_part_prices
from planner.verify.tolled_router import tolled_lengths
from planner.verify.tolls import TollBook, check_prices, open_book
from planner.verify.wiring import Tiers, derive_all

NO_PRICES = ResourcePrices(segment_prices=(), part_prices=())
WITHIN = re.compile(r"within ([0-9]+(?:\.([0-9]+))?) %")


def check_proof(ground: Ground) -> Iterator[Finding]:
    """Prove every fabric's bound again, then check what the plan says of them together."""
    certificates = {certificate.fabric: certificate for certificate in ground.plan.solve.certificates}
    names = [certificate.fabric for certificate in ground.plan.solve.certificates]
    if names != list(ground.fabrics):
        yield fault("wrong-certificates", f"certificates for {names}, the fabrics are {list(ground.fabrics)}")
    yield from _check_covers(ground, certificates)
    allotments = Allotments(ground)
    yield from allotments.check()
    floor, is_known = 0, True
    for spec in ground.plan.layout.fabrics:
        own_floor, bound, findings = _prove(ground, spec, certificates.get(spec.name), allotments)
        yield from findings
        floor += own_floor or 0
        is_known = is_known and own_floor is not None
        certificate = certificates.get(spec.name)
        if certificate is not None and bound is not None and bound < certificate.bound_cents:
            yield fault(
                "forged-bound",
                f"certificate of {spec.name}: it states {format_money(certificate.bound_cents)}, its numbers"
                f" prove {format_money(bound)}",
            )
    yield from _check_solve(ground, floor if is_known else None)


def _prove(
    ground: Ground, spec: PeersSpec | TiersSpec, certificate: Certificate | None, allotments: Allotments
) -> tuple[int | None, int | None, list[Finding]]:
    """Return a fabric's geometric floor and proved bound (None: unknown) and what is wrong."""
    tiers = None if isinstance(spec, PeersSpec) else derive_all(ground)[spec.name]
    if isinstance(tiers, str):
        return None, None, []
    sets = certificate.price_sets if certificate else ()
    wrong = list(_check_prices(ground, certificate, tiers)) if certificate else []
    common = sets[0] if sets and not wrong else NO_PRICES
    book = open_book(ground, common.segment_prices) if common.segment_prices else None
    bound: int | None
    if isinstance(spec, PeersSpec):
        floor = peers_bound(ground, spec, ground.runs_of[spec.name])
        runs, parts = ground.runs_of[spec.name], common.part_prices
        bound = peers_bound(ground, spec, runs, book, parts) if book or parts else floor
        bound = None if bound is None else bound - allotments.earned_cents(spec.name, common)
    else:
        assert tiers is not None
        board = lay_out(ground, tiers)
        floor = board.floor_cents()
        bound = None
        if certificate and not wrong:
            own = {one: _charge(ground, tiers, one, board, allotments) for one in sets}
            charged = own[common]
            bound, wrong = prove(charged.board, certificate, charged.earned_cents, own)
    if certificate and tiers is not None and bound is not None:
        bound, wrong = prove_arrangements(ground, tiers, certificate, bound)
    return floor, bound, wrong


def _check_covers(ground: Ground, certificates: Mapping[str, Certificate]) -> Iterator[Finding]:
    """Check that the plan says what its bound takes as given."""
    layout, said = ground.plan.layout, ground.plan.solve.bound_covers
    needed = [PLANNED_IN_TURN] if plans_in_turn(ground) else []
    tiers = [certificates.get(spec.name) for spec in layout.fabrics if isinstance(spec, TiersSpec)]
    if layout.open_racks is not None and not all(one and one.arrangements for one in tiers):
        needed.append(STAND_WHERE_THEY_DO)
    for words in needed:
        if words not in said:
            yield fault("covers-too-much", f"the bound covers '{said}'; that lacks '{words}'")


def _check_prices(ground: Ground, certificate: Certificate, tiers: Tiers | None) -> Iterator[Finding]:
    """Check all sets of prices of a certificate."""
    for prices in certificate.price_sets:
        one = replace(certificate, segment_prices=prices.segment_prices, part_prices=prices.part_prices)
        yield from check_prices(ground, one)
        yield from check_part_prices(ground, one, tiers)


def _charge(
    ground: Ground, tiers: Tiers, prices: ResourcePrices, free: Board, allotments: Allotments
) -> Charged:
    """Return a fabric's costs with what prices charge, given those without."""
    segments, parts = prices.segment_prices, prices.part_prices
    book = open_book(ground, segments) if segments else None
    board = lay_out(ground, tiers, book, parts=parts) if book or parts else free
    return Charged(board, allotments.earned_cents(tiers.spec.name, prices))


def peers_bound(
    ground: Ground,
    spec: PeersSpec,
    runs: list[CableRun],
    book: TollBook | None = None,
    parts: Sequence[PartPrice] = (),
) -> int | None:
    """Return the sum of every run's least cost, charges included; None where a run's cages are unknown."""
    device = ground.device_type(spec.device)
    group = next((group for group in device.cages if group.name == spec.cages), None) if device else None
    if device is None or group is None:
        return None
    pairs: list[tuple[End, End]] = []
    for run in runs:
        ends = []
        for end in (run.a, run.b):
            place, rack_type = ground.places.get(end.rack), ground.racks.get(end.rack)
            cage = ground.cage(spec.device, end.cage)
            stands = ground.devices.get((end.rack, end.u)) == spec.device
            if place is None or rack_type is None or cage is None or not stands:
                return None
            ends.append(end_of(place, rack_type, device, end.u, [cage]))
        pairs.append((ends[0], ends[1]))
    low = {end: index for index, end in enumerate(dict.fromkeys(a for a, _ in pairs))}
    high = {end: index for index, end in enumerate(dict.fromkeys(b for _, b in pairs))}
    if not pairs:
        return 0
    starts, goals = list(low), list(high)
    lengths = tolled_lengths(ground, starts, goals, book) if book else least_lengths(ground, starts, goals)
    fits = fitting(ground.plan.catalog.media, (Site(group, 1), Site(group, 1)))
    cost = least_costs(ground, fits, lengths, (len(low), len(high)), parts)
    return sum(int(cost[low[a], high[b]]) for a, b in pairs)


def _check_solve(ground: Ground, floor: int | None) -> Iterator[Finding]:
    solve = ground.plan.solve
    cost, bound = solve.objective_cents, solve.lower_bound_cents
    stated = sum(certificate.bound_cents for certificate in solve.certificates)
    if bound != stated:
        yield fault("wrong-bound", f"lower bound {bound} cents, the certificates state {stated}")
    if bound > cost:
        yield fault("wrong-bound", f"lower bound {bound} cents is above the cost {cost}")
    gap = half_up((cost - bound) * 10**8, cost) if cost > 0 else 0
    text = f"{'-' if gap < 0 else ''}{abs(gap) // 10**8}.{abs(gap) % 10**8:08d}"
    if solve.gap != text:
        yield fault("wrong-gap", f"gap '{solve.gap}', ({cost} - {bound}) / {cost} is {text}")
    proofs = [certificate.arrangements for certificate in solve.certificates]
    if ground.plan.layout.open_racks is None or any(proofs):
        yield from _check_status(solve.status, cost, bound)
    elif solve.status != "heuristic":
        text = f"status '{solve.status}', but racks may move and nothing is proved of other arrangements"
        yield fault("wrong-status", text)
    if floor is not None and solve.geometric_floor_cents != floor:
        yield fault(
            "wrong-floor",
            f"geometric floor {format_money(solve.geometric_floor_cents)}, recomputed {format_money(floor)}",
        )
    baselines = solve.baselines
    for name, cents in (
        ("all optics", baselines.all_optics_cents),
        ("first fit", baselines.first_fit_cents),
        ("greedy", baselines.greedy_cents),
    ):
        if cents is not None and cents < bound:
            yield fault(
                "wrong-baseline",
                f"baseline {name} costs {format_money(cents)}, less than the bound {format_money(bound)}",
            )


def _check_status(status: str, cost: int, bound: int) -> Iterator[Finding]:
    if (status == "proved") != (cost == bound):
        yield fault("wrong-status", f"status '{status}' at cost {cost} and bound {bound}")
        return
    match = WITHIN.fullmatch(status)
    if match is None:
        if status not in ("proved", "heuristic"):
            yield fault("wrong-status", f"status '{status}' is none of proved, within x %, heuristic")
        return
    stated = Fraction(match[1])
    exact = Fraction(100 * (cost - bound), cost) if cost else Fraction(0)
    if not stated - Fraction(1, 10 ** len(match[2] or "")) < exact <= stated:
        yield fault("wrong-status", f"status '{status}', the gap is {float(exact):.6f} %")
