from pathlib import Path

import pytest

from nlp.taxonomy import DEFAULT, LINES, SHARPNESS, Taxonomy, TaxonomyError

CODES = {
    *("elder_care", "disability_aid", "child_youth", "hardship_relief", "home_repair", "errands", "culture_sports"),
    *("health", "education", "employment", "disputes", "public_safety", "sanitation", "facilities", "property"),
    *("traffic", "housing", "consumer", "social_security", "suggestions", "other"),
}
GOOD = """\
categories:
  errands:
    zh: 代办
    en: Errands
    line: convenience
    served_by: volunteers
    review: false
    days: 2
    emoji: 🛵
    keywords:
      3: 代买 跑腿
      1.5: [买, 送]
    phrases:
      2: 帮…买
    against:
      2: 快递站
  other:
    zh: 其他
    en: Other
    line: opinion
    served_by: unit
    review: true
    days: 7
    emoji: 📮
"""


def _problems(path: Path, text: str) -> tuple[str, ...]:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TaxonomyError) as refused:
        Taxonomy.load(path)
    return refused.value.problems


def test_the_default_has_every_category_of_the_grid(taxonomy: Taxonomy) -> None:
    assert taxonomy.categories.keys() == CODES
    assert {category.line for category in taxonomy.categories.values()} <= LINES.keys()
    assert len({category.emoji for category in taxonomy.categories.values()}) == len(CODES)


def test_private_and_contested_matters_are_reviewed(taxonomy: Taxonomy) -> None:
    reviewed = {code for code, category in taxonomy.categories.items() if category.review}
    assert reviewed >= {
        "health",
        "disputes",
        "property",
        "housing",
        "public_safety",
        "child_youth",
        "hardship_relief",
        "disability_aid",
    }
    assert not reviewed & {"errands", "home_repair", "culture_sports", "elder_care"}


def test_everyday_help_is_for_volunteers(taxonomy: Taxonomy) -> None:
    volunteers = {code for code, category in taxonomy.categories.items() if category.served_by == "volunteers"}
    assert volunteers == {
        "elder_care",
        "disability_aid",
        "child_youth",
        "hardship_relief",
        "home_repair",
        "errands",
        "culture_sports",
    }


def test_a_good_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(GOOD, encoding="utf-8")
    errands = Taxonomy.load(tmp_path / "own.yaml").categories["errands"]
    assert dict(errands.keywords) == {"代买": 3, "跑腿": 3, "买": 1.5, "送": 1.5}
    assert (dict(errands.phrases), dict(errands.against)) == ({"帮…买": 2}, {"快递站": 2})
    with pytest.raises(TypeError):
        errands.keywords["偷"] = 1  # type: ignore[index]


def test_every_problem_is_told_with_file_line_and_key(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    text = (
        GOOD.replace("line: convenience", "line: nowhere")
        .replace("days: 2", "days: two")
        .replace("review: false", "review: maybe")
        .replace("3: 代买 跑腿", "much: 代买 代买")
        .replace("emoji: 📮", "emojy: 📮")
        .replace("2: 快递站", "2: {a: b}")
    )
    problems = _problems(path, text)
    expected = [
        (5, "errands.line", "must be one of"),
        (7, "errands.review", "true or false"),
        (8, "errands.days", "whole number"),
        (11, "errands.keywords.much", "a weight is a number"),
        (11, "errands.keywords.much", "twice"),
        (16, "errands.against.2", "must be words"),
        (18, "other.emoji", "is missing"),
        (24, "other.emojy", "not a known key"),
    ]
    assert len(problems) == len(expected)
    for line, key, what in expected:
        assert any(problem.startswith(f"{path}:{line}: {key}: ") and what in problem for problem in problems), (line, key)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "is empty"),
        ("categories: []", "must be a mapping"),
        ("categories: {}", "there is no category 'other'"),
        ("- a", "must be a mapping"),
        ("categories:\n  x: [", "is not YAML"),
        (GOOD.replace("  errands:", "  Errands!:"), "a code is"),
        (GOOD.replace("days: 2", "days: 0"), "1 to 365"),
        (GOOD.replace("  errands:", "  other:"), "is there twice"),
        (GOOD.replace("帮…买", "…买"), "is not a phrase"),
    ],
)
def test_a_bad_file_is_refused(tmp_path: Path, text: str, what: str) -> None:
    assert any(what in problem for problem in _problems(tmp_path / "bad.yaml", text))


@pytest.mark.parametrize(
    ("given", "line", "key"),
    [
        ("confidence:\n  sharpness: 0\n", 2, "confidence.sharpness"),
        ("confidence:\n  sure: 1.5\n", 2, "confidence.sure"),
        ("confidence:\n  sure: true\n", 2, "confidence.sure"),
        ("confidence:\n  sharpnes: 1\n", 2, "confidence.sharpnes"),
    ],
)
def test_confidence_is_a_number_in_its_bounds(tmp_path: Path, given: str, line: int, key: str) -> None:
    path = tmp_path / "bad.yaml"
    assert any(problem.startswith(f"{path}:{line}: {key}: ") for problem in _problems(path, given + GOOD))


def test_confidence_may_be_given_or_not(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text("confidence:\n  sure: 0.7\n" + GOOD, encoding="utf-8")
    taxonomy = Taxonomy.load(path)
    assert (taxonomy.sharpness, taxonomy.sure) == (SHARPNESS, 0.7)


def test_the_petition_classes_are_the_official_ones() -> None:
    taxonomy = Taxonomy.load(DEFAULT.with_name("petition.yaml"))
    names = {category.zh for category in taxonomy.categories.values()}
    assert names == {"城乡建设", "劳动和社会保障", "教育文体", "卫生计生", "交通运输", "商贸旅游", "环境保护", "其他"}
    assert all(category.served_by == "unit" and category.review for category in taxonomy.categories.values())


def test_a_missing_or_unreadable_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TaxonomyError, match="cannot be read"):
        Taxonomy.load(tmp_path / "none.yaml")
    (tmp_path / "gbk.yaml").write_bytes("类别: 一".encode("gbk"))
    with pytest.raises(TaxonomyError, match="UTF-8"):
        Taxonomy.load(tmp_path / "gbk.yaml")


def test_what_many_have_at_heart_is_said_by_the_file_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(GOOD.replace("    review: false\n", "    review: false\n    shared: true\n"), encoding="utf-8")
    found = Taxonomy.load(path).categories
    assert found["errands"].shared is True
    assert found["other"].shared is None
    path.write_text(GOOD.replace("    review: false\n", "    review: false\n    shared: sometimes\n"), encoding="utf-8")
    with pytest.raises(TaxonomyError, match=r"errands\.shared: must be true or false"):
        Taxonomy.load(path)


def test_medicine_is_nobody_elses_and_street_lamps_are_everybodys() -> None:
    found = Taxonomy.default().categories
    assert all(found[code].shared for code in ("facilities", "sanitation", "property", "traffic"))
    assert not any(found[code].shared for code in ("errands", "elder_care", "disability_aid", "hardship_relief", "disputes"))
