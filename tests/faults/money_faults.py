"""Planted faults: money, labels and the proof."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from planner.model.plan import Plan
from tests.faults import edits
from tests.faults.edits import first
from tests.faults.kinds import Planted, optics


def _copper_dearer(plan: Plan) -> Plan:
    """Raise a price in the embedded catalog, so that nothing bought for it is right any more."""
    index = optics(plan)
    option = next(one for one in plan.catalog.media if one.id == plan.runs[index].option)
    module = option.plugs[0].transceiver
    assert module is not None
    dearer = replace(module, price=replace(module.price, cents=module.price.cents + 1))
    return edits.plugs(plan, option.id, transceiver=dearer)


def _two_in_one_bundle(plan: Plan) -> Plan:
    other = first(plan.runs, lambda run: run.bundle != plan.runs[0].bundle)
    name = plan.runs[0].bundle
    runs = tuple(
        replace(run, bundle=name) if run.bundle == plan.runs[other].bundle else run for run in plan.runs
    )
    return replace(plan, runs=runs)


def _cords_exchanged(plan: Plan) -> Plan:
    index = optics(plan)
    return edits.run(plan, index, cord_labels_a=plan.runs[index].cord_labels_a[::-1])


def _forged_bound(plan: Plan) -> Plan:
    """State a bound one cent above what the certificate proves, everywhere it is stated."""
    bound = plan.solve.certificates[0].bound_cents + 1
    return edits.solve(edits.certificate(plan, bound_cents=bound), lower_bound_cents=bound)


def _weaker_prices(plan: Plan) -> Plan:
    zeros = tuple(0 for _ in plan.solve.certificates[0].cases[0].slot_prices_millicents)
    return edits.case(plan, slot_prices_millicents=zeros)


MONEY = (
    Planted(
        "run-cheaper",
        "wrong-run-cost",
        "its parts",
        lambda p: edits.run(p, cost_cents=p.runs[0].cost_cents - 1),
    ),
    Planted("price-raised", "wrong-run-cost", "its parts", _copper_dearer),
    Planted("part-renumbered", "wrong-part-number", "X-1", lambda p: edits.run(p, part_number="X-1")),
    Planted("line-lost", "wrong-bom-lines", "0 lines", lambda p: replace(p, bom=p.bom[1:])),
    Planted("line-doubled", "wrong-bom-lines", "2 lines", lambda p: replace(p, bom=(*p.bom, p.bom[0]))),
    Planted(
        "line-for-nothing",
        "wrong-bom-lines",
        "phantom",
        lambda p: replace(p, bom=(*p.bom, replace(p.bom[0], part="phantom"))),
    ),
    *(
        Planted(f"line-{field}", "wrong-bom-line", f"{field} is", partial(edits.line, **{field: value}))
        for field, value in {
            "part_number": "X-1",
            "description": "X",
            "category": "X",
            "vendor": "X",
            "quantity": 1,
            "spares": 0,
            "order_quantity": 1,
            "unit_price_cents": 1,
            "extended_price_cents": 1,
            "order_price_cents": 1,
            "basis": "vendor",
            "price_date": "",
            "source": "",
        }.items()
    ),
    *(
        Planted(f"total-{field}", "wrong-total", f"{field} is", partial(edits.totals, **{field: value}))
        for field, value in {
            "runs": 1,
            "routed_mm": 1,
            "power_milliwatts": 1,
            "parts_cents": 1,
            "labor_cents": 1,
            "capex_cents": 1,
            "energy_cents": 1,
            "tco_cents": 1,
            "runs_by_medium": {},
            "parts_not_quotable": 9,
        }.items()
    ),
    Planted(
        "objective-lower", "wrong-objective", "tco of 1 cents", lambda p: edits.solve(p, objective_cents=1)
    ),
    Planted("objective-other", "wrong-objective", "capex of", lambda p: edits.solve(p, objective="capex")),
    Planted(
        "sums-apart",
        "sums-disagree",
        "the runs cost",
        lambda p: edits.line(p, extended_price_cents=p.bom[0].extended_price_cents + 1),
    ),
)


LABELS = (
    Planted(
        "id-used-twice",
        "id-used-twice",
        "names 2 runs",
        lambda p: edits.run(p, 1, cable_id=p.runs[0].cable_id),
    ),
    Planted("id-renamed", "wrong-cable-id", "makes it", lambda p: edits.run(p, cable_id="X")),
    Planted("label-a", "wrong-label", "end A", lambda p: edits.run(p, label_a=p.runs[0].label_b)),
    Planted("label-b", "wrong-label", "end B", lambda p: edits.run(p, label_b="X")),
    Planted("cords-a", "wrong-cord-label", "end A", _cords_exchanged),
    Planted("cords-b", "wrong-cord-label", "end B", lambda p: edits.run(p, cord_labels_b=("X",))),
    Planted("order-twice", "wrong-install-order", "1 to 64", lambda p: edits.run(p, install_order=64)),
    Planted("bundle-split", "wrong-bundle", "are in", lambda p: edits.run(p, bundle="X")),
    Planted("bundles-joined", "wrong-bundle", "already holds", _two_in_one_bundle),
)


PROOF = (
    Planted(
        "certificate-lost",
        "wrong-certificates",
        "certificates for []",
        lambda p: edits.solve(p, certificates=()),
    ),
    Planted("bound-forged", "forged-bound", "its numbers prove", _forged_bound),
    Planted("prices-weakened", "forged-bound", "its numbers prove", _weaker_prices),
    Planted(
        "cases-incomplete",
        "forged-cases",
        "its cases cover nothing where",
        lambda p: edits.certificate(p, cases=p.solve.certificates[0].cases[:1]),
    ),
    Planted(
        "case-doubled",
        "forged-cases",
        "overlap",
        lambda p: edits.certificate(
            p, cases=(*p.solve.certificates[0].cases, *p.solve.certificates[0].cases)
        ),
    ),
    Planted(
        "classes-merged",
        "forged-classes",
        "same places",
        lambda p: edits.certificate(p, plane_classes=((0, 2), (1, 3))),
    ),
    Planted("prices-lost", "forged-prices", "needs", lambda p: edits.case(p, slot_prices_millicents=())),
    Planted(
        "prices-wrapping",
        "forged-prices",
        "is beyond",
        lambda p: edits.case(
            p,
            slot_prices_millicents=tuple(
                2**62 for _ in p.solve.certificates[0].cases[0].slot_prices_millicents
            ),
        ),
    ),
    Planted("bound-not-summed", "wrong-bound", "state", lambda p: edits.solve(p, lower_bound_cents=1)),
    Planted(
        "bound-above-cost",
        "wrong-bound",
        "above the cost",
        lambda p: edits.solve(p, lower_bound_cents=p.solve.objective_cents + 1),
    ),
    Planted("gap-rounded", "wrong-gap", "'0.00'", lambda p: edits.solve(p, gap="0.00")),
    Planted("status-praised", "wrong-status", "'excellent'", lambda p: edits.solve(p, status="excellent")),
    Planted("floor-raised", "wrong-floor", "recomputed", lambda p: edits.solve(p, geometric_floor_cents=1)),
    Planted(
        "baseline-below-bound",
        "wrong-baseline",
        "first fit",
        lambda p: edits.solve(p, baselines=replace(p.solve.baselines, first_fit_cents=1)),
    ),
)


def _stale_price(plan: Plan) -> Plan:
    """Change the price of racks that are not bought, as a newer catalog may: every other rule still holds."""
    return edits.rack_type(plan, "lower-rack", price=None)


WHOLE = (
    Planted(
        "inputs-renamed",
        "wrong-inputs-hash",
        "inputs of hash '0000",
        lambda p: replace(p, inputs_hash="0" * 64),
    ),
    Planted("price-stale", "wrong-inputs-hash", "those in the plan have", _stale_price),
    Planted("version-next", "wrong-version", "expected 7", lambda p: replace(p, format_version=8)),
    Planted(
        "ratio-wrapping", "absurd-number", "beyond", lambda p: edits.spec(p, oversubscription=(2**62, 1))
    ),
)
