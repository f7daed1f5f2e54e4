// What an enrolled but hostile desk can say to the hub: frames, each behind a byte that tells what of it is made good first (the greeting, the
// signature under the desk's own key), so that more than the first check is reached.
#include "entry.h"
#include "province.h"

using namespace zt;

namespace {

test::Province& province()
{
    static test::Province p;
    static const bool ready = [] {
        MUST(p.does("drafter", p.draft("m/1")) == wire::APPLIED);
        MUST(p.does("drafter", p.draft("m/2")) == wire::APPLIED);
        p.settle();
        return test::failures() == 0;
    }();
    MUST(ready);
    return p;
}

//! One session over a copy of the province's log.
struct Lied {
    test::Province& p = province();
    hub::MemoryLog log = p.memory;
    hub::Core core{{"hub-1"}, log, p.hubKey, p.clock, p.random, catalogue::all()};
    const bool loaded = bool(core.load());
    hub::Session session;

    explicit Lied(const std::string& person) : session(core, {person, p.desks.at(person).device}) { MUST(loaded); }

    void mend(wire::DeskFrame& frame, uint64_t how, const std::string& person)
    {
        if (frame.has_hello() && how & 1) frame.mutable_hello()->set_hub("hub-1");
        for (auto* signedBytes : {frame.has_submit() ? frame.mutable_submit() : nullptr}) {
            wire::Command c;
            if (!signedBytes || !(how & 2) || !c.ParseFromString(signedBytes->bytes())) continue;
            if (how & 4) c.clear_id(), c.clear_hub(), c.set_hub_time_ms(0), c.set_level(0);
            *signedBytes = p.sign(person, c);
        }
    }
    void pump()
    {
        std::vector<wire::HubFrame> heard;
        for (int i = 0; i < 10'000; ++i) {
            const auto more = session.pump(heard, 64 << 10);
            MUST(more);
            for (const auto& f : heard) MUST(f.ByteSizeLong() <= 80 << 10);
            heard.clear();
            if (!*more) return;
        }
        MUST(!"the answer ends");
    }
    void check()
    {
        for (int i = 0; i < 1000; ++i) {
            const auto more = core.followUp(64);
            MUST(more);
            if (!*more) break;
        }
        const auto streams = log.streams();
        MUST(streams);
        for (const auto& stream : *streams) {
            const auto events = log.read(stream, 1, 1'000'000);
            MUST(events);
            const wire::Event* before = nullptr;
            for (const auto& e : *events) {
                MUST(wire::follows(e, before));
                before = &e;
            }
        }
        hub::Core again({"hub-1"}, log, p.hubKey, p.clock, p.random, catalogue::all());
        MUST(again.load());
    }
};

} // namespace

void look(std::string_view bytes)
{
    const std::string person = fuzz::number(bytes, 1) & 1 ? "head" : "drafter";
    Lied lied(person);
    for (int i = 0; i < 16 && !bytes.empty(); ++i) {
        const auto how = fuzz::number(bytes, 1);
        const auto text = fuzz::piece(bytes);
        wire::DeskFrame frame;
        if (!frame.ParseFromArray(text.data(), int(text.size()))) continue;
        lied.mend(frame, how, person);
        std::vector<hub::Core::Door> doors;
        if (!lied.session.take(frame, doors)) break;
        if (!doors.empty()) {
            const auto answers = lied.core.submit(doors);
            MUST(answers && answers->size() == doors.size());
            for (const auto& a : *answers) lied.session.answer(a);
        }
        if (how & 128) lied.pump();
        if (lied.session.closing()) break;
    }
    lied.pump();
    lied.check();
}
