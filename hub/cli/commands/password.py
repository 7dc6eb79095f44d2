"""`clayhub password`: the users of the panel."""

import click

from hub.cli.installation import find
from hub.cli.secrets import USERS, ensure
from web.users import ROLES, Role, Users, save_user

SHORTEST = 8


@click.command(epilog="Example: clayhub password anna --role viewer")
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), help="What the user may do. Left out: as it was, or operator.")
@click.password_option(help="Better left out: then it is asked for, and does not stand in the shell's history.")
def command(name: str, role: Role | None, password: str) -> None:
    """Set the password of the panel's user NAME, who is added if new. An operator may command, a viewer may look."""
    if not name.strip() or not name.isprintable():
        raise click.BadParameter("write letters that can be seen, such as anna.", param_hint="NAME")
    if len(password) < SHORTEST:
        raise click.BadParameter(f"take at least {SHORTEST} characters.", param_hint="password")
    places, config = find()
    ensure(config, places)
    known = Users(places.secrets / USERS).get(name)
    role = role or (known.role if known else "operator")
    save_user(places.secrets / USERS, name, role, password)
    click.echo(f"{name} can sign in as {role}.")
