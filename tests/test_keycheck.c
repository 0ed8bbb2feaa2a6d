/* SPDX-License-Identifier: ISC */
/*
 * What a vault keeps of signing keys, damaged by somebody who has the key of
 * the vault: the full check names it, and nothing else.
 */
#include "offices_help.h"

static struct office a, b;

/*
 * b has three earlier keys, and a contact that has two, of which the first is
 * revoked, and that announces another one.
 */
static int
setup(void **state)
{
	struct vault_revoked r;
	struct buf text = { 0 };
	size_t which = 1;

	(void)state;
	office_open(&a, "A");
	office_open(&b, "B");
	knows(&b, &a);
	for (int i = 0; i < 3; i++)
		assert_ok(vault_office_renew_signing(of(&b)));
	for (int i = 0; i < 2; i++) {
		assert_ok(vault_office_renew_signing(of(&a)));
		knows(&b, &a);
		assert_ok(vault_contact_verify(of(&b), "A", NULL, false));
	}
	assert_ok(vault_office_renew_signing(of(&a)));
	knows(&b, &a);
	assert_ok(vault_office_revoke(&text, &which, of(&a)));
	assert_ok(vault_contact_revoke(&r, of(&b), text.bytes, text.len));
	vault_revoked_free(&r);
	buf_free(&text);
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

static unsigned n_found;
static enum vault_finding what_found;
static int64_t where_found;

static void
found(void *ctx, enum vault_finding what, int64_t n)
{
	(void)ctx;
	n_found++;
	what_found = what;
	where_found = n;
}

static void
found_record(void *ctx, const char *id, enum vault_record_finding what)
{
	(void)ctx;
	fail_msg("record %s: %d", id, (int)what);
}

static unsigned
check(bool records)
{
	struct vault_check how = {
		.records = records, .found = found, .record = found_record
	};

	n_found = 0;
	assert_ok(vault_check(of(&b), &how));
	return n_found;
}

static void
damage(const char *sql)
{
	struct store *s = of(&b)->store;

	assert_ok(store_begin(s));
	assert_ok(sql_run(s, sql));
	assert_ok(store_commit(s));
}

static void
everything_that_was_kept_verifies(void **state)
{
	(void)state;
	assert_int_equal(
	    number(&b, "SELECT count(*) FROM earlier WHERE contact=0"), 3);
	assert_int_equal(
	    number(&b, "SELECT count(*) FROM earlier WHERE contact=1"), 2);
	assert_int_equal(number(&b, "SELECT count(*) FROM announced"), 1);
	assert_int_equal(number(&b, "SELECT count(*) FROM revoked"), 1);
	assert_int_equal(check(true), 0);
}

/* ---- Damage: each on offices of its own ---- */

struct damaged {
	const char *sql;
	int64_t n; /* what is named */
};

static void
each(const struct damaged *all, size_t n, enum vault_finding what)
{
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(setup(NULL), 0);
		damage(all[i].sql);
		assert_int_equal(check(false), 0);
		if (check(true) != 1 || what_found != what ||
		    where_found != all[i].n)
			fail_msg("%u found, the last is %d at %d: %s", n_found,
			    (int)what_found, (int)where_found, all[i].sql);
		teardown(NULL);
	}
}

#define EACH(all, what) each(all, sizeof(all) / sizeof((all)[0]), what)

static void
names_an_earlier_key_of_ours(void **state)
{
	static const struct damaged all[] = {
		{ "UPDATE earlier SET successor=zeroblob(64) WHERE num=2", 2 },
		{ "UPDATE earlier SET successor=zeroblob(64) WHERE num=3", 3 },
		{ "UPDATE earlier SET successor=substr(successor,2)"
		  " WHERE num=2",
		    2 },
		/* That one does not follow any more. */
		{ "DELETE FROM earlier WHERE num=2", 1 },
		{ "UPDATE earlier SET public=randomblob(32) WHERE num=1", 1 },
		{ "UPDATE earlier SET revocation=successor WHERE num=2", 2 },
		{ "UPDATE earlier SET revocation=x'' WHERE num=2", 2 },
	};

	(void)state;
	EACH(all, VAULT_FOUND_EARLIER);
}

static void
names_an_earlier_key_of_a_contact(void **state)
{
	static const struct damaged all[] = {
		{ "UPDATE earlier SET successor=zeroblob(64) WHERE num=4", 4 },
		{ "UPDATE earlier SET successor=(SELECT successor FROM earlier"
		  " WHERE num=5) WHERE num=4",
		    4 },
		{ "UPDATE earlier SET public=randomblob(32) WHERE num=5", 5 },
		/* Only we keep what revokes a key before it is revoked. */
		{ "UPDATE earlier SET revocation=successor WHERE num=5", 5 },
		{ "UPDATE earlier SET contact=7 WHERE num=4", 4 },
	};

	(void)state;
	EACH(all, VAULT_FOUND_EARLIER);
}

static void
names_a_card(void **state)
{
	static const struct damaged all[] = {
		{ "UPDATE contact"
		  " SET card=replace(card,'# name A','# name X')",
		    1 },
		{ "UPDATE contact SET card=replace(card,'-card 1','-card 2')",
		    1 },
		{ "UPDATE announced"
		  " SET card=replace(card,'# name A','# name X')",
		    1 },
		{ "UPDATE contact SET card=(SELECT card FROM announced)", 1 },
	};

	(void)state;
	EACH(all, VAULT_FOUND_CARD);
}

static void
names_a_revocation(void **state)
{
	static const struct damaged all[] = {
		{ "UPDATE revoked SET signature=zeroblob(64)", 1 },
		{ "UPDATE revoked SET signature=x''", 1 },
		{ "UPDATE revoked SET public=randomblob(32)", 1 },
		/* Behind every other key, by its bytes. */
		{ "INSERT INTO revoked SELECT CAST(x'ffff'"
		  "||hex(randomblob(15)) AS BLOB),1,signature FROM revoked",
		    2 },
	};

	(void)state;
	EACH(all, VAULT_FOUND_REVOKED);
}

/* Whatever happened to the card: the other keys of the contact are known.
 */
static void
what_the_card_lacks_is_known_from_the_keys(void **state)
{
	(void)state;
	damage("UPDATE contact SET card='x'");
	assert_int_equal(check(true), 1);
	damage("UPDATE earlier SET successor=zeroblob(64) WHERE num=4");
	assert_int_equal(check(true), 2);
}

int
main(void)
{
#define with_offices(test)                                                     \
	cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		with_offices(everything_that_was_kept_verifies),
		cmocka_unit_test(names_an_earlier_key_of_ours),
		cmocka_unit_test(names_an_earlier_key_of_a_contact),
		cmocka_unit_test(names_a_card),
		cmocka_unit_test(names_a_revocation),
		with_offices(what_the_card_lacks_is_known_from_the_keys),
	};

	if (vault_setup() != VAULT_OK)
		return 1;
	return cmocka_run_group_tests_name("keycheck", tests, NULL, NULL);
}
