"""Says in one sentence what is missing to compile the library's kernels for all targets; nothing when all is there."""

import os
import pathlib
import re
import shutil
import subprocess

OLDEST = 22
NEWEST = 40


def output_of(*words):
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout


def compiler():
    named = os.environ.get("HAL_CLANG")
    names = [named] if named else [f"clang-{number}" for number in range(OLDEST, NEWEST + 1)] + ["clang"]
    for name in names:
        path = shutil.which(name)
        version = re.search(r"clang version (\d+)", output_of(path, "--version")) if path else None
        if version and int(version.group(1)) >= OLDEST:
            return path
    return None


def missing():
    clang = compiler()
    if clang is None:
        return f"there is no clang {OLDEST} or newer (Debian package clang-{OLDEST})"
    if not shutil.which(output_of(clang, "-print-prog-name=ld.lld").strip()):
        return f"there is no ld.lld (Debian package lld-{OLDEST})"
    if shutil.which("spirv-val") is None:
        return "there is no spirv-val (Debian package spirv-tools)"
    resources = pathlib.Path(output_of(clang, "-print-resource-dir").strip())
    own = resources.parents[2]
    folders = [resources / "lib/libclc", own / "lib/clc", own / "share/clc", pathlib.Path("/usr/lib/clc"),
               pathlib.Path("/usr/share/clc")]
    if not any((folder / "amdgcn-amd-amdhsa.bc").exists() for folder in folders):
        return f"there is no libclc (Debian packages libclc-{OLDEST} and libclc-{OLDEST}-dev)"
    return ""


print(missing())
