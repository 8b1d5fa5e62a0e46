// A Lua 5.4 state that Swift can use safely. Lua reports errors with longjmp, which must never cross a Swift frame, so:
// Swift callbacks only return a status and the C trampoline raises; every call from Swift that may raise runs inside a C
// body under lua_pcall. Swift never sees lua_State.
#ifndef CLUASHIM_H
#define CLUASHIM_H

#include <stdint.h>

typedef struct cls_state cls_state;

enum cls_type {
    CLS_NIL = 0,
    CLS_BOOLEAN = 1,
    CLS_INTEGER = 2,
    CLS_NUMBER = 3,
    CLS_STRING = 4,
    CLS_TABLE = 5,     // `length` key and value pairs follow, depth first
    CLS_FUNCTION = 6,  // `reference` names it until cls_release
    CLS_OPAQUE = 7     // a thread or a userdata: only its kind is known
};

// One element of a flattened value. A table is followed by its pairs.
typedef struct {
    int32_t type;
    int32_t reference;
    int64_t integer;
    double number;
    const char *bytes;
    uint64_t length;
} cls_value;

enum cls_status {
    CLS_OK = 0,
    CLS_RUNTIME = 1,
    CLS_SYNTAX = 2,
    CLS_MEMORY = 3,
    CLS_INSTRUCTIONS = 4
};

typedef struct {
    int64_t instructions;  // for the life of the state
    int64_t memory;        // bytes
    int64_t seed;          // of math.random
} cls_limits;

// What a callback hands back. The memory stays Swift's, valid until the next call into this state.
typedef struct {
    const cls_value *values;
    int32_t count;           // results, or 1 with `failed` for an error value
    int32_t failed;          // 0 results, 1 error text, 2 error value
    const char *error;
    uint64_t error_length;
} cls_reply;

typedef void (*cls_callback)(void *context, int64_t identifier, const cls_value *arguments, int32_t count, cls_reply *reply);
// A register access: two integers in, one out. Returns null, or a text that lives as long as the state.
typedef const char *(*cls_fast_callback)(void *context, int64_t slot, int32_t count, int64_t first, int64_t second,
                                         int64_t *result);

typedef struct {
    int32_t status;
    int32_t count;            // values at the top level
    const cls_value *values;  // results, or the error value
    const char *message;
    uint64_t message_length;
    const char *traceback;    // may be null
    int32_t mark;             // for cls_finish
} cls_result;

cls_state *cls_create(const cls_limits *limits, cls_callback callback, cls_fast_callback fast, void *context);
void cls_close(cls_state *state);

// Adds a function to the host table that the first loaded chunks get. `fast` selects cls_fast_callback.
int32_t cls_define(cls_state *state, const char *name, int64_t identifier, int32_t fast);
// Compiles text (never bytecode) into a function reference.
void cls_load(cls_state *state, const char *source, uint64_t length, const char *chunk, cls_result *result);
// Calls with `count` values; passes the host table first when `with_host`. `limit` is the instruction limit of this call.
void cls_call(cls_state *state, int32_t function, const cls_value *arguments, int32_t count, int32_t with_host,
              int64_t limit, cls_result *result);
// Must follow every cls_load and cls_call once their result has been read.
void cls_finish(cls_state *state, const cls_result *result);
void cls_release(cls_state *state, int32_t reference);

int64_t cls_instructions_left(const cls_state *state);
int64_t cls_memory_used(const cls_state *state);

#endif
