// seccomp filters: one for tools that we start, one for our own child that runs untrusted lessons.
#include "internal.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "confinement: no system call list for this architecture"
#endif

#define X32_BIT 0x40000000u
#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RETURN(action) BPF_STMT(BPF_RET | BPF_K, (action))
#define REFUSE (SECCOMP_RET_ERRNO | EPERM)
#define HEADER                                                                                                       \
    LOAD(arch), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0), RETURN(SECCOMP_RET_KILL_PROCESS), LOAD(nr), \
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32_BIT, 0, 1), RETURN(REFUSE)
#define ON(name, action) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##name, 0, 1), RETURN(action)
#define ALLOW(name) ON(name, SECCOMP_RET_ALLOW)
#define DENY(name) ON(name, REFUSE)

static const char *install(struct sock_filter *code, size_t count) {
    struct sock_fprog program = {.len = (unsigned short)count, .filter = code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return "no_new_privs";
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) != 0) return "seccomp filter";
    return NULL;
}

/// The assembler and the linker: files as the view allows, but no process, network or change of view.
const char *filter_tool(void) {
    static struct sock_filter code[] = {
        HEADER,
        DENY(socket), DENY(socketpair), DENY(connect), DENY(bind),
        DENY(clone), DENY(clone3), DENY(setsid), DENY(setpgid), DENY(kill), DENY(tkill),
#if defined(__x86_64__)
        DENY(fork), DENY(vfork),
#endif
        DENY(ptrace), DENY(process_vm_readv), DENY(process_vm_writev), DENY(prctl), DENY(seccomp),
        DENY(mount), DENY(umount2), DENY(pivot_root), DENY(chroot), DENY(unshare), DENY(setns),
        DENY(bpf), DENY(perf_event_open), DENY(userfaultfd), DENY(io_uring_setup),
        DENY(keyctl), DENY(add_key), DENY(request_key),
        RETURN(SECCOMP_RET_ALLOW),
    };
    return install(code, sizeof code / sizeof code[0]);
}

/// Our own child: what a computation over open pipes needs, nothing else. A refused call fails with EPERM.
const char *filter_self(void) {
    static struct sock_filter code[] = {
        HEADER,
        ALLOW(read), ALLOW(write), ALLOW(readv), ALLOW(writev), ALLOW(close), ALLOW(lseek), ALLOW(fstat),
        ALLOW(ppoll), ALLOW(brk), ALLOW(mmap), ALLOW(munmap), ALLOW(mremap), ALLOW(mprotect), ALLOW(madvise),
        ALLOW(futex), ALLOW(sched_yield), ALLOW(getpid), ALLOW(gettid), ALLOW(getrandom), ALLOW(sched_getaffinity),
        ALLOW(rt_sigaction), ALLOW(rt_sigprocmask), ALLOW(rt_sigreturn), ALLOW(sigaltstack), ALLOW(restart_syscall),
        ALLOW(clock_gettime), ALLOW(clock_getres), ALLOW(gettimeofday), ALLOW(clock_nanosleep), ALLOW(nanosleep),
        ALLOW(getrusage), ALLOW(tgkill), ALLOW(exit), ALLOW(exit_group),
#if defined(__x86_64__)
        ALLOW(poll), ALLOW(time),
#endif
        RETURN(REFUSE),
    };
    return install(code, sizeof code / sizeof code[0]);
}
