"""An interrupt at any moment ends the program with one line, exit code 130 and nothing written."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from planner.commands.plan import FINISHING
from planner.interrupts import EXIT_CODE, MESSAGE
from tests.conftest import ROOT, SMALL_LAYOUT, Planner

DELAYS_MS = (0, 5, 10, 20, 30, 45, 60, 80, 110, 150, 200, 250, 300, 600, 1200)

# What the installed command does, with a word in between that says when to start counting.
PROGRAM = (
    "import sys\n"
    "from planner.__main__ import main\n"
    "sys.stdout.write('begun\\n')\n"
    "sys.stdout.flush()\n"
    "sys.exit(main())"
)


def interrupt(words: list[str], when: Callable[[], None], folder: Path) -> tuple[int, str, str]:
    """Run the command line and interrupt it; return its exit code and both streams.

    On a busy machine the interrupt may come between the word and the first line of the program: then again.
    """
    while True:
        found = interrupt_once(words, when, folder)
        if found[0] != -signal.SIGINT or "in main" in found[2]:
            return found


def interrupt_once(words: list[str], when: Callable[[], None], folder: Path) -> tuple[int, str, str]:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == "begun\n"
        when()
        run.send_signal(signal.SIGINT)
        stdout, stderr = run.communicate(timeout=60)
    return run.returncode, stdout, stderr


@pytest.mark.parametrize(
    ("words", "delay_ms"),
    [
        *((["check", SMALL_LAYOUT], delay_ms) for delay_ms in DELAYS_MS),
        *((["plan", SMALL_LAYOUT, "-o", "out"], delay_ms) for delay_ms in DELAYS_MS),
        *((["init", "gb200-nvl36-l2", "--racks", "4", "-o", "out"], delay_ms) for delay_ms in DELAYS_MS[::3]),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else f"{value} ms",
)
def test_an_interrupt_is_one_line_and_no_folder(words: list[str], delay_ms: int, tmp_path: Path) -> None:
    code, stdout, stderr = interrupt(words, lambda: time.sleep(delay_ms / 1000), tmp_path)
    left = sorted(path.name for path in tmp_path.iterdir())
    if code == EXIT_CODE:
        assert (stdout, left) == ("", [])
        # Before anything is loaded there is a shorter word, and none while a picture is drawn.
        assert stderr in (f"{MESSAGE}\n", "interrupted\n", "")
    else:  # it had finished, or was about to
        assert code in (0, 3), stderr
        assert (stderr, left) == ("", ["out"] if "-o" in words else [])


def test_an_interrupt_after_the_folder_is_there_comes_too_late(tmp_path: Path) -> None:
    def wait() -> None:
        while not (tmp_path / "out").exists():
            time.sleep(0.001)

    code, _, stderr = interrupt(["plan", "nvl36x2", "-o", "out"], wait, tmp_path)
    assert code in (0, 3), stderr
    assert (stderr, [path.name for path in tmp_path.iterdir()]) == ("", ["out"])


def test_who_has_interrupts_ignored_is_not_interrupted(tmp_path: Path) -> None:
    """Shells start background commands so: the terminal's interrupt is not meant for them."""
    code = (
        "import os, signal\n"
        "signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "from planner.interrupts import end_on_interrupt\n"
        "end_on_interrupt()\n"
        "os.kill(os.getpid(), signal.SIGINT)\n"
        "print('alive')"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (0, "alive\n", "")


# The installed command, interrupted by itself where a name of the planner is called for the n-th time.
INTERRUPTED = """
import importlib, os, signal, sys
from planner.__main__ import main
module, owner, name, *times = sys.argv.pop().split()
place = importlib.import_module(module)
place = getattr(place, owner) if owner != "-" else place
called, calls = getattr(place, name), []
number = int(os.environ.get("INTERRUPT", signal.SIGINT))
if signal.getsignal(number) is signal.SIG_IGN:  # as under nohup
    signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
def call(*words, **named):
    calls.append(1)
    if str(len(calls)) in times:
        os.kill(os.getpid(), number)
    return called(*words, **named)
setattr(place, name, call)
sys.exit(main())
"""
SOLVER = "planner.optimize.linear_model LinearModel proto"


def interrupted_at(
    where: str, words: list[str], folder: Path, number: int = signal.SIGINT
) -> tuple[int, str, str]:
    """Run the command line, which interrupts itself at these calls; its exit code and both streams."""
    run = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, *words, where],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(folder), "INTERRUPT": str(int(number))},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return run.returncode, run.stdout, run.stderr


@pytest.mark.parametrize(
    ("layout", "where"),
    [
        (SMALL_LAYOUT, "planner.prepare - build_fabrics 1"),
        (SMALL_LAYOUT, f"{SOLVER} 1"),
        ("nvl144-scale-out", f"{SOLVER} 2"),
        ("nvl144-scale-out", "planner.optimize.solve_way - choose_runs 1"),
    ],
)
def test_with_keep_best_an_interrupt_ends_the_search(
    layout: str, where: str, tmp_path: Path, planner: Planner
) -> None:
    code, stdout, stderr = interrupted_at(where, ["plan", layout, "-o", "out", "--keep-best"], tmp_path)
    assert (code, stderr) == (0, f"{FINISHING}\n")
    assert "The search was cut by an interrupt: " in stdout
    solve = json.loads((tmp_path / "out" / "plan.json").read_text(encoding="utf-8"))["solve"]
    assert solve["cut"] == "an interrupt"
    assert 0 < solve["lower_bound_cents"] <= solve["objective_cents"]
    assert planner("verify", tmp_path / "out").returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize(
    "where", ["planner.pipeline - assemble_plan 1", "planner.commands.plan - write_plan 1"]
)
def test_a_plan_that_is_found_is_not_cut(where: str, tmp_path: Path) -> None:
    code, stdout, stderr = interrupted_at(where, ["plan", SMALL_LAYOUT, "-o", "out", "--keep-best"], tmp_path)
    assert (code, stderr) == (0, f"{FINISHING}\n")
    assert "cut by" not in stdout
    assert json.loads((tmp_path / "out" / "plan.json").read_text(encoding="utf-8"))["solve"]["cut"] is None


@pytest.mark.parametrize(
    ("where", "words", "lines"),
    [
        (f"{SOLVER} 1", [], [MESSAGE]),
        ("planner.optimize.solve_way - make_way 1 2", ["--keep-best"], [FINISHING, MESSAGE]),
        ("planner.outputs.write - _write_file 1 2", ["--keep-best"], [FINISHING, MESSAGE]),
        ("planner.outputs.write - _write_file 2", [], [MESSAGE]),
    ],
)
def test_the_earlier_folder_stays_untouched(
    where: str, words: list[str], lines: list[str], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "plan.json").write_text("earlier", encoding="utf-8")
    code, stdout, stderr = interrupted_at(where, ["plan", SMALL_LAYOUT, "-o", "out", *words], tmp_path)
    assert (code, stdout) == (EXIT_CODE, "")
    assert stderr.splitlines() == lines
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert (out / "plan.json").read_text(encoding="utf-8") == "earlier"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_who_is_told_to_end_leaves_nothing_behind(number: int, tmp_path: Path) -> None:
    """As a job's time limit, a service that stops, or a terminal that closes does."""
    words = ["plan", SMALL_LAYOUT, "-o", "out"]
    code, stdout, stderr = interrupted_at("planner.outputs.write - _write_file 2", words, tmp_path, number)
    assert (code, stdout, stderr) == (128 + number, "", f"{MESSAGE}\n")
    assert list(tmp_path.iterdir()) == []


def test_who_is_told_to_end_keeps_the_best_plan_where_that_is_wished(tmp_path: Path) -> None:
    words = ["plan", SMALL_LAYOUT, "-o", "out", "--keep-best"]
    code, _, stderr = interrupted_at(f"{SOLVER} 1", words, tmp_path, signal.SIGTERM)
    assert (code, stderr) == (0, f"{FINISHING}\n")
    assert json.loads((tmp_path / "out" / "plan.json").read_text(encoding="utf-8"))["solve"]["cut"]


def test_a_solver_left_behind_does_not_keep_the_program(tmp_path: Path) -> None:
    """The solver is played by a call that hears no signal and never ends."""
    code = INTERRUPTED.replace(
        "    return called(",
        "        import ctypes\n        ctypes.CDLL(None).sleep(600)\n    return called(",
    )
    run = subprocess.run(
        [sys.executable, "-c", code, "plan", SMALL_LAYOUT, "-o", "out", "--keep-best", f"{SOLVER} 1"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (run.returncode, run.stderr) == (0, f"{FINISHING}\n")
    assert "The search was cut by an interrupt: " in run.stdout
