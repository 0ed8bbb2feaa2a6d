#!/usr/bin/python3
"""Tests of the second implementation, vault_reader.py, against real vaults.

    test_reader.py MAKE_VAULT_PROGRAM [N]

makes N vaults (20 unless told), reads each with both of its passphrases, and
compares what they say with each other and with what the program says it put in.
Then it plants damage (reader_damage.py), one piece a copy of the first vault, and
demands what FORMAT.md does: a status, or a note.  Every other vault gets bytes
flipped at random places.  The last line counts.
"""
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unicodedata
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(HERE))
try:
    import vault_cells as vc
    import vault_reader as vr
    from vault_names import text_key
except SystemExit:
    print("reader: 0 run, 0 failed, 1 skipped")
    sys.exit(77)
import reader_damage as damage
from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_encrypt as aead_seal

PASSPHRASES = ("dusk", "Ame\u0301lie")
BOTH = damage.BOTH
OWN, OTHER, FREE = 128, 128 + 72, 128 + 7 * 72      # slots 0, 1 and 7
REGIONS = {
    "magic": 0, "format": 8, "vault id": 12, "cells id": 28, "salt": 44, "m": 60,
    "t": 64, "p": 68, "arrival flag": 72, "arrival check": 76, "reserved": 108,
    "own slot": OWN + 30, "other slot": OTHER + 70, "free slot": FREE + 30,
    "free slot's nonce": FREE, "filler": 2000, "filler's end": 4031,
    "MAC": 4040, "sum": 4070}
DEFAULTS = {"person": {"kind": "individual", "level": 2}, "case": {"level": 1},
            "testimony": {"level": 2}}      # what the program fills in
counts = {"run": 0, "failed": 0}


def report(name, problem):
    counts["run"] += 1
    if problem:
        counts["failed"] += 1
        print(f"FAILED {name}: {problem}")


def read(folder, passphrase=PASSPHRASES[0]):
    return vr.read_vault(folder, vr.passphrase_bytes(passphrase), test_floor=True)


# ---------------------------------------------------------------- the cases

def keys_cases(key):
    """(name, function of the folder, a status or a part of a note)."""
    def at(offset, data=None, **options):
        return lambda folder: damage.edit_keys(folder, offset, data, **options)

    for region, offset in REGIONS.items():
        yield f"{region} of both copies", at(offset, fix_sum=False), 13
        for number in BOTH:
            yield (f"{region} of copy {number}",
                   at(offset, copies=(number,), fix_sum=False),
                   f"copy {number} is damaged, to be mended from the other copy")
    for name, offset, data, status in (
            ("magic", 0, None, 13), ("format 2", 8, vc.le32(2), 21),
            ("format 0", 8, vc.le32(0), 13), ("vault id", 12, None, 12),
            ("cells id", 28, None, 12), ("salt", 44, None, 12),
            ("m 0", 60, vc.le32(0), 13), ("m too large", 60, vc.le32(4194305), 21),
            ("t 0", 64, vc.le32(0), 13), ("t too large", 64, vc.le32(65), 21),
            ("m * t too large", 60, vc.le32(4194304) + vc.le32(5), 21),
            ("p 0", 68, vc.le32(0), 13), ("p too large", 68, vc.le32(17), 21),
            ("m below 8 p", 68, vc.le32(9), 13), ("arrival flag", 72, vc.le32(1), 21),
            ("arrival check", 76, None, 13), ("reserved", 127, None, 13),
            ("own slot", OWN + 30, None, 12), ("other slot", OTHER + 30, None, 13),
            ("free slot", FREE + 30, None, 13), ("filler", 2000, None, 13),
            ("arrival flag 2", 72, vc.le32(2), 13), ("MAC", 4040, None, 13)):
        yield f"{name}, sums right", at(offset, data), status
    for name in ("format", "vault id", "m", "own slot", "other slot", "free slot",
                 "filler", "MAC"):
        for number in BOTH:
            yield (f"{name} of copy {number}, sum right",
                   at(REGIONS[name], copies=(number,)),
                   f"copy {number} was tampered with, to be mended from the other copy")
    for name, offset, status in (("own slot", OWN + 30, 12), ("MAC", 4040, 13)):
        def plant(folder, offset=offset):
            damage.edit_keys(folder, offset, None)
            damage.edit_keys(folder, 0, None, copies=(2,), fix_sum=False)
        yield f"{name} of the one whole copy, sum right", plant, status
    yield "own slot, MAC right", at(OWN + 30, key=key), 12
    yield "filler, MAC right", at(2000, key=key), 13
    yield "free slot, MAC right", at(FREE + 30, key=key), "slot 7 is used without a name"
    freed = damage.run_of_filler(key, 72)
    yield "named slot free", at(OTHER, freed, key=key), "slot 1 is free"
    yield ("copy 1 older", at(vc.FILLER_AT, damage.run_of_filler(key, 3328), key=key,
                              copies=(1,)), "copy 1 is older")
    yield ("copy 2 not confirmed", at(OWN, freed, key=key, copies=(2,)),
           "copy 2 is a change that was never confirmed")
    for size, expected in ((8191, "copy 2 is damaged"), (4096, "copy 2 is damaged"),
                           (4095, 13), (0, 13), (8193, 13)):
        yield (f"keys of {size} bytes", lambda f, s=size: damage.resize_keys(f, s),
               expected)
    yield "no keys", lambda folder: (folder / "keys").unlink(), 10


def cells_cases(count, other_vault):
    def do(*statements):
        return lambda folder: damage.sql(folder, *statements)

    def root(offset, data):
        return lambda folder: damage.edit_root(folder, offset, data)

    for n in sorted({0, 1, 2, count, *random.sample(range(count), 5)}):
        for part, at in (("nonce", 3), ("ciphertext", 2000), ("tag", 4050)):
            yield (f"{part} of cell {n}",
                   do(f"UPDATE cell SET body = flip(body, {at}) WHERE n = {n}"), 13)
        yield f"cell {n} deleted", do(f"DELETE FROM cell WHERE n = {n}", "VACUUM"), 13
    for n in (-1, count + 1, count + 2, 2 ** 62):
        yield (f"cell {n} added",
               do(f"INSERT INTO cell SELECT {n}, body FROM cell WHERE n = 1"), 13)
    for n in (0, 1):
        yield (f"cells {n} and 2 swapped",
               do(f"UPDATE cell SET n = -999 WHERE n = {n}",
                  f"UPDATE cell SET n = {n} WHERE n = 2",
                  "UPDATE cell SET n = 2 WHERE n = -999"), 13)
    for name, value in (("short", "substr(body, 2)"), ("long", "body || x'00'"),
                        ("text", "'a'"), ("bad text", "CAST(body AS TEXT)"),
                        ("number", "1")):
        yield f"{name} cell", do(f"UPDATE cell SET body = {value} WHERE n = 1"), 13
    yield "cell sealed anew", lambda folder: damage.reseal_cell(folder, 1), 13
    for name, offset, data in (
            ("magic", 0, b"a"), ("commit 0", 8, vc.le64(0)),
            ("count less", 16, vc.le64(count - 1)),
            ("count more", 16, vc.le64(count + 1)),
            ("S", 24, bytes(32)), ("head", 56, bytes(32)), ("zeros", 4015, b"\1")):
        yield f"root: {name}", root(offset, data), 13
    for name, statement, status in (
            ("index", "CREATE INDEX i ON cell(body)", 13),
            ("view", "CREATE VIEW v AS SELECT 1", 13),
            ("trigger", "CREATE TRIGGER t DELETE ON cell BEGIN SELECT 1; END", 13),
            ("table", "CREATE TABLE t(x)", 13), ("statistics", "ANALYZE", 13),
            ("column", "ALTER TABLE cell ADD COLUMN x", 13),
            ("newer", "PRAGMA user_version=2", 21),
            ("version 0", "PRAGMA user_version=0", 13),
            ("application", "PRAGMA application_id=1", 13),
            ("WAL", "PRAGMA journal_mode=WAL", 13)):
        yield f"cells.db: {name}", do(statement), status
    yield ("cells.db: free page",
           do("CREATE TABLE t(x)", "DROP TABLE t"), 13)
    yield "cells.db: page size", do("PRAGMA page_size=8192", "VACUUM"), 13
    yield "cells.db: auto-vacuum", do("PRAGMA auto_vacuum=1", "VACUUM"), 13
    for name, offset, data in (("magic", 0, b"s"), ("encoding", 59, b"\2"),
                               ("reserved bytes", 20, b"\1"), ("mode", 18, b"\2")):
        yield (f"cells.db: header, {name}",
               lambda f, o=offset, d=data: damage.edit_bytes(f, o, d), 13)
    for size in (0, 100, 4096, 3 * 4096, 4096 * 1000):
        yield (f"cells.db of {size} bytes",
               lambda f, s=size: os.truncate(f / "cells.db", s), 13)
    yield "no cells.db", lambda folder: (folder / "cells.db").unlink(), 10
    for name in ("cells.db", "keys"):
        yield (f"{name} of another vault",
               lambda f, n=name: shutil.copy(other_vault / n, f), 13)
    yield "write cut short", damage.cut_short, None


def remembered_cases():
    """3.3 step 8: the file of keys that was written last, and others."""
    def older(*copies, announced=False):
        def plant(folder):
            copy = damage.older_copy(folder)
            if announced:
                damage.announce(folder, vc.mac_of(copy))
            damage.put_copies(folder, copies, copy)
        return plant

    yield "old keys put back", older(1, 2), "put back from an older copy"
    yield "old keys put back", older(1, 2), "put back from an older copy", "old"
    yield "old keys put back", older(1, 2), "slot 2 is used without a name"
    yield "old copy 1", older(1), "copy 1 is older"
    yield "old copy 1", older(1), 12, "old"
    yield "old copy 2", older(2), "copy 2 is a change that was never confirmed"
    yield "old copy 2", older(2), 12, "old"
    yield "change in no copy", older(announced=True), "(add) was cut short, to be undone"
    yield "change in no copy", older(announced=True), 12, "old"
    for copies in ((2,), (1, 2)):
        for passphrase in ("dusk", "old"):
            yield (f"change in {copies}", older(*copies, announced=True),
                   "(add) was cut short, to be finished", passphrase)


def statement_case(name, *statements, expected=13):
    def edit(db, _):
        for statement in statements:
            db.execute(statement)
    return name, lambda folder: damage.edit_inner(folder, edit), expected


def inner_cases():
    yield "inner: sealed anew", damage.edit_inner, None
    for name, extra, expected in (("zeros", bytes(vc.USED), None),
                                  ("more", b"x" * vc.USED, 13)):
        yield (f"inner: {name} behind the end",
               lambda f, x=extra: damage.edit_inner(f, extra=[x]), expected)
    yield ("inner: another seed",
           lambda folder: damage.edit_inner(folder, damage.other_seed), 13)
    for name, statement, expected in (
            ("hash", "UPDATE log SET hash = zeroblob(32) WHERE seq = 2", 13),
            ("text", "UPDATE log SET what = what || 'x' WHERE seq = 2", 13),
            ("time", "UPDATE log SET time = time + 1 WHERE seq = 1", 13),
            ("gap", "DELETE FROM log WHERE seq = 2", 13),
            ("last entry", "DELETE FROM log WHERE seq = (SELECT max(seq) FROM log)", 13),
            ("public key", "UPDATE office SET public = randomblob(32)", 13),
            ("seed", "UPDATE office SET secret = randomblob(72)", 13),
            ("no office", "DELETE FROM office", 13),
            ("table", "CREATE TABLE t(x)", 13), ("no index", "DROP INDEX value_num", 13),
            ("newer", "PRAGMA user_version=7", 21),
            ("older", "PRAGMA user_version=5", 21),
            ("application", "PRAGMA application_id=1", 13),
            ("no such slot", "UPDATE passphrase SET slot = 8 WHERE slot = 1", 13),
            ("no name", "DELETE FROM passphrase WHERE slot = 1", "used without a name"),
            ("other seal", "UPDATE passphrase SET seal = zeroblob(32) WHERE slot = 1",
             "slot 1 is another one"),
            ("other MAC", "UPDATE keys SET mac = zeroblob(32)", "put back"),
            ("no MAC", "DELETE FROM keys", 13),
            ("draft", "UPDATE draft SET body = '{'", 13)):
        yield statement_case(f"inner: {name}", statement, expected=expected)


def record_cases():
    """7, by somebody who has the vault key."""
    for name, statement in (
            ("key", "UPDATE record SET key = flip(key, 30) WHERE num = 3"),
            ("key of another", "UPDATE record SET key = (SELECT key FROM record "
                               "WHERE num = 1) WHERE num = 3"),
            ("no key", "UPDATE record SET key = NULL WHERE num = 3"),
            ("id", "UPDATE record SET id = flip(id, 15) WHERE num = 3"),
            ("type", "UPDATE record SET type = 'case' WHERE num = 3"),
            ("gone", "DELETE FROM record WHERE num = 3")):
        yield statement_case(f"record: {name}", statement)
    for name, change in (
            ("id", "id = flip(id, 0)"), ("time", "time = time + 1"),
            ("envelope", "envelope = envelope || ' '"), ("head", "head = 1 - head"),
            ("signature", "signature = flip(signature, 9)"),
            ("short signature", "signature = substr(signature, 2)"),
            ("body", "body = flip(body, 70)"), ("salt", "body = flip(body, 30)"),
            ("short body", "body = substr(body, 1, 30)"), ("private", "private = body"),
            ("record", "record = 1")):
        yield statement_case(f"version: {name}",
                             f"UPDATE version SET {change} WHERE record = 3")
    yield statement_case("version: parts swapped", "UPDATE version SET body = private, "
                         "private = body WHERE record = 1")
    yield statement_case("version: parts withheld",
                         "UPDATE version SET body = NULL WHERE record = 3",
                         "UPDATE version SET private = NULL",
                         "DELETE FROM value WHERE num = 3 AND field = 1", expected=None)
    yield statement_case("parent: missing", "DELETE FROM parent WHERE child = "
                         "(SELECT id FROM version WHERE record = 3 AND head)")
    yield statement_case("parent: one more", "INSERT INTO parent SELECT randomblob(32), "
                         "id FROM version WHERE record = 3")
    yield ("version: body sealed anew",
           lambda folder: damage.edit_inner(folder, damage.reseal_body), 13)
    yield from tombstone_cases()


def key_cases():
    """9: what is kept of signing keys: 1 and 2 ours, 3 and 4 of contact 1."""
    for name, statement in (
            ("earlier: succession of ours",
             "UPDATE earlier SET successor = flip(successor, 9) WHERE num = 1"),
            ("earlier: revocation of ours",
             "UPDATE earlier SET revocation = flip(revocation, 9) WHERE num = 2"),
            ("earlier: no revocation of ours",
             "UPDATE earlier SET revocation = x'' WHERE num = 2"),
            ("earlier: key of ours", "UPDATE earlier SET public = flip(public, 3) "
                                     "WHERE num = 1"),
            ("earlier: one of ours is gone", "DELETE FROM earlier WHERE num = 2"),
            ("earlier: ours becomes theirs", "UPDATE earlier SET contact = 1, "
                                             "revocation = x'' WHERE num = 1"),
            ("earlier: succession of theirs",
             "UPDATE earlier SET successor = flip(successor, 9) WHERE num = 3"),
            ("earlier: short", "UPDATE earlier SET successor = substr(successor, 2) "
                               "WHERE num = 4"),
            ("earlier: revocation of theirs",
             "UPDATE earlier SET revocation = successor WHERE num = 4"),
            ("earlier: of no contact", "UPDATE earlier SET contact = 9 WHERE num = 4"),
            ("contact: card", "UPDATE contact SET card = replace(card, '# name B', "
                              "'# name C')"),
            ("contact: another card",
             "UPDATE contact SET card = (SELECT card FROM announced)"),
            ("announced: card", "UPDATE announced SET card = replace(card, '# name B', "
                                "'# name C')"),
            ("announced: key", "UPDATE announced SET public = flip(public, 3)"),
            ("announced: no card", "UPDATE announced SET card = ''"),
            ("announced: ours", "UPDATE announced SET contact = 0"),
            ("announced: for nobody", "UPDATE announced SET contact = 9"),
            ("announced: no time", "UPDATE announced SET time = -1"),
            ("revoked: signature", "UPDATE revoked SET signature = flip(signature, 9)"),
            ("revoked: key", "UPDATE revoked SET public = flip(public, 3)"),
            ("revoked: another key", "UPDATE revoked SET public = (SELECT public FROM "
                                     "earlier WHERE num = 4)"),
            ("revoked: short", "UPDATE revoked SET signature = x''"),
            ("forgotten: short", "INSERT INTO forgotten VALUES(x'00', 1)"),
            ("value: another type", "UPDATE value SET key = 'case' WHERE num = 3 AND "
                                    "field = 1"),
            ("value: no type", "DELETE FROM value WHERE num = 3 AND field = 1"),
            ("value: another office", "UPDATE value SET key = hex(zeroblob(16)) "
                                      "WHERE num = 3 AND field = 12"),
            ("value: no office", "DELETE FROM value WHERE num = 3 AND field = 12"),
            ("value: another name", "UPDATE value SET key = key || 'x' WHERE field = 14"),
            ("value: no name", "DELETE FROM value WHERE field = 14"),
            ("value: no such field", "INSERT INTO value VALUES(2, 'a', 3)"),
            ("value: empty", "INSERT INTO value VALUES(14, '', 3)"),
            ("value: no day", "INSERT INTO value VALUES(15, '2011', 3)"),
            ("value: of no record", "UPDATE value SET num = 99 WHERE num = 3")):
        yield statement_case(name, statement)
    for name, edit, expected in (
            ("revoked: a stranger", damage.revoke(), None),
            ("revoked: another label", damage.revoke(b"amparo card 1"), 13),
            ("revoked: by another", damage.revoke(of=bytes(32)), 13),
            ("announced: follows nothing", damage.announce_key(), 13),
            ("announced: follows by itself", damage.announce_key(
                "SELECT public FROM contact"), 13),
            ("announced: another label", damage.announce_key(label=b"amparo"), 13)):
        yield name, lambda f, e=edit: damage.edit_inner(f, e), expected


def tombstone_cases():
    """7.5: record 3 forgotten by its office, or said to be."""
    for name, edit, expected in (
            ("whole", damage.silence(), None),
            ("no head is left", damage.silence("no head"), 13),
            ("a body is left", damage.silence("body"), 13),
            ("the key is left", damage.silence("key"), 13),
            ("an attachment is left", damage.silence("attachment"), 13),
            ("it is still found", damage.silence("value"), 13),
            ("all is left", damage.silence(time=1303776001, office=bytes(32)), 13),
            ("another time", damage.silence(time=1), 13),
            ("another record", damage.silence(record=bytes(16)), 13),
            ("no signature", damage.silence(signature=b""), 13),
            ("of a stranger", damage.of_stranger(3), None)):
        yield f"tombstone: {name}", lambda f, e=edit: damage.edit_inner(f, e), expected


def envelope_cases():
    """7.3: envelopes with a right id and a right signature."""
    members, two = damage.with_members, ["1" * 64, "2" * 64]
    for name, change, expected in (
            ("same", members(), None), ("later", members(time=2000000000), None),
            ("spaces", json.dumps, 13), ("format 2", members(format=2), 21),
            ("format 0", members(format=0), 13),
            ("format true", members(format=True), 13),
            ("format text", members(format="1"), 13),
            ("member", members(more=1), 13), ("no office", members(office=None), 13),
            ("no body", members(body=None), 13), ("record", members(record="0" * 26), 13),
            ("type", members(type="Case"), 13), ("real", members(time=1.5), 13),
            ("time before 1970", members(time=-1), 13),
            ("time beyond 2^53", members(time=2 ** 53 + 1), 13),
            ("another office", members(office="0" * 64), 13),
            ("body", members(body="0" * 64), 13),
            ("capitals", lambda e: members(body=e["body"].upper())(e), 13),
            ("forgotten", members(forgotten=True), 13),
            ("descending", members(attachments=two[::-1]), 13),
            ("twice", members(attachments=two[:1] * 2), 13),
            ("no attachments", members(attachments=[]), "no version names it"),
            ("attachments elsewhere", lambda e: members(
                attachments=sorted(e["attachments"] + two))(e), None),
            ("parent", members(parents=two), 13),
            ("array", lambda e: [e], 13),
            ("key twice", lambda e: damage.compact(e).replace("{", '{"time":1,', 1), 13)):
        yield (f"envelope: {name}", lambda f, c=change: damage.edit_inner(
            f, damage.rewrite(c)), expected)
    yield ("envelope: another time than its row", lambda f: damage.edit_inner(
        f, damage.rewrite(lambda e: damage.compact(e | {"time": 2000000000}))), 13)
    for name, text, expected in (
            ("same", '{"text":"a","type":"testimony"}', None),
            ("spaces", '{"text": "a"}', 13), ("order", '{"type":"a","text":"b"}', 13),
            ("escape", '{"text":"\\u0061"}', 13), ("real", '{"text":1.0}', 13),
            ("zero", '{"text":"\\u0000"}', 13), ("minus zero", '{"text":-0}', 13),
            ("2^53 + 1", '{"text":9007199254740993}', 13),
            ("2^53", '{"text":-9007199254740992}', None),
            ("levels", '{"text":' + "[" * 32 + "]" * 32 + "}", 13),
            ("deep", '{"text":' + "[" * 99999 + "]" * 99999 + "}", 13),
            ("surrogate", '{"text":"\\ud800"}', 13), ("key", '{"\u00e9":1}', 13),
            ("private_fields", '{"private_fields":1}', 13),
            ("no UTF-8", '{"text":"\udcff"}', 13), ("array", "[1]", 13),
            ("empty", "", 13), ("NaN", '{"text":NaN}', 13),
            ("private field", '{"private_fields":["text"],"text":"a"}', 13)):
        salted = bytes(32) + text.encode("utf-8", "surrogateescape")
        yield (f"body: {name}", lambda f, s=salted: damage.edit_inner(
            f, damage.rewrite(members(), s)), expected)


def attachment_cases():
    """7.4; attachment 3 is of two chunks, the others of one."""
    first = 3 << 24
    for name, change in (
            ("hash", "hash = flip(hash, 0)"), ("size", "size = size + 1"),
            ("chunks", "chunks = 1"), ("part", "part = flip(part, 60)"),
            ("id", "id = flip(id, 3)"), ("record", "record = 1")):
        yield statement_case(f"attachment: {name}",
                             f"UPDATE attachment SET {change} WHERE num = 3")
    yield statement_case("attachment: of no record",
                         "UPDATE attachment SET record = 9 WHERE num = 3")
    yield statement_case("attachment: cut", f"DELETE FROM chunk WHERE num = {first + 1}",
                         "UPDATE attachment SET chunks = 1, size = 65536 WHERE num = 3")
    yield statement_case("attachment: being written",
                         "INSERT INTO attachment VALUES(4, randomblob(16), 1, NULL, "
                         "strftime('%s'), 0, NULL)",
                         f"INSERT INTO chunk VALUES({4 << 24}, zeroblob(65576))",
                         expected=None)
    for name, statement in (
            ("flipped", "UPDATE chunk SET body = flip(body, 99) WHERE num = {0}"),
            ("first gone", "DELETE FROM chunk WHERE num = {0}"),
            ("last gone", "DELETE FROM chunk WHERE num = {0} + 1"),
            ("one more", "INSERT INTO chunk SELECT num + 1, body FROM chunk "
                         "WHERE num = {0} + 1"),
            ("short", "UPDATE chunk SET body = substr(body, 2) WHERE num = {0}"),
            ("of another file", "UPDATE chunk SET body = (SELECT body FROM chunk "
                                "WHERE num = 2 << 24) WHERE num = {0}"),
            ("of no file", "INSERT INTO chunk SELECT 9 << 24, body FROM chunk LIMIT 1")):
        yield statement_case(f"chunk: {name}", statement.format(first))
    yield statement_case("chunk: swapped",
                         f"UPDATE chunk SET num = -1 WHERE num = {first}",
                         f"UPDATE chunk SET num = {first} WHERE num = {first + 1}",
                         f"UPDATE chunk SET num = {first + 1} WHERE num = -1")


# ---------------------------------------------------------------- running

def judge(folder, expected, passphrase):
    """None if reading the folder gives the status, the note, or no note."""
    try:
        summary = read(folder, passphrase).summary
    except vc.Refused as refused:
        return None if refused.status == expected else \
            f"[{refused.status}] {refused} instead of {expected!r}"
    if isinstance(expected, str):
        found = any(expected in note for note in summary["notes"])
        return None if found else f"{summary['notes']} instead of {expected!r}"
    return None if expected is None and not summary["notes"] else \
        f"read, {summary['notes']}, instead of {expected!r}"


def run_cases(vault, cases):
    for name, plant, expected, *passphrase in cases:
        with tempfile.TemporaryDirectory() as work:
            folder = Path(shutil.copytree(vault, Path(work) / "v"))
            plant(folder)
            before = {p.name: p.read_bytes() for p in folder.iterdir()}
            report(name, judge(folder, expected, *(passphrase or PASSPHRASES[:1])))
            after = {p.name: p.read_bytes() for p in folder.iterdir()}
            if before != after:
                report(name, "the reader changed the vault")


def test_stream():
    """Against the AEAD: block 0 is its Poly1305 key, the others encrypt."""
    key, nonce = os.urandom(32), os.urandom(24)
    got = vc.stream(key, nonce, 564)
    report("stream, blocks 1 to 8",
           got[64:] != aead_seal(bytes(500), b"", nonce, key)[:500])
    r = int.from_bytes(got[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    s = int.from_bytes(got[16:32], "little")
    tag = ((r << 128) % ((1 << 130) - 5) + s) % (1 << 128)     # of nothing at all
    report("stream, block 0",
           tag.to_bytes(16, "little") != aead_seal(b"", b"", nonce, key))


def test_agreement(vault):
    """3.3: every passphrase of the vault, in any form of Unicode, opens the same."""
    one, two, three = (read(vault, p) for p in (*PASSPHRASES, "Am\u00e9lie"))
    for got in (one, two, three):
        got.summary.pop("slot_opened")
    report("both passphrases agree", not (one.summary == two.summary == three.summary
                                          and one.inner == two.inner == three.inner))
    names = {p["slot"]: p["name"] for p in one.summary["passphrases"]}
    report("names and slots", sorted(names) != one.summary["slots_used"])
    report("no notes", one.summary["notes"])
    report("page count", len(one.inner) != 4096 * one.summary["count"])
    for wrong in ("Dusk", "dusk ", "Amelie", "x" * 1024):
        try:
            read(vault, wrong)
            report("wrong passphrase", f"{wrong!r} opens")
        except vc.Refused as refused:
            report("wrong passphrase", refused.status != 12)


def test_content(vault, lines):
    """7: what the program put in is what the reader finds, and nothing else.

    A record of several heads was changed afterwards: its first version counts.
    """
    got = read(vault)
    made = {line["record"]: line["body"] for line in lines if "body" in line}
    report("record ids", set(made) != set(got.records))
    for name, body in made.items():
        record = got.records[name]
        wanted = DEFAULTS[body["type"]] | body
        report(f"body of {name}", record.versions[0].fields() != wanted and
               f"{record.versions[0].fields()} instead of {wanted}")
        if len(record.heads()) == 1:
            report(f"head of {name}", record.show() != wanted)
    clash = [record for record in got.records.values() if len(record.heads()) == 2]
    titles = {head["body"]["title"] for record in clash
              for head in record.show()["heads"]}
    report("two heads", titles != {"One title", "Another title"})
    found = sorted((record.text, a.name, a.size) for record in got.records.values()
                   for a in record.attachments)
    report("attachments", found != sorted(
        (line["record"], line["attachment"], line["size"])
        for line in lines if "attachment" in line))
    for name, file, size in found:
        pattern = bytes(i * 7 % 256 for i in range(size))
        report(f"attachment {file}", vr.extract(got, name, file) != pattern)


def test_random_flips(vault):
    count = read(vault).root.count
    def in_both(folder):
        damage.edit_keys(folder, random.randrange(4096), None, fix_sum=False)
    def in_cell(folder):
        n, at = random.randrange(count + 1), random.randrange(vc.BODY)
        damage.sql(folder, f"UPDATE cell SET body = flip(body, {at}) WHERE n = {n}")
    run_cases(vault, [("random flip in keys", in_both, 13),
                      ("random flip in a cell", in_cell, 13)])


def test_super_journal(vault):
    with tempfile.TemporaryDirectory() as work:
        folder = Path(shutil.copytree(vault, Path(work) / "v"))
        damage.plant_super_journal(folder)
        report("planted super-journal", judge(folder, 13, "dusk"))
        report("planted super-journal", not (folder / "victim").exists())


def test_command_line(vault):
    def run(*arguments):
        command = ["/usr/bin/python3", HERE / "vault_reader.py", *arguments]
        return subprocess.run(command, capture_output=True, check=False).returncode

    with tempfile.TemporaryDirectory() as work:
        secret, plain, moved = (Path(work) / n for n in ("secret", "plain.db", "keys"))
        secret.write_text("dusk\n")
        shutil.copy(vault / "keys", moved)
        opened = ["--test-floor", vault, "--passphrase", "dusk"]
        file = Path(work) / "file"
        record, = (r.text for r in read(vault).records.values() if r.type == "person")
        for name, status, arguments in (
                ("floor", 13, [vault, "--passphrase", "dusk"]),
                ("check", 0, ["--test-floor", vault, "--passphrase-file", secret]),
                ("keys", 0, ["--test-floor", "--keys", moved, vault, "--passphrase",
                             PASSPHRASES[1], "check"]),
                ("wrong", 12, ["--test-floor", vault, "--passphrase", "day"]),
                ("empty", 2, ["--test-floor", vault, "--passphrase", ""]),
                ("long", 2, ["--test-floor", vault, "--passphrase", "x" * 1025]),
                ("dump", 0, ["--test-floor", vault, "--passphrase", "dusk",
                             "dump-inner", plain]),
                ("dump twice", 1, ["--test-floor", vault, "--passphrase", "dusk",
                                   "dump-inner", plain]),
                ("show", 0, [*opened, "show", record]),
                ("show nothing", 2, [*opened, "show", "0" * 26]),
                ("show too little", 2, [*opened, "show"]),
                ("extract", 0, [*opened, "extract", record, "full chunk.bin", file]),
                ("extract nothing", 2, [*opened, "extract", record, "a", plain])):
            got = run(*arguments)
            report(f"command line, {name}", got != status and f"status {got}")
        db = sqlite3.connect(plain)
        report("dumped file", db.execute("SELECT count(*) FROM log").fetchone()[0] < 1)
        db.close()
        report("extracted file", len(file.read_bytes()) != 65536)


def test_text_keys(program):
    """7.8: every character that both know, and words of such as meet in names."""
    known = [chr(cp) for cp in range(1, 0x110000) if cp != 10 and not 0xd800 <= cp < 0xe000
             and unicodedata.category(chr(cp)) not in ("Cn", "Co")]
    marks = [c for c in known if unicodedata.combining(c)]
    near = [c for c in known if ord(c) < 0x2100]
    texts = known + ["".join(random.choice(random.choice((near, near, known, marks, " \u0648")))
                             for _ in range(random.randrange(1, 12))) for _ in range(100000)]
    done = subprocess.run([program, "--keys"], check=True, capture_output=True,
                          input="".join(text + "\n" for text in texts).encode())
    keys = done.stdout.decode().split("\n")[:-1]
    report("keys: one for each text", len(keys) != len(texts))
    wrong = [(text, key) for text, key in zip(texts, keys) if text_key(text) != key]
    report("keys: as FORMAT.md has them", ascii(wrong[:3]) if wrong else None)
    report("keys: one of a key is itself",
           any(text_key(key) != key for key in keys[-20000:]))


def make_vault(program, folder):
    """Make folder/v; returns what the program says it put in."""
    folder.mkdir()
    done = subprocess.run([program, folder], check=True, capture_output=True)
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: test_reader.py MAKE_VAULT_PROGRAM [N]")
    program = Path(sys.argv[1]).resolve()
    number = max(2, int(sys.argv[2])) if len(sys.argv) == 3 else 20
    test_stream()
    test_text_keys(program)
    with tempfile.TemporaryDirectory() as work:
        vaults = []
        for i in range(number):
            lines = make_vault(program, Path(work) / str(i))
            vaults.append(Path(work) / str(i) / "v")
            test_agreement(vaults[-1])
            test_content(vaults[-1], lines)
        first = vaults[0]
        for cases in (keys_cases(damage.vault_key(first)), remembered_cases(),
                      cells_cases(read(first).root.count, vaults[1]), inner_cases(),
                      record_cases(), envelope_cases(), attachment_cases(),
                      key_cases()):
            run_cases(first, cases)
        test_super_journal(first)
        test_command_line(first)
        for vault in vaults[1:]:
            test_random_flips(vault)
    print(f"reader: {counts['run']} run, {counts['failed']} failed, 0 skipped")
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
