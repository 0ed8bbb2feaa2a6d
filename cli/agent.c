/* SPDX-License-Identifier: ISC */
/* agent.c - where agents listen, and the clients' side. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "agent.h"
#include "agent_wire.h"

#define ANSWER_MS 2000
#define LOCK_MS 1000 /* longer than an agent waits for its clients */
#define END_MS 200

/* A folder that is ours alone, made if it is not there. */
static bool
is_private_folder(const char *path)
{
	struct stat st;

	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return false;
	return lstat(path, &st) == 0 && S_ISDIR(st.st_mode) &&
	    st.st_uid == geteuid() && (st.st_mode & 077) == 0;
}

/*
 * Where sockets may lie, in the order of preference.  Which of them an agent
 * took depends on what there was when it began; so all are looked through.
 */
#define FOLDERS 3

/*
 * Tests say where, and lock every agent that is there: never may that be one
 * of whoever runs them.
 */
static bool
is_usual_left_alone(const char *runtime)
{
#ifdef VAULT_TEST
	return runtime != NULL;
#else
	(void)runtime;
	return false;
#endif
}

static bool
socket_folder(char *out, size_t len, unsigned i)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	unsigned uid = (unsigned)geteuid();

	/* 32 digits and a slash must fit behind it in a socket's address. */
	if (i == 0 &&
	    (runtime == NULL || runtime[0] != '/' || strlen(runtime) >= 60))
		return false;
	if (i > 0 && is_usual_left_alone(runtime))
		return false;
	if (i == 0)
		snprintf(out, len, "%s/amparo", runtime);
	else if (i == 1)
		snprintf(out, len, "/run/user/%u/amparo", uid);
	else
		snprintf(out, len, "/tmp/amparo-%u", uid);
	return is_private_folder(out);
}

static bool
address_in(struct sockaddr_un *out, const char *folder, const char *name)
{
	memset(out, 0, sizeof(*out));
	out->sun_family = AF_UNIX;
	return snprintf(out->sun_path, sizeof(out->sun_path), "%s/%s", folder,
		   name) < (int)sizeof(out->sun_path);
}

bool
wire_address(struct sockaddr_un *out, const char *name)
{
	char folder[100];

	for (unsigned i = 0; i < FOLDERS; i++)
		if (socket_folder(folder, sizeof(folder), i))
			return address_in(out, folder, name);
	return false;
}

int
wire_begin_lock(void)
{
	struct sockaddr_un address;
	int fd;

	if (!wire_address(&address, "lock") ||
	    (fd = open(address.sun_path,
		 O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600)) < 0)
		return -1;
	(void)flock(fd, LOCK_EX);
	return fd;
}

bool
wire_peer_is_us(int fd, pid_t *pid)
{
	struct ucred who;
	socklen_t len = sizeof(who);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) != 0 ||
	    who.uid != geteuid())
		return false;
	if (pid != NULL)
		*pid = who.pid;
	return true;
}

bool
wire_send(int fd, const void *bytes, size_t len, int pass_fd)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec iov = { (void *)(uintptr_t)bytes, len };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (pass_fd >= 0) {
		struct cmsghdr *c;

		m.msg_control = &control;
		m.msg_controllen = sizeof(control);
		c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &pass_fd, sizeof(int));
	}
	return sendmsg(fd, &m, MSG_NOSIGNAL) == (ssize_t)len;
}

/* One is wanted, if any; there is room for two, and none may be left open. */
static void
take_descriptors(const struct cmsghdr *c, int *wanted)
{
	size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

	for (size_t i = 0; i < n; i++) {
		int got;

		memcpy(&got, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
		if (wanted != NULL && *wanted < 0)
			*wanted = got;
		else
			close(got);
	}
}

ssize_t
wire_receive(int fd, void *bytes, size_t len, int *passed_fd)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec iov = { bytes, len };
	struct msghdr m = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *c;
	ssize_t n;

	if (passed_fd != NULL)
		*passed_fd = -1;
	do
		n = recvmsg(fd, &m, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	c = n > 0 ? CMSG_FIRSTHDR(&m) : NULL;
	if (c != NULL && c->cmsg_level == SOL_SOCKET &&
	    c->cmsg_type == SCM_RIGHTS)
		take_descriptors(c, passed_fd);
	return n;
}

static int
connect_in(const char *folder, const char *name)
{
	struct sockaddr_un address;
	int fd;

	if (!address_in(&address, folder, name) ||
	    (fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) < 0)
		return -1;
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0 &&
	    wire_peer_is_us(fd, NULL))
		return fd;
	close(fd);
	return -1;
}

int
agent_connect(const char *name)
{
	char folder[100];
	int fd = -1;

	for (unsigned i = 0; fd < 0 && i < FOLDERS; i++)
		if (socket_folder(folder, sizeof(folder), i))
			fd = connect_in(folder, name);
	return fd;
}

/* Wait for an answer no longer than that. */
static bool
answers(int fd, int ms)
{
	struct pollfd p = { fd, POLLIN, 0 };

	return poll(&p, 1, ms) == 1 && (p.revents & POLLIN) != 0;
}

/*
 * Ask for the key.  Our terminal goes along, by a description of its own that
 * never blocks: the agent clears it at lock, when we may be stopped or dead.
 */
static bool
ask_for_key(int fd)
{
	int terminal = open(
	    "/dev/tty", O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	bool sent = wire_send(fd, "K", 1, terminal);

	if (terminal >= 0)
		close(terminal);
	return sent;
}

struct vault_key *
agent_key(int fd)
{
	struct vault_key *key;
	int page;
	char word;

	if (!ask_for_key(fd) || !answers(fd, ANSWER_MS) ||
	    wire_receive(fd, &word, 1, &page) != 1)
		return NULL;
	if (word != 'K' || page < 0) {
		if (page >= 0)
			close(page);
		return NULL;
	}
	return vault_key_attach(&key, page) == VAULT_OK ? key : NULL;
}

void
agent_touch(int fd)
{
	(void)wire_send(fd, "T", 1, -1);
}

bool
agent_status(int fd, struct agent_limits *left)
{
	uint8_t answer[9];

	if (!wire_send(fd, "S", 1, -1) || !answers(fd, ANSWER_MS) ||
	    wire_receive(fd, answer, sizeof(answer), NULL) !=
		(ssize_t)sizeof(answer) ||
	    answer[0] != 'S')
		return false;
	left->idle = get_le32(answer + 1);
	left->total = get_le32(answer + 5);
	return true;
}

/* Ask for a lock by a signal, which a full table of clients cannot stop. */
static bool
end_agent(int pidfd)
{
	static const int signals[] = { SIGTERM, SIGKILL };
	struct pollfd p = { pidfd, POLLIN, 0 };

	for (size_t i = 0; i < 2; i++) {
		syscall(SYS_pidfd_send_signal, pidfd, signals[i], NULL, 0);
		if (poll(&p, 1, END_MS) == 1)
			return true;
	}
	return false;
}

void
agent_lock(int fd, struct agent_locked *out)
{
	uint8_t answer[5 + 4 * AGENT_STUCK_MAX] = { 0 };
	ssize_t n = 0;
	int pidfd = -1;
	pid_t pid;

	memset(out, 0, sizeof(*out));
	/* Who listens is alive now, so that the number is the agent's. */
	if (wire_peer_is_us(fd, &pid))
		pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (wire_send(fd, "L", 1, -1) && answers(fd, LOCK_MS))
		n = wire_receive(fd, answer, sizeof(answer), NULL);
	if (n < 5 || answer[0] != 'D') {
		if (pidfd >= 0 && !end_agent(pidfd))
			out->pid[out->stuck++] = pid;
		close(pidfd);
		return;
	}
	close(pidfd);
	out->answered = true;
	out->stuck = get_le32(answer + 1);
	if (out->stuck > (unsigned)(n - 5) / 4)
		out->stuck = (unsigned)(n - 5) / 4;
	for (unsigned i = 0; i < out->stuck; i++)
		out->pid[i] = (pid_t)get_le32(answer + 5 + 4 * i);
}

static bool
is_name(const char *name)
{
	return strlen(name) == VAULT_PLACE_NAME_LEN - 1 &&
	    strspn(name, "0123456789abcdef") == VAULT_PLACE_NAME_LEN - 1;
}

void
agent_each(void (*each)(void *ctx, const char *name), void *ctx)
{
	const struct dirent *entry;
	char folder[100];
	DIR *dir;

	for (unsigned i = 0; i < FOLDERS; i++) {
		if (!socket_folder(folder, sizeof(folder), i) ||
		    (dir = opendir(folder)) == NULL)
			continue;
		while ((entry = readdir(dir)) != NULL)
			if (is_name(entry->d_name))
				each(ctx, entry->d_name);
		closedir(dir);
	}
}
