"""Files: kept in memory, named by file ids, downloaded by path."""

from __future__ import annotations

import base64
import hashlib
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sandbox import images
from sandbox.errors import bad_request
from sandbox.limits import DOWNLOAD_MAX_BYTES

Json = dict[str, Any]

KEPT_BYTES = 256 * 1024 * 1024
_FOLDERS = {
    "photo": ("photos", "AgAC"),
    "voice": ("voice", "AwAC"),
    "document": ("documents", "BQAC"),
    "video": ("videos", "BAAC"),
    "sticker": ("stickers", "CAAC"),
    "audio": ("music", "CQAC"),
}
_NAMES = {
    "photo": "Photo",
    "voice": "VoiceNote",
    "document": "Document",
    "video": "Video",
    "sticker": "Sticker",
    "audio": "Audio",
}
_SIZES = (90, 320, 1280)


@dataclass(slots=True)
class StoredFile:
    """A file and what a message says about it."""

    id: str
    kind: str
    path: str
    data: bytes
    media: Any

    def facts(self) -> Json:
        """All but the bytes."""
        return {"id": self.id, "kind": self.kind, "path": self.path, "media": self.media}


class Files:
    """Every file of the sandbox; the oldest go when there are too many bytes."""

    def __init__(self) -> None:
        self._by_id: OrderedDict[str, StoredFile] = OrderedDict()
        self._by_path: dict[str, StoredFile] = {}
        self.count = 0
        self._bytes = 0

    def _store(self, kind: str, data: bytes, suffix: str) -> tuple[StoredFile, Json]:
        self.count += 1
        folder, prefix = _FOLDERS[kind]
        unique = base64.urlsafe_b64encode(hashlib.sha384(f"{kind}{self.count}".encode()).digest()).decode()
        file = StoredFile(f"{prefix}{unique}", kind, f"{folder}/file_{self.count}{suffix}", data, None)
        self._by_id[file.id] = self._by_path[file.path] = file
        self._bytes += len(data)
        while self._bytes > KEPT_BYTES and len(self._by_id) > 1:
            _, old = self._by_id.popitem(last=False)
            self._by_path.pop(old.path, None)
            self._bytes -= len(old.data)
        facts = {"file_id": file.id, "file_unique_id": f"AQAD{unique[:12]}", "file_size": len(data)}
        return file, facts

    def add_photo(self, data: bytes | None) -> list[Json]:
        """Telegram's sizes of a photo, smallest first; without data the pictures are generated.

        Raises:
            Refused: the data is no picture.
        """
        if data is None:
            shapes = [((size, size * 3 // 4), images.generated(size, size * 3 // 4, self.count + 1)) for size in _SIZES[:2]]
            shapes.append(((800, 600), images.generated(800, 600, self.count + 1)))
        else:
            whole = images.dimensions(data)
            if whole is None or min(whole) < 1:
                raise bad_request("IMAGE_PROCESS_FAILED")
            if sum(whole) > 10_000 or max(whole) > 20 * min(whole):
                raise bad_request("PHOTO_INVALID_DIMENSIONS")
            shapes = [(_fitted(whole, size), data) for size in _SIZES if size < max(whole)]
            if max(whole) <= _SIZES[-1]:
                shapes.append((whole, data))
        sizes: list[Json] = []
        stored = []
        for (width, height), content in shapes:
            file, facts = self._store("photo", content, ".jpg")
            sizes.append({**facts, "width": width, "height": height})
            stored.append(file)
        for file in stored:
            file.media = sizes
        return sizes

    def add(self, kind: str, data: bytes, suffix: str, **facts: Any) -> Json:
        """Any other file: what a message says about it."""
        file, known = self._store(kind, data, suffix)
        file.media = {**known, **facts}
        return dict(file.media)

    def reused(self, kind: str, file_id: str) -> Any:
        """The media of a file that is sent again by its id.

        Raises:
            Refused: no such file, or of another kind.
        """
        file = self._by_id.get(file_id)
        if file is None:
            if file_id.startswith(("http://", "https://")):
                raise bad_request("failed to get HTTP URL content")
            raise bad_request("wrong file identifier/HTTP URL specified")
        if file.kind != kind:
            raise bad_request(f"can't use file of type {_NAMES[file.kind]} as {_NAMES[kind]}")
        return file.media

    def describe(self, file_id: str) -> Json:
        """Telegram's File.

        Raises:
            Refused: no such file, or larger than bots may download.
        """
        file = self._by_id.get(file_id)
        if file is None:
            raise bad_request("invalid file_id")
        if len(file.data) > DOWNLOAD_MAX_BYTES:
            raise bad_request("file is too big")
        facts = next(m for m in file.media if m["file_id"] == file_id) if isinstance(file.media, list) else file.media
        return {
            "file_id": file.id,
            "file_unique_id": facts["file_unique_id"],
            "file_size": len(file.data),
            "file_path": file.path,
        }

    def get(self, file_id: str) -> StoredFile | None:
        """The file with this id."""
        return self._by_id.get(file_id)

    def all(self) -> Iterable[StoredFile]:
        """Every file, the oldest first."""
        return self._by_id.values()

    def restore(self, files: Iterable[tuple[Json, bytes]], count: int) -> None:
        """Take over files from before; `count` goes on from theirs."""
        self.count = count
        for facts, data in files:
            file = StoredFile(data=data, **facts)
            self._by_id[file.id] = self._by_path[file.path] = file
            self._bytes += len(data)

    def at(self, path: str) -> bytes | None:
        """The content behind a path."""
        file = self._by_path.get(path)
        return file.data if file is not None else None


def _fitted(whole: tuple[int, int], longest: int) -> tuple[int, int]:
    scale = longest / max(whole)
    return max(1, round(whole[0] * scale)), max(1, round(whole[1] * scale))
