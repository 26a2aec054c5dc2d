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

import program

ROWS = {}


def row(function):
    ROWS[function.__name__] = function
    return function


# ---- data and checks ----------------------------------------------------------------------------------
def filled(shape, seed, scale):
    x = mx.array(data.fill(shape, seed, scale))
    mx.eval(x)
    return x


def total(x):
    """In float64, because MLX's own sum of a million float32 has a relative error of 1e-3."""
    return float(np.array(x).sum(dtype=np.float64))


# ---- operations and evaluation ------------------------------------------------------------------------
@row
def op_dispatch():
    x = filled([4], 1, 2)

    def repeat(n):
        for _ in range(n):
            y = x + x

    return repeat, lambda: total(x + x)


@row
def eval_small():
    x = filled([4], 1, 2)

    def repeat(n):
        for _ in range(n):
            mx.eval(x + x)

    return repeat, lambda: total(x + x)


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

    return repeat, lambda: total(repeat(1))


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

    return repeat, lambda: total(repeat(1))


@row
def vmap_1000():
    x = filled([1000, 8], 30, 2)
    return applied(mx.vmap(lambda x: mx.sum(mx.sin(x) * x)), x)


def applied(f, x):
    def repeat(n):
        for _ in range(n):
            mx.eval(f(x))

    return repeat, lambda: total(f(x))


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
    batch = [filled([64, 784], 10, 2), mx.array(one_hot)]

    def fresh():
        return [filled([784, 128], 11, 0.1), filled([128], 12, 0.1), filled([128, 10], 13, 0.2), filled([10], 14, 0.1)]

    parameters = fresh()

    def repeat(n):
        nonlocal parameters
        for _ in range(n):
            results = step(*parameters, *batch)
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


def rowwise(f):
    inputs = filled([1000, 1000], 20, 6), filled([1000], 21, 2), filled([1000], 22, 2)

    def repeat(n):
        for _ in range(n):
            mx.eval(f(*inputs))

    return repeat, lambda: squares(f(*inputs))


def squares(x):
    return total(mx.square(x))


def silu(x, *_):
    return x * mx.sigmoid(x)


def tanh(x, *_):
    return mx.tanh(x)


def softmax(x, *_):
    return mx.softmax(x, axis=-1)


def layer_norm(x, weight, bias):
    scale = mx.rsqrt(mx.var(x, axis=-1, keepdims=True) + 1e-5)
    return (x - mx.mean(x, axis=-1, keepdims=True)) * scale * weight + bias


@row
def silu_1e6():
    return rowwise(silu)


@row
def silu_1e6_compiled():
    return rowwise(mx.compile(silu))


@row
def tanh_1e6():
    return rowwise(tanh)


@row
def tanh_1e6_compiled():
    return rowwise(mx.compile(tanh))


@row
def softmax_1e6():
    return rowwise(softmax)


@row
def softmax_1e6_compiled():
    return rowwise(mx.compile(softmax))


@row
def layer_norm_1e6_compiled():
    return rowwise(mx.compile(layer_norm))


@row
def fast_layer_norm_1e6_compiled():
    return rowwise(mx.compile(lambda x, weight, bias: mx.fast.layer_norm(x, weight, bias, 1e-5)))


@row
def adam_1e6_compiled():
    @mx.compile
    def step(parameters, m, v, gradient):
        m = 0.9 * m + 0.1 * gradient
        v = 0.999 * v + 0.001 * mx.square(gradient)
        return parameters - 1e-3 * m / (mx.sqrt(v) + 1e-8), m, v

    def fresh():
        return filled([1000, 1000], 23, 1), mx.zeros([1000, 1000]), mx.zeros([1000, 1000])

    gradient = filled([1000, 1000], 24, 1)
    state = fresh()

    def repeat(n):
        nonlocal state
        for _ in range(n):
            state = step(*state, gradient)
            mx.eval(state)

    def check():
        nonlocal state
        state = fresh()
        repeat(5)
        return squares(state[0])

    return repeat, check


def matmul(size):
    a, b = filled([size, size], 40, 1), filled([size, size], 41, 1)

    def repeat(n):
        for _ in range(n):
            mx.eval(a @ b)

    return repeat, lambda: total(a @ b)


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

    return repeat, lambda: total(mx.abs((x @ w).astype(mx.float32)))


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

    return repeat, lambda: sum(total(mx.abs(y)) for y in once())


@row
def token_products():
    return products(1)


@row
def prompt_products():
    return products(32)


@row
def h2a_1e6():
    host = data.fill([1000000], 50, 1)

    def repeat(n):
        for _ in range(n):
            mx.eval(mx.array(host))

    return repeat, lambda: total(mx.array(host))


@row
def a2h_1e6():
    x = filled([1000000], 50, 1)

    def repeat(n):
        for _ in range(n):
            np.array(x)

    return repeat, lambda: total(mx.array(np.array(x)))


@row
def a2h_into_1e6():
    x = filled([1000000], 50, 1)
    host = np.empty(1000000, np.float32)

    def repeat(n):
        for _ in range(n):
            host[:] = memoryview(x)

    def check():
        repeat(1)
        return total(mx.array(host))

    return repeat, check


# ---- steps of whole models with random weights, compiled ----------------------------------------------
LAYERS, DIMS, HEADS, KEY_HEADS, HEAD_DIMS, HIDDEN, TOKENS, CACHED = 30, 576, 9, 3, 64, 1536, 49152, 512
PROMPT, CHECKED_PROMPT = 512, 32  # the same function in less time


class Plain:
    """A matrix that rows are multiplied by, transposed."""

    def __init__(self, w):
        self.w = w

    def __call__(self, x):
        return x @ self.w.T

    def rows(self, indices):
        return self.w[indices]

    def copy(self):
        """The same numbers at another place."""
        w = self.w * 1.0
        mx.eval(w)
        return Plain(w)


class Packed:
    """Quantized in groups of 32."""

    def __init__(self, parts, bits):
        self.parts = parts
        self.bits = bits

    def __call__(self, x):
        return mx.quantized_matmul(x, *self.parts, True, 32, self.bits)

    def rows(self, indices):
        return mx.dequantize(*(part[indices] for part in self.parts), 32, self.bits)

    def copy(self):
        w, scales, biases = self.parts
        parts = w + mx.array(0, mx.uint32), scales * 1.0, biases * 1.0
        mx.eval(parts)
        return Packed(parts, self.bits)


def language_model(quantized):
    """The function of LanguageModel.java, with weights of the shapes of SmolLM2-135M."""

    def matrix(seed, shape, bits):
        w = filled(shape, seed, 0.2)
        return Packed(mx.quantize(w, 32, bits), bits) if quantized else Plain(w)

    keys = KEY_HEADS * HEAD_DIMS
    shapes = [DIMS, DIMS], [keys, DIMS], [keys, DIMS], [DIMS, DIMS], [HIDDEN, DIMS], [HIDDEN, DIMS], [DIMS, HIDDEN]
    first = [matrix(60 + i, shape, 4) for i, shape in enumerate(shapes)]
    layers = [[m.copy() for m in first] for _ in range(LAYERS)]
    tokens = matrix(70, [TOKENS, DIMS], 8)
    norm, hidden_norm, last_norm = (filled([DIMS], seed, 2) for seed in (71, 72, 73))

    def rms_norm(x, weight):
        return mx.fast.rms_norm(x, weight, 1e-5)

    def heads(x, count):
        return x.reshape(1, -1, count, HEAD_DIMS).transpose(0, 2, 1, 3)

    def next_token(token, *caches):
        start = CACHED - 1 if caches else 0
        rope = functools.partial(mx.fast.rope, dims=HEAD_DIMS, traditional=False, base=1e5, scale=1, offset=start)
        attention = functools.partial(
            mx.fast.scaled_dot_product_attention, scale=HEAD_DIMS**-0.5, mask=None if caches else "causal"
        )

        def stored(cache, last):
            return mx.slice_update(cache, last, mx.array([start]), [2])

        x = tokens.rows(token)[None]
        results = []
        for i, (query, key, value, output, gate, up, down) in enumerate(layers):
            y = rms_norm(x, norm)
            q, k, v = rope(heads(query(y), HEADS)), rope(heads(key(y), KEY_HEADS)), heads(value(y), KEY_HEADS)
            if caches:
                k, v = stored(caches[2 * i], k), stored(caches[2 * i + 1], v)
            x = x + output(attention(q, k, v).transpose(0, 2, 1, 3).reshape(1, -1, DIMS))
            y = rms_norm(x, hidden_norm)
            g = gate(y)
            x = x + down(g * mx.sigmoid(g) * up(y))
            results += [k, v]
        logits = tokens(rms_norm(x[:, -1], last_norm))
        return mx.argmax(logits, axis=-1), *results, logits

    return mx.compile(next_token)


@row
def token_step():
    step = language_model(quantized=True)
    shape = [1, KEY_HEADS, CACHED, HEAD_DIMS]
    state = [mx.array([0]), *(filled(shape, 81 + i, 2) for i in range(2 * LAYERS))]
    logits = None

    def repeat(n):
        nonlocal state, logits
        for _ in range(n):
            *state, logits = step(*state)
            mx.eval(state)

    def check():
        repeat(3)
        return total(mx.abs(logits))

    return repeat, check


def prompt(quantized):
    step = language_model(quantized)
    tokens = mx.arange(PROMPT) * 7

    def repeat(n):
        for _ in range(n):
            mx.eval(step(tokens))

    return repeat, lambda: total(mx.abs(step(tokens[:CHECKED_PROMPT])[-1]))


@row
def prompt_step():
    return prompt(quantized=True)


@row
def prompt_step_float32():
    return prompt(quantized=False)


@row
def minilm_batch():
    x, layers = data.encoder()
    x, layers = mx.array(x), [{name: mx.array(w) for name, w in layer.items()} for layer in layers]
    mx.eval(x, layers)
    head_dims = data.DIMS // data.HEADS

    def linear(p, name, x):
        return mx.addmm(p[name + "_bias"], x, p[name])

    def norm(p, name, x):
        return mx.fast.layer_norm(x, p[name], p[name + "_bias"], 1e-12)

    def heads(x):
        return x.reshape(data.BATCH, data.LENGTH, data.HEADS, head_dims).transpose(0, 2, 1, 3)

    @mx.compile
    def vectors(x):
        for p in layers:
            q, k, v = (heads(linear(p, name, x)) for name in ("query", "key", "value"))
            sums = mx.fast.scaled_dot_product_attention(q, k, v, scale=head_dims**-0.5)
            x = norm(p, "norm", x + linear(p, "output", sums.transpose(0, 2, 1, 3).reshape(x.shape)))
            y = linear(p, "up", x)
            x = norm(p, "hidden_norm", x + linear(p, "down", y * (mx.erf(y * 0.5**0.5) + 1) * 0.5))
        return mx.mean(x, axis=1)

    def repeat(n):
        for _ in range(n):
            mx.eval(vectors(x))

    return repeat, lambda: squares(vectors(x))


# ---- the program --------------------------------------------------------------------------------------
def main(action, *arguments):
    if action == "nothing":
        return
    global data, mx, nn, np, optimizers
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

    import data

    program.act(ROWS, action, *arguments)


main(*sys.argv[1:])
