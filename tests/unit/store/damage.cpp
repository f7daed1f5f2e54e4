#include "db.h"
#include "files.h"
#include "schema.h"
#include "support.h"
#include "zt/test/store_contract.h"
#include "zt/wire/sealing.h"

#include <csignal>
#include <random>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace zt::store {

namespace {

//! Events that follow one another, so that the chain check has something to say.
std::vector<wire::Event> chain(const std::string& stream, int count)
{
    std::vector<wire::Event> out;
    for (int v = 1; v <= count; ++v) {
        wire::Event e;
        e.set_hub("hub");
        e.set_stream(stream);
        e.set_version(uint64_t(v));
        if (v > 1) e.set_prev(wire::eventHash(out.back()));
        e.set_salt(Bytes(16, 's'));
        e.set_body("secret words " + std::to_string(v) + std::string(300, 'b'));
        e.set_body_hash(wire::bodyHash(e.salt(), e.body()));
        out.push_back(std::move(e));
    }
    return out;
}

Result<void> putChain(Tx& tx, const std::string& stream, int count)
{
    const auto events = chain(stream, count);
    for (const auto& e : events) ZT_TRY(tx.appendEvent(e));
    return tx.putStream({.stream = stream, .granted = true, .have = uint64_t(count), .head = uint64_t(count)});
}

//! A closed store with some hundred pages.
void fill(const fs::path& folder, char key, int streams = 40)
{
    auto store = SqlStore::create(folder, keyOf(key));
    EXPECT_EQ(errorOf(store), std::string("none"));
    EXPECT(put(**store, [&](Tx& tx) -> Result<void> {
        for (int i = 0; i < streams; ++i) {
            const std::string name = "matter/" + std::to_string(i);
            ZT_TRY(putChain(tx, name, 20));
            const IndexText text{.title = "secret title " + std::to_string(i), .body = "secret body 正文"};
            ZT_TRY(tx.putRow(rowOf(name, i, bit(Folder::ToDo)), &text));
        }
        return {};
    }));
    indexAll(**store);
}

bool readable(const fs::path& folder, char key, size_t streams = 40)
{
    auto store = SqlStore::open(folder, keyOf(key));
    if (!store) return false;
    auto reader = (*store)->reader();
    if (!reader) return false;
    auto rows = (*reader)->list(Folder::ToDo, 0, 1000);
    auto report = (*reader)->check();
    return rows && rows->size() == streams && report && report->good() && report->events == streams * 20;
}

//! Files of a folder, by name.
std::string listed(const fs::path& folder)
{
    std::vector<std::string> names;
    for (const auto& e : fs::directory_iterator(folder)) names.push_back(e.path().filename().string());
    std::sort(names.begin(), names.end());
    std::string out;
    for (const auto& n : names) out += n + " ";
    return out;
}

std::string setAsideName(const std::string& detail)
{
    const size_t at = detail.find("set aside as ");
    return at == detail.npos ? "" : detail.substr(at + 13);
}

Result<int64_t> nfs(const fs::path&) { return 0x6969; }
Result<int64_t> cifs(const fs::path&) { return 0xff534d42; }
Result<int64_t> ext4(const fs::path&) { return 0xef53; }

} // namespace

CASE("no file of a store shows content or a SQLite head")
{
    TempFolder dir;
    fill(dir.path, 'k');
    auto store = SqlStore::open(dir.path, keyOf('k')); // open, so that the log is there too
    REQUIRE(store);
    EXPECT(put(**store, [](Tx& tx) { return tx.setMeta("secret key", "secret value"); }));
    size_t files = 0;
    for (const auto& e : fs::directory_iterator(dir.path)) {
        const Bytes bytes = readFile(e.path());
        ++files;
        EXPECT(!bytes.starts_with("SQLite format 3"));
        EXPECT(bytes.find("secret") == bytes.npos);
        EXPECT(bytes.find("CREATE TABLE") == bytes.npos);
    }
    EXPECT(files >= 4); // store.db, -wal, -shm, lock
}

CASE("a store with a wrong key is set aside whole and opens again under its right key")
{
    TempFolder dir;
    fill(dir.path, 'k');
    const Bytes before = readFile(dir / "store.db");
    auto wrong = SqlStore::open(dir.path, keyOf('x'));
    EXPECT_EQ(errorOf(wrong), std::string(name(Err::Corrupt)));
    const std::string aside = setAsideName(detailOf(wrong));
    EXPECT(aside.starts_with("store.db.unreadable-"));
    EXPECT(readFile(dir / aside) == before);
    EXPECT_EQ(errorOf(SqlStore::open(dir.path, keyOf('k'))), std::string(name(Err::NotFound)));
    // A new store beside it leaves it alone.
    { EXPECT(SqlStore::create(dir.path, keyOf('n'))); }
    EXPECT(readFile(dir / aside) == before);
    fs::remove(dir / "store.db");
    fs::rename(dir / aside, dir / "store.db");
    EXPECT(readable(dir.path, 'k'));
}

CASE("a store cut at any page or inside one is told as damaged, never as empty, and is kept")
{
    TempFolder dir;
    fill(dir.path, 'k', 5);
    const Bytes good = readFile(dir / "store.db");
    size_t opened = 0, cuts = 0;
    for (size_t n = 0; n < good.size(); n += 2048) {
        TempFolder cut;
        writeFile(cut / "store.db", good.substr(0, n));
        auto store = SqlStore::open(cut.path, keyOf('k'));
        ++cuts;
        if (store) ++opened;
        else {
            EXPECT_EQ(errorOf(store), std::string(name(Err::Corrupt)));
            EXPECT(readFile(cut / setAsideName(detailOf(store))) == good.substr(0, n));
        }
    }
    EXPECT(cuts > 20);
    EXPECT_EQ(opened, size_t(0));
}

CASE("one flipped bit on each page is found by opening or by the check, and no other content is ever read")
{
    TempFolder dir;
    fill(dir.path, 'k', 5);
    const Bytes good = readFile(dir / "store.db");
    std::mt19937 random(5);
    size_t missed = 0;
    for (size_t page = 0; page * 4096 < good.size(); ++page) {
        TempFolder bad;
        Bytes bytes = good;
        bytes[page * 4096 + random() % 4096] ^= char(1 << (random() % 8));
        writeFile(bad / "store.db", bytes);
        auto store = SqlStore::open(bad.path, keyOf('k'));
        if (!store) {
            missed += store.error().kind != Err::Corrupt;
            continue;
        }
        auto reader = (*store)->reader();
        if (!reader) continue;
        auto report = (*reader)->check();
        missed += report ? report->good() : report.error().kind != Err::Corrupt;
        auto rows = (*reader)->list(Folder::ToDo, 0, 100);
        missed += rows ? rows->size() != 5 : rows.error().kind != Err::Corrupt;
    }
    EXPECT_EQ(missed, size_t(0));
}

CASE("a store of a newer version is refused and not touched")
{
    TempFolder dir;
    fill(dir.path, 'k', 1);
    {
        auto db = Db::open(dir / "store.db", keyOf('k'), Db::Mode::Write);
        REQUIRE(db);
        (*db)->exec("PRAGMA user_version = 99");
        (*db)->keepWalOnClose(false);
    }
    const Bytes before = readFile(dir / "store.db");
    auto newer = SqlStore::open(dir.path, keyOf('k'));
    EXPECT_EQ(errorOf(newer), std::string(name(Err::TooNew)));
    EXPECT(readFile(dir / "store.db") == before);
    EXPECT(listed(dir.path).find("unreadable") == std::string::npos);
}

namespace {

//! As version 2 left what is filled here: this text does not change when the schema does.
void backTo2(const TempFolder& dir)
{
    auto db = Db::open(dir / "store.db", keyOf('k'), Db::Mode::Write);
    REQUIRE(db);
    (*db)->exec("ALTER TABLE outbox DROP COLUMN sent; PRAGMA user_version = 2;");
}

//! A closed store as it was written until 28 November 2026.
void toOldPages(const TempFolder& dir)
{
    {
        auto from = Db::open(dir / "store.db", keyOf('k'), Db::Mode::Read);
        auto to = Db::open(dir / "old", keyOf('k'), Db::Mode::Create, Db::Pages::Old);
        REQUIRE(from && to);
        EXPECT(copyPages(**from, **to));
        (*to)->keepWalOnClose(false);
    }
    for (const char* end : {"store.db-wal", "store.db-shm"}) fs::remove(dir / end); // copied with the rest
    fs::rename(dir / "old", dir / "store.db");
    EXPECT_EQ(errorOf(Db::open(dir / "store.db", keyOf('k'), Db::Mode::Read)), std::string(name(Err::Corrupt)));
}

//! A closed store of schema 1.
void fillSchema1(const TempFolder& dir)
{
    // The index of version 1 as that version wrote it. The other tables are those of 2.
    static constexpr const char* kIndexOf1 = R"(
DROP TABLE search; DELETE FROM docs; DELETE FROM to_index;
CREATE VIRTUAL TABLE search USING fts5(title, body, opinions, attachments, number, people, keys, content='', contentless_delete=1, tokenize='zt');
INSERT INTO search(rowid, title, body) VALUES(1782579200000000001, '关于防汛的通知', '请做好准备');
INSERT INTO docs(doc, stream) SELECT 1782579200000000001, stream FROM texts ORDER BY stream LIMIT 1;
PRAGMA user_version = 1;
)";
    static constexpr const char* kTablesOf1[] = {"meta", "names", "streams", "events", "outbox", "marks", "list", "folder_rows", "counts", "drafts", "blobs",
                                                 "blob_trash", "people", "people_keys", "texts", "to_index", "docs", "search"};
    fill(dir.path, 'k', 2);
    {
        auto store = SqlStore::open(dir.path, keyOf('k'));
        REQUIRE(store);
        for (int i = 0; i < 3; ++i) {
            const IndexText t{.title = "关于防汛的通知", .body = "请做好准备"};
            EXPECT(put(**store, [&](Tx& tx) { return tx.putRow(rowOf("text/" + std::to_string(i), 1'700'000'000'000 + i, bit(Folder::Done)), &t); }));
        }
    }
    {
        backTo2(dir);
        auto db = Db::open(dir / "store.db", keyOf('k'), Db::Mode::Write);
        REQUIRE(db);
        (*db)->exec(kIndexOf1);
        for (const char* table : kTablesOf1) {
            Query q = (*db)->query("SELECT count(*) FROM sqlite_schema WHERE name = ?");
            EXPECT(q.bind(std::string_view(table)).next() && q.number(0) == 1);
        }
        Query hmac = (*db)->query("PRAGMA cipher_hmac_algorithm");
        EXPECT(hmac.next() && hmac.text(0) == "HMAC_SHA256");
        Query page = (*db)->query("PRAGMA cipher_page_size");
        EXPECT(page.next() && page.text(0) == "4096");
    }
    toOldPages(dir);
}

void expectAllOfSchema1(const TempFolder& dir)
{
    EXPECT(readable(dir.path, 'k', 2));
    auto store = SqlStore::open(dir.path, keyOf('k'));
    REQUIRE(store);
    auto reader = (*store)->reader();
    REQUIRE(reader);
    EXPECT((*reader)->search("防汛")->building); // the answer says that it is not whole yet
    indexAll(**store);
    const auto answer = (*reader)->search("防汛", Reader::Order::Newest);
    REQUIRE(answer);
    EXPECT(!answer->building);
    REQUIRE(answer->hits.size() == 3);
    EXPECT_EQ(answer->hits[0].stream, std::string("text/2"));
    EXPECT_EQ(answer->hits[2].stream, std::string("text/0"));
}

using Call = sqlite3_syscall_ptr;
long g_callsLeft = 0;

// Before the call that is counted out the process is gone.
void count()
{
    if (--g_callsLeft == 0) ::kill(::getpid(), SIGKILL);
}

template <int, class R, class... A>
struct Counted {
    static inline R (*s_real)(A...) = nullptr;
    static R call(A... a)
    {
        count();
        return s_real(a...);
    }
};

template <int N, class R, class... A>
void countCalls(const char* name, R (*)(A...))
{
    sqlite3_vfs* vfs = sqlite3_vfs_find(nullptr);
    Counted<N, R, A...>::s_real = reinterpret_cast<R (*)(A...)>(vfs->xGetSystemCall(vfs, name));
    if (!Counted<N, R, A...>::s_real) return; // not in this build of SQLite
    ZT_CHECK(vfs->xSetSystemCall(vfs, name, reinterpret_cast<Call>(&Counted<N, R, A...>::call)) == SQLITE_OK);
}

// Every call by which SQLite changes a file or makes it last.
void killAtChange(long nth)
{
    g_callsLeft = nth;
    countCalls<0>("pwrite64", static_cast<ssize_t (*)(int, const void*, size_t, off_t)>(nullptr));
    countCalls<1>("pwrite", static_cast<ssize_t (*)(int, const void*, size_t, off_t)>(nullptr));
    countCalls<2>("write", static_cast<ssize_t (*)(int, const void*, size_t)>(nullptr));
    countCalls<3>("ftruncate", static_cast<int (*)(int, off_t)>(nullptr));
    countCalls<4>("fallocate", static_cast<int (*)(int, off_t, off_t)>(nullptr));
    countCalls<5>("unlink", static_cast<int (*)(const char*)>(nullptr));
}

} // namespace

CASE("schema 1: a store as it was left opens with everything in it, and its index is made anew")
{
    TempFolder dir;
    fillSchema1(dir);
    expectAllOfSchema1(dir);
}

CASE("schema 2: of a command from before nobody knows whether it left this PC")
{
    TempFolder dir;
    fill(dir.path, 'k', 2);
    {
        auto store = SqlStore::open(dir.path, keyOf('k'));
        REQUIRE(store);
        EXPECT(put(**store, [&](Tx& tx) -> Result<void> {
            ZT_LET(seq, tx.putOutbox(test::contract::command("before", "text/0")));
            (void)seq;
            return {};
        }));
    }
    backTo2(dir);
    toOldPages(dir);
    EXPECT(readable(dir.path, 'k', 2));
    EXPECT_EQ(listed(dir.path), std::string("lock store.db "));
    auto store = SqlStore::open(dir.path, keyOf('k'));
    REQUIRE(store);
    EXPECT(put(**store, [&](Tx& tx) -> Result<void> {
        ZT_LET(seq, tx.putOutbox(test::contract::command("behind", "text/0")));
        (void)seq;
        ZT_LET(before, tx.outbox("before"));
        ZT_LET(behind, tx.outbox("behind"));
        EXPECT(before && before->sent && before->command.bytes() == "signed bytes of before" && behind && !behind->sent);
        return {};
    }));
}

CASE("old pages: what stands in the log only is carried over too, nothing is left beside the store, and its pages are ours")
{
    TempFolder dir;
    fill(dir.path, 'k', 2);
    toOldPages(dir);
    {
        auto old = Db::open(dir / "store.db", keyOf('k'), Db::Mode::Write, Db::Pages::Old);
        REQUIRE(old);
        (*old)->exec("INSERT INTO meta(key, value) VALUES('only', 'logged')");
    } // its log stays
    EXPECT(fs::file_size(dir / "store.db-wal") > 0);
    EXPECT(readable(dir.path, 'k', 2));
    EXPECT_EQ(listed(dir.path), std::string("lock store.db "));
    auto store = SqlStore::open(dir.path, keyOf('k'));
    REQUIRE(store);
    EXPECT(put(**store, [](Tx& tx) -> Result<void> {
        ZT_LET(value, tx.meta("only"));
        EXPECT(value && *value == "logged");
        return {};
    }));
}

CASE("old pages: a damaged one, another key, a full disk")
{
    TempFolder dir;
    fill(dir.path, 'k', 2);
    toOldPages(dir);
    const Bytes whole = readFile(dir / "store.db");
    Bytes bad = whole;
    bad[bad.size() / 2] ^= 1;
    writeFile(dir / "store.db", bad);
    const auto damaged = SqlStore::open(dir.path, keyOf('k'));
    EXPECT_EQ(errorOf(damaged), std::string(name(Err::Corrupt)));
    EXPECT(readFile(dir / setAsideName(detailOf(damaged))) == bad);
    for (const auto& e : fs::directory_iterator(dir.path)) EXPECT(e.path().filename().string().find("carried") == std::string::npos);

    writeFile(dir / "store.db", whole);
    const auto wrong = SqlStore::open(dir.path, keyOf('x'));
    EXPECT_EQ(errorOf(wrong), std::string(name(Err::Corrupt)));
    EXPECT(readFile(dir / setAsideName(detailOf(wrong))) == whole);

    writeFile(dir / "store.db", whole);
    const pid_t child = ::fork();
    if (child == 0) {
        ::signal(SIGXFSZ, SIG_IGN);
        const rlimit most{whole.size() / 2, whole.size() / 2};
        ::setrlimit(RLIMIT_FSIZE, &most);
        const auto full = SqlStore::open(dir.path, keyOf('k'));
        ::_exit(!full && full.error().kind == Err::DiskFull ? 0 : 1);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    EXPECT(readFile(dir / "store.db") == whole);
    EXPECT(!fs::exists(dir / "store.db.carried"));
    EXPECT(readable(dir.path, 'k', 2));
}

CASE("schema 1: killed before any write of the migration and of the closing after it, the store opens with everything in it")
{
    TempFolder old;
    fillSchema1(old);
    int kills = 0;
    for (long n = 1;; ++n) {
        TempFolder dir;
        fs::copy(old.path, dir.path, fs::copy_options::recursive | fs::copy_options::overwrite_existing);
        const pid_t child = ::fork();
        if (child == 0) {
            killAtChange(n);
            { if (!SqlStore::open(dir.path, keyOf('k'))) ::_exit(1); }
            ::_exit(0);
        }
        int status = -1;
        ::waitpid(child, &status, 0);
        expectAllOfSchema1(dir);
        if (WIFEXITED(status)) {
            EXPECT_EQ(WEXITSTATUS(status), 0);
            break;
        }
        REQUIRE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        ++kills;
    }
    EXPECT(kills > 20);
}

CASE("two processes on one store: the second is told, the first goes on")
{
    TempFolder dir;
    fill(dir.path, 'k', 1);
    auto store = SqlStore::open(dir.path, keyOf('k'));
    REQUIRE(store);
    const pid_t child = ::fork();
    if (child == 0) {
        const auto second = SqlStore::open(dir.path, keyOf('k'));
        ::_exit(!second && second.error().kind == Err::Busy ? 0 : 1);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    EXPECT_EQ(errorOf(SqlStore::open(dir.path, keyOf('k'))), std::string(name(Err::Busy))); // also within one process
    EXPECT(put(**store, [](Tx& tx) { return tx.setMeta("a", "b"); }));
    store->reset();
    EXPECT(SqlStore::open(dir.path, keyOf('k')));
}

CASE("a store on a network file system is refused before anything is opened")
{
    TempFolder dir;
    for (auto* type : {nfs, cifs}) {
        const SqlStore::Options options{.fileSystem = type};
        EXPECT_EQ(errorOf(SqlStore::create(dir.path, keyOf('k'), options)), std::string(name(Err::NetworkFs)));
        EXPECT_EQ(listed(dir.path), std::string(""));
    }
    const SqlStore::Options local{.fileSystem = ext4};
    { EXPECT(SqlStore::create(dir.path, keyOf('k'), local)); }
    const SqlStore::Options options{.fileSystem = nfs};
    EXPECT_EQ(errorOf(SqlStore::open(dir.path, keyOf('k'), options)), std::string(name(Err::NetworkFs)));
    for (int64_t type : {0x517bLL, 0xfe534d42LL, 0x01021997LL, 0x00c36400LL}) EXPECT(!refuseNetwork(type, dir.path));
    for (int64_t type : {0xef53LL, 0x58465342LL, 0x9123683eLL, 0x01021994LL, 0x794c7630LL}) EXPECT(refuseNetwork(type, dir.path));
    ZT_CHECK(fileSystemType(dir.path));
}

CASE("no store, and a store already there")
{
    TempFolder dir;
    EXPECT_EQ(errorOf(SqlStore::open(dir.path, keyOf('k'))), std::string(name(Err::NotFound)));
    { EXPECT(SqlStore::create(dir.path, keyOf('k'))); }
    const Bytes before = readFile(dir / "store.db");
    EXPECT_EQ(errorOf(SqlStore::create(dir.path, keyOf('k'))), std::string(name(Err::Exists)));
    EXPECT(readFile(dir / "store.db") == before);
    EXPECT_EQ(errorOf(SqlStore::open(dir / "nowhere", keyOf('k'))), std::string(name(Err::NotFound)));
    EXPECT_EQ(errorOf(SqlStore::open(dir.path, secret("short"))), std::string(name(Err::Invalid)));
}

CASE("the log of another store is not written into this one")
{
    TempFolder mine, other;
    fill(mine.path, 'k');
    {
        auto store = SqlStore::create(other.path, keyOf('o'));
        REQUIRE(store);
        EXPECT(put(**store, [](Tx& tx) { return putChain(tx, "matter/x", 30); }));
        fs::copy_file(other / "store.db-wal", mine / "store.db-wal"); // while it is open: the log is full
    }
    const Bytes before = readFile(mine / "store.db");
    auto mixed = SqlStore::open(mine.path, keyOf('k'));
    EXPECT_EQ(errorOf(mixed), std::string(name(Err::Corrupt)));
    const std::string aside = setAsideName(detailOf(mixed));
    REQUIRE(!aside.empty());
    EXPECT(readFile(mine / aside) == before);
    EXPECT(fs::exists(mine / (aside + "-wal")));
    fs::rename(mine / aside, mine / "store.db"); // without the foreign log it is whole
    EXPECT(readable(mine.path, 'k'));
}

CASE("a log that is missing loses what was in it and nothing else")
{
    TempFolder dir, copy;
    fill(dir.path, 'k');
    auto store = SqlStore::open(dir.path, keyOf('k'));
    REQUIRE(store);
    EXPECT(put(**store, [](Tx& tx) { return tx.setMeta("late", "x"); }));
    fs::copy_file(dir / "store.db", copy / "store.db"); // copied while open, without its log
    EXPECT(readable(copy.path, 'k'));
    TempFolder both;
    for (const char* f : {"store.db", "store.db-wal"}) fs::copy_file(dir / f, both / f); // with it, as after a crash
    auto crashed = SqlStore::open(both.path, keyOf('k'));
    REQUIRE(crashed);
    EXPECT((*crashed)->read([](sync::Tx& tx) -> Result<void> {
        ZT_LET(late, tx.meta("late"));
        EXPECT(late == Bytes("x"));
        return {};
    }));
}

CASE("killed while writing: every acknowledged transaction is there")
{
    TempFolder dir;
    { EXPECT(SqlStore::create(dir.path, keyOf('k'))); }
    std::mt19937 random(std::random_device{}());
    uint64_t acknowledged = 0;
    for (int round = 0; round < 10; ++round) {
        int pipe[2];
        ZT_CHECK(::pipe(pipe) == 0);
        const pid_t child = ::fork();
        if (child == 0) {
            auto store = SqlStore::open(dir.path, keyOf('k'));
            if (!store) ::_exit(1);
            for (uint64_t n = acknowledged + 1;; ++n) {
                if (!put(**store, [&](Tx& tx) { return tx.setMeta("n", std::to_string(n)); })) ::_exit(2);
                if (::write(pipe[1], &n, sizeof n) != sizeof n) ::_exit(3);
            }
        }
        ::close(pipe[1]);
        uint64_t n = 0;
        for (auto some = 2 + random() % 30; some-- && ::read(pipe[0], &n, sizeof n) == sizeof n;) acknowledged = n; // however long they take
        ::usleep(random() % 3'000);
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
        while (::read(pipe[0], &n, sizeof n) == sizeof n) acknowledged = n;
        ::close(pipe[0]);
        auto store = SqlStore::open(dir.path, keyOf('k'));
        REQUIRE(store);
        EXPECT((*store)->read([&](sync::Tx& tx) -> Result<void> {
            ZT_LET(value, tx.meta("n"));
            const uint64_t kept = value ? std::stoull(*value) : 0;
            EXPECT(kept >= acknowledged && kept <= acknowledged + 1);
            acknowledged = kept;
            return {};
        }));
    }
    EXPECT(acknowledged > 10);
}

CASE("disk full: the transaction is refused as such, what was there stays, and writing works again with room")
{
    TempFolder dir;
    const bool mounted = ::mount("tmpfs", dir.path.c_str(), "tmpfs", 0, "size=3m") == 0;
    // Without the right to mount, a limit on file sizes stands in for the small disk.
    rlimit old{};
    ::getrlimit(RLIMIT_FSIZE, &old);
    ::signal(SIGXFSZ, SIG_IGN);
    {
        auto store = SqlStore::create(dir.path, keyOf('k'));
        REQUIRE(store);
        EXPECT(put(**store, [](Tx& tx) { return tx.setMeta("kept", "yes"); }));
        if (!mounted) {
            rlimit small{2u << 20, old.rlim_max};
            ::setrlimit(RLIMIT_FSIZE, &small);
        }
        std::string refused = "none";
        int written = 0;
        for (; written < 200 && refused == "none"; ++written)
            refused = errorOf(put(**store, [&](Tx& tx) { return tx.setMeta("big" + std::to_string(written), systemRandom().bytes(100'000)); }));
        EXPECT_EQ(refused, std::string(name(Err::DiskFull)));
        EXPECT((*store)->read([&](sync::Tx& tx) -> Result<void> {
            ZT_LET(kept, tx.meta("kept"));
            EXPECT(kept == Bytes("yes"));
            ZT_LET(last, tx.meta("big" + std::to_string(written - 1)));
            EXPECT(!last);
            return {};
        }));
        if (mounted) ::mount("tmpfs", dir.path.c_str(), "tmpfs", MS_REMOUNT, "size=64m");
        else ::setrlimit(RLIMIT_FSIZE, &old);
        EXPECT_EQ(errorOf(put(**store, [](Tx& tx) { return tx.setMeta("again", "yes"); })), std::string("none"));
    }
    if (mounted) {
        EXPECT(SqlStore::open(dir.path, keyOf('k')));
        ::umount(dir.path.c_str());
    }
}

CASE("disk full while a vault is written: the old vault stays")
{
    TempFolder dir;
    if (::mount("tmpfs", dir.path.c_str(), "tmpfs", 0, "size=64k") != 0) {
        std::printf("  (not run: needs the right to mount)\n");
        return;
    }
    const auto word = secret("word"), seed = keyOf('s'), box = keyOf('b');
    EXPECT(Vault::create(dir.path, {.passphrase = &word, .signingSeed = &seed, .boxSecret = &box, .kdf = cheap()}, systemRandom()));
    const Bytes before = readFile(dir / "vault.bin");
    writeFile(dir / "filler", Bytes(200'000, 'x'));
    auto vault = Vault::read(dir.path);
    REQUIRE(vault);
    EXPECT_EQ(errorOf(vault->changePassphrase(secret("word"), secret("new"), cheap())), std::string(name(Err::DiskFull)));
    EXPECT(readFile(dir / "vault.bin") == before);
    EXPECT(vault->unlock(secret("word"))); // in memory too
    EXPECT(listed(dir.path).find(".part") == std::string::npos);
    ::umount(dir.path.c_str());
}

CASE("a read-only folder is told as such")
{
    TempFolder dir;
    fill(dir.path, 'k', 1);
    bool readOnly = false, bound = false;
    if (::geteuid() == 0) {
        bound = ::mount(dir.path.c_str(), dir.path.c_str(), nullptr, MS_BIND, nullptr) == 0;
        readOnly = bound && ::mount(nullptr, dir.path.c_str(), nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr) == 0;
    } else {
        fs::permissions(dir.path, fs::perms::owner_read | fs::perms::owner_exec);
        fs::permissions(dir / "lock", fs::perms::owner_read);
        readOnly = true;
    }
    if (readOnly) {
        EXPECT_EQ(errorOf(SqlStore::open(dir.path, keyOf('k'))), std::string(name(Err::ReadOnly)));
        EXPECT_EQ(errorOf(SqlStore::create(dir.path, keyOf('k'))), std::string(name(Err::ReadOnly)));
    } else {
        std::printf("  (not run: needs the right to mount)\n");
    }
    if (bound) ::umount(dir.path.c_str());
    fs::permissions(dir.path, fs::perms::owner_all);
    fs::permissions(dir / "lock", fs::perms::owner_all);
    EXPECT(readable(dir.path, 'k', 1));
}

CASE("errors of SQLite and of the system become kinds")
{
    auto kind = [](int code, int number) { return std::string(name(sqlError(code, number, "x").kind)); };
    EXPECT_EQ(kind(SQLITE_FULL, 0), std::string(name(Err::DiskFull)));
    EXPECT_EQ(kind(SQLITE_IOERR_WRITE, EDQUOT), std::string(name(Err::DiskFull)));
    EXPECT_EQ(kind(SQLITE_IOERR_WRITE, EIO), std::string(name(Err::Io)));
    EXPECT_EQ(kind(SQLITE_IOERR_SHMOPEN, EROFS), std::string(name(Err::ReadOnly)));
    EXPECT_EQ(kind(SQLITE_READONLY_DIRECTORY, 0), std::string(name(Err::ReadOnly)));
    EXPECT_EQ(kind(SQLITE_CANTOPEN, EACCES), std::string(name(Err::ReadOnly)));
    EXPECT_EQ(kind(SQLITE_CANTOPEN, ENOENT), std::string(name(Err::NotFound)));
    EXPECT_EQ(kind(SQLITE_CORRUPT_VTAB, 0), std::string(name(Err::Corrupt)));
    EXPECT_EQ(kind(SQLITE_NOMEM, 0), std::string(name(Err::Corrupt))); // a page that does not authenticate
    EXPECT_EQ(kind(SQLITE_NOTADB, 0), std::string(name(Err::Corrupt)));
    EXPECT_EQ(kind(SQLITE_BUSY_SNAPSHOT, 0), std::string(name(Err::Busy)));
    EXPECT_EQ(kind(SQLITE_INTERRUPT, 0), std::string(name(Err::Cancelled)));
    EXPECT_EQ(kind(SQLITE_CONSTRAINT_PRIMARYKEY, 0), std::string(name(Err::Exists)));
    EXPECT_EQ(kind(SQLITE_TOOBIG, 0), std::string(name(Err::TooLarge)));
    EXPECT_EQ(std::string(name(fileError(ENOSPC, "x").kind)), std::string(name(Err::DiskFull)));
    EXPECT_EQ(std::string(name(fileError(EROFS, "x").kind)), std::string(name(Err::ReadOnly)));
}

CASE("the check finds a stream with a gap, a broken chain, or fewer events than noted")
{
    TempFolder dir;
    auto store = SqlStore::create(dir.path, keyOf('k'));
    REQUIRE(store);
    EXPECT(put(**store, [](Tx& tx) -> Result<void> {
        for (const char* s : {"good", "gap", "chain", "short"}) ZT_TRY(putChain(tx, s, 5));
        ZT_TRY(tx.putStream({.stream = "short", .granted = true, .have = 6, .head = 6}));
        ZT_TRY(tx.truncateStream("gap", 2));
        ZT_TRY(tx.appendEvent(chain("gap", 5)[3]));
        ZT_TRY(tx.truncateStream("chain", 4));
        auto last = chain("chain", 5)[4];
        last.set_body("other");
        return tx.appendEvent(last);
    }));
    auto reader = (*store)->reader();
    REQUIRE(reader);
    auto report = (*reader)->check();
    REQUIRE(report);
    EXPECT_EQ(report->brokenStreams, size_t(3));
    EXPECT_EQ(report->badPages, size_t(0));
    EXPECT_EQ(report->structure, size_t(0));
}

CASE("the log stays small while much is written")
{
    TempFolder dir;
    auto store = SqlStore::create(dir.path, keyOf('k'));
    REQUIRE(store);
    auto reader = (*store)->reader();
    REQUIRE(reader);
    uintmax_t largest = 0;
    for (int i = 0; i < 150; ++i) {
        EXPECT(put(**store, [&](Tx& tx) -> Result<void> {
            for (int n = 0; n < 10; ++n) ZT_TRY(tx.setMeta(std::to_string(i * 10 + n), Bytes(100'000, 'x')));
            return {};
        }));
        (void)(*reader)->counts();
        largest = std::max(largest, fs::file_size(dir / "store.db-wal"));
    }
    EXPECT(largest < (64u << 20));
    EXPECT(fs::file_size(dir / "store.db") > (100u << 20));
}

CASE("a transaction larger than the page cache commits whole")
{
    TempFolder dir;
    auto store = SqlStore::create(dir.path, keyOf('k'));
    REQUIRE(store);
    const Bytes value = systemRandom().bytes(200'000);
    EXPECT_EQ(errorOf(put(**store, [&](Tx& tx) -> Result<void> {
        for (int i = 0; i < 250; ++i) ZT_TRY(tx.setMeta(std::to_string(i), value)); // 50 MB, three times the cache
        for (int i = 0; i < 250; i += 2) ZT_TRY(tx.setMeta(std::to_string(i), "short")); // pages that went out come back
        return {};
    })), std::string("none"));
    EXPECT((*store)->read([&](sync::Tx& tx) -> Result<void> {
        for (int i = 0; i < 250; ++i) {
            ZT_LET(back, tx.meta(std::to_string(i)));
            EXPECT(back == (i % 2 ? value : Bytes("short")));
        }
        return {};
    }));
}

CASE("dropping a stream leaves no row of it in any table")
{
    TempFolder dir;
    auto store = SqlStore::create(dir.path, keyOf('k'));
    REQUIRE(store);
    EXPECT(put(**store, [](Tx& tx) -> Result<void> {
        ZT_TRY(putChain(tx, "matter/1", 5));
        ZT_TRY(tx.putMark("matter/1", "read", 1, true));
        BlobRow b;
        b.blob = Bytes(32, 'b');
        b.stream = "matter/1";
        ZT_TRY(tx.putBlob(b));
        const IndexText text{.title = "标题", .body = "正文"};
        return tx.putRow(rowOf("matter/1", 5, bit(Folder::ToDo)), &text);
    }));
    indexAll(**store);
    EXPECT(put(**store, [](Tx& tx) { return tx.dropStream("matter/1"); }));
    store->reset();
    auto db = Db::open(dir / "store.db", keyOf('k'), Db::Mode::Read);
    REQUIRE(db);
    for (const char* sql : {"SELECT count(*) FROM names", "SELECT count(*) FROM streams", "SELECT count(*) FROM events", "SELECT count(*) FROM marks",
                            "SELECT count(*) FROM list", "SELECT count(*) FROM folder_rows", "SELECT count(*) FROM blobs", "SELECT count(*) FROM texts",
                            "SELECT count(*) FROM to_index", "SELECT count(*) FROM docs", "SELECT count(*) FROM search"}) {
        Query q = (*db)->query(sql);
        EXPECT(q.next());
        EXPECT_EQ(std::string(sql) + " " + std::to_string(q.number(0)), std::string(sql) + " 0");
    }
}

CASE("erasing an event leaves nothing of its stream in lists, search and files, and the events with one body less")
{
    TempFolder dir;
    auto store = SqlStore::create(dir.path, keyOf('k'));
    REQUIRE(store);
    EXPECT(put(**store, [](Tx& tx) -> Result<void> {
        for (const char* stream : {"matter/1", "matter/2"}) {
            ZT_TRY(putChain(tx, stream, 5));
            BlobRow b;
            b.blob = Bytes(32, stream[7]);
            b.stream = stream;
            ZT_TRY(tx.putBlob(b));
            const IndexText text{.title = "标题", .body = "正文"};
            ZT_TRY(tx.putRow(rowOf(stream, 5, bit(Folder::ToDo)), &text));
        }
        return {};
    }));
    indexAll(**store);
    EXPECT(put(**store, [](Tx& tx) { return tx.eraseEvent("matter/1", 3, "rule"); }));
    auto reader = std::move(*(*store)->reader());
    const auto found = reader->search("标题", Reader::Order::Newest);
    EXPECT(found && found->hits.size() == 1);
    EXPECT(reader->rowsOf({"matter/1"})->empty() && reader->rowsOf({"matter/2"})->size() == 1);
    EXPECT(reader->blobsOf("matter/1")->empty() && reader->blobsOf("matter/2")->size() == 1);
    EXPECT(put(**store, [](Tx& tx) -> Result<void> {
        ZT_LET(trash, tx.trash());
        EXPECT(trash.size() == 1 && trash[0] == Bytes(32, '1'));
        ZT_LET(events, tx.events("matter/1"));
        EXPECT(events.size() == 5 && events[2].body().empty() && !events[1].body().empty());
        return {};
    }));
}

CASE("no statement on a growing table scans it")
{
    TempFolder dir;
    fill(dir.path, 'k', 3);
    auto store = SqlStore::open(dir.path, keyOf('k'));
    REQUIRE(store);
    auto reader = std::move(*(*store)->reader());
    EXPECT(put(**store, [&](Tx& tx) -> Result<void> { // everything once
        sync::OutboxRow row;
        row.id = "c";
        row.stream = "matter/1";
        ZT_TRY(tx.putOutbox(row));
        ZT_TRY(tx.waitingLeaves());
        ZT_TRY(tx.outbox("c"));
        ZT_TRY(tx.outboxOf("matter/1"));
        ZT_TRY(tx.outboxIn(sync::OutboxRow::Waiting));
        ZT_TRY(tx.setMeta("a", "b"));
        ZT_TRY(tx.meta("a"));
        ZT_TRY(tx.stream("matter/1"));
        ZT_TRY(tx.streams());
        ZT_TRY(tx.gaps());
        ZT_TRY(tx.events("matter/1"));
        ZT_TRY(tx.truncateStream("matter/1", 3));
        ZT_TRY(tx.putMark("matter/1", "read", 1, false));
        ZT_TRY(tx.mark("matter/1", "read"));
        ZT_TRY(tx.unsentMarks());
        ZT_TRY(tx.row("matter/1"));
        DraftRow d;
        d.id = "d";
        ZT_TRY(tx.putDraft(d));
        ZT_TRY(tx.draft("d"));
        ZT_TRY(tx.deleteDraft("d"));
        BlobRow b;
        b.blob = "b";
        ZT_TRY(tx.putBlob(b));
        ZT_TRY(tx.blob("b"));
        ZT_TRY(tx.blobsOf("matter/1"));
        ZT_TRY(tx.uploads());
        ZT_TRY(tx.deleteBlob("b"));
        ZT_TRY(tx.trash());
        ZT_TRY(tx.forgetTrash("b"));
        ZT_TRY(tx.putPerson({"p", "王小明", "处长"}));
        const IndexText text{.title = "新"};
        ZT_TRY(tx.putRow(rowOf("matter/1", 9, bit(Folder::Sent)), &text));
        ZT_TRY(tx.indexSlice(1000));
        ZT_TRY(tx.removeRow("matter/0"));
        ZT_TRY(tx.eraseEvent("matter/1", 1, "rule"));
        ZT_TRY(tx.dropOutbox("c"));
        return tx.dropStream("matter/2");
    }));
    for (auto order : {Reader::Order::Auto, Reader::Order::Best, Reader::Order::Newest}) EXPECT(reader->search("新", order));
    EXPECT(reader->list(Folder::ToDo, 0, 10) && reader->rowsOf({"matter/1"}) && reader->counts() && reader->drafts() && reader->draft("d"));
    EXPECT(reader->blob("b") && reader->blobsOf("matter/1") && reader->outbox(50) && reader->meta("a") && reader->search("wang"));
    std::vector<std::string> plans = (*store)->explain();
    for (std::string& p : reader->explain()) plans.push_back(std::move(p));
    EXPECT(plans.size() > 50);
    // Whole by their nature: asked for as a whole (streams), never large (counts, drafts), or ended at the first entry of an index.
    const std::string allowed[] = {"FROM streams s JOIN names", "FROM counts", "FROM drafts ORDER BY", "FROM to_index ORDER BY time DESC, stream DESC LIMIT "};
    for (const std::string& plan : plans) {
        // A virtual table's "SCAN" is its own index; a subquery's result is at most one page.
        const bool scan = plan.find(": SCAN ") != plan.npos && plan.find("VIRTUAL TABLE INDEX") == plan.npos && plan.find(": SCAN f") == plan.npos
                          && plan.find(": SCAN CONSTANT ROW") == plan.npos;
        const bool sorts = plan.find("TEMP B-TREE") != plan.npos;
        if (!scan && !sorts) continue;
        bool known = false;
        for (const std::string& a : allowed) known = known || plan.find(a) != plan.npos;
        if (!known) EXPECT_EQ(plan, std::string("an index"));
    }
}

CASE("opening reads as many pages of a large store as of a small one")
{
    auto pagesRead = [](int streams) {
        TempFolder dir;
        fill(dir.path, 'k', streams);
        int misses = -1, ignored = 0;
        auto db = Db::open(dir / "store.db", keyOf('k'), Db::Mode::Write);
        if (db && migrate(**db)) sqlite3_db_status((*db)->handle(), SQLITE_DBSTATUS_CACHE_MISS, &misses, &ignored, 0);
        return misses;
    };
    const int small = pagesRead(2), large = pagesRead(300);
    EXPECT(small > 0);
    EXPECT_EQ(large, small);
}

CASE("backup and restore: everything comes back, nothing is overwritten, nothing is in the clear")
{
    TempFolder dir, out;
    const auto word = secret("word"), seed = keyOf('s'), box = keyOf('b');
    auto opened = Vault::create(dir.path, {.passphrase = &word, .signingSeed = &seed, .boxSecret = &box, .kdf = cheap()}, systemRandom());
    REQUIRE(opened);
    fs::create_directory(dir / "blobs");
    writeFile(dir / "blobs/one", "sealed");
    auto store = SqlStore::create(dir.path, opened->storeKey);
    REQUIRE(store);
    EXPECT(put(**store, [](Tx& tx) -> Result<void> {
        for (int i = 0; i < 40; ++i) {
            ZT_TRY(putChain(tx, "matter/" + std::to_string(i), 20));
            ZT_TRY(tx.putRow(rowOf("matter/" + std::to_string(i), i, bit(Folder::ToDo)), nullptr));
        }
        return {};
    }));
    auto reader = std::move(*(*store)->reader());
    EXPECT_EQ(errorOf(backup(*reader, dir.path, opened->storeKey, dir / "inside")), std::string(name(Err::Invalid)));
    EXPECT_EQ(errorOf(backup(*reader, dir.path, opened->storeKey, out / "copy")), std::string("none"));
    EXPECT_EQ(errorOf(backup(*reader, dir.path, opened->storeKey, out / "copy")), std::string(name(Err::Exists)));
    EXPECT_EQ(listed(out.path), std::string("copy "));
    EXPECT_EQ(listed(out / "copy"), std::string("blobs store.db vault.bin "));
    const Bytes bytes = readFile(out / "copy/store.db");
    EXPECT(bytes.size() > 100'000 && !bytes.starts_with("SQLite format 3") && bytes.find("secret words") == bytes.npos);
    EXPECT(put(**store, [](Tx& tx) { return tx.setMeta("after", "the backup"); })); // the store goes on

    EXPECT_EQ(errorOf(restoreBackup(out / "copy", dir.path)), std::string(name(Err::Exists)));
    EXPECT_EQ(errorOf(restoreBackup(out.path, out / "x")), std::string(name(Err::NotFound)));
    EXPECT_EQ(errorOf(restoreBackup(out / "copy", out / "account")), std::string("none"));
    EXPECT_EQ(readFile(out / "account/blobs/one"), Bytes("sealed"));
    auto vault = Vault::read(out / "account");
    REQUIRE(vault);
    auto again = vault->unlock(secret("word"));
    REQUIRE(again);
    auto restored = SqlStore::open(out / "account", again->storeKey);
    REQUIRE(restored);
    auto check = (*(*restored)->reader())->check();
    REQUIRE(check);
    EXPECT(check->good());
    EXPECT_EQ(check->events, size_t(800));
}

} // namespace zt::store
