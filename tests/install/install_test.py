"""Installs the build into a scratch folder and uses it from there as a stranger would.

A plugin is generated, built, judged and installed; programs are built by pkg-config and by CMake. Nothing is found by the
build folder: only what was installed, at a place that it was not built for.
"""

import argparse
import fnmatch
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77

# All that may be installed, below the prefix; {lib} is the library folder. What is not listed fails the test.
EXPECTED = [
    "bin/halctl",
    "include/hal/*",
    "{lib}/libhal.so",
    "{lib}/libhal.so.*",
    "{lib}/pkgconfig/hal.pc",
    "{lib}/cmake/hal/halConfig.cmake",
    "{lib}/cmake/hal/halConfigVersion.cmake",
    "{lib}/hal/hal-probe",
    "{lib}/hal/plugins/hal-host.so",
    "{lib}/hal/plugins/host.json",
    "{libexec}/hal/hal-conformance",
    "{libexec}/hal/conformance-kernels.so",
]
# These depend on what the machine and the options offer.
ALLOWED = ["{lib}/hal/hal-pci.so", "{lib}/hal/plugins/*", "{lib}/hal/hal-regions-*.so", "{libexec}/hal/conformance-kernels*", "{libexec}/hal/empty-kernel.halb", "share/*"]
NEVER = ["*template*", "*fixture*", "*mutant*", "*.py", "*/tests/*"]


class Failure(Exception):
    pass


def require(condition, text):
    if not condition:
        raise Failure(text)


class Installation:
    def __init__(self, given, scratch):
        self.given = given
        self.scratch = scratch
        self.root = scratch / "root" / given.prefix.lstrip("/")
        self.lib = self.root / given.libdir
        self.halctl = self.root / "bin" / "halctl"
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("HAL_", "PKG_CONFIG", "CMAKE", "MESON", "DESTDIR"))
        }
        self.environment.update(
            HOME=str(scratch),
            XDG_CACHE_HOME=str(scratch / "cache"),
            HAL_PROBE_DEADLINE="60",
            LC_ALL="C",
            LD_LIBRARY_PATH=str(self.lib),
            PKG_CONFIG_PATH=str(self.lib / "pkgconfig"),
            CMAKE_PREFIX_PATH=str(self.root),
        )

    def run(self, *command, expect=0, cwd=None, **environment):
        shown = " ".join(str(word) for word in command)
        print(f"$ {shown}", flush=True)
        done = subprocess.run(
            [str(word) for word in command],
            cwd=cwd or self.scratch,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode != expect:
            raise Failure(f"{shown}\nended with {done.returncode}, expected {expect}:\n{done.stdout[-8000:]}")
        return done.stdout

    def fill(self, patterns):
        return [pattern.format(lib=self.given.libdir, libexec=self.given.libexecdir) for pattern in patterns]


def matches(name, patterns):
    return any(fnmatch.fnmatch(name, pattern) for pattern in patterns)


def check_files(home):
    home.run(home.given.meson, "install", "-C", home.given.build, "--no-rebuild", "--destdir", home.scratch / "root")
    files = [str(path.relative_to(home.root)) for path in home.root.rglob("*") if not path.is_dir()]
    outside = [path for path in (home.scratch / "root").rglob("*") if path.is_file() and home.root not in path.parents]
    require(not outside, f"Installed outside of the prefix: {outside}")
    for pattern in home.fill(EXPECTED):
        require(any(fnmatch.fnmatch(name, pattern) for name in files), f"Not installed: {pattern}")
    known = home.fill(EXPECTED + ALLOWED)
    for name in files:
        require(matches(name, known) and not matches(name, NEVER), f"Installed, but should not be: {name}")

    source = home.given.source / "hal"
    headers = {str(path.relative_to(source)) for path in source.rglob("*.h*")}
    installed = {str(path.relative_to(home.root / "include" / "hal")) for path in home.root.rglob("include/hal/**/*.h*")}
    require(headers == installed, f"The headers of hal/ and the installed ones differ: {sorted(headers ^ installed)}")
    return sorted(headers)


def check_no_trace_of_build(home):
    for path in [home.halctl, *home.lib.rglob("*.so*")]:
        if path.is_symlink():
            continue
        dynamic = home.run("readelf", "-d", path)
        require(str(home.given.build) not in dynamic, f"{path} looks for libraries in the build folder:\n{dynamic}")
    for path in home.lib.rglob("*"):
        if path.suffix in (".pc", ".cmake", ".json"):
            text = path.read_text(encoding="utf-8")
            for folder in (home.given.build, home.given.source, home.given.prefix + "/"):
                require(str(folder) not in text, f"{path} names {folder}, so it cannot be moved")


def check_headers(home, headers):
    flags = home.run("pkg-config", "--cflags", "hal").split()
    for header in headers:
        language, standard, compiler = (
            ("c", "-std=c99", home.given.cc) if header.endswith(".h") else ("c++", "-std=c++20", home.given.cxx)
        )
        unit = home.scratch / f"alone.{language}"
        unit.write_text(f"#include <hal/{header}>\n", encoding="utf-8")
        home.run(*compiler, "-x", language, standard, "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only",
                 *flags, unit)


def check_halctl(home):
    require(home.given.version in home.run(home.halctl, "--version"), "halctl --version does not tell the version")
    require("host" in home.run(home.halctl, "list"), "halctl list does not show the host device")
    plugins = home.run(home.halctl, "plugins")
    require("host" in plugins and "template" not in plugins, f"halctl plugins is wrong:\n{plugins}")


def check_variables(home):
    def variable(name):
        return home.run("pkg-config", f"--variable={name}", "hal").strip()

    require(variable("abi_major") == home.given.abi[0] and variable("abi_minor") == home.given.abi[1],
            "hal.pc tells another version of the boundary than the header")
    require(os.path.samefile(variable("plugindir"), home.lib / "hal" / "plugins"), "hal.pc tells another plugindir")


def check_plugin(home):
    folder = home.scratch / "acme"
    home.run(home.halctl, "new-plugin", "Acme", folder, expect=2)
    home.run(home.halctl, "new-plugin", "acme", folder, "--vendor", 'Acme "Fast" Chips')
    home.run(home.halctl, "new-plugin", "acme", folder, expect=2)

    home.run(home.given.meson, "setup", "-Dwerror=true", "build", cwd=folder)
    home.run(home.given.meson, "compile", "-C", "build", cwd=folder)
    home.run(home.given.meson, "test", "-C", "build", "--print-errorlogs", cwd=folder)
    verdict = home.run(home.halctl, "conform", folder / "build" / "plugins" / "acme" / "hal-acme.so")
    print(verdict.strip().splitlines()[-1])

    uninstalled = home.run(home.halctl, "list", HAL_PLUGIN_PATH=str(folder / "build" / "plugins"))
    require("acme" in uninstalled, f"halctl list does not show the plugin of HAL_PLUGIN_PATH:\n{uninstalled}")
    home.run(home.given.meson, "install", "-C", "build", cwd=folder)
    require((home.lib / "hal" / "plugins" / "acme.json").is_file(), "The plugin's manifest is not where the HAL looks")
    installed = home.run(home.halctl, "list")
    require("acme" in installed, f"halctl list does not show the installed plugin:\n{installed}")


def check_programs(home):
    source = home.given.source / "tests" / "install" / "program"
    program = home.scratch / "by-pkg-config"
    flags = home.run("pkg-config", "--cflags", "--libs", "hal").split()
    home.run(*home.given.cxx, "-std=c++20", source / "program.cpp", *flags, "-o", program)
    build = home.scratch / "by-cmake"
    home.run("cmake", "-G", "Ninja", "-S", source, "-B", build, f"-DCMAKE_CXX_COMPILER={home.given.cxx[-1]}")
    home.run("cmake", "--build", build)
    for path in (program, build / "program"):
        for device in ("host:0", "acme:0"):
            said = home.run(path, device)
            require(said.startswith(device + ":"), f"{path} {device} said: {said}")
    require("no-such" in home.run(program, "no-such:0", expect=1), "An unknown device is not named in the answer")


def read_arguments():
    parser = argparse.ArgumentParser()
    for name in ("build", "source"):
        parser.add_argument(f"--{name}", type=pathlib.Path, required=True)
    for name in ("prefix", "libdir", "libexecdir", "version", "meson"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--abi", nargs=2, required=True)
    parser.add_argument("--cc", nargs="+", required=True)
    parser.add_argument("--cxx", nargs="+", required=True)
    return parser.parse_args()


def main():
    given = read_arguments()
    for tool in ("cmake", "pkg-config", "readelf"):
        if shutil.which(tool) is None:
            print(f"Skipped: {tool} is not installed, and dependent programs cannot be built without it.")
            return SKIPPED
    with tempfile.TemporaryDirectory(prefix="hal-install-") as scratch:
        home = Installation(given, pathlib.Path(scratch).resolve())
        try:
            headers = check_files(home)
            check_no_trace_of_build(home)
            check_headers(home, headers)
            check_variables(home)
            check_halctl(home)
            check_plugin(home)
            check_programs(home)
        except Failure as failure:
            print(failure, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
