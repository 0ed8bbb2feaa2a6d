/* SPDX-License-Identifier: ISC */
/*
 * pipe - where bytes come from and where they go.
 *
 * Both are called from the thread of whoever handed them in, never from two
 * threads at once, and in order of offset.  Each may stop the work by
 * returning an error, which the caller then gets back as it is.
 */
#ifndef EXCHANGE_PIPE_H
#define EXCHANGE_PIPE_H

#include <stddef.h>
#include <stdint.h>

#include "core/error.h"

/* As io_read: up to len bytes at offset; *got is less only at the end. */
struct pipe_source {
	enum vault_err (*read)(
	    void *ctx, void *to, size_t len, uint64_t offset, size_t *got);
	void *ctx;
	uint64_t size;
};

struct pipe_sink {
	enum vault_err (*write)(void *ctx, const void *bytes, size_t len);
	void *ctx;
};

/* Read len bytes at offset.  VAULT_EIO, with errno EIO: they are not there. */
VAULT_CHECKED enum vault_err pipe_read(
    const struct pipe_source *from, void *to, size_t len, uint64_t offset);

#endif
