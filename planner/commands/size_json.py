"""The JSON of ``planner size``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from fractions import Fraction

from planner.errors import Finding
from planner.inputs.sizing import SizingInputs
from planner.model.sizing import JoinSize
from planner.preliminary import Sized
from planner.sizing.claims import Judgement
from planner.sizing.demand import DemandChain
from planner.sizing.figures import Variants

Json = dict[str, object]


def as_json(
    inputs: SizingInputs,
    sized: Sequence[Sized],
    left_out: Sequence[Finding],
    judgements: Sequence[Judgement],
) -> str:
    """Return all figures; counts are exact, quotients rounded to six decimals."""
    document: Json = {
        "currency": inputs.currency,
        "profile": inputs.profile,
        "systems": [_system(one) for one in sized],
        "left_out": [{"code": finding.code, "message": finding.message} for finding in left_out],
    }
    if judgements:
        document["note"] = [_judgement(one) for one in judgements]
    return json.dumps(document, indent=2)


def _number(value: Fraction | int) -> int | float:
    exact = Fraction(value)
    return exact.numerator if exact.denominator == 1 else round(float(exact), 6)


def _per(gpus: int, switches: int) -> int | float | None:
    return _number(Fraction(gpus, switches)) if switches else None


def _system(one: Sized) -> Json:
    size, system = one.size, one.size.system
    return {
        "system": system.id,
        "description": system.description,
        "generation": system.generation,
        "network": system.network.value,
        "gpus": size.gpus,
        "domains": size.domains,
        "blocks": size.blocks,
        "block": system.block.name,
        "gpu_gbps": system.gpu_gbps,
        "tiers": size.tiers,
        "taper": f"{size.taper.numerator}:{size.taper.denominator}",
        "spread": size.spread.value,
        "inner_asics": size.inner_asics,
        "inner_trays": size.inner_trays,
        "asics": size.asics,
        "trays": size.trays,
        "runs": size.runs,
        "run_gbps": _number(system.uplinks.rate_gbps) if system.uplinks else None,
        "ends": size.ends,
        "ends_per_gpu": _number(Fraction(size.ends, size.gpus)),
        "equivalent_ends_per_gpu": _number(size.equivalent_ends / size.gpus),
        "gpus_per_asic": _per(size.gpus, size.asics),
        "gpus_per_tray": _per(size.gpus, size.trays),
        "joins": [_join(join, size.domains) for join in size.joins],
        "ratios": [
            {"to": other.other, "equivalent_ends": _number(other.ends), "switches": _variants(other.switches)}
            for other in one.comparisons
        ],
        "prices": [
            {
                "medium": price.medium.value,
                "part": price.part,
                "least_cents": price.least_cents * size.cables,
                "most_cents": price.most_cents * size.cables,
                "basis": list(price.bases),
            }
            for price in one.prices
        ],
        "demand": _demand(one.chain),
        "provenance": [
            {
                "field": record.field,
                "value": record.value,
                "basis": record.basis.value,
                "source": record.source,
            }
            for record in system.provenance
        ],
    }


def _demand(chain: DemandChain) -> Json:
    return {
        "capex_cents": chain.demand.capex_cents,
        "chip_share_permille": chain.demand.chip_share_permille,
        "chip_price_cents": chain.demand.chip_price_cents,
        "chips": chain.chips,
        "chip_gbps": chain.chip_gbps,
        "full_rate_tiers": _number(chain.tiers),
        "equivalent_ends": _number(chain.equivalent_ends),
        "asics": _number(chain.asics),
        "trays": _number(chain.trays),
    }


def _join(join: JoinSize, domains: int) -> Json:
    return {
        "lower": join.lower,
        "upper": join.upper,
        "runs": join.runs * domains,
        "lower_units": join.lower_units * domains,
        "planes": join.planes,
        "upper_units": join.upper_units * domains,
        "asics": join.asics * domains,
        "trays": join.trays * domains,
        "pair_runs": list(join.pair_runs),
    }


def _variants(figures: Variants) -> Json:
    return {label or "value": [_number(low), _number(high)] for label, (low, high) in figures.items()}


def _judgement(one: Judgement) -> Json:
    return {
        "claim": one.claim.id,
        "says": one.claim.says,
        "figure": one.claim.figure.value,
        "claimed": [_number(one.claim.low), _number(one.claim.high)],
        "computed": [_number(bound) for bound in one.computed],
        "counted": one.counted,
        "mixes_units": one.mixes_units,
        "verdict": one.verdict.value,
        "in_every_unit": _variants(one.figures),
        "remark": one.claim.remark,
    }
