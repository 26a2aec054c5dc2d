"""The Python peer: MLX's own binding, which is what one would use instead. bench/run.py runs it:

  bench.py check ROW...                             what each row computes, so that the peers can be compared
  bench.py time ROW WARM_UP REPETITION REPETITIONS  nanoseconds for each repetition; the first two in seconds
  bench.py turns ROW                                does the work as often as each line of its input says, and prints the
                                                    nanoseconds for once
  bench.py first-call                               two arrays are added and the sum is read, by a fresh process
  bench.py nothing                                  a process that does not touch MLX
  bench.py version                                  the version of MLX

Each row is a function that answers with two: one that does the work n times, with the loop written out because a call for each
turn would be counted as MLX's; and one that computes the check.
"""
import ctypes
import functools
import json
import pathlib
import sys
import time

ROWS = {}


def row(function):
    ROWS[function.__name__] = function
    return function


# ---- data: the same numbers in every peer -------------------------------------------------------------
def fill(shape, seed, scale):
    """A linear congruential generator; its k-th state is a^k seed + (a^(k-1) + ... + 1) c, modulo 2^32."""
    count = int(np.prod(shape))
    powers = np.cumprod(np.full(count, 1664525, np.uint32), dtype=np.uint32)
    sums = np.cumsum(np.concatenate([np.ones(1, np.uint32), powers[:-1]]), dtype=np.uint32)
    states = powers * np.uint32(seed) + sums * np.uint32(1013904223)
    uniform = (states >> np.uint32(8)).astype(np.float32) / np.float32(1 << 24)
    return ((uniform - np.float32(0.5)) * np.float32(scale)).reshape(shape)


def filled(shape, seed, scale):
    x = mx.array(fill(shape, seed, scale))
    mx.eval(x)
    return x


# ---- operations and evaluation ------------------------------------------------------------------------
@row
def op_dispatch():
    x = filled([4], 1, 2)

    def repeat(n):
        for _ in range(n):
            y = x + x

    return repeat, lambda: mx.sum(x + x).item()


@row
def eval_small():
    x = filled([4], 1, 2)

    def repeat(n):
        for _ in range(n):
            mx.eval(x + x)

    return repeat, lambda: mx.sum(x + x).item()


@row
def chain100_eval():
    x = filled([4], 1, 2)

    def repeat(n):
        for _ in range(n):
            y = x
            for _ in range(100):
                y = y + x
            mx.eval(y)
        return y

    return repeat, lambda: mx.sum(repeat(1)).item()


@row
def item():
    x = mx.array(3.0)

    def repeat(n):
        for _ in range(n):
            x.item()

    return repeat, x.item


# ---- transforms ---------------------------------------------------------------------------------------
@row
def grad_scalar():
    x = filled([10], 2, 2)
    return applied(mx.grad(lambda x: mx.sum(x * x)), x)


@row
def grad_grad_x3():
    return applied(mx.grad(mx.grad(lambda x: x * x * x)), mx.array(1.5))


@row
def vjp_sin():
    return product_with_ones(mx.vjp)


@row
def jvp_sin():
    return product_with_ones(mx.jvp)


def product_with_ones(transform):
    x = filled([10], 2, 2)
    ones = mx.ones([10])
    mx.eval(ones)

    def repeat(n):
        for _ in range(n):
            outputs, products = transform(mx.sin, [x], [ones])
            mx.eval(outputs, products)
        return products[0]

    return repeat, lambda: mx.sum(repeat(1)).item()


@row
def vmap_1000():
    x = filled([1000, 8], 30, 2)
    return applied(mx.vmap(lambda x: mx.sum(mx.sin(x) * x)), x)


def applied(f, x):
    def repeat(n):
        for _ in range(n):
            mx.eval(f(x))

    return repeat, lambda: mx.sum(f(x)).item()


# ---- a training step of a perceptron with one hidden layer --------------------------------------------
def training_step():
    zero = mx.array(0.0)
    rate = mx.array(0.05)

    def loss(w1, b1, w2, b2, x, y):
        hidden = mx.maximum(x @ w1 + b1, zero)
        logits = hidden @ w2 + b2
        normaliser = mx.log(mx.sum(mx.exp(logits), axis=1))
        return mx.mean(normaliser - mx.sum(logits * y, axis=1), axis=0)

    loss_and_grads = mx.value_and_grad(loss, argnums=(0, 1, 2, 3))

    def step(*p):
        value, grads = loss_and_grads(*p)
        return [value] + [parameter - rate * grad for parameter, grad in zip(p, grads)]

    return step


def training(step):
    one_hot = np.zeros((64, 10), np.float32)
    for i in range(64):
        one_hot[i, i * 7 % 10] = 1
    data = [filled([64, 784], 10, 2), mx.array(one_hot)]

    def fresh():
        return [filled([784, 128], 11, 0.1), filled([128], 12, 0.1), filled([128, 10], 13, 0.2), filled([10], 14, 0.1)]

    parameters = fresh()

    def repeat(n):
        nonlocal parameters
        for _ in range(n):
            results = step(*parameters, *data)
            mx.eval(results)
            parameters = results[1:]
        return results[0]

    def check():
        nonlocal parameters
        parameters = fresh()
        return repeat(5).item()

    return repeat, check


@row
def mlp_step():
    return training(training_step())


@row
def mlp_step_compiled():
    return training(mx.compile(training_step()))


# ---- compiled training steps of models made of layers, with Adam --------------------------------------
NO_FUSE, ENABLED = 2, 3


def set_compile_mode(mode):
    """MLX's own function, which its Python package does not have."""
    libmlx = ctypes.CDLL(pathlib.Path(mx.__file__).parent / "lib" / "libmlx.so")
    libmlx._ZN3mlx4core16set_compile_modeENS0_11CompileModeE(mode)


def adam(mode, make_model, shape):
    set_compile_mode(mode)
    mx.random.seed(1)
    model = make_model()
    optimizer = optimizers.Adam(1e-3)
    optimizer.init(model.trainable_parameters())

    def loss(model, x, labels):
        return nn.losses.cross_entropy(model(x), labels, reduction="mean")

    loss_and_grads = nn.value_and_grad(model, loss)
    state = [model.state, optimizer.state]

    @functools.partial(mx.compile, inputs=state, outputs=state)
    def step(x, labels):
        value, grads = loss_and_grads(model, x, labels)
        optimizer.update(model, grads)
        return value

    x, labels = filled(shape, 10, 2), mx.arange(shape[0]) * 7 % 10

    def repeat(n):
        for _ in range(n):
            value = step(x, labels)
            mx.eval(value, state)
        return value

    return repeat, lambda: repeat(5).item()


@row
def adam_perceptron():
    return adam_perceptron_in(NO_FUSE)


@row
def adam_perceptron_fused():
    return adam_perceptron_in(ENABLED)


def adam_perceptron_in(mode):
    class Perceptron(nn.Module):
        def __init__(self):
            super().__init__()
            self.hidden = nn.Linear(784, 128)
            self.output = nn.Linear(128, 10)

        def __call__(self, x):
            return self.output(nn.relu(self.hidden(x)))

    return adam(mode, Perceptron, [64, 784])


@row
def adam_transformer():
    return adam_transformer_in(NO_FUSE)


@row
def adam_transformer_fused():
    return adam_transformer_in(ENABLED)


def adam_transformer_in(mode):
    class Transformer(nn.Module):
        def __init__(self):
            super().__init__()
            self.encoder = nn.TransformerEncoder(2, 512, 8)
            self.output = nn.Linear(512, 10)

        def __call__(self, x):
            return self.output(mx.mean(self.encoder(x, None), axis=1))

    return adam(mode, Transformer, [8, 64, 512])


# ---- large arrays -------------------------------------------------------------------------------------
def gelu():
    root, one, half = mx.array(1.41421356), mx.array(1.0), mx.array(0.5)
    return lambda x: half * x * (one + mx.erf(x / root))


@row
def gelu_1e6():
    return applied(gelu(), filled([1000000], 20, 6))


@row
def gelu_1e6_compiled():
    return applied(mx.compile(gelu()), filled([1000000], 20, 6))


def matmul(size):
    a, b = filled([size, size], 40, 1), filled([size, size], 41, 1)

    def repeat(n):
        for _ in range(n):
            mx.eval(a @ b)

    return repeat, lambda: mx.sum(a @ b).item()


@row
def matmul_512():
    return matmul(512)


@row
def matmul_1024():
    return matmul(1024)


# ---- products of one row, and those of SmolLM2-135M with quantized matrices ---------------------------
def product(x, w):
    mx.eval(x, w)

    def repeat(n):
        for _ in range(n):
            mx.eval(x @ w)

    return repeat, lambda: mx.sum(mx.abs((x @ w).astype(mx.float32))).item()


@row
def row_product():
    return product(filled([1, 576], 90, 2), filled([576, 1536], 91, 2))


@row
def row_product_transposed():
    return product(filled([1, 576], 90, 2), filled([1536, 576], 92, 2).T)


@row
def row_product_float16():
    return product(filled([1, 576], 90, 2).astype(mx.float16), filled([576, 1536], 91, 2).astype(mx.float16))


def products(count):
    def weights(seed, shape, bits):
        return mx.quantize(filled(shape, seed, 0.2), 32, bits)

    def copy(w):  # to another place
        parts = w[0] + mx.array(0, mx.uint32), w[1] * 1.0, w[2] * 1.0
        mx.eval(parts)
        return parts

    shapes = [576, 576], [192, 576], [192, 576], [576, 576], [1536, 576], [1536, 576], [576, 1536]
    x = {576: filled([count, 576], 80, 2), 1536: filled([count, 1536], 81, 2)}
    model = []
    for i, shape in enumerate(shapes):
        first = weights(60 + i, shape, 4)
        model += [(x[shape[1]], copy(first), 4) for _ in range(30)]
    if count == 1:
        model.append((x[576], copy(weights(70, [49152, 576], 8)), 8))

    def once():
        return [mx.quantized_matmul(x, *w, True, 32, bits) for x, w, bits in model]

    def repeat(n):
        for _ in range(n):
            mx.eval(once())

    return repeat, lambda: sum(mx.sum(mx.abs(y)).item() for y in once())


@row
def token_products():
    return products(1)


@row
def prompt_products():
    return products(32)


@row
def h2a_1e6():
    host = fill([1000000], 50, 1)

    def repeat(n):
        for _ in range(n):
            mx.eval(mx.array(host))

    return repeat, lambda: mx.sum(mx.array(host)).item()


@row
def a2h_1e6():
    x = filled([1000000], 50, 1)

    def repeat(n):
        for _ in range(n):
            np.array(x)

    return repeat, lambda: mx.sum(mx.array(np.array(x))).item()


@row
def a2h_into_1e6():
    x = filled([1000000], 50, 1)
    host = np.empty(1000000, np.float32)

    def repeat(n):
        for _ in range(n):
            host[:] = memoryview(x)

    def check():
        repeat(1)
        return mx.sum(mx.array(host)).item()

    return repeat, check


# ---- the program --------------------------------------------------------------------------------------
def seconds(repeat, n):
    start = time.perf_counter()
    repeat(n)
    return time.perf_counter() - start


def measure(name, warm_up, repetition, repetitions):
    repeat, _ = ROWS[name]()
    n, spent = 1, 0.0
    while spent < warm_up:
        taken = seconds(repeat, n)
        spent += taken
        each = taken / n
        if taken < warm_up / 8:
            n *= 2
    n = max(1, int(repetition / each))
    return {"row": name, "nanoseconds": [seconds(repeat, n) / n * 1e9 for _ in range(repetitions)]}


def main(action, *arguments):
    if action == "nothing":
        return
    global mx, nn, np, optimizers
    import mlx.core as mx

    if action == "first-call":
        (mx.array([1.0, 2.0]) + mx.array([3.0, 4.0])).tolist()
        return
    if action == "version":
        print(mx.__version__)
        return
    import mlx.nn as nn
    import mlx.optimizers as optimizers
    import numpy as np

    if action == "check":
        for name in arguments:
            _, check = ROWS[name]()
            print(json.dumps({"row": name, "check": check()}))
    elif action == "turns":
        repeat, _ = ROWS[arguments[0]]()
        for line in sys.stdin:
            print(seconds(repeat, int(line)) / int(line) * 1e9, flush=True)
    elif action == "time":
        name, warm_up, repetition, repetitions = arguments
        print(json.dumps(measure(name, float(warm_up), float(repetition), int(repetitions))))


main(*sys.argv[1:])
