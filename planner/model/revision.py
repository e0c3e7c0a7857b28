"""From one plan to another: what becomes of every cable, and the steps that an installer takes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    """What becomes of a cable run; each run of either plan has exactly one.

    A run is ``kept`` where both ends, part, stock length and route are the same; ``moved`` where only
    its route is another; ``re-terminated`` where the same part and stock length stays plugged at one
    end and goes elsewhere at the other. All other runs of the first plan are ``removed``, those
    of the second ``added``: one between the same ends of another part or length is both.
    """

    KEPT = "kept"
    MOVED = "moved"
    RETERMINATED = "re-terminated"
    REMOVED = "removed"
    ADDED = "added"


class Action(StrEnum):
    """What a step does, in the order in which steps are taken."""

    REMOVE_CABLE = "remove cable"
    UNPLUG = "unplug"  # the end of a cable that will be plugged in elsewhere
    TAKE_OUT_DEVICE = "take out device"
    TAKE_AWAY_RACK = "take away rack"
    SET_UP_RACK = "set up rack"
    MOUNT_DEVICE = "mount device"
    MOVE = "move"  # to another route, plugged in again where it was
    PLUG_IN = "plug in"  # the end that was unplugged, over the new route
    ADD_CABLE = "add cable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a change order.

    Parameters
    ----------
    number, action
        Place in the order, from 1, and what to do.
    subject
        The cable's id (the new one, where it has one), the device's name or the rack's address.
    part, stock_length_mm
        What it is; no length for devices and racks.
    from_a, from_b, to_a, to_b
        Where the ends of a cable are before and after the step, "" for nowhere.
    route
        Segments of the route that the cable is laid in, () where it is not laid.
    label_a, label_b
        Labels that the cable has after the step.
    """

    number: int
    action: Action
    subject: str
    part: str
    stock_length_mm: int | None = None
    from_a: str = ""
    from_b: str = ""
    to_a: str = ""
    to_b: str = ""
    route: tuple[str, ...] = ()
    label_a: str = ""
    label_b: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BillChange:
    """How many more (or fewer, negative) of a part and stock length the second plan takes."""

    part: str
    part_number: str | None
    category: str
    stock_length_mm: int | None
    before: int
    after: int
    unit_price_cents: int
    cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """All changes from a plan to another. ``fates`` counts runs, in the order of ``Fate``."""

    names: tuple[str, str]
    currency: str
    fates: dict[Fate, int]
    bill: tuple[BillChange, ...]
    parts_cents: int
    objective_cents: tuple[int, int]
    steps: tuple[Step, ...]
    cautions: tuple[str, ...]
