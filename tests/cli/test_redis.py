"""A Redis whose file a full disk has left with a hole starts again, with all that was written."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.cli.aof import mend
from tests.servers import RedisServer

FILES = "appendonlydir/*.incr.aof"


def written(folder: Path) -> RedisServer:
    """A Redis that was killed after it has written some."""
    server = RedisServer(folder)
    with server, server.client() as client:
        for name, value in (("a", b"1"), ("b", b"\r\n\0\0\0"), ("c", b"3")):
            client.set(name, value)
        server.kill()
    return server


def with_hole(file: Path, length: int) -> None:
    """As Redis 7.0 leaves it: zeros before a command."""
    before, after = re.split(rb"(?=\*3\r\n\$3\r\nSET\r\n\$1\r\nc)", file.read_bytes())
    file.write_bytes(before + b"\0" * length + after)


@pytest.mark.parametrize("length", [2, 19, 541])
def test_a_hole_is_filled_and_nothing_is_lost(tmp_path: Path, length: int) -> None:
    server = written(tmp_path)
    with_hole(next(tmp_path.glob(FILES)), length)
    with pytest.raises(AssertionError, match="Bad file format"):
        server.start()
    mend(tmp_path / "appendonlydir")
    with server, server.client() as client:
        assert client.mget("a", "b", "c") == [b"1", b"\r\n\0\0\0", b"3"]


def test_a_whole_file_is_left_as_it_is(tmp_path: Path) -> None:
    written(tmp_path)
    file = next(tmp_path.glob(FILES))
    before = file.read_bytes()
    mend(tmp_path / "appendonlydir")
    assert file.read_bytes() == before


@settings(max_examples=50)
@given(st.lists(st.tuples(st.binary(max_size=30), st.integers(2, 300)), max_size=5))
def test_only_holes_between_commands_change(
    tmp_path_factory: pytest.TempPathFactory, parts: list[tuple[bytes, int]]
) -> None:
    folder = tmp_path_factory.mktemp("aof")
    commands = [b"*2\r\n$3\r\nGET\r\n$%d\r\n%b\r\n" % (len(value), value) for value, _ in parts]
    file = folder / "appendonly.aof.1.incr.aof"
    file.write_bytes(b"".join(command + b"\0" * hole for command, (_, hole) in zip(commands, parts, strict=True)))
    mend(folder)
    left = file.read_bytes()
    for command, (_, hole) in zip(commands, parts, strict=True):
        assert left.startswith(command)
        remarks, left = left[len(command) : len(command) + hole], left[len(command) + hole :]
        assert all(line.startswith(b"#") and len(line) < 127 for line in remarks.splitlines())
        assert remarks.endswith(b"\n")
    assert left == b""
