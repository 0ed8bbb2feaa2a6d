#!/usr/bin/python3
"""A reader for Amparo vaults, format 1: the second implementation.

Written from FORMAT.md alone, without a look at the program's own source, so
that the two can be checked against each other.  Numbers such as "3.3" in the
comments are sections of that page.  The reader never writes to a vault: where
the page lets the program mend a copy of `keys`, this one only says so.

    vault_reader.py [--test-floor] [--keys FILE] FOLDER
                    (--passphrase-file FILE | --passphrase TEXT)
                    [check | show ID | extract ID NAME OUTFILE | dump-inner FILE]

`check`, the default, verifies all that the page allows and prints a JSON
summary.  The others do the same first: `show` prints the body of a record, or
all its heads if there are several; `extract` writes an attachment and
`dump-inner` the inner database, in plain text, to a new file.  All are for
tests: Python cannot wipe secrets from memory, and --passphrase shows its text
to everyone on the machine.

Sections 1 to 4 are in vault_cells.py, 7 in vault_records.py, 5 and 6 here.

Choices where the page is silent: a closing line end of a passphrase file is
not part of the passphrase; a record or attachment that is not there is a usage
error [2]; all else that "every byte is accounted for" excludes is [13].
"""
import argparse
import json
import os
import re
import sqlite3
import struct
import sys
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from vault_cells import (
    DAMAGED, NO_VAULT, PAGE, SLOTS, UNREADABLE, USAGE, USED, WRONG_PASSPHRASE, Opened,
    Refused, Root, blake2b, check_integrity, check_schema, check_sqlite_header, demand,
    in_memory, le32, le64, mac_is_right, mac_of, open_keys, outer_bytes, read_cells,
    slot_of, subkey, unseal, used_slots)
from vault_records import canonical, content, read_records
from nacl.bindings import crypto_sign_seed_keypair

ACTIONS = {"check": 0, "show": 1, "extract": 3, "dump-inner": 1}
ACTIONS_HELP = "check | show ID | extract ID NAME OUTFILE | dump-inner FILE"
INNER_SCHEMA = [
    "CREATE TABLE passphrase(slot INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, "
    "added INTEGER NOT NULL, changed INTEGER NOT NULL, seal BLOB NOT NULL) STRICT",
    "CREATE TABLE keys(state INTEGER PRIMARY KEY CHECK(state IN (0,1)), mac BLOB "
    "NOT NULL, what TEXT NOT NULL, slot INTEGER NOT NULL, name TEXT NOT NULL) "
    "STRICT",
    "CREATE TABLE office(id INTEGER PRIMARY KEY CHECK(id=1), name TEXT NOT NULL, "
    "made INTEGER NOT NULL, public BLOB NOT NULL, secret BLOB NOT NULL) STRICT",
    "CREATE TABLE machine(id BLOB PRIMARY KEY, first INTEGER NOT NULL) STRICT, "
    "WITHOUT ROWID",
    "CREATE TABLE log(seq INTEGER PRIMARY KEY, time INTEGER NOT NULL, what TEXT "
    "NOT NULL, detail TEXT NOT NULL, hash BLOB NOT NULL) STRICT",
    "CREATE TABLE record(num INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, type "
    "TEXT NOT NULL, key BLOB) STRICT",
    "CREATE TABLE version(num INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, record "
    "INTEGER NOT NULL, time INTEGER NOT NULL, head INTEGER NOT NULL, envelope TEXT "
    "NOT NULL, signature BLOB NOT NULL, body BLOB, private BLOB) STRICT",
    "CREATE INDEX version_record ON version(record)",
    "CREATE TABLE parent(parent BLOB NOT NULL, child BLOB NOT NULL, PRIMARY "
    "KEY(parent, child)) STRICT, WITHOUT ROWID",
    "CREATE TABLE attachment(num INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, "
    "record INTEGER NOT NULL, hash BLOB, size INTEGER NOT NULL, chunks INTEGER NOT "
    "NULL, part BLOB) STRICT",
    "CREATE INDEX attachment_record ON attachment(record)",
    "CREATE TABLE chunk(num INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT",
    "CREATE TABLE draft(id INTEGER PRIMARY KEY, record BLOB, base BLOB, type TEXT NOT NULL, "
    "time INTEGER NOT NULL, body TEXT NOT NULL) STRICT",
    "CREATE TABLE receiving(serial INTEGER PRIMARY KEY, first TEXT NOT NULL, "
    "recipient TEXT NOT NULL, secret BLOB NOT NULL) STRICT",
    "CREATE TABLE contact(num INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, "
    "public BLOB NOT NULL UNIQUE, card TEXT NOT NULL, added INTEGER NOT NULL, "
    "verified INTEGER NOT NULL, our_office INTEGER NOT NULL, frozen INTEGER NOT "
    "NULL) STRICT",
    "CREATE TABLE chain(id INTEGER PRIMARY KEY CHECK(id=1), chain BLOB NOT NULL) "
    "STRICT",
    "CREATE TABLE sent(peer BLOB NOT NULL, chain BLOB NOT NULL, number INTEGER "
    "NOT NULL, hash BLOB NOT NULL, PRIMARY KEY(peer, chain)) STRICT, WITHOUT "
    "ROWID",
    "CREATE TABLE received(hash BLOB PRIMARY KEY, peer BLOB NOT NULL, chain BLOB "
    "NOT NULL, number INTEGER NOT NULL, time INTEGER NOT NULL) STRICT, WITHOUT "
    "ROWID",
    "CREATE TABLE tombstone(record BLOB NOT NULL, office BLOB NOT NULL, time INTEGER "
    "NOT NULL, signature BLOB NOT NULL, PRIMARY KEY(record, office)) STRICT, WITHOUT "
    "ROWID",
    "CREATE TABLE forgotten(mark BLOB PRIMARY KEY, day INTEGER NOT NULL) STRICT, "
    "WITHOUT ROWID",
    "CREATE TABLE earlier(num INTEGER PRIMARY KEY, public BLOB NOT NULL UNIQUE, "
    "contact INTEGER NOT NULL, time INTEGER NOT NULL, successor BLOB NOT NULL, "
    "revocation BLOB NOT NULL) STRICT",
    "CREATE TABLE announced(public BLOB PRIMARY KEY, contact INTEGER NOT NULL, time "
    "INTEGER NOT NULL, card TEXT NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE revoked(public BLOB PRIMARY KEY, time INTEGER NOT NULL, signature "
    "BLOB NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE item(num INTEGER PRIMARY KEY, type TEXT NOT NULL, title TEXT NOT "
    "NULL, time INTEGER NOT NULL, heads INTEGER NOT NULL) STRICT",
    "CREATE VIRTUAL TABLE find USING fts5(body, names, title, content='', "
    "tokenize='amparo')",
    "CREATE TABLE 'find_data'(id INTEGER PRIMARY KEY, block BLOB)",
    "CREATE TABLE 'find_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT "
    "ROWID",
    "CREATE TABLE 'find_docsize'(id INTEGER PRIMARY KEY, sz BLOB)",
    "CREATE TABLE 'find_config'(k PRIMARY KEY, v) WITHOUT ROWID",
    "CREATE TABLE value(field INTEGER NOT NULL, key TEXT NOT NULL, num INTEGER NOT "
    "NULL, PRIMARY KEY(field, key, num)) STRICT, WITHOUT ROWID",
    "CREATE INDEX value_num ON value(num)",
]


@dataclass
class Vault:
    """A vault that was verified; `inner` is its inner database as a plain file."""
    opened: Opened
    root: Root
    inner: bytes
    db: sqlite3.Connection
    records: dict = field(default_factory=dict)
    summary: dict = field(default_factory=dict)


# ---------------------------------------------------------------- inner database (5)

def rebuild_inner(pages):
    """5.1: the plain SQLite file; what lies beyond its own pages must be zeros."""
    data = b"".join(page + bytes(PAGE - USED) for page in pages)
    check_sqlite_header(data, "inner database", 0x416D7069, PAGE - USED, 6)
    changed, = struct.unpack_from(">I", data, 24)
    size, = struct.unpack_from(">I", data, 28)
    valid_for, = struct.unpack_from(">I", data, 92)
    if changed == valid_for and size:
        demand(size <= len(pages), "inner database: pages are missing")
        demand(not any(data[size * PAGE:]), "inner database: more behind its end")
    return data


def open_inner(data):
    """5.2: the inner database with the right schema, but without `find`.

    `find` wants a tokenizer that is not here; without its line in the schema no
    later statement, the integrity check above all, can come upon it.
    """
    db = in_memory(data)
    check_schema(db, "inner database", INNER_SCHEMA)
    db.execute("PRAGMA writable_schema=ON")
    db.execute("DELETE FROM sqlite_schema WHERE name = 'find'")
    db.commit()
    db.execute("PRAGMA writable_schema=RESET")
    check_integrity(db, "inner database")
    return db


def check_remembered(db, opened, other):
    """3.3 step 8, 5.3: is this the file of keys that was written last?"""
    rows = {state: row for state, *row in
            db.execute("SELECT state, mac, what, slot FROM keys")}
    known = [mac for mac, _, _ in rows.values()]
    demand(0 in rows and all(len(mac) == 32 for mac in known), "keys: not remembered")
    if opened.mac not in known:
        demand(not (other and mac_of(other) in known
                    and mac_is_right(other, opened.vault_key)),
               "wrong passphrase", WRONG_PASSPHRASE)
        opened.notes.append("keys: not the file that was written last: it, or "
                            "cells.db, was put back from an older copy")
    elif 1 in rows:
        _, what, slot = rows[1]
        end = "undone" if opened.mac == rows[0][0] else "finished"
        opened.notes.append(f"keys: a change ({what}) was cut short, to be {end}")
        opened.unnamed = slot if end == "finished" else None


def check_passphrases(db, opened, used):
    """5.3: names by slot; what does not agree with `keys` is a note, no refusal.
    The slot of a change that is to be finished gets its name only then."""
    rows = db.execute("SELECT slot, name, added, changed, seal FROM passphrase "
                      "ORDER BY slot").fetchall()
    named = {slot: (name, seal) for slot, name, _, _, seal in rows}
    demand(all(slot in range(SLOTS) for slot in named), "passphrase: no such slot")
    for slot in sorted(set(named) - set(used) - {opened.unnamed}):
        opened.notes.append(f"passphrase {named[slot][0]!r}: slot {slot} is free")
    for slot in used:
        if slot == opened.unnamed:
            continue
        if slot not in named:
            opened.notes.append(f"slot {slot} is used without a name: "
                                "not made by this vault")
        elif named[slot][1] != blake2b(slot_of(opened.copy, slot)):
            opened.notes.append(f"passphrase {named[slot][0]!r}: slot {slot} is "
                                "another one: not made by this vault")
    return [dict(zip(("slot", "name", "added", "changed"), row)) for row in rows]


def check_office(db, opened):
    """5.3: one office, whose sealed seed gives its public key."""
    rows = db.execute("SELECT name, made, public, secret FROM office").fetchall()
    demand(len(rows) == 1, f"office: {len(rows)} rows instead of one")
    name, made, public, secret = rows[0]
    ad = opened.header.vault_id + b"signing\0" + public
    seed = unseal(subkey(opened.vault_key, "office keys"), ad, secret)
    demand(seed is not None and len(seed) == 32, "office: its seed does not open")
    demand(crypto_sign_seed_keypair(seed)[0] == public,
           "office: its seed gives another public key")
    return {"name": name, "made": made, "public": public.hex()}


def check_machines(db, key):
    """5.3: how many machines, and whether this one is among them."""
    rows = [row[0] for row in db.execute("SELECT id FROM machine")]
    demand(all(len(row) == 32 for row in rows), "machine: wrong size")
    try:
        text = b"".join(Path("/etc/machine-id").read_bytes().split())
    except OSError:
        text = b""
    return {"count": len(rows), "this": blake2b(text, key) in rows}


# ---------------------------------------------------------------- the log (6)

def check_entry(seq, time, what, detail):
    """6: the form of an entry."""
    demand(time >= 0, f"log: entry {seq} has no time")
    demand(re.fullmatch("[a-z-]+", what), f"log: entry {seq} is no word")
    if detail:
        canonical(detail, f"log: entry {seq}")


def check_log(db, key, head):
    """6: the chain from zeros to the head that stands in the root."""
    entries, last = [], bytes(32)
    for seq, time, what, detail, kept in db.execute("SELECT * FROM log ORDER BY seq"):
        demand(seq == len(entries) + 1, f"log: entry {len(entries) + 1} is missing")
        check_entry(seq, time, what, detail)
        texts = [le32(len(t)) + t for t in (what.encode(), detail.encode())]
        last = blake2b(last + le64(seq) + le64(time) + b"".join(texts), key)
        demand(kept == last, f"log: wrong hash of entry {seq}")
        entries.append({"seq": seq, "time": time, "what": what, "detail": detail})
    demand(last == head, "log: does not end at the root")
    return entries


# ---------------------------------------------------------------- the whole

def describe(record):
    """A record in the summary; `withheld` counts what its versions name and is not
    here: parts, and attachments of the heads."""
    withheld = sum(getattr(version, part) is None for version in record.versions
                   for part in ("body", "private") if part in version.envelope)
    here = {a.hash.hex() for a in record.attachments if a.here}
    withheld += len({name for head in record.heads()
                     for name in head.envelope["attachments"]} - here)
    return {"id": record.text, "type": record.type, "forgotten": record.key is None,
            "versions": len(record.versions), "heads": len(record.heads()),
            "withheld": withheld,
            "attachments": [{"name": a.name, "size": a.size, "sha256": a.sha256}
                            for a in record.attachments if a.here]}


def summarise(vault):
    """5 to 7: verify what stands in the inner database, and say what it is."""
    opened, root, db = vault.opened, vault.root, vault.db
    used = used_slots(opened)
    vault.records = read_records(db, opened)
    vault.summary = {
        "vault_id": opened.header.vault_id.hex(),
        "commit": root.commit, "count": root.count,
        "passphrases": check_passphrases(db, opened, used),
        "office": check_office(db, opened),
        "log": check_log(db, subkey(opened.vault_key, "log"), root.head),
        "machines": check_machines(db, subkey(opened.vault_key, "machine")),
        "records": [describe(record) for record in vault.records.values()],
        "drafts": db.execute("SELECT count(*) FROM draft").fetchone()[0],
        "slots_used": used, "slot_opened": opened.slot, "keys_copy": opened.number,
        "notes": opened.notes, "ok": True}
    return vault


def open_vault(data, cells, passphrase, test_floor):
    """3.3: from the bytes of both files to the inner database."""
    vaults = {}

    def confirm(opened, other):
        root, pages = read_cells(opened, cells)
        inner = rebuild_inner(pages)
        vaults[opened.number] = Vault(opened, root, inner, open_inner(inner))
        check_remembered(vaults[opened.number].db, opened, other)

    return vaults[open_keys(data, passphrase, test_floor, confirm).number]


def read_vault(folder, passphrase, keys=None, test_floor=False):
    """Verify a vault; all that is wrong with it comes as Refused."""
    folder = Path(folder)
    keys = Path(keys or folder / "keys")
    try:
        for path in (keys, folder / "cells.db"):
            demand(path.exists(), f"{path}: missing", NO_VAULT)
        return summarise(open_vault(keys.read_bytes(), outer_bytes(folder), passphrase,
                                    test_floor))
    except OSError as error:
        raise Refused(UNREADABLE, f"{error.filename}: {error.strerror}") from error
    except sqlite3.Error as error:
        raise Refused(DAMAGED, f"SQLite: {str(error)[:60]}") from error
    except ValueError as error:
        raise Refused(DAMAGED, f"text or number: {error}") from error


# ---------------------------------------------------------------- the command line

def find_record(vault, name):
    demand(name in vault.records, f"no record {name}", USAGE)
    return vault.records[name]


def extract(vault, name, file):
    """7.4: the bytes of the attachment of this name."""
    record = find_record(vault, name)
    found = [a for a in record.attachments if a.here and a.name == file]
    demand(len(found) == 1, f"{len(found)} attachments {file} instead of one", USAGE)
    return content(vault.db, record, found[0])


def passphrase_bytes(text):
    """1: Unicode NFC, UTF-8, 1 to 1,024 bytes, no U+0000."""
    data = unicodedata.normalize("NFC", text).encode()
    demand(1 <= len(data) <= 1024 and b"\0" not in data, "no passphrase", USAGE)
    return data


def read_passphrase(arguments):
    if arguments.passphrase is not None:
        return passphrase_bytes(arguments.passphrase)
    try:
        text = Path(arguments.passphrase_file).read_bytes().decode()
    except OSError as error:
        raise Refused(UNREADABLE, f"passphrase file: {error.strerror}") from error
    except UnicodeError as error:
        raise Refused(USAGE, "passphrase file: no UTF-8") from error
    return passphrase_bytes(text.removesuffix("\n").removesuffix("\r"))


def write_new(path, data):
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(handle, "wb") as file:
            file.write(data)
    except OSError as error:
        raise Refused(UNREADABLE, f"{path}: {error.strerror}") from error


def parse_arguments(argv):
    parser = argparse.ArgumentParser(
        description="Second implementation of the Amparo vault format, read only.")
    parser.add_argument("--test-floor", action="store_true",
                        help="accept the cheap derivation of test vaults")
    parser.add_argument("--keys", metavar="FILE", help="where keys lies, if elsewhere")
    secret = parser.add_mutually_exclusive_group(required=True)
    secret.add_argument("--passphrase-file", metavar="FILE")
    secret.add_argument("--passphrase", metavar="TEXT", help="for tests only")
    parser.add_argument("folder", metavar="FOLDER")
    parser.add_argument("action", nargs="*", metavar="ACTION", help=ACTIONS_HELP)
    arguments = parser.parse_intermixed_args(argv)
    arguments.action = arguments.action or ["check"]
    if ACTIONS.get(arguments.action[0]) != len(arguments.action) - 1:
        parser.error(f"ACTION is one of: {ACTIONS_HELP}")
    return arguments


def act(vault, action, *words):
    """Do what was asked for; returns what is printed as JSON."""
    if action == "show":
        return find_record(vault, *words).show()
    if action == "extract":
        write_new(words[2], extract(vault, *words[:2]))
    if action == "dump-inner":
        write_new(*words, vault.inner)
    return vault.summary


def main(argv=None):
    arguments = parse_arguments(argv)
    try:
        vault = read_vault(arguments.folder, read_passphrase(arguments), arguments.keys,
                           arguments.test_floor)
        answer = act(vault, *arguments.action)
    except Refused as refused:
        print(json.dumps({"ok": False, "error": str(refused), "status": refused.status}))
        return refused.status
    print(json.dumps(answer, indent=1, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
