/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "ask.h"
#include "pager.h"
#include "session.h"
#include "term.h"

#define ENVIRONMENT_MAX 40

extern char **environ;

static const char *const paths[] = { "/usr/bin/less", "/bin/less" };
static bool on_alternate;

/* While less runs, for the last act at lock. */
static volatile pid_t running;
static struct termios modes;

size_t
pager_columns(void)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO))
		return 0;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
		return 80;
	return size.ws_col;
}

void
pager_stay_on_alternate_screen(void)
{
	on_alternate = true;
}

static bool
is_set(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0';
}

/* ---- Marks ---- */

/* less shows a character as bold that is struck twice. */
static void
strike(struct buf *out, const uint8_t *text, size_t len)
{
	uint32_t cp;
	size_t n;

	for (size_t i = 0; i < len; i += n) {
		if ((n = text_next(&cp, text + i, len - i)) == 0)
			return;
		if (text_cp_width(cp) > 0) {
			buf_put(out, text + i, n);
			buf_put_byte(out, '\b');
		}
		buf_put(out, text + i, n);
	}
}

enum manner { STARS, BOLD, STRUCK };

static void
put_marked(struct buf *out, uint8_t mark, const uint8_t *text, size_t len,
    enum manner manner)
{
	const char *before = "", *after = "";

	if (manner == STRUCK) {
		strike(out, text, len);
		return;
	}
	if (manner == BOLD) {
		before = "\033[1m";
		after = "\033[22m";
	} else if (mark == PAGER_MARK) {
		before = after = "*";
	}
	buf_put_text(out, before);
	buf_put(out, text, len);
	buf_put_text(out, after);
}

/* The length of what is before a mark, or before the end of one. */
static size_t
unmarked(const uint8_t *at, const uint8_t *end)
{
	const uint8_t *p = at;

	while (p < end && (*p < PAGER_MARK || *p > PAGER_END))
		p++;
	return (size_t)(p - at);
}

/* text with its marks as the manner has them. */
static void
render(struct buf *out, const struct buf *text, enum manner manner)
{
	const uint8_t *at = text->bytes, *end = at + text->len;

	while (at < end) {
		size_t len = unmarked(at, end);
		uint8_t mark;

		buf_put(out, at, len);
		at += len;
		if (at == end)
			return;
		mark = *at++;
		len = unmarked(at, end);
		put_marked(out, mark, at, len, manner);
		at += len;
		at += at < end;
	}
}

static void
print_plainly(const struct buf *text)
{
	bool bold = isatty(STDOUT_FILENO) && !is_set("NO_COLOR");
	struct buf out = { 0 };

	render(&out, text, bold ? BOLD : STARS);
	fwrite(buf_text(&out), 1, out.len, stdout);
	fflush(stdout);
	buf_free(&out);
}

/* ---- less ---- */

/* True if text takes more rows than the screen has. */
static bool
is_long(const struct buf *text)
{
	const char *at = buf_text(text);
	struct winsize size;
	size_t rows = 0;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 ||
	    size.ws_col == 0)
		return false;
	while (*at != '\0' && rows < size.ws_row) {
		size_t len = strcspn(at, "\n");

		rows += 1 + text_width(at, len) / size.ws_col;
		at += len + (at[len] != '\0');
	}
	return rows >= size.ws_row;
}

static const char *
find_less(void)
{
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (access(paths[i], X_OK) == 0)
			return paths[i];
	return NULL;
}

static bool
is_wanted(const char *variable)
{
	return strncmp(variable, "TERM=", 5) == 0 ||
	    strncmp(variable, "LANG=", 5) == 0 ||
	    strncmp(variable, "LC_", 3) == 0;
}

static _Noreturn void
become_less(const char *path, int in)
{
	static const char *const fixed[] = { "HOME=/nonexistent",
		"LESSSECURE=1", "LESSHISTFILE=-", "LESSKEYIN=/dev/null",
		"LESSKEY=/dev/null", "LESSKEYIN_SYSTEM=/dev/null",
		"LESSKEY_SYSTEM=/dev/null", "LESSCHARSET=utf-8" };
	/* At our own prompt the page stays where the next line is typed. */
	const char *const args[] = { "less", on_alternate ? "-X" : "-+X", "-+R",
		"-+r", "-+F", "-i", NULL };
	const char *environment[ENVIRONMENT_MAX + 1];
	size_t n = 0;

	for (; n < sizeof(fixed) / sizeof(fixed[0]); n++)
		environment[n] = fixed[n];
	for (char **e = environ; *e != NULL && n < ENVIRONMENT_MAX; e++)
		if (is_wanted(*e))
			environment[n++] = *e;
	environment[n] = NULL;
	signal(SIGINT, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	dup2(in, STDIN_FILENO);
	close_range(3, ~0U, 0);
	execve(path, (char **)(uintptr_t)args, (char **)(uintptr_t)environment);
	_exit(127);
}

/* At lock: less first, then what it left of the terminal. */
static void
last_act(void)
{
	if (running <= 0)
		return;
	kill(running, SIGKILL);
	(void)tcsetattr(STDOUT_FILENO, TCSANOW, &modes);
	(void)ask_show(TERM_CLEAR);
}

static pid_t
start_less(const char *path, int *to)
{
	pid_t us = getpid(), pid;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		return -1;
	fflush(stdout);
	if ((pid = fork()) == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != us)
			_exit(1);
		become_less(path, ends[0]);
	}
	close(ends[0]);
	if (pid < 0)
		close(ends[1]);
	*to = ends[1];
	return pid;
}

static void
write_all(int fd, const struct buf *b)
{
	size_t at = 0;
	ssize_t n;

	while (at < b->len) {
		n = write(fd, b->bytes + at, b->len - at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return; /* the reader has seen enough */
		at += (size_t)n;
	}
}

static bool
page(const char *path, const struct buf *text)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, before;
	struct buf out = { 0 };
	int to, status = 0;
	pid_t pid;

	render(&out, text, is_set("NO_COLOR") ? STARS : STRUCK);
	/* Ctrl-C is for less, which stops a search by it. */
	sigaction(SIGINT, &ignore, &before);
	if (tcgetattr(STDOUT_FILENO, &modes) == 0)
		term_hold(STDOUT_FILENO, &modes, TERM_CLEAR);
	if ((pid = start_less(path, &to)) > 0) {
		running = pid;
		term_hold_child(pid);
		session_at_lock(last_act);
		write_all(to, &out);
		close(to);
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
		running = 0;
	}
	term_let_go();
	sigaction(SIGINT, &before, NULL);
	buf_free(&out);
	return pid > 0 && !(WIFEXITED(status) && WEXITSTATUS(status) == 127);
}

void
pager_print(const struct buf *text)
{
	const char *path;

	if (say_is_json() || text->len == 0)
		return;
	if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) &&
	    !is_set("ACCESSIBLE") && is_long(text) &&
	    (path = find_less()) != NULL && page(path, text))
		return;
	print_plainly(text);
}

void
pager_table(const struct buf *lines)
{
	struct buf aligned = { 0 };

	if (isatty(STDOUT_FILENO))
		say_align(&aligned, lines, pager_columns());
	pager_print(aligned.len > 0 ? &aligned : lines);
	buf_free(&aligned);
}
