/* SPDX-License-Identifier: ISC */
/*
 * types: what a record can hold.  vocab: the codes of a vocabulary.  Both read
 * the table that checks records; neither needs a vault.
 */
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "codes.h"
#include "pager.h"
#include "say.h"

/* ---- Fields ---- */

/* What stands in a field: "[code act]" is a list of codes of that vocabulary.
 */
static void
put_form(struct buf *out, const struct vault_field *f)
{
	const char *of = f->vocab;

	if (f->kind == VAULT_KIND_LINK)
		of = *f->targets == '\0' ? "any" : f->targets;
	else if (f->kind == VAULT_KIND_OBJECT)
		of = f->object;
	buf_put_text(out, f->many ? "[" : "");
	buf_put_text(out, f->form);
	if (of != NULL)
		buf_putf(out, " %s", of);
	buf_put_text(out, f->many ? "]" : "");
}

static void
put_need(struct buf *out, const struct vault_field *f)
{
	if (f->must)
		say_put(out, SAY_TYPES_MUST, NULL);
	else if (f->should)
		say_put(out, SAY_TYPES_SHOULD, NULL);
	else if (f->must_when != NULL)
		say_put(out, SAY_TYPES_MUST_WHEN, f->must_when, NULL);
}

static void
put_row(struct buf *out, const struct vault_field *f)
{
	buf_putf(out, "%s\t", f->name);
	put_form(out, f);
	buf_put_byte(out, '\t');
	put_need(out, f);
	buf_putf(out, "\t%s", say_label(f->label));
	if (f->help != NULL)
		buf_putf(out, "; %s", say_label(f->help));
	buf_put_byte(out, '\n');
}

static struct doc *
field_doc(const struct vault_field *f)
{
	struct vault_field m = { 0 };
	struct doc *d = doc_object(), *members = doc_array();

	doc_text(d, "name", f->name);
	doc_text(d, "form", f->form);
	doc_bool(d, "many", f->many);
	doc_text(d, "need", f->must ? "must" : f->should ? "should" : "");
	if (f->must_when != NULL)
		doc_text(d, "must_when", f->must_when);
	if (f->only_when != NULL)
		doc_text(d, "only_when", f->only_when);
	if (f->vocab != NULL)
		doc_text(d, "vocab", f->vocab);
	if (f->kind == VAULT_KIND_LINK)
		doc_text(d, "targets", f->targets);
	doc_text(d, "label", f->label);
	if (f->help != NULL)
		doc_text(d, "help", f->help);
	if (f->object != NULL)
		doc_text(d, "object", f->object);
	while (vault_member_next(&m, f))
		doc_put(members, NULL, field_doc(&m));
	if (f->object != NULL)
		doc_put(d, "members", members);
	else
		doc_free(members);
	return d;
}

/* The one or the other; both are freed. */
static int
print_all(struct buf *lines, struct doc *all)
{
	int status = 0;

	if (say_is_json()) {
		status = doc_print(all);
	} else {
		pager_table(lines);
		doc_free(all);
	}
	buf_free(lines);
	return status;
}

/* ---- What is asked for ---- */

/* A type, or a field of it that is an object. */
struct about {
	struct vault_type type;
	struct vault_field field; /* row is NULL: the type itself */
};

static bool
next_in(struct vault_field *f, const struct about *a)
{
	return a->field.row == NULL ? vault_field_next(f, &a->type)
				    : vault_member_next(f, &a->field);
}

/* Nothing has that name; the nearest that has.  Returns the exit status. */
static int
no_name(enum say what, const char *name, const char *const *near, size_t n)
{
	say_error(what, name, NULL);
	if (n > 0)
		say_hint(SAY_HINT_MEAN, near[0], NULL);
	return 2;
}

int
cli_no_type(const char *name)
{
	struct vault_type t = { 0 };
	struct buf all = { 0 };
	const char *near[3];
	size_t n = vault_near_types(near, name);

	(void)no_name(SAY_NO_TYPE, name, near, n);
	while (n == 0 && vault_type_next(&t))
		buf_putf(&all, "%s%s", all.len > 0 ? ", " : "", t.name);
	if (n == 0)
		say_hint(SAY_HINT_TYPES, buf_text(&all), NULL);
	buf_free(&all);
	return 2;
}

/* One step down: a member by its name.  Returns an exit status. */
static int
step(struct about *a, const char *name, size_t len)
{
	struct vault_field f = { 0 };
	const char *near[3];
	char part[64] = "";
	size_t n;

	if (len < sizeof(part))
		memcpy(part, name, len);
	while (next_in(&f, a)) {
		if (strcmp(f.name, part) != 0)
			continue;
		a->field = f;
		return 0;
	}
	n = a->field.row == NULL ? vault_near_fields(near, &a->type, part)
				 : vault_near_members(near, &a->field, part);
	return no_name(SAY_TYPES_NO_FIELD, part, near, n);
}

/* "act", "act.detention", "act.detention.remedies". */
static int
look_up(struct about *a, const char *name)
{
	size_t len = strcspn(name, ".");
	char type[64] = "";
	int status = 0;

	*a = (struct about){ 0 };
	if (len < sizeof(type))
		memcpy(type, name, len);
	if (!vault_type_by_name(&a->type, type))
		return cli_no_type(type);
	while (status == 0 && name[len] == '.') {
		name += len + 1;
		len = strcspn(name, ".");
		status = step(a, name, len);
	}
	return status;
}

static int
show_fields(const struct about *a)
{
	struct buf lines = { 0 };
	struct vault_field f = { 0 };

	if (a->field.row != NULL && a->field.object == NULL)
		put_row(&lines, &a->field);
	while (next_in(&f, a))
		put_row(&lines, &f);
	pager_table(&lines);
	buf_free(&lines);
	return 0;
}

static struct doc *
type_doc(const struct about *a)
{
	struct vault_field f = { 0 };
	struct doc *d = doc_object(), *fields = doc_array();

	doc_text(d, "type", a->type.name);
	doc_text(d, "help", a->type.help);
	doc_int(d, "level", a->type.level);
	doc_bool(d, "facts_written_once", a->type.fixed);
	while (vault_field_next(&f, &a->type))
		doc_put(fields, NULL, field_doc(&f));
	doc_put(d, "fields", fields);
	return d;
}

static int
show_types(void)
{
	struct about a = { 0 };
	struct buf lines = { 0 };
	struct doc *all = doc_array();

	while (vault_type_next(&a.type)) {
		buf_putf(
		    &lines, "%s\t%s\n", a.type.name, say_label(a.type.help));
		doc_put(all, NULL, type_doc(&a));
	}
	return print_all(&lines, all);
}

int
cmd_types(struct cli *c, int argc, char **argv)
{
	int words = cli_options(argc, argv, NULL, 0), status;
	struct about a;

	(void)c;
	if (words < 0 || words > 1)
		return say_usage("types [TYPE[.FIELD]]");
	if (words == 0)
		return show_types();
	if ((status = look_up(&a, argv[1])) != 0)
		return status;
	if (!say_is_json())
		return show_fields(&a);
	return doc_print(
	    a.field.row == NULL ? type_doc(&a) : field_doc(&a.field));
}

/* ---- Vocabularies ---- */

static struct doc *
code_doc(const struct vault_code *code)
{
	struct vault_language l = { 0 };
	struct doc *d = doc_object(), *labels = doc_object();

	doc_text(d, "code", code->code);
	if (code->esf != NULL)
		doc_text(d, "esf", code->esf);
	if (code->group != NULL)
		doc_text(d, "group", code->group);
	doc_text(labels, "en", code->label);
	while (vault_language_next(&l))
		doc_text(labels, l.lang, vault_code_label(code, l.lang));
	doc_put(d, "labels", labels);
	return d;
}

static struct doc *
vocab_doc(const struct vault_vocab *v)
{
	struct doc *d = doc_object(), *codes = doc_array(),
		   *unreviewed = doc_array();
	struct vault_language l = { 0 };
	struct vault_code code = { 0 };

	doc_text(d, "vocab", v->name);
	if (v->table != NULL)
		doc_text(d, "table", v->table);
	doc_bool(d, "open", v->open);
	while (vault_language_next(&l))
		if (!l.reviewed)
			doc_text(unreviewed, NULL, l.lang);
	doc_put(d, "labels_unreviewed", unreviewed);
	while (vault_vocab_code_next(&code, v))
		doc_put(codes, NULL, code_doc(&code));
	doc_put(d, "codes", codes);
	return d;
}

static int
show_vocabs(void)
{
	struct vault_vocab v = { 0 };
	struct buf lines = { 0 };
	struct doc *all = doc_array();

	while (vault_vocab_next(&v)) {
		struct vault_code code = { 0 };
		uint64_t n = 0;

		while (vault_vocab_code_next(&code, &v))
			n++;
		buf_putf(
		    &lines, "%s\t%s\t", v.name, v.table == NULL ? "" : v.table);
		say_put(&lines, SAY_VOCAB_CODES, say_number(n), NULL);
		buf_put_byte(&lines, '\n');
		doc_put(all, NULL, vocab_doc(&v));
	}
	return print_all(&lines, all);
}

static int
show_codes(const struct vault_vocab *v, const char *lang)
{
	const char *unreviewed;
	struct buf lines = { 0 };
	struct vault_code code = { 0 };

	while (vault_vocab_code_next(&code, v))
		buf_putf(&lines, "%s\t%s\t%s\n", code.code,
		    code.esf == NULL ? "" : code.esf,
		    vault_code_label(&code, lang));
	pager_table(&lines);
	buf_free(&lines);
	if ((unreviewed = codes_unreviewed(lang)) != NULL)
		say_warning(SAY_VOCAB_UNREVIEWED, unreviewed, NULL);
	return 0;
}

static bool
is_language(const char *lang)
{
	struct vault_language l = { 0 };

	while (vault_language_next(&l))
		if (strcmp(l.lang, lang) == 0)
			return true;
	return strcmp(lang, "en") == 0;
}

int
cmd_vocab(struct cli *c, int argc, char **argv)
{
	const char *lang = NULL, *near[3];
	const struct option_of options[] = { { "--lang", &lang, NULL } };
	int words = cli_options(argc, argv, options, 1);
	struct vault_vocab v;

	(void)c;
	if (words < 0 || words > 1 || (lang != NULL && !is_language(lang)))
		return say_usage("vocab [NAME] [--lang en|es|zh]");
	if (words == 0)
		return show_vocabs();
	if (!vault_vocab_by_name(&v, argv[1]))
		return no_name(SAY_VOCAB_NONE, argv[1], near,
		    vault_near_vocabs(near, argv[1]));
	if (say_is_json())
		return doc_print(vocab_doc(&v));
	return show_codes(&v, lang == NULL ? say_lang() : lang);
}
