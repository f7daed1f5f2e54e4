#pragma once

#include "province.h"
#include "zt/hub/evidence.h"

namespace zt::test {

//! A matter that went its whole way, with a number before it in the register, taken out as evidence.
struct Evidence : Province {
    wire::Export x;

    Evidence()
    {
        run("m/0");
        run("m/1");
        x = take();
    }
    void run(const std::string& stream)
    {
        auto ok = [&](const std::string& person, wire::Command c) {
            clock.t += 1000;
            EXPECT_EQ(does(person, std::move(c)), wire::APPLIED);
            settle();
        };
        ok("drafter", pinned(draft(stream)));
        ok("head", pinned(act(stream, "review#1", wire::CHOICE_AGREE)));
        ok("director", pinned(act(stream, "sign#1", wire::CHOICE_SIGN)));
        const auto streams = granted("clerk");
        wire::Command open;
        open.set_stream(streams.back());
        for (const auto& s : streams)
            if (seen.insert(s).second) open.set_stream(s);
        open.mutable_open();
        ok("clerk", open);
        wire::Command sign;
        sign.set_stream(open.stream());
        sign.mutable_sign_for()->set_note("收悉");
        ok("clerk", sign);
    }
    //! As a desk does: with the head it decided on.
    wire::Command pinned(wire::Command c)
    {
        const auto head = *log->head(c.stream());
        c.set_head_version(head.version);
        c.set_head_hash(head.hash);
        c.set_incarnation(log->incarnation());
        return c;
    }
    wire::Export take(const std::string& matter = "m/1")
    {
        auto out = hub::exportMatter(*log, "hub-1", matter, {}, core->checkpoint(), hubKey);
        EXPECT(out);
        return out ? *out : wire::Export();
    }
    hub::Verdict examine(const wire::Export& e) const { return hub::examine(e, catalogue::all(), {hubKey.publicKey(), {}}); }

    wire::Event& at(wire::Export& e, const std::string& stream, uint64_t version)
    {
        for (auto& event : *e.mutable_events())
            if (event.stream() == stream && event.version() == version) return event;
        ZT_CHECK(false);
        return *e.mutable_events(0);
    }
    //! What a hub can do that holds its own key: chain anew behind a forged event and seal.
    void rechain(wire::Export& e, const std::string& stream)
    {
        const wire::Event* before = nullptr;
        for (auto& event : *e.mutable_events()) {
            if (event.stream() != stream) continue;
            if (event.erased_rule().empty()) event.set_body_hash(wire::bodyHash(event.salt(), event.body()));
            event.set_prev(before ? wire::eventHash(*before) : Bytes());
            before = &event;
        }
        hub::sealExport(e, hubKey);
    }
    void setBody(wire::Event& event, const wire::Body& body) { event.set_body(body.SerializeAsString()); }

    std::set<std::string> seen;
};

inline void named(const hub::Verdict& v, const std::string& stream, uint64_t version, const char* what)
{
    const bool right = !v.good && v.first && v.first->stream == stream && v.first->version == version;
    if (!right)
        failed(what, int(version), stream + ": first is " + (v.first ? v.first->stream + " " + std::to_string(v.first->version) + " " + hub::words(v.first->flaw, hub::Language::English) : "nothing"));
}

} // namespace zt::test
