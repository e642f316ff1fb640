"""Bytes become text by what they are, and only then by what is said of them."""

import pytest

from gleanery.tasks.recall.page_encoding import decode_page

RUSSIAN = "<p>Сколько будет дважды два? Ответ: четыре. Это простая задача по математике.</p>"
GERMAN = "<p>Größe über Äpfel: wie groß ist die Fläche des Kreises?</p>"


def test_utf8_wins_over_a_wrong_header() -> None:
    assert decode_page(RUSSIAN.encode(), "windows-1252") == RUSSIAN


def test_header_charset_counts_where_utf8_fails() -> None:
    assert decode_page(RUSSIAN.encode("cp1251"), "windows-1251") == RUSSIAN
    assert decode_page(GERMAN.encode("iso-8859-15"), "iso-8859-15") == GERMAN


def test_meta_charset_counts_where_the_header_is_the_server_default() -> None:
    body = b'<meta http-equiv="Content-Type" content="text/html; charset=koi8-r">'
    assert RUSSIAN in decode_page(body + RUSSIAN.encode("koi8-r"), "ISO-8859-1")


@pytest.mark.parametrize("declared", ["", "utf-8", "nonsense", "\0", "shift_jis", "iso-8859-1"])
def test_wrong_charset_is_overruled_by_a_guess(declared: str) -> None:
    assert "простая задача" in decode_page((RUSSIAN * 5).encode("cp1251"), declared)


def test_a_few_bad_bytes_do_not_turn_a_utf8_page_into_mojibake() -> None:
    body = RUSSIAN.encode() + b"\xff\xfe" + RUSSIAN.encode()
    text = decode_page(body)
    assert text.count("простая задача") == 2
    assert "\N{REPLACEMENT CHARACTER}" in text


def test_cp1252_without_declaration_is_read() -> None:
    assert decode_page((GERMAN * 4).encode("cp1252")) == GERMAN * 4


@pytest.mark.parametrize("name", ["utf-16", "utf-8-sig"])
def test_byte_order_mark_decides(name: str) -> None:
    assert decode_page(GERMAN.encode(name), "windows-1251") == GERMAN


def test_random_bytes_never_raise() -> None:
    for seed in range(200):
        body = bytes((seed * 31 + i * i) % 256 for i in range(seed))
        assert isinstance(decode_page(body, "x-user-defined"), str)
