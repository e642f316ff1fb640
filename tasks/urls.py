"""Addresses of pages: one spelling for each, and the domain that someone registered."""

import functools
import ipaddress
import re
from urllib.parse import urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}
_TRACKING = re.compile(
    r"^(?:utm_\w+|gclid|gbraid|wbraid|dclid|fbclid|msclkid|yclid|twclid|igshid|mc_[ce]id|_hs\w+"
    r"|phpsessid|jsessionid|sessionid|session_id|sid|aspsessionid\w*|cfid|cftoken"
    r"|ref_src|spm|oly_\w+|vero_\w+|ga_\w+|_ga)$",
    re.IGNORECASE,
)
_SESSION_IN_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?#;]*", re.IGNORECASE)


def canonical_url(url: str) -> str:
    """Return one spelling for addresses that lead to the same page.

    Lower-case scheme and host, no default port, fragment, trailing dot, tracking parameter or
    session id; the order of parameters stays, since it may matter. http and https show the same
    page, so both come back as https. What is no web address comes back without white space around
    it, unchanged otherwise.
    """
    url = url.strip()
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return url
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS or not parts.hostname:
        return url
    host = parts.hostname.rstrip(".")
    if ":" in host:
        host = f"[{host}]"
    if port and port != _DEFAULT_PORTS[scheme]:
        host = f"{host}:{port}"
    path = _SESSION_IN_PATH.sub("", parts.path) if ";" in parts.path else parts.path
    query = "&".join(
        pair
        for pair in parts.query.split("&")
        if pair and not _TRACKING.match(pair.split("=", 1)[0])
    )
    return f"https://{host}{path or '/'}{'?' + query if query else ''}"


def registered_domain(url: str) -> str:
    """Return the domain that its owner registered: `example.co.uk` for `http://a.example.co.uk/`.

    Suffixes under which anyone may register a site count as suffixes, also private ones, so
    `someone.github.io` is a domain of its own. An IP address or a host without a known suffix
    comes back whole; an address without a host gives "".
    """
    return _domain_of_host(host_of(url))


def host_of(url: str) -> str:
    """Return the host in lower case, without port, user and trailing dot; "" if there is none."""
    start = url.find("//")
    if start < 0:
        return ""
    rest = url[start + 2 : start + 300]
    for end in "/?#\\":
        rest = rest.split(end, 1)[0]
    rest = rest.rsplit("@", 1)[-1].strip()
    if rest.startswith("["):
        return rest[1:].split("]", 1)[0].lower()
    return rest.split(":", 1)[0].rstrip(".").lower()


@functools.cache
def _suffixes() -> object:
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList(accept_unknown=True)


@functools.lru_cache(maxsize=100_000)
def _domain_of_host(host: str) -> str:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        domain: str | None = _suffixes().privatesuffix(host)  # type: ignore[attr-defined]
        return domain or host
    return host
