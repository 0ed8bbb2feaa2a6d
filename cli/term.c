/* SPDX-License-Identifier: ISC */
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "term.h"

static const int numbers[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };
#define N (sizeof(numbers) / sizeof(numbers[0]))

/* What a handler needs, whole before it is installed. */
static struct {
	int fd;
	struct termios before;
	const char *away;
	size_t away_len;
	volatile pid_t child;
	bool caught[N];
} held = { .fd = -1 };

/* Nothing here but what a handler may call. */
static void
give_back(int number)
{
	if (held.child > 0)
		(void)kill(held.child, SIGKILL);
	(void)tcsetattr(held.fd, TCSANOW, &held.before);
	(void)!write(held.fd, held.away, held.away_len);
	/* It was reset to its default, and comes when this returns. */
	(void)raise(number);
}

void
term_hold(int fd, const struct termios *before, const char *away)
{
	struct sigaction act = { .sa_handler = give_back,
		.sa_flags = (int)SA_RESETHAND },
			 old;

	held.fd = fd;
	held.before = *before;
	held.away = away;
	held.away_len = strlen(away);
	held.child = 0;
	sigemptyset(&act.sa_mask);
	for (size_t i = 0; i < N; i++)
		sigaddset(&act.sa_mask, numbers[i]);
	/* In the background the modes can be set only if this is blocked. */
	sigaddset(&act.sa_mask, SIGTTOU);
	for (size_t i = 0; i < N; i++) {
		held.caught[i] = sigaction(numbers[i], NULL, &old) == 0 &&
		    old.sa_handler == SIG_DFL &&
		    sigaction(numbers[i], &act, NULL) == 0;
	}
}

void
term_hold_child(pid_t child)
{
	held.child = child;
}

void
term_let_go(void)
{
	for (size_t i = 0; i < N; i++) {
		if (held.caught[i])
			(void)signal(numbers[i], SIG_DFL);
		held.caught[i] = false;
	}
	held.child = 0;
	held.fd = -1;
}
