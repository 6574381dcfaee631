#!/usr/bin/env python3
"""Checks the real #include lines against the arrows of the house (docs/tour.md): includes point down only, rooms of the top group never
include each other, and each third-party library is included by its adapter alone."""
import re
import sys

from cpp_text import read, sources, verdict

LEVELS = [
    ["base"],
    ["config", "observe", "runtime"],
    ["pool", "bbb"],
    ["state", "records", "http"],
    ["nodes"],
    ["api", "admin", "dialin", "poller", "recordings", "callbacks", "cli"],
    ["app"],
]
LEVEL = {room: i for i, rooms in enumerate(LEVELS) for room in rooms}

# What a room may include although a level would allow more.
ONLY = {
    "config": {"base"},
    "bbb": {"base"},
    "pool": {"base"},
    "http": {"base", "runtime"},
    "apps/plenary": {"app", "cli"},
    "apps/sim": {"base", "runtime", "http"},
}

# Third-party header (prefix) → the rooms that may include it. Others get it, if at all, through a header of those rooms. The simulator is a
# program of its own and shares little with the server on purpose, so it counts as one adapter.
ADAPTERS = {
    "boost/asio/post.hpp": {"runtime", "http", "poller", "callbacks", "app", "apps/sim"},
    "boost/asio": {"runtime", "http", "apps/sim"},
    "boost/beast": {"http", "apps/sim"},
    "boost/system": {"runtime", "http", "apps/sim"},
    "boost/intrusive": {"http"},
    "boost/json": {"admin", "api", "callbacks", "cli", "app", "observe", "apps/sim"},
    "boost/url": {"base"},
    "boost/unordered": {"state"},
    "curl/": {"http"},
    "openssl/": {"base", "http"},
    "sqlite3.h": {"state"},
    "SQLiteCpp/": {"state"},
    "soci": {"records"},
    "pugixml": {"bbb", "apps/sim"},
    "kainjow/": {"api"},
    "yaml-cpp/": {"cli", "config"},
    "CLI/": {"cli", "apps/sim"},
    "spdlog/": {"observe"},
    "systemd/": {"app"},
    "fmt/": None,
    "tl/": None,
}
TEST_LIBRARIES = ("gtest/", "gmock/", "rapidcheck", "benchmark/")

# bbb and pool do no I/O and know no thread; values in, values out.
PURE_ROOMS = {"bbb", "pool"}
IMPURE = re.compile(r"^(thread|mutex|shared_mutex|condition_variable|future|fstream|iostream|filesystem|random|unistd\.h|fcntl\.h|sys/.*|netinet/.*|poll\.h)$")
SYSTEM = re.compile(r"^([a-z0-9_]+|[a-z0-9_]+\.h|(sys|netinet|arpa|linux)/[a-z0-9_.]+)$")

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)


def room_of(path):
    parts = path.split("/")
    return "/".join(parts[:2]) if parts[0] == "apps" else parts[1]


def is_test(path):
    return path.endswith(("_test.cpp", "_bench.cpp", "_test.hpp")) or path.split("/")[-1].startswith("fake_")


def problems_in(path, text):
    room, found = room_of(path), []
    for kind, name in INCLUDE.findall(text):
        if kind == '"':
            if path.startswith("apps/") and "/" not in name:
                continue  # beside it
            target = name.split("/")[0]
            if target == room or name.startswith(room + "/"):
                continue
            if target not in LEVEL:
                found.append('"%s": no such room' % name)
            elif room in ONLY and target not in ONLY[room]:
                found.append('"%s": %s may include %s only' % (name, room, ", ".join(sorted(ONLY[room]))))
            elif not path.startswith("apps/") and LEVEL[target] >= LEVEL.get(room, -1):
                found.append('"%s": %s may include only what lies below it' % (name, room))
            continue
        if is_test(path) and name.startswith(TEST_LIBRARIES):
            continue
        adapter = next((key for key in ADAPTERS if name.startswith(key)), None)
        if adapter:
            if ADAPTERS[adapter] is not None and room not in ADAPTERS[adapter]:
                found.append("<%s>: only %s may include it" % (name, ", ".join(sorted(ADAPTERS[adapter]))))
        elif not SYSTEM.match(name):
            found.append("<%s>: unknown library; give it an adapter in tests/include_arrows.py" % name)
        elif room in PURE_ROOMS and not is_test(path) and IMPURE.match(name):
            found.append("<%s>: %s does no I/O and knows no thread" % (name, room))
    return found


def self_test():
    """The check itself must find what it is for: (path, source, number of problems)."""
    for path, text, expected in [
        ("src/bbb/a.cpp", '#include "base/digest.hpp"\n#include <pugixml.hpp>\n#include <string>', 0),
        ("src/bbb/a.cpp", '#include "runtime/async.hpp"', 1),
        ("src/bbb/a.cpp", '#include <thread>', 1),
        ("src/api/a.cpp", '#include "admin/b.hpp"', 1),
        ("src/api/a.cpp", '  #  include <boost/asio/post.hpp>', 1),
        ("src/base/a.cpp", '#include "bbb/b.hpp"', 1),
        ("src/http/a_test.cpp", '#include <gtest/gtest.h>\n#include <sys/socket.h>', 0),
        ("src/http/a.cpp", '#include <gtest/gtest.h>', 1),
        ("src/state/a.cpp", '#include "records/b.hpp"\n#include "pool/c.hpp"', 1),
        ("apps/sim/a.cpp", '#include "http/server.hpp"\n#include "node.hpp"', 0),
        ("apps/sim/a.cpp", '#include "bbb/checksum.hpp"', 1),
        ("src/app/a.cpp", '#include "wherever/x.hpp"', 1),
    ]:
        got = problems_in(path, text)
        if len(got) != expected:
            yield "%s with %r: %d problems expected, found %s" % (path, text, expected, got)


def main():
    rooms = {}
    for path in sources("src", "apps"):
        rooms.setdefault(room_of(path) if "/" in path[5:] else path, []).extend("%s: %s" % (path, p) for p in problems_in(path, read(path)))
    return verdict([("the check itself", list(self_test()))] + sorted(rooms.items()))


if __name__ == "__main__":
    sys.exit(main())
