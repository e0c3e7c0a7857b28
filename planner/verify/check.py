"""Checks a whole plan: every family of rules in turn, all findings at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path

from planner.errors import Finding
from planner.forked_turns import in_turns
from planner.model.plan import FORMAT_VERSION, Plan
from planner.verify.arrangement import check_arrangement
from planner.verify.check_pins import check_pins
from planner.verify.ends import check_ends
from planner.verify.fill import check_fill
from planner.verify.ground import Ground, fault, survey
from planner.verify.inputs_hash import check_inputs_hash
from planner.verify.installation import check_installation
from planner.verify.labels import check_labels
from planner.verify.lengths import check_lengths
from planner.verify.light import check_light
from planner.verify.money import check_money
from planner.verify.power import check_power
from planner.verify.proof import check_proof
from planner.verify.resilience import check_resilience
from planner.verify.shares import check_shares
from planner.verify.sizes import check_sizes
from planner.verify.slots import check_slots
from planner.verify.spread import check_spread
from planner.verify.supply import check_supply

_FEWEST_RUNS_OF_TWO = 20_000
"""Runs of a plan that takes so long to check that a second process pays."""

FAMILIES: tuple[Callable[[Ground], Iterator[Finding]], ...] = (
    check_ends,
    check_shares,
    check_spread,
    check_resilience,
    check_pins,
    check_slots,
    check_arrangement,
    check_power,
    check_lengths,
    check_light,
    check_fill,
    check_money,
    check_supply,
    check_labels,
    check_installation,
    check_proof,
    check_inputs_hash,
)


_LONGEST = (check_lengths, check_proof)
"""What takes longest of a large plan, and must not be begun last."""


def verify_plan(plan: Plan) -> tuple[Finding, ...]:
    """Check a plan against the rules, from its embedded inputs alone.

    Returns
    -------
    tuple of Finding
        Empty for a good plan. Each pathway segment that a plan overfills, each rack or row that draws too
        much, each device that light is too weak behind and each part that is short gets a blocking finding.
    """
    return _checked(plan, list)


def verify_folder(folder: Path) -> tuple[Finding, ...]:
    """Check the plan in a folder, and that its tables say what the plan says.

    Returns
    -------
    tuple of Finding
        Those of ``verify_plan``, and what is missing, damaged or different among the files.
    """
    # pydantic takes longer to load than a small plan to check; only files need it.
    from planner.verify.folder import check_tables, read_plan

    plan = read_plan(folder)
    if isinstance(plan, Finding):
        return (plan,)
    return _checked(plan, lambda: list(check_tables(folder, plan)))


def _checked(plan: Plan, check_files: Callable[[], list[Finding]]) -> tuple[Finding, ...]:
    """Check a plan, and what else there is; a large one in two processes."""
    if plan.format_version != FORMAT_VERSION:
        message = f"plan.json has format version {plan.format_version}, expected {FORMAT_VERSION}"
        return fault("wrong-version", message), *check_files()
    absurd = tuple(check_sizes(plan))
    if absurd:
        return *absurd, *check_files()
    ground = survey(plan)
    families = sorted(FAMILIES, key=lambda family: family not in _LONGEST)
    tasks: list[Callable[[], list[Finding]]] = [check_files]
    tasks += [partial(_found, family, ground) for family in families]
    of_files, *found = in_turns(tasks, are_long=len(plan.runs) >= _FEWEST_RUNS_OF_TWO)
    of_plan = dict(zip(families, found, strict=True))
    # Findings about the plan are told before those about its files.
    return tuple(chain.from_iterable([*map(of_plan.__getitem__, FAMILIES), of_files]))


def _found(family: Callable[[Ground], Iterator[Finding]], ground: Ground) -> list[Finding]:
    found: list[Finding] = []
    try:
        found.extend(family(ground))
    except Exception as error:
        # A plan may be damaged in ways nobody foresaw: whoever verifies it needs to hear of the
        # other rules, and that this family was not checked to its end.
        name = family.__name__.removeprefix("check_")
        finding = fault(
            "not-checked", f"the check of {name} stopped at damaged data: {type(error).__name__}: {error}"
        )
        found.append(finding)
    return found
