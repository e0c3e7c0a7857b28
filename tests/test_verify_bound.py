"""The verifier's lower bound against every possible plan of tiny halls."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, product

import pytest

from planner.model.catalog import Catalog, DeviceMount
from planner.model.layout import Layout, Spread
from planner.model.solution import BoundCase, Certificate, DeviceLimit
from planner.verify.board import Board, lay_out
from planner.verify.bound import prove
from planner.verify.ground import survey
from planner.verify.wiring import Tiers
from tests.faults.plans import bare_plan, tiers_of
from tests.halls import make_hall

Hall = tuple[Layout, Catalog]
Counts = tuple[int, ...]

HALLS: dict[str, Hall] = {
    "even": make_hall(("LSLS",), lower_cages=4, upper_cages=4, slots_per_rack=2),
    "uneven": make_hall(("LLSLS",), lower_cages=6, upper_cages=10, slots_per_rack=2),
    "two-rows": make_hall(("LLS", "SL"), lower_cages=6, upper_cages=10, slots_per_rack=2, max_positions=1),
    "one-rack-fixed": make_hall(("LDLS",), lower_cages=6, upper_cages=8, slots_per_rack=2),
    "odd-device": make_hall(("LSLS",), lower_asics=1, lower_cages=3, upper_cages=4, slots_per_rack=2),
    "uniform": make_hall(("LLSLS",), lower_cages=6, upper_cages=10, slots_per_rack=2, spread=Spread.UNIFORM),
}


def board_of(hall: Hall) -> Board:
    return lay_out(survey(bare_plan(*hall)), tiers_of(*hall))


def placements(board: Board) -> Iterator[list[tuple[int, ...]]]:
    """Every way to put T devices into slots and give their units planes: slots of each plane."""
    tiers, racks = board.tiers, len(board.racks)
    for slots in combinations(range(board.slots), tiers.devices):
        per_rack = [sum(slot in board.rack_slots[rack] for slot in slots) for rack in range(racks)]
        if any(count > most for count, most in zip(per_rack, board.capacity, strict=True)):
            continue
        seats = [slot for slot in slots for _ in range(tiers.units_per_device)]
        wanted = [plane for plane in range(len(tiers.planes)) for _ in range(tiers.upper_per_plane)]
        wanted += [-1] * (len(seats) - len(wanted))
        for order in sorted(set(permutations_of(wanted))):
            yield [
                tuple(seat for seat, of in zip(seats, order, strict=True) if of == plane)
                for plane in range(len(tiers.planes))
            ]


def permutations_of(items: list[int]) -> Iterator[tuple[int, ...]]:
    """Distinct orders of a multiset."""
    if not items:
        yield ()
    for first in sorted(set(items)):
        rest = list(items)
        rest.remove(first)
        for tail in permutations_of(rest):
            yield (first, *tail)


def wiring_cents(board: Board, plane: int, slots: tuple[int, ...]) -> int:
    """Cheapest wiring of one plane by trying every number of runs for every pair."""
    tiers, units = board.tiers, board.tiers.planes[plane]
    rows = [
        counts
        for counts in product(range(tiers.fewest_per_pair, tiers.most_per_pair + 1), repeat=len(slots))
        if sum(counts) == tiers.uplinks
    ]
    best: dict[Counts, int] = {(0,) * len(slots): 0}
    for unit in units:
        found: dict[Counts, int] = {}
        for loads, cents in best.items():
            for counts in rows:
                key = tuple(load + count for load, count in zip(loads, counts, strict=True))
                runs = zip(counts, slots, strict=True)
                total = cents + sum(
                    count * int(board.tables[""][board.row_of[unit], slot]) for count, slot in runs
                )
                found[key] = min(found.get(key, total), total)
        best = found
    low, high = tiers.fewest_per_upper, tiers.most_per_upper
    return min(cents for loads, cents in best.items() if all(low <= load <= high for load in loads))


def rack_of(board: Board, slot: int) -> str:
    return next(rack for rack, slots in zip(board.racks, board.rack_slots, strict=True) if slot in slots)


def best_plan_cents(board: Board) -> int:
    """Least objective over every placement."""
    costs: dict[tuple[int, tuple[int, ...]], int] = {}
    totals = []
    for slots_of_plane in placements(board):
        used = {rack_of(board, slot) for slots in slots_of_plane for slot in slots}
        total = board.tiers.devices * board.device_cents
        total += sum(board.opening_cents[rack] for rack in used | board.decided)
        for plane, slots in enumerate(slots_of_plane):
            key = (plane, tuple(sorted(slots)))
            if key not in costs:
                costs[key] = wiring_cents(board, plane, key[1])
            total += costs[key]
        totals.append(total)
    return min(totals)


def certificate(board: Board, cases: tuple[BoundCase, ...], bound: int = 0) -> Certificate:
    planes = tuple((plane,) for plane in range(len(board.tiers.planes)))
    return Certificate(fabric="tiers", plane_classes=planes, cases=cases, bound_cents=bound)


def case(
    board: Board,
    uplink: list[list[list[int]]] | None = None,
    slots: list[int] | None = None,
    opened: tuple[str, ...] = (),
    closed: tuple[str, ...] = (),
) -> BoundCase:
    tiers = board.tiers
    members = [len(plane) if tiers.extra_per_lower else 0 for plane in tiers.planes]
    return BoundCase(
        open_racks=opened,
        closed_racks=closed,
        slot_prices_millicents=tuple(slots or [0] * (board.slots)),
        uplink_prices_millicents=tuple(
            tuple(map(tuple, sets)) for sets in uplink or [[[0] * count] for count in members]
        ),
    )


def proved(board: Board, *cases: BoundCase) -> int:
    bound, findings = prove(board, certificate(board, cases))
    assert not findings
    assert bound is not None
    return bound


def random_slots(board: Board, generator: random.Random, scale: int) -> list[int]:
    """A price for each slot; many are 0, as where a slot is not fought for."""
    count = board.slots
    return [generator.choice((0, generator.randint(0, scale))) for _ in range(count)]


@pytest.mark.parametrize("name", HALLS)
def test_no_prices_prove_more_than_the_optimum(name: str) -> None:
    board = board_of(HALLS[name])
    best = best_plan_cents(board)
    generator = random.Random(name)
    highest = 0
    for attempt in range(300):
        scale = 10 ** generator.randint(3, 8)
        uplink = [
            [
                [generator.randint(-scale, 2 * scale) for _ in (plane if board.tiers.extra_per_lower else ())]
                for _ in range(generator.randint(1, 3))
            ]
            for plane in board.tiers.planes
        ]
        slots = random_slots(board, generator, scale) if attempt else None
        highest = max(highest, proved(board, case(board, uplink, slots)))
    assert 0 < highest <= best


@pytest.mark.parametrize("name", ["even", "uneven", "two-rows"])
def test_cases_over_one_rack_stay_below_the_optimum(name: str) -> None:
    board = board_of(HALLS[name])
    best = best_plan_cents(board)
    generator = random.Random(name)
    first = (board.racks[0],)
    for _ in range(50):
        prices = [random_slots(board, generator, 10**7) for _ in range(2)]
        cases = (case(board, None, prices[0], first), case(board, None, prices[1], (), first))
        assert proved(board, *cases) <= best


@pytest.mark.parametrize("name", ["even", "uneven", "two-rows"])
def test_halves_by_numbers_of_devices_stay_below_the_optimum(name: str) -> None:
    board = board_of(HALLS[name])
    best, devices = best_plan_cents(board), board.tiers.devices
    generator = random.Random(name)
    racks = board.racks[:1], board.racks[1:]
    highest = 0
    for attempt in range(200):
        most = generator.randrange(devices)
        cases = [
            replace(
                case(board, None, random_slots(board, generator, 10 ** generator.randint(3, 7))),
                device_limits=(
                    DeviceLimit(racks=own, most=room, price_cents=generator.randint(0, 10**4 * attempt)),
                ),
            )
            for own, room in zip(racks, (most, devices - most - 1), strict=True)
        ]
        highest = max(highest, proved(board, *cases))
    assert 0 < highest <= best


def test_where_nothing_is_open_to_choice_the_bound_is_exact() -> None:
    board = board_of(make_hall(("LDL",), lower_cages=4, upper_cages=8, slots_per_rack=1))
    assert proved(board, case(board)) == best_plan_cents(board)


def test_each_division_counts_the_set_that_proves_most() -> None:
    """Two sets prove at least what either proves alone."""
    board = board_of(HALLS["uneven"])
    generator = random.Random(7)
    better = 0
    for _ in range(200):
        sets = [
            [[generator.randint(0, 10**5) for _ in plane] for _ in range(2)] for plane in board.tiers.planes
        ]
        slots = random_slots(board, generator, 10**5)
        alone = [proved(board, case(board, [[each[k]] for each in sets], slots)) for k in range(2)]
        both = proved(board, case(board, sets, slots))
        assert both >= max(alone)
        better += both > max(alone)
    assert better


def test_floor_is_no_higher_than_the_optimum() -> None:
    for hall in HALLS.values():
        board = board_of(hall)
        best = best_plan_cents(board)
        assert board.floor_cents() <= best


def test_a_case_without_room_is_not_the_weakest() -> None:
    board = board_of(HALLS["even"])
    a, b = board.racks
    cases = (case(board, closed=(a, b)), case(board, opened=(a,)), case(board, opened=(b,), closed=(a,)))
    nothing_but_devices = board.tiers.devices * board.device_cents
    assert proved(board, *cases) > nothing_but_devices


FORGERIES = {
    "overlap": "overlap",
    "gap": "cover nothing where",
    "unknown-rack": "A99",
    "closed-fixed-rack": "A02",
    "open-and-closed": "cannot be opened or closed",
    "missing-price": "needs",
    "wrapping-price": "beyond",
    "missing-plane": "there are planes 0 to 1",
    "unlike-planes": "do not stand at the same places",
    "no-room": "no case leaves room",
}


@pytest.mark.parametrize("name", FORGERIES)
def test_forged_certificates_prove_nothing(name: str) -> None:
    hall = HALLS["one-rack-fixed"]
    if name == "unlike-planes":
        hall = make_hall(("LDLS",), trays_per_rack=2, lower_cages=6, upper_cages=8, slots_per_rack=8)
    board = board_of(hall)
    free = board.racks[1]
    good = case(board)
    cases: tuple[BoundCase, ...] = {
        "overlap": (good, case(board, opened=(free,))),
        "gap": (case(board, opened=(free,)),),
        "unknown-rack": (case(board, opened=("A99",)),),
        "closed-fixed-rack": (case(board, closed=("A02",)),),
        "open-and-closed": (case(board, opened=(free,), closed=(free,)),),
        "missing-price": (replace(good, slot_prices_millicents=()),),
        "wrapping-price": (replace(good, slot_prices_millicents=(2**62, *good.slot_prices_millicents[1:])),),
    }.get(name, (good,))
    forged = certificate(board, cases)
    if name == "missing-plane":
        forged = replace(forged, plane_classes=((0,),))
    if name == "unlike-planes":
        one = replace(good, uplink_prices_millicents=(((0, 0),),))
        forged = replace(forged, plane_classes=((0, 1, 2, 3),), cases=(one,))
    if name == "no-room":
        board = replace(board, capacity=tuple(0 for _ in board.capacity))
    bound, findings = prove(board, forged)
    assert bound is None
    assert any(FORGERIES[name] in finding.message for finding in findings), findings


def test_derived_counts() -> None:
    tiers: Tiers = tiers_of(*HALLS["uneven"])
    assert (tiers.uplinks, tiers.upper_ports, tiers.upper_per_plane, tiers.devices) == (3, 5, 2, 2)
    assert (tiers.fewest_per_pair, tiers.most_per_pair) == (1, 2)
    assert (tiers.fewest_per_upper, tiers.most_per_upper) == (4, 5)


def test_a_rack_that_stands_for_its_lower_devices_opens_for_nothing() -> None:
    layout, catalog = make_hall(("LDLS",))
    assert board_of((layout, catalog)).opening_cents == {"A02": 600_000, "A04": 600_000}
    mount = DeviceMount(device="lower-tray", u=45)
    carrying = replace(catalog.rack_types["switch-rack"], mounts=(mount,))
    racks = {**catalog.rack_types, "switch-rack": carrying}
    board = board_of((layout, replace(catalog, rack_types=racks)))
    assert board.opening_cents == {"A02": 0, "A04": 600_000}
