"""The folder is written whole or not at all, and nothing but a plan is ever replaced."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from planner.errors import PlannerError
from planner.outputs import write
from planner.outputs.write import require_replaceable, write_plan
from tests.sample_plan import small_plan


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """Stand in for the pictures: small files, which a test may change."""
    files = {"plan.json": b"{}\n", "bom.csv": b"new\n", "floor.svg": b"<svg/>\n"}
    monkeypatch.setattr(write, "file_makers", lambda plan: [lambda one=one: [one] for one in files.items()])
    return files


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    """Return a folder with an earlier plan."""
    folder = tmp_path / "out"
    folder.mkdir()
    for name in ("plan.json", "bom.csv", "topology-plane-40.svg"):
        (folder / name).write_text("earlier")
    return folder


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def refusal(folder: Path) -> str:
    with pytest.raises(PlannerError) as caught:
        write_plan(small_plan(), folder)
    return str(caught.value)


def test_writes_all_files(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    write_plan(small_plan(), folder)
    assert {"plan.json", "cut-sheet.csv", "bom.csv", "floor.svg"} <= set(content(folder))
    assert sorted(path.name for path in folder.parent.iterdir()) == ["b"]


def test_replaces_an_earlier_plan_without_leftovers(earlier: Path, rendered: dict[str, bytes]) -> None:
    write_plan(small_plan(), earlier)
    assert content(earlier) == rendered
    assert list(earlier.parent.iterdir()) == [earlier]


def test_fills_an_empty_folder(tmp_path: Path, rendered: dict[str, bytes]) -> None:
    write_plan(small_plan(), tmp_path)
    assert content(tmp_path) == rendered


def test_follows_a_link_and_keeps_it(earlier: Path, rendered: dict[str, bytes]) -> None:
    link = earlier.with_name("link")
    link.symlink_to(earlier)
    write_plan(small_plan(), link)
    assert link.is_symlink() and content(earlier) == rendered


@pytest.mark.parametrize(
    "error", [KeyboardInterrupt(), MemoryError(), OSError(errno.ENOSPC, "No space left")]
)
@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_failed_write_leaves_the_earlier_folder(
    earlier: Path,
    rendered: dict[str, bytes],
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    at: int,
) -> None:
    before, calls, real = content(earlier), [], write._write_file

    def failing(path: Path, data: bytes) -> None:
        calls.append(path)
        if len(calls) == at:
            raise error
        real(path, data)

    monkeypatch.setattr(write, "_write_file", failing)
    with pytest.raises(PlannerError if isinstance(error, OSError) else type(error)):
        write_plan(small_plan(), earlier)
    assert content(earlier) == before
    assert list(earlier.parent.iterdir()) == [earlier]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(errno.EACCES, "Permission denied")])
@pytest.mark.parametrize("at", [1, 2])
def test_a_failed_swap_leaves_the_earlier_folder(
    earlier: Path,
    rendered: dict[str, bytes],
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    at: int,
) -> None:
    before, calls, real = content(earlier), [], Path.rename

    def failing(self: Path, target: Path) -> Path:
        calls.append(self)
        if len(calls) == at:
            raise error
        return real(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises((PlannerError, KeyboardInterrupt)):
        write_plan(small_plan(), earlier)
    assert content(earlier) == before
    assert list(earlier.parent.iterdir()) == [earlier]


def test_a_failed_write_leaves_no_new_folders(
    tmp_path: Path, rendered: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, data: bytes) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(write, "_write_file", full)
    message = refusal(tmp_path / "x" / "y")
    assert "cannot be written: No space left on device [folder-not-written]" in message
    assert list(tmp_path.iterdir()) == []


def test_a_failed_picture_leaves_the_earlier_folder(earlier: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(plan: object) -> dict[str, bytes]:
        raise ValueError("no picture drawn")

    before = content(earlier)
    monkeypatch.setattr(write, "file_makers", broken)
    with pytest.raises(ValueError, match="no picture"):
        write_plan(small_plan(), earlier)
    assert content(earlier) == before


def test_refuses_a_folder_with_other_files(earlier: Path) -> None:
    (earlier / "thesis.txt").write_text("mine")
    message = refusal(earlier)
    assert "holds files that are no plan's (thesis.txt); name another folder [foreign-files]" in message
    assert (earlier / "thesis.txt").read_text() == "mine"


def test_refuses_a_folder_with_folders(earlier: Path) -> None:
    (earlier / "floor.svg").mkdir()
    assert "(floor.svg)" in refusal(earlier)


def test_refuses_files_of_the_same_names_without_a_plan(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "bom.csv").write_text("mine")
    assert "foreign-files" in refusal(folder)


def test_refuses_a_file_in_the_way(tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.write_text("mine")
    assert refusal(path).endswith("a file is in the way; name a folder [folder-is-file]")
    assert "folder-not-written" in refusal(path / "below")
    assert path.read_text() == "mine"


def test_refuses_the_current_folder(earlier: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(earlier)
    assert "the current folder cannot be replaced" in refusal(Path())
    assert "folder-in-use" in refusal(Path("/"))


def test_refuses_links_in_a_circle(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert "output folder" in refusal(tmp_path / "a")


def test_a_folder_can_be_checked_before_planning(earlier: Path) -> None:
    require_replaceable(earlier)
    require_replaceable(earlier / "new")
    (earlier / "mine").write_text("")
    with pytest.raises(PlannerError):
        require_replaceable(earlier)
