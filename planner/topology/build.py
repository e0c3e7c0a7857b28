"""Entry point of the stage: from the fabrics a layout describes to who is wired to whom."""

from __future__ import annotations

from planner.errors import Finding, InfeasibleError
from planner.model.catalog import Catalog
from planner.model.fabric import Fabric, TierFabric
from planner.model.layout import Layout, PeersSpec
from planner.topology.peers import build_peers
from planner.topology.places import refuse_too_few_places
from planner.topology.resilience import refuse_short_resilience
from planner.topology.sharing import share_cages
from planner.topology.tiers import build_tiers


def build_fabrics(layout: Layout, catalog: Catalog) -> tuple[Fabric, ...]:
    """Build every fabric of the layout, in the layout's order: each after the one it stacks on.

    Raises
    ------
    InfeasibleError
        A fabric cannot be built as described; carries the findings of all fabrics but those that
        stack on one of them.
    """
    built: dict[str, Fabric] = {}
    findings: list[Finding] = []
    for spec in layout.fabrics:
        try:
            if isinstance(spec, PeersSpec):
                built[spec.name] = build_peers(layout, catalog, spec)
            elif not spec.lower.below:
                built[spec.name] = build_tiers(layout, catalog, spec)
            elif isinstance(below := built.get(spec.lower.below), TierFabric):
                built[spec.name] = build_tiers(layout, catalog, spec, below)
        except InfeasibleError as error:
            findings.extend(error.findings)
    if findings:
        raise InfeasibleError(findings)
    refuse_too_few_places(layout, catalog, built.values())
    refuse_short_resilience(layout, catalog, built.values())
    return share_cages(tuple(built.values()))
