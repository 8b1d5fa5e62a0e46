// The instruction budget, and errors with the position of the first frame that is not ours.
#include "internal.h"
#include <stdarg.h>
#include <string.h>

void cls_count_hook(lua_State *L, lua_Debug *unused) {
    (void)unused;
    cls_state *state = cls_owner(L);
    cls_charge(L, state->exhausted ? 1 : CLS_COUNT);
}

void cls_charge(lua_State *L, int64_t work) {
    cls_state *state = cls_owner(L);
    state->remaining -= work;
    state->call_remaining -= work;
    if (!state->exhausted && state->remaining >= 0 && state->call_remaining >= 0) return;
    // Sticky: from now on every instruction of this thread and of the main one raises, so that no pcall survives.
    state->exhausted = 1;
    lua_sethook(L, cls_count_hook, LUA_MASKCOUNT, 1);
    lua_sethook(state->main, cls_count_hook, LUA_MASKCOUNT, 1);
    int64_t limit = state->remaining < 0 ? state->instruction_limit : state->call_limit;
    cls_raise(L, "the limit of %I Lua instructions is used up", (LUAI_UACINT)limit);
}

void cls_where(lua_State *L) {
    lua_Debug record;
    for (int level = 0; lua_getstack(L, level, &record); level++) {
        lua_getinfo(L, "Sl", &record);
        if (record.currentline <= 0 || strncmp(record.source, "=(", 2) == 0) continue;
        lua_pushfstring(L, "%s:%d: ", record.short_src, record.currentline);
        return;
    }
    lua_pushliteral(L, "");
}

int cls_raise(lua_State *L, const char *format, ...) {
    cls_where(L);
    va_list arguments;
    va_start(arguments, format);
    lua_pushvfstring(L, format, arguments);
    va_end(arguments);
    lua_concat(L, 2);
    return lua_error(L);
}
