"""What a run joins: the cages at its ends, how many runs each takes, and what a run carries."""

from __future__ import annotations

from dataclasses import dataclass

from planner.model.cages import CageGroup
from planner.model.catalog import Catalog
from planner.model.layout import Granularity, TierSpec, TiersSpec
from planner.model.sites import cage_group, runs_per_cage
from planner.topology.refusal import refusal

SOCKETS_WORD = {Granularity.CAGE: "cages", Granularity.PORT: "ports", Granularity.LINK: "links"}
"""What a run takes one of, at each granularity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CagePair:
    """Cages of a lower and of an upper unit, as one run sees them."""

    runs_per_cage: tuple[int, int]
    rate_gbps: int
    links_per_run: int


def cage_pair(catalog: Catalog, spec: TiersSpec) -> CagePair:
    """Return what a run of the fabric joins.

    Raises
    ------
    InfeasibleError
        The two sides differ in protocol or rate, or neither sends.
    """
    lower, upper = _group(catalog, spec.lower), _group(catalog, spec.upper)
    runs = runs_per_cage(lower, spec.granularity), runs_per_cage(upper, spec.granularity)
    ends = list(zip((lower, upper), runs, strict=True))
    senders = [(group, share) for group, share in ends if not group.is_passive]
    spoken = {(group.protocol, group.rate_gbps // share) for group, share in senders}
    if len(spoken) != 1:
        raise refusal("cages-unlike", _unlike_message(spec, ends), f"fabrics.{spec.name}.upper.cages")
    sender, share = senders[0]
    return CagePair(
        runs_per_cage=runs, rate_gbps=sender.rate_gbps // share, links_per_run=max(1, sender.links // share)
    )


def _group(catalog: Catalog, tier: TierSpec) -> CageGroup:
    return cage_group(catalog.device_types[tier.device], tier.cages)


def _unlike_message(spec: TiersSpec, ends: list[tuple[CageGroup, int]]) -> str:
    told = [
        f"'{tier.cages}' of '{tier.device}' is {_kind(*end)}"
        for tier, end in zip((spec.lower, spec.upper), ends, strict=True)
    ]
    return (
        f"fabric '{spec.name}': a run joins cages of one protocol and rate, one of which sends, but "
        f"{' and '.join(told)}"
    )


def _kind(group: CageGroup, runs: int) -> str:
    if group.is_passive:
        return f"passive in {group.connector.form}"
    kind = f"{group.protocol} at {group.lanes} x {group.lane_rate_gbps} Gb/s in {group.connector.form}"
    return kind if runs == 1 else f"{kind} for {runs} runs of {group.rate_gbps // runs} Gb/s"
