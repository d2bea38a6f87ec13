#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a run of ctest did, from its JUnit report.

report.py REPORT: a line for each test that was skipped and for each part that a test left out, with the reason; then, last,
"PASSED FAILED". A test counts as passed only if ctest says that it ran and was good.
"""
import re
import sys
import xml.etree.ElementTree as tree


def reasons(case):
    output = case.findtext("system-out") or ""
    return re.findall(r"^(?:\[ +[A-Z]+ +\] |# )?(skipped: .*)$", output, re.MULTILINE)


def main():
    passed = failed = 0
    for case in tree.parse(sys.argv[1]).getroot().iter("testcase"):
        name, skipped = case.get("name"), case.find("skipped")
        if case.get("status") == "run":
            passed += 1
            for reason in reasons(case):
                print(f"{name}: {reason}")
        elif skipped is not None and skipped.get("message", "").startswith("SKIP_"):
            print(f"{name}: {(reasons(case) or ['skipped without a reason'])[0]}")
        else:
            failed += 1
    print(passed, failed)


if __name__ == "__main__":
    main()
