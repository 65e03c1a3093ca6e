"""How well and how fast messages are understood: `python -m bench.understanding`, and a part of `make bench`.

Labelled messages stay outside of the tree: they are looked for in `../shared/data` beside it, and without them only speed,
start-up and memory are measured, on requests of the tests' own.
"""

import csv
import gc
import json
import logging
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import jieba
import typer
import yaml
from rich.console import Console
from rich.table import Table

from nlp.evaluate import Columns, cross_validate, evaluate_rows
from nlp.normalise import normalise
from nlp.places import PlaceName, Places
from nlp.redact import find_private
from nlp.taxonomy import Taxonomy
from nlp.understanding import Reader

Json = dict[str, Any]
ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data"
OWN = ROOT / "tests" / "nlp" / "requests"
PETITION = ROOT / "nlp" / "taxonomies" / "petition.yaml"
TITLE, FULL = Columns(("title",), "label", None), Columns(("title", "body"), "label", None)
TOWN = ROOT / "bot" / "towns" / "chengguan.yaml"
FIRST = (
    "阳光 幸福 锦绣 金色 东方 滨江 翠竹 和谐 平安 富康 祥和 龙城 凤凰 桂花 丽景 世纪 惠民 安居 新世纪 江景 "
    "学府 御景 天润 银河 泰和 青松 解放 人民 建设 中山 文化 滨河 商贸 振兴 朝阳 胜利 和平 团结 "
    "迎宾 环城 青年 民主 健康 光明 沿江 水岸 书香 明珠 长青 荷花"
)
LAST = "小区 花园 家园 苑 新村 公寓 华庭 家属院 路 街 巷 大道"
ROUNDS = 5
FOLDS = 10
GOALS = {
    "petitions_full": ("macro_f1", 0.85),
    "petitions_title": ("macro_f1", 0.80),
    "petitions_full_learned": ("macro_f1", 0.91),
    "petitions_title_learned": ("macro_f1", 0.86),
    "requests": ("accuracy", 0.85),
}
_BARE = (
    "import jieba, logging; jieba.setLogLevel(logging.WARNING); t = jieba.Tokenizer(); t.initialize(); list(t.cut('水管漏水'))"
)
_OURS = "from nlp.understanding import Reader, Taxonomy; Reader(Taxonomy.default()).understand('水管漏水')"
_MEASURED = (
    "import time; begun = time.perf_counter(); exec({code!r}); spent = time.perf_counter() - begun\n"
    "import json, psutil; print(json.dumps([spent, psutil.Process().memory_info().rss / 2**20]))"
)


def figures(told: Callable[[str], None], *, learned: bool = True) -> Json:
    """Everything that is measured."""
    grid, petition = Taxonomy.default(), Taxonomy.load(PETITION)
    found: Json = {"data": DATA.is_dir()}
    own = list(own_requests())
    found["own_requests"] = _short(evaluate_rows(grid, own, Columns()))
    texts = {"requests": [row["text"] for row in own]}
    if DATA.is_dir():
        requests, petitions = labelled()
        found["requests"] = _short(evaluate_rows(grid, requests, Columns())) | _emergencies(grid, requests)
        for name, columns in (("petitions_title", TITLE), ("petitions_full", FULL)):
            found[name] = _short(evaluate_rows(petition, petitions, columns))
            if learned:
                told(f"learning {FOLDS} times: {name}")
                found[f"{name}_learned"] = _short(cross_validate(petition, petitions, columns, FOLDS))
        texts = {"requests": [row["text"] for row in requests], "petitions": [FULL.words(row) for row in petitions]}
    told("timing")
    found["time"] = {
        name: _times(petition if name == "petitions" else grid, some) for name, some in texts.items()
    }  # each beside jieba on the same texts
    found["start_up"] = {"jieba": _process(_BARE), "wishlight": _process(_OURS)}
    return found


def own_requests() -> Iterator[Json]:
    """The tests' own requests: nobody fitted a word list to them."""
    for path in sorted(OWN.glob("*.yaml")):
        for category, kinds in yaml.safe_load(path.read_text("utf-8")).items():
            for kind, lines in kinds.items():
                for line in lines.splitlines():
                    yield {"text": line, "category": category, "kind": kind}


def labelled() -> tuple[list[Json], list[Json]]:
    """Requests and petitions."""
    requests = [json.loads(line) for line in (DATA / "requests_labelled.jsonl").read_text("utf-8").splitlines()]
    with (DATA / "petitions_labelled.csv").open(encoding="utf-8-sig", newline="") as file:
        return requests, list(csv.DictReader(file))


def town_names(more: int = 600) -> list[PlaceName]:
    """Every area of the town that comes with the program, and as many estates and roads again as a town has."""
    rows = yaml.safe_load(TOWN.read_text("utf-8"))["areas"]
    names = [
        PlaceName(row["code"], row["name"], tuple(row.get("aliases", ())), row["level"], row.get("parent")) for row in rows
    ]
    grids = [row["code"] for row in rows if row["level"] == "grid"]
    inside = [f"{first}{last}" for last in LAST.split() for first in FIRST.split()][:more]
    made = [
        PlaceName(grids[number % len(grids)], name, level="road" if name[-1] in "路街巷" else "estate")
        for number, name in enumerate(inside)
    ]
    return [*names, *made]


def _short(found: Json) -> Json:
    return {name: value for name, value in found.items() if name != "reliability"}


def _emergencies(taxonomy: Taxonomy, rows: list[Json]) -> Json:
    reader = Reader(taxonomy)
    alarms = [(row["kind"] == "emergency", reader.emergency(row["text"]) is not None) for row in rows]
    return {
        "emergencies_missed": sum(there and not rung for there, rung in alarms),
        "false_alarms": sum(rung and not there for there, rung in alarms),
    }


def _times(taxonomy: Taxonomy, texts: list[str]) -> Json:
    """Seconds of the processor for all texts, the best of some rounds, taken in turns."""
    jieba.setLogLevel(logging.WARNING)
    bare = jieba.Tokenizer()
    bare.initialize()
    reader = Reader(taxonomy)
    places = Places(town_names())
    doing: dict[str, Callable[[str], object]] = {
        "jieba": lambda text: list(bare.cut(text)),
        "understanding": reader.sort,
        "redaction": find_private,
        "places": lambda text: places.look(normalise(text), reader.segmenter.frequency),
        "normalising": normalise,
    }
    best = dict.fromkeys(doing, float("inf"))
    for _ in range(ROUNDS):
        for name, work in doing.items():
            gc.collect()
            begun = time.process_time()
            for text in texts:
                work(text)
            best[name] = min(best[name], time.process_time() - begun)
    micro = {f"{name}_us": round(seconds / len(texts) * 1e6, 1) for name, seconds in best.items()}
    return {"texts": len(texts), "ratio_to_jieba": round(best["understanding"] / best["jieba"], 3), **micro}


def _process(code: str) -> Json:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _MEASURED.format(code=code)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    seconds, megabytes = json.loads(done.stdout.splitlines()[-1])
    return {"seconds": round(seconds, 2), "rss_mb": round(megabytes, 1)}


def show(found: Json, console: Console) -> None:
    """For people: what was measured, and the goal beside it."""
    table = Table(title="understanding")
    for heading in ("", "n", "accuracy", "macro-F1", "goal", "not sure", "right when sure", "to leave out", "kind"):
        table.add_column(heading, justify="left" if not heading else "right", no_wrap=True)
    names = (
        "petitions_full",
        "petitions_title",
        "petitions_full_learned",
        "petitions_title_learned",
        "requests",
        "own_requests",
    )
    for name in names:
        if name not in found:
            continue
        row = found[name]
        key, goal = GOALS.get(name, ("", 0.0))
        aim = f"{'F1' if key == 'macro_f1' else 'accuracy'} ≥ {goal:g}" if key else ""
        numbers = (f"{row[column]:.3f}" for column in ("accuracy", "macro_f1"))
        sure = (f"{row[column]:.3f}" for column in ("not_sure", "accuracy_when_sure", "not_sure_needed"))
        kind = f"{row['kind_accuracy']:.3f}" if "kind_accuracy" in row else ""
        table.add_row(name.replace("_", " "), str(row["n"]), *numbers, aim, *sure, kind)
    console.print(table)
    console.print("goals: right kind ≥ 0.88; to leave out for 0.95 right on the rest ≤ 0.25; time ≤ 1.5 × jieba")
    if "requests" in found:
        row = found["requests"]
        console.print(f"emergencies missed: {row['emergencies_missed']}, false alarms: {row['false_alarms']} of {row['n']}")
    for name, row in found["time"].items():
        console.print(
            f"time per message, {name}: understanding {row['understanding_us']:g} µs = {row['ratio_to_jieba']:g} × jieba"
            f" ({row['jieba_us']:g} µs); redaction {row['redaction_us']:g} µs, places {row['places_us']:g} µs"
        )
    for name, row in found["start_up"].items():
        console.print(f"until the first answer, {name}: {row['seconds']:g} s, {row['rss_mb']:g} MB")
    if not found["data"]:
        console.print(
            f"no labelled messages in {DATA.relative_to(ROOT.parent)} beside the tree: quality on them was not measured"
        )


def main(learned: Annotated[bool, typer.Option(help="also learn, ten times over")] = True) -> None:
    """Measure how well and how fast messages are understood."""
    found = figures(Console(stderr=True).print, learned=learned)
    show(found, Console(width=128))
    typer.echo(json.dumps({"understanding": found}, ensure_ascii=False))


if __name__ == "__main__":
    typer.run(main)
