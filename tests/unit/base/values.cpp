#include "zt/base/bytes.h"
#include "zt/base/id.h"
#include "zt/base/log.h"
#include "zt/base/result.h"
#include "zt/test/test.h"

#include <cstring>
#include <set>
#include <sys/wait.h>
#include <unistd.h>

using namespace zt;

namespace {

struct At final : Clock {
    Millis time = 0;
    Millis now() const override { return time; }
    Millis steady() const override { return time; }
};

Result<int> half(int n)
{
    if (n % 2) return fail(Err::Invalid, "odd");
    return n / 2;
}
Result<int> quarter(int n)
{
    ZT_LET(h, half(n));
    ZT_LET(q, half(h));
    return q;
}

} // namespace

CASE("base32 gives back every byte string, and forgives how people write it down")
{
    Bytes all;
    for (int i = 0; i < 256; ++i) {
        all += char(i);
        EXPECT(unbase32(base32(all)) == all);
    }
    EXPECT_EQ(base32("foobar"), "MZXW6YTBOI"); // RFC 4648 section 10, unpadded
    EXPECT(unbase32("mzxw-6ytb oi") == "foobar");
    EXPECT_EQ(unbase32("O0I1").value_or("?"), unbase32("OOII").value_or("!"));
    EXPECT(!unbase32("MZXW6=") && !unbase32("8") && !unbase32("汛"));
}

CASE("hex and back")
{
    EXPECT_EQ(hex(Bytes("\x00\xff\x1a", 3)), "00ff1a");
    EXPECT(unhex("00FF1a") == Bytes("\x00\xff\x1a", 3));
    EXPECT(!unhex("0") && !unhex("0g") && unhex("") == "");
}

CASE("ids are ordered by time, marked as version 7, and never meet")
{
    At clock;
    std::set<Bytes> seen;
    Bytes last;
    for (Millis t : {Millis(0), Millis(1), Millis(255), Millis(256), Millis(1772413200000), Millis(0xFFFFFFFFFFFF)}) {
        clock.time = t;
        const Bytes id = newId(clock, systemRandom());
        EXPECT_EQ(id.size(), size_t(16));
        EXPECT_EQ(int(static_cast<unsigned char>(id[6]) >> 4), 7);
        EXPECT_EQ(int(static_cast<unsigned char>(id[8]) >> 6), 2);
        EXPECT(last.substr(0, 6) < id.substr(0, 6));
        last = id;
    }
    for (int i = 0; i < 10000; ++i) EXPECT(seen.insert(newId(clock, systemRandom())).second);
}

CASE("results pass the first error on")
{
    EXPECT(quarter(8) && *quarter(8) == 2);
    EXPECT(!quarter(6) && quarter(6).error().kind == Err::Invalid && quarter(6).error().detail == "odd");
}

CASE("every kind of error has its own name")
{
    std::set<std::string_view> names;
    for (int k = 0; k <= int(Err::Internal); ++k) EXPECT(names.insert(name(Err(k))).second);
}

CASE("a log line is one line of JSON whatever the fields hold")
{
    std::string line;
    setLogSink([&](std::string_view l) { line = l; });
    log(Level::Warning, "a\"b\n", {{"n", 5}, {"word", Safe{"x\\\x01\xE4"}}});
    EXPECT(line.find('\n') == std::string::npos && line.find("\"n\":5") != std::string::npos);
    EXPECT(line.find("\"a\\\"b\\u000a\"") != std::string::npos && line.find("x\\\\\\u0001\\u00e4") != std::string::npos);
    line.clear();
    log(Level::Debug, "quiet");
    EXPECT(line.empty());
    setLogSink({});
}

CASE("a process that is forked off draws other random bytes, also small ones")
{
    (void)systemRandom().bytes(16); // a block is there
    int pipe[2];
    REQUIRE(::pipe(pipe) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
        const Bytes theirs = systemRandom().bytes(16);
        ::_exit(::write(pipe[1], theirs.data(), theirs.size()) == 16 ? 0 : 1);
    }
    char theirs[16] = {};
    EXPECT_EQ(::read(pipe[0], theirs, sizeof theirs), 16);
    int status = 1;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
    EXPECT(systemRandom().bytes(16) != Bytes(theirs, sizeof theirs));
    ::close(pipe[0]);
    ::close(pipe[1]);
}
