// Confinement that a process puts on itself, and the probes that show what this host can do.
#include "internal.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int confinement_enter(void) {
    int mechanisms = 0;
    struct identity identity;
    struct confinement_spec nothing = {0};
    identity_describe(&identity);
    if (namespaces_enter(&identity) == NULL) mechanisms |= CONFINEMENT_HAS_NAMESPACES;
    if (landlock_enter(&nothing) == NULL) mechanisms |= CONFINEMENT_HAS_LANDLOCK;
    if (filter_self() == NULL) return mechanisms | CONFINEMENT_HAS_SECCOMP;
    // Without a filter: no file, socket or program can be opened when there is no free descriptor.
    struct rlimit none = {0, 0};
    return setrlimit(RLIMIT_NOFILE, &none) == 0 ? mechanisms : 0;
}

/// The exit status of a child that runs `body`, -1 when it did not exit.
static int in_child(int (*body)(void)) {
    pid_t child = fork();
    int status = 0;
    if (child < 0) return -1;
    if (child == 0) {
        signal(SIGSYS, SIG_DFL);
        alarm(5);
        _exit(body());
    }
    if (waitpid(child, &status, 0) != child || !WIFEXITED(status)) return -1;
    return WEXITSTATUS(status);
}

static int try_namespaces(void) {
    struct identity identity;
    char folder[] = "/tmp/traplab-probe-XXXXXX";
    const char *none[] = {NULL};
    identity_describe(&identity);
    if (!mkdtemp(folder)) return 1;
    pid_t child = fork();
    if (child == 0) {
        struct confinement_spec spec = {.work_directory = folder, .root_directory = folder, .visible_files = none};
        _exit(namespaces_enter(&identity) || private_root_enter(&spec) ? 1 : 0);
    }
    int status = 1;
    if (child > 0) waitpid(child, &status, 0);
    rmdir(folder);
    return status == 0 ? 0 : 1;
}

static int try_filter(void) { return filter_self() == NULL ? 0 : 1; }

static int try_landlock(void) {
    struct confinement_spec nothing = {0};
    return landlock_enter(&nothing) == NULL ? 0 : 1;
}

int confinement_probe(void) {
    int found = 0;
    if (in_child(try_filter) == 0) found |= CONFINEMENT_HAS_SECCOMP;
    if (in_child(try_namespaces) == 0) found |= CONFINEMENT_HAS_NAMESPACES;
    if (in_child(try_landlock) == 0) found |= CONFINEMENT_HAS_LANDLOCK;
    return found;
}

static int try_forbidden(void) {
    char *const arguments[] = {"true", NULL};
    int done = 0;
    if (confinement_enter() == 0) return 128;
    if (open("/etc/passwd", O_RDONLY) >= 0) done |= 1;
    if (socket(AF_UNIX, SOCK_STREAM, 0) >= 0) done |= 2;
    pid_t child = fork();
    if (child == 0) _exit(0);
    if (child > 0) done |= 8;
    // A program that starts ends with 0, which the caller cannot mistake: it forks first and compares.
    if (done == 0) execv("/bin/true", arguments);
    return done | 64;
}

int confinement_self_test(void) {
    int status = in_child(try_forbidden);
    if (status < 0 || status == 128) return -1;
    return status == 0 ? 4 : status & ~64;
}
