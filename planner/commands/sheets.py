"""``planner sheets``: what is cabled to what, rack by rack, or what is laid crew by crew, on paper."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable

from planner.commands.outcome import Outcome
from planner.commands.stored_plan import read_stored_plan
from planner.inputs.labels import find_scheme, read_labels
from planner.outputs.crew_sheet import crew_sheets_pdf
from planner.outputs.pdf import further_font
from planner.outputs.rack_sheet import rack_sheets_pdf
from planner.outputs.typefaces import lacking_letters
from planner.outputs.write_document import check_document, write_document


def run(arguments: Namespace, progress: Callable[[str], None]) -> Outcome:
    """Write the sheets and say how many there are."""
    scheme = find_scheme(read_labels(arguments.catalog), arguments.scheme)
    check_document(arguments.output)
    progress("read the plan")
    plan = read_stored_plan(arguments.plan)
    progress("draw sheets")
    with further_font(arguments.font):
        if arguments.by == "crew":
            content, sheets, pages = crew_sheets_pdf(plan, scheme)
            what = "sheet" if sheets == 1 else "sheets, one a phase and crew,"
        else:
            content, sheets, pages = rack_sheets_pdf(plan, scheme, arguments.rack)
            what = "rack" if sheets == 1 else "racks"
        warning = lacking_letters()
    write_document(content, arguments.output)
    counted = f"{sheets:,} {what} on {pages:,} page{'s' * (pages != 1)}"
    text = f"written to {arguments.output}: {counted}, A4 across"
    return Outcome(f"{text}\n{warning}" if warning else text)
