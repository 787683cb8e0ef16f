"""What a test found."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np

    from permtest._native import Outcome


class ConfidenceInterval(NamedTuple):
    """The ends of an interval; infinite where it has none."""

    low: float
    high: float


class PermutationTestResult:
    """What :func:`permtest.permutation_test` found.

    In a notebook it shows its tables and its picture.

    >>> from permtest import permutation_test
    >>> result = permutation_test(([7, 8, 9], [1, 2, 3]), "mean")
    >>> result
    PermutationTestResult(statistic=6.0, pvalue=0.1, exact)
    >>> result.statistic, result.pvalue, result.is_exact, result.n_labellings, result.seed
    (6.0, 0.1, True, 20, 0)
    >>> result.pvalue_interval
    ConfidenceInterval(low=0.1, high=0.1)
    >>> result.warnings[0][:61]
    'the smallest p-value that these group sizes can give is 0.100'
    >>> print(result.to_text().splitlines()[0])
    value: x (case) against y (control)
    """

    def __init__(self, outcome: Outcome) -> None:
        self._outcome = outcome
        self._null_distribution: np.ndarray | None = None

    @property
    def statistic(self) -> float:
        """The statistic of the data."""
        return self._outcome.statistic

    @property
    def pvalue(self) -> float:
        """The p-value: exact, or (extreme resamples + 1) / (resamples + 1), so never 0."""
        return self._outcome.pvalue

    @property
    def null_distribution(self) -> np.ndarray:
        """The statistic of each labelling, in the order in which they were drawn or listed.

        Raises
        ------
        ValueError
            Where they were not kept.

        >>> from permtest import permutation_test
        >>> permutation_test(([1, 3], [2]), "mean").null_distribution.tolist()
        [1.5, -1.5, 0.0]
        """
        if self._null_distribution is None:
            if not self._outcome.n_values:
                raise ValueError("the null distribution was not kept: say keep_null_distribution=True")
            import numpy as np

            values = np.empty(self._outcome.n_values)
            self._outcome.copy_values(values)
            self._null_distribution = values
        return self._null_distribution

    @property
    def pvalue_interval(self) -> ConfidenceInterval:
        """A 99 % interval for the p-value that all labellings would give; both ends are the p-value where it is exact."""
        return ConfidenceInterval(*self._outcome.pvalue_interval)

    @property
    def is_exact(self) -> bool:
        """Whether all labellings were counted, each once."""
        return self._outcome.is_exact

    @property
    def n_labellings(self) -> int | None:
        """How many labellings were counted; ``None`` where that is more than 2**53."""
        return self._outcome.n_labellings

    @property
    def seed(self) -> int:
        """The seed of the resamples: with it as ``rng`` the call can be repeated."""
        return self._outcome.seed

    @property
    def warnings(self) -> list[str]:
        """What to know before believing the p-value."""
        return self._outcome.warnings

    def confidence_interval(
        self, confidence_level: float = 0.95, *, method: str | None = None, n_bootstrap: int = 10_000
    ) -> ConfidenceInterval:
        """An interval of the effect that the statistic measures.

        Parameters
        ----------
        confidence_level
            Between 0 and 1.
        method
            ``"inversion"``: the shifts of x that the test does not reject. ``"bca"`` or ``"percentile"``: by bootstrap.
            By default what suits the statistic.
        n_bootstrap
            Bootstrap samples.

        Raises
        ------
        ValueError
            For a function, of which it is not known what it measures, and for a distance.

        >>> from permtest import permutation_test
        >>> permutation_test(([5, 6, 7, 9, 9], [1, 2, 2, 3, 4]), "mean").confidence_interval()
        ConfidenceInterval(low=2.5, high=7.0)
        """
        if not 0 < confidence_level < 1:
            raise ValueError(f"confidence_level={confidence_level}: choose one between 0 and 1")
        if method not in (None, "inversion", "bca", "percentile"):
            raise ValueError(f"method={method!r} is not known; choose 'inversion', 'bca' or 'percentile'")
        return ConfidenceInterval(*self._outcome.interval(confidence_level, method, n_bootstrap))

    def to_text(self, format: str = "text") -> str:
        """The report that the command writes: ``"text"``, ``"json"`` or ``"markdown"``."""
        if format not in ("text", "json", "markdown"):
            raise ValueError(f"format={format!r} is not known; choose 'text', 'json' or 'markdown'")
        # Without the colours of a terminal.
        return re.sub("\x1b\\[[0-9;]*m", "", self._outcome.text(format))

    def _repr_html_(self) -> str:
        return self._outcome.html()

    def _repr_svg_(self) -> str:
        return self._outcome.svg()

    def __repr__(self) -> str:
        how = "exact" if self.is_exact else f"n_resamples={self.n_labellings}, seed={self.seed}"
        return f"PermutationTestResult(statistic={self.statistic!r}, pvalue={self.pvalue!r}, {how})"
