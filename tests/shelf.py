"""A small vendor of books, real enough to be recorded: plain REST and JSON:API, with five ways of paging."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl

from tapehiss.cassettes.exchange import Exchange, Request, Response

HOST = "https://api.shelf.example"
STYLES = ("last-id", "offset", "page", "cursor", "link", "header", "json-api")
BOOKS = "/v1/books"
REASONS = {200: "OK", 201: "Created", 204: "No Content", 404: "Not Found"}


class Shelf:
    """Keeps books, and answers requests about them."""

    def __init__(self, style: str) -> None:
        self.style = style
        self.books: dict[str, dict[str, object]] = {}
        self.count = 0

    def ask(self, request: Request) -> Response:
        """What the vendor answers."""
        path, _, query = request.url.removeprefix(HOST).partition("?")
        body = json.loads(request.body) if request.body else {}
        if path == BOOKS:
            return self.made(body) if request.method == "POST" else self.page(dict(parse_qsl(query)))
        name = path.removeprefix(f"{BOOKS}/")
        if name not in self.books:
            return answer(404, {"error": {"code": "not_found", "id": name}})
        if request.method == "DELETE":
            del self.books[name]
            return Response(204, REASONS[204])
        if request.method in {"PATCH", "PUT"}:
            self.books[name] |= self.fields(body)
        return answer(200, self.told(name))

    def made(self, body: dict[str, object]) -> Response:
        """A new book."""
        self.count += 1
        name = f"bk_{self.count}Qx7mA{self.count}rT9zK4"
        self.books[name] = {"title": "untitled", "pages": 0, **self.fields(body), "state": "new"}
        return answer(201, self.told(name))

    def fields(self, body: dict[str, object]) -> dict[str, object]:
        """What a body sets."""
        if self.style == "json-api":
            return body["data"]["attributes"]  # type: ignore[index, no-any-return]
        return body

    def entity(self, name: str) -> dict[str, object]:
        """A book as lists have it."""
        if self.style == "json-api":
            links = {"self": f"{HOST}{BOOKS}/{name}"}
            return {"type": "book", "id": name, "attributes": self.books[name], "links": links}
        return {"id": name, **self.books[name]}

    def told(self, name: str) -> dict[str, object]:
        """A book as an answer of its own."""
        entity = self.entity(name)
        return {"data": entity} if self.style == "json-api" else entity

    def page(self, query: dict[str, str]) -> Response:  # noqa: PLR0911 (a way of paging each)
        """The page that a query asks for."""
        names, size = list(self.books), int(query.get("limit", query.get("page[size]", "3")))
        begin = self.begin(query, names, size)
        shown, more = names[begin : begin + size], begin + size < len(names)
        items = [self.entity(name) for name in shown]
        url = f"{HOST}{BOOKS}?limit={size}&cursor=c{(begin + size) * 7919:08x}"
        match self.style:
            case "last-id":
                return answer(200, {"object": "list", "data": items, "has_more": more})
            case "offset":
                return answer(200, {"books": items, "total": len(names), "next_offset": begin + size if more else None})
            case "page":
                number = begin // size + 1
                return answer(200, {"books": items, "page": number, "next_page": number + 1 if more else None})
            case "cursor":
                return answer(200, {"items": items, "next_cursor": url.rpartition("=")[2] if more else ""})
            case "header":
                return answer(200, items, *((("X-Next-Page", str(begin // size + 2)),) if more else ()))
            case "link":
                return answer(200, items, *((("Link", f'<{url}>; rel="next"'),) if more else ()))
        after = f"{HOST}{BOOKS}?page%5Bsize%5D={size}&page%5Bcursor%5D=c{(begin + size) * 7919:08x}"
        return answer(200, {"data": items, "links": {"next": after if more else None}})

    def begin(self, query: dict[str, str], names: list[str], size: int) -> int:
        """How many books stand before it."""
        if "starting_after" in query:
            return names.index(query["starting_after"]) + 1
        if "page" in query:
            return (int(query["page"]) - 1) * size
        cursor = query.get("cursor", query.get("page[cursor]", ""))
        return int(cursor[1:], 16) // 7919 if cursor else int(query.get("offset", "0"))


def answer(status: int, document: object, *more: tuple[str, str]) -> Response:
    headers = (("Content-Type", "application/json"), *more)
    return Response(status, REASONS.get(status, ""), headers, json.dumps(document).encode())


def ask(method: str, target: str, document: object = None) -> Request:
    """A request as a client sends it."""
    body = b"" if document is None else json.dumps(document).encode()
    return Request(method, HOST + target, (("Content-Type", "application/json"),) if body else (), body)


def written(style: str, fields: dict[str, object], name: str = "") -> dict[str, object]:
    """A body that sets fields."""
    if style == "json-api":
        return {"data": {"type": "book", **({"id": name} if name else {}), "attributes": fields}}
    return fields


TITLES = ("Emma", "Persuasion", "Middlemarch", "Silas Marner", "Villette", "Shirley", "The Professor")


def recorded(style: str) -> list[Exchange]:
    """A session with the vendor: seven books made, listed page by page in threes and in fours, read, changed, deleted."""
    shelf, session = Shelf(style), []

    def call(request: Request) -> Response:
        response = shelf.ask(request)
        session.append(Exchange(request, response, started_at=1_800_000_000.0 + len(session)))
        return response

    for number, title in enumerate(TITLES):
        call(ask("POST", BOOKS, written(style, {"title": title, "pages": 300 + number})))
    size = "page%5Bsize%5D" if style == "json-api" else "limit"
    for count in (3, 4):
        target: str | None = f"{BOOKS}?{size}={count}"
        while target:
            target = next_of(style, call(ask("GET", target)), f"{BOOKS}?{size}={count}")
    names = list(shelf.books)
    for name in (names[0], names[3], names[5]):
        call(ask("GET", f"{BOOKS}/{name}"))
        call(ask("PATCH", f"{BOOKS}/{name}", written(style, {"title": f"{name[-4:]} again"}, name)))
    call(ask("PUT", f"{BOOKS}/{names[1]}", written(style, {"title": "Sanditon", "pages": 9}, names[1])))
    for name in (names[0], names[2]):
        call(ask("DELETE", f"{BOOKS}/{name}"))
        call(ask("GET", f"{BOOKS}/{name}"))
    return session


def items_of(response: Response) -> list[dict[str, object]]:
    """The books of a page."""
    page = json.loads(response.body)
    return page if isinstance(page, list) else next(value for value in page.values() if isinstance(value, list))


def next_of(style: str, response: Response, first: str) -> str | None:  # noqa: PLR0911 (a way of paging each)
    """Where the next page is, as a client of this vendor finds it."""
    page, headers = json.loads(response.body), dict(response.headers)
    match style:
        case "last-id":
            return f"{first}&starting_after={page['data'][-1]['id']}" if page["has_more"] else None
        case "offset":
            return None if page["next_offset"] is None else f"{first}&offset={page['next_offset']}"
        case "page":
            return None if page["next_page"] is None else f"{first}&page={page['next_page']}"
        case "cursor":
            return f"{first}&cursor={page['next_cursor']}" if page["next_cursor"] else None
        case "header":
            return f"{first}&page={headers['X-Next-Page']}" if "X-Next-Page" in headers else None
        case "link":
            return headers["Link"].partition(">")[0].removeprefix(f"<{HOST}") if "Link" in headers else None
    url = page["links"].get("next")
    return url.removeprefix(HOST) if url else None
