"""An interrupt at any moment ends the program with one line, exit code 130 and nothing written."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from planner.interrupts import EXIT_CODE, MESSAGE
from tests.conftest import ROOT, SMALL_LAYOUT

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
