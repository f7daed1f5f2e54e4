#include "terminal.h"

#include "zt/hub/log_move.h"
#include "zt/hub/postgres_log.h"

#include <fmt/format.h>
#include <iostream>

namespace zt::ctl {

namespace {

namespace fs = std::filesystem;

struct Migrate {
    std::string data, to;
    void run() const
    {
        const auto folder = openFolder(data);
        if (!folder.config().postgresql.empty()) stop("the log of " + data + " lies in PostgreSQL already");
        const auto lock = need(hub::FolderLock::take(folder), "data folder " + data);
        const auto moved = copy(folder);
        auto config = folder.config();
        config.postgresql = to;
        setConfig(folder, config);
        const fs::path old = folder.file(config.database);
        std::error_code code;
        fs::rename(old, old.string() + ".moved", code);
        std::cout << fmt::format("Moved and compared: {} events, {} receipts, {} marks, {} times, {} enrolment codes.\nhub.json names the database now. {}\n", moved.events,
                                 moved.receipts, moved.marks, moved.times, moved.codes,
                                 code ? "The old log could not be renamed: move " + old.string() + " away." : "The old log is " + old.string() + ".moved; it is not used any more.");
    }

private:
    [[nodiscard]] hub::Moved copy(const hub::HubFolder& folder) const
    {
        const auto from = need(folder.openLog(systemRandom()), "log");
        const auto codes = need(folder.openCodes(), "enrolment codes");
        const auto there = need(hub::PostgresLog::createFor(from->incarnation(), to, need(folder.restKey(), "at-rest key"), systemRandom()), "database");
        const auto codesThere = need(hub::postgresEngine().codes(to), "database");
        const auto moved = hub::moveLog(*from, *codes, *there, *codesThere);
        if (!moved) stop("the log was not moved, the data folder is as it was: " + words(moved.error()) + "\nBefore another try: DROP SCHEMA zhengtong CASCADE");
        need(there->arrived(), "database");
        return *moved;
    }
};

void renew(const std::string& data)
{
    const auto folder = openFolder(data);
    const auto lock = need(hub::FolderLock::take(folder), "data folder " + data);
    const auto log = need(folder.openLog(systemRandom()), "log");
    need(log->newIncarnation(), "new incarnation");
    std::cout << "It is a new incarnation, from position " << need(log->lastPosition(), "log") << ": returning desks bring back what they hold beyond it.\n";
}

void synchronous(const std::string& data, bool off)
{
    const auto folder = openFolder(data);
    if (folder.config().postgresql.empty()) stop("the log of " + data + " lies in a file, which no other server follows");
    const auto log = need(hub::PostgresLog::open(folder.config().postgresql, need(folder.restKey(), "at-rest key"), systemRandom()), "log");
    need(log->setSynchronous(!off), "the log");
    std::cout << (off ? "A hub serves this log on a server alone, too. A failover renews the incarnation.\n"
                      : "From now on no hub serves this log on a server whose commits wait for no other. A failover keeps the incarnation.\n");
}

} // namespace

void addLog(CLI::App& app)
{
    auto* log = app.add_subcommand("log", "Where the log lies, and what it is after a restore")->require_subcommand(1);
    auto* migrate = log->add_subcommand("migrate", "Move the log from hub.db into PostgreSQL, compared event by event; the hub must not run");
    auto m = std::make_shared<Migrate>();
    migrate->add_option("--data", m->data, "The hub's data folder")->required();
    migrate->add_option("--to", m->to, "The database as hub.json will name it: a connection string of libpq, without a password")->required();
    migrate->callback([m] { m->run(); });

    auto* fresh = log->add_subcommand("renew", "A new incarnation: after PostgreSQL was restored, or a failover may have lost commits");
    auto data = std::make_shared<std::string>();
    fresh->add_option("--data", *data, "The hub's data folder")->required();
    fresh->callback([data] { renew(*data); });

    auto* sync = log->add_subcommand("synchronous", "Serve this log only where each commit waits for a second PostgreSQL server; hubs may run");
    auto at = std::make_shared<std::string>();
    auto off = std::make_shared<bool>(false);
    sync->add_option("--data", *at, "The hub's data folder")->required();
    sync->add_flag("--off", *off, "A server alone is enough again");
    sync->callback([at, off] { synchronous(*at, *off); });
}

} // namespace zt::ctl
