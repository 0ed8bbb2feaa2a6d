#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""What a session leaves on the disk: scan.py [PROGRAM]

A day's work runs under strace, with a canary in every place where a person
writes something: passphrase, names, titles, notes, drafts, what is attached
and what it is called.  Then

1. no byte written to any file, one that is gone again too, has a canary in it:
   raw, in lower case, UTF-16, hex, base64 at its three alignments, reversed;
2. nothing is opened for writing but the vault, copies and outputs that were
   named, and the agent's socket lies in the runtime folder only;
3. no program that ours starts gets a canary as an argument or in its
   environment;
4. HOME, the XDG folders and TMPDIR hold afterwards what they held before.

The arguments that a person types are theirs: only what comes after the first
execve of a command is looked at.  Planted: programs that break each rule.
Memory is looked at by tests/agent/abuse.py.
"""
import base64
import os
import pty
import re
import select
import shutil
import stat
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.path.join(HERE, "..", "..", "build-test", "amparo")
CALLS = ("%file,write,pwrite64,writev,pwritev,memfd_create,sendto,sendmsg,"
         "copy_file_range,sendfile")
CANARY = {
    "passphrase": "Passphrase-canary-6fQ2 said the owl",
    "office": "OfficeCanary7Kd",
    "name": "NameCanary3Xw Quetzal",
    "han": "金絲雀之名字甲乙丙",
    "title": "TitleCanary9Lm",
    "summary": "SummaryCanary2Rt walked by the river",
    "notes": "NotesCanary5Vb",
    "changed": "ChangedCanary8Hn",
    "draft": "DraftCanary1Js",
    "content": "ContentCanary4Gp-0123456789",
    "file name": "FileNameCanary6Tz.jpg",
    "second passphrase": "Second-canary-0Wy on paper",
}


def forms(text):
    """Everything that a canary may look like."""
    raw = text.encode()
    found = {"raw": raw, "lower": raw.lower(), "reversed": raw[::-1],
             "utf16": text.encode("utf-16-le"),
             "hex": raw.hex().encode(), "HEX": raw.hex().upper().encode()}
    for shift in range(3):
        code = base64.b64encode(b"x" * shift + raw)
        # Without what depends on the neighbours.
        code = code[(0, 2, 3)[shift]:].rstrip(b"=")[:-2]
        found[f"base64+{shift}"] = code
    # A long one in slices, as a wrapped line or a torn page would have it.
    if len(raw) >= 24:
        found["slice"] = raw[4:20]
    return found


FORMS = [(name, form, pattern) for name, text in CANARY.items()
         for form, pattern in forms(text).items()]


def hits(data):
    return [f"{name} ({form})" for name, form, pattern in FORMS
            if pattern in data]


class Session:
    """Folders, an environment, and a log of strace for each command."""

    def __init__(self, program):
        self.top = tempfile.mkdtemp(prefix="amparo-leak.")
        self.program = program
        self.logs = []
        self.typed = {}
        self.tracers = []
        self.problems = []
        self.commands = 0
        for name in ("home", "home/.cache", "home/.config", "data", "state",
                     "tmp", "run", "in", "out", "cwd"):
            os.mkdir(self.path(name), 0o700)
        self.env = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8",
                    "HOME": self.path("home"), "TMPDIR": self.path("tmp"),
                    "XDG_DATA_HOME": self.path("data"),
                    "XDG_STATE_HOME": self.path("state"),
                    "XDG_CACHE_HOME": self.path("home/.cache"),
                    "XDG_CONFIG_HOME": self.path("home/.config"),
                    "XDG_RUNTIME_DIR": self.path("run"), "TERM": "xterm",
                    "AMPARO_VAULT": self.path("v")}

    def path(self, name):
        return os.path.join(self.top, name)

    def wrong(self, text):
        if text not in self.problems:
            self.problems.append(text)

    def run(self, *args, stdin=b"", status=0, vault=None, tty=False,
            passphrase="passphrase"):
        """One command under strace; its output."""
        log = self.path(f"strace.{len(self.logs)}")
        self.logs.append(log)
        self.typed[log] = args
        self.commands += 1
        give, take = os.pipe()
        os.write(take, CANARY[passphrase].encode() + b"\n")
        os.close(take)
        told, tell = os.pipe()
        # strace stays as long as an agent does: the shell says how it ended.
        command = ["strace", "-f", "-qq", "-y", "-xx", "-v", "-s", "1000000",
                   "-e", "signal=none", "-e", "trace=" + CALLS + ",execve",
                   "-o", log, "sh", "-c", '"$@"; echo $? >&%d' % tell, "sh",
                   self.program, "--passphrase-fd", str(give), "--yes", *args]
        env = dict(self.env)
        if vault:
            env["AMPARO_VAULT"] = vault
        ours = theirs = None
        out = open(self.path("out/.printed"), "w+b")
        source = tempfile.TemporaryFile()
        source.write(stdin)
        source.seek(0)
        if tty:
            ours, theirs = pty.openpty()
        self.tracers.append(subprocess.Popen(
            command, env=env, cwd=self.path("cwd"), pass_fds=[give, tell],
            stdin=theirs or source, stdout=theirs or out,
            stderr=theirs or out, start_new_session=True))
        os.close(tell)
        code = wait_for(told, ours)
        for fd in [give, told] + ([ours, theirs] if tty else []):
            os.close(fd)
        out.seek(0)
        printed = out.read()
        out.close()
        source.close()
        if code != status:
            raise RuntimeError(f"{args}: status {code}: {printed[-600:]!r}")
        return printed

    def wait(self):
        """Until every strace has written its log."""
        for tracer in self.tracers:
            tracer.wait(timeout=30)

    def listing(self):
        found = set()
        for name in ("home", "data", "state", "tmp", "cwd", "run"):
            for folder, folders, files in os.walk(self.path(name)):
                paths = {os.path.join(folder, f) for f in files}
                if name == "run":
                    # The agent's folder and its lock, empty, may stay.
                    paths = {p for p in paths
                             if not stat.S_ISREG(os.lstat(p).st_mode) or
                             os.path.getsize(p)}
                else:
                    paths |= {os.path.join(folder, f) for f in folders}
                found |= paths
        return found

    def close(self):
        subprocess.run([self.program, "lock", "--all"], env=self.env,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                       check=False)
        self.wait()
        shutil.rmtree(self.top)


def wait_for(told, terminal):
    """The status that the shell tells; meanwhile the terminal is read."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        both = [told] + ([terminal] if terminal is not None else [])
        ready = select.select(both, [], [], 0.3)[0]
        if told in ready:
            return int(os.read(told, 100) or b"-1")
        if ready:
            os.read(terminal, 65536)
        elif terminal is not None:
            os.write(terminal, b"q")  # a pager waits
    return -1


# ---- The session ----

def day(s):
    """From nothing to a copy, and locked again."""
    content = (CANARY["content"] * 8000).encode()
    attached = s.path(os.path.join("in", CANARY["file name"]))
    with open(attached, "wb") as file:
        file.write(content)
    with open(s.path("in/second"), "w", encoding="utf-8") as file:
        file.write(CANARY["second passphrase"] + "\n")
    s.run("init", "--office", CANARY["office"])
    s.run("unlock")
    person = record_id(s.run("add", "person", stdin=person_json().encode()))
    case = record_id(s.run("add", "case", stdin=(
        '{"type":"case","title":"%s","summary":"%s"}' %
        (CANARY["title"], CANARY["summary"])).encode()))
    s.run("edit", case, "--set", "context=" + CANARY["changed"])
    s.run("edit", case, "--set", "context=")
    s.run("list")
    s.run("list", "--json")
    s.run("find", "quetzal")
    s.run("find", "--like", "NameCanary3Xv Quetzal")
    s.run("show", person)
    s.run("show", person, tty=True)
    s.run("list", tty=True)
    s.run("history", case)
    s.run("attach", person, attached)
    s.run("extract", person, CANARY["file name"], "-o", s.path("out/photo"))
    with open(s.path("out/photo"), "rb") as file:
        if file.read() != content:
            raise RuntimeError("extracted bytes are others")
    s.run("reindex")
    s.run("passphrase", "list")
    s.run("backup", s.path("backup"))
    s.run("restore", s.path("backup"), vault=s.path("restored"))
    s.run("check")
    s.run("log")
    # Errors must not tell more: a bad body, an unknown id, a wrong passphrase.
    s.run("add", "person", stdin=(
        '{"type":"person","nmaes":"%s"}' % CANARY["notes"]).encode(), status=2)
    s.run("show", CANARY["title"] + " not there", status=15)
    s.run("lock")
    s.run("list", passphrase="second passphrase", status=12)
    s.run("lock", "--all")


def person_json():
    return ('{"type":"person","names":[{"text":"%s","primary":true},'
            '{"text":"%s"}],"notes":["%s"],"private_fields":["notes"]}' %
            (CANARY["name"], CANARY["han"], CANARY["notes"]))


def record_id(out):
    found = re.search(rb"(?m)^[0-9a-hjkmnp-tv-z]{26}$", out)
    if found is None:
        raise RuntimeError(f"no id in {out!r}")
    return found.group().decode()


# ---- Looking at the logs ----

def unescape(text):
    """Bytes of a string as -xx writes it."""
    return bytes(int(h, 16) for h in re.findall(r"\\x([0-9a-f]{2})", text))


CALL = re.compile(r"^\d+ +(\w+)\((.*)$")
STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
# With -y and -xx the path of a descriptor is written in hex, too.
FD = re.compile(r"^(\d+)<((?:\\x[0-9a-f]{2}|[^>])*)>")


def target_of(args):
    found = FD.match(args)
    if found is None:
        return ""
    text = found.group(2)
    return unescape(text).decode(errors="replace") if "\\x" in text else text


def allowed(s, path):
    """What may be written: what is the vault's, or was named."""
    inside = ("v", "v.unfinished", "backup", "backup.unfinished", "restored",
              "restored.unfinished", "out", "run")
    if any(path == s.path(n) or path.startswith(s.path(n) + "/")
           for n in inside):
        return True
    return path.startswith(("/dev/null", "/dev/tty", "/dev/pts/", "/proc/"))


def is_output(s, path):
    return path.startswith(s.path("out") + "/")


def look_at_write(s, args, call):
    path = target_of(args)
    # Pipes and terminals are how a person is answered.
    if not path.startswith("/") or path.startswith("/dev/") or \
            is_output(s, path):
        return 0
    if path.startswith(("/memfd:", "/proc/")):
        return 0
    for data in STRING.findall(args):
        for what in hits(unescape(data)):
            s.wrong(f"{call} to {path}: {what}")
    return 1


def look_at_open(s, args, written):
    strings = STRING.findall(args)
    if not strings or not re.search(r"O_WRONLY|O_RDWR|O_CREAT|O_TMPFILE",
                                    args):
        return
    if re.search(r"= -1 E", args):
        return
    path = unescape(strings[0]).decode(errors="replace")
    # The result has the whole path, as -y tells it.
    whole = re.search(r"= \d+<((?:\\x[0-9a-f]{2}|[^>])*)>", args)
    if whole:
        path = whole.group(1)
        path = unescape(path).decode(errors="replace") \
            if "\\x" in path else path
    written.add(path)
    if path.startswith("/memfd:"):
        return
    if not allowed(s, path.replace(" (deleted)", "")):
        s.wrong(f"opened for writing: {path}")


def look_at_exec(s, args, typed):
    for data in STRING.findall(args):
        if unescape(data).decode(errors="replace") in typed:
            continue
        for what in hits(unescape(data)):
            s.wrong(f"execve: {what}")


def look_at_log(s, log, written, real):
    started, count = False, 0
    with open(log, encoding="ascii", errors="replace") as lines:
        for line in lines:
            found = CALL.match(line)
            if found is None:
                continue
            call, args = found.groups()
            if call == "execve" and " = 0" in args:
                path = unescape(STRING.search(args).group(1)).decode()
                # Ours, as the person has typed it: once.
                if not started and path == real:
                    started = True
                else:
                    look_at_exec(s, args, () if started else s.typed[log])
            elif call in ("open", "openat", "creat", "openat2"):
                look_at_open(s, args, written)
            elif call in ("write", "pwrite64", "writev", "pwritev"):
                count += look_at_write(s, args, call)
            elif call in ("copy_file_range", "sendfile"):
                s.wrong(f"{call}: not looked into by this test")
            elif call in ("rename", "renameat", "renameat2", "link", "linkat",
                          "symlink", "symlinkat", "mkdir", "mkdirat",
                          "mknod", "mknodat"):
                for data in STRING.findall(args):
                    name = unescape(data)
                    for what in hits(name):
                        if not is_output(s, name.decode(errors="replace")):
                            s.wrong(f"{call}: {what}")
    return count


def look_at_files(s):
    """What is still there: names, and all bytes."""
    count = 0
    for name in ("v", "backup", "restored", "home", "data", "state", "tmp",
                 "run", "cwd"):
        for folder, folders, files in os.walk(s.path(name)):
            for one in folders + files:
                for what in hits(one.encode()):
                    s.wrong(f"a name in {folder}: {what}")
            for one in files:
                path = os.path.join(folder, one)
                if not stat.S_ISREG(os.lstat(path).st_mode):
                    continue
                count += 1
                with open(path, "rb") as file:
                    for what in hits(file.read()):
                        s.wrong(f"{path}: {what}")
    return count


def scan(program, work=day, real=None):
    """All problems of one session, and what was looked at."""
    s = Session(program)
    try:
        before = s.listing()
        work(s)
        s.wait()
        written, writes = set(), 0
        for log in s.logs:
            writes += look_at_log(s, log, written, real or program)
        files = look_at_files(s)
        for path in sorted(s.listing() - before):
            s.wrong(f"new: {os.path.relpath(path, s.top)}")
        if writes < 100 or not written:
            s.wrong(f"only {writes} writes were seen")
        return s.problems, s.commands, writes, len(written) + files
    finally:
        s.close()


# ---- Planted ----

def short_day(s):
    s.run("init", "--office", CANARY["office"])
    s.run("add", "person", stdin=person_json().encode())
    s.run("list")
    s.run("lock")


NOTHING = ": nothing"
PLANTED = {
    "a temporary file that is gone again":
        'printf "a %s" > "$TMPDIR/x"; rm "$TMPDIR/x"',
    "a temporary file in base64":
        'printf "a %s" | base64 > "$TMPDIR/x"; rm "$TMPDIR/x"',
    "in UTF-16, in the vault's folder":
        'mkdir -p "$XDG_RUNTIME_DIR/y"; printf "a %s" |'
        ' iconv -t UTF-16LE > "$XDG_RUNTIME_DIR/y/x"',
    "an argument of another program": 'env true "a %s"',
    "an environment of another program": 'NOTE="a %s" env true',
    "a file in HOME": ': > "$HOME/.amparo_history" # %s',
    "a name of a file": 'mkdir "$XDG_RUNTIME_DIR/%s"',
}


def plant(program, what, text, folder):
    path = os.path.join(folder, "amparo")
    with open(path, "w", encoding="utf-8") as file:
        file.write("#!/bin/sh\n" + text.replace("%s", CANARY["notes"]) +
                   f'\nexec "{program}" "$@"\n')
    os.chmod(path, 0o755)
    problems = scan(path, short_day, program)[0]
    for problem in problems if text == NOTHING else []:
        print(f"leak: failed: nothing planted: {problem}")
    if problems or text == NOTHING:
        return bool(problems)
    print(f"leak: missed: {what}")
    return False


def main():
    began = time.monotonic()
    program = os.path.realpath(sys.argv[1] if len(sys.argv) > 1 else PROGRAM)
    if shutil.which("strace") is None or subprocess.run(
            ["strace", "-qq", "-o", "/dev/null", "true"],
            check=False).returncode != 0:
        print("skipped: leak: no strace here that works")
        print("leak: 0 run, 0 failed, 1 skipped, 0 planted/0 caught,"
              " 0 seconds")
        return 0
    problems, commands, writes, files = scan(program)
    for problem in problems:
        print(f"leak: failed: {problem}")
    print(f"  {commands} commands, {writes} writes, {files} paths,"
          f" {len(FORMS)} forms of {len(CANARY)} canaries")
    caught = 0
    with tempfile.TemporaryDirectory() as folder:
        # A wrapper that does nothing must not be caught.
        if plant(program, "nothing", NOTHING, folder):
            problems.append("nothing")
        for what, text in PLANTED.items():
            caught += plant(program, what, text, folder)
    print(f"leak: {commands} run, {len(problems)} failed, 0 skipped,"
          f" {len(PLANTED)} planted/{caught} caught,"
          f" {time.monotonic() - began:.0f} seconds")
    return 1 if problems or caught != len(PLANTED) else 0


if __name__ == "__main__":
    sys.exit(main())
