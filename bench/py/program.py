"""What the peers in Python do with their rows. Each is a function that answers with two: one that does the work n times, and
one that computes the check."""
import json
import sys
import time


def seconds(repeat, n):
    start = time.perf_counter()
    repeat(n)
    return time.perf_counter() - start


def measure(row, warm_up, repetition, repetitions):
    """The nanoseconds of each repetition."""
    repeat, _ = row()
    n, spent = 1, 0.0
    while spent < warm_up:
        taken = seconds(repeat, n)
        spent += taken
        each = taken / n
        if taken < warm_up / 8:
            n *= 2
    n = max(1, int(repetition / each))
    return [seconds(repeat, n) / n * 1e9 for _ in range(repetitions)]


def act(rows, action, *arguments):
    """check, turns or time, as bench.py describes them."""
    if action == "check":
        for name in arguments:
            _, check = rows[name]()
            print(json.dumps({"row": name, "check": check()}))
    elif action == "turns":
        repeat, _ = rows[arguments[0]]()
        for line in sys.stdin:
            print(seconds(repeat, int(line)) / int(line) * 1e9, flush=True)
    elif action == "time":
        name, warm_up, repetition, repetitions = arguments
        nanoseconds = measure(rows[name], float(warm_up), float(repetition), int(repetitions))
        print(json.dumps({"row": name, "nanoseconds": nanoseconds}))
