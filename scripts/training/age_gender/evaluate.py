"""How right the age and gender net is: clean, and degraded to what a ceiling camera gives; beside face-api.js.

    python -m scripts.training.age_gender.evaluate ../shared/train/faces/open ../shared/train/faces/utk \\
        --yardsticks ../shared/weights/faces

Faces of the split "val", or "eval" where nothing of a source is for training. Exact ages give the mean error in years;
bands give the share in the right band and in the right or the next one, and the recall of each; "child" is under ten,
found at the threshold that calls 2 % of adults children.
"""

import csv
import random
import runpy
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click
import cv2
import numpy as np

from appliance.nets import AgeGender, Catalogue
from scripts.training.age_gender.faces import BANDS, Face, degrade, read_faces

CHILD, ADULT, FALSE_CHILDREN = 10, 20, 0.02
YEARS = np.arange(101)
OF_YEAR = np.array([next(i for i, (low, high) in enumerate(BANDS) if low <= year <= high) for year in YEARS])

Guesser = Callable[[np.ndarray], tuple[np.ndarray, float]]  # a face -> (probabilities of ages, of a man)


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """Answers to a set of faces: probabilities of ages N x 101, of a man N, and the faces."""

    ages: np.ndarray
    man: np.ndarray
    faces: list[Face]

    def band(self) -> np.ndarray:
        """Return the most probable band of each."""
        return np.stack([self.ages[:, i == OF_YEAR].sum(1) for i in range(len(BANDS))], 1).argmax(1)


def figures(told: Told) -> dict[str, float]:
    """Return every figure of a set of answers."""
    low, high = (np.array([getattr(f, end) for f in told.faces]) for end in ("low", "high"))
    true, band = OF_YEAR[(low + high) // 2], told.band()
    error = np.abs((told.ages * YEARS).sum(1) - (low + high) / 2)
    man = np.array([f.man for f in told.faces])
    rows = {"exact": (band == true).mean(), "one off": (abs(band - true) <= 1).mean()}
    rows |= {"years": error[low == high].mean()} if (low == high).any() else {}
    rows |= {"gender": ((told.man > 0.5) == man).mean()}
    if (high < CHILD).any() and (low >= ADULT).any():
        rows |= {"child": child_recall(told.ages[:, :CHILD].sum(1), low, high)}
    return rows | {f"{a}-{b}": (band[true == i] == i).mean() for i, (a, b) in enumerate(BANDS) if (true == i).any()}


def child_recall(child: np.ndarray, low: np.ndarray, high: np.ndarray) -> float:
    """Return the share of children found where 2 % of adults are called children."""
    adults = np.sort(child[low >= ADULT])[::-1]
    threshold = adults[int(FALSE_CHILDREN * len(adults))]
    return float((child[high < CHILD] > threshold).mean())


def views(faces: list[Face], size: int | None) -> list[np.ndarray]:
    """Return the faces clean, or as a camera gives them `size` pixels wide: the same for every net."""
    rng = random.Random(2026)
    images = [cv2.imread(str(face.path)) for face in faces]
    return images if size is None else [degrade(image, size, 0.8, rng) for image in images]


def yardstick(folder: Path) -> Guesser:
    """Return face-api.js's net, with the decoder of the folder's `nets.py`; its one age becomes a distribution."""
    net = runpy.run_path(str(folder / "nets.py"))["make_agegender"]("faceapi")

    def guess(image: np.ndarray) -> tuple[np.ndarray, float]:
        age, man = net([image])
        spread = np.exp(-0.5 * ((YEARS - age[0]) / 3) ** 2)
        return spread / spread.sum(), float(man[0])

    return guess


def write_answers(told: Told, path: Path) -> None:
    """Write what the net says on the average of each band and gender (see appliance.nets.answers)."""
    low, high = (np.array([getattr(f, end) for f in told.faces]) for end in ("low", "high"))
    man, of = np.array([f.man for f in told.faces]), OF_YEAR[(low + high) // 2]
    rows = [[(min(b, 80) + a) / 2, *told.ages[of == i].mean(0).round(5).tolist()] for i, (a, b) in enumerate(BANDS)]
    rows += [[name, round(float(told.man[man == (name == "m")].mean()), 4)] for name in ("m", "f")]
    with path.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


@click.command(help=__doc__)
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--size", "sizes", multiple=True, default=[0, 32, 24], show_default=True, help="0: clean")
@click.option("--fp32", is_flag=True, help="judge the fp32 twin instead")
@click.option("--answers", type=click.Path(path_type=Path), help="write how it errs at the last size there: CSV")
@click.option("--yardsticks", "others", type=click.Path(path_type=Path, exists=True), help="a folder of others' nets")
def evaluate(
    folders: tuple[Path, ...], sizes: tuple[int, ...], fp32: bool, answers: Path | None, others: Path | None
) -> None:
    entry = Catalogue().find("age-gender")
    net = AgeGender(entry, twin=entry.read_twin() if fp32 else None)

    def ours(image: np.ndarray) -> tuple[np.ndarray, float]:
        guess = net.look(image)
        return guess.ages, guess.man

    nets: dict[str, Guesser] = {"ours": ours} | ({"face-api.js": yardstick(others)} if others else {})
    for folder in folders:
        faces = read_faces(folder, "val") or read_faces(folder, "eval")
        for size in sizes:
            images = views(faces, size or None)
            for name, guess in nets.items():
                ages, man = zip(*(guess(image) for image in images), strict=True)
                told = Told(np.array(ages), np.array(man), faces)
                click.echo(f"{folder.name} {size or 'clean'} {name}: {line_of(figures(told))}")
                if name == "ours":
                    say_by_ethnicity(told)
                if name == "ours" and answers:
                    write_answers(told, answers)


def say_by_ethnicity(told: Told) -> None:
    """Print the two main figures by ethnicity, as labelled by others."""
    for group in sorted({face.ethnicity for face in told.faces}):
        chosen = np.array([face.ethnicity == group for face in told.faces])
        part = Told(told.ages[chosen], told.man[chosen], [f for f in told.faces if f.ethnicity == group])
        found = figures(part)
        click.echo(f"    {group} ({chosen.sum()}): exact {found['exact']:.2f}, gender {found['gender']:.2f}")


def line_of(found: dict[str, float]) -> str:
    """Return figures as one line."""
    return ", ".join(f"{name} {value:.2f}" for name, value in found.items())


if __name__ == "__main__":
    evaluate()
