"""Shell: a running mock, steered from the command line over its control plane."""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tapehiss.cassettes.errors import Misuse, Weather
from tapehiss.cli.console import visible

WAIT_S = 10.0
ANSWER_MAX_BYTES = 10_000_000
OURS = Path(".tapehiss/mock-ca.pem")
"""Trusted beside the usual authorities, if it is here."""


@dataclass(frozen=True, slots=True)
class Mock:
    """A mock at a URL; every question may raise ``Misuse`` or ``Weather``."""

    url: str
    token: str | None = field(default=None, repr=False)

    def ask(self, method: str, path: str, data: Any = None) -> Any:
        """What the control plane says below ``/_tapehiss``."""
        url = f"{self.url.rstrip('/')}/_tapehiss{path}"
        body = None if data is None else json.dumps(data).encode()
        request = urllib.request.Request(url, body, {"Content-Type": "application/json"}, method=method)  # noqa: S310 (http or https: ``is_url``)
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        try:
            with self._opener().open(request, timeout=WAIT_S) as response:
                return json.loads(response.read(ANSWER_MAX_BYTES))
        except urllib.error.HTTPError as error:
            with error:
                raise self._refused(error.code, error.read(ANSWER_MAX_BYTES)) from None
        except ValueError:
            raise self._stranger() from None
        except OSError as error:
            reason = getattr(error, "reason", error)
            remedy = "start one: tapehiss serve TAPE..."
            if isinstance(reason, ssl.SSLError):
                remedy = (
                    f"run this where the mock was started, which has {OURS}, or name its authority in SSL_CERT_FILE"
                )
            raise Weather(f"no mock answers ({reason})", self.url, remedy) from None

    def _opener(self) -> urllib.request.OpenerDirector:
        """Straight to it, whatever proxy the environment names."""
        context = ssl.create_default_context()
        if OURS.is_file():
            context.load_verify_locations(OURS)
        return urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
        )

    def _refused(self, status: int, body: bytes) -> Misuse:
        if status in {401, 403}:
            return Misuse("the control plane needs its token", self.url, "give --token, or set TAPEHISS_TOKEN")
        try:
            detail = json.loads(body)["detail"]
        except (ValueError, KeyError, TypeError):
            return self._stranger()
        return Misuse(f"refused with {status}: {visible(json.dumps(detail))}", self.url, "correct what it names")

    def _stranger(self) -> Misuse:
        return Misuse("is no mock of ours", self.url, "give the URL that tapehiss serve says")


def is_url(text: str) -> bool:
    """Whether a word on the command line is a mock's URL and no tape."""
    parts = urlsplit(text)
    return parts.scheme in {"http", "https"} and bool(parts.netloc)
