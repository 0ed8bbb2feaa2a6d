/* SPDX-License-Identifier: ISC */
/* Photos: what is told, and that no byte of a hostile file is read wrongly. */
#include "photo.h"
#include "support.h"

/* An Exif structure with one camera, one time and a latitude; big or not. */
struct made {
	uint8_t bytes[512];
	size_t len;
	bool big;
};

static void
put(struct made *m, uint32_t n, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++) {
		unsigned shift = 8 * (m->big ? bytes - 1 - i : i);

		m->bytes[m->len++] = (uint8_t)(n >> shift);
	}
}

static void
put_entry(struct made *m, uint32_t tag, uint32_t kind, uint32_t n, uint32_t at)
{
	put(m, tag, 2);
	put(m, kind, 2);
	put(m, n, 4);
	put(m, at, 4);
}

static void
put_text(struct made *m, const char *text, size_t len)
{
	memcpy(m->bytes + m->len, text, len);
	m->len += len;
}

/* Folder at 8 with 3 entries, Exif at 50, GPS at 68, texts at 86. */
static void
put_tiff(struct made *m, bool place)
{
	put_text(m, m->big ? "MM\0*" : "II*\0", 4);
	put(m, 8, 4);
	put(m, 3, 2);
	put_entry(m, 0x0110, 2, 8, 86);
	put_entry(m, 0x8769, 4, 1, 50);
	put_entry(m, 0x8825, 4, 1, 68);
	put(m, 0, 4);
	put(m, 1, 2);
	put_entry(m, 0x9003, 2, 20, 94);
	put(m, 0, 4);
	put(m, 1, 2);
	put_entry(m, place ? 2 : 29, 5, 3, 0);
	put(m, 0, 4);
	put_text(m, "Telefon", 8);
	put_text(m, "2011:02:19 21:30:05", 20);
}

static void
make_jpeg(struct made *m, bool big, bool place)
{
	struct made tiff = { .big = big };

	memset(m, 0, sizeof(*m));
	m->big = true;
	put_tiff(&tiff, place);
	put_text(m, "\xff\xd8\xff\xe1", 4);
	put(m, (uint32_t)tiff.len + 8, 2);
	put_text(m, "Exif\0\0", 6);
	put_text(m, (const char *)tiff.bytes, tiff.len);
	put_text(m, "\xff\xfe\0\5abc\xff\xda\0\2", 11);
}

static void
make_png(struct made *m)
{
	struct made tiff = { .big = true };

	memset(m, 0, sizeof(*m));
	m->big = true;
	put_tiff(&tiff, true);
	put_text(m, "\x89PNG\r\n\x1a\n", 8);
	put(m, 3, 4);
	put_text(m, "iTXtabc0000", 11);
	put(m, (uint32_t)tiff.len, 4);
	put_text(m, "eXIf", 4);
	put_text(m, (const char *)tiff.bytes, tiff.len);
	put(m, 0, 4);
}

static void
tells_what_a_photo_carries(void **state)
{
	struct photo p;
	struct made m;

	(void)state;
	for (int i = 0; i < 4; i++) {
		bool place = i >= 2;

		make_jpeg(&m, i % 2 == 1, place);
		photo_read(&p, m.bytes, m.len);
		assert_true(p.is_photo);
		assert_true(p.has_words);
		assert_int_equal(p.has_place, place);
		assert_string_equal(p.camera, "Telefon");
		assert_string_equal(p.taken, "2011:02:19 21:30:05");
	}
	make_png(&m);
	photo_read(&p, m.bytes, m.len);
	assert_true(p.is_photo && p.has_words && p.has_place);
	assert_string_equal(p.camera, "Telefon");
}

static void
says_nothing_of_other_files(void **state)
{
	static const char *const others[] = { "", "\xff", "\xff\xd8", "GIF89a",
		"%PDF-1.7", "\x89PNG\r\n\x1a" };
	struct photo p;

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		photo_read(&p, (const uint8_t *)others[i], strlen(others[i]));
		assert_false(p.is_photo || p.has_words || p.has_place);
	}
}

/* Read from memory of exactly that length, so that a sanitizer would see. */
static void
read_exactly(const uint8_t *bytes, size_t len)
{
	uint8_t *copy = malloc(len == 0 ? 1 : len);
	struct photo p;

	assert_non_null(copy);
	memcpy(copy, bytes, len);
	photo_read(&p, copy, len);
	free(copy);
	assert_true(strlen(p.camera) < sizeof(p.camera));
	assert_true(strlen(p.taken) < sizeof(p.taken));
}

static void
survives_every_cut_and_every_changed_byte(void **state)
{
	static const uint8_t values[] = { 0, 1, 0x7f, 0x80, 0xff };
	struct made m;

	(void)state;
	for (int form = 0; form < 3; form++) {
		if (form == 2)
			make_png(&m);
		else
			make_jpeg(&m, form == 1, true);
		for (size_t len = 0; len <= m.len; len++)
			read_exactly(m.bytes, len);
		for (size_t i = 0; i < m.len; i++) {
			uint8_t before = m.bytes[i];

			for (size_t j = 0; j < sizeof(values); j++) {
				m.bytes[i] = values[j];
				read_exactly(m.bytes, m.len);
			}
			m.bytes[i] = before;
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_what_a_photo_carries),
		cmocka_unit_test(says_nothing_of_other_files),
		cmocka_unit_test(survives_every_cut_and_every_changed_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
