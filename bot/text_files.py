"""Text files as people save them: whatever Excel, an editor or another program wrote."""

_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_MARKS_OF_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class NotText(ValueError):
    """What the file is instead, and what to do about it."""


def decoded(content: bytes) -> str:
    """UTF-8 or GB18030 as Excel saves it, or UTF-16 with its mark.

    Raises:
        NotText: it is none of these.
    """
    if content.startswith(_WORKBOOKS):
        raise NotText("a workbook, not a table: save it as CSV (UTF-8) and give that file")
    encodings = ["utf-16"] if content.startswith(_MARKS_OF_UTF_16) else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise NotText("neither UTF-8 nor GB18030: save it as CSV (UTF-8)")
