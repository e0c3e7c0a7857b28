"""Typed reading of one node: a value knows its place, its path of keys and whom to report to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from planner.errors import Where
from planner.inputs.findings import Findings, shown
from planner.inputs.source import ListNode, MappingNode, Node, ScalarNode
from planner.units import parse_quantity

LARGEST_QUANTITY = 10**12
"""Largest quantity in base units: sums of millions of them stay far inside 64 bits."""

_MAX_TEXT = 300
NAME = re.compile(r"[a-z0-9][a-z0-9.-]*")
Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(slots=True)
class ValueLog:
    """Values read below one path, as written; ``takes_texts`` also notes what is no number."""

    root: str
    takes_texts: bool = False
    entries: list[tuple[str, str, Where]] = field(default_factory=list)

    def note(self, path: str, text: str, where: Where) -> None:
        """Keep a value under its path relative to the root."""
        self.entries.append((path.removeprefix(self.root).removeprefix("."), text, where))


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A node and its path; the ``as_`` methods return a harmless value after reporting an error."""

    node: Node
    path: str
    findings: Findings
    log: ValueLog | None = None

    @property
    def where(self) -> Where:
        """Place and path for a finding."""
        return replace(self.node.where, path=self.path)

    def fail(self, code: str, message: str) -> None:
        """Report a finding at this value."""
        self.findings.add(code, message, self.where)

    @property
    def is_null(self) -> bool:
        """True where nothing, ``~`` or ``null`` is written."""
        return isinstance(self.node, ScalarNode) and self.node.is_null

    @property
    def is_list(self) -> bool:
        """True where a list is written."""
        return isinstance(self.node, ListNode)

    @property
    def is_mapping(self) -> bool:
        """True where keys are written."""
        return isinstance(self.node, MappingNode)

    def is_word(self, word: str) -> bool:
        """Tell whether just that word is written."""
        return isinstance(self.node, ScalarNode) and not self.node.is_null and self.node.text == word

    def kind(self) -> str:
        """Return what is written here, for a message."""
        if isinstance(self.node, ScalarNode):
            return "nothing" if self.node.is_null else shown(self.node.text)
        return "a list" if self.is_list else "keys"

    def _scalar(self, expected: str, *, is_number: bool) -> str | None:
        if not isinstance(self.node, ScalarNode) or self.node.is_null:
            self.fail("wrong-type", f"found {self.kind()}, expected {expected}")
            return None
        if self.log is not None and (is_number or self.log.takes_texts):
            self.log.note(self.path, self.node.text, self.where)
        return self.node.text

    def as_text(self, expected: str = "a text") -> str:
        """Read one line of text."""
        text = self._scalar(expected, is_number=False)
        if text is None:
            return ""
        if not text.strip() or not text.isprintable() or len(text) > _MAX_TEXT:
            self.fail("bad-text", f"expected one line of text, at most {_MAX_TEXT} characters")
        return text

    def as_number_text(self, expected: str) -> str:
        """Read a text that holds a number in a form of its own; "" after an error."""
        return self._scalar(expected, is_number=True) or ""

    def as_name(self, expected: str = "a name") -> str:
        """Read an id: lower case letters, digits, dots and hyphens."""
        text = self._scalar(expected, is_number=False)
        if text is not None and not NAME.fullmatch(text):
            message = f"found {shown(text)}, expected {expected}: a-z, 0-9, '.' and '-'"
            self.fail("bad-name", message)
        return text or ""

    def as_choice(self, choices: type[Choice]) -> Choice:
        """Read one of an enumeration's values."""
        names = [choice.value for choice in choices]
        text = self._scalar(f"one of {', '.join(names)}", is_number=False)
        if text is None:
            return next(iter(choices))
        if text not in names:
            message = f"found {shown(text)}, expected one of {', '.join(names)}"
            self.fail("unknown-choice", message)
            return next(iter(choices))
        return choices(text)

    def as_integer(self, lowest: int = 0, highest: int = 10**6) -> int:
        """Read a whole number written in digits."""
        expected = f"a whole number from {lowest} to {highest}"
        text = self._scalar(expected, is_number=True)
        if text is None:
            return lowest
        number = int(text) if re.fullmatch(r"[0-9]{1,12}", text) else -1
        if not lowest <= number <= highest:
            self.fail("bad-number", f"found {shown(text)}, expected {expected}")
            return lowest
        return number

    def as_quantity(self, scale: dict[str, Decimal], example: str, lowest: int = 0) -> int:
        """Read a number with a unit as an integer count of base units."""
        text = self._scalar(
            f"a number and a unit ({', '.join(scale)}), for instance '{example}'", is_number=True
        )
        if text is None:
            return lowest
        try:
            quantity = parse_quantity(text, scale)
        except ValueError as error:
            self.fail("bad-quantity", f"found {shown(text)}, {error}, for instance '{example}'")
            return lowest
        if quantity < lowest or quantity > LARGEST_QUANTITY:
            reason = "more than nothing" if quantity < lowest else "a quantity of this world"
            self.fail("bad-quantity", f"found {shown(text)}, expected {reason}, for instance '{example}'")
            return lowest
        return quantity

    def as_items(self, expected: str) -> list[Value]:
        """Read a list."""
        if not isinstance(self.node, ListNode):
            self.fail("wrong-type", f"found {self.kind()}, expected {expected}")
            return []
        return [
            Value(node=item, path=f"{self.path}[{index}]", findings=self.findings, log=self.log)
            for index, item in enumerate(self.node.items)
        ]

    def as_entries(self, expected: str) -> list[tuple[str, Value]]:
        """Read a mapping whose keys are the user's own names, in file order."""
        if not isinstance(self.node, MappingNode):
            self.fail("wrong-type", f"found {self.kind()}, expected {expected}")
            return []
        return [(key, self._child(key, node)) for key, node in self.node.entries.items()]

    def _child(self, key: str, node: Node) -> Value:
        path = f"{self.path}.{key}" if self.path else key
        return Value(node=node, path=path, findings=self.findings, log=self.log)

    def child(self, key: str) -> Value | None:
        """Return the value of a key, None where this is no mapping or has no such key."""
        if not isinstance(self.node, MappingNode) or key not in self.node.entries:
            return None
        return self._child(key, self.node.entries[key])

    def logging_to(self, log: ValueLog) -> Value:
        """Return this value, noting what is read below it."""
        return Value(node=self.node, path=self.path, findings=self.findings, log=log)
