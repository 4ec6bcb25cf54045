"""Counts the verdicts in a report of Autobahn's test-suite, and ends badly where one is bad. Python 2.7 and later."""
from __future__ import print_function

import collections
import json
import sys

GOOD = ("OK", "NON-STRICT", "INFORMATIONAL")
# How many cases there are without 9, 12 and 13: fewer mean that the suite broke off.
CASES = 247

with open(sys.argv[1]) as report:
    cases = json.load(report)["parlor"]

verdicts = collections.Counter()
bad = []
for name, case in cases.items():
    for what in ("behavior", "behaviorClose"):
        verdicts[what, case[what]] += 1
        if case[what] not in GOOD:
            bad.append("%s: %s %s" % (name, what, case[what]))

print("%d cases" % len(cases))
for (what, verdict), count in sorted(verdicts.items()):
    print("  %-13s %-13s %d" % (what, verdict, count))
if len(cases) < CASES:
    bad.append("only %d of %d cases were run" % (len(cases), CASES))
for line in bad:
    print("FAILED", line)
sys.exit(1 if bad else 0)
