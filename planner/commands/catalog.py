"""``planner catalog``: list parts, media profiles and assumptions."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterable, Iterator

from planner.commands.outcome import Outcome
from planner.commands.tables import align
from planner.inputs.browse import Shelf, read_shelf
from planner.inputs.library import Library
from planner.inputs.load import find_layout
from planner.model.catalog import DeviceType, RackType
from planner.model.evidence import Basis, Price
from planner.model.media import CableFamily, MediaOption, Plug
from planner.units import format_m, money

Row = tuple[str, str, str, str, str, str]
NOT_PUBLIC = "-"


def run(arguments: Namespace, _progress: Callable[[str], None]) -> Outcome:
    """Show the sections that are asked for, by default all."""
    shelf = read_shelf(find_layout(arguments.layout) if arguments.layout else None)
    sections = {
        "parts": _parts,
        "profiles": _profiles,
        "assumptions": _assumptions,
    }
    wanted = [name for name in sections if getattr(arguments, name)] or list(sections)
    texts = ["\n".join([f"{name}:", *(f"  {line}" for line in sections[name](shelf))]) for name in wanted]
    return Outcome("\n\n".join(texts))


def _parts(shelf: Shelf) -> list[str]:
    library = shelf.library
    rows: list[Row] = [("id", "kind", "part number", f"price ({shelf.currency})", "basis", "description")]
    rows += [_bought("rack", library.rack_types[key]) for key in sorted(library.rack_types)]
    rows += [
        _bought(library.device_types[key].category, library.device_types[key])
        for key in sorted(library.device_types)
    ]
    for key in sorted(library.media):
        rows += _medium(key, library)
    rows += [_family("cord", library.cords[key]) for key in sorted(library.cords)]
    return align(rows, right=(3,))


def _bought(kind: str, part: RackType | DeviceType) -> Row:
    price, basis = _price(part.price)
    return part.id, kind, part.part_number or NOT_PUBLIC, price, basis, part.description


def _medium(key: str, library: Library) -> Iterator[Row]:
    """Yield the row of a cable, transceiver or join; options that a transceiver brings along have none."""
    option = library.media[key]
    if key in library.joins:
        yield _join(option, is_one_part=option.cable.id == key)
    elif option.plugs[0].transceiver is None:
        yield _family(option.medium.value, option.cable)
    elif key in library.transceivers:
        module = option.plugs[0].transceiver
        price, basis = _price(module.price)
        yield module.id, "transceiver", module.part_number or NOT_PUBLIC, price, basis, module.description


def _join(option: MediaOption, *, is_one_part: bool) -> Row:
    """Say what is at both ends; only a cable with its plugs is bought under the join's own id."""
    ends = " to ".join(_end(plug) for plug in option.plugs)
    shared = f", one for {option.runs_per_cable} runs" if option.runs_per_cable > 1 else ""
    if is_one_part:
        row = _family(option.medium.value, option.cable)
        return *row[:5], f"{row[5]}: {ends}{shared}"
    return option.id, "join", NOT_PUBLIC, NOT_PUBLIC, NOT_PUBLIC, f"{ends}, {option.cable.id}{shared}"


def _end(plug: Plug) -> str:
    what = plug.transceiver.id if plug.transceiver else _connector(plug)
    return f"{what} ({plug.runs} runs)" if plug.runs > 1 else what


def _connector(plug: Plug) -> str:
    return f"{plug.connector.form} {plug.connector.thermal}"


def _family(kind: str, family: CableFamily) -> Row:
    first, last = family.stock[0], family.stock[-1]
    numbers = [item.part_number for item in family.stock if item.part_number]
    prices = sorted(item.price.cents for item in family.stock)
    span = money(prices[0]) if prices[0] == prices[-1] else f"{money(prices[0])} to {money(prices[-1])}"
    lengths = (
        f"{len(family.stock)} lengths from {format_m(first.length_mm)} to {format_m(last.length_mm)} m"
        if len(family.stock) > 1
        else f"{format_m(first.length_mm)} m"
    )
    return (
        family.id,
        kind,
        numbers[0] + (" ..." if len(numbers) > 1 else "") if numbers else NOT_PUBLIC,
        span,
        first.price.basis.value,
        f"{family.description}, {lengths}",
    )


def _price(price: Price | None) -> tuple[str, str]:
    return (money(price.cents), price.basis.value) if price else (NOT_PUBLIC, NOT_PUBLIC)


def _profiles(shelf: Shelf) -> Iterator[str]:
    for name in sorted(shelf.library.profiles):
        yield f"{name}:"
        rows = [("medium", "part", "connector", "lanes", "runs", "reach (m)", "W an end")]
        for part, _ in shelf.library.profiles[name]:
            option = shelf.library.media[part]
            rows.append(
                (
                    option.medium.value,
                    option.id,
                    _ends(_connector(plug) for plug in option.plugs),
                    _ends(f"{plug.lanes} x {option.lane_rate_gbps}G" for plug in option.plugs),
                    _ends(str(plug.runs) for plug in option.plugs),
                    format_m(option.reach_mm),
                    _ends(f"{plug.power_milliwatts / 1000:g}" for plug in option.plugs),
                )
            )
        yield from (f"  {line}" for line in align(rows, right=(5, 6)))


def _ends(texts: Iterable[str]) -> str:
    """Return what both ends have in common, else one after the other."""
    return " / ".join(dict.fromkeys(texts))


def _assumptions(shelf: Shelf) -> list[str]:
    known = [*shelf.defaults]
    for part in sorted(shelf.library.provenance):
        known += shelf.library.provenance[part]
    rows = [("of", "what", "value", "source")]
    rows += [
        (one.subject, one.field, one.value, one.source) for one in known if one.basis is Basis.ASSUMPTION
    ]
    return align(rows)
