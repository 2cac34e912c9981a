"""The stand-in for the power company's systems, as a process."""

from fastapi import FastAPI

from app.process import read_settings, spare_the_collector
from backend.app import create_app


def backend() -> FastAPI:
    """A uvicorn factory; raises SettingsError."""
    settings = read_settings()
    app = create_app(database_url=settings.backend_database_url, secret=settings.utility_secret.reveal())
    spare_the_collector()
    return app
