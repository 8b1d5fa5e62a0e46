// find, match, gmatch and gsub with Lua 5.4's patterns (Lua 5.4 Reference Manual, 6.4.1 "Patterns"), whose work counts
// against the instruction limit: a pathological pattern ends like any other endless loop.
#include "internal.h"
#include <ctype.h>
#include <string.h>

enum { MAX_CAPTURES = 32, MAX_DEPTH = 200, STEPS = 4096, STEPS_PER_INSTRUCTION = 4 };
enum { CAPTURE_OPEN = -1, CAPTURE_POSITION = -2 };

typedef struct {
    lua_State *L;
    const char *start, *end;    // subject
    const char *pattern_end;
    int depth, level, steps;
    struct {
        const char *at;
        ptrdiff_t length;
    } captures[MAX_CAPTURES];
} matcher;

static const char *match_here(matcher *m, const char *s, const char *p);

static void tick(matcher *m) {
    if (++m->steps < STEPS) return;
    m->steps = 0;
    cls_charge(m->L, STEPS / STEPS_PER_INSTRUCTION);
}

static int in_class(int c, int letter) {
    int result;
    switch (tolower(letter)) {
    case 'a': result = isalpha(c); break;
    case 'c': result = iscntrl(c); break;
    case 'd': result = isdigit(c); break;
    case 'g': result = isgraph(c); break;
    case 'l': result = islower(c); break;
    case 'p': result = ispunct(c); break;
    case 's': result = isspace(c); break;
    case 'u': result = isupper(c); break;
    case 'w': result = isalnum(c); break;
    case 'x': result = isxdigit(c); break;
    default: return letter == c;
    }
    return isupper(letter) ? !result : result != 0;
}

// The end of the single-character item at p.
static const char *item_end(matcher *m, const char *p) {
    int first = *p++;
    if (first == '%') {
        if (p == m->pattern_end) luaL_error(m->L, "malformed pattern (ends with '%%')");
        return p + 1;
    }
    if (first != '[') return p;
    if (p < m->pattern_end && *p == '^') p++;
    do {
        if (p == m->pattern_end) luaL_error(m->L, "malformed pattern (missing ']')");
        if (*p++ == '%' && p < m->pattern_end) p++;
    } while (p == m->pattern_end || *p != ']');
    return p + 1;
}

// p is at '[', close at the matching ']'.
static int in_set(int c, const char *p, const char *close) {
    int wanted = 1;
    if (p[1] == '^') {
        wanted = 0;
        p++;
    }
    while (++p < close) {
        if (*p == '%') {
            if (in_class(c, (unsigned char)*++p)) return wanted;
        } else if (p[1] == '-' && p + 2 < close) {
            if ((unsigned char)p[0] <= c && c <= (unsigned char)p[2]) return wanted;
            p += 2;
        } else if ((unsigned char)*p == c) {
            return wanted;
        }
    }
    return !wanted;
}

static int matches_one(matcher *m, const char *s, const char *p, const char *item_limit) {
    tick(m);
    if (s >= m->end) return 0;
    int c = (unsigned char)*s;
    switch (*p) {
    case '.': return 1;
    case '%': return in_class(c, (unsigned char)p[1]);
    case '[': return in_set(c, p, item_limit - 1);
    default: return (unsigned char)*p == c;
    }
}

static const char *repeat_most(matcher *m, const char *s, const char *p, const char *item_limit) {
    ptrdiff_t count = 0;
    while (matches_one(m, s + count, p, item_limit)) count++;
    for (; count >= 0; count--) {
        const char *result = match_here(m, s + count, item_limit + 1);
        if (result) return result;
    }
    return NULL;
}

static const char *repeat_least(matcher *m, const char *s, const char *p, const char *item_limit) {
    for (;; s++) {
        const char *result = match_here(m, s, item_limit + 1);
        if (result) return result;
        if (!matches_one(m, s, p, item_limit)) return NULL;
    }
}

static const char *open_capture(matcher *m, const char *s, const char *p, ptrdiff_t kind) {
    if (m->level >= MAX_CAPTURES) luaL_error(m->L, "too many captures");
    m->captures[m->level].at = s;
    m->captures[m->level].length = kind;
    m->level++;
    const char *result = match_here(m, s, p);
    if (!result) m->level--;
    return result;
}

static const char *close_capture(matcher *m, const char *s, const char *p) {
    int level = m->level - 1;
    while (level >= 0 && m->captures[level].length != CAPTURE_OPEN) level--;
    if (level < 0) luaL_error(m->L, "invalid pattern capture");
    m->captures[level].length = s - m->captures[level].at;
    const char *result = match_here(m, s, p);
    if (!result) m->captures[level].length = CAPTURE_OPEN;
    return result;
}

static const char *match_balance(matcher *m, const char *s, const char *p) {
    if (p + 1 >= m->pattern_end) luaL_error(m->L, "malformed pattern (missing arguments to '%%b')");
    if (s >= m->end || *s != p[0]) return NULL;
    int depth = 1;
    while (++s < m->end) {
        tick(m);
        if (*s == p[1]) {
            if (--depth == 0) return s + 1;
        } else if (*s == p[0]) {
            depth++;
        }
    }
    return NULL;
}

static const char *match_back_reference(matcher *m, const char *s, int digit) {
    int index = digit - '1';
    if (index < 0 || index >= m->level || m->captures[index].length == CAPTURE_OPEN) {
        luaL_error(m->L, "invalid capture index %%%d", index + 1);
    }
    ptrdiff_t length = m->captures[index].length;
    if (length < 0 || m->end - s < length || memcmp(m->captures[index].at, s, (size_t)length) != 0) return NULL;
    return s + length;
}

static int at_frontier(matcher *m, const char *s, const char *set, const char *set_limit) {
    int before = s == m->start ? 0 : (unsigned char)s[-1];
    int after = s == m->end ? 0 : (unsigned char)*s;
    return !in_set(before, set, set_limit - 1) && in_set(after, set, set_limit - 1);
}

// %b, %f and %1: moves s and p on. 0: not one of them; -1: no match.
static int match_special(matcher *m, const char **s, const char **p) {
    if (**p != '%' || *p + 1 >= m->pattern_end) return 0;
    int kind = (unsigned char)(*p)[1];
    if (kind == 'b') {
        *s = match_balance(m, *s, *p + 2);
        *p += 4;
        return *s ? 1 : -1;
    }
    if (kind == 'f') {
        const char *set = *p + 2;
        if (set >= m->pattern_end || *set != '[') luaL_error(m->L, "missing '[' after '%%f' in pattern");
        *p = item_end(m, set);
        return at_frontier(m, *s, set, *p) ? 1 : -1;
    }
    if (!isdigit(kind)) return 0;
    *s = match_back_reference(m, *s, kind);
    *p += 2;
    return *s ? 1 : -1;
}

static const char *match_item(matcher *m, const char **s, const char **p, int *again) {
    const char *limit = item_end(m, *p);
    int suffix = limit < m->pattern_end ? *limit : 0;
    *again = 0;
    switch (suffix) {
    case '?':
        if (matches_one(m, *s, *p, limit)) {
            const char *result = match_here(m, *s + 1, limit + 1);
            if (result) return result;
        }
        *p = limit + 1;
        *again = 1;
        return NULL;
    case '+': return matches_one(m, *s, *p, limit) ? repeat_most(m, *s + 1, *p, limit) : NULL;
    case '*': return repeat_most(m, *s, *p, limit);
    case '-': return repeat_least(m, *s, *p, limit);
    default:
        if (!matches_one(m, *s, *p, limit)) return NULL;
        (*s)++;
        *p = limit;
        *again = 1;
        return NULL;
    }
}

static const char *match_rest(matcher *m, const char *s, const char *p) {
    while (p != m->pattern_end) {
        tick(m);
        if (*p == '(') {
            int position = p + 1 < m->pattern_end && p[1] == ')';
            return open_capture(m, s, p + (position ? 2 : 1), position ? CAPTURE_POSITION : CAPTURE_OPEN);
        }
        if (*p == ')') return close_capture(m, s, p + 1);
        if (*p == '$' && p + 1 == m->pattern_end) return s == m->end ? s : NULL;
        int special = match_special(m, &s, &p);
        if (special < 0) return NULL;
        if (special > 0) continue;
        int again = 0;
        const char *result = match_item(m, &s, &p, &again);
        if (!again) return result;
    }
    return s;
}

static const char *match_here(matcher *m, const char *s, const char *p) {
    if (++m->depth > MAX_DEPTH) luaL_error(m->L, "pattern too complex");
    const char *result = match_rest(m, s, p);
    m->depth--;
    return result;
}

static const char *try_match(matcher *m, const char *s, const char *p) {
    m->level = 0;
    m->depth = 0;
    return match_here(m, s, p);
}

static void push_capture(matcher *m, int index, const char *s, const char *e) {
    if (index >= m->level) {
        if (index != 0) luaL_error(m->L, "invalid capture index %%%d", index + 1);
        lua_pushlstring(m->L, s, (size_t)(e - s));
        return;
    }
    ptrdiff_t length = m->captures[index].length;
    if (length == CAPTURE_OPEN) luaL_error(m->L, "unfinished capture");
    if (length == CAPTURE_POSITION) lua_pushinteger(m->L, m->captures[index].at - m->start + 1);
    else lua_pushlstring(m->L, m->captures[index].at, (size_t)length);
}

// `whole`: with no captures, push the whole match.
static int push_captures(matcher *m, const char *s, const char *e, int whole) {
    int count = m->level == 0 && whole ? 1 : m->level;
    luaL_checkstack(m->L, count, "too many captures");
    for (int i = 0; i < count; i++) push_capture(m, i, s, e);
    return count;
}

static const char *read_pattern(lua_State *L, matcher *m, const char *subject, size_t subject_length, int index,
                                int anchors, int *anchored) {
    size_t length = 0;
    const char *pattern = luaL_checklstring(L, index, &length);
    memset(m, 0, sizeof *m);
    m->L = L;
    m->start = subject;
    m->end = subject + subject_length;
    m->pattern_end = pattern + length;
    *anchored = anchors && length > 0 && *pattern == '^';
    return pattern + *anchored;
}

static size_t start_position(lua_Integer position, size_t length) {
    if (position > 0) return (size_t)position - 1;
    if (position == 0 || position < -(lua_Integer)length) return 0;
    return length + (size_t)position;
}

static const char *find_plain(lua_State *L, const char *s, size_t length, const char *what, size_t size) {
    cls_charge(L, (int64_t)(length / 64));
    for (; length >= size; s++, length--) {
        const char *at = size == 0 ? s : memchr(s, *what, length - size + 1);
        if (!at || memcmp(at, what, size) == 0) return at;
        cls_charge(L, 1);
        length -= (size_t)(at - s);
        s = at;
    }
    return NULL;
}

static int search(lua_State *L, int finding) {
    size_t length = 0, size = 0;
    const char *subject = luaL_checklstring(L, 1, &length);
    const char *text = luaL_checklstring(L, 2, &size);
    size_t start = start_position(luaL_optinteger(L, 3, 1), length);
    if (start > length) {
        lua_pushnil(L);
        return 1;
    }
    if (finding && lua_toboolean(L, 4)) {
        const char *at = find_plain(L, subject + start, length - start, text, size);
        if (!at) {
            lua_pushnil(L);
            return 1;
        }
        lua_pushinteger(L, at - subject + 1);
        lua_pushinteger(L, at - subject + (lua_Integer)size);
        return 2;
    }
    matcher m;
    int anchored = 0;
    const char *pattern = read_pattern(L, &m, subject, length, 2, 1, &anchored);
    for (const char *s = subject + start; s <= m.end; s++) {
        const char *e = try_match(&m, s, pattern);
        if (e && !finding) return push_captures(&m, s, e, 1);
        if (e) {
            lua_pushinteger(L, s - subject + 1);
            lua_pushinteger(L, e - subject);
            return push_captures(&m, NULL, NULL, 0) + 2;
        }
        if (anchored) break;
    }
    lua_pushnil(L);
    return 1;
}

static int sandbox_find(lua_State *L) { return search(L, 1); }
static int sandbox_match(lua_State *L) { return search(L, 0); }

// Upvalues: subject, pattern, next position, end of the last match (-1: none).
static int next_match(lua_State *L) {
    size_t length = 0;
    const char *subject = lua_tolstring(L, lua_upvalueindex(1), &length);
    matcher m;
    int anchored = 0;
    const char *pattern = read_pattern(L, &m, subject, length, lua_upvalueindex(2), 0, &anchored);
    lua_Integer last = lua_tointeger(L, lua_upvalueindex(4));
    for (lua_Integer at = lua_tointeger(L, lua_upvalueindex(3)); at <= (lua_Integer)length; at++) {
        const char *e = try_match(&m, subject + at, pattern);
        if (!e || e - subject == last) continue;
        lua_pushinteger(L, e - subject);
        lua_copy(L, -1, lua_upvalueindex(3));
        lua_replace(L, lua_upvalueindex(4));
        return push_captures(&m, subject + at, e, 1);
    }
    lua_pushinteger(L, (lua_Integer)length + 1);
    lua_replace(L, lua_upvalueindex(3));
    return 0;
}

static int sandbox_gmatch(lua_State *L) {
    size_t length = 0;
    luaL_checklstring(L, 1, &length);
    luaL_checkstring(L, 2);
    size_t start = start_position(luaL_optinteger(L, 3, 1), length);
    lua_settop(L, 2);
    lua_pushinteger(L, (lua_Integer)(start > length ? length + 1 : start));
    lua_pushinteger(L, -1);
    lua_pushcclosure(L, next_match, 4);
    return 1;
}

static void add_template(matcher *m, luaL_Buffer *out, const char *s, const char *e) {
    size_t length = 0;
    const char *text = lua_tolstring(m->L, 3, &length);
    for (const char *at = text; at < text + length; at++) {
        if (*at != '%') {
            luaL_addchar(out, *at);
            continue;
        }
        at++;
        if (at < text + length && *at == '%') {
            luaL_addchar(out, '%');
        } else if (at < text + length && *at == '0') {
            luaL_addlstring(out, s, (size_t)(e - s));
        } else if (at < text + length && isdigit((unsigned char)*at)) {
            push_capture(m, *at - '1', s, e);
            cls_tostring(m->L, -1, NULL);
            lua_remove(m->L, -2);
            luaL_addvalue(out);
        } else {
            luaL_error(m->L, "invalid use of '%%' in replacement string");
        }
    }
}

static void add_replacement(matcher *m, luaL_Buffer *out, const char *s, const char *e, int kind) {
    lua_State *L = m->L;
    if (kind == LUA_TSTRING || kind == LUA_TNUMBER) {
        add_template(m, out, s, e);
        return;
    }
    if (kind == LUA_TTABLE) {
        push_capture(m, 0, s, e);
        lua_gettable(L, 3);
    } else {
        lua_pushvalue(L, 3);
        int count = push_captures(m, s, e, 1);
        lua_call(L, count, 1);
    }
    if (!lua_toboolean(L, -1)) {
        lua_pop(L, 1);
        luaL_addlstring(out, s, (size_t)(e - s));
    } else if (lua_isstring(L, -1)) {
        luaL_addvalue(out);
    } else {
        luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
    }
}

static int sandbox_gsub(lua_State *L) {
    size_t length = 0;
    const char *subject = luaL_checklstring(L, 1, &length);
    int kind = lua_type(L, 3);
    luaL_argexpected(L, kind == LUA_TNUMBER || kind == LUA_TSTRING || kind == LUA_TFUNCTION || kind == LUA_TTABLE, 3,
                     "string/function/table");
    if (kind == LUA_TNUMBER) lua_tostring(L, 3);
    lua_Integer limit = luaL_optinteger(L, 4, (lua_Integer)length + 1), count = 0;
    matcher m;
    int anchored = 0;
    const char *pattern = read_pattern(L, &m, subject, length, 2, 1, &anchored);
    const char *s = subject, *last = NULL;
    luaL_Buffer out;
    luaL_buffinit(L, &out);
    while (count < limit) {
        const char *e = try_match(&m, s, pattern);
        if (e && e != last) {
            count++;
            add_replacement(&m, &out, s, e, kind);
            s = last = e;
        } else if (s < m.end) {
            luaL_addchar(&out, *s++);
        } else {
            break;
        }
        if (anchored) break;
    }
    luaL_addlstring(&out, s, (size_t)(m.end - s));
    luaL_pushresult(&out);
    lua_pushinteger(L, count);
    return 2;
}

void cls_open_patterns(lua_State *L) {
    static const luaL_Reg functions[] = {{"find", sandbox_find},
                                         {"match", sandbox_match},
                                         {"gmatch", sandbox_gmatch},
                                         {"gsub", sandbox_gsub},
                                         {NULL, NULL}};
    luaL_setfuncs(L, functions, 0);
}
