"""Layouts: the shipped ones, what order and folders do not change, defaults, exchange rates."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import pytest
import yaml

from planner.errors import InputError
from planner.inputs.load import Inputs, find_layout, read_inputs
from planner.inputs.shipped import shipped_folder, shipped_names
from planner.model.fingerprint import fingerprint
from planner.model.layout import Level, PeersSpec, Spread, TiersSpec
from tests.test_campus import CAMPUSES

LAYOUTS = shipped_names("layouts")
ERRORS = Path(__file__).parent / "errors"
LARGEST_HALL_OF_A_SCREEN = 18


class TextLoader(yaml.SafeLoader):
    """Reads every scalar as the text it is."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}


def is_numbers(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) and item.isdecimal() for item in value)


def shuffled(value: Any, chance: random.Random) -> Any:
    if isinstance(value, dict):
        items = list(value.items())
        chance.shuffle(items)
        # Which unit of a pinned device serves which plane is told by their order.
        return {key: item if is_numbers(item) else shuffled(item, chance) for key, item in items}
    if isinstance(value, list):
        items = [shuffled(item, chance) for item in value]
        chance.shuffle(items)
        return items
    return value


def changed(tmp_path: Path, layout: str, *changes: tuple[str, str]) -> Inputs:
    text = (shipped_folder("layouts") / f"{layout}.yaml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "changed.yaml"
    path.write_text(text, encoding="utf-8")
    return read_inputs(path)


@cache
def shipped(name: str) -> Inputs:
    return read_inputs(find_layout(name))


@pytest.mark.parametrize("name", LAYOUTS)
def test_shipped_layout_reads(name: str) -> None:
    inputs = shipped(name)
    assert inputs.layout.name == name
    assert inputs.layout.title
    assert inputs.layout.provenance


@pytest.mark.parametrize("name", LAYOUTS)
def test_order_changes_nothing(name: str, tmp_path: Path) -> None:
    inputs = shipped(name)
    content = yaml.load(find_layout(name).read_text(encoding="utf-8"), Loader=TextLoader)
    for seed in range(1 if name in CAMPUSES else 5):  # a campus takes long to read, and says each thing once
        path = tmp_path / f"{name}.yaml"
        path.write_text(
            yaml.safe_dump(shuffled(content, random.Random(seed)), sort_keys=False), encoding="utf-8"
        )
        assert read_inputs(path) == inputs


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_hall_fits_on_one_screen(name: str) -> None:
    layout = shipped(name).layout
    racks = sum(position.is_decided for row in layout.rows for position in row.positions)
    if racks > LARGEST_HALL_OF_A_SCREEN:
        pytest.skip("a larger hall")
    lines = len(find_layout(name).read_text(encoding="utf-8").splitlines())
    assert lines <= 50 + 10 * (len(layout.fabrics) - 1)


@pytest.mark.parametrize("text", ["nvl576", "nvl576.yaml", "layouts/nvl576.yaml"])
def test_shipped_layouts_are_found_from_anywhere(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert read_inputs(find_layout(text)).layout.name == "nvl576"


def test_own_files_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nvl576").write_text("mine", encoding="utf-8")
    assert find_layout("nvl576") == Path("nvl576")


def test_unknown_layout_names_the_nearest() -> None:
    with pytest.raises(InputError, match="did you mean 'nvl576'"):
        find_layout("nvl567")


def test_sixteen_racks() -> None:
    layout = read_inputs(find_layout("nvl576")).layout
    positions = [position for row in layout.rows for position in row.positions]
    assert [row.name for row in layout.rows] == ["A", "B"]
    assert sum(position.is_decided for position in positions) == 16
    assert sum(bool(position.choices) and position.may_be_empty for position in positions) == 6
    assert layout.position("B07").x_mm == 1200 + 6 * 600
    (fabric,) = layout.fabrics
    assert isinstance(fabric, TiersSpec)
    assert (fabric.spread, fabric.oversubscription, fabric.racks) == (Spread.BALANCED, None, ())


def test_reserved_is_not_merely_empty() -> None:
    layout = read_inputs(find_layout("nvl576")).layout
    reserved = [one.address for row in layout.rows for one in row.positions if one.is_reserved]
    assert reserved == ["A03", "A08", "A10", "B03", "B08", "B10"]
    assert not any(layout.position(address).choices for address in reserved)
    assert not any(one.is_reserved for one in read_inputs(find_layout("nvl144")).layout.rows[0].positions)


def test_pair() -> None:
    (fabric,) = read_inputs(find_layout("nvl36x2")).layout.fabrics
    assert isinstance(fabric, PeersSpec)
    assert fabric.pairs == (("A01", "A02"),)


def hash_of(inputs: Inputs) -> str:
    return fingerprint(inputs.layout, inputs.catalog)


def test_hash_is_of_content_not_of_names(tmp_path: Path) -> None:
    inputs = read_inputs(find_layout("nvl144"))
    same = changed(tmp_path, "nvl144", ("1.2 m", "1200 mm"), ("# Four", "# Not four"))
    assert hash_of(same) == hash_of(inputs)
    assert replace(same.layout, name="nvl144") == inputs.layout
    assert hash_of(changed(tmp_path, "nvl144", ("x: 1.2 m", "x: 1.3 m"))) != hash_of(inputs)


def test_what_the_layout_says_is_no_default(tmp_path: Path) -> None:
    def of(inputs: Inputs) -> set[str]:
        return {record.field for record in inputs.layout.provenance}

    plain = read_inputs(find_layout("nvl144"))
    told = changed(
        tmp_path,
        "nvl144",
        ("pathways:\n", "pathways:\n  slack: {lateral: {per_end: 80 mm}}\n"),
        ("fabrics:\n", "economics:\n  labor: {per_run: 30 USD}\nfabrics:\n"),
    )
    assert of(plain) - of(told) == {"pathways.slack.lateral.per_end", "economics.labor.per_run"}
    assert told.layout.pathways.lateral_slack.per_end_mm == 80
    assert told.layout.economics.labor_per_run_cents == 3000
    assert told.layout.economics.labor_per_meter_cents == plain.layout.economics.labor_per_meter_cents


def test_exchange_rate_is_applied_and_dated(tmp_path: Path) -> None:
    rate = (
        "economics:\n  currency: EUR\n  exchange:\n    USD: {rate: 0.9, date: 2026-09-01, source: a bank}\n"
    )
    inputs = changed(tmp_path, "nvl36x2", ("fabrics:\n", rate + "fabrics:\n"))
    dollars = read_inputs(find_layout("nvl36x2"))
    assert inputs.layout.economics.currency == "EUR"
    assert inputs.layout.economics.labor_per_run_cents == 2250
    assert inputs.catalog.media[0].cable.stock[0].price.cents == 28980
    assert dollars.catalog.media[0].cable.stock[0].price.cents == 32200
    (record,) = [one for one in inputs.layout.provenance if one.subject == "exchange"]
    assert (record.field, record.value, record.date, record.source) == (
        "USD",
        "0.9 EUR",
        "2026-09-01",
        "a bank",
    )


def test_energy_price_per_kilowatt_hour(tmp_path: Path) -> None:
    inputs = changed(
        tmp_path, "nvl36x2", ("fabrics:\n", "economics:\n  energy: {price: 0.07 USD/kWh}\nfabrics:\n")
    )
    assert inputs.layout.economics.price_per_mwh_cents == 7000


def test_underfloor_trays_and_no_laterals(tmp_path: Path) -> None:
    inputs = changed(
        tmp_path,
        "nvl144",
        ("pathways:\n", "pathways:\n  laterals: null\n"),
        ("z: 2.5 m", "below_floor: 400 mm"),
    )
    (tray,) = inputs.layout.pathways.row_trays
    assert (tray.level, tray.z_mm) == (Level.UNDERFLOOR, -400)
    assert inputs.layout.pathways.laterals is None


def test_scalars_are_texts_not_yaml_types(tmp_path: Path) -> None:
    inputs = changed(tmp_path, "nvl36x2", ("NVL36x2, two NVL36 racks side by side", "1:30"))
    assert inputs.layout.title == "1:30"


def test_catalog_beside_the_layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (shipped_folder("catalogs") / "nvlink5.yaml").read_text(encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(
        text.replace("price: 20000 USD", "price: 19000 USD"), encoding="utf-8"
    )
    inputs = changed(tmp_path, "nvl144", ("[nvlink5,", "[mine.yaml,"))
    prices = [device.price.cents for device in inputs.catalog.device_types.values() if device.price]
    assert prices == [1_900_000]
