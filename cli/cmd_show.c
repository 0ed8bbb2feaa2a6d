/* SPDX-License-Identifier: ISC */
/* show: one record, all of it. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "codes.h"
#include "layout.h"
#include "pager.h"
#include "pick.h"

#define USAGE "show [ID] [--version VERSION] [--with] [--raw]"

/* ---- Who wrote it last ---- */

struct last {
	int64_t time;
	struct buf office;
	bool head; /* of a head: if there is none left, of the last version */
};

/* A clock that is wrong is never the newest beside one that can be right. */
static bool
is_newer(const struct vault_past *p, const struct last *last)
{
	bool sane = vault_time_is_sane(p->time);

	if (last->office.len == 0)
		return true;
	return sane == vault_time_is_sane(last->time) ? p->time >= last->time
						      : sane;
}

static bool
newest_head(void *ctx, const struct vault_past *p)
{
	struct last *last = ctx;

	if (p->head && !vault_time_is_sane(p->time))
		say_warning(
		    SAY_CLOCK_WRONG, p->office, say_time(p->time), NULL);
	if (p->head < last->head)
		return true;
	if (p->head > last->head || is_newer(p, last)) {
		last->head = p->head;
		last->time = p->time;
		buf_reset(&last->office);
		buf_put_text(&last->office, p->office);
	}
	return true;
}

/* ---- Attachments and conflicts, both ways ---- */

/* Columns that what is in an object stands further in. */
#define DEEPER 2

/* What is gathered for the one output or the other. */
struct page {
	struct session *s;
	const struct vault_record *r;
	struct last last;
	struct buf out, requests, same;
	size_t columns, label_width;
	struct doc *attachments, *conflicts, *values, *asked;
	struct buf field; /* of the conflict that values belong to */
	unsigned n;
	bool with; /* what it hangs together with, too */
	struct doc *linked_by, *links_to, *same_docs;
};

static bool
attachment_line(void *ctx, const struct vault_attachment *a)
{
	struct page *p = ctx;
	struct buf line = { 0 };

	if (p->n++ == 0) {
		buf_put_byte(&p->out, '\n');
		say_put(&p->out, SAY_SHOW_ATTACHMENTS, NULL);
		buf_put_byte(&p->out, '\n');
	}
	/* The name last: it may be right-to-left. */
	buf_putf(&line, "%10s  ", say_size(a->size));
	if (!a->here)
		say_put(&line, SAY_SHOW_NOT_HERE, NULL);
	if (a->same > 1)
		say_put(&line, SAY_SHOW_SAME_NAME, say_number(a->number),
		    a->office, say_time(a->time), NULL);
	if (text_safe_line(&line, a->name.bytes, a->name.len) != VAULT_OK)
		p->out.failed = true;
	layout_block(&p->out, buf_text(&line), line.len, 0, 0);
	buf_free(&line);
	return true;
}

static bool
attachment_doc(void *ctx, const struct vault_attachment *a)
{
	struct page *p = ctx;
	struct doc *d = doc_object();

	doc_text(d, "name", buf_text(&a->name));
	doc_int(d, "size", (int64_t)a->size);
	if (a->here)
		doc_text(d, "sha256", a->sha256);
	doc_bool(d, "here", a->here);
	doc_int(d, "number", a->number);
	doc_text(d, "office", a->office);
	doc_text(d, "time", say_time(a->time));
	doc_put(p->attachments, NULL, d);
	return true;
}

static void
clash_line(void *ctx, const struct vault_clash *c)
{
	struct page *p = ctx;
	struct buf head = { 0 };

	if (c->choice == 0)
		say_put(&p->out, SAY_SHOW_CLASH_FIELD, c->field, NULL);
	if (c->choice == 0)
		buf_put_byte(&p->out, '\n');
	say_put(
	    &head, SAY_SHOW_CLASH_VALUE, c->office, say_time(c->time), NULL);
	layout_block(&p->out, buf_text(&head), head.len, 2, 0);
	if (c->text[0] == '\0') {
		buf_reset(&head);
		say_put(&head, SAY_SHOW_CLASH_EMPTY, NULL);
		layout_block(&p->out, buf_text(&head), head.len, 6, 0);
	} else {
		layout_block(&p->out, c->text, strlen(c->text), 6, p->columns);
	}
	buf_free(&head);
}

/* The values gathered belong to one conflict: put it out. */
static void
end_conflict(struct page *p)
{
	struct doc *d;

	if (p->values == NULL)
		return;
	d = doc_object();
	doc_text(d, "field", buf_text(&p->field));
	doc_put(d, "values", p->values);
	doc_put(p->conflicts, NULL, d);
	p->values = NULL;
}

static void
clash_doc(void *ctx, const struct vault_clash *c)
{
	struct page *p = ctx;
	struct doc *d = doc_object();

	if (c->choice == 0) {
		end_conflict(p);
		buf_reset(&p->field);
		buf_put_text(&p->field, c->field);
		p->values = doc_array();
	}
	doc_text(d, "version", c->version);
	doc_text(d, "office", c->office);
	doc_text(d, "time", say_time(c->time));
	doc_text(d, "text", c->text);
	doc_put(p->values, NULL, d);
}

/* ---- What it hangs together with ---- */

static void
put_link(struct buf *out, const struct vault_link *l)
{
	struct buf nobody = { 0 };
	const char *title = l->title;

	if (!l->here) {
		say_put(&nobody, SAY_WITHHELD, NULL);
		title = buf_text(&nobody);
	}
	buf_putf(out, "  %s\t%.*s\t%s\t%s\t", l->field, PICK_SHORT, l->id,
	    l->type, l->date);
	/* The title last: it may be right-to-left. */
	if (text_safe_line(out, title, strlen(title)) != VAULT_OK)
		out->failed = true;
	buf_put_byte(out, '\n');
	buf_free(&nobody);
}

static void
put_link_doc(struct doc *array, const struct vault_link *l)
{
	struct doc *d = doc_object();

	doc_text(d, "field", l->field);
	doc_text(d, "id", l->id);
	doc_bool(d, "here", l->here);
	if (l->type[0] != '\0')
		doc_text(d, "type", l->type);
	if (l->title[0] != '\0')
		doc_text(d, "title", l->title);
	if (l->date[0] != '\0')
		doc_text(d, "date", l->date);
	doc_put(array, NULL, d);
}

/* Rows of the two directions, or documents. */
struct linked {
	struct page *p;
	struct buf rows[2];
};

static void
take_link(void *ctx, const struct vault_link *l)
{
	struct linked *to = ctx;

	if (say_is_json())
		put_link_doc(l->to ? to->p->links_to : to->p->linked_by, l);
	else
		put_link(&to->rows[l->to], l);
}

static enum vault_err
put_links(struct page *p)
{
	static const enum say heads[2] = { SAY_SHOW_LINKED_BY,
		SAY_SHOW_LINKS_TO };
	struct linked to = { .p = p };
	uint64_t more = 0;
	enum vault_err err;

	if (!p->with)
		return VAULT_OK;
	err = vault_links(p->s->vault, p->r->id, &more, take_link, &to);
	for (size_t i = 0; i < 2; i++) {
		if (to.rows[i].len > 0) {
			buf_put_byte(&p->out, '\n');
			say_put(&p->out, heads[i], NULL);
			buf_put_byte(&p->out, '\n');
			buf_put(&p->out, to.rows[i].bytes, to.rows[i].len);
		}
		buf_free(&to.rows[i]);
	}
	if (more > 0 && !say_is_json()) {
		say_put(&p->out, SAY_SHOW_LINKS_MORE, say_number(more), NULL);
		buf_put_byte(&p->out, '\n');
	}
	return err;
}

/* ---- For people ---- */

static void
measure(void *ctx, const struct vault_line *l)
{
	struct page *p = ctx;
	const char *label = say_label(l->label);
	size_t width = text_width(label, strlen(label)) + DEEPER * l->depth;

	if (!l->block && !l->heading && width > p->label_width &&
	    width <= LAYOUT_LABEL_MAX)
		p->label_width = width;
}

static void
body_line(void *ctx, const struct vault_line *l)
{
	struct page *p = ctx;
	struct buf label = { 0 }, text = { 0 };

	layout_blanks(&label, DEEPER * l->depth);
	buf_put_text(&label, say_label(l->label));
	codes_describe(&text, l->vocab, l->text, l->len);
	codes_vague(&text, l);
	if (!l->block && !l->heading)
		layout_field(&p->out, buf_text(&label), p->label_width,
		    buf_text(&text), text.len, p->columns);
	else
		layout_block(&p->out, buf_text(&label), label.len, 0, 0);
	if (l->block)
		layout_block(&p->out, l->text, l->len, 4 + DEEPER * l->depth,
		    p->columns);
	buf_free(&label);
	buf_free(&text);
}

static void
head_line(struct page *p, enum say label, const char *text)
{
	struct buf b = { 0 };

	say_put(&b, label, NULL);
	layout_field(
	    &p->out, buf_text(&b), p->label_width, text, strlen(text), 0);
	buf_free(&b);
}

static void
remark(struct page *p, enum say what)
{
	say_put(&p->out, what, NULL);
	buf_put_byte(&p->out, '\n');
}

/* What private_fields names in vain, a remark each. */
static void
idle(struct page *p)
{
	const char *at = buf_text(&p->r->idle);

	while (*at != '\0') {
		size_t len = strcspn(at, "\n");
		struct buf path = { 0 };

		buf_put(&path, at, len);
		say_put(&p->out, SAY_SHOW_IDLE, buf_text(&path), NULL);
		buf_put_byte(&p->out, '\n');
		buf_free(&path);
		at += len + (at[len] != '\0');
	}
}

static void
request_line(void *ctx, const struct vault_request *request)
{
	struct page *p = ctx;

	say_put(&p->requests, SAY_SHOW_REQUEST, request->office,
	    say_time(request->since), NULL);
	buf_put_byte(&p->requests, '\n');
}

/* "Teng Biao, 57v3hh43": another record of this person. */
static void
same_line(void *ctx, const char *id, const char *title)
{
	struct page *p = ctx;
	struct buf label = { 0 }, text = { 0 };

	if (*title == '\0')
		say_put(&text, SAY_WITHHELD, NULL);
	buf_putf(&text, "%s, %.*s", title, PICK_SHORT, id);
	say_put(&label, SAY_SHOW_SAME, NULL);
	layout_field(&p->same, buf_text(&label), p->label_width,
	    buf_text(&text), text.len, 0);
	buf_free(&label);
	buf_free(&text);
}

static void
same_doc(void *ctx, const char *id, const char *title)
{
	struct page *p = ctx;
	struct doc *d = doc_object();

	doc_text(d, "id", id);
	doc_text(d, "title", title);
	doc_put(p->same_docs, NULL, d);
}

static void
head(struct page *p)
{
	const struct vault_record *r = p->r;
	struct buf changed = { 0 };

	buf_putf(&p->out, "%c%s", PAGER_HEADING, r->type);
	buf_put_text(
	    &p->out, text_is_rtl(r->title.bytes, r->title.len) ? "\n" : "  ");
	if (!r->forgotten)
		say_put_title(&p->out, &r->title);
	buf_putf(&p->out, "%c\n", PAGER_END);
	head_line(p, SAY_SHOW_ID, r->id);
	buf_putf(&changed, "%s, %s", say_time(p->last.time),
	    buf_text(&p->last.office));
	head_line(p, SAY_SHOW_CHANGED, buf_text(&changed));
	buf_free(&changed);
	buf_put(&p->out, p->same.bytes, p->same.len);
	if (r->n_heads > 1)
		head_line(p, SAY_SHOW_VERSIONS, say_number(r->n_heads));
	if (r->more > 0)
		head_line(p, SAY_SHOW_MORE, say_number(r->more));
	if (r->forgotten)
		remark(p, SAY_SHOW_FORGOTTEN);
	buf_put(&p->out, p->requests.bytes, p->requests.len);
	if (r->withheld)
		remark(p, SAY_SHOW_WITHHELD);
	idle(p);
	buf_put_byte(&p->out, '\n');
}

static enum vault_err
for_people(struct page *p)
{
	const struct vault_record *r = p->r;
	struct vault *v = p->s->vault;
	struct buf changed = { 0 };
	enum vault_err err;

	p->columns = pager_columns();
	say_put(&changed, SAY_SHOW_CHANGED, NULL);
	p->label_width = text_width(changed.bytes, changed.len);
	buf_free(&changed);
	if ((err = vault_requests(v, r->id, request_line, p)) != VAULT_OK ||
	    (err = vault_lines(v, &r->body, measure, p)) != VAULT_OK ||
	    (err = vault_same_each(v, r->id, same_line, p)) != VAULT_OK)
		return err;
	head(p);
	if ((err = vault_lines(v, &r->body, body_line, p)) != VAULT_OK)
		return err;
	if (r->clashes.len > 0) {
		buf_put_byte(&p->out, '\n');
		remark(p, SAY_SHOW_CLASHES);
		if ((err = vault_clashes(v, r, clash_line, p)) != VAULT_OK)
			return err;
		remark(p, SAY_SHOW_RESOLVE);
	}
	if ((err = vault_attachments(v, r->id, attachment_line, p)) !=
		VAULT_OK ||
	    (err = put_links(p)) != VAULT_OK ||
	    (err = buf_ok(&p->out)) != VAULT_OK)
		return err;
	pager_print(&p->out);
	return VAULT_OK;
}

/* ---- For programs ---- */

static struct doc *
describe(const struct page *p)
{
	const struct vault_record *r = p->r;
	struct doc *d = doc_object();

	doc_text(d, "id", r->id);
	doc_text(d, "type", r->type);
	doc_text(d, "title", buf_text(&r->title));
	doc_text(d, "time", say_time(p->last.time));
	doc_text(d, "office", buf_text(&p->last.office));
	doc_int(d, "versions_now", r->n_heads);
	if (r->more > 0)
		doc_int(d, "versions_waiting", r->more);
	if (r->withheld)
		doc_bool(d, "withheld", true);
	if (r->idle.len > 0)
		doc_bool(d, "hides_nothing", true);
	if (r->forgotten)
		doc_bool(d, "forgotten", true);
	doc_json(d, "body", buf_text(&r->body), r->body.len);
	return d;
}

static void
request_doc(void *ctx, const struct vault_request *request)
{
	struct page *p = ctx;
	struct doc *d = doc_object();

	doc_text(d, "office", request->office);
	doc_text(d, "since", say_time(request->since));
	doc_put(p->asked, NULL, d);
}

/* What is gathered for programs, beside the record itself. */
static void
docs_new(struct page *p)
{
	p->attachments = doc_array();
	p->conflicts = doc_array();
	p->asked = doc_array();
	p->linked_by = doc_array();
	p->links_to = doc_array();
	p->same_docs = doc_array();
}

static void
docs_free(struct page *p)
{
	doc_free(p->attachments);
	doc_free(p->conflicts);
	doc_free(p->asked);
	doc_free(p->linked_by);
	doc_free(p->links_to);
	doc_free(p->same_docs);
}

static void
put_doc(struct doc *d, const char *name, struct doc **child)
{
	doc_put(d, name, *child);
	*child = NULL; /* given away */
}

static enum vault_err
gather_docs(struct page *p)
{
	struct vault *v = p->s->vault;
	enum vault_err err = VAULT_OK;

	if (p->r->clashes.len > 0)
		err = vault_clashes(v, p->r, clash_doc, p);
	end_conflict(p);
	if (err == VAULT_OK)
		err = vault_attachments(v, p->r->id, attachment_doc, p);
	if (err == VAULT_OK)
		err = vault_requests(v, p->r->id, request_doc, p);
	if (err == VAULT_OK)
		err = vault_same_each(v, p->r->id, same_doc, p);
	return err == VAULT_OK ? put_links(p) : err;
}

static enum vault_err
for_programs(struct page *p)
{
	struct doc *d;
	enum vault_err err;

	docs_new(p);
	if ((err = gather_docs(p)) == VAULT_OK) {
		d = describe(p);
		put_doc(d, "forget_requests", &p->asked);
		put_doc(d, "conflicts", &p->conflicts);
		put_doc(d, "attachments", &p->attachments);
		if (strcmp(p->r->type, "person") == 0)
			put_doc(d, "same_person", &p->same_docs);
		if (p->with) {
			put_doc(d, "linked_by", &p->linked_by);
			put_doc(d, "links_to", &p->links_to);
		}
		err = doc_print(d) == 0 ? VAULT_OK : VAULT_EIO;
	}
	docs_free(p);
	return err;
}

/* ---- The command ---- */

static int
show(struct session *s, const struct vault_record *r, bool with)
{
	struct page p = { .s = s, .r = r, .with = with };
	enum vault_err err;

	err = vault_history(s->vault, r->id, newest_head, &p.last);
	if (err == VAULT_OK)
		err = say_is_json() ? for_programs(&p) : for_people(&p);
	buf_free(&p.last.office);
	buf_free(&p.out);
	buf_free(&p.requests);
	buf_free(&p.same);
	buf_free(&p.field);
	return err == VAULT_OK ? 0 : session_fault(s, err);
}

/* The body as it is stored, byte for byte, but not at a terminal. */
static int
show_raw(const struct vault_record *r)
{
	struct buf b = { 0 };
	enum vault_err err = VAULT_OK;

	if (isatty(STDOUT_FILENO))
		err = text_safe_line(&b, r->body.bytes, r->body.len);
	else
		buf_put(&b, r->body.bytes, r->body.len);
	buf_put_byte(&b, '\n');
	if (err == VAULT_OK && (err = buf_ok(&b)) == VAULT_OK)
		fwrite(b.bytes, 1, b.len, stdout);
	buf_free(&b);
	return err == VAULT_OK ? 0 : say_fault(err, NULL, NULL);
}

int
cmd_show(struct cli *c, int argc, char **argv)
{
	const char *version = NULL;
	bool raw = false, with = false;
	const struct option_of options[] = { { "--version", &version, NULL },
		{ "--raw", NULL, &raw }, { "--with", NULL, &with } };
	int words = cli_options(argc, argv, options, 3), status;
	char id[VAULT_ID_LEN];
	struct vault_record r;
	struct session s;
	enum vault_err err;

	if (words < 0 || words > 1)
		return say_usage(USAGE);
	if (raw && say_is_json()) {
		say_error(SAY_RAW_JSON, NULL);
		return 2;
	}
	status = pick_open(&s, id, c, words == 1 ? argv[1] : NULL);
	if (status != 0)
		return status;
	err = version == NULL ? vault_get(&r, s.vault, id)
			      : vault_get_version(&r, s.vault, id, version);
	if (err != VAULT_OK)
		status = version == NULL
		    ? session_fault(&s, err)
		    : pick_no_version(&s, id, version, err);
	else
		status = raw ? show_raw(&r) : show(&s, &r, with);
	if (err == VAULT_OK)
		vault_record_free(&r);
	session_close(&s);
	return status;
}
