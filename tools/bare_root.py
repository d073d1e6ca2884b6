"""`make bare`: README's commands on a Debian that has nothing, in a root made by debootstrap.

What a machine of ours happens to have hides what the set-up forgets to ask for. Each run gets a fresh copy of the
root, a clone of what is committed, and an environment with nothing in it but how the network is reached.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.machine import CERTIFICATES, NETWORK, require_packages, require_space
from tools.steps import ROOT, Command, Refusal, run, step

BASES = ROOT / "build" / "bare"
#: What README asks for before the first command; `little` is the Python that Debian's tools bring along.
PACKAGES = {"ready": ("git", "make", "python3"), "little": ("git", "make", "python3-minimal")}
_BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")
#: Run in namespaces of its own, so that nothing stays mounted or running, however it ends.
_ENTER = """
set -e
mount --make-rprivate /
mount -t proc proc "$1/proc"
for part in null zero full random urandom tty; do
  [ -e "$1/dev/$part" ] || touch "$1/dev/$part"
  mount --bind "/dev/$part" "$1/dev/$part"
done
mkdir -p "$1/dev/pts" "$1/dev/shm"
mount -t devpts devpts "$1/dev/pts" -o newinstance,ptmxmode=0666
ln -sf pts/ptmx "$1/dev/ptmx"
mount -t tmpfs tmpfs "$1/dev/shm"
root=$1; shift
exec chroot "$root" "$@"
"""


def main(arguments: Sequence[str]) -> int:
    """Make what is missing, then run the command there; return its exit status."""
    parser = argparse.ArgumentParser(prog="make bare", description="Runs a command in a bare Debian; as root.")
    parser.add_argument("--suite", default="bookworm", help="Debian's release: bookworm (default), trixie ...")
    parser.add_argument("--packages", choices=sorted(PACKAGES), default="ready", help="what is there beforehand")
    parser.add_argument("--user", action="store_true", help="as an ordinary user instead of root")
    parser.add_argument("--keep", action="store_true", help="leave the root as it is afterwards, to look at")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="default: make test")
    chosen = parser.parse_args(arguments)
    if os.geteuid() != 0:
        raise Refusal("a root of its own can only be made by root")
    require_packages({"debootstrap": lambda: shutil.which("debootstrap") is not None})
    require_space(8000)
    base = _base(chosen.suite, chosen.packages)
    root = BASES / f"{chosen.suite}-run-{os.getpid()}"
    try:
        with step(f"A fresh {chosen.suite} with a clone of what is committed"):
            home = _furnish(base, root, user=chosen.user)
        return _inside(root, chosen.command or ["make", "test"], home=home, user=chosen.user)
    finally:
        if not chosen.keep:
            shutil.rmtree(root, ignore_errors=True)


def _base(suite: str, packages: str) -> Path:
    """Return the root as Debian makes it, made once."""
    base = BASES / f"{suite}-{packages}"
    if not (base / "etc" / "debian_version").exists() or (base / "debootstrap").exists():
        shutil.rmtree(base, ignore_errors=True)
        base.parent.mkdir(parents=True, exist_ok=True)
        # ca-certificates: registries are asked by HTTPS, as on any machine that has cloned the repository.
        wanted = ",".join((*PACKAGES[packages], "ca-certificates"))
        with step(f"Debian {suite} with {wanted} and nothing else"):
            run(["debootstrap", "--variant=minbase", f"--include={wanted}", suite, base], name="debootstrap")
    return base


def _furnish(base: Path, root: Path, *, user: bool) -> Path:
    """Copy the base and put the clone, and what is beside it, where somebody would have them; return its home there."""
    run(["cp", "-a", "--reflink=auto", base, root], name="cp")
    if any(name in os.environ for name in CERTIFICATES) and _BUNDLE.exists():
        shutil.copyfile(_BUNDLE, root / _BUNDLE.relative_to("/"))
    shutil.copyfile("/etc/resolv.conf", root / "etc" / "resolv.conf")
    home = Path("/home/somebody" if user else "/root")
    inside = root / home.relative_to("/")
    if user:
        run(["chroot", root, "useradd", "--create-home", "somebody"], name="useradd")
    run(["git", "clone", "--quiet", "--no-local", ROOT, inside / "akcept"], name="git clone")
    if (data := ROOT.parent / "shared" / "data").is_dir():
        shutil.copytree(data, inside / "shared" / "data")
    if user:
        run(["chroot", root, "chown", "-R", "somebody:", home], name="chown")
    return home


def _inside(root: Path, command: Sequence[str], *, home: Path, user: bool) -> int:
    environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(home)}
    environment |= {name: os.environ[name] for name in NETWORK if name in os.environ}
    environment |= {name: str(_BUNDLE) for name in CERTIFICATES if name in os.environ}
    enter: Command = ["unshare", "--mount", "--pid", "--ipc", "--uts", "--fork", "--kill-child", "--mount-proc"]
    enter += ["sh", "-c", _ENTER, "sh", root]
    enter += ["setpriv", "--reuid", "somebody", "--regid", "somebody", "--init-groups"] if user else []
    enter += ["sh", "-c", 'cd "$HOME/akcept" && exec "$@"', "sh", *command]
    return subprocess.run([*map(str, enter)], env=environment, check=False).returncode


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Refusal as refusal:
        print(f"akcept: {refusal}", file=sys.stderr)
        sys.exit(1)
