/* SPDX-License-Identifier: ISC */
#include <errno.h>

#include "exchange/pipe.h"

enum vault_err
pipe_read(const struct pipe_source *from, void *to, size_t len, uint64_t offset)
{
	enum vault_err err;
	size_t got;

	err = from->read(from->ctx, to, len, offset, &got);
	if (err == VAULT_OK && got != len) {
		errno = EIO;
		err = VAULT_EIO;
	}
	return err;
}
