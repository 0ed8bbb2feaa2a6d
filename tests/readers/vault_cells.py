"""The keys and the cells of an Amparo vault: sections 1 to 4 of FORMAT.md.

Numbers such as "3.3" in the comments are sections of that page.
"""
import hashlib
import shutil
import sqlite3
import struct
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

try:
    MISSING = "nacl"
    from nacl.bindings import (
        crypto_aead_xchacha20poly1305_ietf_decrypt as aead_open)
    from nacl.exceptions import CryptoError
    MISSING = "argon2"
    from argon2.exceptions import HashingError
    from argon2.low_level import Type, hash_secret_raw
except ImportError:
    print(f"skipped: reader: no python3-{MISSING}")
    sys.exit(77)

UNREADABLE, USAGE, NO_VAULT, WRONG_PASSPHRASE, DAMAGED, NO_MEMORY, UNKNOWN_FORMAT = \
    1, 2, 10, 12, 13, 14, 21

COPY, HEADER, SLOT, SLOTS, KEY = 4096, 128, 72, 8, 32
FILLER_AT, MAC_AT, SUM_AT = 704, 4032, 4064
NONCE, TAG, PAGE, USED = 24, 16, 4096, 4016
BODY = NONCE + USED + TAG

OUTER_SCHEMA = [
    "CREATE TABLE cell(n INTEGER PRIMARY KEY, body BLOB NOT NULL)",
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
    """1: HASH(m) and HASH(k; m)."""
    return hashlib.blake2b(message, digest_size=32, key=key).digest()


def subkey(vault_key, label):
    """3.1: subkey(L)."""
    return blake2b(b"amparo 1 " + label.encode() + b"\0", vault_key)


def le32(number):
    return struct.pack("<I", number)


def le64(number):
    return struct.pack("<Q", number)


def unseal(key, ad, sealed):
    """1: the plain text of SEAL(key; ad; p), or None if it does not open."""
    if not isinstance(sealed, bytes) or len(sealed) < NONCE + TAG:
        return None
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
    """1: STREAM(key; nonce; length), the XChaCha20 key stream from block 0.

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
    """3.2: is this `nonce || STREAM(key; nonce; ...)`, a free slot or the filler?"""
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
    unnamed: int | None = None

    @property
    def mac(self):
        return mac_of(self.copy)


def parse_header(copy, test_floor):
    """3.2 and 3.3 step 3: all bounds, before anything is derived."""
    magic, version, vault_id, cells_id, salt, m, t, p, flag, arrival, reserved = \
        struct.unpack("<8sI16s16s16sIIII32s20s", copy[:HEADER])
    demand(magic == b"AMPARO-K", "keys: wrong magic")
    demand(version <= 1, f"keys: format {version} is newer", UNKNOWN_FORMAT)
    demand(flag != 1, "keys: needs an arrival key", UNKNOWN_FORMAT)
    demand(m <= 4194304 and t <= 64 and p <= 16 and m * t <= 16777216,
           "keys: derivation above the ceiling", UNKNOWN_FORMAT)
    demand(version == 1, f"keys: no such format: {version}")
    demand(flag == 0, f"keys: no such arrival flag: {flag}")
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
    """3.1: P, after step 4 of 3.3."""
    demand_memory(header.memory)
    try:
        return hash_secret_raw(passphrase, header.salt, header.passes, header.memory,
                               header.lanes, KEY, Type.ID, 0x13)
    except (HashingError, MemoryError) as error:
        raise Refused(NO_MEMORY, f"{header.memory} KiB of memory needed") from error


def slot_of(copy, i):
    return copy[HEADER + SLOT * i:HEADER + SLOT * (i + 1)]


def try_copy(copy, number, passphrase, test_floor):
    """3.3 steps 3 to 6; all slots are tried."""
    header = parse_header(copy, test_floor)
    p = derive(passphrase, header)
    found = None
    for i in range(SLOTS):
        key = blake2b(b"amparo 1 slot" + bytes([i]), p)
        vault_key = unseal(key, copy[:HEADER] + bytes([i]), slot_of(copy, i))
        if vault_key is not None and found is None:
            found = Opened(vault_key, copy, header, i, number)
    demand(found, "wrong passphrase", WRONG_PASSPHRASE)
    demand(mac_is_right(copy, found.vault_key), "keys: wrong MAC")
    return found


def mac_of(copy):
    return copy[MAC_AT:SUM_AT]


def mac_is_right(copy, vault_key):
    """3.2: does the MAC of a copy hold under this vault key?"""
    return mac_of(copy) == blake2b(copy[:MAC_AT], subkey(vault_key, "keys mac"))


def whole_copies(data):
    """3.3 steps 1 and 2: {number: copy}, without those whose sum is wrong."""
    demand(COPY <= len(data) <= 2 * COPY, "keys: too short or too long")
    copies = {n: data[(n - 1) * COPY:n * COPY] for n in (1, 2)}
    whole = {n: c for n, c in copies.items()
             if len(c) == COPY and c[SUM_AT:] == blake2b(c[:SUM_AT])}
    demand(whole, "keys: both copies are damaged")
    return whole


def open_keys(data, passphrase, test_floor, confirm=lambda opened, other: None):
    """3.3: from the bytes of `keys` to the vault key.

    `confirm` is steps 7 and 8; it gets the other copy too if that one is whole,
    else None.  Any error in the second copy leads to the first one.
    """
    def use(number):
        opened = try_copy(whole[number], number, passphrase, test_floor)
        confirm(opened, whole.get(3 - number))
        opened.notes += notes_on_copies(opened, whole)
        return opened

    whole = whole_copies(data)
    if 2 not in whole:
        return use(1)
    try:
        return use(2)
    except Refused:
        if whole.get(1, whole[2]) == whole[2]:
            raise
    return use(1)


def notes_on_copies(opened, whole):
    """3.3 step 2: what is to be told of the copy that does not count."""
    other = 3 - opened.number
    if other not in whole:
        return [f"keys: copy {other} is damaged, to be mended from the other copy"]
    if whole[other] == opened.copy:
        return []
    if not mac_is_right(whole[other], opened.vault_key):
        said = "was tampered with"
    elif other == 2:
        said = "is a change that was never confirmed"
    else:
        said = "is older"
    return [f"keys: copy {other} {said}, to be mended from the other copy"]


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
    """4.1: `cells.db` after its journal, if there is one."""
    path, journal = folder / "cells.db", folder / "cells.db-journal"
    if journal.exists() and journal.stat().st_size:
        return roll_back(path, journal)
    return path.read_bytes()


def check_sqlite_header(data, name, application_id, reserved, wanted=1):
    """4.1 and 5.1: the fixed fields of an SQLite header (its own are big-endian)."""
    demand(len(data) >= PAGE and data[:16] == b"SQLite format 3\0",
           f"{name}: no SQLite database")
    page, = struct.unpack_from(">H", data, 16)
    vacuum, encoding, version = struct.unpack_from(">3I", data, 52)
    application, = struct.unpack_from(">I", data, 68)
    demand(application == application_id, f"{name}: wrong application_id")
    demand(0 < version < 1 << 31, f"{name}: wrong user_version")
    demand(version == wanted, f"{name}: user_version {version}", UNKNOWN_FORMAT)
    demand(page == PAGE, f"{name}: wrong page size")
    demand(data[18:20] == b"\1\1", f"{name}: not in rollback mode")
    demand(data[20] == reserved, f"{name}: wrong reserved bytes")
    demand(encoding == 1, f"{name}: not UTF-8")
    demand(vacuum == 0, f"{name}: auto-vacuum is on")


def check_outer_size(data):
    """4.1: no free pages, and the file ends with its last page."""
    pages, = struct.unpack_from(">I", data, 28)
    free, = struct.unpack_from(">I", data, 36)
    demand(len(data) == pages * PAGE, "cells.db: does not end with its last page")
    demand(free == 0, "cells.db: has free pages")


def check_schema(db, name, statements):
    """4.1, 5.2: exactly these statements, in this order; SQLite's own indexes
    of UNIQUE have none."""
    rows = db.execute("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL "
                      "ORDER BY rowid").fetchall()
    demand([row[0] for row in rows] == statements, f"{name}: wrong schema")
    rows = db.execute("SELECT type, name, tbl_name FROM sqlite_schema "
                      "WHERE sql IS NULL ORDER BY name").fetchall()
    unique = sorted((s.split("(")[0].split()[-1], n + 1)
                    for s in statements for n in range(s.count("UNIQUE")))
    demand(rows == [("index", f"sqlite_autoindex_{table}_{n}", table)
                    for table, n in unique], f"{name}: wrong indexes")


def check_integrity(db, name):
    sound = db.execute("PRAGMA integrity_check").fetchall()
    demand(sound == [("ok",)], f"{name}: {sound[0][0]}")


def cell_ad(header, n):
    """4.2: the associated data of a cell."""
    return header.vault_id + header.cells_id + le32(1) + le64(n)


def open_cell(opened, n, body):
    """4.2: the 4,016 bytes of cell n."""
    demand(isinstance(body, bytes) and len(body) == BODY, f"cell {n}: wrong size")
    x = unseal(subkey(opened.vault_key, "cell"), cell_ad(opened.header, n), body)
    demand(x is not None, f"cell {n}: does not open")
    return x


def term(opened, n, body):
    """4.3: T(n)."""
    message = le64(n) + body[:NONCE] + body[-TAG:]
    return int.from_bytes(blake2b(message, subkey(opened.vault_key, "cells sum")),
                          "little")


@dataclass
class Root:
    commit: int
    count: int
    total: int
    head: bytes


def parse_root(x):
    """4.3: cell 0."""
    magic, commit, count, total, head, rest = struct.unpack("<8sQQ32s32s3928s", x)
    demand(magic == b"AMPARO-R", "root: wrong magic")
    demand(commit >= 1, "root: commit 0")
    demand(not any(rest), "root: not zero to its end")
    return Root(commit, count, int.from_bytes(total, "little"), head)


def open_outer(data):
    """4.1: the outer database, which holds one table and nothing else."""
    check_sqlite_header(data, "cells.db", 0x416D7063, 0)
    check_outer_size(data)
    db = in_memory(data)
    check_schema(db, "cells.db", OUTER_SCHEMA)
    check_integrity(db, "cells.db")
    return db


def read_cells(opened, data):
    """All of section 4: (root, the pages of the inner database)."""
    db = open_outer(data)
    body = db.execute("SELECT body FROM cell WHERE n = 0").fetchone()
    demand(body, "cell 0: missing")
    root = parse_root(open_cell(opened, 0, body[0]))
    total, pages, expected = 0, [], 0
    for n, body in db.execute("SELECT n, body FROM cell ORDER BY n"):
        demand(n == expected, f"cell {min(n, expected)}: missing or beyond")
        demand(n <= root.count, f"cell {n}: beyond the count")
        expected += 1
        if n:
            pages.append(open_cell(opened, n, body))
            total += term(opened, n, body)
    db.close()
    demand(expected == root.count + 1, f"cell {expected}: missing")
    demand(total % (1 << 256) == root.total, "root: the sum over all cells is wrong")
    return root, pages
