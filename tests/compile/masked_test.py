"""A bound on the items costs no masked stores: masked_test.py HALCTL. Exit status 77: there is no compiler or disassembler."""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SOURCE = """
kernel void below(global float *out, global const float *in, uint n) {
  const size_t i = get_global_id(0);
  if (i < n) out[i] = in[i] * 2.0f;
}
"""
PLAIN_STORE = re.compile(r"\bvmov(up|ap|dqu|dqa)[sd]?\s+%ymm\d+, ")
MASKED_STORE = re.compile(r"\bvp?maskmov(ps|pd|d|q)\s+%ymm\d+, ")


def main():
    halctl = pathlib.Path(sys.argv[1]).resolve()
    disassembler = shutil.which("llvm-objdump-22") or shutil.which("llvm-objdump") or shutil.which("objdump")
    if disassembler is None:
        print("There is no objdump (Debian: llvm-22 or binutils).")
        return 77
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "k.cl").write_text(SOURCE, encoding="utf-8")
        command = [halctl, "compile", "k.cl", "-o", "k.halb", "--target", "x86-64-v3"]
        made = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if made.returncode == 3:
            print(made.stderr)
            return 77
        assert made.returncode == 0, made.stderr
        subprocess.run([halctl, "bundle", "extract", "k.halb", "0", "-o", "k.so"], cwd=folder, check=True)
        text = subprocess.run([disassembler, "-d", "k.so"], cwd=folder, capture_output=True, text=True, check=True).stdout
    plain, masked = len(PLAIN_STORE.findall(text)), len(MASKED_STORE.findall(text))
    print(f"{plain} stores of whole vectors, {masked} of masked ones")
    # The blocks that a bound does not cut have a loop of their own; the others keep the masked one.
    return 0 if plain > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
