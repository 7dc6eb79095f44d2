"""The systemd units, filled from config.yaml: who may speak to which server follows from where it listens."""

import ipaddress
from pathlib import Path

from hub.cli.render import ROOT, fill
from hub.contract.config.schema import Config, Listen

TEMPLATES = Path("deploy/systemd")

LABORATORY = "localhost link-local 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7"
"""Addresses of networks inside a house: those of RFC 1918 and RFC 4193."""


def units(config: Config) -> dict[str, str]:
    """The text of each unit by its file's name. Code is in /opt/clayhub, config.yaml and secrets in /etc/clayhub."""
    common = fill(str(TEMPLATES / "common.template")).rstrip()
    return {
        path.name.removesuffix(".template"): fill(
            str(TEMPLATES / path.name),
            common=common,
            laboratory=LABORATORY,
            redis_clients=_clients(config.redis),
            mqtt_clients=_clients(config.mqtt),
            web_clients=_clients(config.web, config.redis),
            hub_servers="any" if config.notify is not None else _clients(config.mqtt, config.redis),
        )
        for path in sorted((ROOT / TEMPLATES).glob("clayhub*.template"))
    }


def _clients(*servers: Listen) -> str:
    """The addresses to allow: only this machine's own when all of the servers listen on loopback."""
    return "localhost" if all(_loopback(server.host) for server in servers) else LABORATORY


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:  # a name
        return False
