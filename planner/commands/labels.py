"""``planner labels``: a printable sheet of labels for both ends of every run of a plan."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable

from planner.commands.outcome import Outcome
from planner.commands.stored_plan import read_stored_plan
from planner.inputs.labels import find_scheme, find_stock, read_labels
from planner.outputs.label_sheet import label_count, label_sheet_pdf
from planner.outputs.pdf import further_font
from planner.outputs.typefaces import lacking_letters
from planner.outputs.write_document import check_document, write_document


def run(arguments: Namespace, progress: Callable[[str], None]) -> Outcome:
    """Write the sheets and say how many labels are on them."""
    catalog = read_labels(arguments.catalog)
    stock, scheme = find_stock(catalog, arguments.stock), find_scheme(catalog, arguments.scheme)
    check_document(arguments.output)
    progress("read the plan")
    plan = read_stored_plan(arguments.plan)
    progress("draw labels")
    with further_font(arguments.font):
        content = label_sheet_pdf(plan, stock, scheme)
        warning = lacking_letters()
    write_document(content, arguments.output)
    count = label_count(plan)
    sheets = max(1, -(-count // (stock.columns * stock.rows)))
    on = f"{sheets:,} sheet{'s' * (sheets != 1)} of {stock.id}"
    text = f"written to {arguments.output}: {count:,} labels on {on}; print at actual size"
    return Outcome(f"{text}\n{warning}" if warning else text)
