import LuaHost
import Testing

@Suite struct PatternTests {
    @Test(arguments: [
        ("('hello world'):find('wor')", "7 9"), ("('hello'):find('l+')", "3 4"), ("('hello'):find('xyz')", "nil"),
        ("('a.b'):find('.', 1, true)", "2 2"), ("('abc'):find('', 10)", "nil"), ("('abc'):find('', 4)", "4 3"),
        ("('abc'):find('b', -2)", "2 2"), ("('key = value'):match('^(%w+)%s*=%s*(%w+)$')", "key value"),
        ("('  trim  '):match('^%s*(.-)%s*$')", "trim"), ("('f(a(b)c)d'):match('%b()')", "(a(b)c)"),
        ("('THE (quick) fox'):find('%f[%a]%a+%f[%A]')", "1 3"), ("('abab'):match('(ab)%1')", "ab"),
        ("('hello'):match('()ll()')", "3 5"), ("('x-y'):match('[%w-]+')", "x-y"), ("('a]b'):match('[]]')", "]"),
        ("('abc'):match('[^a]+')", "bc"), ("('0x1F'):match('^0[xX](%x+)$')", "1F"), ("('aaa'):match('a-b')", "nil"),
        ("('hello world'):gsub('o', '0')", "hell0 w0rld 2"), ("('hello'):gsub('', '-')", "-h-e-l-l-o- 6"),
        ("('abc'):gsub('%w', '%0%0')", "aabbcc 3"), ("('abc def'):gsub('(%w+) (%w+)', '%2 %1')", "def abc 1"),
        ("('$a $b'):gsub('%$(%w+)', { a = 'x' })", "x $b 2"), ("('abc'):gsub('b', function() return nil end)", "abc 1"),
        ("('abc'):gsub('%w', '%%')", "%%% 3"), ("('aaa'):gsub('a', 'b', 2)", "bba 2"),
        ("('aaa'):gsub('^a', 'b')", "baa 1"),
        ("('a?b'):match('a%?b')", "a?b"), ("('ab'):match('a?b?c?')", "ab"), ("('é'):match('[\\xC3][\\xA9]')", "é"),
        ("('f[1]'):match('%[(%d)%]')", "1"), ("('x'):match('$')", ""), ("('a$'):match('a$')", "nil"),
        ("('%d'):match('%%d')", "%d"), ("('a-c'):match('[a-c]+')", "a"), ("('1,2'):match('(%d),(%d)')", "1 2"),
    ])
    func matchesAsLuaDoes(_ expression: String, _ expected: String) throws {
        let text = """
            local r = table.pack(\(expression))
            for i = 1, r.n do r[i] = tostring(r[i]) end
            return table.concat(r, " ")
            """
        #expect(try run(text)[0].string == expected, "\(expression)")
    }

    @Test func gmatchWalks() throws {
        let text =
            "local t = {} for k, v in ('a=1, b=2'):gmatch('(%w+)=(%w+)') do t[#t + 1] = k .. v end for w in ('abc'):gmatch('') do t[#t+1] = '.' end return table.concat(t)"
        #expect(try run(text)[0].string == "a1b2....")
    }

    @Test(arguments: [
        ("('x'):find('[a')", "missing ']'"), ("('x'):find('%')", "ends with '%'"),
        ("('x'):find('(x')", "unfinished capture"),
        ("('x'):find('x)')", "invalid pattern capture"), ("('x'):find('%1')", "invalid capture index"),
        ("('x'):gsub('x', '%9')", "invalid capture index"), ("('x'):gsub('x', '%z')", "invalid use of '%'"),
        ("('x'):find('%f')", "missing '['"), ("('x'):find('%b')", "missing arguments"),
        ("('x'):gsub('x', function() return {} end)", "invalid replacement value"),
        ("('x'):rep(300):match(('x?'):rep(300))", "too complex"),
    ])
    func badPatternsAreErrors(_ expression: String, _ part: String) {
        #expect(failure("return \(expression)")?.message.contains(part) == true, "\(expression)")
    }
}
