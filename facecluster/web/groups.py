"""Faces -> whom a page shows as one: a person, as far as anybody or the machine is sure, else a cluster."""

import numpy as np
import pandas as pd

SURE = ("human", "imported", "automatic")
"""Provenance of names that stand; a proposal waits for an answer, and its face stays with its cluster."""


def with_groups(faces: pd.DataFrame) -> pd.DataFrame:
    """The faces with their `group` (Int64): -1, -2, ... for people, from 0 for clusters, NA for a face alone.

    Args:
        faces: columns cluster_id (Int32; NA: alone), person (from 0; -1: nobody's) and provenance (of the person).
    """
    persons = faces["person"].astype("Int64").where(faces["provenance"].isin(SURE))
    return faces.assign(group=(-1 - persons).fillna(faces["cluster_id"].astype("Int64")))


def group_numbers(faces: pd.DataFrame) -> dict[int, int]:
    """The number of each group on the page, from 1 by falling number of faces; of equals, people first.

    Args:
        faces: column group (Int64; NA: alone).
    """
    groups, sizes = np.unique(faces["group"].dropna().to_numpy(np.int64), return_counts=True)
    # Numbers of people are negative, so they come first of equals.
    return {group: number for number, group in enumerate(groups[np.argsort(-sizes, kind="stable")].tolist(), 1)}


def group_names(faces: pd.DataFrame) -> dict[int, str]:
    """The names of the groups that have one.

    Args:
        faces: columns group (Int64; NA: alone) and name (of the person; None: there is none).
    """
    people = faces.loc[(faces["group"] < 0) & faces["name"].notna()].drop_duplicates("group")
    return dict(zip(people["group"].tolist(), people["name"].tolist(), strict=True))


def cluster_numbers(faces: pd.DataFrame) -> dict[int, int]:
    """The number of the group that most faces of each cluster are in.

    Args:
        faces: columns cluster_id (Int32) and group (Int64); NA: alone.
    """
    numbers = group_numbers(faces)
    both = faces[["cluster_id", "group"]].dropna().value_counts(sort=True).reset_index()
    first = both.drop_duplicates("cluster_id")
    return dict(zip(first["cluster_id"].tolist(), map(numbers.__getitem__, first["group"].tolist()), strict=True))
