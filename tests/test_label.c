/* SPDX-License-Identifier: ISC */
/* Labels in other languages: one for every code, and none for anything else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "core/text.h"
#include "record/label.h"
#include "record/model.h"
#include "vault.h"

static void
every_code_has_a_label_in_every_language(void **state)
{
	const struct label_language *l = NULL;
	size_t n = 0;

	(void)state;
	while ((l = label_next_language(l)) != NULL) {
		const struct model_vocab *v = NULL;

		while ((v = model_next_vocab(v)) != NULL)
			for (size_t i = 0; i < v->n; i++, n++) {
				const char *label = label_of(
				    l, v->name, v->codes[i].code);

				if (label == NULL)
					fail_msg("%s: %s %s", l->lang, v->name,
					    v->codes[i].code);
				assert_true(label[0] != '\0');
				assert_true(
				    text_is_valid(label, strlen(label)));
			}
	}
	assert_true(n > 1000);
}

/* A label of a code that was taken out, or that is mistyped, would be lost. */
static void
no_label_is_of_a_code_that_is_not_there(void **state)
{
	static const struct {
		const char *vocab, *code;
	} labels[] = {
#define LABELS(lang, reviewed)
#define LABEL(vocab, code, text) { vocab, code },
#include "record/labels/es.def"
#include "record/labels/zh.def"
#undef LABEL
#undef LABELS
	};

	(void)state;
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		const struct model_vocab *v = model_vocab(labels[i].vocab);

		if (v == NULL || model_code(v, labels[i].code) == NULL)
			fail_msg("%s %s", labels[i].vocab, labels[i].code);
		for (size_t j = 0; j < i; j++)
			if (strcmp(labels[i].code, labels[j].code) == 0 &&
			    strcmp(labels[i].vocab, labels[j].vocab) == 0 &&
			    i - j < sizeof(labels) / sizeof(labels[0]) / 2)
				fail_msg("twice: %s %s", labels[i].vocab,
				    labels[i].code);
	}
}

static void
knows_a_language_by_the_name_of_a_locale(void **state)
{
	static const char *const chinese[] = { "zh", "zh-Hans", "zh_CN.UTF-8",
		"zh_TW", "zh:en" };
	static const char *const none[] = { "", "C", "en_GB.UTF-8", "zhx", "z",
		"fr" };

	(void)state;
	for (size_t i = 0; i < sizeof(chinese) / sizeof(chinese[0]); i++)
		assert_string_equal(label_language(chinese[i])->lang, "zh");
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_null(label_language(none[i]));
	assert_null(label_of(label_language("zh"), "status", "gossip"));
	assert_null(label_of(label_language("zh"), "gossip", "missing"));
}

static void
falls_back_to_english(void **state)
{
	struct vault_vocab v;
	struct vault_code c = { 0 };

	(void)state;
	assert_true(vault_vocab_by_name(&v, "act"));
	assert_true(vault_vocab_code_next(&c, &v));
	assert_string_equal(c.code, "enforced-disappearance");
	assert_string_equal(
	    vault_code_label(&c, "C"), "enforced disappearance");
	assert_string_equal(
	    vault_code_label(&c, "es_MX.UTF-8"), "desaparici\u00f3n forzada");
	assert_string_equal(
	    vault_code_label(&c, "zh"), "\u5f3a\u8feb\u5931\u8e2a");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_has_a_label_in_every_language),
		cmocka_unit_test(no_label_is_of_a_code_that_is_not_there),
		cmocka_unit_test(knows_a_language_by_the_name_of_a_locale),
		cmocka_unit_test(falls_back_to_english),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
