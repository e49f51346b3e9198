"""Kernels for other CPUs, run under qemu: cross_test.py HALCTL SOURCE_ROOT. Answers 77 where something for it is missing."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77
TARGETS = {
    "aarch64": ("/usr/aarch64-linux-gnu", "/lib/ld-linux-aarch64.so.1"),
    "riscv64": ("/usr/riscv64-linux-gnu", "/lib/ld-linux-riscv64-lp64d.so.1"),
}
AXPY = """
kernel void axpy(uint n, float a, global const float *x, global float *y) {
  const size_t i = get_global_id(0);
  if (i < n) y[i] = a * x[i] + y[i];
}
"""
LIBRARY = "#define F(n) void n(void) {}\nF(dlopen) F(dlsym) F(_exit) F(memcpy) F(memset)\n"


def run(folder, *words):
    print("$", *words, flush=True)
    subprocess.run([str(word) for word in words], cwd=folder, check=True)


def judge(halctl, root, clang, target, folder):
    system, linker = TARGETS[target]
    (folder / "axpy.cl").write_text(AXPY, encoding="utf-8")
    (folder / "libc.c").write_text(LIBRARY, encoding="utf-8")
    run(folder, halctl, "compile", "axpy.cl", "-o", "axpy.halb", "--target", target)
    run(folder, halctl, "bundle", "extract", "axpy.halb", "0", "-o", "module.so")
    common = [clang, f"--target={target}-linux-gnu", "-nostdlib", "-fuse-ld=lld", "-fno-builtin", "-w"]
    run(folder, *common, "-shared", "-fPIC", "-Wl,-soname,libc.so.6", "libc.c", "-o", "libc.so")
    run(
        folder, *common, "-O1", "-ffreestanding", "-fPIE", "-pie", f"-Wl,--dynamic-linker={linker}", f"-I{root}",
        root / "tests" / "compile" / "cross_driver.c", "-L.", "-lc", "-o", "driver",
    )  # fmt: skip
    run(folder, f"qemu-{target}", "-L", system, "./driver")


def main():
    halctl, root = pathlib.Path(sys.argv[1]).absolute(), pathlib.Path(sys.argv[2])
    clang = os.environ.get("HAL_CLANG", "clang-22")
    if shutil.which(clang) is None or not pathlib.Path("/usr/lib/clc/nvptx64--.bc").exists():
        print("skipped: there is no clang 22 with libclc")
        sys.exit(SKIPPED)
    judged = 0
    for target, (system, linker) in TARGETS.items():
        if shutil.which(f"qemu-{target}") is None or not pathlib.Path(system + linker).exists():
            print(f"skipped: {target} needs qemu-{target} and a C library below {system}")
            continue
        with tempfile.TemporaryDirectory() as folder:
            judge(halctl, root, clang, target, pathlib.Path(folder))
        judged += 1
    sys.exit(0 if judged else SKIPPED)


main()
