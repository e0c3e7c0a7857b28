"""Typed reading of mappings with fixed keys: missing and unknown ones are reported, defaults step in."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from planner.inputs.findings import nearest, shown
from planner.inputs.source import MappingNode
from planner.inputs.values import Choice, Value
from planner.units import LENGTH_MM, LOSS_MDB, POWER_MW, RATE_GBPS, SHARE_PERMILLE, WEIGHT_G

_EXAMPLES = {"mm": "600 mm", "W": "33 kW", "g": "1.36 t", "G": "200 Gb/s", "%": "40 %", "dB": "2.5 dB"}


class Record:
    """A mapping of fixed keys, with the defaults for those that the file leaves out."""

    def __init__(self, value: Value, fallback: Record | None = None, *, is_usable: bool = True) -> None:
        self.value = value
        self.fallback = fallback
        self._is_usable = is_usable
        self._known: set[str] = set()

    def get(self, key: str) -> Value | None:
        """Return the value of a key, the default's, or None; the key is known from now on."""
        self._known.add(key)
        own = self.value.child(key)
        if own is not None:
            return own
        return self.fallback.get(key) if self.fallback else None

    def has(self, key: str) -> bool:
        """Tell whether the file or the defaults write the key; it is known from now on."""
        return self.get(key) is not None

    def need(self, key: str) -> Value | None:
        """Return the value of a key; report where there is none."""
        value = self.get(key)
        if value is None and self._is_usable:
            self.value.fail("missing-key", f"'{key}' is missing here")
        return value

    def record(self, key: str) -> Record:
        """Return the mapping below a key, with the defaults' mapping behind it."""
        self._known.add(key)
        below = self.fallback.record(key) if self.fallback and self.fallback.has(key) else None
        own = self.value.child(key)
        if own is None:
            if below is None and self._is_usable:
                self.value.fail("missing-key", f"'{key}' is missing here")
            empty = Value(
                node=MappingNode(where=self.value.node.where),
                path=f"{self.value.path}.{key}".removeprefix("."),
                findings=self.value.findings,
                log=self.value.log,
            )
            return Record(empty, below, is_usable=below is not None)
        return record_of(own, "keys", below)

    def finish(self) -> None:
        """Report keys that nobody asked for."""
        node = self.value.node
        if not isinstance(node, MappingNode):
            return
        absent = self._known - set(node.entries)
        for key in node.entries:
            if key not in self._known:
                place = replace(node.keys[key], path=f"{self.value.path}.{key}".removeprefix("."))
                message = f"unknown key {shown(key)}{nearest(key, self._known, absent)}"
                self.value.findings.add("unknown-key", message, place)

    def text(self, key: str) -> str:
        """Read a text that must be there."""
        value = self.need(key)
        return value.as_text() if value else ""

    def optional_text(self, key: str) -> str | None:
        """Read a text that may be missing or null."""
        value = self.get(key)
        return None if value is None or value.is_null else value.as_text()

    def name(self, key: str) -> str:
        """Read an id that must be there."""
        value = self.need(key)
        return value.as_name() if value else ""

    def choice(self, key: str, choices: type[Choice]) -> Choice:
        """Read an enumeration's value that must be there."""
        value = self.need(key)
        return value.as_choice(choices) if value else next(iter(choices))

    def integer(self, key: str, lowest: int = 0, highest: int = 10**6) -> int:
        """Read a whole number that must be there."""
        value = self.need(key)
        return value.as_integer(lowest, highest) if value else lowest

    def optional_integer(self, key: str, absent: int, lowest: int = 0, highest: int = 10**6) -> int:
        """Read a whole number that may be missing."""
        value = self.get(key)
        return value.as_integer(lowest, highest) if value else absent

    def quantity(self, key: str, scale: dict[str, Decimal], example: str, lowest: int = 0) -> int:
        """Read a quantity that must be there."""
        value = self.need(key)
        return value.as_quantity(scale, example, lowest) if value else lowest

    def length_mm(self, key: str, lowest: int = 0) -> int:
        """Read a length."""
        return self.quantity(key, LENGTH_MM, _EXAMPLES["mm"], lowest)

    def power_milliwatts(self, key: str) -> int:
        """Read a power."""
        return self.quantity(key, POWER_MW, _EXAMPLES["W"])

    def weight_g(self, key: str) -> int:
        """Read a weight."""
        return self.quantity(key, WEIGHT_G, _EXAMPLES["g"])

    def rate_gbps(self, key: str) -> int:
        """Read a rate."""
        return self.quantity(key, RATE_GBPS, _EXAMPLES["G"])

    def optional_loss_mdb(self, key: str) -> int | None:
        """Read what light loses or may lose, which may be missing."""
        value = self.get(key)
        return value.as_quantity(LOSS_MDB, _EXAMPLES["dB"]) if value else None

    def share_permille(self, key: str, highest: int = 1000) -> int:
        """Read a share; the planner resolves tenths of a percent."""
        value = self.need(key)
        if value is None:
            return 0
        share = value.as_quantity(SHARE_PERMILLE, _EXAMPLES["%"])
        if share > highest:
            message = f"found {value.kind()}, expected at most {highest // 10} %"
            value.fail("bad-quantity", message)
        return share


def record_of(value: Value, expected: str, fallback: Record | None = None) -> Record:
    """Read a value as a mapping of fixed keys; finish it with ``Record.finish``."""
    if isinstance(value.node, MappingNode):
        return Record(value, fallback)
    value.fail("wrong-type", f"found {value.kind()}, expected {expected}")
    empty = replace(value, node=MappingNode(where=value.node.where))
    return Record(empty, fallback, is_usable=False)
