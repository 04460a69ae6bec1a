"""Rewrites the models of these tests; needs the onnx package (apt-get install python3-onnx). The result is the same bytes every time."""
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = Path(__file__).parent
CLASSES, CHANNELS, SIZE = 4, 3, 2

# logits = weight x mean of each channel + bias, with small whole numbers.
weight = np.array([[c + 1 if c == o else o - c for c in range(CHANNELS)] for o in range(CLASSES)], np.float32)
bias = np.array([0, 1, 2, 3], np.float32)
initializers = [numpy_helper.from_array(weight, "weight"), numpy_helper.from_array(bias, "bias")]
images = helper.make_tensor_value_info("images", TensorProto.FLOAT, ["batch", CHANNELS, SIZE, SIZE])
means = helper.make_tensor_value_info("means", TensorProto.FLOAT, ["batch", CHANNELS])
logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", CLASSES])
labels = helper.make_tensor_value_info("labels", TensorProto.INT64, ["batch"])
nodes = [
    helper.make_node("GlobalAveragePool", ["images"], ["pooled"]),
    helper.make_node("Flatten", ["pooled"], ["means"], axis=1),
    helper.make_node("Gemm", ["means", "weight", "bias"], ["logits"], transB=1),
    helper.make_node("ArgMax", ["logits"], ["labels"], axis=1, keepdims=0),
]


def write(name, nodes, inputs, outputs, initializers=()):
    graph = helper.make_graph(nodes, name, inputs, outputs, list(initializers))
    model = helper.make_model(graph, producer_name="tests", opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.checker.check_model(model)
    (HERE / f"{name}.onnx").write_bytes(model.SerializeToString())


write("classifier", nodes[:3], [images], [logits], initializers)
write("three-outputs", nodes, [images], [logits, means, labels], initializers)
bytes_in = helper.make_tensor_value_info("bytes", TensorProto.UINT8, ["n"])
doubles_in = helper.make_tensor_value_info("doubles", TensorProto.DOUBLE, ["n"])
write(
    "two-inputs",
    [helper.make_node("Cast", ["bytes"], ["cast"], to=TensorProto.DOUBLE), helper.make_node("Add", ["cast", "doubles"], ["sum"]),
     helper.make_node("Greater", ["sum", "doubles"], ["larger"])],
    [bytes_in, doubles_in],
    [helper.make_tensor_value_info("sum", TensorProto.DOUBLE, ["n"]), helper.make_tensor_value_info("larger", TensorProto.BOOL, ["n"])],
)
