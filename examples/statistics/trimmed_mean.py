#!/usr/bin/env python3
"""Difference of 20 % trimmed means for permtest, by lines, with nothing but Python itself."""

import sys
from math import fsum

TRIMMED = 0.2  # of the values, from each end


def trimmed_mean(sample):
    cut = int(TRIMMED * len(sample))
    kept = sorted(sample)[cut : len(sample) - cut]
    return fsum(kept) / len(kept)


for line in sys.stdin:
    case, control = ([float(word) for word in group.split()] for group in line.split("\t"))
    # Without flush=True the answers would wait in a buffer, and permtest for them.
    print(trimmed_mean(case) - trimmed_mean(control), flush=True)
