/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "photo.h"

/* Exif 2.32: tags of the folders (IFDs) of a TIFF structure. */
enum tag {
	TAG_MAKE = 0x010f,
	TAG_MODEL = 0x0110,
	TAG_CHANGED = 0x0132,
	TAG_EXIF = 0x8769,
	TAG_GPS = 0x8825,
	TAG_TAKEN = 0x9003,
	TAG_LATITUDE = 0x0002, /* within GPS */
};

#define TYPE_ASCII 2
#define ENTRY_LEN 12
#define ENTRIES_MAX 256

/* A TIFF structure: offsets are from its beginning. */
struct tiff {
	const uint8_t *at;
	size_t len;
	bool big; /* its integers are big-endian */
};

static uint32_t
be16(const uint8_t *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}

static uint32_t
be32(const uint8_t *p)
{
	return be16(p) << 16 | be16(p + 2);
}

static uint32_t
get16(const struct tiff *t, size_t at)
{
	const uint8_t *p = t->at + at;

	return t->big ? be16(p) : (uint32_t)p[1] << 8 | p[0];
}

static uint32_t
get32(const struct tiff *t, size_t at)
{
	return t->big ? get16(t, at) << 16 | get16(t, at + 2)
		      : get16(t, at + 2) << 16 | get16(t, at);
}

/* The number of entries of the folder at offset at, that lie within t. */
static size_t
entries(const struct tiff *t, size_t at)
{
	size_t n, fit;

	if (t->len < 2 || at > t->len - 2)
		return 0;
	n = get16(t, at);
	fit = (t->len - at - 2) / ENTRY_LEN;
	if (n > fit)
		n = fit;
	return n > ENTRIES_MAX ? ENTRIES_MAX : n;
}

/* Where the entry of that tag stands; 0: nowhere. */
static size_t
find(const struct tiff *t, size_t folder, enum tag tag)
{
	for (size_t i = 0, n = entries(t, folder); i < n; i++) {
		size_t at = folder + 2 + i * ENTRY_LEN;

		if (get16(t, at) == (uint32_t)tag)
			return at;
	}
	return 0;
}

/* Append the text of a tag to out, which has room for size bytes. */
static void
take_text(
    char *out, size_t size, const struct tiff *t, size_t folder, enum tag tag)
{
	size_t entry = find(t, folder, tag), used = strlen(out), count, from;

	if (entry == 0 || get16(t, entry + 2) != TYPE_ASCII)
		return;
	count = get32(t, entry + 4);
	from = count <= 4 ? entry + 8 : get32(t, entry + 8);
	if (from > t->len || count > t->len - from)
		return;
	if (used > 0 && used + 1 < size)
		out[used++] = ' ';
	for (size_t i = 0; i < count && used + 1 < size; i++) {
		if (t->at[from + i] == '\0')
			break;
		out[used++] = (char)t->at[from + i];
	}
	out[used] = '\0';
}

/* A folder for places that cannot be read counts as one. */
static bool
has_place(const struct tiff *t, size_t folder)
{
	size_t entry = find(t, folder, TAG_GPS), gps;

	if (entry == 0)
		return false;
	gps = get32(t, entry + 8);
	return entries(t, gps) == 0 || find(t, gps, TAG_LATITUDE) != 0;
}

static void
read_tiff(struct photo *out, const uint8_t *bytes, size_t len)
{
	struct tiff t = { bytes, len, false };
	size_t folder, entry;

	if (len < 8 ||
	    (memcmp(bytes, "II*\0", 4) != 0 && memcmp(bytes, "MM\0*", 4) != 0))
		return;
	t.big = bytes[0] == 'M';
	folder = get32(&t, 4);
	take_text(out->camera, sizeof(out->camera), &t, folder, TAG_MAKE);
	take_text(out->camera, sizeof(out->camera), &t, folder, TAG_MODEL);
	if ((entry = find(&t, folder, TAG_EXIF)) != 0)
		take_text(out->taken, sizeof(out->taken), &t,
		    get32(&t, entry + 8), TAG_TAKEN);
	if (out->taken[0] == '\0')
		take_text(
		    out->taken, sizeof(out->taken), &t, folder, TAG_CHANGED);
	out->has_place = out->has_place || has_place(&t, folder);
}

/* Segments: FF, what it is, its length with these two bytes, its contents. */
static void
read_jpeg(struct photo *out, const uint8_t *bytes, size_t len)
{
	size_t at = 2;

	while (len - at >= 4 && bytes[at] == 0xff) {
		uint8_t what = bytes[at + 1];
		size_t size = be16(bytes + at + 2), rest;
		const uint8_t *in = bytes + at + 4;

		/* From the scan (DA) on there are pixels. */
		if (what == 0xda || size < 2)
			return;
		rest = len - at - 2;
		if (size > rest)
			size = rest;
		size -= 2;
		if (what == 0xe1 && size > 6 && memcmp(in, "Exif\0\0", 6) == 0)
			read_tiff(out, in + 6, size - 6);
		else if (what == 0xe1 || what == 0xed || what == 0xfe)
			out->has_words = true;
		at += 4 + size;
	}
}

/* Chunks: length, name, contents, checksum. */
static void
read_png(struct photo *out, const uint8_t *bytes, size_t len)
{
	size_t at = 8;

	while (len - at >= 12) {
		size_t size = be32(bytes + at), rest = len - at - 12;
		const uint8_t *name = bytes + at + 4;

		if (memcmp(name, "eXIf", 4) == 0)
			read_tiff(out, name + 4, size > rest ? rest : size);
		else if (memcmp(name, "tEXt", 4) == 0 ||
		    memcmp(name, "iTXt", 4) == 0 ||
		    memcmp(name, "zTXt", 4) == 0)
			out->has_words = true;
		if (size > rest)
			return;
		at += 12 + size;
	}
}

void
photo_read(struct photo *out, const uint8_t *bytes, size_t len)
{
	memset(out, 0, sizeof(*out));
	if (len >= 4 && memcmp(bytes, "\xff\xd8\xff", 3) == 0) {
		out->is_photo = true;
		read_jpeg(out, bytes, len);
	} else if (len >= 8 && memcmp(bytes, "\x89PNG\r\n\x1a\n", 8) == 0) {
		out->is_photo = true;
		read_png(out, bytes, len);
	}
}
