"""Environment files, as systemd's ``EnvironmentFile=`` reads them: ``NAME=value`` a line, without quotes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def read(text: str) -> dict[str, str]:
    """Name → value; comments and empty lines are passed over."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def filled(text: str, values: Mapping[str, str]) -> str:
    """The file with these values, each in the line that names it; those that none names are put at the end."""
    named = read(text)
    lines = [_line(line, values) for line in text.splitlines()]
    return "\n".join([*lines, *_written({name: values[name] for name in values if name not in named})]) + "\n"


def _line(line: str, values: Mapping[str, str]) -> str:
    name = line.partition("=")[0]
    return f"{name}={values[name]}" if name in values else line


def _written(values: Mapping[str, str]) -> Iterable[str]:
    return [f"{name}={value}" for name, value in values.items()]
