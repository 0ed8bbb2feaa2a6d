/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "leaving.h"
#include "pager.h"
#include "pick.h"

void
leaving_free(struct leaving *l)
{
	buf_free(&l->leaves);
	buf_free(&l->held);
	doc_free(l->array);
	l->array = NULL;
	named_free(&l->named);
}

void
leaving_named(void *ctx, const struct vault_named *n)
{
	named_add(&((struct leaving *)ctx)->named, n);
}

bool
leaving_look(void *ctx, uint64_t done, uint64_t total)
{
	return progress_step(&((struct leaving *)ctx)->progress, done, total);
}

void
leaving_row(struct buf *to, const char *id, const char *type, enum say why,
    const char *title)
{
	buf_putf(to, "  %.*s\t%s\t", PICK_SHORT, id, type);
	if (why != SAY_COUNT)
		say_put(to, why, NULL);
	buf_put_byte(to, '\t');
	if (text_safe_line(to, title, strlen(title)) != VAULT_OK)
		to->failed = true;
	buf_put_byte(to, '\n');
}

void
leaving_show(
    struct buf *all, const struct leaving *l, uint64_t held, const char *file)
{
	if (held > 0) {
		say_put(all, SAY_HELD_HEAD, say_number(held), NULL);
		buf_put_byte(all, '\n');
		buf_put(all, l->held.bytes, l->held.len);
	}
	if (strcmp(file, "-") == 0)
		say_lines_aside(all);
	else
		pager_print(all);
	buf_free(all);
}

int
leaving_changed(enum say hint)
{
	say_error(SAY_EXPORT_CHANGED, NULL);
	say_hint(hint, NULL);
	return say_status(VAULT_EBUSY);
}
