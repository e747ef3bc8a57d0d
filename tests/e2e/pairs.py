"""Which SDK meets which server, and what must never be on a tape of theirs."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Pair:
    """One client and one server, both written by other people."""

    name: str
    """Of the script in ``scripts/``."""
    server: str
    """Of the function in ``servers.py``."""
    server_environment: str = "e2e"
    https: bool = True
    """Whether the server can be reached by HTTPS; forward mode is plain HTTP otherwise."""
    secrets: tuple[str, ...] = ()
    """Fixed credentials of the script."""

    @property
    def script(self) -> Path:
        """Prints what the SDK returned, as a JSON list: ``python script.py URL``."""
        return HERE / "scripts" / f"{self.name}.py"


KEYS = {
    "E2E_STRIPE_KEY": "sk_" + "test_" + secrets.token_hex(16),
    "E2E_LITELLM_KEY": "sk-" + "e2e-" + secrets.token_hex(16),
    "E2E_AWS_ID": "AKIA" + secrets.token_hex(8).upper(),
    "E2E_AWS_KEY": secrets.token_urlsafe(30),
}
"""Given to servers and scripts as environment variables: new ones in every run."""

PAIRS = (
    Pair("stripe_localstripe", "localstripe", secrets=("4242" * 4,)),
    Pair("boto3_moto", "moto"),
    Pair("openai_litellm", "litellm", "e2e-litellm"),
    Pair("anthropic_litellm", "litellm", "e2e-litellm"),
    Pair("kinto_http_kinto", "kinto", secrets=("correct horse battery", "YWRhOmNvcnJlY3QgaG9yc2UgYmF0dGVyeQ")),
    Pair("requests_httpx_httpbin", "httpbin"),
    Pair("gql_datasette", "datasette", secrets=("graphql-" + "t0ken" * 5,)),
    Pair("caldav_radicale", "radicale", secrets=("correct horse battery", "YWRhOmNvcnJlY3QgaG9yc2UgYmF0dGVyeQ")),
    Pair("gcs_emulator", "gcs", https=False),
    Pair("authlib_oidc", "oidc", secrets=("shop-" + "s3cret" * 4,)),
    Pair("minio_moto", "moto"),
    Pair("zeep_spyne", "spyne", https=False, secrets=("correct horse battery",)),
    Pair("mechanicalsoup_django", "django", secrets=("correct horse battery",)),
    Pair("mcp_mcp", "mcp"),
)
