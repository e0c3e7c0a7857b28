"""``planner explain``: why a cable, rack or segment is as it is."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterator

from planner.commands.interruptible import run_interruptibly
from planner.commands.outcome import Outcome
from planner.commands.tables import align
from planner.many_plans import plans_of
from planner.model.explanation import Explanation, OtherChoice
from planner.outputs.explanation import explanation_json
from planner.second_look import explain
from planner.units import money


def run(arguments: Namespace, progress: Callable[[str], None]) -> Outcome:
    """Show the facts, what else could be, the rule that binds and what would flip the choice."""

    def explained() -> Explanation:
        ((_, plan),) = plans_of([arguments.plan], progress)
        return explain(plan, arguments.subject)

    explanation = run_interruptibly(explained)
    return Outcome(explanation_json(explanation) if arguments.json else "\n".join(_lines(explanation)))


def _lines(explanation: Explanation) -> Iterator[str]:
    yield f"{explanation.kind} {explanation.subject}"
    yield from (f"  {fact}" for fact in explanation.facts)
    if explanation.choices:
        yield ""
        yield f"choices, {explanation.currency}:"
        yield from align([_row(choice) for choice in explanation.choices], right=(2,))
    yield ""
    yield f"what binds: {explanation.rule}"
    if explanation.flips:
        yield "what would flip it:"
        yield from (f"  {flip.sentence}" for flip in explanation.flips)


def _row(choice: OtherChoice) -> tuple[str, ...]:
    cents = "-" if choice.cents is None else money(choice.cents)
    return "*" if choice.is_chosen else " ", choice.what, cents, choice.reason
