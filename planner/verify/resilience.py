"""What one failure takes of a plane: upper units counted by rack and by power feed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from planner.errors import Finding
from planner.model.layout import TiersSpec
from planner.verify.ground import Ground, fault
from planner.verify.plane_bound import PartLimit
from planner.verify.wiring import Tiers, derive_all


@dataclass(frozen=True, slots=True)
class Limit:
    """How much of a plane may stand in one part of the racks, and in how many it must stand.

    Parameters
    ----------
    word
        What the parts are, for messages.
    part_of
        The part of each rack, by address; racks that are in none may hold nothing.
    most
        Upper units of a plane that one part may hold.
    fewest
        Parts that hold at least one.
    """

    word: str
    part_of: dict[str, str]
    most: int
    fewest: int

    def by_part(self, racks: Sequence[str]) -> list[list[int]]:
        """Return the numbers of the racks in each part."""
        parts: dict[str, list[int]] = {}
        for number, rack in enumerate(racks):
            parts.setdefault(self.part_of.get(rack, ""), []).append(number)
        return list(parts.values())


def limits_of(ground: Ground, spec: TiersSpec, per_plane: int) -> tuple[Limit, ...]:
    """Return the limits that a fabric's description sets for planes of so many upper units."""
    asked = spec.resilience
    if asked is None:
        return ()
    share = per_plane * asked.share_per_rack_permille // 1000
    limits = [Limit("rack", {rack: rack for rack in ground.places}, share, asked.racks_per_plane)]
    if asked.feeds:
        part_of = {
            rack: groups[asked.feeds] for rack, groups in ground.groups.items() if asked.feeds in groups
        }
        share = per_plane * asked.share_per_feed_permille // 1000
        limits.append(Limit("feed", part_of, share, asked.feeds_per_plane))
    return tuple(limit for limit in limits if limit.most < per_plane or limit.fewest > 1)


def part_limits(ground: Ground, tiers: Tiers, racks: Sequence[str]) -> tuple[PartLimit, ...]:
    """Return the limits as bounds know them: by the numbers of the candidate racks."""
    return tuple(
        PartLimit(
            tuple(map(tuple, limit.by_part(racks))),
            # Each part that must hold a unit too leaves one less for the largest.
            min(limit.most, tiers.upper_per_plane - limit.fewest + 1),
            limit.fewest,
        )
        for limit in limits_of(ground, tiers.spec, tiers.upper_per_plane)
    )


def check_resilience(ground: Ground) -> Iterator[Finding]:
    """Check every fabric that limits what one failure may take."""
    for tiers in derive_all(ground).values():
        if isinstance(tiers, Tiers):
            for limit in limits_of(ground, tiers.spec, tiers.upper_per_plane):
                yield from _check_limit(ground, tiers, limit)


def _check_limit(ground: Ground, tiers: Tiers, limit: Limit) -> Iterator[Finding]:
    name = tiers.spec.name
    held: dict[int, Counter[str]] = {plane: Counter() for plane in range(len(tiers.planes))}
    for device in ground.plan.devices:
        if device.fabric != name or not device.is_placed:
            continue
        part = limit.part_of.get(device.rack)
        if part is None:
            yield fault("no-feed", f"{device.name}: rack {device.rack} is on no power feed")
            continue
        for plane in device.planes:
            if plane in held:
                held[plane][part] += 1
    for plane, parts in held.items():
        where = f"fabric {name}, plane {plane}"
        for part, units in sorted(parts.items()):
            if units > limit.most:
                yield fault(
                    "too-much-at-once",
                    f"{where}: {limit.word} {part} takes {units} of {tiers.upper_per_plane} upper units with"
                    f" it, {limit.most} are allowed",
                )
        if len(parts) < limit.fewest:
            yield fault(
                "too-few-parts",
                f"{where}: its upper units stand on {len(parts)} {limit.word}s, {limit.fewest} are asked for",
            )
