"""Small edits of a plan: each returns a plan that differs in one place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from planner.model.cages import CageGroup
from planner.model.catalog import DeviceType, RackType
from planner.model.media import MediaOption
from planner.model.plan import Plan
from planner.model.solution import BoundCase, Certificate

T = TypeVar("T")


def nth(items: tuple[T, ...], index: int, item: T) -> tuple[T, ...]:
    """Return the items with one exchanged."""
    index %= len(items)
    return (*items[:index], item, *items[index + 1 :])


def first(items: tuple[T, ...], fits: Callable[[T], bool]) -> int:
    """Return the index of the first item that fits."""
    return next(index for index, item in enumerate(items) if fits(item))


def run(plan: Plan, index: int = 0, **changes: Any) -> Plan:
    return replace(plan, runs=nth(plan.runs, index, replace(plan.runs[index], **changes)))


def end(plan: Plan, side: str, index: int = 0, **changes: Any) -> Plan:
    return run(plan, index, **{side: replace(getattr(plan.runs[index], side), **changes)})


def device(plan: Plan, index: int = 0, **changes: Any) -> Plan:
    return replace(plan, devices=nth(plan.devices, index, replace(plan.devices[index], **changes)))


def fill(plan: Plan, index: int = 0, **changes: Any) -> Plan:
    return replace(plan, segments=nth(plan.segments, index, replace(plan.segments[index], **changes)))


def segment(plan: Plan, index: int = 0, **changes: Any) -> Plan:
    return fill(plan, index, segment=replace(plan.segments[index].segment, **changes))


def line(plan: Plan, index: int = 0, **changes: Any) -> Plan:
    return replace(plan, bom=nth(plan.bom, index, replace(plan.bom[index], **changes)))


def totals(plan: Plan, **changes: Any) -> Plan:
    return replace(plan, totals=replace(plan.totals, **changes))


def solve(plan: Plan, **changes: Any) -> Plan:
    return replace(plan, solve=replace(plan.solve, **changes))


def summary(plan: Plan, **changes: Any) -> Plan:
    return replace(plan, fabrics=nth(plan.fabrics, 0, replace(plan.fabrics[0], **changes)))


def certificate(plan: Plan, **changes: Any) -> Plan:
    changed: Certificate = replace(plan.solve.certificates[0], **changes)
    return solve(plan, certificates=nth(plan.solve.certificates, 0, changed))


def case(plan: Plan, **changes: Any) -> Plan:
    cases = plan.solve.certificates[0].cases
    changed: BoundCase = replace(cases[0], **changes)
    return certificate(plan, cases=nth(cases, 0, changed))


def layout(plan: Plan, **changes: Any) -> Plan:
    return replace(plan, layout=replace(plan.layout, **changes))


def pathways(plan: Plan, **changes: Any) -> Plan:
    return layout(plan, pathways=replace(plan.layout.pathways, **changes))


def spec(plan: Plan, **changes: Any) -> Plan:
    return layout(plan, fabrics=nth(plan.layout.fabrics, 0, replace(plan.layout.fabrics[0], **changes)))


def option(plan: Plan, option_id: str, **changes: Any) -> Plan:
    media = plan.catalog.media
    index = first(media, lambda one: one.id == option_id)
    changed: MediaOption = replace(media[index], **changes)
    return replace(plan, catalog=replace(plan.catalog, media=nth(media, index, changed)))


def plugs(plan: Plan, option_id: str, **changes: Any) -> Plan:
    """Change both plugs of an option."""
    known = next(one for one in plan.catalog.media if one.id == option_id)
    a, b = (replace(plug, **changes) for plug in known.plugs)
    return option(plan, option_id, plugs=(a, b))


def rack_type(plan: Plan, name: str, **changes: Any) -> Plan:
    types: dict[str, RackType] = dict(plan.catalog.rack_types)
    types[name] = replace(types[name], **changes)
    return replace(plan, catalog=replace(plan.catalog, rack_types=types))


def device_type(plan: Plan, name: str, **changes: Any) -> Plan:
    types: dict[str, DeviceType] = dict(plan.catalog.device_types)
    types[name] = replace(types[name], **changes)
    return replace(plan, catalog=replace(plan.catalog, device_types=types))


def swap_far_ends(plan: Plan, one: int, other: int) -> Plan:
    """Exchange the B ends of two runs, and nothing else."""
    b_one, b_other = plan.runs[one].b, plan.runs[other].b
    return run(run(plan, one, b=b_other), other, b=b_one)


def split_group(group: CageGroup, keep: int) -> tuple[CageGroup, CageGroup]:
    """Return the group's first cages, and the others as a group of another name."""
    asics = group.asic_of_cage
    return (
        replace(group, count=keep, asic_of_cage=asics[:keep]),
        replace(group, name="spare", count=group.count - keep, asic_of_cage=asics[keep:]),
    )
