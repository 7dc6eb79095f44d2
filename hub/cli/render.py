"""The configuration files of the servers and of the Mosquitto clients, filled from config.yaml: what is written for
`clayhub up` and for systemd alike."""

import getpass
import hashlib
from collections.abc import Iterable
from pathlib import Path
from string import Template

from hub.cli import secrets
from hub.cli.foreign import foreign
from hub.contract.config.schema import Config
from hub.contract.places import Places

ROOT = Path(__file__).parents[2]


def fill(template: str, **values: object) -> str:
    """The text of a template, a path below the checkout, with every `$word` replaced."""
    return Template((ROOT / template).read_text()).substitute(values)


def access_rules(config: Config) -> str:
    """Who may read and write which topics, account by account."""
    devices = {
        f"{stand_name}/{name}": (stand, device)
        for stand_name, stand in config.stands.items()
        for name, device in stand.devices.items()
    }
    devices_of_others = list(foreign(config))
    agents = (
        fill("mosquitto/acl-agent.template", agent=agent)
        + "".join(
            fill("mosquitto/acl-device.template", key=key)
            for key, (stand, _) in devices.items()
            if stand.agent == agent
        )
        + "".join(_rights(device.heard, device.told) for device in devices_of_others if device.agent == agent)
        for agent in config.agents
    )
    others = (
        fill("mosquitto/acl-foreign.template", account=device.account, agent=device.agent)
        + _rights(device.told, device.heard)
        for device in devices_of_others
    )
    commanded = (f"topic write clayhub/{key}/{leaf}\n" for key in devices for leaf in ("availability", "command"))
    settable = (
        f"topic write clayhub/{key}/+/set\n" for key, (_, device) in devices.items() if device.commands != "hub"
    )
    return fill(
        "mosquitto/acl.template",
        commanded="".join(commanded),
        agents="\n".join((*agents, *others)),
        human=fill("mosquitto/acl-human.template"),
        settable="".join(settable),
    )


def _rights(read: Iterable[str], write: Iterable[str]) -> str:
    return "".join([*(f"topic read {topic}\n" for topic in read), *(f"topic write {topic}\n" for topic in write)])


def broker(config: Config, places: Places) -> str:
    """The text of mosquitto.conf."""
    return fill(
        "mosquitto/mosquitto.conf.template",
        user=getpass.getuser(),
        host=config.mqtt.host,
        port=config.mqtt.port,
        password_file=places.secrets / secrets.BROKER,
        acl_file=rules_file(places),
    )


def redis(config: Config, places: Places) -> str:
    """The text of redis.conf."""
    password = places.read_secret(places.secrets / secrets.REDIS)
    return fill(
        "deploy/redis.conf.template",
        host=config.redis.host,
        port=config.redis.port,
        memory=config.redis.memory,
        folder=redis_file(places).parent,
        password_sha256=hashlib.sha256(password.encode()).hexdigest(),
    )


def client(config: Config, places: Places, account: str) -> str:
    """The options with which the Mosquitto clients reach the broker as `account`: one a line, as they read them."""
    password = places.read_secret(places.password_file(account))
    return f"-h {config.mqtt.host}\n-p {config.mqtt.port}\n-u {account}\n-P {password}\n"


def client_folder(places: Places, account: str) -> Path:
    """The XDG_CONFIG_HOME that gives the Mosquitto clients these options; so no password stands in a command line,
    which everybody on the machine can read."""
    return places.secrets / f"mqtt-{account}"


def broker_file(places: Places) -> Path:
    """Where mosquitto.conf is written."""
    return places.var / "mosquitto" / "mosquitto.conf"


def rules_file(places: Places) -> Path:
    """Where the access rules are written."""
    return places.var / "mosquitto" / "acl"


def redis_file(places: Places) -> Path:
    """Where redis.conf is written, beside the data."""
    return places.var / "redis" / "redis.conf"


def render(config: Config, places: Places) -> list[Path]:
    """Write all of them, and the secrets they need; returns the files. Raises ConfigError."""
    secrets.ensure(config, places)
    texts = {
        broker_file(places): broker(config, places),
        rules_file(places): access_rules(config),
        redis_file(places): redis(config, places),
        **{
            client_folder(places, account) / name: client(config, places, account)
            for account in secrets.PEOPLE
            for name in ("mosquitto_pub", "mosquitto_sub")
        },
    }
    for path, text in texts.items():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        secrets.write_private(path, text)
    return list(texts)
