"""Draws the tables of confusion for the documentation: `python -m bench.pictures`, where labelled messages are at hand."""

from pathlib import Path

import matplotlib as mpl
import typer

mpl.use("Agg")
from matplotlib import pyplot as plt

from bench.understanding import DATA, FULL, PETITION, ROOT, TITLE, labelled
from nlp.evaluate import Columns, confusion
from nlp.taxonomy import Taxonomy
from nlp.understanding import Reader

FOLDER = ROOT / "docs" / "pictures"


def draw(taxonomy: Taxonomy, table: dict[tuple[str, str], int], title: str, path: Path) -> None:
    """Rows are what is right, columns what was answered."""
    codes = [code for code in taxonomy.categories if any(code in pair for pair in table)]
    counts = [[table.get((right, given), 0) for given in codes] for right in codes]
    shares = [[count / max(1, sum(row)) for count in row] for row in counts]
    size = 2.6 + 0.42 * len(codes)
    figure, axes = plt.subplots(figsize=(size, size))
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for row, line in enumerate(counts):
        for column, count in enumerate(line):
            if count:
                colour = "white" if shares[row][column] > 0.6 else "black"
                axes.text(column, row, str(count), ha="center", va="center", fontsize=8, color=colour)
    axes.set_xticks(range(len(codes)), codes, rotation=60, ha="right", fontsize=8)
    axes.set_yticks(range(len(codes)), codes, fontsize=8)
    axes.set_xlabel("answered")
    axes.set_ylabel("right")
    axes.set_title(title, fontsize=9)
    figure.tight_layout()
    figure.savefig(path, dpi=110, metadata={"Software": None})
    plt.close(figure)


def main() -> None:
    if not DATA.is_dir():
        typer.echo(f"no labelled messages in {DATA.relative_to(ROOT.parent)} beside the tree: nothing to draw", err=True)
        raise typer.Exit(1)
    FOLDER.mkdir(parents=True, exist_ok=True)
    requests, petitions = labelled()
    grid, petition = Taxonomy.default(), Taxonomy.load(PETITION)
    for taxonomy, rows, columns, name, title in (
        (petition, petitions, FULL, "petitions", "448 petitions, title and body, no learning"),
        (petition, petitions, TITLE, "petition_titles", "448 petitions, title only, no learning"),
        (grid, requests, Columns(), "requests", "216 requests, no learning"),
    ):
        reader = Reader(taxonomy)
        answers = [reader.understand(columns.words(row)) for row in rows]
        draw(taxonomy, confusion(taxonomy, rows, columns, answers), title, FOLDER / f"confusion_{name}.png")


if __name__ == "__main__":
    typer.run(main)
