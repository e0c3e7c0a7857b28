"""Elevations, pictures of racks and the plain graph: what they hold, and that nothing lies on anything."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import pytest

from planner.model.plan import Plan
from planner.outputs import elevation, rack_joins
from planner.outputs.elevation import elevations
from planner.outputs.network import network_lines
from planner.outputs.plan_json import read_plan
from planner.outputs.rack_joins import rack_sources
from planner.outputs.revision import revision
from tests.sample_plan import big_plan, small_plan

SVG = "{http://www.w3.org/2000/svg}"
LETTER = 0.46
HOSTILE = "</text><script>x</script> & \"q\" 'a' =1 \u05d0\u202e"


class Box(NamedTuple):
    name: str
    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Box) -> bool:
        return (
            min(self.right, other.right) - max(self.left, other.left) > 0.5
            and min(self.bottom, other.bottom) - max(self.top, other.top) > 0.5
        )


@pytest.fixture(scope="module")
def plan() -> Plan:
    return small_plan()


def node_boxes(svg: str) -> Iterator[Box]:
    """Yield the outer box of each node of a Graphviz picture."""
    for group in ElementTree.fromstring(svg).iter(f"{SVG}g"):
        if group.get("class") != "node":
            continue
        corners = [
            tuple(map(float, pair.split(",")))
            for polygon in group.iter(f"{SVG}polygon")
            for pair in polygon.get("points", "").split()
        ]
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        yield Box(group.findtext(f"{SVG}title") or "", min(xs), min(ys), max(xs), max(ys))


def text_boxes(svg: str) -> Iterator[Box]:
    """Yield about where each text lies, a little smaller than it is."""
    for element in ElementTree.fromstring(svg).iter(f"{SVG}text"):
        words, size = (element.text or "").rstrip(), float(element.get("font-size", "14"))
        x, y = float(element.get("x", "0")), float(element.get("y", "0"))
        width = len(words) * size * LETTER
        left = x - {"middle": width / 2, "end": width}.get(element.get("text-anchor", ""), 0)
        yield Box(words, left, y - size * 0.7, left + width, y)


def overlapping(boxes: list[Box]) -> list[tuple[str, str]]:
    return [(a.name, b.name) for a, b in combinations(boxes, 2) if a.overlaps(b)]


def test_the_check_for_overlaps_sees_one() -> None:
    apart, across = Box("a", 0, 0, 10, 10), Box("b", 9, 9, 20, 20)
    assert overlapping([apart, across]) == [("a", "b")]
    assert overlapping([apart, Box("c", 10, 0, 20, 10)]) == []


def test_no_box_lies_on_another(small_plan: Path) -> None:
    pictures = sorted(small_plan.glob("topology-plane-*.svg")) + sorted(small_plan.glob("rack-*.svg"))
    assert len(pictures) > 10
    for picture in pictures:
        boxes = list(node_boxes(picture.read_text(encoding="utf-8")))
        assert boxes and overlapping(boxes) == [], picture.name


def test_no_words_lie_on_others(small_plan: Path) -> None:
    pictures = [small_plan / "floor.svg", small_plan / "topology-bundles.svg"]
    pictures += sorted(small_plan.glob("elevation-*.svg")) + sorted(small_plan.glob("rack-*.svg"))
    for picture in pictures:
        boxes = list(text_boxes(picture.read_text(encoding="utf-8")))
        assert boxes and overlapping(boxes) == [], picture.name


def test_every_drawing_has_its_title_block(small_plan: Path) -> None:
    plan = read_plan((small_plan / "plan.json").read_text(encoding="utf-8"))
    for picture in sorted(small_plan.glob("*.svg")):
        found = "".join(ElementTree.fromstring(picture.read_bytes()).itertext())
        block = f"layout {plan.layout.name} · revision {revision(plan)} · inputs SHA-256 {plan.inputs_hash}"
        assert block in found, picture.name


def test_elevation_shows_each_cage_in_its_medium(plan: Plan) -> None:
    for stem, svg in elevations(plan):
        rack = stem.removeprefix("elevation-")
        tips = Counter(
            re.sub(r" to .*", "", title.text or "")
            for title in ElementTree.fromstring(svg).iter(f"{SVG}title")
            if " to " in (title.text or "")
        )
        ends = [(end, run) for run in plan.runs for end in (run.a, run.b) if end.rack == rack]
        lengths = {run.stock_length_mm: f"{run.stock_length_mm / 1000:g} m" for _, run in ends}
        assert tips == Counter(
            f"C{end.cage:02d}: {run.medium.value} {lengths[run.stock_length_mm]}" for end, run in ends
        )


def test_elevation_is_to_scale(plan: Plan) -> None:
    svg = ElementTree.fromstring(dict(elevations(plan))["elevation-A02"])
    rects = [
        {key: rect.get(key, "") for key in ("width", "height", "stroke-width")}
        for rect in svg.iter(f"{SVG}rect")
    ]
    rack = plan.catalog.rack_types[plan.opened_racks["A02"]]
    views = [rect for rect in rects if rect["stroke-width"] == "2"]
    assert len(views) == 2  # front and rear
    for view in views:
        ratio = float(view["height"]) / float(view["width"])
        assert ratio == pytest.approx(rack.height_mm / rack.width_mm, rel=1e-3)
    per_mm = float(views[0]["height"]) / rack.height_mm
    units = [
        float(rect["height"])
        for rect in rects
        if rect["stroke-width"] == "0.5" and rect["width"] == views[0]["width"]
    ]
    assert len(units) == 2 * rack.units
    assert units == pytest.approx([rack.unit_height_um / 1000 * per_mm] * len(units), abs=1e-3)


def test_of_many_racks_those_with_placed_devices_are_drawn_and_said(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(elevation, "MOST_SHEETS", 2)
    monkeypatch.setattr(rack_joins, "MOST_PICTURES", 1)
    sheets = dict(elevations(plan))
    assert list(sheets) == ["elevation-A01", "elevation-A02"]
    assert "5 racks have runs" in " ".join(ElementTree.fromstring(sheets["elevation-A01"]).itertext())
    pictures = list(rack_sources(plan))
    assert [stem for stem, _, _ in pictures] == ["rack-A02"]
    assert "One of 1 racks drawn, of 5 with runs." in pictures[0][1]


def test_rack_picture_joins_what_the_runs_join(plan: Plan) -> None:
    source = next(source for stem, source, _ in rack_sources(plan) if stem == "rack-A01")
    edges = dict(re.findall(r'id="?([^\s"\]]+)"? medium=\w+ .*?runs=(\d+)', source))
    wanted = Counter(
        f"A01-U{near.u:02d}-{far.rack}-{run.medium.value}"
        for run in plan.runs
        for near, far in ((run.a, run.b), (run.b, run.a))
        if near.rack == "A01"
    )
    assert edges == {key: str(runs) for key, runs in wanted.items()}


def test_rack_of_many_joins_is_a_matrix() -> None:
    plan = big_plan()
    kinds = {stem: engine for stem, _, engine in rack_sources(plan)}
    assert set(kinds.values()) == {"neato", "dot"}
    assert all(kinds[f"rack-{rack}"] == "dot" for rack in plan.opened_racks)


def test_plain_graph_has_every_run_once(plan: Plan) -> None:
    source = "".join(network_lines(plan))
    assert sorted(re.findall(r'\[id="([^"]+)"', source)) == sorted(run.cable_id for run in plan.runs)
    run = plan.runs[0]
    line = next(line for line in source.split("\n") if f'"{run.cable_id}"' in line)
    assert line.startswith(f'  "{run.a.rack}-U{run.a.u:02d}" -- "{run.b.rack}-U{run.b.u:02d}" [')
    assert f'medium={run.medium.value}, a="C{run.a.cage:02d}", b="C{run.b.cage:02d}"' in line
    from pygraphviz import AGraph

    graph = AGraph(string=source)
    assert graph.number_of_edges() == len(plan.runs)
    assert {str(node) for node in graph.nodes()} == {device.name for device in plan.devices}


def test_hostile_names_are_text_in_every_drawing(plan: Plan) -> None:
    hostile = replace(plan, layout=replace(plan.layout, title=HOSTILE, name=HOSTILE))
    for _, svg in elevations(hostile):
        root = ElementTree.fromstring(svg)
        assert root.find(f".//{SVG}script") is None
        assert HOSTILE in [element.text for element in root.iter(f"{SVG}text")]
    from pygraphviz import AGraph

    assert AGraph(string="".join(network_lines(hostile))).number_of_edges() == len(plan.runs)
