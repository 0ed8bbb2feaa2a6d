/* SPDX-License-Identifier: ISC */
/*
 * status - one change read from its body; several of a person judged.
 *
 * A change has the days on which it may have come, date, and perhaps those on
 * which it may have ended, until.  With D the day that is asked about:
 *
 *  begun       certainly if date.hi <= D, possibly if date.lo <= D
 *  over        certainly if until.hi <= D, possibly if until.lo <= D
 *  b after a   certainly if b.date.lo > a.date.hi, or if a ends on the very
 *              days on which b begins; possibly unless a is certainly after b
 *
 * On a day a person is certainly in a situation of the set if a change of the
 * set has certainly begun and is not even possibly over, and no other change
 * that has possibly begun, and is out of the set or possibly over, is possibly
 * after it.  Possibly, if one has possibly begun and is not certainly over,
 * and no such other change has certainly begun and is certainly after it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "record/model.h"
#include "record/status.h"
#include "record/vocab.h"

/* ---- Reading ---- */

static void
copy_text(char *out, size_t size, const json_t *value)
{
	size_t len = json_string_length(value);

	out[0] = '\0';
	if (!json_is_string(value))
		return;
	/* Between characters: a place may be named in any script. */
	while (len >= size ||
	    (len > 0 && len < json_string_length(value) &&
		((unsigned char)json_string_value(value)[len] & 0xc0) == 0x80))
		len--;
	memcpy(out, json_string_value(value), len);
	out[len] = '\0';
}

static void
copy_id(char out[static ID_TEXT_LEN + 1], const json_t *value)
{
	const char *text = json_string_value(value);

	out[0] = '\0';
	if (text != NULL && id_is_canonical(text, strlen(text)))
		memcpy(out, text, ID_TEXT_LEN + 1);
}

static void
copy_place(struct status *s, const json_t *place)
{
	const json_t *words = json_object_get(place, "facility");

	copy_text(s->place, sizeof(s->place),
	    words != NULL ? words : json_object_get(place, "text"));
}

enum vault_err
status_read(struct status *out, const json_t *body)
{
	const json_t *level = json_object_get(body, "level");

	*out = (struct status){ .level = 3 };
	copy_id(out->person, json_object_get(body, "person"));
	copy_text(
	    out->code, sizeof(out->code), json_object_get(body, "status"));
	if (out->person[0] == '\0' || out->code[0] == '\0')
		return VAULT_EDAMAGED;
	copy_id(out->the_case, json_object_get(body, "case"));
	copy_id(out->supersedes, json_object_get(body, "supersedes"));
	copy_text(out->certainty, sizeof(out->certainty),
	    json_object_get(body, "certainty"));
	copy_place(out, json_object_get(body, "place"));
	if (json_is_integer(level))
		out->level = (int)json_integer_value(level);
	out->has_date = date_object_days(
	    &out->date, json_object_get(body, "date"));
	out->has_until = date_object_days(
	    &out->until, json_object_get(body, "until"));
	return VAULT_OK;
}

/* ---- The line ---- */

/* An id, or a dash. */
static const char *
or_dash(const char *text)
{
	return text[0] == '\0' ? "-" : text;
}

/* Codes are small letters, digits and hyphens; others are nobody's. */
static bool
is_code(const char *text)
{
	return text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-")] ==
	    '\0';
}

/* Two ends of eight digits, as the days of the index; or dashes. */
static void
print_days(char out[static 17], bool has, const struct date_days *days)
{
	if (has)
		snprintf(out, 17, "%08llx%08llx",
		    (long long)days->lo - INT32_MIN,
		    (long long)days->hi - INT32_MIN);
	else
		memcpy(out, "-", 2);
}

bool
status_key(char out[static STATUS_KEY_LEN], const struct status *s)
{
	char date[17], until[17];

	if (s->id[0] == '\0' || s->person[0] == '\0' || s->code[0] == '\0' ||
	    !is_code(s->code) || !is_code(s->certainty) || s->level < 0 ||
	    s->level > 9)
		return false;
	print_days(date, s->has_date, &s->date);
	print_days(until, s->has_until, &s->until);
	snprintf(out, STATUS_KEY_LEN, "%s %s %s %s %d %s %s %s %s", s->person,
	    s->id, s->code, or_dash(s->certainty), s->level, date, until,
	    or_dash(s->the_case), or_dash(s->supersedes));
	return true;
}

/* The next word into out, a dash as nothing. */
static bool
next_word(char *out, size_t size, const char **at)
{
	size_t len = strcspn(*at, " ");

	if (len == 0 || len >= size)
		return false;
	memcpy(out, *at, len);
	out[len] = '\0';
	if (strcmp(out, "-") == 0)
		out[0] = '\0';
	*at += len + ((*at)[len] == ' ');
	return true;
}

static bool
read_days(bool *has, struct date_days *out, const char **at)
{
	char text[17], part[9] = "";

	if (!next_word(text, sizeof(text), at))
		return false;
	*has = text[0] != '\0';
	if (!*has)
		return true;
	if (strlen(text) != 16 || strspn(text, "0123456789abcdef") != 16)
		return false;
	memcpy(part, text, 8);
	out->lo = (int32_t)(strtoll(part, NULL, 16) + INT32_MIN);
	out->hi = (int32_t)(strtoll(text + 8, NULL, 16) + INT32_MIN);
	return true;
}

enum vault_err
status_from_key(struct status *out, const char *key, size_t len)
{
	const char *at = key;
	char level[2];

	*out = (struct status){ .level = 3 };
	if (len >= STATUS_KEY_LEN || strlen(key) != len ||
	    !next_word(out->person, sizeof(out->person), &at) ||
	    !next_word(out->id, sizeof(out->id), &at) ||
	    !next_word(out->code, sizeof(out->code), &at) ||
	    !next_word(out->certainty, sizeof(out->certainty), &at) ||
	    !next_word(level, sizeof(level), &at) ||
	    !read_days(&out->has_date, &out->date, &at) ||
	    !read_days(&out->has_until, &out->until, &at) ||
	    !next_word(out->the_case, sizeof(out->the_case), &at) ||
	    !next_word(out->supersedes, sizeof(out->supersedes), &at) ||
	    *at != '\0' || level[0] < '0' || level[0] > '9')
		return VAULT_EDAMAGED;
	out->level = level[0] - '0';
	return VAULT_OK;
}

bool
status_is_in(const char *set, const char *code)
{
	const struct model_code *c = model_code(&vocab_status, code);

	return model_has_word(set, code) ||
	    (c != NULL && c->group != NULL && model_has_word(set, c->group));
}

/* ---- What counts ---- */

/* How certain, from the most; what is not said, or unknown, is least. */
static int
rank(const char *certainty)
{
	static const char *const order[] = { "unlikely", "possible", "likely",
		"confirmed" };

	for (int i = 0; i < 4; i++)
		if (strcmp(certainty, order[i]) == 0)
			return i + 1;
	return 0;
}

static bool
is_superseded(const struct status *s, const struct status *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (&list[i] != s && strcmp(list[i].supersedes, s->id) == 0)
			return true;
	return false;
}

static enum status_out
judge(const struct status *s, const struct status *list, size_t n,
    const struct status_question *q)
{
	if (is_superseded(s, list, n))
		return STATUS_SUPERSEDED;
	if (s->level > q->level)
		return STATUS_SECRET;
	if (q->least != NULL && rank(s->certainty) < rank(q->least))
		return STATUS_UNCERTAIN;
	return s->has_date ? STATUS_COUNTS : STATUS_NO_DATE;
}

size_t
status_sift(struct status *list, size_t n, const struct status_question *q)
{
	size_t known = 0;

	for (size_t i = 0; i < n; i++)
		if (list[i].known <= q->known_at)
			list[known++] = list[i];
	for (size_t i = 0; i < known; i++)
		list[i].out = judge(&list[i], list, known, q);
	return known;
}

/* ---- Days ---- */

/* The day that is asked about, and those since when. */
static bool
begun(const struct status *s, const struct status_question *q, bool certainly)
{
	return (certainly ? s->date.hi : s->date.lo) <= q->days.hi;
}

static bool
over(const struct status *s, const struct status_question *q, bool certainly)
{
	return s->has_until &&
	    (certainly ? s->until.hi : s->until.lo) <= q->days.hi;
}

static bool
certainly_after(const struct status *b, const struct status *a)
{
	return b->date.lo > a->date.hi ||
	    (a->has_until && a->until.lo == b->date.lo &&
		a->until.hi == b->date.hi);
}

/* ---- Ever ---- */

static enum status_answer
answer_ever(const struct status *s, const struct status_question *q)
{
	if (q->the_case != NULL && strcmp(s->the_case, q->the_case) != 0)
		return STATUS_NO;
	if (s->date.lo > q->days.hi || s->date.hi < q->days.lo)
		return STATUS_NO;
	return s->date.lo >= q->days.lo && s->date.hi <= q->days.hi
	    ? STATUS_CERTAINLY
	    : STATUS_POSSIBLY;
}

/* ---- On a day ---- */

/* Does other end what s says: out of the set, or itself over? */
static bool
ends(const struct status *other, const struct status *s,
    const struct status_question *q, bool certainly)
{
	if (other == s || other->out != STATUS_COUNTS ||
	    !begun(other, q, certainly) ||
	    (status_is_in(q->set, other->code) && !over(other, q, certainly)))
		return false;
	return certainly ? certainly_after(other, s)
			 : !certainly_after(s, other);
}

static bool
is_ended(const struct status *s, const struct status *list, size_t n,
    const struct status_question *q, bool certainly)
{
	for (size_t i = 0; i < n; i++)
		if (ends(&list[i], s, q, certainly))
			return true;
	return false;
}

static enum status_answer
answer_now(const struct status *s, const struct status *list, size_t n,
    const struct status_question *q)
{
	if (!begun(s, q, false) || over(s, q, true) ||
	    is_ended(s, list, n, q, true))
		return STATUS_NO;
	return begun(s, q, true) && !over(s, q, false) &&
		!is_ended(s, list, n, q, false)
	    ? STATUS_CERTAINLY
	    : STATUS_POSSIBLY;
}

enum status_answer
status_answer(const struct status **by, const struct status *list, size_t n,
    const struct status_question *q)
{
	enum status_answer best = STATUS_NO;

	*by = NULL;
	for (size_t i = 0; i < n; i++) {
		const struct status *s = &list[i];
		enum status_answer answer;

		if (!status_is_in(q->set, s->code))
			continue;
		if (s->out != STATUS_COUNTS) {
			if (*by == NULL && s->out != STATUS_SUPERSEDED)
				*by = s;
			continue;
		}
		answer = q->ever ? answer_ever(s, q)
				 : answer_now(s, list, n, q);
		/* Of those that say the same the latest speaks. */
		if (answer > best ||
		    (answer == best && answer != STATUS_NO &&
			s->date.lo > (*by)->date.lo)) {
			best = answer;
			*by = s;
		}
	}
	return best;
}

/* ---- What looks wrong ---- */

static bool
is_dead(const struct status *s)
{
	return status_is_in("dead dead-custody executed", s->code);
}

static bool
is_custody(const struct status *s)
{
	return status_is_in("in-custody", s->code);
}

static bool
follows_death(const struct status *s, const struct status *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (is_dead(&list[i]) && list[i].has_date && s->has_date &&
		    !is_dead(s) && s->date.lo > list[i].date.hi)
			return true;
	return false;
}

/* Is there one of the set that may have come before s? */
static bool
has_before(const char *set, const struct status *s, const struct status *list,
    size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (&list[i] != s && status_is_in(set, list[i].code) &&
		    (!list[i].has_date || !s->has_date ||
			list[i].date.lo <= s->date.hi))
			return true;
	return false;
}

/* Are both there on a day for certain, in places of other words? */
static bool
is_elsewhere(const struct status *s, const struct status *other)
{
	if (s == other || !is_custody(s) || !is_custody(other) ||
	    s->place[0] == '\0' || other->place[0] == '\0' ||
	    strcmp(s->place, other->place) == 0 || !s->has_date ||
	    !other->has_date || !s->has_until)
		return false;
	return other->date.lo >= s->date.hi && other->date.hi < s->until.lo;
}

void
status_warn(const struct status *list, size_t n,
    void (*found)(void *ctx, enum status_warning what, const struct status *s),
    void *ctx)
{
	static const char held_first[] =
	    "located held held-admin held-crim house black-jail psych";

	for (size_t i = 0; i < n; i++) {
		const struct status *s = &list[i];

		if (follows_death(s, list, n))
			found(ctx, STATUS_AFTER_DEATH, s);
		if (status_is_in("reappeared located", s->code) &&
		    !has_before("missing", s, list, n))
			found(ctx, STATUS_NEVER_MISSING, s);
		if (strcmp(s->code, "arrested") == 0 &&
		    !has_before(held_first, s, list, n))
			found(ctx, STATUS_ARREST_FIRST, s);
		for (size_t j = 0; j < n; j++)
			if (is_elsewhere(s, &list[j]))
				found(ctx, STATUS_TWO_PLACES, &list[j]);
	}
}
