"""What one failure takes of a finished plan: a switch rack, or all on one power feed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from planner.model.layout import TiersSpec
from planner.model.names import natural_key
from planner.model.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """The worst that one failure of a kind does to a fabric.

    ``part`` is the rack or feed that takes most of the fabric's runs, ``share`` of them;
    ``plane_share`` is the largest share of a plane's upper units in any one part.
    """

    fabric: str
    kind: str
    part: str
    share: Fraction
    plane_share: Fraction

    @property
    def words(self) -> str:
        """What is lost, in a sentence without its subject."""
        return (
            f"{_percent(self.share)} of the runs of {self.fabric} at most ({self.part}),"
            f" {_percent(self.plane_share)} of a plane's upper units"
        )


def losses(plan: Plan) -> tuple[Loss, ...]:
    """Return the worst losses of every fabric that limits them: by switch rack, then by power feed."""
    found: list[Loss] = []
    for spec in plan.layout.fabrics:
        if isinstance(spec, TiersSpec) and spec.resilience is not None:
            found += _losses_of(plan, spec)
    return tuple(found)


def _losses_of(plan: Plan, spec: TiersSpec) -> Iterator[Loss]:
    placed = [device for device in plan.devices if device.fabric == spec.name and device.is_placed]
    if not placed or spec.resilience is None:
        return
    yield _worst(plan, spec.name, "switch rack", {device.rack: device.rack for device in placed})
    if spec.resilience.feeds:
        groups = plan.layout.groups[spec.resilience.feeds]
        feed_of = {rack: feed for feed, racks in groups.items() for rack in racks}
        yield _worst(plan, spec.name, "power feed", feed_of)


def _worst(plan: Plan, fabric: str, kind: str, part_of: Mapping[str, str]) -> Loss:
    runs = Counter(part_of[run.b.rack] for run in plan.runs if run.fabric == fabric)
    units: Counter[tuple[int, str]] = Counter()
    of_plane: Counter[int] = Counter()
    for device in plan.devices:
        if device.fabric == fabric and device.is_placed:
            for plane in device.planes:
                if plane >= 0:
                    units[plane, part_of[device.rack]] += 1
                    of_plane[plane] += 1
    part = min(runs, key=lambda name: (-runs[name], natural_key(name)))
    return Loss(
        fabric=fabric,
        kind=kind,
        part=part,
        share=Fraction(runs[part], runs.total()),
        plane_share=max(Fraction(count, of_plane[plane]) for (plane, _), count in units.items()),
    )


def _percent(share: Fraction) -> str:
    return f"{float(100 * share):.1f} %"
