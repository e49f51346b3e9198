"""Makes of OpenCL's headers what header_test.cpp cannot ask the compiler: which codes and which entries there are.

read_header.py include-folder driver.hpp entries.inc results.inc codes-out entries-out constants-out
"""

import pathlib
import re
import sys

HEADERS = ("cl.h", "cl_ext.h", "cl_ext_intel.h", "cl_gl.h", "cl_egl.h")
# Negative numbers that are no codes of calls.
OTHERS = re.compile(r"CL_BUILD_(NONE|ERROR|IN_PROGRESS)|CL_PARTITION_BY_\w+")


def main():
    folder, driver_path, entries_path, results_path, codes_out, entries_out, constants_out = sys.argv[1:]
    texts = [path.read_text(encoding="utf-8", errors="replace") for name in HEADERS if (path := pathlib.Path(folder, name)).exists()]
    header = "\n".join(texts)
    entries = re.findall(r"HAL_OPENCL_ENTRY\(\w+,\s*\w+,\s*(\w+),", pathlib.Path(entries_path).read_text(encoding="utf-8"))
    results = dict(re.findall(r"HAL_OPENCL_RESULT\((\w+), (-?\d+),", pathlib.Path(results_path).read_text(encoding="utf-8")))

    known = re.findall(r"^#define (CL_\w+)\s+(-\d+)", header, re.M)
    with open(codes_out, "w", encoding="utf-8") as out:
        for name, number in known:
            if OTHERS.fullmatch(name):
                continue
            out.write(f'static_assert(knows({number}), "{name}");\n')
            if name in results:
                out.write(f'static_assert({number} == {results[name]}, "{name}");\n')

    with open(entries_out, "w", encoding="utf-8") as out:
        for symbol in entries:
            if re.search(rf"\b{symbol}\s*\(", header):
                out.write(f"HAL_OPENCL_CHECK_ENTRY({symbol})\n")
            else:
                out.write(f"// {symbol} is not declared by these headers\n")

    # Our constants have the headers' names in small letters, without the extensions' suffixes; header_test.cpp has those
    # that are named otherwise.
    declared = set(re.findall(r"^#define (CL_\w+)\s", header, re.M))
    constants = re.findall(r"\b([a-z]\w*) = (?:0x[0-9a-f]+|1u << \d+|\d+)\b", pathlib.Path(driver_path).read_text(encoding="utf-8"))
    with open(constants_out, "w", encoding="utf-8") as out:
        for name in constants:
            for suffix in ("", "_KHR", "_INTEL"):
                if (theirs := f"CL_{name.upper()}{suffix}") in declared:
                    out.write(f"HAL_OPENCL_SAME({name}, {theirs});\n")
                    break


if __name__ == "__main__":
    main()
