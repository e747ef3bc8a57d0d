"""``tapehiss record`` as its user meets it: a real process, real sockets, a real client beside it."""

from __future__ import annotations

import ctypes
import json
import os
import pty
import re
import resource
import select
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import trustme
from vendors import Visit, ask, closed_port, vendor

from tapehiss.cassettes.exchange import Ending, header
from tapehiss.cassettes.tape import open_tapes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tapehiss.cassettes.exchange import Exchange

LIMIT_S = 120.0
RECORD = [sys.executable, "-m", "tapehiss.cli", "record"]
FOLLOW = """
import json, os, sys, urllib.request
url = sys.argv[1]
for _ in range(2):
    with urllib.request.urlopen(url) as response:
        page = json.load(response)
    url = page["next"]
print(url)
"""
"""A client that follows the vendor's links."""


@pytest.fixture(scope="module")
def confdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One certificate authority for all recorders of this file: making one takes its time."""
    return tmp_path_factory.mktemp("confdir")


@pytest.fixture
def where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project folder, and an environment without anybody's proxies."""
    for name in list(os.environ):
        if name.upper().endswith(("_PROXY", "_CA_BUNDLE", "SSL_CERT_FILE", "TAPEHISS_KEY")):
            monkeypatch.delenv(name)
    return tmp_path


@pytest.fixture
def record(where: Path, confdir: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a recording to its end."""

    def call(*words: object, before: Callable[[], None] | None = None) -> subprocess.CompletedProcess[str]:
        command = [*RECORD, "--confdir", confdir, *words]
        return subprocess.run(
            list(map(str, command)),
            cwd=where,
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
            preexec_fn=before,
        )

    return call


@contextmanager
def recording(where: Path, confdir: Path, *words: object) -> Iterator[Running]:
    """A recording without a command, until the test ends it."""
    command = [*RECORD, "--confdir", confdir, "--listen", "127.0.0.1:0", *words]
    process = subprocess.Popen(
        list(map(str, command)), cwd=where, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield Running(process)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        process.wait()


class Running:
    """A recorder in a process of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[str] = []
        url = self.until("recording ").split()[-1]
        self.port = int(url.rpartition(":")[2].partition("/")[0])

    def until(self, words: str) -> str:
        """The next line on standard error that has these words."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(line.rstrip())
            if words in line:
                return self.lines[-1]
        raise AssertionError(f"never said {words!r}, but: {self.lines}")

    def end(self, number: signal.Signals = signal.SIGINT) -> tuple[int, str]:
        """End it as a person does; its exit code and what it said on standard error, all in all."""
        self.process.send_signal(number)
        _, rest = self.process.communicate(timeout=LIMIT_S)
        return self.process.returncode, "\n".join([*self.lines, rest])


def exchanges(where: Path) -> list[Exchange]:
    """Everything on the tapes below the project's folder."""
    return [exchange for tape in open_tapes([where / "cassettes"]) for exchange in tape]


def paged(visit: Visit) -> None:
    """A vendor of pages that link to each other."""
    here = f"http://{visit.header(b'host').decode()}"
    visit.answer(json.dumps({"next": f"{here}/v1/things?page=2"}).encode(), "Content-Type: application/json")


def test_a_command_is_recorded_and_follows_the_vendors_links(where, record):
    """It is given the URL, its output is its own, its links lead through the recorder, and its exit code is passed on."""
    with vendor(paged) as there:
        script = FOLLOW + "print(os.environ['TAPEHISS_URL'], os.environ['MINE'])\nsys.exit(7)"
        done = record(
            "--to",
            f"{there.url}/v1",
            "--json",
            "--label",
            "a",
            "--env",
            "MINE={url}/x",
            "--",
            sys.executable,
            "-c",
            script,
            "{url}/things",
        )
    link, variables, summary = done.stdout.splitlines()
    url = variables.split()[0]
    assert done.returncode == 7
    assert link == f"{url}/things?page=2"
    assert variables == f"{url} {url}/x"
    assert f"recording {there.url}/v1 at {url}" in done.stderr
    first, second = exchanges(where)
    assert [x.request.url for x in (first, second)] == [f"{there.url}/v1/things", f"{there.url}/v1/things?page=2"]
    assert json.loads(first.response.body) == {"next": f"{there.url}/v1/things?page=2"}
    assert first.label == "a"
    told = json.loads(summary)
    assert (told["exchanges"], told["exit_code"], told["command_exit_code"]) == (2, 7, 7)
    assert [where / path for path in told["tapes"]] == [tape.path for tape in open_tapes([where / "cassettes"])]


def test_without_rewriting_the_client_sees_what_the_vendor_sent(record):
    """``--no-rewrite``: the link leads past the recorder."""
    with vendor(paged) as there:
        done = record("--to", there.url, "--no-rewrite", "--quiet", "--", sys.executable, "-c", FOLLOW, "{url}/")
    assert done.stdout == f"{there.url}/v1/things?page=2\n"
    assert done.stderr == ""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_recording_and_loses_nothing(where, confdir, number):
    """Ctrl-C and SIGTERM drain, write, say where the tape is, and that is success."""
    with vendor(paged) as there, recording(where, confdir, "--to", there.url) as running:
        for _ in range(20):
            ask(running.port, b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        code, said = running.end(number)
    assert code == 0
    assert len(exchanges(where)) == 20
    assert "20 exchanges recorded" in said
    assert "tape: cassettes/127.0.0.1-" in said


def test_the_configuration_is_read(where, record):
    """``[record]`` gives what the command line does not."""
    with vendor(paged) as there:
        (where / "tapehiss.toml").write_text(f'[record]\nto = "{there.url}"\nlabel = "from the file"\npath = "/v1/*"\n')
        record("--", sys.executable, "-c", FOLLOW, "{url}/other")
    assert [(x.label, x.request.url) for x in exchanges(where)] == [("from the file", f"{there.url}/v1/things?page=2")]


def test_a_vendor_that_is_down_is_said_and_recorded(where, confdir):
    """A caution at the start, refused exchanges on the tape, and no failure of the recorder."""
    port = closed_port()
    with recording(where, confdir, "--to", f"http://127.0.0.1:{port}") as running:
        assert "cannot be reached now" in running.until("caution")
        answer, _ = ask(running.port, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        code, _ = running.end()
    assert (code, answer) == (0, b"")
    assert [x.ending for x in exchanges(where)] == [Ending.REFUSED]


def test_a_port_that_is_taken_is_one_line(record):
    """Exit code 2, the address, and what to do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        done = record("--to", "http://127.0.0.1:1", "--listen", address)
    assert done.returncode == 2
    assert done.stderr == (
        f"tapehiss: {address}: another program listens there already -> choose another port: --listen 127.0.0.1:0 takes any free one\n"
    )


def without_override() -> None:
    """In the child: what root may, but others may not (CAP_DAC_OVERRIDE, capabilities(7)), is given up."""
    if os.geteuid() == 0:
        ctypes.CDLL(None).prctl(24, 1, 0, 0, 0)


def test_a_folder_that_may_not_be_written_is_one_line(where, record):
    """Exit code 2 before anything is recorded."""
    closed = where / "closed"
    closed.mkdir(mode=0o500)
    done = record("--to", "http://127.0.0.1:1", "--into", closed, before=without_override)
    assert done.returncode == 2
    assert done.stderr.startswith(f"tapehiss: {closed}")
    assert done.stderr.endswith(
        ": the tape cannot be written: permission denied -> record --into a folder that you may write\n"
    )
    assert done.stderr.count("\n") == 1


def test_an_authority_that_cannot_be_made_is_said(where):
    """Regular mode without a home that may be written: exit code 2, and the option that helps."""
    closed = where / "closed"
    closed.mkdir(mode=0o500)
    done = subprocess.run(
        [*RECORD, "--mode", "regular", "--quiet", "--confdir", str(closed / "home"), "--", "true"],
        cwd=where,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
        preexec_fn=without_override,
    )
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].endswith(
        ": the certificate authority could not be made -> give a --confdir that you may write"
    )


def small_files() -> None:
    """In the child: no file may grow beyond 40 kB (setrlimit(2): EFBIG)."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))


def small_disk() -> None:
    """In the child: the folder of the tapes is a file system of 64 kB that nobody else sees (unshare(2), mount(2): ENOSPC)."""
    libc = ctypes.CDLL(None)
    Path("cassettes").mkdir(exist_ok=True)
    namespace, private = 0x00020000, 0x4000 | 0x40000
    refused = libc.unshare(namespace) or libc.mount(b"none", b"/", None, private, None)
    if refused or libc.mount(b"none", b"cassettes", b"tmpfs", 0, b"size=64k"):
        os._exit(77)


@pytest.mark.parametrize(
    ("before", "line"),
    [
        (small_files, "the disk refused (File too large) -> see whether the disk is well, then try again"),
        (small_disk, "the disk is full; nothing of this exchange was written -> make room and go on"),
    ],
)
def test_a_full_disk_ends_the_recording_and_the_command(record, before, line):
    """One line that says what to do, exit code 2; the command does not go on unrecorded."""
    forever = (
        "import itertools, sys, urllib.request\nfor _ in itertools.count(): urllib.request.urlopen(sys.argv[1]).read()"
    )
    assert record("--to", "http://127.0.0.1:1", "--", "true").returncode == 0  # makes the certificate authority
    with vendor(lambda visit: visit.answer(b"x" * 5000, "Content-Type: text/plain")) as there:
        done = record("--to", there.url, "--", sys.executable, "-c", forever, "{url}", before=before)
    if done.returncode == 77:
        pytest.skip("only root may mount a file system")
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].endswith(line)


def test_a_recording_that_fails_is_summed_up_for_programs(where, record):
    """``--json``: one object with the error, exit code 2; a tape of which nothing could be written is not there."""
    fetch = "import sys, urllib.request\nfor _ in range(9): urllib.request.urlopen(sys.argv[1]).read()"
    record("--to", "http://127.0.0.1:1", "--", "true")  # makes the certificate authority
    with vendor(lambda visit: visit.answer(b"x" * 90_000, "Content-Type: text/plain")) as there:
        done = record("--to", there.url, "--json", "--", sys.executable, "-c", fetch, "{url}", before=small_files)
    told = json.loads(done.stdout.splitlines()[-1])
    assert (done.returncode, told["exit_code"], told["exchanges"], told["tapes"]) == (2, 2, 0, [])
    assert done.stderr.splitlines()[-1] == f"tapehiss: {told['error']}"
    assert "File too large" in told["error"]
    assert [*(where / "cassettes").iterdir()] == []


def test_a_client_that_does_not_trust_us_is_hinted_at(where, confdir):
    """One line for the host, with the certificate to trust."""
    authority = trustme.CA()
    context = trustme_context(authority)
    authority.cert_pem.write_to_path(str(where / "vendor-ca.pem"))
    with (
        vendor(paged, context) as there,
        recording(where, confdir, "--mode", "regular", "--upstream-ca", "vendor-ca.pem") as running,
    ):
        client = ["curl", "--silent", "--proxy", f"http://127.0.0.1:{running.port}", f"https://localhost:{there.port}/"]
        refused = subprocess.run(client, capture_output=True, check=False, timeout=LIMIT_S)
        hint = running.until("refused the recorder's certificate")
        trusted = subprocess.run(
            [*client, "--cacert", confdir / "mitmproxy-ca-cert.pem"], capture_output=True, check=False, timeout=LIMIT_S
        )
        running.end()
    assert refused.returncode == 60  # curl(1): the peer's certificate cannot be authenticated
    assert "localhost" in hint
    assert str(confdir / "mitmproxy-ca-cert.pem") in hint
    assert trusted.returncode == 0
    assert len(exchanges(where)) == 1


def trustme_context(authority: trustme.CA):
    """TLS for a vendor at localhost."""
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    return context


def test_a_command_goes_through_a_forward_proxy_that_it_trusts(where, record):
    """Regular mode, HTTPS, nothing changed in the client: the variables are enough."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(where / "vendor-ca.pem"))
    script = "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1]).status)"
    with vendor(paged, trustme_context(authority)) as there:
        url = f"https://localhost:{there.port}/a"
        done = record(
            "--mode", "regular", "--upstream-ca", "vendor-ca.pem", "--strict", "--", sys.executable, "-c", script, url
        )
    assert (done.returncode, done.stdout) == (0, "200\n")
    [exchange] = exchanges(where)
    assert exchange.request.url == url
    assert header(exchange.request.headers, "host") == f"localhost:{there.port}"


def test_a_missing_extra_is_one_line(where):
    """Without mitmproxy everything else works, and record says what to install."""
    blocked = "import sys; sys.modules['mitmproxy'] = None; from tapehiss.cli.main import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", blocked, "record", "--to", "http://127.0.0.1:1"],
        cwd=where,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert (done.returncode, done.stderr) == (
        2,
        "tapehiss: mitmproxy is not installed -> pip install 'tapehiss[proxy]'\n",
    )


def test_a_command_that_does_not_exist_is_one_line(record):
    """Exit code 2, before anything listens or is said to be recorded."""
    done = record("--to", "http://127.0.0.1:1", "--", "no-such-command")
    assert (done.returncode, done.stderr) == (
        2,
        "tapehiss: no-such-command: there is no such command -> check its name, or give its path\n",
    )


def test_a_variable_that_cannot_be_set_is_one_line(record):
    """Exit code 2, before anything listens or is said to be recorded."""
    done = record("--to", "http://127.0.0.1:1", "--env", "1x", "--", "true")
    assert (done.returncode, done.stderr) == (
        2,
        "tapehiss: --env: '1x' is no name of a variable -> write --env NAME or --env NAME={url}/v1\n",
    )


def test_the_options_of_a_command_are_its_own(record):
    """Everything from the first word on is the command, with or without ``--`` before it."""
    done = record("--to", "http://127.0.0.1:1", "--quiet", "sh", "-c", "echo $1", "--quiet", "--json")
    assert (done.returncode, done.stdout, done.stderr) == (0, "--json\n", "")


def test_a_signal_is_the_commands_first(record):
    """A command that a signal ends: 128 and the signal's number, as in a shell."""
    done = record("--to", "http://127.0.0.1:1", "--quiet", "--", "sh", "-c", "kill -TERM $$")
    assert done.returncode == 128 + signal.SIGTERM


def test_listening_for_others_is_cautioned(where, confdir):
    """Anything but loopback must be asked for, and is pointed out."""
    with recording(where, confdir, "--to", "http://127.0.0.1:1", "--listen", "0.0.0.0:0") as running:
        code, said = running.end()
    assert code == 0
    assert "anybody who reaches 0.0.0.0" in said


def test_a_person_sees_a_live_line_and_a_table(where, confdir):
    """On a terminal: how it goes while it goes, and at the end one row for each endpoint; in a pipe neither."""
    ours, theirs = pty.openpty()
    command = [*RECORD, "--confdir", str(confdir), "--listen", "127.0.0.1:0"]
    with vendor(lambda visit: visit.answer(b"{}", "Content-Type: application/json")) as there:
        process = subprocess.Popen([*command, "--to", there.url], cwd=where, stdin=theirs, stdout=theirs, stderr=theirs)
        os.close(theirs)
        shown = seen(ours, "Ctrl-C ends the recording")
        port = int(re.search(r"at http://127.0.0.1:([0-9]+)", shown)[1])
        for path in (b"/v1/things/17", b"/v1/things/18"):
            ask(port, b"GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" % path)
        shown = seen(ours, "2 exchanges (2xx:2) | 0 open")
        process.send_signal(signal.SIGINT)
        shown = seen(ours, "tape: cassettes/")
        assert process.wait(LIMIT_S) == 0
    os.close(ours)
    assert re.search(r"GET +/v1/things/{} +2xx:2 +2 +4 B", shown)
    assert "2 exchanges recorded" in shown


def seen(terminal: int, words: str) -> str:
    """What a terminal shows, until it shows these words."""
    shown = ""
    while words not in shown:
        ready, _, _ = select.select([terminal], [], [], LIMIT_S)
        assert ready, f"never showed {words!r}, but: {shown}"
        shown += os.read(terminal, 65536).decode()
    return shown


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ((), "--to: which vendor? -> give --to https://api.vendor.example, or --mode regular for many hosts"),
        (
            ("--to", "api.vendor.example"),
            "--to: 'api.vendor.example' has no scheme -> write https://api.vendor.example",
        ),
        (
            ("--to", "ftp://a.example"),
            "--to: 'ftp://a.example': the scheme 'ftp' cannot be recorded -> give an http:// or https:// URL",
        ),
        (
            ("--to", "http://a.example", "--listen", "x"),
            "--listen: 'x' is no address to listen on -> write it like 127.0.0.1:8080 (port 0: any free port)",
        ),
        (
            ("--to", "http://a.example", "--max-body", "big"),
            "--max-body: 'big' is no size -> write it like 500, 64kB or 10MiB",
        ),
        (
            ("--to", "https://a.example", "--listen", "127.0.0.1:0", "--upstream-ca", "none.pem"),
            "--upstream-ca: none.pem cannot be read (No such file or directory) -> correct the path",
        ),
        (
            ("--to", "https://a.example", "--listen", "127.0.0.1:0", "--upstream-ca", __file__),
            f"--upstream-ca: {__file__} holds no certificate in PEM -> convert it: openssl x509 -in FILE -out FILE.pem",
        ),
        (
            ("--to", "http://a.example", "--config", "/"),
            "/: cannot be read (Is a directory) -> name a file, not a folder",
        ),
        (("--to", "http://a.example", "--config", "none.toml"), "none.toml: there is no such file -> correct --config"),
    ],
)
def test_what_cannot_be_meant_is_one_line(tapehiss, words, line):
    """Exit code 2, where, and what to write instead; nothing has been started."""
    said = tapehiss("record", *words)
    assert (said.code, said.err) == (2, f"tapehiss: {line}\n")


def test_how_to_trust_is_printed(tapehiss, tmp_path):
    """For every client, with the files of this recorder."""
    said = tapehiss("record", "--how-to-trust", "--confdir", tmp_path)
    assert said.code == 0
    assert f"REQUESTS_CA_BUNDLE={tmp_path}/tapehiss-ca-bundle.pem" in said.out
    assert "is made when the recorder first starts" in said.err


def test_the_documentation_names_every_option_and_every_variable():
    """``docs/recording.md`` leaves nothing out that a user may say or a command may find in its environment."""
    from tapehiss.cassettes.origins import Origin, target
    from tapehiss.cli.record import command
    from tapehiss.proxy import pointing

    text = (Path(__file__).parents[2] / "docs" / "recording.md").read_text("utf-8")
    options = [max(option.opts, key=len) for option in command.params if option.param_type_name == "option"]
    here, to = Origin("http", "127.0.0.1", 1), target("https://api.vendor.example")
    variables = {
        *pointing.reverse(here, to, {}),
        *pointing.regular(here, "", ""),
        *(base.variable for base in pointing.BASE_URLS),
    }
    missing = [word for word in (*options, *variables) if word not in text and word.upper() not in text]
    assert missing == []
