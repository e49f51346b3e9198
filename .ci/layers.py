"""Checks who includes whom: an include path names its layer, and nothing points upward."""

import re
import subprocess
import sys

# Layer -> what it may include, as prefixes of the include path. The longest matching layer counts.
ALLOWED = {
    "hal/abi": ["hal/abi/"],
    "hal/plugin": ["hal/abi/", "hal/plugin/"],
    "hal": ["hal/"],
    "devices": ["hal/", "devices/", "fmt/"],
    "discovery": ["hal/", "devices/capability.hpp", "discovery/", "fmt/"],
    "runtime": ["hal/", "devices/", "discovery/", "runtime/", "fmt/", "bundle_generated.h"],
    "plugins": ["hal/abi/", "hal/plugin/", "fmt/"],
}

# Third parties that live in one place each.
HOMES = {
    "pci/": ["discovery/pci_module.cpp"],
    "libudev.h": ["runtime/hotplug/source.cpp"],
    "boost/dll": ["runtime/shared_object.cpp", "plugins/"],
    "boost/context": ["plugins/host/"],
    "oneapi/tbb": ["plugins/host/"],
    "tbb/": ["plugins/host/"],
    "nlohmann/": ["runtime/manifest_file.cpp", "runtime/bundle/code_resources.cpp", "runtime/halctl/"],
    "CLI/": ["runtime/halctl/command_line.cpp"],
    "flatbuffers/": ["runtime/bundle/"],
    "xxhash.h": ["runtime/bundle/"],
    "zstd.h": ["runtime/bundle/"],
    "archive": ["runtime/halctl/machine_archive.cpp", "runtime/halctl/archive_write.cpp"],
}

INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^">]+)[">]')


def layer_of(path):
    fitting = [layer for layer in ALLOWED if path.startswith(layer + "/")]
    return max(fitting, key=len) if fitting else None



def problems(path, text):
    layer = layer_of(path)
    if layer is None:
        return
    own = [path.split("/", 2)[0] + "/" + path.split("/", 2)[1] + "/"] if layer == "plugins" else []
    for number, line in enumerate(text.splitlines(), 1):
        found = INCLUDE.match(line)
        if not found:
            continue
        quoted, include = found.group(1) == '"', found.group(2)
        home = next((home for home in HOMES if include.startswith(home)), None)
        if home is not None:
            if not any(path.startswith(place) for place in HOMES[home]):
                yield f"{path}:{number}: {include} is used outside of {', '.join(HOMES[home])}"
            continue
        ours = quoted or any(include.startswith(name + "/") for name in ("hal", "devices", "discovery", "runtime"))
        if not ours or include.endswith(".inc"):
            if include.startswith("fmt/") and "fmt/" not in ALLOWED[layer]:
                yield f"{path}:{number}: {layer} may not use {include}"
            continue
        if not any(include.startswith(prefix) for prefix in ALLOWED[layer] + own):
            yield f"{path}:{number}: {layer} may not include {include}"


def main():
    files = subprocess.run(
        ["git", "ls-files", "*.h", "*.hpp", "*.c", "*.cpp"], check=True, capture_output=True, text=True
    ).stdout.split()
    found = []
    for path in files:
        with open(path, encoding="utf-8") as source:
            found.extend(problems(path, source.read()))
    for line in found:
        print(line, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
