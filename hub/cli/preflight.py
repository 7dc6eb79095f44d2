"""What is looked at before anything is started, so that a person reads one sentence instead of a server's log."""

import os
import shutil
import socket
from collections.abc import Mapping

from hub.contract.config.schema import Config, Listen
from hub.contract.errors import ClayhubError, Code

PACKAGES = {"redis-server": "redis-server", "mosquitto": "mosquitto"}
"""Programs that we start, and the Debian packages that bring them."""


def environment(extra: Mapping[str, str]) -> dict[str, str]:
    """The environment of the processes. Debian keeps servers in /usr/sbin, which is not in everybody's PATH."""
    return {**os.environ, "PATH": f"{os.environ.get('PATH', '/usr/bin')}:/usr/sbin", "PYTHONUNBUFFERED": "1", **extra}


def check_programs(path: str) -> None:
    """Raises ClayhubError naming the Debian packages of the programs that `path` does not have."""
    missing = [package for program, package in PACKAGES.items() if shutil.which(program, path=path) is None]
    if missing:
        names = " ".join(missing)
        raise ClayhubError(
            Code.INTERNAL, f"Not installed: {names}. Install with `sudo apt-get install {names}`, or use `make run`."
        )


def check_ports(config: Config) -> None:
    """Raises ClayhubError when a port is taken, or two of ours are the same."""
    servers: dict[str, Listen] = {"redis": config.redis, "mqtt": config.mqtt, "web": config.web}
    for name, listen in servers.items():
        twins = [other for other in servers if other != name and servers[other].port == listen.port]
        if twins:
            raise ClayhubError(
                Code.BAD_CONFIG,
                f"{name} and {twins[0]} have the same port {listen.port}; give them two in config.yaml.",
            )
        _check_port(name, listen)


def _check_port(name: str, listen: Listen) -> None:
    with socket.socket(socket.AF_INET6 if ":" in listen.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((listen.host, listen.port))
        except OSError as error:
            raise ClayhubError(
                Code.INTERNAL,
                f"Port {listen.port} on {listen.host} cannot be used for {name} ({error.strerror}). End the program "
                f"that has it (`ss -ltnp` shows which), or write another port under `{name}:` in config.yaml.",
            ) from None
