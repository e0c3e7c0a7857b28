"""``planner size``: switches, cable runs, ratios, prices and demand of systems, without a floor."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from planner.commands.outcome import Outcome
from planner.commands.size_json import as_json
from planner.commands.size_note import note_section
from planner.commands.size_table import overview, side_by_side
from planner.errors import Finding, InputError
from planner.inputs.sizing import SizingInputs, read_sizing
from planner.model.layout import Spread
from planner.model.sizing import LowerUnit, Wish
from planner.preliminary import Factors, find_generation, find_system, judge_claims, size_all
from planner.units import round_half_up


def run(arguments: Namespace, _progress: Callable[[str], None]) -> Outcome:
    """Show the systems side by side, or an overview of all; raises PlannerError for what cannot be."""
    inputs = read_sizing(arguments.systems, arguments.profile)
    of_generation = find_generation(inputs, arguments.generation) if arguments.generation else []
    names = list(dict.fromkeys([*arguments.system, *of_generation]))
    systems = [find_system(inputs, name) for name in names or inputs.systems]
    sized, left_out = size_all(
        inputs, systems, _wish(arguments), _factors(arguments, inputs), may_leave_out=not arguments.system
    )
    judgements = judge_claims(inputs) if arguments.note else ()
    if arguments.json:
        return Outcome(as_json(inputs, sized, left_out, judgements))
    table = side_by_side(inputs, sized) if names else overview(sized)
    left = ["", "cannot be sized so:", *(f"  {finding.message}" for finding in left_out)] if left_out else []
    return Outcome("\n".join([*table, *left, *note_section(judgements)]))


def _wish(arguments: Namespace) -> Wish:
    return Wish(
        gpus=arguments.gpus,
        blocks=arguments.racks,
        domains=arguments.domains,
        tiers=arguments.tiers,
        taper=arguments.taper,
        spread=Spread(arguments.spread) if arguments.spread else None,
        unit=LowerUnit(arguments.unit) if arguments.unit else None,
    )


def _factors(arguments: Namespace, inputs: SizingInputs) -> Factors:
    demand = inputs.demand
    if arguments.capex:
        demand = replace(demand, capex_cents=_cents("--capex", arguments.capex, inputs))
    if arguments.chip_share is not None:
        demand = replace(demand, chip_share_permille=arguments.chip_share)
    if arguments.chip_price:
        demand = replace(demand, chip_price_cents=_cents("--chip-price", arguments.chip_price, inputs))
    return Factors(demand=demand, chip_gbps=arguments.chip_bandwidth, tiers=arguments.chip_tiers)


def _cents(option: str, money: tuple[Fraction, str], inputs: SizingInputs) -> int:
    amount, currency = money
    if currency not in ("", inputs.currency):
        message = f"{option}: found {currency}, but the catalogs count in {inputs.currency}"
        raise InputError([Finding(code="other-currency", message=message)])
    return round_half_up(amount)
