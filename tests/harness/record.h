/* SPDX-License-Identifier: ISC */
/*
 * record - a log of what a vault asks of the disk, and the states in which a
 * loss of power may leave that disk.
 *
 * The log comes from two recorders: one behind core/io.h, one an SQLite VFS
 * over the system's.  What SQLite does to folders behind the VFS interface
 * (syncing one) is seen at its own table of system calls.
 *
 * 1. What is synced is there: bytes of a file after a sync of the file, names
 *    after a sync of their folder.
 * 2. Whatever else was done may be there or not.  Bytes are torn at
 *    multiples of 512; names come and go one by one.
 */
#ifndef RECORD_H
#define RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DISK_NODES 512
#define DISK_NAMES 64

/* A file or a folder, by number; node 0 is the root. */
struct disk_node {
	bool is_dir;
	uint8_t *bytes;
	size_t len, cap;
};
struct disk_name {
	unsigned dir, node;
	char text[48];
};
struct disk {
	struct disk_node node[DISK_NODES];
	struct disk_name name[DISK_NAMES];
	unsigned n_nodes, n_names;
};

void disk_free(struct disk *d);

/* Read the folder at path, two levels deep. */
void disk_load(struct disk *d, const char *path);

/* Make the folder at path be exactly this. */
void disk_store(const struct disk *d, const char *path);

/* Number of a node by its path below the root, or -1. */
int disk_find(const struct disk *d, const char *path);
uint64_t disk_hash(const struct disk *d);

enum op_kind {
	OP_CREATE, /* node gets the name in dir */
	OP_UNLINK,
	OP_RENAME, /* name in dir to name2 in dir2 */
	OP_WRITE,
	OP_TRUNCATE,
	OP_SYNC, /* of a file or a folder */
	OP_ACK,  /* here success was reported */
};
struct op {
	enum op_kind kind;
	unsigned node, dir, dir2;
	char name[48], name2[48];
	uint64_t offset;
	size_t len;
	uint8_t *bytes;
	bool is_dir;
};
struct ops {
	struct disk base; /* before the first operation */
	struct op *op;
	unsigned n, cap;
	unsigned acks;
};
void ops_free(struct ops *o);

/* Record everything below the folder root, until record_end. */
void record_begin(struct ops *o, const char *root);
void record_ack(void);
void record_end(void);

/* How an image is damaged. */
enum damage {
	DAMAGE_NONE,  /* all is kept */
	DAMAGE_ALL,   /* all that was not synced is lost */
	DAMAGE_NAMES, /* bytes torn at random, names lost */
	DAMAGE_NAMES2,
	DAMAGE_RANDOM, /* bytes and names at random */
	DAMAGE_RANDOM2,
	DAMAGES,
};

/* The disk after the first n operations; the bytes are the image's own. */
void image_make(
    struct disk *out, const struct ops *o, unsigned n, enum damage damage);

#endif
