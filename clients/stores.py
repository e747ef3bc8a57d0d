"""Shell: where tokens are kept between processes: an encrypted file, or the keyring of the desktop."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tapehiss.cassettes.errors import Misuse, missing_extra, remedy_for
from tapehiss.clients.tokens import from_text, to_text

if TYPE_CHECKING:
    from tapehiss.clients.tokens import Token

FILE_MAX_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class EncryptedFile:
    """A file that only its owner may read, encrypted with Fernet (AES-CBC and HMAC); replaced as a whole, never half.

    Needs the extra ``auth``.
    """

    path: Path | str
    key: str = field(repr=False)
    """From ``new_key()``; keep it elsewhere: in the environment, in a vault."""
    blocking = True

    @staticmethod
    def new_key() -> str:
        """A new key."""
        return str(_fernet().Fernet.generate_key().decode())

    def load(self) -> Token | None:
        """What was kept; ``Misuse`` when it cannot be read, or not with this key."""
        fernet = _fernet()
        try:
            with Path(self.path).open("rb") as file:
                sealed = file.read(FILE_MAX_BYTES)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._unusable(error) from error
        try:
            return from_text(self._box().decrypt(sealed).decode())
        except (fernet.InvalidToken, UnicodeDecodeError):
            remedy = "give the key it was written with, or remove the file and log in again"
            raise Misuse("this key does not open it", str(self.path), remedy) from None

    def save(self, token: Token) -> None:
        """Keep this instead; a crash leaves the old one or the new one."""
        sealed = self._box().encrypt(to_text(token).encode())
        path, name = Path(self.path), ""
        try:
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
            with os.fdopen(handle, "wb") as file:
                file.write(sealed)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except OSError as error:
            if name:
                Path(name).unlink(missing_ok=True)
            raise self._unusable(error) from error

    def _box(self) -> Any:
        try:
            return _fernet().Fernet(self.key)
        except ValueError:
            raise Misuse("this is no key", "EncryptedFile", "make one with EncryptedFile.new_key()") from None

    def _unusable(self, error: OSError) -> Misuse:
        return Misuse(f"the token cannot be kept here: {error.strerror}", str(self.path), remedy_for(error))


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keyring of the operating system, by way of the package ``keyring``."""

    service: str
    account: str
    blocking = True

    def load(self) -> Token | None:
        """What was kept."""
        text = _keyring().get_password(self.service, self.account)
        return None if text is None else from_text(text)

    def save(self, token: Token) -> None:
        """Keep this instead."""
        _keyring().set_password(self.service, self.account, to_text(token))


def _fernet() -> Any:
    try:
        from cryptography import fernet
    except ImportError:
        raise missing_extra("cryptography", "auth") from None
    return fernet


def _keyring() -> Any:
    try:
        import keyring
    except ImportError:
        raise Misuse("keyring is not installed", remedy="pip install keyring") from None
    return keyring
