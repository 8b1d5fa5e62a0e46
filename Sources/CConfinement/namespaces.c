// A user, mount, network and IPC namespace, and a private root that holds only what was declared.
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PATH_LIMIT 4096

/// Inside, the child is "nobody": capabilities end with exec, and root on the host gains nothing.
void identity_describe(struct identity *identity) {
    snprintf(identity->user_map, sizeof identity->user_map, "65534 %u 1\n", (unsigned)geteuid());
    snprintf(identity->group_map, sizeof identity->group_map, "65534 %u 1\n", (unsigned)getegid());
}

static int write_text(const char *path, const char *text) {
    int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0) return -1;
    ssize_t written = write(file, text, strlen(text));
    close(file);
    return written == (ssize_t)strlen(text) ? 0 : -1;
}

const char *namespaces_enter(const struct identity *identity) {
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC) != 0) return "user namespace";
    if (write_text("/proc/self/setgroups", "deny") != 0 && errno != ENOENT) return "setgroups";
    if (write_text("/proc/self/uid_map", identity->user_map) != 0) return "uid_map";
    if (write_text("/proc/self/gid_map", identity->group_map) != 0) return "gid_map";
    return NULL;
}

static int join(char *result, const char *left, const char *right) {
    size_t a = strlen(left), b = strlen(right);
    if (a + b + 1 > PATH_LIMIT) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(result, left, a);
    memcpy(result + a, right, b + 1);
    return 0;
}

/// Makes the folders above the last component of `path`.
static int make_parents(char *path, size_t from) {
    for (size_t i = from; path[i]; i++) {
        if (path[i] != '/' || i == from) continue;
        path[i] = 0;
        int made = mkdir(path, 0755);
        path[i] = '/';
        if (made != 0 && errno != EEXIST) return -1;
    }
    return 0;
}

/// Flags that a mount in a user namespace must keep.
static unsigned long kept_flags(const char *path) {
    struct statvfs information;
    unsigned long flags = 0;
    if (statvfs(path, &information) != 0) return 0;
    if (information.f_flag & ST_NOEXEC) flags |= MS_NOEXEC;
    if (information.f_flag & ST_NOATIME) flags |= MS_NOATIME;
    if (information.f_flag & ST_NODIRATIME) flags |= MS_NODIRATIME;
    if (information.f_flag & ST_RELATIME) flags |= MS_RELATIME;
    return flags;
}

static int bind_at(const char *source, const char *target, unsigned long extra) {
    if (mount(source, target, NULL, MS_BIND, NULL) != 0) return -1;
    return mount(NULL, target, NULL, MS_BIND | MS_REMOUNT | MS_NOSUID | MS_NODEV | kept_flags(target) | extra, NULL);
}

static int add_file(const char *root, const char *file) {
    char target[PATH_LIMIT];
    if (join(target, root, file) != 0 || make_parents(target, strlen(root)) != 0) return -1;
    int made = open(target, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
    if (made < 0) return -1;
    close(made);
    return bind_at(file, target, MS_RDONLY);
}

const char *private_root_enter(const struct confinement_spec *spec) {
    char target[PATH_LIMIT];
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) return "private mounts";
    if (mount("tmpfs", spec->root_directory, "tmpfs", MS_NOSUID | MS_NODEV, "size=1m,mode=0755") != 0) return "tmpfs";
    for (const char *const *file = spec->visible_files; *file; file++)
        if (add_file(spec->root_directory, *file) != 0) return "bind mount";
    if (join(target, spec->root_directory, "/files") != 0 || mkdir(target, 0755) != 0) return "folder of files";
    if (bind_at(spec->work_directory, target, MS_NOEXEC) != 0) return "folder of files";
    if (mount(NULL, spec->root_directory, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV, NULL) != 0)
        return "read-only root";
    if (chdir(spec->root_directory) != 0 || syscall(SYS_pivot_root, ".", ".") != 0) return "pivot_root";
    if (umount2(".", MNT_DETACH) != 0) return "umount";
    if (chdir("/files") != 0) return "chdir";
    return NULL;
}
