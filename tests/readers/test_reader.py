#!/usr/bin/python3
"""Tests of the second implementation, vault_reader.py, against real vaults.

    test_reader.py MAKE_VAULT_PROGRAM [N]

makes N vaults (20 unless told), reads each with both of its passphrases, and
compares what they say.  Then it plants damage, one piece a copy of the first
vault, and demands what FORMAT.md does: a status, or a note.  Every other vault
gets bytes flipped at random places.  The last line counts.
"""
import os
import random
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(HERE))
try:
    import vault_reader as vr
except SystemExit:
    print("reader: 0 run, 0 failed, 1 skipped")
    sys.exit(77)
from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_encrypt as aead_seal

PASSPHRASES = ("dusk", "Ame\u0301lie")
BOTH = (1, 2)
OWN, OTHER, FREE = 128, 128 + 72, 128 + 7 * 72      # slots 0, 1 and 7
REGIONS = {
    "magic": 0, "format": 8, "vault id": 12, "cells id": 28, "salt": 44, "m": 60,
    "t": 64, "p": 68, "arrival flag": 72, "arrival check": 76, "reserved": 108,
    "own slot": OWN + 30, "other slot": OTHER + 70, "free slot": FREE + 30,
    "free slot's nonce": FREE, "filler": 2000, "filler's end": 4031,
    "MAC": 4040, "sum": 4070}
counts = {"run": 0, "failed": 0}


def report(name, problem):
    counts["run"] += 1
    if problem:
        counts["failed"] += 1
        print(f"FAILED {name}: {problem}")


def read(folder, passphrase=PASSPHRASES[0]):
    return vr.read_vault(folder, vr.passphrase_bytes(passphrase), test_floor=True)


def vault_key(folder):
    return vr.open_keys((folder / "keys").read_bytes(), b"dusk", True).vault_key


# ---------------------------------------------------------------- planting

def seal(key, ad, plain):
    nonce = os.urandom(24)
    return nonce + aead_seal(plain, ad, nonce, key)


def edit_keys(folder, offset, data, copies=BOTH, fix_sum=True, key=None):
    """Write data into the copies, or flip a bit if it is None; mend the rest."""
    keys = bytearray((folder / "keys").read_bytes())
    for number in copies:
        start = (number - 1) * vr.COPY
        copy = keys[start:start + vr.COPY]
        put = bytes([copy[offset] ^ 1]) if data is None else data
        copy[offset:offset + len(put)] = put
        if key:
            copy[vr.MAC_AT:vr.SUM_AT] = vr.blake2b(
                bytes(copy[:vr.MAC_AT]), vr.subkey(key, "keys mac"))
        if fix_sum:
            copy[vr.SUM_AT:] = vr.blake2b(bytes(copy[:vr.SUM_AT]))
        keys[start:start + vr.COPY] = copy
    (folder / "keys").write_bytes(keys)


def run_of_filler(key, size):
    nonce = os.urandom(24)
    return nonce + vr.stream(vr.subkey(key, "keys fill"), nonce, size - 24)


def resize_keys(folder, size):
    data = (folder / "keys").read_bytes()
    (folder / "keys").write_bytes((data + bytes(8))[:size])


def sql(folder, *statements):
    db = sqlite3.connect(folder / "cells.db", isolation_level=None)
    db.create_function("flip", 2, lambda body, at: body[:at] + bytes(
        [body[at] ^ 1]) + body[at + 1:])
    for statement in statements:
        db.execute(statement)
    db.close()


def open_all(folder):
    key = vault_key(folder)
    opened = vr.open_keys((folder / "keys").read_bytes(), b"dusk", True)
    return key, opened, vr.read_cells(opened, vr.outer_bytes(folder))


def put_cell(folder, key, header, n, plain):
    body = seal(vr.subkey(key, "cell"), vr.cell_ad(header, n), plain)
    db = sqlite3.connect(folder / "cells.db")
    db.execute("REPLACE INTO cell VALUES(?, ?)", (n, body))
    db.commit()
    db.close()
    term = vr.le64(n) + body[:24] + body[-16:]
    return int.from_bytes(vr.blake2b(term, vr.subkey(key, "cells sum")), "little")


def edit_root(folder, offset, data):
    """A root that opens, with other bytes in it."""
    key, opened, _ = open_all(folder)
    db = sqlite3.connect(folder / "cells.db")
    body, = db.execute("SELECT body FROM cell WHERE n = 0").fetchone()
    db.close()
    x = bytearray(vr.open_cell(opened, 0, body))
    x[offset:offset + len(data)] = data
    put_cell(folder, key, opened.header, 0, bytes(x))


def reseal_cell(folder, n):
    """The right page under a new nonce: only the sum can tell."""
    key, opened, (_, pages) = open_all(folder)
    put_cell(folder, key, opened.header, n, pages[n - 1])


def edit_inner(folder, *statements, extra=()):
    """Change the inner database and seal all of it anew, with the right sum."""
    key, opened, ((commit, _, _, head), pages) = open_all(folder)
    db = vr.in_memory(vr.rebuild_inner(pages))
    for statement in statements:
        db.execute(statement)
    db.commit()
    data = db.serialize()
    pages = [data[at:at + vr.USED] for at in range(0, len(data), vr.PAGE)] + list(extra)
    total = sum(put_cell(folder, key, opened.header, n, page)
                for n, page in enumerate(pages, 1)) % (1 << 256)
    root = struct.pack("<8sQQ32s32s3928x", b"AMPARO-R", commit + 1, len(pages),
                       total.to_bytes(32, "little"), head)
    put_cell(folder, key, opened.header, 0, root)


def edit_seed(folder):
    """An office whose seed opens, but belongs to another public key."""
    key, opened, (_, pages) = open_all(folder)
    db = vr.in_memory(vr.rebuild_inner(pages))
    public, = db.execute("SELECT public FROM office").fetchone()
    ad = opened.header.vault_id + b"signing\0" + public
    secret = seal(vr.subkey(key, "office keys"), ad, os.urandom(32))
    edit_inner(folder, f"UPDATE office SET secret = x'{secret.hex()}'")


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


# ---------------------------------------------------------------- the cases

def keys_cases(key):
    """(name, function of the folder, a status or a part of a note)."""
    def at(offset, data=None, **options):
        return lambda folder: edit_keys(folder, offset, data, **options)

    for region, offset in REGIONS.items():
        yield f"{region} of both copies", at(offset, fix_sum=False), 13
        for number in BOTH:
            yield (f"{region} of copy {number}",
                   at(offset, copies=(number,), fix_sum=False),
                   f"copy {number} is damaged, to be mended from the other copy")
    for name, offset, data, status in (
            ("magic", 0, None, 13), ("format 2", 8, vr.le32(2), 21),
            ("format 0", 8, vr.le32(0), 13), ("vault id", 12, None, 12),
            ("cells id", 28, None, 12), ("salt", 44, None, 12),
            ("m 0", 60, vr.le32(0), 13), ("m too large", 60, vr.le32(4194305), 21),
            ("t 0", 64, vr.le32(0), 13), ("t too large", 64, vr.le32(65), 21),
            ("m * t too large", 60, vr.le32(4194304) + vr.le32(5), 21),
            ("p 0", 68, vr.le32(0), 13), ("p too large", 68, vr.le32(17), 21),
            ("m below 8 p", 68, vr.le32(9), 13), ("arrival flag", 72, vr.le32(1), 21),
            ("arrival check", 76, None, 13), ("reserved", 127, None, 13),
            ("own slot", OWN + 30, None, 12), ("other slot", OTHER + 30, None, 13),
            ("free slot", FREE + 30, None, 13), ("filler", 2000, None, 13),
            ("MAC", 4040, None, 13)):
        yield f"{name}, sums right", at(offset, data), status
    for name in ("vault id", "own slot", "other slot", "free slot", "filler", "MAC"):
        for number in BOTH:
            yield (f"{name} of copy {number}, sum right",
                   at(REGIONS[name], copies=(number,)),
                   f"copy {number} was tampered with, to be mended from the other copy")
    yield "format 2 of copy 2, sum right", at(8, vr.le32(2), copies=(2,)), 21
    for name, offset, status in (("own slot", OWN + 30, 12), ("MAC", 4040, 13)):
        def plant(folder, offset=offset):
            edit_keys(folder, offset, None)
            edit_keys(folder, 0, None, copies=(2,), fix_sum=False)
        yield f"{name} of the one whole copy, sum right", plant, status
    yield "own slot, MAC right", at(OWN + 30, key=key), 12
    yield "filler, MAC right", at(2000, key=key), 13
    yield "free slot, MAC right", at(FREE + 30, key=key), "slot 7 is used without a name"
    freed = run_of_filler(key, 72)
    yield "named slot free", at(OTHER, freed, key=key), "slot 1 is free, a change was"
    yield ("copy 1 older", at(vr.FILLER_AT, run_of_filler(key, 3328), key=key,
                              copies=(1,)), "copy 1 is older")
    yield ("copy 2 not confirmed", at(OWN, freed, key=key, copies=(2,)),
           "copy 2 is a change that was never confirmed")
    for size, expected in ((8191, "copy 2 is damaged"), (4096, "copy 2 is damaged"),
                           (4095, 13), (0, 13), (8193, 13)):
        yield f"keys of {size} bytes", lambda f, s=size: resize_keys(f, s), expected
    yield "no keys", lambda folder: (folder / "keys").unlink(), 13


def cells_cases(count, other_vault):
    def do(*statements):
        return lambda folder: sql(folder, *statements)

    def root(offset, data):
        return lambda folder: edit_root(folder, offset, data)

    for n in range(count + 1):
        for part, at in (("nonce", 3), ("ciphertext", 2000), ("tag", 4050)):
            yield (f"{part} of cell {n}",
                   do(f"UPDATE cell SET body = flip(body, {at}) WHERE n = {n}"), 13)
        yield f"cell {n} deleted", do(f"DELETE FROM cell WHERE n = {n}"), 13
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
    yield "cell sealed anew", lambda folder: reseal_cell(folder, 1), 13
    for name, offset, data in (
            ("magic", 0, b"a"), ("commit 0", 8, vr.le64(0)),
            ("count less", 16, vr.le64(count - 1)), ("count more", 16, vr.le64(count + 1)),
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
    yield "cells.db: page size", do("PRAGMA page_size=8192", "VACUUM"), 13
    yield "cells.db: auto-vacuum", do("PRAGMA auto_vacuum=1", "VACUUM"), 13
    for name, offset, data in (("magic", 0, b"s"), ("encoding", 59, b"\2"),
                               ("reserved bytes", 20, b"\1"), ("mode", 18, b"\2")):
        yield (f"cells.db: header, {name}",
               lambda f, o=offset, d=data: edit_bytes(f, o, d), 13)
    for size in (0, 100, 4096, 3 * 4096):
        yield (f"cells.db of {size} bytes",
               lambda f, s=size: os.truncate(f / "cells.db", s), 13)
    yield "no cells.db", lambda folder: (folder / "cells.db").unlink(), 13
    for name in ("cells.db", "keys"):
        yield (f"{name} of another vault",
               lambda f, n=name: shutil.copy(other_vault / n, f), 13)
    yield "write cut short", cut_short, None


def inner_cases():
    def do(*statements, **options):
        return lambda folder: edit_inner(folder, *statements, **options)

    yield "inner: sealed anew", do(), None
    yield "inner: zeros behind the end", do(extra=[bytes(vr.USED)]), None
    yield "inner: another seed", edit_seed, 13
    yield "inner: more behind the end", do(extra=[b"x" * vr.USED]), 13
    for name, statement, expected in (
            ("hash", "UPDATE log SET hash = zeroblob(32) WHERE seq = 2", 13),
            ("text", "UPDATE log SET what = what || 'x' WHERE seq = 2", 13),
            ("time", "UPDATE log SET time = time + 1 WHERE seq = 1", 13),
            ("gap", "DELETE FROM log WHERE seq = 2", 13),
            ("last entry", "DELETE FROM log WHERE seq = (SELECT max(seq) FROM log)", 13),
            ("public key", "UPDATE office SET public = randomblob(32)", 13),
            ("seed", "UPDATE office SET secret = randomblob(72)", 13),
            ("no office", "DELETE FROM office", 13),
            ("table", "CREATE TABLE t(x)", 13),
            ("newer", "PRAGMA user_version=2", 21),
            ("application", "PRAGMA application_id=1", 13),
            ("no such slot", "UPDATE passphrase SET slot = 8 WHERE slot = 1", 13),
            ("no name", "DELETE FROM passphrase WHERE slot = 1", "used without a name")):
        yield f"inner: {name}", do(statement), expected


# ---------------------------------------------------------------- running

def judge(folder, expected):
    """None if reading the folder gives the status, the note, or no note."""
    try:
        summary, _ = read(folder)
    except vr.Refused as refused:
        return None if refused.status == expected else \
            f"[{refused.status}] {refused} instead of {expected!r}"
    if isinstance(expected, str):
        found = any(expected in note for note in summary["notes"])
        return None if found else f"{summary['notes']} instead of {expected!r}"
    return None if expected is None and not summary["notes"] else \
        f"read, {summary['notes']}, instead of {expected!r}"


def run_cases(vault, cases):
    for name, plant, expected in cases:
        with tempfile.TemporaryDirectory() as work:
            folder = Path(shutil.copytree(vault, Path(work) / "v"))
            plant(folder)
            before = {p.name: p.read_bytes() for p in folder.iterdir()}
            report(name, judge(folder, expected))
            after = {p.name: p.read_bytes() for p in folder.iterdir()}
            if before != after:
                report(name, "the reader changed the vault")


def test_stream():
    """Against the AEAD: block 0 is its Poly1305 key, the others encrypt."""
    key, nonce = os.urandom(32), os.urandom(24)
    got = vr.stream(key, nonce, 564)
    report("stream, blocks 1 to 8",
           got[64:] != aead_seal(bytes(500), b"", nonce, key)[:500])
    r = int.from_bytes(got[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    s = int.from_bytes(got[16:32], "little")
    tag = ((r << 128) % ((1 << 130) - 5) + s) % (1 << 128)     # of nothing at all
    report("stream, block 0",
           tag.to_bytes(16, "little") != aead_seal(b"", b"", nonce, key))


def test_agreement(vault):
    one, two = (read(vault, p) for p in PASSPHRASES)
    composed = read(vault, "Am\u00e9lie")
    for got in (one, two, composed):
        got[0].pop("slot_opened")
    report("both passphrases agree", one != two or two != composed)
    summary, inner = one
    names = {p["slot"]: p["name"] for p in summary["passphrases"]}
    report("names and slots", sorted(names) != summary["slots_used"])
    report("no notes", summary["notes"])
    report("page count", len(inner) != 4096 * summary["count"])
    for wrong in ("Dusk", "dusk ", "Amelie", "x" * 1024):
        try:
            read(vault, wrong)
            report("wrong passphrase", f"{wrong!r} opens")
        except vr.Refused as refused:
            report("wrong passphrase", refused.status != 12)


def test_random_flips(vault):
    count = read(vault)[0]["count"]
    def in_both(folder):
        edit_keys(folder, random.randrange(4096), None, fix_sum=False)
    def in_cell(folder):
        n, at = random.randrange(count + 1), random.randrange(vr.BODY)
        sql(folder, f"UPDATE cell SET body = flip(body, {at}) WHERE n = {n}")
    run_cases(vault, [("random flip in keys", in_both, 13),
                      ("random flip in a cell", in_cell, 13)])


def test_super_journal(vault):
    with tempfile.TemporaryDirectory() as work:
        folder = Path(shutil.copytree(vault, Path(work) / "v"))
        plant_super_journal(folder)
        report("planted super-journal", judge(folder, 13))
        report("planted super-journal", not (folder / "victim").exists())


def test_command_line(vault):
    def run(*arguments):
        command = ["/usr/bin/python3", HERE / "vault_reader.py", *arguments]
        return subprocess.run(command, capture_output=True, check=False).returncode

    with tempfile.TemporaryDirectory() as work:
        secret, plain, moved = (Path(work) / n for n in ("secret", "plain.db", "keys"))
        secret.write_text("dusk\n")
        shutil.copy(vault / "keys", moved)
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
                ("dump twice", 2, ["--test-floor", vault, "--passphrase", "dusk",
                                   "dump-inner", plain])):
            got = run(*arguments)
            report(f"command line, {name}", got != status and f"status {got}")
        db = sqlite3.connect(plain)
        report("dumped file", db.execute("SELECT count(*) FROM log").fetchone()[0] < 1)
        db.close()


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: test_reader.py MAKE_VAULT_PROGRAM [N]")
    program = Path(sys.argv[1]).resolve()
    number = max(2, int(sys.argv[2])) if len(sys.argv) == 3 else 20
    test_stream()
    with tempfile.TemporaryDirectory() as work:
        vaults = []
        for i in range(number):
            folder = Path(work) / str(i)
            folder.mkdir()
            subprocess.run([program, folder], check=True, stdout=subprocess.DEVNULL)
            vaults.append(folder / "v")
            test_agreement(vaults[-1])
        first = vaults[0]
        count = read(first)[0]["count"]
        run_cases(first, keys_cases(vault_key(first)))
        run_cases(first, cells_cases(count, vaults[1]))
        run_cases(first, inner_cases())
        test_super_journal(first)
        test_command_line(first)
        for vault in vaults[1:]:
            test_random_flips(vault)
    print(f"reader: {counts['run']} run, {counts['failed']} failed, 0 skipped")
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
