/* SPDX-License-Identifier: ISC */
/*
 * photo - what the beginning of a JPEG or PNG file says about who took it,
 * when and where.  A pure parser of hostile bytes: what it cannot follow it
 * leaves out, but for a place, which it would rather announce in vain.
 */
#ifndef CLI_PHOTO_H
#define CLI_PHOTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* As much of a file as is worth reading. */
#define PHOTO_HEAD ((size_t)256 * 1024)

struct photo {
	bool is_photo;
	bool has_place;  /* where it was taken */
	bool has_words;  /* comments, XMP: anything may stand there */
	char taken[20];  /* "2011:02:19 21:30:05", any bytes; else empty */
	char camera[80]; /* its maker and model, any bytes; else empty */
};

void photo_read(struct photo *out, const uint8_t *bytes, size_t len);

#endif
