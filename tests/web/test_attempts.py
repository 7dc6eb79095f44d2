"""How many wrong passwords are enough."""

from web.attempts import Attempts


def test_one_name_is_refused_from_one_address_only() -> None:
    attempts = Attempts()
    for _ in range(10):
        assert attempts.allowed("anna", "192.0.2.1")
        attempts.wrong("anna", "192.0.2.1")
    assert not attempts.allowed("anna", "192.0.2.1")
    assert attempts.allowed("vik", "192.0.2.1")
    assert attempts.allowed("anna", "192.0.2.2")


def test_a_hundred_with_any_names_are_enough_for_an_address() -> None:
    attempts = Attempts()
    for number in range(100):
        attempts.wrong(f"name{number}", "192.0.2.1")
    assert not attempts.allowed("vik", "192.0.2.1")
    assert attempts.allowed("vik", "192.0.2.2")
