"""Runs one cram test of halctl.

run.py --build FOLDER TEST.t            for Meson; exits with 77 where cram is not installed
run.py --build FOLDER --accept TEST.t   writes what came into TEST.t: read the difference before you commit it

The test runs in an empty folder with halctl first on PATH and without variables that steer it. It finds:
  CLI        this folder: helpers.sh, machines/
  HAL_BUILD  the build folder
  PYTHON     an interpreter
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77
HERE = pathlib.Path(__file__).resolve().parent


# The interpreter that runs Meson is not always the one that the distribution's packages belong to.
def python_with_cram():
    for candidate in (sys.executable, shutil.which("python3"), "/usr/bin/python3"):
        if candidate and subprocess.run([candidate, "-c", "import cram"], capture_output=True, check=False).returncode == 0:
            return candidate
    return None


def environment(given, python, scratch):
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("HAL_", "CRAM")) and name not in ("NO_COLOR", "TERM", "COLUMNS")
    }
    # Meson adds the folders of the build; what is copied elsewhere must not find its libraries there.
    libraries = [one for one in kept.pop("LD_LIBRARY_PATH", "").split(os.pathsep) if not one.startswith(str(given.build))]
    if any(libraries):
        kept["LD_LIBRARY_PATH"] = os.pathsep.join(libraries)
    kept["PATH"] = os.pathsep.join([str(given.build / "runtime" / "halctl"), kept.get("PATH", os.defpath)])
    kept.update(CLI=str(HERE), HAL_BUILD=str(given.build), PYTHON=python, TERM="xterm")
    # What plugins told is kept for the length of one test; a slow machine has the time that it needs.
    kept.update(XDG_CACHE_HOME=str(pathlib.Path(scratch, "cache")), HAL_PROBE_DEADLINE="60")
    return kept


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--accept", action="store_true")
    parser.add_argument("test", type=pathlib.Path)
    given = parser.parse_args()
    given.build = given.build.resolve()

    python = python_with_cram()
    if python is None:
        print("cram is not installed (Debian: python3-cram); halctl's command line is not tested.")
        return SKIPPED
    # A copy, because cram leaves what came beside the test.
    with tempfile.TemporaryDirectory(prefix="halctl-") as scratch:
        copy = pathlib.Path(scratch, given.test.name)
        shutil.copy(given.test, copy)
        ran = subprocess.run(
            [python, "-m", "cram", "--shell=/bin/bash", "--indent=2", copy.name],
            cwd=scratch,
            env=environment(given, python, scratch),
            check=False,
            stdout=subprocess.PIPE,
            text=True,
        )
        print(ran.stdout)
        came = copy.with_name(copy.name + ".err")
        if given.accept and came.exists():
            shutil.copyfile(came, given.test)
    if "1 skipped" in ran.stdout:
        return SKIPPED
    return ran.returncode


if __name__ == "__main__":
    sys.exit(main())
