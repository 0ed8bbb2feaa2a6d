/* SPDX-License-Identifier: ISC */
/* history: every version of a record.  revert: an earlier one again. */
#include <string.h>

#include "pager.h"
#include "pick.h"

struct past {
	struct buf lines;
	struct doc *array;
};

static void
put_mark(struct buf *line, const struct vault_past *p)
{
	if (p->head)
		say_put(line, SAY_HISTORY_NOW, NULL);
	if (p->forgotten)
		say_put(line, SAY_HISTORY_FORGOTTEN, NULL);
	else if (p->withheld)
		say_put(line, SAY_HISTORY_WITHHELD, NULL);
	if (p->parents > 1)
		say_put(line, SAY_HISTORY_JOINED, NULL);
	if (p->revoked != 0)
		say_put(line, SAY_HISTORY_REVOKED, say_time(p->revoked), NULL);
}

static void
add_doc(struct past *all, const struct vault_past *p)
{
	struct doc *d = doc_object();

	doc_text(d, "version", p->version);
	doc_text(d, "time", say_time(p->time));
	doc_text(d, "office", p->office);
	doc_bool(d, "now", p->head);
	doc_bool(d, "withheld", p->withheld);
	doc_bool(d, "forgotten", p->forgotten);
	doc_int(d, "parents", p->parents);
	if (p->revoked != 0)
		doc_text(d, "key_revoked_at", say_time(p->revoked));
	doc_put(all->array, NULL, d);
}

static bool
gather(void *ctx, const struct vault_past *p)
{
	struct past *all = ctx;
	enum vault_err err;

	if (say_is_json()) {
		add_doc(all, p);
		return true;
	}
	buf_putf(&all->lines, "%.*s\t%s\t", PICK_VERSION, p->version,
	    say_time(p->time));
	put_mark(&all->lines, p);
	buf_put_byte(&all->lines, '\t');
	/* The name last: it may be right-to-left. */
	err = text_safe_line(&all->lines, p->office, strlen(p->office));
	buf_put_byte(&all->lines, '\n');
	return err == VAULT_OK;
}

int
cmd_history(struct cli *c, int argc, char **argv)
{
	int words = cli_options(argc, argv, NULL, 0), status;
	struct past all = { 0 };
	char id[VAULT_ID_LEN];
	struct session s;
	enum vault_err err;

	if (words < 0 || words > 1)
		return say_usage("history [ID]");
	status = pick_open(&s, id, c, words == 1 ? argv[1] : NULL);
	if (status != 0)
		return status;
	all.array = doc_array();
	err = vault_history(s.vault, id, gather, &all);
	if (err == VAULT_OK)
		err = buf_ok(&all.lines);
	if (err != VAULT_OK)
		status = session_fault(&s, err);
	/* Before the session ends: lock takes what is shown, too. */
	if (err == VAULT_OK && say_is_json()) {
		status = doc_print(all.array);
	} else {
		if (err == VAULT_OK)
			pager_table(&all.lines);
		doc_free(all.array);
	}
	session_close(&s);
	buf_free(&all.lines);
	return status;
}

static int
say_reverted(const char *id, const char *version)
{
	struct doc *d = doc_object();

	doc_text(d, "id", id);
	doc_text(d, "as_in", version);
	if (say_is_json())
		return doc_print(d);
	doc_free(d);
	say_line(SAY_REVERTED, version, NULL);
	return 0;
}

int
cmd_revert(struct cli *c, int argc, char **argv)
{
	int words = cli_options(argc, argv, NULL, 0), status;
	char id[VAULT_ID_LEN];
	struct session s;
	enum vault_err err;

	if (words != 2)
		return say_usage("revert ID VERSION");
	if ((status = pick_open(&s, id, c, argv[1])) != 0)
		return status;
	err = vault_revert(s.vault, id, argv[2]);
	if (err != VAULT_OK)
		status = pick_no_version(&s, id, argv[2], err);
	session_close(&s);
	return status == 0 ? say_reverted(id, argv[2]) : status;
}
