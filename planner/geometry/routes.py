"""The cheapest routes of every pair of attachments: laterals and trays, compared by required length."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.geometry.hall_trays import HallTrays
from planner.geometry.pathways import slack_of
from planner.geometry.positions import Exit, Floor
from planner.geometry.stands import Side, StandPlaces
from planner.geometry.tray_ways import FAR, Channel, Lengths
from planner.model.layout import Laterals, Layout, Slack
from planner.model.routes import NO_ROUTE_MM, RouteKind

_ROUTED_LIMIT = 2**24
"""Routed lengths stay below this (16 km), so that one integer orders by required, then routed."""

_LATERAL = -1
"""Stands for "no channel"."""

_EXIT_PAIRS = ((0, 0), (0, 1), (1, 0), (1, 1))


class _Columns(NamedTuple):
    """Ways of one stand to several: (stands, ways) arrays; ``exits`` numbers pairs of exits."""

    exists: NDArray[np.bool_]
    horizontal: Lengths
    vertical: Lengths
    exits: Lengths
    route: Lengths
    one_riser: NDArray[np.bool_]


class Choice(NamedTuple):
    """A route before its segments are written out.

    ``risers`` are the numbers of those of its exits, each among its side's, ``riser_names`` what they are
    called, and ``number`` is that of its channel. Of a lateral, ``channel`` is None, and ``lateral_z_mm`` its
    height.
    """

    kind: RouteKind
    exit_a: Exit
    exit_b: Exit
    risers: tuple[int, int]
    riser_names: tuple[str, str]
    channel: Channel | None
    number: int
    route: int
    lateral_z_mm: int


class RouteFinder:
    """Finds the cheapest routes between two sides, stand by stand.

    Candidates come in a fixed order, which breaks ties: laterals at the height of the first end,
    laterals at that of the other, then overhead, then underfloor ways.
    """

    def __init__(self, layout: Layout, floor: Floor, trays: HallTrays, a: Side, b: Side) -> None:
        self.a = a
        self.b = b
        self.routes = layout.pathways.routes_per_pair
        self.laterals: Laterals | None = layout.pathways.laterals
        self.lateral_slack = slack_of(layout, RouteKind.LATERAL)
        self.channels = trays.channels(a.risers, b.risers)
        self._places_b = StandPlaces(floor, b)
        self._places_a = StandPlaces(floor, a)
        self._pairs: dict[tuple[int, int, int], _Columns] = {}
        self._stand_a: list[int] = a.stand.tolist()
        self._stand_b: list[int] = b.stand.tolist()
        self._choices: dict[tuple[int, int, int], Choice] = {}
        self._members: dict[int, list[int]] = defaultdict(list)
        for index, stand in enumerate(self._stand_a):
            self._members[stand].append(index)

    def fill(self, routed_mm: Lengths, slack_mm: Lengths, code: NDArray[np.int16]) -> None:
        """Fill the arrays of shape (attachments, attachments, routes), best route first."""
        everywhere = np.arange(len(self.b.stand))
        for stand, members in self._members.items():
            lateral = self._lateral_columns(stand, np.arange(len(self.b.stands)))
            is_near = np.logical_or.reduce(lateral.exists, axis=1)[self.b.stand]
            for chosen, with_laterals in ((everywhere[is_near], True), (everywhere[~is_near], False)):
                if len(chosen):
                    self._fill_block(stand, members, chosen, with_laterals, (routed_mm, slack_mm, code))

    def choice(self, a: int, b: int, code: int) -> Choice:
        """Return the candidate of that number for the pair of attachments."""
        key = self._stand_a[a], self._stand_b[b], code
        known = self._choices.get(key)
        if known is None:
            known = self._choices[key] = self._choice(*key)
        if known.channel is not None:
            return known
        return known._replace(lateral_z_mm=(self.b.z_mm.item(b) if code % 2 else self.a.z_mm.item(a)))

    def _choice(self, stand: int, other: int, code: int) -> Choice:
        """Return the candidate of that number between two stands; a lateral's height is left open."""
        heights = 2 * min(self.routes, len(_EXIT_PAIRS))
        if code < heights:
            number, column = _LATERAL, code // 2
        else:
            number, column = divmod(code - heights, self.routes)
        channel = self.channels[number] if number != _LATERAL else None
        columns = self._pair_columns(number, stand, other)
        exit_a, exit_b = _EXIT_PAIRS[columns.exits.item(0, column)]
        way_out, way_in = self.a.exits[stand][exit_a], self.b.exits[other][exit_b]
        return Choice(
            kind=channel.network.kind if channel else RouteKind.LATERAL,
            exit_a=way_out,
            exit_b=way_in,
            riser_names=(way_out.riser.name, way_in.riser.name),
            risers=(self.a.exit_riser.item(stand, exit_a), self.b.exit_riser.item(other, exit_b)),
            channel=channel,
            number=number,
            route=columns.route.item(0, column),
            lateral_z_mm=0,
        )

    def _pair_columns(self, channel: int, stand: int, other: int) -> _Columns:
        """Return the ways between two stands: laterals, or those of the channel of that number."""
        key = (channel, stand, other)
        if key not in self._pairs:
            others = np.array([other])
            self._pairs[key] = (
                self._lateral_columns(stand, others)
                if channel == _LATERAL
                else self._tray_columns(self.channels[channel], stand, others)
            )
        return self._pairs[key]

    def _fill_block(
        self,
        stand: int,
        members: list[int],
        others: NDArray[np.intp],
        with_laterals: bool,
        arrays: tuple[Lengths, Lengths, NDArray[np.int16]],
    ) -> None:
        z_a = self.a.z_mm[members][:, None, None]
        z_b = self.b.z_mm[others][None, :, None]
        stands_b, back = np.unique(self.b.stand[others], return_inverse=True)
        routed: list[Lengths] = []
        slack: list[Lengths] = []
        if with_laterals:
            columns = self._lateral_columns(stand, stands_b)
            routed.append(_lateral_routed(columns, back, z_a, z_b))
            slack.append(np.repeat(_slack(self.lateral_slack, columns.horizontal), 2, axis=-1)[back])
        for channel in self.channels:
            columns = self._tray_columns(channel, stand, stands_b)
            flat = np.where(columns.exists, columns.horizontal + columns.vertical, NO_ROUTE_MM)[back]
            routed.append(flat + abs(z_a - channel.z_a_mm) + abs(z_b - channel.z_b_mm))
            slack.append(_slack(channel.network.slack, columns.horizontal)[back])
        shape = (len(members), len(others))
        all_routed = _beside(routed, shape, self.routes)
        all_slack = _beside(slack, shape, self.routes)
        first_code = 0 if with_laterals else 2 * min(self.routes, len(_EXIT_PAIRS))
        _keep_cheapest(arrays, np.ix_(np.array(members), others), all_routed, all_slack, first_code)

    def _tray_columns(self, channel: Channel, stand: int, others: NDArray[np.intp]) -> _Columns:
        """Return the lightest ways of the channel over all pairs of exits."""
        weights, horizontals, verticals, routes = [], [], [], []
        permille = channel.network.slack.horizontal_permille
        for exit_a, exit_b in _EXIT_PAIRS:
            face = self.a.exit_face_mm[stand, exit_a] + self.b.exit_face_mm[others, exit_b]
            pair = (self.a.exit_riser[stand, exit_a], self.b.exit_riser[others, exit_b])
            horizontals.append(channel.horizontal[pair] + face[:, None])
            weights.append(channel.weight[pair] + (1000 + permille) * face[:, None])
            verticals.append(channel.vertical[pair])
            routes.append(channel.route[pair])
        weight = np.concatenate(weights, axis=-1)
        order = np.argsort(weight, axis=-1, kind="stable")[:, : self.routes]

        def pick(parts: list[Lengths]) -> Lengths:
            return np.take_along_axis(np.concatenate(parts, axis=-1), order, axis=-1)

        exists = np.take_along_axis(weight, order, axis=-1) < FAR
        return _Columns(
            exists=exists,
            horizontal=np.where(exists, pick(horizontals), 0),
            vertical=np.where(exists, pick(verticals), 0),
            exits=order // self.routes,
            route=pick(routes),
            one_riser=np.zeros_like(exists),
        )

    def _lateral_columns(self, stand: int, others: NDArray[np.intp]) -> _Columns:
        """Return the lateral ways over all pairs of exits, shortest first."""
        is_near = self._places_a.near(stand, self._places_b, others, self.laterals)
        horizontals, exist, one_riser = [], [], []
        for exit_a, exit_b in _EXIT_PAIRS:
            face = self.a.exit_face_mm[stand, exit_a] + self.b.exit_face_mm[others, exit_b]
            x_a, x_b = self._places_a.x_mm[stand, exit_a], self._places_b.x_mm[others, exit_b]
            same_riser = self._places_a.same_rack(stand, self._places_b, others) & (x_a == x_b)
            may_run = same_riser if self.laterals is None else is_near
            exist.append(np.logical_and(may_run, face < FAR))
            horizontals.append(face + abs(x_a - x_b))
            one_riser.append(same_riser)
        exists = np.stack(exist, axis=-1)
        horizontal = np.where(exists, np.stack(horizontals, axis=-1), FAR)
        order = np.argsort(horizontal, axis=-1, kind="stable")[:, : self.routes]
        exists = np.take_along_axis(exists, order, axis=-1)
        return _Columns(
            exists=exists,
            horizontal=np.where(exists, np.take_along_axis(horizontal, order, axis=-1), 0),
            vertical=np.zeros_like(order),
            exits=order,
            route=np.zeros_like(order),
            one_riser=np.take_along_axis(np.stack(one_riser, axis=-1), order, axis=-1),
        )


def _lateral_routed(columns: _Columns, back: NDArray[np.intp], z_a: Lengths, z_b: Lengths) -> Lengths:
    """Return routed lengths of both heights of every lateral way, one after the other.

    The second height is a route of its own only where it differs and the ends share no riser.
    """
    rise = abs(z_a - z_b)
    first = np.where(columns.exists, columns.horizontal, NO_ROUTE_MM)[back] + rise
    is_other = (columns.exists & ~columns.one_riser)[back] & (rise > 0)
    second = np.where(is_other, columns.horizontal[back] + rise, NO_ROUTE_MM)
    return np.stack([first, second], axis=-1).reshape(*first.shape[:2], -1)


def _slack(slack: Slack, horizontal: Lengths) -> Lengths:
    share = -(-horizontal * slack.horizontal_permille // 1000)
    return 2 * slack.per_end_mm + share


def _beside(parts: list[Lengths], shape: tuple[int, int], routes: int) -> Lengths:
    """Put the columns side by side over the whole block, at least ``routes`` of them."""
    if not parts:
        return np.full((*shape, routes), NO_ROUTE_MM, dtype=np.int64)
    return np.concatenate([np.broadcast_to(part, (*shape, part.shape[-1])) for part in parts], axis=-1)


def _keep_cheapest(
    arrays: tuple[Lengths, Lengths, NDArray[np.int16]],
    block: tuple[NDArray[np.intp], ...],
    routed: Lengths,
    slack: Lengths,
    first_code: int,
) -> None:
    """Write the cheapest columns into the block: by required, then routed, then column."""
    exists = routed < NO_ROUTE_MM
    key = np.where(exists, (routed + slack) * _ROUTED_LIMIT + routed, np.iinfo(np.int64).max)
    order = np.argsort(key, axis=-1, kind="stable")[..., : arrays[0].shape[-1]]
    exists = np.take_along_axis(exists, order, axis=-1)
    arrays[0][block] = np.where(exists, np.take_along_axis(routed, order, axis=-1), NO_ROUTE_MM)
    arrays[1][block] = np.where(exists, np.take_along_axis(slack, order, axis=-1), 0)
    arrays[2][block] = order + first_code
