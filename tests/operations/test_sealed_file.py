import secrets

import pytest

from lms.operations.sealed_file import BLOCK, SealedReader, SealedWriter, Unreadable

PASSPHRASE = "ba con trâu trắng"


def seal(path, data, passphrase=PASSPHRASE):
    with SealedWriter(path, passphrase) as sealed:
        sealed.write(data)
        sealed.finish()


def unseal(path, passphrase=PASSPHRASE):
    with SealedReader(path, passphrase) as sealed:
        return b"".join(iter(lambda: sealed.read(100_000), b""))


@pytest.mark.parametrize("size", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 7])
def test_what_is_sealed_comes_back(tmp_path, size):
    data = secrets.token_bytes(size)

    seal(tmp_path / "x", data)

    assert unseal(tmp_path / "x") == data


def test_a_wrong_passphrase_is_refused(tmp_path):
    seal(tmp_path / "x", b"abc")

    with pytest.raises(Unreadable, match="wrong passphrase"):
        unseal(tmp_path / "x", "một cụm khác hẳn")


def test_another_file_is_refused(tmp_path):
    (tmp_path / "x").write_bytes(b"PK\x03\x04 not ours")

    with pytest.raises(Unreadable, match="not a backup"):
        unseal(tmp_path / "x")


@pytest.mark.parametrize("at", [40, BLOCK // 2, -1])
def test_one_changed_byte_is_noticed(tmp_path, at):
    seal(tmp_path / "x", secrets.token_bytes(2 * BLOCK))
    raw = bytearray((tmp_path / "x").read_bytes())
    raw[at] ^= 1
    (tmp_path / "x").write_bytes(raw)

    with pytest.raises(Unreadable):
        unseal(tmp_path / "x")


def test_a_file_cut_at_a_block_is_noticed(tmp_path):
    seal(tmp_path / "x", secrets.token_bytes(3 * BLOCK))
    raw = (tmp_path / "x").read_bytes()
    (tmp_path / "x").write_bytes(raw[: len(raw) - len(raw) % (BLOCK + 16) - (BLOCK + 16)])

    with pytest.raises(Unreadable):
        unseal(tmp_path / "x")


def test_an_interrupted_write_leaves_no_file(tmp_path):
    def interrupted():
        with SealedWriter(tmp_path / "x", PASSPHRASE) as sealed:
            sealed.write(b"half")
            raise InterruptedError

    with pytest.raises(InterruptedError):
        interrupted()

    assert list(tmp_path.iterdir()) == []
