// Landlock: access rules on the host's own tree, for hosts without user namespaces. Constants: landlock(7).
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef __NR_landlock_create_ruleset
#define __NR_landlock_create_ruleset 444
#define __NR_landlock_add_rule 445
#define __NR_landlock_restrict_self 446
#endif

enum {
    EXECUTE = 1 << 0,
    WRITE_FILE = 1 << 1,
    READ_FILE = 1 << 2,
    READ_DIRECTORY = 1 << 3,
    REMOVE_FILE = 1 << 5,
    MAKE_REGULAR = 1 << 8,
    ALL_VERSION_1 = (1 << 13) - 1,
    REFER = 1 << 13,     // version 2
    TRUNCATE = 1 << 14,  // version 3
};
enum { CREATE_VERSION = 1, RULE_PATH_BENEATH = 1 };

struct ruleset {
    uint64_t handled_access_fs;
};
struct path_rule {
    uint64_t allowed_access;
    int32_t parent_fd;
} __attribute__((packed));

int confinement_landlock_version(void) {
    long version = syscall(__NR_landlock_create_ruleset, NULL, 0, CREATE_VERSION);
    return version > 0 ? (int)version : 0;
}

static int allow(int ruleset, const char *path, uint64_t access) {
    int file = open(path, O_PATH | O_CLOEXEC);
    if (file < 0) return -1;
    struct path_rule rule = {.allowed_access = access, .parent_fd = file};
    long added = syscall(__NR_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &rule, 0);
    close(file);
    return added == 0 ? 0 : -1;
}

/// With null `visible_files` and `work_directory` nothing can be opened at all.
const char *landlock_enter(const struct confinement_spec *spec) {
    int version = confinement_landlock_version();
    if (version == 0) return "Landlock";
    uint64_t handled = ALL_VERSION_1 | (version >= 2 ? REFER : 0) | (version >= 3 ? TRUNCATE : 0);
    struct ruleset attributes = {.handled_access_fs = handled};
    int ruleset = (int)syscall(__NR_landlock_create_ruleset, &attributes, sizeof attributes, 0);
    if (ruleset < 0) return "Landlock rules";
    for (const char *const *file = spec->visible_files; file && *file; file++)
        if (allow(ruleset, *file, EXECUTE | READ_FILE) != 0) return "Landlock file rule";
    uint64_t work = WRITE_FILE | READ_FILE | READ_DIRECTORY | REMOVE_FILE | MAKE_REGULAR | TRUNCATE;
    if (spec->work_directory && allow(ruleset, spec->work_directory, work & handled) != 0)
        return "Landlock work folder";
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return "no_new_privs";
    if (syscall(__NR_landlock_restrict_self, ruleset, 0) != 0) return "Landlock";
    close(ruleset);
    return NULL;
}
