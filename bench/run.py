#!/usr/bin/env python3
"""Compares the speed of mlx4j with that of MLX called from C++ and from Python: one command, one run, one table.

  python3 bench/run.py                    every row, about half an hour
  python3 bench/run.py --quick            every row, less exactly, about ten minutes
  python3 bench/run.py item grad_scalar   these rows

docs/performance.md says what is measured and why.
"""
import argparse
import dataclasses
import datetime
import json
import os
import pathlib
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

PROJECT = pathlib.Path(__file__).resolve().parent.parent
TARGET = PROJECT / "target"
BENCHMARKS = PROJECT / "bench" / "jmh"
RESULTS = PROJECT / "bench" / "results"


# ---- rows ---------------------------------------------------------------------------------------------
TOLERANCE = 1e-5  # how far what the peers compute may lie apart, as a part of the largest


@dataclasses.dataclass(frozen=True)
class Row:
    name: str
    limit: float = None  # of the ratio of Java to C++
    limit_of_python: float = 1  # of the ratio of Java to Python, which is to be less
    limit_ns: float = None  # of Java's own time
    slow: bool = False  # one turn takes long enough to be timed alone
    in_torch: bool = False  # PyTorch, if it is a peer, has the row, too, and is to take longer than Java
    tolerance: float = TOLERANCE

    @property
    def method(self):
        """How the row is called in JMH: eval_small is evalSmall."""
        first, *others = self.name.split("_")
        return first + "".join(word[0].upper() + word[1:] for word in others)


ROWS = [
    Row("op_dispatch", 1.3),
    Row("item", 5, limit_ns=100),
    Row("eval_small", 1.15),
    Row("chain100_eval", 1.15),
    Row("grad_scalar", 1.2),
    Row("vjp_sin", 1.2),
    Row("jvp_sin", 1.2),
    Row("grad_grad_x3", 1.2),
    Row("vmap_1000", 1.1),
    Row("mlp_step", 1.05),
    Row("mlp_step_compiled", 1.05),
    Row("gelu_1e6", limit_of_python=1 / 5),
    Row("gelu_1e6_compiled", limit_of_python=1 / 10, in_torch=True),
    Row("silu_1e6", limit_of_python=1 / 5),
    Row("silu_1e6_compiled", limit_of_python=1 / 10, in_torch=True),
    Row("tanh_1e6", limit_of_python=1 / 5),
    Row("tanh_1e6_compiled", limit_of_python=1 / 10, in_torch=True),
    Row("softmax_1e6", limit_of_python=1 / 5),
    Row("softmax_1e6_compiled", limit_of_python=1 / 10, in_torch=True),
    Row("layer_norm_1e6_compiled", limit_of_python=1 / 3, in_torch=True),
    Row("fast_layer_norm_1e6_compiled", limit_of_python=1 / 3, in_torch=True),
    Row("adam_1e6_compiled", limit_of_python=1 / 3, in_torch=True),
    Row("matmul_512"),
    Row("matmul_1024", slow=True),
    Row("row_product"),
    Row("row_product_transposed"),
    Row("row_product_float16"),
    Row("token_products"),
    Row("prompt_products", slow=True),
    Row("h2a_1e6", 1.1),
    Row("a2h_1e6"),
    Row("a2h_into_1e6", 1.2),
]
FIRST_CALL = Row("first_call", limit_ns=300e6)


@dataclasses.dataclass(frozen=True)
class LayersRow:
    """A training step of a model of layers, which C++ does not have."""

    name: str
    times: int  # in one turn
    limit: float = 1.05  # of the ratio of Java to Python
    tolerance: float = TOLERANCE


LAYERS_ROWS = [
    LayersRow("adam_perceptron", times=50),
    LayersRow("adam_perceptron_fused", times=50),
    # At first, Adam moves a weight by the sign of its gradient, however small that is.
    LayersRow("adam_transformer", times=1, tolerance=1e-4),
    LayersRow("adam_transformer_fused", times=1, tolerance=1e-4),
]


@dataclasses.dataclass(frozen=True)
class ModelRow:
    """A step of a whole model with random weights, as users run it: two threads, and Java with its OpenBLAS."""

    name: str
    times: int = 1  # in one turn
    limit_ns: float = None  # of Java's own time
    limit_of_row: tuple = None  # the name of another row, and the limit of the ratio of Java's times
    limit_of_onnx: float = None  # of the ratio of Java to ONNX Runtime, which has a row only if there is one
    tolerance: float = TOLERANCE


MODEL_ROWS = [
    ModelRow("token_products", times=10, limit_ns=12e6),
    ModelRow("token_step", times=5, limit_ns=25e6),
    ModelRow("prompt_step_float32"),
    ModelRow("prompt_step", limit_of_row=("prompt_step_float32", 1 / 0.7)),
    ModelRow("minilm_batch", limit_of_onnx=1 / 0.8),
]


@dataclasses.dataclass(frozen=True)
class Timing:
    rounds: int
    warm_up: float  # seconds
    jvm_warm_up: float  # the same for Java, whose compiler runs on the same core
    repetition: float
    repetitions: int
    turns: int  # of a row of layers or of a model, after a warm-up
    warm_up_of_turns: float  # seconds
    long_turns: int  # of a peer that needs more than ten seconds for one


FULL = Timing(rounds=5, warm_up=0.3, jvm_warm_up=1.5, repetition=0.1, repetitions=5, turns=31, warm_up_of_turns=10, long_turns=3)
QUICK = Timing(rounds=1, warm_up=0.2, jvm_warm_up=1.2, repetition=0.1, repetitions=3, turns=9, warm_up_of_turns=5, long_turns=1)


# ---- processes ----------------------------------------------------------------------------------------
class Failure(Exception):
    pass


def run(command, environment=None):
    """Runs a command and answers with what it printed."""
    result = subprocess.run(
        [str(word) for word in command], cwd=PROJECT, env=environment, text=True, capture_output=True, check=False
    )
    if result.returncode:
        raise Failure(f"{' '.join(map(str, command))}\nended with {result.returncode}\n{result.stdout}{result.stderr}")
    return result.stdout


class Machine:
    """Runs every peer under the same conditions: on the same cores, a thread on each, and with the same BLAS."""

    def __init__(self, cores, blas):
        self.cores = ",".join(map(str, cores))
        self.prefix = ["taskset", "-c", self.cores] if shutil.which("taskset") else []
        self.blas = blas
        self.environment = dict(os.environ)
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
            self.environment[name] = str(len(cores))
        if blas:
            self.environment["LD_PRELOAD"] = str(blas.resolve(strict=True))

    def run(self, command):
        return run(self.prefix + command, self.environment)

    def start(self, command):
        """Starts a process that is asked line by line."""
        command = [str(word) for word in self.prefix + command]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, cwd=PROJECT, env=self.environment, text=True, stdin=pipe, stdout=pipe)

    def wall_ns(self, command):
        start = time.perf_counter_ns()
        self.run(command)
        return time.perf_counter_ns() - start


# ---- peers --------------------------------------------------------------------------------------------
ONNX = "ONNX Runtime"
TORCH = "PyTorch"


class Program:
    """A peer that understands check, time, first-call, nothing and version: C++ and Python; Python also understands turns.

    ONNX Runtime understands check, turns and version; PyTorch check, time and version.
    """

    def __init__(self, *command, library="MLX "):
        self.command = list(command)
        self.library = library

    def checks(self, machine, rows):
        return parse_checks(machine.run([*self.command, "check", *(row.name for row in rows)]))

    def times(self, machine, row, timing):
        printed = machine.run(
            [*self.command, "time", row.name, timing.warm_up, timing.repetition, repetitions(row, timing)]
        )
        return json.loads(printed)["nanoseconds"]

    def turns(self, row):
        return [*self.command, "turns", row.name]

    def version(self, machine):
        return self.library + machine.run([*self.command, "version"]).strip()

    def first_call(self):
        return [*self.command, "first-call"], [*self.command, "nothing"]


class Java:
    def __init__(self, class_path, shipped):
        home = os.environ.get("JAVA_HOME")
        self.java = pathlib.Path(home) / "bin" / "java" if home else "java"
        # The peers use the BLAS of MLX's package, and so does Java, unless each is to run as its users get it.
        options = [] if shipped else ["-Dmlx4j.blas=reference"]
        # As an application has it: in jars, with natives that an earlier start has unpacked.
        options.append(f"-Dmlx4j.cache={TARGET / 'bench' / 'native-cache'}")
        self.command = [self.java, *options, "-cp", class_path]
        self.first_call_command = [*self.command, "org.mlx4j.bench.FirstCall"]

    def version(self, machine):
        return machine.run([self.java, "--version"]).splitlines()[1]

    def checks(self, machine, rows):
        return parse_checks(machine.run([*self.command, "org.mlx4j.bench.Checks", *(row.name for row in rows)]))

    def times(self, machine, row, timing):
        warm_ups = 1 if row.slow else 5
        with tempfile.TemporaryDirectory() as folder:
            results = pathlib.Path(folder) / "jmh.json"
            arguments = ["-f", 1, "-wi", warm_ups, "-w", milliseconds(timing.jvm_warm_up / warm_ups)]
            arguments += ["-i", repetitions(row, timing), "-r", milliseconds(timing.repetition)]
            arguments += ["-foe", "true", "-rf", "json", "-rff", results]
            machine.run([*self.command, "org.openjdk.jmh.Main", f"Benchmark.{row.method}$", *arguments])
            (result,) = json.loads(results.read_text())
        (fork,) = result["primaryMetric"]["rawData"]
        return fork

    def turns(self, row):
        return [*self.command, "org.mlx4j.bench.Turns", row.name]

    def first_call(self):
        return self.first_call_command, [*self.first_call_command, "nothing"]


def parse_checks(printed):
    return {check["row"]: check["check"] for check in map(json.loads, printed.splitlines())}


def repetitions(row, timing):
    return 1 if row.slow else timing.repetitions


def milliseconds(seconds):
    return f"{round(seconds * 1000)}ms"


# ---- building -----------------------------------------------------------------------------------------
CPP = TARGET / "bench" / "cpp"


def on_benchmarks(offline, *goals):
    """Runs Maven on the project of the benchmarks, with the jar of mlx4j."""
    version = re.search("<version>(.*?)</version>", (PROJECT / "pom.xml").read_text()).group(1)
    jar = TARGET / f"mlx4j-{version}.jar"
    offline = f"--offline={'true' if offline else 'false'}"
    return run([sys.executable, PROJECT / "tools" / "run_project.py", "--jar", jar, offline, BENCHMARKS, "--", "-q", *goals])


def build(offline):
    # package makes the jar, and comes after the phase in which the tests' Python is made.
    skips = ["maven.test.skip.exec", "maven.javadoc.skip", "maven.source.skip", "spotless.check.skip"]
    run(["mvn", "-q", "-B", *(["-o"] if offline else []), *(f"-D{skip}" for skip in skips), "package"])
    on_benchmarks(offline, "compile")
    mlx = cmake_variable("MLX_ROOT")
    run(["cmake", "-S", PROJECT / "bench" / "cpp", "-B", CPP, "-DCMAKE_BUILD_TYPE=Release", f"-DMLX_ROOT={mlx}"])
    run(["cmake", "--build", CPP])


def find_class_path(offline):
    printed = on_benchmarks(offline, "exec:exec@class-path")
    return re.sub(r"\x1b\[[0-9;]*m", "", printed).split()[0]  # Maven resets the color even in batch mode


def find_peers(class_path, shipped):
    """The peers by name; the first is the one to compare with."""
    return {
        "C++": Program(CPP / "bench"),
        "Java": Java(class_path, shipped),
        "Python": Program(TARGET / "oracle" / "bin" / "python", PROJECT / "bench" / "py" / "bench.py"),
    }


def find_onnx():
    """ONNX Runtime, in an environment beside that of the tests."""
    environment = TARGET / "bench" / "onnx"
    cache = (TARGET / "oracle").resolve(strict=True).parent
    run([sys.executable, PROJECT / "tools" / "fetch.py", f"--cache={cache}", "venv", "onnx", f"--link={environment}"])
    script = PROJECT / "bench" / "py" / "onnx_bench.py"
    return Program(environment / "bin" / "python", script, library="")


def torch_of(python):
    """PyTorch, in an environment of the user's: with what it depends on, it takes gigabytes."""
    return Program(python.absolute(), PROJECT / "bench" / "py" / "torch_bench.py", library="")


def cmake_variable(name):
    for line in (TARGET / "cmake" / "CMakeCache.txt").read_text().splitlines():
        if line.startswith(name + ":"):
            return line.split("=", 1)[1]
    raise Failure(f"target/cmake/CMakeCache.txt does not say {name}")


# ---- measuring ----------------------------------------------------------------------------------------
def compare_checks(peers, machine, rows):
    """All peers must compute the same."""
    if not rows:
        return
    checks = {name: peer.checks(machine, rows) for name, peer in peers.items()}
    for row in rows:
        values = [checks[name][row.name] for name in peers]
        if max(values) - min(values) > row.tolerance * max(map(abs, values)):
            raise Failure(f"{row.name}: the peers do not compute the same: {dict(zip(peers, values))}")


def measure(peers, machine, row, timing):
    """The peers in turn, so that what disturbs the machine disturbs all of them: the medians of the rounds."""
    medians = {name: [] for name in peers}
    for _ in range(min(3, timing.rounds) if row.slow else timing.rounds):
        for name, peer in peers.items():
            medians[name].append(statistics.median(peer.times(machine, row, timing)))
    return medians


def processor_ns(process):
    """The time that the threads of a process have spent on a processor, where the system tells it (Linux)."""
    threads = list(pathlib.Path(f"/proc/{process.pid}/task").glob("*/schedstat"))
    return sum(int(thread.read_text().split()[0]) for thread in threads) if threads else None


def measure_in_turns(peers, machine, row, timing, clock=processor_ns):
    """As measure, with processes that live on and turns of a fraction of a second.

    What passes on the clock is counted; where that is None, the time that the peers tell.
    """
    processes = {name: machine.start(peer.turns(row)) for name, peer in peers.items()}

    def turn(process):
        before = clock(process)
        process.stdin.write(f"{row.times}\n")
        process.stdin.flush()
        line = process.stdout.readline()
        if not line:
            raise Failure(f"{row.name}: {' '.join(process.args)} ended with {process.wait()}")
        return float(line) if before is None else (clock(process) - before) / row.times

    try:
        for process in processes.values():
            spent = 0
            while spent < timing.warm_up_of_turns * 1e9:
                spent += turn(process) * row.times
        spans = {name: [] for name in peers}
        for _ in range(timing.turns):
            for name, process in processes.items():
                long = spans[name] and spans[name][-1] * row.times > 10e9
                if not long or len(spans[name]) < timing.long_turns:
                    spans[name].append(turn(process))
        return spans
    finally:
        for process in processes.values():
            process.stdin.close()
            process.wait()


def measure_first_call(peers, machine, timing):
    """The first addition and reading in a fresh process, without the time that starting the process takes."""
    spans = {name: [] for name in peers}
    for turn in range(2 * timing.rounds + 2):
        for name, peer in peers.items():
            call, nothing = peer.first_call()
            span = machine.wall_ns(call) - machine.wall_ns(nothing)
            if turn:  # the first unpacks and fills caches
                spans[name].append(span)
    return spans


# ---- the table ----------------------------------------------------------------------------------------
def readable(ns):
    for unit, size in (("ms", 1e6), ("µs", 1e3)):
        if ns >= size:
            return f"{ns / size:.3g} {unit}" if ns < 1000 * size else f"{ns / size:.0f} {unit}"
    return f"{ns:.3g} ns"


def spread(rounds):
    """How far the rounds lie apart: half of the middle half's width, in percent of the median."""
    if len(rounds) < 3:
        return "?"
    low, _, high = statistics.quantiles(rounds, n=4)
    return f"{50 * (high - low) / statistics.median(rounds):.0f}"


def table_line(row, rounds):
    cpp, java, python = (statistics.median(rounds[name]) for name in ("C++", "Java", "Python"))
    targets, reached = [], True
    if row.limit:
        targets.append(f"≤ {row.limit:g}")
        reached = reached and java <= row.limit * cpp
    if row.limit_ns:
        targets.append(f"≤ {readable(row.limit_ns)}")
        reached = reached and java <= row.limit_ns
    if row.limit_of_python < 1:
        targets.append(f"≤ Python / {1 / row.limit_of_python:g}")
        reached = reached and java <= row.limit_of_python * python
    elif row is not FIRST_CALL and cpp < python:
        targets.append("< Python")
        reached = reached and java < python
    return [
        row.name,
        *map(readable, (cpp, java, python)),
        f"{java / cpp:.2f}",
        f"{python / cpp:.2f}",
        ", ".join(targets),
        "" if not targets else "yes" if reached else "**no**",
        " / ".join(spread(rounds[name]) for name in ("C++", "Java", "Python")),
    ]


def torch_line(row, rounds):
    java, torch = (statistics.median(rounds[name]) for name in ("Java", TORCH))
    return [
        row.name,
        *map(readable, (java, torch)),
        f"{java / torch:.2f}",
        f"≤ {TORCH}",
        "yes" if java <= torch else "**no**",
        " / ".join(spread(rounds[name]) for name in ("Java", TORCH)),
    ]


def layers_line(row, rounds):
    java, python = (statistics.median(rounds[name]) for name in ("Java", "Python"))
    return [
        row.name,
        *map(readable, (java, python)),
        f"{java / python:.2f}",
        f"≤ {row.limit:g}",
        "yes" if java <= row.limit * python else "**no**",
        " / ".join(spread(rounds[name]) for name in ("Java", "Python")),
    ]


def model_line(row, rounds, rounds_of_rows):
    medians = {name: statistics.median(spans) for name, spans in rounds.items()}
    java, python, onnx = medians["Java"], medians["Python"], medians.get(ONNX)
    targets, reached = [], []
    if row.limit_ns:
        targets.append(f"≤ {readable(row.limit_ns)}")
        reached.append(java <= row.limit_ns)
    if row.limit_of_row:
        other, limit = row.limit_of_row
        targets.append(f"≤ {limit:.3g} × {other}")
        if other in rounds_of_rows:
            reached.append(java <= limit * statistics.median(rounds_of_rows[other]["Java"]))
    if row.limit_of_onnx:
        targets.append(f"≤ {row.limit_of_onnx:g} × {ONNX}")
        reached.append(java <= row.limit_of_onnx * onnx)
    return [
        row.name,
        *map(readable, (java, python)),
        readable(onnx) if onnx else "",
        f"{java / python:.2f}",
        f"{java / onnx:.2f}" if onnx else "",
        ", ".join(targets),
        "" if not reached else "yes" if all(reached) else "**no**",
        " / ".join(map(spread, rounds.values())),
    ]


HEAD = ["row", "C++", "Java", "Python", "Java / C++", "Python / C++", "target", "reached", "± %"]
TORCH_HEAD = ["row", "Java", TORCH, f"Java / {TORCH}", "target", "reached", "± %"]
LAYERS_HEAD = ["row", "Java", "Python", "Java / Python", "target", "reached", "± %"]
MODELS_HEAD = ["row", "Java", "Python", ONNX, "Java / Python", f"Java / {ONNX}", "target", "reached", "± %"]


def markdown(head, lines):
    cells = [head, *lines]
    widths = [max(len(line[i]) for line in cells) for i in range(len(head))]
    numbers = range(1, head.index("target"))

    def format_line(line):
        return "| " + " | ".join(f"{c:>{w}}" if i in numbers else f"{c:<{w}}" for i, (c, w) in enumerate(zip(line, widths))) + " |"

    rule = "|" + "|".join("-" * (w + 1) + (":" if i in numbers else "-") for i, w in enumerate(widths)) + "|"
    return "\n".join([format_line(head), rule, *map(format_line, lines)])


def facts(peers, machine, shipped):
    """What the numbers depend on."""
    versions = {name: peer.version(machine) for name, peer in peers.items()}
    pinned = f"every peer pinned to core {machine.cores}" if machine.prefix else "not pinned"
    return [
        f"{datetime.date.today()}, {processor()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}",
        ", ".join(f"{name}: {version}" for name, version in versions.items()),
        f"{pinned}, one thread for BLAS, which is " + (machine.blas.name if machine.blas else "that of MLX's package")
        + (", and in Java OpenBLAS" if shipped else ""),
    ]


def model_facts(onnx, machine):
    pinned = f"pinned to cores {machine.cores}" if machine.prefix else "not pinned"
    peers = [f"{ONNX}: {onnx.version(machine)}"] if onnx else []
    return ", ".join([f"models: {pinned}, two threads, in Java with OpenBLAS", *peers])


def processor():
    try:
        for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except FileNotFoundError:
        if platform.system() == "Darwin":
            return run(["sysctl", "-n", "machdep.cpu.brand_string"]).strip()
    return platform.machine()


# ---- the command --------------------------------------------------------------------------------------
def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = list(dict.fromkeys(row.name for row in [*ROWS, FIRST_CALL, *LAYERS_ROWS, *MODEL_ROWS]))
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"which rows; one or more of {', '.join(names)}")
    parser.add_argument("--quick", action="store_true", help="one short round instead of five")
    parser.add_argument("--rounds", type=int, help="how often each peer has its turn in each row")
    parser.add_argument("--core", type=int, help="the core for all peers (Linux; the last one unless given); models take the last two")
    parser.add_argument("--blas", type=pathlib.Path, help="a BLAS library to load instead of the one of MLX's package (Linux)")
    parser.add_argument("--shipped", action="store_true", help="Java with its own OpenBLAS, as its users get it, not with the others' BLAS")
    parser.add_argument("--torch", type=pathlib.Path, metavar="PYTHON", help="a Python that has PyTorch, which becomes a peer in some rows")
    parser.add_argument("--offline", action="store_true", help="Maven does not look for anything in the network")
    parser.add_argument("--no-build", action="store_true", help="measure what an earlier run has built")
    arguments = parser.parse_args()
    for name in arguments.rows:
        if name not in names:
            parser.error(f"there is no row {name}; there are {', '.join(names)}")
    return arguments


def main():
    arguments = parse_arguments()
    timing = QUICK if arguments.quick else FULL
    if arguments.rounds:
        timing = dataclasses.replace(timing, rounds=arguments.rounds)
    rows = [row for row in ROWS if not arguments.rows or row.name in arguments.rows]
    with_first_call = not arguments.rows or FIRST_CALL.name in arguments.rows
    layers_rows = [row for row in LAYERS_ROWS if not arguments.rows or row.name in arguments.rows]
    model_rows = [row for row in MODEL_ROWS if not arguments.rows or row.name in arguments.rows]

    if not arguments.no_build:
        say("building")
        build(arguments.offline)
    class_path = find_class_path(arguments.offline)
    peers = find_peers(class_path, arguments.shipped)
    torch = {TORCH: torch_of(arguments.torch)} if arguments.torch else {}
    with_layers = {name: peer for name, peer in peers.items() if name != "C++"}
    with_models = {"Java": Java(class_path, shipped=True), "Python": peers["Python"]}
    with_onnx = with_models | {ONNX: find_onnx()} if any(row.limit_of_onnx for row in model_rows) else {}
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else range(os.cpu_count())
    machine = Machine(cores[-1:] if arguments.core is None else [arguments.core], arguments.blas)
    two_cores = Machine(cores[-2:], arguments.blas)

    say("comparing what the peers compute")
    compare_checks(peers, machine, [row for row in rows if not row.in_torch])
    compare_checks(peers | torch, machine, [row for row in rows if row.in_torch])
    compare_checks(with_layers, machine, layers_rows)
    for row in model_rows:
        compare_checks(with_onnx if row.limit_of_onnx else with_models, two_cores, [row])

    lines, torch_lines = [], []
    for row in rows:
        rounds = measure(peers | torch if row.in_torch else peers, machine, row, timing)
        lines.append(table_line(row, rounds))
        say(" ".join(lines[-1]))
        if TORCH in rounds:
            torch_lines.append(torch_line(row, rounds))
            say(" ".join(torch_lines[-1]))
    if with_first_call:
        lines.append(table_line(FIRST_CALL, measure_first_call(peers, machine, timing)))

    layers_lines = []
    for row in layers_rows:
        layers_lines.append(layers_line(row, measure_in_turns(with_layers, machine, row, timing)))
        say(" ".join(layers_lines[-1]))

    model_lines, model_rounds = [], {}
    for row in model_rows:
        peers_of_row = with_onnx if row.limit_of_onnx else with_models
        # the time that passes, because two threads are to share the work
        model_rounds[row.name] = measure_in_turns(peers_of_row, two_cores, row, timing, clock=lambda _: None)
        model_lines.append(model_line(row, model_rounds[row.name], model_rounds))
        say(" ".join(model_lines[-1]))

    tables = [(HEAD, lines), (TORCH_HEAD, torch_lines), (LAYERS_HEAD, layers_lines), (MODELS_HEAD, model_lines)]
    shown = facts(peers | torch, machine, arguments.shipped)
    if model_lines:
        shown.append(model_facts(with_onnx.get(ONNX), two_cores))
    report = "\n".join(f"- {fact}" for fact in shown) + "\n"
    report += "".join(f"\n{markdown(head, lines)}\n" for head, lines in tables if lines)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "latest.md").write_text(report)
    print(report)


def say(text):
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit(f"bench/run.py: {failure}")
