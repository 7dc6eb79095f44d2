#!/usr/bin/env python3
"""Fetch the panel's front-end files again from their npm packages, as web/static/vendor/vendor.json names them.

To take a newer version or one more file, write it in vendor.json (a new file with an empty sum), run `deploy/vendor.py`
and commit what it leaves. It needs npm; who only runs clayhub does not, since the files are in the repository.
"""

import hashlib
import json
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

VENDOR = Path(__file__).resolve().parents[1] / "web/static/vendor"
LOCK = VENDOR / "vendor.json"


def fetch(entry: dict[str, Any], into: Path) -> dict[str, Any]:
    """Download one package (npm checks its integrity), keep the wanted files, return the full entry."""
    argv = ["npm", "pack", "--json", f"{entry['package']}@{entry['version']}"]
    packed = json.loads(subprocess.run(argv, cwd=into, check=True, stdout=subprocess.PIPE).stdout)[0]
    sums = {}
    with tarfile.open(into / packed["filename"]) as package:

        def content(path: str) -> bytes:
            member = package.extractfile(f"package/{path}")
            if member is None:
                raise SystemExit(f"{entry['package']} {entry['version']} has no file {path}: mend vendor.json.")
            return member.read()

        for path in sorted(entry["files"]):
            target = VENDOR / entry["package"] / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content(path))
            sums[path] = hashlib.sha256(target.read_bytes()).hexdigest()
        licence = json.loads(content("package.json"))["license"]
    return {
        "package": entry["package"],
        "version": packed["version"],
        "integrity": packed["integrity"],
        "license": licence,
        "files": sums,
    }


def main() -> None:
    """Fetch all and write the lock anew."""
    with tempfile.TemporaryDirectory() as folder:
        entries = [fetch(entry, Path(folder)) for entry in json.loads(LOCK.read_text())]
    LOCK.write_text(json.dumps(entries, indent=2) + "\n")


if __name__ == "__main__":
    main()
