"""What the source checks share: finding sources, and C++ text without comments and string contents."""
import os

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def sources(*folders):
    """Paths (relative to the repository) of all .hpp and .cpp files below the folders, sorted."""
    found = []
    for folder in folders:
        for where, _, names in os.walk(os.path.join(ROOT, folder)):
            found += [os.path.relpath(os.path.join(where, name), ROOT) for name in names if name.endswith((".hpp", ".cpp"))]
    return sorted(found)


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def blank_comments_and_strings(text):
    """The text with comments and the insides of literals replaced by blanks; line numbers stay."""
    out, i, n = [], 0, len(text)

    def blank(piece):
        out.append("".join(c if c == "\n" else " " for c in piece))

    while i < n:
        two = text[i:i + 2]
        if two == "//":
            end = text.find("\n", i)
            end = n if end < 0 else end
            blank(text[i:end])
        elif two == "/*":
            end = text.find("*/", i + 2)
            end = n if end < 0 else end + 2
            blank(text[i:end])
        elif two == 'R"':
            opening = text.index("(", i)
            closing = ")" + text[i + 2:opening] + '"'
            end = text.find(closing, opening)
            end = n if end < 0 else end + len(closing)
            out.append('""')
            blank(text[i + 2:end])
        elif text[i] == '"' or (text[i] == "'" and not (i and text[i - 1].isalnum())):
            quote, end = text[i], i + 1
            while end < n and text[end] != quote:
                end += 2 if text[end] == "\\" else 1
            end = min(end + 1, n)
            out.append(quote)
            blank(text[i + 1:end - 1])
            out.append(quote)
        else:
            end = i + 1
            out.append(text[i])
        i = end
    return "".join(out)


def verdict(cases):
    """cases: [(name, [problem…])…]. Prints problems and "N passed, N failed"; returns the exit status."""
    failed = 0
    for name, problems in cases:
        if problems:
            failed += 1
            print("FAIL " + name)
            for problem in problems:
                print("  " + problem)
    print("%d passed, %d failed" % (len(cases) - failed, failed))
    return 1 if failed else 0
