"""Reading a file of texts, and the sentences for files that cannot be replayed."""

import json
from pathlib import Path

import pytest

from bot.replay.texts import UnusableFile, messages_of, read_texts

TOWN = Path(__file__).parents[2] / "bot" / "replay" / "town.jsonl"


def test_title_and_body_of_a_csv_are_one_text(tmp_path: Path) -> None:
    path = tmp_path / "letters.csv"
    path.write_text("﻿id,title,body\n1,路灯,灯不亮了\n2,,只有正文\n3,只有题目,\n4,,\n", encoding="utf-8")
    assert read_texts(path) == ["路灯\n灯不亮了", "只有正文", "只有题目"]


def test_a_csv_may_have_a_text_column_with_line_breaks(tmp_path: Path) -> None:
    path = tmp_path / "letters.csv"
    path.write_text('text\n"第一行\r\n第二行"\n', encoding="utf-8", newline="")
    assert read_texts(path) == ["第一行\n第二行"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_texts_may_be_as_a_spreadsheet_saved_them(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "letters.csv"
    path.write_bytes("text\r\n路灯不亮\r\n".encode(encoding))
    assert read_texts(path) == ["路灯不亮"]


def test_json_lines_have_texts(tmp_path: Path) -> None:
    path = tmp_path / "wishes.jsonl"
    path.write_text('{"text": "想学二胡"}\n\n{"text": " "}\n{"other": 1}\n{"text": "想换灯泡"}\n', encoding="utf-8")
    assert read_texts(path) == ["想学二胡", "想换灯泡"]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("none.csv", None, "does not exist"),
        ("notes.txt", "x", r"neither a \.csv nor a \.jsonl"),
        ("empty.csv", "", "is empty"),
        ("heading.csv", "title,body\n", "is empty"),
        ("empty.jsonl", "\n", "is empty"),
        ("numbers.csv", "id,when\n1,2\n", "wanted text, or title and body; found id, when"),
        ("numbers.jsonl", '{"id": 1}\n', "wanted text; found id"),
        ("blank.csv", "title,body\n,\n", "1 rows, but no words in title or body"),
        ("broken.jsonl", '{"text": "想"}\n{"text": \n', "line 2: not a JSON object"),
        ("list.jsonl", "[1]\n", "line 1: not a JSON object"),
        ("latin.csv", b"text\n\xff\xfe\n", "is neither UTF-8 nor GB18030"),
    ],
)
def test_a_file_that_cannot_be_replayed_is_told_why(
    tmp_path: Path, name: str, content: str | bytes | None, sentence: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(UnusableFile, match=sentence):
        read_texts(path)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(UnusableFile, match="is a folder"):
        read_texts(tmp_path)


def test_a_long_text_is_sent_in_two_messages_cut_where_a_sentence_ends() -> None:
    text = "甲" * 4000 + "。" + "乙" * 1000
    assert messages_of(text) == ["甲" * 4000 + "。", "乙" * 1000]


def test_a_text_without_any_end_is_cut_at_the_limit() -> None:
    assert [len(piece) for piece in messages_of("丙" * 9000)] == [4096, 4096, 808]


def test_a_text_of_just_the_limit_is_one_message() -> None:
    assert messages_of("丁" * 4096) == ["丁" * 4096]


def test_telegram_counts_an_emoji_as_two() -> None:
    assert [len(piece) for piece in messages_of("😀" * 2049)] == [2048, 1]


def test_the_town_file_has_texts_of_every_kind_and_none_twice() -> None:
    texts = read_texts(TOWN)
    assert len(texts) == len(set(texts)) > 100
    assert all(set(json.loads(line)) == {"text"} for line in TOWN.read_text(encoding="utf-8").splitlines())
    assert any("着火了" in text for text in texts)
