/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "ask.h"
#include "office_keys.h"
#include "outfile.h"

/* ---- Showing ---- */

void
office_keys_say(const struct vault_office *o)
{
	const struct vault_receiving *k = o->key;

	if (o->n_earlier > 0)
		say_line(SAY_OFFICE_EARLIER, say_number(o->n_earlier), NULL);
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
	doc_int(d, "earlier", (int64_t)o->n_earlier);
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

/* ---- The signing key ---- */

static int
renew_signing(struct session *s, const struct cli *c)
{
	struct vault_office o;
	enum vault_err err;
	struct doc *d;

	say_warning(SAY_SIGNING_MEANS, NULL);
	if (!ask_yes(c, false, SAY_ASK_SIGNING, NULL)) {
		say_error(SAY_STOPPED, NULL);
		return 1;
	}
	if ((err = vault_office_renew_signing(s->vault)) != VAULT_OK ||
	    (err = vault_office(&o, s->vault)) != VAULT_OK)
		return session_fault(s, err);
	if (say_is_json()) {
		d = doc_object();
		doc_text(d, "digits", o.digits);
		vault_office_free(&o);
		return doc_print(d);
	}
	say_line(SAY_SIGNING_RENEWED, say_half(o.digits, 0),
	    say_half(o.digits, 1), NULL);
	say_hint(SAY_HINT_SIGNING, NULL);
	vault_office_free(&o);
	return 0;
}

int
office_renew_signing(struct cli *c)
{
	struct session s;
	int status = session_open(&s, c);

	if (status == 0) {
		status = renew_signing(&s, c);
		session_close(&s);
	}
	return status;
}

/* ---- Revoking ---- */

/* A serial as it was printed; 0: it is none. */
static uint64_t
serial_of(const char *text)
{
	uint64_t n = 0;
	size_t len = strlen(text);

	if (len == 0 || len > 18 || strspn(text, "0123456789") != len)
		return 0;
	for (; *text != '\0'; text++)
		n = n * 10 + (uint64_t)(*text - '0');
	return n;
}

static int
revoke_fault(const struct session *s, enum vault_err err, const char *text)
{
	if (err != VAULT_ENORECORD)
		return session_fault(s, err);
	say_error(SAY_NO_SIGNING, text, NULL);
	say_hint(SAY_HINT_NO_SIGNING, NULL);
	return 15;
}

static int
say_revoked(size_t number, const char *file, bool prepare)
{
	struct doc *d = doc_object();

	doc_int(d, "signing_key", (int64_t)number);
	doc_text(d, "file", file);
	if (say_is_json())
		return doc_print(d);
	doc_free(d);
	if (prepare) {
		say_line(SAY_REVOKE_PREPARED, file, NULL);
		say_hint(SAY_HINT_PREPARED, NULL);
		return 0;
	}
	say_line(SAY_OWN_REVOKED, say_number(number), file, NULL);
	say_hint(SAY_HINT_OWN_REVOKED, NULL);
	return 0;
}

/* Committed first: what has left cannot be called back, only written again. */
static int
revoke(struct session *s, const struct cli *c, const char *text,
    const char *file, bool prepare)
{
	size_t number = text == NULL ? 0 : (size_t)serial_of(text);
	struct buf out = { 0 };
	enum vault_err err;
	int status = 1;

	if (text != NULL && number == 0)
		return revoke_fault(s, VAULT_ENORECORD, text);
	say_warning(prepare ? SAY_PREPARE_MEANS : SAY_REVOKE_MEANS, NULL);
	if (!prepare && !ask_yes(c, false, SAY_ASK_REVOKE, NULL)) {
		say_error(SAY_STOPPED, NULL);
		return 1;
	}
	err = prepare ? vault_office_revocation(&out, s->vault)
		      : vault_office_revoke(&out, &number, s->vault);
	if (err != VAULT_OK)
		status = revoke_fault(s, err, text == NULL ? "" : text);
	else if ((status = outfile_put(file, out.bytes, out.len)) != 0)
		say_hint(SAY_HINT_REVOKE_AGAIN, say_number(number), NULL);
	else
		status = say_revoked(number, file, prepare);
	buf_free(&out);
	return status;
}

int
office_revoke(struct cli *c, const char *number, const char *file, bool prepare)
{
	struct session s;
	int status = session_open(&s, c);

	if (status == 0) {
		status = revoke(&s, c, number, file, prepare);
		session_close(&s);
	}
	return status;
}

/* ---- Retiring ---- */

static int
retire_fault(const struct session *s, enum vault_err err, const char *text)
{
	switch ((int)err) {
	case VAULT_ENORECORD:
		say_error(SAY_NO_RECEIVING, text, NULL);
		say_hint(SAY_HINT_OFFICE, NULL);
		return 15;
	case VAULT_EUSE:
		say_error(SAY_RETIRE_NEWEST, text, NULL);
		say_hint(SAY_HINT_RENEW_FIRST, NULL);
		return 2;
	default:
		return session_fault(s, err);
	}
}

/* Is it there, and not the newest? */
static enum vault_err
look_for(struct session *s, uint64_t serial)
{
	struct vault_office o;
	enum vault_err err;

	if ((err = vault_office(&o, s->vault)) != VAULT_OK)
		return err;
	err = VAULT_ENORECORD;
	for (size_t i = 0; i < o.n_keys; i++)
		if (o.key[i].serial == serial)
			err = o.key[i].newest ? VAULT_EUSE : VAULT_OK;
	vault_office_free(&o);
	return err;
}

static int
retire(struct session *s, const struct cli *c, const char *text)
{
	uint64_t serial = serial_of(text);
	enum vault_err err;
	struct doc *d;

	if ((err = look_for(s, serial)) != VAULT_OK)
		return retire_fault(s, err, text);
	say_warning(SAY_RETIRE_MEANS, NULL);
	if (!ask_yes(c, false, SAY_ASK_RETIRE, text)) {
		say_error(SAY_STOPPED, NULL);
		return 1;
	}
	if ((err = vault_office_retire(s->vault, serial)) != VAULT_OK)
		return retire_fault(s, err, text);
	if (say_is_json()) {
		d = doc_object();
		doc_int(d, "retired", (int64_t)serial);
		return doc_print(d);
	}
	say_line(SAY_RETIRED, text, NULL);
	say_line(SAY_RETIRED_NOTE, NULL);
	say_hint(SAY_HINT_RETIRED, NULL);
	return 0;
}

int
office_retire(struct cli *c, const char *serial)
{
	struct session s;
	int status = session_open(&s, c);

	if (status == 0) {
		status = retire(&s, c, serial);
		session_close(&s);
	}
	return status;
}
