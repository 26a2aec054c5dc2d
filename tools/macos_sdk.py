"""Makes a folder with which clang and lld build libraries for macOS 14 on Apple silicon, on any machine.

The headers of C and of libc++ are those that Zig brings. The system's libraries are lists of symbols: those of which it is
known that macOS 14 has them. A program that uses another one cannot be linked, rather than not start on a user's machine.
"""

import json
import shutil

HEADERS = ("ziglang/lib/libc/include/any-darwin-any/", "ziglang/lib/libcxx/include/")  # in Zig's wheel

LIBRARIES = {  # symbols: the library's name there, its version, and its names for the linker
    "libcxx.txt": ("/usr/lib/libc++.1.dylib", "1600.157", ["libc++.tbd"]),
    "libsystem.txt": ("/usr/lib/libSystem.B.dylib", "1336", ["libSystem.tbd", "libm.tbd"]),
}

# libc++ as Apple configures it: the first ABI in std::__1, and what came later is marked by the version it came with.
CONFIGURATION = {
    "ABI_VERSION": "1",
    "ABI_NAMESPACE": "__1",
    "ABI_FORCE_ITANIUM": "0",
    "ABI_FORCE_MICROSOFT": "0",
    "HAS_THREADS": "1",
    "HAS_MONOTONIC_CLOCK": "1",
    "HAS_TERMINAL": "1",
    "HAS_MUSL_LIBC": "0",
    "HAS_THREAD_API_PTHREAD": "0",
    "HAS_THREAD_API_EXTERNAL": "0",
    "HAS_THREAD_API_WIN32": "0",
    "HAS_THREAD_API_C11": "0",
    "HAS_VENDOR_AVAILABILITY_ANNOTATIONS": "1",
    "HAS_FILESYSTEM": "1",
    "HAS_RANDOM_DEVICE": "1",
    "HAS_LOCALIZATION": "1",
    "HAS_UNICODE": "1",
    "HAS_WIDE_CHARACTERS": "1",
    "HAS_TIME_ZONE_DATABASE": "1",
    "INSTRUMENTED_WITH_ASAN": "0",
    "LIBC_PICOLIBC": "0",
    "LIBC_NEWLIB": "0",
    "HARDENING_MODE_DEFAULT": "2",
    "ASSERTION_SEMANTIC_DEFAULT": "2",
    "PSTL_BACKEND_LIBDISPATCH": "",
}


def make(zig, allowlists, sdk):
    headers = sdk / "usr" / "include"
    libraries = sdk / "usr" / "lib"
    libraries.mkdir(parents=True)
    shutil.copytree(zig / "lib" / "libc" / "include" / "any-darwin-any", headers)
    shutil.copytree(zig / "lib" / "libcxx" / "include", headers / "c++" / "v1")
    configure(headers / "c++" / "v1")
    (sdk / "SDKSettings.json").write_text(json.dumps(settings()))
    for symbols, (library, version, names) in LIBRARIES.items():
        text = stub(library, version, read_symbols(allowlists / symbols))
        for name in names:
            (libraries / name).write_text(text)


def configure(libcxx):
    """Zig's headers expect the configuration on the command line, as it has several; others include it."""
    (libcxx / "__config_site").write_text(config_site())
    for header in (libcxx / "__configuration").glob("*.h"):
        header.write_text("#include <__config_site>\n" + header.read_text())


def config_site():
    lines = [f"#define _LIBCPP_{name} {value}".rstrip() for name, value in CONFIGURATION.items()]
    return "\n".join(["#ifndef _LIBCPP___CONFIG_SITE", "#define _LIBCPP___CONFIG_SITE", *lines, "#endif", ""])


def settings():
    return {
        "CanonicalName": "macosx14.0",
        "DisplayName": "macOS 14.0",
        "Version": "14.0",
        "MaximumDeploymentTarget": "14.0.99",
        "DefaultDeploymentTarget": "14.0",
        "SupportedTargets": {"macosx": {"Archs": ["arm64"]}},
    }


def read_symbols(file):
    symbols = [line.strip() for line in file.read_text().splitlines() if line.strip() and not line.startswith("#")]
    if not symbols:
        raise SystemExit(f"ERROR: {file} lists no symbols")
    return symbols


def stub(library, version, symbols):
    """What a linker needs to know of a library that is elsewhere."""
    lines = [
        "--- !tapi-tbd",
        "tbd-version: 4",
        "targets: [ arm64-macos ]",
        f"install-name: '{library}'",
        f"current-version: {version}",
        "compatibility-version: 1",
        "exports:",
        "  - targets: [ arm64-macos ]",
        "    symbols: [ " + ",\n               ".join(f"'{symbol}'" for symbol in symbols) + " ]",
        "...",
        "",
    ]
    return "\n".join(lines)
