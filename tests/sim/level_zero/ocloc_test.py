"""The suite's SPIR-V through Intel's compiler: what spirv-val takes, ocloc takes for each product.

ocloc_test.py MODULE: exit status 77 where ocloc is not installed (Debian: intel-opencl-icd).
"""

import os
import shutil
import subprocess
import sys
import tempfile

PRODUCTS = ("pvc", "dg2", "tgllp")


def main():
    module = sys.argv[1]
    ocloc = os.environ.get("HAL_TEST_OCLOC") or shutil.which("ocloc")
    validator = shutil.which("spirv-val")
    wrong = 0
    if validator is not None:
        done = subprocess.run([validator, "--target-env", "opencl2.2", module], capture_output=True, text=True, check=False)
        print(f"spirv-val: {'sound' if done.returncode == 0 else done.stderr}")
        wrong += done.returncode != 0
    if ocloc is None:
        print("ocloc is not installed (Debian: intel-opencl-icd)")
        return 1 if wrong else 77
    for product in PRODUCTS:
        with tempfile.TemporaryDirectory() as folder:
            command = [ocloc, "compile", "-spirv_input", "-file", module, "-device", product, "-out_dir", folder]
            done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
            made = [name for name in os.listdir(folder) if os.path.getsize(os.path.join(folder, name)) > 0]
        print(f"{product}: exit {done.returncode}, {made}")
        if done.returncode != 0 or not made:
            print(done.stdout, done.stderr)
            wrong += 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
