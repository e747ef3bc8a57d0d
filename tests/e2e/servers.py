"""Starts one of other people's API servers on 127.0.0.1, as its own makers would: ``python servers.py NAME PORT FOLDER [CERT KEY]``.

Run by the Python of the environment that has the server. With a certificate the server speaks HTTPS: by its own option
where it has one, else behind a few lines that take the TLS off. Nothing here answers a request.
"""

import asyncio
import os
import runpy
import socket
import ssl
import sys
import threading
from pathlib import Path

HERE = "127.0.0.1"


async def _pour(reader, writer):
    try:
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()
    except (ConnectionError, ssl.SSLError):
        pass
    finally:
        writer.close()


async def _front(port, plain_port, tls):
    async def joined(reader, writer):
        there = await asyncio.open_connection(HERE, plain_port)
        await asyncio.gather(_pour(reader, there[1]), _pour(there[0], writer), return_exceptions=True)

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*tls)
    await (await asyncio.start_server(joined, HERE, port, ssl=context)).serve_forever()


def behind_tls(port, tls):
    """The port on which the plain server must listen; a thread takes the TLS off in front of it."""
    if not tls:
        return port
    with socket.socket() as probe:
        probe.bind((HERE, 0))
        plain_port = probe.getsockname()[1]
    threading.Thread(target=lambda: asyncio.run(_front(port, plain_port, tls)), daemon=True).start()
    return plain_port


def command(module, *arguments):
    """Run a package's own command line in this process."""
    sys.argv = [module, *map(str, arguments)]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def localstripe(port, folder, tls):
    """Payments: localstripe, as the demo starts it."""
    sys.argv = ["server.py", str(port), *(tls or ())]
    runpy.run_path(str(Path(__file__).parents[2] / "examples" / "demo" / "server.py"), run_name="__main__")


def moto(port, folder, tls):
    """AWS: moto's server."""
    extra = ["-c", tls[0], "-k", tls[1]] if tls else []
    sys.argv = ["moto_server", "-H", HERE, "-p", str(port), *extra]
    from moto.server import main

    main()


def kinto(port, folder, tls):
    """A JSON store: Kinto in memory, with its basic authentication policy."""
    import waitress
    from kinto import main

    settings = {f"{name}_backend": f"kinto.core.{name}.memory" for name in ("storage", "cache", "permission")}
    settings |= {
        "includes": "kinto.plugins.default_bucket",
        "userid_hmac_secret": "not" + "-a-secret-of-anybody",
        "bucket_create_principals": "system.Authenticated",
        "http_scheme": "https" if tls else "http",
        "http_host": f"{HERE}:{port}",
    }
    settings = {f"kinto.{key}": value for key, value in settings.items()} | {"multiauth.policies": "basicauth"}
    waitress.serve(
        main({}, None, **settings), host=HERE, port=behind_tls(port, tls), url_scheme="https" if tls else "http"
    )


def httpbin(port, folder, tls):
    """A bit of everything that HTTP has: httpbin."""
    from httpbin import app
    from werkzeug.serving import run_simple

    run_simple(HERE, port, app, threaded=True, ssl_context=tls)


def datasette(port, folder, tls):
    """GraphQL: datasette with its datasette-graphql plugin over a small database."""
    import sqlite3

    path = Path(folder) / "music.db"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE IF NOT EXISTS tapes (id INTEGER PRIMARY KEY, title TEXT, year INTEGER)")
        db.execute(
            "CREATE TABLE IF NOT EXISTS sides (id INTEGER PRIMARY KEY, name TEXT, seconds REAL, tape INTEGER REFERENCES tapes(id))"
        )
        rows = [
            (n, title, 1960 + n * 5)
            for n, title in enumerate(["Side B", "Hiss", "Grüße", "Loop", "Echo", "Wow", "Flutter"], 1)
        ]
        db.executemany("INSERT OR REPLACE INTO tapes VALUES (?, ?, ?)", rows)
        db.executemany(
            "INSERT OR REPLACE INTO sides VALUES (?, ?, ?, ?)",
            [(n, "AB"[n % 2], n * 60.5, n // 2 + 1) for n in range(14)],
        )
    extra = ["--ssl-certfile", tls[0], "--ssl-keyfile", tls[1]] if tls else []
    command("datasette", "serve", path, "-h", HERE, "-p", port, *extra)


def radicale(port, folder, tls):
    """Calendars: Radicale with a password file."""
    users = Path(folder) / "users"
    users.write_text("ada:correct horse battery\n")
    extra = ["--ssl", "--certificate", tls[0], "--key", tls[1]] if tls else []
    auth = ["--auth-type", "htpasswd", "--auth-htpasswd-filename", users, "--auth-htpasswd-encryption", "plain"]
    store = ["--storage-filesystem-folder", Path(folder) / "collections"]
    command("radicale", "--config", "", "--hosts", f"{HERE}:{port}", *auth, *store, *extra)


LITELLM = """
model_list:
- model_name: hiss
  litellm_params:
    model: openai/gpt-4o
    api_key: none
    mock_response: "Tape hiss is the noise one hears on any real recording: quiet, honest, grüße."
- model_name: claude-hiss  # through itself: what it makes up does not stream in Anthropic's dialect, what it translates does
  litellm_params: {{model: hosted_vllm/hiss, api_base: "{scheme}://127.0.0.1:{port}/v1", api_key: "{key}"}}
general_settings: {{master_key: "{key}"}}
litellm_settings: {{ssl_verify: false}}
"""


def litellm(port, folder, tls):
    """OpenAI's and Anthropic's API: litellm's proxy, which makes the answers up itself."""
    config = Path(folder) / "litellm.yaml"
    text = LITELLM.format(scheme="https" if tls else "http", port=port, key=os.environ["E2E_LITELLM_KEY"])
    config.write_text(text, encoding="utf-8")
    os.environ.update(LITELLM_LOCAL_MODEL_COST_MAP="True", LITELLM_LOG="ERROR", NO_DOCS="True", DO_NOT_TRACK="1")
    extra = ["--ssl_certfile_path", tls[0], "--ssl_keyfile_path", tls[1]] if tls else []
    sys.argv = ["litellm", "--config", str(config), "--host", HERE, "--port", str(port), "--telemetry", "False", *extra]
    from litellm import run_server

    run_server()


def gcs(port, folder, tls):
    """Google Cloud Storage: gcp-storage-emulator, in memory (it writes http:// into its links whatever is in front of it)."""
    from gcp_storage_emulator.__main__ import main

    main(["start", "--host", HERE, "--port", str(port), "--in-memory", "-q"])


def spyne(port, folder, tls):
    """SOAP: a service made with spyne, which writes its WSDL itself (http://, whatever is in front of it)."""
    from wsgiref.simple_server import make_server

    make_server(
        HERE, port, runpy.run_path(str(Path(__file__).parent / "spyne_tapes.py"))["application"]
    ).serve_forever()


def django(port, folder, tls):
    """A browser's way in: Django's own admin, with its sessions, its CSRF tokens and an empty database."""
    from wsgiref.simple_server import make_server

    os.environ.update(E2E_DJANGO_FOLDER=folder, E2E_DJANGO_ORIGIN=f"{'https' if tls else 'http'}://{HERE}:{port}")
    application = runpy.run_path(str(Path(__file__).parent / "django_admin.py"))["application"]
    make_server(HERE, behind_tls(port, tls), application).serve_forever()


def mcp(port, folder, tls):
    """Model Context Protocol over streamable HTTP: sessions, and answers as event streams."""
    from mcp.server.mcpserver import MCPServer

    server = MCPServer("tapes")

    @server.tool()
    def seconds(minutes: float) -> float:
        """How long a side is."""
        return minutes * 60

    @server.resource("tape://{name}")
    def tape(name: str) -> str:
        """What a tape holds."""
        return f"{name}: hiss, grüße"

    server.run("streamable-http", host=HERE, port=behind_tls(port, tls))


def oidc(port, folder, tls):
    """OpenID Connect: oidc-provider-mock."""
    from oidc_provider_mock import app
    from werkzeug.serving import run_simple

    run_simple(HERE, port, app(), threaded=True, ssl_context=tls)


if __name__ == "__main__":
    name, port, folder, *tls = sys.argv[1:]
    globals()[name](int(port), folder, tuple(tls) or None)
