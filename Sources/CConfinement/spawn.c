// fork, limits, confinement, exec. The child reports a failed step over a pipe that closes on exec.
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STATUS_FILE = 3, FIRST_FREE = 4, OUT_OF_THE_WAY = 16 };

static int limit(int which, uint64_t soft, uint64_t hard) {
    struct rlimit value = {.rlim_cur = soft, .rlim_max = hard};
    struct rlimit now;
    if (getrlimit(which, &now) != 0) return -1;
    if (value.rlim_max > now.rlim_max) value.rlim_max = now.rlim_max;
    if (value.rlim_cur > value.rlim_max) value.rlim_cur = value.rlim_max;
    return setrlimit(which, &value);
}

static const char *apply_limits(const struct confinement_spec *spec) {
    if (limit(RLIMIT_CORE, 0, 0) != 0) return "core limit";
    if (limit(RLIMIT_CPU, spec->cpu_seconds, spec->cpu_seconds + 1) != 0) return "CPU limit";
    if (limit(RLIMIT_AS, spec->memory_bytes, spec->memory_bytes) != 0) return "memory limit";
    if (limit(RLIMIT_FSIZE, spec->file_bytes, spec->file_bytes) != 0) return "file size limit";
    if (limit(RLIMIT_NOFILE, spec->open_files, spec->open_files) != 0) return "open file limit";
    if (limit(RLIMIT_NPROC, spec->processes, spec->processes) != 0) return "process limit";
    return NULL;
}

static void close_from(unsigned first) {
    if (syscall(SYS_close_range, first, ~0u, 0) == 0) return;
    for (unsigned file = first; file < 4096; file++) close((int)file);
}

/// Puts the three standard files and the status pipe at 0 to 3 and closes the rest.
static const char *arrange_files(const struct confinement_spec *spec, int status) {
    int wanted[4] = {spec->standard_input, spec->standard_output, spec->standard_error, status};
    for (int i = 0; i < 4; i++)
        if ((wanted[i] = fcntl(wanted[i], F_DUPFD, OUT_OF_THE_WAY)) < 0) return "file descriptors";
    for (int i = 0; i < 4; i++)
        if (dup2(wanted[i], i) < 0) return "file descriptors";
    if (fcntl(STATUS_FILE, F_SETFD, FD_CLOEXEC) != 0) return "file descriptors";
    close_from(FIRST_FREE);
    return NULL;
}

static void reset_signals(void) {
    sigset_t none;
    sigemptyset(&none);
    for (int number = 1; number < 32; number++) signal(number, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static const char *confine(const struct confinement_spec *spec, const struct identity *identity) {
    const char *failed = NULL;
    if (spec->file_view == CONFINEMENT_NAMESPACES) {
        if ((failed = namespaces_enter(identity))) return failed;
        if ((failed = private_root_enter(spec))) return failed;
    } else if (spec->work_directory && chdir(spec->work_directory) != 0) {
        return "work folder";
    }
    if (spec->file_view == CONFINEMENT_LANDLOCK && (failed = landlock_enter(spec))) return failed;
    if ((failed = apply_limits(spec))) return failed;
    return spec->file_view == CONFINEMENT_WHOLE ? NULL : filter_tool();
}

static _Noreturn void become(const struct confinement_spec *spec, const struct identity *identity, int status) {
    struct confinement_failure failure;
    reset_signals();
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    failure.stage = arrange_files(spec, status);
    if (!failure.stage) failure.stage = confine(spec, identity);
    if (!failure.stage) {
        execve(spec->program, spec->arguments, spec->environment);
        failure.stage = "start";
    }
    failure.error = errno;
    // The address of static text means the same in the parent, which is the same image.
    if (write(STATUS_FILE, &failure, sizeof failure) < 0) _exit(126);
    _exit(127);
}

int confinement_spawn(const struct confinement_spec *spec, pid_t *child, struct confinement_failure *failure) {
    struct identity identity;
    int status[2];
    identity_describe(&identity);
    if (confinement_pipe(status) != 0) {
        *failure = (struct confinement_failure){"pipe", errno};
        return -1;
    }
    pid_t made = fork();
    if (made == 0) become(spec, &identity, status[1]);
    int error = errno;
    close(status[1]);
    if (made < 0) {
        close(status[0]);
        *failure = (struct confinement_failure){"fork", error};
        return -1;
    }
    setpgid(made, made);
    ssize_t count;
    do count = read(status[0], failure, sizeof *failure);
    while (count < 0 && errno == EINTR);
    close(status[0]);
    if (count == 0) {
        *child = made;
        return 0;
    }
    if (count != (ssize_t)sizeof *failure) *failure = (struct confinement_failure){"start", EIO};
    while (waitpid(made, NULL, 0) < 0 && errno == EINTR) continue;
    return -1;
}
