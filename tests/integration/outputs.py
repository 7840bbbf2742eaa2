"""What a crawl leaves in its folder: page feed, fetch log, WARC files."""
import base64
import collections
import hashlib
import json
import pathlib
import zlib
from typing import NamedTuple


def _lines(folder, pattern):
    rows = []
    for path in sorted((pathlib.Path(folder)).glob(pattern)):
        with open(path, "rb") as file:
            for line in file:
                if line.endswith(b"\n"):  # the last line of a running crawl may be cut
                    rows.append(json.loads(line))
    return rows


def feed(folder):
    """One dict a settled URL."""
    return _lines(folder, "feed/pages-*.jsonl")


def fates(folder):
    """How many URLs ended with each fate."""
    return dict(collections.Counter(row["fate"] for row in feed(folder)))


def fetches(folder):
    """The politeness ledger: one dict a request."""
    return _lines(folder, "log/fetches-*.jsonl")


def refused(folder):
    """One dict a refusal that was logged: each URL and reason at least once while there are not too many."""
    return _lines(folder, "log/refused-*.jsonl")


class Record(NamedTuple):
    file: str
    offset: int
    length: int  # of the gzip member
    fields: dict  # WARC header fields, names in lower case
    block: bytes

    @property
    def kind(self):
        return self.fields["warc-type"]

    @property
    def url(self):
        return self.fields.get("warc-target-uri")


def warc_files(folder):
    return sorted(pathlib.Path(folder).glob("warc/*.warc.gz"))


def warc_records(path):
    """Every record of a WARC file whose records are one gzip member each; fails where they are not."""
    data = pathlib.Path(path).read_bytes()
    offset = 0
    while offset < len(data):
        inflater = zlib.decompressobj(31)
        text = inflater.decompress(data[offset:])
        assert inflater.eof, f"{path}: the member at {offset} is cut"
        length = len(data) - offset - len(inflater.unused_data)
        head, _, rest = text.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        assert lines[0] == "WARC/1.1", f"{path}: {lines[0]!r} at {offset}"
        fields = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            fields[name.lower()] = value.strip()
        size = int(fields["content-length"])
        assert rest[size:] == b"\r\n\r\n", f"{path}: the record at {offset} does not end as it should"
        yield Record(pathlib.Path(path).name, offset, length, fields, rest[:size])
        offset += length


def digest(data):
    return "sha1:" + base64.b32encode(hashlib.sha1(data).digest()).decode()


def payload(block):
    """The body of the HTTP message in a response record."""
    return block.partition(b"\r\n\r\n")[2]


def check_warcs(folder):
    """Every record of every closed WARC file, digests recomputed and the CDXJ beside it compared."""
    records = []
    for path in warc_files(folder):
        ours = list(warc_records(path))
        assert ours and ours[0].kind == "warcinfo", f"{path} does not begin with warcinfo"
        for record in ours:
            if "warc-block-digest" in record.fields:
                assert record.fields["warc-block-digest"] == digest(record.block), f"{path}: {record.url}: block"
            if record.kind == "response":
                stated = record.fields["warc-payload-digest"]
                assert stated == digest(payload(record.block)), f"{path}: {record.url}: payload"
        _check_cdxj(path, ours)
        records += ours
    return records


def _check_cdxj(path, records):
    index = path.with_name(path.name.removesuffix(".warc.gz") + ".cdxj")
    lines = index.read_text().splitlines()
    assert lines == sorted(lines, key=str.encode), f"{index} is not sorted"
    stated = set()
    for line in lines:
        row = json.loads(line.split(" ", 2)[2])
        assert row["filename"] == path.name
        stated.add((row["url"], int(row["offset"]), int(row["length"]), "sha1:" + row["digest"]))
    true = {(r.url, r.offset, r.length, r.fields["warc-payload-digest"]) for r in records if r.kind == "response"}
    assert stated == true, f"{index} differs from its file: {sorted(stated ^ true)[:4]}"
