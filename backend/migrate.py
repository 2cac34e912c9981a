"""`python -m backend.migrate URL`: bring the backend's database to the newest schema."""

import argparse

from backend.schema import upgrade


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m backend.migrate", description=__doc__)
    parser.add_argument("url", help="sqlite:///var/backend.db or postgresql://…")
    upgrade(parser.parse_args().url)


if __name__ == "__main__":
    main()
