"""Catalogs of label stock and schemes: what is wrong is said with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.errors import InputError
from planner.inputs.labels import find_scheme, find_stock, read_labels

GOOD = """\
sources: {mine: measured}
stock:
  mine:
    description: my sheet
    sheet: {width: 210 mm, height: 297 mm}
    margin: {left: 5 mm, top: 5 mm}
    pitch: {across: 50 mm, down: 20 mm}
    label: {width: 48 mm, height: 20 mm}
    columns: 4
    rows: 14
    provenance: {default: [vendor, mine]}
schemes:
  mine:
    description: my way
    end: "{row}.{rack}/{u}:{cage:03}[p{port}][#{cord}]"
    device_u: lowest
    u_from: top
    first_cage: 0
"""


def read(folder: Path, text: str) -> str:
    path = folder / "labels.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_labels(path)
    return str(caught.value)


def test_reads_a_catalog_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "labels.yaml"
    path.write_text(GOOD, encoding="utf-8")
    catalog = read_labels(path)
    stock = catalog.stock["mine"]
    assert (stock.first, stock.text) == ((5000, 5000, 48000, 20000), (0, 0, 48000, 20000))
    assert [part.field or part.text for part in catalog.schemes["mine"].end][-4:] == [
        "p",
        "port",
        "#",
        "cord",
    ]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "columns: 4",
            "columns: 5",
            "the labels take 253 x 285 mm, more than the sheet has [labels-off-sheet]",
        ),
        ("across: 50 mm", "across: 40 mm", "the pitch is less than the label"),
        ("    rows: 14\n", "", "labels.yaml:4:5: stock.mine: error: 'rows' is missing here [missing-key]"),
        (
            "rows: 14",
            "rows: 14\n    text: {left: 40 mm, top: 0 mm, width: 9 mm, height: 9 mm}",
            "[text-off-label]",
        ),
        ("left: 5 mm", "left: 5", "a number and a unit"),
        ("[vendor, mine]", "[vendor, yours]", "yours"),
        ("{row}", "{raw}", "unknown field 'raw'; did you mean 'row'? [bad-template]"),
        (
            "{row}",
            "{row.__class__}",
            "expected text, a field such as {rack} or {u:02}, or [...] [bad-template]",
        ),
        ("{row}", "{row:02}", "'row' is no number"),
        ("[#{cord}]", "", "{cord} is missing: ends would look alike"),
        ("[#{cord}]", "[#{cord}", "a bracket is not closed"),
        ("[#{cord}]", "[#{cord}]]", "brackets are not in pairs"),
        ("u_from: top", "u_from: left", "found 'left', expected one of bottom, top"),
        ("first_cage: 0", "first_cage: 2", "a whole number from 0 to 1"),
        ("schemes:", "scheme:", "unknown key 'scheme'; did you mean 'schemes'?"),
    ],
)
def test_says_what_is_wrong(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in GOOD
    assert says in read(tmp_path, GOOD.replace(old, new))


def test_the_first_is_the_default(tmp_path: Path) -> None:
    catalog = read_labels(None)
    assert find_stock(catalog, None) is next(iter(catalog.stock.values()))
    assert find_scheme(catalog, None) is next(iter(catalog.schemes.values()))
    path = tmp_path / "labels.yaml"
    path.write_text("schemes: {}\n", encoding="utf-8")
    for find, kind in ((find_stock, "stock"), (find_scheme, "scheme")):
        with pytest.raises(InputError, match=f"the catalog has no label {kind}"):
            find(read_labels(path), None)
