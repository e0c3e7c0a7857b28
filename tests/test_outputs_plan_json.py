"""plan.json: equal when read back, checked by its schema, refused when damaged."""

from __future__ import annotations

import json
from collections.abc import Callable

import jsonschema
import pytest

from planner.errors import InputError
from planner.outputs.plan_json import plan_text, read_plan
from planner.outputs.schema import schema_from_model, schema_text
from tests.sample_plan import big_plan, small_plan


@pytest.fixture(scope="module")
def text() -> str:
    return plan_text(small_plan())


def test_reads_back_equal(text: str) -> None:
    assert read_plan(text) == small_plan()
    assert plan_text(read_plan(text)) == text


def test_large_plan_reads_back_equal() -> None:
    plan = big_plan()
    assert read_plan(plan_text(plan)) == plan


def test_one_line_a_run(text: str) -> None:
    plan = small_plan()
    lines = [line for line in text.split("\n") if '"cable_id"' in line]
    assert len(lines) == len(plan.runs)
    assert [json.loads(line.rstrip(","))["cable_id"] for line in lines] == [run.cable_id for run in plan.runs]
    assert max(map(len, text.split("\n"))) < 2000


def test_schema_is_that_of_the_model() -> None:
    assert json.loads(schema_text()) == json.loads(schema_from_model())


def test_schema_accepts_a_plan_and_refuses_unknown_keys(text: str) -> None:
    validator = jsonschema.Draft202012Validator(json.loads(schema_text()))
    validator.check_schema(validator.schema)
    value = json.loads(text)
    validator.validate(value)
    value["runs"][0]["color"] = "red"
    assert not validator.is_valid(value)


def _without(*path: str | int) -> Callable[[dict], None]:
    def edit(value: dict) -> None:
        for key in path[:-1]:
            value = value[key]
        del value[path[-1]]

    return edit


def _with(new: object, *path: str | int) -> Callable[[dict], None]:
    def edit(value: dict) -> None:
        for key in path[:-1]:
            value = value[key]
        value[path[-1]] = new

    return edit


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (
            _with(3, "format_version"),
            "p.json: error: plan of format version 3; this planner reads version 7 [unknown-plan-version]",
        ),
        (
            _with(True, "format_version"),
            "p.json: error: plan of format version true; this planner reads version 7 [unknown-plan-version]",
        ),
        (
            _without("format_version"),
            "p.json: error: this is not a plan: it has no format_version [not-a-plan]",
        ),
        (_without("solve", "gap"), "p.json: solve.gap: error: Field required [damaged-plan]"),
        (
            _with("3", "runs", 2, "plane"),
            "p.json: runs.2.plane: error: Input should be a valid integer [damaged-plan]",
        ),
        (
            _with("air", "runs", 0, "route_kind"),
            "p.json: runs.0.route_kind: error: Input should be 'lateral', 'overhead' or 'underfloor' "
            "[damaged-plan]",
        ),
        (
            _with(1, "totals", "extra"),
            "p.json: totals.extra: error: a key or value that no plan has [damaged-plan]",
        ),
    ],
)
def test_refuses_damage(text: str, edit: Callable[[dict], None], message: str) -> None:
    value = json.loads(text)
    edit(value)
    with pytest.raises(InputError) as caught:
        read_plan(json.dumps(value), "p.json")
    assert [str(finding) for finding in caught.value.findings] == [message]


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda text: "", "plan.json:1:1: error: not JSON: Expecting value [damaged-plan]"),
        (lambda text: "[]", "plan.json: error: this is not a plan: it has no format_version [not-a-plan]"),
        (lambda text: text[: len(text) // 2], "error: not JSON:"),
        (lambda text: "[" * 100_000, "error: not JSON that a plan can be"),
        (lambda text: text.replace('"seed": 0', '"seed": 0, "seed": 0'), "key 'seed' appears twice"),
        (lambda text: text.replace('"seed": 0', '"seed": NaN'), "damaged-plan"),
        (lambda text: text.replace('"seed": 0', f'"seed": 1{"0" * 5000}'), "damaged-plan"),
    ],
)
def test_refuses_what_is_no_plan(text: str, damage: Callable[[str], str], message: str) -> None:
    with pytest.raises(InputError) as caught:
        read_plan(damage(text))
    assert message in str(caught.value)


def test_many_faults_are_counted(text: str) -> None:
    value = json.loads(text)
    for run in value["runs"]:
        run["plane"] = "x"
    with pytest.raises(InputError) as caught:
        read_plan(json.dumps(value))
    assert len(caught.value.findings) == 11
    assert "14 more values are wrong" in str(caught.value)
