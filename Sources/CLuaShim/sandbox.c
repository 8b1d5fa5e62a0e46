// The environment of a script, built by allow-list from an empty table.
#include "internal.h"
#include <string.h>

static const char *const base_names[] = {"assert", "error", "getmetatable", "ipairs", "pcall", "rawequal", "rawget",
                                         "rawlen", "rawset", "select", "tonumber", "type", NULL};
static const char *const string_names[] = {"byte", "char", "format", "len", "lower", "pack", "packsize", "rep",
                                           "reverse", "sub", "unpack", "upper", NULL};
static const char *const table_names[] = {"concat", "insert", "move", "pack", "remove", "unpack", NULL};
static const char *const math_names[] = {"abs", "acos", "asin", "atan", "ceil", "cos", "deg", "exp", "floor", "fmod",
                                         "huge", "log", "max", "maxinteger", "min", "mininteger", "modf", "pi", "rad",
                                         "random", "sin", "sqrt", "tan", "tointeger", "type", "ult", NULL};
static const char *const utf8_names[] = {"char", "charpattern", "codepoint", "codes", "len", "offset", NULL};
static const char *const coroutine_names[] = {"close", "create", "isyieldable", "resume", "running", "status", "yield",
                                              NULL};

struct removed {
    const char *name;
    const char *reason;
};
static const struct removed removed_globals[] = {
    {"io", "a script sees no files; use print, or m:note in a lesson"},
    {"os", "a script sees no clock and no environment; time is m.count, the instructions that the guest has run"},
    {"debug", "it would open the sandbox; use error, pcall and xpcall"},
    {"package", "modules come from the script's own folder; use require"},
    {"collectgarbage", "memory is managed by the host, and its state would differ from run to run"},
    {"dofile", "a script sees no files; use require"},
    {"loadfile", "a script sees no files; use require"},
    {NULL, NULL}};
static const struct removed removed_strings[] = {
    {"dump", "bytecode is not accepted; keep the source text"}, {NULL, NULL}};
static const struct removed removed_maths[] = {
    {"randomseed", "math.random is seeded from the run's seed, so that a run can be repeated"}, {NULL, NULL}};

// Upvalues: the reasons by name, the library's name.
static int missing(lua_State *L) {
    if (lua_type(L, 2) != LUA_TSTRING) return 0;
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) == LUA_TNIL) return 1;
    const char *prefix = lua_tostring(L, lua_upvalueindex(2));
    return cls_raise(L, "%s%s is not available: %s", prefix, lua_tostring(L, 2), lua_tostring(L, 3));
}

// Gives the table on top a metatable that explains what was removed.
static void explain(lua_State *L, const char *prefix, const struct removed *list) {
    lua_createtable(L, 0, 2);
    lua_newtable(L);
    for (; list->name; list++) {
        lua_pushstring(L, list->reason);
        lua_setfield(L, -2, list->name);
    }
    lua_pushstring(L, prefix);
    lua_pushcclosure(L, missing, 2);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
}

// Pushes a table with the named members of the library on top, which it replaces.
static void select_members(lua_State *L, const char *const *names) {
    lua_newtable(L);
    for (; *names; names++) {
        lua_getfield(L, -2, *names);
        lua_setfield(L, -2, *names);
    }
    lua_remove(L, -2);
}

static void open_library(lua_State *L, lua_CFunction open, const char *name) {
    lua_pushcfunction(L, open);
    lua_pushstring(L, name);
    lua_call(L, 1, 1);
}

static int sandbox_setmetatable(lua_State *L) {
    static const char *const refused[][2] = {
        {"__gc", "finalizers run at a time that differs from run to run; use a <close> variable"},
        {"__mode", "weak tables lose entries at a time that differs from run to run; remove entries yourself"}};
    if (lua_type(L, 2) == LUA_TTABLE) {
        for (int i = 0; i < 2; i++) {
            lua_pushstring(L, refused[i][0]);
            if (lua_rawget(L, 2) != LUA_TNIL) {
                return cls_raise(L, "%s is not available: %s", refused[i][0], refused[i][1]);
            }
            lua_pop(L, 1);
        }
    }
    return cls_relay(L);
}

// load(text [, name [, "t" [, environment]]])
static int sandbox_load(lua_State *L) {
    if (lua_type(L, 1) != LUA_TSTRING) {
        return cls_raise(L, "load takes the text of a chunk (got %s)", luaL_typename(L, 1));
    }
    size_t length = 0;
    const char *text = lua_tolstring(L, 1, &length);
    const char *mode = luaL_optstring(L, 3, "t");
    if (strchr(mode, 't') == NULL || text[0] == LUA_SIGNATURE[0]) {
        return cls_raise(L, "load takes text only: bytecode could crash the host; keep the source text");
    }
    const char *name = luaL_optstring(L, 2, "=load");
    if (strncmp(name, "=(", 2) == 0) name = "=load";
    cls_charge(L, (int64_t)length);
    if (luaL_loadbufferx(L, text, length, name, "t") != LUA_OK) {
        lua_pushnil(L);
        lua_insert(L, -2);
        return 2;
    }
    if (!lua_isnone(L, 4)) {
        lua_pushvalue(L, 4);
        lua_setupvalue(L, -2, 1);
    }
    return 1;
}

// Starting a thread costs work that its own count would miss.
static int charged(lua_State *L) {
    cls_charge(L, CLS_COUNT / 4);
    return cls_relay(L);
}

// Lua calls a message handler, and the __close of a thread that died, before it leaves the hook that raised; no hook
// runs in a hook, so neither may be a script's once the budget is used up.
static int guarded_handler(lua_State *L) {
    if (cls_owner(L)->exhausted) return 1;
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, 1, 1);
    return 1;
}

static int finish_xpcall(lua_State *L, int status, lua_KContext context) {
    (void)status;
    (void)context;
    return lua_gettop(L);
}

static int sandbox_xpcall(lua_State *L) {
    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_pushvalue(L, 2);
    lua_pushcclosure(L, guarded_handler, 1);
    lua_replace(L, 2);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_callk(L, lua_gettop(L) - 1, LUA_MULTRET, 0, finish_xpcall);
    return lua_gettop(L);
}

static int sandbox_close(lua_State *L) {
    cls_charge(L, 0);
    return cls_relay(L);
}

// Refuses a list whose __len metamethod claims so many elements that one C call would not end.
static int bounded(lua_State *L) {
    if (lua_type(L, 1) == LUA_TTABLE && luaL_getmetafield(L, 1, "__len") != LUA_TNIL) {
        lua_pop(L, 1);
        if (luaL_len(L, 1) > CLS_MAX_LIST) return cls_raise(L, "the list is too long");
    }
    return cls_relay(L);
}

static int sandbox_move(lua_State *L) {
    lua_Integer first = luaL_checkinteger(L, 2), last = luaL_checkinteger(L, 3);
    if (last > first && (lua_Unsigned)last - (lua_Unsigned)first > CLS_MAX_LIST) {
        return cls_raise(L, "table.move: more than %d elements", CLS_MAX_LIST);
    }
    if (last > first) cls_charge(L, last - first);
    return cls_relay(L);
}

static void open_base(lua_State *L, int globals) {
    open_library(L, luaopen_base, "_G");
    for (const char *const *name = base_names; *name; name++) {
        lua_getfield(L, -1, *name);
        lua_setfield(L, globals, *name);
    }
    cls_wrap(L, "setmetatable", sandbox_setmetatable);
    lua_getfield(L, -1, "setmetatable");
    lua_setfield(L, globals, "setmetatable");
    cls_wrap(L, "xpcall", sandbox_xpcall);
    lua_getfield(L, -1, "xpcall");
    lua_setfield(L, globals, "xpcall");
    lua_pop(L, 1);
    lua_pushcfunction(L, cls_pairs);
    lua_setfield(L, globals, "pairs");
    lua_pushcfunction(L, cls_next);
    lua_setfield(L, globals, "next");
    lua_pushcfunction(L, cls_tostring_function);
    lua_setfield(L, globals, "tostring");
    lua_pushcfunction(L, sandbox_load);
    lua_setfield(L, globals, "load");
    lua_pushliteral(L, "Lua 5.4");
    lua_setfield(L, globals, "_VERSION");
    lua_pushvalue(L, globals);
    lua_setfield(L, globals, "_G");
}

static void open_string(lua_State *L, int globals) {
    open_library(L, luaopen_string, "string");
    select_members(L, string_names);
    cls_open_strings(L);
    cls_open_patterns(L);
    explain(L, "string.", removed_strings);
    // Method calls on strings must find the same table.
    lua_pushliteral(L, "");
    lua_createtable(L, 0, 2);
    lua_pushvalue(L, -3);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
    lua_pop(L, 1);
    lua_setfield(L, globals, "string");
}

static void open_table(lua_State *L, int globals) {
    open_library(L, luaopen_table, "table");
    select_members(L, table_names);
    static const char *const lists[] = {"concat", "insert", "remove", "unpack", NULL};
    for (const char *const *name = lists; *name; name++) cls_wrap(L, *name, bounded);
    cls_wrap(L, "move", sandbox_move);
    lua_setfield(L, globals, "table");
}

static void open_math(lua_State *L, int globals, int64_t seed) {
    open_library(L, luaopen_math, "math");
    lua_getfield(L, -1, "randomseed");
    lua_pushinteger(L, seed);
    lua_pushinteger(L, 0);
    lua_call(L, 2, 0);
    select_members(L, math_names);
    explain(L, "math.", removed_maths);
    lua_setfield(L, globals, "math");
}

void cls_open_sandbox(lua_State *L, int64_t seed) {
    lua_newtable(L);
    int globals = lua_gettop(L);
    open_base(L, globals);
    open_string(L, globals);
    open_table(L, globals);
    open_math(L, globals, seed);
    open_library(L, luaopen_utf8, "utf8");
    select_members(L, utf8_names);
    lua_setfield(L, globals, "utf8");
    open_library(L, luaopen_coroutine, "coroutine");
    select_members(L, coroutine_names);
    cls_wrap(L, "create", charged);
    cls_wrap(L, "close", sandbox_close);
    lua_setfield(L, globals, "coroutine");
    explain(L, "", removed_globals);
    lua_pushvalue(L, globals);
    lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    lua_pushnil(L);
    lua_setfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    lua_settop(L, 0);
}
