#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Make and look at files for the scenarios, from FORMAT.md and by hand.

    craft.py header KEYS FIELD=VALUE ...   change both headers, mend the sums
    craft.py spoil FILE OFFSET             change one byte
    craft.py cell CELLS_DB N               change a byte in the cell's body
    craft.py journal CELLS_DB NAME         a hot journal that names NAME
    craft.py hot CELLS_DB                  a hot journal of an honest kind
    craft.py json FILE EXPRESSION          one document d; is it so?
    craft.py json-error FILE WORD STATUS   the last line: an error as JSON
    craft.py unsafe FILE                   the bytes that a terminal obeys
    craft.py page FILE [EXPRESSION]        a page that needs and runs nothing;
                                           cells are its rows, texts all of it
    craft.py csv FILE EXPRESSION           rows as RFC 4180 has them
"""
import base64
import csv
import hashlib
import html.parser
import json
import sqlite3
import struct
import sys
import xml.etree.ElementTree

FIELDS = {"format": (8, 4), "memory": (60, 4), "passes": (64, 4),
          "lanes": (68, 4), "arrival": (72, 4), "reserved": (108, 4),
          "salt": (44, 4), "magic": (0, 4)}
JOURNAL_MAGIC = bytes.fromhex("d9d505f920a163d7")


def header(path, *changes):
    with open(path, "rb") as f:
        data = bytearray(f.read())
    for copy in (0, 4096):
        for change in changes:
            name, value = change.split("=")
            offset, length = FIELDS[name]
            data[copy + offset:copy + offset + length] = \
                int(value).to_bytes(length, "little")
        data[copy + 4064:copy + 4096] = hashlib.blake2b(
            data[copy:copy + 4064], digest_size=32).digest()
    with open(path, "wb") as f:
        f.write(data)


def spoil(path, offset):
    with open(path, "r+b") as f:
        f.seek(int(offset))
        byte = f.read(1)[0]
        f.seek(int(offset))
        f.write(bytes([byte ^ 1]))


def cell(path, n):
    db = sqlite3.connect(path)
    (body,), = db.execute("SELECT body FROM cell WHERE n=?", (int(n),))
    body = body[:100] + bytes([body[100] ^ 1]) + body[101:]
    db.execute("UPDATE cell SET body=? WHERE n=?", (body, int(n)))
    db.commit()


def journal(path, name):
    with open(path, "rb") as f:
        data = f.read()
    name = name.encode()
    size = len(data) // 4096
    head = struct.pack(">8sIIIII", JOURNAL_MAGIC, 0, 7, size, 512, 4096)
    tail = struct.pack(">I", 0x40000000 // 4096 + 1) + name + \
        struct.pack(">II", len(name), sum(name)) + JOURNAL_MAGIC
    with open(path + "-journal", "wb") as f:
        f.write(head.ljust(512, b"\0") + tail)


def hot(path):
    """What a power cut leaves: page 2 was being changed."""
    with open(path, "rb") as f:
        data = f.read()
    page = data[4096:8192]
    total = (7 + sum(page[i] for i in range(4096 - 200, 0, -200))) & 0xffffffff
    head = struct.pack(">8sIIIII", JOURNAL_MAGIC, 1, 7, len(data) // 4096,
                       512, 4096)
    with open(path + "-journal", "wb") as f:
        f.write(head.ljust(512, b"\0") + struct.pack(">I", 2) + page +
                struct.pack(">I", total))


def is_json(path, expression):
    with open(path, encoding="utf-8") as f:
        d = json.load(f)
    assert eval(expression, {"d": d}), d


def json_error(path, word, status):
    with open(path, encoding="utf-8") as f:
        d = json.loads(f.read().rstrip("\n").split("\n")[-1])
    assert d["error"] == word and d["exit"] == int(status), d
    assert isinstance(d["message"], str) and d["message"], d


def unsafe(path):
    with open(path, "rb") as f:
        text = f.read().decode("utf-8")
    for c in text:
        n = ord(c)
        assert (n >= 32 or c in "\n\t") and not 0x7f <= n < 0xa0, hex(n)
        assert not 0x202a <= n <= 0x202e and not 0x2066 <= n <= 0x2069, hex(n)


class Tags(html.parser.HTMLParser):
    """What a browser would see: elements, attributes, what is open."""

    def __init__(self, text):
        super().__init__()
        self.seen, self.open = [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.seen.append((tag, attributes))
        self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.seen.append((tag, attributes))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag


ELEMENTS = set("html head meta title style body h1 h2 p table thead tbody tfoot"
               " tr th td ul li svg rect line circle text".split())
ATTRIBUTES = set("lang charset http-equiv content name dir scope xmlns role"
                 " viewbox width height aria-label x y text-anchor font-size"
                 " font-family fill x1 y1 x2 y2 stroke stroke-width"
                 " stroke-dasharray cx cy r".split())


def page(path, expression="True"):
    with open(path, encoding="utf-8") as f:
        text = f.read()
    tags = Tags(text)
    assert tags.open == [], tags.open
    for tag, attributes in tags.seen:
        assert tag in ELEMENTS, tag
        for name, _ in attributes:
            assert name in ATTRIBUTES, name
    root = xml.etree.ElementTree.fromstring(text)
    style = root.find("head/style").text.encode()
    policy = dict((m.get("http-equiv"), m.get("content"))
                  for m in root.iter("meta"))["Content-Security-Policy"]
    sha256 = base64.b64encode(hashlib.sha256(style).digest()).decode()
    assert policy == "default-src 'none'; style-src 'sha256-%s';" \
        " base-uri 'none'; form-action 'none'" % sha256, sha256
    assert b"url" not in style and b"@import" not in style
    cells = [["".join(c.itertext()) for c in row] for row in root.iter("tr")]
    svg = "{http://www.w3.org/2000/svg}"
    chart = [t.text for t in root.iter(svg + "text")]
    bars = [float(b.get("width")) for b in root.iter(svg + "rect")]
    texts = "".join(root.itertext())
    assert eval(expression, {"cells": cells, "texts": texts, "bars": bars,
                             "chart": chart}), (cells, chart, bars)


def is_csv(path, expression):
    with open(path, encoding="utf-8", newline="") as f:
        text = f.read()
    assert text.endswith("\r\n") and "\n" not in text.replace("\r\n", "")
    rows = list(csv.reader(text.splitlines(), strict=True))
    assert eval(expression, {"rows": rows}), rows


if __name__ == "__main__":
    try:
        {"header": header, "spoil": spoil, "cell": cell, "journal": journal,
         "hot": hot,
         "json": is_json, "json-error": json_error,
         "unsafe": unsafe, "page": page, "csv": is_csv}[sys.argv[1]](*sys.argv[2:])
    except (AssertionError, ValueError, KeyError) as error:
        sys.exit("craft: %s: %r" % (sys.argv[1], error))
