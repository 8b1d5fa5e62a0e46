// pairs and next in a fixed order: integers, other numbers, strings by bytes, booleans. Lua's own order depends on a
// hash seed made from an address and the time.
#include "internal.h"
#include <stdlib.h>
#include <string.h>

enum rank { RANK_INTEGER, RANK_NUMBER, RANK_STRING, RANK_BOOLEAN };

typedef struct {
    int rank;
    int boolean;
    int64_t integer;
    double number;
    const char *bytes;
    size_t length;
    int position;
} key;

static void read_key(lua_State *L, int index, key *out) {
    memset(out, 0, sizeof *out);
    switch (lua_type(L, index)) {
    case LUA_TNUMBER:
        out->rank = lua_isinteger(L, index) ? RANK_INTEGER : RANK_NUMBER;
        if (out->rank == RANK_INTEGER) out->integer = lua_tointeger(L, index);
        else out->number = lua_tonumber(L, index);
        return;
    case LUA_TSTRING:
        out->rank = RANK_STRING;
        out->bytes = lua_tolstring(L, index, &out->length);
        return;
    case LUA_TBOOLEAN:
        out->rank = RANK_BOOLEAN;
        out->boolean = lua_toboolean(L, index);
        return;
    default:
        cls_raise(L,
                  "a table with a %s as key has no fixed order; use a list, or keys that are numbers, strings or "
                  "booleans",
                  luaL_typename(L, index));
    }
}

static int compare(const void *left, const void *right) {
    const key *a = left, *b = right;
    if (a->rank != b->rank) return a->rank < b->rank ? -1 : 1;
    switch (a->rank) {
    case RANK_INTEGER: return a->integer < b->integer ? -1 : a->integer > b->integer;
    case RANK_NUMBER: return a->number < b->number ? -1 : a->number > b->number;
    case RANK_BOOLEAN: return a->boolean - b->boolean;
    default: {
        size_t shorter = a->length < b->length ? a->length : b->length;
        int order = memcmp(a->bytes, b->bytes, shorter);
        if (order != 0) return order;
        return a->length < b->length ? -1 : a->length > b->length;
    }
    }
}

// Upvalues: the table, the sorted keys, the position.
static int step(lua_State *L) {
    lua_Integer position = lua_tointeger(L, lua_upvalueindex(3));
    for (;;) {
        position++;
        if (lua_rawgeti(L, lua_upvalueindex(2), position) == LUA_TNIL) return 1;
        lua_pushvalue(L, -1);
        if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) break;  // else removed meanwhile
        lua_pop(L, 2);
    }
    lua_pushinteger(L, position);
    lua_replace(L, lua_upvalueindex(3));
    return 2;
}

int cls_pairs(lua_State *L) {
    luaL_checkany(L, 1);
    if (luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) {
        lua_pushvalue(L, 1);
        lua_call(L, 1, 3);
        return 3;
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    int count = 0;
    for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) count++;
    cls_charge(L, count);
    key *keys = lua_newuserdatauv(L, (size_t)(count + 1) * sizeof(key), 0);
    lua_createtable(L, count, 0);
    int position = 0;
    lua_pushnil(L);
    while (lua_next(L, 1)) {
        lua_pop(L, 1);
        read_key(L, -1, &keys[position]);
        position++;
        keys[position - 1].position = position;
        lua_pushvalue(L, -1);
        lua_rawseti(L, 3, position);
    }
    qsort(keys, (size_t)count, sizeof(key), compare);
    lua_pushvalue(L, 1);
    lua_createtable(L, count, 0);
    for (int i = 0; i < count; i++) {
        lua_rawgeti(L, 3, keys[i].position);
        lua_rawseti(L, -2, i + 1);
    }
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, step, 3);
    lua_pushvalue(L, 1);
    lua_pushnil(L);
    return 3;
}

// The smallest key above the given one. Linear: a loop should use pairs.
int cls_next(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 2);
    key limit, best, candidate;
    int bounded = !lua_isnil(L, 2), found = 0, count = 0;
    if (bounded) read_key(L, 2, &limit);
    lua_pushnil(L);
    lua_pushnil(L);  // 3: the best key so far; 4: the traversal's key
    while (lua_next(L, 1)) {
        lua_pop(L, 1);
        count++;
        read_key(L, 4, &candidate);
        if (bounded && compare(&candidate, &limit) <= 0) continue;
        if (found && compare(&candidate, &best) >= 0) continue;
        found = 1;
        best = candidate;
        lua_pushvalue(L, 4);
        lua_replace(L, 3);
    }
    cls_charge(L, count / 8);
    if (!found) {
        lua_pushnil(L);
        return 1;
    }
    lua_pushvalue(L, 3);
    lua_pushvalue(L, 3);
    lua_rawget(L, 1);
    return 2;
}
