// The process engine, in one thread. bench_process instances SECONDS | durable FILE SECONDS | figures. Prints key=value.
// The same process as process_peer.js: five user tasks in a row, each completed at once.
#include "zt/base/id.h"
#include "zt/crypto/hash.h"
#include "zt/hub/sqlite_log.h"
#include "zt/process/bpmn.h"
#include "zt/process/check.h"
#include "zt/process/engine.h"
#include "zt/wire/sealing.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

using namespace zt;
using namespace zt::process;

namespace {

std::string source(int tasks)
{
    std::string s = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><definitions id=\"d\" xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" targetNamespace=\"x\">"
                    "<process id=\"p\" isExecutable=\"true\"><startEvent id=\"start\"/><sequenceFlow id=\"f0\" sourceRef=\"start\" targetRef=\"t0\"/>";
    for (int i = 0; i < tasks; ++i) {
        const std::string n = std::to_string(i), next = i + 1 == tasks ? "end" : "t" + std::to_string(i + 1);
        s += "<userTask id=\"t" + n + "\"/><sequenceFlow id=\"f" + std::to_string(i + 1) + "\" sourceRef=\"t" + n + "\" targetRef=\"" + next + "\"/>";
    }
    return s + "<endEvent id=\"end\"/></process></definitions>";
}

double since(std::chrono::steady_clock::time_point t) { return std::chrono::duration<double>(std::chrono::steady_clock::now() - t).count(); }

Definition parsed(const std::string& xml)
{
    auto doc = Document::read(xml);
    if (!doc) std::exit(1);
    auto d = doc->process();
    if (!d) std::exit(1);
    return std::move(*d);
}

//! One instance from start to end; what is decided is folded into a state of its own, and with `bytes` every event is written as for the log.
size_t instance(const Definition& d, const Context& context, bool bytes)
{
    State s;
    size_t written = 0;
    Command c;
    while (true) {
        const auto events = advance(d, s, c, context);
        if (!events) std::exit(2);
        if (bytes)
            for (const Event& e : *events) written += save(e).size();
        if (!s.running()) return written;
        c.kind = Command::Kind::Complete;
        c.item = actionable(d, s).front();
    }
}

int instances(double seconds)
{
    const std::string xml = source(5);
    const Definition d = parsed(xml);
    const Context context{1'800'000'000'000};
    const auto rate = [&](auto one) {
        const auto start = std::chrono::steady_clock::now();
        size_t n = 0;
        do {
            for (int i = 0; i < 64; ++i) one();
            n += 64;
        } while (since(start) < seconds);
        return double(n) / since(start);
    };
    std::printf("instances_per_s=%.0f\n", rate([&] { instance(d, context, false); }));
    std::printf("instances_with_events_per_s=%.0f\n", rate([&] { instance(d, context, true); }));
    std::printf("instances_parsed_per_s=%.0f\n", rate([&] { instance(parsed(xml), context, false); }));
    return 0;
}

struct Running {
    State state;
    wire::Event last; //!< version 0: none yet
};

//! The event the hub would keep for this step (Core::Impl::keepEvent), without the command's signature.
wire::Event eventOf(const Running& m, const std::string& stream, const std::vector<Event>& events, Millis now, Random& random)
{
    wire::Body body;
    body.add_facts()->mutable_advanced()->set_events(save(events));
    wire::Event e;
    e.set_hub("bench");
    e.set_stream(stream);
    e.set_version(m.last.version() + 1);
    if (m.last.version()) e.set_prev(wire::eventHash(m.last));
    e.set_time_ms(now);
    e.set_level(1);
    e.set_suite(crypto::kSuiteSodium);
    e.set_salt(random.bytes(16));
    if (!body.SerializeToString(e.mutable_body())) std::exit(2);
    e.set_body_hash(wire::bodyHash(e.salt(), e.body()));
    return e;
}

//! A thousand matters at once: a step of each, decided, folded, chained and encrypted, makes a group of the hub's log (which takes up to 2,000), on the disk
//! before the next.
int durable(const std::string& file, double seconds)
{
    constexpr size_t kAtOnce = 1000;
    const Definition d = parsed(source(5));
    const Context context{1'800'000'000'000};
    Random& random = systemRandom();
    auto log = hub::SqliteLog::create(file, crypto::Secret(BytesView(random.bytes(32))), random);
    if (!log) return 2;
    size_t done = 0, steps = 0;
    const auto start = std::chrono::steady_clock::now();
    while (since(start) < seconds) {
        std::vector<Running> running(kAtOnce);
        for (int step = 0; running.front().last.version() == 0 || running.front().state.running(); ++step) {
            hub::Group group;
            for (size_t i = 0; i < kAtOnce; ++i) {
                Running& m = running[i];
                Command c;
                if (step) {
                    c.kind = Command::Kind::Complete;
                    c.item = actionable(d, m.state).front();
                }
                const auto events = advance(d, m.state, c, context);
                if (!events) return 2;
                m.last = eventOf(m, "m/" + std::to_string(done + i), *events, context.now, random);
                group.events.push_back(m.last);
                hub::ReceiptRow r;
                r.device = "desk-" + std::to_string(10'000'000'000 + i % 16); // sixteen desks; their commands' ids rise with time
                r.id = newId(systemClock(), random);
                r.commandHash = m.last.body_hash();
                r.receipt.set_id(r.id);
                r.receipt.set_stream(m.last.stream());
                r.receipt.set_version(m.last.version());
                r.receipt.set_outcome(wire::APPLIED);
                group.receipts.push_back(std::move(r));
            }
            if (!(*log)->append(group)) return 2;
            steps += kAtOnce;
        }
        done += kAtOnce;
    }
    const double took = since(start);
    std::printf("durable_instances_per_s=%.0f\ndurable_steps_per_s=%.0f\n", double(done) / took, double(steps) / took);
    return 0;
}

//! A matter that was sent back until its history has so many entries.
State longHistory(const Definition& d, const Context& context, size_t entries, size_t& events)
{
    State s;
    Command c;
    events = advance(d, s, c, context)->size();
    while (events < entries) {
        c = Command{.kind = Command::Kind::Complete, .item = actionable(d, s).front(), .choice = "agree"};
        events += advance(d, s, c, context)->size();
        c = Command{.kind = Command::Kind::Jump, .item = actionable(d, s).front(), .node = d.find("t0")};
        events += advance(d, s, c, context)->size();
    }
    return s;
}

int figures()
{
    const Context context{1'800'000'000'000};
    const Definition d = parsed(source(5));
    size_t events = 0;
    const State s = longHistory(d, context, 1000, events);
    const Command act{.kind = Command::Kind::Complete, .item = actionable(d, s).front(), .choice = "agree"};
    const int rounds = 20'000;
    auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < rounds; ++i)
        if (!decide(d, s, act, context)) return 2;
    std::printf("decide_us=%.2f\nhistory=%zu\nstate_bytes=%zu\n", since(start) / rounds * 1e6, events, save(s).size());
    const Bytes bytes = save(s);
    start = std::chrono::steady_clock::now();
    for (int i = 0; i < rounds; ++i)
        if (!loadState(bytes)) return 2;
    std::printf("load_us=%.2f\n", since(start) / rounds * 1e6);
    const std::string big = source(500);
    start = std::chrono::steady_clock::now();
    const int times = 200;
    for (int i = 0; i < times; ++i) parsed(big);
    std::printf("parse500_ms=%.3f\n", since(start) / times * 1e3);
    const Definition wide = parsed(big);
    start = std::chrono::steady_clock::now();
    for (int i = 0; i < times; ++i) (void)check(wide);
    std::printf("check500_ms=%.3f\n", since(start) / times * 1e3);
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    const std::string what = argc > 1 ? argv[1] : "";
    if (what == "instances") return instances(argc > 2 ? std::atof(argv[2]) : 2);
    if (what == "durable" && argc > 2) return durable(argv[2], argc > 3 ? std::atof(argv[3]) : 2);
    if (what == "figures") return figures();
    std::fprintf(stderr, "bench_process instances SECONDS | durable FILE SECONDS | figures\n");
    return 2;
}
