// What a false hub can say to a desk: frames, each behind a byte that tells what of it is made good first (place in the chain, signature, the
// command a receipt is for), so that more than the first check is reached.
#include "entry.h"
#include "script.h"

using namespace zt;

namespace {

struct Lied {
    test::Script script;
    wire::SignedCommand command;
    std::string stream;

    Lied()
    {
        script.live();
        std::tie(command, stream) = script.submit();
        MUST(test::failures() == 0);
    }
    //! Continues the chain as the desk holds it.
    void chain(wire::Events& list)
    {
        if (list.stream().empty()) list.set_stream(stream);
        const auto& streams = script.store.data().streams;
        const auto row = streams.find(list.stream());
        uint64_t version = row == streams.end() ? 0 : row->second.have;
        Bytes prev = row == streams.end() ? Bytes() : row->second.haveHash;
        for (auto& e : *list.mutable_events()) {
            e.set_hub("hub");
            e.set_stream(list.stream());
            e.set_version(++version);
            e.set_prev(prev);
            e.set_suite(1);
            if (e.level() == 0) e.set_level(1);
            e.set_salt(Bytes(16, 's'));
            e.set_body_hash(wire::bodyHash(e.salt(), e.body()));
            prev = wire::eventHash(e);
        }
    }
    void mend(wire::HubFrame& frame, uint64_t how)
    {
        if (frame.has_events() && how & 1) chain(*frame.mutable_events());
        if (frame.has_receipt() && how & 2) {
            frame.mutable_receipt()->set_id(wire::parseCommand(command.bytes())->id());
            frame.mutable_receipt()->set_command_hash(wire::commandHash(command.bytes()));
            frame.mutable_receipt()->set_stream(stream);
            frame.mutable_receipt()->set_incarnation(script.incarnation);
        }
        if (frame.has_welcome() && how & 4) {
            *frame.mutable_welcome()->mutable_time() = wire::signTime("hub", script.time, script.hubKey);
            frame.mutable_welcome()->set_sign_key(script.hubKey.publicKey());
        }
        if (frame.has_page() && how & 4) {
            auto& p = *frame.mutable_page();
            if (how & 1) p.set_version(script.engine->directory().version + 1);
            wire::signPage("hub", p, script.hubKey);
        }
        if (frame.has_time() && how & 4) *frame.mutable_time() = wire::signTime("hub", script.time + 1, script.hubKey);
    }
};

} // namespace

void look(std::string_view bytes)
{
    Lied lied;
    auto& s = lied.script;
    for (int i = 0; i < 16 && !bytes.empty(); ++i) {
        const auto how = fuzz::number(bytes, 1);
        const auto text = fuzz::piece(bytes);
        wire::HubFrame frame;
        if (!frame.ParseFromArray(text.data(), int(text.size()))) continue;
        lied.mend(frame, how);
        const auto taken = s.engine->receive({frame});
        MUST(taken || s.engine->phase() == sync::Phase::Offline);
        if (!taken || how & 8) {
            s.engine->disconnected();
            s.engine->connected(s);
            if (how & 16) (void)s.engine->receive({s.welcome(how & 32)});
        }
        s.sent.clear();
    }
    // Whatever was said, the person's words are still here, and what is stored opens again.
    MUST(s.store.data().outbox.size() == 1);
    MUST(s.engine->view(lied.stream));
    (void)s.engine->submit(s.draft());
    s.boot();
    MUST(test::failures() == 0);
    for (const auto& [stream, row] : s.store.data().streams) MUST(s.engine->view(stream));
}
