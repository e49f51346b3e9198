"""Makes of ze_api.h and zes_api.h what header_test.cpp cannot ask the compiler: which codes and which entries there are.

read_header.py ze_api.h zes_api.h entries.inc results.inc codes-out entries-out
"""

import re
import sys


def main():
    core_path, sysman_path, entries_path, results_path, codes_out, entries_out = sys.argv[1:]
    header = ""
    for path in (core_path, sysman_path):
        with open(path, encoding="utf-8", errors="replace") as file:
            header += file.read()
    with open(entries_path, encoding="utf-8") as file:
        entries = re.findall(r"HAL_LEVEL_ZERO_ENTRY\(\w+, \w+, (\w+),\s+(\d+)", file.read())
    with open(results_path, encoding="utf-8") as file:
        results = dict(re.findall(r"HAL_LEVEL_ZERO_RESULT\((\w+), (\w+),", file.read()))
    newest = re.search(r"ZE_API_VERSION_CURRENT = ZE_MAKE_VERSION\( (\d+), (\d+) \)", header)
    version = int(newest.group(1)) * 100 + int(newest.group(2))

    body = re.search(r"typedef enum _ze_result_t\s*\{(.*?)\} ze_result_t;", header, re.S).group(1)
    known = [name for name in re.findall(r"^\s*(ZE_RESULT_\w+)\s*=", body, re.M) if not name.endswith("FORCE_UINT32")]
    with open(codes_out, "w", encoding="utf-8") as out:
        for name in known:
            out.write(f"static_assert(knows({name}));\n")
            if name in results:
                out.write(f"static_assert({name} == {results[name]});\n")

    with open(entries_out, "w", encoding="utf-8") as out:
        for symbol, since in entries:
            if int(since) > version:
                continue
            out.write(f"HAL_LEVEL_ZERO_CHECK_ENTRY({symbol})\n")


if __name__ == "__main__":
    main()
