"""The bill of materials of an environment, and what advisories say of the packages in it.

    python tests/audit.py PYTHON OUT

PYTHON is the interpreter of the environment that is audited, OUT a folder for ``sbom.cdx.json``
(CycloneDX) and ``advisories.json``. Run by `run.py audit`, with the two tools in an environment of
their own, so that they are no part of what they list. Exit status: 0 every package was looked up
and nothing is known against it, 1 something is, 2 some package could not be looked up: there is no
network, or the index that pip is set to has no advisories.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
OWN = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["name"]
CLEAN, KNOWN, UNKNOWN = 0, 1, 2
SERVICES = ("pypi", "osv")  # the second is asked where the first knows nothing


def main(python: str, out: str) -> int:
    """Write both files and say what they hold."""
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    materials = bill_of_materials(python, folder / "sbom.cdx.json")
    print(f"{folder / 'sbom.cdx.json'}: {materials} packages")
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = subprocess.run([python, "-c", code], check=True, capture_output=True, text=True)
    for service in SERVICES:
        found = advisories(packages.stdout.strip(), service)
        if any("skip_reason" not in package for package in found):
            break
    (folder / "advisories.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return told(found)


def bill_of_materials(python: str, path: Path) -> int:
    """Write what is installed, the same bytes for the same packages; return how many these are."""
    command = [tool("cyclonedx-py"), "environment", "--output-reproducible", "--of", "JSON"]
    command += ["--pyproject", str(ROOT / "pyproject.toml"), "-o", str(path), python]
    subprocess.run(command, check=True, capture_output=True)
    return len(json.loads(path.read_text(encoding="utf-8"))["components"])


def advisories(packages: str, service: str) -> list[dict[str, Any]]:
    """Ask a service about each package; [] if it cannot be reached."""
    command = [tool("pip-audit"), "--path", packages, "--service", service, "--format", "json"]
    done = subprocess.run(
        [*command, "--progress-spinner", "off", "--timeout", "10"], capture_output=True, text=True
    )
    try:
        found: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        return []
    return [package for package in found if package["name"] != OWN]


def told(found: list[dict[str, Any]]) -> int:
    """Print what is known against the packages, and which of them nobody could be asked about."""
    looked_up = [package for package in found if "skip_reason" not in package]
    bad = [(package, one) for package in looked_up for one in package["vulns"]]
    for package, one in bad:
        fixed = ", ".join(one["fix_versions"]) or "no version yet"
        print(f"{package['name']} {package['version']}: {one['id']}, mended in {fixed}")
    if bad:
        print("move to the versions named above: CONTRIBUTING.md, Change a dependency")
        return KNOWN
    if not looked_up:
        print(
            "advisories: none could be looked up. There is no network, or the package index here "
            "has no advisories; call again where there is one. The bill of materials is complete."
        )
        return UNKNOWN
    print(f"advisories: none for {len(looked_up)} of {len(found)} packages")
    if len(looked_up) < len(found):
        missing = sorted(package["name"] for package in found if package not in looked_up)
        print(f"not looked up: {', '.join(missing)}")
        return UNKNOWN
    return CLEAN


def tool(name: str) -> str:
    """Return a command of the environment that this runs in."""
    return str(Path(sys.executable).parent / name)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
