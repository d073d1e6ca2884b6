"""The gate to every `make` target: says plainly when this Python is too old, then hands over to `tools.setup`.

This one file keeps to syntax that any Python reads, even 2.7, so that an old one can still say what is missing.
"""

import os
import subprocess
import sys

NEEDED = (3, 11)
_IS_NEW_ENOUGH = "import sys; sys.exit(sys.version_info < (%d, %d))" % NEEDED


def newer_python():
    # type: () -> str | None
    """Return the path of an installed Python that is new enough, if there is one beside this."""
    for minor in range(14, NEEDED[1] - 1, -1):
        for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
            found = os.path.join(folder, "python3.%d" % minor)
            # A name is not enough: those of version managers may lead nowhere.
            if os.access(found, os.X_OK) and _runs(found):
                return found
    return None


def _runs(python):
    # type: (str) -> bool
    asked = [python, "-c", _IS_NEW_ENOUGH]
    try:
        asking = subprocess.Popen(asked, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    except OSError:
        return False
    asking.communicate()
    return asking.returncode == 0


def main():
    # type: () -> None
    """Run `tools.setup` with a Python that can."""
    if sys.version_info < NEEDED:
        newer = newer_python()
        if newer is None:
            sys.stderr.write(
                "akcept: Python 3.11 or newer is needed; %s is %s. Install one (Debian 12: apt-get install python3) "
                "or name it: make PYTHON=/path/to/python3.11\n" % (sys.executable, "%d.%d" % sys.version_info[:2])
            )
            sys.exit(1)
        os.execv(newer, [newer, os.path.abspath(__file__)] + sys.argv[1:])  # noqa: S606, RUF005
    if sys.prefix != sys.base_prefix:
        # Somebody's activated environment, perhaps our own, which we may be about to make anew: work from outside it.
        outside = getattr(sys, "_base_executable", sys.executable)
        if outside != sys.executable:
            os.execv(outside, [outside, os.path.abspath(__file__)] + sys.argv[1:])  # noqa: S606, RUF005
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    sys.dont_write_bytecode = True
    try:
        from tools import setup
    except ImportError as error:
        if (error.name or "").split(".")[0] == "tools":
            raise
        sys.stderr.write(
            "akcept: this Python lacks a part of its own library (%s): Debian's python3-minimal is not enough; "
            "as root: apt-get install git make python3 python3-venv\n" % error.name
        )
        sys.exit(1)

    sys.exit(setup.main(sys.argv[1:]))


if __name__ == "__main__":
    main()
