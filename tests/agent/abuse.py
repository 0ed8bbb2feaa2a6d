#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Abuse of the agent: abuse.py [PROGRAM [NAME ...]]

Who may talk to it, what it lets out, what it withstands, how fast it locks,
and what its memory and its clients' hold.  PROGRAM is a test build; its
passphrases are cheap.  The faults of plant.c are planted in the same program,
and each must make its test fail.
"""
import array
import ctypes
import mmap
import os
import random
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "pty"),
                os.path.join(HERE, "..", "readers")]
import vault_cells  # noqa: E402
from terminal import Pty, Skipped  # noqa: E402

PROGRAM = os.path.join(HERE, "..", "..", "build-test", "amparo")
LONG = int(os.environ.get("TIME") or 1)
NOBODY = 65534
PASS = b"dusk and dawn, said the owl"
READY, GONE = 0x79646552, 0x656e6f47
LABELS = ["cell", "cells sum", "keys fill", "keys mac", "record keys", "log",
          "office keys", "machine", "forgotten rows"]
libc = ctypes.CDLL(None, use_errno=True)


def without_secret_memory():
    """In a child: the kernel has no memfd_secret, as Debian 12's by default."""
    class Program(ctypes.Structure):
        _fields_ = [("len", ctypes.c_ushort), ("filter", ctypes.c_void_p)]
    code = b"".join(struct.pack("HBBI", *line) for line in (
        (0x20, 0, 0, 0),            # load the number of the call
        (0x15, 0, 1, 447),          # memfd_secret?
        (0x06, 0, 0, 0x00050026),   # ENOSYS
        (0x06, 0, 0, 0x7fff0000)))  # else go on
    kept = ctypes.create_string_buffer(code)
    program = Program(4, ctypes.cast(kept, ctypes.c_void_p).value)
    if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, ctypes.byref(program)):
        os._exit(99)


def has_secret_memory():
    fd = libc.syscall(447, 0)
    if fd >= 0:
        os.close(fd)
    return fd >= 0


class World:
    """A vault, and what it takes to unlock it; everything ends with close."""

    def __init__(self, plant=None, plain=False, user=None):
        self.plain, self.user, self.pids, self.ptys = plain, user, set(), []
        self.dir = tempfile.mkdtemp(prefix="amparo-agent.", dir="/tmp")
        os.chmod(self.dir, 0o711)
        self.home = os.path.join(self.dir, "home")
        self.run_dir = os.path.join(self.dir, "run")
        for path in (self.home, self.run_dir):
            os.mkdir(path, 0o700)
            if user is not None:
                os.chown(path, user, user)
        self.vault = os.path.join(self.home, "vault")
        self.pass_file = os.path.join(self.home, "pass")
        with open(self.pass_file, "wb") as f:
            f.write(PASS + b"\n")
        os.chmod(self.pass_file, 0o644)
        self.env = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8",
                    "HOME": self.home, "XDG_RUNTIME_DIR": self.run_dir}
        if plant:
            self.env["LD_PRELOAD"] = os.path.join(PLANTS, "plant.so")
            self.env["AMPARO_PLANT"] = plant
        try:
            self.must("--yes", "--passphrase-file", self.pass_file, "init")
        except AssertionError:
            shutil.rmtree(self.dir)
            raise

    def argv(self, *args):
        drop = [] if self.user is None else [
            "setpriv", "--reuid=%d" % self.user, "--regid=%d" % self.user,
            "--clear-groups"]
        return [*drop, PROGRAM, "-v", self.vault, *args]

    def amparo(self, *args):
        return subprocess.run(
            self.argv(*args), env=self.env, stdin=subprocess.DEVNULL,
            capture_output=True, timeout=60, start_new_session=True,
            preexec_fn=without_secret_memory if self.plain else None)

    def must(self, *args):
        done = self.amparo(*args)
        assert done.returncode == 0, (args, done)
        return done

    def unlock(self, *args):
        self.must("--passphrase-file", self.pass_file, "unlock", *args)
        return self.agent()

    def socket_path(self):
        folder = os.path.join(self.run_dir, "amparo")
        names = os.listdir(folder) if os.path.isdir(folder) else []
        names = [name for name in names if name != "lock"]
        assert len(names) == 1, names
        return os.path.join(folder, names[0])

    def connect(self):
        s = socket.socket(socket.AF_UNIX)
        # Waits while the agent's queue is full.
        s.connect(self.socket_path())
        s.settimeout(5)
        return s

    def agent(self):
        with self.connect() as s:
            pid = struct.unpack("iii", s.getsockopt(
                socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]
        self.pids.add(pid)
        return pid

    def pty(self, *args):
        before = dict(os.environ)
        os.environ.clear()
        os.environ.update(self.env)
        try:
            # The terminal's child inherits what is set here.
            p = Pty(["/usr/bin/env", *self.argv(*args)])
        finally:
            os.environ.clear()
            os.environ.update(before)
        self.ptys.append(p)
        return p

    def secrets(self):
        """What must not lie about: name -> bytes."""
        with open(os.path.join(self.vault, "keys"), "rb") as f:
            data = f.read()
        opened = vault_cells.open_keys(data, PASS, True)
        p = vault_cells.derive(PASS, opened.header)
        found = {"V": opened.vault_key, "P": p, "K_0": vault_cells.blake2b(
            b"amparo 1 slot\0", p)}
        for label in LABELS:
            found["subkey " + label] = vault_cells.subkey(
                opened.vault_key, label)
        return found

    def close(self):
        try:
            self.amparo("lock", "--all")
        finally:
            for pid in self.pids:
                try:
                    if is_program(pid):
                        os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            for p in self.ptys:
                if p.status is None:
                    try:
                        os.kill(p.pid, signal.SIGKILL)
                        os.waitpid(p.pid, 0)
                    except (ProcessLookupError, ChildProcessError):
                        pass
            shutil.rmtree(self.dir, ignore_errors=True)


def is_program(pid):
    """It runs; what is only waiting to be reaped has ended."""
    try:
        with open("/proc/%d/stat" % pid) as f:
            name, rest = f.read().split("(", 1)[1].rsplit(") ", 1)
    except OSError:
        return False
    return name == "amparo" and rest[0] not in "ZX"


def word(s, letter):
    """Send a word; the answer, and the descriptors that came with it."""
    s.sendall(letter)
    fds = array.array("i")
    data, control, _, _ = s.recvmsg(4096, socket.CMSG_SPACE(64))
    for level, kind, content in control:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            fds.frombytes(content[:len(content) - len(content) % 4])
    return data, list(fds)


def page_of(s):
    data, fds = word(s, b"K")
    assert data[:1] == b"K" and len(fds) == 1, (data, fds)
    page = mmap.mmap(fds[0], 4096, mmap.MAP_SHARED, mmap.PROT_READ)
    return page, fds[0]


def state(page):
    return struct.unpack_from("<I", page, 0)[0]


def has_ended(pid, seconds=2):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not is_program(pid):
            return True
        time.sleep(0.005)
    return False


def descriptors(pid):
    return len(os.listdir("/proc/%d/fd" % pid))


def settled_descriptors(pid, want, seconds=3):
    until = time.monotonic() + seconds
    while descriptors(pid) > want and time.monotonic() < until:
        time.sleep(0.02)
    return descriptors(pid)


def must_be_root():
    if os.geteuid() != 0:
        raise Skipped("needs root, to look into another process")


def as_nobody(code, *args):
    """Run Python as another user, after showing that this is so."""
    must_be_root()
    if shutil.which("setpriv") is None:
        raise Skipped("no setpriv")
    drop = ["setpriv", "--reuid=%d" % NOBODY, "--regid=%d" % NOBODY,
            "--clear-groups"]
    with tempfile.NamedTemporaryFile(dir="/tmp") as own:
        os.chmod(own.name, 0o600)
        proof = subprocess.run([*drop, "cat", own.name], capture_output=True)
        assert proof.returncode != 0 and b"ermission" in proof.stderr, \
            "setpriv did not drop root: its file can be read"
    return subprocess.run([*drop, "/usr/bin/python3", "-c", code, *args],
                          capture_output=True, timeout=30, text=True, cwd="/")


# ---- Who may talk to it ----

ASK = """
import socket, sys
s = socket.socket(socket.AF_UNIX)
s.settimeout(3)
try:
    s.connect(sys.argv[1])
    s.sendall(b"K")
    data, control, _, _ = s.recvmsg(100, 200)
    print("answer" if data or control else "hung up")
except OSError as e:
    print("refused", e)
"""


def folder_and_socket_are_private(w):
    w.unlock()
    path = w.socket_path()
    folder = os.stat(os.path.dirname(path))
    assert folder.st_mode & 0o7777 == 0o700, oct(folder.st_mode)
    st = os.stat(path)
    assert st.st_mode & 0o077 == 0, oct(st.st_mode)
    assert st.st_uid == folder.st_uid == os.geteuid()


def refuses_another_user(w):
    w.unlock()
    path = w.socket_path()
    said = as_nobody(ASK, path).stdout
    assert said.startswith("refused"), said
    # Even if folder and socket are thrown open, the agent looks who it is.
    for opened in (w.run_dir, os.path.dirname(path), path):
        os.chmod(opened, 0o777)
    said = as_nobody(ASK, path).stdout
    os.chmod(os.path.dirname(path), 0o700)
    assert said and not said.startswith("answer"), said
    with w.connect() as s:
        page, fd = page_of(s)
        assert state(page) == READY
        os.close(fd)


def root_is_another_user_too(w):
    must_be_root()
    mine = World(user=NOBODY)
    try:
        mine.unlock()
        with mine.connect() as s:
            try:
                data, fds = word(s, b"K")
            except OSError:
                data, fds = b"", []
            assert not data and not fds, (data, fds)
    finally:
        mine.close()


def client_refuses_a_strangers_agent(w):
    """Somebody else listens where the agent would: nothing is sent there."""
    w.unlock()
    path = w.socket_path()
    w.must("lock")
    code = """
import os, socket, sys
os.umask(0)
s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1])
s.listen(5)
s.settimeout(4)
print("listening", flush=True)
try:
    c, _ = s.accept()
    c.settimeout(2)
    print("got", c.recv(10))
except OSError as e:
    print("got nothing", e)
"""
    as_nobody("pass")
    os.chmod(w.run_dir, 0o711)
    os.chmod(os.path.dirname(path), 0o777)
    p = subprocess.Popen(
        ["setpriv", "--reuid=%d" % NOBODY, "--regid=%d" % NOBODY,
         "--clear-groups", "/usr/bin/python3", "-c", code, path],
        stdout=subprocess.PIPE, text=True, cwd="/")
    assert p.stdout.readline() == "listening\n"
    # As it would be: a folder of ours again, with that socket left in it.
    os.chmod(os.path.dirname(path), 0o700)
    done = w.amparo("check")
    assert done.returncode == 2 and b"no terminal" in done.stderr, done
    said = p.communicate(timeout=10)[0]
    assert "b''" in said or "nothing" in said, said


# ---- What it lets out ----

def only_a_descriptor_passes(w):
    w.unlock()
    secret = w.secrets()
    heard = b""
    with w.connect() as s:
        for letter in (b"K", b"S", b"T", b"K", b"S"):
            if letter == b"T":
                s.sendall(letter)
                continue
            data, fds = word(s, letter)
            heard += data
            assert len(fds) == (letter == b"K"), (letter, fds)
            for fd in fds:
                os.close(fd)
        s.settimeout(0.3)
        try:
            heard += s.recv(4096)
        except TimeoutError:
            pass
    for name, key in secret.items():
        for at in range(0, len(key) - 7):
            assert key[at:at + 8] not in heard, name + " on the socket"
    assert len(heard) == 1 + 9 + 1 + 9, heard


def page_holds_the_keys_and_nothing_else(w):
    w.unlock()
    secret = w.secrets()
    with w.connect() as s:
        page, fd = page_of(s)
        data = page[:]
        os.close(fd)
    for name in ["V"] + ["subkey " + label for label in LABELS]:
        assert secret[name] in data, name
    for name in ("P", "K_0"):
        assert secret[name] not in data, name
    assert PASS not in data
    used = data.rstrip(b"\0")
    assert len(used) <= 40 + (1 + len(LABELS)) * 32, len(used)


def cannot_be_written_by_a_client(w):
    if has_secret_memory() and not w.plain:
        raise Skipped("secret memory cannot be sealed: its descriptor can be"
                      " mapped writable by the same user")
    w.unlock()
    with w.connect() as s:
        _, fds = word(s, b"K")
        fd = fds[0]
        for what in ("mmap", "write", "truncate", "proc"):
            try:
                if what == "mmap":
                    mmap.mmap(fd, 4096, mmap.MAP_SHARED,
                              mmap.PROT_READ | mmap.PROT_WRITE)
                elif what == "write":
                    os.pwrite(fd, b"x", 0)
                elif what == "truncate":
                    os.ftruncate(fd, 0)
                else:
                    other = os.open("/proc/self/fd/%d" % fd, os.O_RDWR)
                    mmap.mmap(other, 4096, mmap.MAP_SHARED, mmap.PROT_WRITE)
            except OSError:
                continue
            raise AssertionError("the page can be changed by " + what)
        os.close(fd)
    w.must("check")


# ---- What it withstands ----

def survives_fuzzed_frames(w):
    pid = w.unlock()
    base = descriptors(pid)
    rng = random.Random(7)
    until = time.monotonic() + 4 * LONG
    frames = 0
    null = os.open("/dev/null", os.O_RDONLY)
    while time.monotonic() < until:
        with w.connect() as s:
            s.setblocking(False)
            for _ in range(rng.randrange(1, 20)):
                size = rng.choice((1, 1, 2, 9, 100, 5000))
                data = rng.randbytes(size).replace(b"L", b"l")
                if rng.random() < 0.3:
                    data = rng.choice((b"K", b"S", b"T", b"KKKK", b"SSSSS"))
                try:
                    if rng.random() < 0.2:
                        socket.send_fds(s, [data], [null] * rng.randrange(1, 9))
                    else:
                        s.send(data)
                    if rng.random() < 0.5:
                        _, fds, _, _ = socket.recv_fds(s, 100, 4)
                        for fd in fds:
                            os.close(fd)
                except OSError:
                    pass
                frames += 1
    os.close(null)
    assert is_program(pid), "the agent has ended"
    left = settled_descriptors(pid, base)
    assert left <= base, "%d descriptors, %d before" % (left, base)
    w.must("check")
    return "%d frames" % frames


def lets_go_of_clients_that_never_read(w):
    """A client that asks without end, reads nothing, and goes."""
    pid = w.unlock()
    base = descriptors(pid)
    for _ in range(4):
        s = w.connect()
        s.setblocking(False)
        until = time.monotonic() + 3
        while time.monotonic() < until:
            try:
                s.send(b"K" * 64)
            except BlockingIOError:
                time.sleep(0.01)
            except OSError:
                break
        else:
            raise AssertionError("never hung up on")
        s.close()
    for _ in range(70):
        w.connect().close()
    left = settled_descriptors(pid, base)
    assert left <= base, "%d descriptors, %d before" % (left, base)
    before = cpu_ticks(pid)
    time.sleep(0.5)
    assert cpu_ticks(pid) - before < 15, "the agent is busy with nobody"
    w.must("check")


def cpu_ticks(pid):
    with open("/proc/%d/stat" % pid) as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def serves_beside_silent_clients(w):
    pid = w.unlock()
    base = descriptors(pid)
    silent = []
    for _ in range(200):
        s = w.connect()
        if random.random() < 0.3:
            s.send(b"T")
        silent.append(s)
    begin = time.monotonic()
    w.must("check")
    w.must("info")
    assert time.monotonic() - begin < 3
    for s in silent:
        s.close()
    assert settled_descriptors(pid, base) <= base
    silent = [w.connect() for _ in range(200)]
    done = w.must("lock")
    assert b"nothing" not in done.stdout and has_ended(pid), done
    for s in silent:
        s.close()


def lock_works_when_every_place_is_taken(w):
    """All places taken by clients that hold the key: lock all the same."""
    pid = w.unlock()
    children = [Child(w) for _ in range(64)]
    try:
        begin = time.monotonic()
        done = w.must("lock")
        spent = time.monotonic() - begin
        assert has_ended(pid), "the agent lives on after %r" % done.stdout
        for c in children:
            assert c.ended(2), "a client lives on"
        assert spent < 2, spent
    finally:
        for c in children:
            c.kill()


def lock_ends_a_stopped_agent(w):
    pid = w.unlock()
    os.kill(pid, signal.SIGSTOP)
    begin = time.monotonic()
    done = w.amparo("lock")
    spent = time.monotonic() - begin
    dead = has_ended(pid)
    if not dead:
        os.kill(pid, signal.SIGCONT)
    assert dead, "said %r, but the agent is there" % done.stderr
    assert b"was ended" in done.stderr and spent < 5, (done, spent)
    assert w.amparo("check").returncode == 2


def two_thousand_connections(w):
    pid = w.unlock()
    base = descriptors(pid)
    total = 2000 * LONG
    opened = []
    for i in range(total):
        s = w.connect()
        if i % 3 == 0:
            try:
                _, fds = word(s, b"K")
                for fd in fds:
                    os.close(fd)
            except OSError:
                pass
        opened.append(s)
        if len(opened) > 30:
            opened.pop(random.randrange(len(opened))).close()
    for s in opened:
        s.close()
    left = settled_descriptors(pid, base)
    assert left <= base, "%d descriptors, %d before" % (left, base)
    with open("/proc/%d/status" % pid) as f:
        size = int(re.search(r"VmRSS:\s+(\d+)", f.read())[1])
    assert size < 20000, "%d KiB" % size
    w.must("check")


def replaces_a_leftover_socket(w):
    pid = w.unlock()
    path = w.socket_path()
    os.kill(pid, signal.SIGKILL)
    assert has_ended(pid)
    assert os.path.exists(path)
    assert w.amparo("check").returncode == 2
    done = w.must("lock")
    assert b"nothing was unlocked" in done.stdout, done
    assert w.unlock() != pid
    assert w.socket_path() == path
    w.must("check")


# ---- Locking ----

class Child:
    """A process that has the key, and neither listens nor ends by itself."""

    def __init__(self, w, busy=False):
        ready, told = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
                    signal.signal(number, signal.SIG_IGN)
                s = w.connect()
                page, _ = page_of(s)
                os.write(told, b"r")
                while True:
                    if not busy:
                        time.sleep(100)
                    hash(page[:])
            finally:
                os._exit(1)
        os.close(told)
        got = select.select([ready], [], [], 5)[0] and os.read(ready, 1)
        os.close(ready)
        self.pidfd = os.pidfd_open(self.pid)
        assert got == b"r", "a client got no key"

    def ended(self, seconds):
        return bool(select.select([self.pidfd], [], [], seconds)[0])

    def kill(self):
        try:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        except (ProcessLookupError, ChildProcessError):
            pass
        os.close(self.pidfd)


def time_of_lock(w, clients, busy):
    pid = w.unlock()
    children = [Child(w, i < busy) for i in range(clients)]
    try:
        with w.connect() as s:
            page, fd = page_of(s)
        # Hung up ourselves, so that we live to measure.
        with w.connect() as s:
            begin = time.monotonic()
            s.sendall(b"L")
            while state(page) == READY:
                assert time.monotonic() - begin < 5, "never gone"
            gone = time.monotonic() - begin
            for c in children:
                left = 5 - (time.monotonic() - begin)
                assert c.ended(max(left, 0)), "a client lives on"
            ended = time.monotonic() - begin
        os.close(fd)
        assert has_ended(pid), "the agent lives on"
        return gone, ended
    finally:
        for c in children:
            c.kill()


def locks_quickly_under_load(w):
    times = [time_of_lock(w, 40, 4) for _ in range(10 * LONG)]
    gone, ended = max(t[0] for t in times), max(t[1] for t in times)
    assert gone < 1 and ended < 1, (gone, ended)
    return "of %d: keys gone after at most %.1f ms (aim 10), 40 clients " \
        "ended after at most %.1f ms (aim 100)" % (
            len(times), gone * 1e3, ended * 1e3)


def lock_wipes_the_page(w):
    w.unlock()
    secret = w.secrets()
    with w.connect() as s:
        page, fd = page_of(s)
    assert state(page) == READY and secret["V"] in page[:]
    w.must("lock")
    data = page[:]
    os.close(fd)
    assert state(page) == GONE, hex(state(page))
    for name, key in secret.items():
        assert key not in data and key[:8] not in data, name
    assert not any(data[40:]), "something is left in the page"


def terminating_the_agent_locks(w):
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        pid = w.unlock()
        path = w.socket_path()
        with w.connect() as s:
            page, fd = page_of(s)
        # Whoever had the key and has not been missed yet is killed.
        time.sleep(0.1)
        os.kill(pid, number)
        assert has_ended(pid), number
        assert state(page) == GONE and not any(page[40:]), number
        assert not os.path.exists(path), number
        os.close(fd)


def time_limits_lock_the_page(w):
    for args in (("--for", "1s"), ("--for", "60s", "--at-most", "1s")):
        w.unlock(*args)
        with w.connect() as s:
            page, fd = page_of(s)
        time.sleep(1.5)
        assert state(page) == GONE and not any(page[40:]), args
        os.close(fd)


def killing_the_agent_ends_clients(w):
    pid = w.unlock()
    p = w.pty("passphrase", "add", "x")
    p.wait_for(b"A passphrase of this vault")
    os.kill(pid, signal.SIGKILL)
    assert p.end(5) == 11, p.status
    assert b"locked" in p.output


def locking_ends_a_client_that_waits(w):
    w.unlock()
    p = w.pty("passphrase", "add", "x")
    p.wait_for(b"A passphrase of this vault")
    begin = time.monotonic()
    w.must("lock")
    status = p.end(5)
    # By itself, or killed if it was slow.
    assert status in (11, -9), status
    return "status %d after %.0f ms" % (
        status, (time.monotonic() - begin) * 1e3)


# ---- Memory ----

def regions(pid):
    """(from, to, rights, name, flags) of what is mapped."""
    found = []
    with open("/proc/%d/smaps" % pid) as f:
        for line in f:
            m = re.match(r"([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \S+ *(.*)",
                         line)
            if m:
                found.append([int(m[1], 16), int(m[2], 16), m[3], m[4], []])
            elif line.startswith("VmFlags:"):
                found[-1][4] = line.split()[1:]
    return found


def is_page(region):
    return "secretmem" in region[3] or "memfd:amparo" in region[3]


def find_in_memory(pid, needles):
    """Where they lie: (name of the needle, region); and how much was read."""
    hits, size = [], 0
    with open("/proc/%d/mem" % pid, "rb", 0) as mem:
        for region in regions(pid):
            if "r" not in region[2] or region[3] in ("[vvar]", "[vsyscall]"):
                continue
            try:
                data = os.pread(mem.fileno(), region[1] - region[0], region[0])
            except (OSError, OverflowError):
                continue
            size += len(data)
            for name, needle in needles.items():
                if needle in data:
                    hits.append((name, region))
    return hits, size


def assert_only_in_page(pid, needles, also_guarded=()):
    hits, size = find_in_memory(pid, needles)
    assert size > 100000, "nothing was read"
    for name, region in hits:
        if is_page(region) and name not in also_guarded:
            continue
        guarded = "lo" in region[4] and "dd" in region[4]
        assert name in also_guarded and guarded, \
            "%s in %s %s" % (name, region[3] or "anonymous", region[4])
    return [name for name, _ in hits], size


def memory_of_agent_and_client(w):
    must_be_root()
    pid = w.unlock()
    secret = w.secrets()
    needles = {**secret, "passphrase": PASS}
    # The scanner itself: in plain memory the page is found, as such.
    hits, size = assert_only_in_page(pid, needles)
    assert "passphrase" not in hits
    if w.plain or not has_secret_memory():
        assert "V" in hits, "the scanner does not see the page"
    p = w.pty("passphrase", "add", "x")
    p.wait_for(b"A passphrase of this vault")
    assert_only_in_page(p.pid, needles)
    p.send(PASS + b"\r")
    p.wait_for(b"or type one of your own: ")
    drawn = re.search(rb"\n    ([a-z -]+)\r", bytes(p.output))[1]
    needles["drawn"] = drawn
    assert_only_in_page(p.pid, needles, ("passphrase", "drawn"))
    own = b"a very own passphrase of mine, long"
    needles["own"] = own
    p.send(own + b"\r")
    p.wait_for(b"The same again: ")
    assert_only_in_page(p.pid, needles, ("passphrase", "drawn", "own"))
    assert_only_in_page(pid, needles)
    w.must("lock")
    assert p.end(5) in (11, -9)
    assert has_ended(pid) and not is_program(p.pid)
    return "%d KiB read in the agent" % (size // 1024)


def page_is_locked_and_not_dumped(w):
    must_be_root()
    pid = w.unlock()
    p = w.pty("passphrase", "add", "x")
    p.wait_for(b"A passphrase of this vault")
    for who in (pid, p.pid):
        pages = [r for r in regions(who) if is_page(r)]
        assert pages, "no page in %d" % who
        for region in pages:
            assert "lo" in region[4] and "dd" in region[4], region
        if who == p.pid:
            assert "dc" in pages[0][4], "the page goes to children"
            assert "w" not in pages[0][2], "the client can write"
        with open("/proc/%d/status" % who) as f:
            locked = int(re.search(r"VmLck:\s+(\d+)", f.read())[1])
        assert locked > 0, locked
    # Without the right to lock memory it says so.
    p.send(b"\x03")
    p.end(5)
    limit = subprocess.run(
        ["prlimit", "--memlock=0:0", "setpriv", "--bounding-set=-ipc_lock",
         "--inh-caps=-ipc_lock", *w.argv("--passphrase-file", w.pass_file,
                                         "unlock")],
        env=w.env, capture_output=True, start_new_session=True,
        preexec_fn=without_secret_memory)
    if limit.returncode == 0:
        assert b"kept out of swap" in limit.stderr, limit
    else:
        assert limit.stderr, limit


def no_core_dump(w):
    import resource
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    if hard == 0:
        try:
            resource.setrlimit(resource.RLIMIT_CORE, (1 << 20, 1 << 20))
        except (OSError, ValueError):
            raise Skipped("core dumps are forbidden here already")
    try:
        pid = w.unlock()
        p = w.pty("passphrase", "add", "x")
        p.wait_for(b"A passphrase of this vault")
        for who in (pid, p.pid):
            with open("/proc/%d/limits" % who) as f:
                line = re.search(r"Max core file size\s+(\S+)\s+(\S+)",
                                 f.read())
            assert line.groups() == ("0", "0"), line.groups()
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, (0, hard))


def its_own_user_cannot_look_inside(w):
    """Not dumpable: /proc/PID belongs to root, even for the same user."""
    must_be_root()
    mine = World(user=NOBODY, plant=w.env.get("AMPARO_PLANT"))
    look = """
import os, subprocess, sys
own = subprocess.Popen(["sleep", "20"])
try:
    assert open("/proc/%d/maps" % own.pid).read(), "control"
    print("control", end=" ")
finally:
    own.kill()
for name in ("maps", "mem", "environ", "fd", "auxv"):
    path = "/proc/%s/%s" % (sys.argv[1], name)
    try:
        os.listdir(path) if name == "fd" else open(path, "rb").close()
        print("open:", name, end=" ")
    except PermissionError:
        print("refused", end=" ")
"""
    try:
        pid = mine.unlock()
        with open("/proc/%d/status" % pid) as f:
            assert re.search(r"Uid:\s+%d\s" % NOBODY, f.read())
        # The planted fault is in the program, not in who looks.
        said = as_nobody(look, str(pid)).stdout
        assert said == "control " + "refused " * 5, said
    finally:
        mine.close()


def environment_and_arguments_are_clean(w):
    must_be_root()
    pid = w.unlock()
    needles = list(w.secrets().values()) + [PASS]
    p = w.pty("passphrase", "add", "x")
    p.wait_for(b"A passphrase of this vault")
    p.send(PASS + b"\r")
    p.wait_for(b"or type one of your own: ")
    for who in (pid, p.pid):
        for name in ("environ", "cmdline", "comm"):
            with open("/proc/%d/%s" % (who, name), "rb") as f:
                data = f.read()
            assert not any(n in data for n in needles), (who, name)
    # The agent keeps no folder, no foreign descriptor, and the terminal of
    # a client as long as that lives.
    assert os.readlink("/proc/%d/cwd" % pid) == "/"

    def kept():
        for fd in os.listdir("/proc/%d/fd" % pid):
            target = os.readlink("/proc/%d/fd/%s" % (pid, fd))
            if not re.match(r"/dev/null|socket:|anon_inode:|/secretmem|"
                            r"/memfd:amparo", target):
                yield target
    assert list(kept()) == ["/dev/tty"], list(kept())
    os.kill(p.pid, signal.SIGKILL)
    limit = time.monotonic() + 3
    while list(kept()) and time.monotonic() < limit:
        time.sleep(0.02)
    assert list(kept()) == [], list(kept())


BOTH = [page_holds_the_keys_and_nothing_else, cannot_be_written_by_a_client,
        lock_wipes_the_page, memory_of_agent_and_client,
        page_is_locked_and_not_dumped]
ONCE = [folder_and_socket_are_private, refuses_another_user,
        root_is_another_user_too, client_refuses_a_strangers_agent,
        only_a_descriptor_passes, survives_fuzzed_frames,
        lets_go_of_clients_that_never_read, serves_beside_silent_clients,
        lock_works_when_every_place_is_taken, lock_ends_a_stopped_agent,
        two_thousand_connections, replaces_a_leftover_socket,
        locks_quickly_under_load, terminating_the_agent_locks,
        time_limits_lock_the_page, killing_the_agent_ends_clients,
        locking_ends_a_client_that_waits, no_core_dump,
        its_own_user_cannot_look_inside, environment_and_arguments_are_clean]
PLANTED = [("any-uid", refuses_another_user),
           ("no-wipe", lock_wipes_the_page),
           ("no-seal", cannot_be_written_by_a_client),
           ("dumpable", its_own_user_cannot_look_inside),
           ("core", no_core_dump),
           ("no-mlock", page_is_locked_and_not_dumped),
           ("leak", two_thousand_connections),
           ("slow", locks_quickly_under_load),
           ("key-bytes", only_a_descriptor_passes),
           ("keep", memory_of_agent_and_client)]


def one(test, **how):
    """None, or what went wrong."""
    w = World(**how)
    try:
        return None, test(w)
    except (AssertionError, OSError, subprocess.SubprocessError) as error:
        return repr(error), None
    finally:
        w.close()


def main():
    global PROGRAM, PLANTS
    if sys.argv[1:]:
        PROGRAM = sys.argv[1]
    PROGRAM = os.path.realpath(PROGRAM)
    names = sys.argv[2:]
    began = time.monotonic()
    ran = failed = skipped = planted = caught = 0
    os.umask(0o022)
    PLANTS = tempfile.mkdtemp(prefix="amparo-plant.", dir="/tmp")
    os.chmod(PLANTS, 0o755)
    try:
        trials = [(t, {}) for t in ONCE + BOTH]
        if has_secret_memory():
            trials += [(t, {"plain": True}) for t in BOTH]
        else:
            print("skipped: secret memory: the kernel has none")
            skipped += 1
        for test, how in trials:
            name = test.__name__ + (" (plain memory)" if how else "")
            if names and test.__name__ not in names:
                continue
            begin = time.monotonic()
            try:
                wrong, note = one(test, **how)
            except Skipped as reason:
                print("skipped: %s: %s" % (name, reason))
                skipped += 1
                continue
            ran += 1
            if wrong:
                failed += 1
            print("%s: %s (%.1f s)%s" % (
                "FAILED" if wrong else "ok", name, time.monotonic() - begin,
                ": " + (wrong or note) if wrong or note else ""), flush=True)
        built = subprocess.run(
            ["cc", "-shared", "-fPIC", "-D_GNU_SOURCE", "-O1", "-o",
             PLANTS + "/plant.so", HERE + "/plant.c", "-ldl"])
        why = "plant.c cannot be compiled" if built.returncode else ""
        if b"libasan" in subprocess.run(["ldd", PROGRAM],
                                        capture_output=True).stdout:
            why = "a program with a sanitizer takes no LD_PRELOAD"
        if why:
            print("skipped: planted faults: " + why)
            skipped += 1
        for plant, test in [] if why else PLANTED:
            if names and test.__name__ not in names:
                continue
            try:
                wrong, _ = one(test, plant=plant, plain=True)
            except Skipped as reason:
                print("skipped: planted %s: %s" % (plant, reason))
                skipped += 1
                continue
            planted += 1
            if wrong:
                caught += 1
            else:
                print("NOT CAUGHT: %s by %s" % (plant, test.__name__))
    finally:
        shutil.rmtree(PLANTS)
    print("agent: %d run, %d failed, %d skipped, %d planted/%d caught, "
          "%d seconds" % (ran, failed, skipped, planted, caught,
                          time.monotonic() - began))
    sys.exit(failed > 0 or planted != caught)


if __name__ == "__main__":
    main()
