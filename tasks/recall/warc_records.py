"""One WARC record as a page, or as a loss under the reason why it is none."""

from typing import Any

from fastwarc.warc import WarcRecordType

from gleanery.infra.losses import Loss
from gleanery.tasks.recall.http_bodies import UndecodableBody, decode_body
from gleanery.tasks.recall.raw_pages import RawPage

_RESPONSE = int(WarcRecordType.response)
_CONVERSION = int(WarcRecordType.conversion)
_PAGE_TYPES = _RESPONSE | _CONVERSION | int(WarcRecordType.resource)
_HTML_TYPES = ("text/html", "application/xhtml")


def page_of_record(record: Any, source: str, offset: int, limit: int) -> RawPage | Loss | None:
    """Return the record's page or loss; `None` for records that are about pages (requests, …).

    Reasons: `malformed_record`, `http_status`, `not_html`, `missing_url`, `empty_page`,
    `page_too_large` (more than `limit` bytes, never read beyond that), `undecodable_body`,
    `truncated_record`.
    """
    kind = int(record.record_type)
    if not kind & _PAGE_TYPES:
        return None
    http = record.http_headers if kind == _RESPONSE else None
    content_type = record.http_content_type if http else record.headers.get("Content-Type")
    content_type = (content_type or "").lower()

    def lose(reason: str, detail: str) -> Loss:
        return Loss(
            row_id=f"{source}@{offset}", reason=reason, detail=detail, source=source, offset=offset
        )

    url = (record.headers.get("WARC-Target-URI") or "").strip()
    if not url:
        return lose("missing_url", f"record {record.record_id}")
    status = http.status_code if http else None
    if kind == _RESPONSE and status is None:
        return lose("malformed_record", f"no HTTP header {url}")
    if kind == _RESPONSE and status != 200:
        return lose("http_status", f"{status} {url}")
    if kind != _CONVERSION and content_type and not content_type.startswith(_HTML_TYPES):
        return lose("not_html", f"{content_type} {url}")
    declared = record.content_length
    if declared > limit:
        return lose("page_too_large", f"{declared} bytes {url}")
    body = record.reader.read(limit + 1)
    if len(body) < declared:
        return lose("truncated_record", f"{len(body)} of {declared} bytes {url}")
    if http and ("Content-Encoding" in http or "Transfer-Encoding" in http):
        transfer, content = http.get("Transfer-Encoding", ""), http.get("Content-Encoding", "")
        try:
            body = decode_body(body, transfer, content, limit)
        except UndecodableBody as error:
            return lose("undecodable_body", f"{error} {url}")
        if len(body) > limit:
            return lose("page_too_large", f"more than {limit} bytes when decoded {url}")
    if not body.strip():
        return lose("empty_page", url)
    is_text = kind == _CONVERSION
    return RawPage(
        url=url,
        source=source,
        offset=offset,
        record_id=record.record_id or "",
        date=record.headers.get("WARC-Date") or "",
        content_type=content_type,
        charset=(record.http_charset or "").strip("\"' ") if http else "",
        body=None if is_text else body,
        text=body.decode("utf-8", "replace") if is_text else None,
        is_html=not is_text,
    )
