"""The search in a tile with products of 8-bit integers in front: the exact answer, or nearly, for less work.

Rounding to so few steps moves a product by at most what Cauchy-Schwarz says of the lengths of what was rounded off.
Pairs that are of no use even with that much added are passed over; the others are multiplied again on the grid. So the
answer is that of `facecluster.clusters.tiles`. On most pairs the rounding does far less: with a smaller margin fewer
are multiplied again, and some may be missed.
"""

import math
from functools import cache
from typing import Any, NamedTuple, no_type_check

import numpy as np
from jaxtyping import Float64, Int8, Int16, Int32, UInt8
from numba import njit
from onnx import TensorProto, helper

from facecluster.clusters.grid import Grid
from facecluster.clusters.nearest import Nearest, nobody
from facecluster.clusters.tiles import RUN, Found, Side, Tile, _append, _blocks, _Search
from facecluster.packs.runtime import onnxruntime

LEFT_STEPS, RIGHT_STEPS, ZERO = 127, 63, 128
"""Largest integers on either side, and the zero of the left side, which has no sign. Processors without VNNI add two
products in 16 bits, where 8 bits on both sides would be too much."""


LONGEST = 4096  # steps of the grid in any vector


class Coarse(NamedTuple):
    """A side of a tile in few steps."""

    values: Int16[np.ndarray, "n d"]
    step: float  # length of a step, in steps of the grid
    lost: Float64[np.ndarray, "n"]  # lengths of what was rounded off, in steps of the grid


class Sought(NamedTuple):
    """What the faces of a side, or of the part of it in one block, look for."""

    grid: Grid
    search: _Search
    margins: Float64[np.ndarray, "n"]  # the most that a product on the grid may be above the coarse one
    least: Int32[np.ndarray, "n"]  # coarse product that may be of use

    def part(self, block: slice) -> "Sought":
        return Sought(self.grid[block], self.search.part(block), self.margins[block], self.least[block])


def search_tile(tile: Tile, margin: float) -> Found:
    """The k best partners of each face of a tile on its other side, of those that reach the face's bound.

    Args:
        tile: what to search.
        margin: share of the greatest possible rounding that is allowed for; 1: the answer is exact.
    """
    left, right = coarse(tile.left.grid, LEFT_STEPS), coarse((tile.right or tile.left).grid, RIGHT_STEPS)
    step, both = left.step * right.step, (margin * errors(left, right), margin * errors(right, left))
    if tile.right is None:
        above = across = _begin(tile.left, tile.k, np.maximum(*both), step)
    else:
        above, across = _begin(tile.left, tile.k, both[0], step), _begin(tile.right, tile.k, both[1], step)
    ours, theirs = (left.values + ZERO).astype(np.uint8), np.ascontiguousarray(right.values.T.astype(np.int8))
    for some in _blocks(len(left.values)):
        for others in _blocks(len(right.values)):
            same = tile.right is None and some == others
            if tile.right is not None or others.start >= some.start:
                _take(multiply(ours[some], theirs[:, others]), above.part(some), across.part(others), step, same)
    return Found(_nearest(above), None if tile.right is None else _nearest(across))


def coarse(grid: Grid, steps: int) -> Coarse:
    """The vectors in this many steps from 0 to their largest component."""
    step = max(float(np.abs(grid).max()), 1.0) / steps
    values = np.rint(grid / step).astype(np.int16)
    return Coarse(values, step, np.linalg.norm(grid - values * step, axis=1))


def errors(ours: Coarse, theirs: Coarse) -> Float64[np.ndarray, "n"]:
    """The most that rounding changes the product of each of our faces with any of theirs."""
    lost = theirs.lost.max()
    return LONGEST * (ours.lost + lost) + ours.lost * lost


def multiply(left: UInt8[np.ndarray, "p d"], right: Int8[np.ndarray, "d q"]) -> Int32[np.ndarray, "p q"]:
    """The products of all pairs, on the thread that calls."""
    return _network().run(None, {"left": left, "right": right})[0]


@cache
def _network() -> Any:
    """ONNX Runtime with the network that multiplies matrices of integers; numpy has no fast way."""
    graph = helper.make_graph(
        [helper.make_node("MatMulInteger", ["left", "right", "zero"], ["products"])],
        "products",
        [
            helper.make_tensor_value_info("left", TensorProto.UINT8, ["p", "d"]),
            helper.make_tensor_value_info("right", TensorProto.INT8, ["d", "q"]),
        ],
        [helper.make_tensor_value_info("products", TensorProto.INT32, ["p", "q"])],
        [helper.make_tensor("zero", TensorProto.UINT8, [], [ZERO])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    runtime = onnxruntime()
    options = runtime.SessionOptions()
    options.intra_op_num_threads = 1
    return runtime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def _begin(side: Side, k: int, margins: Float64[np.ndarray, "n"], step: float) -> Sought:
    search = _Search(side.start, *nobody(len(side.grid), k), side.bounds.copy())
    least = np.clip(np.floor((side.bounds - margins) / step), -(2.0**31), 2.0**31 - 1).astype(np.int32)
    return Sought(side.grid, search, margins, least)


def _nearest(sought: Sought) -> Nearest:
    return Nearest(sought.search.rows, sought.search.dots)


@njit(cache=True, nogil=True)
@no_type_check  # the checks of the tests cannot be compiled
def _take(products: Int32[np.ndarray, "p q"], above: Sought, across: Sought, step: float, same: bool) -> None:
    """Multiply again, on the grid, every pair that may be of use, and enter it where it is."""
    for row in range(products.shape[0]):
        values = products[row]
        for begin in range(row + 1 if same else 0, len(values), RUN):
            end = min(begin + RUN, len(values))
            if _any_reaches(values[begin:end], across.least[begin:end], above.least[row]):
                for column in range(begin, end):
                    if values[column] >= above.least[row] or values[column] >= across.least[column]:
                        dot = _dot(above.grid[row], across.grid[column])
                        _offer(above, row, dot, across.search.start + column, step)
                        _offer(across, column, dot, above.search.start + row, step)


@njit(cache=True, nogil=True)
@no_type_check
def _any_reaches(values: Int32[np.ndarray, "n"], leasts: Int32[np.ndarray, "n"], least: int) -> bool:
    """Whether a value reaches its own least or the one of all."""
    reaches = False
    for place in range(len(values)):
        reaches |= (values[place] >= least) | (values[place] >= leasts[place])
    return reaches


@njit(cache=True, nogil=True)
@no_type_check
def _dot(one: Int16[np.ndarray, "d"], other: Int16[np.ndarray, "d"]) -> np.float32:
    total = np.int32(0)
    for place in range(len(one)):
        total += np.int32(one[place]) * np.int32(other[place])
    return np.float32(total)


@njit(cache=True, nogil=True)
@no_type_check
def _offer(sought: Sought, face: int, dot: np.float32, partner: int, step: float) -> None:
    """Enter a partner if it is of use; of what comes later, coarse products must be as good as the list's last."""
    if dot >= sought.search.bounds[face]:
        _append(sought.search, face, dot, partner)
        sought.least[face] = math.floor((sought.search.bounds[face] - sought.margins[face]) / step)
