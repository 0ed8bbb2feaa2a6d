/* SPDX-License-Identifier: ISC */
/* table_map_inner - what the files of table_map.h share. */
#ifndef RECORD_TABLE_MAP_INNER_H
#define RECORD_TABLE_MAP_INNER_H

#include "record/table_map.h"

struct table_parsing {
	struct table_map *map;
	struct table_map_fault *fault;
	const struct model_type *type; /* of the record that is being read */
	size_t self;                   /* its number */
};

/* Fill in the fault, and return VAULT_EUSE. */
enum vault_err table_map_refuse(struct table_parsing *p, enum table_map_why why,
    const char *where, const char *value);

/* A name that is none of these, and the one that was meant. */
enum vault_err table_map_refuse_name(struct table_parsing *p, const char *where,
    const char *name, const char *names);

/* An object with members of these names only, which are parted by blanks. */
VAULT_CHECKED enum vault_err table_map_members(struct table_parsing *p,
    const json_t *object, const char *names, const char *where);

/* A text that is not empty; NULL and VAULT_OK if it is absent. */
VAULT_CHECKED enum vault_err table_map_text(const char **out,
    struct table_parsing *p, const json_t *object, const char *name,
    const char *where);

/* A member that is true or false; false if it is absent. */
VAULT_CHECKED enum vault_err table_map_bool(bool *out, struct table_parsing *p,
    const json_t *object, const char *name, const char *where);

/* An array of texts that are not empty, one at least. */
VAULT_CHECKED enum vault_err table_map_texts(struct table_parsing *p,
    const json_t *array, size_t max, const char *where);

/* An array of [text, text]; if distinct, no two begin alike. */
VAULT_CHECKED enum vault_err table_map_pairs(struct table_parsing *p,
    const json_t *pairs, bool distinct, const char *where);

/* Would the field take this value?  VAULT_EUSE: no; nothing is told. */
VAULT_CHECKED enum vault_err table_map_try(
    struct table_parsing *p, const char *path, const char *value);

/* Rules for dates, an object, kept in the map, which has room for them. */
VAULT_CHECKED enum vault_err table_map_dates(const struct date_rules **out,
    struct table_parsing *p, const json_t *rules, const char *where);

/*
 * Append the rules of a record to map->made, repeated columns written out,
 * and to wheres what each is called in a fault.
 */
VAULT_CHECKED enum vault_err table_map_write_out(struct table_parsing *p,
    json_t *wheres, const json_t *list, const char *where);

/* One rule, of the record p->type. */
VAULT_CHECKED enum vault_err table_map_rule(struct table_parsing *p,
    struct table_rule *r, const json_t *rule, const char *where);

/* How many rules for dates a rule has. */
size_t table_map_count_dates(const json_t *rule);

#endif
