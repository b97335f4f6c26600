"""Networks as published -> networks that ONNX Runtime runs, on any batch and image size. Pure functions on ONNX graphs.

The files of OpenCV Zoo keep their weights as 8-bit blocks in a form that only OpenCV reads: ONNX Runtime has no kernel
for some of them. Here each becomes a plain float weight, once, so that nothing is unpacked while photos run.
"""

from collections.abc import Callable, Iterable

import numpy as np
from onnx import GraphProto, ModelProto, NodeProto, helper, numpy_helper

OPSET = 17
"""Old enough for every ONNX Runtime we allow, new enough for every operator used."""

HEIGHT, WIDTH = 2, 3  # axes of a batch of images


def fold_sface(model: ModelProto) -> ModelProto:
    """SFace for batches of RGB crops, 0..255: float weights, and PReLU written so that a CPU is twice as fast."""
    folded = _folded_copy(model)
    _replace_prelu(folded.graph)
    _free_dimensions(folded.graph)
    return folded


def fold_yunet(model: ModelProto) -> ModelProto:
    """YuNet for batches of RGB images of any size, 0..255: float weights, first layer turned from BGR to RGB."""
    folded = _folded_copy(model)
    _swap_input_channels(folded.graph)
    _keep_batch_in_reshapes(folded.graph)
    _free_dimensions(folded.graph, HEIGHT, WIDTH)
    return folded


def fold_centerface(model: ModelProto) -> ModelProto:
    """CenterFace for batches of RGB images of any size, 0..255."""
    folded = _folded_copy(model)
    _free_dimensions(folded.graph, HEIGHT, WIDTH)
    return folded


def _folded_copy(model: ModelProto) -> ModelProto:
    """The model with plain float weights that are constants, not inputs, and no stale shapes."""
    folded = ModelProto()
    folded.CopyFrom(model)
    del folded.opset_import[:]
    folded.opset_import.append(helper.make_opsetid("", OPSET))
    folded.ir_version = 8  # the version that belongs to opset 17
    graph = folded.graph
    _fold_blocks(graph)
    del graph.value_info[:]
    _replace_all(graph.input, graph.input[:1])  # the others are weights, listed as old exporters did
    return folded


def _fold_blocks(graph: GraphProto) -> None:
    """Turn each DequantizeLinear, and the Reshape after it, into the float weight they compute."""
    constants = {tensor.name: tensor for tensor in graph.initializer}
    values = {name: numpy_helper.to_array(tensor) for name, tensor in constants.items()}
    kept: list[NodeProto] = []
    weights: dict[str, np.ndarray] = {}
    for node in graph.node:
        if node.op_type == "DequantizeLinear":
            weights[node.output[0]] = _dequantized(node, *(values[name] for name in node.input))
        elif node.op_type == "Reshape" and node.input[0] in weights:
            weights[node.output[0]] = weights.pop(node.input[0]).reshape(values[node.input[1]])
        else:
            kept.append(node)
    _replace_all(graph.node, kept)
    used = {name for node in kept for name in node.input}
    tensors = [tensor for name, tensor in constants.items() if name in used]
    tensors += [numpy_helper.from_array(weight, name) for name, weight in weights.items()]
    _replace_all(graph.initializer, tensors)


def _dequantized(node: NodeProto, quantized: np.ndarray, scales: np.ndarray, zeros: np.ndarray) -> np.ndarray:
    """(q - zero) * scale, where each block of `block_size` values along `axis` shares one zero and one scale."""
    attributes = {attribute.name: attribute.i for attribute in node.attribute}
    axis, block = attributes["axis"], attributes["block_size"]

    def spread(per_block: np.ndarray) -> np.ndarray:
        return np.repeat(per_block, block, axis).take(range(quantized.shape[axis]), axis)

    return ((quantized.astype(np.float32) - spread(zeros).astype(np.float32)) * spread(scales)).astype(np.float32)


def _replace_prelu(graph: GraphProto) -> None:
    """Write PReLU(x) as (1 - slope) * Relu(x) + slope * x: ONNX Runtime's own PReLU is one plain loop on a CPU."""
    slopes = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    nodes: list[NodeProto] = []
    for node in graph.node:
        if node.op_type != "PRelu":
            nodes.append(node)
            continue
        x, slope = node.input
        out = node.output[0]
        rest = f"{slope}_rest"
        graph.initializer.append(numpy_helper.from_array((1 - slopes[slope]).astype(np.float32), rest))
        nodes += [
            helper.make_node("Relu", [x], [f"{out}_positive"], f"{out}_relu"),
            helper.make_node("Mul", [f"{out}_positive", rest], [f"{out}_bent"], f"{out}_bend"),
            helper.make_node("Mul", [x, slope], [f"{out}_straight"], f"{out}_line"),
            helper.make_node("Add", [f"{out}_bent", f"{out}_straight"], [out], f"{out}_sum"),
        ]
    _replace_all(graph.node, nodes)


def _swap_input_channels(graph: GraphProto) -> None:
    """Reverse the input channels of the convolution that reads the image."""
    first = next(node for node in graph.node if graph.input[0].name in node.input)
    weight = next(tensor for tensor in graph.initializer if tensor.name == first.input[1])
    weight.CopyFrom(numpy_helper.from_array(np.ascontiguousarray(numpy_helper.to_array(weight)[:, ::-1]), weight.name))


def _keep_batch_in_reshapes(graph: GraphProto) -> None:
    """Let every Reshape to (1, -1, k) keep the batch size it is given: (0, -1, k)."""
    shapes = {node.input[1] for node in graph.node if node.op_type == "Reshape"}
    for tensor in graph.initializer:
        if tensor.name in shapes:
            shape = numpy_helper.to_array(tensor).copy()
            shape[0] = 0
            tensor.CopyFrom(numpy_helper.from_array(shape, tensor.name))


def _free_dimensions(graph: GraphProto, *image_axes: int) -> None:
    """Let batches of any size in, and along `image_axes` images of any size, on which all outputs then depend."""
    for value in (*graph.input, *graph.output):
        for axis, dim in enumerate(value.type.tensor_type.shape.dim):
            if axis == 0:
                dim.dim_param = "n"
            elif image_axes and (axis in image_axes or value not in graph.input):
                dim.Clear()


def _replace_all(field: object, items: Iterable[object]) -> None:
    """Make a repeated field hold these items."""
    kept = list(items)
    del field[:]  # type: ignore[attr-defined]  # protobuf's containers have no public type
    field.extend(kept)  # type: ignore[attr-defined]


RULES: dict[str, Callable[[ModelProto], ModelProto]] = {
    "sface": fold_sface,
    "yunet": fold_yunet,
    "centerface": fold_centerface,
}
"""How each vendored network is folded."""
