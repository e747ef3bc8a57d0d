"""zeep against a spyne server: WSDL, WS-Security, values, faults, a log-in, and equal calls with other answers."""

import json
import sys

from zeep import Client
from zeep.exceptions import Fault
from zeep.helpers import serialize_object
from zeep.wsse.username import UsernameToken


def run(url):
    """Everything that the program sees."""
    client = Client(f"{url}/?wsdl", wsse=UsernameToken("ada", "correct horse battery"))
    results = [serialize_object(client.service.tape(number), dict) for number in (2, 0, 1)]
    results.append(client.service.titles("Side & side", 3))
    try:
        client.service.tape(9)
    except Fault as fault:
        results.append([fault.code, fault.message])
    session = client.service.login("ada", "correct horse battery")
    results.append(len(session))
    results += [client.service.play(session) for _ in range(3)]
    return results


if __name__ == "__main__":
    print(json.dumps(run(sys.argv[1]), ensure_ascii=False))
