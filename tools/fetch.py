#!/usr/bin/env python3
"""Puts what the build needs from the Python package registry into a cache that outlives `mvn clean`.

    fetch.py mlx        MLX's official C++ packages (wheels), pinned by version and SHA-256
    fetch.py macos-sdk  headers and lists of symbols with which libraries for macOS are built elsewhere
    fetch.py venv       a virtual environment with the packages of a requirements file

Everything is made under a lock and verified at each build, so that builds may run side by side, a broken cache is
repaired, and a complete one is used without the network. Nothing is printed unless something is downloaded; then pip
shows its progress.
"""

import argparse
import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
import zlib
from pathlib import Path

import macos_sdk

HERE = Path(__file__).resolve().parent
PINS = HERE / "wheels.sha256"
ALLOWLISTS = HERE / "allowlists"

# JavaCPP's platform: the package that holds MLX's C++ library for it, and the platform tag of its wheel.
WHEELS = {
    "linux-x86_64": ("mlx-cpu", "manylinux_2_35_x86_64"),
    "linux-x86_64-cuda": ("mlx-cuda-12", "manylinux_2_35_x86_64"),
    "linux-arm64": ("mlx-cpu", "manylinux_2_35_aarch64"),
    "macosx-arm64": ("mlx-metal", "macosx_14_0_arm64"),
}
ZIG = "manylinux_2_12_x86_64"  # only its headers are used, which are the same for every machine
# The environments, each with the packages of NAME-requirements.txt: code that runs when one is sound.
PROBES = {
    "oracle": "import mlx.core, numpy, scipy",
    "format-tools": "import clang_format",
    "native-checks": "import lief",
    "onnx": "import onnx, onnxruntime",
}
PIP_OPTIONS = ["--disable-pip-version-check", "--no-input"]


class Failure(Exception):
    """What went wrong and what to do about it, for the person who runs the build."""


def fetch_mlx(options):
    """Leaves each unpacked wheel in DIR/mlx-VERSION-PLATFORM."""
    for platform in options.platforms:
        if platform not in WHEELS:
            raise Failure(f"MLX has no package for {platform}, only for {', '.join(WHEELS)}; give -Dmlx.root=DIR")
        package, tag = WHEELS[platform]
        name, expected = pinned(f"{package.replace('-', '_')}-{options.version}-py3-none-{tag}")
        wheel = options.cache / name
        unpacked = options.cache / f"mlx-{options.version}-{platform}"
        with locked(options.cache):
            if not wheel.is_file() or sha256(wheel) != expected:
                download(wheel, expected, f"{package}=={options.version}", tag)
            if not matches(wheel, unpacked):
                unpack(wheel, unpacked)


def pinned(start):
    """The name and the checksum of the wheel whose name starts so."""
    for line in PINS.read_text().splitlines():
        digest, _, name = line.partition("  ")
        if name.startswith(start):
            return name, digest
    raise Failure(f"{PINS} has no checksum for {start}")


def fetch_macos_sdk(options):
    """Makes DIR/MacOSX14.0-HASH.sdk, and LINK a symbolic link to it."""
    name, expected = pinned(f"ziglang-{options.zig}-py3-none-{ZIG}")
    ours = [Path(macos_sdk.__file__), *sorted(ALLOWLISTS.iterdir())]
    identity = hashlib.sha256(expected.encode() + b"".join(file.read_bytes() for file in ours)).hexdigest()[:12]
    sdk = options.cache / f"MacOSX14.0-{identity}.sdk"
    with locked(options.cache):
        if not (sdk / "complete").is_file():
            shutil.rmtree(sdk, ignore_errors=True)
            with scratch_folder(options.cache) as scratch:
                download(scratch / name, expected, f"ziglang=={options.zig}", ZIG)
                with zipfile.ZipFile(scratch / name) as archive:
                    headers = [entry for entry in archive.namelist() if entry.startswith(macos_sdk.HEADERS)]
                    archive.extractall(scratch / "zig", headers)
                macos_sdk.make(scratch / "zig" / "ziglang", ALLOWLISTS, scratch / "sdk")
                os.rename(scratch / "sdk", sdk)
            (sdk / "complete").touch()
    link(options.link, sdk)


def download(wheel, expected, requirement, tag):
    print(f"Downloading {requirement} ({tag}) into {wheel.parent}", flush=True)
    with scratch_folder(wheel.parent) as scratch:
        run(
            pip(scratch) + ["download", *PIP_OPTIONS, "--no-deps", "--only-binary=:all:", "--platform", tag]
            + ["--python-version", "3.12", "--dest", str(scratch), requirement],
            f"Cannot download {requirement}. The first build needs the network; -Dmlx.root=DIR uses an MLX that is "
            "already on this machine.",
        )
        arrived = scratch / wheel.name
        if not arrived.is_file():
            raise Failure(f"pip did not bring {wheel.name} for {requirement}")
        if sha256(arrived) != expected:
            raise Failure(f"{wheel.name} has SHA-256 {sha256(arrived)}, but {expected} is pinned; it was not used.")
        os.replace(arrived, wheel)


def pip(scratch):
    """The interpreter's own pip, or where there is none, that of an environment which is thrown away."""
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    run([sys.executable, "-m", "venv", str(scratch / "pip")], "Python has neither pip nor a venv that brings it.")
    return [str(scratch / "pip" / "bin" / "python"), "-m", "pip"]


def matches(wheel, unpacked):
    """Whether every file of the wheel lies unpacked with the right content."""
    with zipfile.ZipFile(wheel) as archive:
        return all(
            file.is_file() and file.stat().st_size == entry.file_size and zlib.crc32(file.read_bytes()) == entry.CRC
            for entry, file in ((entry, unpacked / entry.filename) for entry in archive.infolist() if not entry.is_dir())
        )


def unpack(wheel, unpacked):
    with scratch_folder(wheel.parent) as scratch:
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(scratch / "new")
        if unpacked.exists():
            os.rename(unpacked, scratch / "old")
        os.rename(scratch / "new", unpacked)


def fetch_venv(options):
    """Makes DIR/NAME-HASH from NAME-requirements.txt, and LINK a symbolic link to it."""
    requirements = HERE / f"{options.name}-requirements.txt"
    identity = requirements.read_bytes() + f"{sys.version} {sys.platform} {os.path.realpath(sys.executable)}".encode()
    environment = options.cache / f"{options.name}-{hashlib.sha256(identity).hexdigest()[:12]}"
    with locked(options.cache):
        if not (environment / "complete").is_file() or not works(environment, PROBES[options.name]):
            print(f"Making the Python environment {environment}", flush=True)
            shutil.rmtree(environment, ignore_errors=True)
            install(environment, requirements)
            if not works(environment, PROBES[options.name]):
                raise Failure(f"{environment} was made, but this fails in it: {PROBES[options.name]}")
            (environment / "complete").touch()
    link(options.link, environment)


def link(name, folder):
    name.parent.mkdir(parents=True, exist_ok=True)
    if name.is_symlink():
        name.unlink()
    name.symlink_to(folder, target_is_directory=True)


def works(environment, probe):
    """Whether the packages load; the base interpreter may have gone or changed since the environment was made."""
    python = environment / "bin" / "python"
    return python.exists() and subprocess.run([python, "-c", probe], capture_output=True).returncode == 0


def install(environment, requirements):
    python = str(environment / "bin" / "python")
    failure = (
        f"Cannot install the packages of {requirements}. They are needed once, from the network, and their wheels need "
        f"CPython 3.10 or newer (this is {sys.version.split()[0]}; -Dpython=PATH chooses another). "
        "-DskipTests builds without the tests, and -Dspotless.check.skip without the format check."
    )
    if importlib.util.find_spec("ensurepip"):
        run([sys.executable, "-m", "venv", str(environment)], failure)
        command = [python, "-m", "pip", "install"]
    else:  # Debian without python3-venv: lend the environment the system's pip, but not the system's packages
        run([sys.executable, "-m", "venv", "--without-pip", str(environment)], failure)
        system_pip = os.path.dirname(importlib.util.find_spec("pip").origin)
        command = [python, system_pip, "install", "--ignore-installed"]
    run([*command, *PIP_OPTIONS, "--only-binary=:all:", "--requirement", str(requirements)], failure)


@contextlib.contextmanager
def locked(cache):
    """One process at a time; a process that dies gives the lock back."""
    cache.mkdir(parents=True, exist_ok=True)
    with open(cache / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for left_over in cache.glob("scratch-*"):  # of a build that was killed
            shutil.rmtree(left_over, ignore_errors=True)
        yield


@contextlib.contextmanager
def scratch_folder(parent):
    """A folder on the cache's own file system, so that moving out of it is atomic."""
    with tempfile.TemporaryDirectory(prefix="scratch-", dir=parent) as folder:
        yield Path(folder)


def sha256(file):
    return hashlib.sha256(file.read_bytes()).hexdigest()


def run(command, failure):
    if subprocess.run(command).returncode != 0:
        raise Failure(failure)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, required=True, help="folder that outlives the build")
    parser.add_argument("--problem", type=Path, help="file for the message of a failure, with which Maven ends the build")
    commands = parser.add_subparsers(required=True)

    mlx = commands.add_parser("mlx")
    mlx.add_argument("--version", required=True)
    mlx.add_argument("platforms", type=lambda names: names.split(","), help="JavaCPP's names: linux-x86_64,linux-arm64")
    mlx.set_defaults(fetch=fetch_mlx)

    sdk = commands.add_parser("macos-sdk")
    sdk.add_argument("--zig", required=True, help="version of Zig, whose headers are used")
    sdk.add_argument("--link", type=Path, required=True, help="fixed place where the build finds the SDK")
    sdk.set_defaults(fetch=fetch_macos_sdk)

    venv = commands.add_parser("venv")
    venv.add_argument("name", choices=PROBES)
    venv.add_argument("--link", type=Path, required=True, help="fixed place where the build finds the environment")
    venv.set_defaults(fetch=fetch_venv)
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    if arguments.problem:
        arguments.problem.unlink(missing_ok=True)
    try:
        arguments.fetch(arguments)
    except Failure as failure:
        if not arguments.problem:
            sys.exit(f"ERROR: {failure}")
        arguments.problem.parent.mkdir(parents=True, exist_ok=True)
        arguments.problem.write_text(str(failure))


if __name__ == "__main__":
    main()
