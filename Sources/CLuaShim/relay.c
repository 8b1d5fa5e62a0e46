// Standard functions called through functions of ours, with errors that name the caller.
#include "internal.h"
#include <string.h>

void cls_wrap(lua_State *L, const char *name, lua_CFunction function) {
    lua_getfield(L, -1, name);
    lua_pushstring(L, name);
    lua_pushcclosure(L, function, 2);
    lua_setfield(L, -2, name);
}

int cls_relay(lua_State *L) {
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    if (lua_pcall(L, lua_gettop(L) - 1, LUA_MULTRET, 0) == LUA_OK) return lua_gettop(L);
    if (lua_type(L, -1) != LUA_TSTRING || cls_owner(L)->exhausted) return lua_error(L);
    const char *text = lua_tostring(L, -1);
    if (strcmp(text, "not enough memory") == 0) return lua_error(L);
    cls_where(L);
    lua_pushfstring(L, "'%s'", lua_tostring(L, lua_upvalueindex(2)));
    luaL_gsub(L, text, "'?'", lua_tostring(L, -1));
    lua_remove(L, -2);
    lua_concat(L, 2);
    return lua_error(L);
}
