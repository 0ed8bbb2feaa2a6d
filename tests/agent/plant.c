/* SPDX-License-Identifier: ISC */
/*
 * plant.c - faults planted in an unmodified program, by LD_PRELOAD, to show
 * that the harnesses of tests/agent, pty and strace see them.  AMPARO_PLANT
 * names the fault.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

static int
is(const char *name)
{
	const char *plant = getenv("AMPARO_PLANT");

	return plant != NULL && strcmp(plant, name) == 0;
}

#define REAL(type, name, ...)                                                  \
	type (*real)(__VA_ARGS__) = (type(*)(__VA_ARGS__))(uintptr_t)dlsym(    \
	    RTLD_NEXT, #name)

/* Everybody is of the same user. */
int
getsockopt(int fd, int level, int name, void *to, socklen_t *len)
{
	REAL(int, getsockopt, int, int, int, void *, socklen_t *);
	int r = real(fd, level, name, to, len);

	if (r == 0 && name == SO_PEERCRED && is("any-uid"))
		((struct ucred *)to)->uid = geteuid();
	return r;
}

/* Nothing is wiped. */
void
sodium_memzero(void *p, size_t len)
{
	if (!is("no-wipe"))
		explicit_bzero(p, len);
}

/* A client could map the page so that it can be written. */
int
fcntl(int fd, int what, ...)
{
	REAL(int, fcntl, int, int, long);
	va_list list;
	long arg;

	va_start(list, what);
	arg = va_arg(list, long);
	va_end(list);
	return what == F_ADD_SEALS && is("no-seal") ? 0 : real(fd, what, arg);
}

int
fcntl64(int fd, int what, ...)
{
	va_list list;
	long arg;

	va_start(list, what);
	arg = va_arg(list, long);
	va_end(list);
	return fcntl(fd, what, arg);
}

int
prctl(int what, ...)
{
	va_list list;
	long arg;

	va_start(list, what);
	arg = va_arg(list, long);
	va_end(list);
	if (what == PR_SET_DUMPABLE && is("dumpable"))
		return 0;
	return (int)syscall(SYS_prctl, what, arg, 0, 0, 0);
}

int
setrlimit(__rlimit_resource_t what, const struct rlimit *limit)
{
	REAL(int, setrlimit, __rlimit_resource_t, const struct rlimit *);

	return is("core") ? 0 : real(what, limit);
}

int
mlock(const void *p, size_t len)
{
	REAL(int, mlock, const void *, size_t);

	return is("no-mlock") ? 0 : real(p, len);
}

int
accept4(int fd, struct sockaddr *to, socklen_t *len, int flags)
{
	REAL(int, accept4, int, struct sockaddr *, socklen_t *, int);
	int got = real(fd, to, len, flags);

	if (is("leak"))
		(void)dup(got);
	return got;
}

int
usleep(useconds_t us)
{
	REAL(int, usleep, useconds_t);

	return real(is("slow") ? 1500000 : us);
}

/* The bytes of the page travel with its descriptor. */
ssize_t
sendmsg(int fd, const struct msghdr *m, int flags)
{
	REAL(ssize_t, sendmsg, int, const struct msghdr *, int);
	const struct cmsghdr *c = CMSG_FIRSTHDR(m);
	ssize_t n = real(fd, m, flags);

	if (c != NULL && is("key-bytes")) {
		int page;
		void *p;

		memcpy(&page, CMSG_DATA(c), sizeof(page));
		p = mmap(NULL, 4096, PROT_READ, MAP_SHARED, page, 0);
		send(fd, (char *)p + 40, 32, MSG_NOSIGNAL | MSG_DONTWAIT);
		munmap(p, 4096);
	}
	return n;
}

/* What was read stays in memory that is nobody's. */
ssize_t
read(int fd, void *to, size_t len)
{
	static char *kept;
	static size_t n;
	ssize_t got = syscall(SYS_read, fd, to, len);

	if (got > 0 && is("keep")) {
		if (kept == NULL)
			kept = malloc(1 << 20);
		if (n + (size_t)got < 1 << 20) {
			memcpy(kept + n, to, (size_t)got);
			n += (size_t)got;
		}
	}
	return got;
}

/* The terminal stays as it was set for a prompt; or is never set. */
int
tcsetattr(int fd, int when, const struct termios *modes)
{
	REAL(int, tcsetattr, int, int, const struct termios *);
	int on = (modes->c_lflag & ECHO) != 0;

	return (on && is("stay-raw")) || (!on && is("echo"))
	    ? 0
	    : real(fd, when, modes);
}

/* Nothing is cleared; or what goes to the terminal goes to the output too. */
ssize_t
write(int fd, const void *from, size_t len)
{
	if (is("no-clear") && memmem(from, len, "\033[3J", 4) != NULL)
		return (ssize_t)len;
	if (is("to-stdout") && fd > 2 && isatty(fd))
		syscall(SYS_write, 1, from, len);
	return syscall(SYS_write, fd, from, len);
}

/* All secrets are the same. */
int
sodium_memcmp(const void *a, const void *b, size_t len)
{
	return is("all-same") ? 0 : memcmp(a, b, len) != 0;
}

/* Failures that are not told. */
int
fsync(int fd)
{
	int r = (int)syscall(SYS_fsync, fd);

	return is("no-sync-error") ? 0 : r;
}

int
fdatasync(int fd)
{
	int r = (int)syscall(SYS_fdatasync, fd);

	return is("no-sync-error") ? 0 : r;
}

ssize_t
pwrite64(int fd, const void *from, size_t len, off64_t at)
{
	ssize_t n = syscall(SYS_pwrite64, fd, from, len, at);

	return n < 0 && is("no-write-error") ? (ssize_t)len : n;
}

ssize_t
pwrite(int fd, const void *from, size_t len, off_t at)
{
	return pwrite64(fd, from, len, at);
}

int
renameat(int from_dir, const char *from, int to_dir, const char *to)
{
	int r = (int)syscall(SYS_renameat2, from_dir, from, to_dir, to, 0);

	return is("no-rename-error") ? 0 : r;
}

ssize_t
pread64(int fd, void *to, size_t len, off64_t at)
{
	ssize_t n = syscall(SYS_pread64, fd, to, len, at);

	return n < 0 && is("no-read-error") ? (ssize_t)len : n;
}

ssize_t
pread(int fd, void *to, size_t len, off_t at)
{
	return pread64(fd, to, len, at);
}
