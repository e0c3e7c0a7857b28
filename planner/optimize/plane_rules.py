"""What one failure may take of a plane, in arrays: limits on its upper units by parts of the racks.

A part is a rack, or the racks on one power feed. Every rack is in one part of each rule, and parts of
a later rule hold whole parts of the first, so that limits on units lie inside one another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from planner.model.layout import Layout, TiersSpec
from planner.model.rules import ALL_PERMILLE
from planner.optimize.pricing import BoolArray, IntArray

if TYPE_CHECKING:  # checking a layout needs these rules, and no solver
    from planner.optimize.linear_model import LinearModel


@dataclass(frozen=True, slots=True, eq=False)
class PartRule:
    """At most ``most`` upper units of a plane in one part, and at least one in ``fewest`` parts.

    ``part_of_rack`` (Q,) numbers the part of each candidate rack from 0.
    """

    part_of_rack: IntArray
    most: int
    fewest: int

    @property
    def parts(self) -> int:
        """Number of parts."""
        return int(self.part_of_rack.max(initial=-1)) + 1

    @property
    def must_count(self) -> bool:
        """Whether parts are to be counted: that two are used, ``most`` says already."""
        return self.fewest > 2

    def held(self, by_rack: IntArray) -> IntArray:
        """Sum numbers in racks (..., Q) to numbers in parts (..., parts)."""
        held = np.zeros((*by_rack.shape[:-1], self.parts), dtype=by_rack.dtype)
        for rack, part in enumerate(self.part_of_rack):
            held[..., part] += by_rack[..., rack]
        return held


@dataclass(frozen=True, slots=True, eq=False)
class PlaneRules:
    """The rules of a fabric's planes; none where one rack may hold a whole plane."""

    rules: tuple[PartRule, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether there are any."""
        return bool(self.rules)

    def among(self, racks: IntArray) -> PlaneRules:
        """Return the rules where only these candidate racks are left."""
        return PlaneRules(tuple(replace(rule, part_of_rack=rule.part_of_rack[racks]) for rule in self.rules))

    def outside_parts(self) -> Iterator[BoolArray]:
        """Yield for each part of each rule which racks are outside of it (Q,)."""
        for rule in self.rules:
            for part in range(rule.parts):
                yield rule.part_of_rack != part

    def keep(self, by_rack: IntArray) -> BoolArray:
        """Tell which planes with so many units in each rack (..., Q) keep the rules."""
        kept = np.ones(by_rack.shape[:-1], dtype=bool)
        for rule in self.rules:
            held = rule.held(by_rack)
            kept &= (held <= rule.most).all(axis=-1) & ((held > 0).sum(axis=-1) >= rule.fewest)
        return kept

    def may_add(self, by_rack: IntArray, rack: int, left: int) -> bool:
        """Tell whether a plane with units in racks (Q,) may take one more, ``left`` coming after it."""
        after = by_rack.copy()
        after[rack] += 1
        for rule in self.rules:
            held = rule.held(after)
            if held.max() > rule.most or int((held > 0).sum()) + left < rule.fewest:
                return False
        return True

    def cheapest(self, cost: IntArray, rack: IntArray, units: int) -> IntArray:
        """Return costs of the cheapest units (each in a rack) that keep the limits, ``units`` at most.

        Limits lie inside one another, so that taking the cheapest one that is allowed is the best.
        That more than two parts are used is not looked at: less can only be cheaper.
        """
        order = np.argsort(cost, kind="stable")
        kept = np.ones(len(order), dtype=bool)
        for rule in self.rules:
            part = rule.part_of_rack[rack[order]]
            for each in range(rule.parts):
                inside = np.flatnonzero((part == each) & kept)
                kept[inside[rule.most :]] = False
        return np.asarray(cost[order[kept]][:units], dtype=np.int64)

    def limit_classes(
        self, model: LinearModel, planes: IntArray, units: IntArray, group: IntArray, rack: IntArray
    ) -> None:
        """Keep the rules for all planes of each class together; whole planes can then be dealt so.

        Parameters
        ----------
        model
            The model.
        planes
            Planes of each class (G,).
        units, group, rack
            Variables that count units, the class and the rack of each (n,).
        """
        for rule in self.rules:
            parts = rule.parts
            held = model.rows((len(planes), parts), -np.inf, planes[:, None] * rule.most)
            model.add(held[group, rule.part_of_rack[rack]], units, 1)
            if rule.must_count:
                _count_parts(model, rule, planes, held.shape, (group, rack, units))

    def limit_planes(self, model: LinearModel, units: IntArray, rack: IntArray) -> None:
        """Keep the rules for single planes; ``units`` (P, n) count units in racks ``rack`` (n,)."""
        for rule in self.rules:
            shape = (len(units), rule.parts)
            part = rule.part_of_rack[rack]
            held = model.rows(shape, -np.inf, rule.most)
            model.add(held[:, part], units, 1)
            if rule.must_count:
                used = model.variables(shape, 1, 0, integer=True)
                stands = model.rows(shape, 0, np.inf)
                model.add(stands[:, part], units, 1)
                model.add(stands, used, -1)
                model.add(model.rows((len(units),), rule.fewest, np.inf)[:, None], used, 1)


def _count_parts(
    model: LinearModel,
    rule: PartRule,
    planes: IntArray,
    shape: tuple[int, ...],
    counted: tuple[IntArray, IntArray, IntArray],
) -> None:
    group, rack, units = counted
    used = model.variables(shape, planes[:, None], 0)
    stands = model.rows(shape, 0, np.inf)
    model.add(stands[group, rule.part_of_rack[rack]], units, 1)
    model.add(stands, used, -1)
    model.add(model.rows((len(planes),), planes * rule.fewest, np.inf)[:, None], used, 1)


NO_RULES = PlaneRules()
"""One rack may hold a whole plane."""


def find_rules(layout: Layout, fabric: str, units: int, racks: Sequence[str]) -> PlaneRules:
    """Return the rules of a fabric whose planes have so many units, for its candidate racks."""
    spec = next(one for one in layout.fabrics if one.name == fabric)
    asked = spec.resilience if isinstance(spec, TiersSpec) else None
    if asked is None:
        return NO_RULES
    rules = [_rule(list(racks), units, asked.share_per_rack_permille, asked.racks_per_plane)]
    if asked.feeds:
        feed_of = {rack: feed for feed, held in layout.groups[asked.feeds].items() for rack in held}
        feeds = [feed_of[rack] for rack in racks]
        rules.append(_rule(feeds, units, asked.share_per_feed_permille, asked.feeds_per_plane))
    return PlaneRules(tuple(rule for rule in rules if rule.most < units))


def _rule(names: Sequence[str], units: int, permille: int, fewest: int) -> PartRule:
    """Return the rule of racks in the named parts.

    Each part that must hold a unit too leaves one less for the largest.
    """
    number = {name: index for index, name in enumerate(dict.fromkeys(names))}
    return PartRule(
        part_of_rack=np.array([number[name] for name in names], dtype=np.int64),
        most=min(units * permille // ALL_PERMILLE, units - fewest + 1),
        fewest=fewest,
    )
