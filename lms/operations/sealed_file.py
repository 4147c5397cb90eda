"""A file sealed with a passphrase: written and read as a stream, any change to it is noticed.

Form: magic, scrypt salt, then blocks of one MiB each sealed with AES-256-GCM. The nonce counts the blocks and marks
the last one, so that blocks can be neither swapped nor cut off (the STREAM construction of Hoang et al., 2015).
"""

import hashlib
import io
import os
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC = b"BINHDAN-LMS-BACKUP-1\n"
BLOCK = 1024 * 1024
TAG = 16
SALT = 16


class Unreadable(Exception):
    """Not a backup of ours, a wrong passphrase, or a damaged file; the message says which is likely."""


def _key(passphrase: str, salt: bytes) -> AESGCM:
    # n=2^15, r=8, p=1: 32 MiB, about 0.1 s (RFC 7914, interactive use and above).
    raw = hashlib.scrypt(passphrase.encode(), salt=salt, n=2**15, r=8, p=1, maxmem=64 * 1024 * 1024, dklen=32)
    return AESGCM(raw)


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


class SealedWriter(io.RawIOBase):
    """Write-only stream; the file takes its name only when everything is on the disk."""

    def __init__(self, path: Path, passphrase: str) -> None:
        self._path, self._part = path, path.with_name(path.name + ".part")
        salt = os.urandom(SALT)
        self._seal = _key(passphrase, salt)
        self._file: BinaryIO = self._part.open("wb")
        self._part.chmod(0o600)
        self._file.write(MAGIC + salt)
        self._buffer, self._number = bytearray(), 0

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        view = memoryview(data).cast("B")  # type: ignore[arg-type]
        self._buffer += view
        while len(self._buffer) > BLOCK:
            self._put(bytes(self._buffer[:BLOCK]), last=False)
            del self._buffer[:BLOCK]
        return len(view)

    def _put(self, block: bytes, *, last: bool) -> None:
        self._file.write(self._seal.encrypt(_nonce(self._number, last), block, None))
        self._number += 1

    def finish(self) -> None:
        """Seal the last block and give the file its name."""
        self._put(bytes(self._buffer), last=True)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        os.replace(self._part, self._path)
        self.close()

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        if not self._file.closed:
            self._file.close()
            self._part.unlink(missing_ok=True)
        super().__exit__(kind, fault, trace)


class SealedReader(io.RawIOBase):
    """Read-only stream of a sealed file. Raises Unreadable at the first block that does not fit."""

    def __init__(self, path: Path, passphrase: str) -> None:
        self._file: BinaryIO = path.open("rb")
        if self._file.read(len(MAGIC)) != MAGIC:
            raise Unreadable("this file is not a backup made by lms backup")
        self._seal = _key(passphrase, self._file.read(SALT))
        self._number, self._buffer = 0, memoryview(b"")
        self._next = self._file.read(BLOCK + TAG)

    def readable(self) -> bool:
        return True

    def readinto(self, target: object) -> int:
        view = memoryview(target).cast("B")  # type: ignore[arg-type]
        if not self._buffer and self._next:
            self._open_block()
        count = min(len(view), len(self._buffer))
        view[:count] = self._buffer[:count]
        self._buffer = self._buffer[count:]
        return count

    def _open_block(self) -> None:
        block, self._next = self._next, self._file.read(BLOCK + TAG)
        try:
            plain = self._seal.decrypt(_nonce(self._number, not self._next), block, None)
        except InvalidTag as fault:
            reason = "wrong passphrase, or the file is damaged" if self._number == 0 else "the file is damaged or cut off"
            raise Unreadable(reason) from fault
        self._number += 1
        self._buffer = memoryview(plain)

    def close(self) -> None:
        self._file.close()
        super().close()
