/* SPDX-License-Identifier: ISC */
#include "office_keys.h"

/* ---- Showing ---- */

void
office_keys_say(const struct vault_office *o)
{
	const struct vault_receiving *k = o->key;

	for (size_t i = 0; i < o->n_keys; i++, k++)
		say_line(
		    k->newest ? SAY_OFFICE_KEY_NEWEST : SAY_OFFICE_KEY_OLDER,
		    say_number(k->serial), k->first, NULL);
	if (!o->renew_due)
		return;
	say_warning(SAY_OFFICE_RENEW_DUE,
	    say_number(o->key[o->n_keys - 1].serial), NULL);
	say_hint(SAY_HINT_RENEW, NULL);
}

void
office_keys_doc(struct doc *d, const struct vault_office *o)
{
	struct doc *keys = doc_array();

	for (size_t i = 0; i < o->n_keys; i++) {
		const struct vault_receiving *k = &o->key[i];
		struct doc *one = doc_object();

		doc_int(one, "serial", (int64_t)k->serial);
		doc_text(one, "first_day", k->first);
		doc_text(one, "state", k->newest ? "newest" : "opens");
		doc_put(keys, NULL, one);
	}
	doc_put(d, "receiving", keys);
	doc_bool(d, "renew_due", o->renew_due);
}

/* ---- Renewing ---- */

static int
renew(struct session *s)
{
	enum vault_err err;
	uint64_t serial;
	struct doc *d;

	err = vault_office_renew(&serial, s->vault);
	if (err == VAULT_EUSE) {
		say_error(
		    SAY_RENEW_FULL, say_number(VAULT_RECEIVING_MAX), NULL);
		say_hint(SAY_HINT_RETIRE, NULL);
		return 2;
	}
	if (err != VAULT_OK)
		return session_fault(s, err);
	if (!say_is_json()) {
		say_line(SAY_RENEWED, say_number(serial), NULL);
		say_hint(SAY_HINT_RENEWED, NULL);
		return 0;
	}
	d = doc_object();
	doc_int(d, "serial", (int64_t)serial);
	return doc_print(d);
}

int
office_renew(struct cli *c)
{
	struct session s;
	int status = session_open(&s, c);

	if (status == 0) {
		status = renew(&s);
		session_close(&s);
	}
	return status;
}
