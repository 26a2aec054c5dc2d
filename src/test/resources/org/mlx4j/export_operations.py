"""Exports functions that together have every operation that a file can name.

Writes into the folder that is the argument, for each: NAME.mlxfn, and NAME.safetensors with the arguments
(in0, in1, ...) and what Python computes of them (out0, out1, ...). Prints the names, one in a line.
"""

import sys

import mlx.core as mx
import mlx.nn as nn

folder = sys.argv[1]
mx.set_default_device(mx.cpu)
mx.random.seed(7)

a = mx.array([[0.5, -1.25, 2.0], [3.5, 0.25, -0.75]])
b = mx.array([[1.5, 2.0, -0.5], [0.25, 4.0, 1.0]])
u = mx.array([[0.5, 0.25, 0.75], [0.1, 0.9, 0.3]])
i = mx.array([[7, -3, 5], [2, -8, 1]])
j = mx.array([[2, 4, -3], [5, 3, 7]])
p = mx.array([True, False, True])
c = mx.array([1 + 2j, -0.5 + 1j, 3 - 1j])
m = mx.array([[4.0, 1.0, 0.5], [1.0, 3.0, 0.25], [0.5, 0.25, 2.0]])
v = mx.array([3.0, 1.0, 2.0, 5.0, 4.0, 0.0])
w = mx.random.normal((64, 64))
x = mx.random.normal((2, 64))

cases = {}


def case(name, f, *args, shapeless=False):
    cases[name] = (f, args, shapeless)


for name in "abs ceil cos cosh exp expm1 floor log1p negative round sigmoid sign sin sinh square tan tanh erf".split():
    case(name, getattr(mx, name), a)
for name in "arccos arcsin arctan arcsinh arctanh erfinv sqrt rsqrt log log2 log10".split():
    case(name, getattr(mx, name), u)
case("arccosh", mx.arccosh, mx.abs(a) + 1)
for name in "add subtract multiply divide maximum minimum arctan2 logaddexp greater greater_equal less less_equal equal not_equal".split():
    case(name, getattr(mx, name), a, b)
for name in "floor_divide remainder divmod bitwise_and bitwise_or bitwise_xor add multiply power".split():
    case(name + "_of_integers", getattr(mx, name), i, mx.abs(j) if name == "power" else j)
case("shifts", lambda x, y: (mx.left_shift(x, y), mx.right_shift(x, y)), mx.array([5, 9]), mx.array([1, 2]))
case("power", mx.power, u, b)
case("logical", lambda x, y: (mx.logical_and(x, y), mx.logical_or(x, y), mx.logical_not(x)), p, mx.array([True, True, False]))
case("complex", lambda x: (mx.real(x), mx.imag(x), mx.conjugate(x), mx.abs(x), x * x), c)
case("where", lambda q, x, y: mx.where(q, x, y), p, a, b)
case("astype", lambda x: (x.astype(mx.int32), x.astype(mx.float16), x.astype(mx.bool_)), a)
case("view", lambda x: x.view(mx.int32), a)
case("arange", lambda x: x + mx.arange(1, 7, 2), a)
case("full", lambda x: mx.full((2, 3), x[0]), a)
case("copy", lambda x: mx.array(x), a)
case("reductions", lambda x: (x.sum(), x.sum(0), x.prod(1), x.min(1), x.max(0, keepdims=True), (x > 0).all(1), (x > 3).any(), x.mean(), x.var(1), x.logsumexp(1), x.logsumexp()), a)
case("small_integers", lambda x: (x.sum(), x.sum(0), x.cumsum(0), x.max()), i.astype(mx.int8))
case("arg_reductions", lambda x: (x.argmin(1), x.argmax(), x.argmax(0)), a)
case("scans", lambda x: (x.cumsum(1), x.cumprod(0), x.cummax(1, reverse=True), x.cummin(0, inclusive=False)), a)
case("sorting", lambda x: (mx.sort(x, 0), mx.argsort(x), mx.partition(x, 1, 1), mx.topk(x, 2)), a)
case("arg_partition", lambda x: mx.sort(mx.argpartition(x, 2, 1)[:, :2], 1), a)
case("softmax", lambda x: (mx.softmax(x, 1), mx.softmax(x, 0), mx.softmax(x, -1, precise=True)), a)
case("shapes", lambda x: (x.T, x.reshape(3, 2), x.flatten(), x[None, :, None], mx.squeeze(x[None], 0), mx.broadcast_to(x, (2, 2, 3)), mx.unflatten(x, 1, (3, 1)), mx.moveaxis(x[None], 0, 2)), a)
case("concatenate", lambda x, y: (mx.concatenate([x, y], 1), mx.stack([x, y], 1)), a, b)
case("split", lambda x: (*mx.split(x, 3, 1), *mx.split(x, [1], 1)), a)
case("pad", lambda x: (mx.pad(x, 1), mx.pad(x, [(0, 1), (2, 0)], constant_values=3.5)), a)
case("slices", lambda x: (x[1], x[:, ::-1], x[:, 0:3:2], x[-1, -2:], x[::-1, ::-2]), a)
case("as_strided", lambda x: mx.as_strided(x, (2, 2), (1, 2), 1), a)
case("gather", lambda x, k: (x[k], x[:, k], mx.take(x, k), x[k, k]), a, mx.array([0, 1, -1]))
case("gather_axis", lambda x, k: mx.take_along_axis(x, k, 1), a, mx.array([[2, 0], [1, -1]]))
case("put", lambda x, k, y: mx.put_along_axis(x, k, y, 1), a, mx.array([[2], [0]]), mx.array([[9.0], [8.0]]))


def updated(x, k, y):
    s = mx.array(x)
    s[k] = y
    return (s, x.at[k].add(y), x.at[k].multiply(y), x.at[k].maximum(y), x.at[k].minimum(y), x.at[:, 1].add(y[:, 0]))


case("scatter", updated, a, mx.array([1, 0]), b)


def sliced(x, y):
    s = mx.array(x)
    s[:, 1:] = y[:, 1:]
    return s, x.at[:, 0:2].add(y[:, 0:2])


case("slice_update", sliced, a, b)


def masked(x, y):
    s = mx.array(x)
    s[x > 0] = y
    return s


case("masked_scatter", masked, a, mx.arange(6.0))
case("dynamic_slice", lambda x, k: (mx.slice(x, k, (1,), (2, 2)), mx.slice_update(x, mx.zeros((2, 1)), k, (1,))), a, mx.array([1]))
case("matmul", lambda x, y: (x @ y.T, mx.addmm(x, x @ y.T, y, 2.0, 0.5)), a, b)
case("gather_mm", lambda x, k: mx.gather_mm(x, x, k, mx.array([1, 0])), mx.random.normal((2, 3, 3)), mx.array([0, 1], mx.uint32))
case("block_masked_mm", lambda x, q: (mx.block_masked_mm(x, x, 32, q), mx.block_masked_mm(x, x, 32, None, q, q), mx.block_masked_mm(x, x, 32, q, q, q)), w, mx.array([[True, False], [True, True]]))
case("convolution", lambda x, k: (mx.conv1d(x, k, stride=2, padding=1), mx.conv1d(x, k, dilation=2), mx.conv_transpose1d(x, k, stride=2), mx.conv_general(x, k, padding=([1], [2]), flip=True)), mx.random.normal((2, 9, 3)), mx.random.normal((3, 3, 3)))
case("grouped_convolution", lambda x, k: mx.conv2d(x, k, groups=2), mx.random.normal((1, 5, 5, 4)), mx.random.normal((4, 2, 2, 2)))
case("fft", lambda x: (mx.fft.fft(x), mx.fft.rfft2(x), mx.fft.irfft(mx.fft.rfft(x), n=3), mx.fft.irfft(mx.fft.rfft(x)), mx.fft.ifft(x)), a)
case("hadamard", mx.hadamard_transform, mx.random.normal((2, 4)))
case("searchsorted", lambda x, y: (mx.searchsorted(x, y), mx.searchsorted(x, y, side="right")), mx.array([1.0, 2.0, 3.0]), v)
case("array_equal", lambda x, y: (mx.array_equal(x, y), mx.array_equal(x, x, equal_nan=True)), a, b)
case("qr", lambda x: (lambda qr: (qr[0] @ qr[1], mx.abs(qr[1])))(mx.linalg.qr(x, stream=mx.cpu)), m)
case("svd", lambda x: (mx.linalg.svd(x, stream=mx.cpu)[1], mx.linalg.svd(x, compute_uv=False, stream=mx.cpu)), m)
case("inverse", lambda x: (mx.linalg.inv(x, stream=mx.cpu), mx.linalg.tri_inv(mx.triu(x), upper=True, stream=mx.cpu)), m)
case("cholesky", lambda x: (mx.linalg.cholesky(x, stream=mx.cpu), mx.linalg.cholesky(x, upper=True, stream=mx.cpu)), m)
case("eigh", lambda x: (mx.linalg.eigvalsh(x, stream=mx.cpu), mx.linalg.eigh(x, stream=mx.cpu)[0]), m)
case("eig", lambda x: (mx.linalg.eigvals(x, stream=mx.cpu).sum(), mx.linalg.eig(x, stream=mx.cpu)[0].sum()), m)
wq, scales, biases = mx.quantize(w, group_size=32, bits=4)
case("quantized_matmul", lambda x, q, s, z: (mx.quantized_matmul(x, q, s, z, group_size=32, bits=4), mx.dequantize(q, s, z, group_size=32, bits=4)), x, wq, scales, biases)
case("quantize", lambda y: mx.quantize(y, group_size=64, bits=8)[1:], w)
wm, sm = mx.quantize(w, mode="mxfp4")
case("mxfp4", lambda x: mx.quantized_matmul(x, wm, sm, mode="mxfp4", group_size=32, bits=4), x)
case("gather_qmm", lambda y, k: mx.gather_qmm(y, wq[None], scales[None], biases[None], mx.array([0, 0], mx.uint32), k, group_size=32, bits=4), x[None], mx.array([0, 0], mx.uint32))
case("random", lambda key: (mx.random.randint(0, 100, (3,), key=key), mx.random.uniform(shape=(3,), key=key), mx.random.normal((4,), key=key)), mx.random.key(5))
case("random_of_many_keys", lambda keys: mx.vmap(lambda key: mx.random.uniform(shape=(3,), key=key))(keys), mx.random.split(mx.random.key(5), 2))
case("stop_gradient", lambda x: mx.stop_gradient(x) * x, a)
case("depends", lambda x, y: mx.depends(x, y) + 0, a, b)
case("norms", lambda x, g, h: (mx.fast.rms_norm(x, g, 1e-5), mx.fast.layer_norm(x, g, h, 1e-5), mx.fast.layer_norm(x, None, None, 1e-5)), a, mx.array([1.0, 2.0, 3.0]), mx.array([0.5, 0.0, -0.5]))
q4 = mx.random.normal((1, 2, 5, 8))
case("rope", lambda y: mx.fast.rope(y, 8, traditional=False, base=10000.0, scale=1.0, offset=3), q4)
case("attention", lambda y: (mx.fast.scaled_dot_product_attention(y, y, y, scale=0.3), mx.fast.scaled_dot_product_attention(y, y, y, scale=0.3, mask="causal")), q4)
case("gradient", lambda x, y: mx.grad(lambda s, t: mx.sum(mx.tanh(s @ t.T) ** 2), argnums=(0, 1))(x, y), a, b)
case("captured_arrays", lambda x: (x + b, x * b[0], x @ b.T), a)
case("an_argument_returned", lambda x, y: (y, x, x, y + 1), a, b)
case("no_arguments", lambda: (mx.arange(3), b + 1))
case("shapeless", lambda x: (mx.softmax(x @ m, -1), x.mean(0), x[:, 1:], x.reshape(-1, 3), x.T, mx.broadcast_to(x.sum(0), x.shape)), a, shapeless=True)

case("shapeless_stacks", lambda x, y: (x @ y, mx.softmax(x @ y, -1) @ m), mx.random.normal((2, 3, 3)), mx.random.normal((1, 3, 3)), shapeless=True)

model = nn.Sequential(nn.Linear(3, 8), nn.GELU(), nn.Linear(8, 4), nn.LayerNorm(4), nn.SiLU())
mx.eval(model.parameters())
case("model", lambda x: (model(x),), a)
conv = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.AvgPool2d(2))
mx.eval(conv.parameters())
case("pooling", lambda x: (conv(x),), mx.random.normal((1, 8, 8, 1)))
attention = nn.MultiHeadAttention(8, 2)
mx.eval(attention.parameters())
case("transformer", lambda y: (attention(y, y, y, nn.MultiHeadAttention.create_additive_causal_mask(5)),), q4[0])
embedding = nn.Embedding(10, 4)
mx.eval(embedding.parameters())
case("embedding", lambda k: (embedding(k),), mx.array([3, 9, 0, -1]))

for name, (f, args, shapeless) in cases.items():
    try:
        mx.export_function(f"{folder}/{name}.mlxfn", f, *args, shapeless=shapeless)
    except Exception as e:
        raise RuntimeError(name) from e
    out = f(*args)
    out = [out] if isinstance(out, mx.array) else list(out)
    arrays = {f"in{n}": mx.contiguous(z) for n, z in enumerate(args)}
    arrays.update({f"out{n}": mx.contiguous(z) for n, z in enumerate(out)})
    mx.save_safetensors(f"{folder}/{name}.safetensors", arrays)
    print(name)
