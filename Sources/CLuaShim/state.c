// The life of a state: creation, limits, protected calls.
#include "internal.h"
#include <stdlib.h>
#include <string.h>

static void *allocate(void *context, void *block, size_t old_size, size_t new_size) {
    cls_state *state = context;
    int64_t old = block ? (int64_t)old_size : 0;
    if (new_size == 0) {
        free(block);
        state->memory_used -= old;
        return NULL;
    }
    int64_t growth = (int64_t)new_size - old;
    if (growth > 0 && state->memory_used + growth > state->memory_limit) {
        state->refused = 1;
        return NULL;
    }
    void *moved = realloc(block, new_size);
    if (moved) state->memory_used += growth;
    return moved;
}

static int on_panic(lua_State *L) {
    (void)L;
    return 0;  // unreachable: every entry is protected
}

static int set_up(lua_State *L) {
    const cls_limits *limits = lua_touserdata(L, 1);
    cls_state *state = cls_owner(L);
    cls_open_sandbox(L, limits->seed);
    lua_newtable(L);
    state->host_table = luaL_ref(L, LUA_REGISTRYINDEX);
    return 0;
}

cls_state *cls_create(const cls_limits *limits, cls_callback callback, cls_fast_callback fast, void *context) {
    cls_state *state = calloc(1, sizeof *state);
    if (!state) return NULL;
    state->callback = callback;
    state->fast = fast;
    state->context = context;
    state->instruction_limit = state->remaining = limits->instructions;
    state->call_limit = state->call_remaining = INT64_MAX / 2;
    state->memory_limit = limits->memory;
    state->main = state->current = lua_newstate(allocate, state);
    if (!state->main) {
        free(state);
        return NULL;
    }
    *(cls_state **)lua_getextraspace(state->main) = state;
    lua_atpanic(state->main, on_panic);
    lua_pushcfunction(state->main, set_up);
    lua_pushlightuserdata(state->main, (void *)limits);
    if (lua_pcall(state->main, 1, 0, 0) != LUA_OK) {
        cls_close(state);
        return NULL;
    }
    lua_sethook(state->main, cls_count_hook, LUA_MASKCOUNT, CLS_COUNT);
    return state;
}

void cls_close(cls_state *state) {
    // No finalizer of a script can run here: the sandbox refuses __gc. Pending <close> variables belong to threads that
    // are never resumed, and lua_close runs those of the main thread only, which is idle.
    lua_close(state->main);
    free(state->traceback);
    free(state);
}

int64_t cls_instructions_left(const cls_state *state) { return state->remaining < 0 ? 0 : state->remaining; }
int64_t cls_memory_used(const cls_state *state) { return state->memory_used; }

static int on_error(lua_State *L) {
    cls_state *state = cls_owner(L);
    free(state->traceback);
    state->traceback = NULL;
    if (state->exhausted) lua_sethook(L, NULL, 0, 0);  // let the traceback be written
    luaL_traceback(L, L, NULL, 1);
    size_t length = 0;
    const char *text = lua_tolstring(L, -1, &length);
    state->traceback = text ? malloc(length + 1) : NULL;
    if (state->traceback) memcpy(state->traceback, text, length + 1);
    lua_pop(L, 1);
    if (state->exhausted) lua_sethook(L, cls_count_hook, LUA_MASKCOUNT, 1);
    return 1;
}

// Stack in: the error value. Out: its text, the value, the flattened value. Calls no metamethod: no limit is on here.
static int describe(lua_State *L) {
    int known = lua_isstring(L, 1);
    if (known) lua_pushvalue(L, 1);
    if (!known && lua_istable(L, 1)) {
        lua_pushliteral(L, "message");
        known = lua_rawget(L, 1) == LUA_TSTRING;
        if (!known) lua_pop(L, 1);
    }
    if (!known) lua_pushfstring(L, "an error value that is a %s", luaL_typename(L, 1));
    lua_tostring(L, -1);
    lua_insert(L, 1);
    cls_flatten(L, 2, 1);
    return 3;
}

static int32_t status_of(cls_state *state, int status) {
    if (state->exhausted) return CLS_INSTRUCTIONS;
    if (status == LUA_ERRMEM) return CLS_MEMORY;
    return status == LUA_ERRSYNTAX ? CLS_SYNTAX : CLS_RUNTIME;
}

static void report(cls_state *state, lua_State *L, int status, cls_result *result) {
    static const char unknown[] = "the error could not be described";
    result->status = status_of(state, status);
    result->count = 0;
    result->values = NULL;
    result->message = unknown;
    result->message_length = sizeof unknown - 1;
    result->traceback = state->traceback;
    lua_Hook hook = lua_gethook(L);
    lua_sethook(L, NULL, 0, 0);
    lua_pushcfunction(L, describe);
    lua_insert(L, -2);
    if (lua_pcall(L, 1, 3, 0) == LUA_OK) {
        size_t length = 0;
        result->message = lua_tolstring(L, -3, &length);
        result->message_length = length;
        result->values = lua_touserdata(L, -1);
        result->count = 1;
        if (state->refused && strstr(result->message, "not enough memory")) result->status = CLS_MEMORY;
    }
    lua_sethook(L, hook, hook ? LUA_MASKCOUNT : 0, state->exhausted ? 1 : CLS_COUNT);
}

// Runs a C body under a message handler, with one light pointer as its argument.
static void protect(cls_state *state, lua_CFunction body, void *argument, int64_t limit, cls_result *result) {
    lua_State *L = state->current;
    result->mark = lua_gettop(L);
    result->traceback = NULL;
    if (!lua_checkstack(L, 16)) {
        static const char full[] = "stack overflow";
        *result = (cls_result){.status = CLS_RUNTIME, .mark = result->mark, .message = full};
        result->message_length = sizeof full - 1;
        return;
    }
    int64_t outer_limit = state->call_limit, outer_remaining = state->call_remaining;
    state->call_limit = limit;
    state->call_remaining = limit;
    state->refused = 0;
    free(state->traceback);
    state->traceback = NULL;
    lua_pushcfunction(L, on_error);
    lua_pushcfunction(L, body);
    lua_pushlightuserdata(L, argument);
    int status = lua_pcall(L, 1, LUA_MULTRET, result->mark + 1);
    state->call_limit = outer_limit;
    state->call_remaining = outer_remaining;
    if (status != LUA_OK) {
        report(state, L, status, result);
        return;
    }
    result->status = CLS_OK;
    result->message = NULL;
    result->message_length = 0;
    result->values = NULL;
    result->count = 0;
    if (lua_gettop(L) > result->mark + 1) {
        result->values = lua_touserdata(L, -1);
        result->count = lua_gettop(L) - result->mark - 2;
    }
}

struct source {
    const char *text;
    size_t length;
    const char *chunk;
};

// A syntax error must keep its own status, which lua_error would turn into a run-time one: it travels as (nil, text).
static int load_body(lua_State *L) {
    const struct source *source = lua_touserdata(L, 1);
    if (luaL_loadbufferx(L, source->text, source->length, source->chunk, "t") != LUA_OK) return lua_error(L);
    cls_flatten(L, 2, 1);
    return 2;
}

void cls_load(cls_state *state, const char *text, uint64_t length, const char *chunk, cls_result *result) {
    struct source source = {text, (size_t)length, chunk};
    protect(state, load_body, &source, INT64_MAX / 2, result);
    if (result->status == CLS_RUNTIME) result->status = CLS_SYNTAX;
}

struct invocation {
    int32_t function, count, with_host;
    const cls_value *arguments;
};

static int call_body(lua_State *L) {
    const struct invocation *call = lua_touserdata(L, 1);
    const cls_value *cursor = call->arguments;
    lua_settop(L, 0);
    luaL_checkstack(L, call->count + 4, NULL);
    lua_rawgeti(L, LUA_REGISTRYINDEX, call->function);
    if (call->with_host) lua_rawgeti(L, LUA_REGISTRYINDEX, cls_owner(L)->host_table);
    for (int32_t i = 0; i < call->count; i++) cls_push(L, &cursor);
    lua_call(L, call->count + (call->with_host ? 1 : 0), LUA_MULTRET);
    int results = lua_gettop(L);
    cls_flatten(L, 1, results);
    return results + 1;
}

void cls_call(cls_state *state, int32_t function, const cls_value *arguments, int32_t count, int32_t with_host,
              int64_t limit, cls_result *result) {
    struct invocation call = {function, count, with_host, arguments};
    protect(state, call_body, &call, limit, result);
}

void cls_finish(cls_state *state, const cls_result *result) { lua_settop(state->current, result->mark); }

static int release_body(lua_State *L) {
    luaL_unref(L, LUA_REGISTRYINDEX, (int)lua_tointeger(L, 1));
    return 0;
}

void cls_release(cls_state *state, int32_t reference) {
    lua_State *L = state->current;
    if (!lua_checkstack(L, 3)) return;
    lua_Hook hook = lua_gethook(L);
    lua_sethook(L, NULL, 0, 0);
    lua_pushcfunction(L, release_body);
    lua_pushinteger(L, reference);
    if (lua_pcall(L, 1, 0, 0) != LUA_OK) lua_pop(L, 1);
    lua_sethook(L, hook, hook ? LUA_MASKCOUNT : 0, state->exhausted ? 1 : CLS_COUNT);
}
