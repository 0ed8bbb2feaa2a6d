#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""The line editor on a terminal: lineedit.py PATH-OF-editor_main"""
import os
import termios
import time

from terminal import (CTRL, DELETE, DOWN, END, HOME, LEFT, PASTE, PASTE_END,
                      RIGHT, UP, Pty, Tmux, main)

HAN = "腾彪被带走"
ACCENT = "e\u0301"
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"


# Each prompt begins with it.
PROMPT = b"\x1b[?2004h"


def pasted(text):
    return PASTE + (text if isinstance(text, bytes) else text.encode()) + \
        PASTE_END


class Trial:
    """Lines, or secrets, asked for by editor_main until Ctrl-D."""

    def __init__(self, program, folder, kind="line", *options, **pty):
        self.out = os.path.join(folder, "out")
        if os.path.exists(self.out):
            os.unlink(self.out)
        self.pty = Pty([program, kind, self.out, *options], **pty)
        self.pty.wait_for(b"> " if kind == "line" else b"passphrase: ")

    def send(self, *parts):
        """Send the parts; after one that ends a line wait for the prompt."""
        for part in parts:
            if isinstance(part, str):
                part = part.encode()
            prompts = self.pty.output.count(PROMPT)
            self.pty.send(part)
            if part.endswith((b"\r", CTRL["C"])):
                self.pty.wait_until(
                    lambda: self.pty.output.count(PROMPT) > prompts)
        return self

    def results(self, last="closed"):
        """The lines as (how it ended, text); the last one is left out."""
        assert self.pty.end() == 0, bytes(self.pty.output[-300:])
        with open(self.out, "rb") as f:
            rest = f.read()
        got = []
        while rest:
            word, length, rest = rest.split(b" ", 2)
            got.append((word.decode(), rest[:int(length)].decode()))
            rest = rest[int(length) + 1:]
        assert got[-1] == (last, ""), got[-1]
        return got[:-1]

    def lines(self):
        return self.send(CTRL["D"]).results()


def same(got, *want):
    want = [w if isinstance(w, tuple) else ("done", w) for w in want]
    shown = [(g[0], g[1][:60], len(g[1])) for g in got]
    assert got == want, "got %r" % shown


def reads_lines_byte_for_byte(program, folder):
    texts = ["", "one", "two  blanks ", HAN * 30, ACCENT * 90, FAMILY * 30,
             "سلام عليكم", " lead", "a" + HAN]
    for columns in (80, 33, 9):
        trial = Trial(program, folder, columns=columns)
        trial.send(*[t + "\r" for t in texts])
        same(trial.lines(), *texts)


def reads_lines_of_any_length(program, folder):
    texts = ["x" * 4095, "y" * 5000, HAN * 20000]
    trial = Trial(program, folder)
    for text in texts:
        trial.send(text + "\r")
    trial.send(pasted("z" * 300000), "\r")
    same(trial.lines(), *texts, "z" * 300000)


def edits_by_clusters(program, folder):
    trial = Trial(program, folder)
    trial.send("x" + FAMILY + "y", LEFT, b"\x7f", "\r")
    trial.send("a" + ACCENT + "b", HOME, RIGHT, DELETE, "\r")
    trial.send(HAN, b"\x7f", LEFT, LEFT, "!", END, "?", "\r")
    same(trial.lines(), "xy", "ab", HAN[:2] + "!" + HAN[2:4] + "?")


def obeys_the_control_keys(program, folder):
    trial = Trial(program, folder)
    trial.send("one two three", CTRL["W"], CTRL["A"], ">", CTRL["E"], "<\r")
    trial.send("one two", b"\x1b[1;5D", CTRL["U"], "\r")
    trial.send("one two", b"\x1bb", CTRL["K"], "\r")
    trial.send("one", CTRL["A"], CTRL["D"], "\r")
    same(trial.lines(), ">one two <", "two", "one ", "ne")


def cancels_and_closes(program, folder):
    trial = Trial(program, folder)
    trial.send("half", CTRL["C"], "whole\r")
    same(trial.lines(), ("cancelled", ""), "whole")


def remembers_lines_in_order(program, folder):
    trial = Trial(program, folder)
    trial.send("one\r", "two\r", "two\r", UP, UP, "!\r", "new", UP, UP,
               DOWN, DOWN, "er\r")
    same(trial.lines(), "one", "two", "two", "one!", "newer")


def completes(program, folder):
    trial = Trial(program, folder)
    trial.send("fi\t", "\t", "\t")
    trial.pty.wait_for(b"finish")
    trial.send("i\t\r", "exp\t腾\t\r", "none\t\r")
    same(trial.lines(), "finish ", "export 腾彪 ", "none")


def starts_with_the_present_value(program, folder):
    trial = Trial(program, folder, "line", "--start", "present")
    trial.send("\r", "!\r", CTRL["U"], "x\r", CTRL["U"])
    same(trial.lines(), "present", "present!", "x")


def makes_blanks_of_pasted_lines(program, folder):
    trial = Trial(program, folder)
    trial.send(pasted("one\rtwo\tthree\x1b\r\nfour"), "\r")
    same(trial.lines(), "one two three four")


def shows_lines_that_come_with_their_enter(program, folder):
    """As a terminal pastes that knows no brackets around it."""
    trial = Trial(program, folder)
    lines = ["first " + HAN, "second", ""]
    trial.pty.send("".join(line + "\r" for line in lines).encode())
    trial.pty.wait_until(lambda: trial.pty.output.count(PROMPT) == 4)
    for line in lines:
        assert ("> " + line).encode() in trial.pty.output, trial.pty.output
    same(trial.lines(), *lines)


def shows_no_byte_raw(program, folder):
    trial = Trial(program, folder, "line", "--start", "\x1b]0;x\x07\u202e")
    trial.send("\r", CTRL["U"])
    same(trial.lines(), "\x1b]0;x\x07\u202e")
    assert b"\x1b]0;" not in trial.pty.output
    assert b"\x07" not in trial.pty.output
    assert "\u202e".encode() not in trial.pty.output


def ends_at_once_when_the_vault_is_locked(program, folder):
    gone = os.path.join(folder, "gone")
    for kind in ("line", "secret"):
        trial = Trial(program, folder, kind, "--gone", gone)
        trial.send("secret words")
        trial.pty.drain(0.1)
        begin = time.monotonic()
        open(gone, "wb").close()
        same(trial.results("gone"))
        assert time.monotonic() - begin < 0.5
        os.unlink(gone)


def reads_a_secret_and_shows_nothing(program, folder):
    longest = "k" * 1024
    trial = Trial(program, folder, "secret")
    trial.send("correct\r", "wrong" + CTRL["U"].decode() + "right\r",
               HAN + ACCENT + "\x7f\r", "\r", longest + "\r")
    same(trial.lines(), "correct", "right", HAN, "", longest)
    for part in (b"correct", b"right", HAN.encode(), b"kkk", b"*"):
        assert part not in trial.pty.output, part


def refuses_a_longer_secret_rather_than_cut_it(program, folder):
    trial = Trial(program, folder, "secret")
    trial.send("k" * 1025 + "\r", pasted("k" * 9000), "\r",
               "k" * 2000 + CTRL["U"].decode() + "short\r", "next\r")
    same(trial.lines(), ("too-long", ""), ("too-long", ""), "short", "next")


def refuses_a_secret_that_is_no_text(program, folder):
    trial = Trial(program, folder, "secret")
    trial.send(b"a\xffb\r", pasted("one\rtwo"), "\r",
               pasted("one\r"), "\r", "good\r")
    same(trial.lines(), ("not-text", ""), ("not-text", ""), "one", "good")


def restores_the_terminal(program, folder):
    for kind in ("line", "secret"):
        out = os.path.join(folder, "out")
        run = Pty(["/bin/sh", "-c", "%s %s %s; read line"
                   % (program, kind, out)])
        run.drain(0.3)
        run.send(CTRL["D"])
        run.drain(0.3)
        for flag in (termios.ECHO, termios.ICANON, termios.ISIG):
            assert run.modes()[3] & flag, "a terminal mode is not restored"
        assert run.output.endswith(b"\x1b[?2004l"), "paste marks stay on"
        run.send(b"\r")
        run.end()


def draws_a_long_line_in_one_row(program, folder):
    out = os.path.join(folder, "out")
    tmux = Tmux([program, "line", out], columns=40)
    try:
        tmux.wait_for(">")
        tmux.text("begin " + HAN * 40 + " end")
        tmux.wait_for("end")
        y = tmux.cursor()[1]
        tmux.key("Home")
        tmux.wait_for("> begin")
        assert tmux.cursor() == (2, y), tmux.cursor()
        for i in range(7):
            tmux.key("Right")
        time.sleep(0.1)
        assert tmux.cursor() == (2 + 8, y), tmux.cursor()
        for i in range(40):
            tmux.key("Right")
        time.sleep(0.1)
        assert tmux.cursor()[1] == y and tmux.cursor()[0] < 40
        shown = [line for line in tmux.screen() if HAN in line]
        assert len(shown) == 1, shown
        tmux.key("C-c", "C-d")
        tmux.wait_for("$")
    finally:
        tmux.close()


def follows_the_window_while_typing(program, folder):
    trial = Trial(program, folder)
    text = ""
    for i in range(40):
        part = "%d%s" % (i, HAN)
        text += part
        trial.send(part)
        trial.pty.resize(24, 1 + (i * 37) % 100)
        trial.pty.drain(0.01 * (i % 3))
    trial.send("\r")
    same(trial.lines(), text)


main([reads_lines_byte_for_byte,
      reads_lines_of_any_length,
      edits_by_clusters,
      obeys_the_control_keys,
      cancels_and_closes,
      remembers_lines_in_order,
      completes,
      starts_with_the_present_value,
      makes_blanks_of_pasted_lines,
      shows_lines_that_come_with_their_enter,
      shows_no_byte_raw,
      ends_at_once_when_the_vault_is_locked,
      reads_a_secret_and_shows_nothing,
      refuses_a_longer_secret_rather_than_cut_it,
      refuses_a_secret_that_is_no_text,
      restores_the_terminal,
      follows_the_window_while_typing],
     [draws_a_long_line_in_one_row])
