#include "terminal.h"

#include "zt/base/clock.h"
#include "zt/crypto/hash.h"
#include "zt/crypto/pki.h"
#include "zt/hub/backup_stamp.h"
#include "zt/wire/sealing.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>

namespace zt::ctl {

namespace {

namespace fs = std::filesystem;

//! Beside a backup: the hash of its bytes, in the form that b2sum reads. Damage in a part of the file that no check of the log would ever look at shows too.
constexpr const char* kSum = ".b2";

std::string sumLine(const fs::path& file)
{
    std::ifstream in(file, std::ios::binary);
    if (!in) stop("file " + file.string() + ": it cannot be read");
    crypto::Hasher hasher;
    std::vector<char> buffer(1 << 20);
    while (in.read(buffer.data(), std::streamsize(buffer.size())) || in.gcount() > 0) hasher.add({buffer.data(), size_t(in.gcount())});
    if (in.bad()) stop("file " + file.string() + ": it cannot be read");
    return fmt::format("BLAKE2b-256 ({}) = {}\n", file.filename().string(), hex(hasher.finish()));
}

//! The hash, whatever the file was called then.
std::string sumOf(const std::string& line) { return line.substr(std::min(line.size(), line.rfind('=') + 1)); }

struct Backup {
    std::string data, to;
    void run()
    {
        std::error_code code;
        if (fs::exists(to + kSum, code)) stop("file " + to + kSum + " is there already; choose another name for the backup or remove it");
        auto hub = openHub(data);
        const uint64_t position = need(hub.log->lastPosition(), "log");
        need(hub.log->backupTo(to), "backup " + to);
        need(hub::writeNewFile(to + kSum, sumLine(to)), "file " + to + kSum);
        need(hub::leaveStamp(data, {systemClock().now(), position}), "data folder " + data);
        std::cout << "Written to " << to << " (" << fs::file_size(to, code) << " bytes), up to position " << *hub.log->lastPosition()
                  << " or later.\nIt needs the hub's keys to be read ('backup-keys'); attachments lie in " << hub.folder.file(hub.folder.config().blobs).string() << " and are copied apart.\n"
                  << "Keep " << to << kSum << " with it: restore compares, and so does 'b2sum -c'.\n";
    }
};

struct Restore {
    std::string from, data;
    void run()
    {
        std::error_code there;
        if (!fs::exists(from + kSum, there)) std::cerr << "zhengtong-ctl: there is no " << from << kSum << "; the backup is checked as a log only\n";
        else if (sumOf(need(hub::readFile(from + kSum, 4096), "file " + from + kSum)) != sumOf(sumLine(from)))
            stop("backup " + from + ": it is damaged, its hash is not the one in " + from + kSum + "; use another copy");
        // The folder opens only with a log in it: the copy comes first and goes again if it is none.
        const std::string text = need(hub::readFile(fs::path(data) / "hub.json", 1u << 20), "data folder " + data + " (it must hold hub.json and the keys; 'restore-keys' makes it)");
        const auto config = need(hub::parseConfig(text), "hub.json");
        if (!config.postgresql.empty()) stop("the log of " + data + " lies in PostgreSQL: restore it there, then run 'log renew'");
        const fs::path database = fs::path(data) / config.database;
        std::error_code code;
        if (fs::exists(database, code)) stop("there is a log in " + database.string() + ": stop the hub and move the log away first; it is never written over");
        fs::create_directories(fs::path(data) / config.blobs, code);
        fs::copy_file(from, database, code);
        if (code) stop("backup " + from + ": " + code.message());
        fs::permissions(database, fs::perms::owner_read | fs::perms::owner_write, code);
        try {
            take();
        } catch (const Exit&) {
            for (const char* part : {"", "-wal", "-shm"}) fs::remove(database.string() + part, code);
            throw;
        }
    }

private:
    void take() const
    {
        const auto folder = openFolder(data);
        const auto lock = need(hub::FolderLock::take(folder), "data folder " + data);
        const auto log = need(folder.openLog(systemRandom()), "backup " + from);
        need(log->check(), "backup " + from);
        need(log->newIncarnation(), "new incarnation");
        std::cout << "Restored up to position " << *log->lastPosition() << ". It is a new incarnation: returning desks bring back what they hold beyond it.\n";
    }
};

void status(const std::string& data)
{
    auto hub = openHub(data);
    const auto& d = hub.core->directory();
    const auto& config = hub.folder.config();
    const bool running = [&] {
        const auto lock = hub::FolderLock::take(hub.folder);
        return !lock && lock.error().kind == Err::Busy;
    }();
    size_t devices = 0, posts = d.posts.size();
    for (const auto& [id, device] : d.devices) devices += device.revoked == 0;
    const auto root = need(crypto::readCert(need(hub.folder.caPem(), "root certificate")), "root certificate");
    const auto server = need(crypto::readCert(need(hub.folder.serverPem(), "server certificate")), "server certificate");
    std::cout << fmt::format("province      {}\nhub           {}  {}\naddress       {}  (enrolment {})\nposition      {}  incarnation {}\nstreams       {}\n"
                             "directory     {} units, {} people, {} posts, {} devices in force, level {}\nhub key       {}\nroot hash     {}\nserver cert   until {:%Y-%m-%d}\n",
                             config.province, config.hubId, running ? "running" : "not running", config.publicAddress, config.enrolListen, *hub.log->lastPosition(), hex(hub.log->incarnation()),
                             need(hub.log->streams(), "streams").size(), d.units.size(), d.people.size(), posts, devices, d.raisedLevel, hex(hub.key->publicKey()), hex(root.hash),
                             fmt::gmtime(std::time_t(server.notAfter / 1000)));
    for (const auto& [id, admin] : d.admins) std::cout << fmt::format("administrator {}  {}  {}\n", id, hub::roleName(admin.role), admin.name);
}

void checkLog(const std::string& data)
{
    auto folder = openFolder(data);
    auto log = need(folder.openLog(systemRandom()), "log");
    need(log->check(), "log");
    need(hub::checkErasures(*log), "log");
    std::cout << "Every event of the log checks, up to position " << *log->lastPosition() << ".\n";
}

//! What two logs must have in common to be the same up to a position.
void heads(const std::string& data, uint64_t at)
{
    const auto hub = openHub(data);
    const uint64_t last = need(hub.log->lastPosition(), "log");
    if (at > last) stop("the log ends at position " + std::to_string(last), kFailed);
    const uint64_t end = at ? at : last;
    std::map<std::string, std::pair<uint64_t, Bytes>> heads;
    Bytes root;
    for (uint64_t position = 0; position < end;) {
        const auto rows = need(hub.log->tail(position, std::min<uint64_t>(end - position, 512)), "log");
        if (rows.empty()) stop("the log has no position " + std::to_string(position + 1));
        for (const auto& row : rows) {
            const Bytes hash = wire::eventHash(row.event);
            root = crypto::hash("zt-root-1", {root, hash});
            heads[row.event.stream()] = {row.event.version(), hash};
            position = row.position;
        }
    }
    std::cout << fmt::format("position {}\nroot {}\n", end, hex(root));
    for (const auto& [stream, head] : heads) std::cout << fmt::format("{} {} {}\n", hex(head.second), head.first, stream);
}

struct Renew {
    std::string data;
    std::vector<std::string> hosts;
    void run()
    {
        const auto folder = need(hub::HubFolder::open(data), "data folder " + data);
        if (hosts.empty()) hosts.push_back(need(hub::parseHostPort(folder.config().publicAddress), "public_address").host);
        need(hub::renewServer(folder, hosts, systemClock(), systemRandom()), "certificate");
        const auto server = need(crypto::readCert(need(folder.serverPem(), "server certificate")), "server certificate");
        std::cout << fmt::format("The hub has a new key and certificate, until {:%Y-%m-%d}. Restart the hub; desks notice nothing.\n", fmt::gmtime(std::time_t(server.notAfter / 1000)));
    }
};

// ---- keys: apart from the backup, under a passphrase of their own ----

constexpr const char* kBundle = "zhengtong-hub-keys 1\n";

//! What a key backup holds: the name in the data folder, and which key it is if it is one.
std::vector<std::pair<std::string, std::optional<hub::HubFolder::Key>>> keyFiles(const hub::HubConfig& c)
{
    using Key = hub::HubFolder::Key;
    return {{"hub.json", {}}, {c.tlsCa, {}}, {c.tlsCertificate, {}}, {c.tlsKey, Key::Tls}, {c.caKey, Key::Ca}, {c.signKey, Key::Sign}, {c.restKey, Key::Rest}};
}

struct Keys {
    std::string data, file, passphraseFile;

    void backup()
    {
        const auto folder = openFolder(data);
        Bytes all;
        for (const auto& [name, key] : keyFiles(folder.config())) {
            if (fs::path(name).is_absolute()) stop("key file " + name + " lies outside the data folder; back it up by hand");
            Bytes bytes = need(key ? folder.keyBytes(*key) : hub::readFile(folder.file(name), 1u << 20), "key file " + name);
            all += fmt::format("{} {}\n", name, hex(bytes));
            crypto::wipe(bytes);
        }
        const auto secret = passphrase(passphraseFile, "New passphrase for the hub's keys", true);
        const crypto::Secret plain{std::string_view(all)};
        crypto::wipe(all);
        const auto sealed = need(crypto::wrapWithPassphrase(plain, secret.view(), crypto::calibrateKdf(1000, systemRandom())), "keys");
        need(hub::writeNewFile(file, kBundle + sealed), "file " + file);
        std::cout << "Written to " << file << ". Keep it apart from the backups of the log: who has both and the passphrase reads everything.\n";
    }

    void restore()
    {
        const Bytes bytes = need(hub::readFile(file, 8u << 20), "key backup " + file);
        if (bytes.rfind(kBundle, 0) != 0) stop("key backup " + file + ": it is none");
        const auto plain = need(crypto::unwrapWithPassphrase(std::string_view(bytes).substr(std::string(kBundle).size()), passphrase(passphraseFile, "Passphrase of the hub's keys").view()),
                                "key backup " + file);
        std::error_code code;
        const fs::path dir = data;
        if (fs::exists(dir, code) && !fs::is_empty(dir, code)) stop("data folder " + data + " is not empty; choose a new one");
        fs::create_directories(dir, code);
        fs::permissions(dir, fs::perms::owner_all, code);
        std::string_view rest = plain.view();
        while (!rest.empty()) {
            const size_t blank = rest.find(' '), end = rest.find('\n');
            if (blank == std::string_view::npos || end == std::string_view::npos || blank > end) stop("key backup " + file + " is damaged");
            const std::string name(rest.substr(0, blank));
            const auto content = unhex(rest.substr(blank + 1, end - blank - 1));
            const fs::path target = (dir / name).lexically_normal();
            if (!content || fs::path(name).is_absolute() || name.find("..") != std::string::npos) stop("key backup " + file + " is damaged");
            fs::create_directories(target.parent_path(), code);
            need(hub::writeNewFile(target, *content), "key file " + name);
            rest.remove_prefix(end + 1);
        }
        std::cout << "The keys are in " << data << ". Next: zhengtong-ctl restore --from BACKUP --data " << data << '\n';
    }
};

} // namespace

void addCare(CLI::App& app)
{
    auto* backup = app.add_subcommand("backup", "Write a consistent copy of the log while the hub runs; encrypted as the log is");
    auto b = std::make_shared<Backup>();
    backup->add_option("--data", b->data, "The hub's data folder")->required();
    backup->add_option("--to", b->to, "File to write; must not exist")->required();
    backup->callback([b] { b->run(); });

    auto* restore = app.add_subcommand("restore", "Put a backup into a data folder that holds the keys but no log; the hub must not run");
    auto r = std::make_shared<Restore>();
    restore->add_option("--from", r->from, "The backup")->required()->check(CLI::ExistingFile);
    restore->add_option("--data", r->data, "The data folder")->required();
    restore->callback([r] { r->run(); });

    auto keys = std::make_shared<Keys>();
    auto* out = app.add_subcommand("backup-keys", "Write the hub's keys and configuration under a passphrase");
    auto* in = app.add_subcommand("restore-keys", "Make a data folder from a backup of the keys");
    out->add_option("--data", keys->data, "The hub's data folder")->required();
    out->add_option("--to", keys->file, "File to write; must not exist")->required();
    in->add_option("--data", keys->data, "New data folder; must not exist or be empty")->required();
    in->add_option("--from", keys->file, "The key backup")->required();
    for (auto* sub : {out, in}) sub->add_option("--passphrase-file", keys->passphraseFile, "File whose first line is the passphrase; asked for if not given");
    out->callback([keys] { keys->backup(); });
    in->callback([keys] { keys->restore(); });

    auto position = std::make_shared<uint64_t>(0);
    auto headsOf = std::make_shared<std::string>();
    auto* head = app.add_subcommand("heads", "Root and heads of the log, of its end or of an earlier position: two logs that print the same are the same up to there");
    head->add_option("--data", *headsOf, "The hub's data folder")->required();
    head->add_option("--at", *position, "Position; the end if not given")->check(CLI::PositiveNumber);
    head->callback([headsOf, position] { heads(*headsOf, *position); });

    auto* renew = app.add_subcommand("renew-certificate", "A new key and certificate of the server under the same root, for two years");
    auto n = std::make_shared<Renew>();
    renew->add_option("--data", n->data, "The hub's data folder")->required();
    renew->add_option("--host", n->hosts, "Name or address by which desks reach the hub (several allowed); that of public_address if none is given");
    renew->callback([n] { n->run(); });

    auto data = std::make_shared<std::string>();
    auto* show = app.add_subcommand("status", "What is in a data folder: counts, addresses, keys' fingerprints");
    auto* check = app.add_subcommand("check", "Check every event of the log: chain, contents, keys");
    for (auto* sub : {show, check}) sub->add_option("--data", *data, "The hub's data folder")->required();
    show->callback([data] { status(*data); });
    check->callback([data] { checkLog(*data); });
}

} // namespace zt::ctl
