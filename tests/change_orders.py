"""Carries out a change order from its CSV alone, as an installer would; each step must be possible."""

from __future__ import annotations

import csv
from typing import NamedTuple

from planner.model.plan import CableEnd, Plan

Row = dict[str, str]


class Laid(NamedTuple):
    """A cable as it lies: what it is, its ends, its route and its labels."""

    part: str
    length_m: str
    route: str
    labels: tuple[str, str]


class Site:
    """What stands and is plugged in; every step checks that it can be taken."""

    def __init__(self, plan: Plan) -> None:
        self.racks = {
            address: plan.opened_racks.get(address) or plan.layout.position(address).choices[0]
            for address in plan.rack_power_milliwatts
        }
        self.devices = {device.name: device.device for device in plan.devices if device.is_placed}
        self.cables = {
            (_place(run.a), _place(run.b)): Laid(
                run.option,
                f"{run.stock_length_mm / 1000:.3f}",
                " > ".join(run.segments),
                (run.label_a, run.label_b),
            )
            for run in plan.runs
        }
        self.hanging: dict[tuple[str, str], tuple[str, str]] = {}

    @property
    def taken(self) -> set[str]:
        return {end for ends in (*self.cables, *self.hanging) for end in ends if end}

    def carry_out(self, change_order: str) -> None:
        rows = list(csv.DictReader(change_order.splitlines()))
        assert [row["step"] for row in rows] == [str(number) for number in range(1, len(rows) + 1)]
        for row in rows:
            getattr(self, "_" + row["action"].replace(" ", "_"))(row)
        assert not self.hanging

    def _remove_cable(self, row: Row) -> None:
        self._take(row)

    def _unplug(self, row: Row) -> None:
        self._take(row)
        stays = row["to_a"], row["to_b"]
        assert sum(map(bool, stays)) <= 1
        self.hanging[stays] = row["part"], row["stock_length_m"]

    def _plug_in(self, row: Row) -> None:
        assert self.hanging.pop((row["from_a"], row["from_b"])) == (row["part"], row["stock_length_m"])
        self._lay(row)

    def _move(self, row: Row) -> None:
        assert (row["from_a"], row["from_b"]) == (row["to_a"], row["to_b"])
        self._take(row)
        self._lay(row)

    def _add_cable(self, row: Row) -> None:
        self._lay(row)

    def _take(self, row: Row) -> None:
        laid = self.cables.pop((row["from_a"], row["from_b"]))
        assert (laid.part, laid.length_m) == (row["part"], row["stock_length_m"])

    def _lay(self, row: Row) -> None:
        ends = row["to_a"], row["to_b"]
        for end in ends:
            assert end not in self.taken
            assert end.split("-")[0] in self.racks
        labels = row["label_a"], row["label_b"]
        self.cables[ends] = Laid(row["part"], row["stock_length_m"], row["route"], labels)

    def _take_out_device(self, row: Row) -> None:
        assert not any(end.startswith(f"{row['subject']}-") for end in self.taken)
        assert self.devices.pop(row["subject"]) == row["part"]

    def _mount_device(self, row: Row) -> None:
        assert row["subject"] not in self.devices and row["subject"].split("-")[0] in self.racks
        self.devices[row["subject"]] = row["part"]

    def _take_away_rack(self, row: Row) -> None:
        assert not any(end.startswith(f"{row['subject']}-") for end in (*self.taken, *self.devices))
        assert self.racks.pop(row["subject"]) == row["part"]

    def _set_up_rack(self, row: Row) -> None:
        assert row["subject"] not in self.racks
        self.racks[row["subject"]] = row["part"]


def _place(end: CableEnd) -> str:
    port = f"P{end.port}" if end.port else ""
    return f"{end.rack}-U{end.u:02d}-C{end.cage:02d}{port}"
