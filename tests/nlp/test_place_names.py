"""How names and numbers are written."""

import pytest

from nlp.place_names import PlaceName, ordinal_of, plain_number, spellings, written_ways
from nlp.sounds import of_same_sound, sound_alike, sound_near


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("3", "3"),
        ("03", "3"),
        ("三", "3"),
        ("两", "2"),
        ("十", "10"),
        ("十二", "12"),
        ("二十", "20"),
        ("二十三", "23"),
        ("一百零五", "105"),
        ("一二", "12"),  # digit by digit
        ("一〇", "10"),
        ("三〇两", "302"),
        ("a3", "a3"),
        ("b-03", "b3"),
        ("a", "a"),
    ],
)
def test_a_number_is_the_same_however_it_is_written(written: str, number: str) -> None:
    assert plain_number(written) == number


@pytest.mark.parametrize("number", range(1, 100))
def test_numbers_are_written_in_two_ways_and_read_from_both(number: int) -> None:
    ways = written_ways(str(number))
    assert len(ways) == 2
    assert {plain_number(way) for way in ways} == {str(number)}


def test_a_grid_is_counted_in_many_ways() -> None:
    found = {spelling.text for spelling in spellings(PlaceName("g", "河街第三网格", level="grid"))}
    assert {"河街第三网格", "河街第3网格", "河街三网格", "河街3网格", "河街3号网格"} <= found
    assert ordinal_of("河街第三网格") == ("3", "网格")
    assert ordinal_of("河街社区") is None


@pytest.mark.parametrize(
    ("name", "level", "shorter"),
    [
        ("菜湾社区", "community", "菜湾"),
        ("纺织厂家属院", "estate", "纺织厂"),
        ("解放路", "road", None),
        ("新建路", "community", None),
    ],
)
def test_an_ending_is_left_out_where_what_is_left_is_a_name(name: str, level: str, shorter: str | None) -> None:
    found = [spelling.text for spelling in spellings(PlaceName("x", name, level=level)) if not spelling.whole]
    assert found == ([shorter] if shorter else [])


def test_full_width_traditional_and_blank_are_one_spelling() -> None:
    assert next(spellings(PlaceName("x", " Ａ 區 花園 "))).text == "a区花园"


@pytest.mark.parametrize(
    ("one", "other", "alike", "near"),
    [
        ("阳", "杨", True, True),
        ("滨", "宾", True, True),
        ("滨", "冰", False, True),  # in, ing
        ("南", "兰", False, True),  # n, l
        ("珠", "租", False, True),  # zh, z
        ("阳", "星", False, False),
        ("阳", "阳", False, False),
        ("阳", "x", False, False),
    ],
)
def test_characters_that_sound_alike(one: str, other: str, alike: bool, near: bool) -> None:
    assert (sound_alike(one, other), sound_near(one, other)) == (alike, near)
    assert (other in of_same_sound(one)) is alike
