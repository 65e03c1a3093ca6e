"""Telegram's HTML: tags, references, nesting, UTF-16 offsets; and what is found in plain text."""

from __future__ import annotations

import html
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.entities import find, merge, text_of
from sandbox.errors import Refused
from sandbox.markup import parse_html, trim, units


def entity(kind: str, offset: int, length: int, **more: Any) -> dict[str, Any]:
    return {"type": kind, "offset": offset, "length": length, **more}


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("<b>粗</b><strong>粗</strong>", "粗粗", [entity("bold", 0, 1), entity("bold", 1, 1)]),
        ("<i>a</i><em>b</em>", "ab", [entity("italic", 0, 1), entity("italic", 1, 1)]),
        ("<u>a</u><ins>b</ins>", "ab", [entity("underline", 0, 1), entity("underline", 1, 1)]),
        ("<s>a</s><strike>b</strike><del>c</del>", "abc", [entity("strikethrough", n, 1) for n in range(3)]),
        ('<tg-spoiler>a</tg-spoiler><span class="tg-spoiler">b</span>', "ab", [entity("spoiler", n, 1) for n in range(2)]),
        ("😀<b>愿</b>", "😀愿", [entity("bold", 2, 1)]),  # an emoji is two units
        ("<b>😀</b>", "😀", [entity("bold", 0, 2)]),
        ("<b>a<i>b</i></b>", "ab", [entity("bold", 0, 2), entity("italic", 1, 1)]),
        ("<B>a</b >", "a", [entity("bold", 0, 1)]),
        ("<b>a</>", "a", [entity("bold", 0, 1)]),
        ('<a href="https://a.cn/?x=1&amp;y=2">去</a>', "去", [entity("text_link", 0, 1, url="https://a.cn/?x=1&y=2")]),
        ("<a href='a.cn'>去</a>", "去", [entity("text_link", 0, 1, url="http://a.cn/")]),
        ("<a>https://a.cn/b</a>", "https://a.cn/b", [entity("text_link", 0, 14, url="https://a.cn/b")]),
        ("<a href='tg://user?id=5'>他</a>", "他", [entity("text_mention", 0, 1, user_id=5)]),
        ("<a href='无'>x</a>", "x", []),
        ("<code class='language-py'>x</code>", "x", [entity("code", 0, 1)]),
        ("<pre>x</pre>", "x", [entity("pre", 0, 1)]),
        ("<pre><code class='language-py'>x</code></pre>", "x", [entity("pre", 0, 1, language="py")]),
        ("<blockquote>x</blockquote>", "x", [entity("blockquote", 0, 1)]),
        ("<blockquote expandable>x</blockquote>", "x", [entity("expandable_blockquote", 0, 1)]),
        ('<tg-emoji emoji-id="53">👍</tg-emoji>', "👍", [entity("custom_emoji", 0, 2, custom_emoji_id="53")]),
        ('<tg-time unix="1647531900" format="wDT">now</tg-time>', "now", [
            entity("date_time", 0, 3, unix_time=1647531900, date_time_format="wDT"),
        ]),
        ("&lt;&gt;&amp;&quot;&#24895;&#x613F;", '<>&"愿愿', []),
        ("&nbsp; &lt &; &#0; &#xffffff; a&b", "&nbsp; < &; &#0; &#xffffff; a&b", []),
        ("<b></b>x", "x", []),
    ],
)  # fmt: skip
def test_html_becomes_text_and_entities(source: str, text: str, entities: list[Any]) -> None:
    assert parse_html(source) == (text, entities)


@pytest.mark.parametrize(
    "source",
    [
        "<a href>x</a", "<a =x>", "<a href=\"x>", "<a href=x\"y>", "<a href=", "<a ", "<", "</", "<b>x</b",
        "<tg-emoji>x</tg-emoji>", "<tg-time>x</tg-time>", "<b", "<b x", "<b x=", "<>", "<a href='",
    ],
)  # fmt: skip
def test_broken_html_is_refused(source: str) -> None:
    with pytest.raises(Refused, match="Bad Request: can't parse entities: "):
        parse_html(source)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_what_was_escaped_is_what_is_read(text: str) -> None:
    assert parse_html(html.escape(text, quote=False)) == (text, [])
    assert parse_html(f"<b>{html.escape(text, quote=False)}</b>")[0] == text


@given(
    st.lists(
        st.sampled_from(
            ["<", ">", "/", "b", "a", " href=", "'", '"', "&", "lt;", "#", "x", "😀", "愿", "pre", "<b>", "</b>", "\0"]
        )
    )
)
def test_no_text_breaks_the_parser(pieces: list[str]) -> None:
    source = "".join(pieces)
    try:
        text, entities = parse_html(source)
    except Refused:
        return
    text, entities = trim(text, entities)
    for one in entities:
        assert 0 <= one["offset"] < one["offset"] + one["length"] <= units(text)


@given(st.text())
def test_units_are_those_of_utf_16(text: str) -> None:
    assert units(text) == len(text.encode("utf-16-le", "surrogatepass")) // 2


def test_white_space_around_a_text_is_cut_away() -> None:
    assert trim(" \n<愿> \n", []) == ("<愿>", [])
    assert trim("  ab  ", [entity("bold", 2, 4)]) == ("ab", [entity("bold", 0, 2)])
    assert trim("  ab", [entity("code", 0, 4)]) == ("  ab", [entity("code", 0, 4)])  # but not inside an entity


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/start abc", [("bot_command", "/start")]),
        ("😀 /claim@wishlight42_bot 3", [("bot_command", "/claim@wishlight42_bot")]),
        ("1/2 和 a/b", []),
        ("问 @xiaoli 和 @ab", [("mention", "@xiaoli")]),
        ("#心愿 #2024", [("hashtag", "#心愿")]),
        ("看 https://a.cn/b?c=1。好 www.example.com", [("url", "https://a.cn/b?c=1"), ("url", "www.example.com")]),
        ("打 13900000000 或 +86 139 0000 0000", [("phone_number", "13900000000"), ("phone_number", "+86 139 0000 0000")]),
        ("写信 a.b@c.cn", [("email", "a.b@c.cn")]),
        ("没有", []),
    ],
)
def test_commands_links_numbers_and_tags_are_found(text: str, found: list[tuple[str, str]]) -> None:
    assert [(one["type"], text_of(text, one)) for one in find(text)] == found


@given(st.text(alphabet="ab@/#.:+-1234567890 中😀\n"))
def test_what_is_found_lies_in_the_text(text: str) -> None:
    for one in merge([], find(text)):
        assert text_of(text, one)
        assert one["offset"] + one["length"] <= units(text)
