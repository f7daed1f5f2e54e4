// An event's bytes as a false hub could send them: chain, open, fold and react on every kind of stream.
#include "entry.h"
#include "zt/test/world.h"

using namespace zt;

void look(std::string_view bytes)
{
    // Several events after one another, as in Events: the first byte chooses the stream.
    if (bytes.empty()) return;
    static const char* streams[] = {"m/1", "in/1", "dir", "acc/lin", "reg/示政办发/2026"};
    const std::string stream = streams[static_cast<unsigned char>(bytes[0]) % 5];
    wire::Events list;
    if (!list.ParseFromArray(bytes.data() + 1, int(bytes.size() - 1))) return;
    const rules::Kind& kind = *catalogue::all().kind(stream);
    auto state = kind.empty(stream);
    const wire::Event* prev = nullptr;
    for (const auto& e : list.events()) {
        (void)wire::follows(e, prev);
        prev = &e;
        const auto body = wire::openBody(e);
        const bool folded = bool(rules::fold(kind, *state, e));
        MUST(folded || !body);
        if (!body || state->frozen) continue;
        const std::vector<wire::Fact> facts(body->facts().begin(), body->facts().end());
        (void)kind.react(*state, facts, {e.time_ms(), e.version(), wire::eventHash(e)});
    }
    // A fold of foreign events must leave something that can still be decided on.
    static const test::Province province;
    for (int choice = 0; choice < 3; ++choice) {
        wire::Command c = test::Province::by("lin");
        c.set_stream(stream);
        c.set_level(1);
        if (choice == 0) *c.mutable_submit()->mutable_document() = test::Province::notice();
        if (choice == 1) c.mutable_act()->set_task("review#1");
        if (choice == 2) c.mutable_withdraw();
        (void)rules::decide(kind, *state, c, province.directory, {{1, 2}, true}, {});
    }
}
