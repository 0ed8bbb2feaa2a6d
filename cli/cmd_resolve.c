/* SPDX-License-Identifier: ISC */
/* resolve: where two versions disagree a person decides, field by field. */
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "layout.h"
#include "pick.h"

#define USAGE "resolve [ID] [--take VERSION]"

/* A field with its values, as they are shown; and which was taken. */
struct clash {
	struct buf shown;
	size_t choices;
	size_t taken; /* SIZE_MAX: none yet */
};

struct clashes {
	struct clash *at;
	size_t n;
	const char *take; /* the beginning of a version, or NULL */
	bool failed;
};

static bool
make_room(struct clashes *all, size_t n)
{
	struct clash *more;

	if (n <= all->n)
		return true;
	if ((more = reallocarray(all->at, n, sizeof(*more))) == NULL)
		return false;
	all->at = more;
	while (all->n < n)
		all->at[all->n++] = (struct clash){ .taken = SIZE_MAX };
	return true;
}

static void
show(struct buf *out, const struct vault_clash *c)
{
	struct buf head = { 0 };

	if (c->choice == 0) {
		say_put(out, SAY_SHOW_CLASH_FIELD, c->field, NULL);
		buf_put_byte(out, '\n');
	}
	buf_putf(&head, "%zu  ", c->choice + 1);
	say_put(
	    &head, SAY_SHOW_CLASH_VALUE, c->office, say_time(c->time), NULL);
	layout_block(out, buf_text(&head), head.len, 2, 0);
	buf_reset(&head);
	if (c->text[0] == '\0')
		say_put(&head, SAY_SHOW_CLASH_EMPTY, NULL);
	else
		buf_put_text(&head, c->text);
	layout_block(out, buf_text(&head), head.len, 6, 80);
	buf_free(&head);
}

static void
gather(void *ctx, const struct vault_clash *c)
{
	struct clashes *all = ctx;
	struct clash *clash;

	if (all->failed || !make_room(all, c->clash + 1)) {
		all->failed = true;
		return;
	}
	clash = &all->at[c->clash];
	clash->choices = c->choices;
	if (all->take != NULL &&
	    strncmp(c->version, all->take, strlen(all->take)) == 0)
		clash->taken = c->choice;
	show(&clash->shown, c);
	all->failed = buf_ok(&clash->shown) != VAULT_OK;
}

static void
clashes_free(struct clashes *all)
{
	for (size_t i = 0; i < all->n; i++)
		buf_free(&all->at[i].shown);
	free(all->at);
}

/* ---- Asking ---- */

/* The number of one of its values; false if the person would not say. */
static bool
ask_one(struct clash *clash)
{
	struct buf line = { 0 };

	(void)ask_show(buf_text(&clash->shown));
	while (clash->taken == SIZE_MAX &&
	    ask_line(&line, SAY_ASK_CHOICE, NULL) && line.len > 0) {
		unsigned long n = strtoul(buf_text(&line), NULL, 10);

		if (n >= 1 && n <= clash->choices)
			clash->taken = n - 1;
		else
			say_warning(
			    SAY_BAD_CHOICE, say_number(clash->choices), NULL);
	}
	buf_free(&line);
	return clash->taken != SIZE_MAX;
}

static int
decide(struct clashes *all)
{
	for (size_t i = 0; i < all->n; i++) {
		if (all->at[i].taken != SIZE_MAX)
			continue;
		if (all->take != NULL) {
			say_error(SAY_NO_VERSION, all->take, NULL);
			return 15;
		}
		if (!ask_has_terminal()) {
			say_error(SAY_CONFLICT, NULL);
			say_hint(SAY_HINT_TAKE, NULL);
			return 16;
		}
		if (!ask_one(&all->at[i])) {
			say_error(SAY_STOPPED, NULL);
			return 1;
		}
	}
	return 0;
}

/* ---- The command ---- */

static int
say_resolved(const struct vault_record *r, size_t decided)
{
	struct doc *d = doc_object();

	doc_text(d, "id", r->id);
	doc_int(d, "decided", (int64_t)decided);
	doc_int(d, "versions", r->n_heads);
	doc_int(d, "waiting", r->more);
	if (say_is_json())
		return doc_print(d);
	doc_free(d);
	if (r->n_heads < 2)
		say_line(SAY_NO_CLASH, NULL);
	else if (decided == 0)
		say_line(SAY_RESOLVED_AGREED, say_number(r->n_heads), NULL);
	else
		say_line(SAY_RESOLVED, say_number(decided), NULL);
	if (r->more > 0) {
		say_line(SAY_RESOLVE_MORE, say_number(r->more), NULL);
		say_hint(SAY_HINT_RESOLVE_AGAIN, r->id, NULL);
	}
	return 0;
}

/* One version that follows them all. */
static int
settle(
    struct session *s, const struct vault_record *r, const struct clashes *all)
{
	size_t *choice = reallocarray(NULL, all->n + 1, sizeof(*choice));
	enum vault_err err = VAULT_ENOMEM;

	for (size_t i = 0; choice != NULL && i < all->n; i++)
		choice[i] = all->at[i].taken;
	if (choice != NULL)
		err = vault_resolve(s->vault, r, choice, all->n);
	free(choice);
	if (err != VAULT_OK)
		return session_fault(s, err);
	return say_resolved(r, all->n);
}

static int
resolve(struct session *s, const struct vault_record *r, const char *take)
{
	struct clashes all = { .take = take };
	enum vault_err err;
	int status;

	if (r->clashes.len == 0 && r->n_heads < 2)
		return say_resolved(r, 0);
	err = vault_clashes(s->vault, r, gather, &all);
	if (err == VAULT_OK && all.failed)
		err = VAULT_ENOMEM;
	if (err != VAULT_OK)
		status = session_fault(s, err);
	else if ((status = decide(&all)) == 0)
		status = settle(s, r, &all);
	clashes_free(&all);
	return status;
}

int
cmd_resolve(struct cli *c, int argc, char **argv)
{
	const char *take = NULL;
	const struct option_of options[] = { { "--take", &take, NULL } };
	int words = cli_options(argc, argv, options, 1), status;
	char id[VAULT_ID_LEN];
	struct vault_record r;
	struct session s;
	enum vault_err err;

	if (words < 0 || words > 1 || (take != NULL && *take == '\0'))
		return say_usage(USAGE);
	status = pick_open(&s, id, c, words == 1 ? argv[1] : NULL);
	if (status != 0)
		return status;
	if ((err = vault_get(&r, s.vault, id)) == VAULT_OK) {
		status = resolve(&s, &r, take);
		vault_record_free(&r);
	} else {
		status = session_fault(&s, err);
	}
	session_close(&s);
	return status;
}
