"""Trace sheets: what is cabled to what, rack by rack, to read in the room without any screen."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from planner.errors import Finding, InputError
from planner.model.labels import LabelScheme
from planner.model.plan import Plan
from planner.outputs.pdf import one_line
from planner.outputs.rack_rows import RackBook, RackRows
from planner.outputs.tick_sheet import Section, SheetColumn, TickSheet, tick_sheets_pdf

_LEADER = "→ "
_COLUMNS = (
    SheetColumn("cage", 42),
    SheetColumn("label here", 74),
    SheetColumn("cabled to", 84),
    SheetColumn("plane", 30),
    SheetColumn("cable, stock length", 88),
    SheetColumn("bundle", 36),
    SheetColumn("cable id", 135),
    SheetColumn("route from here", 288),
)
_FOOT = "left and right as seen from before the face; tick a run when its end is in"


def rack_sheets_pdf(plan: Plan, scheme: LabelScheme, racks: Sequence[str] | None) -> tuple[bytes, int, int]:
    """Return the sheets as PDF, and how many racks and pages they are.

    Raises
    ------
    InputError
        A rack is asked for that holds nothing that the plan cables.
    """
    book = RackBook(plan, scheme)
    addresses = _chosen(book.addresses(), racks)
    sheets = (_sheet(plan, book.rack(address)) for address in addresses)
    content, pages = tick_sheets_pdf(plan, "racks", _COLUMNS, sheets, _FOOT)
    return content, len(addresses), pages


def _sheet(plan: Plan, rack: RackRows) -> TickSheet:
    return TickSheet(
        title=f"Rack {rack.address}",
        about=f"{rack.run_ends:,} cable ends, inputs {plan.inputs_hash[:16]}; {rack.rack_type}",
        sections=tuple(
            Section(
                device.heading,
                tuple((*row[:2], _LEADER + row[2], *row[3:]) for row in device.rows),
                f"free cages: {device.free}" if device.free else "",
            )
            for device in rack.devices
        ),
        after=f"No cable runs of this plan: {rack.others}" if rack.others else "",
    )


def _chosen(known: tuple[str, ...], asked: Sequence[str] | None) -> tuple[str, ...]:
    if asked is None:
        return known
    findings = []
    for address in dict.fromkeys(asked):
        if address not in known:
            near = get_close_matches(address.upper(), known, n=1, cutoff=0.5)
            hint = f"did you mean '{near[0]}'?" if near else f"the plan cables {', '.join(known[:8])}"
            message = f"rack '{one_line(address)}' holds nothing that the plan cables; {hint}"
            findings.append(Finding(code="unknown-rack", message=message))
    if findings:
        raise InputError(findings)
    return tuple(address for address in known if address in asked)
