/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>

#include "exchange/padme.h"
#include "exchange/tar.h"
#include "exchange_help.h"

/* --- archives made by hand --- */

/* A header whose fields are texts; the checksum is made right. */
struct fields {
	const char *name, *mode, *uid, *gid, *size, *mtime;
	char type;
	const char *magic;
};

static const struct fields plain_fields = { "README.txt", "0000600", "0000000",
	"0000000", "00000000000", "00000000000", '0', "ustar\0" };

static void
set_sum(uint8_t *block)
{
	unsigned sum = 0;

	memset(block + 148, ' ', 8);
	for (int i = 0; i < 512; i++)
		sum += block[i];
	snprintf((char *)block + 148, 8, "%06o", sum);
	block[155] = ' ';
}

static void
hand_header(uint8_t *block, const struct fields *f)
{
	memset(block, 0, 512);
	memcpy(block, f->name, strlen(f->name));
	strcpy((char *)block + 100, f->mode);
	strcpy((char *)block + 108, f->uid);
	strcpy((char *)block + 116, f->gid);
	strcpy((char *)block + 124, f->size);
	strcpy((char *)block + 136, f->mtime);
	block[156] = (uint8_t)f->type;
	memcpy(block + 257, f->magic, 6);
	memcpy(block + 263, "00", 2);
	strcpy((char *)block + 329, "0000000");
	strcpy((char *)block + 337, "0000000");
	set_sum(block);
}

static void
hand_entry(struct memory *m, const char *name, const char *content)
{
	struct fields f = plain_fields;
	static const uint8_t zeros[512];
	uint8_t block[512];
	char size[12];

	snprintf(size, sizeof(size), "%011o", (unsigned)strlen(content));
	f.name = name;
	f.size = size;
	hand_header(block, &f);
	memory_put(m, block, 512);
	memory_put(m, content, strlen(content));
	memory_put(m, zeros, (512 - strlen(content) % 512) % 512);
}

static void
hand_end(struct memory *m)
{
	static const uint8_t zeros[65536];

	assert_true(m->len + 1024 <= 65536);
	memory_put(m, zeros, 65536 - m->len);
}

static struct memory
hand_archive(void)
{
	struct memory m = { 0 };

	hand_entry(&m, "README.txt", "read me");
	hand_entry(&m, "MANIFEST", "");
	hand_entry(&m, "MANIFEST.minisig", "signed");
	hand_entry(&m, "attachments/1", "one");
	hand_entry(&m, "records/000001.json", "{}");
	hand_entry(&m, "records/000002.json", "{\"a\":1}");
	hand_end(&m);
	return m;
}

/* --- what a reader says, as text --- */

struct heard {
	struct memory text;
	enum vault_err answer; /* what the next event returns */
};

static enum vault_err
heard_begin(void *ctx, const char *name, uint64_t size)
{
	struct heard *h = ctx;
	char line[200];

	snprintf(line, sizeof(line), "<%s %u:", name, (unsigned)size);
	memory_put(&h->text, line, strlen(line));
	return h->answer;
}

static enum vault_err
heard_data(void *ctx, const void *bytes, size_t len)
{
	struct heard *h = ctx;

	memory_put(&h->text, bytes, len);
	return h->answer;
}

static enum vault_err
heard_end(void *ctx)
{
	struct heard *h = ctx;

	memory_put(&h->text, ">", 1);
	return h->answer;
}

static struct tar_events
events_of(struct heard *h)
{
	return (struct tar_events){ heard_begin, heard_data, heard_end, h };
}

/* Read an archive in pieces. */
static enum tar_fault
read_archive(struct heard *h, const struct memory *m, size_t piece)
{
	struct tar_events events = events_of(h);
	enum vault_err err = VAULT_OK;
	struct tar_reader r;

	tar_reader_init(&r, &events);
	for (size_t at = 0; at < m->len && err == VAULT_OK; at += piece)
		err = tar_reader_put(&r, m->bytes + at,
		    m->len - at < piece ? m->len - at : piece);
	if (err == VAULT_OK)
		err = tar_reader_end(&r);
	assert_true((err == VAULT_OK) == (r.fault == TAR_FAULT_NONE));
	assert_int_equal(tar_reader_end(&r), err);
	return r.fault;
}

static enum tar_fault
fault_of(const struct memory *m)
{
	struct heard h = { 0 };
	enum tar_fault fault = read_archive(&h, m, m->len);

	memory_free(&h.text);
	return fault;
}

#define HEARD                                                                  \
	"<README.txt 7:read me><MANIFEST 0:><MANIFEST.minisig 6:signed>"       \
	"<attachments/1 3:one><records/000001.json 2:{}>"                      \
	"<records/000002.json 7:{\"a\":1}>"

static void
reads_an_archive_made_by_hand_in_pieces_of_any_size(void **state)
{
	struct memory m = hand_archive();

	(void)state;
	for (size_t piece = 1; piece <= m.len; piece += 1 + piece / 3) {
		struct heard h = { 0 };

		assert_int_equal(read_archive(&h, &m, piece), TAR_FAULT_NONE);
		assert_int_equal(h.text.len, strlen(HEARD));
		assert_memory_equal(h.text.bytes, HEARD, strlen(HEARD));
		memory_free(&h.text);
	}
	memory_free(&m);
}

/* Only the contents themselves may change: they are hashed elsewhere. */
static void
refuses_every_flipped_bit_outside_the_contents(void **state)
{
	struct memory m = hand_archive();

	(void)state;
	for (size_t bit = 0; bit < 8 * m.len; bit++) {
		size_t at = bit / 8;
		struct heard h = { 0 };

		/* The long tail of zeros is sampled. */
		if (at > 7000 && bit % 101 != 0)
			continue;
		m.bytes[at] ^= (uint8_t)(1u << bit % 8);
		if (read_archive(&h, &m, m.len) == TAR_FAULT_NONE) {
			assert_int_equal(h.text.len, strlen(HEARD));
			assert_true(at % 512 < 7 && at >= 512);
		}
		m.bytes[at] ^= (uint8_t)(1u << bit % 8);
		memory_free(&h.text);
	}
	memory_free(&m);
}

static void
refuses_every_truncation_and_extension(void **state)
{
	struct memory m = hand_archive();

	(void)state;
	memory_put(&m, "", 1);
	assert_int_equal(fault_of(&m), TAR_FAULT_END);
	memory_put(&m, m.bytes + 60000, 511);
	assert_int_equal(fault_of(&m), TAR_FAULT_END);
	for (m.len = 0; m.len < 65536; m.len += m.len < 7000 ? 1 : 97)
		assert_int_not_equal(fault_of(&m), TAR_FAULT_NONE);
	memory_free(&m);
}

/* README.txt and MANIFEST, then one entry with this header. */
static enum tar_fault
with_header(const uint8_t *block)
{
	struct memory m = { 0 };
	enum tar_fault fault;

	hand_entry(&m, "README.txt", "");
	hand_entry(&m, "MANIFEST", "");
	memory_put(&m, block, 512);
	hand_end(&m);
	fault = fault_of(&m);
	memory_free(&m);
	return fault;
}

static enum tar_fault
with_name(const char *name)
{
	struct fields f = plain_fields;
	uint8_t block[512];

	f.name = name;
	hand_header(block, &f);
	return with_header(block);
}

static void
refuses_every_other_name(void **state)
{
	static const char *const bad[] = { "", "x", "records", "records/",
		"records//a", "records/a/b", "records/.a", "records/-a",
		"records/_a", "records/A", "records/a b", "records/a\\b",
		"records/../a", "records/..", "/records/a", "./records/a",
		"../records/a", "records/\xc3\xa9", "records/a\n", "RECORDS/a",
		"records/a\x7f", "README", "readme.txt", "manifest",
		"attachments", "attachment/a", "record/a", "CON", "records/a:b",
		"records/a\x01", "records/e\xcc\x81", "records/\xe2\x80\xae" };
	char longest[102] = "records/";

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(with_name(bad[i]), TAR_FAULT_HEADER);
	memset(longest + 8, 'a', 92);
	assert_int_equal(with_name(longest), TAR_FAULT_NONE);
	assert_int_equal(with_name("records/0"), TAR_FAULT_NONE);
	assert_int_equal(with_name("attachments/a.b-c_d"), TAR_FAULT_NONE);
	longest[100] = 'a';
	assert_false(tar_name_is_good(longest));
}

/* Every field as some tar or other would write it. */
static void
refuses_every_other_field(void **state)
{
	static const struct fields bad[] = {
		{ "records/a", "0000644", "0000000", "0000000", "00000000000",
		    "00000000000", '0', "ustar\0" },
		{ "records/a", "0000600", "0001750", "0000000", "00000000000",
		    "00000000000", '0', "ustar\0" },
		{ "records/a", "0000600", "0000000", "0000144", "00000000000",
		    "00000000000", '0', "ustar\0" },
		{ "records/a", "0000600", "0000000", "0000000", "00000000000",
		    "14727000000", '0', "ustar\0" },
		{ "records/a", "0000600", "0000000", "0000000", "00000000000",
		    "00000000000", '0', "ustar " },
		{ "records/a", "0000600", "0000000", "0000000", "0000000000 ",
		    "00000000000", '0', "ustar\0" },
		{ "records/a", "0000600", "0000000", "0000000", "-0000000001",
		    "00000000000", '0', "ustar\0" },
		{ "records/a", "0000600", "0000000", "0000000", "\x80",
		    "00000000000", '0', "ustar\0" },
		{ "records/a", "0000600", "0000000", "0000000", "0",
		    "00000000000", '0', "ustar\0" },
	};
	static const char types[] = "\0001234567gxLKSVMDN";
	uint8_t block[512];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		hand_header(block, &bad[i]);
		assert_int_equal(with_header(block), TAR_FAULT_HEADER);
	}
	for (size_t i = 0; i < sizeof(types) - 1; i++) {
		struct fields f = plain_fields;

		f.name = "records/a";
		f.type = types[i];
		hand_header(block, &f);
		assert_int_equal(with_header(block), TAR_FAULT_HEADER);
	}
}

/* Link, user, group, prefix and tail: any byte there, with a right sum. */
static void
refuses_bytes_in_the_empty_fields(void **state)
{
	struct fields f = plain_fields;
	uint8_t block[512];

	(void)state;
	f.name = "records/a";
	for (size_t at = 9; at < 512; at++) {
		hand_header(block, &f);
		if (block[at] != 0 || (at >= 148 && at < 156))
			continue;
		block[at] = 'x';
		set_sum(block);
		if (at != 9) /* which is another good name */
			assert_int_equal(with_header(block), TAR_FAULT_HEADER);
	}
}

static enum tar_fault
with_names(const char *const *names)
{
	struct memory m = { 0 };
	enum tar_fault fault;

	for (; *names != NULL; names++)
		hand_entry(&m, *names, "");
	hand_end(&m);
	fault = fault_of(&m);
	memory_free(&m);
	return fault;
}

static void
keeps_the_order_of_the_entries(void **state)
{
	static const char *const good[][8] = {
		{ "README.txt", "MANIFEST" },
		{ "README.txt", "MANIFEST", "MANIFEST.minisig" },
		{ "README.txt", "MANIFEST", "records/a" },
		{ "README.txt", "MANIFEST", "MANIFEST.minisig", "attachments/b",
		    "attachments/ba", "records/a" },
	};
	static const char *const bad[][8] = {
		{ NULL },
		{ "README.txt" },
		{ "MANIFEST", "README.txt" },
		{ "MANIFEST" },
		{ "README.txt", "README.txt", "MANIFEST" },
		{ "README.txt", "MANIFEST", "MANIFEST" },
		{ "README.txt", "MANIFEST.minisig", "MANIFEST" },
		{ "README.txt", "records/a", "MANIFEST" },
		{ "README.txt", "MANIFEST", "records/a", "MANIFEST.minisig" },
		{ "README.txt", "MANIFEST", "records/a", "MANIFEST" },
		{ "README.txt", "MANIFEST", "records/a", "README.txt" },
		{ "README.txt", "MANIFEST", "records/a", "records/a" },
		{ "README.txt", "MANIFEST", "records/b", "records/a" },
		{ "README.txt", "MANIFEST", "records/a", "attachments/a" },
		{ "records/a" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_int_equal(with_names(good[i]), TAR_FAULT_NONE);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(with_names(bad[i]), TAR_FAULT_ORDER);
}

static void
stops_with_the_error_of_its_listener(void **state)
{
	struct memory m = hand_archive();
	struct heard h = { .answer = VAULT_ESPACE };
	struct tar_events events = events_of(&h);
	struct tar_reader r;

	(void)state;
	tar_reader_init(&r, &events);
	assert_int_equal(tar_reader_put(&r, m.bytes, m.len), VAULT_ESPACE);
	assert_int_equal(tar_reader_put(&r, m.bytes, m.len), VAULT_ESPACE);
	assert_int_equal(tar_reader_end(&r), VAULT_ESPACE);
	assert_int_equal(r.fault, TAR_FAULT_NONE);
	assert_int_equal(h.text.len, strlen("<README.txt 7:"));
	memory_free(&h.text);
	memory_free(&m);
}

static enum vault_err
ignore_begin(void *ctx, const char *name, uint64_t size)
{
	(void)ctx;
	(void)name;
	(void)size;
	return VAULT_OK;
}

static enum vault_err
ignore_data(void *ctx, const void *bytes, size_t len)
{
	(void)ctx;
	(void)bytes;
	(void)len;
	return VAULT_OK;
}

static enum vault_err
ignore_end(void *ctx)
{
	(void)ctx;
	return VAULT_OK;
}

static void
keeps_the_limits(void **state)
{
	const struct tar_events events = { ignore_begin, ignore_data,
		ignore_end, NULL };
	struct fields f = plain_fields;
	enum vault_err err = VAULT_OK;
	struct memory m = { 0 };
	struct tar_reader r;
	uint8_t block[512];
	char name[32];
	size_t n = 2;

	(void)state;
	hand_entry(&m, "README.txt", "");
	hand_entry(&m, "MANIFEST", "");
	tar_reader_init(&r, &events);
	assert_int_equal(tar_reader_put(&r, m.bytes, m.len), VAULT_OK);
	for (; err == VAULT_OK; n++) {
		snprintf(name, sizeof(name), "records/%06zu", n);
		f.name = name;
		hand_header(block, &f);
		err = tar_reader_put(&r, block, 512);
	}
	assert_int_equal(err, VAULT_EVERSION);
	assert_int_equal(r.fault, TAR_FAULT_LIMIT_ENTRIES);
	assert_int_equal(n, 200001);

	/* 32 MiB, and one byte more. */
	f.name = "MANIFEST";
	f.size = "00200000000";
	hand_header(block, &f);
	tar_reader_init(&r, &events);
	assert_int_equal(tar_reader_put(&r, m.bytes, 512), VAULT_OK);
	assert_int_equal(tar_reader_put(&r, block, 512), VAULT_OK);
	f.size = "00200000001";
	hand_header(block, &f);
	tar_reader_init(&r, &events);
	assert_int_equal(tar_reader_put(&r, m.bytes, 512), VAULT_OK);
	assert_int_equal(tar_reader_put(&r, block, 512), VAULT_EVERSION);
	assert_int_equal(r.fault, TAR_FAULT_LIMIT_MANIFEST);
	memory_free(&m);
}

/* --- writing --- */

static enum vault_err
write_entry(struct tar_writer *w, const char *name, const char *content)
{
	enum vault_err err = tar_writer_begin(w, name, strlen(content));

	return err != VAULT_OK ? err
			       : tar_writer_put(w, content, strlen(content));
}

static void
write_archive(struct memory *m, size_t last)
{
	struct pipe_sink to = memory_sink(m);
	struct tar_writer w;
	char *big = malloc(last + 1);

	memset(big, 'x', last);
	big[last] = '\0';
	tar_writer_init(&w, &to);
	assert_int_equal(write_entry(&w, "README.txt", "read me"), VAULT_OK);
	assert_int_equal(write_entry(&w, "MANIFEST", ""), VAULT_OK);
	assert_int_equal(
	    write_entry(&w, "MANIFEST.minisig", "signed"), VAULT_OK);
	assert_int_equal(write_entry(&w, "attachments/1", "one"), VAULT_OK);
	assert_int_equal(
	    write_entry(&w, "records/000001.json", "{}"), VAULT_OK);
	assert_int_equal(write_entry(&w, "records/000002.json",
			     last == 0 ? "{\"a\":1}" : big),
	    VAULT_OK);
	assert_int_equal(tar_writer_end(&w), VAULT_OK);
	assert_int_equal(w.written, m->len);
	free(big);
}

static void
writes_what_was_made_by_hand(void **state)
{
	struct memory hand = hand_archive(), m = { 0 };

	(void)state;
	write_archive(&m, 0);
	assert_int_equal(m.len, hand.len);
	assert_memory_equal(m.bytes, hand.bytes, hand.len);
	memory_free(&m);
	memory_free(&hand);
}

static void
pads_to_a_length_that_tells_little(void **state)
{
	(void)state;
	for (size_t last = 50000; last < 300000; last += 5003) {
		uint64_t whole = 5 * 512 + 4 * 512 + tar_entry_length(last) +
		    1024;
		struct memory m = { 0 };

		write_archive(&m, last);
		assert_int_equal(m.len, padme_length(whole));
		assert_int_equal(fault_of(&m), TAR_FAULT_NONE);
		memory_free(&m);
	}
}

static void
refuses_to_write_what_it_would_not_read(void **state)
{
	struct memory m = { 0 };
	struct pipe_sink to = memory_sink(&m);
	struct tar_writer w;

	(void)state;
	tar_writer_init(&w, &to);
	assert_int_equal(tar_writer_end(&w), VAULT_EUSE);
	assert_int_equal(tar_writer_begin(&w, "MANIFEST", 0), VAULT_EUSE);
	assert_int_equal(tar_writer_begin(&w, "README.txt", 3), VAULT_OK);
	assert_int_equal(tar_writer_begin(&w, "MANIFEST", 0), VAULT_EUSE);
	assert_int_equal(tar_writer_put(&w, "abcd", 4), VAULT_EUSE);
	assert_int_equal(tar_writer_put(&w, "ab", 2), VAULT_OK);
	assert_int_equal(tar_writer_put(&w, "cd", 2), VAULT_EUSE);
	assert_int_equal(tar_writer_put(&w, "c", 1), VAULT_OK);
	assert_int_equal(tar_writer_begin(&w, "MANIFEST", TAR_MANIFEST_MAX + 1),
	    VAULT_EVERSION);
	assert_int_equal(tar_writer_begin(&w, "MANIFEST", 0), VAULT_OK);
	assert_int_equal(tar_writer_begin(&w, "records/b", 0), VAULT_OK);
	assert_int_equal(tar_writer_begin(&w, "records/a", 0), VAULT_EUSE);
	assert_int_equal(tar_writer_begin(&w, "records/b", 0), VAULT_EUSE);
	assert_int_equal(tar_writer_begin(&w, "../x", 0), VAULT_EUSE);
	assert_int_equal(
	    tar_writer_begin(&w, "records/c", TAR_SIZE_MAX + 1), VAULT_EUSE);
	assert_int_equal(tar_writer_end(&w), VAULT_OK);
	assert_int_equal(fault_of(&m), TAR_FAULT_NONE);
	memory_free(&m);
}

/* Nothing in a header says who made it, where, or when. */
static void
writes_no_trace_of_its_author(void **state)
{
	uint8_t block[512];

	(void)state;
	assert_int_equal(tar_header(block, "records/a", 1), VAULT_OK);
	assert_string_equal((char *)block + 100, "0000600");
	assert_string_equal((char *)block + 108, "0000000");
	assert_string_equal((char *)block + 116, "0000000");
	assert_string_equal((char *)block + 136, "00000000000");
	for (int i = 265; i < 329; i++)
		assert_int_equal(block[i], 0);
}

/* --- the system's tar --- */

static void
tar_lists_what_we_wrote(void **state)
{
	char folder[] = "/tmp/amparo-tar-XXXXXX";
	struct memory m = { 0 }, list = { 0 };

	(void)state;
	if (!have_program("tar", "tar_lists_what_we_wrote"))
		skip();
	assert_non_null(mkdtemp(folder));
	write_archive(&m, 100000);
	save_file(folder, "a.tar", m.bytes, m.len);
	assert_int_equal(
	    run_in(folder, "TZ=UTC tar -tvf a.tar --full-time"), 0);
	load_file(&list, folder, "out");
	memory_put(&list, "", 1);
	assert_non_null(strstr((char *)list.bytes,
	    "-rw------- 0/0               7 1970-01-01 00:00:00 README.txt"));
	assert_non_null(strstr((char *)list.bytes, "100000 1970-01-01"));
	remove_folder(folder);
	memory_free(&m);
	memory_free(&list);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    reads_an_archive_made_by_hand_in_pieces_of_any_size),
		cmocka_unit_test(
		    refuses_every_flipped_bit_outside_the_contents),
		cmocka_unit_test(refuses_every_truncation_and_extension),
		cmocka_unit_test(refuses_every_other_name),
		cmocka_unit_test(refuses_every_other_field),
		cmocka_unit_test(refuses_bytes_in_the_empty_fields),
		cmocka_unit_test(keeps_the_order_of_the_entries),
		cmocka_unit_test(stops_with_the_error_of_its_listener),
		cmocka_unit_test(keeps_the_limits),
		cmocka_unit_test(writes_what_was_made_by_hand),
		cmocka_unit_test(pads_to_a_length_that_tells_little),
		cmocka_unit_test(refuses_to_write_what_it_would_not_read),
		cmocka_unit_test(writes_no_trace_of_its_author),
		cmocka_unit_test(tar_lists_what_we_wrote),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
