// Shared by the files of this target; Swift does not see it.
#ifndef CLUASHIM_INTERNAL_H
#define CLUASHIM_INTERNAL_H

#include "CLuaShim.h"
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stddef.h>

// Instructions between two looks at the budget.
#define CLS_COUNT 1000
// Longest list that a table function may walk through a __len metamethod.
#define CLS_MAX_LIST (1 << 24)
// Deepest table that crosses between Lua and Swift.
#define CLS_MAX_DEPTH 24
#define CLS_MAX_VALUES 1000000

struct cls_state {
    lua_State *main;
    lua_State *current;  // the running thread, while a callback is out
    cls_callback callback;
    cls_fast_callback fast;
    void *context;
    int64_t instruction_limit;
    int64_t remaining;
    int64_t call_limit;
    int64_t call_remaining;
    int32_t exhausted;
    int32_t refused;  // the allocator has said no in this call
    int64_t memory_limit;
    int64_t memory_used;
    int32_t host_table;
    char *traceback;
};

static inline cls_state *cls_owner(lua_State *L) { return *(cls_state **)lua_getextraspace(L); }

// Takes CLS_COUNT off the budget each time it is called.
void cls_count_hook(lua_State *L, lua_Debug *unused);
// Takes work off the budget; raises when it is used up.
void cls_charge(lua_State *L, int64_t work);
// Raises with the position of the first frame that is not ours.
int cls_raise(lua_State *L, const char *format, ...);
void cls_where(lua_State *L);

// Pushes one flattened value and moves the cursor past it. May raise.
void cls_push(lua_State *L, const cls_value **cursor);
// Flattens `count` values from stack index `first` into a userdata pushed on the stack. May raise.
const cls_value *cls_flatten(lua_State *L, int first, int count);

// Like luaL_tolstring, without addresses.
const char *cls_tostring(lua_State *L, int index, size_t *length);

// Calls the function in upvalue 1, named by upvalue 2, with all arguments on the stack; an error of its own gets the
// caller's position and the function's name. Returns the number of results.
int cls_relay(lua_State *L);
// Replaces the member `name` of the table on top by `function`, which relays to the original.
void cls_wrap(lua_State *L, const char *name, lua_CFunction function);

void cls_open_sandbox(lua_State *L, int64_t seed);
void cls_open_strings(lua_State *L);
int cls_tostring_function(lua_State *L);
int cls_pairs(lua_State *L);
int cls_next(lua_State *L);
// Defines find, match, gmatch and gsub in the table on top of the stack.
void cls_open_patterns(lua_State *L);

#endif
