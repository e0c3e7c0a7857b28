"""Entry point of the stage: from the fabrics a layout describes to who is wired to whom."""

from __future__ import annotations

from planner.errors import Finding, InfeasibleError
from planner.model.catalog import Catalog
from planner.model.fabric import Fabric
from planner.model.layout import Layout, PeersSpec
from planner.topology.peers import build_peers
from planner.topology.sharing import share_cages
from planner.topology.tiers import build_tiers


def build_fabrics(layout: Layout, catalog: Catalog) -> tuple[Fabric, ...]:
    """Build every fabric of the layout, in the layout's order.

    Raises
    ------
    InfeasibleError
        A fabric cannot be built as described; carries the findings of all fabrics.
    """
    fabrics: list[Fabric] = []
    findings: list[Finding] = []
    for spec in layout.fabrics:
        try:
            if isinstance(spec, PeersSpec):
                fabrics.append(build_peers(layout, catalog, spec))
            else:
                fabrics.append(build_tiers(layout, catalog, spec))
        except InfeasibleError as error:
            findings.extend(error.findings)
    if findings:
        raise InfeasibleError(findings)
    return share_cages(catalog, tuple(fabrics))
