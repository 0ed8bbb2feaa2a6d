"""Records, versions, parts and attachments of an Amparo vault: section 7 of
FORMAT.md, and canonical JSON of section 1.  Everything is verified while it is
read, so what these functions return can be believed.
"""
import hashlib
import base64
import json
import re
from dataclasses import dataclass, field

from nacl.bindings import crypto_sign_open
from nacl.exceptions import BadSignatureError

from vault_cells import (DAMAGED, KEY, UNKNOWN_FORMAT, Refused, blake2b, demand, le64,
                         subkey, unseal)
from vault_names import labels

CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
LEVELS, LARGEST, PART = 32, 2 ** 53, 4 * 1024 * 1024
SALT, CHUNK, UNSEEN = 32, 65536, 256
CHUNK_NUMBERS = 2 ** 24
VERSION = b"amparo version 1\0"
TOMBSTONE = b"amparo tombstone 1\0"
SUCCESSOR = b"amparo successor 1\0"
CARD = re.compile(
    rb"# amparo-card 1\n# name [^\n]{1,100}\n# key (?P<key>\S{56})\n"
    rb"(?P<follows>(?:# follows \S{56} [0-9a-f]{128}\n){0,16})"
    rb"(?:# receive [1-9]\d{0,17} \d{4}-\d\d-\d\d age1[a-z0-9]{4,3996}\n){1,16}"
    rb"# signature (?P<signature>[0-9a-f]{128})\n")
FIELDS = {1, *range(4, 24)}         # of `value`, 7.7
KEYS = {12: re.compile("[0-9a-f]{32}"), 13: re.compile("[0-9a-f]{64}"),
        15: re.compile("[0-9a-f]{16}"), 16: re.compile(f"[0-7][{CROCKFORD}]{{25}}"),
        17: re.compile(f"([0-7][{CROCKFORD}]{{25}} ){{2}}[a-z0-9-]+ [a-z0-9-]+ [0-9]"
                       f"( (-|[0-9a-f]{{16}})){{2}}( (-|[0-7][{CROCKFORD}]{{25}})){{2}}"),
        19: re.compile("[0-9a-f]{8} (review|deadline|expires)"),
        20: re.compile(f"[0-7][{CROCKFORD}]{{25}}"), 22: re.compile("[0-9a-f]{8}"),
        23: re.compile(r"[0-9]+\.[0-9]+\.[0-9]+")}
HASH = re.compile("[0-9a-f]{64}")
SURROGATE = re.compile("[\ud800-\udfff]")
TYPE = re.compile("[a-z_-]{1,32}")
MEMBERS = {"format", "record", "type", "office", "time", "parents", "attachments"}


def merged(into, other):
    """7.2, 7.3: the members of both; what `into` has stays."""
    both = dict(into)
    for name, value in other.items():
        if name not in both:
            both[name] = value
        elif isinstance(both[name], dict) and isinstance(value, dict):
            both[name] = merged(both[name], value)
    return both


@dataclass
class Version:
    id: bytes
    envelope: dict
    head: bool
    body: dict | None
    private: dict | None

    def fields(self):
        """7.2: the whole body, as far as its parts are here."""
        return merged(self.body or {}, self.private or {})

    def parents(self):
        return {bytes.fromhex(parent) for parent in self.envelope["parents"]}


@dataclass
class Attachment:
    num: int
    id: bytes
    hash: bytes
    chunks: int
    here: bool
    name: str = ""
    size: int = 0
    sha256: str = ""


def named_by(value, path):
    """Does a path lead to something?"""
    for name in path.split("."):
        if not isinstance(value, dict) or name not in value:
            return False
        value = value[name]
    return True


@dataclass
class Record:
    num: int
    id: bytes
    type: str
    key: bytes | None
    versions: list = field(default_factory=list)
    attachments: list = field(default_factory=list)
    silent: set = field(default_factory=set)    # keys that have forgotten it
    covered: set = field(default_factory=set)   # and all keys of their offices

    @property
    def text(self):
        return base32(self.id)

    def is_silent(self, version):
        """7.5: is there a tombstone by its key?"""
        return bytes.fromhex(version.envelope["office"]) in self.silent

    def may_be_silent(self, version):
        """9.1: or by another key of its office?"""
        return bytes.fromhex(version.envelope["office"]) in self.covered

    def heads(self):
        return [version for version in self.versions if version.head]

    def show(self):
        """The body, or {"heads": [...]} where versions disagree (7.5)."""
        heads = self.heads()
        if len(heads) == 1:
            return self.says(heads[0])
        return {"heads": [{"version": head.id.hex(), "time": head.envelope["time"],
                           "body": self.says(head)} for head in heads]}

    def line(self, version):
        """7.3: what a version follows, nearest first."""
        versions = {one.id: one for one in self.versions}
        line, seen = [version], {version.id}
        for at in line:
            for parent in sorted(at.parents() & set(versions) - seen):
                seen.add(parent)
                line.append(versions[parent])
        return line[1:]

    def says(self, version):
        """7.3: its own parts, and of the private ones that it has not seen what it
        does not say otherwise."""
        body, wanted = version.fields(), set(version.envelope.get("unseen", ()))
        for earlier in self.line(version):
            if earlier.envelope.get("private") in wanted and earlier.private:
                wanted.discard(earlier.envelope["private"])
                names = {name for name in (earlier.body or {}).get("private_fields", ())
                         if named_by(earlier.private, name)}
                body = merged(body, earlier.private)
                have = body.get("private_fields", [])
                body["private_fields"] = have + sorted(names - set(have))
        return body


def base32(data):
    """7.1: a number, most significant digit first; 26 digits for 16 bytes."""
    number = int.from_bytes(data, "big")
    return "".join(CROCKFORD[number >> 5 * i & 31] for i in reversed(range(26)))


# ---------------------------------------------------------------- canonical JSON (1)

def check_json(value, depth=1):
    """1: what canonical JSON may hold; a container takes a level."""
    if isinstance(value, str):
        demand("\0" not in value, "JSON: U+0000")
        demand(not SURROGATE.search(value), "JSON: half a surrogate pair")
    elif isinstance(value, int):
        demand(abs(value) <= LARGEST, "JSON: too large a number")
    elif isinstance(value, (list, dict)):
        demand(depth <= LEVELS, "JSON: too many levels")
        if isinstance(value, dict):
            demand(all(key.isascii() and "\0" not in key for key in value),
                   "JSON: a key that is not ASCII")
            value = value.values()
        for inner in value:
            check_json(inner, depth + 1)


def no_real(text):
    raise Refused(DAMAGED, f"JSON: {text} is no integer")


def read_json(text, what):
    """1: the value of JSON that holds nothing which canonical JSON cannot hold."""
    try:
        value = json.loads(text, parse_float=no_real, parse_constant=no_real)
    except (ValueError, RecursionError) as error:
        raise Refused(DAMAGED, f"{what}: no JSON: {error}") from error
    check_json(value)
    return value


def canonical(text, what):
    """1: the value of canonical JSON; any other form of it is refused."""
    value = read_json(text, what)
    same = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    demand(same == text, f"{what}: not canonical")
    return value


# ---------------------------------------------------------------- parts (7.2)

def part_hash(salted):
    return blake2b(b"amparo part 1\0" + salted)


def text_of(data, what):
    try:
        return data.decode()
    except UnicodeError as error:
        raise Refused(DAMAGED, f"{what}: no UTF-8") from error


def open_part(key, ad, sealed, wanted, what):
    """7.2, 7.3: the object in a sealed part, whose hash must be `wanted`."""
    salted = unseal(key, ad, sealed)
    demand(salted is not None, f"{what}: does not open")
    demand(SALT < len(salted) <= SALT + PART, f"{what}: wrong size")
    demand(part_hash(salted) == wanted, f"{what}: not what was signed")
    value = canonical(text_of(salted[SALT:], what), what)
    demand(isinstance(value, dict), f"{what}: no object")
    return value


def check_parting(version, what):
    """7.2: private fields lie in the private part, all others in the body."""
    if version.body is None:
        return
    names = version.body.get("private_fields", [])
    demand(isinstance(names, list) and all(isinstance(name, str) for name in names),
           f"{what}: no private_fields")
    demand(not set(names) & set(version.body), f"{what}: a private field in the body")
    demand(set(version.private or {}) <= set(names),
           f"{what}: a private field that is not named as one")


# ---------------------------------------------------------------- versions (7.3)

def check_hashes(values, what):
    demand(isinstance(values, list) and all(is_hash(value) for value in values)
           and values == sorted(set(values)), f"{what}: no ascending hashes")


def is_hash(value):
    return isinstance(value, str) and HASH.fullmatch(value) is not None


def is_time(value):
    return type(value) is int and value >= 0


def check_envelope(envelope, what):
    """7.3: exactly these members, of these kinds."""
    demand(isinstance(envelope, dict), f"{what}: no object")
    version = envelope.get("format")
    demand(type(version) is int and version >= 1, f"{what}: no format")
    demand(version == 1, f"{what}: format {version} is newer", UNKNOWN_FORMAT)
    demand(MEMBERS | {"body"} <= set(envelope) <= MEMBERS | {"body", "private", "unseen"},
           f"{what}: a member too much or too little")
    demand(isinstance(envelope["type"], str) and TYPE.fullmatch(envelope["type"]),
           f"{what}: no type")
    demand(is_hash(envelope["office"]), f"{what}: no office")
    demand(is_time(envelope["time"]), f"{what}: no time")
    for name in {"body", "private"} & set(envelope):
        demand(is_hash(envelope[name]), f"{what}: no hash of its {name}")
    for name in ("parents", "attachments"):
        check_hashes(envelope[name], f"{what}, {name}")
    if "unseen" in envelope:
        check_hashes(envelope["unseen"], f"{what}, unseen")
        demand(1 <= len(envelope["unseen"]) <= UNSEEN, f"{what}: unseen")


def signature_is_right(message, signature, public):
    try:
        return crypto_sign_open(signature + message, public) == message
    except (BadSignatureError, ValueError):
        return False


def read_envelope(row, record):
    """7.3: the envelope of a row of `version`, whose id and signature are right."""
    version_id, time, envelope, signature = row
    what = f"version {version_id.hex()}"
    demand(version_id == blake2b(VERSION + envelope.encode()), f"{what}: wrong id")
    value = canonical(envelope, f"{what}, envelope")
    check_envelope(value, f"{what}, envelope")
    demand(len(signature) == 64 and signature_is_right(
        VERSION + version_id, signature, bytes.fromhex(value["office"])),
        f"{what}: wrong signature")
    demand(value["record"] == record.text, f"{what}: of another record")
    demand(value["type"] == record.type, f"{what}: of another type than its record")
    demand(value["time"] == time, f"{what}: another time than its row")
    return value


def read_version(row, record, vault_id):
    version_id, time, head, envelope, signature, body, private = row
    what = f"version {version_id.hex()}"
    demand(head in (0, 1), f"{what}: no head")
    value = read_envelope((version_id, time, envelope, signature), record)
    parts = {}
    for name, sealed in (("body", body), ("private", private)):
        parts[name] = None
        if sealed is not None:
            demand(record.key and name in value, f"{what}: a {name} that cannot be")
            ad = vault_id + record.id + version_id + name.encode()
            parts[name] = open_part(record.key, ad, sealed, bytes.fromhex(value[name]),
                                    f"{what}, {name}")
    version = Version(version_id, value, bool(head), parts["body"], parts["private"])
    check_parting(version, what)
    return version


def heads_of(record):
    """7.3: the ids of versions with a body that none with a body follows."""
    versions = {version.id: version for version in record.versions}
    bodies = {name for name, version in versions.items() if version.body is not None}
    followed = set()
    todo = list(bodies or versions)
    while todo:
        for parent in versions[todo.pop()].parents():
            if parent in versions and parent not in followed:
                followed.add(parent)
                if bodies and parent not in bodies:
                    todo.append(parent)
    return (bodies or set(versions)) - followed


def check_graph(db, records):
    """7.3: `parent` holds all pairs, and the heads are what they should be."""
    pairs = set()
    for record in records:
        pairs |= {(parent, version.id) for version in record.versions
                  for parent in version.parents()}
        wanted = heads_of(record)
        for version in record.versions:
            demand(version.head == (version.id in wanted),
                   f"version {version.id.hex()}: wrong head")
    demand(pairs == set(db.execute("SELECT parent, child FROM parent")),
           "parent: not the parents that the versions name")


# ---------------------------------------------------------------- tombstones (7.5)

def tombstone_text(record, office, time):
    return json.dumps({"format": 1, "office": office.hex(), "record": base32(record),
                       "time": time}, separators=(",", ":")).encode()


def read_tombstones(db):
    """7.5: {id of a record: the offices that have forgotten it}, all signed."""
    found = {}
    for record, office, time, signature in db.execute(
            "SELECT record, office, time, signature FROM tombstone"):
        demand(len(record) == 16 and len(office) == 32, "tombstone: wrong lengths")
        what = f"tombstone of {base32(record)}"
        demand(is_time(time) and time <= LARGEST, f"{what}: no time")
        demand(len(signature) == 64 and signature_is_right(
            TOMBSTONE + tombstone_text(record, office, time), signature, office),
            f"{what}: wrong signature")
        found.setdefault(record, set()).add(office)
    return found


# ---------------------------------------------------------------- keys of offices (9)

def key_line(public):
    """9: a signing key as it stands on a card."""
    return base64.b64encode(b"Ed" + public[:8] + public)


def read_card(text, public, what):
    """9, 9.1: the card of this key; {key that was followed: the next one}."""
    card = CARD.fullmatch(text.encode())
    demand(card and card["key"] == key_line(public), f"{what}: no card of its key")
    signed = card[0][:card.start("signature") - len("# signature ")]
    demand(signature_is_right(b"amparo card 1\0" + signed,
                              bytes.fromhex(card["signature"].decode()), public),
           f"{what}: wrong signature")
    lines = [line.split()[2:] for line in card["follows"].splitlines()]
    old = [base64.b64decode(key)[10:] for key, _ in lines]
    demand(all(key == key_line(k) for (key, _), k in zip(lines, old)) and
           len({public, *old}) == 1 + len(old), f"{what}: wrong keys")
    for (_, signature), key, new in zip(lines, old, old[1:] + [public]):
        demand(follows(key, new, bytes.fromhex(signature.decode())),
               f"{what}: wrong succession")
    return dict(zip(old, old[1:] + [public]))


def follows(old, new, signature):
    """9.1: has the key before signed that this one follows it?"""
    return signature_is_right(SUCCESSOR + old + new, signature, old)


def revocation_is_right(public, signature):
    """9.2: is it this key's own word that it signs no more?"""
    text = b"# amparo-revocation 1\n# key " + key_line(public) + b"\n"
    return signature_is_right(b"amparo revocation 1\0" + text, signature, public)


def read_offices(db):
    """9.1: [our own keys, those of each contact ...]."""
    offices = {0: {row[0] for row in db.execute("SELECT public FROM office")}}
    cards = {}
    for num, public, card in db.execute("SELECT num, public, card FROM contact"):
        offices[num] = {public}
        cards[num] = read_card(card, public, f"contact {num}")
    earlier = db.execute("SELECT public, contact, successor, revocation FROM earlier "
                         "ORDER BY num").fetchall()
    for public, contact, successor, revocation in earlier:
        demand(len(public) == 32 and len(successor) == 64, "earlier: wrong lengths")
        demand(len(revocation) == (0 if contact else 64), "earlier: wrong lengths")
        demand(contact or revocation_is_right(public, revocation),
               "earlier: wrong revocation")
        demand(contact in offices, "earlier: of no contact")
        offices[contact].add(public)
    check_successions(db)
    for public, contact, successor, _ in earlier:
        new = cards.get(contact, {}).get(public)
        demand(not contact or any(follows(public, key, successor) for key in
                                  ([new] if new else offices[contact])),
               "earlier: wrong signature")
    check_announced(db, offices)
    check_revoked(db)
    check_forgotten(db)
    return list(offices.values())


def check_announced(db, offices):
    """9.1: each by a card of its own, which follows a key of the contact."""
    known = {key for keys in offices.values() for key in keys}
    for public, contact, time, card in db.execute("SELECT * FROM announced"):
        before = read_card(card, public, "announced")
        demand(is_time(time) and contact and contact in offices,
               "announced: of no contact")
        demand(public not in known and offices[contact] & set(before),
               "announced: follows no key of its contact")


def check_forgotten(db):
    """7.5: rows of lists whose record was forgotten."""
    for mark, day in db.execute("SELECT * FROM forgotten"):
        demand(len(mark) == 32 and day >= 0, "forgotten: no such row")


def check_revoked(db):
    """9.2: each revoked key has said so."""
    for public, time, signature in db.execute("SELECT * FROM revoked"):
        demand(len(public) == 32 and is_time(time) and len(signature) == 64 and
               revocation_is_right(public, signature), "revoked: wrong signature")


def check_successions(db):
    """9.1: each earlier key of ours has signed that the next one follows it."""
    keys = db.execute("SELECT public, successor FROM earlier WHERE contact = 0 "
                      "ORDER BY num").fetchall()
    keys += db.execute("SELECT public, NULL FROM office").fetchall()
    for (old, signature), (new, _) in zip(keys, keys[1:]):
        demand(follows(old, new, signature), "earlier: wrong signature")


def check_silence(record, ours, has_draft):
    """7.5: nothing is here of what is forgotten, 1, 2 and 4."""
    what = f"record {record.text}"
    named = set()
    for version in record.versions:
        if not record.is_silent(version):
            named |= set(version.envelope["attachments"])
        else:
            demand(version.body is None and version.private is None,
                   f"version {version.id.hex()}: forgotten, and here")
    for attachment in record.attachments:
        demand(not record.silent or attachment.hash.hex() in named,
               f"attachment {base32(attachment.id)}: forgotten, and here")
    if ours & record.silent:
        demand(record.key is None, f"{what}: forgotten, and has a key")
    elif record.key is None:
        demand(all(map(record.may_be_silent, record.versions)),
               f"{what}: not forgotten by all, and has no key")
        demand(not has_draft, f"{what}: a draft, and no key")


# ---------------------------------------------------------------- attachments (7.4)

def read_attachment(row, record, vault_id):
    """7.4: what is said of a file; its chunks are read by `content`."""
    num, attachment_id, wanted, size, chunks, sealed = row
    what = f"attachment {base32(attachment_id)}"
    found = Attachment(num, attachment_id, wanted, chunks, sealed is not None)
    demand(len(wanted) == 32, f"{what}: wrong hash")
    if sealed is None:
        return found
    demand(record.key, f"{what}: of a forgotten record")
    ad = vault_id + record.id + attachment_id + b"attachment"
    part = open_part(record.key, ad, sealed, wanted, what)
    demand(set(part) == {"name", "sha256", "size"} and isinstance(part["name"], str)
           and is_hash(part["sha256"]) and is_time(part["size"]),
           f"{what}: wrong members")
    demand(part["size"] == size, f"{what}: another size than its row")
    demand(chunks == max(1, -(-size // CHUNK)), f"{what}: wrong number of chunks")
    found.name, found.size, found.sha256 = part["name"], size, part["sha256"]
    return found


def open_chunk(record, attachment, i, body):
    last = i == attachment.chunks - 1
    wanted = attachment.size - i * CHUNK if last else CHUNK
    plain = unseal(record.key, record.id + attachment.id + le64(i) + bytes([last]), body)
    demand(plain is not None and len(plain) == wanted,
           f"attachment {base32(attachment.id)}: chunk {i} does not open")
    return plain


def content(db, record, attachment):
    """7.4: the bytes of a file, whose chunks are all there and whose sum is right."""
    what = f"attachment {base32(attachment.id)}"
    first = attachment.num * CHUNK_NUMBERS
    rows = db.execute(
        "SELECT num - ?, body FROM chunk WHERE num BETWEEN ? AND ? ORDER BY num",
        (first, first, first + CHUNK_NUMBERS - 1)).fetchall()
    demand(len(rows) == attachment.chunks and
           all(i == number for i, (number, _) in enumerate(rows)),
           f"{what}: a chunk is missing or too much")
    data = b"".join(open_chunk(record, attachment, i, body) for i, body in rows)
    demand(hashlib.sha256(data).hexdigest() == attachment.sha256,
           f"{what}: wrong SHA-256")
    return data


# ---------------------------------------------------------------- the whole

def open_record(row, vault_id, key):
    """7.1: a record and its key, None once it is forgotten."""
    num, record_id, type_, sealed = row
    demand(len(record_id) == 16, f"record {num}: wrong id")
    record = Record(num, record_id, type_, None)
    demand(TYPE.fullmatch(type_), f"record {record.text}: no type")
    if sealed is not None:
        record.key = unseal(key, vault_id + record_id, sealed)
        demand(record.key and len(record.key) == KEY,
               f"record {record.text}: its key does not open")
    return record


def check_owners(db, records):
    """7.3, 7.4: every version, attachment and chunk belongs to something."""
    nums = {record.num for record in records}
    for table in ("version", "attachment"):
        owners = {row[0] for row in db.execute(f"SELECT record FROM {table}")}
        demand(owners <= nums, f"{table}: of no record")
    files = {row[0] for row in db.execute("SELECT num FROM attachment")}
    owners = {row[0] // CHUNK_NUMBERS for row in db.execute("SELECT num FROM chunk")}
    demand(owners <= files, "chunk: of no attachment")


def unsigned_attachments(record):
    """7.4: the versions that have an attachment name it; else nobody signed it."""
    named = {name for version in record.versions
             for name in version.envelope["attachments"]}
    return [f"attachment {base32(attachment.id)}: no version names it"
            for attachment in record.attachments if attachment.hash.hex() not in named]


def check_values(db, records):
    """7.7: rows of the index: types, offices, what a record may be called by, and
    that nothing is to be found of what is not here."""
    wanted = {(1, record.type, record.num) for record in records
              if any(head.body for head in record.heads())}
    wanted |= {(12, head.envelope["office"][:32], record.num) for record in records
               if record.key is not None for head in record.heads()}
    wanted |= {(14, key, record.num) for record in records for head in record.heads()
               if head.body for key in labels(head.fields())}
    rows = set(db.execute("SELECT field, key, num FROM value"))
    here = {record.num for record in records if record.key is not None}
    for field_, key, num in rows:
        demand(num == 0 if field_ == 24 else field_ in FIELDS and num in here,
               "value: of nothing that is here")
        demand(KEYS.get(field_, re.compile(".+")).fullmatch(key), "value: wrong key")
    demand(sum(field_ == 24 for field_, _, _ in rows) <= 1, "value: two of Unicode")
    demand(wanted == {row for row in rows if row[0] in (1, 12, 14)},
           "value: wrong types, offices or names")


def check_drafts(db):
    """5.3: drafts are JSON and no versions."""
    for record, type_, time, body in db.execute(
            "SELECT record, type, time, body FROM draft"):
        demand(record is None or len(record) == 16, "draft: wrong record")
        demand(TYPE.fullmatch(type_) and is_time(time), "draft: no type or time")
        read_json(body, "draft")


def read_records(db, opened):
    """All of section 7: {id as text: Record}."""
    vault_id, key = opened.header.vault_id, subkey(opened.vault_key, "record keys")
    records = [open_record(row, vault_id, key) for row in
               db.execute("SELECT num, id, type, key FROM record ORDER BY num")]
    tombstones = read_tombstones(db)
    offices = read_offices(db)
    ours = offices[0]
    drafts = {row[0] for row in db.execute("SELECT record FROM draft")}
    for record in records:
        record.silent = tombstones.get(record.id, set())
        record.covered = record.silent.union(
            *(keys for keys in offices if keys & record.silent))
        record.versions = [read_version(row, record, vault_id) for row in db.execute(
            "SELECT id, time, head, envelope, signature, body, private FROM version "
            "WHERE record = ? ORDER BY num", (record.num,))]
        record.attachments = [
            read_attachment(row, record, vault_id) for row in db.execute(
                "SELECT num, id, hash, size, chunks, part FROM attachment "
                "WHERE record = ? AND hash IS NOT NULL ORDER BY num", (record.num,))]
        for attachment in record.attachments:
            if attachment.here:
                content(db, record, attachment)
        check_silence(record, ours, record.id in drafts)
        opened.notes += unsigned_attachments(record)
    check_owners(db, records)
    check_graph(db, records)
    check_values(db, records)
    check_drafts(db)
    return {record.text: record for record in records}
