// Values cross between Lua and Swift flattened, so that one call moves a whole table.
#include "internal.h"
#include <string.h>

void cls_push(lua_State *L, const cls_value **cursor) {
    const cls_value *value = (*cursor)++;
    switch (value->type) {
    case CLS_BOOLEAN: lua_pushboolean(L, value->integer != 0); break;
    case CLS_INTEGER: lua_pushinteger(L, value->integer); break;
    case CLS_NUMBER: lua_pushnumber(L, value->number); break;
    case CLS_STRING: lua_pushlstring(L, value->bytes ? value->bytes : "", (size_t)value->length); break;
    case CLS_FUNCTION: lua_rawgeti(L, LUA_REGISTRYINDEX, value->reference); break;
    case CLS_TABLE:
        luaL_checkstack(L, 6, "table nested too deeply");
        lua_createtable(L, 0, (int)value->length);
        for (uint64_t i = 0; i < value->length; i++) {
            cls_push(L, cursor);
            cls_push(L, cursor);
            lua_rawset(L, -3);
        }
        break;
    default: lua_pushnil(L);
    }
}

static int64_t measure(lua_State *L, int index, int depth) {
    if (lua_type(L, index) != LUA_TTABLE) return 1;
    if (depth > CLS_MAX_DEPTH) return luaL_error(L, "the table is nested too deeply, or contains itself");
    luaL_checkstack(L, 6, "table nested too deeply");
    int table = lua_absindex(L, index);
    int64_t total = 1;
    lua_pushnil(L);
    while (lua_next(L, table)) {
        total += measure(L, -2, depth + 1) + measure(L, -1, depth + 1);
        if (total > CLS_MAX_VALUES) return luaL_error(L, "the table is too large");
        lua_pop(L, 1);
    }
    return total;
}

static cls_value *fill(lua_State *L, int index, cls_value *out) {
    cls_value *value = out++;
    memset(value, 0, sizeof *value);
    size_t length = 0;
    switch (lua_type(L, index)) {
    case LUA_TNIL: value->type = CLS_NIL; break;
    case LUA_TBOOLEAN:
        value->type = CLS_BOOLEAN;
        value->integer = lua_toboolean(L, index);
        break;
    case LUA_TNUMBER:
        value->type = lua_isinteger(L, index) ? CLS_INTEGER : CLS_NUMBER;
        if (value->type == CLS_INTEGER) value->integer = lua_tointeger(L, index);
        else value->number = lua_tonumber(L, index);
        break;
    case LUA_TSTRING:
        value->type = CLS_STRING;
        value->bytes = lua_tolstring(L, index, &length);
        value->length = length;
        break;
    case LUA_TFUNCTION:
        value->type = CLS_FUNCTION;
        lua_pushvalue(L, index);
        value->reference = luaL_ref(L, LUA_REGISTRYINDEX);
        break;
    case LUA_TTABLE: {
        int table = lua_absindex(L, index);
        value->type = CLS_TABLE;
        lua_pushnil(L);
        while (lua_next(L, table)) {
            out = fill(L, -2, out);
            out = fill(L, -1, out);
            value->length++;
            lua_pop(L, 1);
        }
        break;
    }
    default: value->type = CLS_OPAQUE;
    }
    return out;
}

const cls_value *cls_flatten(lua_State *L, int first, int count) {
    luaL_checkstack(L, 8, NULL);
    int64_t total = 0;
    for (int i = 0; i < count; i++) total += measure(L, first + i, 0);
    // The block is garbage-collected memory on Lua's stack: an error on the way leaks nothing.
    cls_value *values = lua_newuserdatauv(L, (size_t)(total ? total : 1) * sizeof(cls_value), 0);
    cls_value *out = values;
    for (int i = 0; i < count; i++) out = fill(L, first + i, out);
    return values;
}
