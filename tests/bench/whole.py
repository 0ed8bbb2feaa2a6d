#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""whole.py PROGRAM FOLDER N MIB - whole commands against their peers.

In FOLDER lie what bench made: the vault v (passphrase "dusk"), and plain.db
with the same N records.  Attachments and bundles are of MIB MiB.  Prints lines
like bench's; at its end it wipes the vault.  PROGRAM is a test build: its
Argon2id takes no time, so that what unlock costs beyond it is seen.
"""
import hashlib
import os
import random
import resource
import sqlite3
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "agent"))
import abuse  # noqa: E402

ROUNDS = 3       # of what takes seconds
SEARCHES = 40    # of what takes milliseconds
CHUNK = 65536
BATCH = 64       # chunks in a commit: a longer one locks readers out
peaks = {}       # of each command, in MiB


def tell(name, ours, plain, unit, reach="", peer=""):
    ratio = ours / plain if plain else 0
    print("%s\t%.3f\t%.3f\t%.2f\t%s\t%s\t%s" % (
        name, ours, plain, ratio, unit, reach, peer), flush=True)


def timed(argv, env=None, peak=None):
    """Seconds that a whole command takes; its memory is noted under peak."""
    begin = time.monotonic()
    p = subprocess.Popen(argv, env=env, stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    said = p.stdout.read()
    _, status, used = os.wait4(p.pid, 0)
    p.returncode = os.waitstatus_to_exitcode(status)
    took = time.monotonic() - begin
    p.stdout.close()
    if p.returncode != 0:
        sys.exit("bench: %s: status %d" % (argv, p.returncode))
    if peak:
        peaks[peak] = max(peaks.get(peak, 0), used.ru_maxrss / 1024)
    return took, said.decode()


class Vault(abuse.World):
    """A vault with an agent; of a World it has what talks to the agent."""

    def __init__(self, folder, name):
        self.plain, self.user, self.pids, self.ptys = False, None, set(), []
        self.dir = folder
        self.vault = os.path.join(folder, name)
        self.run_dir = os.path.join(folder, name + ".run")
        self.pass_file = os.path.join(folder, "pass")
        self.env = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8",
                    "HOME": folder, "XDG_RUNTIME_DIR": self.run_dir}
        os.mkdir(self.run_dir, 0o700)

    def time(self, *args, peak=None):
        return timed(self.argv("--yes", *args), self.env, peak)[0]

    def say(self, *args):
        return timed(self.argv("--yes", *args), self.env)[1].strip()


# ---- Finding ----

def words_of(db):
    """Words of records drawn by lot, always the same ones."""
    lot = random.Random(20110426)
    last = db.execute("SELECT max(num) FROM record").fetchone()[0]
    for _ in range(SEARCHES):
        body = db.execute("SELECT body FROM record WHERE num=?",
                          (lot.randrange(last) + 1,)).fetchone()[0]
        yield lot.choice(body.split())


def finding(v, plain):
    shell = ["sqlite3", plain]
    select = "SELECT %s FROM find WHERE find MATCH '\"%s\"' " \
        "ORDER BY rank LIMIT 20"
    snippet = "rowid,snippet(find,0,'[',']','...',16)"
    ours, ids, snippets = [], [], []
    with sqlite3.connect(plain) as db:
        words = list(words_of(db))
    for word in words:
        ours.append(v.time("find", "--limit", "20", word, peak="find"))
        ids.append(timed([*shell, select % ("rowid", word)])[0])
        snippets.append(timed([*shell, select % (snippet, word)])[0])
    ours, ids, snippets = (
        statistics.median(x) * 1e3 for x in (ours, ids, snippets))
    tell("a whole find, median", ours, ids, "ms", "ratio <= 2",
         "sqlite3 shell, numbers only")
    tell("a whole find, median", ours, snippets, "ms", "",
         "sqlite3 shell, with snippets")


# ---- Unlocking and locking ----

def unlocking(v):
    times = []
    for _ in range(ROUNDS * 3):
        times.append(v.time("--passphrase-file", v.pass_file, "unlock"))
        v.time("lock")
    tell("unlock beyond Argon2id, median", statistics.median(times) * 1e3, 0,
         "ms", "ours <= 20")


def locking(v):
    times = [abuse.time_of_lock(v, 40, 4) for _ in range(ROUNDS * 3)]
    tell("lock: keys gone, worst of %d" % len(times),
         max(gone for gone, _ in times) * 1e3, 0, "ms", "ours <= 10")
    tell("lock: 40 processes gone, worst", max(
        ended for _, ended in times) * 1e3, 0, "ms", "ours <= 100")


def wiping(v):
    """Until the keys are overwritten, synced and their file is gone."""
    keys = os.path.join(v.vault, "keys")
    begin = time.monotonic()
    p = subprocess.Popen(v.argv("--yes", "wipe"), env=v.env,
                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while os.path.exists(keys) and p.poll() is None:
        time.sleep(0.0002)
    took = time.monotonic() - begin
    if p.wait() != 0 or os.path.exists(keys):
        sys.exit("bench: wipe failed")
    tell("wipe: the keys, a whole command", took * 1e3, 0, "ms",
         "ours <= 50")


# ---- Attachments and bundles ----

def make_file(path, mib):
    with open(path, "wb") as f:
        for _ in range(mib):
            f.write(os.urandom(1 << 20))
    return path


def open_blobs(path):
    db = sqlite3.connect(path, isolation_level=None)
    db.executescript("PRAGMA page_size=4096; PRAGMA journal_mode=DELETE;"
                     "PRAGMA synchronous=EXTRA; CREATE TABLE chunk("
                     "file INTEGER, n INTEGER, body BLOB,"
                     "PRIMARY KEY(file, n)) WITHOUT ROWID")
    return db


def blobs_in(db, number, path):
    begin, sha, n = time.monotonic(), hashlib.sha256(), 0
    with open(path, "rb") as f:
        db.execute("BEGIN IMMEDIATE")
        while chunk := f.read(CHUNK):
            sha.update(chunk)
            db.execute("INSERT INTO chunk VALUES(?,?,?)", (number, n, chunk))
            n += 1
            if n % BATCH == 0:
                db.execute("COMMIT")
                db.execute("BEGIN IMMEDIATE")
        db.execute("COMMIT")
    return time.monotonic() - begin, sha.digest()


def blobs_out(db, number, path):
    begin, sha = time.monotonic(), hashlib.sha256()
    with open(path, "wb") as f:
        for (chunk,) in db.execute(
                "SELECT body FROM chunk WHERE file=? ORDER BY n", (number,)):
            sha.update(chunk)
            f.write(chunk)
        f.flush()
        os.fsync(f.fileno())
    return time.monotonic() - begin, sha.digest()


def attachments(v, db, folder, number, big):
    """A case with the file; what it took: ours and plain, in and out."""
    record = os.path.join(folder, "case.json")
    out = os.path.join(folder, "out")
    with open(record, "w") as f:
        f.write('{"title":"Invented%d","level":1}' % number)
    case = v.say("add", "case", record).split()[-1]
    os.sync()
    ours_in = v.time("attach", case, big, peak="attach")
    os.sync()
    plain_in, sha = blobs_in(db, number, big)
    os.sync()
    ours_out = v.time("extract", case, os.path.basename(big), "-o", out,
                      peak="extract")
    os.remove(out)
    os.sync()
    plain_out, sha_out = blobs_out(db, number, out)
    os.remove(out)
    if sha != sha_out:
        sys.exit("bench: plain: what came out is not what went in")
    return ours_in, plain_in, ours_out, plain_out


def bundles(v, b, folder, number, big, key):
    """The case in a bundle to b, the file in one of age; out and in."""
    ours, plain = (os.path.join(folder, x) for x in ("bundle", "plain.age"))
    back, identity = (os.path.join(folder, x) for x in ("back", "identity"))
    os.sync()
    ours_out = v.time("export", "title:Invented%d" % number,
                      "--to", "Office B", "-o", ours, peak="export")
    os.sync()
    age_out = timed(["age", "-r", key, "-o", plain, big])[0]
    os.sync()
    ours_in = b.time("import", ours, peak="import")
    os.sync()
    age_in = timed(["age", "-d", "-i", identity, "-o", back, plain])[0]
    for path in (ours, plain, back):
        os.remove(path)
    return ours_out, age_out, ours_in, age_in


def second_office(v, folder):
    b = Vault(folder, "b")
    b.say("--passphrase-file", b.pass_file, "init", "--office", "Office B")
    b.unlock()
    for one, other in ((v, b), (b, v)):
        card = os.path.join(folder, os.path.basename(one.vault) + ".card")
        one.say("office", "--card", card)
        other.say("contact", "add", card)
    v.say("contact", "verify", "Office B")
    return b


def in_and_out(v, folder, mib):
    big = make_file(os.path.join(folder, "big.bin"), mib)
    b = second_office(v, folder)
    timed(["age-keygen", "-o", os.path.join(folder, "identity")])
    key = timed(["age-keygen", "-y", os.path.join(folder, "identity")])[1]
    files, sealed = [], []
    with open_blobs(os.path.join(folder, "blobs.db")) as db:
        for number in range(ROUNDS):
            files.append(attachments(v, db, folder, number, big))
            sealed.append(bundles(v, b, folder, number, big, key.strip()))
    b.say("lock")
    for names, peer, reach, rounds in (
            (("attachment in", "attachment out"), "plain BLOBs, SHA-256",
             "ratio >= 0.6", files),
            (("bundle out", "bundle in"), "age", "ratio > 1", sealed)):
        in1, plain1, in2, plain2 = map(statistics.median, zip(*rounds))
        for name, ours, plain in ((names[0], in1, plain1),
                                  (names[1], in2, plain2)):
            tell("%s, %d MiB" % (name, mib), mib / ours, mib / plain, "MiB/s",
                 reach, peer)


# ---- Lists, memory ----

MAP = """{"amparo_map": 1, "name": "invented", "type": "person", "key": ["no"],
"columns": [{"column": "name", "field": "names[0].text"},
            {"column": "notes", "field": "notes"}]}"""


# The rows as text only, into a file with as many records as the vault has.
PLAIN_IMPORT = """PRAGMA synchronous=EXTRA;
CREATE TEMP TABLE list(no, name, notes);
CREATE TEMP TABLE before AS SELECT max(num) AS num FROM record;
.mode csv
.import --skip 1 {table} list
BEGIN;
INSERT INTO record(body) SELECT name || ' ' || notes FROM list;
INSERT INTO find(rowid, body) SELECT num, body FROM record
    WHERE num > (SELECT num FROM before);
COMMIT;
"""


def import_list(v, folder, rows):
    table, how = (os.path.join(folder, x) for x in ("list.csv", "map.json"))
    lot = random.Random(20110426)
    with open(how, "w") as f:
        f.write(MAP)
    with open(table, "w") as f:
        f.write("no,name,notes\n")
        for i in range(rows):
            f.write("%d,Invented %x,%s\n" % (i, lot.getrandbits(40), " ".join(
                "%x" % lot.randrange(4000) for _ in range(300))))
    took = v.time("import", table, "--map", how, peak="import of a list")
    begin = time.monotonic()
    subprocess.run(["sqlite3", os.path.join(folder, "plain.db")], check=True,
                   input=PLAIN_IMPORT.format(table=table), text=True)
    plain = time.monotonic() - begin
    tell("import of a list of %d rows" % rows, rows / took, rows / plain, "1/s",
         "ratio >= 0.6", "sqlite3 shell: .import, FTS5")


# A person, an act and a change of status of each row; the peer has them as
# rows of three tables, and the same text to find them by.
MAP_THREE = """{"amparo_map": 1, "name": "three", "key": ["no"], "records": [
{"as": "who", "type": "person", "columns": [
  {"column": "name", "field": "names[0].text"}]},
{"as": "what", "type": "act", "constants": [["act", "torture"]], "columns": [
  {"link": "victims", "to": "who"}, {"column": "day", "field": "date"},
  {"column": "notes", "field": "description"}]},
{"as": "now", "type": "status", "constants": [["certainty", "likely"]],
 "columns": [{"link": "person", "to": "who"},
  {"column": "status", "field": "status"}, {"column": "day", "field": "date"}]}]}"""

PLAIN_THREE = """PRAGMA synchronous=EXTRA;
CREATE TEMP TABLE list(no, name, day, status, notes);
CREATE TEMP TABLE before AS SELECT max(num) AS num FROM record;
CREATE TABLE person(num INTEGER PRIMARY KEY, name);
CREATE TABLE act(num INTEGER PRIMARY KEY, person, act, day);
CREATE TABLE change(num INTEGER PRIMARY KEY, person, status, day);
.mode csv
.import --skip 1 {table} list
BEGIN;
INSERT INTO person SELECT rowid, name FROM list;
INSERT INTO act SELECT rowid, rowid, 'torture', day FROM list;
INSERT INTO change SELECT rowid, rowid, status, day FROM list;
INSERT INTO record(body) SELECT name FROM list;
INSERT INTO record(body) SELECT 'torture ' || notes FROM list;
INSERT INTO record(body) SELECT status FROM list;
INSERT INTO find(rowid, body) SELECT num, body FROM record
    WHERE num > (SELECT num FROM before);
COMMIT;
"""


def import_three(v, folder, rows):
    table, how = (os.path.join(folder, x) for x in ("three.csv", "three.json"))
    lot = random.Random(20110426)
    with open(how, "w") as f:
        f.write(MAP_THREE)
    with open(table, "w") as f:
        f.write("no,name,day,status,notes\n")
        for i in range(rows):
            f.write("%d,Invented %x,2011-%02d-%02d,%s,%s\n" % (
                i, lot.getrandbits(40), lot.randrange(1, 13),
                lot.randrange(1, 29), lot.choice(("missing", "held-crim")),
                " ".join("%x" % lot.randrange(4000) for _ in range(100))))
    took = v.time("import", table, "--map", how)
    begin = time.monotonic()
    subprocess.run(["sqlite3", os.path.join(folder, "plain.db")], check=True,
                   input=PLAIN_THREE.format(table=table), text=True)
    plain = time.monotonic() - begin
    tell("import of %d rows, three records each" % rows, rows / took,
         rows / plain, "rows/s", "", "sqlite3 shell: .import, three tables")


def memory():
    # Python's own, before the exec, counts for its children.
    least = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    tell("memory: the least that can be seen here", least, 0, "MiB")
    for name in peaks:
        tell("memory at most: " + name, peaks[name], 0, "MiB", "ours <= 64")


def main():
    if len(sys.argv) != 5:
        sys.exit("usage: whole.py PROGRAM FOLDER N MIB")
    abuse.PROGRAM, folder = sys.argv[1], sys.argv[2]
    n, mib = int(sys.argv[3]), int(sys.argv[4])
    with open(os.path.join(folder, "pass"), "w") as f:
        f.write("dusk\n")
    v = Vault(folder, "v")
    unlocking(v)
    v.unlock()
    finding(v, os.path.join(folder, "plain.db"))
    in_and_out(v, folder, mib)
    import_list(v, folder, max(n // 5, 100))
    import_three(v, folder, max(n // 10, 100))
    memory()
    locking(v)
    wiping(v)


if __name__ == "__main__":
    main()
