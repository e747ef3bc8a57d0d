# ruff: noqa: N805, ARG002 (a service of spyne has no self, and arguments that its WSDL shows)
"""A SOAP service, for ``servers.py``: spyne makes everything of it but these five answers."""

import secrets

from spyne import Application, Array, ComplexModel, Fault, Float, Integer, ServiceBase, Unicode, rpc
from spyne.protocol.soap import Soap11
from spyne.server.wsgi import WsgiApplication

PLAYS = []


class Tape(ComplexModel):
    """One tape."""

    __namespace__ = "tapes"
    title = Unicode
    minutes = Float


class Tapes(ServiceBase):
    """What can be asked."""

    @rpc(Integer, _returns=Tape)
    def tape(ctx, number):
        """One tape, or a fault."""
        if number > 3:
            raise Fault("Client.NoSuchTape", f"no tape {number}")
        return Tape(title=f"Grüße <{number}> & more", minutes=number * 22.5)

    @rpc(Unicode, Integer, _returns=Array(Unicode))
    def titles(ctx, prefix, count):
        """Some titles."""
        return [f"{prefix} {number}" for number in range(count)]

    @rpc(Unicode, Unicode, _returns=Unicode)
    def login(ctx, user, password):
        """A session."""
        return secrets.token_hex(16)

    @rpc(Unicode, _returns=Integer)
    def play(ctx, session):
        """How often something was played: another answer to every one of equal requests."""
        PLAYS.append(session)
        return len(PLAYS)


application = WsgiApplication(
    Application([Tapes], "tapes", in_protocol=Soap11(validator="lxml"), out_protocol=Soap11())
)
