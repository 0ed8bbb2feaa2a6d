/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>

#include <argon2.h>
#include <inttypes.h>

#include "core/buf.h"
#include "core/secret.h"
#include "core/text.h"
#include "seal/kdf.h"

#define DEFAULT_LANES 4

enum vault_err
kdf_check(const struct kdf_cost *cost)
{
	if (cost->memory > KDF_MEMORY_MAX || cost->passes > KDF_PASSES_MAX ||
	    cost->lanes > KDF_LANES_MAX)
		return VAULT_EVERSION;
	/* Both factors are bounded, so that this cannot overflow 64 bits. */
	if ((uint64_t)cost->memory * cost->passes > KDF_PRODUCT_MAX)
		return VAULT_EVERSION;
	if (cost->memory < KDF_MEMORY_MIN || cost->passes < KDF_PASSES_MIN ||
	    cost->lanes < 1 || cost->memory < 8 * cost->lanes)
		return VAULT_EDAMAGED;
	return VAULT_OK;
}

/*
 * Argon2's own memory: too large to be locked, but kept out of core dumps.
 * libargon2 wipes it before it gives it back.
 */
static int
blocks_alloc(uint8_t **out, size_t len)
{
	void *p = mmap(NULL, len, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return ARGON2_MEMORY_ALLOCATION_ERROR;
	madvise(p, len, MADV_DONTDUMP);
	*out = p;
	return ARGON2_OK;
}

static void
blocks_free(uint8_t *p, size_t len)
{
	munmap(p, len);
}

static enum vault_err
argon2id(uint8_t *out, const uint8_t *pass, size_t len, const uint8_t *salt,
    const struct kdf_cost *cost)
{
	uint8_t salt_copy[KDF_SALT_LEN];
	argon2_context context = {
		.out = out,
		.outlen = KDF_OUT_LEN,
		/* Not written to: neither CLEAR flag is set. */
		.pwd = (uint8_t *)(uintptr_t)pass,
		.pwdlen = (uint32_t)len,
		.salt = salt_copy,
		.saltlen = KDF_SALT_LEN,
		.t_cost = cost->passes,
		.m_cost = cost->memory,
		.lanes = cost->lanes,
		.threads = cost->lanes,
		.version = ARGON2_VERSION_13,
		.allocate_cbk = blocks_alloc,
		.free_cbk = blocks_free,
	};

	memcpy(salt_copy, salt, KDF_SALT_LEN);
	switch (argon2id_ctx(&context)) {
	case ARGON2_OK:
		return VAULT_OK;
	case ARGON2_MEMORY_ALLOCATION_ERROR:
		return VAULT_EKDFMEM;
	default:
		return VAULT_ENOMEM; /* the only other cause: no thread */
	}
}

enum vault_err
kdf_derive(struct secret **out, const struct secret *pass,
    const uint8_t salt[static KDF_SALT_LEN], const struct kdf_cost *cost)
{
	struct secret *key = NULL;
	struct buf nfc = { 0 };
	enum vault_err err;

	*out = NULL;
	if ((err = kdf_check(cost)) != VAULT_OK)
		goto out;
	err = VAULT_EUSE;
	if (secret_len(pass) == 0 || secret_len(pass) > KDF_PASS_MAX ||
	    !text_is_valid(secret_view(pass), secret_len(pass)))
		goto out;
	if ((err = text_nfc(&nfc, secret_view(pass), secret_len(pass))) !=
	    VAULT_OK)
		goto out;
	err = VAULT_EKDFMEM;
	if (kdf_memory_free() < cost->memory)
		goto out;
	err = VAULT_ENOMEM;
	if ((key = secret_new(KDF_OUT_LEN)) == NULL)
		goto out;
	if ((err = argon2id(secret_bytes(key), nfc.bytes, nfc.len, salt,
		 cost)) != VAULT_OK)
		goto out;
	*out = key;
	key = NULL; /* given away */
out:
	secret_free(key);
	buf_free(&nfc);
	return err;
}

/* The number in a file of one number; UINT64_MAX if there is none ("max"). */
static uint64_t
number_in(const char *path)
{
	uint64_t value = UINT64_MAX;
	FILE *f = fopen(path, "re");

	if (f == NULL)
		return value;
	if (fscanf(f, "%" PRIu64, &value) != 1)
		value = UINT64_MAX;
	fclose(f);
	return value;
}

/* What /proc/meminfo calls name, in KiB. */
static uint64_t
meminfo(const char *name)
{
	uint64_t value = UINT64_MAX;
	char line[128];
	FILE *f = fopen("/proc/meminfo", "re");

	if (f == NULL)
		return value;
	while (fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, name, strlen(name)) == 0) {
			value = strtoull(line + strlen(name), NULL, 10);
			break;
		}
	fclose(f);
	return value;
}

static uint64_t
smaller(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

uint64_t
kdf_memory_free(void)
{
	uint64_t kib = meminfo("MemAvailable:"), limit;
	struct rlimit as;

	if (getrlimit(RLIMIT_AS, &as) == 0 && as.rlim_cur != RLIM_INFINITY)
		kib = smaller(kib, as.rlim_cur / 1024);
	limit = number_in("/sys/fs/cgroup/memory.max");
	if (limit != UINT64_MAX) {
		uint64_t used = number_in("/sys/fs/cgroup/memory.current");

		kib = smaller(kib, used < limit ? (limit - used) / 1024 : 0);
	}
	return kib;
}

static enum vault_err
time_once(double *seconds, const struct kdf_cost *cost)
{
	static const uint8_t salt[KDF_SALT_LEN];
	struct timespec from, to;
	struct secret *out;
	enum vault_err err;

	if ((out = secret_new(KDF_OUT_LEN)) == NULL)
		return VAULT_ENOMEM;
	clock_gettime(CLOCK_MONOTONIC, &from);
	err = argon2id(secret_bytes(out), salt, 8, salt, cost);
	clock_gettime(CLOCK_MONOTONIC, &to);
	*seconds = (double)(to.tv_sec - from.tv_sec) +
	    (double)(to.tv_nsec - from.tv_nsec) / 1e9;
	secret_free(out);
	return err;
}

enum vault_err
kdf_calibrate(struct kdf_cost *out)
{
	uint64_t most = smaller(meminfo("MemTotal:") / 4, 1024 * 1024);
	double seconds, passes;
	enum vault_err err;

	most = smaller(most, kdf_memory_free() / 2);
	*out = (struct kdf_cost){ KDF_MEMORY_MIN, KDF_PASSES_MIN,
		DEFAULT_LANES };
#ifdef VAULT_TEST
	if (getenv("AMPARO_TEST_KDF") == NULL)
		return VAULT_OK;
#endif
	/* Memory first, as it is what costs an attacker most; then passes. */
	for (;;) {
		if ((err = time_once(&seconds, out)) != VAULT_OK)
			return err;
		if (seconds > 0.5 || (uint64_t)out->memory * 2 > most)
			break;
		out->memory *= 2;
	}
	passes = seconds > 0 ? out->passes / seconds : out->passes;
	passes = passes > KDF_PASSES_MAX ? KDF_PASSES_MAX : passes;
	while ((double)out->passes + 1 <= passes &&
	    (uint64_t)out->memory * (out->passes + 1) <= KDF_PRODUCT_MAX)
		out->passes++;
	return VAULT_OK;
}
