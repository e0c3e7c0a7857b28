"""A search that is cut, wherever that happens, gives a whole plan that verifies, and a bound that holds."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from threading import Event

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from planner.commands.summary import summarize
from planner.errors import InfeasibleError
from planner.inputs.load import Inputs, read_inputs
from planner.inputs.shipped import find_layout
from planner.model.catalog import Catalog
from planner.model.layout import Layout
from planner.model.plan import Plan
from planner.optimize.options import SolveOptions
from planner.optimize.stop import NEVER, Stop, heeding, is_solver_left_behind, is_stopped, unless_stopped
from planner.outputs.report.words import baseline_rows, proof_sentences
from planner.pipeline import plan_prepared
from planner.prepare import prepare_inputs
from planner.stopwatch import Stopwatch
from tests.faults.plans import BASES, SYSTEMS
from tests.reference.exhaustive import least_cents
from tests.reference.floors import prepare_hall
from tests.reference.plain import plain_problem
from tests.test_optimize_exhaustive import halls, tried

QUESTIONS = (0, 1, 2, 3, 5, 8, 21, 60)
SHIPPED = (
    "nvl144-scale-out",
    "nvl288-open",
    "nvl288-feeds",
    "h100-nvl256",
    "superpod-b200-2su",
    "campus-288",
)


class CountingStop(Stop):
    """Ends the search when it is asked for the n-th time."""

    def __init__(self, questions: int) -> None:
        super().__init__()
        self._left = questions

    def asked(self) -> bool:
        self._left -= 1
        if self._left < 0:
            self.ask("a count")
        return super().asked()


def planned(inputs: Inputs, stop: Stop) -> Plan:
    """A plan of inputs; the pipeline verifies it."""
    return plan_prepared(prepare_inputs(inputs, Stopwatch()), SolveOptions(stop=stop), Stopwatch())


@cache
def inputs_of(name: str) -> Inputs:
    if name in BASES:
        layout, catalog = BASES[name]()
        return Inputs(layout=layout, catalog=catalog, places={})
    if name in SYSTEMS:
        return read_inputs(Path(__file__).parent / "systems" / f"{name}.yaml")
    return read_inputs(find_layout(name))


@cache
def whole_plan(name: str) -> Plan:
    return planned(inputs_of(name), Stop())


@cache
def cut_plan(name: str, questions: int) -> Plan:
    return planned(inputs_of(name), CountingStop(questions))


def require_good(cut: Plan, whole: Plan) -> None:
    """Neither bound is above either cost where both keep pathway fill; that the plan is valid is seen to."""
    assert cut.totals.runs == whole.totals.runs
    assert cut.solve.lower_bound_cents <= cut.solve.objective_cents
    assert cut.solve.lower_bound_cents <= whole.solve.objective_cents
    if not any(finding.code == "overfull" for finding in cut.findings):
        assert whole.solve.lower_bound_cents <= cut.solve.objective_cents
    assert (cut.solve.cut is None) or cut.solve.cut == "a count"


@pytest.mark.parametrize("questions", QUESTIONS)
@pytest.mark.parametrize("name", [*BASES, *SYSTEMS])
def test_a_search_cut_anywhere_gives_a_whole_plan(name: str, questions: int) -> None:
    require_good(cut_plan(name, questions), whole_plan(name))


@pytest.mark.parametrize("name", ["tiers", "resilient", "crowded", "ports/optics", "domain"])
def test_more_search_costs_no_more_and_proves_no_less(name: str) -> None:
    cuts = [cut_plan(name, questions) for questions in QUESTIONS]
    gaps = [float(cut.solve.gap) for cut in [*cuts, whole_plan(name)]]
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[-1] < gaps[0]


def test_cut_searches_of_tiny_halls_bound_the_optimum() -> None:
    """The bound is never above the optimum, however early the search ends; what can be placed is."""

    @settings(tried, max_examples=80)
    @given(hall=halls(), questions=st.integers(0, 30))
    def one(hall: tuple[Layout, Catalog], questions: int) -> None:
        layout, catalog = hall
        try:
            made = prepare_hall(layout, catalog)
        except InfeasibleError:
            assume(False)
        best = least_cents(plain_problem(made))
        inputs = Inputs(layout=layout, catalog=catalog, places={})
        try:
            cut = planned(inputs, CountingStop(questions))
        except InfeasibleError:
            assert best is None
            return
        assert best is not None
        assert cut.solve.lower_bound_cents <= best <= cut.solve.objective_cents

    one()


@pytest.mark.parametrize("name", SHIPPED)
def test_layouts_that_ship_are_planned_at_once(name: str) -> None:
    """Several fabrics, even ones, resilience, open racks, blocks: with no time at all."""
    cut = planned(inputs_of(name), CountingStop(0))
    assert cut.solve.cut == "a count"
    assert 0 < cut.solve.lower_bound_cents <= cut.solve.objective_cents


@pytest.mark.parametrize("steps", range(1, 7))
def test_an_interrupt_at_any_step_gives_a_whole_plan(steps: int) -> None:
    """As from a signal handler: solvers run in threads of their own, and a placement is at hand early."""
    stop = Stop(by_interrupt=True)
    said: list[str] = []

    def progress(step: str) -> None:
        said.append(step)
        if len(said) == steps:
            stop.ask("an interrupt")

    options = SolveOptions(stop=stop, progress=progress)
    cut = plan_prepared(prepare_inputs(inputs_of("domain"), Stopwatch()), options, Stopwatch())
    assert cut.solve.cut == ("an interrupt" if len(said) >= steps else None)
    assert cut.solve.lower_bound_cents <= whole_plan("domain").solve.objective_cents


def test_what_is_not_cut_is_what_it_would_have_been() -> None:
    """A limit that is not reached leaves the plan as it is, though solvers then run beside the search."""
    assert planned(inputs_of("domain"), Stop(10**6, "a time limit of 278 h")) == whole_plan("domain")


def test_peers_need_no_search() -> None:
    assert planned(inputs_of("peers"), CountingStop(0)) == whole_plan("peers")


def test_a_solver_that_does_not_listen_is_left_behind() -> None:
    stop, goes_on = Stop(by_interrupt=True), Event()

    def solve() -> bool:
        stop.ask("an interrupt")
        return goes_on.wait()

    with heeding(stop):
        assert unless_stopped(solve) is None
        assert is_solver_left_behind()
        assert unless_stopped(lambda: 1) is None
        with heeding(NEVER):
            assert unless_stopped(lambda: 1) == 1
    goes_on.set()
    assert stop.cut == "an interrupt"
    assert not is_stopped()


def test_what_a_solver_raises_is_raised() -> None:
    def solve() -> None:
        raise ArithmeticError("no flow")

    with heeding(Stop(by_interrupt=True)), pytest.raises(ArithmeticError, match="no flow"):
        unless_stopped(solve)


def test_outputs_say_what_cut_the_search() -> None:
    cut = cut_plan("crowded", 0)
    sentence = "The search was cut by a count: a whole one may find a cheaper plan"
    assert any(told.startswith(sentence) for told in proof_sentences(cut))
    assert any(line.startswith(sentence) for line in summarize(cut))
    assert {words for _, words, _ in baseline_rows(cut)} == {"not found before the search was cut"}
    assert not any(
        "cut by" in line
        for line in (*proof_sentences(whole_plan("crowded")), *summarize(whole_plan("crowded")))
    )
