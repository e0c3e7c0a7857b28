"""The shortest ways through cable trays between the tops (or feet) of risers, for all pairs at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.geometry.pathways import Location, Start, TrayNetwork, TrayWay
from planner.geometry.positions import Riser

Lengths = NDArray[np.int64]

FAR = 2**50
"""Weight of a way that does not exist: heavier than all that do."""


class TrayRoute(NamedTuple):
    """Trays where a way starts and ends, and the way between."""

    tray_a: str
    tray_b: str
    way: TrayWay


class Channel(NamedTuple):
    """Ways of one level that leave and enter risers at the same two heights.

    Arrays have shape (risers of one side, risers of the other, routes), lightest way first;
    ``weight`` is in thousandths of a millimeter of required length, ``route`` indexes ``routes``.
    """

    network: TrayNetwork
    z_a_mm: int
    z_b_mm: int
    weight: Lengths
    horizontal: Lengths
    vertical: Lengths
    route: Lengths
    routes: list[TrayRoute]


class _Block(NamedTuple):
    """All pairs of a riser at one location and a riser at another."""

    channel: Channel
    members: tuple[NDArray[np.intp], ...]
    x_a: Lengths
    x_b: Lengths
    entries: Lengths
    allowed: NDArray[np.bool_]


def tray_channels(network: TrayNetwork, a: Sequence[Riser], b: Sequence[Riser]) -> list[Channel]:
    """Return the ways between all risers of ``a`` and ``b``, one channel a pair of tray heights."""
    channels: dict[tuple[int, int], Channel] = {}
    number = {riser: index for index, riser in enumerate((*a, *b))}
    numbers_a, numbers_b = (np.array([number[riser] for riser in side]) for side in (a, b))
    same = numbers_a[:, None] == numbers_b
    groups_a, groups_b = _by_location(network, a), _by_location(network, b)
    for location_a, members_a in groups_a.items():
        tray_a = network.row_trays[location_a.tray]
        for location_b, members_b in groups_b.items():
            tray_b = network.row_trays[location_b.tray]
            heights = (tray_a.z_mm, tray_b.z_mm)
            if heights not in channels:
                channels[heights] = _empty_channel(network, heights, len(a), len(b))
            members = np.ix_(np.array(members_a), np.array(members_b))
            x_a, entry_a = _places(a, members_a, tray_a.y_mm)
            x_b, entry_b = _places(b, members_b, tray_b.y_mm)
            block = _Block(
                channel=channels[heights],
                members=members,
                x_a=x_a[:, None],
                x_b=x_b[None, :],
                entries=entry_a[:, None] + entry_b[None, :],
                allowed=~same[members],
            )
            _fill_block(block, location_a, location_b)
    for channel in channels.values():
        _measure(channel)
    return [channels[heights] for heights in sorted(channels)]


def _by_location(network: TrayNetwork, risers: Sequence[Riser]) -> dict[Location, list[int]]:
    in_row: dict[str, list[int]] = defaultdict(list)
    for index, riser in enumerate(risers):
        in_row[riser.row].append(index)
    groups: dict[Location, list[int]] = defaultdict(list)
    for tray in network.row_trays.values():
        for index in in_row.get(tray.row, ()):
            groups[network.locate(tray.name, risers[index].x_mm)].append(index)
    return groups


def _places(risers: Sequence[Riser], members: list[int], tray_y_mm: int) -> tuple[Lengths, Lengths]:
    x = np.array([risers[index].x_mm for index in members], dtype=np.int64)
    entry = np.array([abs(risers[index].y_mm - tray_y_mm) for index in members], dtype=np.int64)
    return x, entry


def _empty_channel(network: TrayNetwork, heights: tuple[int, int], a: int, b: int) -> Channel:
    shape = (a, b, network.routes)
    return Channel(
        network=network,
        z_a_mm=heights[0],
        z_b_mm=heights[1],
        weight=np.full(shape, FAR, dtype=np.int64),
        horizontal=np.zeros(shape, dtype=np.int64),
        vertical=np.zeros(shape, dtype=np.int64),
        route=np.zeros(shape, dtype=np.int64),
        routes=[],
    )


def _fill_block(block: _Block, a: Location, b: Location) -> None:
    """Offer the block all ways between its locations, but those that must be heavier than its worst."""
    network = block.channel.network
    is_one_stretch = a == b and (a.low != a.high or not a.starts)
    if is_one_stretch:
        _offer(block, abs(block.x_a - block.x_b), block.allowed, [TrayWay(0, 0, ())], (a.tray, b.tray))
    for least, start, target in _start_pairs(network, a, b):
        exists = block.allowed
        if is_one_stretch:
            if start == target:
                continue
            # Round the loop and back from the other side, so as not to meet the target on the way.
            exists = exists & (block.x_a < block.x_b if start.crossing == a.low else block.x_a > block.x_b)
        ends = abs(block.x_a - _x_of(network, start)) + abs(block.x_b - _x_of(network, target))
        worst = block.channel.weight[block.members][..., -1]
        room = np.where(exists, worst - network.weight(1, 0) * (ends + block.entries), 0).max()
        if least < room:
            ways = list(network.ways(start, target, int(room)))
            _offer(block, ends, exists, ways, (a.tray, b.tray))


def _start_pairs(network: TrayNetwork, a: Location, b: Location) -> list[tuple[int, Start, Start]]:
    """Return the joined pairs of first crossings with their least weight, lightest first."""
    pairs = [
        (network.distance(start.crossing, target.crossing), start, target)
        for start in a.starts
        for target in b.starts
    ]
    return sorted((least, start, target) for least, start, target in pairs if least is not None)


def _x_of(network: TrayNetwork, start: Start) -> int:
    return network.crossings[start.crossing].point.x_mm


def _offer(
    block: _Block,
    ends: Lengths,
    exists: NDArray[np.bool_],
    ways: list[TrayWay],
    trays: tuple[str, str],
) -> None:
    """Keep the lightest of what the block has and the ways offered."""
    if not ways:
        return
    channel, network = block.channel, block.channel.network
    of_ways = np.array([network.weight(way.horizontal_mm, way.vertical_mm) for way in ways], dtype=np.int64)
    of_ends = np.where(exists, network.weight(1, 0) * (ends + block.entries), FAR)
    weight = np.concatenate([channel.weight[block.members], of_ends[..., None] + of_ways], axis=-1)
    numbers = len(channel.routes) + np.arange(len(ways))
    offered = np.broadcast_to(numbers, (*of_ends.shape, len(ways)))
    route = np.concatenate([channel.route[block.members], offered], axis=-1)
    channel.routes.extend(TrayRoute(*trays, way) for way in ways)
    order = np.argsort(weight, axis=-1, kind="stable")[..., : network.routes]
    first, second = np.ogrid[: order.shape[0], : order.shape[1]]
    lightest = first[..., None], second[..., None], order
    channel.weight[block.members] = np.minimum(weight[lightest], FAR)
    channel.route[block.members] = route[lightest]


def _measure(channel: Channel) -> None:
    """Tell the horizontal and the vertical part of all ways found, which their weights are sums of."""
    exists = channel.weight < FAR
    vertical = np.array([*(route.way.vertical_mm for route in channel.routes), 0], dtype=np.int64)
    channel.vertical[...] = np.where(exists, vertical[channel.route], 0)
    one = channel.network.weight(1, 0)
    up = channel.network.weight(0, 1)
    channel.horizontal[...] = np.where(exists, (channel.weight - up * channel.vertical) // one, 0)
