"""A command of ours with the settings in force: `python -m launch.module NAME ARGUMENTS`, as the Makefile does."""

from __future__ import annotations

import os
import subprocess
import sys

from launch import secret
from launch.command import leave
from launch.project import PYTHON, ROOT
from launch.stack import environment, read_settings


def main() -> int:
    outer = secret.add_to(os.environ)
    variables = environment(outer, read_settings(outer))
    return subprocess.run([str(PYTHON), "-m", *sys.argv[1:]], cwd=ROOT, env=variables, check=False).returncode


if __name__ == "__main__":
    leave(main)
