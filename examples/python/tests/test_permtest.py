"""The package as it is installed, beside SciPy: run by `python -m unittest` with NumPy and SciPy."""

import ast
import doctest
import importlib
import importlib.resources
import json
import math
import os
import signal
import subprocess
import sysconfig
import tempfile
import threading
import time
import unittest

import numpy as np
from scipy import stats

import permtest._native
from permtest import permutation_test

COMMAND = os.path.join(sysconfig.get_path("scripts"), "permtest")

X = [9, 12, 8, 15, 11, 14]
Y = [7, 10, 6, 11, 5, 8, 9]


def difference(x, y, axis=-1):
    return np.mean(x, axis=axis) - np.mean(y, axis=axis)


def ratio(x, y, axis=-1):
    return np.median(x, axis=axis) / np.median(y, axis=axis)


class AgainstScipy(unittest.TestCase):
    """The same question to both."""

    def test_exact_p_values_are_the_same(self):
        # 1716 labellings of independent samples, 64 of pairs. Only SciPy has no name for a statistic.
        for kind, y in [("independent", Y), ("samples", Y[:6])]:
            for alternative in ["two-sided", "less", "greater"]:
                for ours, theirs in [("mean", difference), (difference, difference), (ratio, ratio)]:
                    with self.subTest(kind=kind, alternative=alternative, statistic=ours):
                        options = {"permutation_type": kind, "alternative": alternative, "n_resamples": 9999}
                        result = permutation_test((X, y), ours, **options)
                        expected = stats.permutation_test((X, y), theirs, **options)
                        self.assertTrue(result.is_exact)
                        self.assertAlmostEqual(result.pvalue, expected.pvalue, delta=1e-12)
                        self.assertAlmostEqual(result.statistic, expected.statistic, delta=1e-12)
                        nulls = [np.sort(null.null_distribution) for null in (result, expected)]
                        np.testing.assert_allclose(*nulls, atol=1e-12)

    def test_random_p_values_are_the_same_but_for_chance(self):
        draw = np.random.default_rng(20261127)
        n = 9999
        for shift in [0.0, 0.3, 0.6]:
            x, y = draw.normal(size=30) + shift, draw.normal(size=25)
            for alternative in ["two-sided", "less", "greater"]:
                for statistic in ["mean", difference, ratio]:
                    with self.subTest(shift=shift, alternative=alternative, statistic=statistic):
                        options = {"alternative": alternative, "n_resamples": n}
                        result = permutation_test((x, y), statistic, rng=1, **options)
                        theirs = difference if statistic == "mean" else statistic
                        expected = stats.permutation_test((x, y), theirs, rng=np.random.default_rng(2), **options)
                        self.assertFalse(result.is_exact)
                        # Two shares of n draws each, doubled where the test is two-sided: five standard errors.
                        sides = 2 if alternative == "two-sided" else 1
                        share = min(max(expected.pvalue / sides, 10 / n), 1 - 10 / n)
                        error = sides * math.sqrt(2 * share * (1 - share) / n)
                        self.assertLess(abs(result.pvalue - expected.pvalue), 5 * error + 2 / n)

    def test_a_distance_has_one_tail(self):
        def distance(x, y):
            return stats.ks_2samp(x, y).statistic

        expected = stats.permutation_test((X, Y), distance, alternative="greater")
        self.assertAlmostEqual(permutation_test((X, Y), "ks").pvalue, expected.pvalue, delta=1e-12)


class Functions(unittest.TestCase):
    """A function of the user's as the statistic."""

    def test_a_function_sees_the_labellings_of_the_kernels(self):
        named = permutation_test((X, Y), "mean", n_resamples=1000, rng=7)
        for vectorized in [False, True]:
            for batch in [None, 3]:
                options = {"n_resamples": 1000, "rng": 7, "vectorized": vectorized, "batch": batch}
                function = permutation_test((X, Y), difference, **options)
                np.testing.assert_allclose(function.null_distribution, named.null_distribution, atol=1e-12)
                self.assertEqual(function.pvalue, named.pvalue)

    def test_a_batch_is_no_larger_than_asked_for(self):
        sizes = set()

        def noted(x, y, axis):
            sizes.add(x.shape)
            return difference(x, y, axis)

        permutation_test((X, Y), noted, n_resamples=1000, batch=5)
        self.assertTrue(all(len(x) == 2 and x[0] <= 5 and x[1] == 6 for x in sizes), sizes)

    def test_pairs_stand_side_by_side(self):
        def whole(x, y):
            assert all(abs(a - b) == 100 for a, b in zip(x, y))
            return difference(x, y)

        x = np.arange(12.0)
        result = permutation_test((x, x + 100), whole, permutation_type="samples", n_resamples=500)
        self.assertEqual(result.statistic, -100)

    def test_arrays_are_the_functions_own(self):
        def careless(x, y):
            x.sort(), y.sort()
            return x[-1] - y[0]

        result = permutation_test((X, Y), careless, n_resamples=500, rng=3)
        careful = permutation_test((X, Y), lambda x, y: max(x) - min(y), n_resamples=500, rng=3)
        np.testing.assert_array_equal(result.null_distribution, careful.null_distribution)

    def test_an_exception_of_the_function_is_that_of_the_call(self):
        class Own(Exception):
            pass

        def fails(x, y):
            if x[0] != min(X):
                raise Own("here")
            return difference(x, y)

        with self.assertRaisesRegex(Own, "here"):
            permutation_test((X, Y), fails)

    def test_what_is_undefined_is_refused_or_treated_as_asked(self):
        def sometimes(x, y):
            return difference(x, y) if x[0] >= 6 else math.nan

        with self.assertRaisesRegex(ValueError, r"not defined for .*\(undefined=extreme"):
            permutation_test((X, Y), sometimes)
        dropped, extreme = (
            permutation_test((X, Y), sometimes, undefined=fate, alternative="greater") for fate in ["drop", "extreme"]
        )
        null = dropped.null_distribution
        known = null[~np.isnan(null)]
        # A tolerance for rounding, as ties have it.
        count = np.sum(known >= dropped.statistic - 1e-9)
        self.assertAlmostEqual(dropped.pvalue, count / len(known), delta=1e-12)
        self.assertAlmostEqual(extreme.pvalue, (count + len(null) - len(known)) / len(null), delta=1e-12)
        with self.assertRaisesRegex(ValueError, r"for 1 resamples the statistic has the shape \(\)"):
            permutation_test((X, Y), lambda x, y, axis: 1.0)


@unittest.skipUnless(hasattr(signal, "setitimer"), "Windows has no signals of this kind")
class Interruptions(unittest.TestCase):
    """Runs that would take days."""

    def test_ctrl_c_ends_a_run(self):
        for statistic in ["mean", difference, lambda x, y: difference(x, y)]:
            timer = threading.Timer(0.3, os.kill, [os.getpid(), signal.SIGINT])
            timer.start()
            with self.assertRaises(KeyboardInterrupt):
                permutation_test((range(40), range(40)), statistic, n_resamples=10**12, keep_null_distribution=False)
            timer.join()

    def test_ctrl_c_ends_the_command(self):
        with tempfile.TemporaryDirectory() as folder:
            pipe = os.path.join(folder, "x.csv")
            os.mkfifo(pipe)
            with subprocess.Popen([COMMAND, pipe, pipe], stdout=subprocess.PIPE) as run:
                # Until it reads, which it does once it listens for signals.
                writer = None
                while writer is None and run.poll() is None:
                    try:
                        writer = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
                    except OSError:
                        time.sleep(0.01)
                run.send_signal(signal.SIGINT)
                said, _ = run.communicate()
                os.close(writer)
        self.assertEqual((run.returncode, said), (130, b""))

    def test_a_signal_handler_may_raise_what_it_likes(self):
        class Late(Exception):
            pass

        def late(*_):
            raise Late

        before = signal.signal(signal.SIGALRM, late)
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.2)
            with self.assertRaises(Late):
                permutation_test((range(40), range(40)), "mean", n_resamples=10**12, keep_null_distribution=False)
        finally:
            signal.signal(signal.SIGALRM, before)


class Arguments(unittest.TestCase):
    """What a call may hold."""

    def test_the_seed_decides(self):
        def null(rng):
            return permutation_test((X, Y), "mean", n_resamples=200, rng=rng)

        same = [null(5), null(5), null(np.int64(5))]
        self.assertEqual(len({result.null_distribution.tobytes() for result in same}), 1)
        drawn = null(np.random.default_rng(5))
        self.assertEqual(drawn.null_distribution.tobytes(), null(drawn.seed).null_distribution.tobytes())
        self.assertNotEqual(drawn.null_distribution.tobytes(), same[0].null_distribution.tobytes())
        self.assertEqual(null(None).seed, 0)

    def test_threads_change_nothing(self):
        one, two = (permutation_test((X, Y), "mean", n_resamples=1500, threads=threads) for threads in [1, 2])
        self.assertEqual(one.null_distribution.tobytes(), two.null_distribution.tobytes())

    def test_a_data_frame_is_a_column_for_each_sample(self):
        class Frame(dict):
            @property
            def columns(self):
                return list(self)

        class Column(list):
            name = "treated"

        plain = permutation_test((X, Y), "median")
        self.assertEqual(permutation_test(Frame(a=X, b=Y), "median").pvalue, plain.pvalue)
        self.assertIn("value: treated (case) against y (con", permutation_test((Column(X), Y), "median").to_text())
        parts = permutation_test((Column(X), Column(Y)), "median")
        self.assertIn("treated: x (case) against y (control)", parts.to_text())
        with self.assertRaisesRegex(ValueError, "data has 3 samples; give a data frame of two columns"):
            permutation_test(Frame(a=X, b=Y, c=X), "median")

    def test_all_kinds_of_arrays_are_taken(self):
        plain = permutation_test((X, Y), "mean").pvalue
        strided = np.column_stack([np.array(X, float), np.zeros(6)])[:, 0]
        for x in [np.array(X, np.int8), np.array(X, np.float32), strided, tuple(X), np.array(X, object)]:
            self.assertEqual(permutation_test((x, Y), "mean").pvalue, plain)

    def test_what_makes_no_sense_is_refused(self):
        def refused(error, words, *arguments, **options):
            with self.subTest(words), self.assertRaisesRegex(error, words):
                permutation_test(*(arguments or ((X, Y), "mean")), **options)

        refused(ValueError, r"y\[1\] is nan", (X, [1, math.nan]), "mean")
        refused(ValueError, r"x\[0\] is inf", ([math.inf], Y), "mean")
        refused(ValueError, r"x\[1\] is nan", (np.array([1, None]), Y), "mean")
        refused(ValueError, "sample is empty", ([], Y), "mean")
        refused(ValueError, "x has 2 dimensions", ([X, X], Y), "mean")
        refused(ValueError, "data has 3 samples", (X, Y, X), "mean")
        refused(TypeError, "x holds what is no real number", (["a"], Y), "mean")
        refused(ValueError, "did you mean median", (X, Y), "meddian")
        refused(ValueError, r"is never closed.*\n.*\n +\^", (X, Y), "mean(x")
        refused(TypeError, "a function of two arrays", (X, Y), 3)
        refused(ValueError, "not there yet", permutation_type="pairings")
        refused(ValueError, "permutation_type='x' is not known", permutation_type="x")
        refused(ValueError, "6 and 7 values", permutation_type="samples")
        refused(ValueError, "alternative='more' is not known", alternative="more")
        refused(ValueError, "one dimension", axis=1)
        refused(ValueError, "n_resamples=0", n_resamples=0)
        refused(TypeError, "", n_resamples=10.5)
        refused(ValueError, "take more than 2 GiB", (range(40), range(40)), "mean", n_resamples=10**12)
        refused(ValueError, "too many to count", (range(40), range(40)), "mean", n_resamples=math.inf)
        refused(TypeError, "rng is a seed or a NumPy generator, not str", rng="1")
        refused(ValueError, "a seed is a whole number", rng=-1)
        refused(ValueError, "threads=0", threads=0)
        refused(ValueError, "batch=0", batch=0)

    def test_all_labellings_of_large_samples_are_counted_where_none_is_kept(self):
        x, y = np.arange(200), np.arange(200) + 20
        result = permutation_test((x, y), "mean", n_resamples=math.inf, keep_null_distribution=False)
        self.assertTrue(result.is_exact)
        with self.assertRaisesRegex(ValueError, "keep_null_distribution=True"):
            result.null_distribution
        drawn = permutation_test((x, y), "mean", n_resamples=10**6, keep_null_distribution=False)
        low, high = drawn.pvalue_interval
        self.assertTrue(low <= result.pvalue <= high)
        with self.assertRaisesRegex(ValueError, "no exact method"):
            x = np.random.default_rng(1).normal(size=100)
            permutation_test((x, x + 1), "mean", n_resamples=math.inf, keep_null_distribution=False)


class Results(unittest.TestCase):
    """What is found, and how it is shown."""

    def test_the_command_says_the_same(self):
        with tempfile.TemporaryDirectory() as folder:
            files = [os.path.join(folder, name) for name in ["x.csv", "y.csv"]]
            for file, values in zip(files, [X, Y]):
                np.savetxt(file, values, header="v", comments="")
            options = ["-s", "median", "--two-sided", "doubled", "-n", "1000", "--seed", "9", "--format", "json"]
            run = subprocess.run([COMMAND, *files, *options], capture_output=True, check=True)
            refusal = subprocess.run([COMMAND, files[0], "nowhere.csv"], capture_output=True, text=True)
        said = json.loads(run.stdout)
        result = permutation_test((X, Y), "median", n_resamples=1000, rng=9)
        self.assertEqual((result.statistic, result.pvalue), (said["estimate"], said["p_value"]))
        self.assertEqual(list(result.pvalue_interval), said["p_value_interval"])
        self.assertEqual(list(result.confidence_interval()), said["effect_interval"])
        self.assertEqual((refusal.returncode, refusal.stdout), (2, ""))
        self.assertIn("nowhere.csv", refusal.stderr)

    def test_an_interval_leaves_out_what_the_test_rejects(self):
        result = permutation_test((X, Y), "mean", two_sided="absolute")
        self.assertEqual(result.confidence_interval(1 - result.pvalue).low <= 0, False)
        self.assertTrue(result.confidence_interval(1 - result.pvalue + 0.001).low <= 0)
        low, high = permutation_test((X, Y), "mean", alternative="greater").confidence_interval(method="inversion")
        self.assertTrue(low > 0 and high == math.inf)
        bca = result.confidence_interval(0.9, method="bca", n_bootstrap=2000)
        self.assertTrue(bca.low < result.statistic < bca.high)
        for words, interval in [
            ("a function has no confidence interval", permutation_test((X, Y), difference).confidence_interval),
            ("a distance grows by chance", permutation_test((X, Y), "ks").confidence_interval),
            ("between 0 and 1", lambda: result.confidence_interval(95)),
            ("method='x' is not known", lambda: result.confidence_interval(method="x")),
        ]:
            with self.assertRaisesRegex(ValueError, words):
                interval()

    def test_a_notebook_gets_tables_and_a_picture(self):
        for statistic, name in [("mean", "difference of means"), (ratio, "statistic ratio")]:
            result = permutation_test((X, Y), statistic)
            html, svg = result._repr_html_(), result._repr_svg_()
            self.assertTrue(html.startswith("<section") and html.count("<table>") == 2 and html.count("<svg") == 1)
            self.assertTrue(svg.startswith("<svg") and svg.rstrip().endswith("</svg>"))
            for shown in [html, svg]:
                self.assertIn(f"Null distribution: {name}", shown)
                # Bars, and those of the tail in another colour.
                self.assertGreater(shown.count("<rect") + shown.count("<path"), 3)
        self.assertEqual(json.loads(result.to_text("json"))["statistic"], "ratio")

    def test_few_resamples_are_warned_of_in_words_of_python(self):
        result = permutation_test((range(20), range(20)), "mean", n_resamples=5)
        self.assertEqual(len(result.warnings), 1)
        self.assertIn("with n_resamples", result.warnings[0])
        self.assertIn("with n_resamples", result._repr_html_())


class Package(unittest.TestCase):
    """What is installed."""

    def test_the_examples_of_the_docs_are_true(self):
        for name in ["permtest", "permtest._test", "permtest._result", "permtest._engine", "permtest._command"]:
            outcome = doctest.testmod(importlib.import_module(name))
            self.assertEqual(outcome.failed, 0, name)

    def test_types_are_those_of_the_extension(self):
        files = importlib.resources.files("permtest")
        self.assertTrue(files.joinpath("py.typed").is_file())
        for node in ast.parse(files.joinpath("_native.pyi").read_text()).body:
            if isinstance(node, ast.ClassDef):
                theirs = {name for name in vars(getattr(permtest._native, node.name)) if not name.startswith("__")}
                ours = {item.name for item in node.body if not item.name.startswith("__")}
                self.assertEqual(ours, theirs, node.name)


if __name__ == "__main__":
    unittest.main()
