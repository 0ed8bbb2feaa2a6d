/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "core/buf.h"
#include "core/text.h"

#define SEED UINT64_C(20110426)

static uint64_t random_state = SEED;

static uint32_t
next_random(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t)(random_state >> 16);
}

static void
check_key(const char *text, const char *key)
{
	struct buf out = { 0 }, again = { 0 };

	assert_int_equal(text_key(&out, text, strlen(text)), VAULT_OK);
	assert_string_equal(buf_text(&out), key);
	assert_int_equal(text_key(&again, out.bytes, out.len), VAULT_OK);
	assert_string_equal(buf_text(&again), key);
	buf_free(&out);
	buf_free(&again);
}

static void
check_same_key(const char *a, const char *b)
{
	struct buf out = { 0 };

	assert_int_equal(text_key(&out, b, strlen(b)), VAULT_OK);
	assert_true(out.len > 0);
	check_key(a, buf_text(&out));
	buf_free(&out);
}

static void
check_different_keys(const char *a, const char *b)
{
	struct buf left = { 0 }, right = { 0 };

	assert_int_equal(text_key(&left, a, strlen(a)), VAULT_OK);
	assert_int_equal(text_key(&right, b, strlen(b)), VAULT_OK);
	assert_string_not_equal(buf_text(&left), buf_text(&right));
	buf_free(&left);
	buf_free(&right);
}

static void
check_nfc(const char *text, const char *nfc)
{
	struct buf out = { 0 };

	assert_int_equal(text_nfc(&out, text, strlen(text)), VAULT_OK);
	assert_string_equal(buf_text(&out), nfc);
	buf_free(&out);
}

static void
check_safe(const char *text, size_t len, const char *safe)
{
	struct buf out = { 0 };

	assert_int_equal(text_safe(&out, text, len), VAULT_OK);
	assert_string_equal(buf_text(&out), safe);
	buf_free(&out);
}

static void
knows_valid_utf8(void **state)
{
	static const char *const bad[] = { "\xc0\xaf", "\xc1\xbf",
		"\xe0\x9f\xbf", "\xed\xa0\x80", "\xed\xbf\xbf",
		"\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
		"\x80", "\xc3", "a\xe4\xb8", "\xff", "\xfe",
		"\xf8\x88\x80\x80\x80", "\xc3\x28" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(text_is_valid(bad[i], strlen(bad[i])));
	assert_true(text_is_valid("", 0));
	assert_false(text_is_valid("a\0b", 3));
	assert_true(text_is_valid(
	    "\x7f\xc2\x80\u07ff\u0800\xed\x9f\xbf\ue000\uffff"
	    "\U00010000\U0010ffff",
	    strlen("\x7f\xc2\x80\u07ff\u0800\xed\x9f\xbf\ue000\uffff\U00010000"
		   "\U0010ffff")));
}

static void
reads_back_every_code_point_that_it_writes(void **state)
{
	(void)state;
	for (uint32_t cp = 0; cp <= 0x10ffff; cp++) {
		struct buf b = { 0 };
		uint32_t got = 0;
		size_t n;

		assert_true(text_put(&b, cp));
		n = text_next(&got, b.bytes, b.len);
		if (cp >= 0xd800 && cp <= 0xdfff) {
			assert_int_equal(n, 0);
		} else {
			assert_int_equal(n, b.len);
			assert_int_equal(got, cp);
			assert_int_equal(text_next(&got, b.bytes, n - 1), 0);
		}
		buf_free(&b);
	}
}

static void
composes_to_nfc(void **state)
{
	(void)state;
	check_nfc("", "");
	check_nfc("e\u0301", "\u00e9");
	check_nfc("\u212b", "\u00c5");
	check_nfc("a\u0315\u0300\u05ae"
		  "b",
	    "\u00e0\u05ae\u0315b");
	check_nfc("\u1112\u1161\u11ab", "\ud55c");
	check_nfc("\u0958", "\u0915\u093c"); /* excluded from composition */
	check_nfc("\ufb01", "\ufb01");       /* no compatibility folding */
	check_nfc("\u0344", "\u0308\u0301");
}

static void
refuses_to_normalise_what_is_not_utf8(void **state)
{
	struct buf out = { 0 };

	(void)state;
	buf_put_text(&out, "before");
	assert_int_equal(text_nfc(&out, "a\xff", 2), VAULT_EUSE);
	assert_int_equal(text_key(&out, "a\xff", 2), VAULT_EUSE);
	assert_int_equal(text_key(&out, "a\0b", 3), VAULT_EUSE);
	assert_string_equal(buf_text(&out), "before");
	buf_free(&out);
}

static void
folds_case_width_and_accents(void **state)
{
	(void)state;
	check_key("Teng  Biao", "teng biao");
	check_key("\uff34\uff25\uff2e\uff27", "teng");
	check_key("Jos\u00e9 Mu\u00f1oz", "jose munoz");
	check_key("Jose\u0301 Mun\u0303oz", "jose munoz");
	check_key("Nguy\u1ec5n \u0110\u00ecnh", "nguyen dinh");
	check_key("Wa\u0142\u0119sa", "walesa");
	check_key("Diyarbak\u0131r", "diyarbakir");
	check_key("\u0130STANBUL", "istanbul");
	check_key("\u00de\u00f3ra", "thora");
	check_key("\u0186\u0190\u0181\u018a\u0198\u01b3\u014a", "oebdkyng");
	check_key(
	    "\u05f2\u05b7\u05f0\u05f1", "\u05d9\u05d9\u05d5\u05d5\u05d5\u05d9");
	check_key("Stra\u00dfe", "strasse");
	check_key("\ufb01nal", "final");
	check_key(
	    "\u0421\u0435\u043c\u0451\u043d", "\u0441\u0435\u043c\u0435\u043d");
	check_key("\u039f\u0394\u039f\u03a3", "\u03bf\u03b4\u03bf\u03c3");
	check_key("\uff76\uff9e", "\u30ac"); /* half-width ka with its mark */
}

static void
drops_interpuncts_joiners_and_apostrophes(void **state)
{
	(void)state;
	check_key("\u4e70\u00b7\u5408", "\u4e70\u5408");
	check_key("\u4e70\u2022\u5408", "\u4e70\u5408");
	check_key("\u30a2\u30fb\u30a4", "\u30a2\u30a4");
	check_key("\uff71\uff65\uff72", "\u30a2\u30a4");
	check_key("O'Brien", "obrien");
	check_key("O\u2019Brien", "obrien");
	check_key("Qur\u02bean", "quran");
	check_key("a\u200cb\u200dc\u2060d\ufeffe\u00adf", "abcdef");
	check_key("a\ufe0fb\U000e0100c\u034fd", "abcd");
}

static void
parts_words_with_one_blank(void **state)
{
	(void)state;
	check_key("  al-Jazeera,\t(Doha)\r\n", "al jazeera doha");
	check_key("...", "");
	check_key("", "");
	check_key("a\u00a0b\u3000c\u2028d", "a b c d");
	check_key("\u00bd", "1 2");
}

static void
folds_arabic_variants(void **state)
{
	(void)state;
	check_same_key("\u0623\u062d\u0645\u062f", "\u0627\u062d\u0645\u062f");
	check_same_key("\u0625\u0628\u0631", "\u0627\u0628\u0631");
	check_same_key("\u0622\u0644", "\u0627\u0644");
	check_same_key("\u0627\u0653\u0644", "\u0622\u0644");
	check_same_key(
	    "\u0641\u0627\u0637\u0645\u0629", "\u0641\u0627\u0637\u0645\u0647");
	check_same_key("\u0645\u0648\u0633\u0649", "\u0645\u0648\u0633\u064a");
	check_same_key("\u06cc\u06a9", "\u064a\u0643");
	check_same_key("\u0645\u064f\u062d\u064e\u0645\u0651\u064e\u062f",
	    "\u0645\u062d\u0645\u062f");
	check_same_key(
	    "\u0645\u062d\u0640\u0640\u0645\u062f", "\u0645\u062d\u0645\u062f");
	check_same_key(
	    "\u0634\u064a\u0645\u0627\u0621", "\u0634\u064a\u0645\u0627");
	check_same_key("\ufefb", "\u0644\u0627"); /* a ligature */
	check_same_key("\u062e\u0627\u06ba", "\u062e\u0627\u0646");
	check_same_key("\u0631\u0624\u0648\u0641", "\u0631\u0648\u0648\u0641");
	check_same_key("\u0648\u0654\u064e", "\u0648");
	/* Letters of Uyghur, Kurdish and Kazakh that are no variants. */
	check_different_keys("\u06c7", "\u0648");
	check_different_keys("\u06d0", "\u0649");
	check_different_keys("\u06d0", "\u06d5");
	check_different_keys("\u06cb", "\u0648");
	check_different_keys("\u06af", "\u06ad");
	check_same_key("\u0626\u06d5", "\u064a\u0647");
}

static void
makes_all_decimal_digits_one(void **state)
{
	(void)state;
	check_key("\u0661\u0669\u0668\u0668", "1988");
	check_key("\u06f1\u06f3\u06f6\u06f9", "1369");
	check_key("\u0967\u096f", "19");
	check_key("\u0e51\u0e59", "19");
	check_key("\u0f21\u0f29", "19");
	check_key("\uff11\uff19\u00b2", "192");
	check_key("\U0001d7d9\U0001d7e2", "10");
}

static void
folds_mongolian_letters_of_one_shape(void **state)
{
	(void)state;
	check_same_key("\u1832\u1824\u1826", "\u1833\u1823\u1825");
	check_different_keys("\u1823", "\u1825");
	check_different_keys("\u182c", "\u182d");
	check_key(
	    "\u1820\u180b\u180c\u180d\u180f\u180a\u180e\u1821", "\u1820\u1821");
	check_key("\u1820\u202f\u1821", "\u1820 \u1821");
}

static void
joins_the_words_of_a_key(void **state)
{
	struct buf out = { 0 };

	(void)state;
	assert_int_equal(text_key_joined(&out, "teng biao", 9), VAULT_OK);
	assert_string_equal(buf_text(&out), "tengbiao");
	buf_reset(&out);
	/* Parts of a syllable compose where a blank parted them. */
	assert_int_equal(text_key_joined(&out, "\u1100 \u1161", 7), VAULT_OK);
	assert_string_equal(buf_text(&out), "\uac00");
	assert_int_equal(text_key_joined(&out, "\xff", 1), VAULT_EUSE);
	assert_string_equal(buf_text(&out), "\uac00");
	buf_free(&out);
}

/* Of scripts whose marks have the order of Unicode in keys too. */
static uint32_t
random_letter(void)
{
	static const uint32_t base[] = { 0x20, 0xa0, 0x300, 0x580, 0x600, 0x680,
		0x900, 0xf00, 0x1100, 0x1800, 0x3040, 0x4e00, 0xac00 };

	return base[next_random() % 13] + next_random() % 128;
}

/* Composed, without its blanks. */
static void
check_squeezed(const struct buf *a, const struct buf *b)
{
	const struct buf *of[] = { a, b };
	struct buf out[2] = { { 0 }, { 0 } };

	for (int i = 0; i < 2; i++) {
		struct buf text = { 0 };

		for (size_t k = 0; k < of[i]->len; k++)
			if (of[i]->bytes[k] != ' ')
				buf_put_byte(&text, of[i]->bytes[k]);
		assert_int_equal(
		    text_nfc(&out[i], text.bytes, text.len), VAULT_OK);
		buf_free(&text);
	}
	assert_string_equal(buf_text(&out[0]), buf_text(&out[1]));
	buf_free(&out[0]);
	buf_free(&out[1]);
}

/* Who keys a text whole tells places in it character by character. */
static void
folds_each_character_by_itself(void **state)
{
	(void)state;
	for (int i = 0; i < 200000; i++) {
		struct buf text = { 0 }, parts = { 0 }, whole = { 0 };

		for (int k = 0; k < 4; k++) {
			size_t at = text.len;

			text_put(&text, random_letter());
			assert_int_equal(
			    text_key(&parts, text.bytes + at, text.len - at),
			    VAULT_OK);
		}
		assert_int_equal(
		    text_key(&whole, text.bytes, text.len), VAULT_OK);
		check_squeezed(&parts, &whole);
		buf_free(&text);
		buf_free(&parts);
		buf_free(&whole);
	}
}

static void
keeps_marks_that_make_letters(void **state)
{
	(void)state;
	check_different_keys("\u0e01\u0e34", "\u0e01\u0e35"); /* Thai */
	check_different_keys("\u0f42\u0f72", "\u0f42\u0f74"); /* Tibetan */
	check_different_keys("\u0915\u093f", "\u0915\u0941"); /* Devanagari */
	check_different_keys("\u304b", "\u304c");             /* kana */
	check_different_keys("\u0921", "\u0921\u093c");       /* nukta */
	check_key(
	    "\u0f56\u0f66\u0f9f\u0f53\u0f0b\u0f60\u0f5b\u0f72\u0f53\u0f0d",
	    "\u0f56\u0f66\u0f9f\u0f53 \u0f60\u0f5b\u0f72\u0f53");
	/* Sara am with a tone mark, as a sign of its own and taken apart. */
	check_same_key("\u0e19\u0e49\u0e33", "\u0e19\u0e4d\u0e49\u0e32");
	check_same_key("\u0ea5\u0ec9\u0eb3", "\u0ea5\u0ecd\u0ec9\u0eb2");
}

static void
gives_one_key_to_equivalent_texts(void **state)
{
	(void)state;
	check_same_key("\uac00\ub098", "\u1100\u1161\u1102\u1161");
	check_same_key("\uf900", "\u8c48");
	check_same_key("\u0f71\u0f72\u0f40", "\u0f72\u0f71\u0f40");
	check_same_key("\u09cb", "\u09c7\u09be");
}

static void
folds_every_code_point_to_a_stable_key(void **state)
{
	(void)state;
	for (uint32_t cp = 1; cp <= 0x10ffff; cp++) {
		struct buf in = { 0 }, key = { 0 }, again = { 0 };

		if (cp >= 0xd800 && cp <= 0xdfff)
			continue;
		text_put(&in, cp);
		assert_int_equal(text_key(&key, in.bytes, in.len), VAULT_OK);
		assert_int_equal(
		    text_key(&again, key.bytes, key.len), VAULT_OK);
		if (strcmp(buf_text(&key), buf_text(&again)) != 0)
			fail_msg("U+%04X", cp);
		buf_free(&in);
		buf_free(&key);
		buf_free(&again);
	}
}

static void
takes_linear_time_for_a_megabyte_of_marks(void **state)
{
	struct buf in = { 0 }, out = { 0 };

	(void)state;
	buf_put_text(&in, "a");
	for (size_t i = 0; i < 250000; i++)
		buf_put_text(&in, i % 2 ? "\u0f72" : "\u0f71");
	assert_int_equal(text_key(&out, in.bytes, in.len), VAULT_OK);
	assert_int_equal(text_nfc(&out, in.bytes, in.len), VAULT_OK);
	buf_reset(&in);
	for (size_t i = 0; i < 250000; i++)
		buf_put_text(&in, i % 2 ? "\u0301" : "\u0327");
	assert_int_equal(text_key(&out, in.bytes, in.len), VAULT_OK);
	assert_int_equal(text_nfc(&out, in.bytes, in.len), VAULT_OK);
	buf_free(&in);
	buf_free(&out);
}

static void
shows_what_could_harm_a_terminal(void **state)
{
	(void)state;
	check_safe("a\tb\n", 4, "a\tb\n");
	check_safe("\x1b[2J\r\x7f\0", 7, "\\x1b[2J\\x0d\\x7f\\x00");
	check_safe("\xc2\x9b"
		   "1m",
	    4, "\\u{9b}1m");
	check_safe("a\xff\xe4\xb8", 4, "a\\xff\\xe4\\xb8");
	check_safe("\u202egpj.exe\u2066", 13, "\\u{202e}gpj.exe\\u{2066}");
	check_safe("\u200b\u200f\ufeff\u2028", 12,
	    "\\u{200b}\\u{200f}\\u{feff}\\u{2028}");
	check_safe("\U000e0041\u3164", 7, "\\u{e0041}\\u{3164}");
	check_safe("\u817e\u5f6a", 6, "\u817e\u5f6a");
	check_safe("\u2602\ufe0f", 6, "\u2602\ufe0f");
}

static void
shows_no_more_than_eight_marks_in_a_row(void **state)
{
	char in[64] = "a", want[64] = "a";

	(void)state;
	for (int i = 0; i < 10; i++)
		strcat(in, "\u0301");
	for (int i = 0; i < 8; i++)
		strcat(want, "\u0301");
	strcat(want, "\\u{301}\\u{301}");
	check_safe(in, strlen(in), want);
}

static void
keeps_a_line_one_line(void **state)
{
	struct buf out = { 0 };

	(void)state;
	assert_int_equal(text_safe_line(&out, "a\n\tb", 4), VAULT_OK);
	assert_string_equal(buf_text(&out), "a\\x0a\\x09b");
	buf_free(&out);
}

/* True for bytes that any terminal may be given. */
static bool
is_safe(const uint8_t *in, size_t len, bool one_line)
{
	size_t step;

	for (size_t i = 0; i < len; i += step) {
		uint32_t cp = 0;

		if ((step = text_next(&cp, in + i, len - i)) == 0)
			return false;
		if (cp < 0x20 && (one_line || (cp != '\n' && cp != '\t')))
			return false;
		if ((cp >= 0x7f && cp < 0xa0) || cp == 0x61c ||
		    (cp >= 0x200b && cp <= 0x200f) ||
		    (cp >= 0x2028 && cp <= 0x202e) ||
		    (cp >= 0x2060 && cp <= 0x206f) || cp == 0xfeff ||
		    (cp >= 0xe0000 && cp <= 0xe007f))
			return false;
	}
	return true;
}

/* Bytes at random, and whole characters from the places that matter. */
static size_t
random_bytes(uint8_t *to, size_t max)
{
	static const uint32_t base[] = { 0, 0x80, 0x300, 0x600, 0xe00, 0x2000,
		0xd7f0, 0xfe00, 0xfff0, 0xe0000, 0x4e00 };
	size_t len = 0, want = next_random() % max;
	struct buf b = { 0 };

	while (b.len < want) {
		uint32_t r = next_random();

		if (r % 4 == 0)
			buf_put_byte(&b, (uint8_t)(r >> 8));
		else
			text_put(&b, base[r / 4 % 11] + (r >> 8) % 128);
	}
	if ((len = b.len) > max)
		len = max;
	if (len > 0)
		memcpy(to, b.bytes, len);
	buf_free(&b);
	return len;
}

static void
makes_a_million_random_strings_safe(void **state)
{
	struct buf out = { 0 }, again = { 0 };
	uint8_t in[48];

	(void)state;
	printf("seed %llu\n", (unsigned long long)SEED);
	for (int i = 0; i < 1000000; i++) {
		size_t len = random_bytes(in, sizeof(in));

		out.len = again.len = 0;
		assert_int_equal(text_safe(&out, in, len), VAULT_OK);
		if (!is_safe(out.bytes, out.len, false))
			fail_msg("string %d", i);
		assert_int_equal(
		    text_safe(&again, out.bytes, out.len), VAULT_OK);
		assert_int_equal(again.len, out.len);
		out.len = 0;
		assert_int_equal(text_safe_line(&out, in, len), VAULT_OK);
		if (!is_safe(out.bytes, out.len, true))
			fail_msg("string %d", i);
	}
	buf_free(&out);
	buf_free(&again);
}

static void
measures_columns(void **state)
{
	(void)state;
	assert_int_equal(text_width("abc", 3), 3);
	assert_int_equal(text_width("\u817e\u5f6a", 6), 4);
	assert_int_equal(text_width("e\u0301", 3), 1);
	assert_int_equal(text_width("\u0e19\u0e49", 6), 1);
	assert_int_equal(text_width("\u1112\u1161\u11ab", 9), 2);
	assert_int_equal(text_width("", 0), 0);
	assert_int_equal(text_cp_width(0x1b), 0);
	assert_int_equal(text_cp_width(0x200b), 0);
	assert_int_equal(text_cp_width(0xe9), 1);
	assert_int_equal(text_cp_width(0x1f600), 2);
}

static void
finds_grapheme_clusters(void **state)
{
	(void)state;
	assert_int_equal(text_grapheme("ab", 2), 1);
	assert_int_equal(text_grapheme("e\u0301x", 4), 3);
	assert_int_equal(text_grapheme("\r\nx", 3), 2);
	assert_int_equal(text_grapheme("\U0001f468\u200d\U0001f469x", 12), 11);
	assert_int_equal(text_grapheme("", 0), 0);
}

static void
knows_scripts(void **state)
{
	static const uint32_t without[] = { 0x817e, 0x3042, 0x30a2, 0x0e01,
		0x0e34, 0x0f40, 0x1000, 0x1780, 0x20000, 0x3007 };
	static const uint32_t with[] = { 'a', 0x0627, 0xac00, 0x0915, 0x3001,
		0x0f0b, 0x00b7, '1', 0x0438 };

	(void)state;
	for (size_t i = 0; i < sizeof(without) / sizeof(without[0]); i++)
		assert_true(text_is_spaceless(without[i]));
	for (size_t i = 0; i < sizeof(with) / sizeof(with[0]); i++)
		assert_false(text_is_spaceless(with[i]));
	assert_true(text_is_rtl("a \u05d0", 4));
	assert_true(text_is_rtl("\u0645", 2));
	assert_false(text_is_rtl("a \u817e", 5));
	assert_false(text_is_rtl("", 0));
}

static void
knows_the_name_of_a_file(void **state)
{
	static const char *const good[] = { "a", "a.txt", "...", ".a", "..a",
		"two words", "\xe7\x85\xa7\xe7\x89\x87.jpg",
		"\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae", "\xe2\x80\x8fx" };
	static const char *const bad[] = { "", ".", "..", "/", "a/b", "a\nb",
		"a\tb", "\x1b[2J", "\x7f", "\xc2\x80", "\xc2\x9b",
		"\xe2\x80\xa8", "\xe2\x80\xaa", "\xe2\x80\xaegpj.exe",
		"\xe2\x81\xa6", "\xe2\x81\xa9", "\xff", "\xc0\xaf" };
	char longest[256];

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(text_is_file_name(good[i], strlen(good[i])));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(text_is_file_name(bad[i], strlen(bad[i])));
	assert_false(text_is_file_name("a\0b", 3));
	memset(longest, 'a', sizeof(longest));
	assert_true(text_is_file_name(longest, 255));
	assert_false(text_is_file_name(longest, 256));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_valid_utf8),
		cmocka_unit_test(reads_back_every_code_point_that_it_writes),
		cmocka_unit_test(composes_to_nfc),
		cmocka_unit_test(refuses_to_normalise_what_is_not_utf8),
		cmocka_unit_test(folds_case_width_and_accents),
		cmocka_unit_test(drops_interpuncts_joiners_and_apostrophes),
		cmocka_unit_test(parts_words_with_one_blank),
		cmocka_unit_test(folds_arabic_variants),
		cmocka_unit_test(makes_all_decimal_digits_one),
		cmocka_unit_test(folds_mongolian_letters_of_one_shape),
		cmocka_unit_test(joins_the_words_of_a_key),
		cmocka_unit_test(folds_each_character_by_itself),
		cmocka_unit_test(keeps_marks_that_make_letters),
		cmocka_unit_test(gives_one_key_to_equivalent_texts),
		cmocka_unit_test(folds_every_code_point_to_a_stable_key),
		cmocka_unit_test(takes_linear_time_for_a_megabyte_of_marks),
		cmocka_unit_test(shows_what_could_harm_a_terminal),
		cmocka_unit_test(shows_no_more_than_eight_marks_in_a_row),
		cmocka_unit_test(keeps_a_line_one_line),
		cmocka_unit_test(makes_a_million_random_strings_safe),
		cmocka_unit_test(measures_columns),
		cmocka_unit_test(finds_grapheme_clusters),
		cmocka_unit_test(knows_scripts),
		cmocka_unit_test(knows_the_name_of_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
