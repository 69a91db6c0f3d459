"""`manage.py install`."""

import sys

from config.installing.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
