/* SPDX-License-Identifier: ISC */
/*
 * writing - a record on its way into the vault.
 *
 * It is kept once, at the end.  Until then what there is lies in a draft,
 * which is offered the next time, and dropped when the record is kept or when
 * the person says so.
 */
#ifndef CLI_WRITING_H
#define CLI_WRITING_H

#include "form.h"

/* To be zeroed; cli, s, type and body of the form are the caller's to fill. */
struct writing {
	struct form form;
	struct vault_record base; /* what an edit follows; else empty */
	struct vault_report *report;
	struct vault_report *known; /* of the base; NULL: there is none */
	bool warned;                /* of what the report says */
};
void writing_free(struct writing *w);

/*
 * Read the record that is to be edited, with what is said of it as it is.
 * Returns 0, or an exit status after a message: its versions disagree.
 */
int writing_read(struct writing *w, const char *id);

/* Offer the drafts of this type and record, the newest first. */
VAULT_CHECKED enum vault_err writing_offer(struct writing *w);

/* Take the draft away again; returns 0, or an exit status after a message. */
int writing_drop(struct writing *w);

/*
 * Keep the record, and print what became of it.  Returns an exit status;
 * *errors if the report has some, which were said.
 */
int writing_save(struct writing *w, bool *errors);

/*
 * Ask for everything, and keep it.  Returns an exit status; *instead if the
 * record form.instead is meant, and is to be edited.
 */
int writing_ask(struct writing *w, bool *instead);

#endif
