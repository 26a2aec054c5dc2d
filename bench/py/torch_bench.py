"""PyTorch as a peer, for operations on large arrays: bench/run.py --torch runs it, with a Python that has PyTorch.

  torch_bench.py check ROW...                             as bench.py does
  torch_bench.py time ROW WARM_UP REPETITION REPETITIONS  as bench.py does
  torch_bench.py version                                  the version of PyTorch

Everything is eager, and GELU and the layer norm are PyTorch's own functions.
"""
import os
import sys

import torch
from torch.nn import functional

import data
import program

SHAPE = [1000, 1000]


def filled(shape, seed, scale):
    return torch.from_numpy(data.fill(shape, seed, scale))


def of_one(f):
    """Of a million numbers, in rows of a thousand, and two vectors as long as a row."""
    inputs = filled(SHAPE, 20, 6), filled(SHAPE[:1], 21, 2), filled(SHAPE[:1], 22, 2)

    def repeat(n):
        for _ in range(n):
            f(*inputs)

    return repeat, lambda: squares(f(*inputs))


def squares(x):
    return float(x.double().square().sum())


def gelu():
    repeat, _ = of_one(lambda x, *_: functional.gelu(x))
    return repeat, lambda: float(functional.gelu(filled([1000000], 20, 6)).double().sum())


def adam():
    def step(parameters, m, v, gradient):
        m.mul_(0.9).add_(gradient, alpha=0.1)
        v.mul_(0.999).addcmul_(gradient, gradient, value=0.001)
        parameters.addcdiv_(m, v.sqrt().add_(1e-8), value=-1e-3)

    def fresh():
        return filled(SHAPE, 23, 1), torch.zeros(SHAPE), torch.zeros(SHAPE), filled(SHAPE, 24, 1)

    state = fresh()

    def repeat(n):
        for _ in range(n):
            step(*state)

    def check():
        checked = fresh()
        for _ in range(5):
            step(*checked)
        return squares(checked[0])

    return repeat, check


def layer_norm():
    return of_one(lambda x, *p: functional.layer_norm(x, SHAPE[1:], *p))


ROWS = {
    "gelu_1e6_compiled": gelu,
    "silu_1e6_compiled": lambda: of_one(lambda x, *_: functional.silu(x)),
    "tanh_1e6_compiled": lambda: of_one(lambda x, *_: torch.tanh(x)),
    "softmax_1e6_compiled": lambda: of_one(lambda x, *_: torch.softmax(x, -1)),
    "layer_norm_1e6_compiled": layer_norm,
    "fast_layer_norm_1e6_compiled": layer_norm,
    "adam_1e6_compiled": adam,
}


def main(action, *arguments):
    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    if action == "version":
        print(torch.__version__)
    else:
        program.act(ROWS, action, *arguments)


if __name__ == "__main__":
    with torch.no_grad():
        main(*sys.argv[1:])
