"""Two programs by turns: how much faster the first is, and what memory each
takes. For the other scripts of this folder."""
import os
import statistics
import subprocess
import tempfile
import time


def run(command, output):
    """Seconds and peak MB of one run."""
    began = time.monotonic()
    child = subprocess.Popen(command, stdout=output)
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"{command[0]}: status {status}")
    return time.monotonic() - began, usage.ru_maxrss / 1024


def pairs(work, ours, peer, peer_name, n):
    """A row of a table, and the outputs of the last pair."""
    runs, texts = [], [b"", b""]
    for i in range(n):
        pair = []
        for k, command in enumerate((ours, peer)):
            with tempfile.TemporaryFile() as out:
                pair.append(run(command, out))
                out.seek(0)
                texts[k] = out.read()
        runs.append(pair)
    ratio = statistics.median(p[1][0] / p[0][0] for p in runs)
    first, second = (statistics.median(p[k][0] for p in runs)
                     for k in range(2))
    memory = [max(p[k][1] for p in runs) for k in range(2)]
    print(f"| {work} | {peer_name} | {n} pairs | {first:.2f} s, "
          f"{memory[0]:.0f} MB | {second:.2f} s, {memory[1]:.0f} MB | "
          f"{ratio:.1f}x | {memory[0] / memory[1]:.2f} of the memory |",
          flush=True)
    return texts
