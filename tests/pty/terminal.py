# SPDX-License-Identifier: ISC
"""A program on a terminal of its own, for the tests in this folder.

Pty: a plain pseudo terminal; its output is read and kept, not interpreted.
Tmux: a terminal that draws, on a private server; None if tmux is absent.
"""
import fcntl
import os
import pty
import select
import shlex
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

PASTE, PASTE_END = b"\x1b[200~", b"\x1b[201~"
CTRL = {c: bytes([ord(c) - 64]) for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
HOME, END, UP, DOWN = b"\x1b[H", b"\x1b[F", b"\x1b[A", b"\x1b[B"
LEFT, RIGHT, DELETE, PAGE_DOWN = b"\x1b[D", b"\x1b[C", b"\x1b[3~", b"\x1b[6~"


class Skipped(Exception):
    """Raised by a test that cannot be run here, with the reason."""


class Pty:
    def __init__(self, argv, rows=24, columns=80, term="xterm-256color"):
        self.output = bytearray()
        self.status = None
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ["TERM"] = term
            # Whatever the locale: the program brings its own.
            os.environ["LC_ALL"] = "C"
            # A shell that runs the tests in the background ignores these.
            for number in (signal.SIGINT, signal.SIGQUIT):
                signal.signal(number, signal.SIG_DFL)
            os.execv(argv[0], argv)
        self.resize(rows, columns)

    def resize(self, rows, columns):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ,
                    struct.pack("HHHH", rows, columns, 0, 0))

    def _read(self):
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            return False
        self.output += data
        return bool(data)

    def drain(self, seconds):
        """Read what the program writes until it is still for so long."""
        while select.select([self.fd], [], [], seconds)[0]:
            if not self._read():
                return

    def wait_until(self, condition, seconds=10):
        end = time.monotonic() + seconds
        while not condition() and time.monotonic() < end:
            if select.select([self.fd], [], [], 0.05)[0] and not self._read():
                break
        assert condition(), "never came: %r" % bytes(self.output[-200:])

    def wait_for(self, text, seconds=10):
        self.wait_until(lambda: text in self.output, seconds)

    def send(self, data):
        data = memoryview(data)
        os.set_blocking(self.fd, False)
        while data:
            ready = select.select([self.fd], [self.fd], [], 10)
            assert ready[0] or ready[1], "the program does not read"
            if ready[0] and not self._read():
                raise AssertionError("the program has ended")
            if ready[1]:
                try:
                    data = data[os.write(self.fd, data[:1024]):]
                except BlockingIOError:
                    pass
        os.set_blocking(self.fd, True)

    def end(self, seconds=30):
        """Wait for the end of the program and return its exit status."""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            if select.select([self.fd], [], [], 0.01)[0]:
                self._read()
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.drain(0.01)
                self.status = os.waitstatus_to_exitcode(status)
                os.close(self.fd)
                return self.status
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        raise AssertionError("the program does not end")

    def modes(self):
        return termios.tcgetattr(self.fd)


class Tmux:
    def __init__(self, argv, rows=24, columns=80):
        self.name = "amparo-test-%d-%d" % (os.getpid(), time.monotonic_ns())
        self.run("-f", "/dev/null", "new-session", "-d",
                 "-x", str(columns), "-y", str(rows), "/bin/sh")
        self.run("set-option", "-g", "status", "off")
        self.run("set-option", "-g", "history-limit", "5000")
        self.text("PS1='$ '; clear; " + " ".join(map(shlex.quote, argv)))
        self.key("Enter")

    def run(self, *args):
        env = {k: v for k, v in os.environ.items() if k != "TMUX"}
        env["LC_ALL"] = "C.UTF-8"
        return subprocess.run(["tmux", "-u", "-L", self.name, *args],
                              check=True, env=env,
                              stdout=subprocess.PIPE).stdout.decode()

    def text(self, text):
        self.run("send-keys", "-l", text)

    def key(self, *names):
        self.run("send-keys", *names)

    def resize(self, rows, columns):
        self.run("resize-window", "-x", str(columns), "-y", str(rows))

    def screen(self):
        return self.run("capture-pane", "-p").split("\n")

    def cursor(self):
        x, y = self.run("display-message", "-p",
                        "#{cursor_x} #{cursor_y}").split()
        return int(x), int(y)

    def everything(self):
        """The screen, what scrolled away, and the other screen."""
        shown = self.run("capture-pane", "-p", "-S", "-", "-E", "-")
        try:
            shown += self.run("capture-pane", "-p", "-a", "-q")
        except subprocess.CalledProcessError:
            pass
        return shown

    def wait_for(self, text, seconds=10):
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            if text in "\n".join(self.screen()):
                return
            time.sleep(0.03)
        raise AssertionError("never on the screen: %r\n%s" %
                             (text, "\n".join(self.screen())))

    def close(self):
        self.run("kill-server")


def main(tests, tmux_tests):
    """Run all, or those named after the first argument, the program."""
    ran = failed = skipped = 0
    tests = [(t, None) for t in tests]
    for test in tmux_tests:
        missing = None if shutil.which("tmux") else "tmux is not installed"
        tests.append((test, missing))
    for test, missing in tests:
        name = test.__name__
        if sys.argv[2:] and name not in sys.argv[2:]:
            continue
        if missing:
            print("skipped: %s: %s" % (name, missing))
            skipped += 1
            continue
        ran += 1
        begin = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            try:
                note = test(os.path.abspath(sys.argv[1]), folder)
            except Skipped as reason:
                print("skipped: %s: %s" % (name, reason))
                ran -= 1
                skipped += 1
                continue
            except AssertionError as error:
                print("failed: %s: %s" % (name, error))
                failed += 1
                continue
        print("ok: %s (%.1f s)%s" % (name, time.monotonic() - begin,
                                     ": " + note if note else ""))
    print("%d ran, %d failed, %d skipped" % (ran, failed, skipped))
    sys.exit(failed > 0)
