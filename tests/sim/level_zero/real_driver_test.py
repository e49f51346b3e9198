"""Intel's real driver without its hardware: every call and every code of the fault matrix' walk, no data.

real_driver_test.py SCENARIO PLUGIN: finds libze_intel_gpu.so.1 (HAL_TEST_INTEL_DRIVER names it), whose simulated command
receiver runs nothing but answers as for a device, and walks through the plugin on each product. What a descriptor
names exists in no kernel, so importing one is refused. Exit status 77: there is no such driver here.
"""

import os
import pathlib
import subprocess
import sys

# Product, and how many devices or tiles there are. Products whose devices look for peers by a copy have tiles only.
MACHINES = [
    ("tgllp", {"CreateMultipleRootDevices": "2"}, ["other", "again"]),
    ("tgllp", {"CreateMultipleSubDevices": "2"}, ["other", "again"]),
    ("dg1", {"CreateMultipleSubDevices": "2"}, ["other", "again"]),
]
# What cannot work without a kernel driver.
REFUSED = ("memory_import: status 16: zeMemAllocDevice of 8192 bytes of descriptor",)


def find_driver():
    given = os.environ.get("HAL_TEST_INTEL_DRIVER")
    if given:
        return given
    for folder in ("/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib", "/usr/local/lib"):
        for name in ("libze_intel_gpu.so.1", "intel-opencl/libze_intel_gpu.so.1"):
            path = pathlib.Path(folder) / name
            if path.exists():
                return str(path)
    return None


def walk(scenario, plugin, driver, product, extra, wishes):
    environment = dict(os.environ)
    environment.update(extra)
    environment.update(
        {
            "ZE_ENABLE_ALT_DRIVERS": driver,
            "NEOReadDebugKeys": "1",
            "SetCommandStreamReceiver": "1",
            "ProductFamilyOverride": product,
            "AUBDumpCaptureFileName": "/dev/null",
            # A sanitizer cannot follow what is bound more deeply.
            "DisableDeepBind": "1",
            # The driver's compiler gives back more or less than it took, which is its own affair.
            "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":new_delete_type_mismatch=0",
        }
    )
    done = subprocess.run(
        [scenario, plugin, *wishes], env=environment, capture_output=True, text=True, timeout=240, check=False
    )
    lines = [line for line in done.stdout.splitlines() if line]
    walked = any(line.startswith("failures ") for line in lines)
    # The scenario asks for a walk without any failure; here the refusals are expected, and nothing else.
    other = [
        line
        for line in lines
        if not line.startswith(REFUSED) and not line.startswith("failures ") and not line.endswith("does not work")
    ]
    name = f"{product} {extra}"
    if done.returncode < 0 or not walked or other or done.stderr:
        print(f"{name}: exit {done.returncode}, {done.stderr}", *other, sep="\n  ")
        return False
    print(f"{name}: {len(lines)} lines, as expected")
    return True


def main():
    scenario, plugin = sys.argv[1:]
    driver = find_driver()
    if driver is None:
        print("Intel's driver is not installed (Debian: intel-opencl-icd)")
        return 77
    results = [walk(scenario, plugin, driver, *machine) for machine in MACHINES]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
