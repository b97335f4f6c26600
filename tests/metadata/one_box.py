"""metadata.frames for a box alone."""

import numpy as np

from facecluster.metadata.frames import stored_boxes, upright_boxes


def stored_box(box_px, frame):
    """A box in px of the upright image as a box in parts of the stored one."""
    return tuple(stored_boxes(np.array([box_px], np.float64), frame)[0].tolist())


def upright_box(box, frame):
    """A box in parts of the stored image as a box in px of the upright one."""
    return tuple(upright_boxes(np.array([box], np.float64), frame)[0].tolist())
