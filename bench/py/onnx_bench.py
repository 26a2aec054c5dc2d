"""ONNX Runtime as a peer, for the encoder: bench/run.py runs it, in an environment with onnx and onnxruntime.

  onnx_bench.py check minilm_batch  what the row computes
  onnx_bench.py turns minilm_batch  as bench.py does
  onnx_bench.py version             the version of ONNX Runtime
"""
import os
import sys

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

import data
import program


class Graph:
    """What an exported model consists of: nodes, and the constants that they use."""

    def __init__(self):
        self.nodes = []
        self.constants = []

    def constant(self, value):
        name = f"constant{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def add(self, operation, *inputs, **attributes):
        name = f"node{len(self.nodes)}"
        self.nodes.append(helper.make_node(operation, list(inputs), [name], **attributes))
        return name


def encoder(layers):
    """The model of bench.py's minilm_batch."""
    graph = Graph()
    head_dims = data.DIMS // data.HEADS
    split = graph.constant(np.array([data.BATCH, data.LENGTH, data.HEADS, head_dims]))
    joined = graph.constant(np.array([data.BATCH, data.LENGTH, data.DIMS]))
    scale = graph.constant(np.float32(head_dims**-0.5))

    def linear(p, name, x):
        return graph.add("Add", graph.add("MatMul", x, graph.constant(p[name])), graph.constant(p[name + "_bias"]))

    def norm(p, name, x):
        parameters = graph.constant(p[name]), graph.constant(p[name + "_bias"])
        return graph.add("LayerNormalization", x, *parameters, axis=-1, epsilon=1e-12)

    def heads(x, order):
        return graph.add("Transpose", graph.add("Reshape", x, split), perm=order)

    x = "x"
    for p in layers:
        q = heads(linear(p, "query", x), [0, 2, 1, 3])
        k = heads(linear(p, "key", x), [0, 2, 3, 1])
        v = heads(linear(p, "value", x), [0, 2, 1, 3])
        weights = graph.add("Softmax", graph.add("Mul", graph.add("MatMul", q, k), scale), axis=-1)
        sums = graph.add("Transpose", graph.add("MatMul", weights, v), perm=[0, 2, 1, 3])
        x = norm(p, "norm", graph.add("Add", x, linear(p, "output", graph.add("Reshape", sums, joined))))
        y = graph.add("Gelu", linear(p, "up", x))
        x = norm(p, "hidden_norm", graph.add("Add", x, linear(p, "down", y)))
    vectors = graph.add("ReduceMean", x, graph.constant(np.array([1])), keepdims=0)

    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, [data.BATCH, data.LENGTH, data.DIMS])]
    outputs = [helper.make_tensor_value_info(vectors, TensorProto.FLOAT, [data.BATCH, data.DIMS])]
    graph = helper.make_graph(graph.nodes, "encoder", inputs, outputs, graph.constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)


def minilm_batch():
    x, layers = data.encoder()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = int(os.environ["OMP_NUM_THREADS"])
    session = onnxruntime.InferenceSession(
        encoder(layers).SerializeToString(), options, providers=["CPUExecutionProvider"]
    )

    def vectors():
        return session.run(None, {"x": x})[0]

    def repeat(n):
        for _ in range(n):
            vectors()

    return repeat, lambda: float(np.square(vectors()).sum(dtype=np.float64))


def main(action, *arguments):
    if action == "version":
        print(onnxruntime.__version__)
    elif arguments != ("minilm_batch",):
        sys.exit(f"{__file__}: there is only minilm_batch")
    else:
        program.act({"minilm_batch": minilm_batch}, action, *arguments)


if __name__ == "__main__":
    main(*sys.argv[1:])
