"""The web server with a defect."""

from __future__ import annotations

from config.wsgi import application
from tests.faults import storm_defects

__all__ = ["application"]

storm_defects.plant(storm_defects.IN_WEB)
