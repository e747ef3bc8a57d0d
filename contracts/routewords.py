"""Words that vendors write into routes: actions, views and pronouns, which are no values of a parameter.

``/users/me``, ``/orders/search`` and ``/jobs/42/cancel`` are routes of their own however many siblings they have. The list holds what is
a verb, a pronoun, a state or a view in the APIs of many vendors, and nothing of a single one.
"""

from __future__ import annotations

import re
from functools import lru_cache

from tapehiss.contracts.segments import stem_of

_ACTIONS = frozenset(
    re.findall(
        r"\w+",
        """
    abort accept acknowledge activate add adjust all append apply approve archive assign attach authenticate authorize
    available ban batch block book bulk calculate call cancel capture change charge check checkout claim clear clone close
    closest commit compare complete compose confirm connect consume convert copy count counts create credit crop current
    deactivate debit decline decode decrypt default defaults delete deliver deny deploy destroy detach details diff disable
    disconnect dismiss dispatch download draft duplicate edit empty enable encode encrypt end enqueue estimate evaluate
    exchange execute exists expand expire export extend featured feed fetch filter finalize find finish flag flush follow
    forgot forward freeze generate get go grant health home import increment index info init initialize initiate inspect
    install invalidate invite invoke issue join kill latest launch leave like link list load lock login logout lookup
    lookups mark match me mentions merge metadata meta migrate mine move mute my new next notify open order overview
    parse partial patch pause pay ping pin play poll popular post preview previous print process profile promote public
    publish pull purge push put query queue read ready rebuild recent recommend recover redeem refresh refund regenerate
    register reindex reject release reload remove rename render renew reopen reorder replace reply report request resend
    reserve reset resize resolve restart restore resume retrieve retry retweet return revert revoke root rotate run sample
    save scan schedule schema search seek self send set settings share show shutdown sign signin signout signup simulate
    skip snooze sort split start stats status stop stream submit subscribe suggest summary suspend swap switch sync tag
    terminate test timeline toggle token totals track transfer transition translate trending trigger unarchive unassign
    unban unblock undelete undo unfollow uninstall unlike unlink unlock unmute unpin unpublish unread unregister unshare
    unstar unsubscribe unsuspend untag update upgrade upload upsert use validate verify version view void vote watch
    whoami withdraw write
    """,
    )
)
"""In lower case."""
_VERSION = re.compile(
    r"v\d+(?:[._]?\d+)*(?:(?:alpha|beta|rc|p)\d*)*|\d+\.\d+(?:\.\d+)*|api|rest|graphql", re.IGNORECASE
)
_CAMEL = re.compile(r"[a-z]+(?:[A-Z][a-z]+)+")
_SNAKE = re.compile(r"[a-z]+(?:_[a-z]+)+")
_PLURAL = re.compile(r"[a-z]{2,}(?<!s)(?<!u)(?<!i)s|[a-z]+(?:ss|sh|ch|x|us)es|[a-z]+ia|people|children|media|criteria")
_NOUN = re.compile(r"[a-z]{3,}(?:tion|sion|ment|ing)")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


@lru_cache(maxsize=20_000)
def is_reserved(segment: str) -> bool:
    """Whether a segment is a word of routes wherever it stands: an action, a pronoun, a version."""
    text = segment.rpartition(":")[2].lower().partition(".")[0].lstrip("@$-_")
    return text in _ACTIONS or not text or is_version(segment) or segment[:1] in "@$"


def is_version(segment: str) -> bool:
    """Whether a segment says which version or style of an API this is, and nothing of its things."""
    return _VERSION.fullmatch(segment) is not None


@lru_cache(maxsize=20_000)
def is_routelike(segment: str) -> bool:
    """Whether a segment is written as routes are: a collection, joined words, what has an action in it or is called after one."""
    stem = stem_of(segment)[0]
    return (
        is_reserved(segment)
        or (_CAMEL.fullmatch(stem) is not None and is_spoken(stem))
        or any(pattern.fullmatch(stem) for pattern in (_SNAKE, _PLURAL, _NOUN))
        or any(word.lower() in _ACTIONS for word in _WORD.findall(segment))
    )


def is_spoken(text: str) -> bool:
    """Whether most of a text is made of pieces that could be words: three letters or more, a vowel among them."""
    words = [word for word in _WORD.findall(text) if len(word) > 2 and re.search("[aeiouy]", word.lower())]
    return sum(map(len, words)) >= 0.6 * len(text)


def is_collection(segment: str) -> bool:
    """Whether a segment names many things, so that what stands behind it is likely one of them."""
    words = _WORD.findall(segment.partition(".")[0])
    return bool(words) and not is_reserved(segment) and _PLURAL.fullmatch(words[-1].lower()) is not None
