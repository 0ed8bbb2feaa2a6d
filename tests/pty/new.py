#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Writing records at the prompts: new.py PATH-OF-amparo

Of the test build; tests/make_vault and tests/pty/bodies lie beside it.
"""
import json
import os
import re
import select
import signal
import subprocess
import time

from terminal import CTRL, PASTE, PASTE_END, UP, Pty, main

# A line is asked for once this has come; the editor begins with it too.
READY = b"\x1b[?2004h"
PROMPT_END = b"\x1b[?2004l"
TEXT = ("我叫金光鸿。二〇一一年四月，我被不明身份的人带走，关押了大约十天。\n"
        "他们打我，给我注射药物。\n\n“不许说话。”他们说。\n") * 12


class Vault:
    """A vault in a folder, with an agent of its own or without."""

    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        self.tools = os.path.join(os.path.dirname(program), "tests")
        subprocess.run([os.path.join(self.tools, "make_vault"), "--empty",
                        folder], check=True)
        self.passphrase = os.path.join(folder, "pass")
        with open(self.passphrase, "w", encoding="utf-8") as f:
            f.write("dusk")
        os.environ["XDG_RUNTIME_DIR"] = folder

    def argv(self, *args, unlocked=False):
        own = [] if unlocked else ["--passphrase-file", self.passphrase]
        return [self.program, "-v", os.path.join(self.folder, "v"), *own,
                *args]

    def run(self, *args, status=0, unlocked=False):
        done = subprocess.run(self.argv(*args, unlocked=unlocked),
                              capture_output=True, check=False,
                              stdin=subprocess.DEVNULL)
        assert done.returncode == status, done
        return done.stdout.decode().strip()

    def unlock(self, *options):
        done = subprocess.run(
            [self.program, "-v", os.path.join(self.folder, "v"),
             "--passphrase-file", self.passphrase, "unlock", *options],
            capture_output=True, check=False)
        assert done.returncode == 0, done

    def lock(self):
        self.run("lock", unlocked=True)

    def all(self):
        """The records by id, the drafts as a list."""
        done = subprocess.run(
            [os.path.join(self.tools, "pty", "bodies"), self.folder],
            capture_output=True, check=True)
        records, drafts = {}, []
        for line in done.stdout.decode().splitlines():
            kind, name, rest = line.split(" ", 2)
            if kind == "record":
                heads, body = rest.split(" ", 1)
                records[name] = json.loads(body)
                records[name]["heads"] = int(heads)
            else:
                drafts.append(json.loads(rest))
        return records, drafts


class Form:
    """The prompts of new and edit, answered one after another."""

    def __init__(self, vault, *args, unlocked=False):
        self.pty = Pty(vault.argv(*args, unlocked=unlocked), rows=40)
        self.mark = 0

    def asked(self, label, seconds=10):
        """Wait until a prompt that holds label stands there."""
        self.pty.wait_until(
            lambda: label.encode() in self.pty.output[self.mark:] and
            self.is_ready(), seconds)
        return self

    def is_ready(self):
        on = self.pty.output.rfind(READY)
        return on >= self.mark and on > self.pty.output.rfind(PROMPT_END)

    def answer(self, label, text=""):
        self.asked(label)
        self.mark = len(self.pty.output)
        self.pty.send(text.encode() + b"\r")
        return self

    def write(self, text, end=CTRL["S"]):
        """In the editor."""
        self.pty.wait_until(lambda: b"Ctrl-S" in self.pty.output[self.mark:])
        self.pty.send(PASTE + text.encode() + PASTE_END)
        self.pty.drain(0.2)
        self.mark = len(self.pty.output)
        self.pty.send(end)
        return self

    def sees(self, text):
        self.pty.wait_until(
            lambda: text.encode() in self.pty.output[self.mark:])
        return self

    def key(self, keys):
        self.mark = len(self.pty.output)
        self.pty.send(keys)
        return self

    def end(self, status=0):
        got = self.pty.end()
        assert got == status, "exit status %d: %r" % (
            got, bytes(self.pty.output[-400:]))
        return bytes(self.pty.output)


def bare(body, *extra):
    """Without what the program fills in."""
    return {k: v for k, v in body.items()
            if k not in ("heads", "level", "type", *extra)}


def same(got, want):
    assert got == want, "got %r" % (got,)


def only(records):
    assert len(records) == 1, records
    return next(iter(records.values()))


def a_first_testimony_in_chinese(program, folder):
    vault = Vault(program, folder)
    begin = time.monotonic()
    form = Form(vault, "new", "testimony")
    form.answer("Medium", "2")
    form.answer("Source", "金光鸿")
    form.answer("Date", "[..2011-04-26]（四月）")
    form.write(TEXT)
    form.answer("About 1")
    form.answer("Recorded by", "m")
    form.sees("Recorded by: m").answer("s save")
    out = form.end().decode()
    took = time.monotonic() - begin
    records, drafts = vault.all()
    same(bare(only(records)), {
        "medium": "victim-testimony", "source": {"text": "金光鸿"},
        "date": {"edtf": "[..2011-04-26]", "text": "四月"},
        "text": TEXT, "recorded_by": "m"})
    same(drafts, [])
    assert next(iter(records)) in out
    assert "testimony" in out
    return "%.1f s" % took


def a_person_with_three_names(program, folder):
    vault = Vault(program, folder)
    form = Form(vault, "new", "person")
    form.answer("Kind [an individual]")
    form.answer("Names 1", "腾彪")
    form.answer("Script", "Hans")
    form.answer("Kind of name", "legal")
    form.answer("Names 2", "Teng Biao")
    form.answer("Script", "latn")
    form.answer("Kind of name", "romanised")
    form.answer("Names 3", "滕彪")
    form.answer("Script")
    form.answer("Kind of name", "missp")
    form.answer("Names 4")
    form.answer("Sex", "male")
    form.answer("Occupations 1", "律师")
    form.answer("Occupations 2").answer("Recorded by")
    form.answer("s save", "m")
    form.answer("Pseudonym", "Lawyer T.")
    form.answer("Under age?", "!")
    form.end()
    records, _ = vault.all()
    same(bare(only(records)), {
        "kind": "individual", "sex": "m", "names": [
            {"text": "腾彪", "script": "Hans", "kind": "legal"},
            {"text": "Teng Biao", "script": "Latn", "kind": "romanised"},
            {"text": "滕彪", "kind": "misspelling"}],
        "occupations": ["律师"], "pseudonym": "Lawyer T."})


def add(vault, *sets, type_="person"):
    args = [a for s in sets for a in ("--set", s)]
    return vault.run("new", type_, *args, "--yes")


def an_edit_keeps_what_is_not_changed(program, folder):
    vault = Vault(program, folder)
    ident = add(vault, "names[0]=Teng Biao", "names[1]=腾彪",
                "names[1].script=hans", "sex=m", "x_own=1",
                "description=" + "long " * 500)
    form = Form(vault, "edit", "Teng Biao")
    form.answer("Kind [an individual]")
    form.answer("Names 1 [Teng Biao]", "-")
    form.answer("Names 1 [腾彪]", "滕彪")
    form.answer("Script [Hans]", "<")
    form.asked("Names 1 [滕彪]").key(UP).sees("滕彪")
    form.pty.send(b"\x7f\r")
    form.mark = len(form.pty.output)
    form.answer("Script [Hans]")
    form.answer("Kind of name")
    form.answer("Names 2")
    form.answer("Sex [male]", "-")
    form.answer("Occupations 1", "lawyer")
    form.answer("Occupations 2")
    form.answer("Recorded by")
    form.answer("s save", "<")
    form.answer("Kind [an individual]")
    form.answer("Names 1 [滕]", "more")
    form.answer("Names 1 [滕]", "<")
    form.answer("Kind [an individual]", "more")
    form.answer("Kind [an individual]")
    form.answer("Names 1 [滕]").answer("Script").answer("Kind of name")
    form.answer("Names 2").answer("Sex").answer("Occupations 1")
    form.answer("Occupations 2").answer("Recorded by")
    form.answer("Pseudonym", "?").sees("may be public")
    form.answer("Pseudonym", "!")
    out = form.end().decode()
    records, drafts = vault.all()
    same(bare(records[ident]), {
        "kind": "individual", "names": [{"text": "滕", "script": "Hans"}],
        "occupations": ["lawyer"], "x_own": "1",
        "description": "long " * 500})
    same(records[ident]["heads"], 1)
    same(drafts, [])
    assert ident in out


def kill(form):
    os.kill(form.pty.pid, signal.SIGKILL)
    os.waitpid(form.pty.pid, 0)
    os.close(form.pty.fd)


def a_draft_survives_kill_9(program, folder):
    vault = Vault(program, folder)
    vault.unlock()
    form = Form(vault, "new", "testimony", unlocked=True)
    form.answer("Medium", "letter")
    form.answer("Source", "金光鸿")
    form.asked("Date")
    # A line that is being typed, for longer than ten seconds.
    begin = time.monotonic()
    typed = []
    while time.monotonic() - begin < 11.5:
        form.pty.send(b"x")
        typed.append(time.monotonic())
        form.pty.drain(0.1)
    kill(form)
    end = time.monotonic()
    _, drafts = vault.all()
    draft = only(dict(enumerate(drafts)))
    same(draft["medium"], "letter")
    same(draft["source"], {"text": "金光鸿"})
    kept = draft["date"]["text"]
    # Of what was typed no more than the last ten seconds may be lost.
    assert len(kept) == len(typed) or end - typed[len(kept)] < 10, (
        len(kept), len(typed))

    vault.lock()
    vault.unlock()
    form = Form(vault, "new", "testimony", unlocked=True)
    form.answer("A draft of ")
    form.answer("Medium [letter]")
    form.answer("Source [金光鸿]")
    form.answer("Date [xxx", "2011-04-26")
    form.write(TEXT[:50])
    form.answer("About 1", "!")
    form.end()
    records, drafts = vault.all()
    same(drafts, [])
    same(bare(only(records)), {
        "medium": "letter", "source": {"text": "金光鸿"},
        "date": {"edtf": "2011-04-26"}, "text": TEXT[:50]})
    vault.lock()


def a_text_survives_kill_9(program, folder):
    vault = Vault(program, folder)
    form = Form(vault, "new", "testimony")
    form.answer("Medium", "letter")
    form.answer("Source")
    form.answer("Date")
    form.pty.wait_until(lambda: b"Ctrl-S" in form.pty.output[form.mark:])
    form.pty.send(PASTE + TEXT.encode() + PASTE_END)
    begin = time.monotonic()
    while time.monotonic() - begin < 10.7:
        form.pty.drain(0.1)
        time.sleep(0.1)
    kill(form)
    _, drafts = vault.all()
    same(drafts[0]["text"], TEXT)
    # Another draft of the same type, and one that is dropped.
    form = Form(vault, "new", "testimony")
    form.answer("A draft of ", "n")
    form.answer("Medium", "press")
    form.asked("Source").key(CTRL["C"])
    form.answer("Keep it as a draft")
    form.end(1)
    same(sorted(d["medium"] for d in vault.all()[1]), ["letter", "press"])
    form = Form(vault, "new", "testimony")
    form.answer("A draft of ", "d")
    form.answer("A draft of ", "d")
    form.asked("Medium").key(CTRL["C"])
    form.end(1)
    same(vault.all(), ({}, []))


def goes_back_explains_and_empties(program, folder):
    vault = Vault(program, folder)
    form = Form(vault, "new", "testimony")
    form.answer("Medium", "？").sees("Type a number of the list")
    form.answer("Medium", "zzz").sees("in no entry of the list")
    form.answer("Medium", "testimony of a").sees("witness-testimony")
    form.answer("Medium", "victim")
    form.answer("Source", "somebody")
    form.answer("Date", "<")
    form.answer("Source [somebody]", "＜")
    form.answer("Medium [testimony of a victim]", "-")
    form.answer("Source [somebody]", "\\-")
    form.answer("Date", "mid-February").sees("Kept as words")
    form.write("x", CTRL["Q"])
    form.pty.send(b"y")
    form.answer("About 1", "<")
    # Nothing was kept of the text: the editor opens again.
    form.write("short")
    form.answer("About 1", "<")
    form.answer("Text [short]", "a line").sees("There is a text here")
    form.answer("Text [short]", "-")
    form.answer("About 1", "more")
    form.answer("About 1")
    form.answer("Recorded by")
    form.answer("Relayed by 1", "CHRD")
    form.answer("Relayed by 2")
    form.answer("Connection", "1")
    form.answer("Received", "2011-04-26")
    form.answer("Place", "Beijing")
    form.answer("Country", "chin").sees("China")
    form.answer("Interviewer", "!")
    form.end()
    same(bare(only(vault.all()[0])), {
        "source": {"text": "-"}, "date": {"text": "mid-February"},
        "relayed_by": [{"text": "CHRD"}], "connection": "victim",
        "received": {"edtf": "2011-04-26"},
        "place": {"text": "Beijing", "country": "CN"}})


def words_for_a_date_are_read_and_asked_about(program, folder):
    vault = Vault(program, folder)
    form = Form(vault, "new", "testimony")
    form.answer("Medium", "letter")
    form.answer("Source", "somebody")
    form.answer("Date", "before 5 May 1980")
    form.sees("Understood as [..1980-05-04]: not after 1980-05-04")
    # It is asked for again; then no is no, and so is nothing.
    form.answer("Is that right", "<")
    form.answer("Date [before 5 May 1980]", "early May 1980")
    form.sees("from 1980-05-01 to 1980-05-10")
    form.answer("Is that right", "").sees("Kept as words")
    form.write("x", CTRL["Q"])
    form.pty.send(b"y")
    form.answer("About 1", "<")
    form.write("short")
    form.answer("About 1", "!")
    form.end()
    records, _ = vault.all()
    (name, body), = records.items()
    same(bare(body)["date"], {"text": "early May 1980"})
    assert "early May 1980 (not understood as a date)" in vault.run(
        "show", name)
    def edit(asked, words, *more):
        form = Form(vault, "edit", name)
        form.answer("Medium [letter]").answer("Source [somebody]")
        form.answer(asked, words)
        for label, answer in more:
            form.answer(label, answer)
        form.answer("Text [short]", "!")
        form.end()

    reading = "Understood as 2011-02-15~/..: not before 2011-02-15"
    # An answer is a whole word, as everywhere.
    edit("Date [early May 1980]", "since mid-February 2011",
         (reading, "yesterday"))
    same(bare(only(vault.all()[0]))["date"],
         {"text": "since mid-February 2011"})
    edit("Date [since mid-February 2011]", "since mid-February 2011",
         (reading, "yes"))
    same(bare(only(vault.all()[0]))["date"],
         {"edtf": "2011-02-15~/..", "text": "since mid-February 2011"})
    assert "not understood" not in vault.run("show", name)
    # A number of which the order would count is nothing to be asked about.
    edit("Date [2011-02-15~", "3/5/1980")
    same(bare(only(vault.all()[0]))["date"], {"text": "3/5/1980"})
    form = Form(vault, "new", "act")
    form.answer("Act", "torture").answer("Victims 1").answer("Cases 1", "more")
    form.answer("Cases 1").answer("Date").answer("Places 1")
    form.write("", CTRL["Q"])
    form.answer("Perpetrators 1").answer("Basis 1").answer("Certainty", "likely")
    for block in ("Detention", "Torture", "Death"):
        form.answer(block + ":")
    form.answer("Recorded by").asked(":")
    while b"Duration" not in form.pty.output[form.mark:]:
        form.answer(":").asked(":")
    form.answer("Duration", "two weeks or more")
    form.answer("Understood as at least P2W", "y").asked("Methods 1")
    form.answer("Methods 1", "!")
    form.end()
    same([r["duration"] for r in vault.all()[0].values() if "duration" in r],
         [{"min": "P2W", "text": "two weeks or more"}])


def errors_lead_back_to_their_field(program, folder):
    vault = Vault(program, folder)
    who = add(vault, "names[0]=Li Tiantian")
    form = Form(vault, "new", "status")
    form.answer("Person", "!")
    form.sees("person is missing")
    form.answer("Person", "Li Tiantian")
    form.answer("Is it Li Tiantian")
    form.answer("s save")
    form.sees("status is missing")
    form.answer("Status", "missing")
    form.answer("s save")
    form.end()
    records, _ = vault.all()
    del records[who]
    same(bare(only(records)), {"person": who, "status": "missing"})


def a_name_that_is_here_is_shown_first(program, folder):
    vault = Vault(program, folder)
    one = add(vault, "names[0]=Jin Guanghong", "pseudonym=Lawyer J.",
              "occupations=lawyer")
    form = Form(vault, "new", "person")
    form.answer("Kind")
    form.answer("Names 1", "JIN Guanghong")
    form.sees("is here already").sees("Lawyer J., lawyer, " + one[:8])
    form.answer("Enter: it is another person", "1")
    form.answer("Kind [an individual]")
    form.answer("Names 1 [Jin Guanghong]", "!")
    form.end()
    records, drafts = vault.all()
    same(list(records), [one])
    same(drafts, [])
    # And a second person of that name; then both are candidates.
    form = Form(vault, "new", "person")
    form.answer("Kind")
    form.answer("Names 1", "Jin Guanghong")
    form.answer("Enter: it is another person")
    form.answer("Script", "!")
    form.end()
    records, _ = vault.all()
    same(len(records), 2)
    form = Form(vault, "new", "testimony")
    form.answer("Medium")
    form.answer("Source", "Jin Guanghong")
    form.sees(one[:8])
    form.asked("keep the words")
    shown = bytes(form.pty.output[form.mark:]).decode()
    number = re.search(r"(\d)  Jin Guanghong[^\r]*" + one[:8], shown)[1]
    form.answer("keep the words", number)
    form.answer("Date", "!")
    form.end()
    records, _ = vault.all()
    same([r["source"] for r in records.values() if "source" in r],
         [{"ref": one}])


def a_name_that_is_not_here_can_be_made(program, folder):
    vault = Vault(program, folder)
    form = Form(vault, "new", "status")
    form.answer("Person", "李天天")
    form.answer("Make a record for a person", "y")
    form.answer("Status", "missing")
    form.answer("Date", "!")
    form.end()
    records, _ = vault.all()
    person = [i for i, r in records.items() if r["type"] == "person"][0]
    same(records[person]["names"], [{"text": "李天天"}])
    same([r["person"] for r in records.values() if "person" in r], [person])


def ctrl_c_asks_about_the_draft(program, folder):
    vault = Vault(program, folder)
    form = Form(vault, "new", "person")
    form.asked("Kind").key(CTRL["C"])
    form.end(1)
    same(vault.all(), ({}, []))
    form = Form(vault, "new", "person")
    form.answer("Kind")
    form.answer("Names 1", "A")
    form.asked("Script").key(CTRL["C"])
    form.answer("Keep it as a draft", "n")
    form.end(1)
    same(vault.all(), ({}, []))
    form = Form(vault, "new", "person")
    form.answer("Kind")
    form.answer("Names 1", "A")
    form.asked("Script").key(CTRL["C"])
    form.answer("Keep it as a draft")
    form.end(1)
    same(vault.all()[1][0]["names"], [{"text": "A"}])
    # Ctrl-C once more, or any other word, is no answer that drops it.
    for answer in (CTRL["C"], "是\r".encode()):
        form = Form(vault, "new", "person")
        form.answer("A draft of ")
        form.asked("Kind").key(CTRL["C"])
        form.asked("Keep it as a draft").key(answer)
        form.end(1)
        same(vault.all()[1][0]["names"], [{"text": "A"}])
    # The answer q at the end is the same.
    form = Form(vault, "new", "person")
    form.answer("A draft of ")
    form.answer("Kind").answer("Names 1 [A]").answer("Script")
    form.answer("Kind of name").answer("Names 2").answer("Sex")
    form.answer("Occupations 1").answer("Recorded by")
    form.answer("s save", "q")
    form.end(1)
    same(len(vault.all()[1]), 1)


def a_closed_terminal_leaves_a_draft(program, folder):
    vault = Vault(program, folder)
    form = Form(vault, "new", "person")
    form.answer("Kind")
    form.answer("Names 1", "A")
    form.asked("Script")
    os.close(form.pty.fd)
    end = time.monotonic() + 5
    while not os.waitpid(form.pty.pid, os.WNOHANG)[0]:
        assert time.monotonic() < end
        time.sleep(0.02)
    records, drafts = vault.all()
    same(records, {})
    same(drafts[0]["names"], [{"text": "A"}])


def told_to_end_it_leaves_a_draft(program, folder):
    vault = Vault(program, folder)
    form = Form(vault, "new", "person")
    form.answer("Kind")
    form.answer("Names 1", "A")
    form.asked("Script")
    os.kill(form.pty.pid, signal.SIGTERM)
    form.end(1)
    records, drafts = vault.all()
    same(records, {})
    same(drafts[0]["names"], [{"text": "A"}])


def a_draft_of_an_edit_never_overwrites(program, folder):
    vault = Vault(program, folder)
    ident = add(vault, "title=Jasmine", "summary=one", type_="case")
    form = Form(vault, "edit", ident)
    form.answer("Title [Jasmine]", "Mine")
    form.asked("Summary [one]").key(CTRL["C"])
    form.answer("Keep it as a draft")
    form.end(1)
    # Perhaps in the same second: what was followed tells, and no clock.
    vault.run("edit", ident, "--set", "title=Yours", "--yes")
    form = Form(vault, "edit", ident)
    form.answer("A draft of ").sees("saving keeps both")
    form.answer("Title [Mine]", "!")
    form.end()
    same(vault.all()[0][ident]["heads"], 2)
    # Two versions disagree: a person must decide first.
    vault.run("edit", ident, "--set", "title=Ours", "--yes", status=16)


def locks(vault, form):
    """Lock, and return how long the program lived on."""
    lock = subprocess.Popen(vault.argv("lock", unlocked=True),
                            stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)
    begin = time.monotonic()
    while True:
        if select.select([form.pty.fd], [], [], 0.001)[0]:
            form.pty._read()
        pid, status = os.waitpid(form.pty.pid, os.WNOHANG)
        if pid:
            break
        assert time.monotonic() - begin < 5
    took = time.monotonic() - begin
    lock.wait()
    same(os.waitstatus_to_exitcode(status), 11)
    return took


def lock_ends_it_at_once(program, folder):
    vault = Vault(program, folder)
    took = []
    for where in ("prompt", "editor"):
        vault.unlock()
        form = Form(vault, "new", "testimony", unlocked=True)
        if where == "editor":
            form.answer("A draft of ", "n")
        before = form.pty.modes() if where == "prompt" else before
        form.answer("Medium", "letter")
        form.answer("Source", "SECRETNAME")
        form.asked("Date")
        if where == "editor":
            form.answer("Date")
            form.pty.wait_until(
                lambda: b"Ctrl-S" in form.pty.output[form.mark:])
            form.pty.send(b"SECRETTEXT")
            form.pty.drain(0.2)
        took.append(locks(vault, form))
        assert took[-1] < 0.1, "%s: %.3f s" % (where, took[-1])
        tail = bytes(form.pty.output[-400:])
        assert b"\x1b[3J" in tail, tail
        os.close(form.pty.fd)
    return "%.0f and %.0f ms" % tuple(1000 * t for t in took)


def typing_keeps_it_unlocked(program, folder):
    vault = Vault(program, folder)
    vault.unlock("--for", "3s")
    form = Form(vault, "new", "testimony", unlocked=True)
    form.answer("Medium").asked("Source")
    begin = time.monotonic()
    while time.monotonic() - begin < 5:
        form.pty.send(b"x")
        form.pty.drain(0.2)
    form.pty.send(b"\r")
    form.mark = len(form.pty.output)
    form.asked("Date")
    form.end(11)


def scripts_write_without_questions(program, folder):
    vault = Vault(program, folder)
    one = add(vault, "names[0]=A", "names[1].text=B", "names[1].primary=yes")
    two = add(vault, "names[0]=A")
    vault.run("new", "status", "--set", "person=A", "--set", "status=held",
              "--yes", status=15)
    got = json.loads(vault.run(
        "--json", "new", "status", "--set", "person=" + two[:8], "--set",
        "status=missing", "--set", "date=2011 (last year)", "--set",
        "authority=@B", "--yes"))
    records, drafts = vault.all()
    same(bare(records[got["id"]]), {
        "person": two, "status": "missing", "authority": {"ref": one},
        "date": {"edtf": "2011", "text": "last year"}})
    same(drafts, [])
    same({i["code"] for i in got["issues"]}, {"should"})
    same(got["type"], "status")
    vault.run("edit", two, "--set", "names[1]=C", "--set", "names[0]=",
              "--yes")
    same(bare(vault.all()[0][two], "kind"), {"names": [{"text": "C"}]})
    for bad in ("sex=woman", "nmaes=A", "sex", "names[3]=A", "level=4",
                "type=case", "born.edtf=May"):
        vault.run("new", "person", "--set", bad, "--yes", status=2)
    vault.run("new", "persn", status=2)
    vault.run("edit", "nobody", "--set", "sex=m", "--yes", status=15)
    refused = json.loads(vault.run("--json", "new", "status", "--set",
                                   "status=held", "--yes", status=2))
    same([(i["code"], i["path"]) for i in refused["issues"]
          if i["severity"] == "error"], [("missing", "person")])
    # There is no terminal to ask on.
    done = subprocess.run(vault.argv("new", "person"), stdin=subprocess.DEVNULL,
                          capture_output=True, check=False,
                          start_new_session=True)
    same(done.returncode, 2)


def each_of_the_nine_types(program, folder):
    vault = Vault(program, folder)
    want = {}

    def wrote(form, type_, **body):
        form.end()
        want[type_] = body
        records, _ = vault.all()
        got = [(i, r) for i, r in records.items() if r["type"] == type_]
        same(bare(got[-1][1]), body)
        return got[-1][0]

    form = Form(vault, "new", "case")
    form.answer("Title", "茉莉花")
    form.write("二月以来")
    form.answer("Date", "2011-02-15~/..")
    form.answer("Countries 1", "CN").answer("Countries 2", "!")
    case = wrote(form, "case", title="茉莉花", summary="二月以来",
                 date={"edtf": "2011-02-15~/.."}, countries=["CN"])

    form = Form(vault, "new", "person")
    form.answer("Kind")
    form.answer("Names 1", "أحمد الأحمد").answer("Script", "!")
    person = wrote(form, "person", kind="individual",
                   names=[{"text": "أحمد الأحمد"}])

    form = Form(vault, "new", "testimony")
    form.answer("Medium", "press-release")
    form.answer("Source", "CHRD").answer("Date", "2011-04-26")
    form.write("He was taken.").answer("About 1", "احمد الاحمد")
    form.answer("Is it", "y").answer("About 2", "茉莉花")
    form.answer("Is it").answer("About 3", "!")
    testimony = wrote(form, "testimony", medium="press-release",
                      source={"text": "CHRD"}, date={"edtf": "2011-04-26"},
                      text="He was taken.", about=[person, case])

    form = Form(vault, "new", "document")
    form.answer("Web address", "https://nchrd.org")
    form.answer("Collected on", "2011-04-27").answer("Collected by", "m")
    form.answer("Original name").answer("Recorded by", "m")
    form.answer("s save")
    wrote(form, "document", url="https://nchrd.org", recorded_by="m",
          collected_at={"edtf": "2011-04-27"}, collected_by="m")

    form = Form(vault, "new", "act")
    form.answer("Act", "torture").answer("Victims 1", "أحمد الأحمد")
    form.answer("Is it").answer("Victims 2").answer("Cases 1", "茉莉花")
    form.answer("Is it").answer("Cases 2")
    form.answer("Date", "[..2011-04-26]").answer("Places 1", "北京")
    form.answer("Country", "cn").answer("Places 2")
    form.write("打").answer("Perpetrators 1", "unknown")
    form.answer("Kind").answer("Role", "suspected").answer("Unit", "第一队")
    form.answer("Perpetrators 2")
    # By words of its title: nobody knows an id by heart.
    form.answer("Basis 1", "chrd").answer("The number", "1")
    form.answer("Where in it", "p. 1").answer("Basis 2")
    form.answer("Certainty", "likely").answer("Detention:")
    form.answer("Torture:", "y").sees("Injuries")
    form.answer("Injuries", "burns").answer("Was a statement signed?", "!")
    act = wrote(form, "act", act="torture", victims=[person], cases=[case],
                date={"edtf": "[..2011-04-26]"}, description="打",
                places=[{"text": "北京", "country": "CN"}],
                perpetrators=[{"who": {"text": "unknown"}, "unit": "第一队",
                               "role": "suspected"}],
                basis=[{"ref": testimony, "locator": "p. 1"}],
                certainty="likely", torture={"injuries": "burns"})

    form = Form(vault, "new", "consent")
    form.answer("Person", "أحمد الأحمد").answer("Is it")
    form.answer("What is allowed 1", "un").answer("What is allowed 2")
    form.answer("How they may be named", "initials").answer("Date", "2011")
    form.answer("Given by", "self").answer("How it was given", "!")
    consent = wrote(form, "consent", person=person, scopes=["un"],
                    naming="initials", date={"edtf": "2011"},
                    given_by="self")

    form = Form(vault, "new", "status")
    form.answer("Person", "أحمد الأحمد").answer("Is it")
    form.answer("Status", "sentenced").answer("Date", "2012")
    form.answer("Last seen").answer("Place")
    form.answer("Sentence", "P3Y (three years)")
    form.answer("Kind of sentence", "prison").answer("Basis 1", "!")
    wrote(form, "status", person=person, status="sentenced",
          date={"edtf": "2012"},
          sentence={"length": {"iso": "P3Y", "text": "three years"},
                    "kind": "prison"})
    # The act, by what it is and to whom it was done.
    form = Form(vault, "new", "status", "--set", "person=" + person,
                "--set", "status=held")
    form.answer("Person", "more").answer("Person").answer("Status")
    form.answer("Date").answer("Last seen").answer("Place")
    form.answer("Sentence").answer("Basis 1").answer("Certainty")
    form.answer("Recorded by").answer("Until").answer("Authority")
    form.answer("Act", "torture احمد الاحمد").sees("[..2011-04-26], 北京, " +
                                                     act[:8])
    form.answer("The number", "1").answer("Case", "!")
    form.end()
    same([r["act"] for r in vault.all()[0].values() if "act" in r and
          r["type"] == "status"], [act])

    form = Form(vault, "new", "intervention")
    form.answer("Kind", "request").answer("Mechanism")
    form.answer("Date", "2011-05").answer("Persons 1", "أحمد الأحمد")
    form.answer("Is it").answer("Persons 2")
    form.answer("Request", "Release him").answer("Responses 1:", "y")
    form.answer("Date").answer("From", "US").answer("Response", "pledged")
    form.answer("In their words").answer("Document")
    form.answer("Responses 2").answer("Recorded by", "more")
    form.answer("Recorded by").answer("Deadline").answer("Place")
    form.answer("By").answer("To 1").answer("Cases 1")
    form.answer("Consents used 1", "أحمد الأحمد").answer("The number", "1")
    form.answer("Consents used 2", "!")
    wrote(form, "intervention", kind="request", date={"edtf": "2011-05"},
          persons=[person], request="Release him", consents_used=[consent],
          responses=[{"from": {"text": "US"}, "code": "pledged"}])

    form = Form(vault, "new", "count")
    form.answer("What is counted", "missing").answer("As of", "2011-04-26")
    form.answer("How exact", "min").answer("Number", "17")
    form.answer("Case", "茉莉花").answer("Is it").answer("Ever, or now", "!")
    count = wrote(form, "count", what="missing", op="min", n=17, case=case,
                  as_of={"edtf": "2011-04-26"}, unit="persons")
    form = Form(vault, "new", "count", "--set", "what=a", "--set",
                "as_of=2011", "--set", "op=eq", "--set", "n=6")
    form.answer("What", "more").answer("What").answer("As of")
    form.answer("How exact").answer("Number").answer("Case")
    form.answer("Ever").answer("Situations 1").answer("Published in 1")
    form.answer("Members 1").answer("Recorded by").answer("Unit")
    form.answer("Since").answer("Known on").answer("Certain at least")
    form.answer("Definition").answer("Part of", "missing min")
    form.answer("The number", "1").answer("Corrects", "!")
    form.end()
    same([r["subset_of"] for r in vault.all()[0].values()
          if "subset_of" in r], [count])


def nested_blocks_are_edited_again(program, folder):
    vault = Vault(program, folder)
    ident = add(vault, "act=arbitrary-detention", "detention.warrant=n",
                "detention.facilities[0].text=A",
                "detention.facilities[0].from=2011-02",
                "detention.facilities[1].text=B",
                "torture.doctor.kind=prison",
                "perpetrators[0].who=X", "perpetrators[1].who=Y",
                type_="act")
    form = Form(vault, "edit", ident)
    form.answer("Act").answer("Victims 1").answer("Cases 1").answer("Date")
    form.answer("Places 1").write("x", CTRL["Q"])
    form.pty.send(b"y")
    form.answer("Perpetrators 1 [X]", "-").answer("Perpetrators 1 [Y]", "Z")
    form.answer("Kind").answer("Role").answer("Unit").answer("Perpetrators 2")
    form.answer("Basis 1").answer("Certainty")
    form.answer("Detention [no]", "what").sees("one by one")
    form.answer("Detention [no]", "y").answer("Was a warrant", "<")
    form.answer("Detention [no]", "y").answer("Was a warrant", "-")
    form.answer("Who issued").answer("Law applied").answer("Charges 1")
    form.answer("Force")
    form.answer("Places of detention 1 [A]", "-")
    form.answer("Places of detention 1 [B]").answer("Country")
    form.answer("From", "2011-03").answer("To").answer(
        "Places of detention 2", "昌平")
    form.answer("Country").answer("From").answer("To")
    form.answer("Places of detention 3", "<").answer(
        "Places of detention 2 [昌平]", "<")
    form.answer("Places of detention 1 [B]").answer("Country").answer("From")
    form.answer("To").answer("Places of detention 2 [昌平]").answer("Country")
    form.answer("From").answer("To").answer("Places of detention 3")
    form.answer("Who ordered").answer("Is it acknowledged?")
    form.answer("Was the family").answer("May the family")
    form.answer("Access of a lawyer").answer("Court")
    # Two remedies; the only member of the first goes, and it with that.
    form.answer("Remedies tried 1:", "y").answer("Date", "2011-05")
    form.answer("By").answer("Authority").answer("Action").answer("Result")
    form.answer("Remedies tried 2", "y").answer("Date").answer("By")
    form.answer("Authority", "a court").answer("Action").answer("Result")
    form.answer("Remedies tried 3", "<")
    form.answer("Remedies tried 2 [a court]", "<")
    form.answer("Remedies tried 1 [2011-05]", "y").answer("Date", "-")
    form.answer("Remedies tried 1 [a court]").answer("Remedies tried 2")
    form.answer("Why it is arbitrary")
    form.answer("Torture [...]", "y").answer("Injuries")
    form.answer("Was a statement").answer("Examination by a doctor [", "y")
    form.answer("When").answer("Kind of doctor").answer("Date", "2011-06")
    form.answer("Could torture", "!")
    form.end()
    got = vault.all()[0][ident]
    same(got["perpetrators"], [{"who": {"text": "Z"}}])
    same(got["detention"], {
        "facilities": [{"text": "B", "from": {"edtf": "2011-03"}},
                       {"text": "昌平"}],
        "remedies": [{"authority": "a court"}]})
    same(got["torture"], {"doctor": {"kind": "prison",
                                     "date": {"edtf": "2011-06"}}})
    form = Form(vault, "edit", ident)
    form.answer("Act").answer("Victims 1").answer("Cases 1").answer("Date")
    form.answer("Places 1").write("x", CTRL["Q"])
    form.pty.send(b"y")
    form.answer("Perpetrators 1").answer("Kind").answer("Role")
    form.answer("Unit").answer("Perpetrators 2").answer("Basis 1")
    form.answer("Certainty").answer("Detention [B]", "-")
    form.answer("Torture [", "!")
    form.end()
    assert "detention" not in vault.all()[0][ident]


def what_becomes_a_must_is_asked_at_once(program, folder):
    vault = Vault(program, folder)
    person = add(vault, "names[0]=A")
    source = add(vault, "title=nchrd.org", type_="document")
    form = Form(vault, "new", "count")
    form.answer("What is counted", "x").answer("As of", "2011")
    form.answer("How exact", "range").answer("Number", "3")
    form.answer("Up to", "<").answer("Number [3]", "<")
    form.answer("How exact", "eq").answer("Number [3]")
    form.answer("Case", "<").answer("Number [3]", "<")
    form.answer("How exact", "range").answer("Number [3]")
    form.answer("Up to", "5").answer("Case", "!")
    form.end()
    form = Form(vault, "new", "consent", "--set", "person=" + person)
    form.answer("Person").answer("What is allowed 1", "media")
    form.answer("What is allowed 2").answer("How they", "full")
    form.answer("Date").answer("Given by", "none-possible")
    form.answer("How it was given", "inferred-public")
    form.answer("Basis 1", "nchrd.org").answer("Is it").answer("Where in it")
    form.answer("Basis 2").asked("Conditions").key(CTRL["D"])
    form.end()
    form = Form(vault, "new", "person")
    form.answer("Kind", "more").answer("Kind").answer("Names 1")
    form.answer("Sex").answer("Occupations 1").answer("Recorded by", "!")
    form.end()
    records = list(vault.all()[0].values())
    same([(r["n"], r["n2"]) for r in records if r["type"] == "count"],
         [(3, 5)])
    same([r["basis"] for r in records if r["type"] == "consent"],
         [[{"ref": source}]])
    # The level comes before its readers, wherever both are asked.
    form = Form(vault, "edit", "nchrd.org")
    form.answer("Web address", "more").answer("Web address")
    form.answer("Collected on").answer("Collected by")
    form.answer("Original name").answer("Recorded by").answer("Method")
    form.answer("Original date").answer("Author").answer("Licence")
    form.answer("Custody 1").answer("Copy of").answer("Does it show faces?")
    form.answer("Title").answer("Level", "3").answer("Readers 1", "m")
    form.answer("Readers 2", "!")
    form.end()
    same(vault.all()[0][source]["readers"], ["m"])


def facts_written_once_are_not_asked_again(program, folder):
    vault = Vault(program, folder)
    who = add(vault, "names[0]=A")
    ident = add(vault, "person=" + who, "status=missing", "date=2011",
                type_="status")
    form = Form(vault, "edit", ident)
    form.sees(" new status --set supersedes=" + ident[:8])
    form.answer("Title", "His status").answer("Level [2]", "3")
    form.answer("Readers 1", "m").answer("Readers 2")
    form.answer("Audiences 1").answer("Private fields 1")
    form.answer("Language").answer("Translations 1").answer("Notes 1", "n")
    form.answer("Notes 2").answer("Tags 1").answer("Recorded by", "m")
    form.answer("Review").answer("Documents 1").answer("s save")
    form.end()
    same(bare(vault.all()[0][ident]), {
        "person": who, "status": "missing", "date": {"edtf": "2011"},
        "title": "His status", "readers": ["m"], "notes": ["n"],
        "recorded_by": "m"})
    consent = add(vault, "person=" + who, "scopes=un", "naming=full",
                  type_="consent")
    form = Form(vault, "edit", consent)
    form.sees(" new consent --set withdraws=" + consent[:8])
    form.answer("Title", "!").end()


def a_name_like_it_is_shown_before_a_second_is_made(program, folder):
    vault = Vault(program, folder)
    who = add(vault, "names[0]=Teng Biao")
    add(vault, "names[0]=Li Tiantian")
    add(vault, "names[0]=金光鸿", "names[1]=Paul Jinson")
    form = Form(vault, "new", "status")
    # By a part of any name, also of one that no list shows; or nearly.
    for typed in ("Pau", "jin son", "Jinsn"):
        form.answer("Person", typed).sees("one of these").sees("金光鸿")
        form.answer("The number").answer("Make a record", "n")
    form.answer("Person", "Teng").sees("It may be one of these")
    form.answer("The number", "1").answer("Status", "held")
    form.answer("Date", "<").answer("Status [", "<")
    form.answer("Person [Teng Biao]", "Teng Biaoo").sees("one of these")
    form.answer("The number").answer("Make a record", "n")
    form.answer("Person [Teng Biao]", "!")
    form.end()
    same([r["person"] for r in vault.all()[0].values() if "person" in r],
         [who])


def what_is_refused_is_answered_with_what_would_do(program, folder):
    vault = Vault(program, folder)
    form = Form(vault, "new", "person")
    form.answer("Kind", "d").sees("an individual")  # and no "del Estado"
    form.answer("Names 1", "Ana")
    form.answer("  Script", "Latin").sees("Hans, Hant, Latn, Arab")
    form.answer("  Script", "Latn").answer("  Kind of name", "alais")
    form.sees("'alais' is in no entry").sees("7  alias")
    form.answer("  Kind of name", "7").answer("Names 2")
    form.answer("Sex", "more").answer("Sex")
    for label in ("Occupations", "Recorded by", "Pseudonym", "Under age? "):
        form.answer(label)
    form.asked("Pregnant? ")
    assert b"?:" not in form.pty.output
    form.answer("Pregnant? ", "n").answer("Born", "!")
    assert b"?:" not in form.end()
    same(bare(only(vault.all()[0])),
         {"kind": "individual", "pregnant": "n",
          "names": [{"text": "Ana", "script": "Latn", "kind": "alias"}]})


def years_without_a_figure_are_one_line(program, folder):
    vault = Vault(program, folder)
    for day in ("2001-01-05", "2001-03", "2019-12-24"):
        add(vault, "title=x", "date=" + day, type_="case")
    report = vault.argv("report", "type:case", "--by", "type", "--over", "month")
    pty = Pty(report, rows=40)
    assert pty.end() == 0
    shown = bytes(pty.output).decode().splitlines()
    assert [line.split() for line in shown if "2001-" in line or "zeros" in
            line or "2019-" in line] == [
        ["1", "1", "2001-01"], ["0", "0", "2001-02"], ["1", "1", "2001-03"],
        ["...", "224", "rows", "of", "zeros"], ["1", "1", "2019-12"]], shown
    # A program gets all of them.
    assert len(vault.run(*report[5:]).splitlines()) > 228


main([a_first_testimony_in_chinese, a_person_with_three_names,
      an_edit_keeps_what_is_not_changed, goes_back_explains_and_empties,
      words_for_a_date_are_read_and_asked_about,
      errors_lead_back_to_their_field, a_name_that_is_here_is_shown_first,
      a_name_that_is_not_here_can_be_made,
      a_name_like_it_is_shown_before_a_second_is_made,
      each_of_the_nine_types, nested_blocks_are_edited_again,
      what_becomes_a_must_is_asked_at_once,
      what_is_refused_is_answered_with_what_would_do,
      years_without_a_figure_are_one_line,
      facts_written_once_are_not_asked_again, ctrl_c_asks_about_the_draft,
      a_closed_terminal_leaves_a_draft, told_to_end_it_leaves_a_draft,
      a_draft_of_an_edit_never_overwrites,
      lock_ends_it_at_once, typing_keeps_it_unlocked,
      scripts_write_without_questions,
      a_draft_survives_kill_9, a_text_survives_kill_9], [])
