#include "ctl.h"

#include "zt/hub/backup_stamp.h"
#include "zt/store/recovery.h"
#include "zt/store/vault.h"

using namespace zt;
using namespace zt::test;

CASE("backup and restore: keys apart, a new incarnation, nothing written over")
{
    DemoProvince p;
    spill(p / "keys.txt", "a passphrase for the keys\n");
    const auto before = p.open();
    const Bytes incarnation = before.log->incarnation();
    const uint64_t position = *before.log->lastPosition();

    EXPECT_EQ(ctl({"backup", "--data", p.data, "--to", p / "log.bak"}).code, 0); // while it is open here
    EXPECT_EQ(ctl({"backup", "--data", p.data, "--to", p / "log.bak"}).code, 1);
    EXPECT(slurp(p / "log.bak.b2").rfind("BLAKE2b-256 (log.bak) = ", 0) == 0);
    const auto stamp = hub::readStamp(p.data);
    EXPECT(stamp && stamp->position == position);
    EXPECT(slurp(p / "log.bak").find("单晓屿") == std::string::npos);
    EXPECT_EQ(ctl({"backup-keys", "--data", p.data, "--to", p / "keys.bak", "--passphrase-file", p / "keys.txt"}).code, 0);

    spill(p / "wrong.txt", "another passphrase\n");
    const auto wrong = ctl({"restore-keys", "--data", p / "again", "--from", p / "keys.bak", "--passphrase-file", p / "wrong.txt"});
    EXPECT(wrong.code == 1 && wrong.says("wrong passphrase"));
    EXPECT_EQ(ctl({"restore-keys", "--data", p / "again", "--from", p / "keys.bak", "--passphrase-file", p / "keys.txt"}).code, 0);
    EXPECT_EQ(ctl({"restore-keys", "--data", p / "again", "--from", p / "keys.bak", "--passphrase-file", p / "keys.txt"}).code, 1);
    EXPECT_EQ(ctl({"restore", "--from", p / "none", "--data", p / "again"}).code, 2);
    spill(p / "junk", "not a backup");
    EXPECT_EQ(ctl({"restore", "--from", p / "junk", "--data", p / "again"}).code, 1);
    // One byte, where no check of the log would look.
    const std::string whole = slurp(p / "log.bak");
    std::string other1 = whole;
    other1.back() = char(other1.back() ^ 1);
    spill(p / "log.bak", other1);
    const auto damaged = ctl({"restore", "--from", p / "log.bak", "--data", p / "again"});
    EXPECT(damaged.code == 1 && damaged.says("it is damaged") && !fs::exists(p / "again/hub.db"));
    spill(p / "log.bak", whole);
    EXPECT_EQ(ctl({"restore", "--from", p / "log.bak", "--data", p / "again"}).code, 0);
    EXPECT(!hub::readStamp(p / "again")); // nothing was backed up of the new incarnation
    const auto heads = ctl({"heads", "--data", p.data});
    EXPECT(heads.code == 0 && heads.says("position " + std::to_string(position)) && heads.out == ctl({"heads", "--data", p / "again"}).out);
    EXPECT(ctl({"heads", "--data", p.data, "--at", "5"}).out != heads.out);
    EXPECT_EQ(ctl({"heads", "--data", p.data, "--at", "99999"}).code, 1);
    EXPECT_EQ(ctl({"restore", "--from", p / "log.bak", "--data", p / "again"}).code, 1);

    const auto after = hub::OpenHub::open(p / "again", systemClock(), systemRandom());
    REQUIRE(after);
    EXPECT_EQ(*after->log->lastPosition(), position);
    EXPECT(after->log->incarnation() != incarnation);
    EXPECT_EQ(after->core->directory().people.size(), 40u);
    EXPECT_EQ(ctl({"check", "--data", p / "again"}).code, 0);
    const auto status = ctl({"status", "--data", p / "again"});
    EXPECT(status.code == 0 && status.says("40 people") && status.says("not running"));

    // Keys of another hub do not read it.
    DemoProvince other;
    fs::remove(other.data + "/hub.db");
    fs::remove(other.data + "/hub.db-wal");
    const auto foreign = ctl({"restore", "--from", p / "log.bak", "--data", other.data});
    EXPECT_EQ(foreign.code, 1);
    EXPECT(!fs::exists(other.data + "/hub.db"));
}

CASE("a running hub keeps restore away")
{
    DemoProvince p;
    EXPECT_EQ(ctl({"backup", "--data", p.data, "--to", p / "log.bak"}).code, 0);
    const auto folder = hub::HubFolder::open(p.data);
    const auto lock = hub::FolderLock::take(*folder);
    REQUIRE(lock);
    const auto refused = ctl({"restore", "--from", p / "log.bak", "--data", p.data});
    EXPECT(refused.code == 1 && refused.says("stop the hub"));
    const auto status = ctl({"status", "--data", p.data});
    EXPECT(status.says("  running"));
}

CASE("two administrators open a store whose passphrase is lost, and it is recorded")
{
    DemoProvince p;
    const auto person = p.json()["cast"]["drafter"];
    const auto folder = hub::HubFolder::open(p.data);
    const std::string desk = p / "desk";
    fs::create_directories(desk);
    const crypto::Secret forgotten(std::string_view("forgotten for ever")), fresh(std::string_view("fresh passphrase 1"));
    const crypto::Secret seed(Bytes(32, 's')), box(Bytes(32, 'x'));
    store::Vault::New what;
    what.passphrase = &forgotten;
    what.signingSeed = &seed;
    what.boxSecret = &box;
    what.recoveryKey = *unhex(folder->config().recoveryKey);
    what.owner = person["name"].get<std::string>() + " / 办公室电脑";
    what.kdf = crypto::KdfParams{2, 64u << 20, Bytes(16, 'k')};
    const auto made = store::Vault::create(desk, what, systemRandom());
    REQUIRE(made);
    auto vault = store::Vault::read(desk);
    const auto request = vault->recoveryRequest();
    REQUIRE(request);
    spill(p / "request", *request);

    const std::string bundle = p.data + "/demo-admin/recovery.bundle";
    const auto step1 = p.as("audit", {"recovery", "step1", "--bundle", bundle, "--request", p / "request", "--to", p / "step1"}, false);
    EXPECT_EQ(step1.code, 0);
    EXPECT(step1.says(store::requestCode(*request)));
    // The same administrator alone, and for somebody else.
    EXPECT_EQ(p.as("audit", {"recovery", "step2", "--from", p / "step1", "--person", person["person"], "--to", p / "reply"}).code, 1);
    const auto other = p.as("security", {"recovery", "step2", "--from", p / "step1", "--person", "1021", "--to", p / "reply"});
    EXPECT(other.code == 1 && other.says("not the store of"));
    EXPECT(!fs::exists(p / "reply"));
    EXPECT_EQ(p.as("security", {"recovery", "step2", "--from", p / "step1", "--person", person["person"], "--to", p / "reply"}).code, 0);
    const auto opened = vault->acceptRecovery(slurp(p / "reply"), fresh, what.kdf);
    REQUIRE(opened);
    EXPECT(opened->storeKey.view() == made->storeKey.view());

    auto hub = p.open();
    const uint64_t last = hub.core->directory().version;
    const auto record = wire::openBody(hub.log->read("dir", last, 1)->front());
    REQUIRE(record && record->facts(0).has_recovery_recorded());
    EXPECT_EQ(record->facts(0).recovery_recorded().person(), person["person"].get<std::string>());
    EXPECT_EQ(record->facts(0).recovery_recorded().admins_size(), 2);
    EXPECT(record->cause().has_command()); // signed by the security administrator
}

CASE("a new recovery key")
{
    DemoProvince p;
    const auto before = hub::HubFolder::open(p.data)->config().recoveryKey;
    EXPECT_EQ(p.as("system", {"recovery", "create", "--to", p / "bundle"}).code, 1);
    EXPECT_EQ(p.as("security", {"recovery", "create", "--to", p / "bundle"}).code, 0);
    const auto after = hub::HubFolder::open(p.data);
    REQUIRE(after);
    EXPECT(after->config().recoveryKey != before && after->config().recoveryKey.size() == 64);
    EXPECT(fs::exists(p / "bundle"));
}
