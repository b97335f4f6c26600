"""The cosine above which two faces of a library count as the same person's."""

from statistics import NormalDist

MAX_COSINE = 0.99  # a threshold beyond it would part two copies of one face


def link_threshold(n_faces: int, impostor_median: float, impostor_sd: float, false_links: float) -> float:
    """The cosine that a face exceeds with about `false_links` strangers among the `n_faces` of its library.

    Every face meets every stranger, so the threshold must rise with the library: at a fixed one the chance links
    multiply until all people hang together. Cosines of strangers are nearly Gaussian, hence median + sd * z(false_links
    / n_faces), where z(p) is exceeded with probability p: the Bonferroni correction of one test a stranger.

    Args:
        n_faces: faces in the library; fewer than two are taken as two.
        impostor_median: median cosine of two different people under the pack that made the vectors.
        impostor_sd: their standard deviation, above 0.
        false_links: expected links of one face to strangers, above 0 and at most 1.

    Raises:
        ValueError: a number is out of its range.
    """
    if not (-1 <= impostor_median <= 1 and 0 < impostor_sd <= 1 and 0 < false_links <= 1):
        raise ValueError(
            "expected -1 <= impostor_median <= 1, 0 < impostor_sd <= 1 and 0 < false_links <= 1, "
            f"found {impostor_median}, {impostor_sd} and {false_links}"
        )
    # By symmetry -z(p): the upper tail itself, without the rounding of 1 - p.
    deviations = -NormalDist().inv_cdf(false_links / max(n_faces, 2))
    return min(impostor_median + impostor_sd * deviations, MAX_COSINE)
