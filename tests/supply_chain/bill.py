"""`python -m tests.supply_chain.bill`: var/sbom.json, the bill of materials of what runs in production.

CycloneDX 1.6 (ECMA-424). The packages are those of requirements.txt as installed here, told by the official tool and
checked against the standard's schema; the same installation gives the same bytes. Exit 1: a licence is not allowed or a
locked package is not installed; 2: the tool is missing or failed.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from tests.supply_chain.licences import ALLOWED, FOR, TOLD
from tests.supply_chain.lock import PRODUCT, ROOT, pinned
from tests.supply_chain.vendored import Vendored, vendored

TOOL = ROOT / "var" / "scanners" / "bin" / "cyclonedx-py"
BILL = ROOT / "var" / "sbom.json"
ELSEWHERE = {"async-timeout", "colorama"}  # for older Pythons and other systems: locked, and installed there alone
SECONDS = 300
VALIDATE = """
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
problem = JsonStrictValidator(SchemaVersion.V1_6).validate_str(sys.stdin.read())
sys.exit(str(problem) if problem else 0)
"""

Component = dict[str, Any]


class NoBill(Exception):
    """The tool is missing, failed, or wrote what the standard does not allow. The text says what to do."""


def bill() -> dict[str, Any]:
    """The bill as JSON has it. Raises NoBill."""
    said = json.loads(_run([TOOL, "environment", *FLAGS, "--pyproject", ROOT / "pyproject.toml", sys.executable]))
    wanted = {one.name for one in pinned(PRODUCT)}
    components = [_told(each) for each in said["components"] if canonicalize_name(each["name"]) in wanted]
    references = {each["bom-ref"] for each in components}
    said["components"] = components + [_component(each) for each in vendored()]
    said["dependencies"] = [
        {**each, "dependsOn": sorted(set(each.get("dependsOn", ())) & references)}
        for each in said["dependencies"]
        if each["ref"] in references
    ]
    said["metadata"].pop("tools", None)
    _run([TOOL.with_name("python"), "-c", VALIDATE], json.dumps(said))
    return dict(said)


FLAGS = ("--output-reproducible", "--short-PURLs", "--no-validate", "--spec-version", "1.6")


def missing(components: Sequence[Component]) -> list[str]:
    """In words: locked packages that the bill does not hold at the locked version."""
    there = {(canonicalize_name(each["name"]), each["version"]) for each in components}
    return [
        f"{one.name} {one.version} is locked and not installed: make install"
        for one in pinned(PRODUCT)
        if one.name not in ELSEWHERE and (one.name, str(one.version)) not in there
    ]


def unlicensed(components: Sequence[Component]) -> list[str]:
    """In words: components whose licence is not among those that the court may use."""
    return [
        f"{each['name']} {each['version']}: licence {', '.join(sorted(licences(each))) or 'unknown'} is not in licences.py"
        for each in components
        if not licences(each) or not licences(each) <= ALLOWED | FOR.get(canonicalize_name(each["name"]), set())
    ]


def licences(component: Mapping[str, Any]) -> set[str]:
    """Every licence that a component names; of "or", every one of them."""
    named: set[str] = set()
    for each in component.get("licenses", ()):
        text = each.get("expression") or each["license"].get("id") or each["license"]["name"]
        named |= set(text.replace(" OR ", " AND ").strip("()").split(" AND "))
    return named


def _told(component: Component) -> Component:
    """Without the addresses of its makers, and with the licence that its own files have, where its record is prose."""
    kept = {key: value for key, value in component.items() if key not in {"externalReferences", "properties"}}
    licence = TOLD.get(canonicalize_name(component["name"]))
    return {**kept, "licenses": [{"expression": licence}]} if licence else kept


def _component(each: Vendored) -> Component:
    component: Component = {
        "type": "library",
        "bom-ref": f"vendored:{each.name}",
        "name": each.name,
        "version": each.version,
        "licenses": [{"expression": each.licence}],
        "properties": [{"name": "registry:within", "value": each.within or "this repository"}],
    }
    if each.files:
        component["components"] = [_file(path) for path in each.files]
    return component


def _file(path: str) -> Component:
    content = hashlib.sha256((ROOT / path).read_bytes()).hexdigest()
    return {
        "type": "file",
        "bom-ref": f"file:{path}",
        "name": path,
        "hashes": [{"alg": "SHA-256", "content": content}],
    }


def _run(command: Sequence[str | Path], standard_input: str = "") -> str:
    words = list(map(str, command))
    try:
        done = subprocess.run(words, input=standard_input, capture_output=True, text=True, timeout=SECONDS, check=False)
    except OSError:
        raise NoBill("the tool is not installed: make scanners") from None
    if done.returncode:
        raise NoBill(f"{Path(words[0]).name} failed: {done.stderr[-2000:]}")
    return done.stdout


def main(file: Path = BILL) -> int:
    try:
        said = bill()
    except NoBill as problem:
        sys.stderr.write(f"No bill was written: {problem}\n")
        return 2
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(said, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    wrong = missing(said["components"]) + unlicensed(said["components"])
    sys.stdout.writelines(f"{each}\n" for each in wrong)
    sys.stdout.write(f"{file.name}: {len(said['components'])} components, {len(wrong)} to mend\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
