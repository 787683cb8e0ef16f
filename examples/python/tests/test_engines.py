"""Runs shared out over processes: a pool, Dask, IPython Parallel. All give the bytes of one process.

Run by `python -m unittest` with NumPy, cloudpickle, Dask's distributed and ipyparallel.
"""

import concurrent.futures
import logging
import math
import multiprocessing
import sys
import unittest
from unittest import mock

import numpy as np

from permtest import permutation_test

X = np.round(np.random.default_rng(1).normal(size=25), 2)
Y = np.round(np.random.default_rng(2).normal(size=20) + 0.5, 2)


def closure(cut):
    """A function that holds on to something of its surroundings, which pickle does not send."""
    kept = np.array([cut])

    def above(x, y):
        return np.mean(x > kept[0]) - np.mean(y > kept[0])

    return above


def bytes_of(result):
    return result.null_distribution.tobytes() + result.to_text("json").encode() + result._repr_svg_().encode()


class Engines(unittest.TestCase):
    """Each kind of executor."""

    def check(self, executor):
        above = closure(0.4)
        for statistic, options in [
            (above, {"n_resamples": 1001}),
            (lambda x, y, axis: np.max(x, axis) - np.max(y, axis), {"n_resamples": 5000, "rng": 3}),
            ("mean", {"n_resamples": 300_000, "alternative": "greater"}),
        ]:
            here = permutation_test((X, Y), statistic, **options)
            for shares in [1, 5]:
                there = permutation_test((X, Y), statistic, executor=executor, shares=shares, **options)
                self.assertEqual(bytes_of(there), bytes_of(here))
        few = (X[:8], Y[:4])
        here, there = (permutation_test(few, above, executor=one) for one in [None, executor])
        self.assertTrue(there.is_exact)
        self.assertEqual(bytes_of(there), bytes_of(here))
        x, y = X[:20], Y
        here = permutation_test((x, y), above, permutation_type="samples", n_resamples=700)
        there = permutation_test((x, y), above, permutation_type="samples", n_resamples=700, executor=executor)
        self.assertEqual(bytes_of(there), bytes_of(here))
        class Own(Exception):
            pass

        def fails(x, y):
            if x[0] != X.min():
                raise Own("on an engine")
            return 1.0

        with self.assertRaisesRegex(Own, "on an engine") as caught:
            permutation_test((X, Y), fails, executor=executor)
        self.assertIn("in share", caught.exception.__notes__[0])

    def test_a_process_pool(self):
        context = multiprocessing.get_context("spawn")
        with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as pool:
            self.check(pool)

    def test_dask(self):
        from dask.distributed import Client

        # It has much to say of shares that are cancelled, as they are after an error.
        for name in ["distributed", "tornado.application"]:
            logging.getLogger(name).setLevel(logging.CRITICAL)
        options = {"n_workers": 2, "threads_per_worker": 1, "silence_logs": logging.CRITICAL}
        with Client(dashboard_address=None, **options) as client:
            self.check(client.get_executor())

    def test_ipython_parallel(self):
        import ipyparallel

        with ipyparallel.Cluster(n=2, log_level=40) as client:
            self.check(client.load_balanced_view().executor)


class WithoutEngines(unittest.TestCase):
    """What is not shared out."""

    def test_a_function_needs_cloudpickle(self):
        with concurrent.futures.ThreadPoolExecutor(1) as pool, mock.patch.dict(sys.modules, {"cloudpickle": None}):
            with self.assertRaisesRegex(ImportError, "pip install cloudpickle"):
                permutation_test((X, Y), closure(0.4), executor=pool)
            named = permutation_test((X, Y), "mean", n_resamples=300_000, executor=pool)
        self.assertEqual(bytes_of(named), bytes_of(permutation_test((X, Y), "mean", n_resamples=300_000)))

    def test_what_is_computed_at_once_stays_here(self):
        with concurrent.futures.ThreadPoolExecutor(1) as closed:
            pass
        for options in [{}, {"n_resamples": math.inf, "keep_null_distribution": False}]:
            result = permutation_test(([1, 2, 3], [4, 5]), "mean", executor=closed, **options)
            self.assertTrue(result.is_exact)

    def test_what_no_engine_sends_is_refused(self):
        class Confused(concurrent.futures.Executor):
            def submit(self, function, *arguments):
                future = concurrent.futures.Future()
                future.set_result((True, self.reply))
                return future

        for Confused.reply, words in [
            (b"", "no first line"),
            (b"{}\n", "version unknown"),
            (b'{"version":"0.0.9","yields":{}}\n', "version 0.0.9 of permtest, and here"),
            (b'{"version":"0.1.0","yields":{}}\n', "cannot be read"),
        ]:
            with self.assertRaisesRegex(ValueError, words):
                permutation_test((X, Y), "mean", n_resamples=300_000, executor=Confused(), shares=1)


if __name__ == "__main__":
    unittest.main()
