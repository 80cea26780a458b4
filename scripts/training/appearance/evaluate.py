"""How well the appearance net tells people apart, int8 beside fp32, and OSNet x0.25 beside both.

    python -m scripts.training.appearance.evaluate --looks .cache/synthetic_shop/looks --clips ../shared/clips \\
        --yardsticks ../shared/weights

Synthetic people it never saw: each crop is searched for among all crops of its shop's 30 people under other cameras
and lights than its own, or under its own. A threshold is where 1 % of the pairs of different people of one validation
shop match, under two cameras or under one; false matches (of one shop) and recall are told at it on the test shops.
Infrared and colour meet in one row alone. Real people: the ends of tracks, at the threshold of one camera, and at
their own.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import click
import cv2
import numpy as np

from appliance.clock import stopwatch
from appliance.nets import Catalogue
from appliance.nets.appearance import AppearanceReader
from appliance.nets.session import Session
from scripts.training.appearance.looks import Look, plain, read_looks
from scripts.training.appearance.matching import Figures, figures, threshold_of
from scripts.training.appearance.tracks import Followed, followed_in, pairs

Read = Callable[[np.ndarray], np.ndarray]
FALSE = 0.01
TWO, ONE, REAL = "two-cameras", "one-camera", "real-tracks"
DARK = ("night", "ir")


def osnet(path: Path) -> Read:
    """Return OSNet x0.25 (torchreid, MIT; learnt from MSMT17): a crop -> its unit vector."""
    net = Session(path.read_bytes(), (128, 256))

    def read(crop: np.ndarray) -> np.ndarray:
        picture = cv2.cvtColor(cv2.resize(crop, (128, 256)), cv2.COLOR_BGR2RGB).astype(np.float32) / 255
        picture = (picture - (0.485, 0.456, 0.406)) / (0.229, 0.224, 0.225)
        vector = net.run(picture.transpose(2, 0, 1)[None].astype(np.float32))[0][0]
        return np.asarray(vector / np.linalg.norm(vector))

    return read


def kinds(looks: list[Look]) -> Iterator[tuple[str, str, np.ndarray]]:
    """Yield whose threshold it is, a name, and the pairs (N x N) that count: of which cameras and lights they are."""
    shops, scenes = np.array([k.shop for k in looks]), np.array([k.scene for k in looks])
    lights = np.array([k.light for k in looks])
    infrared, dark = lights == "ir", np.isin(lights, DARK)
    uniform = np.array([k.uniform for k in looks])
    place = shops * 10 + scenes
    other, alone = place[:, None] != place[None], np.eye(len(looks), dtype=bool)
    home = same_shop(looks)
    colour = ~infrared[:, None] & ~infrared[None]
    staff = uniform[:, None] & uniform[None] & home
    yield TWO, "two cameras, two lights", other & colour & home
    yield TWO, "  searched for in all shops", other & colour
    yield TWO, "  none of them at night", other & colour & home & ~dark[:, None] & ~dark[None]
    yield TWO, "  staff of one shop, in uniform", other & colour & staff
    yield ONE, "one camera, another place", ~other & ~alone
    yield ONE, "  in infrared", ~other & ~alone & infrared[:, None] & infrared[None]
    yield TWO, "infrared against colour", other & home & (infrared[:, None] != infrared[None])


def alike(read: Read, crops: list[np.ndarray]) -> tuple[np.ndarray, float]:
    """Return the similarities of crops (N x N), and the median milliseconds of one look."""
    vectors, times = [], []
    for crop in crops:
        started = stopwatch()
        vectors.append(read(crop))
        times.append(1000 * (stopwatch() - started))
    stacked = np.stack(vectors)
    return stacked @ stacked.T, median(times)


def same_person(looks: list[Look]) -> np.ndarray:
    who = np.array([k.shop * 1000 + k.person for k in looks])
    return who[:, None] == who[None]


def same_shop(looks: list[Look]) -> np.ndarray:
    shops = np.array([k.shop for k in looks])
    return shops[:, None] == shops[None]


def working_thresholds(read: Read, looks: list[Look]) -> dict[str, float]:
    """Return the cosines that FALSE of the pairs of different people of one shop reach, under two cameras and one."""
    table, same, near = alike(read, [plain(k.image) for k in looks])[0], same_person(looks), same_shop(looks)
    firsts: dict[str, float] = {}
    for which, _, counts in kinds(looks):
        firsts.setdefault(which, threshold_of(table, same, counts & near, FALSE))
    return firsts


def of_tracks(read: Read, tracks: list[Followed]) -> np.ndarray:
    """Return the similarities of the ends of tracks, the mean of some looks each."""
    ends = [track.ends() for track in tracks]
    means = [np.mean([read(crop) for crop in end], axis=0) for side in (0, 1) for end in (e[side] for e in ends)]
    stacked = np.stack(means)
    stacked /= np.linalg.norm(stacked, axis=1, keepdims=True)
    return stacked @ stacked.T


def real_threshold(read: Read, tracks: list[Followed]) -> float:
    """Return the cosine that FALSE of the pairs of people reach who are in a clip together."""
    return threshold_of(of_tracks(read, tracks), *pairs(tracks), FALSE)


@click.command(help=__doc__)
@click.option("--looks", "folder", type=click.Path(path_type=Path, exists=True), required=True)
@click.option(
    "--judged", "unseen", type=click.Path(path_type=Path, exists=True), help="test shops [default: of --looks]"
)
@click.option("--clips", type=click.Path(path_type=Path, exists=True), help="real clips, of which nothing is learnt")
@click.option(
    "--yardsticks", type=click.Path(path_type=Path, exists=True), help="a folder with osnet_x0_25_msmt17.onnx"
)
@click.option("--models", type=click.Path(path_type=Path, exists=True), help="[default: models]")
def evaluate(
    folder: Path, unseen: Path | None, clips: Path | None, yardsticks: Path | None, models: Path | None
) -> None:
    cv2.setNumThreads(1)
    entry = (Catalogue(models) if models else Catalogue()).find("appearance")
    readers: dict[str, Read] = {"int8": AppearanceReader(entry).look}
    if (twin := entry.read_twin()) is not None:
        readers["fp32"] = AppearanceReader(entry, twin=twin).look
    if yardsticks:
        readers["OSNet x0.25"] = osnet(yardsticks / "osnet_x0_25_msmt17.onnx")
    told, judged = read_looks(folder, "val"), read_looks(unseen or folder, "test")
    same, near = same_person(judged), same_shop(judged)
    tracks = followed_in(clips) if clips else []
    people, shops = len({k.identity for k in judged}), len({k.shop for k in judged})
    click.echo(f"{len(judged)} crops of {people} people in {shops} shops, none seen before")
    for name, read in readers.items():
        thresholds = working_thresholds(read, told)
        table, ms = alike(read, [plain(k.image) for k in judged])
        click.echo(
            f"\n{name}: {ms:.2f} ms a look; thresholds {', '.join(f'{k} {v:.3f}' for k, v in thresholds.items())}"
        )
        click.echo(f"{'':34}{'rank-1':>8}{'mAP':>8}{'false':>8}{'recall':>8}")
        for which, label, counts in kinds(judged):
            _tell(label, figures(table, same, counts, thresholds[which], near))
        if tracks:
            real, truth = of_tracks(read, tracks), pairs(tracks)
            _tell(f"ends of {len(tracks)} real tracks", figures(real, *truth, thresholds[ONE]))
            own = real_threshold(read, tracks)
            _tell(f"  at their own threshold {own:.3f}", figures(real, *truth, own))


def _tell(label: str, row: Figures) -> None:
    click.echo(
        f"{label:34}{row.rank1:8.3f}{row.mean_precision:8.3f}{row.false:8.4f}{row.recall:8.3f}  ({row.searches})"
    )


if __name__ == "__main__":
    evaluate()
