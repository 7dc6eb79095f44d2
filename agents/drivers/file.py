"""Numbers in files: what the kernel shows of sensors (IIO, hwmon, thermal zones, LEDs), or any program writes down."""

import glob
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

from agents.driver import DriverOptions, Snapshot
from agents.drivers.described import DescribedChannel, DescribedDriver, DescribedOptions, one_by_one
from hub.contract.channels import Value
from hub.contract.errors import Code, DeviceError

MOST_BYTES = 4096


def _absolute(path: str) -> str:
    if not path.startswith("/"):
        raise ValueError(f"{path!r} is no whole path; write it from the root on, for example /sys/class/leds/led0")
    return path


class FileChannel(DescribedChannel):
    """One file."""

    path: Annotated[str, AfterValidator(_absolute)]
    """The file. A `*` stands for what differs from start to start, as in /sys/class/hwmon/hwmon*/temp1_input."""
    writable: bool = False
    """Whether it is set by writing to the file."""

    @property
    def settable(self) -> bool:
        """As config.yaml says."""
        return self.writable


class FileOptions(DescribedOptions):
    """Options in config.yaml."""

    somewhere: ClassVar[str] = "/"
    address: str = "/"
    """The folder below which the paths lie."""
    channels: Annotated[dict[str, FileChannel], Field(min_length=1)]


class File(DescribedDriver):
    """Each channel is the content of one file."""

    kind = "file"
    Options = FileOptions
    options: FileOptions

    @classmethod
    def bus(cls, options: DriverOptions) -> str:
        """A file that is slow to read delays the others of its device only."""
        assert isinstance(options, FileOptions)  # noqa: S101
        return "files " + ", ".join(sorted(channel.path for channel in options.channels.values()))

    def read(self) -> Snapshot:
        """All files, one after the other."""
        channels = self.options.channels
        return one_by_one(channels, lambda name, found: channels[name].put(name, self._content(name), found))

    def write(self, channel: str, value: Value) -> None:
        """Write one file."""
        path = self._path(channel)
        try:
            path.write_text(self.options.channels[channel].word(value) + "\n")
        except OSError as error:
            raise DeviceError(Code.DEVICE_REFUSED, f"{path} cannot be written ({error.strerror}).") from error

    def _content(self, channel: str) -> str:
        path = self._path(channel)
        try:
            with path.open("rb") as file:
                return file.read(MOST_BYTES).decode("utf-8", "replace").strip()
        except OSError as error:
            text = f"{path} cannot be read ({error.strerror}): is the sensor connected?"
            raise DeviceError(Code.NO_ANSWER, text) from error

    def _path(self, channel: str) -> Path:
        pattern = self.options.address.rstrip("/") + self.options.channels[channel].path
        found = glob.glob(pattern) if "*" in pattern else [pattern]  # noqa: PTH207 (the pattern is absolute)
        if len(found) != 1:
            raise DeviceError(Code.NO_ANSWER, f"{pattern} fits {len(found)} files; exactly one is wanted.")
        return Path(found[0])
