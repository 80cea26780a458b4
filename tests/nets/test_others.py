"""The nets of others mean here what they mean to those who published them."""

import runpy

import cv2
import numpy as np
import pytest

from appliance.nets import Catalogue, open_detector
from scripts.training.pictures import read_folder

THEIRS = {"yolox-nano": "yolox_nano", "nanodet-plus-m": "nanodet_plus_m", "fastestdet": "fastestdet"}


@pytest.mark.parametrize("name", THEIRS)
def test_a_decoder_gives_the_boxes_of_the_reference(shared, name):
    theirs = runpy.run_path(str(shared / "weights/nets.py"))["load"](THEIRS[name])
    ours = open_detector(Catalogue(pulled=shared / "weights").find(name), (384, 224), least=0.1)
    people = 0
    for picture in read_folder(shared / "train/person2", "val")[:12]:
        image = cv2.imread(str(picture.path))
        found, told = ours.detect(image), theirs(image, 0.1)
        np.testing.assert_allclose(found.boxes, told[:, :4], atol=0.6)
        np.testing.assert_allclose(found.scores, told[:, 4], atol=1e-3)
        people += len(told)
    assert people > 10
