/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "care.h"
#include "progress.h"

struct care {
	struct progress progress;
	struct doc *found;
	unsigned n;
};

static void
found(void *ctx, enum vault_finding what, int64_t n)
{
	static const struct {
		enum say sentence;
		const char *word;
	} as[] = {
		[VAULT_FOUND_OUTER] = { SAY_FOUND_OUTER, "outer" },
		[VAULT_FOUND_MISSING] = { SAY_FOUND_MISSING, "missing" },
		[VAULT_FOUND_BROKEN] = { SAY_FOUND_BROKEN, "broken" },
		[VAULT_FOUND_FOREIGN] = { SAY_FOUND_FOREIGN, "foreign" },
		[VAULT_FOUND_ROOM] = { SAY_FOUND_ROOM, "room" },
		[VAULT_FOUND_SUM] = { SAY_FOUND_SUM, "sum" },
		[VAULT_FOUND_INNER] = { SAY_FOUND_INNER, "inner" },
		[VAULT_FOUND_LOG] = { SAY_FOUND_LOG, "log" },
		[VAULT_FOUND_KEYS] = { SAY_FOUND_KEYS, "keys" },
		[VAULT_FOUND_KEYS_FORGED] = { SAY_FOUND_KEYS_FORGED,
		    "keys-forged" },
		[VAULT_FOUND_KEYS_OTHER] = { SAY_FOUND_KEYS_OTHER,
		    "keys-other" },
		[VAULT_FOUND_SLOT] = { SAY_FOUND_SLOT, "slot" },
		[VAULT_FOUND_FILLER] = { SAY_FOUND_FILLER, "filler" },
		[VAULT_FOUND_CARD] = { SAY_FOUND_CARD, "card" },
		[VAULT_FOUND_EARLIER] = { SAY_FOUND_EARLIER, "earlier-key" },
		[VAULT_FOUND_REVOKED] = { SAY_FOUND_REVOKED, "revoked-key" },
	};
	struct care *care = ctx;
	struct doc *d = doc_object();

	progress_end(&care->progress);
	care->n++;
	say_warning(as[what].sentence, say_number((uint64_t)n), NULL);
	doc_text(d, "what", as[what].word);
	doc_int(d, "n", n);
	doc_put(care->found, NULL, d);
}

static void
found_record(void *ctx, const char *id, enum vault_record_finding what)
{
	static const struct {
		enum say sentence;
		const char *word;
	} as[] = {
		[VAULT_RECORD_BROKEN] = { SAY_FOUND_RECORD, "record" },
		[VAULT_RECORD_INDEX] = { SAY_FOUND_INDEX, "index" },
		[VAULT_RECORD_IDLE] = { SAY_FOUND_IDLE, "hides-nothing" },
	};
	struct care *care = ctx;
	struct doc *d = doc_object();

	progress_end(&care->progress);
	/* What somebody wrote is no damage. */
	care->n += what != VAULT_RECORD_IDLE;
	say_warning(as[what].sentence, id, NULL);
	doc_text(d, "what", as[what].word);
	doc_text(d, "id", id);
	doc_put(care->found, NULL, d);
}

static bool
step(void *ctx, uint64_t done, uint64_t total)
{
	return progress_step(&((struct care *)ctx)->progress, done, total);
}

int
care_check(struct vault *v, enum care_how how_much, enum say why)
{
	struct care care = { .found = doc_array() };
	struct vault_check how = {
		.quick = how_much == CARE_SUM,
		.ctx = &care,
		.found = found,
		.records = how_much == CARE_RECORDS,
		.record = found_record,
		.progress = step,
	};
	struct doc *result = doc_object();
	enum vault_err err;
	int status;

	if (why != SAY_PROGRESS_CHECKING && why != SAY_COUNT)
		say_warning(why, NULL);
	progress_begin(&care.progress, SAY_PROGRESS_CHECKING);
	err = vault_check(v, &how);
	progress_end(&care.progress);
	status = care.n > 0 ? 13 : 0;
	if (err != VAULT_OK) {
		struct vault_fault fault = vault_fault(v);

		status = say_fault(err, &fault, "");
	}
	doc_bool(result, "clean", status == 0);
	doc_put(result, "found", care.found);
	if (why == SAY_PROGRESS_CHECKING && say_is_json() && err == VAULT_OK)
		(void)doc_print(result);
	else
		doc_free(result);
	if (err == VAULT_OK && care.n > 0)
		say_error(SAY_CHECK_WRONG, say_number(care.n), NULL);
	return status;
}
