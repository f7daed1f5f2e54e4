#include "export.h"

using namespace zt;
using namespace zt::test;

CASE("a matter's evidence checks and says what it rests on")
{
    Evidence e;
    const auto v = e.examine(e.x);
    EXPECT(v.good);
    EXPECT(!v.first);
    EXPECT(v.hubKeyProven);
    EXPECT(!v.rootProven);
    EXPECT_EQ(v.persons, 5u); // drafted, reviewed, signed; opened, signed for
    EXPECT(v.hub >= 5);       // number, dispatch, delivery, receipts
    EXPECT_EQ(v.erased, 0u);
    EXPECT(v.withheld > 0);
    size_t acts = 0;
    for (const auto& event : v.events)
        if (event.restsOn == hub::RestsOn::Person) {
            ++acts;
            EXPECT(!event.person.empty() && event.name == "姓名" + event.person);
        }
    EXPECT_EQ(acts, 5u);
    EXPECT(hub::report(v, hub::Language::Chinese).find("核验通过") != std::string::npos);
    EXPECT(hub::report(v, hub::Language::English).find("Nothing was tampered with") != std::string::npos);
}

CASE("what is not about the matter stays at home")
{
    Evidence e;
    EXPECT_EQ(e.x.streams_size(), 3);
    const std::string all = e.x.SerializeAsString();
    EXPECT(all.find("m/0") == std::string::npos);
    EXPECT(all.find("m/1") != std::string::npos);
    wire::Export directory;
    *directory.mutable_directory() = e.x.directory();
    const std::string people = directory.SerializeAsString();
    EXPECT(people.find("姓名head2") == std::string::npos); // had a task, did not act
    EXPECT(people.find("姓名drafter") != std::string::npos);
}

CASE("no such matter")
{
    Evidence e;
    EXPECT(!hub::exportMatter(*e.log, "hub-1", "m/none", {}, e.core->checkpoint(), e.hubKey));
    EXPECT(!hub::exportMatter(*e.log, "hub-1", "dir", {}, e.core->checkpoint(), e.hubKey));
}

namespace {

void flip(std::string* bytes)
{
    if (bytes->empty()) *bytes = "x";
    else (*bytes)[bytes->size() / 2] = char((*bytes)[bytes->size() / 2] ^ 1);
}

//! Changes one part of an event each.
const std::vector<std::pair<const char*, std::function<void(wire::Event&)>>>& parts()
{
    static const std::vector<std::pair<const char*, std::function<void(wire::Event&)>>> list{
        {"hub", [](wire::Event& e) { flip(e.mutable_hub()); }},
        {"stream", [](wire::Event& e) { flip(e.mutable_stream()); }},
        {"version up", [](wire::Event& e) { e.set_version(e.version() + 1); }},
        {"version far", [](wire::Event& e) { e.set_version(e.version() ^ (1ull << 40)); }},
        {"prev", [](wire::Event& e) { flip(e.mutable_prev()); }},
        {"time", [](wire::Event& e) { e.set_time_ms(e.time_ms() ^ 1); }},
        {"level", [](wire::Event& e) { e.set_level(e.level() ^ 1); }},
        {"body hash", [](wire::Event& e) { flip(e.mutable_body_hash()); }},
        {"salt", [](wire::Event& e) { flip(e.mutable_salt()); }},
        {"body", [](wire::Event& e) { flip(e.mutable_body()); }},
        {"erased", [](wire::Event& e) { flip(e.mutable_erased_rule()); }},
        {"suite", [](wire::Event& e) { e.set_suite(e.suite() ^ 2); }},
    };
    return list;
}

} // namespace

CASE("one changed part in any event names that event")
{
    Evidence e;
    for (int i = 0; i < e.x.events_size(); ++i)
        for (const auto& [what, change] : parts()) {
            wire::Export bad = e.x;
            const std::string stream = bad.events(i).stream();
            const uint64_t version = bad.events(i).version();
            change(*bad.mutable_events(i));
            const auto v = e.examine(bad);
            if (std::string(what) == "erased" && !e.x.events(i).erased_rule().empty()) {
                // Left out, said to be erased: no record says so.
                EXPECT(v.first && v.first->flaw == hub::Flaw::Unrecorded);
            }
            named(v, stream, version, what);
        }
}

CASE("one changed part in any record of the directory names that record")
{
    Evidence e;
    for (int i = 0; i < e.x.directory_size(); ++i)
        for (const auto& [what, change] : parts()) {
            if (std::string(what) == "erased" && !e.x.directory(i).erased_rule().empty()) continue;
            wire::Export bad = e.x;
            const uint64_t version = bad.directory(i).version();
            change(*bad.mutable_directory(i));
            named(e.examine(bad), "dir", version, what);
        }
}

CASE("every byte of a body counts")
{
    Evidence e;
    auto& body = *e.at(e.x, "m/1", 2).mutable_body();
    for (size_t i = 0; i < body.size(); i += 7) {
        body[i] = char(body[i] ^ 0x20);
        named(e.examine(e.x), "m/1", 2, "body byte");
        body[i] = char(body[i] ^ 0x20);
    }
    EXPECT(e.examine(e.x).good);
}

CASE("changed seals, hub key and streams do not check")
{
    Evidence e;
    for (int i = 0; i < e.x.checkpoints_size(); ++i) {
        for (int part = 0; part < 3; ++part) {
            wire::Export bad = e.x;
            auto& c = *bad.mutable_checkpoints(i);
            if (part == 0) flip(c.mutable_signature());
            if (part == 1) flip(c.mutable_root());
            if (part == 2) c.set_position(c.position() + 1);
            const auto v = e.examine(bad);
            EXPECT(!v.good && v.first->flaw == hub::Flaw::Seal);
        }
    }
    wire::Export bad = e.x;
    flip(bad.mutable_hub_sign_key());
    EXPECT(e.examine(bad).first->flaw == hub::Flaw::HubKey);
    EXPECT(!hub::examine(bad, catalogue::all(), {}).good);
    bad = e.x;
    flip(bad.mutable_hub());
    EXPECT(!e.examine(bad).good);
    bad = e.x;
    flip(bad.mutable_streams(1));
    EXPECT(!e.examine(bad).good);
    bad = e.x;
    bad.clear_checkpoints();
    EXPECT(!e.examine(bad).good);
    EXPECT(!hub::examine(wire::Export(), catalogue::all(), {}).good);
}

CASE("two events exchanged")
{
    Evidence e;
    for (int i = 0; i + 1 < e.x.events_size(); ++i) {
        if (e.x.events(i).stream() != e.x.events(i + 1).stream()) continue;
        wire::Export bad = e.x;
        const std::string stream = bad.events(i).stream();
        const uint64_t version = bad.events(i).version();
        bad.mutable_events()->SwapElements(i, i + 1);
        const auto v = e.examine(bad);
        named(v, stream, version, "exchanged");
        EXPECT(v.first->flaw == hub::Flaw::Order);
    }
}

CASE("an event left out, the last one too")
{
    Evidence e;
    for (int i = 0; i < e.x.events_size(); ++i) {
        wire::Export bad = e.x;
        const std::string stream = bad.events(i).stream();
        const uint64_t version = bad.events(i).version();
        bad.mutable_events()->DeleteSubrange(i, 1);
        const auto v = e.examine(bad);
        named(v, stream, version, "left out");
        EXPECT(v.first->flaw == hub::Flaw::Missing);
    }
}

CASE("foreign bytes are no export")
{
    EXPECT(!hub::parseExport(""));
    EXPECT(!hub::parseExport("hello"));
    Evidence e;
    const std::string good = e.x.SerializeAsString();
    EXPECT(hub::parseExport(good));
    EXPECT(!hub::parseExport(std::string_view(good).substr(0, good.size() / 2)));
}

CASE("every flaw has words in both languages")
{
    for (int i = 0; i <= int(hub::Flaw::TooNew); ++i)
        for (auto language : {hub::Language::English, hub::Language::Chinese}) EXPECT(!hub::words(hub::Flaw(i), language).empty());
}
