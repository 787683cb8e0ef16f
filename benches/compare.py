#!/usr/bin/env python3
"""permtest beside what a Python user would write, on the same data, in one run.

    python3 benches/compare.py [--permtest target/release/permtest] [-n 10000000] [--few 100000] [--repeat 3]

Needs numpy and scipy. Times are wall-clock times of the whole process for permtest, and of the call alone for Python, which
gets fewer resamples; both are the best of --repeat and given per resample. The tables are those of benches/README.md. Where R and
its package coin are installed, coin's exact p-value of the same data stands beside permtest's. The program ends with code 1
if the counts of extreme resamples, or two exact p-values, contradict each other.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import scipy
from scipy import stats

DATA = Path(__file__).resolve().parent.parent / "examples" / "data"
CASE, CONTROL = DATA / "case100.csv", DATA / "control100.csv"

# Statistics, SciPy's vectorised call of each, and the share of --few resamples that it gets.
STATISTICS = [
    ("mean", lambda x, y, axis: np.mean(x, axis=axis) - np.mean(y, axis=axis), 1),
    ("median", lambda x, y, axis: np.median(x, axis=axis) - np.median(y, axis=axis), 1),
    ("quantile:0.9", lambda x, y, axis: np.quantile(x, 0.9, axis=axis) - np.quantile(y, 0.9, axis=axis), 1),
    ("trimmed-mean:0.2", lambda x, y, axis: stats.trim_mean(x, 0.2, axis=axis) - stats.trim_mean(y, 0.2, axis=axis), 1),
    ("sd", lambda x, y, axis: np.std(x, axis=axis, ddof=1) - np.std(y, axis=axis, ddof=1), 1),
    ("t", lambda x, y, axis: stats.ttest_ind(x, y, axis=axis).statistic, 1),
    ("welch", lambda x, y, axis: stats.ttest_ind(x, y, axis=axis, equal_var=False).statistic, 1),
    ("rank-sum", lambda x, y, axis: stats.mannwhitneyu(x, y, axis=axis, method="asymptotic").statistic, 1),
    ("ks", lambda x, y, axis: stats.ks_2samp(x, y, axis=axis, method="asymp").statistic, 0.05),
    ("cvm", lambda x, y, axis: stats.cramervonmises_2samp(x, y, axis=axis, method="asymptotic").statistic, 0.05),
    ("energy", None, 0),
]

# Two counts that come from the same p-value contradict each other less often than this.
DOUBT = 1e-6


def numpy_loop(x, y, n):
    """Counts, one relabelling after the other, those at least as far from 0 on either side."""
    rng = np.random.default_rng(1)
    pooled = np.concatenate([x, y])
    observed = abs(x.mean() - y.mean())
    count = 0
    for _ in range(n):
        shuffled = rng.permutation(pooled)
        count += abs(shuffled[: len(x)].mean() - shuffled[len(x) :].mean()) >= observed
    return int(count)


def scipy_batches(x, y, n):
    """Counts of the smaller tail, which SciPy doubles for its two-sided p-value."""
    result = stats.permutation_test(
        (x, y),
        lambda a, b, axis: np.mean(a, axis=axis) - np.mean(b, axis=axis),
        n_resamples=n,
        vectorized=True,
        batch=1000,
        rng=np.random.default_rng(1),
    )
    return round(result.pvalue / 2 * (n + 1)) - 1


def best_time(repeat, call):
    """The shortest of several times in seconds, and what the call returned."""
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        returned = call()
        times.append(time.perf_counter() - start)
    return min(times), returned


def run(permtest, files, n, *options):
    command = [permtest, *map(str, files), "-n", str(n), "--json", *options]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def agree(name, count, n, ours, our_n):
    """Whether two counts may come from one p-value (Fisher's exact test)."""
    chance = stats.fisher_exact([[count, n - count], [ours, our_n - ours]]).pvalue
    print(f"{name}: {count} of {n:,} against {ours} of {our_n:,}, chance of a larger gap {chance:.2g}")
    return chance > DOUBT


def side_by_side(args):
    """The table against Python; returns whether all counts agree."""
    x, y = (np.loadtxt(file, skiprows=1) for file in (CASE, CONTROL))
    ours, report = best_time(args.repeat, lambda: run(args.permtest, (CASE, CONTROL), args.n))
    loop, loop_count = best_time(args.repeat, lambda: numpy_loop(x, y, args.few))
    batches, tail_count = best_time(args.repeat, lambda: scipy_batches(x, y, args.few))

    tails = min(report["count_greater_equal"], report["count_less_equal"])
    agreed = [
        agree("NumPy", loop_count, args.few, report["count_absolute"], args.n),
        agree("SciPy", tail_count, args.few, tails, args.n),
    ]

    each = ours / args.n * 1e9
    doubled = 2 * (tail_count + 1) / (args.few + 1)
    rows = [
        (f"permtest, whole process, {args.n:,} resamples", each, report["p_value"]),
        (f"SciPy `permutation_test`, batches of 1000, {args.few:,}", batches / args.few * 1e9, doubled),
        (f"NumPy loop, {args.few:,}", loop / args.few * 1e9, (loop_count + 1) / (args.few + 1)),
    ]
    print("\n| 100 + 100 values | ns per resample | times permtest | p-value |\n|---|---:|---:|---:|")
    for name, ns, p in rows:
        print(f"| {name} | {ns:,.1f} | {ns / each:,.0f} | {p:.2g} |")
    print(f"\npermtest's whole process: {ours:.3f} s")
    return all(agreed)


# The exact p-value of two one-column files in R, and the seconds of the call alone.
COIN = """
suppressPackageStartupMessages(library(coin))
files <- commandArgs(trailingOnly = TRUE)
values <- lapply(files, function(file) read.csv(file)[, 1])
data <- data.frame(y = unlist(values), g = factor(rep(c("case", "control"), lengths(values))))
time <- min(sapply(1:5, function(i) system.time(
    p <<- pvalue(oneway_test(y ~ g, data = data, distribution = exact())))[["elapsed"]]))
cat(sprintf("%.17g %.6f", p, time))
"""


def exact(args):
    """permtest's exact p-value beside that of R's coin, on the same values of two decimals; returns whether they agree."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / file.name for file in (CASE, CONTROL)]
        for file, source in zip(files, (CASE, CONTROL)):
            values = np.round(np.loadtxt(source, skiprows=1), 2)
            file.write_text("value\n" + "".join(f"{value:.2f}\n" for value in values))
        command = [args.permtest, *map(str, files), "--json"]
        ours, output = best_time(
            args.repeat, lambda: subprocess.run(command, check=True, capture_output=True, text=True).stdout
        )
        report = json.loads(output)
        rows = [(f"permtest, whole process ({report['method']}, {report['algorithm']})", ours, report["p_value"])]
        agreed = report["method"] == "exact"
        if shutil.which("Rscript"):
            script = Path(folder) / "coin.R"
            script.write_text(COIN)
            found = subprocess.run(["Rscript", script, *files], capture_output=True, text=True)
            if found.returncode == 0:
                p, seconds = map(float, found.stdout.split())
                rows.append(("R coin `oneway_test`, `exact()`, the call alone", seconds, p))
                agreed &= abs(p / report["p_value"] - 1) < 1e-9
    print("\n| exact, 100 + 100 values of two decimals | seconds | times permtest | p-value |\n|---|---:|---:|---:|")
    for name, seconds, p in rows:
        print(f"| {name} | {seconds:.4f} | {seconds / ours:,.0f} | {p:.12g} |")
    return agreed


def by_statistic(args):
    """ns per resample on one core for each statistic, beside SciPy's vectorised call; returns whether all counts agree."""
    x, y = (np.loadtxt(file, skiprows=1) for file in (CASE, CONTROL))
    files, n = (CASE, CONTROL), args.n // 2
    rows, agreed = [], []
    for name, statistic, share in STATISTICS:
        options = ("--threads", "1", "--statistic", name)
        ours, report = best_time(args.repeat, lambda: run(args.permtest, files, n, *options))
        start, _ = best_time(args.repeat, lambda: run(args.permtest, files, 1, *options))
        each = (ours - start) / n * 1e9
        if statistic is None:
            rows.append(f"| `{name}` | {each:,.0f} | | |")
            continue
        few = max(200, int(args.few * share))

        def scipy_call():
            return stats.permutation_test(
                (x, y), statistic, n_resamples=few, vectorized=True, batch=1000, alternative="greater",
                rng=np.random.default_rng(1),
            )

        theirs, result = best_time(1, scipy_call)
        count = round(result.pvalue * (few + 1)) - 1
        agreed.append(agree(name, count, few, report["count_greater_equal"], n))
        rows.append(f"| `{name}` | {each:,.0f} | {theirs / few * 1e9:,.0f} | {theirs / few * 1e9 / each:,.0f} |")
    print("\n| `--statistic` | ns per resample, one core | SciPy, vectorised | times |\n|---|---:|---:|---:|")
    print("\n".join(rows))
    return all(agreed)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--permtest", default="target/release/permtest", help="the binary (default: %(default)s)")
    parser.add_argument("-n", type=int, default=10_000_000, help="resamples for permtest (default: %(default)s)")
    parser.add_argument("--few", type=int, default=100_000, help="resamples for Python (default: %(default)s)")
    parser.add_argument("--repeat", type=int, default=3, help="runs of which the fastest counts (default: %(default)s)")
    args = parser.parse_args()

    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, NumPy {np.__version__}, SciPy {scipy.__version__}")
    agreed = side_by_side(args)
    agreed &= exact(args)
    agreed &= by_statistic(args)
    if not agreed:
        sys.exit("the p-values contradict each other: one of the programs counts something else")


if __name__ == "__main__":
    main()
