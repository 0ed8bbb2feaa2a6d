/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "left.h"
#include "pick.h"

static void
add_line(void *ctx, const struct vault_left *l)
{
	struct buf *out = ctx;

	buf_putf(out, "  %s  %s  %.*s  ", l->time == 0 ? "" : say_time(l->time),
	    l->what, PICK_SHORT, l->id);
	if (text_safe_line(out, l->title, strlen(l->title)) != VAULT_OK)
		out->failed = true;
	buf_put_byte(out, '\n');
}

void
left_note(const struct session *s, const char *id)
{
	struct buf lines = { 0 };
	struct vault_may may;

	/* Any audience: what left is asked for, not what may. */
	if (vault_may(&may, s->vault, id, "un", NULL, add_line, &lines) ==
		VAULT_OK &&
	    lines.len > 0) {
		say_warning(SAY_LEFT_ALREADY, NULL);
		say_lines_aside(&lines);
	}
	buf_free(&lines);
}

/* A level, "3"; less than all if it says none. */
static int
level_of(const struct vault_body *b)
{
	struct buf text = { 0 };
	int level = -1;

	if (vault_body_get(&text, b, "level") && text.len == 1)
		level = text.bytes[0] - '0';
	buf_free(&text);
	return level;
}

void
left_note_closed(const struct session *s, const char *id,
    const struct buf *before, const struct vault_body *after)
{
	struct vault_body *was = NULL;

	if (vault_body_read(&was, before->bytes, before->len) == VAULT_OK &&
	    (level_of(after) > level_of(was) ||
		vault_body_count(after, "private_fields") >
		    vault_body_count(was, "private_fields")))
		left_note(s, id);
	vault_body_free(was);
}
