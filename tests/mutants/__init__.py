"""How much of a wrong product the tests tell: every line of the rooms that matter most, made another one by mutmut.

`python -m tests.mutants [ROOM …]`, with the environment of `make scanners`. What survives is told by no test; it is told
by one from then on, or stands in `rooms.toml` with the reason why nobody could tell it.
"""
