"""Proves again that no arrangement of racks that may move undercuts a bound; integers, no solver.

A certificate bounds every arrangement that the rules allow, one by one: at prices of slots that many
arrangements share, or by cases over switch racks of its own. Where there are too many, cases over switch
racks bound all arrangements together (``open_cases``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from planner.errors import Finding
from planner.model.layout import TiersSpec
from planner.model.open_racks import OpenRacks
from planner.model.solution import ArrangementCase, ArrangementProof, Certificate
from planner.verify.arrangement import (
    RowRules,
    count_arrangements,
    keeps_rules,
    rules_of_rows,
    stand_at,
    taken_of,
)
from planner.verify.bound import LARGEST_PRICE, prove
from planner.verify.bounds import candidates
from planner.verify.ground import Ground, fault, survey
from planner.verify.open_cases import prove_rack_cases
from planner.verify.open_hall import open_hall
from planner.verify.wiring import Tiers


def prove_arrangements(
    ground: Ground, tiers: Tiers, certificate: Certificate, given_cents: int
) -> tuple[int | None, list[Finding]]:
    """Return the least that any arrangement is proved to cost, and what is wrong.

    ``given_cents`` is what the certificate's own cases prove of the plan's arrangement.
    """
    proof, spec = certificate.arrangements, ground.plan.layout.open_racks
    what = f"certificate of {certificate.fabric}"
    if proof is None:
        return given_cents, []
    if spec is None:
        return None, [fault("forged-arrangements", f"{what}: it proves arrangements, but no rack may move")]
    findings = list(_check_form(ground, tiers, spec, proof, what))
    if findings:
        return None, findings
    if proof.rack_cases:
        hall = open_hall(ground, tiers, spec, certificate)
        return prove_rack_cases(hall, proof.rack_cases, what)
    if given_cents < proof.given_bound_cents:
        text = (
            f"{what}: {proof.given_bound_cents} cents stated of the plan's arrangement, {given_cents} proved"
        )
        findings.append(fault("forged-bound", text))
    hall = open_hall(ground, tiers, spec, certificate)
    chosen = set(taken_of(ground, spec))
    least = given_cents
    for case in proof.cases:
        taken = [one.address for one in spec.positions if one.address not in case.left]
        if case.proofs:
            bound, wrong = prove(
                hall.board(taken), replace(certificate, cases=case.proofs, arrangements=None)
            )
            findings += wrong
            least = min(least, bound if bound is not None else least)
        elif case.prices >= 0:
            least = min(least, hall.bound(taken, proof.slot_prices_millicents[case.prices]))
        elif set(taken) != chosen:
            text = f"{what}: nothing is proved of the arrangement that leaves {', '.join(case.left)}"
            findings.append(fault("forged-arrangements", text))
    return (None if findings else least), findings


def _check_form(
    ground: Ground, tiers: Tiers, spec: OpenRacks, proof: ArrangementProof, what: str
) -> Iterator[Finding]:
    """Check that the cases are all arrangements that the rules allow, and prices such that sums hold."""
    if tiers.is_one_way or _shares_racks(ground, spec, tiers.spec):
        text = (
            f"{what}: its arrangements can't be told apart from what earlier fabrics or shared plugs decide"
        )
        yield fault("forged-arrangements", text)
    if not proof.rack_cases:
        yield from _check_every(ground, spec, proof, what)
    elif proof.cases:
        text = f"{what}: it bounds arrangements one by one and all together"
        yield fault("forged-arrangements", text)


def _check_every(ground: Ground, spec: OpenRacks, proof: ArrangementProof, what: str) -> Iterator[Finding]:
    rows = rules_of_rows(ground, spec)
    known = {one.address for one in spec.positions}
    seen: set[frozenset[str]] = set()
    for case in proof.cases:
        left = frozenset(case.left)
        taken = [one.address for one in spec.positions if one.address not in left]
        if not left <= known or left in seen or not keeps_rules(spec, rows, taken):
            where = ", ".join(case.left) or "nothing"
            text = f"{what}: no arrangement, or one that is there twice, leaves {where}"
            yield fault("forged-arrangements", text)
            return
        seen.add(left)
        yield from _check_case(case, proof, what)
    yield from _check_all(spec, rows, len(seen), what)
    lowest = min((price for prices in proof.slot_prices_millicents for price in prices), default=0)
    largest = max((price for prices in proof.slot_prices_millicents for price in prices), default=0)
    if lowest < 0 or largest > LARGEST_PRICE:
        yield fault(
            "forged-prices", f"{what}: prices of slots from {lowest} to {largest} thousandths of a cent"
        )


def _check_case(case: ArrangementCase, proof: ArrangementProof, what: str) -> Iterator[Finding]:
    if case.prices >= len(proof.slot_prices_millicents):
        yield fault("forged-arrangements", f"{what}: a case names prices {case.prices}, which are not there")


def _check_all(spec: OpenRacks, rows: Sequence[RowRules], seen: int, what: str) -> Iterator[Finding]:
    every = count_arrangements(spec, rows)
    if seen != every:
        yield fault("forged-arrangements", f"{what}: it covers {seen} of {every} arrangements")


def _shares_racks(ground: Ground, spec: OpenRacks, own: TiersSpec) -> bool:
    """Tell whether an earlier fabric may place into racks that this one may place into."""
    above = survey(replace(ground.plan, layout=stand_at(ground.plan.layout, spec, ())))
    racks = {place.position.address for place in candidates(above, own)}
    for other in ground.plan.layout.fabrics:
        if other.name == own.name:
            return False
        if isinstance(other, TiersSpec):
            places = {place.position.address for place in candidates(above, other)}
            if places & racks:
                return True
    return False
