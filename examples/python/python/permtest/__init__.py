"""The permutation test: SciPy's call, kernels of permtest for statistics that have a name, any executor for those that are
functions.

>>> from permtest import permutation_test
>>> treated, untreated = [94, 108, 110, 90], [80, 94, 85, 90, 90, 90, 108, 94, 78, 105, 88]
>>> result = permutation_test((treated, untreated), "mean")
>>> round(result.pvalue, 4)  # all 1365 labellings were counted
0.1128
"""

from permtest._result import ConfidenceInterval, PermutationTestResult
from permtest._test import permutation_test

__all__ = ["ConfidenceInterval", "PermutationTestResult", "permutation_test"]
