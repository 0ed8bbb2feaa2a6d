"""Planted damage for the tests of the reader: every function changes a copy of a
vault, from a flipped bit to a forgery by somebody who has the vault key.
"""
import json
import os
import shutil
import sqlite3
import struct

from nacl.bindings import (crypto_aead_xchacha20poly1305_ietf_encrypt as aead_seal,
                           crypto_sign, crypto_sign_seed_keypair)

import vault_cells as vc
import vault_reader as vr
import vault_records as rec

BOTH = (1, 2)


def seal(key, ad, plain):
    nonce = os.urandom(24)
    return nonce + aead_seal(plain, ad, nonce, key)


def flip(data, at):
    """One bit of the byte `at`; SQL knows it too."""
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]


def edit_keys(folder, offset, data, copies=BOTH, fix_sum=True, key=None):
    """Write data into the copies, or flip a bit if it is None; mend the rest."""
    keys = bytearray((folder / "keys").read_bytes())
    for number in copies:
        start = (number - 1) * vc.COPY
        copy = keys[start:start + vc.COPY]
        put = bytes([copy[offset] ^ 1]) if data is None else data
        copy[offset:offset + len(put)] = put
        if key:
            copy[vc.MAC_AT:vc.SUM_AT] = vc.blake2b(
                bytes(copy[:vc.MAC_AT]), vc.subkey(key, "keys mac"))
        if fix_sum:
            copy[vc.SUM_AT:] = vc.blake2b(bytes(copy[:vc.SUM_AT]))
        keys[start:start + vc.COPY] = copy
    (folder / "keys").write_bytes(keys)


def older_copy(folder, passphrase=b"old"):
    """A copy of `keys` that this vault could have had: slot 2 opens with "old"."""
    opened = opened_keys(folder)
    key = vc.blake2b(b"amparo 1 slot\2", vc.derive(passphrase, opened.header))
    slot = seal(key, opened.copy[:vc.HEADER] + b"\2", opened.vault_key)
    at = vc.HEADER + 2 * vc.SLOT
    copy = opened.copy[:at] + slot + opened.copy[at + vc.SLOT:vc.MAC_AT]
    copy += vc.blake2b(copy, vc.subkey(opened.vault_key, "keys mac"))
    return copy + vc.blake2b(copy)


def put_copies(folder, copies, copy):
    data = (folder / "keys").read_bytes()
    (folder / "keys").write_bytes(b"".join(
        copy if n in copies else data[(n - 1) * vc.COPY:n * vc.COPY] for n in BOTH))


def announce(folder, mac):
    """5.3: a change of `keys` is under way, to a file with this MAC."""
    edit_inner(folder, lambda db, opened: db.execute(
        "INSERT INTO keys VALUES(1, ?, 'add', 2, 'old')", (mac,)))


def run_of_filler(key, size):
    nonce = os.urandom(24)
    return nonce + vc.stream(vc.subkey(key, "keys fill"), nonce, size - 24)


def resize_keys(folder, size):
    data = (folder / "keys").read_bytes()
    (folder / "keys").write_bytes((data + bytes(8))[:size])


def sql(folder, *statements):
    db = open_cells(folder)
    db.isolation_level = None
    db.create_function("flip", 2, flip)
    for statement in statements:
        db.execute(statement)
    db.close()


def vault_key(folder):
    return opened_keys(folder).vault_key


def opened_keys(folder):
    return vc.open_keys((folder / "keys").read_bytes(), b"dusk", True)


def open_all(folder):
    opened = opened_keys(folder)
    root, pages = vc.read_cells(opened, vc.outer_bytes(folder))
    return opened, root, pages


def open_cells(folder):
    """cells.db for changes; a test need not survive a loss of power."""
    db = sqlite3.connect(folder / "cells.db")
    db.execute("PRAGMA synchronous=OFF")
    return db


def put_cells(folder, opened, cells):
    """Seal cells, {n: the 4,016 bytes of it}; returns the sum of their T(n)."""
    key, total = vc.subkey(opened.vault_key, "cell"), 0
    db = open_cells(folder)
    for n, plain in cells.items():
        body = seal(key, vc.cell_ad(opened.header, n), plain)
        db.execute("REPLACE INTO cell VALUES(?, ?)", (n, body))
        total += vc.term(opened, n, body)
    db.commit()
    db.close()
    return total % (1 << 256)


def edit_root(folder, offset, data):
    """A root that opens, with other bytes in it."""
    opened = opened_keys(folder)
    db = sqlite3.connect(folder / "cells.db")
    body, = db.execute("SELECT body FROM cell WHERE n = 0").fetchone()
    db.close()
    x = bytearray(vc.open_cell(opened, 0, body))
    x[offset:offset + len(data)] = data
    put_cells(folder, opened, {0: bytes(x)})


def reseal_cell(folder, n):
    """The right page under a new nonce: only the sum can tell."""
    opened, _, pages = open_all(folder)
    put_cells(folder, opened, {n: pages[n - 1]})


def put_pages(folder, opened, root, pages):
    """All cells and the root anew, with the right sum."""
    total = put_cells(folder, opened, dict(enumerate(pages, 1)))
    x = struct.pack("<8sQQ32s32s3928x", b"AMPARO-R", root.commit + 1, len(pages),
                    total.to_bytes(32, "little"), root.head)
    put_cells(folder, opened, {0: x})


def edit_inner(folder, edit=None, extra=()):
    """Change the inner database by edit(db, opened) and seal all of it anew."""
    opened, root, pages = open_all(folder)
    db = vc.in_memory(vr.rebuild_inner(pages))
    db.create_function("flip", 2, flip)
    if edit:
        edit(db, opened)
    db.commit()
    data = db.serialize()
    pages = [data[at:at + vc.USED] for at in range(0, len(data), vc.PAGE)]
    put_pages(folder, opened, root, pages + list(extra))


# ---------------------------------------------------------------- planting in records

def office_seed(db, opened):
    public, secret = db.execute("SELECT public, secret FROM office").fetchone()
    ad = opened.header.vault_id + b"signing\0" + public
    return vc.unseal(vc.subkey(opened.vault_key, "office keys"), ad, secret)


def other_seed(db, opened):
    """An office whose seed opens, but belongs to another public key."""
    public, = db.execute("SELECT public FROM office").fetchone()
    ad = opened.header.vault_id + b"signing\0" + public
    db.execute("UPDATE office SET secret = ?", (seal(
        vc.subkey(opened.vault_key, "office keys"), ad, os.urandom(32)),))


def record_of(db, opened, num):
    row = db.execute("SELECT num, id, type, key FROM record WHERE num = ?",
                     (num,)).fetchone()
    return rec.open_record(row, opened.header.vault_id,
                           vc.subkey(opened.vault_key, "record keys"))


def open_body(db, opened, record, version_id):
    sealed, = db.execute("SELECT body FROM version WHERE id = ?",
                         (version_id,)).fetchone()
    return vc.unseal(record.key, part_ad(opened, record, version_id, b"body"), sealed)


def part_ad(opened, record, version_id, name):
    return opened.header.vault_id + record.id + version_id + name


def rewrite(change, salted=None):
    """An edit of the one head of record 3: `change` gives the new envelope, `salted`
    other bytes for its body; id, signature, seal, parents and, unless the envelope
    comes as text, the time of the row are right."""
    def edit(db, opened):
        record = record_of(db, opened, 3)
        old, text = db.execute("SELECT id, envelope FROM version "
                               "WHERE record = 3 AND head = 1").fetchone()
        plain = salted or open_body(db, opened, record, old)
        envelope = json.loads(text)
        if salted:
            envelope["body"] = rec.part_hash(salted).hex()
        envelope = change(envelope)
        text = envelope if isinstance(envelope, str) else compact(envelope)
        new = vc.blake2b(rec.VERSION + text.encode())
        secret = crypto_sign_seed_keypair(office_seed(db, opened))[1]
        signature = crypto_sign(rec.VERSION + new, secret)[:64]
        body = seal(record.key, part_ad(opened, record, new, b"body"), plain)
        db.execute("UPDATE version SET id = ?, envelope = ?, signature = ?, body = ? "
                   "WHERE id = ?", (new, text, signature, body, old))
        if isinstance(envelope, dict) and isinstance(envelope["time"], int):
            db.execute("UPDATE version SET time = ? WHERE id = ?",
                       (envelope["time"], new))
        db.execute("UPDATE parent SET child = ? WHERE child = ?", (new, old))
    return edit


def compact(envelope):
    return json.dumps(envelope, ensure_ascii=False, sort_keys=True,
                      separators=(",", ":"))


def with_members(**members):
    """The envelope with other members; None takes one away."""
    def change(envelope):
        return {name: value for name, value in (envelope | members).items()
                if value is not None}
    return change


def reseal_body(db, opened):
    """A body under the right key that is not the one that was signed."""
    record = record_of(db, opened, 3)
    version_id, = db.execute("SELECT id FROM version WHERE record = 3 "
                             "AND head = 1").fetchone()
    salted = open_body(db, opened, record, version_id)
    flipped = salted[:40] + bytes([salted[40] ^ 1]) + salted[41:]
    db.execute("UPDATE version SET body = ? WHERE id = ?", (seal(
        record.key, part_ad(opened, record, version_id, b"body"), flipped), version_id))


def tombstone(db, record_id, seed, time=1303776000, **other):
    """7.5: a tombstone, signed; `other` says of whom or what it says it is."""
    public, secret = crypto_sign_seed_keypair(seed)
    signature = crypto_sign(rec.TOMBSTONE + rec.tombstone_text(
        record_id, public, time), secret)[:64]
    row = {"record": record_id, "office": public, "time": time,
           "signature": signature} | other
    db.execute("INSERT INTO tombstone VALUES(:record, :office, :time, :signature)", row)


def silence(keep=None, **other):
    """An edit: our own office has forgotten record 3; `keep` is what is left of it."""
    def edit(db, opened):
        tombstone(db, record_of(db, opened, 3).id, office_seed(db, opened), **other)
        if not other:
            forget(db, keep)
    return edit


def of_stranger(record):
    """An edit: an office that wrote nothing here has forgotten it."""
    def edit(db, opened):
        tombstone(db, record_of(db, opened, record).id, bytes(range(32)))
    return edit


def forget(db, keep):
    """7.5: what is left of record 3 once it is forgotten, but for `keep`."""
    if keep == "no head":
        db.execute("UPDATE version SET head = 0 WHERE record = 3")
    if keep != "value":
        db.execute("DELETE FROM value WHERE num = 3")
    if keep != "body":
        db.execute("UPDATE version SET body = NULL WHERE record = 3")
    if keep == "attachment":
        db.execute("UPDATE attachment SET part = NULL WHERE record = 3")
        db.execute("UPDATE record SET key = NULL WHERE num = 3")
        return
    db.execute("DELETE FROM chunk WHERE num / 16777216 IN "
               "(SELECT num FROM attachment WHERE record = 3)")
    db.execute("DELETE FROM attachment WHERE record = 3")
    if keep in (None, "no head", "value"):
        db.execute("UPDATE record SET key = NULL WHERE num = 3")


# ---------------------------------------------------------------- planting in keys

def revoke(label=b"amparo revocation 1", of=None):
    """An edit: a key of nobody is revoked, by itself; or `of`, a key, by it."""
    def edit(db, _):
        public, secret = crypto_sign_seed_keypair(bytes(range(32)))
        text = b"# amparo-revocation 1\n# key " + rec.key_line(of or public) + b"\n"
        db.execute("INSERT INTO revoked VALUES(?, 1303776000, ?)", (
            of or public, crypto_sign(label + b"\0" + text, secret)[:64]))
    return edit


def card_of(name, before=None, label=b"amparo card 1"):
    """9: the card of a key of nobody; `before` is a pair of keys that it follows."""
    public, secret = crypto_sign_seed_keypair(bytes(range(32)))
    text = b"# amparo-card 1\n# name " + name + b"\n# key " + rec.key_line(public) + b"\n"
    if before:
        old, signed_by = before
        text += b"# follows " + rec.key_line(old) + b" " + crypto_sign(
            rec.SUCCESSOR + old + public, signed_by)[:64].hex().encode() + b"\n"
    text += b"# receive 1 2011-04-26 age1" + b"q" * 58 + b"\n"
    signature = crypto_sign(label + b"\0" + text, secret)[:64]
    text += b"# signature " + signature.hex().encode() + b"\n"
    return public, text.decode()


def announce_key(follow=None, **other):
    """An edit: contact 1 announces the key of a card that is whole and signed by
    it; it follows nothing, or `follow`, a query for a key, as a stranger says."""
    def edit(db, _):
        before = None
        if follow:
            before = (db.execute(follow).fetchone()[0],
                      crypto_sign_seed_keypair(bytes(32))[1])
        public, card = card_of(b"B", before, **other)
        db.execute("INSERT INTO announced VALUES(?, 1, 1303776000, ?)", (public, card))
    return edit


# ---------------------------------------------------------------- planting in files

def edit_bytes(folder, offset, data):
    """Other bytes in cells.db itself, behind SQLite's back."""
    with open(folder / "cells.db", "r+b") as file:
        file.seek(offset)
        file.write(data)


def cut_short(folder):
    """A write that a crash ended: changed pages in place, and a hot journal."""
    work = folder / "work"
    work.mkdir()
    shutil.copy(folder / "cells.db", work)
    db = sqlite3.connect(work / "cells.db", isolation_level=None)
    db.execute("PRAGMA cache_size=1")
    db.execute("BEGIN")
    db.execute("UPDATE cell SET body = randomblob(4056)")
    db.execute("INSERT INTO cell(body) SELECT randomblob(4056) FROM cell")
    for name in ("cells.db", "cells.db-journal"):
        shutil.copy(work / name, folder)
    db.execute("ROLLBACK")
    db.close()
    shutil.rmtree(work)
    assert (folder / "cells.db-journal").stat().st_size > 512


def plant_super_journal(folder):
    """A journal that makes SQLite delete a file of the planter's choice."""
    name = str(folder / "victim").encode()
    (folder / "victim").write_text("kept\n")
    magic = bytes.fromhex("d9d505f920a163d7")
    pages = (folder / "cells.db").stat().st_size // 4096
    head = magic + struct.pack(">5I", 0, 1, pages, 512, 4096)
    tail = struct.pack(">I", 262144) + name + struct.pack(
        ">2I", len(name), sum(name)) + magic
    (folder / "cells.db-journal").write_bytes(head.ljust(512, b"\0") + tail)
