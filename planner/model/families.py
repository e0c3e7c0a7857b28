"""Fabrics that were declared once and repeat, one for each group of racks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from planner.model.layout import Layout, TiersSpec


def families_of(layout: Layout) -> dict[str, str]:
    """Return by fabric what it was declared as: a family, or itself."""
    return {
        spec.name: (spec.family if isinstance(spec, TiersSpec) else "") or spec.name
        for spec in layout.fabrics
    }


def by_family(family_of: Mapping[str, str], fabrics: Sequence[str]) -> dict[str, list[str]]:
    """Return these fabrics by family, both in the order in which they come."""
    found: dict[str, list[str]] = {}
    for name in fabrics:
        found.setdefault(family_of[name], []).append(name)
    return found
