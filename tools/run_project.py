#!/usr/bin/env python3
"""Runs Maven on a project that depends on mlx4j, with the mlx4j that was just built here.

    run_project.py examples/train-digits --with progressbar -- compile exec:exec
    run_project.py examples/train-digits --jar target/mlx4j-0.1.0-SNAPSHOT.jar --pom pom.xml -- verify

Nothing is installed for that. The project gets a local repository under target/, in which mlx4j is the one of this folder,
and all else is a link into the user's local repository: nothing is copied, and what had to be downloaded is moved to where
the user's other builds find it. Without --jar, mlx4j is a jar that only refers to target/classes, target/native
and each --library. Artifacts of this folder on which the project depends, too, are named by --with
and built first, without their tests.
"""

import argparse
import contextlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "target"
REPOSITORY = TARGET / "repository"
OURS = Path("org", "mlx4j")


def link_all_but(ours, shared, repository):
    """Makes links in `repository` to all that is in `shared`, except what is under the path `ours`."""
    repository.mkdir(parents=True, exist_ok=True)
    for entry in repository.iterdir():
        if entry.is_symlink():
            entry.unlink()
    first, *rest = ours.parts
    for entry in shared.iterdir() if shared.is_dir() else ():
        link = repository / entry.name
        if entry.name != first and not link.exists():
            link.symlink_to(entry)
    if rest:
        link_all_but(Path(*rest), shared / first, repository / first)


def keep_downloads(ours, shared, repository):
    """Moves what is in `repository` and no link to `shared`, except what is under the path `ours`."""
    shared.mkdir(parents=True, exist_ok=True)
    first, *rest = ours.parts
    for entry in repository.iterdir():
        if entry.name != first and entry.is_dir() and not entry.is_symlink() and not (shared / entry.name).exists():
            shutil.move(entry, shared / entry.name)
    if rest:
        keep_downloads(Path(*rest), shared / first, repository / first)


def place(artifact, version, pom):
    """Makes a place for an artifact in the repository, puts its POM there and returns where its jar belongs."""
    folder = REPOSITORY / OURS / artifact / version
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / f"{artifact}-{version}.pom").symlink_to(pom.resolve(strict=True))
    return folder / f"{artifact}-{version}.jar"


def publish(version, jar, pom, native_stage, libraries):
    """Puts mlx4j into the repository."""
    published = place("mlx4j", version, pom)
    folder = published.parent
    if jar:
        published.symlink_to(jar.resolve(strict=True))
        return
    # a manifest's lines have at most 72 bytes; a space continues one
    places = [os.path.relpath(part, folder) + "/" for part in (TARGET / "classes", native_stage)]
    places += [os.path.relpath(library, folder) for library in libraries]
    line = "Class-Path: " + " ".join(places)
    lines = [line[:70], *(f" {line[i : i + 69]}" for i in range(70, len(line), 69))]
    with zipfile.ZipFile(published, "w") as archive:
        archive.writestr("META-INF/MANIFEST.MF", "\n".join(["Manifest-Version: 1.0", *lines, "", ""]))


def options_of_maven():
    """The options that say which Maven runs, and on what."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--jar", type=Path, help="the jar of mlx4j, instead of the classes and natives under target/")
    parser.add_argument("--pom", type=Path, default=ROOT / "pom.xml", help="the jar's POM")
    parser.add_argument("--native-stage", type=Path, default=TARGET / "native", help="natives without a jar")
    parser.add_argument("--library", type=Path, action="append", default=[], help="a jar that mlx4j's jar contains")
    parser.add_argument("--version", help="mlx4j's version; that of pom.xml unless given")
    parser.add_argument("--maven", default="mvn", help="the command")
    parser.add_argument("--settings", type=Path, help="the user's settings.xml, where it is not in its usual place")
    parser.add_argument("--shared", type=Path, default=Path.home() / ".m2" / "repository", help="the user's local repository")
    parser.add_argument("--offline", choices=["true", "false"], default="false", help="whether Maven uses no network")
    return parser


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, parents=[options_of_maven()]
    )
    parser.add_argument("project", type=Path, help="folder of the project")
    parser.add_argument("goals", nargs="+", help="Maven's options, phases and goals, after --")
    parser.add_argument("--with", type=Path, action="append", default=[], dest="needed", help="folder of an artifact to build first")
    return parser.parse_args()


def maven(command, project, *goals, output=None):
    """Runs Maven on a project; returns its exit code."""
    # such builds are short: what the optimizing compiler and a parallel collector cost never pays
    environment = {"MAVEN_OPTS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC", **os.environ}
    full = [*command, "-f", str(project / "pom.xml"), *goals]
    return subprocess.run(full, env=environment, stdout=output, stderr=output and subprocess.STDOUT).returncode


def publish_artifact(project):
    """Puts what was built of an artifact of this folder into the repository."""
    pom = project / "pom.xml"
    artifact, version = re.search("<artifactId>(.*?)</artifactId>\\s*<version>(.*?)</version>", pom.read_text()).groups()
    place(artifact, version, pom).symlink_to((project / "target" / f"{artifact}-{version}.jar").resolve(strict=True))


@contextlib.contextmanager
def repository(arguments):
    """Makes the local repository, gives the command that runs Maven on it, and keeps what that downloads."""
    version = arguments.version or re.search("<version>(.*?)</version>", (ROOT / "pom.xml").read_text()).group(1)
    shared = arguments.shared.resolve()
    link_all_but(OURS, shared, REPOSITORY)
    publish(version, arguments.jar, arguments.pom, arguments.native_stage, arguments.library)
    command = [arguments.maven, "-B"]
    command += [f"-Dmaven.repo.local={REPOSITORY}", f"-Dmlx4j.version={version}"]
    if arguments.offline == "true":
        command.append("-o")
    if arguments.settings and arguments.settings.is_file():
        command += ["-s", str(arguments.settings)]
    yield command
    keep_downloads(OURS, shared, REPOSITORY)


def main():
    arguments = parse_arguments()
    with repository(arguments) as command:
        code = 0
        for needed in arguments.needed:
            code = code or maven(command, needed, "-q", "package", "-DskipTests")
            if code == 0:
                publish_artifact(needed)
        code = code or maven(command, arguments.project, *arguments.goals)
    sys.exit(code)


if __name__ == "__main__":
    main()
