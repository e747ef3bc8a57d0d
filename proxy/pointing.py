"""How a command is made to talk to the recorder: environment variables, and ``{url}`` in its arguments.

The law of this file: pure. It answers with the variables to set beside those that are there; nothing is ever unset, only emptied.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from tapehiss.cassettes.errors import Misuse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tapehiss.cassettes.origins import Origin, Target

URL = "{url}"
"""What stands for the recorder's URL in a command and in ``--env``."""


@dataclass(frozen=True, slots=True)
class BaseUrl:
    """A variable that an SDK reads its base URL from."""

    host: str
    """The vendor's host; ``*`` for any label."""
    variable: str
    path: str
    """What the SDK expects behind the origin."""
    source: str
    """Where that was read."""


BASE_URLS = (
    BaseUrl("api.openai.com", "OPENAI_BASE_URL", "/v1", "openai 3.52.0 (PyPI); openai-node: client.ts, readEnv"),
    BaseUrl("api.anthropic.com", "ANTHROPIC_BASE_URL", "", "anthropic 2.11.0 (PyPI): _client.py"),
    BaseUrl("*.amazonaws.com", "AWS_ENDPOINT_URL", "", "docs.aws.amazon.com/sdkref: Service-specific endpoints"),
    BaseUrl("api.cloudflare.com", "CLOUDFLARE_BASE_URL", "/client/v4", "cloudflare 5.9.0 (PyPI): _client.py"),
    BaseUrl("api.cohere.com", "CO_API_URL", "", "cohere 7.3.1 (PyPI): client.py"),
    BaseUrl("api.github.com", "GITHUB_API_URL", "", "docs.github.com: default variables of Actions; @actions/github"),
    BaseUrl("api.groq.com", "GROQ_BASE_URL", "", "groq 1.7.0 (PyPI): _client.py"),
    BaseUrl("api.replicate.com", "REPLICATE_BASE_URL", "", "replicate 1.0.7 (PyPI): client.py"),
    BaseUrl("api.together.ai", "TOGETHER_BASE_URL", "", "together 3.1.1 (PyPI): _client.py"),
    BaseUrl(
        "generativelanguage.googleapis.com", "GOOGLE_GEMINI_BASE_URL", "", "google-genai 3.4.0 (PyPI): _base_url.py"
    ),
    BaseUrl("huggingface.co", "HF_ENDPOINT", "", "huggingface_hub: constants.py"),
)
SIGNED_HOSTS = ("*.amazonaws.com", "*.amazonaws.com.cn")
"""Here the client signs the Host header: what it signs for the recorder is not valid at the vendor (AWS Signature Version 4)."""
BUNDLE_VARIABLES = (
    "SSL_CERT_FILE",  # OpenSSL, so Python's ssl, httpx, Ruby; Go; rustls-native-certs
    "REQUESTS_CA_BUNDLE",  # requests
    "CURL_CA_BUNDLE",  # curl
    "AWS_CA_BUNDLE",  # boto3, AWS CLI
    "GIT_SSL_CAINFO",  # git
    "PIP_CERT",  # pip
    "CARGO_HTTP_CAINFO",  # cargo
    "HTTPLIB2_CA_CERTS",  # httplib2: google-api-python-client
    "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH",  # gRPC core
)
"""These name *all* authorities that a client trusts: they get the bundle."""
ADDED_VARIABLES = ("NODE_EXTRA_CA_CERTS", "DENO_CERT")
"""These name authorities beside the client's own: they get ours alone."""


def reverse(here: Origin, to: Target, environ: Mapping[str, str]) -> dict[str, str]:
    """The variables for a command that is to use the recorder's URL instead of the vendor's."""
    pointed = {base.variable: f"{here}{base.path}" for base in BASE_URLS if fnmatchcase(to.origin.host, base.host)}
    direct = _joined(environ.get("NO_PROXY") or environ.get("no_proxy") or "", here.host.strip("[]"), "localhost")
    return {"TAPEHISS_URL": f"{here}{to.base_path}", **pointed, "NO_PROXY": direct, "no_proxy": direct}


def regular(here: Origin, certificate: str, bundle: str) -> dict[str, str]:
    """The variables for a command whose traffic is to go through the recorder: all of it, so ``NO_PROXY`` is emptied.

    ``certificate``: the path of the recorder's own authority; ``bundle``: of a file with all authorities, ours among them.
    """
    proxies = dict.fromkeys(("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "TAPEHISS_PROXY"), str(here))
    direct = {"NO_PROXY": "", "no_proxy": "", "NODE_USE_ENV_PROXY": "1"}
    trusted = dict.fromkeys(BUNDLE_VARIABLES, bundle) | dict.fromkeys(ADDED_VARIABLES, certificate)
    return {**proxies, **direct, **trusted}


def _joined(names: str, *more: str) -> str:
    """A NO_PROXY list with some more hosts in it."""
    return ",".join(dict.fromkeys([name for name in (*names.split(","), *more) if name.strip()]))


def placed(command: Sequence[str], url: str) -> tuple[str, ...]:
    """The command with the recorder's URL in its place."""
    return tuple(word.replace(URL, url) for word in command)


def named(settings: Iterable[str], url: str) -> dict[str, str]:
    """The variables of ``--env NAME`` (the recorder's URL) and ``--env NAME=VALUE`` (``{url}`` stands for it)."""
    pairs = [setting.partition("=") for setting in settings]
    for name, _, _ in pairs:
        if not name.replace("_", "a").isalnum() or name[0].isdigit():
            raise Misuse(f"{name!r} is no name of a variable", "--env", "write --env NAME or --env NAME={url}/v1")
    return {name: value.replace(URL, url) if equals else url for name, equals, value in pairs}


def signs(host: str) -> bool:
    """Whether clients of this vendor sign its host name, so that reverse mode cannot work."""
    return any(fnmatchcase(host, pattern) for pattern in SIGNED_HOSTS)
