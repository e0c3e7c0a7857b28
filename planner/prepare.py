"""What is known of a layout before anything is decided: its fabrics, their routes, whether media reach."""

from __future__ import annotations

from dataclasses import dataclass

from planner.arranged import first_arrangement
from planner.errors import Finding
from planner.fabrics_in_turn import Routed, Router, refuse_fabrics_out_of_reach, route_fabrics
from planner.inputs.load import Inputs
from planner.model.arrangement import is_settled, settle
from planner.stopwatch import Stopwatch
from planner.topology.build import build_fabrics
from planner.topology.limits import domain_findings
from planner.topology.losses import loss_findings


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """Everything that is known before anything is decided.

    Fabrics that stack on others have their lower units on provisional places; ``is_provisional`` tells
    whether racks that may move are so too: at a first arrangement, with reach still to be seen.
    """

    inputs: Inputs
    routed: tuple[Routed, ...]
    findings: tuple[Finding, ...]
    is_provisional: bool = False


def prepare_inputs(inputs: Inputs, stopwatch: Stopwatch, route: Router = route_fabrics) -> Prepared:
    """Derive the fabrics of what was read, route them with ``route``, and see that media reach."""
    is_provisional = not is_settled(inputs.layout)
    inputs = first_arrangement(inputs)
    offered = settle(inputs.layout, ()) if is_provisional else None
    with stopwatch.stage("topology"), inputs.placing_refusals():
        fabrics = build_fabrics(inputs.layout, inputs.catalog, offered)
        losses = loss_findings(inputs.catalog, fabrics)
        domains = domain_findings(inputs.layout, inputs.catalog, fabrics)
    with stopwatch.stage("geometry"), inputs.placing_refusals():
        routed = route(inputs, fabrics)
    if not is_provisional:
        with stopwatch.stage("reach"), inputs.placing_refusals():
            refuse_fabrics_out_of_reach(inputs, routed)
    return Prepared(inputs=inputs, routed=routed, findings=(*domains, *losses), is_provisional=is_provisional)
