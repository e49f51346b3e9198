"""Makes of a hip_runtime_api.h what header_test.cpp cannot ask the compiler: which codes there are, and how its
functions are declared, whose names C++ overloads.

read_header.py hip_runtime_api.h hip_version.h entries.inc results.inc codes-out entries-out
"""

import re
import sys


def read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def declaration(header, symbol):
    """The answer and the parameters of a function, without default values; None when it is not declared. A newer
    version of a function is declared by a macro that has the old name."""
    found = re.search(rf"^\s*((?:const\s+)?\w+\s*\*?)\s*{symbol}\s*\(((?:[^()]|\([^()]*\))*)\)\s*;", header, re.M)
    if not found:
        renamed = re.search(rf"^\s*#define\s+(hip\w+)\s+{symbol}\s*$", header, re.M)
        return declaration(header, renamed.group(1)) if renamed else None
    parameters = re.sub(r"__dparm\s*\([^()]*\)", "", found.group(2))
    parameters = re.sub(r"=[^,]*", "", parameters)
    return found.group(1).strip(), " ".join(parameters.split())


def main():
    header_path, version_path, entries_path, results_path, codes_out, entries_out = sys.argv[1:]
    header = re.sub(r"//.*", "", re.sub(r"/\*.*?\*/", "", read(header_path), flags=re.S))
    version = re.search(r"HIP_VERSION_MAJOR (\d+)\s+#define HIP_VERSION_MINOR (\d+)", read(version_path))
    version = int(version.group(1)) * 1000 + int(version.group(2)) * 10
    entries = re.findall(r"HAL_HIP_ENTRY\(\w+, [\w *]+, \w+, (\w+), (\d+),", read(entries_path))
    results = dict(re.findall(r"HAL_HIP_RESULT\((\w+), (\d+),", read(results_path)))

    body = re.search(r"typedef enum[^{]*hipError_t[^{]*\{(.*?)\}\s*hipError_t;", header, re.S).group(1)
    with open(codes_out, "w", encoding="utf-8") as out:
        for name in re.findall(r"\b(hip\w+)\b", body):
            if name == "hipErrorTbd":
                continue
            out.write(f"static_assert(knows({name}));\n")
            if name in results:
                out.write(f"static_assert({name} == {results[name]});\n")

    with open(entries_out, "w", encoding="utf-8") as out:
        for symbol, since in entries:
            told = declaration(header, symbol)
            if told is not None:
                out.write(f"HAL_HIP_CHECK_ENTRY({symbol}, {told[0]}, ({told[1]}))\n")
            elif int(since) <= version:
                out.write(f'static_assert(false, "{symbol} is not declared by this header");\n')


if __name__ == "__main__":
    main()
