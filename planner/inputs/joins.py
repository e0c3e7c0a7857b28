"""Media whose ends differ, or share a plug or a cable: breakouts, fiber that lands on a device."""

from __future__ import annotations

from dataclasses import replace

from planner.inputs.fields import Record, record_of
from planner.inputs.findings import nearest, shown
from planner.inputs.library import Library, PartReader
from planner.inputs.media import MAX_LANES, find_cord, read_family, read_plug_connector, read_protocols
from planner.inputs.values import Value
from planner.model.cages import Connector
from planner.model.media import CableFamily, MediaOption, Medium, Plug

MAX_RUNS = 64
_NO_PLUG = Plug(connector=Connector(form="", thermal=""), lanes=1, transceiver=None, power_milliwatts=0)


def read_join(part: PartReader, library: Library) -> MediaOption:
    """Read a join; the library holds the transceivers and cords that it may name."""
    record = part.record
    reach_mm = record.length_mm("reach", 1)
    protocols, lane_rate_gbps = read_protocols(record), record.rate_gbps("lane_rate")
    cable, cables_per_run = _read_cable(part, library, reach_mm)
    option = MediaOption(
        id=part.id,
        medium=record.choice("medium", Medium),
        protocols=protocols,
        lane_rate_gbps=lane_rate_gbps,
        reach_mm=reach_mm,
        plugs=_Ends(library, protocols, lane_rate_gbps).read(record),
        cable=cable,
        cables_per_run=cables_per_run,
        runs_per_cable=record.optional_integer("runs_per_cable", 1, 1, MAX_RUNS),
    )
    if len(record.value.findings.items) == part.findings_before:
        _check_sharing(record, option)
    return option


def _read_cable(part: PartReader, library: Library, reach_mm: int) -> tuple[CableFamily, int]:
    """Read what is between the ends, and how many of it a run takes: cords, or one assembly."""
    record = part.record
    has_cord, has_cable = record.has("cord"), record.has("cable")
    if has_cord == has_cable:
        found = "'cord' and 'cable'" if has_cord else "neither 'cord' nor 'cable'"
        record.value.fail("bad-join", f"found {found}, expected one of them")
    if has_cable:
        below = part.below("cable")
        family = read_family(below, "cable", reach_mm)
        below.record.finish()
        return family, 1
    cord = find_cord(record.get("cord"), library.cords)
    return cord, record.optional_integer("cords_per_run", 1, 1, MAX_RUNS)


def _check_sharing(record: Record, option: MediaOption) -> None:
    """Report ends that cannot carry the same runs, and cables that runs cannot share."""
    first, second = option.plugs
    if first.lanes * second.runs != second.lanes * first.runs:
        told = " and ".join(f"{plug.lanes} lanes for {_runs(plug.runs)}" for plug in option.plugs)
        record.value.fail("bad-join", f"found {told}, expected the same share for each run at both ends")
    shared, most = option.runs_per_cable, max(first.runs, second.runs)
    if most % shared:
        message = f"found one cable for {_runs(shared)}, but {_runs(most)} share a plug; expected a divisor"
        record.value.fail("bad-join", message)
    if shared > 1 and option.cables_per_run > 1:
        message = f"found {option.cables_per_run} cords for a run, expected 1 where runs share a cord"
        record.value.fail("bad-join", message)


class _Ends:
    """Reads the two ends of a join, whose lanes all have one rate."""

    def __init__(self, library: Library, protocols: tuple[str, ...], lane_rate_gbps: int) -> None:
        self._library = library
        self._protocols = protocols
        self._lane_rate_gbps = lane_rate_gbps

    def read(self, record: Record) -> tuple[Plug, Plug]:
        value = record.need("ends")
        plugs = [self._read_end(item) for item in value.as_items("a list of two ends")] if value else []
        if value and value.is_list and len(plugs) != 2:
            value.fail("bad-join", f"expected a list of exactly two ends, found {len(plugs)}")
        return (plugs[0], plugs[1]) if len(plugs) == 2 else (_NO_PLUG, _NO_PLUG)

    def _read_end(self, value: Value) -> Plug:
        record = record_of(value, "the fields of an end")
        runs = record.optional_integer("runs", 1, 1, MAX_RUNS)
        name = record.get("transceiver")
        plug = self._transceiver(name, runs) if name else _own_plug(record, runs)
        record.finish()
        if plug.lanes % runs:
            value.fail("bad-join", f"{plug.lanes} lanes cannot be shared evenly by {_runs(runs)}")
        return plug

    def _transceiver(self, value: Value, runs: int) -> Plug:
        """Return the plug of a transceiver, whose own entry says what it fits."""
        name, known = value.as_name(), self._library.transceivers
        if name not in known:
            value.fail("unknown-part", f"unknown transceiver {shown(name)}{nearest(name, known)}")
            return replace(_NO_PLUG, lanes=runs, runs=runs)
        option = known[name]
        if option.lane_rate_gbps != self._lane_rate_gbps:
            message = f"{shown(name)} has lanes of {option.lane_rate_gbps} Gb/s, expected those of the join: "
            value.fail("bad-join", f"{message}{self._lane_rate_gbps} Gb/s")
        for protocol in sorted(set(self._protocols) - set(option.protocols)):
            message = f"{shown(name)} does not speak {shown(protocol)}, which the join says"
            value.fail("bad-join", message + nearest(protocol, option.protocols))
        return replace(option.plugs[0], runs=runs)


def _own_plug(record: Record, runs: int) -> Plug:
    """Read an end whose plug is the cable's, or where fiber lands on the device itself."""
    return Plug(
        connector=read_plug_connector(record),
        lanes=record.integer("lanes", 1, MAX_LANES),
        transceiver=None,
        power_milliwatts=record.power_milliwatts("power"),
        runs=runs,
    )


def _runs(count: int) -> str:
    return "1 run" if count == 1 else f"{count} runs"
