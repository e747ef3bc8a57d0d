"""localstripe on 127.0.0.1: its own application, because its command line has no host option and binds every interface.

``python server.py PORT [CERTIFICATE KEY]``
"""

import ssl
import sys

from aiohttp import web
from localstripe import resources, server

resources.Store.dump_to_disk = lambda _: None  # it would keep its state in /tmp/localstripe.pickle
port, *tls = sys.argv[1:]
context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH) if tls else None
if context:
    context.load_cert_chain(*tls)
web.run_app(server.app, host="127.0.0.1", port=int(port), ssl_context=context, print=None)
