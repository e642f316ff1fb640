"""One spelling per page, one domain per owner."""

import pytest

from gleanery.tasks.urls import canonical_url, registered_domain


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTP://Example.COM:80/a?b=2&a=1#part", "https://example.com/a?b=2&a=1"),
        ("https://example.com.:443", "https://example.com/"),
        ("https://example.com:8443/x", "https://example.com:8443/x"),
        ("https://e.com/p?utm_source=x&id=3&fbclid=y&gclid=z", "https://e.com/p?id=3"),
        ("https://e.com/p;jsessionid=AB12?q=1&PHPSESSID=77", "https://e.com/p?q=1"),
        ("https://e.com/Case/Kept?Q=Kept", "https://e.com/Case/Kept?Q=Kept"),
        ("  https://e.com/a \n", "https://e.com/a"),
        ("https://[2001:DB8::1]:443/", "https://[2001:db8::1]/"),
        ("https://e.com:port/", "https://e.com:port/"),
        ("not a url", "not a url"),
        ("", ""),
        ("mailto:a@b.c", "mailto:a@b.c"),
    ],
)
def test_canonical_url(url: str, expected: str) -> None:
    assert canonical_url(url) == expected


@pytest.mark.parametrize(
    "url", ["https://e.com/?sidebar=1", "https://e.com/?utmost=1", "https://e.com/?spmx=1"]
)
def test_parameters_that_only_look_like_tracking_stay(url: str) -> None:
    assert canonical_url(url) == url


def test_canonical_url_of_a_canonical_url_is_itself() -> None:
    once = canonical_url("HTTP://User@Example.com:80/a;sid=1/b?x=1&&y=2#z")
    assert canonical_url(once) == once


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.a.example.co.uk/x", "example.co.uk"),
        ("http://someone.github.io/repo", "someone.github.io"),
        ("http://WWW.Example.COM.:80/?a=http://other.org/", "example.com"),
        ("http://user:pass@sub.example.org/", "example.org"),
        ("http://192.168.0.1:8080/", "192.168.0.1"),
        ("http://[2001:db8::1]/x", "2001:db8::1"),
        ("http://localhost/", "localhost"),
        ("http://co.uk/", "co.uk"),
        ("http://name.made-up-host.invalid/", "made-up-host.invalid"),
        ("not a url", ""),
        ("", ""),
    ],
)
def test_registered_domain(url: str, expected: str) -> None:
    assert registered_domain(url) == expected
