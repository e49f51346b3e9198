"""Adds up the test logs of several build folders: the end of each failed test's output, then one line of totals.
Fails when a test failed or when a log is missing or empty."""

import json
import pathlib
import sys

PASSED = ("OK", "EXPECTEDFAIL")
SKIPPED = ("SKIP",)
LINES = 60  # of a failed test's output; the whole of it stands in the folder's meson-logs/testlog.txt


def results(folder):
    log = pathlib.Path(folder) / "meson-logs" / "testlog.json"
    lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    return [json.loads(line) for line in lines]


def report(folder, test):
    output = (test.get("stdout", "") + test.get("stderr", "")).splitlines()
    print(f"==> {folder}: '{test['name']}' ended as {test['result']} after {test['duration']:.0f} s")
    print("\n".join(output[-LINES:]))


def main(folders):
    passed = failed = skipped = 0
    complete = True
    for folder in folders:
        tests = results(folder)
        complete = complete and bool(tests)
        for test in tests:
            if test["result"] in PASSED:
                passed += 1
            elif test["result"] in SKIPPED:
                skipped += 1
            else:
                failed += 1
                report(folder, test)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 0 if complete and failed == 0 and passed > 0 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
