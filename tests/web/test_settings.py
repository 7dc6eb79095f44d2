"""What the panel takes from config.yaml and the secrets."""

from pathlib import Path

import pytest

from hub.contract.errors import ConfigError
from hub.contract.places import Places
from web.settings import Settings
from web.users import Users, save_user


def settings(folder: Path, web: str) -> Settings:
    """Those of an installation whose config.yaml says `web` about the panel."""
    (folder / "redis.password").write_text("secret\n")
    (folder / "web.secret").write_text("key\n")
    (folder / "config.yaml").write_text(f"version: 1\nweb: {web}\nagents: {{bench: {{}}}}\nstands: {{}}\n")
    return Settings.from_places(Places(folder / "config.yaml", folder / "var", folder))


def test_the_panel_is_reached_at_its_port_of_this_machine(tmp_path: Path) -> None:
    found = settings(tmp_path, "{port: 8080}")
    assert found.origins == {"http://127.0.0.1:8080", "http://localhost:8080"}
    assert not found.secure
    assert (found.redis_password, found.secret_key) == ("secret", "key")


def test_an_ipv6_address_stands_in_brackets(tmp_path: Path) -> None:
    found = settings(tmp_path, '{host: "::1", port: 8080}')
    assert "http://[::1]:8080" in found.origins
    assert "::1" in found.hosts


def test_other_addresses_are_named_and_https_makes_the_cookie_secure(tmp_path: Path) -> None:
    found = settings(tmp_path, '{port: 8080, origins: ["https://Panel.Example/"]}')
    assert "https://panel.example" in found.origins
    assert "panel.example" in found.hosts
    assert found.secure


def test_a_missing_secret_is_named(tmp_path: Path) -> None:
    settings(tmp_path, "{port: 8080}")
    (tmp_path / "web.secret").unlink()
    with pytest.raises(ConfigError, match=r"web\.secret"):
        Settings.from_places(Places(tmp_path / "config.yaml", tmp_path / "var", tmp_path))


def test_a_changed_password_counts_at_once_and_others_stay(tmp_path: Path) -> None:
    file = tmp_path / "users.json"
    save_user(file, "anna", "operator", "seedling")
    save_user(file, "vik", "viewer", None)
    users = Users(file)
    assert users.check("anna", "seedling")
    assert users.check("vik", "") is None, "without a password there is only the link"
    save_user(file, "anna", "viewer", "sprout")
    assert users.check("anna", "seedling") is None
    anna = users.check("anna", "sprout")
    assert anna
    assert not anna.may_command
    assert users.get("vik")
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("text", ["", "[]", '{"users": []}', '{"users": {"anna": {"role": "king", "hash": null}}}'])
def test_a_damaged_file_of_users_is_named_and_lets_nobody_in(tmp_path: Path, text: str) -> None:
    file = tmp_path / "users.json"
    file.write_text(text)
    with pytest.raises(ConfigError, match=r"users\.json"):
        Users(file).get("anna")
