/* SPDX-License-Identifier: ISC */
/* submission_inside - what the files about submissions share. */
#ifndef VAULT_SUBMISSION_INSIDE_H
#define VAULT_SUBMISSION_INSIDE_H

#include "exchange/edition.h"
#include "exchange/forms.h"
#include "exchange/forms_words.h"
#include "exchange/reveal.h"
#include "inside.h"
#include "record/date.h"

/* A record that tells of the person. */
struct sub_item {
	struct record_row row;
	char id[ID_TEXT_LEN + 1];
	json_t *whole; /* all of it, private fields too */
	struct edition edition;
	enum audience_why why; /* AUDIENCE_MAY: the edition has a body */
	json_t *used;          /* what of the edition stands in the draft */
	struct date_days days; /* of its date */
	bool has_days;
	bool superseded; /* a status that another one corrects */
	unsigned number; /* of a person or an act that leaves, from 1 */
};

void sub_item_free(struct sub_item *item);

/* A record of the person: same.h. */
struct sub_person {
	char id[ID_TEXT_LEN + 1];
	struct audience_person who; /* and its consent */
	bool used; /* it is in the draft, and so is what hangs on it */
};

struct vault_submission {
	struct vault *v;
	struct vault_submission_what what; /* its texts: while it is decided */
	const struct form *form;
	const struct forms_language *lang;
	char person[ID_TEXT_LEN + 1];
	int64_t now;
	int32_t today;
	struct audience *audience;
	struct reveal *reveal;
	struct buf persons; /* struct sub_person; whom it was asked of first */
	struct buf items; /* struct sub_item; the persons in that order first */
	unsigned acts;    /* that leave */
	struct buf text;  /* the draft */
	struct buf urgency;
	struct buf differing; /* what the person's records differ in */
	struct buf withheld;  /* a line each, for the intervention */
	uint64_t seen;        /* the last entry of the log */
	bool parts_confirmed;
	struct vault_submission_info info;
};

struct sub_item *sub_items(const struct vault_submission *s, size_t *n);

/* The records of the person: the first is that of whom it was asked. */
struct sub_person *sub_persons(const struct vault_submission *s, size_t *n);

/* Is this id one of them that is in the draft? */
bool sub_is_person(const struct vault_submission *s, const char *id);

/* Has the person consented to that, by each of these? */
bool sub_allows(const struct vault_submission *s, enum consent_scope scope);

/* By what the draft may call the person. */
enum consent_naming sub_naming(const struct vault_submission *s);

/* Does a body of this type tell of that record of the person? */
VAULT_CHECKED enum vault_err sub_tells(
    bool *out, const char *type, const json_t *body, const char *person);

/* Take in a record, which is given away. */
VAULT_CHECKED enum vault_err sub_put(
    struct vault_submission *s, struct sub_item *item);

/* What the records of the person differ in, of what the form asks. */
VAULT_CHECKED enum vault_err sub_differences(struct vault_submission *s);

/*
 * The person's own records, and whether there may be a draft; every record that
 * tells of the person; their order, and what of them stays behind.
 */
VAULT_CHECKED enum vault_err sub_add_persons(struct vault_submission *s);
VAULT_CHECKED enum vault_err sub_add_records(struct vault_submission *s);
VAULT_CHECKED enum vault_err sub_settle(struct vault_submission *s);

/* Look through the draft for names, and tell of them. */
VAULT_CHECKED enum vault_err sub_names(struct vault_submission *s);

/* Note that a record, or a field of it, stays behind, and tell of it. */
VAULT_CHECKED enum vault_err sub_keep_back(struct vault_submission *s,
    const struct sub_item *item, const char *field, enum audience_why why);

/* What makes it urgent: info.urgency, and words for the draft. */
VAULT_CHECKED enum vault_err sub_urgency(struct vault_submission *s);

/* What is at work on a row of the form. */
struct sub_drafting {
	struct vault_submission *s;
	const struct form_row *row;
	const char *section;
	/* Of the row: it is in the draft; too vague; there all the same. */
	bool any, vague, kept;
	const struct sub_item *item; /* whose value is said */
	enum vault_err err;
};

/* The value at a path without indices, or NULL. */
const json_t *sub_value(const json_t *body, const char *path);

/* The record, if it leaves; what the draft can say of it, or we alone. */
const json_t *sub_body(const struct sub_item *item);
const json_t *sub_said(const struct sub_item *item);

/* Tell that what the row asks for is not there. */
enum vault_gap_why sub_why_missing(const struct sub_drafting *d);
void sub_tell_gap(struct sub_drafting *d, enum vault_gap_why why);

/* What stands where a field was not compared with the form of the day. */
#define TO_CHECK "(to check)"

/* A text of forms_labels.def in the language of the draft. */
const char *sub_words(const struct sub_drafting *d, const char *text);

/* "label: value"; of several lines, each behind four blanks below the label. */
void sub_put_line(
    struct sub_drafting *d, const char *label, const struct buf *value);
void sub_put_words(struct sub_drafting *d, const char *label, const char *text);

/* What the audience may call somebody in the record at hand: a forms_namer. */
enum vault_err sub_call(void *ctx, struct buf *out, const char *person);

/* The consent of each record of the person that is in it: one may be of
 * several. */
void sub_put_consents(struct sub_drafting *d, const char *label);
void sub_put_head(struct sub_drafting *d);

/* The draft, from the rows of the form; gaps are told. */
VAULT_CHECKED enum vault_err sub_draft(struct vault_submission *s);

/* Is the act or status, as body has it, one of these codes?  NULL is any. */
bool sub_is_of(
    const struct sub_item *item, const json_t *body, const char *codes);

/* Is the vault as it was when it was decided?  VAULT_EBUSY: no. */
VAULT_CHECKED enum vault_err sub_is_same(struct vault_submission *s);

/* May it be written at all? */
bool sub_may_leave(const struct vault_submission *s);

/* Keep what was written, inside a write transaction. */
VAULT_CHECKED enum vault_err sub_keep(
    struct vault_submission_kept *out, struct vault_submission *s);

/* Log it, inside a write transaction. */
VAULT_CHECKED enum vault_err sub_log(struct vault_submission *s);

#endif
