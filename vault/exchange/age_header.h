/* SPDX-License-Identifier: ISC */
/*
 * age_header - the text in front of an age v1 file, as a pure function of
 * bytes: nothing here knows a key.
 *
 *   age-encryption.org/v1
 *   -> TYPE ARGUMENT ...       stanzas; arguments are 0x21 .. 0x7e
 *   <base64, 64 columns>       full lines of 64, then one that is shorter
 *   --- <43 base64 characters> the MAC of all before it, "---" included
 *
 * Lines end in LF.  Everything is borrowed from the bytes that were parsed.
 */
#ifndef EXCHANGE_AGE_HEADER_H
#define EXCHANGE_AGE_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "exchange/age.h"

struct buf;

#define AGE_HEADER_MAX ((size_t)2 * 1024 * 1024)
#define AGE_LINE_MAX 4096
#define AGE_STANZAS_MAX 1024
#define AGE_MAC_LEN 32

struct age_header {
	const uint8_t *bytes;
	size_t len;     /* up to and including the LF of the MAC line */
	size_t mac_len; /* how many of them the MAC covers */
	uint8_t mac[AGE_MAC_LEN];
	size_t n; /* stanzas */
};

struct age_stanza {
	const char *args; /* the type and what follows it, between blanks */
	size_t args_len;
	const char *body; /* base64 with its line ends, the last one left out */
	size_t body_len;
};

/*
 * Parse a header at the start of len bytes.  VAULT_EDAMAGED: *fault is
 * AGE_FAULT_HEADER.  VAULT_EVERSION: *fault names the limit.  *more is true
 * if the fault is only that the bytes end too early.
 */
VAULT_CHECKED enum vault_err age_header_parse(struct age_header *out,
    enum age_fault *fault, bool *more, const void *bytes, size_t len);

/* Walk over the stanzas of a parsed header: *at begins as 0; false: end. */
bool age_header_next(
    struct age_stanza *out, const struct age_header *header, size_t *at);

/* Argument i, 0 being the type, or NULL; its length is stored in *len. */
const char *age_stanza_arg(
    const struct age_stanza *stanza, size_t i, size_t *len);
bool age_stanza_is(const struct age_stanza *stanza, const char *type);

/* Append the decoded body.  VAULT_EUSE: not canonical base64. */
VAULT_CHECKED enum vault_err age_stanza_body(
    struct buf *out, const struct age_stanza *stanza);

/* Append the first line, a stanza, the end up to "---", the rest of it. */
bool age_header_begin(struct buf *out);
bool age_header_stanza(
    struct buf *out, const char *args, const void *body, size_t len);
bool age_header_end(struct buf *out);
bool age_header_mac(struct buf *out, const uint8_t mac[static AGE_MAC_LEN]);

#endif
