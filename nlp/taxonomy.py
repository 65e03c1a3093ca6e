"""The taxonomy: grid categories, whom they are served by, and the words that speak for and against each.

A county swaps the YAML file without touching code, so the file is read suspiciously: every problem is told at once,
with its file, line and key.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from nlp.matching import GAP
from nlp.normalise import normalise

LINES: Mapping[str, str] = MappingProxyType(
    {
        "base_data": "基础数据掌控",
        "opinion": "社情民意收集",
        "appeal": "群众诉求解决",
        "security": "治安问题防控",
        "disputes": "矛盾纠纷化解",
        "convenience": "便民服务办理",
    }
)
SERVED_BY = ("volunteers", "unit")
FALLBACK = "other"  # where a text goes that no word speaks for
DEFAULT = Path(__file__).parent / "taxonomies" / "grid.yaml"
SHARPNESS = 0.8  # fits weights of 1 to 4, where 4 is nearly certain
SURE = 0.5
_CODE = re.compile(r"[a-z][a-z0-9_]{1,39}")


class TaxonomyError(ValueError):
    """The file cannot be used; `problems` has one line per problem: file, line, key, what is wrong."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Category:
    code: str
    zh: str
    en: str
    line: str
    served_by: str
    review: bool
    days: int
    emoji: str
    keywords: Mapping[str, float]  # whole words after segmentation
    phrases: Mapping[str, float]  # substrings, `…` for a gap
    against: Mapping[str, float]  # phrases that speak against it (positive numbers)
    shared: bool | None = None  # whether many may have the same at heart; None: whoever it is for decides


@dataclass(frozen=True, slots=True)
class Taxonomy:
    categories: Mapping[str, Category]
    sharpness: float = SHARPNESS  # how fast confidence grows with what the words weigh
    sure: float = SURE  # confidence below which a person chooses

    @classmethod
    def load(cls, path: Path) -> "Taxonomy":
        """Read and check a file.

        Raises:
            TaxonomyError: with every problem of the file.
        """
        return _Reading(path).taxonomy()

    @classmethod
    def default(cls) -> "Taxonomy":
        return cls.load(DEFAULT)

    @property
    def weights(self) -> dict[str, Any]:
        """All that texts are weighed with, as plain values: what a model is learned on, and fits."""
        return {
            "sharpness": self.sharpness,
            "sure": self.sure,
            "categories": {
                code: {name: dict(getattr(category, name)) for name in ("keywords", "phrases", "against")}
                for code, category in self.categories.items()
            },
        }

    @classmethod
    def of_weights(cls, plain: Mapping[str, Any]) -> "Taxonomy":
        """The same from plain values, to learn on: its categories have no names and nobody serves them."""
        nameless: dict[str, Any] = {"zh": "", "en": "", "line": "", "served_by": "", "review": True, "days": 1, "emoji": ""}
        categories = {code: Category(code=code, **nameless, **weights) for code, weights in plain["categories"].items()}
        return cls(MappingProxyType(categories), plain["sharpness"], plain["sure"])


class _Reading:
    """One reading of one file, gathering problems as it goes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems: list[str] = []

    def problem(self, node: yaml.Node | None, key: str, what: str) -> None:
        line = node.start_mark.line + 1 if node is not None else 1
        self.problems.append(f"{self.path}:{line}: {key}: {what}")

    def taxonomy(self) -> Taxonomy:
        try:
            root = yaml.compose(self.path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
        except OSError as error:
            raise TaxonomyError([f"{self.path}:1: file: cannot be read ({error.strerror})"]) from error
        except UnicodeDecodeError as error:
            raise TaxonomyError([f"{self.path}:1: file: is not UTF-8"]) from error
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = mark.line + 1 if mark else 1
            raise TaxonomyError([f"{self.path}:{line}: file: is not YAML ({getattr(error, 'problem', error)})"]) from error
        found: dict[str, Category] = {}
        top = self._fields(root, "file", {"categories"}, {"version", "confidence"})
        for key, (key_node, node) in self._items(top.get("categories"), "categories").items():
            if not _CODE.fullmatch(key):
                self.problem(key_node, key, "a code is two to forty of a–z, 0–9 and _, beginning with a letter")
            found[key] = self._category(key, node)
        if root is not None and FALLBACK not in found:
            self.problem(top.get("categories", root), "categories", f"there is no category {FALLBACK!r}")
        confidence = self._fields(top["confidence"], "confidence", set(), {"sharpness", "sure"}) if "confidence" in top else {}
        sharpness = self._share(confidence.get("sharpness"), "confidence.sharpness", 10.0, SHARPNESS)
        sure = self._share(confidence.get("sure"), "confidence.sure", 1.0, SURE)
        if self.problems:
            raise TaxonomyError(self.problems)
        return Taxonomy(MappingProxyType(found), sharpness, sure)

    def _category(self, code: str, node: yaml.Node) -> Category:
        fields = self._fields(
            node,
            code,
            {"zh", "en", "line", "served_by", "review", "days", "emoji"},
            {"keywords", "phrases", "against", "shared"},
        )
        keywords = self._weights(fields.get("keywords"), f"{code}.keywords")
        phrases = self._weights(fields.get("phrases"), f"{code}.phrases")
        return Category(
            code=code,
            zh=self._text(fields.get("zh"), f"{code}.zh"),
            en=self._text(fields.get("en"), f"{code}.en"),
            line=self._one_of(fields.get("line"), f"{code}.line", tuple(LINES)),
            served_by=self._one_of(fields.get("served_by"), f"{code}.served_by", SERVED_BY),
            review=bool(self._value(fields.get("review"), f"{code}.review", bool, "true or false")),
            days=self._days(fields.get("days"), f"{code}.days"),
            emoji=self._text(fields.get("emoji"), f"{code}.emoji", longest=8),
            keywords=MappingProxyType(keywords),
            phrases=MappingProxyType(phrases),
            against=MappingProxyType(self._weights(fields.get("against"), f"{code}.against")),
            shared=self._shared(fields.get("shared"), f"{code}.shared"),
        )

    def _items(self, node: yaml.Node | None, key: str) -> dict[str, tuple[yaml.Node, yaml.Node]]:
        if node is None:
            return {}
        if not isinstance(node, yaml.MappingNode):
            self.problem(node, key, "must be a mapping")
            return {}
        items: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        for key_node, value_node in node.value:
            name = str(key_node.value)
            if name in items:
                self.problem(key_node, f"{key}.{name}", "is there twice")
            items[name] = (key_node, value_node)
        return items

    def _fields(self, node: yaml.Node | None, key: str, needed: set[str], allowed: set[str]) -> dict[str, yaml.Node]:
        if node is None:
            self.problem(node, key, "is empty")
            return {}
        items = self._items(node, key)
        for name in sorted(needed - items.keys()) if isinstance(node, yaml.MappingNode) else ():
            self.problem(node, f"{key}.{name}", "is missing")
        for name in sorted(items.keys() - needed - allowed):
            self.problem(items[name][0], f"{key}.{name}", "is not a known key")
        return {name: value for name, (_, value) in items.items()}

    def _value(self, node: yaml.Node | None, key: str, kind: type, wanted: str) -> Any:
        if node is None:
            return kind()
        value = yaml.SafeLoader("").construct_object(node, deep=True)
        if type(value) is not kind:
            self.problem(node, key, f"must be {wanted}")
            return kind()
        return value

    def _text(self, node: yaml.Node | None, key: str, longest: int = 60) -> str:
        known = len(self.problems)
        value = str(self._value(node, key, str, "a text")).strip()
        if node is not None and len(self.problems) == known and not 1 <= len(value) <= longest:
            self.problem(node, key, f"must have 1 to {longest} characters")
        return value

    def _one_of(self, node: yaml.Node | None, key: str, choices: tuple[str, ...]) -> str:
        known = len(self.problems)
        value = str(self._value(node, key, str, "a text"))
        if node is not None and len(self.problems) == known and value not in choices:
            self.problem(node, key, f"must be one of {', '.join(choices)}")
        return value

    def _days(self, node: yaml.Node | None, key: str) -> int:
        known = len(self.problems)
        value = int(self._value(node, key, int, "a whole number"))
        if node is not None and len(self.problems) == known and not 1 <= value <= 365:
            self.problem(node, key, "must be 1 to 365 days")
        return value

    def _shared(self, node: yaml.Node | None, key: str) -> bool | None:
        return None if node is None else bool(self._value(node, key, bool, "true or false"))

    def _share(self, node: yaml.Node | None, key: str, most: float, default: float) -> float:
        if node is None:
            return default
        value = yaml.SafeLoader("").construct_object(node, deep=True)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= most:
            self.problem(node, key, f"must be a number above 0, at most {most:g}")
            return default
        return float(value)

    def _weights(self, node: yaml.Node | None, key: str, longest: int = 40) -> dict[str, float]:
        """`weight: words`, the words as a list or separated by spaces."""
        weights: dict[str, float] = {}
        for number, (number_node, words_node) in self._items(node, key).items():
            try:
                weight = float(number)
            except ValueError:
                weight = 0.0
            if not 0 < weight <= 10:
                self.problem(number_node, f"{key}.{number}", "a weight is a number above 0, at most 10")
            for word, word_node in self._words(words_node, f"{key}.{number}"):
                word = normalise(word)
                if len(word) > longest or "" in word.split(GAP):
                    self.problem(word_node, f"{key}.{number}", f"{word!r} is not a phrase: a gap stands between words")
                if word in weights:
                    self.problem(word_node, f"{key}.{number}", f"{word!r} is there twice")
                weights[word] = weight
        return weights

    def _words(self, node: yaml.Node, key: str) -> list[tuple[str, yaml.Node]]:
        if isinstance(node, yaml.SequenceNode) and all(isinstance(item, yaml.ScalarNode) for item in node.value):
            return [(str(item.value), item) for item in node.value]
        if isinstance(node, yaml.ScalarNode):
            return [(word, node) for word in str(node.value).split()]
        self.problem(node, key, "must be words: a list, or separated by spaces")
        return []
