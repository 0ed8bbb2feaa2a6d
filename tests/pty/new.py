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


main([a_first_testimony_in_chinese, a_person_with_three_names,
      an_edit_keeps_what_is_not_changed, goes_back_explains_and_empties,
      errors_lead_back_to_their_field, a_name_that_is_here_is_shown_first,
      a_name_that_is_not_here_can_be_made, ctrl_c_asks_about_the_draft,
      a_closed_terminal_leaves_a_draft, told_to_end_it_leaves_a_draft,
      a_draft_of_an_edit_never_overwrites,
      lock_ends_it_at_once, typing_keeps_it_unlocked,
      scripts_write_without_questions,
      a_draft_survives_kill_9, a_text_survives_kill_9], [])
