"""The commands, as a shell sees them."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sandbox.client import SandboxClient
from sandbox.server import Sandbox
from tests.bot.stage import TOKEN, WANG, until

COMMAND = [sys.executable, "-m", "bot.cli"]
ROOT = Path(__file__).parents[2]


def environment(tmp_path: Path, **values: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WISHLIGHT_")}
    kept["PYTHONPATH"] = str(ROOT)
    return kept | {f"WISHLIGHT_{name}": value for name, value in values.items()}


def wishlight(tmp_path: Path, *words: str, given: str = "", **values: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *words],
        input=given,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment(tmp_path, **values),
        timeout=120,
        check=False,
    )


def test_help_answers_at_once(tmp_path: Path) -> None:
    done = wishlight(tmp_path, "--help")
    assert done.returncode == 0
    for command in ("run", "sandbox", "migrate", "import-areas", "classify", "explain", "evaluate", "learn", "doctor"):
        assert command in done.stdout


def test_classify_prints_one_object_a_line(tmp_path: Path) -> None:
    done = wishlight(tmp_path, "classify", given="水管漏水，电话13812345678\n\n想学跳舞\n")
    assert done.returncode == 0, done.stderr
    first, second = map(json.loads, done.stdout.splitlines())
    assert {
        "text",
        "kind",
        "urgency",
        "beneficiary",
        "category",
        "confidence",
        "not_sure",
        "words",
        "public_text",
        "place",
    } <= set(first)
    assert "13812345678" not in first["public_text"]
    assert second["text"] == "想学跳舞"


def test_evaluate_prints_figures(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text('{"text": "水管漏水", "category": "home_repair"}\n', "utf-8")
    done = wishlight(tmp_path, "evaluate", "--test", "rows.jsonl")
    assert done.returncode == 0, done.stderr
    assert {"n", "accuracy", "macro_f1", "per_category", "texts_per_second"} <= set(json.loads(done.stdout))


def test_evaluate_names_a_missing_column(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("words,category\n水管漏水,home_repair\n", "utf-8")
    done = wishlight(tmp_path, "evaluate", "--test", "rows.csv")
    assert done.returncode == 2
    assert "no column text" in done.stderr


def test_evaluate_learns_from_a_file_and_cross_validates(tmp_path: Path) -> None:
    rows = [f"{street}的路灯坏了,市政设施\n{street}垃圾没人收,sanitation\n" for street in ("东街", "西街", "河街", "老城")]
    (tmp_path / "rows.csv").write_text("text,label\n" + "".join(rows), "utf-8")
    for words in (["--train", "rows.csv"], ["--folds", "2"], ["--folds", "2", "--train", "rows.csv"]):
        done = wishlight(tmp_path, "evaluate", "--test", "rows.csv", "--label", "label", *words)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["accuracy"] == 1.0


def test_evaluate_tells_what_is_wrong_with_a_taxonomy(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text("categories:\n  Bad!: {}\n", "utf-8")
    (tmp_path / "rows.csv").write_text("text,category\n水管漏水,x\n", "utf-8")
    done = wishlight(tmp_path, "evaluate", "--test", "rows.csv", "--taxonomy", "own.yaml")
    assert done.returncode == 2
    assert "own.yaml:2: Bad!: a code is" in done.stderr


def test_explain_says_why(tmp_path: Path) -> None:
    done = wishlight(tmp_path, "explain", "水管漏水，电话13812345678")
    assert done.returncode == 0, done.stderr
    assert "home_repair 便民维修" in done.stdout
    assert "hidden at 7: 13812345678 (phone)" in done.stdout
    done = wishlight(tmp_path, "explain", "--json", given="水管漏水\n想学跳舞\n")
    assert [json.loads(line)["text"] for line in done.stdout.splitlines()] == ["水管漏水", "想学跳舞"]


def test_import_areas_makes_a_town_that_the_other_commands_know(tmp_path: Path) -> None:
    rows = "编码,名称,级别,上级,小区\ncg,城关镇,镇,,\nhj,河街社区,社区,cg,阳光小区\n"
    (tmp_path / "areas.csv").write_bytes(rows.encode("gb18030"))
    looked = wishlight(tmp_path, "import-areas", "areas.csv", "--dry")
    assert looked.returncode == 0, looked.stderr
    assert "+ hj 河街社区, community in cg; estates 阳光小区" in looked.stdout
    assert not (tmp_path / "wishlight.db").exists()
    assert wishlight(tmp_path, "import-areas", "areas.csv").returncode == 0
    again = wishlight(tmp_path, "import-areas", "areas.csv")
    assert "Nothing to change" in again.stdout
    classified = wishlight(tmp_path, "classify", "杨光小区3号楼停水")
    assert json.loads(classified.stdout)["place"] == "hj"
    explained = wishlight(tmp_path, "explain", "杨光小区3号楼停水")
    assert "杨光小区@0 = 阳光小区 (fuzzy estate) in hj" in explained.stdout


def test_import_areas_tells_every_mistake_and_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "areas.csv").write_text("code,name,level,parent\n,甲,moon,\nb,,grid,nowhere\n", "utf-8")
    done = wishlight(tmp_path, "import-areas", "areas.csv")
    assert done.returncode == 2
    for words in ("row 2, code: is missing", "row 2, level: 'moon'", "row 3, name: is missing", "row 3, parent: 'nowhere'"):
        assert f"areas.csv: {words}" in done.stderr
    assert "Nothing was changed." in done.stderr
    assert not (tmp_path / "wishlight.db").exists()
    assert wishlight(tmp_path, "import-areas", "nothing.csv").returncode == 2


def test_migrate_makes_the_database(tmp_path: Path) -> None:
    done = wishlight(tmp_path, "migrate", DATABASE_URL="sqlite+aiosqlite:///made.db")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "made.db").exists()


def test_learn_keeps_compares_and_goes_back_in_sentences(tmp_path: Path) -> None:
    streets = ("东街", "西街", "南街", "北街", "河街", "桥头", "老城", "新城", "车站", "码头")
    rows = "".join(f"{street}早市的摊贩又摆到路中间了,治安安全\n" for street in streets)
    (tmp_path / "rows.csv").write_text(f"text,label\n{rows}月球上没有水,月球\n", "utf-8")
    url = {"DATABASE_URL": "sqlite+aiosqlite:///made.db"}
    missing = wishlight(tmp_path, "learn", "--list", **url)
    assert (missing.returncode, missing.stderr) == (
        2,
        "There is no database made.db: `wishlight run` or `wishlight migrate` makes it.\n",
    )
    assert not (tmp_path / "made.db").exists()
    assert wishlight(tmp_path, "migrate", **url).returncode == 0
    assert wishlight(tmp_path, "learn", "--list", **url).stdout == "No version yet: the taxonomy alone is in use.\n"
    assert wishlight(tmp_path, "learn", **url).stdout == "Too little to learn from: 10 texts are needed.\n"
    learned = wishlight(tmp_path, "learn", "rows.csv", "--label", "label", **url)
    assert learned.returncode == 0, learned.stderr
    kept, unknown, texts, right, outcome = learned.stdout.splitlines()
    assert kept == "10 texts of the file can be learned from, 10 of them new."
    assert unknown == "These labels are no categories: 月球"
    assert texts == "Learned from 8 texts; 2 others were held back to compare on."
    assert right.startswith("Right: 2 of 2, 0 before; surprise at the right answers 0.")
    assert outcome == "Version 1 is in use now, instead of the taxonomy alone."
    (line,) = wishlight(tmp_path, "learn", "--list", **url).stdout.splitlines()
    assert "in use" in line
    assert wishlight(tmp_path, "learn", "--back", **url).stdout == "Back: the taxonomy alone is in use.\n"
    assert wishlight(tmp_path, "learn", **url).stdout.startswith("Nothing new to learn")
    again = wishlight(tmp_path, "learn", "--back", **url)
    assert (again.returncode, again.stderr) == (1, "The taxonomy alone is in use: there is nothing to go back from.\n")
    assert wishlight(tmp_path, "learn", "--use", "7", **url).stderr == "There is no version 7.\n"
    assert wishlight(tmp_path, "learn", "--use", "1", **url).stdout == "Done: version 1 is in use.\n"


def test_learn_tells_what_cannot_be_meant(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("words,label\n水管漏水,home_repair\n", "utf-8")
    for words, problem in (
        (["--back", "--list"], "each go alone"),
        (["rows.csv", "--back"], "each go alone"),
        (["rows.csv"], "has no column text"),
        (["gone.csv"], "does not exist"),
    ):
        done = wishlight(tmp_path, "learn", *words)
        assert done.returncode == 2
        assert problem in done.stderr
    (tmp_path / "old.db").touch()
    done = wishlight(tmp_path, "learn", DATABASE_URL="sqlite+aiosqlite:///old.db")
    assert (done.returncode, "wishlight migrate" in done.stderr) == (2, True)
    done = wishlight(tmp_path, "learn", DATABASE_URL="postgresql+asyncpg://nobody@127.0.0.1:9/gone")
    assert (done.returncode, done.stderr) == (2, "The database cannot be reached.\n")


def test_run_tells_every_wrong_setting_and_no_secret(tmp_path: Path) -> None:
    done = wishlight(tmp_path, "run", BOT_TOKEN="hunter2", WEB_PORT="x", ADMIN="1")
    assert done.returncode == 2
    assert "WISHLIGHT_BOT_TOKEN" in done.stderr
    assert "WISHLIGHT_WEB_PORT" in done.stderr
    assert "did you mean WISHLIGHT_ADMINS" in done.stderr
    assert "Traceback" not in done.stderr
    assert "hunter2" not in done.stderr


def test_run_without_its_database_says_so_in_a_line_and_no_secret(tmp_path: Path) -> None:
    url = "postgresql+asyncpg://town:hunter2@127.0.0.1:9/town"
    done = wishlight(tmp_path, "run", BOT_TOKEN=TOKEN, DATABASE_URL=url, LOG="json")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert json.loads(line)["event"] == "ended by an error; `wishlight doctor` may say why"
    assert "hunter2" not in line


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_run_answers_and_stops_when_told(tmp_path: Path, sandbox: Sandbox, people: SandboxClient, number: int) -> None:
    trace = tmp_path / "trace.jsonl"
    values = {"BOT_TOKEN": TOKEN, "BOT_API_URL": sandbox.url, "RATE_SCALE": "100", "TRACE": str(trace)}
    log = (tmp_path / "log").open("w")
    process = subprocess.Popen(  # noqa: ASYNC220 - it is only started here
        [*COMMAND, "run"], cwd=tmp_path, env=environment(tmp_path, **values), stdout=log, stderr=log
    )
    try:
        await people.say(WANG, "/start")
        await until(lambda: _answered(people), 90.0)
        begun = time.monotonic()
        process.send_signal(number)

        async def ended() -> bool:
            return process.poll() is not None

        await until(ended, 12.0)
        assert process.returncode == 0
        assert time.monotonic() - begun < 10
    finally:
        process.kill()
        process.wait()
        log.close()
    (line,) = trace.read_text().splitlines()
    assert set(json.loads(line)) == {"update", "committed_mono_ms"}
    said = (tmp_path / "log").read_text()
    assert "王阿姨" not in said
    assert "stage-token" not in said


async def test_run_stops_when_told_while_telegram_is_away(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("w") as said:
        process = subprocess.Popen(  # noqa: ASYNC220 - it is only started here
            [*COMMAND, "run"],
            cwd=tmp_path,
            env=environment(tmp_path, BOT_TOKEN=TOKEN, BOT_API_URL="http://127.0.0.1:9"),
            stdout=said,
            stderr=said,
        )
    try:

        async def is_waiting() -> bool:  # the third pause is two seconds long
            return log.read_text().count("Telegram not reachable") == 3

        await until(is_waiting, 90.0)
        begun = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        assert time.monotonic() - begun < 1.5
    finally:
        process.kill()
        process.wait()
    assert "Traceback" not in log.read_text()


async def _answered(people: SandboxClient) -> bool:
    return len(await people.messages(WANG)) > 1


LIGHTS = ["河街路灯不亮", "河街的路灯坏了，晚上看不见，电话13812345678", "河街晚上路灯一盏都不亮"]


def test_topics_finds_what_many_speak_of(tmp_path: Path) -> None:
    rows = [f"{number},2026/3/{number} 08:00:00,{text},," for number, text in enumerate([*LIGHTS, "想学跳舞"], 1)]
    (tmp_path / "rows.csv").write_text("\n".join(["id,time,title,body,author", *rows]) + "\n", "utf-8")
    done = wishlight(tmp_path, "topics", "rows.csv", "--json")
    assert done.returncode == 0, done.stderr
    (topic,) = map(json.loads, done.stdout.splitlines())
    assert (topic["voices"], topic["days"], topic["heat"]) == (3, 3, 5.2)
    assert (topic["first"], topic["last"]) == ("2026-03-01", "2026-03-03")
    assert sorted(example["id"] for example in topic["examples"]) == ["1", "2", "3"]
    assert "13812345678" not in done.stdout
    readable = wishlight(tmp_path, "topics", "rows.csv")
    assert "heat 5.2 (3 voices on 3 days" in readable.stdout


def test_topics_count_supporters_where_a_column_tells_of_them(tmp_path: Path) -> None:
    likes = ["12", "1,000", ""]
    rows = [f"2026/3/1,{text},{number!r}".replace("'", '"') for text, number in zip(LIGHTS, likes, strict=True)]
    (tmp_path / "rows.csv").write_text("\n".join(["time,text,likes", *rows, '2026/3/1,想学跳舞,"没有"']) + "\n", "utf-8")
    done = wishlight(tmp_path, "topics", "rows.csv", "--supporters", "likes", "--json")
    assert done.returncode == 0, done.stderr
    (topic,) = map(json.loads, done.stdout.splitlines())
    assert (topic["voices"], topic["supporters"], topic["heat"]) == (1015, 1012, 1015)
    assert json.loads(wishlight(tmp_path, "topics", "rows.csv", "--json").stdout)["voices"] == 3
    readable = wishlight(tmp_path, "topics", "rows.csv", "--supporters", "likes").stdout
    assert "(1015 voices, 1012 of them supporters, on 1 days" in readable
    wrong = wishlight(tmp_path, "topics", "rows.csv", "--supporters", "votes")
    assert (wrong.returncode, "no column votes" in wrong.stderr) == (2, True)


def test_topics_of_the_last_days_only(tmp_path: Path) -> None:
    rows = [
        json.dumps({"text": text, "time": day})
        for text, day in zip(LIGHTS, ["2026-01-01", "2026-03-01", "2026-03-02"], strict=True)
    ]
    (tmp_path / "rows.jsonl").write_text("\n".join(rows), "utf-8")
    done = wishlight(tmp_path, "topics", "rows.jsonl", "--days", "7", "--least", "2", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["voices"] == 2


def test_topics_without_dates_or_matter_say_so(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("text\n想学跳舞\n", "utf-8")
    done = wishlight(tmp_path, "topics", "rows.csv")
    assert done.returncode == 0, done.stderr
    assert "No matter" in done.stdout
    (tmp_path / "empty.csv").write_text("", "utf-8")
    assert wishlight(tmp_path, "topics", "empty.csv", "--json").stdout == ""
    (tmp_path / "other.csv").write_text("words\n想学跳舞\n", "utf-8")
    wrong = wishlight(tmp_path, "topics", "other.csv")
    assert wrong.returncode == 2
    assert "no column text" in wrong.stderr
