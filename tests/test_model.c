/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "record/model.h"

static const char *const type_names[] = { "case", "person", "act", "status",
	"testimony", "document", "intervention", "consent", "count" };
#define NTYPES (sizeof(type_names) / sizeof(type_names[0]))

static bool
is_snake(const char *name)
{
	return name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_")] ==
	    '\0';
}

/* What must hold for each row, whatever it describes. */
static void
check_row(const struct model_field *f)
{
	assert_non_null(f->name);
	assert_true(is_snake(f->name));
	assert_non_null(f->label);
	assert_true(f->kind < MODEL_KINDS);
	assert_int_equal(f->kind >= MODEL_OBJECT, f->object != NULL);
	assert_int_equal(f->kind == MODEL_CODE, f->codes != NULL);
	assert_int_equal(f->kind == MODEL_LINK, f->targets != NULL);
	assert_int_equal(f->need == MODEL_MUST_WITH, f->group != NULL);
	if (f->kind == MODEL_DEC)
		assert_true(f->low < f->high);
	if (f->preset != NULL)
		assert_non_null(model_code(f->codes, f->preset));
	if (f->kind >= MODEL_DATE)
		assert_ptr_equal(f->object, model_object(f->object->name));
	for (size_t i = 0; f->object != NULL && i < f->object->n; i++) {
		const struct model_field *m = &f->object->fields[i];

		check_row(m);
		if (m->not_before != NULL)
			assert_non_null(model_member(f->object, m->not_before));
	}
}

static void
lists_the_types_in_order(void **state)
{
	const struct model_type *type = NULL;

	(void)state;
	for (size_t i = 0; i < NTYPES; i++) {
		type = model_next_type(type);
		assert_string_equal(type->name, type_names[i]);
		assert_ptr_equal(model_type(type_names[i]), type);
	}
	assert_null(model_next_type(type));
	assert_null(model_type("gossip"));
	assert_null(model_type(""));
}

static void
has_sound_rows(void **state)
{
	const struct model_type *type = NULL;

	(void)state;
	while ((type = model_next_type(type)) != NULL) {
		const struct model_field *field = NULL;
		size_t n = 0;

		assert_true(type->level >= 0 && type->level <= 3);
		while ((field = model_next_field(type, field)) != NULL) {
			n++;
			check_row(field);
			assert_ptr_equal(model_field(type, field->name), field);
			if (field->not_before != NULL)
				assert_non_null(
				    model_field(type, field->not_before));
		}
		assert_true(n > type->own.n && n < 100);
	}
}

static void
has_every_field_once(void **state)
{
	const struct model_type *type = NULL;

	(void)state;
	while ((type = model_next_type(type)) != NULL) {
		const struct model_field *a = NULL;

		while ((a = model_next_field(type, a)) != NULL)
			for (const struct model_field *b = a;
			     (b = model_next_field(type, b)) != NULL;)
				assert_string_not_equal(a->name, b->name);
	}
}

static void
knows_the_fields_of_the_page(void **state)
{
	static const char *const rows[] = { "case title", "case follows",
		"person names", "person pseudonym", "person protected",
		"person relations", "status last_contact", "status supersedes",
		"testimony relayed_by", "testimony recontact",
		"document shows_faces", "document custody", "status imported",
		"person review", "testimony private_fields",
		"document translations" };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char type[16] = "";
		const char *blank = strchr(rows[i], ' ');

		memcpy(type, rows[i], (size_t)(blank - rows[i]));
		assert_non_null(model_field(model_type(type), blank + 1));
	}
	assert_null(model_field(model_type("person"), "act"));
}

static void
lets_a_type_sharpen_a_common_field(void **state)
{
	(void)state;
	assert_int_equal(
	    model_field(model_type("case"), "title")->need, MODEL_SHOULD);
	assert_int_equal(
	    model_field(model_type("status"), "title")->need, MODEL_OPTIONAL);
}

static void
knows_titles_made_of_fields(void **state)
{
	const struct model_type *type = NULL;

	(void)state;
	while ((type = model_next_type(type)) != NULL) {
		const char *at = type->title;

		while (*at != '\0') {
			size_t len = strcspn(at, " |+");
			char name[32] = "";

			assert_true(len > 0 && len < sizeof(name));
			memcpy(name, at, len);
			assert_non_null(model_field(type, name));
			at += len;
			at += *at != '\0';
		}
	}
}

static void
finds_fields_by_path(void **state)
{
	const struct model_type *status = model_type("status");
	const struct model_type *person = model_type("person");

	(void)state;
	assert_string_equal(
	    model_path(status, "status", false)->name, "status");
	assert_string_equal(
	    model_path(status, "sentence.length", false)->name, "length");
	assert_string_equal(
	    model_path(status, "sentence.length.iso", false)->name, "iso");
	assert_string_equal(model_path(person, "names", false)->name, "names");
	assert_string_equal(
	    model_path(person, "names[12].text", true)->name, "text");
	assert_string_equal(
	    model_path(person, "notes[0]", true)->name, "notes");
	assert_null(model_path(person, "names.text", false));
	assert_null(model_path(person, "names[0].text", false));
	assert_null(model_path(person, "names[].text", true));
	assert_null(model_path(person, "names[0", true));
	assert_null(model_path(person, "pseudonym[0]", true));
	assert_null(model_path(person, "pseudonym.text", true));
	assert_null(model_path(person, "", true));
	assert_null(model_path(person, ".", true));
	assert_null(model_path(person, "mother.", true));
	assert_null(model_path(person, "mother..ref", true));
}

static void
knows_vocabularies(void **state)
{
	const struct model_vocab *vocab = NULL;
	size_t n = 0;

	(void)state;
	while ((vocab = model_next_vocab(vocab)) != NULL) {
		n++;
		assert_ptr_equal(model_vocab(vocab->name), vocab);
		assert_true(vocab->n > 0);
		for (size_t i = 0; i < vocab->n; i++) {
			const struct model_code *c = &vocab->codes[i];

			assert_ptr_equal(model_code(vocab, c->code), c);
			assert_non_null(c->label);
		}
	}
	assert_true(n > 10);
	assert_int_equal(model_vocab("country")->n, 249);
	assert_int_equal(model_vocab("status")->n, 24);
	assert_int_equal(model_vocab("medium")->n, 21);
	assert_string_equal(
	    model_code(model_vocab("status"), "missing")->esf, "0103");
	assert_null(model_code(model_vocab("status"), "charged")->esf);
	assert_string_equal(
	    model_code(model_vocab("country"), "CN")->label, "China");
	assert_null(model_code(model_vocab("country"), "cn"));
	assert_null(model_vocab("gossip"));
}

static void
counts_eleven_statuses_as_in_custody(void **state)
{
	const struct model_vocab *vocab = model_vocab("status");
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < vocab->n; i++)
		n += vocab->codes[i].group != NULL &&
		    strcmp(vocab->codes[i].group, "in-custody") == 0;
	assert_int_equal(n, 11);
}

static void
tells_what_a_link_may_point_to(void **state)
{
	const struct model_type *t = model_type("testimony");

	(void)state;
	assert_true(model_may_link(model_field(t, "about"), "person"));
	assert_true(
	    model_may_link(model_field(t, "corroborates"), "testimony"));
	assert_false(model_may_link(model_field(t, "corroborates"), "test"));
	assert_false(model_may_link(model_field(t, "corroborates"), "person"));
	assert_false(model_may_link(model_field(t, "medium"), "person"));
}

static void
suggests_near_names(void **state)
{
	const char *near[MODEL_NEAR];

	(void)state;
	assert_int_equal(model_near_types(near, "persom"), 1);
	assert_string_equal(near[0], "person");
	assert_true(
	    model_near_fields(near, model_type("person"), "pseudonim") >= 1);
	assert_string_equal(near[0], "pseudonym");
	assert_true(
	    model_near_members(near, model_object("place"), "countyr") >= 1);
	assert_string_equal(near[0], "country");
	assert_true(
	    model_near_codes(near, model_vocab("status"), "Mising") >= 1);
	assert_string_equal(near[0], "missing");
	assert_true(model_near_codes(near, model_vocab("status"), "0103") >= 1);
	assert_string_equal(near[0], "missing");
	assert_true(
	    model_near_codes(near, model_vocab("country"), "China") >= 1);
	assert_string_equal(near[0], "CN");
	assert_true(model_near_codes(near, model_vocab("country"), "cn") >= 1);
	assert_string_equal(near[0], "CN");
	assert_true(
	    model_near_codes(near, model_vocab("medium"), "victim") >= 1);
	assert_string_equal(near[0], "victim-testimony");
	assert_int_equal(model_near_types(near, "xylophone"), 0);
	assert_int_equal(model_near_types(near, ""), 0);
	assert_int_equal(
	    model_near_codes(near, model_vocab("country"), "a"), MODEL_NEAR);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_the_types_in_order),
		cmocka_unit_test(has_sound_rows),
		cmocka_unit_test(has_every_field_once),
		cmocka_unit_test(knows_the_fields_of_the_page),
		cmocka_unit_test(lets_a_type_sharpen_a_common_field),
		cmocka_unit_test(knows_titles_made_of_fields),
		cmocka_unit_test(finds_fields_by_path),
		cmocka_unit_test(knows_vocabularies),
		cmocka_unit_test(counts_eleven_statuses_as_in_custody),
		cmocka_unit_test(tells_what_a_link_may_point_to),
		cmocka_unit_test(suggests_near_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
