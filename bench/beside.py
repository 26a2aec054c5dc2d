#!/usr/bin/env python3
"""Compares mlx4j with several threads and with one, on an idle machine and beside other programs, which only count.

  python3 bench/beside.py              three minutes
  python3 bench/beside.py --pause 50   let 50 milliseconds pass before each turn
  python3 bench/beside.py --no-build   measure what an earlier run has built

Another process with one thread shows how much chance there is in the figures. Nothing else should be running. docs/performance.md says what is measured and why.
"""
import argparse
import contextlib
import os
import statistics
import subprocess
import sys
import time

from run import Failure, Java, Machine, build, find_class_path, markdown, readable, say

ROWS = {"network_32": 100, "network_256": 20, "network_2048": 16}  # calls in a turn
LOOPS = [0, 1, 2, 4]
TURNS = 25
LIMIT = 1.1
LIMIT_OF_LARGE = 1 / 1.7  # on an idle machine with two processors


class Threads(Java):
    """Java with its own OpenBLAS and so many threads."""

    def __init__(self, class_path, count):
        super().__init__(class_path, shipped=True)
        self.count = count

    def start(self, machine, row):
        environment = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
        command = [*machine.prefix, *self.command[:1], f"-Dmlx4j.threads={self.count}", *self.command[1:]]
        command = [str(word) for word in [*command, "org.mlx4j.bench.Turns", row]]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, env=environment, text=True, stdin=pipe, stdout=pipe)


@contextlib.contextmanager
def busy_loops(machine, count):
    command = [*machine.prefix, sys.executable, "-c", "while True: pass"]
    loops = [subprocess.Popen(command) for _ in range(count)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def turn(process, times, pause):
    time.sleep(pause)
    process.stdin.write(f"{times}\n")
    process.stdin.flush()
    line = process.stdout.readline()
    if not line:
        raise Failure(f"{' '.join(process.args)} ended with {process.wait()}")
    return float(line)


def measure(machine, peers, row, times, pause):
    """The medians of the turns that the peers take alternately, for each number of busy loops."""
    processes = [peer.start(machine, row) for peer in peers]
    try:
        for process in processes:
            for _ in range(TURNS):
                turn(process, times, pause)
        for count in LOOPS:
            with busy_loops(machine, count):
                spans = [[turn(process, times, pause) for process in processes] for _ in range(TURNS)]
            yield count, *map(statistics.median, zip(*spans))
    finally:
        for process in processes:
            process.stdin.close()
            process.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--offline", action="store_true", help="Maven does not look for anything in the network")
    parser.add_argument("--no-build", action="store_true", help="measure what an earlier run has built")
    parser.add_argument("--pause", type=float, default=0, metavar="MS", help="milliseconds before each turn")
    arguments = parser.parse_args()
    if not arguments.no_build:
        say("building")
        build(arguments.offline)
    class_path = find_class_path(arguments.offline)
    cores = sorted(os.sched_getaffinity(0))[-2:]
    machine = Machine(cores, None)
    peers = [Threads(class_path, 1), Threads(class_path, len(cores)), Threads(class_path, 1)]
    lines = []
    for row, times in ROWS.items():
        for count, one, several, again in measure(machine, peers, row, times, arguments.pause / 1000):
            limit = LIMIT_OF_LARGE if row == "network_2048" and count == 0 else LIMIT
            reached = "yes" if several <= limit * one else "**no**"
            ratio = f"{several / one:.2f}"
            lines.append([row, str(count), readable(one), readable(several), ratio, f"≤ {limit:.2g}", reached, f"{again / one:.2f}"])
            say(" ".join(lines[-1]))
    print(markdown(["row", "busy loops", "one thread", f"{len(cores)} threads", "ratio", "target", "reached", "again / one"], lines))


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit(f"bench/beside.py: {failure}")
