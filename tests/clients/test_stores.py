"""Where tokens are kept between processes."""

from __future__ import annotations

import stat
import sys
from types import ModuleType

import pytest

from tapehiss.cassettes.errors import Misuse
from tapehiss.clients.stores import EncryptedFile, Keyring
from tapehiss.clients.tokens import Token

TOKEN = Token("acc" + "ess-1", "ref" + "resh-1", life_s=60.0, issued_s=5.0)


def test_a_file_keeps_a_token_and_its_secret(tmp_path):
    """What was saved comes back; the file is its owner's, has no token in it, and nothing else lies beside it."""
    store = EncryptedFile(tmp_path / "token", EncryptedFile.new_key())
    assert store.load() is None
    for token in (Token("x"), TOKEN):
        store.save(token)
    assert store.load() == TOKEN
    assert [path.name for path in tmp_path.iterdir()] == ["token"]
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    assert b"ess-1" not in store.path.read_bytes()
    assert store.key not in repr(store)


@pytest.mark.parametrize("damage", [lambda data: data[:-9], lambda _: b"", lambda data: b"x" + data])
def test_a_damaged_file_is_told(tmp_path, damage):
    """Cut, emptied or changed: an error with a remedy, and no token."""
    store = EncryptedFile(tmp_path / "token", EncryptedFile.new_key())
    store.save(TOKEN)
    store.path.write_bytes(damage(store.path.read_bytes()))
    with pytest.raises(Misuse) as caught:
        store.load()
    assert caught.value.remedy


def test_another_key_and_no_key_and_no_place(tmp_path):
    """A wrong key, a text that is no key, a folder that is not there: errors of ours."""
    path = tmp_path / "token"
    EncryptedFile(path, EncryptedFile.new_key()).save(TOKEN)
    for store in (
        EncryptedFile(path, EncryptedFile.new_key()),
        EncryptedFile(path, "short"),
        EncryptedFile(tmp_path, EncryptedFile.new_key()),
    ):
        with pytest.raises(Misuse):
            store.load()
    with pytest.raises(Misuse):
        EncryptedFile(tmp_path / "no" / "token", EncryptedFile.new_key()).save(TOKEN)


def test_a_keyring_keeps_a_token(monkeypatch):
    """Service and account name the entry; without the package, the error says how to get it."""
    entries = {}
    package = ModuleType("keyring")
    package.get_password = lambda *at: entries.get(at)
    package.set_password = lambda service, account, text: entries.update({(service, account): text})
    monkeypatch.setitem(sys.modules, "keyring", package)
    store = Keyring("vendor", "ada")
    assert store.load() is None
    store.save(TOKEN)
    assert (store.load(), list(entries)) == (TOKEN, [("vendor", "ada")])
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(Misuse) as caught:
        store.load()
    assert "pip install" in caught.value.remedy


def test_a_path_may_be_text_and_nothing_is_left_of_a_save_that_failed(tmp_path):
    """A path as text does as well; where the token cannot be put, no half of it stays."""
    store = EncryptedFile(str(tmp_path / "token"), EncryptedFile.new_key())
    store.save(TOKEN)
    assert store.load() == TOKEN
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(Misuse):
        EncryptedFile(folder, EncryptedFile.new_key()).save(TOKEN)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "token"]


def test_without_the_extra_a_store_says_how_to_get_it(tmp_path, monkeypatch):
    """Encryption is an extra: the error names it."""
    monkeypatch.setitem(sys.modules, "cryptography", None)
    with pytest.raises(Misuse) as caught:
        EncryptedFile(tmp_path / "token", "key").save(TOKEN)
    assert "tapehiss[auth]" in caught.value.remedy
