#include "make.h"
#include "zt/test/test.h"

#include <set>

using namespace zt;
using namespace zt::wire;

namespace {

Event next(const Event* prev, const std::string& person)
{
    Event e;
    e.set_hub("hub");
    e.set_stream("m/1");
    e.set_version(prev ? prev->version() + 1 : 1);
    if (prev) e.set_prev(eventHash(*prev));
    e.set_time_ms(1772413200000 + int64_t(e.version()));
    e.set_level(1);
    e.set_suite(crypto::kSuiteSodium);
    Body b;
    b.add_facts()->mutable_reader_added()->set_person(person);
    e.set_body(b.SerializeAsString());
    e.set_salt(Bytes(16, 's'));
    e.set_body_hash(bodyHash(e.salt(), e.body()));
    return e;
}
Event erased(Event e)
{
    e.clear_salt();
    e.clear_body();
    e.set_erased_rule("7");
    return e;
}

} // namespace

CASE("chain: each event follows the one before it and no other")
{
    const Event one = next(nullptr, "a"), two = next(&one, "b"), three = next(&two, "c");
    EXPECT(follows(one, nullptr) && follows(two, &one) && follows(three, &two));
    EXPECT(!follows(two, nullptr) && !follows(three, &one) && !follows(one, &one) && !follows(one, &two));
}

CASE("chain: every field the hash covers breaks it when changed")
{
    const Event one = next(nullptr, "a"), two = next(&one, "b");
    auto broken = [&](auto change) {
        Event e = one;
        change(e);
        return !follows(e, nullptr) || !follows(two, &e);
    };
    EXPECT(broken([](Event& e) { e.set_hub("x"); }));
    EXPECT(broken([](Event& e) { e.set_stream("m/2"); }));
    EXPECT(broken([](Event& e) { e.set_version(2); }));
    EXPECT(broken([](Event& e) { e.set_prev("x"); }));
    EXPECT(broken([](Event& e) { e.set_time_ms(1); }));
    EXPECT(broken([](Event& e) { e.set_level(2); }));
    EXPECT(broken([](Event& e) { e.set_suite(2); }));
    EXPECT(broken([](Event& e) { e.set_salt("x"); }));
    EXPECT(broken([](Event& e) { e.mutable_body()->back() ^= 1; }));
    EXPECT(broken([](Event& e) { e.clear_body(); }));
    EXPECT(broken([](Event& e) { // body and its hash together: the next event's prev tells
        e.mutable_body()->back() ^= 1;
        e.set_body_hash(bodyHash(e.salt(), e.body()));
    }));
    EXPECT(!broken([](Event&) {}));
}

CASE("chain: an erased event still follows, and hides nothing else")
{
    const Event one = next(nullptr, "a"), two = next(&one, "b"), three = next(&two, "c");
    EXPECT(follows(erased(one), nullptr));
    const Event gone = erased(two);
    EXPECT(follows(gone, &one) && follows(three, &gone));
    EXPECT_EQ(eventHash(gone), eventHash(two));
    EXPECT(openBody(gone).error().kind == Err::NotFound);
    Event half = two; // says erased, still carries a body
    half.set_erased_rule("7");
    EXPECT(!follows(half, &one));
    Event silent = gone; // body gone without a rule
    silent.clear_erased_rule();
    EXPECT(!follows(silent, &one));
    Event moved = gone;
    moved.set_body_hash(Bytes(32, 'x'));
    EXPECT(!follows(three, &moved));
}

CASE("chain: a body of a later level or with an unknown fact is too new, damaged bytes are corrupt")
{
    Event e = next(nullptr, "a");
    EXPECT(openBody(e));
    e.set_level(kLevel + 1);
    EXPECT(openBody(e).error().kind == Err::TooNew);
    e.set_level(1);
    Body b;
    b.add_facts();
    e.set_body(b.SerializeAsString());
    EXPECT(openBody(e).error().kind == Err::TooNew);
    e.set_body(Bytes("\x0A\x04\x92\x3F\x01\x41", 6)); // a fact whose field 1010 this build does not know
    EXPECT(openBody(e).error().kind == Err::TooNew);
    e.set_body("\x0A\x7F");
    EXPECT(openBody(e).error().kind == Err::Corrupt);
}

CASE("hashes for different purposes and different cuts never meet")
{
    std::set<Bytes> all{commandHash("ab"), bodyHash("a", "b"), bodyHash("", "ab"), bodyHash("ab", ""), crypto::hash("zt-event-1", {"ab"}), followUpId("ab", 0)};
    EXPECT_EQ(all.size(), size_t(6));
    EXPECT(followUpId("x", 0) != followUpId("x", 1));
    EXPECT_EQ(followUpId("x", 0).size(), size_t(16));
}

CASE("a document's hash changes with every field")
{
    const auto base = test::submission().submit().document();
    std::set<Bytes> seen{documentHash(base)};
    auto with = [&](auto change) {
        auto d = base;
        change(d);
        EXPECT(seen.insert(documentHash(d)).second);
    };
    with([](Document& d) { d.set_kind("函"); });
    with([](Document& d) { d.set_title("x"); });
    with([](Document& d) { d.set_urgency(URGENCY_URGENT); });
    with([](Document& d) { d.add_recipients("x"); });
    with([](Document& d) { d.add_copies("x"); });
    with([](Document& d) { d.set_body("x"); });
    with([](Document& d) { d.mutable_attachments(0)->set_name("x"); });
    with([](Document& d) { d.set_issuer("x"); });
    with([](Document& d) { d.set_code("x"); });
    with([](Document& d) { d.set_remark("x"); });
    EXPECT_EQ(documentHash(base), documentHash(test::submission().submit().document()));
}
