"""The command line: exit codes, streams, and messages instead of tracebacks."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from planner import __version__
from planner.arguments import COMMANDS, parse
from planner.cli import main
from planner.commands.outcome import EXIT_CODES
from planner.errors import Finding, Severity
from tests.conftest import ROOT, SMALL_LAYOUT, Planner

HEAVY = ("ortools", "networkx", "numpy", "pandas", "pydantic", "scipy", "pygraphviz", "yaml")


def test_help_loads_nothing_heavy_and_names_every_command() -> None:
    code = (
        "import sys\n"
        "from planner.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.endswith("[]\n")
    for command in COMMANDS:
        assert f"\n    {command} " in run.stdout
    assert "3 written, but with blocking findings" in " ".join(run.stdout.split())


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_each_command_says_what_it_does(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse([command, "--help"])
    usage, description, *_, codes = capsys.readouterr().out.split("\n\n")
    assert usage.startswith(f"usage: planner {command} ")
    assert description.endswith(".") and not description.startswith(("positional", "options"))
    assert " ".join(codes.split()).startswith(EXIT_CODES)


def test_check_loads_no_solver() -> None:
    code = (
        "import sys\n"
        "from planner.cli import main\n"
        f"main(['check', '{SMALL_LAYOUT}'])\n"
        "print('ortools' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.endswith("False\n")


def test_version(planner: Planner) -> None:
    assert planner("--version").stdout == f"planner {__version__}\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["plna"], "unknown command 'plna': did you mean 'plan'?"),
        (["frobnicate"], f"unknown command 'frobnicate': expected one of {', '.join(COMMANDS)}"),
        ([], f"expected a command: {', '.join(COMMANDS)}"),
        (["plan", "x.yaml"], "-o/--output"),
        (["plan", "x.yaml", "-o", "out", "--seed", "one"], "invalid int value: 'one'"),
        *(
            (
                ["plan", "x.yaml", "-o", "out", f"--time-limit={text}"],
                f"found '{text}', expected seconds or a",
            )
            for text in ("0", "0 min", "-1", "nan", "inf", "1e3", "1.2.3", "2 days", "1001 h", "0.0001", "")
        ),
        (["compare", "nvl144", "--time-limit", "9"], "unrecognized arguments: --time-limit"),
        (["sweep", "study", "-o", "out", "--time-limit", "9"], "unrecognized arguments: --time-limit"),
        (["check"], "LAYOUT"),
        (["verify", "a", "b"], "unrecognized arguments: b"),
    ],
)
def test_usage_errors_exit_2(planner_here: Planner, words: list[str], message: str) -> None:
    run = planner_here(*words)
    assert run.returncode == 2
    assert message in run.stderr
    assert run.stdout == ""


@pytest.mark.parametrize("command", ["plan", "check", "catalog"])
def test_unknown_layout_suggests_a_shipped_one(planner_here: Planner, tmp_path: Path, command: str) -> None:
    out = ["-o", tmp_path / "out"] if command == "plan" else []
    run = planner_here(command, f"{SMALL_LAYOUT}x", *out)
    assert (run.returncode, run.stdout) == (1, "")
    assert f"did you mean '{SMALL_LAYOUT}'?" in run.stderr
    assert "Traceback" not in run.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"title: [",
        b"\xff\xfe\x00",
        b"- a list\n",
        b"title: a\ntitle: b\n",
        b"nonsense: 1\n",
        b"a: &a [*a, *a]\n",
        b"rows: 3\n",
    ],
    ids=["empty", "syntax", "not-utf-8", "list", "twice", "unknown", "anchor", "type"],
)
def test_bad_files_exit_1_without_traceback(planner_here: Planner, tmp_path: Path, content: bytes) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_bytes(content)
    run = planner_here("plan", bad, "-o", tmp_path / "out")
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.startswith(str(bad))
    assert "Traceback" not in run.stderr
    assert not (tmp_path / "out").exists()


def test_a_directory_is_no_layout(planner_here: Planner, tmp_path: Path) -> None:
    run = planner_here("check", tmp_path)
    assert run.returncode == 1
    assert "directory" in run.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="streams are closed another way there")
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_closed_streams_take_nothing(tmp_path: Path, closed: str) -> None:
    command = f"{sys.executable} -m planner plan nvl36x2 -o {tmp_path / 'out'} {closed}"
    run = subprocess.run(command, shell=True, capture_output=True, text=True, cwd=ROOT, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    assert (tmp_path / "out" / "plan.json").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_full_disk_behind_standard_output_is_an_error() -> None:
    command = [sys.executable, "-m", "planner", "check", "nvl36x2"]
    with Path("/dev/full").open("w") as full:
        run = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, cwd=ROOT, check=False)
    assert (run.returncode, run.stderr) == (1, "error: standard output: No space left on device\n")


def test_verify_of_no_plan_says_what_is_there(planner_here: Planner, tmp_path: Path) -> None:
    run = planner_here("verify", tmp_path / "missing")
    assert run.returncode == 1
    assert f"{tmp_path / 'missing'}: error: no such folder or file, expected a folder" in run.stderr
    table = tmp_path / "bom.csv"
    table.touch()
    run = planner_here("verify", table)
    assert run.returncode == 1
    assert f"{table}: error: this file is no plan, expected a folder" in run.stderr


def test_plan_writes_and_summarizes(planner: Planner, tmp_path: Path) -> None:
    out, timings = tmp_path / "out", tmp_path / "timings.json"
    run = planner("plan", SMALL_LAYOUT, "-o", out, "--timings", timings)
    plan = json.loads((out / "plan.json").read_text(encoding="utf-8"))
    blocking = any(finding["severity"] == "blocking" for finding in plan["findings"])
    assert run.returncode == (3 if blocking else 0)
    assert run.stderr == ""  # quiet when piped
    for word in ("lower bound", "geometric floor", "all optics", "first fit", "nearest slot", "plan.json"):
        assert word in run.stdout
    assert {"bom.csv", "cut-sheet.csv", "plan.json"} <= {path.name for path in out.iterdir()}
    stages = json.loads(timings.read_text(encoding="utf-8"))
    assert " ".join(stages) == "inputs topology geometry reach optimize plan verify outputs"


def test_a_good_plan_verifies(planner_here: Planner, small_plan: Path) -> None:
    plan = json.loads((small_plan / "plan.json").read_text(encoding="utf-8"))
    for target in (small_plan, small_plan / "plan.json"):
        run = planner_here("verify", target)
        if plan["findings"] and plan["findings"][0]["severity"] == "blocking":
            assert run.returncode == 1
        else:
            assert (run.returncode, run.stderr) == (0, "")


def test_check_counts(planner_here: Planner) -> None:
    run = planner_here("check", SMALL_LAYOUT)
    assert (run.returncode, run.stderr) == (0, "")
    assert "every run has a route" in run.stdout


@pytest.mark.parametrize("words", [["catalog"], ["catalog", SMALL_LAYOUT]])
def test_catalog_lists_all_three(planner_here: Planner, words: list[str]) -> None:
    run = planner_here(*words)
    assert (run.returncode, run.stderr) == (0, "")
    for section in ("parts:", "profiles:", "assumptions:"):
        assert f"{section}\n" in run.stdout
        only = planner_here(*words, f"--{section[:-1]}")
        assert only.stdout.startswith(f"{section}\n")
        assert only.stdout.count(":\n") < run.stdout.count(":\n")


def test_schema_is_json(planner_here: Planner) -> None:
    schema = json.loads(planner_here("schema").stdout)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_a_reader_that_leaves_early_is_no_error() -> None:
    reader = subprocess.Popen(["true"], stdin=subprocess.PIPE)
    reader.wait()
    with subprocess.Popen(
        [sys.executable, "-m", "planner", "schema"],
        cwd=ROOT,
        stdout=reader.stdin,
        stderr=subprocess.PIPE,
        text=True,
    ) as run:
        assert reader.stdin is not None
        reader.stdin.close()
        _, stderr = run.communicate()
    assert (run.returncode, stderr) == (0, "")


def test_an_interrupt_leaves_the_earlier_folder(tmp_path: Path) -> None:
    """The solver is played by a call that hears no signal, as one written in C++ does not."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "plan.json").write_text("earlier", encoding="utf-8")
    code = (
        "import ctypes, sys\n"
        "import planner.commands.plan as command\n"
        "from planner.cli import main\n"
        "def solve(*_):\n"
        "    print('solving', file=sys.stderr, flush=True)\n"
        "    ctypes.CDLL(None).sleep(60)\n"
        "command.make_plan = solve\n"
        f"sys.exit(main(['plan', '{SMALL_LAYOUT}', '-o', {str(out)!r}]))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as run:
        assert run.stderr is not None
        assert run.stderr.readline() == "solving\n"
        run.send_signal(signal.SIGINT)
        try:
            stdout, stderr = run.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            run.kill()
            raise
    assert (run.returncode, stdout) == (130, "")
    assert stderr == "interrupted; a folder is written whole or not at all\n"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert (out / "plan.json").read_text(encoding="utf-8") == "earlier"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_exits_1(planner_here: Planner, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    run = planner_here("plan", SMALL_LAYOUT, "-o", tmp_path / "out")
    assert run.returncode == 1
    assert "Traceback" not in run.stderr


def test_an_output_that_is_a_file_exits_1(planner_here: Planner, tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.write_text("mine", encoding="utf-8")
    run = planner_here("plan", SMALL_LAYOUT, "-o", target)
    assert run.returncode == 1
    assert "Traceback" not in run.stderr
    assert target.read_text(encoding="utf-8") == "mine"


def test_a_folder_of_other_files_is_refused_before_planning(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "thesis.tex").write_text("mine", encoding="utf-8")
    monkeypatch.setattr("planner.commands.plan.make_plan", lambda *_: pytest.fail("it planned"))
    assert main(["plan", "nvl36x2", "-o", str(tmp_path)]) == 1
    assert "thesis.tex" in capsys.readouterr().err


def test_a_plan_that_the_verifier_refuses_is_not_written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    refused = Finding(code="forged-bound", message="a fault planted by the test")
    monkeypatch.setattr("planner.pipeline.verify_plan", lambda _plan: (refused,))
    assert main(["plan", "nvl36x2", "-o", str(tmp_path / "out")]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "an error of the planner, not of the layout" in captured.err
    assert "a fault planted by the test" in captured.err
    assert not (tmp_path / "out").exists()


def test_blocking_findings_exit_3(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    overfull = Finding(code="overfull", message="planted by the test", severity=Severity.BLOCKING)
    monkeypatch.setattr("planner.plan.assemble.overfull_findings", lambda _fill: (overfull,))
    assert main(["plan", "nvl36x2", "-o", str(tmp_path / "out")]) == 3
    assert "blocking: planted by the test [overfull]" in capsys.readouterr().out
    assert (tmp_path / "out" / "plan.json").exists()


def test_a_row_whose_plugs_draw_too_much_exits_3(planner_here: Planner, tmp_path: Path) -> None:
    """292.4 kW without plugs, 300.7 kW with them."""
    text = (ROOT / "layouts" / f"{SMALL_LAYOUT}.yaml").read_text(encoding="utf-8")
    layout = tmp_path / "tight.yaml"
    layout.write_text(text.replace("    racks:", "    power_limit: 295 kW\n    racks:"), encoding="utf-8")
    run = planner_here("plan", layout, "-o", tmp_path / "out")
    assert run.returncode == 3, run.stderr
    assert "blocking: row A draws too much" in run.stdout
    assert "its limit is 295,000 W [row-overdrawn]" in run.stdout
    check = planner_here("verify", tmp_path / "out")
    assert check.returncode == 1
    assert check.stdout.count("\n") == 1
    assert "blocking: row A draws" in check.stdout


def test_an_interrupt_while_modules_load_is_one_line(tmp_path: Path) -> None:
    """The first module that is loaded late is played by one that gets the interrupt."""
    code = (
        "import sys\n"
        "from planner.cli import main\n"
        "class Interrupted:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'planner.arguments': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupted())\n"
        "sys.exit(main(['schema']))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (130, "")
    assert run.stderr == "interrupted; a folder is written whole or not at all\n"


@pytest.mark.parametrize(
    ("layout", "limit", "words"),
    [
        (SMALL_LAYOUT, "0.001", "a time limit of 0.001 s"),
        ("nvl288-open", "0.5 s", "a time limit of 0.5 s"),
    ],
)
def test_a_plan_cut_by_a_time_limit_is_whole(
    planner: Planner, tmp_path: Path, layout: str, limit: str, words: str
) -> None:
    out = tmp_path / "out"
    run = planner("plan", layout, "-o", out, "--time-limit", limit)
    assert (run.returncode, run.stderr) == (0, "")
    assert f"The search was cut by {words}: " in run.stdout
    solve = json.loads((out / "plan.json").read_text(encoding="utf-8"))["solve"]
    assert solve["cut"] == words
    assert 0 < solve["lower_bound_cents"] <= solve["objective_cents"]
    assert f"The search was cut by {words}: " in (out / "report.html").read_text(encoding="utf-8")
    summary = openpyxl.load_workbook(out / "workbook.xlsx", read_only=True)["Summary"]
    assert ("Search cut by", words) in {row[:2] for row in summary.iter_rows(values_only=True)}
    check = planner("verify", out)
    assert check.returncode == 0, check.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_timings_on_a_full_disk_are_named(planner_here: Planner, tmp_path: Path) -> None:
    run = planner_here("plan", "nvl36x2", "-o", tmp_path / "out", "--timings", "/dev/full")
    assert run.returncode == 1
    assert run.stderr == "error: No space left on device: /dev/full\n"


def test_an_interrupt_in_python_code_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("planner.commands.schema.schema_text", interrupted)
    assert main(["schema"]) == 130
    captured = capsys.readouterr()
    assert (captured.out, captured.err.count("\n")) == ("", 1)


@pytest.mark.parametrize("timings", ["out/timings.json", "missing/timings.json"])
def test_timings_that_cannot_be_written_are_refused_before_planning(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, timings: str
) -> None:
    monkeypatch.setattr("planner.commands.plan.make_plan", lambda *_: pytest.fail("it planned"))
    words = ["plan", "nvl36x2", "-o", str(tmp_path / "out"), "--timings", str(tmp_path / timings)]
    assert main(words) == 1
    assert "timings" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
