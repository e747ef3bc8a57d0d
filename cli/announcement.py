"""What ``tapehiss serve`` says when it listens: to a person how to point a client at it, to a program where it is."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tapehiss.cli.console import counted, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tapehiss.mocks.profile import Profile
    from tapehiss.mocks.vendor import Vendor

SUCCESS = range(200, 300)


@dataclass(frozen=True, slots=True)
class Announcement:
    """A mock that listens."""

    url: str
    port: int
    vendor: Vendor
    kept: Profile | None = None
    """Where its limits come from."""
    token: str | None = None
    made: bool = False
    """Whether we made the token: then it has to be told."""
    certificate: Path | None = None
    """What clients must trust."""
    ports: Mapping[str, int] = field(default_factory=dict)
    """Further ports: of states, and of vendors."""

    @property
    def control(self) -> str:
        """The URL of the control plane."""
        return f"{self.url}/_tapehiss/"

    def as_data(self) -> dict[str, Any]:
        """For a program."""
        from tapehiss.mocks.shorthand import rule_to_text

        return {
            "url": self.url,
            "port": self.port,
            "ports": dict(self.ports),
            "control": self.control,
            "recordings": len(self.vendor.index.recordings),
            "hosts": sorted(self.vendor.index.hosts),
            "rules": [rule_to_text(rule) for rule in self.vendor.schedule],
            "limits": None if self.kept is None else {"profile": self.kept.name, "plan": self.kept.plan},
            "token": self.token,
            "certificate": None if self.certificate is None else str(self.certificate.resolve()),
        }

    def lines(self) -> Iterator[str]:
        """For a person."""
        hosts = sorted(self.vendor.index.hosts)
        yield f"serving    {counted(len(self.vendor.index.recordings), 'recording')} of {visible(', '.join(hosts))}"
        yield f"at         {self.url}"
        if len(hosts) > 1:
            yield f"           by Host header, or at {self.url}/_host/{visible(hosts[0])}/"
        base = self.url.rpartition(":")[0]
        yield from (f"           {visible(name)}: {base}:{port}" for name, port in self.ports.items())
        yield from self._weather()
        sample = self.sample()
        if sample:
            trust = f"--cacert {shlex.quote(str(self.certificate.resolve()))} " if self.certificate else ""
            yield f"try        curl {trust}{shlex.quote(self.url + sample)}"
        for origin in self.vendor.index.origins[:1]:
            yield f"client     give it {self.url} in place of {visible(str(origin))}"
        yield from self._trust()
        yield f"steer      {self.control}docs"
        if self.token is not None:
            shown = self.token if self.made else "TOKEN"
            yield f"token      Authorization: Bearer {shown}   (a browser asks: any name, the token as password)"
        yield "stop       Ctrl-C"

    def _weather(self) -> Iterator[str]:
        from tapehiss.mocks.shorthand import rule_to_text

        rules = [rule_to_text(rule) for rule in self.vendor.schedule]
        yield f"weather    {rules[0] if rules else 'fair'}"
        yield from (f"           {rule}" for rule in rules[1:])
        if self.kept is not None:
            plan = f", plan {self.kept.plan}" if self.kept.plan else ""
            about = f"({self.kept.confidence}, read {self.kept.read}: {self.kept.source})"
            yield f"limits     {self.kept.vendor}{plan} {about}"
        if any(rule.probability < 1 for rule in self.vendor.schedule):
            yield f"seed       {self.vendor.seed}"

    def _trust(self) -> Iterator[str]:
        from tapehiss.mocks.certificates import advice

        if self.certificate is not None:
            yield f"trust      {self.certificate.resolve()}"
            yield from (f"           {client}: {how}" for client, how in advice(self.certificate, self.url))

    def sample(self) -> str:
        """The path of a recording that anybody can ask for, if there is one."""
        from tapehiss.mocks.keys import split_url

        many = len(self.vendor.index.hosts) > 1
        for exchange in self.vendor.index.recordings:
            request, response = exchange.request, exchange.response
            if request.method == "GET" and response is not None and response.status in SUCCESS:
                authority, target = split_url(request.url)[:2]
                return visible(f"/_host/{authority}{target}" if many else target)
        return ""
