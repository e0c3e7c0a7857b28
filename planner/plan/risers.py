"""Left and right: of ways that cost and measure the same, those that load both risers of a face alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.model.catalog import Catalog
from planner.model.layout import Layout
from planner.model.routes import RouteTable
from planner.model.sections import run_section_um2
from planner.plan.section_use import used_sections
from planner.plan.solved import SolvedFabric

MOST_ROUNDS = 8
"""How often all ways are looked at again; after the second round hardly any changes."""

Steps = frozenset[tuple[str, int]]


class _Way(NamedTuple):
    """Which route of its pair it is, and the risers at its ends."""

    nth: int
    risers: tuple[str, str]


@dataclass(slots=True)
class _Batch:
    """Runs of one option between the same two attachments, at most a bundle, and the ways they may go."""

    fabric: int
    runs: list[int]
    section_um2: int
    table: RouteTable
    pair: tuple[int, int]
    ways: tuple[_Way, ...]
    now: _Way

    def limited(self, way: _Way) -> Steps:
        """Return the segments of one of its ways that have a limit, with that."""
        parts = self.table.route(*self.pair, way.nth).parts
        return frozenset((one.id, one.usable_um2 or 0) for part in parts for one in part.limited)


def with_even_risers(
    layout: Layout, catalog: Catalog, solved: Sequence[SolvedFabric]
) -> tuple[SolvedFabric, ...]:
    """Send runs over the other riser where that costs and measures the same and evens out left and right.

    Cost, length, parts and phases stay as they are, and no segment is filled beyond what it may take.
    """
    ends: Counter[str] = Counter()
    batches = [
        batch
        for number, one in enumerate(solved)
        for batch in _batches(number, one, ends, catalog, layout.installation.max_bundle)
    ]
    if not batches:
        return tuple(solved)
    used: Counter[str] = Counter()
    for one in solved:
        used.update(used_sections(catalog, one)[0])
    for _ in range(MOST_ROUNDS):
        if not sum(_moved(batch, ends, used) for batch in batches):  # every batch has its turn
            break
    chosen: dict[int, dict[int, int]] = {}
    for batch in batches:
        chosen.setdefault(batch.fabric, {}).update((run, batch.now.nth) for run in batch.runs)
    return tuple(_rerouted(one, chosen.get(number, {})) for number, one in enumerate(solved))


def _batches(
    number: int, one: SolvedFabric, ends: Counter[str], catalog: Catalog, most: int
) -> Iterator[_Batch]:
    """Yield the runs of a fabric that may go either side, and count at which risers all of them end."""
    alike: dict[tuple[int, int, int, int], list[int]] = {}
    for index, (a, b, run) in enumerate(one.attached()):
        alike.setdefault((a, b, run.choice.route, run.choice.option), []).append(index)
    sections = [run_section_um2(option) for option in catalog.media]
    routes = np.array(list(alike), dtype=np.int64).reshape(-1, 4)[:, :3]
    for (key, runs), equal in zip(alike.items(), _equal_routes(one.table, routes), strict=True):
        a, b, k, option = key
        for riser in one.table.ends(a, b, k).risers:
            ends[riser] += len(runs)
        ways = _ways(one.table, (a, b, k), equal)
        if len({way.risers for way in ways}) > 1:
            now = next(way for way in ways if way.nth == k)
            for start in range(0, len(runs), most):
                own = runs[start : start + most]
                yield _Batch(number, own, sections[option], one.table, (a, b), ways, now)


def _equal_routes(table: RouteTable, routes: NDArray[np.int64]) -> list[list[int]]:
    """Return, for each route (a, b, k), those of its pair that measure the same, itself among them."""
    a, b, k = routes.T
    same = (table.routed_mm[a, b] == table.routed_mm[a, b, k][:, None]) & (
        table.slack_mm[a, b] == table.slack_mm[a, b, k][:, None]
    )
    equal: list[list[int]] = [[] for _ in routes]
    for row, route in np.argwhere(same).tolist():
        equal[row].append(route)
    return equal


def _ways(table: RouteTable, taken: tuple[int, int, int], equal: Sequence[int]) -> tuple[_Way, ...]:
    """Return the ways of a pair that are equal to the one taken and of its kind, itself among them."""
    if len(equal) == 1:
        return ()
    a, b, k = taken
    kind = table.ends(a, b, k).kind
    found = [(nth, table.ends(a, b, nth)) for nth in equal]
    return tuple(_Way(nth, ends.risers) for nth, ends in found if ends.kind is kind)


def _moved(batch: _Batch, ends: Counter[str], used: Counter[str]) -> bool:
    """Send the batch the way that leaves left and right most alike; tell whether it changed."""
    count, section = len(batch.runs), batch.section_um2 * len(batch.runs)
    old = batch.now
    for riser in old.risers:
        ends[riser] -= count
    faces = dict.fromkeys(riser[:-1] for way in batch.ways for riser in way.risers)

    def unevenness(way: _Way) -> int:
        own = Counter(way.risers)
        return sum(_difference(face, ends, own, count) ** 2 for face in faces)

    best = min(batch.ways, key=lambda way: (unevenness(way), way is not old, way.nth))
    if best is not old:
        left, taken = batch.limited(old), batch.limited(best)
        if any(used[name] + section > limit for name, limit in taken - left):
            best = old
        else:
            used.update({name: section for name, _ in taken - left})
            used.subtract({name: section for name, _ in left - taken})
    for riser in best.risers:
        ends[riser] += count
    batch.now = best
    return best is not old


def _difference(face: str, ends: Mapping[str, int], own: Mapping[str, int], count: int) -> int:
    left, right = f"{face}L", f"{face}R"
    return ends[left] - ends[right] + count * (own[left] - own[right])


def _rerouted(one: SolvedFabric, routes: Mapping[int, int]) -> SolvedFabric:
    if all(one.solution.runs[run].choice.route == route for run, route in routes.items()):
        return one
    runs = list(one.solution.runs)
    for index, route in routes.items():
        runs[index] = replace(runs[index], choice=replace(runs[index].choice, route=route))
    return replace(one, solution=replace(one.solution, runs=tuple(runs)))
