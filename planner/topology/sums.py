"""The sums of a pair of tiers: lower units, uplinks, ports, and what oversubscription makes of them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from planner.model.catalog import Catalog
from planner.model.fabric import TierFabric
from planner.model.layout import TiersSpec
from planner.topology.cage_pair import SOCKETS_WORD, cage_pair
from planner.topology.refusal import refusal
from planner.topology.wired_units import sockets_per_unit


@dataclass(frozen=True, slots=True, kw_only=True)
class TierSums:
    """The numbers that decide a fabric's size.

    ``lower_units`` are those of one plane, ``units_per_rack`` of them in each rack (None where racks
    differ). ``upper_units_per_device`` upper units of ``upper_ports`` sockets share one upper device.
    """

    lower_units: int
    planes: int
    uplinks: int
    upper_ports: int
    upper_units_per_device: int
    units_per_rack: int | None = 1
    sockets_word: str = "cages"

    @property
    def size_text(self) -> str:
        """The size in words: racks where all are alike, else lower units."""
        if self.units_per_rack is None:
            return f"{self.lower_units} lower units a plane"
        racks = self.lower_units // self.units_per_rack
        return "1 rack" if racks == 1 else f"{racks} racks"


def unit_downlink_gbps(catalog: Catalog, spec: TiersSpec, below: TierFabric | None) -> Fraction:
    """Return what one lower unit carries toward the tier below it: a backplane, or the fabric there."""
    units, _ = sockets_per_unit(catalog, spec.lower, spec.granularity, f"fabrics.{spec.name}.lower")
    if below is None:
        return Fraction(catalog.device_types[spec.lower.device].downlink_gbps, units)
    return Fraction(below.most_when_full * below.rate_gbps * below.upper_units_per_device, units)


def oversubscription(
    catalog: Catalog, spec: TiersSpec, below: TierFabric | None, uplinks: int
) -> tuple[int, int]:
    """Return downlink : uplink in lowest terms, (0, 0) where no downlink is known."""
    downlink = unit_downlink_gbps(catalog, spec, below)
    if not downlink:
        return (0, 0)
    ratio = downlink / (uplinks * cage_pair(catalog, spec).rate_gbps)
    return ratio.numerator, ratio.denominator


def uplinks_per_unit(catalog: Catalog, spec: TiersSpec, below: TierFabric | None) -> int:
    """Return the runs that each lower unit sends up: all its sockets, or what oversubscription asks.

    Raises
    ------
    InfeasibleError
        The ratio needs a fraction of a socket, or more sockets than there are.
    """
    _, sockets = sockets_per_unit(catalog, spec.lower, spec.granularity, f"fabrics.{spec.name}.lower")
    if spec.oversubscription is None:
        return sockets
    device = spec.lower.device
    rate = cage_pair(catalog, spec).rate_gbps
    downlink = unit_downlink_gbps(catalog, spec, below)
    down, up = spec.oversubscription
    wish = f"fabric '{spec.name}' asks for oversubscription {down}:{up}"
    path = f"fabrics.{spec.name}.oversubscription"
    if not downlink:
        raise refusal("oversubscription-impossible", f"{wish}, but '{device}' states no downlink", path)
    wanted = downlink * up / (down * rate)
    if wanted.denominator == 1 and wanted <= sockets:
        return int(wanted)
    word = SOCKETS_WORD[spec.granularity]
    near = sorted({min(max(1, n), sockets) for n in (int(wanted), int(wanted) + 1)})
    ratios = ", ".join(f"{_ratio_text(downlink / (n * rate))} ({n} {word})" for n in near)
    raise refusal(
        "oversubscription-impossible",
        f"{wish}: {_plain(downlink)} Gb/s down of a wired unit of '{device}' take {_plain(wanted)} "
        f"uplink {word} of {rate} Gb/s, but a unit has {sockets} whole ones; possible: {ratios}",
        path,
    )


def tier_sums(
    catalog: Catalog,
    spec: TiersSpec,
    below: TierFabric | None,
    size: tuple[int, int],
    units_per_rack: int | None = 1,
) -> TierSums:
    """Return the sums of a fabric; raises as ``uplinks_per_unit``.

    ``size`` is the lower units of a plane, and the planes.
    """
    upper_units, upper_ports = sockets_per_unit(
        catalog, spec.upper, spec.granularity, f"fabrics.{spec.name}.upper"
    )
    return TierSums(
        lower_units=size[0],
        planes=size[1],
        uplinks=uplinks_per_unit(catalog, spec, below),
        upper_ports=upper_ports,
        upper_units_per_device=upper_units,
        units_per_rack=units_per_rack,
        sockets_word=SOCKETS_WORD[spec.granularity],
    )


def _ratio_text(ratio: Fraction) -> str:
    return f"{ratio.numerator}:{ratio.denominator}"


def _plain(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{value.numerator}/{value.denominator}"
