from collections.abc import AsyncIterator

import pytest

from tests.stories.town import ADMIN, OFFICER, Actor, Town, open_town


@pytest.fixture
async def town(database_url: str) -> AsyncIterator[Town]:
    async with open_town(database_url) as opened:
        yield opened


@pytest.fixture
async def secretary(town: Town) -> Actor:
    """张书记, admin of the county."""
    return await town.person("张书记", id=ADMIN)


@pytest.fixture
async def wang(town: Town) -> Actor:
    """王阿姨, a resident."""
    return await town.person("王阿姨")


@pytest.fixture
async def chen(town: Town) -> Actor:
    """陈姐, the second officer."""
    return await town.person("陈姐", id=OFFICER)
