"""`clayhub units DIR`: the units with which systemd runs clayhub."""

from pathlib import Path

import click

from hub.cli.units import units
from hub.contract.config.load import load
from hub.contract.places import Places


@click.command(epilog="Example: sudo clayhub units /etc/systemd/system")
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, writable=True, path_type=Path))
def command(folder: Path) -> None:
    """Write systemd's units into DIR, for code in /opt/clayhub and settings in /etc/clayhub (docs/systemd.md).

    Do it again after a change of `host` in config.yaml: the addresses that may be spoken to stand in the units.
    """
    for name, text in units(load(Places.from_environment().config)).items():
        (folder / name).write_text(text)
        click.echo(folder / name)
