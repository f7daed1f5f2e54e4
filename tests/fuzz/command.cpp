// A command's bytes as a desk could send them: parse, form, decide and fold in a small province with a matter at each stage.
#include "entry.h"
#include "zt/test/world.h"

using namespace zt;

static const test::World& world()
{
    static test::World* w = [] {
        auto* made = new test::World;
        for (const char* stream : {"m/1", "m/2", "m/3", "m/4"}) (void)made->submit(made->submission("lin", test::Province::notice(), "standard", stream));
        (void)made->submit(made->submission("lin", test::Province::notice(), "joint", "m/5"));
        (void)made->submit(made->act("shan", wire::CHOICE_RETURN, "改", {}, "m/2"));
        for (const char* stream : {"m/3", "m/4"}) (void)made->submit(made->act("shan", wire::CHOICE_AGREE, "同意", {}, stream));
        (void)made->submit(made->act("zhao", wire::CHOICE_SIGN, "发", {}, "m/4"));
        return made;
    }();
    return *w;
}

void look(std::string_view bytes)
{
    const auto command = wire::parseCommand(bytes);
    if (!command) return;
    const bool formed = bool(wire::checkForm(*command));
    const auto& w = world();
    const rules::Kind* kind = catalogue::all().kind(command->stream());
    if (!kind || !formed) return;
    const auto it = w.states.find(command->stream());
    const auto fresh = kind->empty(command->stream());
    const rules::State* state = it == w.states.end() ? fresh.get() : it->second.get();
    if (command->stream() == directory::kStream) state = &w.province.directory;
    const Millis from = std::min<Millis>(command->hub_time_ms(), w.now);
    const auto d = rules::decide(*kind, *state, *command, w.province.directory, {{from, w.now}, true}, {});
    MUST(d.outcome != wire::OUTCOME_UNKNOWN);
    MUST(d.applies() == !d.facts.empty());
    if (!d.applies()) return;
    auto after = state->clone();
    rules::foldPredicted(*kind, *after, d.facts, w.now);
    (void)kind->react(*after, d.facts, {w.now, after->version, Bytes(32, 'h')});
}
