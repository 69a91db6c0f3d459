"""Our own rules for semgrep: what no line of the product may do. `make rules` runs them, and `make check` runs that.

Each rule has lines that it must find (``ruleid:``) and lines that it must leave alone (``ok:``) in samples/, which is
read in the same run: a rule that has gone blind fails as loudly as a line that breaks it. What is allowed all the same
is in allowed.py, by file, with its count and its reason.
"""
