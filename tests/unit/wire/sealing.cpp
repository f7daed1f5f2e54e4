#include "make.h"
#include "zt/crypto/selftest.h"
#include "zt/test/test.h"

using namespace zt;
using namespace zt::wire;

namespace {

struct Keys {
    test::Counting random;
    crypto::SigningKey mine = crypto::SigningKey::generate(random);
    crypto::SigningKey other = crypto::SigningKey::generate(random);
};

Err openError(const SignedCommand& s, std::string_view hub, BytesView key)
{
    const auto r = openCommand(s, hub, key);
    return r ? Err::Internal : r.error().kind;
}

//! A message nested `depth` times in fields the parser does not know.
Bytes nested(int depth)
{
    Bytes inner;
    for (int i = 0; i < depth; ++i) {
        Bytes outer("\xFB\x07", 2); // start group, field 127
        outer += inner;
        outer += "\xFC\x07";
        inner = outer;
    }
    return inner;
}

} // namespace

CASE("a signed command opens to what was signed")
{
    Keys k;
    const auto s = signCommand(test::submission(), k.mine);
    const auto c = openCommand(s, "hub", k.mine.publicKey());
    REQUIRE(c);
    EXPECT_EQ(c->SerializeAsString(), test::submission().SerializeAsString());
    EXPECT_EQ(s.bytes(), test::submission().SerializeAsString());
}

CASE("another key, another hub, any changed byte: unauthenticated")
{
    Keys k;
    const auto s = signCommand(test::submission(), k.mine);
    EXPECT_EQ(openError(s, "hub", k.other.publicKey()), Err::Unauthenticated);
    EXPECT_EQ(openError(s, "hub2", k.mine.publicKey()), Err::Unauthenticated);
    EXPECT_EQ(openError(s, "hub", "short"), Err::Unauthenticated);
    for (size_t i = 0; i < s.bytes().size(); i += 7) {
        auto bad = s;
        (*bad.mutable_bytes())[i] = char((*bad.mutable_bytes())[i] ^ 1);
        EXPECT_EQ(openError(bad, "hub", k.mine.publicKey()), Err::Unauthenticated);
    }
    for (size_t i = 0; i < s.signature().size(); ++i) {
        auto bad = s;
        (*bad.mutable_signature())[i] = char((*bad.mutable_signature())[i] ^ 4);
        EXPECT_EQ(openError(bad, "hub", k.mine.publicKey()), Err::Unauthenticated);
    }
}

CASE("an unknown suite is unsupported, never guessed")
{
    Keys k;
    auto s = signCommand(test::submission(), k.mine);
    for (uint32_t suite : {0u, 2u, 0xFFFFFFFFu}) {
        s.set_suite(suite);
        EXPECT_EQ(openError(s, "hub", k.mine.publicKey()), Err::Unsupported);
    }
}

CASE("every truncation of a command is refused or parses, and never crashes")
{
    Keys k;
    const Bytes whole = test::submission().SerializeAsString();
    int parsed = 0;
    for (size_t n = 0; n < whole.size(); ++n) {
        const auto c = parseCommand(BytesView(whole).substr(0, n));
        if (c) {
            ++parsed;
            (void)checkForm(*c);
            EXPECT(c->SerializeAsString() != whole);
        } else {
            EXPECT_EQ(c.error().kind, Err::Invalid);
        }
        SignedCommand s;
        s.set_suite(1);
        s.set_bytes(whole.substr(0, n));
        s.set_signature(Bytes(64, 'x'));
        EXPECT_EQ(openError(s, "hub", k.mine.publicKey()), Err::Unauthenticated);
    }
    EXPECT(parsed > 0 && parsed < int(whole.size()) / 2);
}

CASE("oversize is refused before anything is parsed or checked")
{
    Keys k;
    SignedCommand s;
    s.set_suite(1);
    s.set_bytes(Bytes(kMaxCommandBytes + 1, '\0'));
    EXPECT_EQ(openError(s, "hub", k.mine.publicKey()), Err::TooLarge);
    EXPECT(parseCommand(s.bytes()).error().kind == Err::TooLarge);
}

CASE("nesting is bounded")
{
    EXPECT(parseCommand(nested(10)));
    EXPECT(!parseCommand(nested(100)));
    EXPECT(!parseCommand(nested(10000)));
}

CASE("an end-group tag does not end a command or an event's body early")
{
    Bytes bytes = test::submission().SerializeAsString();
    EXPECT(!parseCommand(bytes + "\xFC\x07"));
    Event e;
    e.set_level(1);
    Body b;
    b.add_facts()->mutable_reader_added()->set_person("lin");
    e.set_body(b.SerializeAsString());
    EXPECT(openBody(e));
    e.set_body(b.SerializeAsString() + "\xFC\x07");
    EXPECT(!openBody(e) && openBody(e).error().kind == Err::Corrupt);
}

CASE("text that is no UTF-8 does not parse")
{
    Bytes bytes("\x1A\x02\xC0\x80", 4); // field 3, stream
    EXPECT(!parseCommand(bytes));
}

CASE("the hub's time: good only for its hub, its number and its key")
{
    Keys k;
    auto t = signTime("hub", 1772413200000, k.mine);
    EXPECT(timeIsGood("hub", t, k.mine.publicKey()));
    EXPECT(!timeIsGood("hub2", t, k.mine.publicKey()));
    EXPECT(!timeIsGood("hub", t, k.other.publicKey()));
    t.set_ms(t.ms() + 1);
    EXPECT(!timeIsGood("hub", t, k.mine.publicKey()));
}

int main(int argc, char** argv)
{
    if (!crypto::start()) return 1;
    return test::main(argc, argv);
}
