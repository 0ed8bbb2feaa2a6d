/* SPDX-License-Identifier: ISC */
/* exchange_help - sources and sinks in memory, for the tests of exchange/. */
#ifndef TESTS_EXCHANGE_HELP_H
#define TESTS_EXCHANGE_HELP_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exchange/pipe.h"

/* Bytes that grow, and that can be made to fail. */
struct memory {
	uint8_t *bytes;
	size_t len, cap;
	size_t calls;
	size_t fail_at; /* the call that fails, from 1; 0 never */
	size_t short_by;
};

static inline enum vault_err
memory_write(void *ctx, const void *bytes, size_t len)
{
	struct memory *m = ctx;

	if (++m->calls == m->fail_at)
		return VAULT_ECANCELED;
	assert(m->fail_at == 0 || m->calls < m->fail_at);
	if (m->cap - m->len < len) {
		m->cap = (m->len + len) * 2;
		m->bytes = realloc(m->bytes, m->cap);
		assert(m->bytes != NULL);
	}
	memcpy(m->bytes + m->len, bytes, len);
	m->len += len;
	return VAULT_OK;
}

static inline enum vault_err
memory_read(void *ctx, void *to, size_t len, uint64_t offset, size_t *got)
{
	struct memory *m = ctx;
	size_t there = m->len - m->short_by;

	*got = 0;
	if (++m->calls == m->fail_at)
		return VAULT_ECANCELED;
	if (offset >= there)
		return VAULT_OK;
	*got = len < there - offset ? len : there - (size_t)offset;
	memcpy(to, m->bytes + offset, *got);
	return VAULT_OK;
}

static inline void
memory_put(struct memory *m, const void *bytes, size_t len)
{
	size_t fail_at = m->fail_at;

	m->fail_at = 0;
	if (len > 0)
		memory_write(m, bytes, len);
	m->fail_at = fail_at;
}

static inline struct memory
memory_copy(const struct memory *from)
{
	struct memory m = { 0 };

	memory_put(&m, from->bytes, from->len);
	return m;
}

static inline void
memory_free(struct memory *m)
{
	free(m->bytes);
	*m = (struct memory){ 0 };
}

static inline struct pipe_source
memory_source(struct memory *m)
{
	return (struct pipe_source){ memory_read, m, m->len };
}

static inline struct pipe_sink
memory_sink(struct memory *m)
{
	return (struct pipe_sink){ memory_write, m };
}

/* True if the program is there; else say that its test is skipped. */
static inline bool
have_program(const char *program, const char *test)
{
	char command[128];

	snprintf(command, sizeof(command), "command -v %s >/dev/null", program);
	if (system(command) == 0)
		return true;
	printf("skipped: %s: no %s\n", test, program);
	return false;
}

static inline void
save_file(const char *folder, const char *name, const void *bytes, size_t len)
{
	char path[256];
	size_t written;
	int closed;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "wb");
	assert(f != NULL);
	written = fwrite(bytes, 1, len, f);
	closed = fclose(f);
	assert(written == len && closed == 0);
}

static inline void
load_file(struct memory *m, const char *folder, const char *name)
{
	char path[512], part[4096];
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "rb");
	assert(f != NULL);
	while ((n = fread(part, 1, sizeof(part), f)) > 0)
		memory_put(m, part, n);
	fclose(f);
}

/* Run a command in a folder; its exit status. */
static inline int
run_in(const char *folder, const char *command)
{
	char line[1024];

	snprintf(
	    line, sizeof(line), "cd %s && { %s; } >out 2>err", folder, command);
	return system(line);
}

static inline void
remove_folder(const char *folder)
{
	char line[256];

	snprintf(line, sizeof(line), "rm -rf %s", folder);
	assert(system(line) == 0);
}

#endif
