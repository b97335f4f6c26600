import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from facecluster.packs.fold import RULES
from facecluster.packs.onnx import OnnxNetwork
from facecluster.packs.weights import EMBEDDED, SFACE, YUNET, vendored_bytes, weights_folder


def published(weight):
    return onnx.load_model_from_string(vendored_bytes(weight, weights_folder()))


def network(model):
    return OnnxNetwork(model.SerializeToString(), provider="cpu", threads=1)


def constants_of(model):
    return {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}


def by_definition(node, constants):
    """What a DequantizeLinear computes: each value looks up the zero and the scale of its block."""
    attributes = {attribute.name: attribute.i for attribute in node.attribute}
    quantized, scales, zeros = (constants[name] for name in node.input)
    block_of = np.arange(quantized.shape[attributes["axis"]]) // attributes["block_size"]
    zero, scale = (values.take(block_of, attributes["axis"]) for values in (zeros, scales))
    return (quantized.astype(np.float32) - zero) * scale


@pytest.fixture(scope="module", params=EMBEDDED, ids=lambda weight: weight.name)
def both(request):
    model = published(request.param)
    return model, RULES[request.param.name](model)


@pytest.mark.parametrize("weight", EMBEDDED, ids=lambda weight: weight.name)
def test_folding_leaves_its_input_alone_and_is_repeatable(weight):
    model = published(weight)
    first, second = (RULES[weight.name](model).SerializeToString(deterministic=True) for _ in range(2))
    assert first == second
    assert model.SerializeToString() == published(weight).SerializeToString()


def test_only_the_image_goes_in_and_nothing_is_left_to_unpack(both):
    model, folded = both
    assert len(folded.graph.input) == 1
    assert not {"DequantizeLinear", "PRelu"} & {node.op_type for node in folded.graph.node}
    assert [output.name for output in folded.graph.output] == [output.name for output in model.graph.output]
    assert folded.graph.input[0].type.tensor_type.shape.dim[0].dim_param == "n"
    onnx.checker.check_model(folded)


def test_weights_are_those_of_the_definition(both):
    model, folded = both
    constants, weights = constants_of(model), constants_of(folded)
    reshaped = {node.input[0]: node.output[0] for node in model.graph.node if node.op_type == "Reshape"}
    for node in model.graph.node:
        if node.op_type == "DequantizeLinear":
            found = weights[reshaped.get(node.output[0], node.output[0])]
            if found.shape[1:2] == (3,):  # reads the image: turned from BGR to RGB where the network is YuNet
                assert sorted(found.ravel()) == sorted(by_definition(node, constants).ravel())
            else:
                np.testing.assert_array_equal(found.ravel(), by_definition(node, constants).ravel())


def test_yunet_takes_rgb_where_the_published_one_took_bgr():
    model = published(YUNET)
    first = next(node for node in model.graph.node if node.op_type == "Conv")
    constants = constants_of(model)
    node = next(node for node in model.graph.node if f"{first.input[1]}".removesuffix("_reshaped") in node.name)
    expected = by_definition(node, constants).reshape(-1, 3, 3, 3)[:, [2, 1, 0]]
    np.testing.assert_array_equal(constants_of(RULES["yunet"](model))[first.input[1]], expected)


def test_sface_agrees_with_the_published_graph_run_by_definition():
    model = published(SFACE)
    crop = np.random.default_rng(0).integers(0, 255, (1, 3, 112, 112)).astype(np.float32)
    (expected,) = network(with_plain_weights(model)).run(crop)
    (found,) = network(RULES["sface"](model)).run(crop)
    unit = [v / np.linalg.norm(v) for v in (expected, found)]
    np.testing.assert_allclose(unit[1], unit[0], atol=1e-5)


def with_plain_weights(model):
    """The published graph with its blocks unpacked and nothing else changed."""
    constants, plain, kept, unpacked = constants_of(model), onnx.ModelProto(), [], {}
    for node in model.graph.node:
        if node.op_type == "DequantizeLinear":
            unpacked[node.output[0]] = by_definition(node, constants)
        elif node.op_type == "Reshape" and node.input[0] in unpacked:
            unpacked[node.output[0]] = unpacked.pop(node.input[0]).reshape(constants[node.input[1]])
        else:
            kept.append(node)
    plain.CopyFrom(model)
    graph = plain.graph
    del graph.node[:], graph.input[1:], graph.value_info[:]
    graph.node.extend(kept)
    graph.initializer.extend(numpy_helper.from_array(array, name) for name, array in unpacked.items())
    return plain


@pytest.mark.parametrize("values", [[-2.0, -0.5, 0.0, 0.5, 2.0]])
def test_prelu_written_out_is_prelu(values):
    x = np.array(values, np.float32).reshape(1, 1, -1)
    slope = np.array([[0.3]], np.float32)
    graph = helper.make_graph(
        [helper.make_node("PRelu", ["x", "slope"], ["y"], "act")],
        "one",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 1, x.size])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 1, x.size])],
        [numpy_helper.from_array(slope, "slope")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    folded = RULES["sface"](model)
    results = [ReferenceEvaluator(one).run(None, {"x": x})[0] for one in (model, folded)]
    np.testing.assert_allclose(results[1], results[0], rtol=1e-6)


@pytest.mark.parametrize("weight", EMBEDDED, ids=lambda weight: weight.name)
def test_a_batch_is_its_images_one_by_one(weight):
    side = (112, 112) if weight is SFACE else (96, 160)
    batch = np.random.default_rng(1).integers(0, 255, (3, 3, *side)).astype(np.float32)
    runner = network(RULES[weight.name](published(weight)))
    together = runner.run(batch)
    for row in range(3):
        for whole, alone in zip(together, runner.run(batch[row : row + 1]), strict=True):
            np.testing.assert_allclose(whole[row], alone[0], rtol=1e-4, atol=1e-5)
