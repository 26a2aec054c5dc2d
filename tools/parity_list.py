"""Prints the functions of MLX's Python package and their parameters, as ParityTest reads them.

    python3 parity_list.py          mlx.core and its submodules, from the type stubs of the package
    python3 parity_list.py --nn     mlx.nn, mlx.optimizers and mlx.utils, from the modules themselves

Run it with a Python that has the MLX in question. The output has one line for each function: the
name and the parameters with their defaults. The parameter `stream`, which nearly all functions
have, is left out.
"""

import ast
import inspect
import sys
import types
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


def written_default(value):
    """A default as programs write it: a function by its name, and a lambda as an ellipsis."""
    if callable(value):
        name = getattr(value, "__name__", "<lambda>")
        return "..." if name == "<lambda>" else name
    return repr(value).replace("mlx.core.", "mx.")


def signature(function, is_method=False):
    """The parameters with their defaults, without annotations and `self`."""
    found = list(inspect.signature(function).parameters.values())
    if is_method and found and found[0].name == "self":
        found = found[1:]
    written = []
    for parameter in found:
        if parameter.kind == parameter.KEYWORD_ONLY and not any("*" in w for w in written):
            written.append("*")
        stars = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}
        name = stars.get(parameter.kind, "") + parameter.name
        default = parameter.default
        written.append(name if default is parameter.empty else f"{name}={written_default(default)}")
    return "(" + ", ".join(written) + ")"


def print_class(path, owner):
    print(path.split(".")[-1] + signature(owner))
    methods = [
        name + (signature(getattr(owner, name), True) if callable(getattr(owner, name)) else "()")
        for name, member in vars(owner).items()
        if not name.startswith("_")
        and isinstance(member, (types.FunctionType, property, staticmethod, classmethod))
    ]
    if methods:
        print(f"### class {path}")
        print("".join(f"  .{method}\n" for method in methods))


def print_nn():
    import mlx.nn as nn
    import mlx.optimizers as optimizers
    import mlx.utils as utils

    print(f"# MLX {version('mlx')}: mlx.nn, mlx.optimizers and mlx.utils")
    for path, module in (
        ("nn", nn),
        ("nn.losses", nn.losses),
        ("nn.init", nn.init),
        ("optimizers", optimizers),
        ("utils", utils),
    ):
        print(f"\n## {path}")
        for name in sorted(dir(module)):
            member = getattr(module, name)
            origin = getattr(member, "__module__", "")
            if name.startswith("_") or not origin.startswith(module.__name__):
                continue  # private, or imported from elsewhere
            if inspect.isclass(member):
                print_class(f"{path}.{name}", member)
            elif callable(member):
                print(name + signature(member))


if __name__ == "__main__":
    print_nn() if "--nn" in sys.argv[1:] else print_core()
