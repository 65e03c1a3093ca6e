import pytest

from nlp.taxonomy import Taxonomy
from nlp.understanding import Reader


@pytest.fixture(scope="session")
def taxonomy() -> Taxonomy:
    return Taxonomy.default()


@pytest.fixture(scope="session")
def reader(taxonomy: Taxonomy) -> Reader:
    return Reader(taxonomy)
