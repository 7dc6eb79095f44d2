"""`clayhub link`: a one-time sign-in link."""

import click

from hub.cli import welcome
from hub.cli.installation import find, store
from hub.cli.secrets import USERS
from hub.contract.errors import ClayhubError, Code
from hub.state.sessions import LINK_SECONDS, Sessions
from web.users import Users


@click.command(epilog="Example: clayhub link anna")
@click.argument("name", default="operator")
def command(name: str) -> None:
    """Make a link that signs NAME in to the panel, once. clayhub must run."""
    places, config = find()
    user = Users(places.secrets / USERS).get(name)
    if user is None:
        raise ClayhubError(Code.UNKNOWN_TARGET, f"The panel has no user {name}; `clayhub password {name}` makes one.")
    with store() as redis:
        token = Sessions(redis).create_link(name)
    click.echo(welcome.address(config, token))
    click.echo(f"It signs in {name} ({user.role}), once, within {LINK_SECONDS // 3600} hours.", err=True)
