"""A campus: blocks that repeat, fabrics once a group, alike ones solved once, files written in parts."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from planner.commands.summary import summarize
from planner.errors import InputError, PlannerError
from planner.inputs.load import Inputs, read_inputs
from planner.inputs.shipped import find_layout
from planner.model.layout import TiersSpec
from planner.model.plan import Plan
from planner.optimize import alike
from planner.optimize.options import SolveOptions
from planner.outputs import parts
from planner.outputs.bom import bom_text
from planner.outputs.cut_sheet import cut_sheet_parts
from planner.outputs.files import render_files
from planner.outputs.plan_json import plan_bytes, read_plan
from planner.pipeline import make_plan
from planner.stopwatch import Stopwatch
from planner.topology.build import build_fabrics
from planner.verify import folder as verify_folder_code
from planner.verify.check import verify_folder, verify_plan

SMALL = "campus-288"
CAMPUSES = ("campus-100k", SMALL)


def plan_of(name: str = SMALL) -> Plan:
    return make_plan(find_layout(name), SolveOptions(), Stopwatch(lambda message: None))


@pytest.fixture(scope="module")
def campus() -> Plan:
    return plan_of()


def edited(tmp_path: Path, edit: Callable[[str], str]) -> Inputs:
    """Read the small campus with its text changed."""
    path = tmp_path / "edited.yaml"
    text = find_layout(SMALL).read_text(encoding="utf-8")
    changed = edit(text)
    assert changed != text
    path.write_text(changed, encoding="utf-8")
    return read_inputs(path)


def test_blocks_unfold_into_rows_trays_and_groups() -> None:
    layout = read_inputs(find_layout(SMALL)).layout
    places = {row.name: (row.x_mm, row.y_mm) for row in layout.rows}
    assert places == {
        "A1d1": (1200, 1200),
        "A1d2": (1200, 4400),
        "A2d1": (6000, 1200),
        "A2d2": (6000, 4400),
        "K": (1200, 8400),
    }
    assert [(tray.name, tray.row, tray.y_mm) for tray in layout.pathways.row_trays][:2] == [
        ("TA1d1", "A1d1", 1800),
        ("TA1d2", "A1d2", 5000),
    ]
    crossed = {tray.name: (tray.x_mm, tray.rows) for tray in layout.pathways.cross_trays}
    assert crossed == {"X1": (2700, ("A1d1", "A1d2", "K")), "X2": (7500, ("A2d1", "A2d2", "K"))}
    assert layout.groups["pod"]["P1"] == tuple(
        f"A1d{domain}{position:02d}" for domain in (1, 2) for position in range(1, 6)
    )


def test_a_campus_of_a_screen_has_a_hundred_thousand_gpus() -> None:
    path = find_layout("campus-100k")
    assert len(path.read_text(encoding="utf-8").splitlines()) < 90
    layout = read_inputs(path).layout
    racks = [position for row in layout.rows for position in row.positions if position.is_decided]
    assert len(racks) * 36 == 100_224
    assert (
        len([spec for spec in layout.fabrics if isinstance(spec, TiersSpec) and spec.family == "l2"]) == 174
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "copies: 2\n    columns: 2",
            "copies: 0\n    columns: 2",
            "found '0', expected a whole number from 1",
        ),
        ("step: {x: 4.8 m}\n    blocks", "gap: {x: 4.8 m}\n    blocks", "unknown key 'gap'"),
        ("step: {x: 4.8 m}\n    blocks", "blocks", "'step' or 'lines' is missing here"),
        ("step: {x: 4.8 m}\n    blocks", "lines: []\n    blocks", "found 0 lines, expected 1"),
        ("TA#d#: {row", "TA: {row", "'TA' would be there 2 times"),
        (
            "copies: 2\n        step",
            "copies: 12\n        step",
            "'A1d#' has too few '#' for 12 copies; expected 2",
        ),
        ("y: 1.2 m, racks", "y: 1.2 mm m, racks", "found '1.2 mm m'"),
        ("per: domain", "per: domian", "unknown grouping 'domian'; did you mean 'domain'?"),
        ("per: domain", "per: domain\n    racks: [A1d101]", "found racks of its own"),
        ("within: K02-04", "within: Q02-04", "unknown address 'Q02'"),
        (
            "    per: pod\n    granularity: port\n    lower: {device",
            "    granularity: port\n    lower: {device",
            "is one fabric for all groups",
        ),
        ("rows: crossed", "rows: crosed", "expected a list of rows, or 'crossed'"),
    ],
)
def test_mistakes_are_told_once(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        edited(tmp_path, lambda text: text.replace(old, new, 1))
    told = [finding for finding in caught.value.findings if said in finding.message]
    assert len(told) == 1, [str(finding) for finding in caught.value.findings]
    assert told[0].where is not None and told[0].where.line


def test_what_is_impossible_is_told_at_the_family(tmp_path: Path) -> None:
    inputs = edited(
        tmp_path,
        lambda text: text.replace("1: [nvswitch-rack, empty]", "1: empty", 1).replace(
            "4: [nvswitch-rack, empty]", "4: empty"
        ),
    )
    with pytest.raises(PlannerError) as caught, inputs.placing_refusals():
        build_fabrics(inputs.layout, inputs.catalog)
    (finding,) = caught.value.findings
    assert finding.code == "slots-short"
    assert finding.where is not None and finding.where.path.startswith("fabrics.l2")


def test_alike_fabrics_are_solved_once_and_the_plan_is_the_same(
    campus: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    solved: list[str] = []
    real = alike.carried_over

    def counting(solution: object, fabric: str, racks: object) -> object:
        solved.append(fabric)
        return real(solution, fabric, racks)  # type: ignore[arg-type]

    monkeypatch.setattr(alike, "carried_over", counting)
    assert plan_of() == campus
    assert solved == ["l2-d1d2", "l2-d2d1", "l2-d2d2", "scale-out-1-leaf-p2", "scale-out-2-spine-p2"]
    monkeypatch.setattr(alike.KnownSolutions, "of", lambda self, fabric, table, used, solve: solve())
    assert plan_of() == campus


def test_a_fabric_that_differs_is_solved_for_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    solved: list[str] = []
    real = alike.carried_over
    monkeypatch.setattr(
        alike,
        "carried_over",
        lambda one, fabric, racks: solved.append(fabric) or real(one, fabric, racks),
    )
    text = find_layout(SMALL).read_text(encoding="utf-8")
    path = tmp_path / "other.yaml"
    path.write_text(
        text.replace("x: 2.7 m, z: 2.5 m", "x: 2.7 m, z: 2.6 m").replace(
            "columns: 2\n    step: {x: 4.8 m}\n    cross_trays",
            "columns: 2\n    step: {x: 5.4 m}\n    cross_trays",
        )
    )
    make_plan(path, SolveOptions(), Stopwatch(lambda message: None))
    assert "scale-out-1-leaf-p2" not in solved


def test_a_good_campus_verifies(campus: Plan) -> None:
    assert verify_plan(campus) == ()
    assert {summary.name: summary.runs for summary in campus.fabrics} == {
        **{f"l2-d{pod}d{domain}": 324 for pod in (1, 2) for domain in (1, 2)},
        **{f"scale-out-{tier}-p{pod}": 144 for tier in ("1-leaf", "2-spine") for pod in (1, 2)},
        "scale-out-3-core": 288,
    }


def test_fabrics_declared_together_are_summed_up_in_one_line(campus: Plan) -> None:
    lines = summarize(campus)
    names = [line.split("  ")[0] for line in lines[3:7]]
    assert names == [
        "4 x l2, each",
        "2 x scale-out-1-leaf, each",
        "2 x scale-out-2-spine, each",
        "scale-out-3-core",
    ]
    assert "324" in lines[3] and "288 optics" in lines[6]
    assert campus.solve.bound_covers.endswith(
        "each of 2 fabrics scale-out-2-spine given what its fabric scale-out-1-leaf placed;"
        " scale-out-3-core given what 2 fabrics scale-out-2-spine placed"
    )
    changed = replace(campus.fabrics[1], runs=7)
    unlike = replace(campus, fabrics=(campus.fabrics[0], changed, *campus.fabrics[2:]))
    assert [line.split("  ")[0] for line in summarize(unlike)[3:5]] == ["3 x l2, each", "l2-d1d2"]


def test_a_forged_certificate_of_one_of_several_alike_is_found(campus: Plan) -> None:
    index = next(n for n, one in enumerate(campus.solve.certificates) if one.fabric == "l2-d2d1")
    own = campus.solve.certificates[index]
    case = own.cases[0]
    prices = tuple(price + 10**9 for price in case.slot_prices_millicents)
    forged = replace(own, cases=(replace(case, slot_prices_millicents=prices), *own.cases[1:]))
    certificates = (*campus.solve.certificates[:index], forged, *campus.solve.certificates[index + 1 :])
    codes = {
        one.code
        for one in verify_plan(replace(campus, solve=replace(campus.solve, certificates=certificates)))
    }
    assert "forged-bound" in codes


def test_a_device_outside_of_its_group_is_found(campus: Plan) -> None:
    layout = campus.layout
    specs = tuple(
        replace(spec, within=spec.within[:1]) if spec.name == "scale-out-3-core" else spec  # type: ignore[call-arg]
        for spec in layout.fabrics
    )
    codes = {one.code for one in verify_plan(replace(campus, layout=replace(layout, fabrics=specs)))}
    assert "out-of-bounds" in codes


def test_files_in_parts_are_those_made_whole(campus: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = render_files(campus)
    monkeypatch.setattr(parts, "_WHOLE_RUNS", 0)
    in_parts = render_files(campus)
    assert list(in_parts) == list(whole)
    for name, content in in_parts.items():
        joined = content if isinstance(content, bytes) else b"".join(content)
        assert joined == whole[name], name
    assert not isinstance(in_parts["plan.json"], bytes) and not isinstance(in_parts["cut-sheet.csv"], bytes)
    assert read_plan(plan_bytes(campus).decode()) == campus


@pytest.fixture
def written(campus: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the plan's data, whose plan.json counts as large."""
    monkeypatch.setattr(verify_folder_code, "LARGE_BYTES", 0)
    (tmp_path / "plan.json").write_bytes(plan_bytes(campus))
    (tmp_path / "cut-sheet.csv").write_text("".join(cut_sheet_parts(campus)), encoding="utf-8")
    (tmp_path / "bom.csv").write_text(bom_text(campus), encoding="utf-8")
    return tmp_path


def test_a_large_file_is_read_record_by_record(
    campus: Plan, written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert verify_folder_code.read_plan(written) == campus
    # By the same reading only: the other one is not asked.
    monkeypatch.setattr(verify_folder_code, "read_text", lambda path: pytest.fail("read as a whole"))
    assert verify_folder_code.read_plan(written) == campus
    assert verify_folder(written) == ()


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text.replace('"routed_mm":', '"note":1,"routed_mm":', 1),
        lambda text: text.replace('"routed_mm":', '"routed_mm":1,"routed_mm":', 1),
        lambda text: text.replace('"routed_mm":', '"routed_mm":"', 1).replace(
            ',"slack_mm"', '","slack_mm"', 1
        ),
        lambda text: text.replace(' "runs": [', ' "runs": [], "runs": [', 1),
        lambda text: text[: len(text) // 2],
    ],
    ids=["unknown-key", "key-twice", "text-for-number", "list-twice", "cut-off"],
)
def test_damage_of_a_large_file_is_found(written: Path, damage: Callable[[str], str]) -> None:
    path = written / "plan.json"
    text = path.read_text(encoding="utf-8")
    path.write_text(damage(text), encoding="utf-8")
    assert [one.code for one in verify_folder(written)] == ["damaged-file"]


def test_a_large_file_may_be_written_otherwise(campus: Plan, written: Path) -> None:
    path = written / "plan.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8"))), encoding="utf-8")
    assert verify_folder_code.read_plan(written) == campus
