"""The page that describes the control plane."""

from __future__ import annotations

import re

from shop import SHOP

from tapehiss.mocks.control import control_app
from tapehiss.mocks.live import LiveVendor
from tapehiss.mocks.pages import docs_page
from tapehiss.mocks.vendor import Vendor

DOCUMENT = control_app(LiveVendor(Vendor.of(SHOP)), lambda: 0.0).openapi()


def test_every_operation_is_on_the_page():
    """With its method and path, what it does, and a line for curl."""
    page = docs_page(DOCUMENT, "/_tapehiss/openapi.json")
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            assert re.search(f"<code>{method.upper()} .*{re.escape(path)}", page)
            assert operation["description"].partition("'")[0].partition('"')[0] in page
            assert f"$MOCK{path}" in page
    assert "<code>rules</code> in the body, required: in short form" in page
    assert "<code>limit</code> in the query" in page


def test_the_page_needs_no_network():
    """No script, style, font or picture is fetched from anywhere: it works without the internet."""
    page = docs_page(DOCUMENT, "/_tapehiss/openapi.json")
    assert not re.search(r"https?://|//[a-z]|<script|<link|<img|@import|url\(", page)


def test_what_is_quoted_is_escaped():
    """A document is text, whatever is in it."""
    operation = {"description": "<b>", "parameters": [{"name": "<i>", "in": "query"}]}
    page = docs_page({"info": {"title": "<u>"}, "paths": {"/a": {"post": operation}}}, "/o")
    assert not re.search("<[biu]>", page)


def test_bounds_are_told():
    """Of parameters and of fields, also where they may be null."""
    page = docs_page(DOCUMENT, "/openapi.json")
    assert "<code>limit</code> in the query: the last so many; at least 1; at most 10000" in page
    assert (
        "<code>rules</code> in the body, required: in short form, or as objects; [] is fair weather; at most 1000 items"
        in page
    )
    assert "more than 0; at most 86400" in page
