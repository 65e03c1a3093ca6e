"""What a database holds, told by itself."""

from sqlalchemy import inspect

from storage.engine import open_engine


async def tables(url: str) -> set[str]:
    engine = open_engine(url)
    try:
        async with engine.connect() as connection:
            return set(await connection.run_sync(lambda plain: inspect(plain).get_table_names()))
    finally:
        await engine.dispose()
