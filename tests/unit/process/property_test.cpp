// Random definitions: token conservation, replay, what the checker promises. Seeds of failures are printed by rapidcheck.
#include "play.h"

#include "zt/process/simulate.h"

#include <rapidcheck.h>

using namespace zt;
using namespace zt::test;

namespace {

using End = Simulated::End;

//! Definitions built from blocks that are sound by construction; one block can be spoiled.
struct Builder {
    std::string elements, lines;
    int n = 0, choices = 0;
    std::string spoiled; //!< id of a join that has the wrong kind
    bool spoil = false, wantDeadlock = false;

    std::string fresh(const char* prefix) { return prefix + std::to_string(n++); }
    std::string gateway(const char* type)
    {
        const std::string id = fresh("g");
        elements += element(type, id);
        return id;
    }
    void flow(const std::string& a, const std::string& b, bool condition = false)
    {
        lines += a + ">" + b + (condition ? "[q" + std::to_string(choices++) + "]" : "") + " ";
    }
    std::string task()
    {
        const std::string id = fresh("t");
        const int kind = *rc::gen::inRange(0, 8);
        if (kind == 0) elements += element("serviceTask", id);
        else if (kind == 1) elements += element("task", id);
        else if (kind == 2) elements += element("userTask", id, "", "<multiInstanceLoopCharacteristics z:collection=\"people\"/>");
        else elements += user(id);
        return id;
    }
    //! A block between two nodes; returns its last.
    std::string block(const std::string& before, int depth)
    {
        const int kind = depth <= 0 ? 0 : *rc::gen::inRange(0, 9);
        if (kind <= 2) {
            const auto t = task();
            flow(before, t);
            return t;
        }
        if (kind == 3) return block(block(before, depth - 1), depth - 1);
        if (kind == 4) return loop(before, depth);
        if (kind == 5) return late(before, depth);
        if (kind == 6) return inside(before, depth);
        return split(before, depth);
    }
    std::string split(const std::string& before, int depth)
    {
        static const char* const types[] = {"exclusiveGateway", "parallelGateway", "inclusiveGateway"};
        const int type = *rc::gen::inRange(0, 3);
        int join = type;
        const bool now = spoil && spoiled.empty() && type != 2;
        if (now) {
            spoil = false; // one is enough
            join = type == 0 ? 1 : 0;
            wantDeadlock = type == 0;
        }
        const auto g = gateway(types[type]);
        flow(before, g);
        const int branches = *rc::gen::inRange(2, 4);
        std::vector<std::string> ends;
        for (int i = 0; i < branches; ++i) {
            // Each branch begins with a task of its own: a flow without anything is drawn sometimes.
            const auto t = task();
            flow(g, t, type != 1);
            ends.push_back(*rc::gen::inRange(0, 3) ? block(t, depth - 1) : t);
        }
        const auto j = gateway(types[join]);
        for (const auto& e : ends) flow(e, j);
        if (!now) return j;
        spoiled = j;
        const auto behind = fresh("u");
        elements += user(behind);
        flow(j, behind);
        if (!wantDeadlock) spoiled = behind;
        return behind;
    }
    std::string loop(const std::string& before, int depth)
    {
        const auto m = gateway("exclusiveGateway"), t = fresh("t"), x = gateway("exclusiveGateway");
        elements += user(t);
        flow(before, m);
        flow(m, t);
        flow(block(t, depth - 1), x);
        flow(x, m, true);
        const auto after = task();
        flow(x, after, true);
        return after;
    }
    std::string late(const std::string& before, int depth)
    {
        const auto t = fresh("t"), b = fresh("b"), m = gateway("exclusiveGateway");
        elements += user(t) + element("boundaryEvent", b, "attachedToRef=\"" + t + "\"", "<timerEventDefinition><timeDuration>PT5H</timeDuration></timerEventDefinition>");
        flow(before, t);
        flow(t, m);
        flow(block(b, depth - 1), m);
        return m;
    }
    std::string inside(const std::string& before, int depth)
    {
        Builder in;
        in.n = n + 1;
        in.choices = choices;
        const auto id = "p" + std::to_string(n), s = "s" + id, e = "e" + id;
        in.elements = element("startEvent", s) + element("endEvent", e);
        in.flow(in.block(s, depth - 1), e);
        n = in.n;
        choices = in.choices;
        elements += element("subProcess", id, "", in.elements + flows(in.lines));
        flow(before, id);
        return id;
    }
    Definition build(int depth)
    {
        elements = kStart + kEnd;
        std::string last = block("s", depth);
        if (spoil && spoiled.empty()) last = split(last, 1);
        flow(last, "e");
        return define(file(elements + flows(lines)));
    }
};

//! Anything: random elements, random flows.
Definition wild()
{
    const int count = *rc::gen::inRange(3, 12);
    std::string inside = kStart + kEnd, lines;
    std::vector<std::string> from{"s"}, to{"e"};
    for (int i = 0; i < count; ++i) {
        const std::string id = "n" + std::to_string(i);
        switch (*rc::gen::inRange(0, 8)) {
        case 0: inside += element("exclusiveGateway", id); break;
        case 1: inside += element("parallelGateway", id); break;
        case 2: inside += element("inclusiveGateway", id); break;
        case 3: inside += element("parallelGateway", id); break;
        case 4: inside += element("inclusiveGateway", id); break;
        case 5:
            inside += user(id) + element("boundaryEvent", "b" + id, std::string("attachedToRef=\"") + id + "\" cancelActivity=\"" + (*rc::gen::inRange(0, 2) ? "true" : "false") + "\"",
                                         "<timerEventDefinition><timeDuration>PT5H</timeDuration></timerEventDefinition>");
            from.push_back("b" + id);
            break;
        default: inside += user(id); break;
        }
        from.push_back(id);
        to.push_back(id);
    }
    std::set<std::string> drawn;
    const auto draw = [&](const std::string& a, const std::string& b) {
        if (drawn.insert(a + ">" + b).second) lines += a + ">" + b + "[q" + std::to_string(drawn.size()) + "] ";
    };
    // A spine first, so that most elements are reached.
    for (int i = 0; i + 1 < count; ++i) draw("n" + std::to_string(i), "n" + std::to_string(i + 1));
    draw("s", "n0");
    draw("n" + std::to_string(count - 1), "e");
    const int more = *rc::gen::inRange(0, count);
    for (int i = 0; i < more; ++i) draw(*rc::gen::elementOf(from), *rc::gen::elementOf(to));
    return define(file(inside + flows(lines)));
}

//! Folding gives the same bytes; every token put is taken; no member is both done and cancelled.
void lawful(const Definition& d, const Simulated& r)
{
    State replay;
    std::map<std::pair<Id, uint32_t>, int> on;
    std::map<Id, uint32_t> closed;
    for (const Event& e : r.events) {
        const auto copy = loadEvent(save(e));
        RC_ASSERT(copy.has_value());
        evolve(replay, *copy);
        if (e.kind == EventKind::Put) ++on[{e.parent, e.flow}];
        if ((e.kind == EventKind::Taken || e.kind == EventKind::Passed || e.kind == EventKind::Opened) && e.flow != kNone) RC_ASSERT((--on[{e.parent, e.flow}]) >= 0);
        if (e.kind == EventKind::Closed) {
            RC_ASSERT(!closed.count(e.item));
            closed[e.item] = e.n;
            for (auto& [place, n] : on)
                if (place.first == e.item) n = 0;
        }
        if (e.kind == EventKind::Ended) on.clear();
        if (e.kind == EventKind::Turned) closed.erase(e.item);
    }
    RC_ASSERT(save(replay) == save(r.state));
    for (const Token& t : r.state.tokens) on[{t.parent, t.flow}] -= int(t.count);
    for (const auto& [place, n] : on) RC_ASSERT(n == 0);
    const auto loaded = loadState(save(r.state));
    RC_ASSERT(loaded && save(*loaded) == save(r.state));
    if (r.state.running()) RC_ASSERT(save(r.state).size() < 4096u);
    (void)d;
}

//! How many tokens the scope of a split and join without loops makes and takes: Passed gateways account for every difference.
void splitsAccount(const Definition& d, const Simulated& r)
{
    std::map<uint32_t, std::pair<int, int>> byNode; // taken, put since the node last passed
    for (size_t i = 0; i < r.events.size(); ++i) {
        const Event& e = r.events[i];
        if (e.kind != EventKind::Passed) continue;
        const Node& n = d.nodes[e.node];
        int put = 0, taken = e.flow != kNone;
        for (size_t k = i + 1; k < r.events.size() && r.events[k].kind == EventKind::Put && d.flows[r.events[k].flow].from == e.node; ++k) ++put;
        for (size_t k = i; k-- > 0 && r.events[k].kind == EventKind::Taken && d.flows[r.events[k].flow].to == e.node;) ++taken;
        if (n.kind == NodeKind::Exclusive) RC_ASSERT(put == 1 && taken == 1);
        if (n.kind == NodeKind::Parallel) RC_ASSERT(put == int(n.out.size()) && taken == int(std::max<size_t>(1, n.in.size())));
        if (n.kind == NodeKind::Inclusive) RC_ASSERT(put >= 1 && put <= int(n.out.size()) && taken >= 1 && taken <= int(n.in.size()));
        if (n.kind == NodeKind::EndEvent) RC_ASSERT(put == 0 && taken == 1);
    }
}

bool property(const char* name, const std::function<void()>& body)
{
    std::cout << "        " << name << ": " << std::flush;
    return rc::check(body);
}

} // namespace

CASE("property: definitions built from blocks are called sound, and no schedule brings them to a standstill")
{
    EXPECT(property("sound by construction", [] {
        Builder b;
        const auto d = b.build(4);
        RC_PRE(d.nodes.size() < 80u);
        const auto findings = check(d);
        for (const auto& f : findings)
            if (f.severity == Finding::Severity::Error) RC_LOG() << f.code << ' ' << f.what.en << std::endl;
        RC_ASSERT(codes(findings).empty());
        for (uint64_t i = 0; i < 5; ++i) {
            const auto r = simulate(d, {.seed = *rc::gen::arbitrary<uint64_t>(), .steps = 400});
            RC_LOG() << r.problem << std::endl;
            RC_ASSERT(r.end == End::Ended || r.end == End::Steps);
            RC_ASSERT(r.end != End::Ended || r.state.tokens.empty());
            lawful(d, r);
            splitsAccount(d, r);
        }
    }));
}

CASE("property: one wrong join in such a definition is found, with its name")
{
    EXPECT(property("spoiled join", [] {
        Builder b;
        b.spoil = true;
        const auto d = b.build(3);
        RC_PRE(!b.spoiled.empty() && d.nodes.size() < 60u);
        const auto found = codes(check(d), Finding::Severity::Note);
        const bool unproved = found.count("unproved p") != 0;
        RC_LOG() << b.spoiled << std::endl;
        RC_ASSERT(unproved || found.count((b.wantDeadlock ? "deadlock " : "unsynchronised ") + b.spoiled));
    }));
}

CASE("property: whatever the definition, tokens are conserved and replay gives the same bytes; what the checker calls sound never stands still, and a standstill was announced")
{
    size_t sounds = 0, stucks = 0;
    EXPECT(property("any definition", [&] {
        const auto d = wild();
        const auto findings = check(d, {.maxStates = 3'000}); // beyond that it says `unproved`, which is true as well
        const bool fine = sound(findings);
        const auto errors = codes(findings, Finding::Severity::Note);
        sounds += fine;
        for (int i = 0; i < 6; ++i) {
            const auto r = simulate(d, {.seed = *rc::gen::arbitrary<uint64_t>(), .steps = 60});
            RC_LOG() << int(r.end) << ' ' << r.problem << std::endl;
            lawful(d, r);
            splitsAccount(d, r);
            if (fine) {
                RC_ASSERT(r.end != End::Stuck);
                for (const Token& t : r.state.tokens) RC_ASSERT(t.count == 1u);
            }
            if (r.end != End::Stuck || errors.count("unproved p")) continue;
            ++stucks;
            const bool twice = std::any_of(findings.begin(), findings.end(), [](const Finding& f) { return f.code == "unsynchronised"; });
            for (const Token& t : r.state.tokens) RC_ASSERT(twice || errors.count("deadlock " + d.nodes[d.flows[t.flow].to].id));
        }
    }));
    // The property must have had something to look at.
    std::cout << "        " << sounds << " sound definitions, " << stucks << " standstills" << std::endl;
    EXPECT(sounds >= 5 && stucks >= 5);
}

CASE("property: moves by people keep every law, and a sound definition without side paths still never stands still")
{
    EXPECT(property("moves", [] {
        Builder b;
        const auto d = b.build(3);
        RC_PRE(d.nodes.size() < 60u);
        for (uint64_t i = 0; i < 4; ++i) {
            const auto r = simulate(d, {.seed = *rc::gen::arbitrary<uint64_t>(), .steps = 300, .moves = true});
            for (const auto& l : r.lines) RC_LOG() << l << '\n';
            RC_LOG() << int(r.end) << ' ' << r.problem << std::endl;
            lawful(d, r);
            RC_ASSERT(r.end == End::Ended || r.end == End::Steps);
        }
    }));
}

CASE("simulation: the same seed, the same history; other seeds, other courses")
{
    Builder b;
    const auto d = define(file(kStart + kEnd + users("a b c") + "<inclusiveGateway id=\"g\"/><inclusiveGateway id=\"j\"/>" + flows("s>g g>a[x] g>b[y] g>c[z] a>j b>j c>j j>e")));
    std::set<std::vector<std::string>> courses;
    for (uint64_t seed = 0; seed < 30; ++seed) {
        const auto one = simulate(d, {.seed = seed}), two = simulate(d, {.seed = seed});
        EXPECT(one.lines == two.lines && save(one.state) == save(two.state) && !one.lines.empty());
        courses.insert(one.lines);
    }
    EXPECT(courses.size() > 10);
}
