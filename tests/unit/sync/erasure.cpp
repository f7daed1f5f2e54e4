#include "script.h"

using namespace zt;
using namespace zt::test;
using sync::OutboxRow;

namespace {

wire::Fact erasure(const std::string& stream, uint64_t version = 0, const std::string& rule = "rule 7")
{
    wire::Fact f;
    f.mutable_erased()->set_rule(rule);
    auto& p = *f.mutable_erased()->add_parts();
    p.set_stream(stream);
    p.set_version(version);
    return f;
}

wire::Command opinion(const std::string& stream, const std::string& text)
{
    wire::Command c;
    c.set_stream(stream);
    c.mutable_add_opinion()->set_text(text);
    return c;
}

//! A desk that holds an own matter with an opinion of somebody else's.
struct Held : Script {
    Held()
    {
        live();
        std::tie(mine, stream) = submit();
        wire::Fact f;
        f.mutable_opinion_given()->set_text("theirs");
        ok(engine->receive({frameOf({event(stream, last, &mine)}), receipt(mine, wire::APPLIED, 1), frameOf({event("acc/me", {granted(stream)})}), frameOf({event(stream, {f})})}));
    }
    void hear(std::vector<wire::Fact> facts) { ok(engine->receive({frameOf({event("dir", std::move(facts))})})); }
    size_t left() const
    {
        size_t n = 0;
        if (const auto it = store.data().events.find(stream); it != store.data().events.end())
            for (const auto& e : *it->second) n += !e->body().empty();
        return n;
    }
    wire::SignedCommand mine;
    std::string stream;
};

} // namespace

CASE("a matter is erased: events, row and the words that were recorded go; words on their way wait for the person")
{
    Held s;
    s.engine->disconnected();
    const auto waiting = s.engine->submit(opinion(s.stream, "not sent"));
    REQUIRE(waiting && waiting->decision.applies());
    s.live();
    s.hear({erasure(s.stream)});
    EXPECT(!s.store.data().events.count(s.stream) && !s.store.data().streams.count(s.stream));
    EXPECT(!s.store.data().outboxSeq.count(wire::parseCommand(s.mine.bytes())->id()));
    const auto row = s.rowOf(waiting->id);
    EXPECT(row.state == OutboxRow::Attention && row.stuck == wire::REASON_ERASED);
    EXPECT_EQ(s.engine->attention(), 1u);
    EXPECT_EQ(s.engine->unsent(), 0u);
    EXPECT(s.shown.count(s.stream)); // for the words alone
    // It is asked again what became of them; the hub refuses.
    s.boot();
    s.live();
    EXPECT_EQ(s.engine->attention(), 1u);
    s.ok(s.engine->receive({s.receipt(row.command, wire::NOT_PERMITTED, 0, wire::REASON_ERASED)}));
    EXPECT(s.rowOf(waiting->id).state == OutboxRow::Attention);
    // Nothing new is decided on it, also offline; and what the person is done with is not kept to be brought back.
    const auto more = s.engine->submit(opinion(s.stream, "more"));
    EXPECT(more && !more->decision.applies() && more->decision.reason == wire::REASON_ERASED);
    EXPECT(s.engine->dismiss(waiting->id));
    EXPECT_EQ(s.engine->attention(), 0u);
    EXPECT(s.store.data().outbox.empty());
    EXPECT(!s.shown.count(s.stream));
}

CASE("words that the hub had recorded before it erased them go when their receipt comes")
{
    Held s;
    s.engine->disconnected();
    const auto said = s.engine->submit(opinion(s.stream, "sent, the answer was lost"));
    REQUIRE(said && said->decision.applies());
    s.live();
    const auto row = s.rowOf(said->id);
    s.hear({erasure(s.stream)});
    s.ok(s.engine->receive({s.receipt(row.command, wire::APPLIED, 3)}));
    EXPECT(s.store.data().outbox.empty());
    EXPECT(s.engine->attention() == 0 && s.engine->unsent() == 0);
}

CASE("one event is erased: the rest stays and folds, nothing is decided on it any more")
{
    Held s;
    s.hear({erasure(s.stream, 2)});
    EXPECT_EQ(s.left(), 1u);
    const auto& events = *s.store.data().events.at(s.stream);
    EXPECT(events[1]->erased_rule() == "rule 7" && events[1]->salt().empty() && wire::eventHash(*events[1]) == wire::eventHash(s.log[s.stream][1]));
    auto view = s.engine->view(s.stream);
    EXPECT(view && view->confirmed->erased && view->confirmed->version == 2);
    EXPECT(s.store.data().outboxSeq.count(wire::parseCommand(s.mine.bytes())->id())); // its own event is version 1
    const auto more = s.engine->submit(opinion(s.stream, "more"));
    EXPECT(more && !more->decision.applies() && more->decision.reason == wire::REASON_ERASED);
    s.hear({erasure(s.stream, 1)});
    EXPECT_EQ(s.left(), 0u);
    EXPECT(s.store.data().outbox.empty());
    s.hear({erasure(s.stream)});
    EXPECT(!s.store.data().events.count(s.stream));
}

CASE("what is heard of before it comes: no grant is followed, no text is stored")
{
    Script s;
    s.live();
    s.ok(s.engine->receive({s.frameOf({s.event("dir", {erasure("m/gone"), erasure("m/part", 1)})})}));
    s.ok(s.engine->receive({s.frameOf({s.event("acc/me", {s.granted("m/gone"), s.granted("m/part")})})}));
    EXPECT(!s.store.data().streams.count("m/gone") && s.store.data().streams.count("m/part"));
    wire::Fact f;
    f.mutable_opinion_given()->set_text("words");
    s.ok(s.engine->receive({s.frameOf({s.event("m/gone", {f})}), s.frameOf({s.event("m/part", {f}), s.event("m/part", {f})})}));
    EXPECT(!s.store.data().events.count("m/gone"));
    const auto& part = *s.store.data().events.at("m/part");
    REQUIRE(part.size() == 2);
    EXPECT(part[0]->body().empty() && part[0]->erased_rule() == "rule 7" && !part[1]->body().empty());
}

CASE("a desk that was away so long that the directory comes in pages erases too")
{
    Held s;
    s.event("dir", {erasure(s.stream)});
    directory::Directory d;
    for (const auto& e : s.log.at("dir")) Script::ok(zt::rules::fold(directory::directoryKind(), d, e));
    wire::KeptFacts facts;
    for (const auto& kept : directory::keptFacts(d)) *facts.add_facts() = kept;
    wire::HubFrame f;
    auto& p = *f.mutable_page();
    p.set_stream("dir");
    p.set_version(d.version);
    p.set_head(d.head);
    p.set_count(1);
    p.set_facts(facts.SerializeAsString());
    wire::signPage("hub", p, s.hubKey);
    s.ok(s.engine->receive({f}));
    EXPECT(!s.store.data().events.count(s.stream) && s.store.data().outbox.empty());
    s.boot();
    EXPECT(s.engine->directory().erasedWhole(s.stream));
}

CASE("a hub that was restored to before the erasure is offered the erasure, and nothing of what was erased")
{
    Held s;
    wire::Command c;
    c.set_id(s.random.bytes(16));
    c.set_hub("hub");
    c.set_stream("dir");
    c.set_person("sec");
    *c.mutable_erase() = erasure(s.stream).erased();
    const auto order = wire::signCommand(c, s.hubKey);
    s.ok(s.engine->receive({s.frameOf({s.event("dir", {erasure(s.stream)}, &order)})}));
    const auto whole = s.log;
    s.log["dir"].pop_back();
    s.incarnation = Bytes(16, '2');
    s.sent.clear();
    s.engine->connected(s);
    s.ok(s.engine->receive({s.welcome(true)}));
    wire::HubFrame b;
    auto& h = *b.mutable_behind()->add_heads();
    h.set_stream("dir");
    h.set_version(1);
    h.set_hash(wire::eventHash(s.log["dir"][0]));
    b.mutable_behind()->set_last(true);
    s.ok(s.engine->receive({b}));
    const auto offers = s.sentOf(wire::DeskFrame::kOffer);
    REQUIRE(offers.size() == 1);
    EXPECT(offers[0].offer().bytes() == order.bytes());
    // The hub decides it again. What it says of the matter meanwhile is denied; nothing is left here.
    wire::HubFrame done;
    done.mutable_offer_done();
    s.ok(s.engine->receive({done}));
    s.hear({erasure(s.stream)});
    EXPECT(!s.store.data().streams.count(s.stream) && !s.store.data().events.count(s.stream));
}
