"""Where a fabric may be, and which fabrics it stands on."""

from __future__ import annotations

from planner.model.layout import TiersSpec
from planner.verify.ground import Ground, Place


def candidates(ground: Ground, spec: TiersSpec) -> tuple[Place, ...]:
    """Return the positions where the fabric may place upper devices, in canonical order."""
    bound = frozenset(spec.within)
    return tuple(
        place
        for address, place in ground.places.items()
        if spec.upper_rack_type in place.position.choices and (not bound or address in bound)
    )


def earlier_specs(ground: Ground, own: TiersSpec) -> list[TiersSpec]:
    """Return the fabrics of tiers that were planned before this one."""
    specs = [spec for spec in ground.plan.layout.fabrics if isinstance(spec, TiersSpec)]
    return specs[: [spec.name for spec in specs].index(own.name)]


def specs_below(ground: Ground, spec: TiersSpec) -> tuple[TiersSpec, ...]:
    """Return the fabrics that the lower tier of a fabric comes from.

    Where it names a family, a fabric of a family itself takes those whose positions are all its own.
    """
    if not spec.lower.below:
        return ()
    named = [
        one
        for one in ground.plan.layout.fabrics
        if isinstance(one, TiersSpec) and spec.lower.below in (one.name, one.family)
    ]
    own = set(spec.within)
    return tuple(
        one for one in named if one.name == spec.lower.below or not spec.family or not set(one.within) - own
    )
