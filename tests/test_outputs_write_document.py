"""A document is written whole or not at all, and nothing but a document of the planner is replaced."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from planner.errors import PlannerError
from planner.outputs import write_document as module
from planner.outputs.pdf import Document
from planner.outputs.write_document import check_document, write_document


def document(text: str) -> bytes:
    made = Document(100, 100, "t")
    made.text(10, 10, text, 8)
    return made.close()


OLD, NEW = document("old"), document("new")


def refusal(path: Path) -> str:
    with pytest.raises(PlannerError) as caught:
        check_document(path)
    with pytest.raises(PlannerError) as again:
        write_document(NEW, path)
    assert str(again.value) == str(caught.value)
    return str(caught.value)


def test_writes_and_replaces_its_own(tmp_path: Path) -> None:
    path = tmp_path / "x.pdf"
    write_document(OLD, path)
    check_document(path)
    write_document(NEW, path)
    assert path.read_bytes() == NEW
    assert list(tmp_path.iterdir()) == [path]


def test_follows_a_link_and_keeps_it(tmp_path: Path) -> None:
    path, link = tmp_path / "x.pdf", tmp_path / "link.pdf"
    path.write_bytes(OLD)
    link.symlink_to(path)
    write_document(NEW, link)
    assert link.is_symlink() and path.read_bytes() == NEW


@pytest.mark.parametrize("content", [b"%PDF-1.4 a thesis", b"text"])
def test_leaves_files_of_others_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(content)
    message = refusal(path)
    assert message.endswith("no document of the planner; name another [foreign-file]")
    assert path.read_bytes() == content


def test_refuses_folders_and_places_in_none(tmp_path: Path) -> None:
    assert "[document-is-folder]" in refusal(tmp_path)
    assert "[no-folder]" in refusal(tmp_path / "none" / "x.pdf")
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert "output file" in refusal(tmp_path / "a")
    (tmp_path / "file").write_text("")
    assert "output file" in refusal(tmp_path / "file" / "x.pdf")


@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(errno.ENOSPC, "No space left on device")])
def test_a_failed_write_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, there: bool
) -> None:
    path = tmp_path / "x.pdf"
    if there:
        path.write_bytes(OLD)

    def failing(part: Path, content: bytes) -> None:
        part.write_bytes(content[:10])
        raise error

    monkeypatch.setattr(module, "_write_file", failing)
    with pytest.raises((PlannerError, KeyboardInterrupt)) as caught:
        write_document(NEW, path)
    if isinstance(error, OSError):
        assert str(caught.value).endswith("No space left on device [document-not-written]")
    assert {one.name: one.read_bytes() for one in tmp_path.iterdir()} == ({"x.pdf": OLD} if there else {})
