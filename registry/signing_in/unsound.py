"""What `fido2` raises on an answer that no device gives: it names none of them."""

from __future__ import annotations

import struct

from cryptography.exceptions import UnsupportedAlgorithm

UNSOUND = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, AssertionError, RecursionError, struct.error,
           NotImplementedError, UnsupportedAlgorithm)  # fmt: skip
