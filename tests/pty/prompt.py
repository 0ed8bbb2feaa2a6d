#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""amparo without a command, on a terminal: prompt.py PATH-OF-amparo"""
import json
import os
import signal
import subprocess
import time

from terminal import CTRL, UP, Pty, Tmux, main

PASS = "dusk and dawn"
HAN, ARABIC = "腾彪", "سلام العلي"
PROMPT = b"amparo> "
ALTERNATE_ON, ALTERNATE_OFF = b"\x1b[?1049h", b"\x1b[?1049l"


class Vault:
    """A vault with a few records; commands on it, off the terminal."""

    def __init__(self, program, folder, cases=0):
        self.program, self.path = program, os.path.join(folder, "v")
        self.run_folder = os.path.join(folder, "run")
        os.mkdir(self.run_folder, 0o700)
        os.environ["XDG_RUNTIME_DIR"] = self.run_folder
        os.environ.pop("NO_COLOR", None)
        os.environ.pop("ACCESSIBLE", None)
        self.pass_file = os.path.join(folder, "pass")
        with open(self.pass_file, "w") as f:
            f.write(PASS + "\n")
        self.run("--yes", "init", "--office", "Pty")
        self.add("person", names=[
            {"text": HAN, "script": "Hans", "primary": True},
            {"text": "Teng Biao", "script": "Latn"}])
        self.add("person", names=[{"text": ARABIC, "primary": True},
                                  {"text": "Salam al-Ali"}])
        for i in range(cases):
            self.add("case", title="Case number %d" % i)

    def run(self, *args, **more):
        return subprocess.run(
            [self.program, "-v", self.path, "--passphrase-file",
             self.pass_file, *args], check=True, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, **more).stdout.decode()

    def add(self, kind, **body):
        return self.run("add", kind, input=json.dumps(body).encode()).strip()

    def argv(self, *args):
        return [self.program, "-v", self.path, *args]

    def agents(self):
        folder = os.path.join(self.run_folder, "amparo")
        names = os.listdir(folder) if os.path.isdir(folder) else []
        return [n for n in names if len(n) == 32]


class Session:
    """The prompt, opened by typing the passphrase."""

    def __init__(self, vault):
        self.pty = Pty(vault.argv())
        self.pty.wait_for(b"Passphrase: ")
        self.pty.send(PASS.encode() + b"\r")
        self.pty.wait_for(PROMPT)

    def ask(self, line, answer, seconds=10):
        """Type a line; wait for answer, and then for the prompt."""
        before = len(self.pty.output)
        self.pty.send(line if isinstance(line, bytes)
                      else line.encode() + b"\r")
        want = answer.encode() if isinstance(answer, str) else answer

        def came():
            at = self.pty.output.find(want, before)
            return at >= 0 and PROMPT in self.pty.output[at:]

        self.pty.wait_until(came, seconds)
        return bytes(self.pty.output[before:])


def runs_commands_and_locks_when_it_is_left(program, folder):
    vault = Vault(program, folder)
    for leave in (b"quit\r", b"exit\r", b"lock\r", CTRL["D"]):
        s = Session(vault)
        assert len(vault.agents()) == 1
        s.ask("find 腾彪", "Teng Biao")
        s.ask("show 1", "Pty")
        s.ask("find teng*", HAN)
        s.pty.send(leave)
        assert s.pty.end() == 0, s.pty.status
        out = bytes(s.pty.output)
        assert vault.agents() == [], leave
        # All of it stood on the alternate screen, which was cleared.
        at = out.index(ALTERNATE_ON)
        assert HAN.encode() not in out[:at]
        assert out.rindex(b"\x1b[3J") > out.rindex(ALTERNATE_OFF)
        assert out.rindex(ALTERNATE_OFF) > out.rindex(HAN.encode())


def keeps_names_out_of_the_list_of_processes(program, folder):
    s = Session(Vault(program, folder))
    s.pty.send("find\r".encode())
    s.pty.wait_for(b"Find: ")
    seen = subprocess.run(["ps", "-eo", "args"], stdout=subprocess.PIPE,
                          check=True).stdout
    assert HAN.encode() not in seen
    s.ask(HAN, "Teng Biao")
    s.pty.send(CTRL["D"])
    assert s.pty.end() == 0


def completes_commands_and_names(program, folder):
    vault = Vault(program, folder)
    s = Session(vault)
    s.ask(b"hist\tteng\t\r", "now")
    s.ask(b"show salam\t\r", "Salam al-Ali")
    s.ask(b"add cas\t\r", "cannot be typed here")
    # Nothing there begins so: it stays as it is.
    s.ask(b"show zzzz\t\r", "no such record")
    s.ask(UP + UP + b"\r", "cannot be typed here")
    # Where a code or a command stands, that is offered.
    s.ask(b"vocab sex\t\r", "female")
    s.ask(b"count mis\t\r", "At least 0 persons")
    s.ask(b"help reind\t\r", "make the index again")
    s.pty.send(CTRL["D"])
    assert s.pty.end() == 0


def splits_words_as_people_type_them(program, folder):
    s = Session(Vault(program, folder))
    s.ask("show 'Teng Biao'", "Latn")
    s.ask('show "teng biao"', "Latn")
    s.ask("show Teng\\ Biao", "Latn")
    s.ask('find "teng biao" AND 腾彪', HAN)
    s.ask("find O'Brien", "nothing found")
    s.ask('find --like "Teng Bao"', HAN)
    s.ask('show "teng', "quote")
    s.ask("   ", PROMPT)
    out = s.ask("nonsense words", "there is no such command")
    assert b"nonsense" not in out[out.index(b"there is no"):], out
    s.ask('amparo find "teng biao" AND 腾彪', HAN)
    s.ask("amparo list --limit 1", ARABIC)
    s.ask("lsit", "did you mean 'list'?")
    out = s.ask("unlokc", "there is no such command")
    assert b"did you mean" not in out, out
    s.ask("init", "cannot be used here")
    s.ask("restore x", "cannot be used here")
    s.pty.send(CTRL["D"])
    assert s.pty.end() == 0


def says_that_it_was_unlocked_already(program, folder):
    vault = Vault(program, folder)
    s = Session(vault)
    assert b"unlocked already" not in s.pty.output
    s.pty.send(CTRL["D"])
    assert s.pty.end() == 0
    vault.run("unlock")
    pty = Pty(vault.argv())
    pty.wait_for(PROMPT)
    assert b"it was unlocked already" in pty.output
    assert pty.output.index(b"unlocked already") < pty.output.index(PROMPT)
    pty.send(CTRL["D"])
    assert pty.end() == 0


def ends_with_the_window(program, folder):
    vault = Vault(program, folder, cases=40)
    for last in (b"", b"list\r", b"show teng", b"new case\r"):
        s = Session(vault)
        s.pty.send(last)
        s.pty.drain(0.3)
        os.close(s.pty.fd)
        limit = time.monotonic() + 5
        while vault.agents() and time.monotonic() < limit:
            time.sleep(0.02)
        assert vault.agents() == [], last
        os.waitpid(s.pty.pid, 0)


def ends_when_it_is_locked_from_elsewhere(program, folder):
    vault = Vault(program, folder, cases=40)
    for last in (b"show te", b"list\r", b"new case\rJust begun"):
        s = Session(vault)
        s.pty.send(last)
        s.pty.drain(0.3)
        subprocess.run(vault.argv("lock"), check=True,
                       stdout=subprocess.DEVNULL)
        assert s.pty.end() == 11, (last, s.pty.status)
        out = bytes(s.pty.output)
        assert out.rindex(b"\x1b[3J") > out.rindex(ALTERNATE_OFF)


def locks_though_it_is_killed(program, folder):
    vault = Vault(program, folder)
    s = Session(vault)
    children = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(s.pty.pid)],
        stdout=subprocess.PIPE, check=True).stdout.split()
    assert len(children) == 1, children
    os.kill(int(children[0]), signal.SIGSEGV)
    s.pty.end()
    assert vault.agents() == []
    assert b"\x1b[3J" in s.pty.output


def refuses_a_wrong_passphrase(program, folder):
    vault = Vault(program, folder)
    pty = Pty(vault.argv())
    # Three times: what is typed again must not go to a shell.
    for n in range(1, 4):
        pty.wait_until(lambda: pty.output.count(b"Passphrase: ") == n, 10)
        pty.drain(0.1)
        pty.send(b"wrong\r")
    assert pty.end() == 12
    assert pty.output.count(b"wrong passphrase") == 3, pty.output
    assert ALTERNATE_ON not in pty.output
    pty = Pty(vault.argv("list"))
    pty.wait_for(b"Passphrase: ")
    pty.send(b"wrong\r")
    pty.wait_until(lambda: pty.output.count(b"Passphrase: ") == 2, 10)
    pty.send(PASS.encode() + b"\r")
    assert pty.end() == 0
    assert HAN.encode() in pty.output
    # That of a copy, too.
    copy, there = os.path.join(folder, "copy"), os.path.join(folder, "there")
    vault.run("backup", copy)
    pty = Pty([program, "-v", there, "restore", copy])
    pty.wait_for(b"of the copy: ")
    pty.send(b"wrong\r")
    pty.wait_until(lambda: pty.output.count(b"of the copy: ") == 2, 10)
    pty.send(PASS.encode() + b"\r")
    assert pty.end() == 0
    assert os.path.exists(there)


def asks_for_the_passphrase_that_opens_the_vault(program, folder):
    """Who sits down at what is unlocked gets nothing out in plain text."""
    vault = Vault(program, folder, cases=1)
    vault.run("unlock")
    out = os.path.join(folder, "out")
    for words in (["dossier", "Case number 0", "--unfiltered", "-o", out],
                  ["export", "--plain", "json", "--unfiltered", "-o", out],
                  ["submission", "wgad", HAN, "-o", out],
                  ["office", "secret-key", "-o", out],
                  ["passphrase", "remove", "mine"]):
        pty = Pty(vault.argv("--yes", *words))
        for n in range(1, 4):
            pty.wait_until(lambda: pty.output.count(b"of this vault: ") == n, 10)
            pty.drain(0.1)
            pty.send(b"wrong\r")
        assert pty.end() == 12, (words, pty.status)
        assert not os.path.exists(out), words
        assert b"Case number" not in pty.output, words
    pty = Pty(vault.argv("--yes", "dossier", "Case number 0", "--unfiltered",
                         "-o", out))
    pty.wait_for(b"of this vault: ")
    pty.send(PASS.encode() + b"\r")
    assert pty.end() == 0
    assert os.path.exists(out)
    vault.run("lock")


def pages_what_is_long_unless_told_not_to(program, folder):
    vault = Vault(program, folder, cases=40)
    os.environ["LESS"] = "-r -X"
    os.environ["LESSOPEN"] = "|touch %s" % os.path.join(folder, "ran")
    pty = Pty(vault.argv("--passphrase-file", vault.pass_file, "list"))
    pty.wait_for(b"Case number 39")
    pty.drain(0.3)
    assert b"Case number 1\r" not in pty.output
    pty.send(b"q")
    assert pty.end() == 0
    # Whatever else is long, too.
    for words in (["vocab", "country"], ["log"], ["types", "act"]):
        pty = Pty(vault.argv("--passphrase-file", vault.pass_file, *words))
        pty.wait_for(ALTERNATE_ON)
        pty.drain(0.3)
        pty.send(b"q")
        assert pty.end() == 0
    # What does not fit is broken at a blank, and stays in its column.
    assert b" " * 20 + b"digits of" in pty.output
    assert not os.path.exists(os.path.join(folder, "ran"))
    os.environ["ACCESSIBLE"] = "1"
    pty = Pty(vault.argv("--passphrase-file", vault.pass_file, "list"))
    assert pty.end() == 0
    assert b"Case number 0" in pty.output and ALTERNATE_ON not in pty.output
    del os.environ["ACCESSIBLE"], os.environ["LESS"], os.environ["LESSOPEN"]


def offers_ten_things_by_number(program, folder):
    vault = Vault(program, folder)
    ask = b"Enter shows what they are: "
    pty = Pty(vault.argv("menu"))
    pty.wait_for(b"Passphrase: ")
    pty.send(PASS.encode() + b"\r")
    pty.wait_for(b"10  make a backup")
    pty.wait_for(ask)

    def say(line, answer, after=ask):
        before = len(pty.output)
        pty.send(line.encode() + b"\r")
        want = answer.encode()
        pty.wait_until(lambda: 0 <= pty.output.find(want, before) <=
                       pty.output.rfind(after), 10)

    say("4", "Find", b"Find")
    say("teng", HAN)
    say("99", "there is no number 99")
    say("", " 1  write down a testimony")
    say("list type:person", ARABIC)
    # A file with blanks in its name; and nothing said is nothing done.
    path = os.path.join(folder, "a file")
    with open(path, "w") as f:
        f.write("some bytes")
    say("7", "Which record", b"Which record")
    pty.send("腾彪\r".encode())
    pty.wait_for(b"Which file: ")
    say(path, "attached")
    # A list has a map, a bundle has none.
    with open(path + ".csv", "w") as f:
        f.write("no,name\n1,Ana Ejemplo\n")
    with open(path + ".json", "w") as f:
        f.write('{"amparo_map": 1, "name": "a", "type": "person", "key": ["no"],'
                ' "columns": [{"column": "name", "field": "names[0].text"}]}')
    for map_file, answer, after in ((path + ".json", "Add 1 record?", b"[y/N]"),
                                    ("", "is imported with --map", ask)):
        say("9", "Which file", b"Which file: ")
        say(path + ".csv", "Its map", b"is a bundle: ")
        say(map_file, answer, after)
        if map_file:
            say("y", "added: 1")
    say("10", "Into which new folder", b"Into which new folder")
    before = len(pty.output)
    pty.send(b"\r")
    pty.wait_until(lambda: pty.output.find(ask, before) >= 0, 10)
    pty.send(b"0\r")
    assert pty.end() == 0, pty.status
    assert vault.agents() == []
    assert "a file" in vault.run("show", HAN)


def leaves_nothing_on_the_screen(program, folder):
    vault = Vault(program, folder, cases=40)
    tmux = Tmux(["env", "XDG_RUNTIME_DIR=" + vault.run_folder,
                 *vault.argv("--passphrase-file", vault.pass_file)])
    try:
        tmux.wait_for("amparo>")
        tmux.text("list")
        tmux.key("Enter")
        tmux.wait_for("Case number 39")
        tmux.key("q")
        # What was read stands there still, above the next line.
        tmux.wait_for("amparo>")
        shown = "\n".join(tmux.screen())
        assert "Case number 39" in shown, shown
        for _ in range(5):
            tmux.text("find teng")
            tmux.key("Enter")
            time.sleep(0.2)
        tmux.wait_for(HAN)
        tmux.key("C-d")
        limit = time.monotonic() + 5
        while vault.agents() and time.monotonic() < limit:
            time.sleep(0.05)
        time.sleep(0.3)
        left = tmux.everything()
        assert HAN not in left and "Case" not in left, left
    finally:
        tmux.close()


main([runs_commands_and_locks_when_it_is_left,
      keeps_names_out_of_the_list_of_processes,
      completes_commands_and_names,
      splits_words_as_people_type_them,
      says_that_it_was_unlocked_already,
      ends_with_the_window,
      ends_when_it_is_locked_from_elsewhere,
      locks_though_it_is_killed,
      refuses_a_wrong_passphrase,
      asks_for_the_passphrase_that_opens_the_vault,
      pages_what_is_long_unless_told_not_to,
      offers_ten_things_by_number],
     [leaves_nothing_on_the_screen])
