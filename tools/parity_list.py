"""Prints the functions of MLX's Python package and their parameters, as ParityTest reads them.

    python3 parity_list.py          mlx.core and its submodules, from the type stubs of the package
    python3 parity_list.py --nn     mlx.nn, mlx.optimizers and mlx.utils, from the modules themselves

Run it with a Python that has the MLX in question. The output has one line for each function: the
name and the parameters with their defaults. The parameter `stream`, which nearly all functions
have, is left out.
"""

import ast
import inspect
import re
import sys
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

CORE_MODULES = ["", "random", "linalg", "fft", "fast", "distributed", "metal"]

# Types of values, and classes that only Python needs. Every other class is printed, so that a new
# one is noticed.
CLASSES_LEFT_OUT = {
    "ArrayIterator",
    "ArrayLike",
    "DLPackCompatible",
    "Device",
    "DeviceType",
    "Dtype",
    "DtypeCategory",
    "PrintOptions",
    "PrintOptionsContext",
    "Stream",
    "StreamContext",
    "ThreadLocalStream",
    "finfo",
    "iinfo",
}

# Methods of Python's protocols that programs write as x[i], x[i] = v and f(x).
PROTOCOL_METHODS = {"__getitem__", "__setitem__", "__call__"}


def is_public(name):
    return not name.startswith("_") or name in PROTOCOL_METHODS


def parameters(function, is_method):
    """The parameters with their defaults, without annotations, `self`, `/` and `stream`."""
    arguments = function.args
    positional = arguments.posonlyargs + arguments.args
    defaults = [None] * (len(positional) - len(arguments.defaults)) + arguments.defaults
    pairs = list(zip(positional, defaults))
    if is_method:
        pairs = pairs[1:]
    keyword_only = list(zip(arguments.kwonlyargs, arguments.kw_defaults))
    written = [written_parameter(pair) for pair in pairs if pair[0].arg != "stream"]
    keyword_only = [written_parameter(pair) for pair in keyword_only if pair[0].arg != "stream"]
    if arguments.vararg:
        written.append("*" + arguments.vararg.arg)
    elif keyword_only:
        written.append("*")
    return ", ".join(written + keyword_only)


def written_parameter(pair):
    parameter, default = pair
    return parameter.arg if default is None else parameter.arg + "=" + ast.unparse(default)


def functions(body, is_method=False):
    """The lines of the public functions of a module or a class; overloads have a line each."""
    lines = [
        f"{node.name}({parameters(node, is_method)})"
        for node in body
        if isinstance(node, ast.FunctionDef) and is_public(node.name)
    ]
    return list(dict.fromkeys(lines))


def print_core():
    print(f"# MLX {version('mlx')}: functions and their parameters")
    folder = Path(find_spec("mlx").submodule_search_locations[0]) / "core"
    for module in CORE_MODULES:
        name = "mx." + module if module else "mx"
        print(f"\n## {name}")
        stub = ast.parse((folder / f"{module or '__init__'}.pyi").read_text(encoding="utf-8"))
        for node in stub.body:
            if isinstance(node, ast.ClassDef) and node.name not in CLASSES_LEFT_OUT:
                methods = functions(node.body, is_method=True)
                if is_public(node.name) and methods:
                    print(f"### class {name}.{node.name}")
                    print("".join(f"  .{method}\n" for method in methods))
            else:
                print("".join(line + "\n" for line in functions([node])), end="")


def signature(function):
    """A function's signature, with the names that programs use and without addresses in memory."""
    text = re.sub(r" at 0x[0-9a-f]+", "", str(inspect.signature(function)))
    return text.replace("typing.", "").replace("mlx.core.", "mx.")


def class_line(name, owner):
    methods = [
        method
        for method, member in vars(owner).items()
        if not method.startswith("_") and inspect.isfunction(member)
    ]
    return name + signature(owner) + ("  · " + ", ".join(methods) if methods else "")


def print_nn():
    import mlx.nn as nn
    import mlx.optimizers as optimizers
    import mlx.utils as utils

    def members(module):
        """What a module of MLX's defines itself; Module is printed separately."""
        named = ((name, getattr(module, name)) for name in sorted(dir(module)))
        return [
            (name, member)
            for name, member in named
            if not name.startswith("_")
            and getattr(member, "__module__", "").startswith("mlx.")
            and member is not nn.Module
        ]

    print(f"# MLX {version('mlx')}: mlx.nn, mlx.optimizers and mlx.utils")
    print("\n## mlx.nn: layers and containers (constructor; methods of the class itself)")
    for name, member in members(nn):
        if inspect.isclass(member):
            print(class_line(name, member))
    print("\n## mlx.nn.Module: methods")
    for name in vars(nn.Module):
        if not name.startswith("_"):
            member = getattr(nn.Module, name)
            print(name + (signature(member) if callable(member) else " (property)"))
    print("\n## mlx.nn: functions")
    for name, member in members(nn):
        if callable(member) and not inspect.isclass(member):
            print(name + signature(member))
    for module in (nn.losses, nn.init, optimizers, utils):
        print(f"\n## {module.__name__.replace('mlx.nn.layers', 'mlx.nn')}")
        for name, member in members(module):
            if inspect.isclass(member):
                print(class_line(name, member))
            elif callable(member):
                print(name + signature(member))


if __name__ == "__main__":
    print_nn() if "--nn" in sys.argv[1:] else print_core()
