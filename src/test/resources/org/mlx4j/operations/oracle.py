"""Computes with MLX's Python what the Java tests compare with.

Reads requests from standard input and writes answers to standard output until the input ends. All numbers are
big-endian, as Java writes them.

    request:  expression, on the CPU? (1 byte), inputs, argnums, weights
    answer:   0, arrays                the outputs of the expression, or, where there are argnums, the gradients of the
                                       sum of all outputs multiplied by the weights
              1, message               MLX refused
              2, message               the request itself is wrong
    text:     length (2 bytes), UTF-8  (an answer's message: 4 bytes)
    argnums:  count (4 bytes), numbers (4 bytes each)
    arrays:   count (4 bytes), arrays
    array:    dtype (text), ndim (4 bytes), shape (4 bytes each), length (4 bytes), bytes of the elements, little-endian
"""

import os
import struct
import sys
import traceback

import mlx.core as mx
import numpy as np

NAMES = "abcdefgh"


class Requests:
    def __init__(self, stream):
        self.stream = stream

    def bytes(self, count):
        data = self.stream.read(count)
        if len(data) < count:
            raise EOFError
        return data

    def integer(self):
        return struct.unpack(">i", self.bytes(4))[0]

    def integers(self):
        return [self.integer() for _ in range(self.integer())]

    def text(self):
        return self.bytes(struct.unpack(">H", self.bytes(2))[0]).decode()

    def flag(self):
        return self.bytes(1) != b"\0"

    def arrays(self):
        return [(self.text(), self.integers(), self.bytes(self.integer())) for _ in range(self.integer())]


class Answers:
    def __init__(self, stream):
        self.stream = stream

    def integer(self, number):
        self.stream.write(struct.pack(">i", number))

    def text(self, text):
        data = text.encode()
        self.stream.write(struct.pack(">H", len(data)) + data)

    def arrays(self, arrays):
        self.stream.write(b"\0")
        self.integer(len(arrays))
        for dtype, shape, data in arrays:
            self.text(dtype)
            self.integer(len(shape))
            for size in shape:
                self.integer(size)
            self.integer(len(data))
            self.stream.write(data)
        self.stream.flush()

    def error(self, status, message):
        data = message.encode()
        self.stream.write(bytes([status]))
        self.integer(len(data))
        self.stream.write(data)
        self.stream.flush()


def to_mlx(array):
    dtype, shape, data = array
    dtype = mx.bool_ if dtype == "bool" else getattr(mx, dtype)
    if not data:
        return mx.zeros(shape, dtype)
    return mx.array(np.frombuffer(data, np.uint8)).view(dtype).reshape(shape)


def from_mlx(array):
    data = np.array(mx.contiguous(array.reshape(-1)).view(mx.uint8)).tobytes() if array.size else b""
    return str(array.dtype).removeprefix("mlx.core."), array.shape, data


def as_list(result):
    return list(result) if isinstance(result, (list, tuple)) else [result]


def compute(expression, inputs, argnums, weights):
    function = eval(f"lambda {', '.join(NAMES[: len(inputs)])}: {expression}", {"mx": mx, "np": np})
    if not argnums:
        return as_list(function(*inputs))

    def weighted_sum(*arguments):
        return sum((output * weight).sum() for output, weight in zip(as_list(function(*arguments)), weights))

    return as_list(mx.grad(weighted_sum, argnums)(*inputs))


def answer(requests, answers):
    expression, on_cpu = requests.text(), requests.flag()
    inputs, argnums, weights = requests.arrays(), requests.integers(), requests.arrays()
    try:
        with mx.stream(mx.cpu if on_cpu else mx.default_device()):
            arrays = [to_mlx(x) for x in inputs], argnums, [to_mlx(w) for w in weights]
            outputs = [from_mlx(output) for output in compute(expression, *arrays)]
    except (ValueError, IndexError, RuntimeError) as e:
        answers.error(1, f"{type(e).__name__}: {e}")
    except Exception:
        answers.error(2, traceback.format_exc())
    else:
        answers.arrays(outputs)


def main():
    answers = Answers(os.fdopen(os.dup(1), "wb"))
    os.dup2(2, 1)  # what anything prints must not mix with the answers
    requests = Requests(sys.stdin.buffer)
    try:
        while True:
            answer(requests, answers)
    except EOFError:
        pass


main()
