"""The suite's kernels for every format that a compiler makes: one bundle, and its images as files, because the suite uses
nothing of the runtime.

compile_kernels.py HALCTL SOURCE FOLDER FILE...   writes FILE..., the first of which is the bundle, into FOLDER
An image's file is NAME[-TARGET].FORMAT.
"""

import json
import pathlib
import subprocess
import sys


def main():
    halctl, source, folder = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    bundle, wanted = folder / sys.argv[4], set(sys.argv[5:])
    targets = []
    for name in sys.argv[5:]:
        target, _, kind = name.removeprefix(bundle.stem).rpartition(".")
        targets.append(target.removeprefix("-") or kind)
    subprocess.run([halctl, "compile", source, "-o", bundle, "--target", ",".join(targets)], check=True)
    shown = subprocess.run([halctl, "bundle", "show", "--json", bundle], check=True, capture_output=True)
    for index, image in enumerate(json.loads(shown.stdout)["images"]):
        target = f"-{image['target']}" if image["target"] else ""
        name = f"{bundle.stem}{target}.{image['format']}"
        subprocess.run([halctl, "bundle", "extract", bundle, str(index), "-o", folder / name], check=True)
        wanted.discard(name)
    sys.exit(f"Not made: {', '.join(sorted(wanted))}" if wanted else 0)


main()
