"""Writes the entries of the stand-in that do no more than the real library's: make_entries.py entries.inc OUTPUT."""

import re
import sys

# These are written by hand, in answers.cpp.
OWN = {
    "clCreateBufferWithProperties",
    "clGetDeviceIDs",
    "clGetDeviceInfo",
    "clGetExtensionFunctionAddressForPlatform",
    "clGetPlatformInfo",
    "clReleaseMemObject",
}


def main():
    source, target = sys.argv[1:]
    with open(source, encoding="utf-8") as file:
        text = re.sub(r"//.*", "", file.read())
    with open(target, "w", encoding="utf-8") as out:
        out.write('#include "tests/sim/opencl/call.hpp"\n\nusing namespace hal::plugins::opencl::driver;\n\n')
        for need, member, symbol, returns, given in re.findall(
            r"HAL_OPENCL_ENTRY\((\w+),\s*(\w+),\s*(\w+),\s*\d+,\s*([\w ]+\*?),\s*\(([^)]*)\)\)", text
        ):
            if need == "extension" or symbol in OWN:
                continue
            types = [one.strip() for one in given.split(",")]
            parameters = ", ".join(f"{one} p{i}" for i, one in enumerate(types))
            passed = "".join(f", p{i}" for i in range(len(types)))
            out.write(
                f"SIM_EXPORT {returns} {symbol}({parameters}) {{\n"
                f'  return sim::call<&entries::{member}>("{symbol}"{passed});\n}}\n'
            )


if __name__ == "__main__":
    main()
