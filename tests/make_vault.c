/* SPDX-License-Identifier: ISC */
/*
 * make_vault [--empty] FOLDER - a small vault in FOLDER/v for readers in other
 * languages: passphrases "dusk" and "Ame\u0301lie" (typed decomposed), one
 * added and removed again; records with private fields, earlier versions, two
 * versions that disagree, attachments of 0, 65,536 and 100,000 bytes, a
 * draft; two earlier signing keys, and a contact that has two and announces
 * another one, the first of which is revoked.  With --empty, none of these.
 * Prints what it made as JSON lines.  Its key derivation is far below the
 * floor: test builds only.
 *
 * make_vault --names FOLDER NAME... - a vault with one record, that has an
 * attachment of each name, whatever it is: as from an office that allows it.
 *
 * make_vault --at SECONDS FOLDER - one with a case that was written then.
 *
 * make_vault --keys - no vault: the key of each line that is read, as a line.
 */
#include "core/buf.h"
#include "core/clock.h"
#include "core/text.h"
#include "inside.h"
#include "record/attach.h"
#include "store/store.h"
#include "support.h"

static const char *const bodies[] = {
	"{\"type\":\"person\",\"names\":[{\"text\":\"腾彪\","
	"\"script\":\"Hans\",\"primary\":true},{\"text\":\"Teng Biao\"},"
	"{\"text\":\"O\u02bcBrien, Ra\u02beuf de D\u00e0w\u016bd\"},"
	"{\"text\":\"رؤوف داوود\",\"family\":\"داوود\",\"given\":\"رؤوف\"}],"
	"\"contacts\":[{\"kind\":\"phone\",\"value\":\"+00 1\"}],"
	"\"private_fields\":[\"contacts\"]}",
	"{\"type\":\"case\",\"title\":\"Invented case\","
	"\"date\":{\"edtf\":\"2011-02-15~/..\"}}",
	"{\"type\":\"testimony\",\"text\":\"line one\\nline two \\u0007\","
	"\"medium\":\"letter\",\"tags\":[\"!\",\"a b\"]}",
};

struct bytes {
	uint64_t at, size;
};

static enum vault_err
give(void *ctx, void *to, size_t len, size_t *got)
{
	struct bytes *b = ctx;
	uint8_t *out = to;

	*got = b->size - b->at < len ? (size_t)(b->size - b->at) : len;
	for (size_t i = 0; i < *got; i++)
		out[i] = (uint8_t)((b->at + i) * 7);
	b->at += *got;
	return VAULT_OK;
}

static void
attach(struct vault *v, const char *id, const char *name, uint64_t size)
{
	struct bytes b = { 0, size };
	struct vault_source from = { &b, give, NULL, size };

	assert_ok(vault_attach(v, id, name, &from));
	printf("{\"attachment\": \"%s\", \"record\": \"%s\", \"size\": %lu}\n",
	    name, id, (unsigned long)size);
}

/* Two edits of one state: both stay. */
static void
disagree(struct vault *v, const char *id, struct vault_report *report)
{
	static const char *const edits[] = {
		"{\"type\":\"case\",\"title\":\"One title\"}",
		"{\"type\":\"case\",\"title\":\"Another title\"}",
	};
	struct vault_record base;

	assert_ok(vault_get(&base, v, id));
	for (size_t i = 0; i < 2; i++)
		assert_ok(
		    vault_edit(v, &base, report, edits[i], strlen(edits[i])));
	vault_record_free(&base);
}

static void
add_records(struct vault *v)
{
	char id[3][VAULT_ID_LEN];
	struct vault_report *report;
	int64_t draft = 0;

	assert_ok(vault_report_new(&report));
	for (size_t i = 0; i < 3; i++) {
		assert_ok(vault_add(
		    id[i], v, report, NULL, bodies[i], strlen(bodies[i])));
		printf(
		    "{\"record\": \"%s\", \"body\": %s}\n", id[i], bodies[i]);
	}
	attach(v, id[0], "empty.txt", 0);
	attach(v, id[0], "full chunk.bin", 65536);
	attach(v, id[2], "照片.jpg", 100000);
	disagree(v, id[1], report);
	assert_ok(vault_draft_put(v, &draft, NULL, NULL, "person", "{}", 2));
	vault_report_free(report);
}

static void
ignore_contact(void *ctx, const struct vault_contact *c)
{
	(void)ctx;
	(void)c;
}

static void
take_card(struct vault *v, struct vault *from)
{
	struct vault_office o;

	assert_ok(vault_office(&o, from));
	assert_ok(vault_contact_add(
	    v, o.card.bytes, o.card.len, NULL, false, ignore_contact, NULL));
	vault_office_free(&o);
}

/* Ours are renewed first: what is written then is of the present one. */
static void
add_keys(struct vault *v)
{
	char *folder = folder_new();
	struct vault_revoked revoked;
	struct buf text = { 0 };
	struct opened other;
	size_t which = 1;

	vault_make(folder);
	assert_ok(vault_try(&other, folder, "dusk"));
	assert_ok(vault_office_rename(other.vault, "B"));
	for (int i = 0; i < 2; i++)
		assert_ok(vault_office_renew_signing(v));
	for (int i = 0; i < 3; i++) {
		take_card(v, other.vault);
		assert_ok(vault_contact_verify(v, "B", NULL, false));
		assert_ok(vault_office_renew_signing(other.vault));
	}
	take_card(v, other.vault);
	assert_ok(vault_office_revoke(&text, &which, other.vault));
	assert_ok(vault_contact_revoke(&revoked, v, text.bytes, text.len));
	vault_revoked_free(&revoked);
	buf_free(&text);
	vault_done(&other);
	folder_free(folder);
}

/* An attachment of any name: the facade would refuse some. */
static void
attach_as(struct vault *v, const struct record_row *r, const char *name)
{
	uint8_t hash[HASH_LEN];
	struct attach_writer *w;

	assert_ok(store_begin(v->store));
	assert_ok(attach_begin(&w, v->store, r, name));
	assert_ok(attach_put(w, name, strlen(name)));
	assert_ok(attach_end(w, hash));
	attach_writer_free(w);
	assert_ok(records_follow(v, r, hash, "attach"));
	assert_ok(store_commit(v->store));
}

static int
with_names(const char *folder, char **names)
{
	struct vault_report *report;
	char id[VAULT_ID_LEN];
	uint8_t bytes[ID_LEN];
	struct record_row r;
	struct opened o;

	vault_make(folder);
	assert_ok(vault_try(&o, folder, "dusk"));
	assert_ok(vault_report_new(&report));
	assert_ok(
	    vault_add(id, o.vault, report, NULL, bodies[1], strlen(bodies[1])));
	assert_ok(id_parse(bytes, id, strlen(id)));
	assert_ok(rows_find(&r, o.vault->store, bytes));
	for (; *names != NULL; names++)
		attach_as(o.vault, &r, *names);
	printf("%s\n", id);
	vault_report_free(report);
	vault_done(&o);
	return 0;
}

static int
written_at(int64_t time, const char *folder)
{
	struct vault_report *report;
	char id[VAULT_ID_LEN];
	struct opened o;

	vault_make(folder);
	assert_ok(vault_try(&o, folder, "dusk"));
	assert_ok(vault_report_new(&report));
	clock_test_set(time);
	assert_ok(
	    vault_add(id, o.vault, report, NULL, bodies[1], strlen(bodies[1])));
	clock_test_set(-1);
	printf("%s\n", id);
	vault_report_free(report);
	vault_done(&o);
	return 0;
}

static int
keys_of_lines(void)
{
	struct buf key = { 0 };
	char *line = NULL;
	size_t room = 0;
	ssize_t len;

	while ((len = getline(&line, &room, stdin)) > 0) {
		buf_reset(&key);
		if (line[len - 1] == '\n')
			len--;
		if (text_key(&key, line, (size_t)len) != VAULT_OK)
			return 1;
		puts(buf_text(&key));
	}
	free(line);
	buf_free(&key);
	return 0;
}

int
main(int argc, char **argv)
{
	struct secret *second, *third;
	bool empty = argc == 3 && strcmp(argv[1], "--empty") == 0;
	const char *folder = argv[argc - 1];
	struct opened o;

	if (argc > 3 && strcmp(argv[1], "--names") == 0)
		return vault_setup() == VAULT_OK ? with_names(argv[2], argv + 3)
						 : 2;
	if (argc == 4 && strcmp(argv[1], "--at") == 0)
		return vault_setup() == VAULT_OK
		    ? written_at(strtoll(argv[2], NULL, 10), argv[3])
		    : 2;
	if (argc == 2 && strcmp(argv[1], "--keys") == 0)
		return keys_of_lines();
	if ((argc != 2 && !empty) || vault_setup() != VAULT_OK)
		return 2;
	second = secret_text("Ame\xcc\x81lie");
	third = secret_text("third");
	vault_make(folder);
	if (vault_try(&o, folder, "dusk") != VAULT_OK ||
	    vault_passphrase_add(o.vault, "paper", second) != VAULT_OK ||
	    vault_passphrase_add(o.vault, "third", third) != VAULT_OK ||
	    vault_passphrase_remove(o.vault, "third") != VAULT_OK)
		return 1;
	if (!empty) {
		add_keys(o.vault);
		add_records(o.vault);
	}
	vault_done(&o);
	secret_free(second);
	secret_free(third);
	return 0;
}
