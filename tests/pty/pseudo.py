#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""No sentence escapes translation: pseudo.py PATH-OF-amparo [-v]

A translation is made in which every text stands in ⟦ ⟧, with longer words, and
every argument in ⟨ ⟩.  What the program then prints outside of ⟦ ⟧, or as an
argument, must be data, commands, options, codes and the like: words that are
listed here, or that are typed here.  JSON and the log must not change at all.
-v shows what was printed.
"""
import collections
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import termios

from terminal import CTRL, Pty

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")
PASS = "dusk and dawn"
# Of a real language, so that labels of codes are not English either.
LANG = "es"
VERBOSE = "-v" in sys.argv[2:]

FORMAT = re.compile(r"%(?:\d\$)?s|%zu")
LONGER = {"a": "áá", "e": "éé", "i": "íí", "o": "óó", "u": "úú"}

# Never translated: marks of the program, units, names of its files, libraries,
# names that it gives to passphrases, words of a usage line.
PLAIN = """amparo cells db keys log json JSON id MiB KiB GiB Argon2id SQLite
libsodium format mine paper any or OPTION COMMAND""".split()
# What the library has in English for a boolean: also a word of an option.
ENGLISH = re.compile(r"(?<![-\w])yes(?![-\w])")
# Random, or the system's own translation.
OTHERS = [r"^ {4}[a-z]+( [a-z]+){6}$", r"\b[\w+]{40,}={0,2}", os.strerror(2),
          r"No existe el fichero o el directorio"]


# ---- The translation ----

def stretched(text):
    """Longer, but for formats, and commands in quotes."""
    out = ""
    for part in re.split(r"('[^' ][^']*'|%(?:\d\$)?s|%zu)", text):
        if FORMAT.fullmatch(part):
            out += "⟨" + part + "⟩"
        elif part.startswith("'"):
            out += FORMAT.sub(lambda m: "⟨" + m[0] + "⟩", part)
        else:
            out += "".join(LONGER.get(c, c) for c in part)
    return out


def pseudo(text, n):
    """
    Every cell of every line in brackets, with the number of the text; blanks
    around it stay outside.  What has no words is the same in every language.
    """
    if not re.search("[A-Za-z]", FORMAT.sub("", text)):
        return text
    return "".join(
        part if part in ("\n", "\t", "") else re.sub(
            r"^( *)(.*?)( *)$", lambda m: m[1] + (
                "⟦%d·%s⟧" % (n, stretched(m[2])) if m[2] else "") + m[3], part)
        for part in re.split(r"([\n\t])", text))


def unquoted(lines):
    return "".join(map(json.loads, re.findall(r'".*"', lines)))


def quoted(text):
    return json.dumps(text, ensure_ascii=False)


def make_translation(pot, po):
    with open(pot, encoding="utf-8") as f:
        head, *entries = f.read().strip().split("\n\n")
    out = ['msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n'
           '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n']
    texts = []
    for n, entry in enumerate(entries):
        at = entry.index("msgid ")
        body = entry[at:]
        one = unquoted(re.search(r"^msgid ((?:\".*\"\n?)+)", body, re.M)[1])
        texts.append(one)
        many = re.search(r"^msgid_plural ((?:\".*\"\n?)+)", body, re.M)
        flags = "".join(line + "\n" for line in entry[:at].split("\n")
                        if line.startswith("#,"))
        if many is None:
            out.append("%smsgid %s\nmsgstr %s\n" % (
                flags, quoted(one), quoted(pseudo(one, n))))
        else:
            many = unquoted(many[1])
            out.append("%smsgid %s\nmsgid_plural %s\nmsgstr[0] %s\nmsgstr[1] %s\n" % (
                flags, quoted(one), quoted(many), quoted(pseudo(one, n)),
                quoted(pseudo(many, n))))
    with open(po, "w", encoding="utf-8") as f:
        f.write("\n".join(out))
    return texts


def install(program, folder):
    """The program with that translation beside it, and the texts."""
    there = os.path.join(folder, "bin")
    messages = os.path.join(there, "locale", LANG, "LC_MESSAGES")
    os.makedirs(messages)
    copy = shutil.copy(program, os.path.join(there, "amparo"))
    pot, po = os.path.join(folder, "pot"), os.path.join(folder, "po")
    subprocess.run([os.path.join(ROOT, "scripts", "make-pot"), pot],
                   env=dict(os.environ, AMPARO=program), check=True,
                   stdout=subprocess.DEVNULL)
    texts = make_translation(pot, po)
    compile_translation(folder, po, "--check")
    return copy, texts


def compile_translation(folder, po, *options):
    subprocess.run(["msgfmt", *options, "-o", os.path.join(
        folder, "bin", "locale", LANG, "LC_MESSAGES", "amparo.mo"), po],
                   check=True, stderr=subprocess.DEVNULL)


# ---- What was printed ----

def outside(text):
    """What is not within ⟦ ⟧, or is an argument there."""
    out, stack = [], []
    for c in text:
        if c in "⟦⟨":
            stack.append(c)
            out.append(" ")
        elif c in "⟧⟩":
            if stack:
                stack.pop()
            out.append(" ")
        elif not stack or stack[-1] == "⟨" or c == "\n":
            out.append(c)
    return "".join(out)


def screen(data):
    text = data.decode("utf-8", "replace")
    text = re.sub(r"\x1b\[[0-9;?>=]*[A-Za-z]|\x1b[>=()][0AB]?", "\n", text)
    return text.replace("\r", "\n")


def codes(value):
    """The names and codes in a JSON value, without what is for people."""
    if isinstance(value, str):
        yield value
    for part in value if isinstance(value, list) else ():
        yield from codes(part)
    for name, part in value.items() if isinstance(value, dict) else ():
        if name not in ("label", "help"):
            yield from codes(part)


class Words:
    """Which words may stand there by themselves."""

    def __init__(self, program):
        self.words, self.labels = set(PLAIN), []
        def printed(*args):
            return subprocess.run(
                [program, *args], check=True,
                env={"LC_ALL": "C", "HOME": "/nonexistent"},
                stdout=subprocess.PIPE).stdout.decode()
        for command in json.loads(printed("--json", "help")):
            self.take(command["command"] + " " + command["usage"])
        self.take(" ".join(re.findall(r"^  (-.*?)  ", printed("help"), re.M)))
        for kind in json.loads(printed("--json", "types")):
            self.take(" ".join(codes(json.loads(
                printed("--json", "types", kind["type"])))))
        for name in glob.glob(os.path.join(ROOT, "vault/record/labels/*.def")):
            with open(name, encoding="utf-8") as f:
                for found in re.finditer(
                        r'^LABEL\("(.*)", "(.*)", "(.*)"\)', f.read(), re.M):
                    self.take(found[1] + " " + found[2])
                    if name.endswith("es.def"):
                        self.labels.append(found[3])
        self.labels.sort(key=len, reverse=True)

    def take(self, text):
        self.words.update(re.findall(r"[^\W\d_]+", text))

    def strange(self, line, typed):
        line = outside(line)
        for pattern in OTHERS:
            line = re.sub(pattern, " ", line)
        line = re.sub(r"\S*/\S*|\b[0-9a-z]*\d[0-9a-z]*\b", " ", line)
        for label in self.labels:
            if label in line:
                line = re.sub(r"(?<!\w)%s(?!\w)" % re.escape(label), " ", line)
        return ENGLISH.findall(line) + [
                w for w in re.findall(r"[^\W\d_]{2,}", line)
                if w not in self.words and w not in typed
                and re.match("[A-Za-zÀ-ÿ]+$", w)
                # A part of a text that ncurses has drawn anew.
                and not re.search("áá|éé|íí|óó|úú", w)]


def until_it_waits(pty, seen, still):
    """It waits for a key when it has said something, and turned echo off."""
    for i in range(25):
        pty.drain(still)
        if len(pty.output) > seen and not pty.modes()[3] & termios.ECHO:
            return
        # Not every key is answered by a byte.
        if i > 2 and len(pty.output) == seen:
            return
        if os.waitid(os.P_PID, pty.pid,
                     os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
            return


class Trial:
    def __init__(self, program, folder):
        self.folder, self.translated = folder, 0
        self.lines, self.escaped = 0, collections.OrderedDict()
        self.words = Words(program)
        self.program, self.texts = install(program, folder)
        run = os.path.join(folder, "run")
        os.mkdir(run, 0o700)
        self.env = {"HOME": folder, "XDG_RUNTIME_DIR": run,
                    "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8",
                    "LANGUAGE": LANG, "TERM": "xterm-256color"}
        self.typed = set()
        self.shown = set()

    def data(self, text):
        """Words of records, names and answers, which may be shown again."""
        self.typed.update(re.findall(r"[^\W\d_]+", text))

    def look(self, what, text):
        for line in text.split("\n"):
            if not line.strip():
                continue
            self.lines += 1
            self.translated += "⟦" in line
            self.shown.update(map(int, re.findall(r"⟦(\d+)·", line)))
            if VERBOSE:
                print("    " + line)
            strange = self.words.strange(line, self.typed)
            if strange:
                self.escaped.setdefault(
                    (line.strip(), " ".join(strange)), what)

    def run(self, *args, stdin="", env=None):
        if VERBOSE:
            print("$ amparo", *args)
        return subprocess.run([self.program, *args], input=stdin.encode(),
                              env=dict(self.env, **(env or {})), check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def do(self, *args, stdin=""):
        """Run it without a terminal; its output as a text."""
        self.data(" ".join(args[1:]))
        done = self.run(*args, stdin=stdin)
        self.look(" ".join(args), (done.stdout + done.stderr).decode())
        return done.stdout.decode()

    def same(self, *args):
        """The same bytes in English."""
        one = self.run(*args)
        other = self.run(*args, env={"LANGUAGE": ""})
        sentence = re.compile(rb'^ "sentence": .*$', re.M)
        # Sentences are for people, in JSON too; all the rest is the same.
        if (sentence.sub(b"", one.stdout), one.returncode) != (
                sentence.sub(b"", other.stdout), other.returncode):
            self.escaped[("changes with the language", "-")] = " ".join(args)
        return one.stdout.decode()

    def ask(self, args, answers, still=0.4):
        """On a terminal; answers are typed one after the other."""
        if VERBOSE:
            print("$ amparo (on a terminal)", *args)
        self.data(" ".join(a if isinstance(a, str) else "" for a in answers))
        pty = Pty(["/usr/bin/env", "-i",
                   *("%s=%s" % pair for pair in self.env.items()),
                   self.program, *args], rows=60, columns=200)
        seen = -1
        for answer in answers:
            until_it_waits(pty, seen, still)
            seen = len(pty.output)
            try:
                pty.send(answer.encode() + b"\r"
                         if isinstance(answer, str) else answer)
            except (AssertionError, OSError):
                break
        pty.drain(still)
        if os.waitpid(pty.pid, os.WNOHANG)[0] == 0:
            try:
                pty.send(CTRL["D"])
                pty.drain(still)
            except (AssertionError, OSError):
                pass
            try:
                pty.end(2)
            except AssertionError:
                pass  # it is at a question: what it printed is enough
        self.look(" ".join(args), screen(bytes(pty.output)))
        return screen(bytes(pty.output))


# ---- What is tried ----

def helps_and_wrong_usage(t, v):
    t.do("help")
    t.do("--version")
    commands = [c["command"] for c in json.loads(t.same("--json", "help"))]
    for command in commands:
        t.do("help", command)
        t.do(*v, command, "--nonsense")
        t.do(*v, command, "a", "b", "c", "d", "e")
    t.do(*v, "unlok")
    t.do(*v, "nothing-like-it")
    t.do(*v, "list", "--limit")
    t.do("info", "-v", "x")
    t.do("--nonsense")
    t.do("-v", "/nonexistent", "info")
    t.do("-v", "/dev/null", "info")
    t.do(*v, "unlock", "--for", "soon")
    t.do(*v, "types")
    for kind in json.loads(t.same("--json", "types")):
        t.do("types", kind["type"])
        for field in json.loads(t.same("--json", "types", kind["type"]))[
                "fields"]:
            if field["form"].startswith("object"):
                t.do("types", kind["type"] + "." + field["name"])
    t.do("types", "nothing")
    for name in json.loads(t.same("--json", "vocab")):
        t.do("vocab", name["vocab"])
    t.do("vocab", "nothing")
    for args in (("help",), ("types",), ("types", "act"), ("vocab",)):
        t.same("--json", *args)


def a_vault(t, v, p):
    t.do("-v", v[1], "init")
    t.do("-v", v[1], *p, "--yes", "init", "--office", "Exempla")
    t.do("-v", v[1], *p, "--yes", "init", "--office", "Exempla")
    for command in (("info",), ("unlock",), ("info",), ("check",),
                    ("check", "--records"), ("log",), ("reindex",),
                    ("passphrase", "list"), ("lock",), ("lock", "--all"),
                    ("list",), ("find", "nobody"), ("show", "nobody")):
        t.do(*v, *p, *command)
    t.do(*v, "show", "x")
    for name in ("log", "info", "check", "list"):
        t.same(*v, *p, "--json", name)
    t.same(*v, *p, "log")
    wrong = os.path.join(t.folder, "wrong")
    with open(wrong, "w") as f:
        f.write("wrong\n")
    t.do(*v, "--passphrase-file", wrong, "info")
    t.do(*v, "--passphrase-file", "/nonexistent", "info")
    t.do(*v, *p, "passphrase", "add", "Zweite", "--new-passphrase-file", wrong)
    t.do(*v, *p, "passphrase", "add", "Zweite", "--new-passphrase-file", wrong)
    t.do(*v, *p, "passphrase", "remove", "Zweite")
    t.do(*v, *p, "passphrase", "remove", "Zweite")
    t.do(*v, *p, "passphrase", "remove", "mine")


def records(t, v, p):
    def add(kind, **body):
        return t.do(*v, *p, "add", kind, stdin=json.dumps(body)).strip()
    t.data("Xenia Quorum Ypsilon Latn en")
    who = add("person", names=[{"text": "Xenia Quorum", "script": "Latn",
                                "primary": True}], protected=True,
              sex="f", contacts=[{"kind": "telephone", "value": "1"}],
              private_fields=["contacts"])
    case = add("case", title="Ypsilon", tags=["x"])
    act = add("act", act="arbitrary-arrest", victims=[who], cases=[case],
              date={"edtf": "2011-02"}, description="Ypsilon\nYpsilon")
    add("status", person=who, status="released", date={"edtf": "2011-02"})
    add("status", person=who, status="dead", date={"edtf": "2011-01"})
    consent = add("consent", person=who, scopes=["partner"], naming="full",
                  date={"edtf": "2011"})
    testimony = add("testimony", medium="interview", title="Ypsilon",
                    text="Xenia",
                    source={"ref": who}, about=[who])
    add("person", level=9)
    add("nothing")
    for wrong in ("{", "[1.5]", "{\"a\": 1, \"a\": 2}", "{\"a\": 1e99}", "x",
                  "{\"\u00e9\": 1}", "{\"a\": \"\\u0000\"}", "[" * 99,
                  "[%s1]" % ("1," * 100001)):
        t.do(*v, *p, "add", "person", stdin=wrong)
    # Links to what is not here.
    gone = "7zzzzzzzzzzzzzzzzzzzzzzzzz"
    lost = add("act", act="arbitrary-arrest", victims=[gone], follows=[gone])
    for id in (who, case, act, consent, testimony, lost):
        t.do(*v, *p, "show", id)
        t.do(*v, *p, "history", id)
    for args in (("list",), ("list", "type:act"), ("find", "xenia"), ("find", "type:person", "AND"),
                 ("find", "nothing:x"), ("timeline", who), ("timeline", act),
                 ("count", "released"), ("count", "ever", "released"),
                 ("count", "nothing"), ("may", who, "--audience", "partner"),
                 ("may", who, "--audience", "media"),
                 ("may", act, "--audience", "partner"),
                 ("may", who, "--audience", "nobody"),
                 ("edit", who, "--set", "sex=m"),
                 ("edit", who, "--set", "nothing=m"),
                 ("edit", who, "--set", "sex=nothing"),
                 ("new", "case", "--set", "summary=x"),
                 ("new", "case", "--set", "title=Zeta"), ("new", "nothing"),
                 ("resolve", who), ("revert", who, "0000"),
                 ("show", "Xenia"), ("show", "0"), ("forget", "--asked")):
        t.do(*v, *p, *args)
        t.do(*v, *p, "--yes", *args)
        t.same(*v, *p, "--json", *args) if args[0] in (
            "list", "find", "timeline", "count", "may") else None
    twin = add("person", names=[{"text": "Xenia Quorum"}],
               review={"edtf": "2011"})
    for args in (("same",), ("same", who, twin), ("same", who, case),
                 ("same", "--not", who, twin), ("due",),
                 ("due", "--within", "soon"), ("show", who, "--with"),
                 ("link", act, case), ("link", case, who),
                 ("link", act, twin, "victims"), ("link", who, who),
                 ("link", "--not", act, twin, "victims"),
                 ("link", "--not", act, twin, "victims")):
        t.do(*v, *p, *args)
        t.do(*v, *p, "--yes", *args)
    page = os.path.join(t.folder, "Page")
    text = page + ".txt"
    for args in (("dossier", case, "--unfiltered", "-o", text),
                 ("dossier", who, "--unfiltered", "-o", text),
                 ("dossier", case, "--audience", "partner", "-o", text),
                 ("report", "--by", "sex"), ("report", "--by", "nothing"),
                 ("report", "--by", "type", "--over", "year"),
                 ("report", "--by", "title"), ("report", "--by", "protected"),
                 ("report", "--by", "victims.sex", "--count", "persons"),
                 ("report", "--by", "type", "--audience", "partner"),
                 ("report", "--by", "type", "--html", "-o", page),
                 ("redact", act, "--audience", "partner"),
                 ("redact", who, "--audience", "partner"),
                 ("export", "--plain", "json", "--unfiltered", "-o",
                  page + ".json")):
        t.do(*v, *p, *args)
        t.do(*v, *p, "--yes", *args)
    for name in (page, text):
        with open(name, encoding="utf-8") as f:
            t.look(name, re.sub("<style.*?</style>|<[^>]*>", "\n", f.read(),
                                flags=re.S))
    photo = os.path.join(t.folder, "Photo.txt")
    with open(photo, "w") as f:
        f.write("x")
    t.do(*v, *p, "attach", who, photo)
    t.do(*v, *p, "attach", who, photo)
    t.do(*v, *p, "attach", who, "/nonexistent")
    t.do(*v, *p, "show", who)
    t.do(*v, *p, "extract", who, "Photo.txt", "-o", photo)
    t.do(*v, *p, "extract", who, "Photo.txt", "-o", photo + ".new")
    t.do(*v, *p, "extract", who, "Nothing.txt")
    t.do(*v, *p, "--yes", "forget", testimony)
    t.do(*v, *p, "show", testimony)
    t.do(*v, *p, "list")
    return who


def lists(t, v, p):
    """Import of tables: what is right with them, and what is not."""
    names = [os.path.join(t.folder, n) for n in ("L.csv", "L.map", "L.json")]
    def write(name, text):
        with open(name, "w", encoding="latin-1") as f:
            f.write(text)
    def map_of(**more):
        return json.dumps(dict({
            "amparo_map": 1, "name": "ell", "type": "person", "key": ["no"],
            "columns": [{"column": "name", "field": "names[0].text"},
                        {"column": "sex", "field": "sex",
                         "codes": [["m", "m"]]},
                        {"column": "born", "field": "born"}]}, **more))
    head = "no,name,sex,born\n"
    t.data("no name sex born ell Iota Kappa zzz columns field")
    def imports(rows, its_map=None, *options):
        write(names[0], rows)
        write(names[1], its_map or map_of())
        t.do(*v, *p, "import", names[0], "--map", names[1], *options)
        t.do(*v, *p, "--yes", "import", names[0], "--map", names[1], *options)
    good = head + "1,Iota,m,1979\n2,Kappa,zzz,zzz\n,Kappa,,\n2,Kappa,m,1980\n"
    imports(good, None, "--preview")
    imports(good)
    imports(good.replace("1979", "1978"), None, "--policy", "update")
    imports(good.replace("1979", "1977"))
    for rows in (head + "1,\"Iota,m\n", head + "1,I\"ota\",m\n",
                 head + "1,Iota\n", head + "1,\xe9,m,1979\n",
                 head + "1,\0,m,1979\n", "", "no,no,name,sex,born\n",
                 "zzz\n1\n", head + "1,Iota,m,1979,x\n"):
        imports(rows)
    imports(head + "1,\xe9,m,1979\n", None, "--encoding", "latin1")
    imports(good, None, "--encoding", "zzz")
    imports(good, None, "--policy", "zzz")
    for its_map in ("{", "[]", map_of(amparo_map=9), map_of(type="zzz"),
                    map_of(zzz=1), map_of(key=["zzz"]), map_of(columns=1),
                    map_of(columns=[{"column": "name", "field": "zzz"}]),
                    map_of(columns=[{"column": "name"}] * 2), map_of(name=1),
                    map_of(columns=[{"column": "name", "field": "sex",
                                     "codes": [["m", "zzz"]]}])):
        imports(good, its_map)
    write(names[2], "[{\"no\": {}}]")
    t.do(*v, *p, "import", names[2], "--map", names[1], "--yes")
    t.ask([*v, *p, "import", names[0], "--map", names[1], "--policy", "ask"],
          ["k", "a", "u", "n"])


def offices(t, v, p):
    other = ("-v", os.path.join(t.folder, "other"))
    t.do(*other, *p, "--yes", "init", "--office", "Altera")
    cards = [os.path.join(t.folder, n + ".card") for n in "ab"]
    bundle = os.path.join(t.folder, "b.age")
    for vault, card in ((v, cards[0]), (other, cards[1])):
        t.do(*vault, *p, "office")
        t.do(*vault, *p, "office", "--card", card)
        t.do(*vault, *p, "office", "--card", card)
    t.do(*v, *p, "contact", "list")
    t.do(*v, *p, "contact", "add", cards[1])
    t.do(*v, *p, "contact", "add", cards[0])
    t.do(*v, *p, "contact", "add", "/dev/null")
    t.do(*v, *p, "contact", "list")
    t.do(*v, *p, "contact", "mark", "Altera", "--our-office")
    t.do(*v, *p, "export", "--to", "Altera", "-o", bundle)
    t.do(*v, *p, "--yes", "contact", "verify", "Altera")
    t.do(*v, *p, "contact", "verify", "Nobody")
    t.do(*v, *p, "export", "type:case", "--to", "Altera", "-o", bundle)
    t.do(*v, *p, "--yes", "export", "--to", "Altera", "-o", bundle)
    t.do(*v, *p, "--yes", "export", "--to", "Nobody", "-o", bundle + "2")
    t.do(*other, *p, "inspect", bundle)
    t.do(*other, *p, "import", bundle)
    t.do(*other, *p, "contact", "add", cards[0])
    t.do(*other, *p, "--yes", "contact", "verify", "Exempla")
    t.do(*other, *p, "inspect", bundle)
    t.do(*other, *p, "--yes", "import", bundle)
    t.do(*other, *p, "--yes", "import", bundle)
    t.do(*other, *p, "import", "/dev/null")
    t.do(*other, *p, "inspect", cards[0])
    for args in (("renew",), ("retire", "7"), ("secret-key",),
                 ("renew", "--signing"), ("revoke", "-o", bundle + "r")):
        t.do(*other, *p, "office", *args)
        t.do(*other, *p, "--yes", "office", *args)
    t.do(*other, *p, "office")
    copy = os.path.join(t.folder, "copy")
    t.do(*v, *p, "backup", copy)
    t.do(*v, *p, "backup", copy)
    t.do("-v", copy + "2", *p, "restore", copy)
    t.do("-v", copy, *p, "wipe")
    t.do("-v", copy, *p, "--yes", "wipe")
    t.do("-v", copy, *p, "wipe")


def at_a_terminal(t, v, who):
    made = ("-v", os.path.join(t.folder, "made"))
    t.data("Gamma " + PASS)
    t.ask([*made, "init"], ["Gamma", PASS, PASS, "y", "n", ""], 0.8)
    t.ask(["init", "--practice"], [], 1.5)
    t.ask([*v, "unlock"], ["wrong"])
    t.ask([*v, "unlock"], [PASS])
    t.ask([*v, "list"], [b"q"])
    t.ask([*v, "find"], ["xenia", b"q"])
    t.ask([*v, "show", who], [b" ", b"q"])
    t.ask([*v, "new", "case"],
          ["?", "Delta", "?", "", "<", "-", "more", "?", "", CTRL["C"], "n"])
    t.ask([*v, "new", "person"],
          ["?", "", "Xenia Quorum", "1", "?", "usual", "", "!", "n", "!", "n",
           "!", "", "n", ""])
    t.ask([*v, "new", "act"],
          ["?", "nothing-such", "arrest", "1", "?", "2011-99", "2011", "?",
           "Nobody Such", "n", "", "!", "", "n", CTRL["C"], "y"])
    t.ask([*v, "edit", who], ["", "?", "!", "s", "", CTRL["C"], ""])
    t.ask([*v, "new", "testimony"],
          ["interview", "Omega", "more", "", "", "", "", "", "", "", ""])
    t.ask([*v, "new", "case"], ["Sigma", "", b"", b"\x1b", CTRL["F"], "x",
                                CTRL["Z"], CTRL["Q"], b"y", CTRL["C"], "n"])
    t.ask([*v, "menu"], ["1", "", "99", "?", "0", CTRL["C"], "2", "", CTRL["C"],
                         "9", "", CTRL["D"]])
    t.ask([*v, "unlock"], [PASS])
    t.ask([*v], ["help", "unlok", "list", "info", "help find", "nothing",
                 "quit"])
    t.ask([*v, "passphrase", "change"], [PASS, PASS, PASS, "n"])
    t.ask([*v, "contact", "verify", "Altera"], [PASS, "n"])
    t.ask([*v, "forget", who], [PASS, "n"])
    t.ask([*v, "wipe"], ["n"])
    t.ask([*v, "office", "renew", "--signing"], [PASS, "n"])
    t.ask([*v, "lock"], [])


def a_hostile_one(t, v, p):
    """What a translation has in the place of an argument is not believed."""
    with open(os.path.join(t.folder, "po"), encoding="utf-8") as f:
        lines = f.read().split("\n")
    with open(os.path.join(t.folder, "po"), "w", encoding="utf-8") as f:
        for line in lines:
            if line.startswith("msgstr"):
                line = FORMAT.sub("%s%9$s%n%zu%d%s%s%", line)
            f.write(line + "\n")
    compile_translation(t.folder, os.path.join(t.folder, "po"))
    for args in (("help",), ("-v", "/nonexistent", "info"), ("unlok",),
                 (*v, *p, "info"), (*v, *p, "list"), (*v, *p, "check")):
        done, english = t.run(*args), t.run(*args, env={"LANGUAGE": ""})
        if done.returncode != english.returncode:
            t.escaped[("a hostile translation", "-")] = " ".join(args)
    # The editor prints numbers: such a sentence stays English.
    shown = t.ask([*v, "--passphrase-file", p[1], "new", "case"], [
        "n", "Delta", "x", CTRL["Q"], b"y", CTRL["C"], "n"])
    if "bytes 0  words 0" not in shown:
        t.escaped[("a hostile translation", "-")] = "the editor"


def main():
    program = os.path.realpath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        t = Trial(program, folder)
        pass_file = os.path.join(folder, "pass")
        with open(pass_file, "w") as f:
            f.write(PASS + "\n")
        v, p = ("-v", os.path.join(folder, "v")), (
            "--passphrase-file", pass_file)
        t.data("Exempla Altera")
        try:
            helps_and_wrong_usage(t, v)
            a_vault(t, v, p)
            who = records(t, v, p)
            lists(t, v, p)
            offices(t, v, p)
            at_a_terminal(t, v, who)
            escaped = dict(t.escaped)
            a_hostile_one(t, v, p)
            # In it everything is wrong but what it is looked for.
            t.escaped = {k: what for k, what in t.escaped.items()
                         if k in escaped or k[1] == "-"}
        finally:
            t.run("lock", "--all")
    for (line, strange), what in t.escaped.items():
        print("escaped: %s\n    of: amparo %s\n    %s" % (strange, what, line))
    print("pseudo: %d of %d texts seen, %d lines, %d escaped" % (
        len(t.shown), len(t.texts), t.lines, len(t.escaped)))
    if VERBOSE:
        print("never seen:", *(t.texts[n] for n in range(len(t.texts))
                               if n not in t.shown), sep="\n    ")
    # Fewer texts would say that the trial no longer reaches them.
    sys.exit(len(t.escaped) > 0 or len(t.shown) < len(t.texts) * 2 // 5)


if __name__ == "__main__":
    main()
