/* SPDX-License-Identifier: ISC */
/* trio_help - three offices that know one another, for tests of bundles. */
#ifndef TESTS_TRIO_HELP_H
#define TESTS_TRIO_HELP_H

#include "offices_help.h"

/* How many attachments are staged. */
#define STAGED "SELECT count(*) FROM attachment WHERE hash IS NULL"

static struct office a, b, c;

static inline int
setup(void **state)
{
	(void)state;
	assert_ok(vault_setup());
	office_open(&a, "A");
	office_open(&b, "B");
	office_open(&c, "C");
	knows(&a, &b);
	knows(&b, &a);
	knows(&c, &a);
	knows(&a, &c);
	/* What A has made may go back to it only after a comparison. */
	assert_ok(vault_contact_verify(of(&b), "A", NULL, false));
	return 0;
}

static inline int
teardown(void **state)
{
	(void)state;
	office_close(&a);
	office_close(&b);
	office_close(&c);
	return 0;
}

static struct vault_bundle_bad bad;

static inline enum vault_err
import_with(struct vault_imported *got, const struct office *f,
    struct memory *m, bool accept)
{
	struct vault_input in = { m, memory_read, NULL, m->len };
	struct vault_bundle *bundle;
	enum vault_err err;

	memset(got, 0, sizeof(*got));
	err = vault_bundle_open(&bundle, of(f), &in, &bad);
	if (err == VAULT_OK)
		err = vault_bundle_import(got, bundle, accept, &bad);
	vault_bundle_close(bundle);
	return err;
}

static inline enum vault_err
import(const struct office *f, struct memory *m)
{
	struct vault_imported got;

	return import_with(&got, f, m, false);
}

static inline struct vault_bundle_info
inspect(const struct office *f, struct memory *m)
{
	struct vault_input in = { m, memory_read, NULL, m->len };
	struct vault_bundle_info info;
	struct vault_bundle *bundle;

	assert_ok(vault_bundle_open(&bundle, of(f), &in, &bad));
	vault_bundle_info(&info, bundle);
	info.sender = NULL; /* that was borrowed */
	vault_bundle_close(bundle);
	return info;
}

/* ---- The tests ---- */

#endif
