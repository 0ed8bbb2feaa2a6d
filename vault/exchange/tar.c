/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "exchange/padme.h"
#include "exchange/tar.h"

static const uint8_t zeros[TAR_BLOCK];

/* --- names and their order --- */

/* The place of a name among those that are fixed; all others come after. */
static int
rank(const char *name)
{
	static const char *const fixed[] = { TAR_README, TAR_MANIFEST,
		TAR_SIGNATURE };
	int i;

	for (i = 0; i < 3; i++)
		if (strcmp(name, fixed[i]) == 0)
			break;
	return i;
}

static bool
is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool
tar_name_is_good(const char *name)
{
	static const char *const folders[] = { "attachments/", "records/" };
	const char *part = NULL;

	if (strlen(name) > TAR_NAME_MAX)
		return false;
	if (rank(name) < 3)
		return true;
	for (int i = 0; i < 2; i++)
		if (strncmp(name, folders[i], strlen(folders[i])) == 0)
			part = name + strlen(folders[i]);
	if (part == NULL || !is_alnum(*part))
		return false;
	for (; *part != '\0'; part++)
		if (!is_alnum(*part) && strchr("._-", *part) == NULL)
			return false;
	return true;
}

bool
tar_may_follow(const char *name, const char *next)
{
	int before = name == NULL ? -1 : rank(name);

	/* README.txt and MANIFEST are always there, the signature mostly. */
	if (before < 1)
		return next != NULL && rank(next) == before + 1;
	if (next == NULL)
		return true;
	if (rank(next) < 3)
		return rank(next) == before + 1;
	return before < 3 || strcmp(name, next) < 0;
}

/* --- headers --- */

/* Octal digits, filling len - 1 bytes; the last stays NUL. */
static void
put_octal(uint8_t *to, size_t len, uint64_t value)
{
	for (size_t i = len - 1; i > 0; i--, value >>= 3)
		to[i - 1] = (uint8_t)('0' + (value & 7));
}

/*
 *   offset  length
 *        0     100  name, NUL-padded
 *      100       8  mode 0000600
 *      108       8  user 0000000
 *      116       8  group 0000000
 *      124      12  size, 11 octal digits
 *      136      12  time 00000000000
 *      148       8  sum of all bytes, these as blanks: 6 digits, NUL, blank
 *      156       1  '0', a regular file
 *      157     100  link name, empty
 *      257       8  "ustar" NUL "00"
 *      265      64  names of user and group, empty
 *      329      16  device 0000000 0000000
 *      345     167  prefix and the rest, empty
 */
enum vault_err
tar_header(uint8_t out[static TAR_BLOCK], const char *name, uint64_t size)
{
	uint64_t sum = 0;

	memset(out, 0, TAR_BLOCK);
	if (!tar_name_is_good(name) || size > TAR_SIZE_MAX)
		return VAULT_EUSE;
	memcpy(out, name, strlen(name));
	put_octal(out + 100, 8, 0600);
	put_octal(out + 108, 8, 0);
	put_octal(out + 116, 8, 0);
	put_octal(out + 124, 12, size);
	put_octal(out + 136, 12, 0);
	memset(out + 148, ' ', 8);
	out[156] = '0';
	memcpy(out + 257, "ustar\00000", 8);
	put_octal(out + 329, 8, 0);
	put_octal(out + 337, 8, 0);
	for (size_t i = 0; i < TAR_BLOCK; i++)
		sum += out[i];
	put_octal(out + 148, 7, sum);
	out[154] = '\0';
	return VAULT_OK;
}

/* Name and size from a header, before it is compared: false, not even that. */
static bool
parse_header(char name[static TAR_NAME_MAX + 1], uint64_t *size,
    const uint8_t block[static TAR_BLOCK])
{
	*size = 0;
	memcpy(name, block, TAR_NAME_MAX);
	name[TAR_NAME_MAX] = '\0';
	for (int i = 124; i < 135; i++) {
		if (block[i] < '0' || block[i] > '7')
			return false;
		*size = *size << 3 | (uint64_t)(block[i] - '0');
	}
	return true;
}

static uint64_t
padding_after(uint64_t size)
{
	return (TAR_BLOCK - size % TAR_BLOCK) % TAR_BLOCK;
}

uint64_t
tar_entry_length(uint64_t size)
{
	return TAR_BLOCK + size + padding_after(size);
}

/* --- writing --- */

void
tar_writer_init(struct tar_writer *w, const struct pipe_sink *to)
{
	*w = (struct tar_writer){ .to = *to };
}

static enum vault_err
write_out(struct tar_writer *w, const void *bytes, size_t len)
{
	w->written += len;
	return len == 0 ? VAULT_OK : w->to.write(w->to.ctx, bytes, len);
}

/* Zeros up to a multiple of a block: none before the first entry. */
static enum vault_err
close_entry(struct tar_writer *w)
{
	if (w->left != 0)
		return VAULT_EUSE;
	return write_out(w, zeros, (size_t)padding_after(w->written));
}

enum vault_err
tar_writer_begin(struct tar_writer *w, const char *name, uint64_t size)
{
	uint8_t header[TAR_BLOCK];
	enum vault_err err;

	if ((err = tar_header(header, name, size)) != VAULT_OK)
		return err;
	if (w->entries == TAR_ENTRIES_MAX ||
	    (rank(name) == 1 && size > TAR_MANIFEST_MAX))
		return VAULT_EVERSION;
	if (!tar_may_follow(w->entries == 0 ? NULL : w->name, name))
		return VAULT_EUSE;
	if ((err = close_entry(w)) != VAULT_OK)
		return err;
	memcpy(w->name, name, strlen(name) + 1);
	w->entries++;
	w->left = size;
	return write_out(w, header, sizeof(header));
}

enum vault_err
tar_writer_put(struct tar_writer *w, const void *bytes, size_t len)
{
	if (len > w->left)
		return VAULT_EUSE;
	w->left -= len;
	return write_out(w, bytes, len);
}

enum vault_err
tar_writer_end(struct tar_writer *w)
{
	enum vault_err err;
	uint64_t whole;

	if (!tar_may_follow(w->entries == 0 ? NULL : w->name, NULL))
		return VAULT_EUSE;
	if ((err = close_entry(w)) != VAULT_OK)
		return err;
	whole = padme_length(w->written + 2 * TAR_BLOCK);
	while (err == VAULT_OK && w->written < whole)
		err = write_out(w, zeros, sizeof(zeros));
	return err;
}

/* --- reading --- */

enum state { HEADER, DATA, PADDING, SECOND_ZERO, TRAILING };

void
tar_reader_init(struct tar_reader *r, const struct tar_events *events)
{
	*r = (struct tar_reader){ .events = *events, .left = TAR_BLOCK };
}

static enum vault_err
refuse(struct tar_reader *r, enum tar_fault fault)
{
	r->fault = fault;
	return fault >= TAR_FAULT_LIMIT_ENTRIES ? VAULT_EVERSION
						: VAULT_EDAMAGED;
}

static void
expect(struct tar_reader *r, enum state state, uint64_t len)
{
	r->state = (int)state;
	r->left = len;
}

/* A header is whole in r->block. */
static enum vault_err
take_header(struct tar_reader *r)
{
	uint8_t ours[TAR_BLOCK];
	char name[TAR_NAME_MAX + 1];
	uint64_t size;

	if (!parse_header(name, &size, r->block) ||
	    tar_header(ours, name, size) != VAULT_OK ||
	    memcmp(ours, r->block, TAR_BLOCK) != 0)
		return refuse(r, TAR_FAULT_HEADER);
	if (r->entries == TAR_ENTRIES_MAX)
		return refuse(r, TAR_FAULT_LIMIT_ENTRIES);
	if (rank(name) == 1 && size > TAR_MANIFEST_MAX)
		return refuse(r, TAR_FAULT_LIMIT_MANIFEST);
	if (!tar_may_follow(r->entries == 0 ? NULL : r->name, name))
		return refuse(r, TAR_FAULT_ORDER);
	memcpy(r->name, name, sizeof(name));
	r->entries++;
	r->padding = padding_after(size);
	expect(r, DATA, size);
	return r->events.begin(r->events.ctx, r->name, size);
}

/* The first zero block: what may follow is the second, then the padding. */
static enum vault_err
take_end(struct tar_reader *r)
{
	if (!tar_may_follow(r->entries == 0 ? NULL : r->name, NULL))
		return refuse(r, TAR_FAULT_ORDER);
	expect(r, SECOND_ZERO, TAR_BLOCK);
	return VAULT_OK;
}

/* Nothing is left of what the state reads. */
static enum vault_err
next_state(struct tar_reader *r)
{
	switch ((enum state)r->state) {
	case HEADER:
		if (memcmp(r->block, zeros, TAR_BLOCK) == 0)
			return take_end(r);
		return take_header(r);
	case DATA:
		expect(r, PADDING, r->padding);
		return r->events.end(r->events.ctx);
	case PADDING:
		expect(r, HEADER, TAR_BLOCK);
		return VAULT_OK;
	case SECOND_ZERO:
		expect(r, TRAILING, padme_length(r->seen) - r->seen);
		return VAULT_OK;
	case TRAILING:
		break;
	}
	return VAULT_OK;
}

static bool
are_zeros(const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (bytes[i] != 0)
			return false;
	return true;
}

/* Take len bytes, which all belong to what the state reads. */
static enum vault_err
take(struct tar_reader *r, const uint8_t *bytes, size_t len)
{
	switch ((enum state)r->state) {
	case HEADER:
		memcpy(r->block + TAR_BLOCK - r->left, bytes, len);
		break;
	case DATA:
		return r->events.data(r->events.ctx, bytes, len);
	case PADDING:
		if (!are_zeros(bytes, len))
			return refuse(r, TAR_FAULT_PADDING);
		break;
	case TRAILING:
#ifdef PLANT_TAR_TRAILING
		break;
#endif
	case SECOND_ZERO:
		if (!are_zeros(bytes, len))
			return refuse(r, TAR_FAULT_END);
		break;
	}
	return VAULT_OK;
}

enum vault_err
tar_reader_put(struct tar_reader *r, const void *bytes, size_t len)
{
	const uint8_t *from = bytes;

	while (r->err == VAULT_OK && (len > 0 || r->left == 0)) {
		size_t n = len < r->left ? len : (size_t)r->left;

		if (r->left == 0 && r->state == TRAILING) {
			/* Whatever comes after the padding is too much. */
			if (len > 0)
				r->err = refuse(r, TAR_FAULT_END);
			break;
		}
		if (n > 0 && (r->err = take(r, from, n)) != VAULT_OK)
			break;
		r->seen += n;
		r->left -= n;
		from += n;
		len -= n;
		if (r->left == 0)
			r->err = next_state(r);
	}
	return r->err;
}

enum vault_err
tar_reader_end(struct tar_reader *r)
{
	if (r->err == VAULT_OK && (r->state != TRAILING || r->left != 0))
		r->err = refuse(r, TAR_FAULT_END);
	return r->err;
}
