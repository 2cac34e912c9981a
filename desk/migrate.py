"""`python -m desk.migrate URL` brings the desk's database to the newest schema."""

import sys
from pathlib import Path

from alembic import command
from alembic.config import Config

SCRIPTS = Path(__file__).parent.parent / "migrations" / "desk"


def migrate(url: str) -> None:
    """Makes the folder of an SQLite file when it is not there."""
    if url.startswith("sqlite") and (path := url.partition(":///")[2]):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["url"] = url
    command.upgrade(config, "head")


if __name__ == "__main__":
    migrate(sys.argv[1])
