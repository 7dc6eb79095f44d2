"""What one agent serves: as config.yaml says or, while there is a mistake in it, as it said when the agent began last.

An agent that ends while somebody edits the file must come back, for it makes the outputs safe.
"""

import logging
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from agents.catalog.catalog import Entry, entries
from agents.outside import drivers
from agents.whole_file import write_whole
from hub.contract.config.load import file_hash, load, naming_lines
from hub.contract.config.problems import Problem, UnlocatedError
from hub.contract.config.schema import Config
from hub.contract.errors import ConfigError
from hub.contract.places import Places
from hub.contract.suggestion import did_you_mean

log = logging.getLogger(__name__)


class Configuration(NamedTuple):
    """A whole configuration that is right, with the devices of all agents by key, and the mark of its file."""

    config: Config
    entries: Mapping[str, Entry]
    hash: str


def configuration(name: str, places: Places) -> Configuration:
    """What the agent is to work with. Raises ConfigError when it knows nothing that is right, or is not named there."""
    copy = places.var / "config" / f"{name}.yaml"
    try:
        found = _right(places.config, places)
    except ConfigError as error:
        return _as_before(copy, places, error)
    with naming_lines(places.config):
        if name not in found.config.agents:
            text = f"there is no agent {name!r}{did_you_mean(name, found.config.agents)}"
            raise UnlocatedError([Problem(("agents",), text)])
    _keep(copy, places.config)
    return found


def _right(file: Path, places: Places) -> Configuration:
    config = load(file)
    with naming_lines(file):
        return Configuration(config, entries(config, drivers(config, places.config)), file_hash(file))


def _as_before(copy: Path, places: Places, mistake: ConfigError) -> Configuration:
    try:
        found = _right(copy, places)
    except ConfigError:
        raise mistake from None
    since = time.strftime("%Y-%m-%d %H:%M", time.localtime(copy.stat().st_mtime))
    log.error("I go on with the config.yaml of %s. Correct this one and start me again:\n%s", since, mistake)
    return found


def _keep(copy: Path, file: Path) -> None:
    """Copy the file unless that was done: a memory card shall not be written to at each start."""
    try:
        data = file.read_bytes()
        if not copy.exists() or copy.read_bytes() != data:
            write_whole(copy, data)
    except OSError as error:
        log.error("%s cannot be written (%s): with a mistake in config.yaml I could not start again.", copy, error)
