# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The effects on a host: atomic private files, refused removals, locks and bounded commands."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._host import Host
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError

HOST = Host()


@pytest.fixture(params=[0o000, 0o022, 0o077], ids=["umask 0", "umask 022", "umask 077"])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    old = os.umask(request.param)
    yield request.param
    os.umask(old)


def test_writing_where_there_is_no_folder_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "missing" / "file"
    with pytest.raises(ClawPilotError) as caught:
        HOST.write(str(path), "x")
    assert caught.value.code == "WRITE_FAILED"
    assert str(path) in caught.value.message


def test_a_full_disk_is_an_error_that_says_so() -> None:
    with pytest.raises(ClawPilotError) as caught:
        raise_full()
    assert caught.value.code == "NO_DISK_SPACE"


def raise_full() -> None:
    from ansible_collections.claw.pilot.plugins.module_utils import _host

    raise _host._write_error("/x", OSError(28, "No space left on device"))


def test_a_write_that_fails_keeps_the_old_file_and_leaves_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_text("old")

    def broken(*arguments: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "replace", broken)
    with pytest.raises(ClawPilotError):
        HOST.write(str(path), "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_new_file_is_private_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    path = str(tmp_path / "file")
    HOST.write(path, "secret")
    assert HOST.mode(path) == 0o600
    HOST.write(path, "shared", 0o644)
    assert HOST.mode(path) == 0o644
    HOST.make_dir(str(tmp_path / "folder"))
    assert HOST.mode(str(tmp_path / "folder")) == 0o700


def test_a_file_that_was_open_to_others_is_private_after_a_write(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    path.chmod(0o666)
    HOST.write(str(path), "new")
    assert HOST.mode(str(path)) == 0o600


def test_a_reader_sees_the_old_or_the_new_file_whole(tmp_path: Path) -> None:
    path = tmp_path / "file"
    texts = ("a" * 100_000, "b" * 100_000)
    HOST.write(str(path), texts[0])
    odd: list[str] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            text = path.read_text()
            if text not in texts:
                odd.append(text[:20])

    reader = threading.Thread(target=read)
    reader.start()
    for index in range(30):
        HOST.write(str(path), texts[index % 2])
    done.set()
    reader.join()
    assert odd == []


def test_a_write_through_a_link_replaces_the_link_and_not_its_target(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("theirs")
    link.symlink_to(target)
    HOST.write(str(link), "ours")
    assert target.read_text() == "theirs"
    assert link.read_text() == "ours"


@pytest.mark.parametrize("text", ["", "{", "[1]", '"x"', "null"])
def test_a_file_that_is_no_json_object_is_an_error_that_names_it(tmp_path: Path, text: str) -> None:
    path = tmp_path / "f.json"
    path.write_text(text)
    with pytest.raises(ClawPilotError) as caught:
        HOST.read_json(str(path))
    assert caught.value.code == "FILE_MALFORMED"
    assert str(path) in caught.value.message


def test_a_folder_in_the_place_of_a_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ClawPilotError) as caught:
        HOST.read(str(tmp_path))
    assert caught.value.code == "NOT_A_FILE"


def test_what_is_not_there_is_none_or_empty(tmp_path: Path) -> None:
    path = str(tmp_path / "none")
    assert HOST.read(path) is None
    assert HOST.read(path + "/below") is None
    assert HOST.read_json(path) is None
    assert HOST.mode(path) is None
    assert HOST.names(path) == []
    assert HOST.tail(path) == []
    HOST.remove_file(path)
    assert not HOST.remove_dir_if_empty(path)


def test_json_comes_back(tmp_path: Path) -> None:
    HOST.write_json(str(tmp_path / "f"), {"a": ["\u00e9", 1, None]})
    assert HOST.read_json(str(tmp_path / "f")) == {"a": ["\u00e9", 1, None]}


def refused(path: Path, below: Path) -> str:
    with pytest.raises(ClawPilotError) as caught:
        HOST.remove_tree(str(path), str(below))
    assert caught.value.code == "UNSAFE_PATH"
    return caught.value.message


def test_a_tree_outside_of_the_home_is_not_removed(tmp_path: Path) -> None:
    home, other = tmp_path / "home", tmp_path / "home-2" / "data"
    home.mkdir()
    other.mkdir(parents=True)
    assert str(other) in refused(other, home)
    refused(home / ".." / "home-2", home)
    refused(tmp_path, home)
    assert other.exists()


def test_the_home_itself_is_not_removed(tmp_path: Path) -> None:
    refused(tmp_path, tmp_path)
    refused(tmp_path / ".", tmp_path)
    assert tmp_path.exists()


def test_a_symbolic_link_is_not_removed_as_a_tree(tmp_path: Path) -> None:
    target = tmp_path / "home" / "target"
    target.mkdir(parents=True)
    link = tmp_path / "home" / "link"
    link.symlink_to(target)
    refused(link, tmp_path / "home")
    assert target.exists() and link.is_symlink()


def test_a_path_that_leads_out_through_a_link_is_not_removed(tmp_path: Path) -> None:
    home, outside = tmp_path / "home", tmp_path / "outside"
    home.mkdir()
    (outside / "data").mkdir(parents=True)
    (home / "projects").symlink_to(outside)
    refused(home / "projects" / "data", home)
    assert (outside / "data").exists()


def test_a_tree_is_removed_and_what_its_links_point_to_stays(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_text("theirs")
    tree = tmp_path / "home" / "tree"
    (tree / "deep").mkdir(parents=True)
    (tree / "deep" / "link").symlink_to(outside)
    HOST.remove_tree(str(tree), str(tmp_path / "home"))
    assert not tree.exists()
    assert (outside / "file").read_text() == "theirs"
    HOST.remove_tree(str(tree), str(tmp_path / "home"))


def test_only_an_empty_folder_is_removed(tmp_path: Path) -> None:
    (tmp_path / "full" / "x").mkdir(parents=True)
    assert not HOST.remove_dir_if_empty(str(tmp_path / "full"))
    assert HOST.remove_dir_if_empty(str(tmp_path / "full" / "x"))


def test_the_size_of_a_tree_follows_no_link(tmp_path: Path) -> None:
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "a").write_bytes(b"x" * 100)
    (tmp_path / "big").write_bytes(b"x" * 5000)
    (tmp_path / "tree" / "link").symlink_to(tmp_path / "big")
    assert 100 <= HOST.size(str(tmp_path / "tree")) < 1000
    assert HOST.size(str(tmp_path / "big")) == 5000


HOLD = """
import fcntl, os, sys
handle = os.open(sys.argv[1], os.O_RDONLY)
fcntl.flock(handle, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that holds the lock until its input ends."""
    child = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdin=-1, stdout=-1)
    assert child.stdout is not None
    assert child.stdout.readline() == b"held\n"
    yield child
    child.communicate()


def test_a_lock_that_another_process_holds_is_an_error_in_the_end(
    tmp_path: Path, holder: subprocess.Popen[bytes]
) -> None:
    with pytest.raises(ClawPilotError) as caught, HOST.lock(str(tmp_path), timeout=0.2):
        pytest.fail("two processes hold one lock")
    assert caught.value.code == "HOST_BUSY"


def test_a_lock_is_waited_for_and_leaves_nothing_behind(
    tmp_path: Path, holder: subprocess.Popen[bytes]
) -> None:
    threading.Timer(0.2, holder.kill).start()
    with HOST.lock(str(tmp_path), timeout=10):
        assert holder.wait() != 0
    with HOST.lock(str(tmp_path), timeout=0):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_lock_is_given_back_also_when_the_work_fails(tmp_path: Path) -> None:
    with pytest.raises(ValueError), HOST.lock(str(tmp_path)):
        raise ValueError
    with HOST.lock(str(tmp_path), timeout=0):
        pass


def test_a_command_that_is_not_there_is_a_result() -> None:
    result = HOST.run(("/nowhere/tool",))
    assert result.code == 127
    assert "/nowhere/tool" in result.text


def test_a_command_that_fails_is_a_result() -> None:
    result = HOST.run(("sh", "-c", "cat; echo err >&2; exit 3"), stdin="in")
    assert (result.code, result.out, result.err) == (3, "in", "err\n")


def test_a_command_gets_only_the_environment_that_it_is_given() -> None:
    result = HOST.run(("/usr/bin/env",), env={"A": "b"})
    assert result.out == "A=b\n"


def test_a_command_that_runs_too_long_is_killed_with_its_children(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    script = f"sleep 60 & echo $! > {pid}; wait"
    begin = time.monotonic()
    result = HOST.run(("sh", "-c", script), timeout=0.5)
    assert time.monotonic() - begin < 10
    assert result.code == -1
    assert "longer than" in result.err
    assert ended(int(pid.read_text()))


def ended(pid: int) -> bool:
    for _attempt in range(100):
        try:
            if ") Z " in Path(f"/proc/{pid}/stat").read_text():
                return True
        except OSError:
            return True
        time.sleep(0.02)
    return False


def test_the_tail_of_a_huge_file_reads_little(tmp_path: Path) -> None:
    path = tmp_path / "log"
    with open(path, "wb") as stream:
        stream.truncate(4 * 2**30)  # sparse: takes no room
        stream.seek(0, os.SEEK_END)
        stream.write(b"\n" + b"".join(b"line %d\n" % n for n in range(100)))
    before = characters_read()
    assert HOST.tail(str(path), lines=3) == ["line 97", "line 98", "line 99"]
    assert characters_read() - before < 200_000


def characters_read() -> int:
    return int(Path("/proc/self/io").read_text().split()[1])


def test_the_tail_of_odd_bytes_is_text(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"ok\n\xff\xfe bad\nlast")
    assert HOST.tail(str(tmp_path / "log"), lines=2)[-1] == "last"


def test_a_port_that_is_listened_on_is_seen() -> None:
    import socket

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        assert port not in HOST.listeners()
        listener.listen()
        assert port in HOST.listeners()


class Unlucky(Host):
    """Sees also files of a process that are gone, or not ours to read, when it gets to them."""

    def names(self, folder: str) -> list[str]:
        found = super().names(folder)
        return ["100000", *found, "100001"] if folder.endswith("/fd") else found


@pytest.mark.parametrize("error", [FileNotFoundError, PermissionError, ProcessLookupError])
def test_a_file_that_cannot_be_told_does_not_hide_the_socket_of_its_process(
    monkeypatch: pytest.MonkeyPatch, error: type[OSError]
) -> None:
    import socket

    seen: list[str] = []
    readlink = os.readlink

    def unlucky(path: str, **options: Any) -> str:
        if options:  # a file that is read
            return readlink(path, **options)
        seen.append(os.path.basename(path))
        if seen[-1] in ("100000", "100001"):
            raise error(path)
        return readlink(path)

    monkeypatch.setattr(os, "readlink", unlucky)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        assert Unlucky().owns_listener(os.getpid(), port) is None
        listener.listen()
        assert Unlucky().owns_listener(os.getpid(), port) is True
        assert seen[0] == "100000" and str(listener.fileno()) in seen
        with monkeypatch.context() as patch:  # all of its files
            patch.setattr(
                os, "readlink", lambda path, **more: unlucky(path if more else "100000", **more)
            )
            assert Unlucky().owns_listener(os.getpid(), port) is False


def test_a_socket_is_also_that_of_the_process_above_and_not_of_another() -> None:
    import socket

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        holder = subprocess.Popen(["sleep", "60"], pass_fds=[listener.fileno()])
    other = subprocess.Popen(["sleep", "60"])
    try:
        assert HOST.owns_listener(holder.pid, port) is True
        assert HOST.owns_listener(os.getpid(), port) is True
        assert HOST.owns_listener(other.pid, port) is False
        other.kill()
        other.wait()
        assert HOST.owns_listener(other.pid, port) is False  # nor of one that is gone
    finally:
        for process in (holder, other):
            process.kill()
            process.wait()
