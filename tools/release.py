"""`make release`: a version, dated, built, looked at in an empty environment, and only then committed and tagged.

Everything happens in a clone of what is committed, under `build/`; the repository learns of it at the end, in one
step, or (with `--dry-run`, or when anything is wrong) not at all. Nothing is pushed or uploaded.
"""

from __future__ import annotations

import argparse
import datetime
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tools import python_env
from tools.checks import CHECKS
from tools.steps import ROOT, TOOLS, Command, Refusal, run, say, step

BRANCH = "main"
DIST = ROOT / "dist"
_VERSION = re.compile(r'^__version__ = "(.+)"$', re.MULTILINE)
_SEMANTIC = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
_UNRELEASED = "## Unreleased\n"
#: What a plain Oscar shop for the finished wheel is made of; the package itself must come from the wheel.
_SETTINGS = "tests.contracts.bare_shop.settings"
_BARE_SHOP = ("tests/__init__.py", "tests/contracts/__init__.py", "tests/contracts/bare_shop")


def main(arguments: Sequence[str]) -> int:
    """Make the release, or with `--dry-run` only try; a refusal changes nothing."""
    parser = argparse.ArgumentParser(prog="make release")
    parser.add_argument("--version", required=True, help="the new version: MAJOR.MINOR.PATCH")
    parser.add_argument("--dry-run", action="store_true", help="do everything but keep nothing")
    chosen = parser.parse_args(arguments)
    require_releasable(ROOT, chosen.version)
    python_env.ensure("dev")
    packages = python_env.ensure_beside("release", title="What builds and examines a release")
    _lint()
    (ROOT / "build").mkdir(exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix="release-", dir=ROOT / "build"))
    try:
        clone = work / "clone"
        run(["git", "clone", "--quiet", "--no-local", ROOT, clone], name="git clone")
        write_version(clone, chosen.version, on=datetime.datetime.now(datetime.UTC).date())
        run(["git", "commit", "--quiet", "--all", "-m", f"Release {chosen.version}"], name="git commit", cwd=clone)
        files = build(clone, work / "dist", packages=packages)
        files.append(_examine(files, work, chosen.version, packages=packages))
        say(f"{chosen.version}: {', '.join(file.name for file in files)}")
        if chosen.dry_run:
            say("a dry run: nothing is kept, nothing is tagged")
            return 0
        _keep(clone, files, chosen.version)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return 0


# --- may it be released? ---


def require_releasable(repository: Path, version: str) -> None:
    """Refuse a version that is none or not newer, another branch, a dirty tree, a tag that exists, an empty section."""
    if not _SEMANTIC.fullmatch(version):
        raise Refusal(f"VERSION={version or '(none)'} is no version: write MAJOR.MINOR.PATCH, as in VERSION=0.2.0")
    if (branch := _git(repository, "branch", "--show-current")) != BRANCH:
        raise Refusal(f"releases are made on {BRANCH}; this is {branch or 'no branch'}")
    if _git(repository, "status", "--porcelain"):
        raise Refusal("there are changes that are not committed: commit or remove them first")
    if _git(repository, "tag", "--list", f"v{version}"):
        raise Refusal(f"the tag v{version} is there already: a version is released once")
    current = version_of(repository)
    if _numbers(version) <= _numbers(current):
        raise Refusal(f"{version} is not newer than {current}")
    if not unreleased(repository).strip():
        raise Refusal("CHANGELOG.md has nothing under Unreleased: there is nothing to release")
    require_same_migrations(repository)


def require_same_migrations(repository: Path) -> None:
    """Refuse when a migration of the last release was changed, renamed or removed (docs/extend/api.md)."""
    tags = _git(repository, "tag", "--list", "v*", "--sort=-version:refname").split()
    if not tags:
        return
    wrong = _git(
        repository, "diff", "--name-only", "--no-renames", "--diff-filter=DM", tags[0], "--", "*/migrations/0*.py"
    )
    if wrong:
        raise Refusal(f"migrations of {tags[0]} were changed or removed: {', '.join(wrong.split())}")


def version_of(repository: Path) -> str:
    """Return the version the package has now."""
    found = _VERSION.search((repository / "src" / "akcept" / "__init__.py").read_text())
    assert found is not None  # noqa: S101  the file is ours
    return found[1]


def unreleased(repository: Path) -> str:
    """Return what the changelog has under Unreleased."""
    text = (repository / "CHANGELOG.md").read_text().partition(_UNRELEASED)[2]
    return re.split(r"^## ", text, maxsplit=1, flags=re.MULTILINE)[0]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _git(repository: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=repository, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Refusal(f"git {arguments[0]}: {done.stderr.strip().splitlines()[-1]}")
    return done.stdout.strip()


def _lint() -> None:
    with step("The checks of the house"):
        for name, command in CHECKS.items():
            run([*command], name=f"check-{name}")


# --- making it ---


def write_version(repository: Path, version: str, *, on: datetime.date) -> None:
    """Write the version, and date what the changelog has under Unreleased."""
    package = repository / "src" / "akcept" / "__init__.py"
    package.write_text(_VERSION.sub(f'__version__ = "{version}"', package.read_text()))
    changelog = repository / "CHANGELOG.md"
    dated = f"{_UNRELEASED}\n## {version} - {on.isoformat()}\n"
    changelog.write_text(changelog.read_text().replace(_UNRELEASED, dated, 1))


def build(source: Path, into: Path, *, packages: Path) -> list[Path]:
    """Build the source archive, and from that the wheel; the same commit gives the same bytes."""
    with step("Source archive and wheel"):
        env = {
            "PYTHONPATH": os.pathsep.join(map(str, (TOOLS / "build", packages))),
            "SOURCE_DATE_EPOCH": _git(source, "log", "-1", "--format=%ct"),
        }
        # Built with the pinned tools: an environment made for it would take whatever is newest.
        command: Command = [python_env.PYTHON, "-m", "build", "--no-isolation", "--skip-dependency-check"]
        run([*command, "--outdir", into, source], name="build", env=env)
    return sorted(into.iterdir())


def _examine(files: Sequence[Path], work: Path, version: str, *, packages: Path) -> Path:
    """Look at the files as somebody who installs them would; return the list of what the wheel brings along."""
    (wheel,) = (file for file in files if file.suffix == ".whl")
    tools = {"PYTHONPATH": str(packages)}
    with step("Metadata"):
        run([python_env.PYTHON, "-m", "twine", "check", "--strict", *files], name="twine check", env=tools)
    python = _empty_environment(work / "empty", wheel)
    bill = wheel.parent / f"akcept-{version}.cdx.json"
    with step("Bill of materials (CycloneDX)"):
        command: Command = [python_env.PYTHON, "-m", "cyclonedx_py", "environment", "--output-reproducible"]
        command += ["--pyproject", work / "clone" / "pyproject.toml", "--mc-type", "library"]
        run([*command, "--output-file", bill, python], name="cyclonedx", env=tools)
    _try_in_a_shop(python, work / "shop", version)
    return bill


def _empty_environment(folder: Path, wheel: Path) -> Path:
    """Make an environment with nothing but the wheel and the newest of what it asks for; return its Python."""
    with step("An empty environment, the wheel in it"):
        run([sys.executable, "-m", "venv", "--without-pip", folder], name="python -m venv")
        python = folder / "bin" / "python"
        run([*python_env.pip_into(python), "install", "--quiet", wheel], name="pip install wheel")
        run([*python_env.pip_into(python), "check"], name="pip check")
    return python


def _try_in_a_shop(python: Path, folder: Path, version: str) -> None:
    """Put the wheel into a plain Oscar shop as the guide says, migrate it, and order in it."""
    for name in _BARE_SHOP:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    env = {
        "PYTHONPATH": str(folder),
        "BARE_SHOP_DATABASE": str(folder / "shop.sqlite3"),
        "DJANGO_SETTINGS_MODULE": _SETTINGS,
    }
    with step("A plain Oscar shop with it: checks, tables, an order that waits and is accepted"):
        asked = "import akcept; print(akcept.__version__, akcept.__file__)"
        # What Oscar's own list of apps needs and Oscar does not ask for by itself, and what the walk asserts with.
        more = ["django-oscar[sorl-thumbnail]", "pytest"]
        run([*python_env.pip_into(python), "install", "--quiet", *more], name="pip install for the shop")
        told = run([python, "-c", asked], name="import akcept", cwd=folder, env=env)
        if not told.startswith(f"{version} {python.parent.parent}"):
            raise Refusal(f"another akcept than the wheel's was found: {told.strip()}")
        for name, *more in (("check",), ("migrate", "-v0"), ("check", "--database", "default")):
            run([python, "-m", "django", name, *more], name=f"bare {name}", cwd=folder, env=env)
        run([python, "-W", "ignore", "-m", "tests.contracts.bare_shop.walk"], name="bare walk", cwd=folder, env=env)


# --- keeping it ---


def _keep(clone: Path, files: Sequence[Path], version: str) -> None:
    with step(f"Commit, tag v{version}, files in dist/"):
        run(["git", "fetch", "--quiet", clone, BRANCH], name="git fetch")
        run(["git", "merge", "--quiet", "--ff-only", "FETCH_HEAD"], name="git merge")
        run(["git", "tag", "--annotate", f"v{version}", "-m", f"Akcept {version}"], name="git tag")
        DIST.mkdir(exist_ok=True)
        for file in files:
            shutil.copy(file, DIST)
