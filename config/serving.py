"""The web server's own settings: `gunicorn --config python:config.serving config.wsgi`.

Its lines have the form of all others from the first one on, and its access log, where it is turned on, holds no query, no
referrer, no browser's name and no address: on pages of persons the page alone would say of whoever has it that he is listed.
"""

from __future__ import annotations

import logging
import logging.config
from typing import Any

from gunicorn.glogging import Logger

from config.logs import from_environment


class Lines(Logger):  # type: ignore[misc]  # the web server has no types
    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        logging.captureWarnings(capture=True)
        logging.config.dictConfig(from_environment())


logger_class = Lines
# Loaded once, whatever is refused at the start is said once, and what never changes is in memory once for all processes.
preload_app = True
access_log_format = '"%(m)s %(U)s %(H)s" %(s)s %(B)s %(M)s ms'
