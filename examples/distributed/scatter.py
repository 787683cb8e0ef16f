#!/usr/bin/env python3
"""Shares a permtest run out to whatever can run Python functions elsewhere, and merges what comes back.

    scatter.py --shards 100 -- new.csv old.csv -n 1e10
    scatter.py --shards 100 --dask tcp://scheduler:8786 -- new.csv old.csv -n 1e10
    scatter.py --shards 100 --ipyparallel mycluster -- new.csv old.csv -n 1e10
    mpiexec -n 65 python3 -m mpi4py.futures scatter.py --shards 640 --mpi -- new.csv old.csv -n 1e10

All of them are a concurrent.futures.Executor, so there is one code path. Workers need permtest and the data under the names given
here; counts come back through the executor, so no folder has to be shared for them. What is printed is what one process would have
printed, byte for byte. A shard that fails, as when its worker dies, is run again; one that permtest refuses ends the run.
"""

import argparse
import concurrent.futures
import os
import subprocess
import sys
import tempfile


def run_shard(command, shard, shards):
    """Counts one shard where this function is called, and returns its part file."""
    import os
    import subprocess
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        part = os.path.join(folder, "part.json")
        share = ["--shard", f"{shard}/{shards}", "-o", part]
        done = subprocess.run(command + share, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if done.returncode == 2:
            return None, done.stderr.decode(errors="replace")
        if done.returncode != 0:
            raise RuntimeError(f"permtest ended with {done.returncode}: {done.stderr.decode(errors='replace')}")
        with open(part, "rb") as file:
            return file.read(), ""


def open_executor(options):
    """An executor, and what is to be closed with it."""
    if options.dask is not None:
        from distributed import Client

        client = Client(options.dask) if options.dask else Client(n_workers=options.workers or 2, threads_per_worker=1)
        return client.get_executor(pure=False), client.close
    if options.ipyparallel is not None:
        import ipyparallel

        if options.ipyparallel:
            client = ipyparallel.Client(cluster_id=options.ipyparallel)
            client.wait_for_engines(1)
            return client.executor(), client.close
        cluster = ipyparallel.Cluster(n=options.workers or 2)
        client = cluster.start_and_connect_sync()
        return client.executor(), cluster.stop_cluster_sync
    if options.mpi:
        from mpi4py.futures import MPIPoolExecutor

        return MPIPoolExecutor(), lambda: None
    return concurrent.futures.ProcessPoolExecutor(options.workers), lambda: None


def scatter(options, command, folder):
    """Runs all shards, again where they fail, and returns their part files in order."""
    parts, waiting = {}, set(range(1, options.shards + 1))
    for attempt in range(options.retries + 1):
        executor, close = open_executor(options)
        try:
            futures = {executor.submit(run_shard, command, shard, options.shards): shard for shard in sorted(waiting)}
            for future in concurrent.futures.as_completed(futures):
                shard = futures[future]
                try:
                    content, refusal = future.result()
                except Exception as error:  # whatever an executor has for a worker that is gone
                    print(f"\rshard {shard}/{options.shards} failed: {error or type(error).__name__}", file=sys.stderr)
                    continue
                if content is None:
                    sys.exit(refusal.strip())
                parts[shard] = os.path.join(folder, f"part-{shard:06}.json")
                with open(parts[shard], "wb") as file:
                    file.write(content)
                waiting.discard(shard)
                print(f"\r{len(parts)} of {options.shards} shards", end="", file=sys.stderr, flush=True)
        finally:
            executor.shutdown(wait=False)
            close()
        if not waiting:
            print(file=sys.stderr)
            return [parts[shard] for shard in sorted(parts)]
    sys.exit(f"{len(waiting)} shards failed {options.retries + 1} times: {sorted(waiting)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shards", type=int, required=True, help="how many shards: a few for each worker")
    parser.add_argument("--workers", type=int, help="processes on this machine [default: its cores; 2 with Dask or IPython]")
    parser.add_argument("--dask", metavar="ADDRESS", nargs="?", const="", help="a Dask scheduler [without ADDRESS: one here]")
    parser.add_argument("--ipyparallel", metavar="CLUSTER", nargs="?", const="", help="an IPython cluster [without: one here]")
    parser.add_argument("--mpi", action="store_true", help="the ranks of an MPI job (mpi4py.futures)")
    parser.add_argument("--threads", type=int, default=1, help="threads of each shard [default: 1]")
    parser.add_argument("--retries", type=int, default=3, help="how often failed shards are run again [default: 3]")
    parser.add_argument("--permtest", default="permtest", help="the program [default: the one on the path]")
    parser.add_argument("arguments", nargs="+", help="arguments of permtest, behind --")
    options = parser.parse_args()
    command = [options.permtest, *options.arguments, "-j", str(options.threads)]
    with tempfile.TemporaryDirectory(prefix="permtest-") as folder:
        parts = scatter(options, command, folder)
        sys.stdout.flush()
        # mpiexec gives its ranks a terminal of their own, wherever its output goes: no colours there.
        merged = subprocess.run([options.permtest, "merge", *parts], stdout=subprocess.PIPE if options.mpi else None)
        sys.stdout.buffer.write(merged.stdout or b"")
        return merged.returncode


if __name__ == "__main__":
    sys.exit(main())
