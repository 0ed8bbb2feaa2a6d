/* SPDX-License-Identifier: ISC */
/* Bundles that nobody signed: made so, and made so by somebody on the way. */
#include "offices_help.h"

static struct office a, b;

static int
setup(void **state)
{
	(void)state;
	office_open(&a, "A");
	office_open(&b, "B");
	knows(&a, &b);
	knows(&b, &a);
	assert_ok(vault_contact_verify(of(&b), "A", NULL, false));
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

static struct vault_bundle_info info;
static struct vault_bundle_bad bad;

static enum vault_err
try(struct memory *m, bool accept)
{
	struct vault_input in = { m, memory_read, NULL, m->len };
	struct vault_imported got;
	struct vault_bundle *bundle;
	enum vault_err err;

	memset(&info, 0, sizeof(info));
	if ((err = vault_bundle_open(&bundle, of(&b), &in, &bad)) != VAULT_OK)
		return err;
	vault_bundle_info(&info, bundle);
	err = vault_bundle_import(&got, bundle, accept, &bad);
	vault_bundle_close(bundle);
	return err;
}

static void
export_unsigned(struct memory *out)
{
	static const char *const to = "B";
	struct vault_export_what what = { .query = "",
		.query_len = 0,
		.to = &to,
		.n_to = 1,
		.is_unsigned = true };
	struct vault_sink sink = { out, memory_write, NULL };
	char id[VAULT_BUNDLE_LEN];
	struct vault_export *e;
	const char *which;

	memset(out, 0, sizeof(*out));
	assert_ok(vault_export_new(&e, of(&a), &what, &which, NULL, NULL));
	assert_ok(vault_export_write(id, e, &sink));
	vault_export_free(e);
}

static const char title[] = "{\"type\":\"case\",\"title\":\"One\"}";

static void
nobody_signed_it_and_a_person_decides(void **state)
{
	struct memory m, other;
	char id[VAULT_ID_LEN];

	(void)state;
	add(id, &a, title);
	export_unsigned(&m);
	assert_int_equal(try(&m, false), VAULT_EREFUSED);
	assert_false(info.is_signed || info.sender_known);
	assert_false(info.sender_compared);
	assert_string_equal(info.sender, "");
	assert_int_equal(number(&b, "SELECT count(*) FROM record"), 0);
	assert_ok(try(&m, true));
	assert_int_equal(info.count[VAULT_NEW_RECORD], 1);
	assert_int_equal(try(&m, true), VAULT_EEXISTS);
	/* Another one is in no chain: neither next, nor of a second machine. */
	add(id, &a, title);
	export_unsigned(&other);
	assert_int_equal(try(&other, false), VAULT_EREFUSED);
	assert_int_equal(info.seen, VAULT_SEEN_NEXT);
	assert_int_equal(info.number, 1);
	memory_free(&m);
	memory_free(&other);

	/* And takes no number of those that we sign. */
	assert_int_equal(number(&a, "SELECT count(*) FROM sent"), 0);
	assert_int_equal(number(&a, "SELECT count(*) FROM chain"), 0);
	export(&m, &a, "B", "");
	assert_ok(try(&m, false));
	assert_true(info.is_signed && info.sender_compared);
	assert_int_equal(info.number, 1);
	memory_free(&m);
}

/* ---- Changed on the way, by who can seal it again ---- */

/* What is done to it. */
struct how {
	bool strip;   /* leave the signature out */
	bool declare; /* and say that there never was one */
	bool second;  /* make it another number */
};

static void
put(struct tar_writer *w, const char *name, const void *bytes, size_t len)
{
	assert_ok(tar_writer_begin(w, name, len));
	if (len > 0)
		assert_ok(tar_writer_put(w, bytes, len));
}

/* In every line "to", ours among them: one bit of the number. */
static void
other_number(struct buf *text)
{
	static const char digits[] = "0123456789abcdef";
	char *at = (char *)text->bytes;

	while ((at = strstr(at, "\n# to ")) != NULL) {
		at += strlen("\n# to ") + 64 + 1 + 2 * 23 + 1;
		*at = digits[(strchr(digits, *at) - digits) ^ 2];
		at += 2; /* and of the one before, which none has yet */
		*at = digits[(strchr(digits, *at) - digits) ^ 1];
	}
}

static void
put_manifest(
    struct tar_writer *w, const char *bytes, size_t len, const struct how *how)
{
	static const char key[] = "# sender ";
	struct buf text = { 0 };
	const char *at;

	buf_put(&text, bytes, len);
	if (how->second)
		other_number(&text);
	at = strstr(buf_text(&text), key);
	assert_non_null(at);
	if (how->declare) {
		struct buf all = { 0 };
		const char *end = strchr(at, '\n');

		buf_put(&all, text.bytes,
		    (size_t)(at - buf_text(&text)) + strlen(key));
		buf_put_text(&all, "unsigned");
		buf_put_text(&all, end);
		put(w, TAR_MANIFEST, all.bytes, all.len);
		buf_free(&all);
	} else {
		put(w, TAR_MANIFEST, text.bytes, text.len);
	}
	buf_free(&text);
}

static void
change(struct memory *m, const struct how *how)
{
	struct memory tar, made = { 0 };
	struct pipe_sink sink = memory_sink(&made);
	struct tar_writer w;

	open_archive(&tar, &b, m);
	tar_writer_init(&w, &sink);
	for (size_t at = 0; tar.bytes[at] != '\0';) {
		const char *name = (const char *)tar.bytes + at;
		size_t len = strtoul(name + 124, NULL, 8);
		const char *data = name + 512;

		at += 512 + (len + 511) / 512 * 512;
		if (strcmp(name, TAR_MANIFEST) == 0)
			put_manifest(&w, data, len, how);
		else if (strcmp(name, TAR_SIGNATURE) != 0 || !how->strip)
			put(&w, name, data, len);
	}
	assert_ok(tar_writer_end(&w));
	seal_archive(m, &b, &made);
	memory_free(&tar);
	memory_free(&made);
}

static void
a_signature_that_was_taken_off_is_missed(void **state)
{
	const struct how strip = { .strip = true };
	const struct how declare = { .declare = true };
	const struct how both = { .strip = true, .declare = true };
	struct memory m;
	char id[VAULT_ID_LEN];

	(void)state;
	add(id, &a, title);
	export(&m, &a, "B", "");
	change(&m, &strip);
	assert_int_equal(try(&m, true), VAULT_EDAMAGED);
	assert_int_equal(bad.fault, VAULT_BUNDLE_SIGNATURE);
	memory_free(&m);

	/* There is one, and it is said that there is none. */
	export(&m, &a, "B", "");
	change(&m, &declare);
	assert_int_equal(try(&m, true), VAULT_EDAMAGED);
	memory_free(&m);

	/* Neither: it is what anybody could have made, and that is said. */
	assert_ok(store_begin(of(&a)->store));
	assert_ok(sql_run(of(&a)->store, "DELETE FROM sent"));
	assert_ok(store_commit(of(&a)->store));
	export(&m, &a, "B", "");
	change(&m, &both);
	assert_int_equal(try(&m, false), VAULT_EREFUSED);
	assert_false(info.is_signed || info.sender_known);
	memory_free(&m);
}

static void
what_nobody_signed_has_no_number(void **state)
{
	const struct how second = { .second = true };
	struct memory m;
	char id[VAULT_ID_LEN];

	(void)state;
	add(id, &a, title);
	export_unsigned(&m);
	change(&m, &second);
	assert_int_equal(try(&m, true), VAULT_EDAMAGED);
	assert_int_equal(bad.fault, VAULT_BUNDLE_MANIFEST);
	memory_free(&m);
}

/* A request to forget is signed by itself, whoever packed it. */
static void
a_tombstone_in_it_is_its_offices_word(void **state)
{
	struct memory m;
	char id[VAULT_ID_LEN];

	(void)state;
	add(id, &a, title);
	export(&m, &a, "B", "");
	assert_ok(try(&m, false));
	memory_free(&m);
	assert_ok(vault_forget(of(&a), id, NULL));
	export_unsigned(&m);
	assert_int_equal(try(&m, false), VAULT_EREFUSED);
	assert_int_equal(
	    number(&b, "SELECT count(*) FROM record WHERE key IS NULL"), 0);
	assert_int_equal(info.count[VAULT_FORGETS_RECORD], 1);
	assert_ok(try(&m, true));
	assert_int_equal(
	    number(&b, "SELECT count(*) FROM record WHERE key IS NULL"), 1);
	memory_free(&m);
}

int
main(void)
{
#define with_offices(test)                                                     \
	cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		with_offices(nobody_signed_it_and_a_person_decides),
		with_offices(a_signature_that_was_taken_off_is_missed),
		with_offices(what_nobody_signed_has_no_number),
		with_offices(a_tombstone_in_it_is_its_offices_word),
	};

	if (vault_setup() != VAULT_OK)
		return 1;
	return cmocka_run_group_tests_name("unsigned", tests, NULL, NULL);
}
