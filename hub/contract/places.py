"""Where an installation's files lie: its configuration, its data, its secrets. The same answer for every process."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from hub.contract.errors import ConfigError


@dataclass(frozen=True)
class Places:
    """Absolute paths. Two installations of one person never share a folder of secrets: its name holds that of `var`."""

    config: Path
    """CLAYHUB_CONFIG; left out, config.yaml in the current folder."""
    var: Path
    """CLAYHUB_VAR; left out, the folder `var` beside config.yaml."""
    secrets: Path
    """CLAYHUB_SECRETS; left out, a folder of the person's own under ~/.config/clayhub. One secret a file, mode 600."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """The places that the environment names, or the usual ones."""
        config = Path(environment.get("CLAYHUB_CONFIG") or "config.yaml").absolute()
        var = Path(environment.get("CLAYHUB_VAR") or config.parent / "var").absolute()
        mark = hashlib.sha256(str(var).encode()).hexdigest()[:8]
        usual = Path("~/.config/clayhub").expanduser() / f"{config.parent.name or 'root'}-{mark}"
        return cls(config, var, Path(environment.get("CLAYHUB_SECRETS") or usual).absolute())

    def to_environment(self) -> dict[str, str]:
        """What to put into the environment of a process that shall find the same places."""
        return {
            "CLAYHUB_CONFIG": str(self.config),
            "CLAYHUB_VAR": str(self.var),
            "CLAYHUB_SECRETS": str(self.secrets),
        }

    @property
    def simulators(self) -> Path:
        """Where simulated devices leave their addresses and logs, and look for faults."""
        return self.var / "simulators"

    def password_file(self, account: str) -> Path:
        """The file with the password of an MQTT account: `hub`, `agent-<name>`, `operator` or `viewer`."""
        return self.secrets / f"mqtt-{account}.password"

    def read_secret(self, path: Path) -> str:
        """One secret. Raises ConfigError when it is missing or cannot be read."""
        try:
            return path.read_text().strip()
        except OSError as error:
            raise ConfigError(
                f"The secret {path} cannot be read ({error.strerror}). `clayhub up` makes the secrets; on another "
                "machine copy the file from the hub's, or set CLAYHUB_SECRETS to the folder where it lies."
            ) from None
