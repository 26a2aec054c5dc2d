#!/usr/bin/env python3
"""Checks a library that was built for another platform, which it cannot be loaded on here; and all that lies beside it.

    check_natives.py macosx-arm64 FOLDER --mlx LIBMLX
    check_natives.py linux-arm64 FOLDER --mlx LIBMLX

It reads the files themselves and believes neither the linker nor the compiler. LIBMLX is that of MLX's package.
"""

import argparse
import hashlib
import re
import struct
import sys
from pathlib import Path

import lief

ENTRY_POINTS = r"Java_org_(mlx4j|bytedeco)_"
REPLACED = (r"_ZN3mlx4core(8Compiled8eval_cpu|9scheduler9Scheduler(7enqueue|10wait_event|12signal_event)|"
            r"11synchronizeENS0_6Stream|9allocator(9allocator|6Buffer7raw_ptr)|"
            r"\d\d(get_active_memory|(get|reset)_peak_memory|[gs]et_memory_limit|get_cache_memory|set_cache_limit|clear_cache))E")
FILES = {
    "macosx-arm64": ["libjnimlx4j.dylib", "libmlx4jagain.dylib", "libmlx.dylib", "libjaccl.dylib", "mlx.metallib"],
    "linux-arm64": ["libjnimlx4j.so", "libmlx4jagain.so", "libmlx.so", "libopenblas.so.0", "libgfortran.so.5"],
}


class Checks:
    def __init__(self):
        self.failures = 0

    def that(self, what, holds, found=""):
        if not holds:
            self.failures += 1
            print(f"FAILED: {what}: {found}", file=sys.stderr)

    def none(self, what, found):
        self.that(what, not found, ", ".join(sorted(map(str, found))[:10]))

    def same(self, what, expected, found):
        self.that(what, expected == found, f"{found} instead of {expected}")


# ---- both ------------------------------------------------------------------------------------------------
def check_folder(checks, platform, folder):
    """The index, by which the loader unpacks, is true, and complete."""
    listed = {}
    for line in (folder / "natives.txt").read_text().splitlines():
        digest, size, name = line.split("  ", 2)
        listed[name] = (digest, int(size))
    present = {
        str(file.relative_to(folder)): (hashlib.sha256(file.read_bytes()).hexdigest(), file.stat().st_size)
        for file in folder.rglob("*")
        if file.is_file() and file.name != "natives.txt"
    }
    checks.same("natives.txt lists what is there", present, listed)
    checks.none(f"missing of what {platform} needs", set(FILES[platform]) - present.keys())


# ---- Linux -----------------------------------------------------------------------------------------------
def check_linux(checks, folder, libmlx):
    library, mlx = lief.ELF.parse(str(folder / "libjnimlx4j.so")), lief.ELF.parse(str(libmlx))
    checks.same("processor", lief.ELF.ARCH.AARCH64, library.header.machine_type)
    tags = {entry.tag: entry for entry in library.dynamic_entries}
    paths = [tags[tag] for tag in (lief.ELF.DynamicEntry.TAG.RPATH, lief.ELF.DynamicEntry.TAG.RUNPATH) if tag in tags]
    checks.same("where it looks for libraries", ["$ORIGIN"], [getattr(path, "runpath", None) or path.rpath for path in paths])
    system = {"libstdc++.so.6", "libm.so.6", "libgcc_s.so.1", "libc.so.6", "ld-linux-aarch64.so.1"}
    checks.that("it needs libmlx", "libmlx.so" in library.libraries, library.libraries)
    checks.none("libraries that it should not need", set(library.libraries) - system - {"libmlx.so"})
    for kind in ("GLIBC", "GLIBCXX", "CXXABI"):
        checks.that(f"it runs where libmlx runs ({kind})", newest(library, kind) <= newest(mlx, kind), newest(library, kind))

    exported = {symbol.name for symbol in mlx.exported_symbols}
    imported = {symbol.name for symbol in library.imported_symbols}
    checks.none("of MLX, but not in libmlx", {name for name in imported if "3mlx4core" in name} - exported)
    ours = {symbol.name for symbol in library.exported_symbols}
    blas = {symbol.name for symbol in mlx.imported_symbols if re.fullmatch(r"cblas_\w+|[sdc]\w+_", symbol.name)}
    checks.that("libmlx calls BLAS", len(blas) > 20, blas)
    checks.none("functions of BLAS that libmlx calls and nobody has", blas - ours)
    replaced = {name for name in ours if re.match(REPLACED, name)}
    checks.same("fused computations, scheduling and memory take the place of MLX's", 15, len(replaced & exported))
    checks.none("exports beside entry points", {e for e in ours - blas - replaced if not re.match(ENTRY_POINTS, e)})
    stack = library.get(lief.ELF.Segment.TYPE.GNU_STACK)
    checks.that("the stack is not executable", stack and not stack.has(lief.ELF.Segment.FLAGS.X))


def newest(binary, kind):
    versions = [
        tuple(map(int, version.name[len(kind) + 1 :].split(".")))
        for needed in binary.symbols_version_requirement
        for version in needed.get_auxiliary_symbols()
        if re.fullmatch(kind + r"_[\d.]+", version.name)
    ]
    return max(versions, default=())


# ---- macOS -----------------------------------------------------------------------------------------------
def check_macos(checks, folder, libmlx):
    file = folder / "libjnimlx4j.dylib"
    # the containers stay referenced: what is taken out of one does not keep it
    containers = [lief.MachO.parse(str(path)) for path in (file, libmlx)]
    library, mlx = (container.at(0) for container in containers)
    header, commands = library.header, lief.MachO.LoadCommand.TYPE
    checks.same("processor", lief.MachO.Header.CPU_TYPE.ARM64, header.cpu_type)
    checks.same("kind", lief.MachO.Header.FILE_TYPE.DYLIB, header.file_type)
    checks.that("symbols are bound to libraries", header.has(lief.MachO.Header.FLAGS.TWOLEVEL))
    checks.same("least macOS", [14, 0], list(library.build_version.minos[:2]))
    checks.that("platform", str(library.build_version.platform).endswith("MACOS"), library.build_version.platform)
    checks.same("install name", ["@rpath/libjnimlx4j.dylib"], names(library, commands.ID_DYLIB))
    checks.same("where it looks for libraries", ["@loader_path"], [c.path for c in library.commands if c.command == commands.RPATH])
    known = {
        "@rpath/libmlx.dylib": exports(mlx),
        "/usr/lib/libc++.1.dylib": allowed("libcxx.txt"),
        "/usr/lib/libSystem.B.dylib": allowed("libsystem.txt"),
    }
    libraries = names(library, commands.LOAD_DYLIB)
    checks.same("libraries that it needs", sorted(known), sorted(libraries))
    every = [c.name for c in library.libraries if c.name not in names(library, commands.ID_DYLIB)]
    checks.same("none of them weakly", sorted(libraries), sorted(every))

    undefined = {symbol.name: symbol.description for symbol in library.imported_symbols}
    for name, description in undefined.items():
        ordinal = (description >> 8) & 0xFF
        if not 0 < ordinal <= len(every):
            checks.that("every symbol is bound to a library", False, name)
            continue
        origin = every[ordinal - 1]
        checks.that(f"{origin} has what is wanted of it", name in known.get(origin, ()), name)
        checks.that("no symbol may be missing", not description & 0x40, name)
    checks.that("it uses MLX", sum(name in known["@rpath/libmlx.dylib"] for name in undefined) > 20)
    bound = {b.symbol.name for b in library.bindings if b.has_symbol}
    checks.none("bound, but not among the undefined symbols", bound - undefined.keys())
    checks.none("names of another libc++ than the system's", {n for n in undefined if re.search(r"St3__(?!1)|NSt4__|B\d*(ne|nn|ni)\d{6}", n)})

    defined = {s.name for s in library.symbols if s.value and s.name not in undefined}
    runtime = r"___cxa_|___gxx_personality|__Zn[wa]m|__Zd[la]Pv|__Unwind_|__ZNSt(9exception|13runtime_error|11logic_error)"
    checks.none("a C++ runtime inside", {name for name in defined if re.match(runtime, name)})
    checks.none("exports beside entry points", {e for e in exports(library) if not re.match("_" + ENTRY_POINTS, e)})
    check_signature(checks, library, file.read_bytes())


def names(binary, command):
    return [c.name for c in binary.commands if c.command == command]


def allowed(library):
    """The symbols that the system is known to have."""
    file = Path(__file__).parent / "allowlists" / library
    return {line.strip() for line in file.read_text().splitlines() if not line.startswith("#")}


def exports(binary):
    found = {symbol.name for symbol in binary.exported_symbols}
    if binary.has_dyld_exports_trie:
        found |= {export.symbol.name for export in binary.dyld_exports_trie.exports if export.symbol}
    return found


def check_signature(checks, library, content):
    """Computes the hash of every page again, as the system does before it lets code run."""
    signatures = [c for c in library.commands if c.command == lief.MachO.LoadCommand.TYPE.CODE_SIGNATURE]
    if not signatures:
        checks.that("it is signed", False)
        return
    start, size = signatures[0].data_offset, signatures[0].data_size
    blob = content[start : start + size]
    magic, _, count = struct.unpack(">III", blob[:12])
    checks.same("kind of signature", 0xFADE0CC0, magic)
    checks.same("the signature ends the file", len(content), start + size)
    offsets = dict(struct.unpack(">II", blob[12 + 8 * i : 20 + 8 * i]) for i in range(count))
    directory = blob[offsets[0] :]
    _, _, _, flags, hashes, _, _, pages, limit = struct.unpack(">9I", directory[:36])
    digest_size, digest_kind, _, page_bits = directory[36:40]
    checks.that("it is signed for nobody in particular", flags & 2, hex(flags))
    checks.same("the signature covers all before it", start, limit)
    checks.same("hashes are SHA-256", (2, 32), (digest_kind, digest_size))
    checks.same("every page has a hash", -(-limit >> page_bits), pages)
    for page in range(pages):
        code = content[page << page_bits : min((page + 1) << page_bits, limit)]
        stored = directory[hashes + page * digest_size :][:digest_size]
        checks.same(f"hash of page {page}", hashlib.sha256(code).digest(), stored)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("platform", choices=FILES)
    parser.add_argument("folder", type=Path, help="where the library lies with what it needs")
    parser.add_argument("--mlx", type=Path, required=True)
    arguments = parser.parse_args()
    checks = Checks()
    check_folder(checks, arguments.platform, arguments.folder)
    if arguments.platform.startswith("macosx"):
        check_macos(checks, arguments.folder, arguments.mlx)
    else:
        check_linux(checks, arguments.folder, arguments.mlx)
    if checks.failures:
        sys.exit(f"ERROR: {checks.failures} checks of the natives for {arguments.platform} failed")
    print(f"The natives for {arguments.platform} are sound.")


if __name__ == "__main__":
    main()
