"""`clayhub`: the table of commands. A command's module is imported when it is called, so that each starts quickly."""

import importlib

import click

from hub.contract.errors import ClayhubError, Code

COMMANDS = {
    "up": "Start everything, and stop it with Ctrl-C.",
    "hub": "Run the hub alone.",
    "agent": "Run one agent, on the machine beside its hardware.",
    "web": "Run the panel alone.",
    "redis": "Run the private Redis alone.",
    "info": "Show addresses, accounts, and where secrets lie.",
    "check": "Check config.yaml.",
    "schema": "Print the JSON Schema of config.yaml.",
    "driver": "List drivers, or begin one of your own.",
    "devices": "List the devices and their channels.",
    "watch": "Show live values.",
    "readings": "Print the recent readings of a device, as CSV.",
    "set": "Set a channel, and wait for what becomes of it.",
    "procedures": "List, start, stop, reset or clear procedures.",
    "schedules": "List, start, stop, reset or clear schedules.",
    "alarms": "List or acknowledge alarms, or send a notice to try it out.",
    "link": "Make a one-time sign-in link for the panel.",
    "password": "Set the password and role of a user of the panel.",
    "reset": "Delete live state, history and logs.",
    "render": "Write the servers' configuration files and the secrets they need.",
    "units": "Write systemd's units.",
}

REFUSED, UNCERTAIN = 1, 3
"""Exit codes beside 0 (done) and 2 (wrong usage): refused or failed; or not known, because somebody did not answer."""


class Failure(click.ClickException):
    """An error of ours, shown as one sentence."""

    def __init__(self, error: ClayhubError) -> None:
        super().__init__(str(error))
        self.code = error.code

    @property
    def exit_code(self) -> int:  # type: ignore[override]
        """1 or 3."""
        return UNCERTAIN if self.code in (Code.HUB_DOWN, Code.STORE_DOWN) else REFUSED

    def show(self, file: object = None) -> None:
        """Say it."""
        click.echo(f"clayhub: {self.message}", err=True)


class Commands(click.Group):
    """Loads a command by its name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, from its module."""
        if cmd_name not in COMMANDS:
            return None
        try:
            module = importlib.import_module(f"hub.cli.commands.{cmd_name}")
        except ModuleNotFoundError as error:
            text = (
                f"`clayhub {cmd_name}` needs the Python package {error.name}, which is not installed here. "
                "A machine with only an agent has less: do this on the hub's machine, or run `deploy/setup run`."
            )
            raise Failure(ClayhubError(Code.INTERNAL, text)) from None
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table itself, so that help needs no command loaded."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; our errors, and files that cannot be used, become sentences."""
        try:
            return super().invoke(ctx)
        except ClayhubError as error:
            raise Failure(error) from None
        except OSError as error:
            if error.filename is None:
                raise
            raise Failure(
                ClayhubError(
                    Code.INTERNAL, f"{error.filename} cannot be used ({error.strerror}); check who may write it."
                )
            ) from None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="clayhub", message="clayhub %(version)s")
def main() -> None:
    """Watch and control laboratory stands.

    The installation is described in config.yaml of the current folder, or in the file that CLAYHUB_CONFIG names.
    `clayhub COMMAND --help` explains a command, with examples.
    """


if __name__ == "__main__":
    main()
