// Reads a child's output, watches the clock, kills and reaps.
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct buffer {
    uint8_t *bytes;
    size_t count, capacity;
};

int confinement_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int confinement_memory_file(const void *bytes, size_t count) {
    int file = memfd_create("input", MFD_CLOEXEC);
    if (file < 0) return -1;
    for (size_t done = 0; done < count;) {
        ssize_t written = write(file, (const uint8_t *)bytes + done, count - done);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) {
            close(file);
            return -1;
        }
        done += (size_t)written;
    }
    lseek(file, 0, SEEK_SET);
    return file;
}

static uint64_t now_milliseconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}

/// Reads what is there. 1 more may come, 0 at the end, -1 when the limit is passed.
static int take(int file, struct buffer *buffer, uint64_t limit) {
    if (buffer->capacity - buffer->count < 65536) {
        size_t larger = buffer->capacity ? buffer->capacity * 2 : 131072;
        uint8_t *bytes = realloc(buffer->bytes, larger);
        if (!bytes) return -1;
        buffer->bytes = bytes;
        buffer->capacity = larger;
    }
    ssize_t count = read(file, buffer->bytes + buffer->count, 65536);
    if (count < 0) return errno == EINTR || errno == EAGAIN ? 1 : 0;
    if (count == 0) return 0;
    buffer->count += (size_t)count;
    if (buffer->count <= limit) return 1;
    buffer->count = limit;
    return -1;
}

/// One round of reading. 1 go on, 0 both ends closed, -1 output limit.
static int read_round(struct pollfd files[2], struct buffer buffers[2], uint64_t limit, int wait) {
    if (files[0].fd < 0 && files[1].fd < 0) return 0;
    if (poll(files, 2, wait) <= 0) return 1;
    for (int i = 0; i < 2; i++) {
        if (files[i].fd < 0 || !files[i].revents) continue;
        int state = take(files[i].fd, &buffers[i], limit);
        if (state < 0) return -1;
        if (state > 0) continue;
        close(files[i].fd);
        files[i].fd = -1;
    }
    return files[0].fd >= 0 || files[1].fd >= 0;
}

static int watch(pid_t child, struct pollfd files[2], struct buffer buffers[2], uint64_t deadline, uint64_t limit,
                 int *status, struct rusage *usage) {
    for (;;) {
        uint64_t now = now_milliseconds();
        if (now >= deadline) return CONFINEMENT_WALL_CLOCK;
        int wait = deadline - now < 50 ? (int)(deadline - now) : 50;
        int state = read_round(files, buffers, limit, wait);
        if (state < 0) return CONFINEMENT_OUTPUT_LIMIT;
        pid_t ended = wait4(child, status, WNOHANG, usage);
        if (ended == child) break;
        if (state == 0) poll(NULL, 0, 1);
    }
    for (int rounds = 0; rounds < 1024; rounds++) {
        struct pollfd probe[2] = {files[0], files[1]};
        if (poll(probe, 2, 0) <= 0) break;
        int state = read_round(files, buffers, limit, 0);
        if (state < 0) return CONFINEMENT_OUTPUT_LIMIT;
        if (state == 0) break;
    }
    return CONFINEMENT_EXITED;
}

/// Names the limit behind a signal. A kill that is not ours is the kernel's, for memory or CPU.
static int kind_of_signal(int number, const struct confinement_result *result, uint64_t memory_bytes) {
    if (number == SIGXCPU) return CONFINEMENT_CPU_TIME;
    if (number == SIGXFSZ) return CONFINEMENT_FILE_SIZE;
    if (number == SIGKILL) return CONFINEMENT_MEMORY;
    return result->peak_bytes > memory_bytes / 4 * 3 ? CONFINEMENT_MEMORY : CONFINEMENT_SIGNALLED;
}

void confinement_collect(pid_t child, int output, int error_output, uint64_t wall_milliseconds, uint64_t output_bytes,
                         uint64_t memory_bytes, struct confinement_result *result) {
    struct pollfd files[2] = {{.fd = output, .events = POLLIN}, {.fd = error_output, .events = POLLIN}};
    struct buffer buffers[2] = {{0}, {0}};
    struct rusage usage;
    int status = 0;
    memset(result, 0, sizeof *result);
    memset(&usage, 0, sizeof usage);
    result->kind =
        watch(child, files, buffers, now_milliseconds() + wall_milliseconds, output_bytes, &status, &usage);
    kill(-child, SIGKILL);
    if (result->kind != CONFINEMENT_EXITED) {
        kill(child, SIGKILL);
        while (wait4(child, &status, 0, &usage) < 0 && errno == EINTR) continue;
    }
    for (int i = 0; i < 2; i++)
        if (files[i].fd >= 0) close(files[i].fd);
    result->cpu_microseconds = (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 +
                               (uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
    result->peak_bytes = (uint64_t)usage.ru_maxrss * 1024;
    result->output = buffers[0].bytes;
    result->output_count = buffers[0].count;
    result->error_output = buffers[1].bytes;
    result->error_count = buffers[1].count;
    if (result->kind != CONFINEMENT_EXITED) return;
    if (WIFSIGNALED(status)) {
        result->status = WTERMSIG(status);
        result->kind = kind_of_signal(result->status, result, memory_bytes);
    } else {
        result->status = WEXITSTATUS(status);
    }
}

void confinement_release(struct confinement_result *result) {
    free(result->output);
    free(result->error_output);
    result->output = result->error_output = NULL;
}
