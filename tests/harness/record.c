/* SPDX-License-Identifier: ISC */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "core/io.h"
#include "harness.h"
#include "record.h"
#include "store/cells.h"
#include "store/files.h"

#define SECTOR 512

static void
stop(const char *why, const char *what)
{
	fprintf(stderr, "record: %s: %s\n", why, what);
	abort();
}

/* ---- A disk in memory ---- */

static void
node_grow(struct disk_node *f, size_t len)
{
	if (len > f->cap) {
		f->cap = len + 65536;
		if ((f->bytes = realloc(f->bytes, f->cap)) == NULL)
			stop("memory", "file");
	}
	if (len > f->len)
		memset(f->bytes + f->len, 0, len - f->len);
	f->len = len;
}

static unsigned
node_new(struct disk *d, bool is_dir)
{
	if (d->n_nodes == DISK_NODES)
		stop("full", "nodes");
	d->node[d->n_nodes] = (struct disk_node){ .is_dir = is_dir };
	return d->n_nodes++;
}

static struct disk_name *
name_find(struct disk *d, unsigned dir, const char *text)
{
	for (unsigned i = 0; i < d->n_names; i++)
		if (d->name[i].dir == dir && strcmp(d->name[i].text, text) == 0)
			return &d->name[i];
	return NULL;
}

static void
name_drop(struct disk *d, unsigned dir, const char *text)
{
	struct disk_name *n = name_find(d, dir, text);

	if (n != NULL)
		*n = d->name[--d->n_names];
}

static void
name_add(struct disk *d, unsigned dir, const char *text, unsigned node)
{
	struct disk_name *n;

	name_drop(d, dir, text);
	if (d->n_names == DISK_NAMES)
		stop("full", "names");
	n = &d->name[d->n_names++];
	n->dir = dir;
	n->node = node;
	if ((size_t)snprintf(n->text, sizeof(n->text), "%s", text) >=
	    sizeof(n->text))
		stop("too long a name", text);
}

void
disk_free(struct disk *d)
{
	for (unsigned i = 0; i < d->n_nodes; i++)
		free(d->node[i].bytes);
	d->n_nodes = d->n_names = 0;
}

static void
load_folder(struct disk *d, unsigned dir, const char *path)
{
	const struct dirent *entry;
	DIR *list = opendir(path);

	if (list == NULL)
		stop("opendir", path);
	while ((entry = readdir(list)) != NULL) {
		char below[PATH_MAX];
		struct stat st;
		unsigned node;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(below, sizeof(below), "%s/%s", path, entry->d_name);
		if (lstat(below, &st) != 0)
			stop("stat", below);
		node = node_new(d, S_ISDIR(st.st_mode));
		name_add(d, dir, entry->d_name, node);
		if (S_ISDIR(st.st_mode)) {
			load_folder(d, node, below);
		} else {
			size_t len;

			d->node[node].bytes = file_read(below, &len);
			d->node[node].len = d->node[node].cap = len;
		}
	}
	closedir(list);
}

void
disk_load(struct disk *d, const char *path)
{
	memset(d, 0, sizeof(*d));
	node_new(d, true);
	load_folder(d, 0, path);
}

static void
clear_folder(int dir)
{
	DIR *list = fdopendir(dir);
	const struct dirent *entry;

	if (list == NULL)
		stop("fdopendir", "image");
	while ((entry = readdir(list)) != NULL) {
		const char *name = entry->d_name;
		int below;

		if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
			continue;
		if (unlinkat(dir, name, 0) == 0)
			continue;
		if ((below = openat(dir, name, O_RDONLY | O_DIRECTORY)) >= 0)
			clear_folder(below);
		if (unlinkat(dir, name, AT_REMOVEDIR) != 0)
			stop("rmdir", name);
	}
	closedir(list);
}

static void
store_folder(const struct disk *d, unsigned dir, int at)
{
	for (unsigned i = 0; i < d->n_names; i++) {
		const struct disk_name *n = &d->name[i];
		const struct disk_node *f = &d->node[n->node];
		int fd = -1;

		if (n->dir != dir)
			continue;
		if (f->is_dir) {
			if (mkdirat(at, n->text, 0700) != 0 ||
			    (fd = openat(at, n->text, O_RDONLY | O_DIRECTORY)) <
				0)
				stop("mkdir", n->text);
			store_folder(d, n->node, fd);
		} else {
			fd = openat(
			    at, n->text, O_WRONLY | O_CREAT | O_EXCL, 0600);
			if (fd < 0 ||
			    write(fd, f->bytes, f->len) != (ssize_t)f->len)
				stop("write", n->text);
		}
		close(fd);
	}
}

void
disk_store(const struct disk *d, const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY);

	if (fd < 0)
		stop("open", path);
	clear_folder(dup(fd));
	store_folder(d, 0, fd);
	close(fd);
}

int
disk_find(const struct disk *d, const char *path)
{
	unsigned at = 0;
	char part[48];

	while (*path != '\0') {
		size_t len = strcspn(path, "/");
		const struct disk_name *n;

		snprintf(part, sizeof(part), "%.*s", (int)len, path);
		path += len + (path[len] == '/');
		if (len == 0)
			continue;
		n = name_find((struct disk *)(uintptr_t)d, at, part);
		if (n == NULL)
			return -1;
		at = n->node;
	}
	return (int)at;
}

static uint64_t
mix(uint64_t h, const void *bytes, size_t len)
{
	const uint8_t *p = bytes;
	uint64_t word = 0;

	for (; len >= 8; p += 8, len -= 8) {
		memcpy(&word, p, 8);
		h = (h ^ word) * 0x9e3779b97f4a7c15u;
		h ^= h >> 29;
	}
	for (; len > 0; p++, len--)
		h = (h ^ *p) * 0x100000001b3u;
	return h;
}

/* The same for the same names and bytes, in whatever order they came. */
uint64_t
disk_hash(const struct disk *d)
{
	uint64_t all = 0;

	for (unsigned i = 0; i < d->n_names; i++) {
		const struct disk_name *n = &d->name[i];
		const struct disk_node *f = &d->node[n->node];
		uint64_t h = 0xcbf29ce484222325u;

		for (unsigned j = 0; n->dir != 0 && j < d->n_names; j++)
			if (d->name[j].node == n->dir)
				h = mix(h, d->name[j].text,
				    strlen(d->name[j].text));
		h = mix(h, n->text, strlen(n->text) + 1);
		h = mix(h, &f->len, sizeof(f->len));
		all += mix(h, f->bytes, f->len);
	}
	return all;
}

/* ---- The log ---- */

void
ops_free(struct ops *o)
{
	for (unsigned i = 0; i < o->n; i++)
		free(o->op[i].bytes);
	free(o->op);
	disk_free(&o->base);
	memset(o, 0, sizeof(*o));
}

static struct ops *log_to;   /* NULL while nothing is recorded */
static struct disk names_at; /* the names as they are: no bytes */
static char root_path[PATH_MAX];
static size_t root_len;

static struct op *
op_add(enum op_kind kind)
{
	struct ops *o = log_to;

	if (o->n == o->cap) {
		o->cap = o->cap * 2 + 256;
		if ((o->op = realloc(o->op, o->cap * sizeof(*o->op))) == NULL)
			stop("memory", "log");
	}
	o->op[o->n] = (struct op){ .kind = kind };
	return &o->op[o->n++];
}

/* The part of an absolute path below the root; NULL if it is elsewhere. */
static const char *
below_root(const char *path)
{
	if (log_to == NULL || strncmp(path, root_path, root_len) != 0)
		return NULL;
	if (path[root_len] == '\0')
		return path + root_len;
	return path[root_len] == '/' ? path + root_len + 1 : NULL;
}

static int
node_of(const char *path)
{
	const char *below = below_root(path);

	return below == NULL ? -1 : disk_find(&names_at, below);
}

/* The folder and the last part of a path; false if it is elsewhere. */
static bool
split(unsigned *dir, char last[static 48], const char *path)
{
	char head[PATH_MAX];
	const char *below = below_root(path), *slash;
	int node;

	if (below == NULL || *below == '\0')
		return false;
	slash = strrchr(below, '/');
	snprintf(head, sizeof(head), "%.*s",
	    slash == NULL ? 0 : (int)(slash - below), below);
	snprintf(last, 48, "%s", slash == NULL ? below : slash + 1);
	if ((node = disk_find(&names_at, head)) < 0)
		stop("no such folder", path);
	*dir = (unsigned)node;
	return true;
}

static void
log_create(const char *path, bool is_dir)
{
	unsigned dir;
	char last[48];
	struct op *op;

	if (!split(&dir, last, path))
		return;
	op = op_add(OP_CREATE);
	op->dir = dir;
	op->is_dir = is_dir;
	op->node = node_new(&names_at, is_dir);
	memcpy(op->name, last, sizeof(last));
	name_add(&names_at, dir, last, op->node);
}

static void
log_unlink(const char *path)
{
	unsigned dir;
	char last[48];
	struct op *op;

	if (!split(&dir, last, path))
		return;
	op = op_add(OP_UNLINK);
	op->dir = dir;
	memcpy(op->name, last, sizeof(last));
	name_drop(&names_at, dir, last);
}

static void
log_rename(const char *from, const char *to)
{
	unsigned dir, dir2;
	char last[48], last2[48];
	struct disk_name *n;
	struct op *op;

	if (!split(&dir, last, from) || !split(&dir2, last2, to))
		return;
	op = op_add(OP_RENAME);
	op->dir = dir;
	op->dir2 = dir2;
	memcpy(op->name, last, sizeof(last));
	memcpy(op->name2, last2, sizeof(last2));
	if ((n = name_find(&names_at, dir, last)) == NULL)
		stop("rename of nothing", from);
	op->node = n->node;
	name_drop(&names_at, dir, last);
	name_add(&names_at, dir2, last2, op->node);
}

static void
log_write(int node, uint64_t offset, const void *bytes, size_t len)
{
	struct op *op;

	if (log_to == NULL || node < 0)
		return;
	op = op_add(OP_WRITE);
	op->node = (unsigned)node;
	op->offset = offset;
	op->len = len;
	if ((op->bytes = malloc(len + 1)) == NULL)
		stop("memory", "write");
	memcpy(op->bytes, bytes, len);
}

static void
log_truncate(int node, uint64_t len)
{
	struct op *op;

	if (log_to == NULL || node < 0)
		return;
	op = op_add(OP_TRUNCATE);
	op->node = (unsigned)node;
	op->offset = len;
}

static void
log_sync(int node)
{
	if (log_to != NULL && node >= 0)
		op_add(OP_SYNC)->node = (unsigned)node;
}

/* ---- Behind core/io.h ---- */

/* Where a name in an open folder lies. */
static const char *
path_of(char out[static PATH_MAX], int dir, const char *name)
{
	char link[64];
	ssize_t len = 0;

	if (name[0] == '/' || dir == AT_FDCWD) {
		snprintf(out, PATH_MAX, "%s", name);
		return out;
	}
	snprintf(link, sizeof(link), "/proc/self/fd/%d", dir);
	if ((len = readlink(link, out, PATH_MAX - 1)) < 0)
		stop("readlink", link);
	snprintf(out + len, PATH_MAX - (size_t)len, "%s%s",
	    *name == '\0' ? "" : "/", name);
	return out;
}

static int
node_of_fd(int fd)
{
	char path[PATH_MAX];

	return log_to == NULL ? -1 : node_of(path_of(path, fd, ""));
}

static int
rec_open(int dir, const char *name, int flags, int mode)
{
	int fd = io_test_system()->open(dir, name, flags, mode);
	char path[PATH_MAX];

	if (fd >= 0 && (flags & O_CREAT) && log_to != NULL)
		log_create(path_of(path, dir, name), false);
	return fd;
}

static int
rec_close(int fd)
{
	return io_test_system()->close(fd);
}

static long
rec_pread(int fd, void *to, size_t len, int64_t offset)
{
	return io_test_system()->pread(fd, to, len, offset);
}

static long
rec_pwrite(int fd, const void *from, size_t len, int64_t offset)
{
	long n = io_test_system()->pwrite(fd, from, len, offset);

	if (n > 0)
		log_write(node_of_fd(fd), (uint64_t)offset, from, (size_t)n);
	return n;
}

static int
rec_truncate(int fd, int64_t len)
{
	int r = io_test_system()->truncate(fd, len);

	if (r == 0)
		log_truncate(node_of_fd(fd), (uint64_t)len);
	return r;
}

static int
rec_sync(int fd)
{
	log_sync(node_of_fd(fd));
	return 0;
}

static int
rec_mkdir(int dir, const char *name, int mode)
{
	int r = io_test_system()->mkdir(dir, name, mode);
	char path[PATH_MAX];

	if (r == 0 && log_to != NULL)
		log_create(path_of(path, dir, name), true);
	return r;
}

static int
rec_rename(int from_dir, const char *from, int to_dir, const char *to)
{
	int r = io_test_system()->rename(from_dir, from, to_dir, to);
	char path[PATH_MAX], path2[PATH_MAX];

	if (r == 0 && log_to != NULL)
		log_rename(
		    path_of(path, from_dir, from), path_of(path2, to_dir, to));
	return r;
}

static int
rec_unlink(int dir, const char *name, int flags)
{
	int r = io_test_system()->unlink(dir, name, flags);
	char path[PATH_MAX];

	if (r == 0 && log_to != NULL)
		log_unlink(path_of(path, dir, name));
	return r;
}

static const struct io_ops rec_io = {
	.open = rec_open,
	.close = rec_close,
	.pread = rec_pread,
	.pwrite = rec_pwrite,
	.truncate = rec_truncate,
	.sync = rec_sync,
	.mkdir = rec_mkdir,
	.rename = rec_rename,
	.unlink = rec_unlink,
};

/* ---- Behind SQLite's VFS ---- */

struct rec_file {
	sqlite3_file base;
	int node;
	sqlite3_file *real; /* lies after this struct */
};

static sqlite3_vfs *unix_vfs;
static sqlite3_vfs rec_vfs;

static sqlite3_file *
real(sqlite3_file *f)
{
	return ((struct rec_file *)f)->real;
}

static int
file_close(sqlite3_file *f)
{
	return real(f)->pMethods->xClose(real(f));
}

static int
file_xread(sqlite3_file *f, void *to, int len, sqlite3_int64 offset)
{
	return real(f)->pMethods->xRead(real(f), to, len, offset);
}

static int
file_xwrite(sqlite3_file *f, const void *from, int len, sqlite3_int64 offset)
{
	int r = real(f)->pMethods->xWrite(real(f), from, len, offset);

	if (r == SQLITE_OK)
		log_write(((struct rec_file *)f)->node, (uint64_t)offset, from,
		    (size_t)len);
	return r;
}

static int
file_truncate(sqlite3_file *f, sqlite3_int64 len)
{
	int r = real(f)->pMethods->xTruncate(real(f), len);

	if (r == SQLITE_OK)
		log_truncate(((struct rec_file *)f)->node, (uint64_t)len);
	return r;
}

static int
file_sync(sqlite3_file *f, int flags)
{
	/* First, as SQLite syncs the folder of a new journal after it. */
	log_sync(((struct rec_file *)f)->node);
	return real(f)->pMethods->xSync(real(f), flags);
}

static int
file_size(sqlite3_file *f, sqlite3_int64 *out)
{
	return real(f)->pMethods->xFileSize(real(f), out);
}

static int
file_lock(sqlite3_file *f, int lock)
{
	return real(f)->pMethods->xLock(real(f), lock);
}

static int
file_unlock(sqlite3_file *f, int lock)
{
	return real(f)->pMethods->xUnlock(real(f), lock);
}

static int
file_reserved(sqlite3_file *f, int *out)
{
	return real(f)->pMethods->xCheckReservedLock(real(f), out);
}

static int
file_control(sqlite3_file *f, int op, void *arg)
{
	/* Hints: they would change the file behind our back. */
	if (op == SQLITE_FCNTL_SIZE_HINT || op == SQLITE_FCNTL_CHUNK_SIZE)
		return SQLITE_NOTFOUND;
	return real(f)->pMethods->xFileControl(real(f), op, arg);
}

static int
file_sector(sqlite3_file *f)
{
	return real(f)->pMethods->xSectorSize(real(f));
}

static int
file_device(sqlite3_file *f)
{
	return real(f)->pMethods->xDeviceCharacteristics(real(f));
}

static const sqlite3_io_methods rec_methods = {
	.iVersion = 1,
	.xClose = file_close,
	.xRead = file_xread,
	.xWrite = file_xwrite,
	.xTruncate = file_truncate,
	.xSync = file_sync,
	.xFileSize = file_size,
	.xLock = file_lock,
	.xUnlock = file_unlock,
	.xCheckReservedLock = file_reserved,
	.xFileControl = file_control,
	.xSectorSize = file_sector,
	.xDeviceCharacteristics = file_device,
};

static int
vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags,
    int *out_flags)
{
	struct rec_file *file = (struct rec_file *)f;
	bool there;
	int r;

	(void)vfs;
	memset(file, 0, sizeof(*file));
	file->real = (sqlite3_file *)(file + 1);
	if (name == NULL)
		stop("a temporary file", "opened by SQLite");
	there = access(name, F_OK) == 0;
	r = unix_vfs->xOpen(unix_vfs, name, file->real, flags, out_flags);
	if (r != SQLITE_OK)
		return r;
	if (!there)
		log_create(name, false);
	file->node = node_of(name);
	file->base.pMethods = &rec_methods;
	return SQLITE_OK;
}

static int
vfs_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
	bool there = access(name, F_OK) == 0;

	(void)vfs;
	/* First, as SQLite syncs the folder after it. */
	if (there)
		log_unlink(name);
	return unix_vfs->xDelete(unix_vfs, name, sync);
}

/*
 * SQLite opens a folder in order to sync it, and for nothing else.  This is
 * in its table of system calls, not in the interface of a VFS.
 */
static int (*real_open_dir)(const char *path, int *fd);

static int
open_dir(const char *path, int *fd)
{
	char head[PATH_MAX];
	char *slash;

	snprintf(head, sizeof(head), "%s", path);
	if ((slash = strrchr(head, '/')) != NULL)
		*slash = '\0';
	log_sync(node_of(head));
	return real_open_dir(path, fd);
}

static void
vfs_setup(void)
{
	unix_vfs = sqlite3_vfs_find("unix");
	rec_vfs = *unix_vfs;
	rec_vfs.pNext = NULL;
	rec_vfs.zName = "record";
	rec_vfs.szOsFile = (int)sizeof(struct rec_file) + unix_vfs->szOsFile;
	rec_vfs.xOpen = vfs_open;
	rec_vfs.xDelete = vfs_delete;
	real_open_dir = (int (*)(const char *, int *))unix_vfs->xGetSystemCall(
	    unix_vfs, "openDirectory");
	if (real_open_dir == NULL ||
	    sqlite3_vfs_register(&rec_vfs, 0) != SQLITE_OK)
		stop("SQLite", "no openDirectory");
	unix_vfs->xSetSystemCall(
	    unix_vfs, "openDirectory", (sqlite3_syscall_ptr)open_dir);
}

void
record_begin(struct ops *o, const char *root)
{
	if (unix_vfs == NULL)
		vfs_setup();
	memset(o, 0, sizeof(*o));
	if (realpath(root, root_path) == NULL)
		stop("realpath", root);
	root_len = strlen(root_path);
	disk_load(&o->base, root_path);
	names_at = o->base;
	log_to = o;
	io_test_use(&rec_io);
	files_test_vfs("record");
}

void
record_ack(void)
{
	if (log_to == NULL)
		return;
	op_add(OP_ACK);
	log_to->acks++;
}

void
record_end(void)
{
	io_test_use(NULL);
	files_test_vfs(NULL);
	log_to = NULL;
}

/* ---- Images ---- */

/* True if operation i is on the disk for sure once n have been done. */
static bool
is_durable(const struct ops *o, unsigned i, unsigned n)
{
	const struct op *op = &o->op[i];
	unsigned want = op->node;

	if (op->kind == OP_CREATE || op->kind == OP_UNLINK)
		want = op->dir;
	if (op->kind == OP_RENAME)
		want = op->dir2;
	for (unsigned j = i + 1; j < n; j++)
		if (o->op[j].kind == OP_SYNC && o->op[j].node == want)
			return true;
	return false;
}

static void
put(struct disk_node *f, const struct op *op, size_t from, size_t to)
{
	size_t at = (size_t)op->offset;

	if (at + to > f->len)
		node_grow(f, at + to);
	memcpy(f->bytes + at + from, op->bytes + from, to - from);
}

/* The sectors of a write, each kept or lost. */
static void
put_torn(struct disk_node *f, const struct op *op, unsigned keep_of_8)
{
	size_t from = 0, to;

	for (; from < op->len; from = to) {
		to = ((op->offset + from) / SECTOR + 1) * SECTOR - op->offset;
		to = to < op->len ? to : op->len;
		if (random_to(8) < keep_of_8)
			put(f, op, from, to);
	}
}

static void
apply_name(struct disk *d, const struct op *op)
{
	const struct disk_name *n;

	if (op->kind == OP_CREATE) {
		name_add(d, op->dir, op->name, op->node);
	} else if (op->kind == OP_UNLINK) {
		name_drop(d, op->dir, op->name);
	} else {
		/* A name is of a node: that one, even if it had none here. */
		n = name_find(d, op->dir, op->name);
		if (n != NULL && n->node == op->node)
			name_drop(d, op->dir, op->name);
		name_add(d, op->dir2, op->name2, op->node);
	}
}

void
image_make(
    struct disk *out, const struct ops *o, unsigned n, enum damage damage)
{
	/* Few, half, or most of what was not synced is kept. */
	unsigned keep = damage < DAMAGE_NAMES ? 0 : 1 + 3 * random_to(3);

	memset(out, 0, sizeof(*out));
	memcpy(out->name, o->base.name, sizeof(out->name));
	out->n_names = o->base.n_names;
	for (unsigned i = 0; i < o->base.n_nodes; i++) {
		node_new(out, o->base.node[i].is_dir);
		if (o->base.node[i].len > 0) {
			node_grow(&out->node[i], o->base.node[i].len);
			memcpy(out->node[i].bytes, o->base.node[i].bytes,
			    o->base.node[i].len);
		}
	}
	for (unsigned i = 0; i < n; i++) {
		const struct op *op = &o->op[i];
		bool kept = damage == DAMAGE_NONE || is_durable(o, i, n);

		/* A node has its number whether its name is there or not. */
		if (op->kind == OP_CREATE)
			while (out->n_nodes <= op->node)
				node_new(out, false);
		switch (op->kind) {
		case OP_CREATE:
			out->node[op->node].is_dir = op->is_dir;
			/* fall through */
		case OP_UNLINK:
		case OP_RENAME:
			if (kept ||
			    (damage >= DAMAGE_RANDOM && random_to(8) < keep))
				apply_name(out, op);
			break;
		case OP_WRITE:
			if (kept)
				put(&out->node[op->node], op, 0, op->len);
			else if (damage >= DAMAGE_NAMES)
				put_torn(&out->node[op->node], op, keep);
			break;
		case OP_TRUNCATE:
			if (kept ||
			    (damage >= DAMAGE_NAMES && random_to(8) < keep))
				node_grow(
				    &out->node[op->node], (size_t)op->offset);
			break;
		case OP_SYNC:
		case OP_ACK:
			break;
		}
	}
}
