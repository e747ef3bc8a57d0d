"""The words of paging: what names of parameters and of members say, in the dialects of many vendors.

A name alone proves nothing (see ``paging``); it says where to look. Everything here is remembered, because names repeat.
"""

from __future__ import annotations

import re
from functools import lru_cache

from tapehiss.cassettes.secretnames import solid

_OTHER_WAY = re.compile(r"prev|before|first|self|newer|refresh|start_?cursor|current|canonical", re.IGNORECASE)
_NEXT_PARENT = re.compile(r"next(?:_?(?:page|link))?", re.IGNORECASE)
_CURSOR = re.compile(
    r"(?:next|end|after|page|paging|pagination|list|scroll|search|sync|continue|continuation|resume|start)?[_-]?(?:page)?[_-]?"
    r"(?:cursor|token|marker|bookmark|continuation|scroll_?id)(?:_str|id)?"
    r"|(?:@odata\.|odata\.|_+)?next(?:[_-]?(?:page|link|url|uri|href|offset|key|start|start[_-]?key|page[_-]?(?:url|link|uri|number)"
    r"|records[_-]?url|results|id|index|cursor[_-]?str|continuation[_-]?token|partition[_-]?key|row[_-]?key|batch|sync[_-]?(?:url|token)))?"
    r"|after|continue|last_?evaluated_?key|offset_?id",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"(?:has|is|get)?_?(?:more|next|next_?page|more_?(?:items|results|records|data|pages)|truncated|done|last|last_?page|end)"
    r"|incomplete_?results",
    re.IGNORECASE,
)
_TOTAL = re.compile(
    r"(?:(?:total|num|max|page)_?)?(?:total|count|items?_?count|results?|pages?_?count|records|hits|num_?found|entries|elements)"
    r"|total_?\w{2,20}|num_\w{2,20}|num(?:ber)?_?of_?\w{2,20}|\w{2,20}_?total|pages|last_?page",
    re.IGNORECASE,
)
_TOTAL_HEADER = re.compile(r"(?:.*-)?total(?:-(?:count|items|results|records|pages))?|x-count", re.IGNORECASE)
_VENDOR_PREFIX = re.compile(r"x-(?:(?!next|page|total|continuation)[a-z]+-)?")
_HEADER_WORDS = re.compile(
    r"next(?:_page|_cursor|_token|_offset|_link|_url)?|continuation(?:_token)?|page|(?:end_)?cursor|page_token"
)
_AT = re.compile(r"(?:current_?)?page(?:_?(?:number|no|index|num))?|(?:current_?)?offset", re.IGNORECASE)
_AT_IN_PAGE = re.compile(r"number|index|current", re.IGNORECASE)
_ABOUT_PAGES = re.compile(
    r"_?links|meta(?:data)?|paging|pagination\w*|page_?\w*|response_?metadata|cursors?", re.IGNORECASE
)
_PAGES = re.compile(r"page|cursor|offset|token|continuation|marker", re.IGNORECASE)
_POSITION = re.compile(
    r"(?:.*[_\[.$-])?(?:page|pg|page[_\[.-]?(?:number|no|num|index|token|id)|cursor|offset|start_?(?:index|at|row|cursor|key|after|from|token)"
    r"|starting_?(?:after|at)|skip|after|token|marker|continuation|bookmark|scroll|scroll_?id|max_?id|since_?id|before_?id|after_?id"
    r"|next_?(?:page_?)?(?:token|cursor|marker|page)?|exclusive_?start_?\w*|ending_?before)\]?"
    r"|p|start|from|index|first|before|since|until|pivot",
    re.IGNORECASE,
)
_OFFSET = re.compile(r".*(?:offset|skip|start|from|start_?index|index|first)\]?", re.IGNORECASE)
_SIZES = re.compile(
    r"(?:.*[_\[.$-])?(?:limit|per_?page|page_?size|size|max_?(?:results|items|keys|records)|rows|take|top|num_?results"
    r"|results_?per_?page|items_?per_?page|length)\]?|count|first|last|num|n|results|items",
    re.IGNORECASE,
)

_remembered = lru_cache(maxsize=4_096)


@_remembered
def is_size(parameter: str) -> bool:
    """Whether a parameter says how many items there may be."""
    return _SIZES.fullmatch(parameter) is not None


@_remembered
def is_position(parameter: str) -> bool:
    """Whether a parameter says where a page begins."""
    return _POSITION.fullmatch(parameter) is not None and not is_size(parameter)


@_remembered
def is_offset(parameter: str) -> bool:
    """Whether a parameter that says where a page begins counts items."""
    return _OFFSET.fullmatch(parameter) is not None


@_remembered
def speaks_of_pages(parameter: str) -> bool:
    """Whether a parameter can hardly mean anything else than a page."""
    return _PAGES.search(parameter) is not None


@_remembered
def role_of(member: str, parent: str) -> str:
    """What a member of an answer could say: ``next``, ``other`` (another page), ``more``, ``total``, ``at``, or nothing.

    ``more`` is for booleans, ``total`` and ``at`` (which page this is) are for numbers; the caller looks at the value.
    """
    if _OTHER_WAY.search(member) or _OTHER_WAY.search(parent):
        return "at" if _AT.fullmatch(member) else "other"
    if _MORE.fullmatch(member) and not _CURSOR.fullmatch(member):
        return "total" if _TOTAL.fullmatch(member) else "more"
    if _CURSOR.fullmatch(member) or is_next_parent(parent):
        return "next"
    if _AT.fullmatch(member) or ("page" in parent.lower() and _AT_IN_PAGE.fullmatch(member)):
        return "at"
    return "total" if _TOTAL.fullmatch(member) else ""


@_remembered
def is_about_pages(member: str) -> bool:
    """Whether a member of this name at the top of an answer could be about its pages."""
    return _ABOUT_PAGES.fullmatch(member) is not None or role_of(member, "") == "next"


@_remembered
def is_next_parent(member: str) -> bool:
    """Whether everything in an object of this name is about the next page."""
    return _NEXT_PARENT.fullmatch(member) is not None


@_remembered
def is_more(member: str) -> bool:
    """Whether a boolean of this name says whether there is more."""
    return _MORE.fullmatch(member) is not None


@_remembered
def role_of_header(name: str) -> str:
    """What a header of an answer could say about pages: ``next``, ``total``, ``at`` (as ``role_of``), or nothing.

    ``Next-Page``, ``X-Next-Page``, ``X-MS-Continuation``, ``X-Total-Count``, ``Total-Records``, ``X-Page``.
    """
    if _TOTAL_HEADER.fullmatch(name):
        return "total"
    bare = _VENDOR_PREFIX.sub("", name.lower()).replace("-", "_")
    return role_of(bare, "") if _HEADER_WORDS.fullmatch(bare) else ""


@_remembered
def are_alike(member: str, parameter: str) -> bool:
    """Whether a member that repeats a parameter is named like it, so that equal values are no coincidence."""
    a, b = solid(member), solid(parameter)
    return a in b or b in a or ("page" in a and "page" in b)
