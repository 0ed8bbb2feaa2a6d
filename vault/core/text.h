/* SPDX-License-Identifier: ISC */
/*
 * text - UTF-8, and the only user of utf8proc.
 *
 * Text is kept as it was typed, byte for byte.  What stands here makes other
 * texts from it: a normal form for passphrases, a key for searching, a form
 * that is safe to print.  All functions are pure; lengths are in bytes.
 */
#ifndef CORE_TEXT_H
#define CORE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"

struct buf;

/* How many bytes from its start are valid UTF-8 (RFC 3629) without U+0000. */
size_t text_valid_len(const void *text, size_t len);

/* True if all of it is. */
bool text_is_valid(const void *text, size_t len);

/*
 * Read the code point at text into *cp and return its length, 1 to 4; return
 * 0 if the bytes there are not valid UTF-8 or len is 0.
 */
size_t text_next(uint32_t *cp, const void *text, size_t len);

/* Append the code point cp to b as UTF-8; false if memory is short. */
bool text_put(struct buf *b, uint32_t cp);

/* Append the NFC of text (UAX 15) to out.  VAULT_EUSE: not valid UTF-8. */
VAULT_CHECKED enum vault_err text_nfc(
    struct buf *out, const void *text, size_t len);

/*
 * Append the search key of text to out (FORMAT.md, 7.8): compatibility forms
 * and width, case and accents folded; interpuncts, zero-width characters,
 * tatweel, Arabic vowel signs and apostrophes dropped; alef, hamza, ta marbuta
 * and ya variants and all decimal digits made one.  Other punctuation and
 * white space become one blank between words; none at the ends.  A change of
 * what this does is a change of the format: indexes hold keys.
 * VAULT_EUSE: not valid UTF-8.
 */
VAULT_CHECKED enum vault_err text_key(
    struct buf *out, const void *text, size_t len);

/* The version of Unicode by whose tables that is done, as "15.0.0". */
const char *text_unicode(void);

/* Append key, a text_key(), as it would be without blanks: as one word. */
VAULT_CHECKED enum vault_err text_key_joined(
    struct buf *out, const void *key, size_t len);

/*
 * Append text to out in a form that is safe on a terminal, for any bytes:
 * C0 other than LF and TAB, DEL, C1, bidirectional controls, zero-width and
 * tag characters, line and paragraph separators, invalid UTF-8 and runs of
 * more than 8 combining marks are shown as \xNN or \u{N}.
 */
VAULT_CHECKED enum vault_err text_safe(
    struct buf *out, const void *text, size_t len);

/* As text_safe, on one line: LF and TAB are escaped too. */
VAULT_CHECKED enum vault_err text_safe_line(
    struct buf *out, const void *text, size_t len);

/*
 * True if text may be the name of a file, also one that comes from a stranger:
 * 1 to 255 bytes of UTF-8, no slash, neither "." nor "..", no control
 * character, line or paragraph separator, bidirectional embedding, override
 * or isolate.  Joiners and direction marks, which scripts need, may be there.
 */
bool text_is_file_name(const void *text, size_t len);

/* The columns that valid text takes on a terminal. */
size_t text_width(const void *text, size_t len);

/* Columns of one code point: 0, 1 or 2. */
int text_cp_width(uint32_t cp);

/* The length of the first grapheme cluster (UAX 29) of valid text. */
size_t text_grapheme(const void *text, size_t len);

/* True for letters and digits of a script that is written without spaces. */
bool text_is_spaceless(uint32_t cp);

/* True if text has a right-to-left character. */
bool text_is_rtl(const void *text, size_t len);

#endif
