// Loss of power and failing disks, for the desk's store and the hub's log:
//!     power desk|hub N [seed]   N moments of a busy time, each shown as a loss of power leaves it: opens, is whole, holds all that was acknowledged
//!     power selftest N          the same with a database of SQLCipher alone: synchronous=FULL loses nothing, NORMAL must be caught losing
//!     power faults desk|hub     from the n-th call on the disk fails, for n from 1 until nothing fails any more: an error, and nothing acknowledged is lost
//!     power memory desk|hub     likewise with SQLite's n-th request for memory
#include "disk.h"
#include "log_contract.h"

#include "sqlite3.h"
#include "zt/base/clock.h"
#include "zt/base/id.h"
#include "zt/base/log.h"
#include "zt/crypto/secret.h"
#include "zt/crypto/selftest.h"
#include "zt/hub/sqlite_log.h"
#include "zt/store/sql_store.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <set>

using namespace zt;
using power::Disk;
using power::Kept;
namespace fs = std::filesystem;

namespace {

const crypto::Secret& key()
{
    static const crypto::Secret k{BytesView(std::string(32, 'k'))};
    return k;
}

//! In memory where the machine has it: ten thousand stores are written.
struct Folder {
    fs::path path;
    Folder() : path((fs::exists("/dev/shm") ? fs::path("/dev/shm") : fs::temp_directory_path()) / ("zt-power-" + hex(systemRandom().bytes(8)))) { fs::create_directories(path); }
    ~Folder() { std::error_code ec; fs::remove_all(path, ec); }
    Folder(const Folder&) = delete;
    void copyFrom(const fs::path& other) const { fs::copy(other, path, fs::copy_options::recursive | fs::copy_options::overwrite_existing); }
    void empty() const
    {
        for (const auto& entry : fs::directory_iterator(path)) fs::remove_all(entry.path());
    }
};

[[noreturn]] void stop(const std::string& why)
{
    std::fprintf(stderr, "%s\n", why.c_str());
    std::exit(1);
}

//! Of many sizes, so that pages split.
wire::Event eventAfter(const std::string& stream, uint64_t version, const Bytes& prev)
{
    return test::eventOf(stream, version, prev, std::string(50 + (version * 7919) % 6000, char('a' + version % 26)));
}

//! Something that keeps numbered steps: 1, 2, 3 …, each one commit.
class Subject {
public:
    virtual ~Subject() = default;
    virtual void create(const fs::path& folder) = 0;
    //! An error closes it.
    [[nodiscard]] virtual Result<void> open(const fs::path& folder) = 0;
    [[nodiscard]] virtual Result<void> step(uint64_t n) = 0;
    virtual void close() = 0;
    //! How many steps are in it, after a look at everything.
    [[nodiscard]] virtual Result<uint64_t> whole() = 0;
};

class DeskStore final : public Subject {
public:
    void create(const fs::path& folder) override
    {
        if (!store::SqlStore::create(folder, key())) stop("create");
    }
    Result<void> open(const fs::path& folder) override
    {
        auto opened = store::SqlStore::open(folder, key());
        if (!opened) return Error(opened.error());
        m_store = std::move(*opened);
        return {};
    }
    Result<void> step(uint64_t n) override
    {
        auto done = m_store->write([&](sync::Tx& tx) -> Result<void> {
            const std::string stream = "m/" + std::to_string(n % 5);
            ZT_LET(known, tx.stream(stream));
            sync::StreamRow row = known.value_or(sync::StreamRow{});
            row.stream = stream;
            const auto e = eventAfter(stream, row.have + 1, row.haveHash);
            row.head = row.have = e.version();
            row.haveHash = wire::eventHash(e);
            ZT_TRY(tx.appendEvent(e));
            ZT_TRY(tx.putStream(row));
            return tx.setMeta("step", std::to_string(n));
        });
        if (done && n % 40 == 0) done = m_store->checkpoint();
        return done;
    }
    void close() override { m_store.reset(); }
    Result<uint64_t> whole() override
    {
        ZT_LET(reader, m_store->reader());
        ZT_LET(report, reader->check());
        uint64_t steps = 0;
        ZT_TRY(m_store->read([&](sync::Tx& tx) -> Result<void> {
            ZT_LET(kept, tx.meta("step"));
            steps = kept ? std::stoull(*kept) : 0;
            return {};
        }));
        return report.good() && report.events == steps ? Result<uint64_t>(steps) : Result<uint64_t>(Err::Corrupt, "not whole");
    }

private:
    std::unique_ptr<store::SqlStore> m_store;
};

class HubLog final : public Subject {
public:
    void create(const fs::path& folder) override
    {
        if (!hub::SqliteLog::create(folder / "hub.db", key(), systemRandom())) stop("create");
    }
    Result<void> open(const fs::path& folder) override
    {
        auto opened = hub::SqliteLog::open(folder / "hub.db", key(), systemRandom());
        if (!opened) return Error(opened.error());
        m_log = std::move(*opened);
        return {};
    }
    Result<void> step(uint64_t n) override
    {
        hub::Group group;
        for (uint64_t i = 0; i < 1 + n % 3; ++i) {
            const std::string stream = "m/" + std::to_string((n + i) % 7);
            ZT_LET(head, m_log->head(stream));
            group.events.push_back(eventAfter(stream, head.version + 1, head.hash));
        }
        group.receipts = {test::receiptOf(Bytes(16, 'd'), idOf(n))};
        ZT_LET(last, m_log->append(group));
        (void)last;
        if (n % 40 == 0) m_log->rest();
        return {};
    }
    void close() override { m_log.reset(); }
    Result<uint64_t> whole() override
    {
        ZT_TRY(m_log->check({}));
        uint64_t steps = 0, events = 0;
        for (;; ++steps) {
            ZT_LET(receipt, m_log->receipt(Bytes(16, 'd'), idOf(steps + 1)));
            if (!receipt) break;
            events += 1 + (steps + 1) % 3;
        }
        ZT_LET(last, m_log->lastPosition());
        return last == events ? Result<uint64_t>(steps) : Result<uint64_t>(Err::Corrupt, "a group in part");
    }

private:
    static Bytes idOf(uint64_t n)
    {
        Bytes id(16, '\0');
        std::memcpy(id.data(), &n, sizeof n);
        return id;
    }
    std::unique_ptr<hub::SqliteLog> m_log;
};

//! SQLCipher alone, for the self-test.
class Plain final : public Subject {
public:
    explicit Plain(const char* synchronous) : m_synchronous(synchronous) {}
    ~Plain() override { close(); }
    void create(const fs::path& folder) override
    {
        if (!open(folder)) stop("create");
        if (!run("CREATE TABLE t(n INTEGER PRIMARY KEY, x BLOB)")) stop("create");
        close();
    }
    Result<void> open(const fs::path& folder) override
    {
        const std::string raw = "x'" + std::string(64, 'a') + "'"; // a key, not a passphrase: nothing is derived
        if (sqlite3_open((folder / "plain.db").c_str(), &m_db) != SQLITE_OK || sqlite3_key_v2(m_db, "main", raw.data(), int(raw.size())) != SQLITE_OK) return fail(Err::Io, "open");
        ZT_TRY(run("PRAGMA journal_mode = WAL"));
        return run(std::string("PRAGMA synchronous = ") + m_synchronous);
    }
    Result<void> step(uint64_t n) override { return run("INSERT INTO t VALUES(" + std::to_string(n) + ", zeroblob(2000))"); }
    void close() override
    {
        sqlite3_close(m_db);
        m_db = nullptr;
    }
    Result<uint64_t> whole() override
    {
        uint64_t steps = 0;
        auto count = [](void* out, int, char** row, char**) { *static_cast<uint64_t*>(out) = std::strtoull(row[0], nullptr, 10); return 0; };
        return sqlite3_exec(m_db, "SELECT count(*) FROM t", count, &steps, nullptr) == SQLITE_OK ? Result<uint64_t>(steps) : Result<uint64_t>(Err::Corrupt, "plain");
    }

private:
    Result<void> run(const std::string& sql)
    {
        return sqlite3_exec(m_db, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK ? Result<void>() : Result<void>(Err::Io, sqlite3_errmsg(m_db));
    }
    const char* m_synchronous;
    sqlite3* m_db = nullptr;
};

struct Outcome {
    size_t shown = 0, lost = 0, broken = 0;
};

Outcome losses(Subject& subject, size_t count, uint64_t seed)
{
    constexpr uint64_t kSteps = 120;
    std::mt19937_64 random(seed);
    Folder live, before, after;
    subject.create(live.path);
    before.copyFrom(live.path);
    Disk disk(live.path);
    if (!subject.open(live.path)) stop("open");
    for (uint64_t n = 1; n <= kSteps; ++n) {
        if (auto done = subject.step(n); !done) stop("step " + std::to_string(n) + ": " + done.error().detail);
        disk.acknowledge(n);
    }
    subject.close();
    std::vector<size_t> moments(count);
    for (auto& m : moments) m = random() % (disk.operations() + 1);
    std::sort(moments.begin(), moments.end());
    power::Loss loss(disk, before.path);
    Outcome out;
    for (const size_t moment : moments) {
        loss.goTo(moment);
        after.empty();
        loss.show(after.path, Kept(random() % 4), random);
        ++out.shown;
        const auto opened = subject.open(after.path);
        const auto steps = opened ? subject.whole() : Result<uint64_t>(Error(opened.error()));
        subject.close();
        if (!steps) {
            ++out.broken;
            std::fprintf(stderr, "seed %llu, operation %zu: %s %s\n", (unsigned long long)seed, moment, std::string(name(steps.error().kind)).c_str(), steps.error().detail.c_str());
        } else if (*steps < loss.acknowledged() || *steps > loss.acknowledged() + 1) {
            ++out.lost;
        }
    }
    return out;
}

int lossesOf(Subject& subject, const char* what, size_t count, uint64_t seed)
{
    const Outcome o = losses(subject, count, seed);
    std::printf("%s: %zu losses of power shown, %zu lost what was acknowledged, %zu broken; seed %llu\n", what, o.shown, o.lost, o.broken, (unsigned long long)seed);
    return o.lost || o.broken || o.shown != count;
}

int selftest(size_t count)
{
    Plain full("FULL"), normal("NORMAL");
    const Outcome a = losses(full, count, 1), b = losses(normal, count, 1);
    std::printf("FULL: %zu of %zu lost, %zu broken; NORMAL: %zu of %zu lost, %zu broken\n", a.lost, a.shown, a.broken, b.lost, b.shown, b.broken);
    return a.lost || a.broken || !b.lost || b.broken;
}

//! One run with a fault set by `arm`, then the fault is gone: everything acknowledged is there. Returns whether the fault was met.
bool faulty(Subject& subject, const fs::path& fresh, const std::function<void(bool on)>& arm, uint64_t n)
{
    constexpr uint64_t kSteps = 12;
    Folder live;
    live.copyFrom(fresh);
    arm(true);
    uint64_t acknowledged = 0, tried = 0;
    bool met = !subject.open(live.path);
    if (!met) {
        while (tried < kSteps) {
            if (subject.step(++tried)) acknowledged = tried;
            else {
                met = true;
                break;
            }
        }
    }
    subject.close();
    arm(false);
    if (auto again = subject.open(live.path); !again) stop("fault " + std::to_string(n) + ": does not open again: " + std::string(name(again.error().kind)) + " " + again.error().detail);
    const auto steps = subject.whole();
    if (!steps) stop("fault " + std::to_string(n) + ": " + steps.error().detail);
    if (*steps < acknowledged || *steps > acknowledged + 1)
        stop("fault " + std::to_string(n) + ": acknowledged " + std::to_string(acknowledged) + ", there are " + std::to_string(*steps));
    for (uint64_t k = *steps + 1; k <= *steps + 3; ++k)
        if (auto done = subject.step(k); !done) stop("fault " + std::to_string(n) + ": cannot go on: " + done.error().detail);
    subject.close();
    return met;
}

int faults(Subject& subject, const char* what)
{
    Folder fresh;
    subject.create(fresh.path);
    uint64_t met = 0;
    for (const bool reads : {false, true}) {
        uint64_t n = 1;
        while (faulty(subject, fresh.path, [&](bool on) { Disk::failFrom(on ? n : 0, reads); }, n)) ++n, ++met;
        if (n < 10) stop("hardly a fault was met");
    }
    std::printf("%s: %llu faults of the disk met\n", what, (unsigned long long)met);
    return 0;
}

// SQLite's memory, failing from the n-th request on.
sqlite3_mem_methods g_memory;
uint64_t g_requests = 0, g_failAt = 0;
bool noMemory() { return ++g_requests >= g_failAt && g_failAt; }

void watchMemory()
{
    sqlite3_shutdown();
    sqlite3_config(SQLITE_CONFIG_GETMALLOC, &g_memory);
    sqlite3_mem_methods ours = g_memory;
    ours.xMalloc = [](int n) { return noMemory() ? nullptr : g_memory.xMalloc(n); };
    ours.xRealloc = [](void* p, int n) { return noMemory() ? nullptr : g_memory.xRealloc(p, n); };
    sqlite3_config(SQLITE_CONFIG_MALLOC, &ours);
    if (sqlite3_initialize() != SQLITE_OK) stop("initialize");
}

int memory(Subject& subject, const char* what, uint64_t stride)
{
    Folder fresh;
    subject.create(fresh.path);
    uint64_t n = 1, met = 0;
    while (faulty(subject, fresh.path, [&](bool on) { g_requests = 0, g_failAt = on ? n : 0; }, n)) n += stride, ++met;
    if (met < 10) stop("hardly a fault was met");
    std::printf("%s: %llu times without memory\n", what, (unsigned long long)met);
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    if (!crypto::start()) return 1;
    setLogLevel(Level::Error);
    const std::string mode = argc > 1 ? argv[1] : "", what = argc > 2 ? argv[2] : "";
    if (mode == "selftest" && argc == 3) return selftest(std::strtoull(argv[2], nullptr, 10));
    DeskStore desk;
    HubLog hub;
    auto named = [&](const std::string& n) -> Subject& { return n == "desk" ? static_cast<Subject&>(desk) : hub; };
    if ((mode == "desk" || mode == "hub") && argc >= 3)
        return lossesOf(named(mode), argv[1], std::strtoull(argv[2], nullptr, 10), argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1);
    if (mode == "faults" && (what == "desk" || what == "hub")) return faults(named(what), argv[2]);
    if (mode == "memory" && (what == "desk" || what == "hub")) {
        watchMemory();
        return memory(named(what), argv[2], argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1);
    }
    std::fprintf(stderr, "usage: power desk|hub N [seed] | selftest N | faults desk|hub | memory desk|hub [stride]\n");
    return 2;
}
