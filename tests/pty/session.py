#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""The program on a terminal, as a person meets it: session.py [PROGRAM [NAME ...]]

init with its proposals, passphrases typed, what the screen keeps, what is
left of the terminal.  PROGRAM is a test build.  The faults of
tests/agent/plant.c are planted in it, and each must make its test fail.
"""
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unicodedata

from terminal import CTRL, PASTE, PASTE_END, Pty, Skipped, Tmux

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.path.join(HERE, "..", "..", "build-test", "amparo")
PASS = "dusk and dawn, said the owl"
OFFICE = b"Name of your office or project: "
OWN = b"or type one of your own: "
AGAIN = b"The same again: "
PAPER = b"to keep on paper in a safe place? [Y/n] "
WRITTEN = b"the screen is cleared then. "


class World:
    def __init__(self, plant=None):
        self.dir = tempfile.mkdtemp(prefix="amparo-pty.", dir="/tmp")
        self.vault = os.path.join(self.dir, "vault")
        self.pass_file = os.path.join(self.dir, "pass")
        with open(self.pass_file, "w") as f:
            f.write(PASS + "\n")
        run = os.path.join(self.dir, "run")
        os.mkdir(run, 0o700)
        self.env = {"PATH": os.environ["PATH"], "HOME": self.dir,
                    "XDG_RUNTIME_DIR": run, "LC_ALL": "C.UTF-8"}
        if plant:
            self.env["LD_PRELOAD"] = os.path.join(PLANTS, "plant.so")
            self.env["AMPARO_PLANT"] = plant
        self.ptys, self.muxes = [], []

    def argv(self, *args):
        return [PROGRAM, "-v", self.vault, *args]

    def with_env(self, argv):
        return ["/usr/bin/env", "-i", "TERM=xterm-256color",
                *("%s=%s" % item for item in self.env.items()), *argv]

    def run(self, *args):
        return subprocess.run(self.argv(*args), env=self.env, timeout=60,
                              stdin=subprocess.DEVNULL, capture_output=True,
                              start_new_session=True)

    def make(self):
        done = self.run("--yes", "--passphrase-file", self.pass_file, "init")
        assert done.returncode == 0, done

    def unlock(self):
        done = self.run("--passphrase-file", self.pass_file, "unlock")
        assert done.returncode == 0, done

    def pty(self, *args):
        return self.shell(self.argv(*args))

    def shell(self, argv):
        p = Pty(self.with_env(argv))
        self.ptys.append(p)
        return p

    def script(self, text):
        """A shell script, with $1 .. as the program with its vault."""
        return self.shell(["/bin/sh", "-c", text, "-", *self.argv()])

    def tmux(self, *args, **how):
        if shutil.which("tmux") is None:
            raise Skipped("tmux is not installed")
        t = Tmux(self.with_env(self.argv(*args)), **how)
        self.muxes.append(t)
        return t

    def opens(self, passphrase):
        path = os.path.join(self.dir, "try")
        with open(path, "w") as f:
            f.write(passphrase)
        done = self.run("--passphrase-file", path, "check")
        assert done.returncode in (0, 12), done
        return done.returncode == 0

    def close(self):
        self.run("lock", "--all")
        for t in self.muxes:
            try:
                t.close()
            except (OSError, subprocess.SubprocessError):
                pass
        for p in self.ptys:
            if p.status is None:
                try:
                    os.kill(p.pid, signal.SIGKILL)
                    os.waitpid(p.pid, 0)
                except (ProcessLookupError, ChildProcessError):
                    pass
        shutil.rmtree(self.dir, ignore_errors=True)


def begin_init(w, *args):
    """init up to its proposal; the terminal, and what was proposed."""
    p = w.pty("init", *args)
    p.wait_until(lambda: OFFICE in p.output or b"[y/N] " in p.output)
    if OFFICE not in p.output:
        p.send(b"y\r")
        p.wait_for(OFFICE)
    p.send("Oficina de 维权\r".encode())
    p.wait_for(OWN)
    return p, proposal(bytes(p.output))


def proposal(output):
    found = re.findall(rb"\n    ([a-z -]+)\r?\n", output)
    assert found, output[-300:]
    words = found[-1].decode()
    assert len(words.split()) == 7, words
    return words


def no_paper(p):
    p.wait_for(PAPER)
    p.send(b"n\r")
    assert p.end() == 0, bytes(p.output[-300:])


# ---- init ----

def init_with_the_proposed_passphrase(w):
    p, words = begin_init(w)
    p.send(words.encode() + b"\r")
    no_paper(p)
    assert b"vault made in" in p.output
    # It is shown once, and not when it is typed.
    assert p.output.count(words.encode()) == 1, "typed words are shown"
    assert w.opens(words) and w.opens(words + "\n")
    assert not w.opens(words + " ")
    info = json.loads(w.run("--json", "--passphrase-file",
                            os.path.join(w.dir, "try"), "info").stdout or "0")
    assert info == 0 or info["office"] == "Oficina de 维权"


def init_draws_from_three_lists_and_never_the_same(w):
    seen = set()
    for words in ("en", "es", "pinyin", "en", "en"):
        p, drawn = begin_init(w, "--words", words)
        assert drawn not in seen
        seen.add(drawn)
        p.send(CTRL["C"])
        assert p.end() == 1
        assert not os.path.exists(w.vault)
        assert os.listdir(w.dir).count("vault.unfinished") == 0


def init_warns_of_a_weak_passphrase(w):
    p, _ = begin_init(w)
    p.send(b"password1\r")
    p.wait_for(AGAIN)
    p.send(b"password1\r")
    p.wait_for(b"Use it all the same? [y/N] ")
    assert re.search(rb"has about \d+ bits", p.output), bytes(p.output)
    assert b"the generated one is recommended" in p.output
    p.send(b"\r")
    # Asked for again.
    p.wait_until(lambda: p.output.count(OWN) == 2)
    p.send(b"\x03")
    assert p.end() == 1 and not os.path.exists(w.vault)
    p, _ = begin_init(w)
    p.send(b"password1\r")
    p.wait_for(AGAIN)
    p.send(b"password1\r")
    p.wait_for(b"Use it all the same? [y/N] ")
    p.send(b"y\r")
    no_paper(p)
    assert w.opens("password1")
    assert b"password1" not in p.output, "a passphrase is echoed"


def init_takes_a_strong_own_passphrase(w):
    own = "glass otter 71 quarrel; velvet thumb"
    p, drawn = begin_init(w)
    p.send(own.encode() + b"\r")
    p.wait_for(AGAIN)
    p.send(own.encode() + b"\r")
    no_paper(p)
    assert b"bits; whoever" not in p.output
    assert w.opens(own) and not w.opens(drawn)


def init_cannot_judge_chinese(w):
    p, _ = begin_init(w)
    for prompt in (AGAIN, b"Use it all the same? [y/N] "):
        p.send("天安门六四\r".encode())
        p.wait_for(prompt)
    assert b"cannot be judged" in p.output
    p.send(b"y\r")
    no_paper(p)
    assert w.opens("天安门六四")


def init_refuses_two_that_differ(w):
    p, _ = begin_init(w)
    p.send(b"one long passphrase of mine\r")
    p.wait_for(AGAIN)
    p.send(b"one long passphrase of mime\r")
    # Said where it can be read, and asked for again.
    p.wait_until(lambda: p.output.count(OWN) == 2)
    told = p.output.index(b"the two are not the same")
    assert b"\x1b[2J" not in p.output[told:] and b"\x1b[3J" not in p.output
    p.send(b"\r")
    p.wait_until(lambda: p.output.count(OWN) == 3)
    assert b"the passphrase is empty" in p.output
    p.send(b"\x03")
    assert p.end() == 1
    assert p.output.rindex(b"stopped") > p.output.rindex(b"\x1b[3J")
    assert not os.path.exists(w.vault)


def no_bytes_to_a_terminal(w):
    w.make()
    with open(w.dir + "/f", "wb") as f:
        f.write(b"\x1b]0;title\x07raw bytes")
    w.run("--passphrase-file", w.pass_file, "new", "case", "--set",
          "title=Case", "--yes")
    w.run("--passphrase-file", w.pass_file, "attach", "Case", w.dir + "/f")
    p = w.pty("--passphrase-file", w.pass_file, "extract", "Case", "f",
              "-o", "-")
    assert p.end() == 2
    assert b"raw bytes" not in p.output
    assert b"not written to a terminal" in p.output


def init_with_one_for_paper(w):
    p, words = begin_init(w)
    p.send(words.encode() + b"\r")
    p.wait_for(PAPER)
    p.send(b"\r")
    p.wait_for(WRITTEN)
    paper = proposal(bytes(p.output))
    assert paper != words
    p.send(b"\r")
    assert p.end() == 0
    # Cleared right after: home, clear, clear what scrolled away.
    assert p.output.rindex(b"\x1b[3J") > p.output.rindex(paper.encode())
    assert w.opens(words) and w.opens(paper)


def nothing_of_init_stays_on_the_screen(w):
    t = w.tmux("init")
    time.sleep(0.3)
    if any("[y/N]" in line for line in t.screen()):
        t.text("y")
        t.key("Enter")
    t.wait_for(OFFICE.decode().strip())
    t.text("Oficina")
    t.key("Enter")
    t.wait_for("one of your own:")
    drawn = tmux_proposal(t)
    t.text(drawn)
    t.key("Enter")
    t.wait_for("[Y/n]")
    assert not any(drawn in line for line in t.screen())
    t.key("Enter")
    t.wait_for("is written down")
    paper = tmux_proposal(t)
    t.key("Enter")
    time.sleep(0.5)
    shown = t.everything()
    for words in (drawn, paper):
        assert words not in shown, "a passphrase is on the screen"
        # Nor a part of it: words are drawn from 2,048.
        for three in zip(words.split(), words.split()[1:], words.split()[2:]):
            assert " ".join(three) not in shown
    assert w.opens(drawn) and w.opens(paper)
    return "%d lines are left" % len([x for x in shown.split("\n") if x])


def tmux_proposal(t):
    lines = [line for line in t.screen()
             if re.fullmatch(r"    [a-z]+( [a-z]+){6}", line.rstrip())]
    assert lines, t.screen()
    return lines[-1].strip()


# ---- Typing a passphrase ----

def type_wrongly(p, prompt, typed):
    """Three times: after that nothing is asked, and nothing typed to a shell."""
    begin = 0
    for _ in range(3):
        p.wait_until(lambda: prompt in p.output[begin:], 10)
        begin = len(p.output)
        p.send(typed)


def unlock_with_a_typed_passphrase(w):
    w.make()
    p = w.pty("unlock")
    p.wait_for(b"Passphrase: ")
    p.send(PASS.encode() + b"\r")
    assert p.end() == 0
    assert b"unlocked for" in p.output and PASS.encode() not in p.output
    assert b"if you remember a later one" in p.output
    assert b"unlocked, " in w.run("info").stdout
    p = w.pty("unlock")
    type_wrongly(p, b"Passphrase: ", b"something else\r")
    assert p.end() == 12


def typed_passphrases_are_taken_as_they_are(w):
    w.make()
    # (what is typed, the status)
    for typed, status in (
            (b"\r", 2), (b"x" * 1025 + b"\r", 2), (b"x" * 1024 + b"\r", 12),
            (b"\xff\xfe\r", 2), (b"du\x7fusk and dawn, said the owl\r", 0),
            (b"nonsense" + CTRL["U"] + PASS.encode() + b"\r", 0),
            (PASTE + PASS.encode() + PASTE_END + b"\r", 0),
            (PASTE + PASS.encode() + b"\n" + PASTE_END + b"\r", 0),
            (PASTE + b"dusk\nand dawn" + PASTE_END + b"\r", 2),
            (PASS.encode() + b" \r", 12)):
        p = w.pty("check")
        if status == 12:
            type_wrongly(p, b"Passphrase: ", typed)
        else:
            p.wait_for(b"Passphrase: ")
            p.send(typed)
        got = p.end()
        assert got == status, (typed[:40], got, bytes(p.output[-200:]))


def changes_ask_once_and_also_while_unlocked(w):
    w.make()
    new = os.path.join(w.dir, "new")
    for i, unlocked in enumerate((False, True)):
        with open(new, "w") as f:
            f.write("new passphrase number %d" % i)
        if unlocked:
            w.unlock()
        p = w.pty("passphrase", "add", "n%d" % i, "--new-passphrase-file", new)
        p.wait_for(b"A passphrase of this vault: ")
        p.send(PASS.encode() + b"\r")
        assert p.end() == 0, bytes(p.output)
        assert p.output.count(b"assphrase of this vault: ") == 1
        assert b"Passphrase: " not in p.output, "asked twice"
        assert w.opens("new passphrase number %d" % i)
    p = w.pty("passphrase", "remove", "n0")
    type_wrongly(p, b"A passphrase of this vault: ", b"not that\r")
    assert p.end() == 12 and w.opens("new passphrase number 0")


def prompts_are_on_the_terminal_only(w):
    w.make()
    p = w.script('x=$("$@" --passphrase-fd 3 info 3<&- 2>/dev/null);'
                 'x=$("$@" check 2>err); printf "<%s>\\n" "$x";'
                 'printf "(%s)\\n" "$(cat err)"')
    os.chdir("/")
    p.wait_for(b"Passphrase: ")
    p.send(PASS.encode() + b"\r")
    p.end()
    shown = bytes(p.output).decode()
    got = shown[shown.index("<") + 1:shown.rindex(">")]
    assert got.startswith("nothing is wrong") and "\x1b" not in got, got
    assert "assphrase" not in got


def capture(w):
    """Standard output and error into files, the prompt on the terminal."""
    w.make()
    out, err = os.path.join(w.dir, "out"), os.path.join(w.dir, "err")
    p = w.script('"$@" --json check > %s 2> %s < /dev/null; echo end $?'
                 % (out, err))
    p.wait_for(b"Passphrase: ")
    p.send(PASS.encode() + b"\r")
    p.wait_for(b"end 0")
    p.end()
    with open(out) as f:
        assert json.load(f) == {"clean": True, "found": []}
    with open(err) as f:
        assert f.read() == ""
    # And what stands on standard input is not taken for a passphrase.
    p = w.script('echo wrong | "$@" check; echo end $?')
    p.wait_for(b"Passphrase: ")
    p.send(PASS.encode() + b"\r")
    p.wait_for(b"end 0")
    p.end()


capture.__name__ = "captured_output_is_clean"


# ---- What is left of the terminal ----

def stty_around(w, command, act):
    """The modes before and after; act types, the script then ends."""
    a, b = os.path.join(w.dir, "a"), os.path.join(w.dir, "b")
    p = w.script("stty -g > %s; %s; s=$?; stty -g > %s; echo end $s"
                 % (a, command, b))
    act(p)
    p.wait_until(lambda: re.search(rb"end \d+", p.output))
    p.end()
    with open(a) as before, open(b) as after:
        assert before.read() == after.read() != "", \
            "the terminal is not as it was"
    assert p.output.count(b"\x1b[?2004h") == p.output.count(b"\x1b[?2004l"), \
        "bracketed paste is still on"
    return int(re.findall(rb"end (\d+)", bytes(p.output))[-1])


def the_terminal_is_as_it_was(w):
    w.make()

    def typing(prompt, *keys):
        def act(p):
            p.wait_for(prompt)
            for key in keys:
                p.send(key)
        return act
    for keys in ([CTRL["C"]], [CTRL["D"]], [b"half of it", CTRL["C"]],
                 [b"\x1b"]):
        status = stty_around(w, '"$@" unlock', typing(b"Passphrase: ", *keys))
        assert status == 1, (keys, status)
    assert stty_around(w, '"$@" unlock', typing(
        b"Passphrase: ", PASS.encode() + b"\r")) == 0
    assert stty_around(w, '"$@" lock', lambda p: None) == 0
    assert stty_around(w, '"$@" check', lambda p: type_wrongly(
        p, b"Passphrase: ", b"wrong\r")) == 12
    shutil.rmtree(w.vault)
    for prompt, before in ((OFFICE, []), (OWN, [b"x\r"]),
                           (AGAIN, [b"x\r", b"own one\r"])):
        def act(p):
            for last, keys in zip((OFFICE, OWN, AGAIN), [*before, CTRL["C"]]):
                p.wait_for(last)
                p.send(keys)
        assert stty_around(w, '"$@" init', act) == 1, prompt
        assert not os.path.exists(w.vault)


def a_lock_at_a_prompt_gives_the_terminal_back(w):
    w.make()
    w.unlock()

    def act(p):
        p.wait_for(b"A passphrase of this vault: ")
        p.send(b"half of")
        assert w.run("lock").returncode == 0
    status = stty_around(w, '"$@" passphrase add x', act)
    assert status in (11, 137), status
    return "status %d" % status


def child_of(p):
    """The program that a script on this terminal has started."""
    path = "/proc/%d/task/%d/children" % (p.pid, p.pid)
    p.wait_until(lambda: open(path).read().strip() != "")
    with open(path) as f:
        return int(f.read().split()[0])


def a_signal_gives_the_terminal_back(w):
    """At a passphrase, a line, a question, in the editor, in the pager."""
    w.make()
    w.unlock()
    body = json.dumps({"title": "Long", "summary": "a line\n\n" * 100})
    subprocess.run(w.argv("add", "case"), input=body.encode(), env=w.env,
                   check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    places = [('"$@" passphrase add x', b"of this vault: "),
              ('"$@" find', b"Find: "), ('"$@" show', b"a name: "),
              ('"$@" wipe', b"[y/N] "), ('"$@" show Long', b"a line")]
    for command, text in places:
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT,
                       signal.SIGQUIT):
            if (text, number) == (b"a line", signal.SIGINT):
                continue  # it stops a search in the pager

            def act(p):
                p.wait_for(text)
                time.sleep(0.1)
                os.kill(child_of(p), number)
            status = stty_around(w, "trap : INT QUIT; " + command, act)
            assert status == 128 + number, (command, number, status)
    assert w.run("check").returncode == 0


# ---- Locking ----

def waiting_for_another_is_said_on_a_terminal(w):
    w.make()
    w.unlock()
    db = sqlite3.connect(os.path.join(w.vault, "cells.db"),
                         isolation_level=None)
    db.execute("BEGIN EXCLUSIVE")
    p = w.pty("list")
    p.drain(0.5)
    assert not p.output, bytes(p.output)
    p.wait_for(b"amparo: waiting for another amparo")
    db.execute("ROLLBACK")
    assert p.end() == 0
    assert p.output.count(b"waiting") == 1
    db.execute("BEGIN EXCLUSIVE")
    done = w.run("list")
    db.execute("ROLLBACK")
    db.close()
    assert done.returncode == 18 and b"waiting" not in done.stderr, done


def lock_ends_a_check_in_another_pane(w):
    w.make()
    w.unlock()
    # Somebody writes, so that check waits as it would in a long vault.
    db = sqlite3.connect(os.path.join(w.vault, "cells.db"),
                         isolation_level=None)
    db.execute("BEGIN EXCLUSIVE")
    t = w.tmux("check")
    time.sleep(1)
    assert sum(x.strip() == "$" for x in t.screen()) == 0, t.screen()
    begin = time.monotonic()
    assert w.run("lock").returncode == 0
    t.wait_for("amparo: locked", 3)
    spent = time.monotonic() - begin
    db.execute("ROLLBACK")
    db.close()
    t.text("echo status $?")
    t.key("Enter")
    t.wait_for("status 11")
    t.text("stty -a")
    t.key("Enter")
    t.wait_for("icanon")
    assert spent < 1, spent
    return "after %.0f ms" % (spent * 1e3)


def long_record(w):
    body = json.dumps({"title": "Long", "summary": "WITNESS\n\n" * 100})
    subprocess.run(w.argv("add", "case"), input=body.encode(), env=w.env,
                   check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


def agents(w):
    return [n for n in os.listdir(os.path.join(w.dir, "run", "amparo"))
            if len(n) == 32]


def tmux_gone(t, text, seconds=5):
    limit = time.monotonic() + seconds
    while text in t.everything() and time.monotonic() < limit:
        time.sleep(0.05)
    assert text not in t.everything(), t.everything()


def the_stopped_are_cleared_too(w):
    """Stopped by Ctrl-Z, or by a signal that leaves the pager's screen."""
    w.make()
    for stop in ("keys", "signal"):
        for lock in ("lock", "limit"):
            done = w.run("--passphrase-file", w.pass_file, "unlock",
                         *(["--for", "3s"] if lock == "limit" else []))
            assert done.returncode == 0, done
            if (stop, lock) == ("keys", "lock"):
                long_record(w)
            t = w.tmux("show", "Long")
            t.wait_for("WITNESS")
            if stop == "keys":
                t.key("C-z")
                t.wait_for("Stopped")
            else:
                pids = subprocess.run(
                    ["pgrep", "-P", t.run("display-message", "-p",
                                          "#{pane_pid}").strip()],
                    stdout=subprocess.PIPE, check=True).stdout.split()
                assert len(pids) == 1, pids
                os.killpg(os.getpgid(int(pids[0])), signal.SIGSTOP)
                time.sleep(0.3)
            assert "WITNESS" in t.everything()
            begin = time.monotonic()
            if lock == "lock":
                assert w.run("lock").returncode == 0
                assert time.monotonic() - begin < 1
            tmux_gone(t, "WITNESS")
            assert agents(w) == []
            t.close()
            w.muxes.remove(t)


def a_terminal_that_takes_nothing_holds_up_no_lock(w):
    """Ctrl-S, and nobody who reads: the keys go all the same."""
    w.make()
    w.unlock()
    long_record(w)
    p = w.pty("show", "Long")
    p.wait_for(b"WITNESS")
    p.drain(0.3)
    p.send(b"\x13")
    time.sleep(0.1)
    begin = time.monotonic()
    done = w.run("--json", "lock")
    spent = time.monotonic() - begin
    assert done.returncode == 0 and spent < 1, (done, spent)
    assert json.loads(done.stdout) == {"locked": 1, "stuck": 0}, done
    p.wait_for(b"\x1b[3J")
    p.end()
    return "after %.0f ms" % (spent * 1e3)


def lock_clears_screen_and_scrollback(w):
    w.make()
    w.unlock()
    t = w.tmux("info", rows=10)
    t.wait_for("digits")
    t.text("seq 500; echo done-with-it")
    t.key("Enter")
    t.wait_for("done-with-it")
    assert "digits" in t.everything()
    t.text(" ".join(w.with_env(w.argv("lock"))))
    t.key("Enter")
    t.wait_for("locked")
    time.sleep(0.3)
    shown = [x for x in t.everything().split("\n") if x.strip()]
    assert len(shown) <= 2 and "digits" not in "".join(shown), shown
    return "%d lines are left" % len(shown)


def interrupting_a_check_loses_nothing(w):
    w.make()
    w.unlock()
    db = sqlite3.connect(os.path.join(w.vault, "cells.db"),
                         isolation_level=None)
    db.execute("BEGIN EXCLUSIVE")
    p = w.pty("check")
    p.drain(0.5)
    p.send(CTRL["C"])
    status = p.end(8)
    db.execute("ROLLBACK")
    db.close()
    assert status in (1, 18, -2), status
    assert w.run("check").returncode == 0
    return "status %d" % status


# ---- export ----

def export_asks_for_all_who_get_it(w):
    w.make()
    for name in ("Office B", "Office C"):
        other = os.path.join(w.dir, name)
        for command in (["init", "--office", name],
                        ["office", "--card", other + ".card"]):
            done = subprocess.run(
                [PROGRAM, "-v", other, "--yes", "--passphrase-file",
                 w.pass_file, *command], env=w.env, timeout=60,
                stdin=subprocess.DEVNULL, capture_output=True)
            assert done.returncode == 0, done
        done = w.run("--passphrase-file", w.pass_file, "contact", "add",
                     other + ".card")
        assert done.returncode == 0, done
    body = os.path.join(w.dir, "case.json")
    with open(body, "w") as f:
        f.write('{"title":"A case"}')
    w.run("--passphrase-file", w.pass_file, "add", "case", body)
    p = w.pty("--passphrase-file", w.pass_file, "export", "type:case",
              "--to", "Office B", "--to", "Office C", "-o",
              os.path.join(w.dir, "x.age"))
    p.wait_for(b"Write the bundle for Office B, Office C? [y/N] ")
    p.send(b"n\r")
    assert p.end() == 1
    assert b"1 record leaves" in p.output, bytes(p.output)
    assert not os.path.exists(os.path.join(w.dir, "x.age"))


def added(w, kind, body):
    """Keep a record; its id."""
    name = os.path.join(w.dir, "body.json")
    with open(name, "w") as f:
        f.write(body)
    done = w.run("--passphrase-file", w.pass_file, "add", kind, name)
    assert done.returncode == 0, done
    return done.stdout.decode().split()[-1]


def same_person_is_said_by_a_yes_alone(w):
    w.make()
    ids = [added(w, "person", '{"names":[{"text":"%s"}]}' % name)
           for name in ("Teng Biao", "Tengbiao")]
    for answer, status in ((b"\r", 1), (b"n\r", 1), (b"y\r", 0)):
        p = w.pty("--passphrase-file", w.pass_file, "same", *ids)
        p.wait_for(b"Are they one person? Both records stay. [y/N] ")
        assert b"Tengbiao" in p.output, bytes(p.output)
        p.send(answer)
        assert p.end() == status
        done = w.run("--passphrase-file", w.pass_file, "show", ids[1])
        assert (b"same person" in done.stdout) == (status == 0), done


def answers_are_in_the_language_of_the_question(w):
    w.make()
    ids = [added(w, "person", '{"names":[{"text":"%s"}]}' % name)
           for name in ("Teng Biao", "Tengbiao")]
    for lang, shown, yes, no, neither in (
            ("", "[y/N] ", "y Yes", "n no", "s 是 yn nada"),
            ("es", "[s/N] ", "s Sí si y yes", "n NO", "是 nada"),
            ("zh_CN", "[y 是/N 否] ", "是 对 y ｙ", "否 不 n", "s 是否")):
        w.env["LANGUAGE"] = lang
        for word in yes.split() + no.split():
            p = w.pty("--passphrase-file", w.pass_file, "same", *ids)
            # What is neither is asked again.
            for n, other in enumerate(neither.split() + [word], 1):
                # Drawn once more with the answer that comes with its Enter.
                p.wait_until(lambda: p.output.count(b"\x1b[?2004h") >= n)
                p.wait_for(shown.encode())
                p.send(other.encode() + b"\r")
            assert p.end() == (0 if word in yes.split() else 1), (lang, word)
            w.run("--passphrase-file", w.pass_file, "same", "--not", *ids)


def list_cuts_titles_to_the_width(w):
    w.make()
    titles = ["腾彪" * 18, "e\u0301a" * 25, "short",
              "\u0633\u0644\u0627\u0645 " * 14]
    for title in titles:
        added(w, "case", json.dumps({"title": title}))
    for columns in (50, 60, 61):
        p = Pty(w.with_env(w.argv("--passphrase-file", w.pass_file, "list")),
                columns=columns)
        w.ptys.append(p)
        assert p.end() == 0
        lines = bytes(p.output).decode().replace("\r", "").split("\n")
        cut = [line for line in lines if "…" in line]
        assert len(cut) == 2, lines
        for line in cut:
            width = sum(0 if unicodedata.combining(c) else
                        1 + (unicodedata.east_asian_width(c) in "WF")
                        for c in line)
            assert columns - 1 <= width <= columns, (width, columns, line)
            # The accent is not parted from its letter.
            assert not line.endswith("e…"), line
        # Right to left is never cut.
        assert any(titles[3].strip() in line for line in lines), lines
        assert any(line.endswith("  short") for line in lines), lines
    # Nor is anything where nobody looks at it.
    done = w.run("--passphrase-file", w.pass_file, "list")
    for title in titles:
        assert title.strip() in done.stdout.decode(), done


def link_asks_which_field_if_several_fit(w):
    w.make()
    person = added(w, "person", '{"names":[{"text":"Teng Biao"}]}')
    act = added(w, "act", '{"act":"torture"}')
    for answer, status in ((b"\r", 1), (b"2\r", 0)):
        p = w.pty("--passphrase-file", w.pass_file, "link", act, person)
        p.wait_for(b"As what? The number or name of the field: ")
        assert b"2  Witnesses" in p.output, bytes(p.output)
        p.send(answer)
        assert p.end() == status
    done = w.run("--passphrase-file", w.pass_file, "--json", "show", act)
    assert json.loads(done.stdout)["body"]["witnesses"] == [person], done


def a_copy_of_what_is_closed_asks_twice(w):
    w.make()
    told = added(w, "testimony",
                 '{"level":3,"readers":["mj"],"text":"as it was"}')
    for second, status in ((b"\r", 17), (b"n\r", 17), (b"y\r", 0)):
        p = w.pty("--passphrase-file", w.pass_file, "redact", told,
                  "--audience", "media")
        p.wait_for(b"Keep this as a copy for the audience media? [y/N] ")
        p.send(b"y\r")
        p.wait_for(b"all the same? [y/N] ")
        p.send(second)
        assert p.end() == status, bytes(p.output)
        done = w.run("--passphrase-file", w.pass_file, "list")
        assert (done.stdout.count(b"as it was") == 2) == (status == 0), done


TESTS = [export_asks_for_all_who_get_it,
         a_copy_of_what_is_closed_asks_twice,
         same_person_is_said_by_a_yes_alone,
         answers_are_in_the_language_of_the_question,
         list_cuts_titles_to_the_width,
         link_asks_which_field_if_several_fit,
         init_with_the_proposed_passphrase,
         init_draws_from_three_lists_and_never_the_same,
         init_warns_of_a_weak_passphrase, init_takes_a_strong_own_passphrase,
         init_cannot_judge_chinese, init_refuses_two_that_differ,
         no_bytes_to_a_terminal,
         init_with_one_for_paper, nothing_of_init_stays_on_the_screen,
         unlock_with_a_typed_passphrase,
         typed_passphrases_are_taken_as_they_are,
         changes_ask_once_and_also_while_unlocked,
         prompts_are_on_the_terminal_only, capture, the_terminal_is_as_it_was,
         a_lock_at_a_prompt_gives_the_terminal_back,
         a_signal_gives_the_terminal_back,
         waiting_for_another_is_said_on_a_terminal,
         lock_ends_a_check_in_another_pane, the_stopped_are_cleared_too,
         a_terminal_that_takes_nothing_holds_up_no_lock,
         lock_clears_screen_and_scrollback,
         interrupting_a_check_loses_nothing]
PLANTED = [("stay-raw", the_terminal_is_as_it_was),
           ("stay-raw", a_signal_gives_the_terminal_back),
           ("stay-raw", a_lock_at_a_prompt_gives_the_terminal_back),
           ("echo", init_with_the_proposed_passphrase),
           ("echo", unlock_with_a_typed_passphrase),
           ("no-clear", nothing_of_init_stays_on_the_screen),
           ("no-clear", lock_clears_screen_and_scrollback),
           ("to-stdout", prompts_are_on_the_terminal_only),
           ("to-stdout", capture),
           ("all-same", init_refuses_two_that_differ)]


def one(test, plant=None):
    w = World(plant)
    try:
        return None, test(w)
    except (AssertionError, OSError, ValueError,
            subprocess.SubprocessError) as error:
        return repr(error), None
    finally:
        w.close()


def main():
    global PROGRAM, PLANTS
    if sys.argv[1:]:
        PROGRAM = sys.argv[1]
    PROGRAM = os.path.realpath(PROGRAM)
    names = sys.argv[2:]
    ran = failed = skipped = planted = caught = 0
    began = time.monotonic()
    PLANTS = tempfile.mkdtemp(prefix="amparo-plant.", dir="/tmp")
    built = subprocess.run(
        ["cc", "-shared", "-fPIC", "-D_GNU_SOURCE", "-O1", "-o",
         PLANTS + "/plant.so", HERE + "/../agent/plant.c", "-ldl"])
    trials = [(t, None) for t in TESTS]
    if built.returncode == 0:
        trials += [(t, plant) for plant, t in PLANTED]
    else:
        print("skipped: planted faults: plant.c cannot be compiled")
        skipped += 1
    try:
        for test, plant in trials:
            if names and test.__name__ not in names:
                continue
            begin = time.monotonic()
            name = test.__name__ + (" with %s" % plant if plant else "")
            try:
                wrong, note = one(test, plant)
            except Skipped as reason:
                print("skipped: %s: %s" % (name, reason))
                skipped += 1
                continue
            if plant:
                planted += 1
                caught += wrong is not None
                if wrong is None:
                    print("NOT CAUGHT: %s" % name)
                continue
            ran += 1
            failed += wrong is not None
            print("%s: %s (%.1f s)%s" % (
                "FAILED" if wrong else "ok", name, time.monotonic() - begin,
                ": " + (wrong or note) if wrong or note else ""), flush=True)
    finally:
        shutil.rmtree(PLANTS)
    print("session: %d run, %d failed, %d skipped, %d planted/%d caught, "
          "%d seconds" % (ran, failed, skipped, planted, caught,
                          time.monotonic() - began))
    sys.exit(failed > 0 or planted != caught)


if __name__ == "__main__":
    main()
