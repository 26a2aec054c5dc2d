#!/usr/bin/env python3
"""Builds and tests the projects that depend on mlx4j, with the jar that was just built, several at a time.

    verify_projects.py --jar target/mlx4j-0.1.0-SNAPSHOT.jar --spring=-Pthorough

What a project prints appears when it is done. The options of run_project.py are taken, too.
"""

import argparse
import shlex
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from run_project import ROOT, TARGET, maven, options_of_maven, publish_artifact, repository

VERIFY = ["-ntp", "verify"]
printing = threading.Lock()


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, parents=[options_of_maven()]
    )
    parser.add_argument("--jobs", type=int, default=2, help="how many run at a time")
    parser.add_argument("--spring", type=shlex.split, default=[], help="options of Maven for spring and its example")
    parser.add_argument("--spark", type=shlex.split, default=[], help="options of Maven for the example with Spark")
    return parser.parse_args()


def chains(arguments):
    """Returns lists of projects with Maven's goals; a project may need the artifacts of those before it. Long ones come first."""
    return [
        [("progressbar", VERIFY), ("examples/train-fashion", VERIFY), ("examples/train-digits", VERIFY)],
        [("spring", [*VERIFY, *arguments.spring]), ("examples/spring-service", [*VERIFY, *arguments.spring])],
        [("kotlin", VERIFY)],
        [("examples/spark-scoring", [*VERIFY, *arguments.spark])],
        [("bench/jmh", ["-ntp", "-q", "compile", "exec:exec@checks"])],
    ]


def verify(command, chain):
    """Verifies the projects of a chain up to the first that fails, which it returns."""
    for name, goals in chain:
        log = TARGET / "projects" / f"{name.replace('/', '-')}.log"
        log.parent.mkdir(exist_ok=True)
        start = time.monotonic()
        with log.open("wb") as output:
            code = maven(command, ROOT / name, *goals, output=output)
        with printing:
            print(f"\n---- {name}: exit code {code} after {time.monotonic() - start:.0f} s ----", flush=True)
            subprocess.run(["cat", log])
        if code != 0:
            return name
        if name in ("spring", "progressbar"):
            publish_artifact(ROOT / name)
    return None


def main():
    arguments = parse_arguments()
    with repository(arguments) as command, ThreadPoolExecutor(arguments.jobs) as executor:
        failed = [name for name in executor.map(lambda chain: verify(command, chain), chains(arguments)) if name]
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
