"""What people chose is learned by night: compared before it reads, taken up without a restart, and taken back for good."""

import asyncio
import json
import logging
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from actions import learning
from actions.learning import Homework, Nothing
from bot.learn import night, pupil
from nlp.pupil import is_held_back
from nlp.taxonomy import Taxonomy
from rules.learning import Fate
from rules.lifecycle import Kind, State
from storage import versions
from storage.models import Appointment, LabelledText, LearnedModel
from tests.stories.commands import wishlight
from tests.stories.scenes import corrected, submitted
from tests.stories.town import FILES, Actor, Town

STREETS = ("东街", "西街", "南街", "北街", "河街", "桥头", "老城", "新城", "车站", "码头")
OTHERS = ("坝上", "沙沟", "柳树湾", "草坪", "文庙", "水井", "后坡", "前坡", "小河", "大桥", "瓦窑", "药铺")
MARKET = "河边早市的摊贩又摆到路中间"
"""What the taxonomy alone takes for dirt, and this town for a matter of order."""


def stalls(places: Sequence[str] = STREETS) -> list[str]:
    return [f"{place}早市的摊贩又摆到路中间了" for place in places]


async def teach(town: Town, author: Actor, places: Sequence[str] = STREETS, code: str = "public_safety") -> None:
    """An admin corrects what the taxonomy makes of these."""
    await corrected(town, author, stalls(places), code)


async def next_night(town: Town) -> None:
    """Until half past two."""
    (due,) = [row.due_at for row in await town.rows(select(Appointment)) if row.name == learning.NAME]
    await town.advance(seconds=(due - town.now()).total_seconds() + 1)


async def category_of(town: Town, author: Actor, text: str = MARKET) -> str:
    """How a message is sorted now, by the bot that runs."""
    await author.say(text)
    wish = await town.wish()
    await author.tap("不办了")
    await author.tap("是的，不办了")
    return wish.category


async def fates(town: Town) -> list[str]:
    return [model.state.value for model in await town.rows(select(LearnedModel).order_by(LearnedModel.number))]


async def learn(town: Town, *words: str, folder: Path) -> dict[str, Any]:
    """The last that the command says."""
    said = await wishlight(town, "learn", "--json", *words, folder=folder)
    found: dict[str, Any] = json.loads(said.splitlines()[-1])
    return found


def pupils() -> list[psutil.Process]:
    """Processes that were started to learn and are still there."""
    return [child for child in psutil.Process().children(recursive=True) if child.is_running() and "--pupil" in child.cmdline()]


def play(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Somebody else sits in the pupil's place."""
    monkeypatch.setattr(pupil, "PROGRAM", ("-c", code, "--pupil"))


async def test_ten_corrections_by_day_are_known_the_next_morning(town: Town, secretary: Actor, wang: Actor) -> None:
    """With two taps each, on the card that asks the admin for a decision."""
    assert await category_of(town, wang) == "sanitation"
    for text in stalls():
        await submitted(town, wang, text, kind=Kind.COMPLAINT)
        await secretary.tap("改类别")
        await secretary.tap("治安安全")
    assert await category_of(town, wang) == "sanitation"
    await next_night(town)
    assert town.app.town is not None
    assert town.app.town.policy.calendar.is_quiet(town.now())
    assert await category_of(town, wang) == "public_safety"
    assert await category_of(town, wang, "厨房水龙头滴水，关不紧") == "home_repair"
    (model,) = await town.rows(select(LearnedModel))
    assert (model.number, model.state, model.texts, model.before) == (1, Fate.IN_USE, 8, None)
    assert model.figures["held_back"] == 2
    assert (model.figures["before"]["right"], model.figures["after"]["right"]) == (0, 2)


async def test_a_new_bot_reads_with_the_version_in_use(town: Town, secretary: Actor, wang: Actor) -> None:
    await teach(town, wang)
    await next_night(town)
    await town.restart()
    assert await category_of(town, wang) == "public_safety"


async def test_a_night_without_news_learns_nothing(
    town: Town, secretary: Actor, wang: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    await teach(town, wang)
    await next_night(town)
    assert await fates(town) == ["in_use"]
    play(monkeypatch, "raise SystemExit(3)")  # nobody is asked
    await town.live_through(days=2)
    assert await fates(town) == ["in_use"]


async def test_too_few_corrections_teach_nothing(
    town: Town, secretary: Actor, wang: Actor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    play(monkeypatch, "raise SystemExit(3)")
    await teach(town, wang, STREETS[:9])
    with caplog.at_level(logging.INFO, "bot.learn.night"):
        await next_night(town)
    assert await town.rows(select(LearnedModel)) == []
    assert [(record.message, record.__dict__["why"]) for record in caplog.records if record.name == "bot.learn.night"] == [
        ("nothing to learn", "few")
    ]


async def test_the_command_takes_a_version_back_and_no_night_brings_it_again(
    town: Town, secretary: Actor, wang: Actor, tmp_path: Path
) -> None:
    await teach(town, wang)
    await next_night(town)
    assert await category_of(town, wang) == "public_safety"
    assert await learn(town, "--back", folder=tmp_path) == {"outcome": "back", "in_use": None}
    assert await category_of(town, wang) == "sanitation"
    await town.live_through(days=2)
    assert await fates(town) == ["taken_back"]
    assert await category_of(town, wang) == "sanitation"
    await teach(town, wang, OTHERS)
    await next_night(town)
    assert await fates(town) == ["taken_back", "in_use"]  # newly learned, and better
    assert await category_of(town, wang) == "public_safety"


async def test_back_goes_to_the_version_before_and_then_to_the_taxonomy(
    town: Town, secretary: Actor, wang: Actor, tmp_path: Path
) -> None:
    await teach(town, wang)
    await next_night(town)
    await teach(town, wang, OTHERS)
    await next_night(town)
    assert await fates(town) == ["replaced", "in_use"]
    assert (await learn(town, "--back", folder=tmp_path))["in_use"] == 1
    assert await fates(town) == ["in_use", "taken_back"]
    assert (await learn(town, "--back", folder=tmp_path))["in_use"] is None
    assert await fates(town) == ["taken_back", "taken_back"]
    assert (await learn(town, "--use", "2", folder=tmp_path))["in_use"] == 2
    assert await fates(town) == ["taken_back", "in_use"]
    assert (await learn(town, "--back", folder=tmp_path))["in_use"] is None  # 1 was taken back


async def test_a_worse_model_is_not_put_to_use(town: Town, secretary: Actor, wang: Actor) -> None:
    """What is held back says the opposite of the rest."""
    texts = stalls((*STREETS, *OTHERS))
    await corrected(town, wang, [text for text in texts if not is_held_back(text)], "public_safety")
    await corrected(town, wang, [text for text in texts if is_held_back(text)], "sanitation")
    await next_night(town)
    (model,) = await town.rows(select(LearnedModel))
    assert (model.state, model.used_at) == (Fate.NOT_BETTER, None)
    assert model.figures["after"]["right"] < model.figures["before"]["right"]
    assert await category_of(town, wang) == "sanitation"


async def test_a_crash_while_learning_changes_nothing_and_is_tried_the_next_night(
    town: Town, secretary: Actor, wang: Actor, caplog: pytest.LogCaptureFixture
) -> None:
    await teach(town, wang)
    with pytest.MonkeyPatch.context() as patch:
        play(patch, "import sys; print(sys.stdin.read(), file=sys.stderr); raise SystemExit(3)")
        await next_night(town)
    assert await town.rows(select(LearnedModel)) == []
    told = [record for record in caplog.records if record.name == "bot.ticks"]
    assert [(record.message, record.__dict__["why"]) for record in told] == [("an errand failed", "ended with 3")]
    assert not any("早市" in str(vars(record)) for record in caplog.records)
    await next_night(town)
    assert await fates(town) == ["in_use"]


@pytest.mark.parametrize("said", ["", "null", "[]", '{"error": "KeyError at learning.py:7"}', '{"learned": '])
async def test_an_answer_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    code = int("error" in said)
    play(monkeypatch, f"import sys; sys.stdin.read(); print('''{said}'''); sys.exit({code})")
    with pytest.raises(pupil.NotLearned) as refused:
        await pupil.ask({"rows": [["王阿姨", "errands"]]})
    assert str(refused.value) == ("KeyError at learning.py:7" if code else "ended with 0")


async def test_who_does_not_come_to_an_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    play(monkeypatch, "import time; time.sleep(600)")
    monkeypatch.setattr(pupil, "SECONDS", 0.5)
    with pytest.raises(pupil.NotLearned, match="not done"):
        await pupil.ask({})
    assert pupils() == []


async def test_the_pupil_knows_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WISHLIGHT_BOT_TOKEN", "1:secret")
    play(monkeypatch, "import json, os, sys; print(json.dumps({'variables': dict(os.environ), 'words': sys.argv}))")
    found = await pupil.ask({"rows": []})
    assert set(found["variables"]) - {"LC_CTYPE"} == {"PYTHONPATH", "TMPDIR", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"}
    assert "secret" not in str(found)


async def test_the_bot_answers_while_somebody_learns_and_leaves_nobody_behind_when_it_stops(
    town: Town, secretary: Actor, wang: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    await teach(town, wang)
    play(monkeypatch, "import time; time.sleep(600)")
    (due,) = [row.due_at for row in await town.rows(select(Appointment)) if row.name == learning.NAME]
    await town.people.advance((due - town.now()).total_seconds() + 1)
    async with asyncio.timeout(30):
        while not pupils():  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.05)
    before = len(await wang.messages())
    await town.people.say(wang.id, "想请人帮忙换个灯泡")
    async with asyncio.timeout(30):
        while len(await wang.messages()) == before:  # noqa: ASYNC110 - what is waited for is elsewhere
            await asyncio.sleep(0.05)
    async with asyncio.timeout(9):
        await town.app.stop()
    assert pupils() == []
    await town.begin_again()
    assert await town.rows(select(LearnedModel)) == []


async def test_of_two_nights_at_once_one_learns(town: Town, secretary: Actor, wang: Actor) -> None:
    await teach(town, wang)
    assert town.app.town is not None
    here, transactions = town.app.town, town.app.transactions
    (due,) = [row.due_at for row in await town.rows(select(Appointment)) if row.name == learning.NAME]
    late = due + timedelta(seconds=1)
    turns = await asyncio.gather(*(transactions.run(lambda s: learning.take_turn(s, late, here)) for _ in range(4)))
    assert sorted(turns) == [False, False, False, True]
    came = await asyncio.gather(*(night.learn(transactions, town.app.clock, here.taxonomy) for _ in range(2)))
    assert sorted(one.kept is None for one in came if not isinstance(one, Nothing)) == [False, True]
    assert await fates(town) == ["in_use"]


async def test_what_was_learned_while_somebody_went_back_is_not_kept(town: Town, secretary: Actor, wang: Actor) -> None:
    await teach(town, wang)
    await next_night(town)
    await teach(town, wang, OTHERS)
    transactions, taxonomy = town.app.transactions, FILES.taxonomy
    async with transactions.reading() as session:
        work = await learning.homework(session, taxonomy)
    assert isinstance(work, Homework)
    answered = await pupil.ask(work.question)
    await transactions.run(lambda session: learning.go_back(session, town.now(), taxonomy))
    assert await transactions.run(lambda session: learning.keep(session, town.now(), work, answered)) is None
    assert await fates(town) == ["taken_back"]


async def test_a_version_that_cannot_be_read_is_ignored(
    town: Town, secretary: Actor, wang: Actor, caplog: pytest.LogCaptureFixture
) -> None:
    await teach(town, wang)
    await next_night(town)
    async with town.app.transactions.begin() as session:
        (model,) = await session.scalars(select(LearnedModel))
        model.learned = '{"version": 99}'
    await town.restart()
    assert await category_of(town, wang) == "sanitation"
    assert [record.message for record in caplog.records if record.name == "bot.present" and record.levelname == "WARNING"] == [
        "a version that cannot be used is ignored"
    ]
    await teach(town, wang, OTHERS)
    await next_night(town)
    assert await fates(town) == ["replaced", "in_use"]
    assert await category_of(town, wang) == "public_safety"


async def test_a_version_of_another_taxonomy_is_not_used(town: Town, secretary: Actor, wang: Actor, tmp_path: Path) -> None:
    await teach(town, wang)
    await next_night(town)
    async with town.app.transactions.begin() as session:
        (model,) = await session.scalars(select(LearnedModel))
        model.taxonomy = "another"
    await town.settle()
    assert await category_of(town, wang) == "sanitation"
    assert (await learn(town, "--list", folder=tmp_path))["state"] == "other_taxonomy"
    await next_night(town)  # there is nothing new, but nothing for this taxonomy either
    assert await fates(town) == ["in_use", "in_use"]
    assert await category_of(town, wang) == "public_safety"


# --- what is learned from


async def texts_of(town: Town, taxonomy: Taxonomy = FILES.taxonomy) -> dict[str, str]:
    """What a night would learn from, without the ten that are there so that it learns at all."""
    async with town.app.transactions.reading() as session:
        work = await learning.homework(session, taxonomy, _made_up(town))
    assert isinstance(work, Homework)
    return {text: code for text, code in work.question["rows"] if not text.startswith("编的")}


def _made_up(town: Town) -> Any:
    return learning.labelled([(f"编的第{number}句", "errands") for number in range(10)], town.now() - timedelta(days=1))


async def test_a_residents_own_choice_teaches_once_a_reviewer_let_it_stand(
    town: Town, secretary: Actor, chen: Actor, wang: Actor
) -> None:
    await wang.say("我想学用智能手机")
    await wang.tap("改类别")
    await wang.tap("困难帮扶")
    await wang.tap("提交")
    assert await texts_of(town) == {}
    await secretary.tap("通过")
    assert await texts_of(town) == {"我想学用智能手机": "hardship_relief"}
    await secretary.forge("c:1:education")
    assert await texts_of(town) == {"我想学用智能手机": "education"}


async def test_what_needs_no_review_teaches_nothing_by_itself(town: Town, secretary: Actor, wang: Actor) -> None:
    await wang.say("想请人帮忙换个灯泡")
    await wang.tap("改类别")
    await wang.tap("便民代办")
    await wang.tap("提交")
    assert (await town.wish()).state is State.OPEN
    assert await texts_of(town) == {}


async def test_one_resident_teaches_no_more_than_a_few_texts(town: Town, secretary: Actor, wang: Actor) -> None:
    for text in stalls():
        number = await submitted(town, wang, text, kind=Kind.COMPLAINT)
        await wang.forge(f"c:{number}:consumer")
        await secretary.forge(f"w:approve:{number}")
    assert len(await texts_of(town)) == 5
    await secretary.forge("c:1:public_safety")
    assert (await texts_of(town))[stalls()[0]] == "public_safety"
    assert len(await texts_of(town)) == 6


@pytest.mark.parametrize("end", ["rejected", "withdrawn", "emergency", "draft"])
async def test_what_came_to_nothing_teaches_nothing(town: Town, secretary: Actor, wang: Actor, end: str) -> None:
    if end == "emergency":
        await wang.say("家里煤气泄漏了，味道很大，头晕")
        await secretary.tap("改类别")
        await secretary.tap("治安安全")
    elif end == "draft":
        await wang.say("想请人帮忙换个灯泡")
        await wang.forge("c:1:errands")
    else:
        number = await submitted(town, wang, stalls()[0], kind=Kind.COMPLAINT)
        await secretary.forge(f"c:{number}:public_safety")
        assert len(await texts_of(town)) == 1
        if end == "rejected":
            await secretary.forge(f"j:{number}:reject:unclear")
        else:
            await wang.forge(f"w:sure-withdraw:{number}")
    assert await texts_of(town) == {}


async def test_the_same_words_count_once_and_the_last_answer_counts(town: Town, secretary: Actor, wang: Actor) -> None:
    await corrected(town, wang, [stalls()[0], stalls()[0] + " "], "consumer")
    assert list((await texts_of(town)).values()) == ["consumer"]
    await town.advance(minutes=1)
    await secretary.forge("c:1:public_safety")
    assert list((await texts_of(town)).values()) == ["public_safety"]


async def test_a_place_on_the_map_is_no_words(town: Town, secretary: Actor, wang: Actor) -> None:
    await wang.say(stalls()[0])
    await wang.send(location={"latitude": 32.83, "longitude": 109.36})
    await wang.tap("提交")
    await secretary.forge("c:1:public_safety")
    assert list(await texts_of(town)) == [stalls()[0]]


async def test_texts_of_a_file_are_kept_and_learned_from_by_night_as_well(
    town: Town, secretary: Actor, wang: Actor, tmp_path: Path
) -> None:
    rows = [{"words": text, "label": "治安安全"} for text in stalls()]
    rows += [rows[0], {"words": "月球上的水", "label": "月球"}, {"words": "没有答案", "label": ""}]
    (tmp_path / "rows.jsonl").write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    told = ("rows.jsonl", "--text", "words", "--label", "label")
    came = await learn(town, *told, "--dry", folder=tmp_path)
    assert (came["outcome"], came["better"], came["unknown_labels"]) == ("dry", True, ["月球"])
    assert await town.rows(select(LabelledText)) == await fates(town) == []
    came = await learn(town, *told, folder=tmp_path)
    assert (came["outcome"], came["texts_of_file"], came["new"], came["version"]) == ("in_use", 10, 10, 1)
    assert (came["before"]["right"], came["after"]["accuracy"]) == (0, 1.0)
    assert await category_of(town, wang) == "public_safety"
    assert {(row.source, row.category) for row in await town.rows(select(LabelledText))} == {("rows.jsonl", "public_safety")}
    came = await learn(town, *told, folder=tmp_path)
    assert (came["outcome"], came["new"]) == ("same", 0)
    await teach(town, wang, OTHERS[:3])
    await next_night(town)
    models = await town.rows(select(LearnedModel).order_by(LearnedModel.number))
    assert [model.texts + model.figures["held_back"] for model in models] == [10, 13]


async def test_a_later_answer_for_the_same_words_of_a_file_counts(town: Town, tmp_path: Path) -> None:
    for code in ("consumer", "public_safety"):
        (tmp_path / "rows.csv").write_text("text,category\n" + "".join(f"{text},{code}\n" for text in stalls()), "utf-8")
        assert (await learn(town, "rows.csv", folder=tmp_path))["new"] == 10
    rows = await town.rows(select(LabelledText))
    assert {row.category for row in rows} == {"public_safety"}
    assert len(rows) == 10


async def test_old_versions_keep_their_figures_and_lose_what_they_learned(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    async with town.app.transactions.begin() as session:
        for number in range(6):
            values = {"texts": 10, "before": None, "figures": {"held_back": 1}, "learned": "{}", "created_at": town.now()}
            await versions.add(session, taxonomy="t", lessons=str(number), **values)
        await versions.put_to_use(session, town.now(), 1, None, Fate.REPLACED)
        await versions.let_go(session, 3)
    models = await town.rows(select(LearnedModel).order_by(LearnedModel.number))
    assert [model.learned is not None for model in models] == [True, False, False, True, True, True]


async def test_one_version_is_in_use_whatever_the_rows_are_told(town: Town) -> None:
    async def two_at_once() -> None:
        values = {"texts": 10, "before": None, "figures": {}, "learned": "{}", "created_at": town.now()}
        async with town.app.transactions.begin() as session:
            for number in range(2):
                await versions.add(session, taxonomy="t", lessons=str(number), **values)
                await versions.put_to_use(session, town.now(), number + 1, None, Fate.REPLACED)

    with pytest.raises(IntegrityError):
        await two_at_once()
    assert await town.rows(select(LearnedModel)) == []
