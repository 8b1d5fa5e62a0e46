// Functions of the host table. This C frame is the only one that a raised error unwinds: Swift has returned by then.
#include "internal.h"

static int trampoline(lua_State *L) {
    cls_state *state = cls_owner(L);
    int64_t identifier = lua_tointeger(L, lua_upvalueindex(1));
    int count = lua_gettop(L);
    const cls_value *arguments = cls_flatten(L, 1, count);
    cls_reply reply = {0};
    lua_State *outer = state->current;
    state->current = L;
    state->callback(state->context, identifier, arguments, count, &reply);
    state->current = outer;
    const cls_value *cursor = reply.values;
    if (reply.failed == 1) {
        cls_where(L);
        lua_pushlstring(L, reply.error, (size_t)reply.error_length);
        lua_concat(L, 2);
        return lua_error(L);
    }
    if (reply.failed == 2) {
        cls_push(L, &cursor);
        if (lua_istable(L, -1)) {
            cls_where(L);
            lua_setfield(L, -2, "where");
        }
        return lua_error(L);
    }
    luaL_checkstack(L, reply.count + 4, NULL);
    for (int32_t i = 0; i < reply.count; i++) cls_push(L, &cursor);
    return reply.count;
}

static int fast_trampoline(lua_State *L) {
    cls_state *state = cls_owner(L);
    int count = lua_gettop(L);
    int64_t first = count > 0 ? luaL_checkinteger(L, 1) : 0;
    int64_t second = count > 1 ? luaL_checkinteger(L, 2) : 0;
    int64_t result = 0;
    int64_t slot = lua_tointeger(L, lua_upvalueindex(1));
    const char *error = state->fast(state->context, slot, count, first, second, &result);
    if (error) return cls_raise(L, "%s", error);
    lua_pushinteger(L, result);
    return 1;
}

struct definition {
    const char *name;
    int64_t identifier;
    int32_t fast;
};

static int define_body(lua_State *L) {
    const struct definition *definition = lua_touserdata(L, 1);
    lua_rawgeti(L, LUA_REGISTRYINDEX, cls_owner(L)->host_table);
    lua_pushinteger(L, definition->identifier);
    lua_pushcclosure(L, definition->fast ? fast_trampoline : trampoline, 1);
    lua_setfield(L, -2, definition->name);
    return 0;
}

int32_t cls_define(cls_state *state, const char *name, int64_t identifier, int32_t fast) {
    struct definition definition = {name, identifier, fast};
    lua_State *L = state->current;
    if (!lua_checkstack(L, 3)) return CLS_MEMORY;
    lua_pushcfunction(L, define_body);
    lua_pushlightuserdata(L, &definition);
    int status = lua_pcall(L, 1, 0, 0);
    if (status != LUA_OK) lua_pop(L, 1);
    return status == LUA_OK ? CLS_OK : CLS_MEMORY;
}
