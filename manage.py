#!/usr/bin/env python
"""Django's command line; `manage.py install` alone comes before there are settings."""

import os
import runpy
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    if sys.argv[1:2] == ["install"]:
        # It writes what the settings are read from.
        sys.argv[:2] = [f"{sys.argv[0]} install"]
        runpy.run_module("config.installing", run_name="__main__")
    else:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        execute_from_command_line(sys.argv)
