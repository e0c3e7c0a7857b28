"""Planted faults: racks that may move, and what is proved of their arrangements."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from planner.model.layout import RackPosition
from planner.model.plan import Plan
from planner.model.solution import ArrangementCase, ArrangementProof, RackCase
from tests.faults import edits
from tests.faults.kinds import Planted


def _proof(plan: Plan) -> ArrangementProof:
    proof = plan.solve.certificates[0].arrangements
    assert proof is not None
    return proof


def _proving(change: Callable[[ArrangementProof], ArrangementProof]) -> Callable[[Plan], Plan]:
    return lambda plan: edits.certificate(plan, arrangements=change(_proof(plan)))


def _cases(
    change: Callable[[tuple[ArrangementCase, ...]], tuple[ArrangementCase, ...]],
) -> Callable[[Plan], Plan]:
    return _proving(lambda proof: replace(proof, cases=change(proof.cases)))


def _prices(change: Callable[[int], int]) -> Callable[[Plan], Plan]:
    def changed(proof: ArrangementProof) -> ArrangementProof:
        sets = tuple(tuple(change(price) for price in prices) for prices in proof.slot_prices_millicents)
        return replace(proof, slot_prices_millicents=sets)

    return _proving(changed)


def _rack_cases(
    change: Callable[[tuple[RackCase, ...]], tuple[RackCase, ...]],
) -> Callable[[Plan], Plan]:
    return _proving(lambda proof: replace(proof, rack_cases=change(proof.rack_cases)))


def _each_rack_case(**change: Callable[[tuple[int, ...]], tuple[int, ...]]) -> Callable[[Plan], Plan]:
    def changed(case: RackCase) -> RackCase:
        return replace(case, **{field: made(getattr(case, field)) for field, made in change.items()})

    return _rack_cases(lambda cases: tuple(map(changed, cases)))


def _open_more(cases: tuple[RackCase, ...]) -> tuple[RackCase, ...]:
    """Claim that the case with the fewest open racks has one more open: it then covers less."""
    index = min(range(len(cases)), key=lambda number: len(cases[number].open_racks))
    named = {*cases[index].open_racks, *cases[index].closed_racks}
    free = next(f"B{number:02d}" for number in range(1, 10) if f"B{number:02d}" not in named)
    wider = replace(cases[index], open_racks=(*cases[index].open_racks, free))
    return edits.nth(cases, index, wider)


def _open_and_closed(cases: tuple[RackCase, ...]) -> tuple[RackCase, ...]:
    """Close what a case opens."""
    index = edits.first(cases, lambda case: bool(case.open_racks))
    return edits.nth(cases, index, replace(cases[index], closed_racks=cases[index].open_racks))


def _silent(plan: Plan) -> Plan:
    """Take away what is proved of an arrangement that the plan does not have."""
    cases = _proof(plan).cases
    index = edits.first(cases, lambda case: bool(case.proofs) or case.prices >= 0)
    bare = replace(cases[index], prices=-1, proofs=())
    return edits.certificate(plan, arrangements=replace(_proof(plan), cases=edits.nth(cases, index, bare)))


def _rules(**changes: Any) -> Callable[[Plan], Plan]:
    def plant(plan: Plan) -> Plan:
        assert plan.layout.open_racks is not None
        return edits.layout(plan, open_racks=replace(plan.layout.open_racks, **changes))

    return plant


def _position(address: str, **changes: Any) -> Callable[[Plan], Plan]:
    def changed(position: RackPosition) -> RackPosition:
        return replace(position, **changes) if position.address == address else position

    return lambda plan: edits.layout(
        plan,
        rows=tuple(replace(row, positions=tuple(map(changed, row.positions))) for row in plan.layout.rows),
    )


def _first_row(**changes: Any) -> Callable[[Plan], Plan]:
    return lambda plan: edits.layout(
        plan, rows=(replace(plan.layout.rows[0], **changes), *plan.layout.rows[1:])
    )


def _no_racks_move(plan: Plan) -> Plan:
    return edits.layout(plan, open_racks=None)


ARRANGED = tuple(
    Planted(name, code, says, plant, base="open")
    for name, code, says, plant in (
        ("moved-away", "arrangement-not-offered", "is left with", _position("A01", choices=("switch-rack",))),
        ("one-more-needed", "arrangement-count", "are needed", _rules(needed=5)),
        ("fewer-rows", "arrangement-rows", "at most 1 may be", _rules(max_rows=1)),
        ("not-in-pairs", "arrangement-pairs", "are not pairs", _rules(in_pairs=True)),
        ("too-close", "arrangement-spacing", "stand closer than", _rules(spacing=3)),
        (
            "one-arrangement-proved",
            "covers-too-much",
            "that may move where they stand",
            lambda p: edits.certificate(p, arrangements=None),
        ),
        ("case-missing", "forged-arrangements", "it covers", _cases(lambda cases: cases[1:])),
        ("case-twice", "forged-arrangements", "there twice", _cases(lambda cases: (*cases, cases[0]))),
        ("case-proves-nothing", "forged-arrangements", "nothing is proved", _silent),
        (
            "case-of-other-places",
            "forged-arrangements",
            "no arrangement",
            _cases(lambda cases: (replace(cases[0], left=cases[0].left[1:]), *cases[1:])),
        ),
        (
            "prices-not-there",
            "forged-arrangements",
            "which are not there",
            _cases(lambda cases: (*cases[:-1], replace(cases[-1], prices=99, proofs=()))),
        ),
        ("no-rack-moves", "forged-arrangements", "no rack may move", _no_racks_move),
        ("slot-prices-below-0", "forged-prices", "prices of slots from -", _prices(lambda price: -1 - price)),
        (
            "slot-prices-too-high",
            "forged-prices",
            "prices of slots from",
            _prices(lambda price: price + 10**14),
        ),
        ("slot-prices-gone", "forged-bound", "its numbers prove", _prices(lambda price: 0)),
        (
            "word-beyond-the-proof",
            "wrong-status",
            "nothing is proved of other arrangements",
            lambda plan: edits.certificate(plan, arrangements=None),
        ),
        ("row-too-hot", "row-cooling", "its cooling takes 1 W", _first_row(cooling_limit_milliwatts=1000)),
        ("row-too-heavy", "row-weight", "its limit is 1 kg", _first_row(weight_limit_g=1000)),
        (
            "given-bound-forged",
            "forged-bound",
            "stated of the plan's arrangement",
            _proving(lambda proof: replace(proof, given_bound_cents=proof.given_bound_cents + 1)),
        ),
    )
)

BOUNDED_TOGETHER = tuple(
    Planted(name, code, says, plant, base="open-many")
    for name, code, says, plant in (
        ("rack-case-missing", "forged-cases", "its cases cover", _rack_cases(lambda cases: cases[1:])),
        ("rack-case-twice", "forged-cases", "overlap", _rack_cases(lambda cases: (*cases, cases[0]))),
        ("rack-case-too-narrow", "forged-cases", "its cases cover", _rack_cases(_open_more)),
        (
            "rack-case-of-no-rack",
            "forged-cases",
            "cannot be opened",
            _rack_cases(lambda cases: (replace(cases[0], open_racks=("Z01",)), *cases[1:])),
        ),
        (
            "rack-case-open-and-closed",
            "forged-cases",
            "cannot be opened",
            _rack_cases(_open_and_closed),
        ),
        (
            "rack-case-prices-gone",
            "forged-bound",
            "its numbers prove",
            _each_rack_case(slot_prices_millicents=lambda prices: (0,) * len(prices)),
        ),
        (
            "rack-case-run-prices-gone",
            "forged-bound",
            "its numbers prove",
            _each_rack_case(run_prices_millicents=lambda prices: (0,) * len(prices)),
        ),
        (
            "rack-case-prices-too-few",
            "forged-prices",
            "prices of slots",
            _each_rack_case(slot_prices_millicents=lambda prices: prices[1:]),
        ),
        (
            "rack-case-run-prices-too-many",
            "forged-prices",
            "of runs, needs",
            _each_rack_case(run_prices_millicents=lambda prices: (*prices, 0)),
        ),
        (
            "rack-case-prices-below-0",
            "forged-prices",
            "prices from -1",
            _each_rack_case(slot_prices_millicents=lambda prices: (-1, *prices[1:])),
        ),
        (
            "rack-case-prices-too-high",
            "forged-prices",
            "thousandths of a cent",
            _each_rack_case(run_prices_millicents=lambda prices: (10**14,) * len(prices)),
        ),
        (
            "bounded-twice",
            "forged-arrangements",
            "one by one and all together",
            _proving(lambda proof: replace(proof, cases=(ArrangementCase(left=()),))),
        ),
        (
            "bounded-in-no-way",
            "forged-arrangements",
            "it covers 0 of",
            _proving(lambda proof: replace(proof, rack_cases=())),
        ),
    )
)
