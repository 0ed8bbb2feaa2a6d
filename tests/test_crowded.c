/* SPDX-License-Identifier: ISC */
/*
 * Another office fills a record of ours with as much as a version can hold:
 * we can show it, pass it on and write to it all the same, and at once.
 */
#include <time.h>

#include "offices_help.h"
#include "record/attach.h"

static struct office a, b;

static int
setup(void **state)
{
	(void)state;
	office_open(&a, "A");
	office_open(&b, "B");
	knows(&a, &b);
	knows(&b, &a);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	office_close(&a);
	office_close(&b);
	return 0;
}

/* A version by A of a record of B comes to B. */
static void
write_into(const char *id, const struct buf *parents, const char *body,
    const struct buf *attachments, const char *hidden)
{
	struct vault_bundle_bad bad;
	struct vault_imported got;
	struct vault_bundle *bundle;
	struct vault_input in;
	struct memory m = { 0 };
	struct buf text = { 0 };
	struct carried one;
	struct signer by;

	memset(&one, 0, sizeof(one));
	assert_ok(records_signer(&by, of(&a)->store));
	assert_ok(id_parse(one.version.record, id, strlen(id)));
	memcpy(one.version.type, "case", 4);
	memcpy(one.version.office, by.public_key, IDENTITY_PUBLIC_LEN);
	one.version.time = craft_time;
	one.version.has_body = true;
	buf_put(&one.version.parents, parents->bytes, parents->len);
	if (attachments != NULL)
		buf_put(&one.version.attachments, attachments->bytes,
		    attachments->len);
	assert_ok(part_new(&one.body, one.version.body, body, strlen(body)));
	if (hidden != NULL) { /* withheld from B */
		struct part part;

		assert_ok(part_new(
		    &part, one.version.hidden, hidden, strlen(hidden)));
		one.version.has_private = true;
		part_free(&part);
	}
	assert_ok(version_sign(&one.version, by.key));
	assert_ok(carry_write(&text, &one));
	{
		struct crafted files[] = { { TAR_README, "hello", 5 },
			{ "records/000001.json", text.bytes, text.len } };

		craft(&m, &a, &b, files, 2, NULL);
	}
	in = (struct vault_input){ &m, memory_read, NULL, m.len };
	assert_ok(vault_bundle_open(&bundle, of(&b), &in, &bad));
	assert_ok(vault_bundle_import(&got, bundle, true, &bad));
	assert_int_equal(got.versions, 1);
	vault_bundle_close(bundle);
	memory_free(&m);
	secret_free(by.key);
	carry_free(&one);
	buf_free(&text);
}

static const char plain[] = "{\"level\":1,\"title\":\"X\",\"type\":\"case\"}";

/* Hashes of attachments that nobody has. */
static void
invent(struct buf *out, size_t n)
{
	uint8_t hash[HASH_LEN];

	buf_reset(out);
	for (size_t i = 0; i < n; i++) {
		randombytes_buf(hash, sizeof(hash));
		buf_put(out, hash, sizeof(hash));
	}
	assert_ok(buf_ok(out));
}

static size_t
attached(const char *id, const struct buf *head)
{
	uint8_t bytes[ID_LEN];
	struct record_row r;
	struct version v;
	size_t n;

	assert_ok(id_parse(bytes, id, strlen(id)));
	assert_ok(rows_find(&r, of(&b)->store, bytes));
	assert_ok(rows_version(
	    &v, NULL, NULL, of(&b)->store, &r, head->bytes, false));
	n = version_hash_count(&v.attachments);
	version_free(&v);
	return n;
}

static bool
count_here(void *ctx, const struct vault_attachment *one)
{
	*(size_t *)ctx += one->here;
	return true;
}

static void
others_attachments_keep_nobody_from_writing(void **state)
{
	struct buf none = { 0 }, many = { 0 };
	struct vault_record r;
	char id[VAULT_ID_LEN];
	size_t n = 0;

	(void)state;
	add(id, &b, plain);
	attach(&b, id, "ours", "some bytes");
	/* As many as one envelope holds, and as many again beside it. */
	for (int i = 0; i < 2; i++) {
		invent(&many, 3890);
		write_into(id, &none, plain, &many, NULL);
	}
	assert_ok(vault_get(&r, of(&b), id));
	assert_int_equal(r.n_heads, 3);
	vault_record_free(&r);
	edit(&b, id, plain);
	assert_ok(vault_get(&r, of(&b), id));
	assert_int_equal(r.n_heads, 1);
	assert_int_equal(attached(id, &r.heads), 3500);
	vault_record_free(&r);
	attach(&b, id, "more", "others");
	assert_ok(vault_attachments(of(&b), id, count_here, &n));
	assert_int_equal(n, 2);
	buf_free(&many);
}

/* Of processor time, since the last call. */
static double
seconds(void)
{
	static double last;
	struct timespec t;
	double now, passed;

	assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t), 0);
	now = (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
	passed = now - last;
	last = now;
	return passed;
}

/* Minutes if each name were looked for in all others. */
static void
others_private_fields_take_no_time(void **state)
{
	struct buf body = { 0 };
	struct vault_record r;
	struct memory m;
	char id[VAULT_ID_LEN];

	(void)state;
	add(id, &b,
	    "{\"context\":\"c\",\"level\":1,\"private_fields\":[\"context\"],"
	    "\"title\":\"X\",\"type\":\"case\"}");
	assert_ok(vault_get(&r, of(&b), id));
	buf_put_text(&body, "{\"level\":1,\"private_fields\":[");
	for (unsigned i = 0; i < 55000; i++)
		buf_putf(&body, "%s\"a%u\"", i > 0 ? "," : "", i);
	buf_put_text(&body, "],\"title\":\"X\",\"translations\":[");
	for (unsigned i = 0; i < 22000; i++)
		buf_putf(&body, "%s{\"field\":\"b\"}", i > 0 ? "," : "");
	buf_put_text(&body, "],\"type\":\"case\"}");
	write_into(id, &r.heads, buf_text(&body), NULL, NULL);
	vault_record_free(&r);
	seconds();
	assert_ok(vault_get(&r, of(&b), id));
	vault_record_free(&r);
	export(&m, &b, "A", "");
	assert_true(seconds() < 20);
	memory_free(&m);
	buf_free(&body);
}

static void
others_withheld_fields_take_no_time(void **state)
{
	struct buf body = { 0 }, none = { 0 };
	struct vault_record r;
	char id[VAULT_ID_LEN];

	(void)state;
	add(id, &b, plain);
	buf_put_text(&body, "{\"level\":1,\"private_fields\":[");
	for (unsigned i = 0; i < 90000; i++)
		buf_putf(&body, "%s\"a%u\"", i > 0 ? "," : "", i);
	buf_put_text(&body, "],\"title\":\"X\",\"type\":\"case\"}");
	for (unsigned i = 0; i < 4; i++)
		write_into(id, &none, buf_text(&body), NULL, "{\"a0\":1}");
	buf_reset(&body);
	buf_put_byte(&body, '{');
	for (unsigned i = 10000; i < 90000; i++)
		buf_putf(&body, "\"b%u\":1,", i);
	buf_put_text(&body, "\"level\":1,\"type\":\"case\"}");
	write_into(id, &none, buf_text(&body), NULL, NULL);
	seconds();
	assert_ok(vault_get(&r, of(&b), id));
	assert_int_equal(r.n_heads, 6);
	assert_true(seconds() < 20);
	vault_record_free(&r);
	buf_free(&body);
}

/* The i-th version of a chain, or one more that follows its end. */
static void
chain_file(struct buf *out, uint8_t last[static VERSION_ID_LEN],
    const struct signer *by, const uint8_t *id, unsigned i, bool more)
{
	struct carried one;
	uint8_t hash[HASH_LEN];

	memset(&one, 0, sizeof(one));
	memcpy(one.version.record, id, ID_LEN);
	memcpy(one.version.type, "case", 4);
	memcpy(one.version.office, by->public_key, IDENTITY_PUBLIC_LEN);
	one.version.time = craft_time + i;
	one.version.has_body = true;
	if (i > 0)
		buf_put(&one.version.parents, last, VERSION_ID_LEN);
	if (more) {
		randombytes_buf(hash, sizeof(hash));
		buf_put(&one.version.unseen, hash, sizeof(hash));
	}
	assert_ok(part_new(&one.body, one.version.body, plain, strlen(plain)));
	assert_ok(version_sign(&one.version, by->key));
	assert_ok(carry_write(out, &one));
	if (!more)
		memcpy(last, one.version.id, VERSION_ID_LEN);
	carry_free(&one);
}

#define CHAIN 1500

/* Each of many heads has not seen what nobody in a long line has. */
static void
others_unseen_parts_take_no_time(void **state)
{
	static struct crafted files[1 + 2 * CHAIN];
	static struct buf text[2 * CHAIN];
	static char name[2 * CHAIN][32];
	struct vault_bundle_bad bad;
	struct vault_imported got;
	struct vault_bundle *bundle;
	uint8_t id[ID_LEN], last[VERSION_ID_LEN];
	struct vault_input in;
	struct memory m = { 0 };
	char printed[VAULT_ID_LEN];
	struct signer by;

	(void)state;
	id_new(id);
	id_print(printed, id);
	assert_ok(records_signer(&by, of(&a)->store));
	files[0] = (struct crafted){ TAR_README, "hello", 5 };
	for (unsigned i = 0; i < 2 * CHAIN; i++) {
		chain_file(&text[i], last, &by, id, i, i >= CHAIN);
		snprintf(name[i], sizeof(name[i]), "records/%06u.json", i);
		files[i + 1] = (struct crafted){ name[i], text[i].bytes,
			text[i].len };
	}
	craft(&m, &a, &b, files, 1 + 2 * CHAIN, NULL);
	in = (struct vault_input){ &m, memory_read, NULL, m.len };
	seconds();
	assert_ok(vault_bundle_open(&bundle, of(&b), &in, &bad));
	assert_ok(vault_bundle_import(&got, bundle, true, &bad));
	assert_int_equal(got.versions, 2 * CHAIN);
	edit(&b, printed, plain);
	assert_true(seconds() < 20);
	vault_bundle_close(bundle);
	memory_free(&m);
	secret_free(by.key);
	for (unsigned i = 0; i < 2 * CHAIN; i++)
		buf_free(&text[i]);
}

/* They come to B in a bundle of A. */
static void
import_files(const struct crafted *files, size_t n)
{
	struct vault_bundle_bad bad;
	struct vault_imported got;
	struct vault_bundle *bundle;
	struct vault_input in;
	struct memory m = { 0 };

	craft(&m, &a, &b, files, n, NULL);
	in = (struct vault_input){ &m, memory_read, NULL, m.len };
	assert_ok(vault_bundle_open(&bundle, of(&b), &in, &bad));
	assert_ok(vault_bundle_import(&got, bundle, true, &bad));
	vault_bundle_close(bundle);
	memory_free(&m);
}

/* ---- Consents ---- */

#define CONSENTS 1500

static void
count_due(void *ctx, const struct vault_due *d)
{
	assert_string_equal(d->field, "expires");
	++*(unsigned *)ctx;
}

static unsigned
due(void)
{
	unsigned n = 0;

	assert_ok(vault_due(of(&b), 0, count_due, &n));
	return n;
}

/* A consent of a person, until a day or without an end. */
static void
print_consent(
    char out[static 256], const char *person, const char *day, const char *end)
{
	snprintf(out, 256,
	    "{\"date\":{\"edtf\":\"%s\"},%s\"level\":1,\"naming\":\"full\","
	    "\"person\":\"%s\",\"scopes\":[\"store\"],"
	    "\"type\":\"consent\"}",
	    day, end, person);
}

/*
 * Theirs take the place of none of ours; and an hour, at each unlocking, if
 * each that ends were compared with each by opening it.
 */
static void
others_consents_renew_nothing_and_take_no_time(void **state)
{
	static struct crafted files[1 + CONSENTS];
	static struct buf text[CONSENTS];
	static char name[CONSENTS][32];
	char who[VAULT_ID_LEN], id[VAULT_ID_LEN], json[256];
	uint64_t n;
	bool more;

	(void)state;
	add(who, &b, "{\"names\":[{\"text\":\"Jin\"}],\"type\":\"person\"}");
	print_consent(json, who, "2019", "\"expires\":{\"edtf\":\"2020\"},");
	add(id, &b, json);
	assert_int_equal(due(), 1);
	files[0] = (struct crafted){ TAR_README, "hello", 5 };
	for (unsigned i = 0; i < CONSENTS; i++) {
		uint8_t bytes[ID_LEN];

		id_new(bytes);
		print_consent(json, who, "2022",
		    i == 0 ? "" : "\"expires\":{\"edtf\":\"2023\"},");
		record_file(&text[i], &a, "consent", json, bytes);
		snprintf(name[i], sizeof(name[i]), "records/%06u.json", i);
		files[i + 1] = (struct crafted){ name[i], text[i].bytes,
			text[i].len };
	}
	import_files(files, 1 + CONSENTS);
	seconds();
	assert_int_equal(due(), CONSENTS);
	assert_ok(vault_due_count(&n, &more, of(&b)));
	assert_true(more);
	assert_true(seconds() < 5);
	/* One of ours does. */
	print_consent(json, who, "2024", "");
	add(id, &b, json);
	assert_int_equal(due(), 0);
	for (unsigned i = 0; i < CONSENTS; i++)
		buf_free(&text[i]);
}

/* ---- Persons ---- */

#define ACTS 120
#define ACCUSING 12
#define VICTIMS 300

static void
ignore_row(void *ctx, const struct vault_plain_row *row)
{
	(void)ctx;
	(void)row;
}

/* Acts of A that name the same persons, the first ones as who did it. */
static void
print_act(struct buf *out, char victims[][VAULT_ID_LEN], bool did_it)
{
	buf_reset(out);
	buf_putf(out, "{\"act\":\"torture\",\"level\":1,\"%s\":[",
	    did_it ? "perpetrators" : "type\":\"act\",\"victims");
	for (unsigned i = 0; i < VICTIMS; i++)
		buf_putf(out,
		    did_it ? "%s{\"who\":{\"ref\":\"%s\"}}" : "%s\"%s\"",
		    i > 0 ? "," : "", victims[i]);
	buf_put_text(out, did_it ? "],\"type\":\"act\"}" : "]}");
}

/* Minutes if each of them were asked about anew in each act. */
static void
others_victims_take_no_time(void **state)
{
	static struct crafted files[1 + ACTS];
	static struct buf text[ACTS];
	static char name[ACTS][32], victims[VICTIMS][VAULT_ID_LEN];
	struct vault_plain_what what = { .query = "", .audience = "partner" };
	struct vault_plain_info info;
	struct vault_plain *plain_file;
	struct buf body = { 0 };

	(void)state;
	for (unsigned i = 0; i < VICTIMS; i++) {
		uint8_t id[ID_LEN];

		id_new(id);
		id_print(victims[i], id);
	}
	files[0] = (struct crafted){ TAR_README, "hello", 5 };
	for (unsigned i = 0; i < ACTS; i++) {
		print_act(&body, victims, i < ACCUSING);
		record_file(&text[i], &a, "act", buf_text(&body), NULL);
		snprintf(name[i], sizeof(name[i]), "records/%06u.json", i);
		files[i + 1] = (struct crafted){ name[i], text[i].bytes,
			text[i].len };
	}
	import_files(files, 1 + ACTS);
	seconds();
	assert_ok(
	    vault_plain_new(&plain_file, of(&b), &what, ignore_row, NULL));
	vault_plain_info(&info, plain_file);
	assert_int_equal(info.held, ACTS - ACCUSING);
	assert_true(seconds() < 15);
	vault_plain_free(plain_file);
	for (unsigned i = 0; i < ACTS; i++)
		buf_free(&text[i]);
	buf_free(&body);
}

/* ---- Links ---- */

static void
count_link(void *ctx, const struct vault_link *link)
{
	(void)link;
	++*(unsigned *)ctx;
}

/* A long record is opened once, however often another one points to it. */
static void
others_links_take_no_time(void **state)
{
	struct buf body = { 0 };
	char to[VAULT_ID_LEN], from[VAULT_ID_LEN];
	uint64_t more;
	unsigned n = 0;

	(void)state;
	buf_put_text(
	    &body, "{\"title\":\"X\",\"type\":\"case\",\"summary\":\"");
	for (unsigned i = 0; i < 300000; i++)
		buf_put_text(&body, "many words");
	buf_put_text(&body, "\"}");
	add(to, &b, buf_text(&body));
	buf_reset(&body);
	buf_put_text(&body, "{\"title\":\"Y\",\"type\":\"case\",\"follows\":[");
	for (unsigned i = 0; i < 3000; i++)
		buf_putf(&body, "%s\"%s\"", i > 0 ? "," : "", to);
	buf_put_text(&body, "]}");
	add(from, &b, buf_text(&body));
	seconds();
	assert_ok(vault_links(of(&b), from, &more, count_link, &n));
	assert_int_equal(n, 1);
	assert_int_equal(more, 0);
	assert_true(seconds() < 10);
	buf_free(&body);
}

int
main(void)
{
#define with_offices(test)                                                     \
	cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		with_offices(others_attachments_keep_nobody_from_writing),
		with_offices(others_private_fields_take_no_time),
		with_offices(others_withheld_fields_take_no_time),
		with_offices(others_unseen_parts_take_no_time),
		with_offices(others_consents_renew_nothing_and_take_no_time),
		with_offices(others_victims_take_no_time),
		with_offices(others_links_take_no_time),
	};

	if (vault_setup() != VAULT_OK)
		return 1;
	return cmocka_run_group_tests_name("crowded", tests, NULL, NULL);
}
