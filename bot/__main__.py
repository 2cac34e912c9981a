"""`python -m bot <arguments of rasa>`: Rasa's command line with our savings.

No telemetry, and no customer's word in the logs (but with --debug). BOT_PLAIN=1 leaves the savings out.
"""

from __future__ import annotations

import os
import sys
import warnings

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["RASA_TELEMETRY_ENABLED"] = "false"
os.environ["SQLALCHEMY_SILENCE_UBER_WARNING"] = "1"


def main() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import rasa.__main__ as rasa_main

    from bot import quiet_logs, savings

    configure = rasa_main.configure_structlog

    def configure_and_silence(level: int | None = None) -> None:
        configure(level)
        warnings.filterwarnings("ignore", category=DeprecationWarning)  # dozens, from Rasa's own 2023 libraries
        quiet_logs.silence(keep_words="--debug" in sys.argv)

    rasa_main.configure_structlog = configure_and_silence
    if os.environ.get("BOT_PLAIN") != "1":
        savings.apply()
    rasa_main.main()


if __name__ == "__main__":
    main()
