/* SPDX-License-Identifier: ISC */
/* People who are named in a text, however it is written; and who is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/buf.h"
#include "record/scan.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

/* Plainly invented people: numbers 0, 1 ... */
static const char *const people[] = {
	"{\"names\":[{\"text\":\"\u7532\u6cb3\u6811\",\"script\":\"Hans\","
	"\"family\":\"\u7532\",\"given\":\"\u6cb3\u6811\"},"
	"{\"text\":\"Jia Heshu\",\"family\":\"Jia\",\"given\":\"Heshu\"}],"
	"\"pseudonym\":\"Lawyer H.\","
	"\"id_papers\":[{\"kind\":\"id\",\"number\":\"110101 19700101 001X\"}],"
	"\"contacts\":[{\"kind\":\"phone\",\"value\":\"+86 138 0013 8000\"},"
	"{\"kind\":\"email\",\"value\":\"h.shu@example.org\"}]}",
	"{\"names\":[{\"text\":\"Mar\u00eda Jos\u00e9 N\u00fa\u00f1ez\"}]}",
	"{\"names\":[{\"text\":\"\u0645\u062d\u0645\u062f \u0627\u0644\u0623"
	"\u062d\u0645\u062f\",\"script\":\"Arab\"}]}",
	"{\"names\":[{\"text\":\"\u738b\"}]}",
	"{\"names\":[{\"text\":\"\uae40\ucca0\uc218\"}]}",
	"{\"names\":[{\"text\":\"\uae40\uad6c\"}]}",
	"{\"names\":[{\"text\":\"\u4e59\u8fdc\u5c71\uff08Yi Yuanshan"
	"\uff09/ Mountaineer\"}],\"contacts\":[{\"kind\":\"phone\",\"value\":"
	"\"home +49 555 1234567 (evenings), yiys@example.net, "
	"<yi.y@example.com>\"}]}",
	"{\"names\":[{\"text\":\"\u0422\u0435\u0441\u0442\u043e\u0432\u0438"
	"\u0447\"}]}",
	"{\"names\":[{\"text\":\"Coca\"}]}",
	"{\"names\":[{\"text\":\"Ay\u015fecan\"}]}",
	"{\"names\":[{\"text\":\"\u0632\u064a\u0646\u0628\u064a\"}]}",
};

static struct scan *
everybody(void)
{
	struct scan *s;

	assert_int_equal(scan_new(&s), VAULT_OK);
	for (size_t i = 0; i < N(people); i++) {
		json_t *body = json_loads(people[i], 0, NULL);

		assert_non_null(body);
		assert_int_equal(scan_add(s, body, i), VAULT_OK);
		json_decref(body);
	}
	return s;
}

struct seen {
	struct scan_hit first;
	size_t names, parts, numbers;
};

static enum vault_err
see(void *ctx, const struct scan_hit *hit)
{
	struct seen *seen = ctx;

	/* A part of it may be told in the address of a page, too. */
	if (seen->names + seen->numbers == 0)
		seen->first = *hit;
	seen->names += hit->kind == SCAN_NAME;
	seen->parts += hit->kind == SCAN_PART;
	seen->numbers += hit->kind == SCAN_NUMBER;
	return VAULT_OK;
}

static struct seen
look(struct scan *s, const char *text)
{
	struct seen seen = { .names = 0 };

	assert_int_equal(
	    scan_text(s, text, strlen(text), see, &seen), VAULT_OK);
	return seen;
}

struct row {
	const char *text;
	size_t who, at, len; /* in characters */
};

static void
finds_a_name_however_it_is_written(void **state)
{
	static const struct row rows[] = {
		{ "Jia Heshu was seen", 0, 0, 9 },
		{ "the lawyer JIA HESHU", 0, 11, 9 },
		{ "Heshu Jia", 0, 0, 9 },
		{ "Heshu, Jia", 0, 0, 10 },
		{ "(Jia\n  Heshu)", 0, 1, 11 },
		{ "Jia He-\nshu", 0, 0, 11 },
		{ "JiaHeshu", 0, 0, 8 },
		{ "jia-heshu.jpg", 0, 0, 9 },
		{ "IMG_jiaheshu2011.jpg", 0, 4, 8 },
		{ "Jia Heshu's wife", 0, 0, 9 },
		{ "J i a H e s h u", 0, 0, 15 },
		{ "\uff2a\uff49\uff41\u3000\uff28\uff45\uff53\uff48\uff55", 0,
		    0, 9 },
		{ "Ji\u0101 H\u00e9sh\u00f9", 0, 0, 9 },
		{ "Jia\u00b7Heshu", 0, 0, 9 },
		{ "Jia\u200b He\u00adshu", 0, 0, 11 },
		{ "\u5f8b\u5e08\u7532\u6cb3\u6811\u5931\u8e2a", 0, 2, 3 },
		{ "\u7532 \u6cb3\n\u6811", 0, 0, 5 },
		{ "\u7532\u00b7\u6cb3\u6811", 0, 0, 4 },
		{ "\u6cb3\u6811\u7532", 0, 0, 3 },
		{ "Maria Jose Nunez", 1, 0, 16 },
		{ "N\u00da\u00d1EZ, Mari\u0301a Jos\u00e9", 1, 0, 18 },
		{ "nunez maria-jose", 1, 0, 16 },
		/* And, to, from: written before the word. */
		{ "\u0648\u0645\u062d\u0645\u062f "
		  "\u0627\u0644\u0627\u062d\u0645\u062f",
		    2, 1, 11 },
		{ "\u0645\u064f\u062d\u0645\u0651\u062f\u0640 "
		  "\u0627\u0644\u0623\u062d\u0645\u062f",
		    2, 0, 14 },
		{ "said \u738b.", 3, 5, 1 },
		{ "\uae40\ucca0\uc218\ub294", 4, 0, 3 },
		{ "\uae40\uad6c\ub294", 5, 0, 2 },
		/* As in the address of a page. */
		{ "https://e.org/?q=Jia%20Heshu&x", 0, 17, 11 },
		{ "/%e7%94%b2%E6%B2%B3%E6%A0%91/50%25", 0, 1, 27 },
		{ "100%! of %zz Jia Heshu", 0, 13, 9 },
		/* As in HTML, in JSON, and escaped twice. */
		{ "J&#105;a H&eacute;sh&#x75 now", 0, 0, 25 },
		{ "&#x7532;&#27827;&#X6811;", 0, 0, 24 },
		{ "so Jia&nbsp;Heshu&rsquo;s", 0, 3, 14 },
		{ "\\u7532\\u6cb3\\u6811", 0, 0, 18 },
		{ "a Jia%2520Heshu", 0, 2, 13 },
		{ "J&amp;#105;a Heshu", 0, 0, 18 },
		/* With letters of other scripts that look the same. */
		{ "Ji\u0430 H\u0435shu", 0, 0, 9 },
		{ "J\u03b9a Heshu", 0, 0, 9 },
		{ "J&#x456;a Heshu", 0, 0, 15 },
		{ "said \u0422\u0435c\u0442\u043e\u0432\u0438\u0447", 7, 5, 8 },
		{ "\u0421\u043e\u0441\u0430", 8, 0, 4 },
		{ "C\u043eca", 8, 0, 4 },
		/* With endings, and what is written before a word. */
		{ "Jia Heshu'nun evi", 0, 0, 9 },
		{ "Ay\u015fecan'\u0131n evi", 9, 0, 7 },
		{ "evi Ay\u015fecan\u2019\u0131", 9, 4, 7 },
		{ "l'avocat d'Ay\u015fecan", 9, 11, 7 },
		{ "los Ay\u015fecans", 9, 4, 7 },
		{ "los Ay\u015fecanes", 9, 4, 7 },
		{ "\u0641\u0632\u064a\u0646\u0628\u064a", 10, 1, 5 },
		{ "\u0648\u0628\u0627\u0644\u0632\u064a\u0646\u0628\u064a", 10,
		    4, 5 },
		{ "\u0644\u0644\u0632\u064a\u0646\u0628\u064a", 10, 2, 5 },
		{ "\u0648\u0644\u0645\u062d\u0645\u062f "
		  "\u0627\u0644\u0627\u062d\u0645\u062f",
		    2, 2, 11 },
		/* Several names in one. */
		{ "saw \u4e59\u8fdc\u5c71", 6, 4, 3 },
		{ "saw Yuanshan Yi", 6, 4, 11 },
		{ "the Mountaineer", 6, 4, 11 },
		/* With all that stands on the last character. */
		{ "Jia Heshu\u0301\u0301.", 0, 0, 11 },
	};
	struct scan *s = everybody();

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct seen seen = look(s, rows[i].text);

		if (seen.names != 1 || seen.first.who != rows[i].who ||
		    seen.first.at != rows[i].at ||
		    seen.first.len != rows[i].len)
			fail_msg("row %zu: %zu of %zu at %zu, %zu long", i,
			    seen.names, seen.first.who, seen.first.at,
			    seen.first.len);
	}
	scan_free(s);
}

static void
finds_numbers_and_addresses(void **state)
{
	static const char *const texts[] = { "call 13800138000",
		"+86-138-0013-8000", "0086 138 0013 8000", "8613800138000",
		"tel:138.0013.8000,", "11010119700101001x",
		"ID 110101-19700101-001X", "write to H.Shu@Example.ORG",
		"\uff11\uff13\uff18\uff10\uff10\uff11\uff13\uff18\uff10\uff10"
		"\uff10",
		"call 0555 123-4567", "+49 (555) 1234567 now",
		"YiYS@example.net", "mailto:yi.y@example.com" };
	struct scan *s = everybody();

	(void)state;
	for (size_t i = 0; i < N(texts); i++)
		if (look(s, texts[i]).numbers != 1)
			fail_msg("%s", texts[i]);
	assert_int_equal(look(s, "138001380001").numbers, 0);
	assert_int_equal(look(s, "1380013").numbers, 0);
	scan_free(s);
}

/* A part is told once, and not where it belongs to a whole name. */
static void
tells_parts_apart(void **state)
{
	struct scan *s = everybody();
	struct seen seen;

	(void)state;
	seen = look(s, "Heshu said, and Heshu knew");
	assert_int_equal(seen.parts, 1);
	assert_int_equal(seen.names, 0);
	assert_int_equal(seen.first.at, 0);
	assert_int_equal(look(s, "Jia Heshu, Jia Heshu").names, 2);
	assert_int_equal(look(s, "Jia Heshu").parts, 0);
	assert_int_equal(look(s, "\u6cb3\u6811").parts, 1);
	assert_int_equal(look(s, "Mr Jia").parts, 0);
	assert_int_equal(look(s, "Nunez").parts, 1);
	assert_int_equal(look(s, "Maria").parts, 1);
	scan_free(s);
}

/* With one letter wrong it is a part: it may be somebody else. */
static void
suspects_a_name_with_a_letter_wrong(void **state)
{
	static const struct {
		const char *text;
		size_t at, len;
	} rows[] = {
		{ "Jia Hesku", 0, 9 },
		{ "Jio Heshu", 0, 9 },
		{ "saw Jia Hesh.", 4, 8 },
		{ "ia Heshu", 0, 8 },
		{ "Jja Heshu's wife", 0, 9 },
		{ "Jia Heeshu", 0, 10 },
		{ "Jia Hehsu'nun", 0, 9 },
		{ "Jia-Hshu", 0, 8 },
		{ "Hesku Jia", 0, 9 },
		{ "(Mria Jose Nunez)", 1, 15 },
		{ "Maria Jose Nunes", 0, 16 },
		{ "\u0645\u062c\u0645\u062f "
		  "\u0627\u0644\u0627\u062d\u0645\u062f",
		    0, 11 },
	};
	static const char *const none[] = { "Jia Hexxu", "Jia he shut",
		"a Jia Hesk u", "Ji Hesku", "Jiah Esko" };
	struct scan *s = everybody();

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct seen seen = look(s, rows[i].text);

		if (seen.names != 0 || seen.parts == 0)
			fail_msg(
			    "row %zu: %zu, %zu", i, seen.names, seen.parts);
		if (i < N(rows) - 3 && i != 1 && i != 3 && i != 4 &&
		    (seen.first.at != rows[i].at ||
			seen.first.len != rows[i].len))
			fail_msg("row %zu: at %zu, %zu long", i, seen.first.at,
			    seen.first.len);
	}
	for (size_t i = 0; i < N(none); i++)
		if (look(s, none[i]).parts != 0)
			fail_msg("%s", none[i]);
	scan_free(s);
}

/* Each letter in turn: another one, none, one more, exchanged with the next. */
static void
suspects_every_single_mistake(void **state)
{
	/* Of one word each: no part of them says it. */
	static const char *const names[] = { "Wolfeschlegel", "Abdurrahman" };
	json_t *body = json_pack(
	    "{s:[{s:s},{s:s}]}", "names", "text", names[0], "text", names[1]);
	struct scan *s;
	size_t missed = 0;

	(void)state;
	assert_int_equal(scan_new(&s), VAULT_OK);
	assert_int_equal(scan_add(s, body, 0), VAULT_OK);
	json_decref(body);
	for (size_t k = 0; k < 2; k++) {
		size_t len = strlen(names[k]);

		for (size_t i = 0; i < 4 * len; i++) {
			char text[40];
			size_t at = i / 4;
			struct seen seen;

			strcpy(text, names[k]);
			if (i % 4 == 0)
				text[at] = 'x';
			else if (i % 4 == 1)
				memmove(text + at, text + at + 1, len - at);
			else if (i % 4 == 2)
				memmove(text + at + 1, text + at, len - at + 1);
			else if (at + 1 < len) {
				text[at] = names[k][at + 1];
				text[at + 1] = names[k][at];
			}
			seen = look(s, text);
			if (seen.names + seen.parts == 0)
				missed++;
		}
	}
	/* Two that are exchanged across the middle, in each. */
	assert_true(missed <= 2);
	scan_free(s);
}

/* What English writes with an apostrophe is nobody's name. */
static void
knows_contractions(void **state)
{
	static const char *const names[] = { "Don", "He", "Can", "Li", "Was",
		"Brien" };
	static const struct {
		const char *text;
		size_t n;
	} rows[] = { { "I don't know", 0 }, { "He's gone, it's late", 0 },
		{ "it can't be, wasn't", 0 }, { "O'Brien", 0 },
		{ "Li's house", 1 }, { "Don's", 1 }, { "Don'un", 1 },
		{ "Can\u2019\u0131n", 1 }, { "d'Can", 1 }, { "Can'tan", 1 } };
	struct scan *s;

	(void)state;
	assert_int_equal(scan_new(&s), VAULT_OK);
	for (size_t i = 0; i < N(names); i++) {
		json_t *body = json_pack(
		    "{s:[{s:s}]}", "names", "text", names[i]);

		assert_int_equal(scan_add(s, body, i), VAULT_OK);
		json_decref(body);
	}
	for (size_t i = 0; i < N(rows); i++)
		if (look(s, rows[i].text).names != rows[i].n)
			fail_msg("%s", rows[i].text);
	scan_free(s);
}

static void
leaves_others_alone(void **state)
{
	static const char *const texts[] = { "", "Lawyer H.", "Jiaheng Shu",
		"a pariah, heshut it", "\u738b\u8bf4", "\u6cb3 is a river",
		"Jia and his wife", "Josephine Nun", "ahmad", "\u7532\u6cb3",
		"\uae40\ucca0" };
	struct scan *s = everybody();

	(void)state;
	for (size_t i = 0; i < N(texts); i++) {
		struct seen seen = look(s, texts[i]);

		if (seen.names + seen.parts + seen.numbers != 0)
			fail_msg("%s", texts[i]);
	}
	assert_int_equal(scan_short(s), 1);
	scan_free(s);
}

static void
is_bounded_by_people_not_by_text(void **state)
{
	struct scan *s = everybody();
	char *text = malloc(800001);
	struct seen seen;

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < 800000; i += 10)
		memcpy(text + i, "Jia Heshu ", 10);
	text[800000] = '\0';
	seen = look(s, text);
	assert_true(seen.names > 0 && seen.names <= 20);
	/* Behind as many parts as there can be, the name is found. */
	for (size_t i = 0; i < 799990; i += 10)
		memcpy(text + i, "Hesh Heshu", 10);
	memcpy(text + 799990, " Jia Heshu", 10);
	assert_int_equal(look(s, text).names, 1);
	free(text);
	scan_free(s);
}

/* Nor does it take long, whatever others send. */
static void
counts_people_of_one_name_once_each(void **state)
{
	json_t *body = json_loads(
	    "{\"names\":[{\"text\":\"Jia Heshu\"}]}", 0, NULL);
	struct scan *s;
	struct buf text = { 0 };
	struct seen seen;

	(void)state;
	assert_int_equal(scan_new(&s), VAULT_OK);
	for (size_t i = 0; i < 20000; i++)
		assert_int_equal(scan_add(s, body, i), VAULT_OK);
	for (size_t i = 0; i < 25; i++)
		buf_put_text(&text, "Jia Heshu. ");
	assert_int_equal(buf_ok(&text), VAULT_OK);
	alarm(60);
	seen = look(s, buf_text(&text));
	assert_int_equal(scan_short(s), 0);
	alarm(0);
	assert_int_equal(seen.names, 10 * 20000);
	buf_free(&text);
	json_decref(body);
	scan_free(s);
}

/* ---- False alarms ---- */

/* Words of a list that stands in the source, 2,048 of them. */
static size_t
read_words(char (*out)[24], const char *path)
{
	FILE *f = fopen(path, "r");
	size_t n = 0;

	if (f == NULL)
		return 0;
	while (n < 2048 && fscanf(f, "%23s", out[n]) == 1)
		n++;
	fclose(f);
	return n;
}

static uint32_t
draw(uint64_t *state, uint32_t below)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*state >> 33) % below;
}

/*
 * Sentences of everyday and of this work; %w is a word, %n somebody else: two
 * or three syllables, or two words, with a capital or not.
 */
static const char *const sentences[] = {
	"The %w %w was %w by the %w of %w and the %w %w.",
	"On 26 April 2011 %n was taken from a %w in %w, and %w since.",
	"Lawyer %n and his wife %n %w that the %w had %w the %w.",
	"%n, a teacher of %w, has been held for 138 days and 13 hours.",
	"According to %n, officers of the %w %w him and %w his %w.",
	"At least 17 people remain missing; 39 were detained in %w %w.",
	"The court in %w sentenced %n to 3 years; %n was %w.",
	"El %w de la %w fue %w por los %w en %w.",
	"据%n说，警察把他们带走了"
	"，%w 至今下落不明。",
	"Witness %n saw %n near the %w at %w o'clock; call 139 1234 5678.",
};

struct lists {
	char en[2048][24], es[2048][24], zh[2048][24];
	uint64_t seed;
};

static const char *
any_word(struct lists *l)
{
	uint32_t which = draw(&l->seed, 2048);

	switch (draw(&l->seed, 3)) {
	case 0:
		return l->en[which];
	case 1:
		return l->es[which];
	default:
		return l->zh[which];
	}
}

static size_t
put_person(char *out, size_t size, struct lists *l)
{
	static const char *const families[] = { "Jia", "Li", "Wang", "Zhang",
		"Ma", "Hu", "Nunez", "Garcia", "Ali", "Ana" };
	const char *given = any_word(l);

	return (size_t)snprintf(out, size, "%s %s%s",
	    families[draw(&l->seed, (uint32_t)N(families))], given,
	    draw(&l->seed, 2) ? " Luis" : "");
}

static void
make_sentence(char *out, size_t size, struct lists *l)
{
	const char *from = sentences[draw(&l->seed, (uint32_t)N(sentences))];
	size_t n = 0;

	for (; *from != '\0' && n + 64 < size; from++) {
		if (from[0] != '%') {
			out[n++] = *from;
			continue;
		}
		n += from[1] == 'n'
		    ? put_person(out + n, size - n, l)
		    : (size_t)snprintf(out + n, size - n, "%s", any_word(l));
		from++;
	}
	out[n] = '\0';
}

/*
 * Not one whole name is seen in 10,000 sentences that have none, and few
 * parts; the figures are printed.  The seed is fixed: it is the same text for
 * everybody.
 */
static void
seldom_alarms_falsely(void **state)
{
	struct lists *l = calloc(1, sizeof(*l));
	struct scan *s = everybody();
	size_t names = 0, parts = 0, numbers = 0;
	char text[600];

	(void)state;
	assert_non_null(l);
	l->seed = 20110426;
	if (read_words(l->en, "cli/words/en.txt") != 2048 ||
	    read_words(l->es, "cli/words/es.txt") != 2048 ||
	    read_words(l->zh, "cli/words/pinyin.txt") != 2048)
		fail_msg("no lists of words: run it from the top folder");
	for (size_t i = 0; i < 10000; i++) {
		struct seen seen;

		make_sentence(text, sizeof(text), l);
		seen = look(s, text);
		names += seen.names > 0;
		parts += seen.parts > 0;
		numbers += seen.numbers > 0;
	}
	printf("10,000 sentences: %zu with a name, %zu with a number, "
	       "%zu with a part (%.2f %%)\n",
	    names, numbers, parts, (double)parts / 100);
	assert_int_equal(names, 0);
	assert_int_equal(numbers, 0);
	free(l);
	scan_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_a_name_however_it_is_written),
		cmocka_unit_test(finds_numbers_and_addresses),
		cmocka_unit_test(tells_parts_apart),
		cmocka_unit_test(suspects_a_name_with_a_letter_wrong),
		cmocka_unit_test(suspects_every_single_mistake),
		cmocka_unit_test(knows_contractions),
		cmocka_unit_test(leaves_others_alone),
		cmocka_unit_test(seldom_alarms_falsely),
		cmocka_unit_test(is_bounded_by_people_not_by_text),
		cmocka_unit_test(counts_people_of_one_name_once_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
