/* SPDX-License-Identifier: ISC */
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/mem.h"
#include "core/secret.h"
#include "seal/keyring.h"
#include "seal/seal.h"

#define PAGE_LEN 4096
#define STATE_READY 0x79646552u /* "Redy" */
#define STATE_GONE 0x656e6f47u  /* "Gone" */

struct page {
	_Atomic uint32_t state;
	uint32_t layout; /* so that a page of another build is refused */
	uint8_t vault_id[ID_LEN];
	uint8_t cells_id[ID_LEN];
	uint8_t key[KEY_COUNT][KEY_LEN];
};
_Static_assert(sizeof(struct page) <= PAGE_LEN, "the keys need one page");

#define LAYOUT (0x4b000000u | (uint32_t)sizeof(struct page))

struct keyring {
	struct page *page;
	int fd;    /* -1: attached */
	bool ours; /* we made the page, and its keys end with us */
};

static const char *const labels[KEY_COUNT] = {
	[KEY_CELL] = "cell",
	[KEY_CELLS_SUM] = "cells sum",
	[KEY_KEYS_FILL] = "keys fill",
	[KEY_KEYS_MAC] = "keys mac",
	[KEY_RECORD_KEYS] = "record keys",
	[KEY_LOG] = "log",
	[KEY_OFFICE] = "office keys",
	[KEY_MACHINE] = "machine",
	[KEY_FORGOTTEN] = "forgotten rows",
};

#ifdef VAULT_TEST
static bool test_plain;

void
keyring_test_plain(bool plain)
{
	test_plain = plain;
}
#else
static const bool test_plain = false;
#endif

/* A descriptor of one page, secret where the kernel offers that. */
static int
page_file(void)
{
	int fd = -1;

#ifdef SYS_memfd_secret
	if (!test_plain)
		fd = (int)syscall(SYS_memfd_secret, O_CLOEXEC);
#endif
	if (fd < 0)
		fd = memfd_create("amparo", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd >= 0 && ftruncate(fd, PAGE_LEN) != 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static struct page *
page_map(int fd, int prot)
{
	void *p = mmap(NULL, PAGE_LEN, prot, MAP_SHARED, fd, 0);

	if (p == MAP_FAILED)
		return NULL;
	/* Secret memory is locked by itself and refuses the request. */
	(void)mlock(p, PAGE_LEN);
	(void)madvise(p, PAGE_LEN, MADV_DONTDUMP);
	return p;
}

static void
derive_all(struct page *page, const struct secret *v)
{
	memcpy(page->key[KEY_VAULT], secret_view(v), KEY_LEN);
	for (int use = KEY_VAULT + 1; use < KEY_COUNT; use++) {
		struct hash_part parts[] = {
			{ "amparo 1 ", 9 },
			{ labels[use], strlen(labels[use]) + 1 },
		};

		hash_parts(page->key[use], secret_view(v), parts, 2);
	}
}

enum vault_err
keyring_new(struct keyring **out, const struct secret *v,
    const uint8_t vault_id[static ID_LEN],
    const uint8_t cells_id[static ID_LEN])
{
	struct keyring *k;

	*out = NULL;
	if ((k = mem_zalloc(sizeof(*k))) == NULL)
		return VAULT_ENOMEM;
	if ((k->fd = page_file()) < 0 ||
	    (k->page = page_map(k->fd, PROT_READ | PROT_WRITE)) == NULL) {
		keyring_free(k);
		return VAULT_ENOMEM;
	}
	k->ours = true;
	k->page->layout = LAYOUT;
	memcpy(k->page->vault_id, vault_id, ID_LEN);
	memcpy(k->page->cells_id, cells_id, ID_LEN);
	derive_all(k->page, v);
	atomic_store(&k->page->state, STATE_READY);
	*out = k;
	return VAULT_OK;
}

/* Map the page behind fd and look whether it is one of ours. */
static enum vault_err
map_checked(struct keyring **out, int fd, int prot)
{
	struct keyring *k;
	struct stat st;

	*out = NULL;
	/* A shorter file would end us with SIGBUS. */
	if (fstat(fd, &st) != 0 || st.st_size != PAGE_LEN)
		return VAULT_EUSE;
	if ((k = mem_zalloc(sizeof(*k))) == NULL)
		return VAULT_ENOMEM;
	k->fd = -1;
	if ((k->page = page_map(fd, prot)) == NULL) {
		keyring_free(k);
		return VAULT_ENOMEM;
	}
	(void)madvise(k->page, PAGE_LEN, MADV_DONTFORK);
	if (!keyring_is_gone(k) && k->page->layout == LAYOUT) {
		*out = k;
		return VAULT_OK;
	}
	keyring_free(k);
	return VAULT_ELOCKED;
}

enum vault_err
keyring_adopt(struct keyring **out, int fd)
{
	enum vault_err err = map_checked(out, fd, PROT_READ | PROT_WRITE);

	if (err != VAULT_OK) {
		close(fd);
		return err;
	}
	/* Our own mapping stays writable; nobody gets another such one. */
	(void)fcntl(fd, F_ADD_SEALS,
	    F_SEAL_FUTURE_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
	(*out)->fd = fd;
	(*out)->ours = true;
	return VAULT_OK;
}

enum vault_err
keyring_attach(struct keyring **out, int fd)
{
	enum vault_err err = map_checked(out, fd, PROT_READ);

	close(fd);
	return err;
}

int
keyring_fd(const struct keyring *k)
{
	return k->fd;
}

void
keyring_lock(struct keyring *k)
{
	if (!k->ours)
		return;
	/* Sequentially consistent: no key byte changes before the state. */
	atomic_store(&k->page->state, STATE_GONE);
	atomic_thread_fence(memory_order_seq_cst);
	bytes_wipe(k->page->key, sizeof(k->page->key));
}

void
keyring_disown(struct keyring *k)
{
	k->ours = false;
}

void
keyring_free(struct keyring *k)
{
	if (k == NULL)
		return;
	if (k->page != NULL) {
		keyring_lock(k);
		munmap(k->page, PAGE_LEN);
	}
	if (k->fd >= 0)
		close(k->fd);
	mem_free(k);
}

bool
keyring_is_gone(const struct keyring *k)
{
	atomic_thread_fence(memory_order_seq_cst);
	return atomic_load(&k->page->state) != STATE_READY;
}

bool
keyring_is_locked_in_memory(const struct keyring *k)
{
	return memory_is_locked(k->page);
}

const uint8_t *
keyring_vault_id(const struct keyring *k)
{
	return k->page->vault_id;
}

const uint8_t *
keyring_cells_id(const struct keyring *k)
{
	return k->page->cells_id;
}

const uint8_t *
keyring_key(const struct keyring *k, enum key_use use)
{
	return k->page->key[use];
}
