#!/usr/bin/env python3
"""Checks the house rules for coroutines (docs/contributing.md), which keep compilers' traps away:
R1  a co_await stands alone in its statement: never in a condition, ?:, braced list, with operators, or among other arguments
R2  no braced list and no capturing lambda among the arguments of an awaited call
R3  a capturing lambda is never itself a coroutine"""
import re
import sys

from cpp_text import blank_comments_and_strings, read, sources, verdict

TOKEN = re.compile(r"co_await|co_return|co_yield|[A-Za-z_]\w*|->|::|&&|\|\||<<=|>>=|==|!=|<=|[-+*/%|&^]=|.", re.S)
PAIRS = {"(": ")", "[": "]", "{": "}"}
BEFORE_BLOCK = {")", "else", "do", "try", "const", "noexcept", "override", "final", "mutable", ";", "{", "}", ":"}


class Source:
    def __init__(self, text):
        self.tokens, self.lines = [], []
        line = 1
        for match in TOKEN.finditer(re.sub(r"(?m)^[ \t]*#.*(?:\\\n.*)*$", "", blank_comments_and_strings(text))):
            token = match.group(0)
            if token.strip():
                self.tokens.append(token)
                self.lines.append(line)
            line += token.count("\n")
        self.partner, open_at = {}, []
        for i, token in enumerate(self.tokens):
            if token in PAIRS:
                open_at.append(i)
            elif token in PAIRS.values() and open_at:
                start = open_at.pop()
                self.partner[start], self.partner[i] = i, start

    def is_block(self, at):
        """Is the brace at `at` the start of a block (not of a braced list)?"""
        before = self.tokens[at - 1] if at else ";"
        if before in BEFORE_BLOCK:
            return True
        i = at - 1  # a trailing return type: ") -> Task<void> {"
        while i > 0 and (re.match(r"\w+$|::|<|>|,|\*|&", self.tokens[i]) and self.tokens[i] != "return"):
            i -= 1
        return self.tokens[i] == "->" or (self.tokens[i] == "]" and i == at - 1)

    def lambda_body(self, at):
        """When the bracket at `at` introduces a lambda: (has captures, index of its body's brace)."""
        before = self.tokens[at - 1] if at else ";"
        if re.match(r"\w+$", before) and before not in ("return", "co_return", "co_await") or before in (")", "]") or at not in self.partner:
            return None
        i = end = self.partner[at]
        i += 1
        while i < len(self.tokens) and self.tokens[i] != "{":
            if self.tokens[i] in (";", ")", "]", "}", ",", "="):
                return None
            i = self.partner.get(i, i) + 1 if self.tokens[i] in "([" else i + 1
        return (end > at + 1, i) if i < len(self.tokens) else None


def check_await(source, at):
    tokens = source.tokens
    i = at - 1
    while i >= 0:  # back to the start of the statement
        token = tokens[i]
        if token in (")", "]", "}"):
            if token == "}":
                break
            i = source.partner.get(i, i) - 1
            continue
        if token in ("(", "["):
            yield "R1: co_await inside %s" % ("a condition or arguments" if token == "(" else "brackets")
            return
        if token == "{":
            if not source.is_block(i):
                yield "R1: co_await in a braced list"
                return
            break
        if token == ";" or token == ":" and tokens[i - 1] in ("default", "public", "private"):
            break
        if token in ("?", "&&", "||", "!", "+", "-", "==", "!=", "<=", ",") and not (token in ("&&", ",") and "=" in tokens[i:at]):
            yield "R1: co_await beside the operator %s" % token
            return
        i -= 1
    i, in_call = at + 1, 0
    while i < len(tokens):  # forward to the end of the statement
        token = tokens[i]
        if token == ";":
            return
        if token == "co_await":
            yield "R1: two co_await in one statement"
        elif token == "(":
            in_call += 1
        elif token == ")":
            in_call -= 1
            if in_call < 0:
                return
        elif token == "[":
            found = source.lambda_body(i)
            if found:
                if found[0]:
                    yield "R2: a capturing lambda among the arguments of an awaited call"
                i = source.partner.get(found[1], i)
            else:
                i = source.partner.get(i, i)
        elif token == "{":
            yield "R2: a braced list among the arguments of an awaited call"
            i = source.partner.get(i, i)
        elif in_call == 0 and token in ("?", "&&", "||", "+", "==", "!=", ","):
            yield "R1: co_await beside the operator %s" % token
            return
        i += 1


def check_lambda(source, at):
    found = source.lambda_body(at)
    if not found or not found[0]:
        return
    i, end = found[1] + 1, source.partner.get(found[1], len(source.tokens))
    while i < end:
        token = source.tokens[i]
        if token == "[":
            inner = source.lambda_body(i)
            if inner:
                i = source.partner.get(inner[1], i)
        elif token in ("co_await", "co_return", "co_yield"):
            yield "R3: a capturing lambda is a coroutine"
            return
        i += 1


def problems_in(text):
    source = Source(text)
    for at, token in enumerate(source.tokens):
        for problem in check_await(source, at) if token == "co_await" else check_lambda(source, at) if token == "[" else ():
            yield source.lines[at], problem


def self_test():
    """The lint itself: (statement, number of problems)."""
    for code, expected in [
        ("co_await f(a, std::move(b));", 0),
        ("const auto r = co_await f(a);", 0),
        ("auto [x, y] = co_await f();", 0),
        ("std::map<int, int> m = co_await f();", 0),
        ("Result<T>&& r = co_await f();", 0),
        ("co_return co_await f(\"{ [&] }\", '{');", 0),
        ("(void)co_await f();", 0),
        ("if (a) { co_await f(); } else co_await g();", 0),
        ("x = co_await f([] { return 1; });", 0),
        ("// if (co_await f()) {}\nint a[3]; a[0] = 1;", 0),
        ("auto t = [](int a) -> Task<void> { co_await f(a); };", 0),
        ("auto t = [&](int a) { return a; }; co_await f(t);", 0),
        ("if (co_await f()) {}", 1),
        ("while (!co_await f()) {}", 1),
        ("g(co_await f());", 1),
        ("T t{co_await f()};", 1),
        ("auto t = T{1, co_await f()};", 1),
        ("x = a ? co_await f() : 0;", 1),
        ("x = a && co_await f();", 1),
        ("x = co_await f() + 1;", 1),
        ("x = (co_await f()).value();", 1),
        ("co_await f({1, 2});", 1),
        ("co_await f(T{1, 2});", 1),
        ("co_await f([&] { return a; });", 1),
        ("co_await f(co_await g());", 2),
        ("auto t = [this]() -> Task<void> { co_return; };", 1),
        ("Spawn(c, [x] { co_await f(x); });", 1),
    ]:
        got = list(problems_in("Task<void> F() {\n%s\n}" % code))
        if len(got) != expected:
            yield "%r: %d problems expected, found %s" % (code, expected, got)


def main():
    cases = [("the lint itself", list(self_test()))]
    for path in sources("src", "apps"):
        text = read(path)
        if "co_await" in text or "co_return" in text:
            cases.append((path, ["%s:%d: %s" % (path, line, problem) for line, problem in problems_in(text)]))
    return verdict(cases)


if __name__ == "__main__":
    sys.exit(main())
