/* SPDX-License-Identifier: ISC */
/*
 * submission_urgency.c - whether a case is urgent, by what leaves of it.
 *
 * Dates are vague, and nothing is guessed: where they leave it open the answer
 * is "possibly".  A status may have been written down of a day on which it was
 * true, so somebody was gone at some time since the last contact.
 */
#include <string.h>

#include "record/date_english.h"
#include "record/status.h"
#include "leaving/submission_inside.h"

/* How far "about" and "probably" may be off. */
#define ABOUT_DAYS 15
#define ILL_TREATED "torture assault sexual-violence rape"

static const json_t *
leaving(const struct sub_item *item, const char *type)
{
	return item->why == AUDIENCE_MAY && !item->superseded &&
		strcmp(item->row.type, type) == 0
	    ? item->edition.body
	    : NULL;
}

/* The same day so many months ago, or the last of a shorter month. */
static int32_t
months_before(int32_t day, int months)
{
	int y, m, d, last;

	date_from_day(&y, &m, &d, day);
	m -= months;
	for (; m < 1; m += 12)
		y--;
	last = date_to_day(m == 12 ? y + 1 : y, m == 12 ? 1 : m + 1, 1) -
	    date_to_day(y, m, 1);
	return date_to_day(y, m, d < last ? d : last);
}

/* ---- The situation today ---- */

/* "since February", "from May to June": it began with the one end. */
static void
read_interval(struct status *s, const json_t *body)
{
	const char *edtf = json_string_value(
	    json_object_get(json_object_get(body, "date"), "edtf"));
	struct date d, one = { .form = DATE_SINGLE };

	if (edtf == NULL || date_parse(&d, edtf, strlen(edtf)) != VAULT_OK ||
	    d.form != DATE_INTERVAL || d.from.bound != DATE_STATED)
		return;
	one.from = d.from;
	date_days(&s->date, &one);
	if (d.to.bound == DATE_STATED && !s->has_until) {
		one.from = d.to;
		date_days(&s->until, &one);
		s->has_until = true;
	}
}

static enum status_answer
is_today(struct vault_submission *s, const char *set)
{
	const struct status_question q = { .set = set,
		.level = 3,
		.days = { INT32_MIN, s->today },
		.known_at = INT64_MAX };
	const struct status *by;
	struct buf list = { 0 };
	struct status *all;
	enum status_answer answer = STATUS_POSSIBLY;
	size_t n;
	const struct sub_item *items = sub_items(s, &n);

	for (size_t i = 0; i < n; i++) {
		const json_t *body = leaving(&items[i], "status");
		struct status one;

		if (body != NULL && status_read(&one, body) == VAULT_OK) {
			memcpy(one.id, items[i].id, sizeof(one.id));
			one.known = 0;
			read_interval(&one, body);
			buf_put(&list, &one, sizeof(one));
		}
	}
	all = (struct status *)(void *)list.bytes;
	n = list.len / sizeof(*all);
	/* It is looked at at the end. */
	if (list.failed)
		s->urgency.failed = true;
	else
		answer = status_answer(&by, all, status_sift(all, n, &q), &q);
	/* One without a date says nothing of today, and may be true. */
	for (size_t i = 0; answer == STATUS_NO && i < n; i++)
		if (status_is_in(set, all[i].code) &&
		    all[i].out == STATUS_NO_DATE)
			answer = STATUS_POSSIBLY;
	buf_free(&list);
	return answer;
}

/* Is any change of status one of these?  NULL: is there any? */
static bool
says_of(const struct vault_submission *s, const char *set)
{
	size_t n;
	const struct sub_item *items = sub_items(s, &n);

	for (size_t i = 0; i < n; i++) {
		const json_t *status = leaving(&items[i], "status");
		const char *code = json_string_value(
		    json_object_get(status, "status"));

		if (code != NULL && (set == NULL || status_is_in(set, code)))
			return true;
	}
	return false;
}

/* Where no situation is recorded nothing is known of today. */
static enum status_answer
is_known_today(struct vault_submission *s, const char *set)
{
	return says_of(s, NULL) ? is_today(s, set) : STATUS_POSSIBLY;
}

/* ---- Since when ---- */

/* The days on which what a date tells may have begun. */
static bool
beginning(struct date_days *out, const json_t *date)
{
	const char *edtf = json_string_value(json_object_get(date, "edtf"));
	struct date d;

	if (edtf == NULL || date_parse(&d, edtf, strlen(edtf)) != VAULT_OK)
		return false;
	if (d.form == DATE_INTERVAL) {
		d.form = DATE_SINGLE;
		if (d.from.bound != DATE_STATED)
			return false;
	}
	date_days(out, &d);
	if (d.from.qualifier != '\0' || d.to.qualifier != '\0') {
		out->lo -= out->lo > INT32_MIN + ABOUT_DAYS ? ABOUT_DAYS : 0;
		out->hi += out->hi < INT32_MAX - ABOUT_DAYS ? ABOUT_DAYS : 0;
	}
	return true;
}

/* Of a status: between the last contact and the day when it was true. */
static bool
gone_since(struct date_days *out, const json_t *status)
{
	struct date_days last;

	if (!beginning(out, json_object_get(status, "date")))
		return false;
	if (beginning(&last, json_object_get(status, "last_contact")))
		out->lo = last.lo;
	return true;
}

/* The latest disappearance that has a date. */
static bool
disappeared(struct date_days *out, const struct vault_submission *s)
{
	size_t n;
	const struct sub_item *items = sub_items(s, &n);
	bool any = false;

	for (size_t i = 0; i < n; i++) {
		const json_t *status = leaving(&items[i], "status");
		const json_t *act = leaving(&items[i], "act");
		struct date_days days = { INT32_MIN, INT32_MAX };
		bool one = false;

		if (status != NULL && sub_is_of(&items[i], status, "missing"))
			one = gone_since(&days, status);
		else if (act != NULL &&
		    sub_is_of(&items[i], act, "enforced-disappearance"))
			one = beginning(&days, json_object_get(act, "date"));
		if (one && (!any || days.hi > out->hi))
			*out = days;
		any = any || one;
	}
	return any;
}

static void
three_months(struct vault_submission *s)
{
	int32_t first = months_before(s->today, 3);
	struct date_days days = { INT32_MIN, INT32_MAX };
	enum status_answer gone = is_today(s, "missing in-custody");

	if (gone == STATUS_NO &&
	    says_of(s,
		"missing in-custody reappeared "
		"released bail served acquitted "
		"dropped exiled")) {
		buf_put_text(&s->urgency,
		    "no: by our records the person is no longer missing");
		return;
	}
	if (!disappeared(&days, s))
		s->info.urgency = VAULT_PERHAPS_URGENT;
	else if (days.lo >= first && days.hi <= s->today)
		s->info.urgency = gone == STATUS_POSSIBLY ? VAULT_PERHAPS_URGENT
							  : VAULT_URGENT;
	else if (days.hi >= first && days.lo <= s->today)
		s->info.urgency = VAULT_PERHAPS_URGENT;
	buf_put_text(&s->urgency,
	    s->info.urgency == VAULT_URGENT ? "urgent procedure: it happened"
		: s->info.urgency == VAULT_PERHAPS_URGENT
		? "possibly the urgent procedure, if it happened"
		: "standard procedure: it did not happen");
	buf_put_text(&s->urgency, " within the three months from ");
	date_english_day(&s->urgency, first);
	buf_put_text(&s->urgency, " to ");
	date_english_day(&s->urgency, s->today);
}

static void
at_risk(struct vault_submission *s)
{
	enum status_answer answer = is_known_today(s, "missing in-custody");

	s->info.urgency = (enum vault_urgency)answer;
	buf_put_text(&s->urgency,
	    answer == STATUS_CERTAINLY
		? "urgent appeal: by our records the person is missing or in "
		  "custody today"
		: answer == STATUS_POSSIBLY
		? "possibly an urgent appeal: our records leave open whether "
		  "the person is missing or in custody today"
		: "letter of allegation: by our records the person is neither "
		  "missing nor in custody today");
}

static void
detained(struct vault_submission *s)
{
	enum status_answer answer = is_known_today(s, "in-custody");

	s->info.urgency = (enum vault_urgency)answer;
	buf_put_text(&s->urgency,
	    answer == STATUS_CERTAINLY
		? "by our records the person is detained today"
		: answer == STATUS_POSSIBLY
		? "our records leave open whether the person is detained today"
		: "by our records the person is not detained today");
}

/* ---- How long ago ---- */

/* The latest torture that has a date, against two years. */
static void
two_years(struct vault_submission *s)
{
	int32_t limit = months_before(s->today, 24);
	size_t n;
	const struct sub_item *items = sub_items(s, &n);
	struct date_days latest = { INT32_MIN, INT32_MIN };
	bool any = false;

	for (size_t i = 0; i < n; i++) {
		const json_t *act = leaving(&items[i], "act");
		struct date_days days;

		if (act == NULL || !sub_is_of(&items[i], act, ILL_TREATED) ||
		    !date_object_days(&days, json_object_get(act, "date")))
			continue;
		any = true;
		if (days.hi > latest.hi)
			latest = days;
	}
	if (any && latest.lo >= limit)
		return;
	buf_put_text(&s->urgency,
	    !any ? "; when it happened is not dated"
		: latest.hi < limit
		? "; it happened more than two years ago"
		: "; it may have happened more than two years ago");
	buf_put_text(
	    &s->urgency, ", and older cases may not be taken (to check)");
}

enum vault_err
sub_urgency(struct vault_submission *s)
{
	switch (s->form->urgency) {
	case FORM_THREE_MONTHS:
		three_months(s);
		break;
	case FORM_AT_RISK:
		at_risk(s);
		break;
	case FORM_DETAINED:
		detained(s);
		break;
	}
	if (s->form->two_years)
		two_years(s);
	return buf_ok(&s->urgency);
}
