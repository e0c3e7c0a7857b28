"""Media options and cages: which way round an option fits, and what runs have for themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from planner.model.cages import CageGroup
from planner.model.media import MediaOption, Plug


class Site(NamedTuple):
    """What a plug must fill at one end: a cage that takes so many runs."""

    group: CageGroup
    runs: int


@dataclass(frozen=True, slots=True)
class Fit:
    """An option with its plugs in the order lower, upper."""

    option: MediaOption
    plugs: tuple[Plug, Plug]

    @property
    def is_shared(self) -> bool:
        """Whether runs share plugs or cables."""
        return self.option.runs_per_cable > 1 or max(plug.runs for plug in self.plugs) > 1

    @property
    def head(self) -> int:
        """The side whose plug most runs share; the lower one where both are alike."""
        return int(self.plugs[1].runs > self.plugs[0].runs)


def is_dark(group: CageGroup) -> bool:
    """Tell whether a cage only passes light on, whatever its rate and protocol."""
    return group.lanes == 0


def misfits(option: MediaOption, plug: Plug, site: Site) -> Iterator[tuple[str, str, str]]:
    """Yield what keeps a plug of an option out of a cage: what about it, what it has, what it needs."""
    group = site.group
    form, hole = (f"{one.connector.form} {one.connector.thermal}" for one in (plug, group))
    if form != hole:
        yield "connector", form, hole
    if plug.runs != site.runs:
        yield "runs a plug", str(plug.runs), str(site.runs)
    if is_dark(group):
        return
    lanes, wanted = (plug.lanes, option.lane_rate_gbps), (group.lanes, group.lane_rate_gbps)
    if lanes != wanted:
        yield "lanes", "{} x {}G".format(*lanes), "{} x {}G".format(*wanted)
    if group.protocol not in option.protocols:
        yield "protocol", "/".join(option.protocols), group.protocol


def oriented(option: MediaOption, sites: tuple[Site, Site]) -> Fit:
    """Return the option the way round that fits better; as it is written where both fit alike."""
    one, other = option.plugs
    ways = ((one, other), (other, one))
    wrong = [
        sum(1 for plug, site in zip(plugs, sites, strict=True) for _ in misfits(option, plug, site))
        for plugs in ways
    ]
    return Fit(option, ways[int(wrong[1] < wrong[0])])


def fits(fit: Fit, sites: tuple[Site, Site]) -> bool:
    """Tell whether an option that lies the better way round goes into the cages."""
    return not any(
        True for plug, site in zip(fit.plugs, sites, strict=True) for _ in misfits(fit.option, plug, site)
    )


def fitting(media: tuple[MediaOption, ...], sites: tuple[Site, Site]) -> tuple[Fit, ...]:
    """Return the options that join such cages, in the profile's order."""
    found = (oriented(option, sites) for option in media)
    return tuple(fit for fit in found if fits(fit, sites))
