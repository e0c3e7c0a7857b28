"""plan.json: the whole plan for programs, written and read back equal."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn

from planner.errors import Finding, InputError, Where
from planner.model.plan import FORMAT_VERSION, BomLine, CableRun, Plan, PlanDevice, SegmentFill

if TYPE_CHECKING:
    from pydantic import TypeAdapter

FILE_NAME = "plan.json"
_LINE_CHARACTERS = 110
_RECORD_DEPTH = 2
_SHOWN_FAULTS = 10
_RECORDS_A_PART = 1000


def plan_text(plan: Plan) -> str:
    """Return the plan as JSON in the model's order: one line a run, device, segment or BOM line."""
    return plan_bytes(plan).decode()


def plan_bytes(plan: Plan) -> bytes:
    """Return ``plan_text`` encoded."""
    return b"".join(plan_parts(plan))


def plan_parts(plan: Plan) -> Iterator[bytes]:
    """Yield ``plan_bytes`` part by part, so that a large plan need not be in memory twice."""
    for number, field in enumerate(fields(plan)):
        yield (b",\n" if number else b"{\n") + f" {_compact(field.name)}: ".encode()
        yield from _member(plan, field.name)
    yield b"\n}\n"


def _member(plan: Plan, name: str) -> Iterator[bytes]:
    values = getattr(plan, name)
    write = _record_writers().get(type(values[0])) if isinstance(values, tuple) and values else None
    if write is None:
        yield _formatted(plan_adapter().dump_python(plan, mode="json", include={name})[name], " ").encode()
        return
    yield b"[\n"
    for start in range(0, len(values), _RECORDS_A_PART):
        part = b",\n".join([b"  " + write(one) for one in values[start : start + _RECORDS_A_PART]])
        yield (b",\n" if start else b"") + part
    yield b"\n ]"


def read_plan(text: str, file: str = FILE_NAME) -> Plan:
    """Read what ``plan_text`` wrote.

    Parameters
    ----------
    text
        The file's text.
    file
        Its name, for findings.

    Raises
    ------
    InputError
        The text is no plan of this version: what is wrong, and where.
    """
    plan = _as_written(text)
    return plan if plan is not None else _examined(text, file)


def _as_written(text: str) -> Plan | None:
    """Read a plan that stands letter for letter as it is written; None where anything is amiss."""
    from pydantic import ValidationError

    try:
        plan = plan_adapter().validate_json(text, strict=True)
        is_same = plan.format_version == FORMAT_VERSION and plan_bytes(plan) == text.encode()
    except (ValidationError, UnicodeEncodeError):
        return None
    return plan if is_same else None


def _examined(text: str, file: str) -> Plan:
    """Read a plan value by value, so that what is wrong with it can be told."""
    value = _parsed(text, file)
    if not isinstance(value, dict) or "format_version" not in value:
        _refuse(file, "not-a-plan", "this is not a plan: it has no format_version")
    version = value["format_version"]
    if version != FORMAT_VERSION or isinstance(version, bool):
        message = f"plan of format version {_short(version)}; this planner reads version {FORMAT_VERSION}"
        _refuse(file, "unknown-plan-version", message)
    plan = _validated(text, file)
    unknown = _first_difference(value, plan_adapter().dump_python(plan, mode="json"), "")
    if unknown is not None:
        _refuse(file, "damaged-plan", "a key or value that no plan has", unknown)
    return plan


@cache
def plan_adapter() -> TypeAdapter[Plan]:
    """Return the reader and writer of plans, built once: building takes longer than reading."""
    from pydantic import TypeAdapter

    return TypeAdapter(Plan)


@cache
def _record_writers() -> dict[type, Callable[[Any], bytes]]:
    from pydantic import TypeAdapter

    return {kind: TypeAdapter(kind).dump_json for kind in (PlanDevice, CableRun, SegmentFill, BomLine)}


def _parsed(text: str, file: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_unique_keys)
    except json.JSONDecodeError as error:
        where = Where(file=file, line=error.lineno, column=error.colno)
        finding = Finding(code="damaged-plan", message=f"not JSON: {error.msg}", where=where)
        raise InputError([finding]) from None
    except (ValueError, RecursionError) as error:
        _refuse(file, "damaged-plan", f"not JSON that a plan can be: {error}")


def _unique_keys(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        repeated = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"key '{repeated}' appears twice")
    return found


def _validated(text: str, file: str) -> Plan:
    from pydantic import ValidationError

    try:
        return plan_adapter().validate_json(text, strict=True)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False, include_context=False)
        findings = [
            Finding(code="damaged-plan", message=fault["msg"], where=_where(file, fault["loc"]))
            for fault in faults[:_SHOWN_FAULTS]
        ]
        if len(faults) > _SHOWN_FAULTS:
            rest = f"{len(faults) - _SHOWN_FAULTS} more values are wrong"
            findings.append(Finding(code="damaged-plan", message=rest, where=Where(file=file)))
        raise InputError(findings) from None


def _where(file: str, location: Sequence[int | str]) -> Where:
    return Where(file=file, path=".".join(str(part) for part in location))


def _first_difference(found: Any, known: Any, path: str) -> str | None:
    """Return the path of the first value read that would not be written again, None if all would."""
    if isinstance(found, dict) and isinstance(known, dict):
        pairs = [(key, found[key], known.get(key, _ABSENT)) for key in found]
    elif isinstance(found, list) and isinstance(known, list) and len(found) == len(known):
        pairs = [(str(index), *pair) for index, pair in enumerate(zip(found, known, strict=True))]
    else:
        return None if found == known else path
    for key, one, other in pairs:
        difference = _first_difference(one, other, f"{path}.{key}" if path else key)
        if difference is not None:
            return difference
    return None


_ABSENT = object()


def _refuse(file: str, code: str, message: str, path: str = "") -> NoReturn:
    raise InputError([Finding(code=code, message=message, where=Where(file=file, path=path))])


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 20 else text[:20] + "..."


def _formatted(value: Any, indent: str, *, is_element: bool = False) -> str:
    """Write JSON so that diffs show what changed: long values line by line, records on one line."""
    if not isinstance(value, (dict, list)) or not value:
        return _compact(value)
    if is_element and not _is_deeper(value, _RECORD_DEPTH):
        return _compact(value)
    if not _is_deeper(value, 1):
        line = _compact(value)
        if len(line) <= _LINE_CHARACTERS:
            return line
    inner = indent + " "
    if isinstance(value, dict):
        items = [f"{inner}{_compact(key)}: {_formatted(one, inner)}" for key, one in value.items()]
        opening, closing = "{", "}"
    else:
        items = [inner + _formatted(one, inner, is_element=True) for one in value]
        opening, closing = "[", "]"
    return opening + "\n" + ",\n".join(items) + "\n" + indent + closing


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _is_deeper(value: Any, levels: int) -> bool:
    """Tell whether lists and objects lie in each other over more levels than that."""
    if not isinstance(value, (dict, list)):
        return False
    members = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_is_deeper(one, levels - 1) for one in members)
