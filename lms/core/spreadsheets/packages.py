"""A zip file from a stranger: its parts are inflated by us, counted while they come, and handed on as plain bytes."""

import io
import re
import zipfile
from collections.abc import Iterator

from lms.core.errors import DomainError
from lms.core.spreadsheets import limits

_CHUNK = 256 * 1024
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_KINDS = (("word/document.xml", "Word (.docx)"), ("ppt/presentation.xml", "PowerPoint (.pptx)"),
          ("xl/workbook.bin", "Excel nhị phân (.xlsb)"))


class Package:
    """The parts of an office file. Raises DomainError file.unreadable, file.encrypted or file.too_large."""

    def __init__(self, content: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError) as fault:
            raise limits.unreadable("ZIP") from fault
        members = self._zip.infolist()
        # What says that it is too large is not inflated at all; what says less than it holds is counted in `chunks`.
        if len(members) > limits.MOST_MEMBERS or sum(member.file_size for member in members) > limits.MOST_UNPACKED:
            raise limits.too_large()
        # Some programs write other capitals and backslashes; of two parts with one name the first counts.
        self._members: dict[str, zipfile.ZipInfo] = {}
        for member in members:
            self._members.setdefault(member.filename.replace("\\", "/").lstrip("/").lower(), member)
        self.names = frozenset(self._members)
        self._left = limits.MOST_UNPACKED
        if any(member.flag_bits & 0x1 for member in members):
            raise DomainError("file.encrypted")

    @property
    def what(self) -> str:
        """The name of this kind of file, for a refusal."""
        return next((what for part, what in _KINDS if part in self.names), "ZIP")

    @property
    def is_ods(self) -> bool:
        return "content.xml" in self.names and (
            "mimetype" not in self.names or b"spreadsheet" in self.part("mimetype")[:200])

    def spelled(self, name: str) -> str:
        """The name of a part with its own capitals."""
        return self._members[name].filename.replace("\\", "/").lstrip("/")

    def chunks(self, name: str) -> Iterator[bytes]:
        """The part in pieces; stops with file.too_large before the caps are passed."""
        member = self._members[name.lower()]
        try:
            with self._zip.open(member) as stream:
                while piece := stream.read(_CHUNK):
                    self._left -= len(piece)
                    if self._left < 0:
                        raise limits.too_large()
                    yield piece
        except (zipfile.BadZipFile, OSError, ValueError, EOFError, RuntimeError, NotImplementedError) as fault:
            raise limits.unreadable(self.what) from fault
        except Exception as fault:
            if type(fault).__module__ in ("zlib", "lzma"):
                raise limits.unreadable(self.what) from fault
            raise

    def part(self, name: str) -> bytes:
        """The whole part. An XML part that declares a document type is refused: nobody's spreadsheet needs one."""
        pieces, size = [], 0
        for piece in self.chunks(name):
            size += len(piece)
            if size > limits.MOST_PART:
                raise limits.too_large()
            pieces.append(piece)
        whole = b"".join(pieces)
        if name.lower().endswith((".xml", ".rels")):
            refuse_doctype(whole)
        return whole


def refuse_doctype(xml: bytes) -> None:
    """Raises DomainError file.unreadable for a document type, an entity, or an encoding that could hide one."""
    if xml[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in xml[:200] or _DOCTYPE.search(xml):
        raise limits.unreadable("XML")
    declared = re.match(rb"(?:\xef\xbb\xbf)?\s{0,20}<\?xml[^>]{0,200}?encoding\s{0,5}=\s{0,5}[\"']([A-Za-z0-9_.-]{1,40})", xml)
    if declared and declared[1].lower() not in (b"utf-8", b"utf8", b"us-ascii", b"ascii"):
        raise limits.unreadable("XML")
