"""Average weights of runs from one start (Wortsman et al. 2022): better than each of them, and it forgets less.

python -m scripts.training.soup models/fp32/person.onnx runs/a/weights.npz runs/b/weights.npz=0.5 --out runs/person.npz

A part is a run's weights or a shipped fp32 twin, with its share behind `=` where that is not 1.
"""

from pathlib import Path

import click
import numpy as np

from scripts.training.weights import stored_weights


def average(parts: list[tuple[Path, float]]) -> dict[str, np.ndarray]:
    """Return the weighted mean of weights."""
    total = sum(share for _, share in parts)
    loaded = [(stored_weights(path), share / total) for path, share in parts]
    return {name: sum(share * w[name].astype(np.float32) for w, share in loaded) for name in loaded[0][0]}


@click.command(help=__doc__)
@click.argument("weights", nargs=-1, required=True)
@click.option("--out", type=click.Path(path_type=Path), required=True)
def soup(weights: tuple[str, ...], out: Path) -> None:
    parts = [(Path(text.split("=")[0]), float(text.split("=")[1]) if "=" in text else 1.0) for text in weights]
    np.savez_compressed(out, **{name: value.astype(np.float16) for name, value in average(parts).items()})
    click.echo(f"{out}: of {len(parts)}")


if __name__ == "__main__":
    soup()
