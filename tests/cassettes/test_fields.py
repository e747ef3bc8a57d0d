"""Names and the values beside them, in any text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes.fields import binary_value, name_around, values_of

NAME = b"password"


def found(text: bytes, *, strict: bool = False) -> list[bytes]:
    """The values of every ``password`` in a text."""
    values, at = [], text.lower().find(NAME)
    while at >= 0:
        start, end = name_around(text, at, at + len(NAME))
        values += [text[value.start : value.end] for value in values_of(text, start, end, strict=strict)]
        at = text.lower().find(NAME, end)
    return values


@pytest.mark.parametrize(
    "text",
    [
        b'{"password": "hush"}',
        b'{"a":1,"db_password":"hush","b":2}',
        b'{"password" :\n\t"hush"}',
        b'{"password": "hush',
        b'{"password": ["hush"]}',
        b'{"password": {"value": "hush", "id": "7", "createdAt": "today"}}',
        b'{"name": "password", "value": "hush"}',
        b'{"value": "hush", "key": "DB_PASSWORD"}',
        b'{"Name": "/shop/prod/password", "Value": "hush"}',
        b'{"name": "password", "n": 7, "on": true, "value": "hush"}',
        b'[["password", "hush"]]',
        b"{'password': 'hush'}",
        b"{'password': u'hush'}",
        b'{"password"=>"hush"}',
        b"password=hush",
        b"a=1&password=hush&b=2",
        b"user[password]=hush&x",
        b"user%5Bpassword%5D=hush&x",
        b'PASSWORD="hush"\n',
        b"https://x.example/?password=hush#top",
        b"<https://x.example/?password=hush>; rel=next",
        b"<password>hush</password>",
        b"<ns1:Password type='x'>hush</ns1:Password>",
        b"<password>\n  hush</password>",
        b"<password><![CDATA[hush]]></password>",
        b"<name>password</name><value><string>hush</string></value>",
        b"<name>password</name>\n<value>hush</value>",
        b'<login user="x" password="hush"/>',
        b'<input type="hidden" name="password" value="hush">',
        b'<input value="hush" name="password">',
        b'<meta name="password" content="hush">',
        b'login(password: "hush")',
        b"password: hush\nuser: x",
        b"password: 'hush'",
        b'Content-Disposition: form-data; name="password"\r\n\r\nhush\r\n--b',
        b'form-data; name="password"\r\nContent-Type: text/plain\r\n\r\nhush\r\n--b--',
        b"form-data; name=password\r\n\r\nhush\r\n--b",
    ],
)
def test_the_value_is_found_by_the_shape_around_the_name(text):
    """In every way in which people write a name and its value."""
    assert found(text) == [b"hush"]


@pytest.mark.parametrize(
    "text",
    [
        b'{"password": true, "x": null}',
        b'{"password": ""}',
        b'{"say": "the password is wrong"}',
        b"<password/>",
        b"<password><inner>x</inner></password>",
        b"<PASSWORD>",
        b'{"a": "<PASSWORD>", "b": "c"}',
        b"your password has expired",
        b"mutation($password: String!)"[:19],
        b'{"title": "password"}',
        b"password=),;",
        b"password[oops",
        b'form-data; name="password"\r\nno empty line',
        b'form-data; name="password"\r\n\r\n\r\n--b',
        b'"name": "password", "n": 7',
        b"",
    ],
)
def test_where_there_is_no_value_none_is_found(text):
    """Flags, empty texts, prose, placeholders."""
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b"x?password=a(b);c,d'e&x=1", b"a(b);c,d'e"),
        (b"password=a%26b+c", b"a%26b+c"),
        (b"/p;password=abc?x=1", b"abc"),
    ],
)
def test_a_form_is_read_to_its_delimiters(text, value):
    """Where everything is a form, only ``&`` ends a value (and in a path what ends a path's parameter)."""
    assert found(text, strict=True) == [value]


def test_a_number_is_a_value():
    """JSON numbers of three digits and more."""
    assert found(b'{"password": 123456}') == [b"123456"]
    assert found(b'{"password": 12}') == []


def test_several_values_in_a_list():
    """All texts of an array; of an object, those that are not named like something else."""
    assert found(b'{"password": ["a1", "b2"], "x": "y"}') == [b"a1", b"b2"]
    assert found(b'{"password": {"id": "a1", "inner": ["b2", {"c": "d3"}]}, "x": "y"}') == [b"b2", b"d3"]


def test_a_list_that_was_cut_off_has_values_too():
    """Half a document hides nothing."""
    assert found(b'{"password": ["a1", "b2"') == [b"a1", b"b2"]


def test_the_name_is_taken_whole():
    """From its first letter to its last, dashes, dots and underscores included."""
    text = b'"my-db.PASSWORD_2": 1'
    assert name_around(text, text.index(b"PASS"), text.index(b"PASS") + 4) == (1, len(b"my-db.PASSWORD_2") + 1)


@pytest.mark.parametrize(
    "text",
    [
        b"\x81\xa8password\xa4hush",
        b"\x81\xd9\x08password\xd9\x04hush",
        b"\x81\xa8password\xc4\x04hush",
        b"\x81\xa8password\xda\x00\x04hush",
        b"\xa1\x68password\x64hush",
        b"\xa1\x78\x08password\x78\x04hush",
        b"\xa1\x68password\x79\x00\x04hush",
    ],
)
def test_messagepack_and_cbor(text):
    """A text says how long it is; the next one is the value."""
    at = text.index(NAME)
    name, value = binary_value(text, at, at + len(NAME))
    assert name == NAME
    assert text[value.start : value.end] == b"hush"


def test_what_is_no_text_in_binary():
    """A number follows, or nothing, or no length fits."""
    for text in (b"\x81\xa8password\x07", b"\x81\xa8password", b"\x00\x00password", b"password"):
        at = text.index(NAME)
        assert binary_value(text, at, at + len(NAME)) is None


@given(st.binary(max_size=40), st.binary(max_size=40), st.booleans())
def test_any_surroundings_are_survived(before, after, strict):
    """Whatever stands around a name, finding ends, and within the text."""
    text = before + NAME + after
    start, end = name_around(text, len(before), len(before) + len(NAME))
    assert all(0 <= value.start <= value.end <= len(text) for value in values_of(text, start, end, strict=strict))
    binary_value(text, len(before), len(before) + len(NAME))
