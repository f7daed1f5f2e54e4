#include "script.h"

using namespace zt;
using namespace zt::test;

namespace {

//! The directory a script's hub has, in pages of so many facts.
std::vector<wire::HubFrame> pagesOf(const Script& s, size_t factsOfPage)
{
    directory::Directory d;
    for (const auto& e : s.log.at("dir")) Script::ok(rules::fold(directory::directoryKind(), d, e));
    const auto kept = directory::keptFacts(d);
    std::vector<wire::HubFrame> out;
    for (size_t i = 0; i < kept.size(); i += factsOfPage) {
        wire::KeptFacts part;
        for (size_t k = i; k < std::min(i + factsOfPage, kept.size()); ++k) *part.add_facts() = kept[k];
        auto& p = *out.emplace_back().mutable_page();
        p.set_stream("dir");
        p.set_version(d.version);
        p.set_head(d.head);
        p.set_index(uint32_t(out.size() - 1));
        p.set_count(uint32_t((kept.size() + factsOfPage - 1) / factsOfPage));
        p.set_facts(part.SerializeAsString());
        wire::signPage("hub", p, s.hubKey);
    }
    return out;
}

wire::Fact person(const std::string& id)
{
    wire::Fact f;
    f.mutable_person_put()->set_id(id);
    f.mutable_person_put()->set_name(id);
    return f;
}

void greet(Script& s)
{
    s.sent.clear();
    s.engine->connected(s);
    s.ok(s.engine->receive({s.welcome()}));
}

} // namespace

CASE("pages: the directory is there when the last has come, goes on with events, and survives a restart")
{
    Script s;
    const auto pages = pagesOf(s, 2);
    REQUIRE(pages.size() > 2);
    greet(s);
    for (const auto& page : pages) {
        EXPECT(s.engine->directory().people.empty());
        s.ok(s.engine->receive({page}));
    }
    EXPECT(s.engine->directory().people.size() == 2 && s.engine->directory().version == 1);
    const auto next = s.event("dir", {person("new")});
    s.ok(s.engine->receive({s.frameOf({next})}));
    for (int again = 0; again < 2; ++again) {
        EXPECT(s.engine->directory().people.size() == 3 && s.engine->directory().version == 2);
        EXPECT(s.store.data().streams.at("dir").have == 2 && s.store.data().events.at("dir")->size() == 1);
        EXPECT(!s.engine->takeAlarm());
        s.boot();
    }
    EXPECT(s.engine->submit(s.draft())->decision.applies());
}

CASE("pages: cut off in the middle they are asked for again and begin anew; newer ones take the place of older")
{
    Script s;
    const auto pages = pagesOf(s, 2);
    greet(s);
    s.ok(s.engine->receive({pages[0], pages[1]}));
    s.boot();
    greet(s);
    const auto reads = s.asked();
    REQUIRE(reads.size() == 2);
    EXPECT(reads[0].stream() == "dir" && reads[0].from() == 1);
    s.ok(s.engine->receive(Script::heard(pages)));
    EXPECT(s.engine->directory().people.size() == 2);
    for (int i = 0; i < 5; ++i) (void)s.event("dir", {person("p" + std::to_string(i))});
    s.ok(s.engine->receive(Script::heard(pagesOf(s, 3))));
    EXPECT(s.engine->directory().people.size() == 7 && s.engine->directory().version == 6);
    // What they replaced is gone.
    size_t kept = 0;
    for (const auto& [name, value] : s.store.data().meta) kept += name.rfind("directory/", 0) == 0 && !value.empty();
    EXPECT_EQ(kept, pagesOf(s, 3).size());
    s.boot();
    EXPECT(s.engine->directory().people.size() == 7);
    s.ok([&] { greet(s); return s.engine->receive({pages[0]}); }()); // older than what is here: nothing happens
    EXPECT(s.engine->directory().version == 6);
}

CASE("pages: another hub's, changed, out of order or of another stream close the line and leave nothing")
{
    Script s;
    const auto pages = pagesOf(s, 2);
    std::vector<std::vector<wire::HubFrame>> bad(6, {pages[0]});
    wire::signPage("other hub", *bad[0][0].mutable_page(), s.hubKey);
    bad[1][0].mutable_page()->set_version(9);
    bad[2] = {pages[1]};
    bad[3] = {pages[0], pages[2]};
    bad[4][0].mutable_page()->set_stream("m/1");
    wire::signPage("hub", *bad[4][0].mutable_page(), s.hubKey);
    bad[5][0].mutable_page()->set_facts("no facts");
    wire::signPage("hub", *bad[5][0].mutable_page(), s.hubKey);
    for (const auto& frames : bad) {
        greet(s);
        const auto taken = s.engine->receive(Script::heard(frames));
        REQUIRE(!taken);
        EXPECT(taken.error().kind == Err::Corrupt);
        EXPECT(s.store.data().streams.at("dir").have == 0 && s.engine->directory().version == 0);
    }
    greet(s);
    s.ok(s.engine->receive(Script::heard(pages)));
    EXPECT(s.engine->directory().version == 1);
}

CASE("pages: a fact of a kind that is not known freezes the directory, and it is not decided on")
{
    Script s;
    auto page = pagesOf(s, 100).front();
    wire::KeptFacts facts;
    EXPECT(facts.ParseFromString(page.page().facts()));
    (void)facts.add_facts();
    page.mutable_page()->set_facts(facts.SerializeAsString());
    wire::signPage("hub", *page.mutable_page(), s.hubKey);
    greet(s);
    s.ok(s.engine->receive({page}));
    EXPECT(s.engine->directory().frozen && s.store.data().streams.at("dir").frozen);
    s.boot();
    EXPECT(s.engine->directory().frozen);
}

CASE("pages: after a restore behind them the desk drops them and takes the hub's directory")
{
    Script s;
    for (int i = 0; i < 3; ++i) (void)s.event("dir", {person("p" + std::to_string(i))});
    greet(s);
    s.ok(s.engine->receive(Script::heard(pagesOf(s, 100))));
    EXPECT(s.engine->directory().version == 4);
    s.log["dir"].resize(2);
    s.incarnation = Bytes(16, 'n');
    s.sent.clear();
    s.engine->connected(s);
    wire::HubFrame behind, done;
    auto& h = *behind.mutable_behind()->add_heads();
    h.set_stream("dir");
    h.set_version(2);
    h.set_hash(wire::eventHash(s.log["dir"].back()));
    behind.mutable_behind()->set_last(true);
    done.mutable_offer_done();
    s.ok(s.engine->receive({s.welcome(true), behind, done, s.frameOf(s.log["dir"])}));
    EXPECT(s.engine->directory().version == 2 && s.engine->directory().people.size() == 3);
    s.boot();
    EXPECT(s.engine->directory().version == 2);
}
