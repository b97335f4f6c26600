"""Condensed trees as the tables of a run hold them, for the tests of the picture."""

import numpy as np
import pandas as pd


def tables(nodes, faces):
    """Both tables from (parent, birth, cluster) a node and (node, departure) a face; sizes follow from the faces."""
    sizes = np.bincount([node for node, _ in faces], minlength=len(nodes))
    for node in range(len(nodes) - 1, -1, -1):
        if nodes[node][0] is not None:
            sizes[nodes[node][0]] += sizes[node]
    parents, births, clusters = zip(*nodes, strict=True) if nodes else ((), (), ())
    return (
        pd.DataFrame(
            {
                "node": pd.array(range(len(nodes)), "Int32"),
                "parent": pd.array(parents, "Int32"),
                "birth": np.array(births, np.float32),
                "size": pd.array(sizes, "Int32"),
                "cluster_id": pd.array(clusters, "Int32"),
            }
        ),
        pd.DataFrame(
            {
                "tree_node": pd.array([node for node, _ in faces], "Int32"),
                "departure": pd.array([departure for _, departure in faces], "Float32"),
            }
        ),
    )


def two_people():
    """Ten faces: one leaves at .4, at .5 the others part into a person of five and one of four."""
    faces = [(0, 0.4), *[(1, 0.8)] * 5, (2, 0.7), *[(2, 0.85)] * 3]
    return tables([(None, 0.3, None), (0, 0.5, 0), (0, 0.5, 1)], faces)


def grown(n_people, n_looks, faces_a_look=3):
    """People that part at once, each of several looks."""
    nodes = [(None, 0.3, None), *[(0, 0.5, person) for person in range(n_people)]]
    nodes += [(1 + person, 0.6, None) for person in range(n_people) for _ in range(n_looks)]
    return tables(nodes, [(node, 0.8) for node in range(1 + n_people, len(nodes)) for _ in range(faces_a_look)])
