// Properties of the cores over random lives of matters. RC_PARAMS="seed=N" repeats a run; a failure prints its seed.

#include "zt/crypto/selftest.h"
#include "zt/test/foretold.h"
#include "zt/test/test.h"
#include "zt/test/world.h"

#include <algorithm>
#include <cstdlib>
#include <rapidcheck.h>

using namespace zt;
using document::Matter;
using test::Province;
using test::World;

namespace {

//! One thing somebody does; numbers are taken modulo what there is.
struct Step {
    int what, who, which, choice, words, wait;
};

} // namespace

namespace rc {
template <>
struct Arbitrary<Step> {
    static Gen<Step> arbitrary()
    {
        const auto n = [](int max) { return gen::inRange(0, max); };
        return gen::build<Step>(gen::set(&Step::what, n(20)), gen::set(&Step::who, n(100)), gen::set(&Step::which, n(3)), gen::set(&Step::choice, n(100)),
                                gen::set(&Step::words, n(4)), gen::set(&Step::wait, n(100)));
    }
};
} // namespace rc

namespace {

std::ostream& operator<<(std::ostream& o, const Step& s)
{
    return o << '{' << s.what << ',' << s.who << ',' << s.which << ',' << s.choice << ',' << s.words << ',' << s.wait << '}';
}

const std::vector<std::string> kPeople{"lin", "he", "shan", "zeng", "qiu", "zhou", "wu", "zhao", "clerk.city", "clerk.county"};
const std::vector<std::string> kWords{"", "同意", "请再改。", "𠮷"};

//! The state as text: what a comparison of two folds looks at.
std::string show(const rules::State& state);
void show(std::string& out, const wire::Actor& a) { out += hex(a.SerializeAsString()) + ' '; }
void show(std::string& out, Millis t) { out += std::to_string(t) + ' '; }

std::string show(const Matter& m)
{
    std::string out = std::to_string(int(m.stage)) + m.issuer + m.issuerName + m.flow.step + m.number + m.endReason + hex(process::save(m.flow.run)) + std::to_string(m.flow.returned);
    for (const auto* a : {&m.initiator, &m.signer, &m.endedBy}) show(out, *a);
    for (Millis t : {m.signedTime, m.started, m.changed, m.ended}) show(out, t);
    for (const auto& t : m.flow.tasks) {
        out += "\ntask " + t.id + std::to_string(t.item) + t.step + t.title + t.scope + t.lastDone + std::to_string(t.all) + std::to_string(t.strict) + std::to_string(int(t.how));
        for (Millis x : {t.opened, t.closed, Millis(t.dueHours)}) show(out, x);
        for (const auto& s : t.slots) {
            out += "\n slot " + s.person + s.name + s.unit + s.unitName + s.post + std::to_string(int(s.state)) + std::to_string(s.choice) + std::to_string(s.unproven);
            show(out, s.by);
            show(out, s.time);
        }
    }
    for (const auto& o : m.flow.opinions) {
        out += "\nopinion " + o.on().task + o.on().stepTitle + o.text + std::to_string(o.choice) + std::to_string(o.late) + hex(o.on().about) + std::to_string(o.on().documentVersion);
        show(out, o.by);
        show(out, o.time);
    }
    for (const auto& v : m.versions) out += "\nversion " + hex(v.hash) + hex(v.document.SerializeAsString()) + std::to_string(v.number) + v.note + std::to_string(v.time);
    for (const auto& d : m.deliveries) {
        out += "\ndelivery " + d.unit + d.unitName + d.stream + d.note + std::to_string(d.copy);
        for (Millis t : {d.sent, d.received, d.opened, d.signedFor, d.undeliverable}) show(out, t);
    }
    for (const auto& r : m.readers) out += "\nreader " + r;
    return out;
}

std::string show(const rules::State& state)
{
    std::string out = state.stream + ' ' + std::to_string(state.version) + ' ' + hex(state.head) + (state.frozen ? " frozen\n" : "\n");
    if (const auto* m = dynamic_cast<const Matter*>(&state)) return out + show(*m);
    if (const auto* in = dynamic_cast<const document::Incoming*>(&state)) {
        out += hex(in->package.SerializeAsString()) + in->unit + in->unitName + in->note;
        for (Millis t : {in->received, in->opened, in->signedFor}) show(out, t);
        for (const auto& r : in->readers) out += r + ' ';
        return out;
    }
    if (const auto* r = dynamic_cast<const document::Register*>(&state)) {
        out += std::to_string(r->last);
        for (const auto& [m, n] : r->given) out += m + '=' + std::to_string(n) + ' ';
        return out;
    }
    if (const auto* a = dynamic_cast<const directory::Access*>(&state))
        for (const auto& [s, held] : a->granted.all()) out += s + '=' + std::to_string(held) + ' ';
    return out;
}

wire::Command commandFor(World& w, const Step& s)
{
    const std::string stream = "m/" + std::to_string(s.which + 1);
    const std::string who = kPeople[size_t(s.who) % kPeople.size()];
    const Matter& m = w.matter(stream);
    if (m.version == 0 || s.what == 0)
        return w.submission(s.what < 16 ? "lin" : who, Province::notice(kWords[size_t(s.words)] + "通知"), s.choice % 2 ? "standard" : "joint", stream);
    const auto* task = m.flow.openTask();
    if (s.what < 13 && task) { // mostly what moves things on
        if (task->step == "draft") return w.submission("lin", Province::notice("第" + std::to_string(m.versions.size()) + "稿"), "standard", stream);
        const std::string actor = s.what < 9 ? task->slots[size_t(s.who) % task->slots.size()].person : who;
        const auto choice = s.what < 9 ? task->choices[size_t(s.choice) % task->choices.size()] : wire::Choice(s.choice % 5);
        return w.act(actor, choice, kWords[size_t(s.words)], s.what == 10 ? "m1" : "", stream);
    }
    if (s.what < 15) return w.opinion(who, "意见" + std::to_string(s.choice), stream);
    if (s.what == 15) return w.withdrawal(who, stream);
    if (!m.deliveries.empty() && !m.deliveries[size_t(s.choice) % m.deliveries.size()].stream.empty()) {
        auto c = w.from(who, m.deliveries[size_t(s.choice) % m.deliveries.size()].stream);
        if (s.words % 2) c.mutable_open();
        else c.mutable_sign_for()->set_note("收到");
        return c;
    }
    return w.act(who, wire::Choice(s.choice % 5), kWords[size_t(s.words)], "", stream, task ? "" : "review#1");
}

//! Changes around the matters: posts, suspensions, mandates.
void disturb(World& w, const Step& s)
{
    const std::string who = kPeople[size_t(s.who) % kPeople.size()];
    if (s.what == 17 && s.wait < 20) {
        wire::Command c = Province::by("sys");
        c.mutable_end_post()->set_person("zeng");
        c.mutable_end_post()->set_unit("doc");
        c.mutable_end_post()->set_title("副处长");
        (void)w.province.tryPut(c);
    }
    if (s.what == 18 && s.wait < 20) {
        wire::Command c = Province::by("sec");
        c.mutable_suspend_person()->set_id(who);
        c.mutable_suspend_person()->set_suspended(s.choice % 3 == 0);
        (void)w.province.tryPut(c);
    }
}

void setUp(World& w) { w.mandate("m1", "shan", "he", test::kMonday, test::kMonday + test::kDay); }

void play(World& w, const std::vector<Step>& steps, const std::function<void(const wire::Command&)>& before, const std::function<void(const rules::Decision&)>& after)
{
    setUp(w);
    for (const Step& s : steps) {
        w.tick(Millis(s.wait) * 60'000);
        if (s.what >= 17) disturb(w, s);
        const auto c = commandFor(w, s);
        if (before) before(c);
        const auto d = w.submit(c, w.now - Millis(s.wait) * 30'000);
        if (after) after(d);
    }
}

void checkMatter(const Matter& m)
{
    int open = 0;
    for (const auto& t : m.flow.tasks) {
        open += t.open();
        for (const auto& s : t.slots) {
            const bool done = s.state == approval::SlotState::Done || s.state == approval::SlotState::Returned;
            RC_ASSERT(done == !s.by.person().empty());
            RC_ASSERT(done == (s.time != 0));
            RC_ASSERT(!(s.state == approval::SlotState::Open && !t.open()));
            if (t.step != "draft") RC_ASSERT(s.by.person() != m.initiator.person());
            if (done && s.person != s.by.person()) RC_ASSERT(s.by.principal() == s.person);
        }
    }
    RC_ASSERT(open <= 1);
    RC_ASSERT(!m.ended || open == 0);
    RC_ASSERT(m.number.empty() || m.signedTime);
    RC_ASSERT(m.deliveries.empty() || !m.number.empty());
    for (size_t i = 0; i < m.versions.size(); ++i) RC_ASSERT(m.versions[i].number == i + 1);
    const bool waits = m.stage == document::Stage::Drafting || m.stage == document::Stage::InReview;
    RC_ASSERT(waits == (open == 1));
}

bool holds(const char* name, const std::function<void(const std::vector<Step>&)>& property)
{
    std::cout << name << std::endl;
    return rc::check(name, property);
}

void countOutcomes(std::map<int, int>& into, const rules::Decision& d) { ++into[d.outcome]; }

} // namespace

CASE("property: replaying the events gives the same states, and the events are chained")
{
    EXPECT(holds("replay", [](const std::vector<Step>& steps) {
        World w;
        play(w, steps, {}, {});
        for (const auto& [stream, events] : w.events) {
            const auto& kind = *catalogue::all().kind(stream);
            const auto again = kind.empty(stream);
            const wire::Event* prev = nullptr;
            for (const auto& e : events) {
                RC_ASSERT(wire::follows(e, prev));
                RC_ASSERT(bool(rules::fold(kind, *again, e)));
                prev = &e;
            }
            RC_ASSERT(show(*again) == show(w.at(stream)));
        }
    }));
}

CASE("property: no sequence of commands breaks an invariant")
{
    std::map<int, int> outcomes;
    EXPECT(holds("invariants", [&](const std::vector<Step>& steps) {
        World w;
        size_t opinions[3] = {};
        w.watch = [](const wire::Command& c, const rules::State& state, const rules::Decision& d) {
            const auto* m = dynamic_cast<const Matter*>(&state);
            for (const auto& f : d.facts) {
                if (!f.has_slot_done()) continue;
                RC_ASSERT(m && f.slot_done().subject().size() == 32);
                RC_ASSERT(f.slot_done().by().person() == c.person());
                const auto* task = m->flow.task(f.slot_done().task());
                RC_ASSERT(task && task->open() && task->slotOf(f.slot_done().person())->state == approval::SlotState::Open);
            }
        };
        play(w, steps, {}, [&](const rules::Decision& d) {
            countOutcomes(outcomes, d);
            RC_ASSERT(d.outcome != wire::OUTCOME_UNKNOWN);
            RC_ASSERT(d.applies() == !d.facts.empty());
            if (d.outcome == wire::SUPERSEDED) RC_ASSERT(!d.byName.empty() && d.byTime > 0);
            for (int i = 0; i < 3; ++i) {
                const auto& m = w.matter("m/" + std::to_string(i + 1));
                checkMatter(m);
                RC_ASSERT(m.flow.opinions.size() >= opinions[i]);
                opinions[i] = m.flow.opinions.size();
            }
        });
        std::set<std::string> numbers;
        for (const auto& stream : w.streams("reg/")) {
            const auto& r = static_cast<const document::Register&>(w.at(stream));
            std::set<uint32_t> given;
            for (const auto& [matter, ordinal] : r.given) {
                RC_ASSERT(given.insert(ordinal).second && ordinal >= 1 && ordinal <= r.last);
                RC_ASSERT(numbers.insert(w.matter(matter).number).second);
            }
            RC_ASSERT(given.size() == r.last);
        }
    }));
    // A property over commands that are all refused would hold too.
    for (int o : {wire::APPLIED, wire::SUPERSEDED, wire::NOT_PERMITTED, wire::NEEDS_CHOICE, wire::DUPLICATE}) EXPECT(outcomes[o] > 0);
    for (const auto& [o, n] : outcomes) std::cout << "  outcome " << o << ": " << n << std::endl;
}

CASE("property: a desk's prediction equals the hub's decision when no one else acted")
{
    int compared = 0;
    EXPECT(holds("prediction", [&](const std::vector<Step>& steps) {
        World hub;
        std::unique_ptr<rules::State> desk;
        rules::Decision predicted;
        // The hub decides half an hour after the desk did, on a state folded from stored events.
        play(hub, steps,
             [&](const wire::Command& c) {
                 desk = hub.at(c.stream()).clone();
                 predicted = rules::decide(*catalogue::all().kind(c.stream()), *desk, c, hub.province.directory, {{hub.now - 1000, hub.now}, true}, {});
                 const auto decided = rules::decide(*catalogue::all().kind(c.stream()), hub.at(c.stream()), c, hub.province.directory,
                                                    {{hub.now - 1000, hub.now + 1'800'000}, false}, {});
                 // A mandate may run out on the way: the hub then says that the time is unproven.
                 if (c.has_act() && !c.act().mandate().empty()) return;
                 const auto foretold = test::foretellable(predicted.facts), came = test::foretellable(decided.facts);
                 RC_ASSERT(predicted.outcome == decided.outcome && predicted.reason == decided.reason && foretold.size() == came.size());
                 for (size_t i = 0; i < came.size(); ++i) RC_ASSERT(foretold[i].SerializeAsString() == came[i].SerializeAsString());
                 compared += int(came.size());
             },
             {});
    }));
    EXPECT(compared > 1000);
}

int main(int argc, char** argv)
{
    if (!crypto::start()) return 1;
    setenv("RC_PARAMS", "max_success=500", 0);
    return test::main(argc, argv);
}
