"""The call: arguments are read here, and the extension does the work."""

from __future__ import annotations

import inspect
import math
import operator
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Any

from permtest import _engine
from permtest._native import Test
from permtest._result import PermutationTestResult

if TYPE_CHECKING:
    import numpy as np

#: Shares into which a run is cut for an executor, at most.
SHARES = 64


def permutation_test(
    data: Any,
    statistic: str | Callable[..., Any],
    *,
    permutation_type: str = "independent",
    vectorized: bool | None = None,
    n_resamples: float = 9999,
    batch: int | None = None,
    alternative: str = "two-sided",
    axis: int = 0,
    rng: int | np.random.Generator | None = None,
    two_sided: str = "doubled",
    undefined: str = "error",
    keep_null_distribution: bool = True,
    threads: int | None = None,
    executor: Executor | None = None,
    shares: int = SHARES,
) -> PermutationTestResult:
    """Test whether two samples differ by more than chance, as ``scipy.stats.permutation_test`` does.

    Parameters
    ----------
    data
        Two samples ``(x, y)``, one-dimensional, or a data frame with a column for each. A difference is x - y.
    statistic
        A name of permtest's catalogue (``"mean"``, ``"median"``, ``"t"``, ``"rank-sum"`` …; ``permtest statistics`` on the
        command line lists them) or an expression such as ``"mean(log(x)) - mean(log(y))"``: computed by kernels, millions of
        resamples a second. Or a function of two arrays that returns a number; a few more calls, with multiples of the data,
        show how far rounding may move it, for what differs by no more is a tie.
    permutation_type
        ``"independent"``: values are dealt out anew over both samples. ``"samples"``: the i-th values of both are a pair, and
        are swapped within it. A function gets independent samples in ascending order, whatever order they came in, and pairs
        side by side.
    vectorized
        Whether the function takes arrays of shape ``(resamples, n)`` with ``axis=-1`` and returns as many numbers. By
        default: whether it has a parameter ``axis``.
    n_resamples
        Random labellings. Where there are no more labellings than that, each is counted once and the p-value is exact;
        ``inf`` demands it.
    batch
        The most resamples in a call of a vectorized function.
    alternative
        ``"two-sided"``, ``"less"`` or ``"greater"``, about x against y.
    axis
        0: samples have one dimension.
    rng
        A seed, or a NumPy generator from which one is drawn. ``None`` is the seed 0: the same call gives the same numbers.
    two_sided
        ``"doubled"``: twice the smaller one-sided p-value, as in SciPy. ``"absolute"``: labellings at least as far from the
        null centre on either side, permtest's own rule for differences. Distances such as ``"ks"`` have one tail anyway.
    undefined
        What becomes of labellings for which the statistic is not a number: ``"error"``, ``"extreme"`` (they count against
        the finding) or ``"drop"``.
    keep_null_distribution
        Whether the result holds the statistic of each labelling, 8 bytes each, up to 2 GiB. Without them a name or an
        expression with ``n_resamples=inf`` is computed by the fastest exact method, for far larger samples, and the picture
        of a function has no null distribution.
    threads
        For a name or an expression; default: one for each core. Never changes a result. A function is called by one thread
        at a time, which is not the one that called.
    executor
        Any ``concurrent.futures.Executor``: a process pool, ``dask.distributed.Client(…).get_executor()``,
        ``ipyparallel.Client().load_balanced_view().executor``. Shares of the run go to its workers, which need permtest and,
        for functions, cloudpickle. The result is the same to the last bit. A name or an expression is computed here
        where that takes less than sending it out: for all labellings, or some ten thousand random ones.
    shares
        Into how many shares the run is cut for the executor, at most.

    Returns
    -------
    PermutationTestResult

    Raises
    ------
    ValueError
        For samples that are empty or hold NaN or infinity, words that are not known, and a statistic that is undefined.
    TypeError
        For samples or a seed of another kind.
    Exception
        Whatever a function raises.

    Examples
    --------
    >>> import numpy as np
    >>> x, y = np.arange(10.0), np.arange(10.0) + 3
    >>> result = permutation_test((x, y), lambda x, y, axis: np.mean(x, axis) - np.mean(y, axis), alternative="less")
    >>> result.statistic, len(result.null_distribution), result.pvalue < 0.05
    (-3.0, 9999, True)
    """
    if axis not in (0, -1):
        raise ValueError(f"axis={axis}: samples have one dimension; choose 0")
    samples, column, labels = _samples(data)
    if not isinstance(statistic, str):
        if not callable(statistic):
            raise TypeError("statistic is a name, an expression, or a function of two arrays")
        vectorized = _has_axis(statistic) if vectorized is None else vectorized
    call = {
        "statistic": statistic,
        "vectorized": bool(vectorized),
        "batch": _batch(batch),
        "column": column,
        "labels": labels,
        "is_paired": _permutation_type(permutation_type, samples),
        "alternative": _one_of("alternative", alternative, ["two-sided", "less", "greater"]),
        "two_sided": _one_of("two_sided", two_sided, ["doubled", "absolute"]),
        "undefined": _one_of("undefined", undefined, ["error", "extreme", "drop"]),
        "n_resamples": _n_resamples(n_resamples),
        "keeps_values": bool(keep_null_distribution),
        "seed": _seed(rng),
        "threads": _threads(threads),
    }
    test = _engine.test(samples, call)
    if executor is None:
        return PermutationTestResult(test.run())
    return PermutationTestResult(_shared_out(test, samples, call, executor, shares))


def _shared_out(test: Test, samples: Sequence[Any], call: dict[str, Any], executor: Executor, shares: int) -> Any:
    """The outcome of a run by the workers of an executor."""
    if operator.index(shares) < 1:
        raise ValueError(f"shares={shares}: choose at least 1")
    most = test.shares()
    if most == 1 and isinstance(call["statistic"], str):
        return test.run()
    shares = min(shares, most)
    job = _engine.pack(samples, call)
    futures = [executor.submit(_engine.run_share, job, number, shares) for number in range(1, shares + 1)]
    try:
        return test.conclude([_engine.share(future.result()) for future in futures])
    finally:
        # After an error or Ctrl-C the other shares are for nothing.
        for future in futures:
            future.cancel()


def _samples(data: Any) -> tuple[list[Any], str, tuple[str, str]]:
    """Both samples as arrays of doubles, not copied where they are already; what is measured, and what the samples are called."""
    import numpy as np

    columns = getattr(data, "columns", None)
    samples = [data[name] for name in columns] if columns is not None else list(data)
    if len(samples) != 2:
        what = "a data frame of two columns" if columns is not None else "two samples, (x, y)"
        raise ValueError(f"data has {len(samples)} samples; give {what}")
    names = [str(getattr(sample, "name", None) or default) for sample, default in zip(samples, "xy")]
    column = "value"
    if names[0] == names[1]:
        # Parts of one column.
        column, names = names[0], ["x", "y"]
    arrays = []
    for sample, name in zip(samples, names):
        array = np.ascontiguousarray(sample)
        if array.dtype.kind not in "biuf":
            array = _numbers(sample, name)
        if array.ndim != 1:
            raise ValueError(f"{name} has {array.ndim} dimensions; give one")
        array = np.ascontiguousarray(array, dtype=np.float64)
        if not (is_finite := np.isfinite(array)).all():
            place = int(np.argmin(is_finite))
            raise ValueError(f"{name}[{place}] is {array[place]}; leave out what is not a finite number")
        arrays.append(array)
    return arrays, column, (names[0], names[1])


def _numbers(sample: Any, name: str) -> Any:
    """Numbers in an array of objects, such as a column with missing values that is no array of floats."""
    import numpy as np

    try:
        return np.array([math.nan if value is None else float(value) for value in sample])
    except (TypeError, ValueError) as error:
        raise TypeError(f"{name} holds what is no real number: {error}") from None


def _has_axis(statistic: Callable[..., Any]) -> bool:
    """Whether a function has a parameter ``axis``; one that shows no parameters has none."""
    try:
        return "axis" in inspect.signature(statistic).parameters
    except (TypeError, ValueError):
        return False


def _one_of(name: str, value: str, known: list[str]) -> str:
    if value in known:
        return value
    raise ValueError(f"{name}={value!r} is not known; choose one of {', '.join(map(repr, known))}")


def _permutation_type(value: str, samples: Sequence[Any]) -> bool:
    """Whether samples are paired."""
    if value == "pairings":
        raise ValueError("permutation_type='pairings', a test of association, is not there yet; use SciPy's for it")
    is_paired = _one_of("permutation_type", value, ["independent", "samples"]) == "samples"
    if is_paired and len(samples[0]) != len(samples[1]):
        sizes = f"{len(samples[0])} and {len(samples[1])} values"
        raise ValueError(f"permutation_type='samples' is for pairs, and the samples have {sizes}")
    return is_paired


def _n_resamples(value: Any) -> int | None:
    if isinstance(value, float) and value == math.inf:
        return None
    number = operator.index(int(value)) if isinstance(value, float) and value.is_integer() else operator.index(value)
    if not 1 <= number <= 10**12:
        raise ValueError(f"n_resamples={value}: draw from 1 to 1e12")
    return number


def _batch(value: Any) -> int:
    if value is None:
        return 2**32
    if (number := operator.index(value)) < 1:
        raise ValueError(f"batch={value}: choose at least 1")
    return number


def _threads(value: Any) -> int | None:
    if value is None:
        return None
    if not 1 <= (number := operator.index(value)) <= 4096:
        raise ValueError(f"threads={value}: choose from 1 to 4096")
    return number


def _seed(rng: Any) -> int:
    if rng is None:
        return 0
    if hasattr(rng, "integers"):
        return int(rng.integers(0, 2**63))
    try:
        seed = operator.index(rng)
    except TypeError:
        raise TypeError(f"rng is a seed or a NumPy generator, not {type(rng).__name__}") from None
    if not 0 <= seed < 2**64:
        raise ValueError(f"rng={seed}: a seed is a whole number from 0 to 2**64 - 1")
    return seed
