/* SPDX-License-Identifier: ISC */
/* forget: one record, for good. */
#include "ask.h"
#include "pick.h"
#include "session.h"

static int
forget(struct session *s, const struct cli *c, const char *id)
{
	struct buf title = { 0 };
	enum vault_err err;
	int status = 0;

	if ((err = vault_title(&title, s->vault, id)) != VAULT_OK) {
		buf_free(&title);
		return err == VAULT_ENORECORD ? say_fault(err, NULL, id)
					      : session_fault(s, err);
	}
	if (!ask_yes(c, false, SAY_ASK_FORGET, buf_text(&title))) {
		say_error(SAY_STOPPED, NULL);
		status = 1;
	} else if ((err = vault_forget(s->vault, id)) != VAULT_OK) {
		status = session_fault(s, err);
	} else {
		say_line(SAY_FORGOTTEN, NULL);
		say_line(SAY_FORGOTTEN_NOTE, NULL);
	}
	if (status == 0 && say_is_json()) {
		struct doc *d = doc_object();

		doc_text(d, "forgotten", id);
		status = doc_print(d);
	}
	buf_free(&title);
	return status;
}

int
cmd_forget(struct cli *c, int argc, char **argv)
{
	char id[VAULT_ID_LEN];
	struct session s;
	int status;

	if (cli_options(argc, argv, NULL, 0) != 1)
		return say_usage("forget ID");
	if ((status = pick_open(&s, id, c, argv[1])) != 0)
		return status;
	status = forget(&s, c, id);
	session_close(&s);
	return status;
}
