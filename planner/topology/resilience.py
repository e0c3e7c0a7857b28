"""What one failure may take of a plane: whether the racks and power feeds on the floor allow it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from planner.errors import Finding, InfeasibleError, Where
from planner.model.catalog import Catalog
from planner.model.fabric import Fabric, TierFabric
from planner.model.layout import Layout, TiersSpec
from planner.model.rules import ALL_PERMILLE
from planner.model.sites import candidate_racks, rack_capacity
from planner.units import ceil_div


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """What a fabric asks of the parts that its switch racks fall into: racks, or power feeds.

    ``units`` are the upper units that fit each part, all planes together.
    """

    fabric: TierFabric
    word: str
    fewest: int
    permille: int
    units: tuple[int, ...]

    @property
    def per_plane(self) -> int:
        """Upper units of a plane."""
        return self.fabric.upper_per_plane

    @property
    def most(self) -> int:
        """Most upper units of a plane in one part."""
        return self.per_plane * self.permille // ALL_PERMILLE

    @property
    def share_path(self) -> str:
        """Where the share is asked for."""
        return f"share_per_{self.word}"

    @property
    def count_path(self) -> str:
        """Where the number of parts is asked for."""
        return f"{self.word}s_per_plane"

    def finding(self, key: str, message: str) -> Finding:
        """Return a finding at one of the keys."""
        name = self.fabric.name
        return Finding(
            code="resilience-short",
            message=f"fabric '{name}': {message}",
            where=Where(file="", path=f"fabrics.{name}.resilience.{key}"),
        )


def refuse_short_resilience(layout: Layout, catalog: Catalog, fabrics: Iterable[Fabric]) -> None:
    """Refuse fabrics whose racks or feeds are too few for what one failure may take.

    Raises
    ------
    InfeasibleError
        For each wish the first sum that fails, with the nearest values that can be.
    """
    specs = {spec.name: spec for spec in layout.fabrics if isinstance(spec, TiersSpec)}
    findings = []
    for fabric in fabrics:
        if isinstance(fabric, TierFabric):
            wishes = _wishes(layout, catalog, specs[fabric.name], fabric)
            findings += [found for wish in wishes if (found := next(_problems(wish), None))]
    if findings:
        raise InfeasibleError(findings)


def _wishes(layout: Layout, catalog: Catalog, spec: TiersSpec, fabric: TierFabric) -> Iterator[_Wish]:
    asked = spec.resilience
    if asked is None:
        return
    rack_type = catalog.rack_types[spec.upper_rack_type]
    devices = rack_capacity(rack_type, catalog.device_types[spec.upper.device])
    units = devices * fabric.upper_units_per_device
    racks = [rack.address for rack in candidate_racks(layout, rack_type.id, spec.within)]
    yield _Wish(
        fabric=fabric,
        word="rack",
        fewest=asked.racks_per_plane,
        permille=asked.share_per_rack_permille,
        units=(units,) * len(racks),
    )
    if asked.feeds:
        feeds = layout.groups[asked.feeds].values()
        held = (sum(rack in feed for rack in racks) for feed in feeds)
        yield _Wish(
            fabric=fabric,
            word="feed",
            fewest=asked.feeds_per_plane,
            permille=asked.share_per_feed_permille,
            units=tuple(units * count for count in held if count),
        )


def _problems(wish: _Wish) -> Iterator[Finding]:
    """Find the sums that fail, the plainest first."""
    per_plane, parts, word = wish.per_plane, len(wish.units), wish.word
    planes = len(wish.fabric.planes)
    if wish.most < 1:
        yield wish.finding(
            wish.share_path,
            f"{_percent(wish.permille)} of a plane's {per_plane} upper units is less than one; possible:"
            f" {_share_of(1, per_plane)} (1 unit) or more",
        )
    least = min(per_plane, parts)
    if wish.fewest > least:
        short_of_units = per_plane < parts
        why = f"a plane has {per_plane} upper units" if short_of_units else f"only {parts} may hold them"
        yield wish.finding(
            wish.count_path, f"it asks for {wish.fewest} {word}s a plane, but {why}; possible: {least}"
        )
    share = _percent(wish.permille)
    allowed = f"{share} allow {wish.most} of a plane's {per_plane} upper units in one {word}"
    if wish.most * parts < per_plane:
        enough = ceil_div(per_plane, parts)
        yield wish.finding(
            wish.share_path,
            f"{allowed}, so that {parts} {word}s hold {wish.most * parts}; possible:"
            f" {_share_of(enough, per_plane)} ({enough} units), or {ceil_div(per_plane, wish.most)} {word}s",
        )
    held = sum(min(units, planes * wish.most) for units in wish.units)
    if held < planes * per_plane:
        room = sum(wish.units)
        yield wish.finding(
            wish.share_path,
            f"{allowed}; of all {planes} planes that is {held} units in {parts} {word}s with room for {room},"
            f" but there are {planes * per_plane}; offer more positions for '{wish.fabric.upper_rack_type}'",
        )
    counted = sum(min(units, planes) for units in wish.units)
    if counted < planes * wish.fewest:
        yield wish.finding(
            wish.count_path,
            f"{planes} planes in {wish.fewest} {word}s each are {planes * wish.fewest} units, one a plane and"
            f" {word}, but the {word}s take {counted}; possible: {counted // planes}",
        )


def _share_of(units: int, per_plane: int) -> str:
    """Return the least share, in tenths of a percent, that allows so many units."""
    return _percent(ceil_div(units * ALL_PERMILLE, per_plane))


def _percent(permille: int) -> str:
    return f"{permille / 10:g} %"
