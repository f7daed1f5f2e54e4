#include "terminal.h"

#include <fmt/format.h>
#include <iostream>

namespace zt::ctl {

namespace {

constexpr size_t kMostList = 256u << 20;
constexpr double kYearMs = 365.2425 * 24 * 3600 * 1000;

hub::EraseList readList(const std::string& file) { return need(hub::parseEraseList(need(hub::readFile(file, kMostList), "list " + file)), "list " + file); }

//! What is due, in numbers; nothing of a matter is read but when it was finished and of what kind it is.
struct List {
    std::string data, rule, kind, stream, to;
    int years = 0;
    uint64_t version = 0;

    void run() const
    {
        if (stream.empty() == (years == 0)) stop("say either --years or --stream", kUsage);
        if (version && stream.empty()) stop("--version belongs to --stream", kUsage);
        auto hub = openHub(data);
        const auto due = stream.empty() ? need(hub::dueUnder(*hub.core, {rule, Millis(double(systemClock().now()) - years * kYearMs), kind}), "log")
                                        : need(hub::listOne(*hub.core, rule, stream, version), stream);
        size_t events = 0;
        for (const auto& [name, count] : due.byKind) {
            std::cout << fmt::format("{:>8} streams {:>9} events  {}\n", count.streams, count.events, name.empty() ? "-" : name);
            events += count.events;
        }
        std::cout << fmt::format("{} to erase, {} events, under \"{}\".\n", due.list.parts(), events, rule);
        if (!due.list.parts()) return;
        if (to.empty()) {
            std::cout << "Nothing was written or erased. With --to the list is written.\n";
            return;
        }
        need(hub::writeNewFile(to, hub::formatEraseList(due.list)), "file " + to);
        std::cout << "Written to " << to << ". Next, the audit administrator: zhengtong-ctl erase approve\n";
    }
};

struct Approve {
    AdminOption admin;
    std::string list, to;

    void run() const
    {
        auto hub = openHub(admin.data);
        auto asked = readList(list);
        need(hub::approve(asked, *hub.core, admin.read()), "key file " + admin.file);
        need(hub::writeNewFile(to, hub::formatEraseList(asked)), "file " + to);
        std::cout << fmt::format("Approved: {} under \"{}\". Written to {}. Next, the security administrator: zhengtong-ctl erase run\n", asked.parts(),
                                 asked.erasures.empty() ? std::string() : asked.erasures.front().rule(), to);
    }
};

struct Run {
    AdminOption admin;
    std::string list;

    void run() const
    {
        auto hub = openHub(admin.data);
        const auto approved = readList(list);
        const auto& config = hub.folder.config();
        const auto key = admin.read();
        const auto done = need(hub::eraseListed(*hub.core, approved, key, systemRandom(), hub.folder.file(config.blobs), hub.folder.dir() / "erased-files"), "list " + list);
        std::cout << fmt::format("Erased: {} streams, {} single events; {} files deleted.\n", done.streams, done.events, done.files);
        if (done.refused) stop("the rest was refused: " + refusal(*done.refused, key));
        std::cout << "Desks erase when they next connect. Backups made before still hold it, and need the hub's keys to be read.\n";
        if (!config.postgresql.empty())
            std::cout << "PostgreSQL still has it in dead rows and in its WAL: run VACUUM FULL zhengtong.streams, zhengtong.events, and let archived WAL end.\n";
    }
};

} // namespace

void addErase(CLI::App& app)
{
    auto* erase = app.add_subcommand("erase", "Destroy what finished matters say, under a retention rule or one by one: two administrators, recorded")->require_subcommand(1);
    auto* list = erase->add_subcommand("list", "Count what is due and write the list of it; erases nothing");
    auto l = std::make_shared<List>();
    list->add_option("--data", l->data, "The hub's data folder")->required();
    list->add_option("--rule", l->rule, "Name of the rule, as it will stand in the place of what is erased; it must name no matter")->required();
    list->add_option("--years", l->years, "All that has been finished for so many years")->check(CLI::Range(1, 200));
    list->add_option("--kind", l->kind, "Only documents of this kind: 通知, 请示 …");
    list->add_option("--stream", l->stream, "This one alone: m/… or in/…");
    list->add_option("--version", l->version, "Of that stream, this one event")->check(CLI::PositiveNumber);
    list->add_option("--to", l->to, "File to write; must not exist. Without it, only counts");
    list->callback([l] { l->run(); });

    auto* approve = erase->add_subcommand("approve", "Audit administrator: sign a list");
    auto a = std::make_shared<Approve>();
    a->admin.add(*approve, "audit");
    approve->add_option("--list", a->list, "The list")->required();
    approve->add_option("--to", a->to, "File for the approved list; must not exist")->required();
    approve->callback([a] { a->run(); });

    auto* run = erase->add_subcommand("run", "Security administrator: erase what an approved list names; cannot be taken back");
    auto r = std::make_shared<Run>();
    r->admin.add(*run, "security");
    run->add_option("--list", r->list, "The approved list")->required();
    run->callback([r] { r->run(); });
}

} // namespace zt::ctl
