/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "core/base64.h"
#include "core/buf.h"
#include "exchange/age_header.h"

#define COLUMNS 64

static const char first_line[] = "age-encryption.org/v1\n";
#define FIRST_LEN (sizeof(first_line) - 1)

/* A place in the bytes, and what was found wrong there. */
struct cursor {
	const char *bytes;
	size_t len;
	size_t at;
	enum age_fault fault;
	bool more; /* the fault is only that the bytes end here */
	struct buf scratch;
};

static bool
fail(struct cursor *c, enum age_fault fault)
{
	c->fault = fault;
	return false;
}

/* Take a line; its LF is passed over and not counted. */
static bool
take_line(struct cursor *c, const char **line, size_t *len)
{
	size_t left = c->len - c->at;
	const char *end;

	*line = c->bytes + c->at;
	end = memchr(
	    *line, '\n', left > AGE_LINE_MAX ? AGE_LINE_MAX + 1 : left);
	if (end == NULL) {
		if (left > AGE_LINE_MAX)
			return fail(c, AGE_FAULT_LIMIT_LINE);
		c->more = true;
		return fail(c, AGE_FAULT_HEADER);
	}
	*len = (size_t)(end - *line);
	c->at += *len + 1;
	return true;
}

/* True if text is arguments of 0x21 .. 0x7e with one blank between two. */
static bool
are_args(const char *text, size_t len)
{
	char before = ' ';

	for (size_t i = 0; i < len; i++) {
		if (text[i] < ' ' || text[i] > '~')
			return false;
		if (text[i] == ' ' && before == ' ')
			return false;
		before = text[i];
	}
	return before != ' ';
}

/* Append a line of base64 to out.  False: it is not canonical. */
static bool
take_base64(struct buf *out, const char *line, size_t len)
{
	return base64_decode(out, line, len, BASE64_BARE) == VAULT_OK;
}

/* Take the lines of a body: full ones, then one that is not. */
static bool
take_body(struct cursor *c, struct age_stanza *s)
{
	const char *line;
	size_t len;

	s->body = c->bytes + c->at;
	do {
		if (!take_line(c, &line, &len))
			return false;
		buf_reset(&c->scratch);
		if (len > COLUMNS || !take_base64(&c->scratch, line, len))
			return fail(c, AGE_FAULT_HEADER);
	} while (len == COLUMNS);
	s->body_len = (size_t)(line + len - s->body);
	return true;
}

static bool
take_stanza(
    struct cursor *c, struct age_stanza *s, const char *line, size_t len)
{
	s->args = line + 3;
	s->args_len = len - 3;
	if (!are_args(s->args, s->args_len))
		return fail(c, AGE_FAULT_HEADER);
	return take_body(c, s);
}

/* Take "--- " and the MAC; the MAC covers the dashes, not the blank. */
static bool
take_mac(struct cursor *c, struct age_header *h, const char *line, size_t len)
{
	buf_reset(&c->scratch);
	if (len != 4 + 43 || memcmp(line, "--- ", 4) != 0 ||
	    !take_base64(&c->scratch, line + 4, len - 4))
		return fail(c, AGE_FAULT_HEADER);
	memcpy(h->mac, c->scratch.bytes, AGE_MAC_LEN);
	h->mac_len = (size_t)(line + 3 - c->bytes);
	h->len = c->at;
	return true;
}

/* Compared as far as the bytes go: what is not age is told at once. */
static bool
take_first_line(struct cursor *c)
{
	size_t n = c->len < FIRST_LEN ? c->len : FIRST_LEN;

	c->more = n < FIRST_LEN;
	if (c->len > 0 && memcmp(c->bytes, first_line, n) != 0) {
		c->more = false;
		return fail(c, AGE_FAULT_HEADER);
	}
	c->at = n;
	return c->more ? fail(c, AGE_FAULT_HEADER) : true;
}

static bool
take_header(struct cursor *c, struct age_header *h)
{
	struct age_stanza s;
	const char *line;
	size_t len;

	if (!take_first_line(c))
		return false;
	for (;;) {
		if (!take_line(c, &line, &len))
			return false;
		if (len < 3 || memcmp(line, "-> ", 3) != 0)
			break;
		if (h->n == AGE_STANZAS_MAX)
			return fail(c, AGE_FAULT_LIMIT_STANZAS);
		if (!take_stanza(c, &s, line, len))
			return false;
		h->n++;
	}
	if (h->n == 0)
		return fail(c, AGE_FAULT_HEADER);
	return take_mac(c, h, line, len);
}

enum vault_err
age_header_parse(struct age_header *out, enum age_fault *fault, bool *more,
    const void *bytes, size_t len)
{
	struct cursor c = { .bytes = bytes, .len = len };
	enum vault_err err;

	if (c.len > AGE_HEADER_MAX)
		c.len = AGE_HEADER_MAX;
	*out = (struct age_header){ .bytes = bytes };
	take_header(&c, out);
	if (c.more && c.len == AGE_HEADER_MAX) {
		c.more = false;
		c.fault = AGE_FAULT_LIMIT_HEADER;
	}
	*fault = c.fault;
	*more = c.more;
	if ((err = buf_ok(&c.scratch)) != VAULT_OK)
		*fault = AGE_FAULT_NONE;
	else if (c.fault != AGE_FAULT_NONE)
		err = c.fault >= AGE_FAULT_LIMIT_HEADER ? VAULT_EVERSION
							: VAULT_EDAMAGED;
	buf_free(&c.scratch);
	return err;
}

bool
age_header_next(
    struct age_stanza *out, const struct age_header *header, size_t *at)
{
	const char *line, *end, *bytes = (const char *)header->bytes;

	if (*at == 0)
		*at = FIRST_LEN;
	line = bytes + *at;
	if (line[1] != '>')
		return false;

	/* Parsed before: every line has its end, and every body too. */
	end = memchr(line, '\n', header->len - *at);
	out->args = line + 3;
	out->args_len = (size_t)(end - out->args);
	out->body = end + 1;
	do {
		line = end + 1;
		end = memchr(line, '\n', header->len - (size_t)(line - bytes));
	} while (end - line == COLUMNS);
	out->body_len = (size_t)(end - out->body);
	*at = (size_t)(end + 1 - bytes);
	return true;
}

const char *
age_stanza_arg(const struct age_stanza *stanza, size_t i, size_t *len)
{
	const char *arg = stanza->args, *end = arg + stanza->args_len, *blank;

	for (;; i--) {
		blank = memchr(arg, ' ', (size_t)(end - arg));
		*len = (size_t)((blank != NULL ? blank : end) - arg);
		if (i == 0)
			return arg;
		if (blank == NULL)
			return NULL;
		arg = blank + 1;
	}
}

bool
age_stanza_is(const struct age_stanza *stanza, const char *type)
{
	size_t len;
	const char *arg = age_stanza_arg(stanza, 0, &len);

	return len == strlen(type) && memcmp(arg, type, len) == 0;
}

enum vault_err
age_stanza_body(struct buf *out, const struct age_stanza *stanza)
{
	enum vault_err err = VAULT_OK;

	for (size_t at = 0; at < stanza->body_len && err == VAULT_OK;
	     at += COLUMNS + 1) {
		size_t left = stanza->body_len - at;

		err = base64_decode(out, stanza->body + at,
		    left < COLUMNS ? left : COLUMNS, BASE64_BARE);
	}
	return err;
}

bool
age_header_begin(struct buf *out)
{
	return buf_put_text(out, first_line);
}

bool
age_header_stanza(
    struct buf *out, const char *args, const void *body, size_t len)
{
	const uint8_t *from = body;
	size_t line = COLUMNS / 4 * 3;

	buf_putf(out, "-> %s\n", args);
	for (; len >= line; from += line, len -= line) {
		base64_encode(out, from, line, BASE64_BARE);
		buf_put_byte(out, '\n');
	}
	base64_encode(out, from, len, BASE64_BARE);
	return buf_put_byte(out, '\n');
}

bool
age_header_end(struct buf *out)
{
	return buf_put_text(out, "---");
}

bool
age_header_mac(struct buf *out, const uint8_t mac[static AGE_MAC_LEN])
{
	buf_put_byte(out, ' ');
	base64_encode(out, mac, AGE_MAC_LEN, BASE64_BARE);
	return buf_put_byte(out, '\n');
}
