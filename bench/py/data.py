"""The numbers that every peer computes with."""
import numpy as np


def fill(shape, seed, scale):
    """A linear congruential generator; its k-th state is a^k seed + (a^(k-1) + ... + 1) c, modulo 2^32."""
    count = int(np.prod(shape))
    powers = np.cumprod(np.full(count, 1664525, np.uint32), dtype=np.uint32)
    sums = np.cumsum(np.concatenate([np.ones(1, np.uint32), powers[:-1]]), dtype=np.uint32)
    states = powers * np.uint32(seed) + sums * np.uint32(1013904223)
    uniform = (states >> np.uint32(8)).astype(np.float32) / np.float32(1 << 24)
    return ((uniform - np.float32(0.5)) * np.float32(scale)).reshape(shape)


# ---- an encoder of the shapes of a MiniLM for sentences -------------------------------------------------
BATCH, LENGTH, DIMS, HEADS, HIDDEN = 64, 61, 384, 12, 1536
SHAPES = {
    **{f"{name}{part}": shape for name in ("query", "key", "value", "output") for part, shape in (("", [DIMS, DIMS]), ("_bias", [DIMS]))},
    "norm": [DIMS],
    "norm_bias": [DIMS],
    "up": [DIMS, HIDDEN],
    "up_bias": [HIDDEN],
    "down": [HIDDEN, DIMS],
    "down_bias": [DIMS],
    "hidden_norm": [DIMS],
    "hidden_norm_bias": [DIMS],
}


def encoder():
    """The input, and the parameters of each layer by name."""
    layers = []
    for layer in range(6):
        seeds = range(100 + 16 * layer, 116 + 16 * layer)
        layers.append({name: fill(shape, seed, 0.1 if len(shape) == 2 else 1) for seed, (name, shape) in zip(seeds, SHAPES.items())})
    return fill([BATCH, LENGTH, DIMS], 200, 2), layers
