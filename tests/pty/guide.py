#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""The guide is true: guide.py PATH-OF-amparo [GUIDE] [--write]

Every block of docs/GUIDE.md that is marked "console" is typed into the
program on a terminal, and the screen must show what the block shows.  Where
the program waits, the rest of the line is what the person types.  Ids, times,
digits and sizes are of the day.  "console south" is the other office; blocks
with the name of a file are that file.  A guide called GUIDE.es.md is typed in
Spanish; without GUIDE every guide in docs/ is.  With --write the guide is
written anew where it was wrong, as far as the questions are the same.
"""
import glob
import itertools
import os
import re
import signal
import struct
import sys
import tempfile
import termios

from terminal import CTRL, Pty

HERE = os.path.dirname(os.path.abspath(__file__))
PASS = "copper lantern orchard mitten"
OTHER = "rain on the tin roof, all night"
EDITOR = "(in the editor: "
CLEARED = "(the screen is cleared)"

# What differs from day to day, and what stands for it.
CHANGES = [(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "TIME"),
           (r"\b20\d\d-\d\d-\d\d(?= {2}|;)", "DAY"),
           (r"(\d{5} ){5}\d{5}", "DIGITS"),
           (r"\b[0-9a-z]{26}\b", "ID"), (r"\b[0-9a-f]{12}\b", "VERSION"),
           (r"\b(?=[0-9a-z]*\d)[0-9a-z]{8}\b", "SHORT"),
           (r"^    [a-z]+( [a-z]+){6}$", "    WORDS"),
           (r"\b\d+ cells, \d+ log entries", "COUNTS"),
           (r"\b(number|número) \d+\b|编号 \d+", "number N"), (r"\S*/home/(north|south)", "~"),
           (r"\b[\d.]+ [KM]iB\b", "SIZE"), (r" +$", "")]


def plain(line):
    for pattern, instead in CHANGES:
        line = re.sub(pattern, instead, line)
    return line


def screen(data, typed):
    """The lines that a terminal would show, cleared ones too."""
    text, lines, row, column, at = data.decode(), [], [], 0, 0
    control = re.compile(r"\x1b\[\??([0-9;]*)([A-Za-z])")
    typed = iter(typed)
    text = re.sub(r"\x1b\[\?1049h.*?\x1b\[\?1049l",
                  lambda _: EDITOR + next(typed, "") + ")\n",
                  text, flags=re.S)
    while at < len(text):
        if (found := control.match(text, at)) is not None:
            if found[2] == "K":
                del row[column:]
            elif found[2] == "C":
                column += int(found[1] or 1)
            elif found[0] == "\x1b[2J" and lines[-1:] != [CLEARED]:
                lines.append(CLEARED)
            at = found.end()
            continue
        if text[at] == "\r":
            column = 0
        elif text[at] == "\t":
            column += 8 - column % 8
        elif text[at] == "\n":
            lines.append("".join(row))
            row, column = [], 0
        elif text[at] >= " ":
            row += " " * (column - len(row))
            row[column:column + 1] = [text[at]]
            column += 1
        at += 1
    return lines + ["".join(row)]


SECRETS = ("assphrase", "your own", "same again",
           "contraseña:", "una propia", "la misma",
           "口令:", "再输入一次")
# What the language of a guide is called by the system.
LANGUAGES = {"es": "es", "zh": "zh_CN"}


def language_of(guide):
    """"" is English."""
    return LANGUAGES.get(os.path.basename(guide).split(".")[-2], "")


def is_secret(prompt):
    return prompt.endswith(": ") and any(word in prompt for word in SECRETS)


class Office:
    def __init__(self, program, folder, name, language):
        self.name, self.home = name, os.path.join(folder, "home", name)
        run = os.path.join(folder, "run-" + name)
        os.makedirs(self.home)
        os.mkdir(run, 0o700)
        os.mkdir(os.path.join(self.home, "bin"))
        os.symlink(program, os.path.join(self.home, "bin", "amparo"))
        self.env = ["HOME=" + self.home, "XDG_RUNTIME_DIR=" + run,
                    "PATH=%s/bin:/usr/bin:/bin" % self.home,
                    "LC_ALL=C.UTF-8", "TERM=xterm-256color",
                    "LANGUAGE=" + language]

    def type(self, command, want):
        """Run it, and type what stands in want; the lines that came."""
        pty = Pty(["/usr/bin/env", "-i", *self.env, "/bin/sh", "-c",
                   'cd "$HOME" && ' + command], rows=200)
        try:
            return self.follow(pty, want)
        finally:
            if pty.status is None:
                os.kill(pty.pid, signal.SIGKILL)
                os.waitpid(pty.pid, 0)

    def follow(self, pty, want):
        written, still, seen = [], 0, 0
        while still < 100:
            pty.drain(0.2)
            if os.waitpid(pty.pid, os.WNOHANG)[0]:
                pty.status = 0
                break
            # It waits for a key, and is not at work, when there is no echo;
            # and what was typed last has been read.
            if pty.modes()[3] & termios.ECHO or len(pty.output) == seen:
                still += 1
                continue
            if pty.output.rfind(b"\x1b[?1049h") > \
                    pty.output.rfind(b"\x1b[?1049l"):
                line = want[len(screen(pty.output[:pty.output.rfind(
                    b"\x1b[?1049h")], written)) - 1]
                assert line.startswith(EDITOR), "the editor, not: " + line
                written.append(line[len(EDITOR):-1])
                pty.send(written[-1].encode())
                pty.drain(0.2)
                seen = len(pty.output)
                pty.send(CTRL["S"])
                continue
            seen = self.answer(pty, screen(pty.output, written), want)
        lines = screen(pty.output, written)
        while lines and lines[-1] == "":
            lines.pop()
        return lines

    def answer(self, pty, lines, want):
        n = len(lines) - 1
        fits = n < len(want) and plain(want[n]).startswith(plain(lines[n]))
        if not fits and "--write" in sys.argv:
            # A question that is new: yes; or a passphrase.
            yes = "".join(lines[-2:]).endswith("[y/N] ")
            want, fits = [*lines[:-1], lines[-1] + "y" * yes], \
                yes or is_secret(lines[-1])
        assert fits, "it asks: %r" % lines[-3:]
        answer = want[n][len(lines[n]):].strip()
        if is_secret(lines[n]):
            answer = PASS if self.name == "north" else OTHER
        if answer:
            pty.send(answer.encode())
            pty.drain(0.1)
        seen = len(pty.output)
        pty.send(b"\r")
        return seen


def photo(path):
    """A picture that carries its place, its time and its camera."""
    def directory(entries, at):
        head, more = struct.pack(">H", len(entries)), b""
        end = at + 2 + 12 * len(entries) + 4
        for tag, kind, count, value in entries:
            if len(value) > 4:
                value, more = struct.pack(">I", end + len(more)), more + value
            head += struct.pack(">HHI", tag, kind, count) + value.ljust(4, b"\0")
        return head + bytes(4) + more
    make, when = b"Example Camera\0\0", b"2026:11:20 16:41:05\0"
    place = 8 + 2 + 12 * 3 + 4 + len(make) + len(when)
    degrees = struct.pack(">6I", 48, 1, 51, 1, 30, 1)
    exif = b"Exif\0\0MM\0*" + struct.pack(">I", 8) + directory(
        [(0x010f, 2, len(make), make), (0x0132, 2, len(when), when),
         (0x8825, 4, 1, struct.pack(">I", place))], 8) + directory(
        [(1, 2, 2, b"N\0"), (2, 5, 3, degrees), (3, 2, 2, b"E\0"),
         (4, 5, 3, degrees)], place)
    with open(path, "wb") as f:
        f.write(b"\xff\xd8\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif +
                b"\xff\xda\0\x02" + bytes(2000) + b"\xff\xd9")


def blocks(path):
    with open(path, encoding="utf-8") as f:
        text = f.read()
    for found in re.finditer(r"^```(\w+)([^\n]*)\n(.*?)^```$", text,
                             re.M | re.S):
        yield found[1], found[2].strip(), found[3]


def transcript(office, text, wrong):
    """Each command of a block with what it shows; how many, and the block."""
    ran, shown = 0, ""
    for command in re.split(r"^\$ ", text, flags=re.M)[1:]:
        first, *want = command.rstrip("\n").split("\n")
        try:
            got = office.type(first, want)
        except AssertionError as error:
            wrong.append("$ %s\n  %s" % (first, error))
            got = want
        ran += 1
        for line, (a, b) in enumerate(itertools.zip_longest(
                map(plain, want), map(plain, got), fillvalue="(no more)")):
            if a != b:
                wrong.append("$ %s\n  line %d: %s\n  it says: %s" %
                             (first, line + 1, a, b))
                break
        shown += "\n".join(["$ " + first, *(
            re.sub(r"/\S*(/home/(north|south))", r"\1", line).rstrip()
            for line in got)]) + "\n"
    return ran, shown


def follow(program, guide):
    """All of one guide: how many commands, and what was wrong."""
    ran, wrong = 0, []
    with open(guide, encoding="utf-8") as f:
        new = f.read()
    with tempfile.TemporaryDirectory() as folder:
        offices = {n: Office(program, folder, n, language_of(guide))
                   for n in ("north", "south")}
        photo(os.path.join(offices["north"].home, "IMG_0412.jpg"))
        for kind, name, text in blocks(guide):
            if kind == "console":
                n, shown = transcript(offices[name or "north"], text, wrong)
                ran += n
                new = new.replace(text, shown, 1)
            elif name:
                with open(os.path.join(offices["north"].home, name), "w",
                          encoding="utf-8") as f:
                    f.write(text)
            # What one office has carried lies at the other.
            for a, b in (("north", "south"), ("south", "north")):
                for file in os.listdir(offices[a].home):
                    if file.endswith((".card", ".age")):
                        with open(os.path.join(offices[a].home, file), "rb") as f, \
                                open(os.path.join(offices[b].home, file), "wb") as g:
                            g.write(f.read())
        for office in offices.values():
            if os.path.isdir(os.path.join(office.home, ".local")):
                office.type("amparo -v ~/.local/share/amparo lock", [])
    if "--write" in sys.argv:
        with open(guide, "w", encoding="utf-8") as f:
            f.write(new)
    return ran, wrong


def main():
    program = os.path.realpath(sys.argv[1])
    guides = [a for a in sys.argv[2:] if not a.startswith("--")]
    ran, wrong = 0, []
    for guide in guides or sorted(glob.glob(
            os.path.join(HERE, "..", "..", "docs", "GUIDE*.md"))):
        # A translation of the program is built where gettext's tools are.
        if not os.path.isdir(os.path.join(os.path.dirname(program), "locale",
                                          language_of(guide))):
            print("skipped: %s: no translation" % os.path.basename(guide))
            continue
        n, bad = follow(program, guide)
        ran += n
        wrong += [os.path.basename(guide) + ": " + line for line in bad]
    print("\n".join(wrong), end="\n" if wrong else "")
    print("guide: %d commands, %d wrong" % (ran, len(wrong)))
    sys.exit(len(wrong) > 0 or ran == 0)


if __name__ == "__main__":
    main()
