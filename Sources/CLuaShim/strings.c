// Text without addresses, and string functions whose work is bounded.
#include "internal.h"
#include <string.h>

const char *cls_tostring(lua_State *L, int index, size_t *length) {
    int value = lua_absindex(L, index);
    if (luaL_callmeta(L, value, "__tostring")) {
        if (!lua_isstring(L, -1)) luaL_error(L, "'__tostring' must return a string");
        return lua_tolstring(L, -1, length);
    }
    switch (lua_type(L, value)) {
    case LUA_TNIL:
    case LUA_TBOOLEAN:
    case LUA_TNUMBER:
    case LUA_TSTRING: return luaL_tolstring(L, value, length);
    default:
        if (luaL_getmetafield(L, value, "__name") != LUA_TSTRING) lua_pushstring(L, luaL_typename(L, value));
        return lua_tolstring(L, -1, length);
    }
}

static int sandbox_tostring(lua_State *L) {
    luaL_checkany(L, 1);
    cls_tostring(L, 1, NULL);
    return 1;
}

// Turns the arguments of %s into text before Lua's own format, which would print addresses, sees them.
static int sandbox_format(lua_State *L) {
    int count = lua_gettop(L), argument = 1;
    const char *format = luaL_checkstring(L, 1);
    for (const char *at = strchr(format, '%'); at; at = strchr(at, '%')) {
        at++;
        if (*at == '%') {
            at++;
            continue;
        }
        at += strspn(at, "-+ #0123456789.");
        argument++;
        if (*at == 'p') return cls_raise(L, "string.format: '%%p' is not available: addresses differ from run to run");
        if (*at == 's' && argument <= count && lua_type(L, argument) != LUA_TSTRING) {
            cls_tostring(L, argument, NULL);
            lua_replace(L, argument);
        }
        if (*at == '\0') break;
    }
    return cls_relay(L);
}

static int sandbox_rep(lua_State *L) {
    size_t length = 0, separator = 0;
    luaL_checklstring(L, 1, &length);
    lua_Integer count = luaL_checkinteger(L, 2);
    luaL_optlstring(L, 3, "", &separator);
    cls_state *state = cls_owner(L);
    double total = count > 0 ? (double)count * (double)(length + separator) : 0;
    if (total > (double)state->memory_limit) {
        state->refused = 1;
        return cls_raise(L, "not enough memory: string.rep would make %f bytes", total);
    }
    cls_charge(L, count > 0 ? count / 8 : 0);
    return cls_relay(L);
}

void cls_open_strings(lua_State *L) {
    cls_wrap(L, "format", sandbox_format);
    cls_wrap(L, "rep", sandbox_rep);
}

int cls_tostring_function(lua_State *L) { return sandbox_tostring(L); }
