#pragma once
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "CConfinement.h"

/// Who the child is outside its user namespace, as text made before fork.
struct identity {
    char user_map[48], group_map[48];
};
void identity_describe(struct identity *identity);

/// Each returns null, or the name of the step that failed with errno set.
const char *namespaces_enter(const struct identity *identity);
const char *private_root_enter(const struct confinement_spec *spec);
const char *landlock_enter(const struct confinement_spec *spec);
const char *filter_tool(void);
const char *filter_self(void);
