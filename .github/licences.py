"""Prints the licences of all packages that the crate in this folder is made of for a target, each text once.

Usage: python3 .github/licences.py TARGET [FEATURES]
"""

import json
import pathlib
import re
import subprocess
import sys

NAMES = re.compile(r"(licen[cs]e|copying|copyright|notice|unlicense)([-._].*)?", re.IGNORECASE)


def packages(target, features):
    """The packages that end up in the program, by name: not those of tests, benches and build scripts."""
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--filter-platform", target, "--features", features]
    metadata = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    needs = {
        node["id"]: [need["pkg"] for need in node["deps"] if any(kind["kind"] is None for kind in need["dep_kinds"])]
        for node in metadata["resolve"]["nodes"]
    }
    root = metadata["resolve"]["root"]
    found, left = set(), list(needs[root])
    while left:
        package = left.pop()
        if package not in found:
            found.add(package)
            left += needs[package]
    known = {package["id"]: package for package in metadata["packages"]}
    # What lies here has the licence that lies here.
    others = (known[package] for package in found if known[package]["source"])
    return sorted(others, key=lambda package: (package["name"], package["version"]))


def texts(package):
    """The licences that a package carries along, those of fonts and the like among them."""
    folder = pathlib.Path(package["manifest_path"]).parent
    files = (file for file in sorted(folder.rglob("*")) if file.is_file() and NAMES.fullmatch(file.name))
    return [file.read_text(encoding="utf-8", errors="replace").strip() for file in files]


def main():
    target, features = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else ""
    packages_of = {}
    print("permtest contains these packages, and the standard library of Rust (MIT OR Apache-2.0).\n")
    for package in packages(target, features):
        name = f"{package['name']} {package['version']}"
        if not package["license"] and not package["license_file"]:
            sys.exit(f"{name} names no licence")
        authors = f", by {', '.join(package['authors'])}" if package["authors"] else ""
        print(f"{name}: {package['license'] or 'a licence of its own'}{authors}")
        for text in texts(package):
            packages_of.setdefault(text, []).append(name)
    for text, names in packages_of.items():
        print(f"\n{'=' * 80}\n{', '.join(dict.fromkeys(names))}\n{'-' * 80}\n\n{text}")


if __name__ == "__main__":
    main()
