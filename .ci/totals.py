"""Adds up the test logs of several build folders: one line of totals, and failure when a log is missing or empty."""

import json
import pathlib
import sys

PASSED = ("OK", "EXPECTEDFAIL")
SKIPPED = ("SKIP",)


def main(folders):
    passed = failed = skipped = 0
    complete = True
    for folder in folders:
        log = pathlib.Path(folder) / "meson-logs" / "testlog.json"
        lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
        complete = complete and bool(lines)
        for line in lines:
            result = json.loads(line)["result"]
            if result in PASSED:
                passed += 1
            elif result in SKIPPED:
                skipped += 1
            else:
                failed += 1
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 0 if complete and failed == 0 and passed > 0 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
