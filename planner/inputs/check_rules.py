"""Rules of fabrics that the floor cannot keep; sums of upper units are a later stage's."""

from __future__ import annotations

from planner.inputs.findings import Findings, first_of, shown
from planner.inputs.rows import Places
from planner.model.layout import Layout, TiersSpec
from planner.model.sites import candidate_racks


def check_rules(layout: Layout, places: Places, findings: Findings) -> None:
    """Report places for switch racks that stand on no power feed."""
    for fabric in layout.fabrics:
        if not isinstance(fabric, TiersSpec) or fabric.resilience is None or not fabric.resilience.feeds:
            continue
        feeds = layout.groups[fabric.resilience.feeds]
        fed = {address for racks in feeds.values() for address in racks}
        racks = [rack.address for rack in candidate_racks(layout, fabric.upper_rack_type, fabric.within)]
        missing = [address for address in racks if address not in fed]
        if missing:
            message = (
                f"in no group of {shown(fabric.resilience.feeds)}: {first_of(missing)}; expected every"
                f" position for {shown(fabric.upper_rack_type)} on one feed"
            )
            where = places[f"fabric {fabric.name} resilience feeds"]
            findings.add("rack-without-feed", message, where)
