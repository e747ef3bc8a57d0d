"""Which siblings are values of one parameter."""

from __future__ import annotations

import random

import pytest
from idkinds import KINDS

from tapehiss.contracts.catalogue import catalogue
from tapehiss.contracts.evidence import learn
from tapehiss.contracts.folding import FEW, MANY, values_among
from tapehiss.contracts.traits import Traits
from traffic import answer

HOST = "https://api.vendor.example"
THING = {"made": "today", "size": 1, "owner": {"id": 3}}


def paths(*several):
    """The templates of answers, each given as path and body, or path, body and status."""
    exchanges = (answer(body, url=HOST + path, status=rest[0] if rest else 200) for path, body, *rest in several)
    return sorted({operation.path for operation, _ in catalogue(learn(exchanges)).entries})


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("folder", ["/items", "/v1/orders", "/item"])
def test_twenty_values_are_one_operation(kind, folder):
    """Whatever kind of values a vendor has in its paths, twenty calls give one template."""
    for seed in range(3):
        dice = random.Random(f"{kind} {seed}")
        values = [KINDS[kind](dice) for _ in range(20)]
        assert len(paths(*((f"{folder}/{value}", THING) for value in values))) == 1


COMMANDS = [
    "get-preference",
    "set-preference",
    "get-rows",
    "create-project",
    "compute-facets",
    "get-models",
    "apply-operations",
    "undo-redo",
    "export-rows",
    "load-language",
    "get-history",
    "cancel-processes",
    "reorder-rows",
    "get-columns-info",
    "text-transform",
    "mass-edit",
    "preview-expression",
    "get-version",
    "get-csrf-token",
    "delete-project",
]
RESOURCES = [
    "customers",
    "charges",
    "refunds",
    "invoices",
    "coupons",
    "disputes",
    "payouts",
    "balances",
    "plans",
    "products",
    "prices",
    "subscriptions",
    "transfers",
    "events",
    "files",
    "accounts",
    "tokens",
    "sources",
    "reviews",
    "mandates",
]


@pytest.mark.parametrize(
    ("folder", "names"),
    [
        ("/command/core", COMMANDS),
        ("/v1", RESOURCES),
        ("/v1/me", ["albums", "tracks", "shows", "episodes", "audiobooks"]),
        (
            "/1.1/statuses",
            ["home_timeline.json", "user_timeline.json", "mentions_timeline.json", "retweets_of_me.json"],
        ),
        (
            "/api",
            [
                "chat.postMessage",
                "chat.update",
                "users.list",
                "users.info",
                "auth.test",
                "team.info",
                "conversations.list",
            ],
        ),
        ("/api/v1/timelines", ["home", "public", "link"]),
    ],
)
def test_routes_of_one_envelope_stay_apart(folder, names):
    """Actions, collections and methods that answer with the same envelope are operations of their own."""
    envelope = {"data": [], "ok": True, "links": {"next": None}}
    assert paths(*((f"{folder}/{name}", envelope) for name in names)) == sorted(f"{folder}/{name}" for name in names)


@pytest.mark.parametrize(
    ("several", "templates"),
    [
        ([("/users/ada", {"login": "ada"})], ["/users/{login}"]),
        ([("/users/me", {"login": "ada"})], ["/users/me"]),
        ([("/categories/party/playlists", {"items": []}), ("/categories/party", {"id": "party", "name": "Party"})],
         ["/categories/{category_id}", "/categories/{category_id}/playlists"]),
        ([("/shops/corner/carts", {"shop_id": "corner"})], ["/shops/{shop_id}/carts"]),
        ([("/repos/ada/engine/issues/4", {"repository": {"id": 7}, "n": 4}), ("/repos/ada", {"name": "ada"})],
         ["/repos/{repo_name}", "/repos/{repo_name}/engine/issues/{issue_id}"]),
        ([("/balance", {"object": "balance"}), ("/account", {"object": "account"}), ("/usage", {"object": "usage"})],
         ["/account", "/balance", "/usage"]),
        ([("/v1/admin/accounts", {"username": "admin"})], ["/v1/admin/accounts"]),
        ([("/tags", [{"name": "linux"}, {"name": "bsd"}]), ("/tags/linux", 1)], ["/tags", "/tags/{tag_name}"]),
    ],
)  # fmt: skip
def test_what_a_body_repeats_is_a_value(several, templates):
    """A segment that a body calls somebody's id is one; a kind, a pronoun, or somebody further down says nothing."""
    assert paths(*several) == templates


@pytest.mark.parametrize(
    ("several", "templates"),
    [
        ([("/things/7", THING), ("/things/spare-one", THING)], ["/things/{thing_id}"]),
        ([("/things/7", THING), ("/things/statistics", {"total": 1, "x": 2})], ["/things/statistics", "/things/{thing_id}"]),
        ([("/things/7", THING), ("/things/search", THING)], ["/things/search", "/things/{thing_id}"]),
        ([("/things/7", THING), ("/things/by_owner", THING)], ["/things/by_owner", "/things/{thing_id}"]),
        ([("/things/7", THING), ("/things/no-such-thing", {"error": 1}, 404)], ["/things/{thing_id}"]),
        ([("/things/7", THING), ("/things/test", {"error": 1}, 404)], ["/things/{thing_id}"]),
        ([("/things/7", THING), ("/things/7/keys", [1]), ("/things/grey/keys", [2])], ["/things/{thing_id}", "/things/{thing_id}/keys"]),
        ([("/things/7", THING), ("/things/role/9", {"error": 1}, 404)], ["/things/role/{role_id}", "/things/{thing_id}"]),
        ([("/cards/pm_1Nv0FGQ9RKHgCVdK", THING), ("/cards/pm_card_visa", {"x": 1})], ["/cards/{card_id}"]),
        ([("/zones/fr-par-1/ips", {"zone": "fr-par-1"}), ("/zones/nl-ams-2/servers", [])], ["/zones/{zone}/ips", "/zones/{zone}/servers"]),
        ([("/spaces/7", THING), ("/spaces/9lxkhjnp8gyx/entries", [])], ["/spaces/{space_id}", "/spaces/{space_id}/entries"]),
    ],
)  # fmt: skip
def test_beside_a_value(several, templates):
    """Beside a known value, a word that was called and answered like it, written like it, or never found, is one more."""
    assert paths(*several) == templates


def test_extensions_and_actions_stay():
    """An extension that all values have, and an action behind a value, are no part of it."""
    assert paths(("/users/ada.json", {"login": "ada"}), ("/users/bob.json", {"login": "bob"})) == [
        "/users/{login}.json"
    ]
    answers = [(f"/models/{name}:generate", {"modelVersion": name}) for name in ("tiny-2", "tiny-3")]
    assert paths(*answers, ("/models/tiny-2", {"name": "tiny-2"})) == [
        "/models/{model}",
        "/models/{model}:generate",
    ]
    assert paths(("/files/a:copy", 1), ("/files/5:copy", 1), ("/files:sync", 1)) == [
        "/files/{file_id}:copy",
        "/files:sync",
    ]


def test_codes_need_two_words_need_more():
    """How many alike siblings make a parameter depends on how they are written and on what stands before them."""
    way = {("GET", ""): frozenset({"/a"})}
    for owner, words, enough in (
        ("rates", ["USD", "EUR"], 2),
        ("gene", ["BRCA", "TP53"], 2),
        ("tags", ["red", "blue", "grey"], FEW),
    ):
        for count in range(1, len(words) + 1):
            found = values_among(dict.fromkeys(words[:count], Traits(way)), None, (), owner)
            assert (len(found) == count) is (count >= enough)
    logins = [f"{first}{second}" for first in "kmt" for second in ("aro", "ilu", "omi", "uve")]
    assert len(logins) == MANY
    assert len(values_among(dict.fromkeys(logins, Traits(way)), None, (), "gene")) == MANY
    assert not values_among(dict.fromkeys(logins[1:], Traits(way)), None, (), "gene")
    assert not values_among(dict.fromkeys(logins, Traits({("DELETE", ""): frozenset()})), None, (), "gene")
    assert not values_among({"idle": Traits()}, None, (), "tags")
