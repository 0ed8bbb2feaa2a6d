/* SPDX-License-Identifier: ISC */
/* agent_run.c - the agent's own process. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <sys/un.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "agent.h"
#include "agent_wire.h"
#include "term.h"

#define CLIENTS_MAX 64
#define GRACE_MS 5 /* what a client has to end by itself */
#define KILL_MS 90 /* how long we look whether the killed have gone */
#define START_MS 10000

struct client {
	int fd;
	int pidfd;
	int terminal; /* -1: none that is known */
	pid_t pid;
	bool has_key;
	int64_t since;
};

struct agent {
	struct vault_key *key;
	int listener, timer;
	struct sockaddr_un address;
	ino_t inode; /* of the socket, so that no successor's is unlinked */
	struct client client[CLIENTS_MAX];
	unsigned n;
	int64_t idle_ms;
	int64_t idle_at, end_at; /* CLOCK_BOOTTIME */
};

/* What is sent to the agent together with the page of keys. */
struct start {
	struct agent_limits limits;
	char name[VAULT_PLACE_NAME_LEN];
};

static volatile sig_atomic_t asked_to_end;

static void
on_signal(int number)
{
	(void)number;
	asked_to_end = 1;
}

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
set_timer(const struct agent *a)
{
	int64_t at = a->idle_at < a->end_at ? a->idle_at : a->end_at;
	struct itimerspec when = {
		.it_value = { at / 1000, at % 1000 * 1000000 },
	};

	timerfd_settime(a->timer, TFD_TIMER_ABSTIME, &when, NULL);
}

static void
touch(struct agent *a)
{
	a->idle_at = now_ms() + a->idle_ms;
	set_timer(a);
}

static void
drop(struct agent *a, unsigned i)
{
	close(a->client[i].fd);
	if (a->client[i].pidfd >= 0)
		close(a->client[i].pidfd);
	if (a->client[i].terminal >= 0)
		close(a->client[i].terminal);
	a->client[i] = a->client[--a->n];
}

/* ---- Locking ---- */

static bool
has_ended(int pidfd, int wait_ms)
{
	struct pollfd p = { pidfd, POLLIN, 0 };

	/* Without a descriptor nothing is known: it counts as there. */
	return pidfd >= 0 && poll(&p, 1, wait_ms) == 1;
}

/* What a client showed goes; also what waits behind a Ctrl-S there. */
static void
clear_terminal(const struct client *c)
{
	if (c->terminal < 0)
		return;
	(void)tcflush(c->terminal, TCOFLUSH);
	/* What Ctrl-S has stopped is started by its own kind only. */
	(void)tcflow(c->terminal, TCOOFF);
	(void)tcflow(c->terminal, TCOON);
	(void)!write(c->terminal, TERM_CLEAR, sizeof(TERM_CLEAR) - 1);
}

/* Kill it unless it ended by itself: then it said so on its terminal. */
static bool
kill_client(const struct client *c)
{
	if (has_ended(c->pidfd, 0))
		return false;
	syscall(SYS_pidfd_send_signal, c->pidfd, SIGKILL, NULL, 0);
	return true;
}

/* Kill those who are still there; append who would not die to answer. */
static size_t
end_clients(struct agent *a, int asker, uint8_t *answer)
{
	int64_t until = now_ms() + KILL_MS;
	bool killed[CLIENTS_MAX] = { false };
	unsigned stuck = 0;

	usleep(GRACE_MS * 1000);
	for (unsigned i = 0; i < a->n; i++)
		killed[i] = a->client[i].has_key && a->client[i].fd != asker &&
		    kill_client(&a->client[i]);
	for (unsigned i = 0; i < a->n; i++) {
		int64_t left = until - now_ms();
		bool ended;

		if (!killed[i])
			continue;
		ended = has_ended(a->client[i].pidfd, left > 0 ? (int)left : 0);
		clear_terminal(&a->client[i]);
		if (!ended && stuck < AGENT_STUCK_MAX)
			put_le32(answer + 5 + 4 * stuck++,
			    (uint32_t)a->client[i].pid);
	}
	answer[0] = 'D';
	put_le32(answer + 1, stuck);
	return 5 + 4 * stuck;
}

/* Take our socket away, unless another agent's lies there by now. */
static void
unlink_own(const struct agent *a)
{
	struct stat st;

	if (lstat(a->address.sun_path, &st) == 0 && st.st_ino == a->inode)
		unlink(a->address.sun_path);
}

/*
 * The end of the agent: the keys first, then everything else.  Terminals are
 * cleared before their processes hear of it, so that what those say stays, and
 * once more where a process was killed.
 */
static _Noreturn void
lock_and_exit(struct agent *a, int asker)
{
	uint8_t answer[5 + 4 * AGENT_STUCK_MAX];
	size_t len;

	vault_key_lock(a->key);
	unlink_own(a);
	close(a->listener);
	for (unsigned i = 0; i < a->n; i++)
		if (a->client[i].fd != asker)
			clear_terminal(&a->client[i]);
	for (unsigned i = 0; i < a->n; i++)
		if (a->client[i].fd != asker)
			shutdown(a->client[i].fd, SHUT_RDWR);
	len = end_clients(a, asker, answer);
	if (asker >= 0)
		(void)wire_send(asker, answer, len, -1);
	_exit(0);
}

/* ---- Serving ---- */

static void
send_status(const struct agent *a, int fd)
{
	int64_t now = now_ms(), idle = (a->idle_at - now) / 1000;
	int64_t total = (a->end_at - now) / 1000;
	uint8_t answer[9] = "S";

	put_le32(answer + 1, idle > 0 ? (uint32_t)idle : 0);
	put_le32(answer + 5, total > 0 ? (uint32_t)total : 0);
	(void)wire_send(fd, answer, sizeof(answer), -1);
}

/* A descriptor that came with a word: kept if it is a terminal, the last. */
static void
take_terminal(struct client *c, int passed)
{
	int flags;

	if (passed < 0)
		return;
	/* Whatever the client did: no write to it may hold up a lock. */
	if (!isatty(passed) || (flags = fcntl(passed, F_GETFL)) < 0 ||
	    fcntl(passed, F_SETFL, flags | O_NONBLOCK) != 0) {
		close(passed);
		return;
	}
	if (c->terminal >= 0)
		close(c->terminal);
	c->terminal = passed;
}

/* One word of a client; false if it is to be dropped. */
static bool
serve(struct agent *a, struct client *c)
{
	char word;
	int passed;
	ssize_t n = wire_receive(c->fd, &word, 1, &passed);

	/* Only an error sets errno: 0 is the end of the client. */
	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	if (n == 0)
		return false;
	take_terminal(c, passed);
	switch (word) {
	case 'K':
		c->has_key = true;
		touch(a);
		return wire_send(c->fd, "K", 1, vault_key_fd(a->key));
	case 'T':
		touch(a);
		return true;
	case 'S':
		send_status(a, c->fd);
		return true;
	case 'L':
		lock_and_exit(a, c->fd);
	default:
		return false;
	}
}

/* Room for one more: whoever has sat there longest without a key goes. */
static bool
make_room(struct agent *a)
{
	unsigned oldest = CLIENTS_MAX;

	if (a->n < CLIENTS_MAX)
		return true;
	for (unsigned i = 0; i < a->n; i++)
		if (!a->client[i].has_key &&
		    (oldest == CLIENTS_MAX ||
			a->client[i].since < a->client[oldest].since))
			oldest = i;
	if (oldest == CLIENTS_MAX)
		return false;
	drop(a, oldest);
	return true;
}

static void
admit(struct agent *a)
{
	struct client c = { .pidfd = -1, .terminal = -1, .since = now_ms() };

	c.fd = accept4(a->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (c.fd < 0)
		return;
	if (!wire_peer_is_us(c.fd, &c.pid) || !make_room(a)) {
		close(c.fd);
		return;
	}
	/* The peer is connected, so its number is still its own. */
	c.pidfd = (int)syscall(SYS_pidfd_open, c.pid, 0);
	a->client[a->n++] = c;
}

static _Noreturn void
run(struct agent *a)
{
	struct pollfd p[CLIENTS_MAX + 2];

	for (;;) {
		unsigned n = a->n;

		p[0] = (struct pollfd){ a->listener, POLLIN, 0 };
		p[1] = (struct pollfd){ a->timer, POLLIN, 0 };
		for (unsigned i = 0; i < n; i++)
			p[i + 2] = (struct pollfd){ a->client[i].fd, POLLIN,
				0 };
		if (poll(p, n + 2, -1) < 0 && errno != EINTR)
			lock_and_exit(a, -1);
		if (asked_to_end || p[1].revents != 0)
			lock_and_exit(a, -1);
		/* Backwards: dropping moves the last one into the gap. */
		for (unsigned i = n; i-- > 0;)
			if (p[i + 2].revents != 0 && !serve(a, &a->client[i]))
				drop(a, i);
		if (p[0].revents != 0)
			admit(a);
	}
}

/* ---- Starting ---- */

static bool
listen_at(struct agent *a, const char *name)
{
	struct stat st;

	if (!wire_address(&a->address, name))
		return false;
	/* An older agent has been locked; its socket may be left over. */
	unlink(a->address.sun_path);
	a->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (a->listener < 0)
		return false;
	if (bind(a->listener, (struct sockaddr *)&a->address,
		sizeof(a->address)) != 0 ||
	    listen(a->listener, 64) != 0 ||
	    lstat(a->address.sun_path, &st) != 0)
		return false;
	a->inode = st.st_ino;
	return true;
}

static void
let_go_of_terminal(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	setsid();
	for (int fd = 0; fd <= 2; fd++)
		dup2(null, fd);
	close(null);
	if (chdir("/") != 0)
		_exit(1);
}

/*
 * What the command had open, perhaps a file on a stick or the passphrase's
 * own, must not stay open as long as the agent lives.
 */
static void
let_go_of_files(int except)
{
	if (except > 3)
		close_range(3, (unsigned)except - 1, 0);
	close_range((unsigned)except + 1, ~0U, 0);
}

/* The child: wait for the key, listen, say so, serve until the end. */
static _Noreturn void
become(int pair)
{
	struct sigaction act = { .sa_handler = on_signal };
	struct agent a = { .listener = -1 };
	struct start start;
	int page;

	let_go_of_terminal();
	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGINT, &act, NULL);
	sigaction(SIGHUP, &act, NULL);
	if (wire_receive(pair, &start, sizeof(start), &page) !=
		(ssize_t)sizeof(start) ||
	    page < 0 || vault_key_adopt(&a.key, page) != VAULT_OK)
		_exit(1);
	start.name[sizeof(start.name) - 1] = '\0';
	a.idle_ms = (int64_t)start.limits.idle * 1000;
	a.end_at = now_ms() + (int64_t)start.limits.total * 1000;
	a.timer = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC);
	if (a.timer < 0 || !listen_at(&a, start.name)) {
		vault_key_lock(a.key);
		_exit(1);
	}
	touch(&a);
	/* Without an answer the parent takes the key to be still its own. */
	if (!wire_send(pair, "!", 1, -1)) {
		unlink_own(&a);
		vault_key_lock(a.key);
		_exit(1);
	}
	close(pair);
	run(&a);
}

int
agent_prepare(void)
{
	int pair[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return -1;
	if ((pid = fork()) == 0) {
		close(pair[0]);
		let_go_of_files(pair[1]);
		/* Twice, so that the agent is nobody's child. */
		if (fork() == 0)
			become(pair[1]);
		_exit(0);
	}
	close(pair[1]);
	if (pid > 0)
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
	if (pid < 0) {
		close(pair[0]);
		return -1;
	}
	return pair[0];
}

static void
lock_older(const char *name)
{
	struct agent_locked locked;
	int fd = agent_connect(name);

	if (fd < 0)
		return;
	agent_lock(fd, &locked);
	close(fd);
}

static bool
hand_over(int prepared, const struct vault_key *key, const struct start *start)
{
	struct pollfd p = { prepared, POLLIN, 0 };
	char word = 0;

	return wire_send(prepared, start, sizeof(*start), vault_key_fd(key)) &&
	    poll(&p, 1, START_MS) == 1 &&
	    wire_receive(prepared, &word, 1, NULL) == 1 && word == '!';
}

bool
agent_begin(int prepared, struct vault_key *key, const char *name,
    const struct agent_limits *limits)
{
	struct start start = { .limits = *limits };
	int lock = wire_begin_lock();
	bool good = false;

	memcpy(start.name, name, sizeof(start.name));
	if (lock >= 0) {
		lock_older(name);
		good = hand_over(prepared, key, &start);
		close(lock);
	}
	if (good)
		vault_key_disown(key);
	return good;
}
