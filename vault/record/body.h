/* SPDX-License-Identifier: ISC */
/*
 * body - what a documenter wrote: checking it against the model, filling in
 * defaults, taking the private part out and putting it back, and walking over
 * its text and values for the search index.
 *
 * All functions take any JSON, hostile or not, of a depth that json_read
 * allows.  What they find wrong are codes; cli/ has the sentences.
 */
#ifndef RECORD_BODY_H
#define RECORD_BODY_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"
#include "core/error.h"
#include "record/date.h"
#include "record/model.h"

/* Where a body comes from: strict with people here, lenient with the past. */
enum body_from {
	BODY_ENTRY,  /* typed, or from a file that somebody made for us */
	BODY_BUNDLE, /* signed by an office, whose program may be newer */
};

enum body_severity {
	BODY_NOTE,    /* kept as it is */
	BODY_WARNING, /* saved, and told */
	BODY_ERROR,   /* refused */
};

enum body_code {
	BODY_NOT_AN_OBJECT,
	BODY_UNKNOWN_TYPE,
	BODY_UNKNOWN_FIELD,
	BODY_BAD_NAME, /* a field of the office's own that is not snake_case */
	BODY_WRONG_KIND, /* not the JSON that .field wants */
	BODY_EMPTY,      /* null, "", blanks only, [], {} */
	BODY_BAD_TEXT,   /* a text with U+0000 or invalid UTF-8 */
	BODY_UNKNOWN_CODE,
	BODY_UNLISTED_CODE, /* not in a list that is open */
	BODY_MISSING,
	BODY_SHOULD,
	BODY_BAD_NUMBER, /* out of its range, or not written as one */
	BODY_BAD_ID,     /* not a complete id in lower case */
	BODY_BAD_DATE,
	BODY_BAD_SPAN,
	BODY_BAD_LANG,
	BODY_BAD_SCRIPT,
	BODY_BAD_HASH,
	BODY_BAD_PATH,      /* names no field */
	BODY_NOT_PRIVATE,   /* names a field that cannot be private */
	BODY_HIDES_NOTHING, /* names a field that is not there */
	BODY_INCOMPLETE,    /* none of the members that say something */
	BODY_NOT_BOTH,      /* two members that exclude one another */
	BODY_TWICE,         /* more than one element is marked as the one */
	BODY_ORDER,         /* it ends before it begins */
	BODY_SPAN_ORDER,    /* its most is less than its least */
	BODY_ONLY_WHEN,     /* there, though what .value says is not so */
	BODY_LESS,          /* less than the number that .value names */
	BODY_ONE_SOURCE,    /* confirmed, with one source in .value */
	BODY_TYPE_CHANGED,  /* against the earlier version */
	BODY_FACT_CHANGED,  /* a field that is written once */
	BODY_LOOP,          /* it would come to be above itself */
	BODY_CODES
};

struct body_finding {
	enum body_severity severity;
	enum body_code code;
	struct buf path;  /* "names[1].text"; "" for the body itself */
	struct buf value; /* an excerpt, not made safe, or .code says what */
	const struct model_field *field; /* or NULL: not known */
	const char *near[MODEL_NEAR];    /* suggestions, constant */
	size_t n_near;
};

/* To be zeroed before its first use; findings add up. */
#define BODY_FINDINGS_MAX 100
struct body_report {
	struct body_finding *list;
	size_t n; /* kept in the list, BODY_FINDINGS_MAX at most */
	size_t count[BODY_ERROR + 1]; /* all there were, by severity */
};

void body_report_free(struct body_report *report);

/*
 * Check a whole body, or one whose private fields are withheld.  VAULT_EUSE:
 * the report has errors.
 */
VAULT_CHECKED enum vault_err body_check(
    const json_t *body, enum body_from from, struct body_report *out);

/* Add a finding of a body that only others can tell.  VAULT_EUSE. */
VAULT_CHECKED enum vault_err body_check_add(const json_t *body,
    const char *field, enum body_code code, struct body_report *out);

/* Check one value of a field, not an array.  VAULT_EUSE: it is not one. */
VAULT_CHECKED enum vault_err body_check_value(const struct model_type *type,
    const struct model_field *field, const json_t *value);

/*
 * Check what may change between two versions: never the type; in types whose
 * facts are written once, only the common fields.  A fact may become what one
 * of the bodies in said, an array or NULL, has.
 */
VAULT_CHECKED enum vault_err body_check_change(const json_t *before,
    const json_t *after, const json_t *said, struct body_report *out);

/*
 * Check that each path of private_fields names something that is moved away:
 * a person believes what is named there to be private.  Paths that stood in
 * before, a body or NULL, may stay: what they name was emptied, or was
 * withheld from us.
 */
VAULT_CHECKED enum vault_err body_check_private(
    const json_t *whole, const json_t *before, struct body_report *out);

/* Does a path name something in whole that body_split moves away? */
bool body_hides(const json_t *whole, const char *path);

/* Append, a line each, the paths of private_fields that name nothing. */
VAULT_CHECKED enum vault_err body_idle_paths(
    struct buf *out, const json_t *whole);

/*
 * True if an object is as a condition like "op=range" or "op!=approx" says.
 * Where the field is absent no condition holds: that it is missing is said
 * anyway.
 */
bool body_holds(const char *condition, const json_t *object);

/*
 * Fill in what is absent and has a default, lower the case of ids, and keep
 * apart what always is.
 */
VAULT_CHECKED enum vault_err body_fill(json_t *body);

/*
 * Let private_fields name each field that is always private and is there, and
 * none of those that are not.
 */
VAULT_CHECKED enum vault_err body_apart(json_t *body);

/*
 * Part whole in two objects, to be given back with json_decref: the fields
 * that its private_fields names, with the translations if one is of such a
 * field, and the rest.  *private is NULL if there are
 * none.  body_join undoes it; private may be NULL.  VAULT_EDAMAGED: the two
 * parts contradict one another.
 */
VAULT_CHECKED enum vault_err body_split(
    json_t **body, json_t **private, const json_t *whole);
VAULT_CHECKED enum vault_err body_join(
    json_t **whole, const json_t *body, const json_t *private);

/*
 * Put into whole what an earlier private part says and whole does not: of
 * part, what names (the private_fields it was taken out by) could have taken
 * out.  With over, also where whole says otherwise.  It stays private: the
 * paths that lead to it are added to the private_fields of whole.
 */
VAULT_CHECKED enum vault_err body_inherit(
    json_t *whole, const json_t *part, const json_t *names, bool over);

/*
 * Call found with each text of the record that is to be searched: names,
 * titles, notes, the office's own fields, imported cells, fields and codes of
 * a newer program.  With all, with every string whatever its field, every
 * number, and the names of members that the model does not know: that is what
 * a scan before an export must see.  Path and text are borrowed.  A
 * result other than VAULT_OK ends the walk and is returned.
 */
typedef enum vault_err (*body_word_fn)(
    void *arg, const char *path, const char *text, size_t len);
VAULT_CHECKED enum vault_err body_words(
    const json_t *body, bool all, body_word_fn found, void *arg);

/* Call found with each link: what stands in a field that the model calls so. */
VAULT_CHECKED enum vault_err body_links(
    const json_t *body, body_word_fn found, void *arg);

/*
 * A value that the query language knows by the name of its field; of names only
 * the pseudonym (the others: name_add_body).
 */
struct body_value {
	const char *query; /* "name", "status", "date" ... */
	const char *text;  /* as stored; NULL for a date or a span */
	size_t len;
	struct date_days days; /* for a date; of a span: how many */
	const char *path;
};

typedef enum vault_err (*body_value_fn)(
    void *arg, const struct body_value *value);
VAULT_CHECKED enum vault_err body_values(
    const json_t *body, body_value_fn found, void *arg);

#endif
