"""What a judgment's text says, found by plain rules: each value with the passage it stands in. Nothing is guessed.

Where two readings are possible, both are found; an officer confirms each by hand. Pure: no database, no outside service.
"""

from registry.gleaning.findings import Finding, Gleaned
from registry.gleaning.reading import Reading
from registry.gleaning.whole import glean

__all__ = ["Finding", "Gleaned", "Reading", "glean"]
