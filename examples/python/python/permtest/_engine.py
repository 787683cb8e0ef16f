"""What a process does for a run, be it the one that called or an engine elsewhere."""

from __future__ import annotations

import pickle
import traceback
from collections.abc import Callable, Sequence
from typing import Any

from permtest._native import Test


class Evaluator:
    """A function of two arrays, as the extension calls it."""

    def __init__(self, function: Callable[..., Any], vectorized: bool) -> None:
        self.function, self.vectorized = function, vectorized

    def __call__(self, values: bytearray, rows: int, m: int) -> Any:
        """The statistics of rows of values, of which the first ``m`` are the first sample's; of one row where the function is
        not vectorized."""
        import numpy as np

        row = np.frombuffer(values)
        if not self.vectorized:
            return np.array([float(self.function(row[:m], row[m:]))])
        table = row.reshape(rows, -1)
        statistics = np.asarray(self.function(table[:, :m], table[:, m:], axis=-1), dtype=np.float64)
        if statistics.shape != (rows,):
            raise ValueError(f"for {rows} resamples the statistic has the shape {statistics.shape}, not ({rows},)")
        return np.ascontiguousarray(statistics)


def test(samples: Sequence[Any], call: dict[str, Any]) -> Test:
    """The test that a call describes."""
    statistic, is_vectorized = call["statistic"], call["vectorized"]
    native = {key: value for key, value in call.items() if key != "vectorized"}
    x, y = samples
    if isinstance(statistic, str):
        return Test(x, y, native | {"name": None})
    native["statistic"] = Evaluator(statistic, is_vectorized)
    # Between two calls Ctrl-C is looked for.
    native["batch"] = call["batch"] if is_vectorized else 1
    return Test(x, y, native | {"name": getattr(statistic, "__name__", type(statistic).__name__)})


def pack(samples: Sequence[Any], call: dict[str, Any]) -> bytes:
    """A test as bytes, for engines; a function goes along with all that it refers to."""
    if isinstance(call["statistic"], str):
        return pickle.dumps((samples, call))
    try:
        import cloudpickle  # type: ignore[import-untyped]
    except ImportError:
        message = "a function is sent to an executor by cloudpickle, which is not installed: pip install cloudpickle"
        raise ImportError(message) from None
    return bytes(cloudpickle.dumps((samples, call)))


def run_share(job: bytes, number: int, of: int) -> tuple[bool, bytes]:
    """Computes a share of a packed test: what an engine is asked to do. Returns whether it could, and the share or why not.

    Executors send exceptions back in ways of their own, some as other exceptions: here they go as they are.
    """
    try:
        return True, test(*pickle.loads(job)).run_share(number, of)
    except Exception as error:
        error.add_note(f"On an engine, in share {number} of {of}:\n{traceback.format_exc()}")
        return False, _dumps(error)


def share(reply: tuple[bool, bytes]) -> bytes:
    """The share that an engine has computed; raises what it failed with."""
    is_done, found = reply
    if is_done:
        return found
    raise pickle.loads(found)


def _dumps(error: Exception) -> bytes:
    """An exception as bytes, of a class of the user's, too."""
    try:
        import cloudpickle
    except ImportError:
        return pickle.dumps(error)
    return bytes(cloudpickle.dumps(error))
