#pragma once

#include "mem_store.h"
#include "prng.h"
#include "zt/catalogue/catalogue.h"
#include "zt/sync/engine.h"
#include "zt/test/chain.h"
#include "zt/test/test.h"
#include "zt/wire/sealing.h"

#include <map>

//! A hub that says what a test tells it to: it keeps chains of events and decides nothing.
namespace zt::test {

class Script : public Clock, public sync::Sender, public sync::Projector {
public:
    Script()
        : random(7), hubKey(crypto::SigningKey::generate(random)), deskKey(crypto::SigningKey::generate(random)), device(random.bytes(16))
    {
        boot();
        wire::Fact person, unit, post, definition;
        person.mutable_person_put()->set_id("me");
        person.mutable_person_put()->set_name("Me");
        unit.mutable_unit_put()->set_id("u");
        unit.mutable_unit_put()->set_name("Unit");
        post.mutable_post_put()->set_person("me");
        post.mutable_post_put()->set_unit("u");
        wire::Fact other = person, head = post;
        other.mutable_person_put()->set_id("head");
        head.mutable_post_put()->set_person("head");
        head.mutable_post_put()->set_head(true);
        auto& d = *definition.mutable_definition_published()->mutable_definition();
        d = test::chain("flow", "Flow", {{"draft", "draft", "initiator", "", ""}, {"review", "review", "heads", "", "agree"}});
        flowHash = wire::definitionHash(d);
        event("dir", {person, unit, post, other, head, definition});
    }

    Millis now() const override { return time; }
    Millis steady() const override { return time; }
    void send(const wire::DeskFrame& f) override { sent.push_back(f); }
    Result<void> project(sync::Tx&, const std::string& stream, const sync::View* view) override
    {
        shown[stream] = view ? view->shown->version : 0;
        if (!view) shown.erase(stream);
        return {};
    }

    //! Starts the desk anew on the same store, as after a crash.
    void boot()
    {
        engine = std::make_unique<sync::Engine>(sync::Identity{"hub", hubKey.publicKey(), "me", device, "test"}, deskKey,
                                                sync::Engine::Ports{store, *this, random, catalogue::all(), *this});
        ok(engine->load());
    }
    template <class T>
    static bool ok(const Result<T>& r)
    {
        if (!r) test::failed(__FILE__, __LINE__, r.error().detail);
        return r.has_value();
    }
    wire::Event event(const std::string& stream, std::vector<wire::Fact> facts, const wire::SignedCommand* cause = nullptr, uint32_t level = 1)
    {
        auto& chain = log[stream];
        wire::Body body;
        for (const auto& f : facts) *body.add_facts() = f;
        if (cause) *body.mutable_cause()->mutable_command() = *cause;
        wire::Event e;
        e.set_hub("hub");
        e.set_stream(stream);
        e.set_version(chain.size() + 1);
        if (!chain.empty()) e.set_prev(wire::eventHash(chain.back()));
        e.set_time_ms(time);
        e.set_level(level);
        e.set_suite(1);
        e.set_salt(random.bytes(16));
        e.set_body(body.SerializeAsString());
        e.set_body_hash(wire::bodyHash(e.salt(), e.body()));
        chain.push_back(e);
        ++position;
        return e;
    }
    wire::HubFrame frameOf(const std::vector<wire::Event>& events, bool feed = true) const
    {
        wire::HubFrame f;
        f.mutable_events()->set_stream(events.front().stream());
        for (const auto& e : events) *f.mutable_events()->add_events() = e;
        if (feed) f.mutable_events()->set_position(position);
        return f;
    }
    wire::HubFrame welcome(bool isNew = false) const
    {
        wire::HubFrame f;
        auto& w = *f.mutable_welcome();
        w.set_incarnation(incarnation);
        *w.mutable_time() = wire::signTime("hub", time, hubKey);
        w.set_new_incarnation(isNew);
        w.set_sign_key(hubKey.publicKey());
        return f;
    }
    wire::HubFrame receipt(const wire::SignedCommand& command, wire::Outcome outcome, uint64_t version, wire::Reason reason = wire::REASON_NONE) const
    {
        const auto c = wire::parseCommand(command.bytes());
        wire::HubFrame f;
        auto& r = *f.mutable_receipt();
        r.set_id(c->id());
        r.set_command_hash(wire::commandHash(command.bytes()));
        r.set_outcome(outcome);
        r.set_reason(reason);
        r.set_stream(c->stream());
        r.set_version(version);
        r.set_incarnation(incarnation);
        return f;
    }
    wire::Fact granted(const std::string& stream) const
    {
        wire::Fact f;
        f.mutable_granted()->set_stream(stream);
        return f;
    }
    static std::vector<sync::Heard> heard(const std::vector<wire::HubFrame>& frames) { return {frames.begin(), frames.end()}; }
    //! What the hub says behind what it had to give of a stream.
    static wire::HubFrame readEnd(const std::string& stream, uint64_t head)
    {
        wire::HubFrame end;
        end.mutable_read_end()->set_stream(stream);
        end.mutable_read_end()->set_head(head);
        return end;
    }
    //! What was asked for since `sent` was last cleared, in order.
    std::vector<wire::Read> asked() const
    {
        std::vector<wire::Read> out;
        for (const auto& f : sent) out.insert(out.end(), f.reads().reads().begin(), f.reads().reads().end());
        return out;
    }
    //! Connects and tells the directory; of the person's access stream nothing that is not here.
    void live()
    {
        sent.clear();
        engine->connected(*this);
        ok(engine->receive({welcome(), frameOf(log["dir"]), readEnd("dir", log["dir"].size()), readEnd("acc/me", 0)}));
        sent.clear();
    }
    wire::Command draft() const
    {
        wire::Command c;
        auto& s = *c.mutable_submit();
        s.set_definition("flow");
        s.set_definition_hash(flowHash);
        auto& d = *s.mutable_document();
        d.set_kind("通知");
        d.set_title("Title");
        d.add_recipients("u");
        d.set_body("Body");
        d.set_issuer("u");
        d.set_code("C");
        return c;
    }
    //! A new matter, signed here; its command and stream.
    std::pair<wire::SignedCommand, std::string> submit()
    {
        auto done = engine->submit(draft());
        if (!done || !done->decision.applies()) {
            test::failed(__FILE__, __LINE__, "the draft was refused");
            return {};
        }
        last = done->decision.facts;
        const auto row = rowOf(done->id);
        return {row.command, row.stream};
    }
    sync::OutboxRow rowOf(const Bytes& id) const { return *store.data().outbox.at(store.data().outboxSeq.at(id)); }
    sync::OutboxRow rowOf(const wire::SignedCommand& c) const { return rowOf(wire::parseCommand(c.bytes())->id()); }
    std::vector<wire::DeskFrame> sentOf(wire::DeskFrame::KindCase kind) const
    {
        std::vector<wire::DeskFrame> out;
        for (const auto& f : sent)
            if (f.kind_case() == kind) out.push_back(f);
        return out;
    }

    sim::Prng random;
    crypto::SigningKey hubKey, deskKey;
    Bytes device, incarnation = Bytes(16, '1'), flowHash;
    Millis time = 1'770'000'000'000;
    uint64_t position = 0;
    std::map<std::string, std::vector<wire::Event>> log;
    sim::MemStore store;
    std::map<std::string, uint64_t> shown;
    std::vector<wire::DeskFrame> sent;
    std::vector<wire::Fact> last;
    std::unique_ptr<sync::Engine> engine;
};

} // namespace zt::test
