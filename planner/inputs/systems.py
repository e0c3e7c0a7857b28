"""Systems as a sizing catalog describes them: blocks, uplinks, cabled tiers."""

from __future__ import annotations

from planner.inputs.fields import Record, record_of
from planner.inputs.library import PartReader
from planner.inputs.parts import read_connector
from planner.inputs.starters import read_starter
from planner.inputs.values import Value
from planner.model.cages import CageGroup, Connector, Face
from planner.model.layout import Spread
from planner.model.sizing import Block, CabledTier, Join, LowerUnit, Network, System, Uplinks
from planner.units import RATE_GBPS

MOST_BLOCKS = 10**6
MOST_TIERS = 8


def read_system(part: PartReader) -> System:
    """Read one system; its provenance follows when the part is closed."""
    record = part.record
    uplinks, tiers = record.get("uplinks"), record.get("tiers")
    limit, spread = record.get("max_gpus"), record.get("spread")
    block = _read_block(record.record("block"))
    cabled = tuple(_read_tier(name, value) for name, value in tiers.as_entries("tiers")) if tiers else ()
    if tiers and not uplinks:
        tiers.fail("missing-key", "cabled tiers need 'uplinks', what the blocks send up")
    return System(
        id=part.id,
        description=record.text("description"),
        generation=record.name("generation"),
        network=record.choice("network", Network),
        gpu_gbps=record.rate_gbps("gpu_bandwidth"),
        max_gpus=limit.as_integer(1) if limit else None,
        block=block,
        uplinks=_read_uplinks(uplinks, block) if uplinks else None,
        tiers=cabled,
        tier_counts=_read_tier_counts(record.get("tier_counts"), block, len(cabled)),
        spread=spread.as_choice(Spread) if spread else Spread.BALANCED,
        starter=read_starter(record.record("layout"), cabled) if record.has("layout") else None,
        provenance=(),
    )


def _read_block(record: Record) -> Block:
    tier = record.optional_text("tier") or ""
    asics, trays = record.get("asics"), record.get("trays")
    block = Block(
        name=record.name("name"),
        gpus=record.integer("gpus", 1),
        count=record.integer("count", 1, MOST_BLOCKS),
        tier=tier,
        asics=asics.as_integer() if asics else 0,
        trays=trays.as_integer() if trays else 0,
    )
    if bool(tier) != bool(block.asics):
        record.value.fail(
            "missing-key", "'tier' names the switches inside, 'asics' counts them: both or none"
        )
    record.finish()
    return block


def _read_uplinks(value: Value, block: Block) -> Uplinks:
    record = record_of(value, "the fields of uplinks")
    connector = record.need("connector")
    shared = record.get("runs_per_cable")
    runs = record.integer("runs", 1)
    unit = record.choice("unit", LowerUnit)
    uplinks = Uplinks(
        runs=runs,
        unit=unit,
        runs_per_cable=shared.as_integer(1, 64) if shared else 1,
        cage=CageGroup(
            name="uplinks",
            count=runs,
            connector=read_connector(connector) if connector else Connector(form="", thermal=""),
            protocol=record.name("protocol"),
            face=Face.FRONT,
            ports=1,
            links=1,
            lanes=record.integer("lanes", 1, 64),
            lane_rate_gbps=record.quantity("lane_rate", RATE_GBPS, "200 Gb/s", 1),
            asic_of_cage=(),
        ),
    )
    units = block.units(unit)
    if not units or runs % units:
        value.fail("uneven-uplinks", f"{runs} runs of a {block.name} do not divide among its {units} units")
    record.finish()
    return uplinks


def _read_tier(name: str, value: Value) -> CabledTier:
    record = record_of(value, "the fields of a tier")
    tier = CabledTier(
        name=name,
        join=record.choice("join", Join),
        asics=record.integer("asics", 1, 64),
        ports=record.integer("ports", 1),
        unit=record.choice("unit", LowerUnit),
    )
    if tier.unit is LowerUnit.ASIC and tier.ports % tier.asics:
        value.fail("uneven-ports", f"{tier.ports} ports do not divide among {tier.asics} ASICs")
    record.finish()
    return tier


def _read_tier_counts(value: Value | None, block: Block, cabled: int) -> tuple[int, ...]:
    inner = 1 if block.asics else 0
    if value is None:
        return (inner + cabled,)
    counts = tuple(item.as_integer(1, MOST_TIERS) for item in value.as_items("numbers of tiers"))
    if not counts or not all(inner + bool(cabled) <= count <= inner + cabled for count in counts):
        value.fail("bad-tiers", f"expected numbers from {inner + bool(cabled)} to {inner + cabled}")
        return (inner + cabled,)
    return counts
