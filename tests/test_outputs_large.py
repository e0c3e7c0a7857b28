"""Pictures and tables of plans with ports, named planes, many planes, large planes, many racks."""

from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import pytest

from planner.model.layout import TiersSpec
from planner.model.plan import CableEnd, Plan
from planner.outputs import amount, bundles, drawing, planes
from planner.outputs.bundles import bundles_source
from planner.outputs.cut_sheet import cut_sheet_parts
from planner.outputs.drawing import draw_svg
from planner.outputs.floor import floor_source
from planner.outputs.planes import plane_sources
from tests.sample_plan import big_plan, small_plan

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def plan() -> Plan:
    return small_plan()


def words(source: str, engine: str) -> list[str]:
    svg = ElementTree.fromstring(draw_svg(source, engine))
    return [element.text or "" for element in svg.iter(f"{SVG}text")]


def in_ports(plan: Plan) -> Plan:
    """Two runs share each cage."""

    def end(one: CableEnd) -> CableEnd:
        return replace(one, cage=(one.cage + 1) // 2, port=(one.cage + 1) % 2 + 1)

    return replace(plan, runs=tuple(replace(run, a=end(run.a), b=end(run.b)) for run in plan.runs))


def in_planes(plan: Plan, count: int) -> Plan:
    """The same fabric over and over, in so many planes."""
    own = [run for run in plan.runs if run.plane == 0]
    runs = tuple(replace(run, plane=plane) for plane in range(count) for run in own)
    names = tuple(f"SU{plane + 1} rail 0" for plane in range(count))
    fabric = replace(plan.fabrics[0], planes=count, plane_names=names)
    return replace(plan, runs=runs, fabrics=(fabric,))


def test_ports_have_columns(plan: Plan) -> None:
    rows = list(csv.DictReader(io.StringIO("".join(cut_sheet_parts(in_ports(plan))))))
    assert {(row["a_port"], row["b_port"]) for row in rows} >= {("1", "1"), ("2", "2")}
    assert {row["a_port"] for row in csv.DictReader(io.StringIO("".join(cut_sheet_parts(plan))))} == {""}


def test_a_plane_picture_names_ports_and_joins_them(plan: Plan) -> None:
    source = next(source for _, source in plane_sources(in_ports(plan)))
    found = words(source, "neato")
    assert {"C01P1", "C01P2"} <= set(found)
    assert any("C: cage, P: port of it." in text for text in found)
    svg = ElementTree.fromstring(draw_svg(source, "neato"))
    edges = [group for group in svg.iter(f"{SVG}g") if group.get("class") == "edge"]
    assert len(edges) == sum(run.plane == 0 for run in plan.runs)


def test_titles_name_fabric_and_plane(plan: Plan) -> None:
    source = next(source for _, source in plane_sources(in_planes(plan, 2)))
    assert "fabric, plane 0: SU1 rail 0 (of 2, counted from 0)" in source


def test_of_many_planes_the_first_are_drawn_and_the_bundles_say_so(plan: Plan) -> None:
    many = in_planes(plan, 80)
    assert [stem[-2:] for stem, _ in plane_sources(many)] == [f"{plane:02d}" for plane in range(72)]
    line = "Pictures show the first 72 of 80 planes: all are wired by one rule."
    assert line in bundles_source(many)
    assert "Pictures show" not in bundles_source(in_planes(plan, 72))


def test_of_large_planes_fewer_are_drawn(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planes, "_MOST_LINES_DRAWN", 36)
    assert len(list(plane_sources(in_planes(plan, 5)))) == 3
    monkeypatch.setattr(planes, "_MOST_LINES_DRAWN", 1)
    assert len(list(plane_sources(in_planes(plan, 5)))) == 1


def test_a_plane_of_too_many_runs_is_a_matrix_of_units(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = big_plan()
    monkeypatch.setattr(planes, "_MOST_LINES", 100)
    source = next(source for _, source in plane_sources(plan))
    found = words(source, "dot")
    assert {"A01-U19-A1", "144 runs: 16 units to 8 units.", "A05-U03-A1"} <= set(found)
    assert "Down: units with end A. Across: units with end B. A field: runs between them." in found
    monkeypatch.setattr(planes, "MOST_HEADS", 10)
    source = next(source for _, source in plane_sources(plan))
    assert {"A", "B", "72"} <= set(words(source, "dot"))


def test_bundles_of_many_racks_are_counted_row_by_row(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = big_plan()
    monkeypatch.setattr(bundles, "MOST_HEADS", 10)
    found = words(bundles_source(plan), "dot")
    assert "fabric: 2,592 runs between 20 racks" in found
    assert "Down: rows with end A. Across: rows with end B." in found
    assert {"A", "B", "2,592", "1,296"} <= set(found)


def test_a_floor_of_very_many_nodes_is_the_same_picture(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    def words() -> list[tuple[str | None, int, int]]:
        """Return all words and where they are, seen from the first."""
        root = ElementTree.fromstring(draw_svg(floor_source(plan), "neato"))
        found = [each for each in root.iter() if each.tag.endswith("text")]
        x, y = (float(found[0].get(axis, "0")) for axis in "xy")
        return [
            (each.text, round(float(each.get("x", "0")) - x), round(float(each.get("y", "0")) - y))
            for each in found
        ]

    usual = words()
    monkeypatch.setattr(drawing, "_MOST_PINNED", 0)
    assert words() == usual


def test_of_dozens_of_fabrics_one_a_family_is_drawn(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(amount, "_MOST_FABRICS", 1)
    first = plan.fabrics[0]
    specs = [replace(spec, family="all") for spec in plan.layout.fabrics if isinstance(spec, TiersSpec)]
    twin = replace(first, name="twin")
    family = replace(
        plan,
        layout=replace(plan.layout, fabrics=(*specs, replace(specs[0], name="twin"))),
        fabrics=(first, twin),
        runs=(*plan.runs, *(replace(run, fabric="twin") for run in plan.runs)),
    )
    assert amount.drawn_fabrics(family) == (first,)
    assert "The first of 2 fabrics all" in bundles_source(family)
    assert all("twin" not in stem for stem, _ in plane_sources(family))
