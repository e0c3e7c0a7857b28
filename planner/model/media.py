"""Media: what a cable run can be made of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from planner.model.cages import CageGroup, Connector
from planner.model.evidence import Price


class Medium(StrEnum):
    """What a cable run is made of; the order is the order of listing, not of preference."""

    DAC = "dac"
    ACC = "acc"
    AEC = "aec"
    AOC = "aoc"
    OPTICS = "optics"


@dataclass(frozen=True, slots=True, kw_only=True)
class StockItem:
    """One orderable length of a cable family."""

    length_mm: int
    part_number: str | None
    price: Price


@dataclass(frozen=True, slots=True, kw_only=True)
class CableFamily:
    """Cable assemblies (with plugs) or fiber cords in their stock lengths, shortest first.

    ``loss_mdb`` is what light loses in a cord with the connectors at its ends, whatever its length;
    ``loss_mdb_per_km`` what it loses on the way. Both 0 for copper.
    """

    id: str
    category: str
    description: str
    vendor: str
    stock: tuple[StockItem, ...]
    outer_diameter_um: int
    weight_g_per_m: int
    bend_radius_mm: int
    delay_ps_per_m: int
    loss_mdb: int = 0
    loss_mdb_per_km: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Transceiver:
    """A pluggable module; takes ``cords`` fiber cords.

    ``loss_budget_mdb`` is what light may lose between two of them, None where it is not known.
    """

    id: str
    description: str
    vendor: str
    part_number: str | None
    cords: int
    price: Price
    loss_budget_mdb: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plug:
    """What one end of a run puts into a cage.

    Parameters
    ----------
    connector, lanes
        The cage it fills.
    transceiver
        None where the cable brings its plug, or fiber lands on the device itself (co-packaged optics,
        optical circuit switches).
    power_milliwatts
        Of the whole plug.
    runs
        How many runs share it: 2 where a twin-port transceiver or the head of a breakout carries two.
    """

    connector: Connector
    lanes: int
    transceiver: Transceiver | None
    power_milliwatts: int
    runs: int = 1

    def fills(self, cage: CageGroup) -> bool:
        """Tell whether the plug goes into the cage."""
        return self.connector == cage.connector and (cage.is_passive or self.lanes == cage.lanes)


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaOption:
    """One way to make a run: a plug at each end and what is between them.

    ``reach_mm`` limits the stock length; exactly at reach is legal. A run takes ``cables_per_run``
    assemblies or cords; where ``runs_per_cable`` is over 1 (a splitter) so many runs share one, which
    then is 1, and end in one cage at the plug that most runs share.
    """

    id: str
    medium: Medium
    protocols: tuple[str, ...]
    lane_rate_gbps: int
    reach_mm: int
    plugs: tuple[Plug, Plug]
    cable: CableFamily
    cables_per_run: int = 1
    runs_per_cable: int = 1

    @property
    def is_shared(self) -> bool:
        """Whether runs share a plug or a cable: then all runs of a fabric are made this way or none."""
        return self.runs_per_cable > 1 or any(plug.runs > 1 for plug in self.plugs)

    def between(
        self, lower: CageGroup, upper: CageGroup, runs_per_cage: tuple[int, int]
    ) -> tuple[Plug, Plug] | None:
        """Return the plugs in the order lower, upper; None where the option joins no such cages.

        Parameters
        ----------
        lower, upper
            The cages.
        runs_per_cage
            How many runs each of them takes.
        """
        for plugs in (self.plugs, self.plugs[::-1]):
            ends = zip(plugs, (lower, upper), runs_per_cage, strict=True)
            if all(plug.fills(cage) and plug.runs == runs for plug, cage, runs in ends):
                break
        else:
            return None
        speaks = all(
            cage.is_passive
            or (cage.protocol in self.protocols and cage.lane_rate_gbps == self.lane_rate_gbps)
            for cage in (lower, upper)
        )
        return (plugs[0], plugs[1]) if speaks else None
