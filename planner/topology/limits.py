"""Limits that a protocol states for one domain: worth knowing, no reason to refuse a plan."""

from __future__ import annotations

import networkx as nx

from planner.errors import Finding, Severity
from planner.model.catalog import Catalog
from planner.model.fabric import Fabric, TierFabric
from planner.model.layout import Layout
from planner.model.sites import cage_group
from planner.topology.wired_units import gpus_of, standing_rack_type


def domain_findings(layout: Layout, catalog: Catalog, fabrics: tuple[Fabric, ...]) -> tuple[Finding, ...]:
    """Return a warning for each domain with more GPUs than its protocol allows.

    All racks that fabrics of one protocol join, directly or through others, are one domain.
    """
    findings = []
    for protocol_id, graph in sorted(_joined_racks(catalog, fabrics).items()):
        protocol = catalog.protocols[protocol_id]
        limit = protocol.max_gpus_per_domain
        for racks in sorted(sorted(component) for component in nx.connected_components(graph)):
            gpus = sum(gpus_of(catalog, standing_rack_type(catalog, layout.position(rack))) for rack in racks)
            if limit is not None and gpus > limit:
                findings.append(
                    Finding(
                        code="domain-limit",
                        severity=Severity.WARNING,
                        message=f"the domain of racks {racks[0]} to {racks[-1]} joins {gpus} GPUs, "
                        f"but '{protocol.id}' allows at most {limit}",
                    )
                )
    return tuple(findings)


def _joined_racks(catalog: Catalog, fabrics: tuple[Fabric, ...]) -> dict[str, nx.Graph]:
    """Return, for each protocol, the graph whose connected components are the domains."""
    graphs: dict[str, nx.Graph] = {}
    for fabric in fabrics:
        device = fabric.lower_device if isinstance(fabric, TierFabric) else fabric.device
        protocol = cage_group(catalog.device_types[device], fabric.cages).protocol
        graph = graphs.setdefault(protocol, nx.Graph())
        if isinstance(fabric, TierFabric):
            first = fabric.lower_units[0].rack
            graph.add_edges_from((first, unit.rack) for unit in fabric.lower_units)
        else:
            graph.add_edges_from((low.rack, high.rack) for low, high in fabric.runs)
    return graphs
