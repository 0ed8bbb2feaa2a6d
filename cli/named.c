/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "named.h"
#include "pager.h"
#include "pick.h"

/* More places say nothing that these do not; they are counted. */
#define PLACES_MAX 40

struct place {
	char record[VAULT_ID_LEN], person[VAULT_ID_LEN];
	char field[64];
	enum vault_named_how how;
	size_t at, len;
};

static const struct place *
places_of(const struct named *n, size_t *count)
{
	*count = n->places.len / sizeof(struct place);
	return (const struct place *)(const void *)n->places.bytes;
}

static void
copy(char *to, size_t size, const char *from)
{
	size_t len = strlen(from);

	if (len >= size)
		len = size - 1;
	memcpy(to, from, len);
	to[len] = '\0';
}

void
named_add(void *ctx, const struct vault_named *named)
{
	struct named *n = ctx;
	struct place p = {
		.how = named->how, .at = named->at, .len = named->len
	};

	if (named->how == VAULT_NAMED_PART)
		n->parts++;
	else
		n->names++;
	if (n->places.len / sizeof(p) >= PLACES_MAX) {
		n->more++;
		return;
	}
	copy(p.record, sizeof(p.record), named->record);
	copy(p.person, sizeof(p.person), named->person);
	copy(p.field, sizeof(p.field), named->field);
	buf_put(&n->places, &p, sizeof(p));
}

void
named_free(struct named *n)
{
	buf_free(&n->places);
	memset(n, 0, sizeof(*n));
}

static const char *
word_of(enum vault_named_how how)
{
	switch (how) {
	case VAULT_NAMED_WHOLE:
		return "name";
	case VAULT_NAMED_NUMBER:
		return "number";
	case VAULT_NAMED_PART:
		return "part";
	}
	return "";
}

/* Others who are called so: whom the text means is not known here. */
struct others {
	const char *person;
	struct buf ids;
};

static void
add_other(void *ctx, const char *id, const char *title)
{
	struct others *o = ctx;

	(void)title;
	if (strcmp(id, o->person) != 0)
		buf_putf(&o->ids, "%s%.*s", o->ids.len > 0 ? ", " : "",
		    PICK_SHORT, id);
}

static void
put_others(struct buf *out, const struct session *s, const struct place *p,
    const struct buf *title)
{
	struct others o = { .person = p->person };
	char id[VAULT_ID_LEN];

	if (p->how == VAULT_NAMED_WHOLE && title->len > 0 &&
	    vault_find_id(id, s->vault, buf_text(title), add_other, &o) ==
		VAULT_ECONFLICT &&
	    o.ids.len > 0) {
		buf_put_text(out, "    ");
		say_put(out, SAY_NAMED_OR, buf_text(&o.ids), NULL);
		buf_put_byte(out, '\n');
	}
	buf_free(&o.ids);
}

/* "  4r7dbtyf  text, character 13: 5031hqst  Jin Guanghong" */
static void
put_place(struct buf *out, const struct session *s, const struct place *p)
{
	char record[PICK_SHORT + 1], person[PICK_SHORT + 1];
	struct buf title = { 0 }, field = { 0 }, safe = { 0 };

	copy(record, sizeof(record), p->record);
	copy(person, sizeof(person), p->person);
	if (vault_title(&title, s->vault, p->person) != VAULT_OK)
		buf_reset(&title);
	/* A field may be another office's own. */
	if (text_safe_line(&field, p->field, strlen(p->field)) != VAULT_OK ||
	    text_safe_line(&safe, title.bytes, title.len) != VAULT_OK)
		out->failed = true;
	buf_put_text(out, "  ");
	say_put(out,
	    p->how == VAULT_NAMED_NUMBER ? SAY_NAMED_NUMBER_AT : SAY_NAMED_AT,
	    record, buf_text(&field), say_number(p->at + 1), person, NULL);
	buf_putf(out, "  %s\n", buf_text(&safe));
	put_others(out, s, p, &title);
	buf_free(&title);
	buf_free(&field);
	buf_free(&safe);
}

static void
show_places(const struct session *s, const struct named *n, bool parts)
{
	struct buf out = { 0 };
	size_t count;
	const struct place *list = places_of(n, &count);

	for (size_t i = 0; i < count; i++)
		if ((list[i].how == VAULT_NAMED_PART) == parts)
			put_place(&out, s, &list[i]);
	if (n->more > 0) {
		buf_put_text(&out, "  ");
		say_put(&out, SAY_NAMED_MORE, say_number(n->more), NULL);
		buf_put_byte(&out, '\n');
	}
	say_lines_aside(&out);
	buf_free(&out);
}

static void
print_places(const struct named *n)
{
	struct doc *all = doc_object(), *array = doc_array();
	size_t count;
	const struct place *list = places_of(n, &count);

	for (size_t i = 0; i < count; i++) {
		struct doc *d = doc_object();

		doc_text(d, "record", list[i].record);
		doc_text(d, "field", list[i].field);
		doc_text(d, "person", list[i].person);
		doc_text(d, "by", word_of(list[i].how));
		doc_int(d, "at", (int64_t)list[i].at);
		doc_int(d, "len", (int64_t)list[i].len);
		doc_put(array, NULL, d);
	}
	doc_put(all, "named", array);
	doc_int(all, "names", (int64_t)n->names);
	doc_int(all, "parts", (int64_t)n->parts);
	if (doc_print(all) != 0)
		return;
}

static const char *
first_of(const struct named *n, bool part)
{
	size_t count;
	const struct place *list = places_of(n, &count);

	for (size_t i = 0; i < count; i++)
		if ((list[i].how == VAULT_NAMED_PART) == part)
			return list[i].person;
	return "PERSON";
}

static int
refuse(const struct session *s, const struct named *n, const char *audience)
{
	if (say_is_json())
		print_places(n);
	say_error(SAY_NAMED, say_number(n->names), NULL);
	if (!say_is_json())
		show_places(s, n, false);
	say_hint(SAY_HINT_NAMED, first_of(n, false), audience, NULL);
	return 17;
}

static int
ask_parts(const struct cli *c, const struct session *s, const struct named *n)
{
	struct cli asking = *c;

	/* --yes is for what is seen before; a name is seen only here. */
	asking.yes = false;
	say_warning(SAY_NAMED_PARTS, say_number(n->parts), NULL);
	if (!say_is_json())
		show_places(s, n, true);
	if (ask_has_terminal() && !c->yes &&
	    ask_yes(&asking, false, SAY_ASK_PARTS, NULL))
		return 0;
	if (say_is_json())
		print_places(n);
	say_error(SAY_PARTS_UNCHECKED, NULL);
	say_hint(SAY_HINT_PARTS, NULL);
	return 17;
}

int
named_verdict(const struct cli *c, const struct session *s,
    const struct named *n, size_t short_names, bool checked,
    const char *audience)
{
	if (n->names > 0)
		return refuse(s, n, audience);
	if (short_names > 0)
		say_warning(SAY_SHORT_NAMES, say_number(short_names), NULL);
	return n->parts == 0 || checked ? 0 : ask_parts(c, s, n);
}
