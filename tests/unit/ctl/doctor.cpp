#include "ctl.h"

#include "zt/hub/backup_stamp.h"
#include "zt/test/port.h"

#include <map>
#include <set>
#include <sqlite3.h>
#include <sys/stat.h>

using namespace zt;
using namespace zt::test;

namespace {

constexpr Millis kOneDay = 86'400'000;

struct ShiftedClock final : Clock {
    Millis by;
    explicit ShiftedClock(Millis shift) : by(shift) {}
    [[nodiscard]] Millis now() const override { return systemClock().now() + by; }
    [[nodiscard]] Millis steady() const override { return systemClock().steady(); }
};

//! A province as createProvince leaves it, with three events and a backup just made: nothing is wrong with it.
struct Installation : Temp {
    fs::path dir = path / "hub";
    int port = freePort();
    explicit Installation(Millis age = 0, bool backedUp = true)
    {
        const ShiftedClock clock(-age);
        hub::ProvinceOptions o;
        o.bind = "127.0.0.1";
        o.port = port;
        o.enrolPort = freePort();
        ZT_CHECK(hub::createProvince(dir, o, clock, systemRandom()));
        write(clock);
        if (backedUp) ZT_CHECK(hub::leaveStamp(dir, {systemClock().now(), 1}));
    }
    //! An event of the directory at the clock's time.
    void write(const Clock& clock) const
    {
        auto hub = hub::OpenHub::open(dir, clock, systemRandom());
        ZT_CHECK(hub);
        const auto key = hub::makeAdminKey("a", "a", wire::ROLE_SYSTEM, hub->folder.config().hubId, systemRandom());
        const auto key2 = hub::makeAdminKey("b", "b", wire::ROLE_SECURITY, hub->folder.config().hubId, systemRandom());
        const auto key3 = hub::makeAdminKey("c", "c", wire::ROLE_AUDIT, hub->folder.config().hubId, systemRandom());
        ZT_CHECK(hub::putFirstRoles(*hub->core, {&key, &key2, &key3}));
    }
    void configure(const std::function<void(hub::HubConfig&)>& change) const
    {
        auto config = *hub::parseConfig(slurp(dir / "hub.json"));
        change(config);
        spill(dir / "hub.json", hub::formatConfig(config));
    }
    void run(const std::string& sql) const
    {
        sqlite3* db = nullptr;
        ZT_CHECK(sqlite3_open((dir / "hub.db").c_str(), &db) == SQLITE_OK);
        char* why = nullptr;
        if (sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &why) != SQLITE_OK) failed("sqlite", 0, why);
        sqlite3_close(db);
    }
    void certify(Millis from, Millis to) const
    {
        const auto folder = hub::HubFolder::open(dir);
        ZT_CHECK(folder);
        const auto key = crypto::SigningKey::generate(systemRandom());
        const Millis now = systemClock().now();
        spill(dir / "hub.pem", *crypto::issue(*folder->caKey(), *folder->caPem(), {"localhost", {"localhost"}, key.publicKey(), now + from, now + to, true}));
        spill(dir / "hub.key", *crypto::privateKeyPem(key));
    }
};

//! What is found with its grade, the ok ones left out; and every line is what the documents say.
std::multimap<std::string, std::string> found(const fs::path& dir, int code, const std::vector<std::string>& more = {})
{
    std::vector<std::string> args{"doctor", dir.string(), "--json"};
    args.insert(args.end(), more.begin(), more.end());
    const auto ran = ctl(args);
    if (ran.code != code) failed("doctor", ran.code, ran.out);
    std::multimap<std::string, std::string> out;
    std::istringstream lines(ran.out);
    for (std::string line; std::getline(lines, line);) {
        const auto j = nlohmann::json::parse(line, nullptr, false);
        if (!j.is_object()) {
            failed("doctor", 0, line);
            continue;
        }
        const bool ok = j["grade"] == "ok";
        EXPECT(!j["found"].get<std::string>().empty());
        EXPECT_EQ(j.contains("action") && !j["action"].get<std::string>().empty(), !ok);
        if (!ok && j["code"] != "files_limit" && j["code"] != "listen_backlog") out.emplace(j["code"], j["grade"]); // those two are this machine's
    }
    return out;
}

//! The fault and nothing but the fault is found.
void expectOnly(const Installation& i, const std::string& code, const std::string& grade, const std::vector<std::string>& more = {})
{
    const auto all = found(i.dir, grade == "error" ? 1 : 0, more);
    std::string words;
    for (const auto& [c, g] : all) words += c + " " + g + "; ";
    if (all.size() != 1 || all.begin()->first != code || all.begin()->second != grade) failed("doctor", 0, "expected " + code + " " + grade + ", found " + words);
}

std::map<std::string, std::string> contents(const fs::path& dir)
{
    std::map<std::string, std::string> out;
    for (const auto& e : fs::recursive_directory_iterator(dir))
        out[e.path()] = e.is_regular_file() ? slurp(e.path()) + std::to_string(e.last_write_time().time_since_epoch().count()) : "";
    return out;
}

} // namespace

CASE("doctor: a clean folder has nothing wrong, in two languages, and is left as it was")
{
    const Installation i;
    const auto before = contents(i.dir);
    EXPECT(found(i.dir, 0).empty());
    EXPECT(contents(i.dir) == before);
    const auto en = ctl({"doctor", i.dir}), zh = ctl({"--lang", "zh", "doctor", "--config", i.dir / "hub.json"});
    EXPECT(en.code == 0 && en.says("the log is whole: 3 events") && en.says("0 errors"));
    EXPECT(zh.code == 0 && zh.says("日志库完整：3 条记录") && zh.says("错误 0 项"));
    EXPECT_EQ(ctl({"doctor"}).code, 2);
    EXPECT_EQ(ctl({"doctor", i.dir, "--config", i.dir / "hub.json"}).code, 2);
    EXPECT_EQ(ctl({"doctor", "--config", i.dir / "other.json"}).code, 2);
    EXPECT_EQ(ctl({"doctor", i.dir, "--backup-hours", "0"}).code, 2);

    // The same while another process has the log open.
    const auto open = hub::OpenHub::open(i.dir, systemClock(), systemRandom());
    EXPECT(open);
    EXPECT(found(i.dir, 0).empty());
}

CASE("doctor: the folder and the configuration")
{
    EXPECT_EQ(found("/nonexistent/hub", 1).count("folder_missing"), 1u);
    {
        const Installation i;
        fs::permissions(i.dir, fs::perms::group_exec, fs::perm_options::add);
        expectOnly(i, "folder_open", "error");
        const auto said = ctl({"--lang", "zh", "doctor", i.dir});
        EXPECT(said.code == 1 && said.says("错误") && said.says("处理：执行 chmod 700"));
    }
    {
        const Installation i;
        fs::rename(i.dir / "hub.json", i.path / "hub.json");
        expectOnly(i, "config_missing", "error");
        spill(i.dir / "hub.json", "{\"hub_id\": \"h\", \"lissten\": 1}");
        expectOnly(i, "config", "error");
        EXPECT(ctl({"doctor", i.dir}).says("lissten"));
    }
    {
        const Installation i;
        fs::permissions(i.dir / "hub.json", fs::perms::others_write, fs::perm_options::add);
        expectOnly(i, "config_writable", "error");
    }
    if (::geteuid() == 0) {
        const Installation i;
        EXPECT_EQ(::chown((i.dir / "hub.db").c_str(), 65534, gid_t(-1)), 0);
        expectOnly(i, "owner", "error");
    }
}

CASE("doctor: keys")
{
    {
        const Installation i;
        fs::permissions(i.dir / "hub.rest", fs::perms::others_read, fs::perm_options::add);
        expectOnly(i, "key_readable", "error");
    }
    {
        const Installation i;
        fs::remove(i.dir / "hub.sign");
        expectOnly(i, "key_missing", "error");
    }
    {
        const Installation i;
        spill(i.dir / "hub.sign", "short");
        expectOnly(i, "key_size", "error");
    }
    const Installation other;
    for (const auto& [file, code] : {std::pair{"hub.key", "key_pair"}, std::pair{"ca.key", "root_key"}, std::pair{"hub.rest", "rest_key"}}) {
        const Installation i;
        spill(i.dir / file, slurp(other.dir / file));
        expectOnly(i, code, "error");
    }
}

CASE("doctor: certificates")
{
    for (const auto& [from, to, code, grade] : {std::tuple{-2 * kOneDay, -kOneDay, "certificate_ended", "error"}, std::tuple{-kOneDay, 3 * kOneDay, "certificate_ends", "error"},
                                                std::tuple{-kOneDay, 20 * kOneDay, "certificate_ends", "warning"}, std::tuple{kOneDay, 300 * kOneDay, "certificate_future", "error"}}) {
        const Installation i;
        i.certify(from, to);
        expectOnly(i, code, grade);
        // What it says to do helps.
        EXPECT_EQ(ctl({"renew-certificate", "--data", i.dir}).code, 0);
        EXPECT(found(i.dir, 0).empty());
    }
    const Installation other;
    {
        const Installation i;
        for (const char* file : {"hub.pem", "hub.key"}) spill(i.dir / file, slurp(other.dir / file));
        expectOnly(i, "certificate_chain", "error");
    }
    {
        const Installation i;
        spill(i.dir / "ca.pem", "no certificate");
        EXPECT_EQ(found(i.dir, 1).count("certificate_unreadable"), 1u);
    }
    {
        const Installation i;
        i.configure([](hub::HubConfig& c) { c.publicAddress = "hub.example:7443"; });
        expectOnly(i, "certificate_host", "error");
        EXPECT_EQ(ctl({"renew-certificate", "--data", i.dir}).code, 0);
        EXPECT(found(i.dir, 0).empty());
    }
}

CASE("doctor: the log")
{
    for (const auto& [sql, code] : {std::pair{"PRAGMA user_version = 9", "log_schema"}, std::pair{"UPDATE events SET time = time + 1", "log_chain"},
                                    std::pair{"UPDATE events SET body_hash = zeroblob(32)", "log_chain"}, std::pair{"DELETE FROM events", "log_chain"},
                                    std::pair{"INSERT INTO streams(name, key) VALUES('m/none', x'')", "log_chain"}, std::pair{"DELETE FROM streams", "log_chain"},
                                    std::pair{"UPDATE meta SET value = zeroblob(32) WHERE key = 'root'", "log_chain"},
                                    std::pair{"UPDATE meta SET value = zeroblob(72) WHERE key = 'receipt_key'", "rest_key"}}) {
        const Installation i(0, false);
        i.run(sql);
        const auto all = found(i.dir, 1);
        if (all.count(code) != 1) failed("doctor", 0, std::string(sql) + " is not found");
    }
    {
        const Installation i(0, false);
        auto bytes = slurp(i.dir / "hub.db");
        for (size_t at = 4096; at < bytes.size(); at += 4096) bytes.replace(at, 16, std::string(16, '\xff'));
        spill(i.dir / "hub.db", bytes);
        const auto all = found(i.dir, 1);
        EXPECT_EQ(all.count("log_pages") + all.count("log_unreadable"), 1u);
        spill(i.dir / "hub.db", std::string(8192, 'j'));
        EXPECT_EQ(found(i.dir, 1).count("log_unreadable"), 1u);
        fs::remove(i.dir / "hub.db");
        EXPECT_EQ(found(i.dir, 1).count("log_missing"), 1u);
    }
}

CASE("doctor: the clock and the backup")
{
    {
        const Installation i(-kOneDay); // written tomorrow
        const auto all = found(i.dir, 1);
        EXPECT_EQ(all.count("clock_behind"), 1u);
    }
    {
        const Installation i(500 * kOneDay);
        expectOnly(i, "clock_ahead", "warning");
    }
    {
        const Installation i(0, false);
        expectOnly(i, "backup_none", "warning");
        EXPECT_EQ(ctl({"backup", "--data", i.dir, "--to", i / "log.bak"}).code, 0);
        EXPECT(found(i.dir, 0).empty());
    }
    {
        const Installation i(3 * kOneDay, false);
        expectOnly(i, "backup_none", "error");
    }
    {
        const Installation i;
        EXPECT(hub::leaveStamp(i.dir, {systemClock().now() - 27 * 3'600'000, 1}));
        expectOnly(i, "backup_old", "error");
        EXPECT(found(i.dir, 0, {"--backup-hours", "48"}).empty());
        EXPECT(hub::leaveStamp(i.dir, {systemClock().now(), 12}));
        expectOnly(i, "backup_ahead", "error");
        spill(i.dir / "backup.last", "half a li");
        expectOnly(i, "backup_none", "warning");
    }
}

CASE("doctor: ports, space, limits")
{
    const Installation i;
    {
        const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_port = htons(uint16_t(i.port));
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const int on = 1;
        ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        EXPECT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&at), sizeof at), 0);
        EXPECT_EQ(::listen(fd, 4), 0);
        expectOnly(i, "port_taken", "error");
        ::close(fd);
    }
    {
        const auto lock = hub::FolderLock::take(*hub::HubFolder::open(i.dir));
        EXPECT(lock);
        const auto all = found(i.dir, 0); // as if a hub ran here and listened nowhere
        EXPECT_EQ(all.count("port_silent"), 2u);
        // Looking took no lock away.
        EXPECT(hub::FolderLock::take(*hub::HubFolder::open(i.dir)).error().kind == Err::Busy);
    }
    expectOnly(i, "disk", "error", {"--least-free-mib", "1000000000"});
    fs::remove(i.dir / "blobs");
    expectOnly(i, "blobs_missing", "warning");
    fs::create_directory(i.dir / "blobs");
    i.configure([](hub::HubConfig& c) { c.listen = "192.0.2.1:7443"; });
    expectOnly(i, "port_address", "error");

    FILE* pipe = ::popen(("ulimit -n 256; exec " ZT_CTL " doctor '" + i.dir.string() + "' --json").c_str(), "r");
    char buffer[65536];
    const std::string out(buffer, ::fread(buffer, 1, sizeof buffer, pipe));
    ::pclose(pipe);
    EXPECT(out.find("files_limit") != std::string::npos);
}
