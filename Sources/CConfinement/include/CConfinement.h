// Child processes under limits. Everything between fork and exec uses only calls that are safe there, which is why this is C.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// How the file system is hidden from a child.
enum {
    CONFINEMENT_WHOLE = 0,       // not hidden: the program confines itself (confinement_enter)
    CONFINEMENT_NAMESPACES = 1,  // a private root that holds only the visible files
    CONFINEMENT_LANDLOCK = 2,    // access rules on the host's tree
};

/// What confinement_enter and confinement_probe found to work.
enum {
    CONFINEMENT_HAS_SECCOMP = 1,
    CONFINEMENT_HAS_NAMESPACES = 2,
    CONFINEMENT_HAS_LANDLOCK = 4,
};

struct confinement_spec {
    const char *program;
    char *const *arguments;            // null-terminated, argv[0] included
    char *const *environment;          // null-terminated
    const char *work_directory;        // null: unchanged
    const char *root_directory;        // an empty directory to mount the private root on (namespaces)
    const char *const *visible_files;  // null-terminated, absolute, read-only (namespaces, Landlock)
    int file_view;
    int standard_input, standard_output, standard_error;
    uint64_t cpu_seconds, memory_bytes, file_bytes, processes, open_files;
};

/// Where a child failed before it became the program; `stage` is static text.
struct confinement_failure {
    const char *stage;
    int error;
};

/// Starts the program in a process group of its own. 0, or -1 with `failure` filled in.
int confinement_spawn(const struct confinement_spec *spec, pid_t *child, struct confinement_failure *failure);

enum {
    CONFINEMENT_EXITED = 0,
    CONFINEMENT_SIGNALLED,
    CONFINEMENT_WALL_CLOCK,
    CONFINEMENT_CPU_TIME,
    CONFINEMENT_MEMORY,
    CONFINEMENT_FILE_SIZE,
    CONFINEMENT_OUTPUT_LIMIT,
};

struct confinement_result {
    int kind;
    int status;  // exit status, or the signal's number
    uint64_t cpu_microseconds;
    uint64_t peak_bytes;
    uint8_t *output, *error_output;  // confinement_release frees them
    size_t output_count, error_count;
};

/// Reads both pipes until the child ends or a limit is passed, kills its group, reaps it. Closes the pipes.
void confinement_collect(pid_t child, int output, int error_output, uint64_t wall_milliseconds, uint64_t output_bytes,
                         uint64_t memory_bytes, struct confinement_result *result);
void confinement_release(struct confinement_result *result);

/// An anonymous file that holds `bytes`, positioned at its start; -1 on failure.
int confinement_memory_file(const void *bytes, size_t count);
/// A pipe whose ends close on exec.
int confinement_pipe(int ends[2]);

/// Confines the calling process for good: it can read and write what is open, use memory and end; it cannot open, connect, start or signal
/// anything. Returns what is in force (CONFINEMENT_HAS_...), 0 when nothing could be.
int confinement_enter(void);

/// Tries each mechanism in a child of its own. CONFINEMENT_HAS_... bits.
int confinement_probe(void);
/// Version of Landlock, 0 when the kernel lacks it.
int confinement_landlock_version(void);
/// Tries forbidden acts in a confined child. Bits: 1 a file opened, 2 a socket made, 4 a program started, 8 a process forked; -1 not confined.
int confinement_self_test(void);
