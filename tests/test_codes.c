/* SPDX-License-Identifier: ISC */
/* What somebody types, and the codes that it finds. */
#include "codes.h"
#include "support.h"

static struct vault_field
field_of(const char *type, const char *name)
{
	struct vault_field f = { 0 };
	struct vault_type t;

	assert_true(vault_type_by_name(&t, type));
	while (vault_field_next(&f, &t))
		if (strcmp(f.name, name) == 0)
			return f;
	fail();
	return f;
}

/* The codes found, parted by blanks, and whether they were typed exactly. */
static void
finds(const struct vault_field *f, const char *typed, bool exact,
    const char *want)
{
	struct codes_found *c = calloc(1, sizeof(*c));
	struct buf got = { 0 };

	assert_non_null(c);
	codes_find(c, f, typed);
	for (size_t i = 0; i < c->n; i++)
		buf_putf(&got, "%s%s", i > 0 ? " " : "", c->code[i].code);
	assert_string_equal(buf_text(&got), want);
	assert_int_equal(c->exact, exact);
	buf_free(&got);
	free(c);
}

static void
finds_codes_by_what_is_typed(void **state)
{
	struct vault_field status = field_of("status", "status");
	struct vault_field medium = field_of("testimony", "medium");
	struct vault_field countries = field_of("case", "countries");
	struct vault_field kind = field_of("person", "kind");

	(void)state;
	finds(&status, "missing", true, "missing");
	finds(&status, "MISSING", true, "missing");
	finds(&status, "1", false, "missing");
	finds(&status, "24", false, "unknown");
	finds(&status, "25", false, "");
	finds(&status, "0103", true, "missing");
	finds(&status, "020201", true, "held-crim arrested");
	finds(&status, "miss", false, "missing");
	finds(&status, "custody", false, "located dead-custody");
	finds(&status, "jail", false, "black-jail");
	finds(&status, "house arrest", false, "house");
	finds(&medium, "testimony of a victim", true, "victim-testimony");
	finds(&medium, "Testimony of a  VICTIM.", true, "victim-testimony");
	finds(
	    &medium, "testimony", false, "victim-testimony witness-testimony");
	finds(&medium, "elephone", false, "telephone");
	finds(&medium, "zzz", false, "");
	finds(&medium, "...", false, "");
	finds(&medium, "", false, "");
	finds(&medium, "\xff", false, "");
	finds(&medium, "99999999999999999999999", false, "");
	finds(&countries, "cn", true, "CN");
	finds(&countries, "CHINA", true, "CN");
	finds(&countries, "tibet", false, "");
	/* In any language that there are labels in, whatever the locale. */
	finds(&status, "\u5931\u8e2a", false, "missing");
	finds(&status, "absuelto", true, "acquitted");
	finds(&countries, "\u4e2d\u56fd", true, "CN");
	finds(&countries, "mexico", true, "MX");
	/* But a part of the reader's own before one of another: del Estado. */
	finds(&kind, "d", false, "individual");
	finds(&kind, "del", false, "agency");
}

static void
a_code_wins_over_a_number(void **state)
{
	struct vault_field f = field_of("testimony", "credibility");
	struct codes_found *c = calloc(1, sizeof(*c));

	(void)state;
	assert_non_null(c);
	finds(&f, "3", true, "3");
	codes_all(c, &f);
	assert_int_equal(c->n, 6);
	assert_int_equal(c->number[5], 6);
	assert_string_equal(codes_label(&f, "3"), "possibly true");
	assert_string_equal(codes_label(&f, "later"), "later");
	free(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_codes_by_what_is_typed),
		cmocka_unit_test(a_code_wins_over_a_number),
	};

	if (vault_setup() != VAULT_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
