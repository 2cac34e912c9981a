import re
import subprocess
import sys
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from settings import Secret, Settings, SettingsError, find_cjk_font, variables

ROOT = Path(__file__).parents[1]
SECRETS = {
    f"DIANDA_{name}_SECRET": f"{name.lower()}-secret-0123456789"
    for name in ("ACTIONS", "CONSOLE", "UTILITY", "WEBCHAT")
}


def read(**given: str) -> Settings:
    return Settings.from_environment(SECRETS | {f"DIANDA_{name}": value for name, value in given.items()})


def refusal(**given: str) -> str:
    with pytest.raises(SettingsError) as error:
        read(**given)
    assert "\n" not in str(error.value)
    return str(error.value)


def documented() -> dict[str, str]:
    """The rows of docs/settings.md: variable and default."""
    rows = re.findall(r"^\| `(DIANDA_\w+)` \| (.+?) \|", (ROOT / "docs/settings.md").read_text(), re.MULTILINE)
    assert len(rows) == len(dict(rows))
    return dict(rows)


def test_every_setting_is_documented_and_nothing_else_is() -> None:
    assert set(documented()) == set(variables().values())


def test_documented_defaults_are_the_real_ones() -> None:
    defaults = read().to_environment()
    for variable, default in documented().items():
        if match := re.fullmatch(r"`(.+)`", default):
            value = defaults[variable]
            assert value == match[1] or float(value) == float(match[1]), variable


def test_every_variable_the_code_names_is_a_setting() -> None:
    known = set(variables().values())
    for source in [ROOT / "Procfile", ROOT / "Makefile", *ROOT.glob("bot/*.yml"), *ROOT.glob("launch/*.py")]:
        named = set(re.findall(r"DIANDA_[A-Z][A-Z_]*[A-Z]", source.read_text()))
        assert named <= known, source


def test_four_secrets_are_enough() -> None:
    settings = read()
    assert (settings.host, settings.port, settings.rasa_timeout) == ("127.0.0.1", 8000, 3.0)
    assert settings.webchat_origins == ()
    assert settings.cjk_font == find_cjk_font()


def test_addresses_follow_the_ports() -> None:
    settings = read(RASA_PORT="6000", RASA_PROCESSES="2", BACKEND_PORT="9010")
    assert settings.rasa_urls == ("http://127.0.0.1:6000", "http://127.0.0.1:6001")
    assert settings.utility_url == "http://127.0.0.1:9010"


def test_what_is_handed_to_children_reads_back_the_same() -> None:
    settings = read(WEBCHAT_ORIGINS="https://a.example, https://b.example:8443", RASA_PROCESSES="3", LOG_LEVEL="debug")
    assert Settings.from_environment(settings.to_environment()) == settings


@pytest.mark.parametrize("name", sorted(SECRETS))
def test_a_missing_secret_is_named(name: str) -> None:
    with pytest.raises(SettingsError, match=f"^{name} is missing: "):
        Settings.from_environment({other: value for other, value in SECRETS.items() if other != name})


def test_an_empty_variable_counts_as_absent() -> None:
    assert read(PORT="", HOST="  ").port == 8000
    assert refusal(ACTIONS_SECRET="").startswith("DIANDA_ACTIONS_SECRET is missing")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "http"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "٨٠٠٠"),
        ("HOST", "my host"),
        ("RASA_PROCESSES", "0"),
        ("RASA_TIMEOUT", "-1"),
        ("RASA_TIMEOUT", "nan"),
        ("UTILITY_BUDGET", "0"),
        ("RASA_URLS", "127.0.0.1:5005"),
        ("RASA_URLS", ","),
        ("UTILITY_URL", "ftp://utility"),
        ("DATABASE_URL", "postgresql://desk@localhost/desk"),
        ("BACKEND_DATABASE_URL", "var/backend.db"),
        ("ACTIONS_SECRET", "short"),
        ("ACTIONS_SECRET", "a secret with blanks in it"),
        ("WEBCHAT_ORIGINS", "https://a.example/path"),
        ("WEBCHAT_TOKEN_HOURS", "1.5"),
        ("WEBCHAT_RATE", "20"),
        ("WEBCHAT_RATE", "0/minute"),
        ("WEBCHAT_GLOBAL_RATE", "20/fortnight"),
        ("WEBCHAT_SESSION_RATE", "20/minute;"),
        ("CJK_FONT", "/no/such/font.ttc"),
        ("LOG_LEVEL", "LOUD"),
        ("LEASE_SECONDS", "ten"),
    ],
)
def test_a_bad_value_is_named(name: str, value: str) -> None:
    assert refusal(**{name: value}).startswith(f"DIANDA_{name} ")


def test_a_misspelt_variable_is_refused_with_the_nearest_name() -> None:
    assert (
        refusal(WEBCHAT_RATES="5/minute") == "DIANDA_WEBCHAT_RATES is not a setting: did you mean DIANDA_WEBCHAT_RATE?"
    )


def test_two_processes_on_one_port_are_refused() -> None:
    assert refusal(PORT="5006", RASA_PROCESSES="2").startswith(
        "DIANDA_RASA_PORT (process 2) is 5006, and so is DIANDA_PORT"
    )


def test_secrets_and_database_passwords_do_not_show_themselves() -> None:
    settings = read(DATABASE_URL="postgresql+asyncpg://desk:hunter2@localhost/desk")
    shown = f"{settings!r} {settings} {settings.actions_secret}"
    assert not any(hidden in shown for hidden in ("hunter2", *SECRETS.values()))
    assert settings.actions_secret.reveal() == SECRETS["DIANDA_ACTIONS_SECRET"]


def test_a_bad_secret_or_password_is_not_repeated_in_the_refusal() -> None:
    assert "hunter2" not in refusal(DATABASE_URL="mysql://desk:hunter2@localhost/desk")
    assert "hunter2" not in refusal(WEBCHAT_SECRET="hunter2")


def test_settings_do_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        read().port = 1  # type: ignore[misc]
    assert Secret("x") == Secret("x")


def test_reading_the_module_reads_no_environment() -> None:
    done = subprocess.run([sys.executable, "-c", "import settings"], cwd=ROOT, env={"DIANDA_PORT": "nonsense"})
    assert done.returncode == 0
