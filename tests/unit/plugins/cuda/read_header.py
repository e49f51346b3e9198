"""Makes of a cuda.h what header_test.cpp cannot ask the compiler: which codes and which entries there are.

read_header.py cuda.h entries.inc results.inc codes-out entries-out
"""

import re
import sys


def main():
    header_path, entries_path, results_path, codes_out, entries_out = sys.argv[1:]
    with open(header_path, encoding="utf-8", errors="replace") as file:
        header = file.read()
    with open(entries_path, encoding="utf-8") as file:
        entries = re.findall(r"HAL_CUDA_ENTRY\(\w+, \w+, (\w+), (\d+),", file.read())
    with open(results_path, encoding="utf-8") as file:
        results = dict(re.findall(r"HAL_CUDA_RESULT\((\w+), (\d+),", file.read()))
    version = int(re.search(r"#define CUDA_VERSION (\d+)", header).group(1))

    body = re.search(r"typedef enum cudaError_enum \{(.*?)\} CUresult;", header, re.S).group(1)
    known = re.findall(r"^\s*(CUDA_\w+)\s*=\s*\d+", body, re.M)
    with open(codes_out, "w", encoding="utf-8") as out:
        for name in known:
            out.write(f"static_assert(knows({name}));\n")
            if name in results:
                out.write(f"static_assert({name} == {results[name]});\n")

    with open(entries_out, "w", encoding="utf-8") as out:
        for symbol, since in entries:
            if int(since) > version:
                continue
            # Declared as it is, or under an older name that a macro turns into this one.
            renamed = re.search(rf"#define\s+\w+\s+(?:__CUDA_API_PT\w+\()?{symbol}\b", header)
            if not renamed and not re.search(rf"CUDAAPI\s+{symbol}\s*\(", header):
                out.write(f"// {symbol} is not declared by this header\n")
                continue
            out.write(f"HAL_CUDA_CHECK_ENTRY({symbol})\n")


if __name__ == "__main__":
    main()
