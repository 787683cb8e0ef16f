#!/usr/bin/env python3
"""Difference of means for permtest, by frames: hundreds of labellings at a time, with NumPy.

Any statistic that NumPy computes along an axis takes the place of the last line but one.
"""

import sys

import numpy as np

stdin, stdout = sys.stdin.buffer, sys.stdout.buffer
while header := stdin.read(32):
    if header[:8] != b"PERMTST1":
        sys.exit("mean_difference.py reads frames; ask permtest for them")
    rows, n_case, n_control = np.frombuffer(header[8:], "<u8").tolist()
    values = np.frombuffer(stdin.read(8 * rows * (n_case + n_control)), "<f8").reshape(rows, n_case + n_control)
    case, control = values[:, :n_case], values[:, n_case:]
    stdout.write((case.mean(axis=1) - control.mean(axis=1)).astype("<f8").tobytes())
    stdout.flush()
