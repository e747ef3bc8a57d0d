"""requests, httpx, aiohttp and urllib against httpbin: codings, redirects, cookies, forms, uploads, streams, statuses."""

import asyncio
import json
import os
import ssl
import sys
import urllib.request

import aiohttp
import httpx
import requests

WAIT_S = 20


def told(answer):
    """Status and body of a requests or httpx response."""
    kind = answer.headers.get("content-type", "")
    body = answer.json() if kind.startswith("application/json") else answer.content.hex()
    for noise in ("headers", "origin"):
        if isinstance(body, dict):
            body.pop(noise, None)
    return [answer.status_code, kind, body]


def by_requests(url):
    """The calls made with requests."""
    web = requests.Session()
    web.headers["User-Agent"] = "e2e"
    results = [told(web.get(f"{url}/{path}", timeout=WAIT_S)) for path in ("gzip", "deflate", "brotli", "json", "xml")]
    results += [told(web.get(f"{url}/{path}", timeout=WAIT_S)) for path in ("image/png", "encoding/utf8", "robots.txt")]
    results.append(told(web.get(f"{url}/bytes/2000", params={"seed": 7}, timeout=WAIT_S)))
    results.append(told(web.get(f"{url}/uuid", timeout=WAIT_S)))
    results.append(told(web.get(f"{url}/uuid", timeout=WAIT_S)))
    results += [told(web.get(f"{url}/status/{code}", timeout=WAIT_S)) for code in (204, 304, 404, 418, 429, 503)]
    results.append(told(web.get(f"{url}/cookies/set", params={"flavour": "oat"}, timeout=WAIT_S)))
    results.append(told(web.get(f"{url}/absolute-redirect/3", timeout=WAIT_S)))
    results.append(told(web.get(f"{url}/redirect-to", params={"url": f"{url}/get?a=1"}, timeout=WAIT_S)))
    results.append(told(web.post(f"{url}/post", data={"a": "1", "b": ["x", "y z"]}, timeout=WAIT_S)))
    results.append(told(web.post(f"{url}/post", json={"nested": {"ü": [1, 2.5, None]}}, timeout=WAIT_S)))
    upload = {"file": ("a.bin", bytes(range(256)), "application/octet-stream")}
    results.append(told(web.post(f"{url}/post", files=upload, data={"k": "v"}, timeout=WAIT_S)))
    results.append(told(web.get(f"{url}/basic-auth/ada/pw", auth=("ada", "pw"), timeout=WAIT_S)))
    results.append(web.head(f"{url}/get", timeout=WAIT_S).status_code)
    results.append(sorted(web.options(f"{url}/get", timeout=WAIT_S).headers.get("Allow", "").split(", ")))
    results.append(
        [
            web.delete(f"{url}/delete", timeout=WAIT_S).status_code,
            web.patch(f"{url}/patch", data=b"\x00\xff", timeout=WAIT_S).status_code,
        ]
    )
    tag = web.get(f"{url}/etag/abc", timeout=WAIT_S)
    results.append(
        [tag.headers["ETag"], web.get(f"{url}/etag/abc", headers={"If-None-Match": "abc"}, timeout=WAIT_S).status_code]
    )
    return results


def by_httpx(url):
    """The calls made with httpx."""
    results = []
    with httpx.Client(timeout=WAIT_S, follow_redirects=True, headers={"User-Agent": "e2e"}) as web:
        results += [told(web.get(f"{url}/{path}")) for path in ("gzip", "brotli", "relative-redirect/2", "range/100")]
        results.append(told(web.get(f"{url}/range/100", headers={"Range": "bytes=10-20"})))
        results.append(told(web.post(f"{url}/post", files={"file": ("b.txt", b"text")})))
        results.append(told(web.post(f"{url}/post", content=iter([b"a" * 1000, b"b" * 1000]))))
        results.append(told(web.put(f"{url}/put", params={"q": "a b+c&d=é"}, json=[1])))
        with web.stream("GET", f"{url}/stream/5") as answer:
            results.append([json.loads(line)["id"] for line in answer.iter_lines()])
        with web.stream("GET", f"{url}/drip", params={"numbytes": 8, "duration": 0.4, "delay": 0}) as answer:
            results.append(answer.read().decode())
        results.append(told(web.get(f"{url}/digest-auth/auth/ada/pw", auth=httpx.DigestAuth("ada", "pw"))))
    return results


async def by_aiohttp(url):
    """The calls made with aiohttp."""
    trust = ssl.create_default_context(cafile=os.environ.get("SSL_CERT_FILE"))
    results = []
    async with aiohttp.ClientSession(trust_env=True, connector=aiohttp.TCPConnector(ssl=trust)) as web:
        answers = await asyncio.gather(*(web.get(f"{url}/anything/{n}", params={"n": n}) for n in range(8)))
        results += [[answer.status, (await answer.json())["args"]] for answer in answers]
        form = aiohttp.FormData()
        form.add_field("file", b"from aiohttp", filename="c.txt")
        async with web.post(f"{url}/post", data=form) as answer:
            results.append((await answer.json())["files"])
        async with web.get(f"{url}/deflate") as answer:
            results.append((await answer.json())["deflated"])
    return results


def run(url):
    """Everything that the program sees."""
    with urllib.request.urlopen(f"{url}/base64/aGlzcw==", timeout=WAIT_S) as answer:
        plain = [answer.status, answer.read().decode()]
    return [plain, *by_requests(url), *by_httpx(url), *asyncio.run(by_aiohttp(url))]


if __name__ == "__main__":
    print(json.dumps(run(sys.argv[1]), ensure_ascii=False))
