"""Entry point of the stage: from the fabrics a layout describes to who is wired to whom."""

from __future__ import annotations

from planner.errors import Finding, InfeasibleError
from planner.model.catalog import Catalog
from planner.model.fabric import Fabric, TierFabric
from planner.model.layout import Layout, PeersSpec, TiersSpec
from planner.model.sites import fabrics_below
from planner.topology.peers import build_peers
from planner.topology.places import refuse_too_few_places
from planner.topology.resilience import refuse_short_resilience
from planner.topology.sharing import share_cages
from planner.topology.tiers import build_tiers


def build_fabrics(layout: Layout, catalog: Catalog, offered: Layout | None = None) -> tuple[Fabric, ...]:
    """Build every fabric of the layout, in the layout's order: each after the one it stacks on.

    Where racks that may move stand at provisional positions, ``offered`` is the layout with all positions
    that upper devices may yet be given: whether one failure takes too much is told by these.

    Raises
    ------
    InfeasibleError
        A fabric cannot be built as described; carries the findings of all fabrics but those that
        stack on one of them.
    """
    built: dict[str, Fabric] = {}
    findings: list[Finding] = []
    refused: set[str] = set()
    for spec in layout.fabrics:
        if isinstance(spec, TiersSpec) and spec.family in refused:
            continue  # what is wrong with one fabric of a family is so with all
        try:
            if isinstance(spec, PeersSpec):
                built[spec.name] = build_peers(layout, catalog, spec)
            elif not spec.lower.below:
                built[spec.name] = build_tiers(layout, catalog, spec)
            else:
                below = [built.get(one.name) for one in fabrics_below(layout, spec)]
                standing = tuple(one for one in below if isinstance(one, TierFabric))
                if standing and len(standing) == len(below):
                    built[spec.name] = build_tiers(layout, catalog, spec, standing)
        except InfeasibleError as error:
            findings.extend(error.findings)
            if isinstance(spec, TiersSpec) and spec.family:
                refused.add(spec.family)
    if findings:
        raise InfeasibleError(findings)
    refuse_too_few_places(layout, catalog, built.values())
    refuse_short_resilience(offered or layout, catalog, built.values())
    return share_cages(tuple(built.values()))
