# SPDX-License-Identifier: ISC
"""samples.py NAME LIST RECORDS: what an import made of a published list.

An oracle of its own: it reads the list and the records ('export --plain json
--unfiltered'), and counts for itself.  Every cell of the list must stand in a
field, as it is or by the code table of its column, or word for word in
imported.fields.  Nothing of a list but figures is printed.
"""
import collections
import csv
import json
import sys

BLANKS = " \t\r\n\u00a0"


def strings(value):
    """All texts of a body but those of imported."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, bool):
        yield "yes" if value else "no"
    elif isinstance(value, int):
        yield str(value)
    elif isinstance(value, dict):
        for name, member in value.items():
            if name != "imported":
                yield from strings(member)
    elif isinstance(value, list):
        for member in value:
            yield from strings(member)


def check(what, got, wanted):
    if got != wanted:
        sys.exit("%s: %r instead of %r" % (what, got, wanted))


def by_row(records):
    rows = collections.defaultdict(list)
    for r in records:
        if "row" in r["body"].get("imported", {}):
            rows[r["body"]["imported"]["row"]].append(r["body"])
    return rows


def count_cells(rows, table, missing, coded):
    """How many cells there are; each one must be found."""
    cells = 0
    for number, row in enumerate(table, 1):
        bodies = rows[number]
        texts = list(strings(bodies))
        left = [(f["name"], f["text"]) for b in bodies for f in b["imported"]["fields"]]
        for column, cell in row.items():
            word = cell.strip(BLANKS)
            if word in missing or word == "":
                continue
            cells += 1
            if (column, cell) in left or cell in texts or word in texts:
                continue
            if not coded(column, word, texts):
                sys.exit("row %d: the cell of %s is nowhere" % (number, column))
    return cells


def types(records):
    return dict(collections.Counter(r["body"]["type"] for r in records))


def codes(records, type_, field):
    return dict(collections.Counter(
        r["body"].get(field) for r in records if r["body"]["type"] == type_))


# ---- pinochet.csv ----

WORDS = {
    "violence": {"Killed": "killing", "Disappearance": "missing",
                 "Disappearance, Information of Death": "missing",
                 "Unresolved": "unknown", "Suicide": "dead"},
    "male": {"1": "m", "0": "f"}, "minor": {"1": "y", "0": "n"}, "torture": {"1": "torture"},
    "method": {"Gun": "shooting", "Knife": "blade", "Bomb": "bombing", "Burned": "burning",
               "Beaten": "beating", "Asphyxiated": "asphyxia", "Immersion": "submersion",
               "Electrocuted": "electric", "Poisoned": "poisoning",
               "Denied Medical Treatment": "denied-medical"},
    "nationality": {"Chilean": "CL", "Argentinian": "AR", "Austrian": "AT", "Bolivian": "BO",
                    "Brazilian": "BR", "Ecuadorian": "EC", "French": "FR", "Mexican": "MX",
                    "Spaniard": "ES", "Spanish": "ES", "Uruguayan": "UY", "Vietnamese": "VN"},
}


def pinochet_coded(column, word, texts):
    if column.startswith("exact_coordinates"):
        return {"1": "yes", "0": "no"}[word] in texts
    if column in WORDS:
        return all(WORDS[column].get(part) in texts for part in
                   (word.split(" and ") if column == "method" else [word]))
    if column == "group_id":
        return "group-" + word in texts
    if column == "occupation":
        return all(part in texts for part in word.split(" and "))
    return any(word in t for t in texts)


def pinochet(table, records):
    rows = by_row(records)
    violence = collections.Counter(r["violence"] for r in table)
    check("rows", len(table), 2398)
    check("types", types(records), {
        "person": 2398, "document": 1, "act": 1331 + 853 + 108 + 285,
        "status": 1331 + 853 + 2 * 108 + 93 + 8})
    check("violence", dict(violence), {
        "Killed": 1331, "Disappearance": 853, "Disappearance, Information of Death": 108,
        "Unresolved": 93, "Suicide": 8, "NA": 5})
    check("acts", codes(records, "act", "act"), {
        "killing": 1331, "enforced-disappearance": 853 + 108, "torture": 285})
    check("statuses", codes(records, "status", "status"), {
        "dead": 1331 + 8 + 108, "missing": 853 + 108, "unknown": 93})
    check("possible", codes(records, "status", "certainty").get("possible"), 108)
    check("cells", count_cells(rows, table, ["NA"], pinochet_coded), 2398 * 59 - 70240)
    # Places: as many as there are groups with something in them, in order.
    keys = ["location_%d", "place_%d", "latitude_%d", "longitude_%d", "exact_coordinates_%d"]
    late = later_place = 0
    for number, row in enumerate(table, 1):
        groups = [[row[k % i].strip(BLANKS) for k in keys] for i in range(1, 7)]
        full = [g for g in groups if any(c != "NA" for c in g)]
        late += bool(full) and groups[0] not in full
        later_place += groups[0][1] == "NA" and any(g[1] != "NA" for g in groups)
        acts = [b for b in rows[number] if b["type"] == "act" and b["act"] != "torture"]
        for act in acts:
            check("places of row %d" % number, [
                [p.get(k, "NA").strip(BLANKS) for k in ("text", "facility", "lat", "lon")]
                for p in act.get("places", [])], [g[:4] for g in full])
        # Dates that contradict one another are no date.
        a, b = row["start_date_daily"], row["end_date_daily"]
        for act in acts:
            if "NA" not in (a, b):
                check("date of row %d" % number, act.get("date", {}).get("edtf"),
                      None if b < a else a if a == b else a + "/" + b)
    check("rows with a place behind slot 1 only", later_place, 101)
    check("rows with nothing at all in slot 1", late, 46)
    # Each record of a row is of its person, and cites the one report.
    report = [r["id"] for r in records if r["body"]["type"] == "document"]
    person = {r["body"]["imported"]["row"]: r["id"] for r in records
              if r["body"]["type"] == "person"}
    for r in records:
        body = r["body"]
        if body["type"] in ("act", "status"):
            whose = body["victims"] if body["type"] == "act" else [body["person"]]
            check("link", whose, [person[body["imported"]["row"]]])
            check("basis", [c["ref"] for c in body["basis"]], report)


# ---- palestine_press_killed.json ----

def palestine(table, records):
    rows = by_row(records)
    check("rows", len(table), 262)
    check("types", types(records),
          {"person": 262, "testimony": 262, "status": 262, "document": 1})
    # A note that is blank is none, and every other one is a text, word for word.
    blank = sum(not row["notes"].strip(BLANKS) for row in table)
    check("blank notes", blank, 57)
    check("texts", sum("text" in r["body"] for r in records
                       if r["body"]["type"] == "testimony"), 262 - 57)
    longest = max((r["body"].get("text", "") for r in records
                   if r["body"]["type"] == "testimony"), key=len)
    check("longest note", len(longest), 1673)
    cells = count_cells(rows, table, [], lambda *_: False)
    check("cells", cells, 3 * 262 - 57)
    for r in records:
        body = r["body"]
        if body["type"] == "person":
            check("names", [n["script"] for n in body["names"]], ["Arab", "Latn"])
            check("what is known", sorted(set(body) - {"level"}),
                  ["imported", "kind", "names", "occupations", "private_fields", "type"])
            row = table[body["imported"]["row"] - 1]
            check("name of row %d" % body["imported"]["row"],
                  [n["text"] for n in body["names"]], [row["name"], row["name_en"]])
        if body["type"] == "status":
            check("status", [body["status"], "date" in body, "act" in body],
                  ["dead", False, False])


# ---- iran_timeline.yaml ----

def iran(table, records):
    rows = by_row(records)
    both = [r for r in table if r.get("estimated_killed_low") is not None]
    same = sum(r["estimated_killed_low"] == r["estimated_killed_high"] for r in both)
    other = ["arrested", "children_killed", "executed", "child_soldiers_killed", "injured"]
    approx = sum(r.get("estimated_" + k) is not None for r in table for k in other)
    check("events", [len(table), len(both), approx], [20, 19, 10])
    check("types", types(records), {
        "case": 20, "testimony": 20, "document": 1, "count": 19 + approx})
    check("ops", codes(records, "count", "op"),
          {"range": 19 - same, "eq": same, "approx": approx})
    for number, event in enumerate(table, 1):
        case, account = [next(b for b in rows[number] if b["type"] == t)
                         for t in ("case", "testimony")]
        check("title", [case["title"]] + [t["text"] for t in case["translations"]],
              [event["title_en"], event["title_fa"], event["title_de"]])
        check("text", [account["text"], account["translations"][0]["text"]],
              [event["description"], event["description_de"]])
        a, b = event["date_start"], event["date_end"]
        check("date", case["date"]["edtf"], a if b in (None, a) else a + "/" + b)
        check("tags", case["tags"], event["tags"].split("; "))
        ranges = [(b["n"], b.get("n2", b["n"])) for b in rows[number]
                  if b["type"] == "count" and b["op"] != "approx"]
        check("range", ranges, [(event["estimated_killed_low"], event["estimated_killed_high"])]
              if event in both else [])
        for b in rows[number]:
            check("as of", b.get("as_of", {"text": "not stated"}), {"text": "not stated"})
    table = [{k: "" if v is None else str(v) for k, v in row.items()} for row in table]
    count_cells(rows, table, [], lambda column, word, texts:
                column in ("tags", "date_start", "date_end") and
                all(any(w in t for t in texts) for w in word.split("; ")))


def main():
    name, list_, made = sys.argv[1:]
    with open(made, encoding="utf-8") as f:
        records = json.load(f)["records"]
    with open(list_, encoding="utf-8", newline="") as f:
        table = json.load(f) if list_.endswith(".json") else list(csv.DictReader(f))
    {"pinochet": pinochet, "palestine": palestine, "iran": iran}[name](table, records)


main()
