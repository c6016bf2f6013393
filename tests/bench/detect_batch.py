#!/usr/bin/env python3
"""What --batch saves: rcnn-detect with and without it, by turns.

	detect_batch.py [--bin DIR] [-n 5] [--batch 4] MODEL FOLDER

Seconds, and those of processors, which other work sways less, and the medians
of the pairs' ratios. The photographs are those of one size that FOLDER has most
of, 16 at most.
"""
import argparse
import collections
import os
import statistics
import subprocess
import sys
import tempfile
import time

from PIL import Image


def photographs(folder):
    sizes = collections.defaultdict(list)
    for where, _, names in sorted(os.walk(folder)):
        for f in sorted(names):
            if f.lower().endswith((".jpg", ".jpeg", ".png")):
                path = os.path.join(where, f)
                sizes[Image.open(path).size].append(path)
    return max(sizes.values(), key=len)[:16]


def run(command, paths):
    """Seconds, and seconds of processors."""
    with tempfile.TemporaryFile("w+") as f:
        f.write("\n".join(paths))
        f.seek(0)
        began = time.monotonic()
        child = subprocess.Popen(command, stdin=f, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"{command[0]}: status {status}")
    return time.monotonic() - began, usage.ru_utime + usage.ru_stime


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--bin", default="bin")
    p.add_argument("-n", type=int, default=5)
    p.add_argument("--batch", type=int, default=4)
    p.add_argument("model")
    p.add_argument("folder")
    o = p.parse_args()
    paths = photographs(o.folder)
    command = [os.path.join(o.bin, "rcnn-detect"), "-q", "-w", o.model]
    pairs = [(run(command, paths),
              run(command + ["--batch", str(o.batch)], paths))
             for _ in range(o.n)]
    for k, what in enumerate(("s", "s of processors")):
        one, many = (statistics.median(q[i][k] for q in pairs)
                     for i in range(2))
        ratio = statistics.median(q[0][k] / q[1][k] for q in pairs)
        print(f"{len(paths)} photographs, one by one: {one:.2f} {what}, "
              f"{o.batch} together: {many:.2f} {what}, "
              f"by pairs {ratio:.2f} times", flush=True)


if __name__ == "__main__":
    sys.exit(main())
