"""The password of a device: a secret of its own, for config.yaml is the same on all machines."""

from hub.contract.errors import Code, DeviceError
from hub.contract.places import Places


def secret(name: str) -> str:
    """The secret that config.yaml names. Raises DeviceError (bad_config) when it is not there."""
    path = Places.from_environment().secrets / f"device-{name}.password"
    try:
        return path.read_text().strip()
    except OSError as error:
        text = f"The password {name} cannot be read ({error.strerror}): write it into {path}, with mode 600."
        raise DeviceError(Code.BAD_CONFIG, text) from error
