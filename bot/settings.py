"""Everything that can be set, from the environment (prefix WISHLIGHT_) and `.env`; read once, checked as a whole.

StorageSettings         DATABASE_URL
└── TownSettings        TAXONOMY, POLICY, AREAS, TIMEZONE
    └── Settings        what the running bot needs as well
"""

import difflib
import hmac
import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bot.telegram import PUBLIC_API

PREFIX = "WISHLIGHT_"
NO_TOKEN = SecretStr("1:none")
_TOKEN = re.compile(r"[1-9]\d*:[A-Za-z0-9_-]+")
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_PATH = re.compile(r"[A-Za-z0-9._~/-]*")
_WEBHOOK_PORTS = frozenset({443, 80, 88, 8443})
_DRIVERS = ("sqlite+aiosqlite", "postgresql+asyncpg")


class BadSettings(Exception):
    """The settings cannot be used; every problem is a sentence that names its variable."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


class StorageSettings(BaseSettings):
    """Where the rows are."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        validate_default=True,
    )

    database_url: SecretStr = SecretStr("sqlite+aiosqlite:///wishlight.db")

    @field_validator("database_url")
    @classmethod
    def _a_database_we_know(cls, url: SecretStr) -> SecretStr:
        try:
            driver = make_url(url.get_secret_value()).drivername
        except ArgumentError:
            raise ValueError("is not a database URL") from None
        if driver not in _DRIVERS:
            raise ValueError(f"must begin with {' or '.join(f'{name}://' for name in _DRIVERS)}, not {driver}://")
        return url


class TownSettings(StorageSettings):
    """What the town is."""

    taxonomy: Path | None = None
    policy: Path | None = None
    areas: Path | None = None
    timezone: str = "Asia/Shanghai"

    @field_validator("taxonomy", "policy", "areas")
    @classmethod
    def _a_file_that_can_be_read(cls, path: Path | None) -> Path | None:
        if path is not None:
            try:
                path.read_bytes()
            except OSError as error:
                raise ValueError(f"names {path}, which cannot be read ({error.strerror or type(error).__name__})") from None
        return path

    @field_validator("timezone")
    @classmethod
    def _a_zone_we_know(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ValueError, OSError, LookupError):
            raise ValueError(f"names no time zone: {name}") from None
        return name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


class Settings(TownSettings):
    """What the running bot needs."""

    bot_token: SecretStr = Field(default=...)
    bot_api_url: str = PUBLIC_API
    proxy: SecretStr | None = None
    mode: Literal["polling", "webhook"] = "polling"
    webhook_url: str | None = None
    webhook_secret: SecretStr | None = None
    web_port: int | None = Field(default=None, ge=0, le=65535)
    web_host: str = "127.0.0.1"
    admins: Annotated[frozenset[int], NoDecode] = frozenset()
    clock_url: str | None = None
    rate_scale: float = Field(default=1.0, gt=0)
    log: Literal["text", "json"] = "text"
    sends_per_second: int = Field(default=25, ge=1, le=30)
    trace: Path | None = None
    """A file that gets one JSON line for every committed update: `update` (its id) and `committed_mono_ms`, the machine's
    monotonic clock in milliseconds at the commit. For measuring; nothing else is written there."""

    @field_validator("bot_token")
    @classmethod
    def _a_token(cls, token: SecretStr) -> SecretStr:
        if not _TOKEN.fullmatch(token.get_secret_value()):
            raise ValueError("is not a token as BotFather gives it: digits, a colon, letters")
        return token

    @field_validator("bot_api_url", "clock_url", "webhook_url")
    @classmethod
    def _a_web_address(cls, url: str | None) -> str | None:
        if url is not None and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname):
            raise ValueError("must be an address that begins with http:// or https://")
        return url.rstrip("/") if url is not None else None

    @field_validator("proxy")
    @classmethod
    def _a_proxy_we_can_use(cls, proxy: SecretStr | None) -> SecretStr | None:
        if proxy is not None:
            parts = urlsplit(proxy.get_secret_value())
            if parts.scheme not in ("http", "socks4", "socks5") or not parts.hostname:
                raise ValueError("must begin with http://, socks5:// or socks4:// and name a host")
        return proxy

    @field_validator("webhook_url", "web_port")
    @classmethod
    def _what_a_webhook_needs(cls, value: Any, info: ValidationInfo) -> Any:
        if info.data.get("mode") == "webhook" and value is None:
            what = "Telegram has to know where to bring updates" if info.field_name == "webhook_url" else "a port has to answer"
            raise ValueError(f"is missing: with MODE=webhook {what}")
        return value

    @field_validator("webhook_url")
    @classmethod
    def _where_telegram_would_go(cls, url: str | None, info: ValidationInfo) -> str | None:
        if url is None:
            return None
        parts = urlsplit(url)
        if not _PATH.fullmatch(parts.path) or parts.query or parts.fragment:
            raise ValueError("must have a path of letters, digits and ._~- only, and nothing behind it")
        if _is_public(info) and (parts.scheme != "https" or (parts.port or 443) not in _WEBHOOK_PORTS):
            raise ValueError("must begin with https:// and use port 443, 80, 88 or 8443: Telegram goes nowhere else")
        return url

    @field_validator("webhook_secret")
    @classmethod
    def _a_secret(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and not _SECRET.fullmatch(secret.get_secret_value()):
            raise ValueError("must be 1 to 256 letters, digits, _ and -")
        return secret

    @property
    def hook_secret(self) -> str:
        """What Telegram shows at the door; unless it was set, every replica makes the same of the token."""
        if self.webhook_secret is not None:
            return self.webhook_secret.get_secret_value()
        return hmac.new(self.bot_token.get_secret_value().encode(), b"webhook", "sha256").hexdigest()

    @field_validator("admins", mode="before")
    @classmethod
    def _telegram_ids(cls, given: Any) -> Any:
        if not isinstance(given, str):
            return given
        ids = [part.strip() for part in given.split(",") if part.strip()]
        wrong = [part for part in ids if not part.isdecimal() or not 0 < int(part) < 2**52]
        if wrong:
            raise ValueError(f"must be Telegram ids with commas between them; these are none: {', '.join(wrong)}")
        return frozenset(map(int, ids))

    @field_validator("clock_url", "rate_scale")
    @classmethod
    def _only_in_a_sandbox(cls, value: Any, info: ValidationInfo) -> Any:
        """The public Bot API keeps its own time and its own limits."""
        usual = None if info.field_name == "clock_url" else 1.0
        if value != usual and _is_public(info):
            raise ValueError(f"can only be used with a sandbox; set {PREFIX}BOT_API_URL to its address")
        return value


def _is_public(info: ValidationInfo) -> bool:
    return urlsplit(str(info.data.get("bot_api_url"))).hostname == urlsplit(PUBLIC_API).hostname


S = TypeVar("S", bound=StorageSettings)


def read_settings(kind: type[S]) -> S:
    """Read and check them all.

    Raises:
        BadSettings: with every problem; values are not repeated where they could be secret.
    """
    try:
        return kind()
    except ValidationError as error:
        problems = [_sentence(problem["loc"], problem["type"], problem["msg"]) for problem in error.errors(include_input=False)]
    raise BadSettings(problems)


def read_what_can_be_read() -> tuple[Settings, list[str], frozenset[str]]:
    """All settings, every problem of them, and which hold the usual value since what was given cannot be used."""
    usual = {name: field.default for name, field in Settings.model_fields.items()} | {"bot_token": NO_TOKEN}
    problems: list[str] = []
    instead: dict[str, Any] = {}
    while True:
        try:
            return Settings(**instead), problems, frozenset(instead)
        except ValidationError as error:
            told = error.errors(include_input=False)
        said = [_sentence(problem["loc"], problem["type"], problem["msg"]) for problem in told]
        problems += [sentence for sentence in said if sentence not in problems]
        wrong = {str(problem["loc"][0]) for problem in told if problem["loc"]} - instead.keys()
        if not wrong and "mode" not in instead:  # what a webhook needs is missing
            wrong = {"mode"}
        if not wrong:  # they do not go together, whichever is taken
            return Settings.model_construct(**usual), problems, frozenset(usual)
        instead |= {name: usual[name] for name in wrong}


def misspelt() -> list[str]:
    """Sentences about variables with our prefix that mean nothing."""
    known = [f"{PREFIX}{name.upper()}" for name in Settings.model_fields]
    strangers = sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)
    sentences = []
    for name in strangers:
        near = difflib.get_close_matches(name, known, 1)
        sentences.append(f"{name} is no setting" + (f"; did you mean {near[0]}?" if near else "."))
    return sentences


def _sentence(place: tuple[int | str, ...], kind: str, words: str) -> str:
    name = f"{PREFIX}{str(place[0]).upper()}" if place else PREFIX
    if kind == "missing":
        return f"{name} is missing."
    words = words.removeprefix("Value error, ")
    if kind != "value_error":
        words = "is wrong: " + words[:1].lower() + words[1:]
    return f"{name} {words}."
