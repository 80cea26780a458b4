"""int8 is made in one place, from the twin and pictures; what is judged on was not calibrated on."""

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.cameras import replay
from appliance.frame import Detections
from appliance.nets import Catalogue, NetError, PersonDetector
from appliance.nets.agreement import agreements, overlaps
from appliance.nets.layers import REST, layers_of
from appliance.nets.letterbox import letterbox
from appliance.nets.quantise import grey_of, int8_of
from appliance.nets.sample import Sample

SIZE = (320, 192)
ENTRY = Catalogue().find("person")


@pytest.fixture(scope="module")
def pictures():
    frames = replay("tests/scenes/overhead.mp4").frames()
    return [letterbox(f.image, *SIZE)[0] for f in frames if f.index % 20 == 0][:8]


@pytest.fixture(scope="module")
def own(pictures):
    return int8_of(ENTRY.read_twin(), pictures[::2], grey_of(ENTRY.read_twin()))


def test_what_is_made_of_the_twin_is_int8_and_takes_the_pictures_own_bytes(own):
    model = onnx.load_from_string(own)
    weights = [t for t in model.graph.initializer if len(t.dims) == 4]
    answers = [t for t in weights if t.name.startswith("net.o.")]
    assert (len(weights), len(answers)) == (34, 3)
    assert {t.data_type for t in answers} == {onnx.TensorProto.FLOAT}
    assert {t.data_type for t in weights if t not in answers} == {onnx.TensorProto.INT8}
    assert not [n for n in model.graph.node if n.op_type in ("Cast", "Sub")]
    assert abs(len(own) - len(ENTRY.read())) < 1000


def test_scores_are_not_rounded_to_the_coarse_scale_of_the_distances(own, pictures):
    detector = PersonDetector(ENTRY, SIZE, least=0.1, twin=own)
    scores = np.sort(np.concatenate([detector.detect(picture).scores for picture in pictures]))
    assert len(scores) > 10
    assert len(np.unique(scores)) == len(scores)


def test_the_same_pictures_give_the_same_file(own, pictures):
    assert int8_of(ENTRY.read_twin(), pictures[::2], grey_of(ENTRY.read_twin())) == own


def test_int8_answers_close_to_fp32_and_fp32_as_itself(own, pictures):
    fresh, twin = agreements(ENTRY, SIZE, ENTRY.read_twin(), [own], pictures[1::2])
    assert (twin.apart, twin.same) == (0.0, 1.0)
    assert 0 < fresh.apart < 0.15
    assert fresh.same > 0.7


def test_every_layer_is_told_and_its_work_adds_up(own, pictures):
    *layers, rest = layers_of(own, ENTRY.read_twin(), SIZE, pictures)
    assert (len(layers), rest.name, rest.snr_db) == (34, REST, None)
    stem = layers[0]  # 32 filters of 3 x 3 x 3 over a quarter of the picture
    assert stem.multiply_adds == 32 * 27 * SIZE[0] * SIZE[1] // 4
    assert all(10 < layer.snr_db < 60 for layer in layers)
    assert all(layer.int8_ms > 0 and layer.fp32_ms > 0 for layer in layers)
    answers = [layer for layer in layers if "/o." in layer.name]  # these stay in fp32
    assert len(answers) == 3
    assert all(layer.fp32_bytes == layer.int8_bytes * (1 if layer in answers else 4) for layer in layers)
    assert rest.int8_ms < sum(layer.int8_ms for layer in layers)


def test_a_file_that_is_no_twin_of_ours_is_one_line():
    model = onnx.helper.make_model(onnx.helper.make_graph([], "empty", [], []))
    with pytest.raises(NetError, match="can't be quantised") as caught:
        grey_of(model.SerializeToString())
    assert "\n" not in str(caught.value)


class Sees:
    """Says that there is somebody where the picture is bright."""

    def detect(self, image):
        scores = np.array([0.9] if image.mean() > 100 else [0.1], np.float32)
        return Detections(np.zeros((1, 4), np.float32), scores, np.zeros((1, 2), np.float32))


@given(st.lists(st.booleans(), max_size=80))
def test_a_sample_holds_at_most_a_quarter_of_empty_pictures_and_judges_on_others_than_it_calibrates_on(came):
    sample = Sample(24, (32, 32), Sees())
    for number, somebody in enumerate(came):
        image = np.full((32, 32, 3), 200 if somebody else 50, np.uint8)
        image[0, 0] = number
        sample.offer(image)
    assert sample.people == min(18, sum(came))
    measured, judged = sample.split()
    numbers = [int(picture[0, 0, 0]) for picture in (*measured, *judged)]
    assert len(set(numbers)) == len(numbers) <= 24
    empty = sum(picture.mean() < 100 for picture in (*measured, *judged))
    assert empty <= max(1, sample.people // 3)


def test_a_net_finds_in_a_kept_picture_what_it_found_before():
    frames = [f.image.copy() for f in replay("tests/scenes/overhead.mp4").frames() if f.index in (40, 80)]
    sample = Sample(24, SIZE, PersonDetector(ENTRY, SIZE))
    for image in frames:
        sample.offer(image)
    assert sum(map(len, sample.split())) == len(frames)


boxes = st.lists(st.tuples(*[st.floats(0, 100)] * 2, *[st.floats(1, 50)] * 2), min_size=1, max_size=5)


@given(boxes, boxes)
def test_overlap_is_whole_with_itself_symmetric_and_a_share(a, b):
    a, b = (np.array([(x, y, x + w, y + h) for x, y, w, h in rows], np.float32) for rows in (a, b))
    np.testing.assert_allclose(np.diag(overlaps(a, a)), 1, rtol=1e-3)
    np.testing.assert_allclose(overlaps(a, b), overlaps(b, a).T, rtol=1e-4)
    assert (overlaps(a, b) >= 0).all()
    assert (overlaps(a, b) <= 1.001).all()
