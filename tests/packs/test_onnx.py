import re
from types import SimpleNamespace

import numpy as np
import pytest
from onnx import TensorProto, helper

from facecluster.errors import PackError
from facecluster.packs.onnx import CPU, PROVIDERS, OnnxNetwork, check_provider, providers_to_try
from facecluster.packs.runtime import onnxruntime
from facecluster.settings import PackSettings

CUDA = "CUDAExecutionProvider"


def two_outputs():
    """A network that gives its input doubled, and the sum over each image."""
    graph = helper.make_graph(
        [
            helper.make_node("Add", ["x", "x"], ["doubled"]),
            helper.make_node("ReduceSum", ["x", "axes"], ["total"], keepdims=0),
        ],
        "two",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3, "h", "w"])],
        [
            helper.make_tensor_value_info("doubled", TensorProto.FLOAT, ["n", 3, "h", "w"]),
            helper.make_tensor_value_info("total", TensorProto.FLOAT, ["n"]),
        ],
        [helper.make_tensor("axes", TensorProto.INT64, [3], [1, 2, 3])],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8).SerializeToString()


@pytest.mark.parametrize("threads", [0, 1, 2])
def test_outputs_come_in_the_order_declared(threads):
    batch = np.random.default_rng(0).random((2, 3, 4, 5), np.float32)
    doubled, total = OnnxNetwork(two_outputs(), provider="cpu", threads=threads).run(batch)
    np.testing.assert_array_equal(doubled, batch * 2)
    np.testing.assert_allclose(total, batch.sum(axis=(1, 2, 3)), rtol=1e-5)


@pytest.mark.parametrize("model", [b"", b"no network at all"])
def test_what_is_no_network_is_refused(model):
    with pytest.raises(PackError, match="cannot build the network"):
        OnnxNetwork(model, provider="cpu")


def runtime_with(*providers):
    return SimpleNamespace(get_available_providers=lambda: list(providers))


@pytest.mark.parametrize(
    ("available", "chosen"),
    [
        ([CPU], [CPU]),
        (["AzureExecutionProvider", CPU], [CPU]),
        (["TensorrtExecutionProvider", CUDA, CPU], [CUDA, CPU]),
        (["CoreMLExecutionProvider", CPU], [CPU]),
        (["DmlExecutionProvider", CPU], ["DmlExecutionProvider", CPU]),
    ],
)
def test_auto_takes_the_best_there_is(available, chosen):
    assert providers_to_try("auto", runtime_with(*available)) == chosen


@pytest.mark.parametrize("provider", [name for name in PROVIDERS if name != "cpu"])
def test_a_provider_this_runtime_lacks_is_refused_with_the_way_to_get_it(provider):
    with pytest.raises(PackError, match=f"expected an ONNX Runtime with {PROVIDERS[provider]}.*pip"):
        OnnxNetwork(two_outputs(), provider=provider)


def test_cuda_names_the_exact_fix():
    with pytest.raises(PackError, match=re.escape("pip install 'facecluster[gpu]'")):
        providers_to_try("cuda", runtime_with(CPU))


def test_a_provider_dropped_in_silence_is_refused():
    fallen_back = SimpleNamespace(get_providers=lambda: [CPU])
    with pytest.raises(PackError, match=f"expected the network on {CUDA}.* put it on {CPU}.*--provider cpu"):
        check_provider(fallen_back, "cuda")
    assert check_provider(fallen_back, "auto") == CPU


def test_every_provider_of_the_settings_is_known_here():
    annotation = PackSettings.model_fields["provider"].annotation
    assert {"auto", *PROVIDERS} == set(annotation.__args__)
    assert CPU in onnxruntime().get_available_providers()
