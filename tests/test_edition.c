/* SPDX-License-Identifier: ISC */
/* What of a record an audience may read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "exchange/edition.h"
#include "record/json.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

struct row {
	enum consent_scope scope;
	enum consent_naming naming;
	const char *body, *left; /* canonical */
};

static void
check(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		json_t *body = json_loads(rows[i].body, 0, NULL);
		struct buf text = { 0 };

		assert_non_null(body);
		assert_int_equal(
		    edition_strip(body, rows[i].scope, rows[i].naming),
		    VAULT_OK);
		assert_int_equal(json_write(&text, body), VAULT_OK);
		if (strcmp(buf_text(&text), rows[i].left) != 0)
			fail_msg("row %zu: %s", i, buf_text(&text));
		buf_free(&text);
		json_decref(body);
	}
}

static void
leaves_out_what_is_not_for_them(void **state)
{
	static const char testimony[] =
	    "{\"type\":\"testimony\",\"text\":\"t\",\"recorded_by\":\"AB\","
	    "\"recontact\":\"by night\",\"source\":{\"text\":\"a neighbour\"},"
	    "\"notes\":[\"n\"],\"x_file\":\"7\",\"newer\":1,"
	    "\"date\":{\"edtf\":\"2011\",\"newer\":\"y\"},"
	    "\"translations\":[{\"field\":\"recontact\",\"lang\":\"zh\","
	    "\"text\":\"q\"},{\"field\":\"text\",\"lang\":\"zh\","
	    "\"text\":\"w\",\"translator\":{\"text\":\"CD\"}}]}";
	static const struct row rows[] = {
		{ CONSENT_UN, CONSENT_FULL, testimony,
		    "{\"date\":{\"edtf\":\"2011\"},\"notes\":[\"n\"],"
		    "\"source\":{\"text\":\"a neighbour\"},\"text\":\"t\","
		    "\"translations\":[{\"field\":\"text\",\"lang\":\"zh\","
		    "\"text\":\"w\"}],\"type\":\"testimony\","
		    "\"x_file\":\"7\"}" },
		{ CONSENT_UN, CONSENT_FULL,
		    "{\"type\":\"case\",\"title\":\"t\",\"imported\":{"
		    "\"fields\":[{\"name\":\"n\",\"text\":\"c\"}]}}",
		    "{\"title\":\"t\",\"type\":\"case\"}" },
		{ CONSENT_MEDIA, CONSENT_FULL, testimony,
		    "{\"date\":{\"edtf\":\"2011\"},\"text\":\"t\","
		    "\"translations\":[{\"field\":\"text\",\"lang\":\"zh\","
		    "\"text\":\"w\"}],\"type\":\"testimony\"}" },
		{ CONSENT_COURT, CONSENT_FULL,
		    "{\"type\":\"document\",\"title\":\"d\","
		    "\"collected_by\":\"AB\","
		    "\"custody\":[{\"what\":\"given\"}]}",
		    "{\"title\":\"d\",\"type\":\"document\"}" },
	};
	json_t *other = json_loads("{\"type\":\"newer\"}", 0, NULL);

	(void)state;
	check(rows, N(rows));
	assert_int_equal(
	    edition_strip(other, CONSENT_UN, CONSENT_FULL), VAULT_EVERSION);
	json_decref(other);
}

static void
calls_a_person_as_allowed(void **state)
{
	static const char person[] =
	    "{\"type\":\"person\",\"kind\":\"individual\","
	    "\"names\":[{\"text\":\"\u7532\u6cb3\u6811\"},"
	    "{\"text\":\"Jia Heshu\",\"family\":\"Jia\"}],"
	    "\"pseudonym\":\"Lawyer H.\",\"sex\":\"m\","
	    "\"born\":{\"edtf\":\"1970-02-03\"},"
	    "\"addresses\":[{\"text\":\"7 Lane\"}],"
	    "\"translations\":[{\"field\":\"names[0].text\","
	    "\"lang\":\"en\",\"text\":\"Heshu\"}]}";
	static const struct row rows[] = {
		{ CONSENT_UN, CONSENT_INITIALS, person,
		    "{\"kind\":\"individual\",\"names\":[{\"text\":\"J. H.\"}],"
		    "\"pseudonym\":\"Lawyer H.\",\"sex\":\"m\","
		    "\"type\":\"person\"}" },
		{ CONSENT_UN, CONSENT_PSEUDONYM, person,
		    "{\"kind\":\"individual\",\"pseudonym\":\"Lawyer H.\","
		    "\"sex\":\"m\",\"type\":\"person\"}" },
		{ CONSENT_UN, CONSENT_UNNAMED, person,
		    "{\"kind\":\"individual\",\"sex\":\"m\","
		    "\"type\":\"person\"}" },
		/* What an office's own field tells is not known. */
		{ CONSENT_UN, CONSENT_PSEUDONYM,
		    "{\"type\":\"person\",\"pseudonym\":\"H.\","
		    "\"x_home\":\"7 Lane\",\"birth_place\":{\"x_no\":\"7\"},"
		    "\"group_size\":{\"op\":\"eq\",\"n\":1,\"x_who\":\"7\"}}",
		    "{\"group_size\":{\"n\":1,\"op\":\"eq\"},"
		    "\"pseudonym\":\"H.\",\"type\":\"person\"}" },
		{ CONSENT_UN, CONSENT_FULL,
		    "{\"type\":\"person\",\"x_home\":\"7 Lane\"}",
		    "{\"type\":\"person\",\"x_home\":\"7 Lane\"}" },
		/* Its first character would be the family name. */
		{ CONSENT_UN, CONSENT_INITIALS,
		    "{\"type\":\"person\","
		    "\"names\":[{\"text\":\"\u7532\u6cb3\u6811\"}]}",
		    "{\"type\":\"person\"}" },
		{ CONSENT_UN, CONSENT_INITIALS,
		    "{\"type\":\"person\","
		    "\"names\":[{\"text\":\"Mar\u00eda J. \u00d1u\u00f1ez\"}]}",
		    "{\"names\":[{\"text\":\"M. J. N.\"}],"
		    "\"type\":\"person\"}" },
		{ CONSENT_MEDIA, CONSENT_FULL,
		    "{\"type\":\"person\",\"names\":[{\"text\":\"A B\"}],"
		    "\"contacts\":[{\"value\":\"1\"}],"
		    "\"born\":{\"edtf\":\"1970\"}}",
		    "{\"born\":{\"edtf\":\"1970\"},"
		    "\"names\":[{\"text\":\"A B\"}],\"type\":\"person\"}" },
	};

	(void)state;
	check(rows, N(rows));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leaves_out_what_is_not_for_them),
		cmocka_unit_test(calls_a_person_as_allowed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
