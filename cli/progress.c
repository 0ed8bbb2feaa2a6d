/* SPDX-License-Identifier: ISC */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "host.h"
#include "layout.h"
#include "progress.h"

#define FIRST_MS 1000
#define EVERY_MS 250
#define LINES_MS 10000

static enum progress_form form = PROGRESS_TERMINAL;
static volatile sig_atomic_t asked;

bool
progress_form(const char *name)
{
	if (strcmp(name, "lines") == 0)
		form = PROGRESS_LINES;
	else if (strcmp(name, "json") == 0)
		form = PROGRESS_JSON;
	else
		return false;
	return true;
}

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
on_usr1(int number)
{
	(void)number;
	asked = 1;
}

void
progress_begin(struct progress *p, enum say what)
{
	struct sigaction act = { .sa_handler = on_usr1 };
	const char *accessible = getenv("ACCESSIBLE");

	sigaction(SIGUSR1, &act, NULL);
	*p = (struct progress){ .what = what, .began_ms = now_ms() };
	p->on_terminal = isatty(STDERR_FILENO);
	p->plain = p->on_terminal &&
	    (accessible == NULL || *accessible == '\0');
	p->shown_ms = p->began_ms;
}

/* "checking  41%  41,020 of 100,000  2 min left" */
static void
sentence(struct buf *b, const struct progress *p, uint64_t done, uint64_t total)
{
	int64_t spent = now_ms() - p->began_ms;

	say_put(b, p->what, NULL);
	if (total == 0) {
		buf_putf(b, "  %s", say_number(done));
		return;
	}
	buf_putf(b, "  %" PRIu64 "%%  %s / %s",
	    done >= total ? 99 : done * 100 / total, say_number(done),
	    say_number(total));
	/* A guess is worth showing only after a while. */
	if (spent > 5000 && done * 20 > total)
		buf_putf(b, "  ~%s",
		    say_span((uint64_t)spent * (total - done) / done / 1000));
}

static void
show_on_terminal(struct progress *p, struct buf *b)
{
	struct winsize size = { .ws_col = 80 };
	size_t len;

	ioctl(STDERR_FILENO, TIOCGWINSZ, &size);
	len = layout_fit(
	    b->bytes, b->len, size.ws_col > 2 ? size.ws_col - 2u : 0);
	fprintf(stderr, "\r\033[K%.*s", (int)len, buf_text(b));
	fflush(stderr);
	p->shown = true;
}

bool
progress_step(struct progress *p, uint64_t done, uint64_t total)
{
	bool terminal = form == PROGRESS_TERMINAL && p->plain;
	bool lines = form != PROGRESS_TERMINAL || (p->on_terminal && !terminal);
	int64_t now = now_ms(), wait = terminal ? EVERY_MS : LINES_MS;
	struct buf b = { 0 };

	if (form == PROGRESS_JSON)
		wait = FIRST_MS;
	if (!asked &&
	    (now - p->began_ms < FIRST_MS || now - p->shown_ms < wait ||
		(!terminal && !lines)))
		return !host_interrupted();
	p->shown_ms = now;
	if (form == PROGRESS_JSON) {
		fprintf(stderr,
		    "{\"done\": %" PRIu64 ", \"total\": %" PRIu64 "}\n", done,
		    total);
	} else {
		sentence(&b, p, done, total);
		if (terminal)
			show_on_terminal(p, &b);
		else
			fprintf(stderr, "%s\n", buf_text(&b));
	}
	asked = 0;
	buf_free(&b);
	return !host_interrupted();
}

void
progress_end(struct progress *p)
{
	if (p->shown)
		fputs("\r\033[K", stderr);
	p->shown = false;
}
