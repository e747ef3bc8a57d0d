"""The unmodified Kinto SDK against a Kinto server: buckets, records in pages, ETags, a batch, permissions, refusals."""

import json
import sys
import uuid

import kinto_http
from kinto_http import patch_type
from kinto_http.exceptions import KintoException


def refused(call, **arguments):
    """The error that a call ends in."""
    try:
        call(**arguments)
    except KintoException as error:
        return [type(error).__name__, error.response.status_code if error.response is not None else None]
    return "not refused"


def run(url):
    """Everything that the program sees."""
    client = kinto_http.Client(
        server_url=f"{url}/v1", auth=("ada", "correct horse battery"), bucket="b", collection="c"
    )
    results = [client.server_info()["project_name"]]
    results.append(client.create_bucket(if_not_exists=True))
    results.append(client.create_collection(permissions={"read": ["system.Everyone"]}))
    made = [client.create_record(id=f"r{n}", data={"n": n, "text": f"grüße {n}"}) for n in range(7)]
    results += made
    results.append(client.get_records(_limit=3, _sort="n"))
    results += list(client.get_paginated_records(_limit=3))
    first = made[0]["data"]
    results.append(client.update_record(id="r0", data={"n": 100}, if_match=first["last_modified"]))
    results.append(refused(client.update_record, id="r0", data={"n": 101}, if_match=first["last_modified"]))
    results.append(client.patch_record(id="r1", changes=patch_type.MergePatch({"extra": True})))
    with client.batch() as batch:
        for n in range(3):
            batch.create_record(id=f"x{n}", data={"n": n})
    results.append(client.get_records(_sort="-n", in_n="0,1,2"))
    own = [str(uuid.uuid4()) for _ in range(2)]  # named by us: other names in every run
    for number, name in enumerate(own):
        client.create_record(id=name, data={"n": number + 10})
    results += [client.get_record(id=name)["data"]["id"] == name for name in reversed(own)]
    results.append(client.delete_record(id="r3"))
    results.append(refused(client.get_record, id="r3"))
    stranger = kinto_http.Client(server_url=f"{url}/v1", auth=("eve", "guess"), bucket="b", collection="c", retry=0)
    results.append(refused(stranger.delete_records))
    results.append(stranger.get_record(id="r1"))
    results.append(client.get_records_timestamp())
    return results


if __name__ == "__main__":
    print(json.dumps(run(sys.argv[1]), ensure_ascii=False))
