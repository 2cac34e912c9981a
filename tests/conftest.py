"""What every test package may use."""

from tests.postgres import postgres

__all__ = ["postgres"]

pytest_plugins = ["tests.stack"]
