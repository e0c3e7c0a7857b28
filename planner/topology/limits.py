"""Limits that a protocol states for one domain: worth knowing, no reason to refuse a plan."""

from __future__ import annotations

import networkx as nx

from planner.errors import Finding, Severity
from planner.model.catalog import Catalog
from planner.model.fabric import Fabric, TierFabric
from planner.model.layout import Layout
from planner.model.sites import cage_group, positions
from planner.topology.racks import gpus_of, standing_rack_type


def domain_findings(layout: Layout, catalog: Catalog, fabrics: tuple[Fabric, ...]) -> tuple[Finding, ...]:
    """Return a warning for each domain with more GPUs than its protocol allows.

    All racks that fabrics of one protocol join, directly or through others, are one domain.
    """
    findings = []
    standing = {one.address: standing_rack_type(catalog, one) for one in positions(layout)}
    for protocol_id, graph in sorted(_joined_racks(catalog, fabrics).items()):
        protocol = catalog.protocols[protocol_id]
        limit = protocol.max_gpus_per_domain
        if limit is None:
            continue
        for racks in sorted(sorted(component) for component in nx.connected_components(graph)):
            gpus = sum(gpus_of(catalog, standing[rack]) for rack in racks)
            if gpus > limit:
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
    racks_of: dict[str, list[str]] = {}
    for fabric in fabrics:
        graph = graphs.setdefault(_protocol(catalog, fabric), nx.Graph())
        if isinstance(fabric, TierFabric):
            # What a fabric below places joins the racks of that fabric, wherever it will stand.
            racks = [rack for below in fabric.below for rack in racks_of[below]] or list(
                dict.fromkeys(unit.rack for unit in fabric.lower_units)
            )
            racks_of[fabric.name] = racks
            graph.add_edges_from((racks[0], rack) for rack in racks)
        else:
            graph.add_edges_from((low.rack, high.rack) for low, high in fabric.runs)
    return graphs


def _protocol(catalog: Catalog, fabric: Fabric) -> str:
    """Return what the runs of the fabric speak: that of the end that sends."""
    if not isinstance(fabric, TierFabric):
        return cage_group(catalog.device_types[fabric.device], fabric.cages).protocol
    lower = cage_group(catalog.device_types[fabric.lower_device], fabric.cages)
    upper = cage_group(catalog.device_types[fabric.upper_device], fabric.upper_cages)
    return upper.protocol if lower.is_passive else lower.protocol
