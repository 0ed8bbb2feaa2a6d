#!/usr/bin/python3
"""A reader for Amparo vaults, format 1: the second implementation.

Written from FORMAT.md alone, without a look at the program's own source, so
that the two can be checked against each other.  Numbers such as "3.3" in the
comments are sections of that page.  The reader never writes to a vault: where
the page lets the program mend a copy of `keys`, this one only says so.

    vault_reader.py [--test-floor] [--keys FILE] FOLDER
                    (--passphrase-file FILE | --passphrase TEXT)
                    [check | dump-inner FILE]

`check`, the default, verifies all that the page allows and prints a JSON
summary.  `dump-inner FILE` does the same and then writes the inner database,
in plain text, to a new FILE.  Both are for tests: Python cannot wipe secrets
from memory, and --passphrase shows its text to everyone on the machine.

Choices where the page is silent: a closing line end of a passphrase file is
not part of the passphrase; a missing or unreadable file of the vault is [13];
a passphrase that is not one by section 1 is a usage error [2]; an unknown
arrival flag is [21]; all else that "every byte is accounted for" excludes
is [13].
"""
import argparse
import hashlib
import json
import os
import shutil
import sqlite3
import struct
import sys
import tempfile
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

try:
    MISSING = "nacl"
    from nacl.bindings import (
        crypto_aead_xchacha20poly1305_ietf_decrypt as aead_open,
        crypto_sign_seed_keypair)
    from nacl.exceptions import CryptoError
    MISSING = "argon2"
    from argon2.exceptions import HashingError
    from argon2.low_level import Type, hash_secret_raw
except ImportError:
    print(f"skipped: reader: no python3-{MISSING}")
    sys.exit(77)

USAGE, WRONG_PASSPHRASE, DAMAGED, NO_MEMORY, UNKNOWN_FORMAT = 2, 12, 13, 14, 21

COPY, HEADER, SLOT, SLOTS, KEY = 4096, 128, 72, 8, 32
FILLER_AT, MAC_AT, SUM_AT = 704, 4032, 4064
NONCE, TAG, PAGE, USED = 24, 16, 4096, 4016
BODY = NONCE + USED + TAG

OUTER_SCHEMA = [
    "CREATE TABLE cell(n INTEGER PRIMARY KEY, body BLOB NOT NULL)",
]
INNER_SCHEMA = [
    "CREATE TABLE passphrase(slot INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, "
    "added INTEGER NOT NULL, changed INTEGER NOT NULL) STRICT",
    "CREATE TABLE office(id INTEGER PRIMARY KEY CHECK(id=1), name TEXT NOT NULL, "
    "made INTEGER NOT NULL, public BLOB NOT NULL, secret BLOB NOT NULL) STRICT",
    "CREATE TABLE machine(id BLOB PRIMARY KEY, first INTEGER NOT NULL) STRICT, "
    "WITHOUT ROWID",
    "CREATE TABLE log(seq INTEGER PRIMARY KEY, time INTEGER NOT NULL, "
    "what TEXT NOT NULL, detail TEXT NOT NULL, hash BLOB NOT NULL) STRICT",
]


class Refused(Exception):
    """The vault must not be used; `status` is the exit status of the page."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


def demand(condition, message, status=DAMAGED):
    if not condition:
        raise Refused(status, message)


# ---------------------------------------------------------------- primitives

def blake2b(message, key=b""):
    """HASH(m) and HASH(k; m)."""
    return hashlib.blake2b(message, digest_size=32, key=key).digest()


def subkey(vault_key, label):
    return blake2b(b"amparo 1 " + label.encode() + b"\0", vault_key)


def le32(number):
    return struct.pack("<I", number)


def le64(number):
    return struct.pack("<Q", number)


def unseal(key, ad, sealed):
    """The plain text of SEAL(key; ad; p), or None if it does not open."""
    try:
        return aead_open(sealed[NONCE:], ad, sealed[:NONCE], key)
    except CryptoError:
        return None


def _chacha_rounds(state):
    """The 20 rounds of ChaCha20 (RFC 8439) on 16 words, without the addition."""
    x, mask = list(state), 0xFFFFFFFF
    lanes = ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
             (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14))
    for a, b, c, d in lanes * 10:
        x[a] = x[a] + x[b] & mask
        t = x[d] ^ x[a]
        x[d] = (t << 16 | t >> 16) & mask
        x[c] = x[c] + x[d] & mask
        t = x[b] ^ x[c]
        x[b] = (t << 12 | t >> 20) & mask
        x[a] = x[a] + x[b] & mask
        t = x[d] ^ x[a]
        x[d] = (t << 8 | t >> 24) & mask
        x[c] = x[c] + x[d] & mask
        t = x[b] ^ x[c]
        x[b] = (t << 7 | t >> 25) & mask
    return x


def stream(key, nonce, length):
    """STREAM(key; nonce; length), the XChaCha20 key stream from block 0.

    PyNaCl has no binding of crypto_stream_xchacha20, and its AEAD keeps block 0
    for Poly1305, so this is plain Python: HChaCha20 of the key and the first 16
    bytes of the nonce gives a new key; ChaCha20 under that key, with a 64-bit
    block counter from 0 and the last 8 bytes of the nonce, gives the blocks.
    The tests compare blocks 1 and on with what the AEAD makes of zeros.
    """
    constants = struct.unpack("<4I", b"expand 32-byte k")
    words = struct.unpack("<8I", key)
    mixed = _chacha_rounds((*constants, *words, *struct.unpack("<4I", nonce[:16])))
    derived = (*mixed[:4], *mixed[12:])
    out = b""
    for block in range((length + 63) // 64):
        state = (*constants, *derived,
                 *struct.unpack("<2I", le64(block)), *struct.unpack("<2I", nonce[16:]))
        out += struct.pack("<16I", *(a + b & 0xFFFFFFFF for a, b in
                                     zip(_chacha_rounds(state), state)))
    return out[:length]


def is_run(key, data):
    """Is this `nonce || STREAM(key; nonce; ...)`, a free slot or the filler?"""
    return data[NONCE:] == stream(key, data[:NONCE], len(data) - NONCE)


# ---------------------------------------------------------------- keys (3)

@dataclass
class Header:
    vault_id: bytes
    cells_id: bytes
    salt: bytes
    memory: int
    passes: int
    lanes: int


@dataclass
class Opened:
    """A vault key, how it was found, and what is to be told about `keys`."""
    vault_key: bytes
    copy: bytes
    header: Header
    slot: int
    number: int
    notes: list = field(default_factory=list)


def parse_header(copy, test_floor):
    """3.2 and 3.3 step 3: all bounds, before anything is derived."""
    magic, version, vault_id, cells_id, salt, m, t, p, flag, arrival, reserved = \
        struct.unpack("<8sI16s16s16sIIII32s20s", copy[:HEADER])
    demand(magic == b"AMPARO-K", "keys: wrong magic")
    demand(version <= 1, f"keys: format {version} is newer", UNKNOWN_FORMAT)
    demand(version == 1, f"keys: no such format: {version}")
    demand(flag == 0, "keys: needs an arrival key", UNKNOWN_FORMAT)
    demand(m <= 4194304 and t <= 64 and p <= 16 and m * t <= 16777216,
           "keys: derivation above the ceiling", UNKNOWN_FORMAT)
    floor = (1, 1) if test_floor else (65536, 3)
    demand(m >= floor[0] and t >= floor[1] and p >= 1 and m >= 8 * p,
           "keys: derivation below the floor")
    demand(not any(arrival), "keys: arrival check without the flag")
    demand(not any(reserved), "keys: reserved bytes are not zero")
    return Header(vault_id, cells_id, salt, m, t, p)


def demand_memory(kib):
    """3.3 step 4; where the system does not tell, try."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return
    free = {line.split(":")[0]: int(line.split()[1]) for line in lines}
    demand(free.get("MemAvailable", kib) >= kib,
           f"{kib} KiB of memory needed, {free.get('MemAvailable')} free", NO_MEMORY)


def derive(passphrase, header):
    demand_memory(header.memory)
    try:
        return hash_secret_raw(passphrase, header.salt, header.passes, header.memory,
                               header.lanes, KEY, Type.ID, 0x13)
    except (HashingError, MemoryError) as error:
        raise Refused(NO_MEMORY, f"{header.memory} KiB of memory needed") from error


def slot_of(copy, i):
    return copy[HEADER + SLOT * i:HEADER + SLOT * (i + 1)]


def try_copy(copy, number, passphrase, test_floor):
    """3.3 steps 3 to 5.  None if no slot opens; all slots are tried."""
    header = parse_header(copy, test_floor)
    p = derive(passphrase, header)
    found = None
    for i in range(SLOTS):
        key = blake2b(b"amparo 1 slot" + bytes([i]), p)
        vault_key = unseal(key, copy[:HEADER] + bytes([i]), slot_of(copy, i))
        if vault_key is not None and found is None:
            found = Opened(vault_key, copy, header, i, number)
    return found


def mac_is_right(copy, vault_key):
    return copy[MAC_AT:SUM_AT] == blake2b(copy[:MAC_AT], subkey(vault_key, "keys mac"))


def whole_copies(data):
    """3.3 steps 1 and 2: {number: copy}, without those whose sum is wrong."""
    demand(len(data) <= 2 * COPY, "keys: longer than two copies")
    copies = {n: data[(n - 1) * COPY:n * COPY] for n in (1, 2)}
    whole = {n: c for n, c in copies.items()
             if len(c) == COPY and c[SUM_AT:] == blake2b(c[:SUM_AT])}
    demand(whole, "keys: both copies are damaged")
    return whole


def open_keys(data, passphrase, test_floor):
    """3.3 steps 1 to 6: from the bytes of `keys` to the vault key."""
    whole = whole_copies(data)
    if len(whole) == 1:
        (number, copy), = whole.items()
        opened = try_copy(copy, number, passphrase, test_floor)
        demand(opened, "wrong passphrase", WRONG_PASSPHRASE)
        demand(mac_is_right(copy, opened.vault_key), "keys: wrong MAC")
        opened.notes.append(f"keys: copy {3 - number} is damaged, "
                            "to be mended from the other copy")
        return opened
    second = try_copy(whole[2], 2, passphrase, test_floor)
    if second and mac_is_right(whole[2], second.vault_key):
        if whole[1] != whole[2]:
            second.notes.append(
                "keys: copy 1 is older, to be mended from the other copy"
                if mac_is_right(whole[1], second.vault_key) else
                "keys: copy 1 was tampered with, to be mended from the other copy")
        return second
    if whole[1] != whole[2]:
        first = try_copy(whole[1], 1, passphrase, test_floor)
        if first and mac_is_right(whole[1], first.vault_key):
            first.notes.append(
                "keys: copy 2 is a change that was never confirmed, "
                "to be mended from the other copy"
                if mac_is_right(whole[2], first.vault_key) else
                "keys: copy 2 was tampered with, to be mended from the other copy")
            return first
        second = second or first
    demand(second, "wrong passphrase", WRONG_PASSPHRASE)
    raise Refused(DAMAGED, "keys: wrong MAC")


def used_slots(opened):
    """3.2: with V every byte is accounted for.  A slot not free is in use."""
    fill = subkey(opened.vault_key, "keys fill")
    demand(is_run(fill, opened.copy[FILLER_AT:MAC_AT]), "keys: wrong filler")
    return [i for i in range(SLOTS) if not is_run(fill, slot_of(opened.copy, i))]


# ---------------------------------------------------------------- cells.db (4)

def in_memory(data):
    """An SQLite database opened from bytes, with all that is lenient off."""
    db = sqlite3.connect(":memory:")
    db.deserialize(data)
    db.execute("PRAGMA trusted_schema=OFF")
    db.execute("PRAGMA cell_size_check=ON")
    return db


def roll_back(path, journal):
    """The bytes of a database after its journal, worked out on a copy elsewhere."""
    # One database is never attached to another here, so a journal that names a
    # super-journal was planted: SQLite would delete the file it names.
    demand(not journal.read_bytes().endswith(bytes.fromhex("d9d505f920a163d7")),
           "cells.db-journal: names another file")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copy(path, folder))
        shutil.copy(journal, folder)
        db = sqlite3.connect(copy)
        db.execute("PRAGMA schema_version").fetchone()
        db.close()
        return copy.read_bytes()


def outer_bytes(folder):
    path, journal = folder / "cells.db", folder / "cells.db-journal"
    if journal.exists() and journal.stat().st_size:
        return roll_back(path, journal)
    return path.read_bytes()


def check_sqlite_header(data, name, application_id, reserved):
    """4.1 and 5.1: the fixed fields of an SQLite header (its own are big-endian)."""
    demand(len(data) >= PAGE and data[:16] == b"SQLite format 3\0",
           f"{name}: no SQLite database")
    page, = struct.unpack_from(">H", data, 16)
    vacuum, encoding, version = struct.unpack_from(">3I", data, 52)
    application, = struct.unpack_from(">I", data, 68)
    demand(application == application_id, f"{name}: wrong application_id")
    demand(version <= 1, f"{name}: user_version {version} is newer", UNKNOWN_FORMAT)
    demand(version == 1, f"{name}: wrong user_version")
    demand(page == PAGE, f"{name}: wrong page size")
    demand(data[18:20] == b"\1\1", f"{name}: not in rollback mode")
    demand(data[20] == reserved, f"{name}: wrong reserved bytes")
    demand(encoding == 1, f"{name}: not UTF-8")
    demand(vacuum == 0, f"{name}: auto-vacuum is on")


def check_schema(db, name, statements):
    """Exactly these tables; SQLite's own indices of UNIQUE have no statement."""
    rows = db.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema").fetchall()
    tables = [(s.split("(")[0].split()[-1], s) for s in statements]
    wanted = [("table", table, table, sql) for table, sql in tables]
    wanted += [("index", f"sqlite_autoindex_{table}_1", table, None)
               for table, sql in tables if "UNIQUE" in sql]
    demand(sorted(rows, key=str) == sorted(wanted, key=str), f"{name}: wrong schema")


def cell_ad(header, n):
    return header.vault_id + header.cells_id + le32(1) + le64(n)


def open_cell(opened, n, body):
    demand(isinstance(body, bytes) and len(body) == BODY, f"cell {n}: wrong size")
    x = unseal(subkey(opened.vault_key, "cell"), cell_ad(opened.header, n), body)
    demand(x is not None, f"cell {n}: does not open")
    return x


def parse_root(x):
    """4.3: (commit, count, S, head of the log)."""
    magic, commit, count, total, head, rest = struct.unpack("<8sQQ32s32s3928s", x)
    demand(magic == b"AMPARO-R", "root: wrong magic")
    demand(commit >= 1, "root: commit 0")
    demand(not any(rest), "root: not zero to its end")
    return commit, count, int.from_bytes(total, "little"), head


def read_cells(opened, data):
    """All of section 4: ((commit, count, S, head), the pages of the inner one)."""
    check_sqlite_header(data, "cells.db", 0x416D7063, 0)
    db = in_memory(data)
    check_schema(db, "cells.db", OUTER_SCHEMA)
    body = db.execute("SELECT body FROM cell WHERE n = 0").fetchone()
    demand(body, "cell 0: missing")
    root = parse_root(open_cell(opened, 0, body[0]))
    sum_key, total, pages = subkey(opened.vault_key, "cells sum"), 0, []
    expected = 0
    for n, body in db.execute("SELECT n, body FROM cell ORDER BY n"):
        demand(n == expected, f"cell {min(n, expected)}: missing or beyond")
        demand(n <= root[1], f"cell {n}: beyond the count")
        expected += 1
        if n:
            pages.append(open_cell(opened, n, body))
            t = blake2b(le64(n) + body[:NONCE] + body[-TAG:], sum_key)
            total += int.from_bytes(t, "little")
    db.close()
    demand(expected == root[1] + 1, f"cell {expected}: missing")
    demand(total % (1 << 256) == root[2], "root: the sum over all cells is wrong")
    return root, pages


# ---------------------------------------------------------------- inner database (5, 6)

def rebuild_inner(pages):
    """5.1: the plain SQLite file; what lies beyond its own pages must be zeros."""
    data = b"".join(page + bytes(PAGE - USED) for page in pages)
    check_sqlite_header(data, "inner database", 0x416D7069, PAGE - USED)
    changed, = struct.unpack_from(">I", data, 24)
    size, = struct.unpack_from(">I", data, 28)
    valid_for, = struct.unpack_from(">I", data, 92)
    if changed == valid_for and size:
        demand(size <= len(pages), "inner database: pages are missing")
        demand(not any(data[size * PAGE:]), "inner database: more behind its end")
    return data


def check_log(db, key, head):
    """6: the chain from zeros to the head that stands in the root."""
    entries, last = [], bytes(32)
    for seq, time, what, detail, kept in db.execute("SELECT * FROM log ORDER BY seq"):
        demand(seq == len(entries) + 1, f"log: entry {len(entries) + 1} is missing")
        demand(time >= 0, f"log: entry {seq} has no time")
        texts = [le32(len(t)) + t for t in (what.encode(), detail.encode())]
        last = blake2b(last + le64(seq) + le64(time) + b"".join(texts), key)
        demand(kept == last, f"log: wrong hash of entry {seq}")
        entries.append({"seq": seq, "time": time, "what": what, "detail": detail})
    demand(last == head, "log: does not end at the root")
    return entries


def check_office(db, opened):
    """5.2: one office, whose sealed seed gives its public key."""
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
    """5.2: how many machines, and whether this one is among them (None: no id)."""
    rows = [row[0] for row in db.execute("SELECT id FROM machine")]
    demand(all(len(row) == 32 for row in rows), "machine: wrong size")
    try:
        text = b"".join(Path("/etc/machine-id").read_bytes().split())
    except OSError:
        return {"count": len(rows), "this": None}
    return {"count": len(rows), "this": blake2b(text, key) in rows}


def check_passphrases(db, opened, used):
    """5.2: names by slot; what does not agree with `keys` is a note, no refusal."""
    rows = db.execute("SELECT slot, name, added, changed FROM passphrase "
                      "ORDER BY slot").fetchall()
    names = {row[0]: row[1] for row in rows}
    demand(all(slot in range(SLOTS) for slot in names), "passphrase: no such slot")
    for slot in sorted(set(names) - set(used)):
        opened.notes.append(f"passphrase {names[slot]!r}: slot {slot} is free, "
                            "a change was cut short")
    for slot in sorted(set(used) - set(names)):
        opened.notes.append(f"slot {slot} is used without a name: "
                            "not made by this vault")
    return [dict(zip(("slot", "name", "added", "changed"), row)) for row in rows]


# ---------------------------------------------------------------- the whole

def read_vault(folder, passphrase, keys=None, test_floor=False):
    """Verify a vault; returns (summary, bytes of the inner database)."""
    folder = Path(folder)
    try:
        opened = open_keys(Path(keys or folder / "keys").read_bytes(),
                           passphrase, test_floor)
        used = used_slots(opened)
        root, pages = read_cells(opened, outer_bytes(folder))
        inner = rebuild_inner(pages)
        db = in_memory(inner)
        check_schema(db, "inner database", INNER_SCHEMA)
        sound = db.execute("PRAGMA integrity_check").fetchall()
        demand(sound == [("ok",)], f"inner database: {sound[0][0]}")
        commit, count, _, head = root
        summary = {
            "vault_id": opened.header.vault_id.hex(), "commit": commit, "count": count,
            "passphrases": check_passphrases(db, opened, used),
            "office": check_office(db, opened),
            "log": check_log(db, subkey(opened.vault_key, "log"), head),
            "machines": check_machines(db, subkey(opened.vault_key, "machine")),
            "slots_used": used, "slot_opened": opened.slot, "keys_copy": opened.number,
            "notes": opened.notes, "ok": True}
        db.close()
    except OSError as error:
        raise Refused(DAMAGED, f"{error.filename}: {error.strerror}") from error
    except (sqlite3.Error, UnicodeError) as error:
        raise Refused(DAMAGED, f"SQLite: {error}") from error
    return summary, inner


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
    except (OSError, UnicodeError) as error:
        raise Refused(USAGE, f"passphrase file: {error}") from error
    return passphrase_bytes(text.removesuffix("\n").removesuffix("\r"))


def write_new(path, data):
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(handle, "wb") as file:
            file.write(data)
    except OSError as error:
        raise Refused(USAGE, f"{path}: {error.strerror}") from error


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
    parser.add_argument("action", nargs="*", default=["check"],
                        metavar="check | dump-inner FILE")
    arguments = parser.parse_intermixed_args(argv)
    action = arguments.action or ["check"]
    if action != ["check"] and not (len(action) == 2 and action[0] == "dump-inner"):
        parser.error("say check, or dump-inner FILE")
    arguments.dump = action[1] if action[0] == "dump-inner" else None
    return arguments


def main(argv=None):
    arguments = parse_arguments(argv)
    try:
        summary, inner = read_vault(arguments.folder, read_passphrase(arguments),
                                    arguments.keys, arguments.test_floor)
        if arguments.dump:
            write_new(arguments.dump, inner)
    except Refused as refused:
        print(json.dumps({"ok": False, "error": str(refused), "status": refused.status}))
        return refused.status
    print(json.dumps(summary, indent=1, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
