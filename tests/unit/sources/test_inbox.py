"""What pages may load: uploads and one folder of the server, and nothing outside them."""

from __future__ import annotations

import os
import shutil
import time
from types import SimpleNamespace

import pytest

from modelops_core.errors import InvalidInput, SourceUnreadable
from modelops_core.sources import inbox
from modelops_core.sources.inbox import KEPT_DAYS, SPARE, Inbox, plain_name


@pytest.fixture
def box(tmp_path):
    """An inbox with a shared folder beside a file that is nobody's business."""
    shared = tmp_path / "shared"
    (shared / "2024" / "deep" / "deeper").mkdir(parents=True)
    (shared / "a.csv").write_text("a")
    (shared / "2024" / "b.nc").write_text("bb")
    (shared / "2024" / "deep" / "deeper" / "d.csv").write_text("d")
    (shared / ".hidden").write_text("h")
    (tmp_path / "secret").write_text("s")
    (shared / "link").symlink_to(tmp_path / "secret")
    return Inbox(tmp_path / "uploads", shared)


def test_the_shared_folder_lists_its_files(box):
    """By name with their bytes; neither hidden ones, nor links, nor those too deep."""
    assert box.listed() == [("2024/b.nc", 2), ("a.csv", 1)]
    assert Inbox(box.uploads).listed() == []


@pytest.mark.parametrize("name", ["../secret", "link", "/etc/passwd", "2024", "none.csv"])
def test_nothing_outside_the_folder_is_opened(box, name):
    """Neither by a path, nor by a link, nor a folder or a file that is not there."""
    with pytest.raises(InvalidInput) as refused:
        box.chosen(name)
    assert refused.value.code == "outside_load_folder"
    with pytest.raises(InvalidInput):
        Inbox(box.uploads).chosen("a.csv")


def test_an_upload_is_written_piece_by_piece(box):
    """Under its plain name in a folder of its own, listed and allowed, forgotten at the end."""
    token = box.new()
    with box.writing(token, "C:\\x\\자료 1.csv") as write:
        write(b"a,")
        assert box.uploaded(token) == []
        write(b"b\n")
    [path] = box.uploaded(token)
    assert (path.name, path.read_bytes()) == ("자료 1.csv", b"a,b\n")
    assert box.allowed(path) == path.resolve()
    box.forget([path, box.shared / "a.csv"])
    assert (box.uploaded(token), (box.shared / "a.csv").exists()) == ([], True)


def test_half_an_upload_leaves_nothing(box, monkeypatch):
    """Neither where the disk is full nor where the sender stops."""
    token = box.new()
    full = SimpleNamespace(free=SPARE + 1)
    monkeypatch.setattr(inbox.shutil, "disk_usage", lambda _: full)
    with box.writing(token, "b.csv") as write:
        write(b"b")
        with pytest.raises(SourceUnreadable) as refused:
            write(b"bc")
        with pytest.raises(ConnectionError), box.writing(token, "a.csv"):
            raise ConnectionError
    assert refused.value.values == {"file": "b.csv", "free": 1024}
    assert [path.name for path in (box.uploads / token).iterdir()] == ["b.csv"]


@pytest.mark.parametrize("token", ["..", "a" * 20, "", "../" + "a" * 20])
def test_a_made_up_upload_is_refused(box, token):
    """Only a folder that was made for an upload takes one."""
    with pytest.raises(InvalidInput), box.writing(token, "a.csv"):
        pass
    assert box.uploaded(token) == []


def test_old_uploads_are_forgotten(box):
    """After some days; younger ones stay."""
    old, young = box.new(), box.new()
    then = time.time() - (KEPT_DAYS + 1) * 86_400
    os.utime(box.uploads / old, (then, then))
    box.tidy()
    assert [path.name for path in box.uploads.iterdir()] == [young]
    shutil.rmtree(box.uploads)


def test_names_of_files():
    """The last part, without what some system refuses."""
    assert plain_name("../../etc/x.csv") == "x.csv"
    assert plain_name('a<b>:"c".nc') == "a_b___c_.nc"
    assert plain_name(".profile") == "profile"
    assert len(plain_name("가" * 300 + ".csv")) == 200
    for name in ("", "..", "a/"):
        with pytest.raises(InvalidInput):
            plain_name(name)
