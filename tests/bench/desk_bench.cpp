//! What a desk does against a hub, without windows. Keys come through the bench's door.
//!
//!     bench_desk first FOLDER KEYS            first sync: changes (events of the log) durable in the encrypted store, then the search index
//!     bench_desk resync FOLDER KEYS N         nothing new: from asking on the connection there is to live, N times; the same from dialling anew
//!     bench_desk live A KEYS B KEYS N         an act at A until B's list has it, N times
//!     bench_desk outage FOLDER KEYS N         N acts in an outage, one on each matter, and from connecting again until the hub has decided them
#include "tools.h"

#include "zt/crypto/selftest.h"
#include "zt/desk/bench_door.h"
#include "zt/store/sql_store.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

using namespace zt;
using bench::must;
using bench::nowMs;

namespace {

bench::Loop g_loop;

struct Open {
    std::shared_ptr<desk::Desk> desk;
    double openedAt = 0, liveAt = 0, asked = 0;
    Millis contact = 0; //!< the hub's time as the connection before left it: a welcome brings a later one
    std::function<void(const desk::Change&)> heard;
};

void open(Open& into, const std::string& folder, const std::string& keyFile)
{
    const int fd = ::open(keyFile.c_str(), O_RDONLY | O_CLOEXEC);
    auto keys = must(desk::BenchDoor::readKeys(fd), "keys");
    ::close(fd);
    desk::Desk::Options options;
    options.changed = [&into](const desk::Change& c) {
        if (into.desk && !into.liveAt) {
            const auto status = into.desk->status();
            if (status.live && status.lastContact > into.contact) into.liveAt = nowMs();
        }
        if (into.heard) into.heard(c);
    };
    into.asked = nowMs();
    desk::BenchDoor::open(folder, std::move(keys), std::move(options), [](std::function<void()> f) { g_loop.post(std::move(f)); },
                          [&into](Result<std::shared_ptr<desk::Desk>> d) {
                              into.desk = must(std::move(d), "open");
                              into.openedAt = nowMs();
                          });
}

bool untilLive(Open& o, double seconds)
{
    return g_loop.until([&] { return o.liveAt > 0; }, seconds);
}

template <class T, class F>
T ask(F&& call)
{
    std::optional<Result<T>> got;
    call([&](Result<T> r) { got.emplace(std::move(r)); });
    if (!g_loop.until([&] { return got.has_value(); }, 120)) std::exit(3);
    return must(std::move(*got), "answer");
}

double cpuMs()
{
    rusage r{};
    ::getrusage(RUSAGE_SELF, &r);
    return double(r.ru_utime.tv_sec + r.ru_stime.tv_sec) * 1e3 + double(r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e3;
}

//! Events of streams this store holds.
double held(const std::string& folder, const std::string& keyFile)
{
    const int fd = ::open(keyFile.c_str(), O_RDONLY | O_CLOEXEC);
    const auto keys = must(desk::BenchDoor::readKeys(fd), "keys");
    ::close(fd);
    const auto db = must(store::SqlStore::open(folder, keys.storeKey), "store");
    double out = 0;
    must(db->read([&](sync::Tx& tx) -> Result<void> {
        ZT_LET(rows, tx.streams());
        for (const auto& row : rows) out += double(row.have);
        return {};
    }), "streams");
    return out;
}

int first(const std::string& folder, const std::string& keys)
{
    Open o;
    open(o, folder, keys);
    if (!untilLive(o, 1200)) return 3;
    const double cpu = cpuMs();
    const auto counts = ask<desk::Counts>([&](auto then) { o.desk->counts(then); });
    const double seconds = (o.liveAt - o.openedAt) / 1000;
    const auto rows = double(counts.total[size_t(store::Folder::ToDo)] + counts.total[size_t(store::Folder::InReview)] + counts.total[size_t(store::Folder::Done)]);
    bench::out("matters", rows);
    bench::out("seconds", seconds);
    bench::out("matters_per_s", rows / seconds);
    for (;;) {
        const auto answer = ask<store::SearchAnswer>([&](auto then) { o.desk->search("通知", then); });
        if (!answer.building) break;
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    bench::out("index_after_s", (nowMs() - o.liveAt) / 1000);
    o.desk.reset();
    const double changes = held(folder, keys);
    bench::out("changes", changes);
    bench::out("changes_per_s", changes / seconds);
    bench::out("cpu_us_per_change", cpu * 1000 / changes);
    return 0;
}

//! Nothing new: a desk that runs asks anew, as after sleep, until it is live again; where the connection is still there, and where it is not.
int resync(const std::string& folder, const std::string& keys, int n)
{
    Open o;
    open(o, folder, keys);
    if (!untilLive(o, 60)) return 3;
    g_loop.until([] { return false; }, 10); // the index of the first sync is still being joined, in pauses
    for (const bool kept : {true, false}) {
        std::vector<double> ms;
        for (int i = 0; i < n; ++i) {
            g_loop.until([] { return false; }, 0.3); // what followed the last one is over
            o.liveAt = 0;
            o.contact = o.desk->status().lastContact;
            const double start = nowMs();
            if (kept) o.desk->reconnect();
            else {
                desk::BenchDoor::online(*o.desk, false);
                desk::BenchDoor::online(*o.desk, true);
            }
            if (!untilLive(o, 60)) return 3;
            ms.push_back(o.liveAt - start);
        }
        bench::out(kept ? "kept_p50_ms" : "new_p50_ms", bench::percentile(ms, 0.5));
    }
    o.desk.reset();
    return 0;
}

int live(char** a)
{
    Open from, to;
    open(from, a[2], a[3]);
    open(to, a[4], a[5]);
    if (!untilLive(from, 60) || !untilLive(to, 60)) return 3;
    const int n = std::atoi(a[6]);
    const auto rows = ask<std::vector<store::ListRow>>([&](auto then) { from.desk->list(store::Folder::InReview, 0, 1, then); });
    if (rows.empty()) return 4;
    const std::string stream = rows.front().stream;
    std::vector<double> ms;
    for (int i = 0; i < n; ++i) {
        bool there = false;
        to.heard = [&](const desk::Change& c) { there = there || c.streams.count(stream); };
        const double at = nowMs();
        bool kept = false;
        from.desk->addOpinion(stream, "已阅，第" + std::to_string(i) + "次，时间" + std::to_string(int64_t(at)), {}, [&](Result<desk::Desk::Done> d) { kept = bool(d) && d->outcome == wire::APPLIED; });
        if (!g_loop.until([&] { return there; }, 10)) return 5;
        ms.push_back(nowMs() - at);
        if (!g_loop.until([&] { return kept; }, 10)) return 5;
        (void)g_loop.until([] { return false; }, 0.02);
    }
    bench::out("p50_ms", bench::percentile(ms, 0.5));
    bench::out("p95_ms", bench::percentile(ms, 0.95));
    from.desk.reset();
    to.desk.reset();
    return 0;
}

int outage(const std::string& folder, const std::string& keys, int n)
{
    Open o;
    double done = 0;
    open(o, folder, keys);
    if (!untilLive(o, 60)) return 3;
    // Desk and hub have worked together before the outage: an act is sent and settled.
    bool warm = false;
    o.heard = [&](const desk::Change&) { warm = warm || o.desk->status().unsent == 0; };
    const auto first = ask<std::vector<store::ListRow>>([&](auto then) { o.desk->list(store::Folder::InReview, 0, 1, then); });
    if (first.empty()) return 4;
    (void)ask<desk::Desk::Done>([&](auto then) { o.desk->addOpinion(first.front().stream, "已阅", {}, then); });
    warm = false;
    if (!g_loop.until([&] { return warm || o.desk->status().unsent == 0; }, 60)) return 3;
    g_loop.until([] { return false; }, 3);
    o.heard = {};
    desk::BenchDoor::online(*o.desk, false);
    const auto rows = ask<std::vector<store::ListRow>>([&](auto then) { o.desk->list(store::Folder::InReview, 0, size_t(n), then); });
    if (rows.size() < size_t(n)) return 4;
    double start = nowMs();
    for (int i = 0; i < n; ++i)
        (void)ask<desk::Desk::Done>([&](auto then) { o.desk->addOpinion(rows[size_t(i)].stream, "已阅，第" + std::to_string(i) + "件", {}, then); });
    bench::out("act_ms", (nowMs() - start) / n);
    if (o.desk->status().unsent != size_t(n)) return 5;
    o.heard = [&](const desk::Change&) {
        if (!done && o.desk->status().unsent == 0) done = nowMs();
    };
    start = nowMs();
    desk::BenchDoor::online(*o.desk, true);
    if (!g_loop.until([&] { return done > 0; }, 120)) return 3;
    bench::out("push_per_s", n / ((done - start) / 1000));
    o.desk.reset();
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    const std::string mode = argc > 1 ? argv[1] : "";
    if (!crypto::start()) return 1;
    if (mode == "first" && argc == 4) return first(argv[2], argv[3]);
    if (mode == "resync" && argc == 5) return resync(argv[2], argv[3], std::atoi(argv[4]));
    if (mode == "live" && argc == 7) return live(argv);
    if (mode == "outage" && argc == 5) return outage(argv[2], argv[3], std::atoi(argv[4]));
    return 2;
}
