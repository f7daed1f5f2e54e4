#include "terminal.h"

#include "zt/crypto/pki.h"
#include "zt/link/link.h"

#include <fmt/format.h>
#include <iostream>
#include <nlohmann/json.hpp>

namespace zt::ctl {

namespace {

using What = hub::ImportProblem::What;

std::string joined(const std::vector<std::string>& list)
{
    std::string out;
    for (const auto& s : list) out += (out.empty() ? "" : ",") + s;
    return out;
}

std::string problemText(const hub::ImportProblem& p, bool zh)
{
    switch (p.what) {
    case What::TooLarge: return zh ? "文件过大或行数过多，请分成几个文件" : "too large or too many lines; split the file";
    case What::Encoding: return zh ? "编码既不是 UTF-8 也不是 GB18030，请另存为其中之一" : "neither UTF-8 nor GB18030; save it as one of them";
    case What::NoHeader: return zh ? "文件为空，首行应为列名：" + joined(hub::peopleColumns()) : "the file is empty; its first line must be " + joined(hub::peopleColumns());
    case What::MissingColumn: return zh ? "缺少列“" + p.column + "”" : "column \"" + p.column + "\" is missing";
    case What::UnknownColumn: return zh ? "多余的列“" + p.value + "”；应有的列：" + joined(hub::peopleColumns()) : "unknown column \"" + p.value + "\"; the columns are " + joined(hub::peopleColumns());
    case What::RepeatedColumn: return zh ? "列“" + p.column + "”重复" : "column \"" + p.column + "\" stands twice";
    case What::CellCount: return zh ? "本行有 " + p.value + " 格，与列数不符" : "this line has " + p.value + " cells, which is not the number of columns";
    case What::Quote: return zh ? "引号没有正确结束" : "a quoted cell does not end properly";
    case What::Control: return zh ? "“" + p.column + "”含有控制字符" : p.column + " holds control characters";
    case What::TooLong: return zh ? "“" + p.column + "”超过 100 字" : p.column + " is longer than 100 characters";
    case What::Empty: return zh ? "“" + p.column + "”不能为空" : p.column + " must be filled";
    case What::YesNo: return zh ? "“" + p.column + "”应为 是 或 否，现为“" + p.value + "”" : p.column + " must be 是 or 否, not \"" + p.value + "\"";
    case What::Duplicate: return zh ? "同一人在同一单位的同一职务重复" : "the same person, unit and post stand twice";
    case What::OtherUnit: return zh ? "单位的“" + p.column + "”与前面的行不同：" + p.value : "the unit's " + p.column + " differs from an earlier line: " + p.value;
    case What::OtherName: return zh ? "同一工号的姓名与前面的行不同：" + p.value : "the name for this 工号 differs from an earlier line: " + p.value;
    case What::UnknownParent: return zh ? "上级编号“" + p.value + "”不存在" : "上级编号 " + p.value + " is neither in the file nor known";
    case What::Cycle: return zh ? "上级编号“" + p.value + "”形成循环，或层级过深" : "上级编号 " + p.value + " leads back to the unit, or is nested too deep";
    case What::Retired: return zh ? "单位“" + p.value + "”已撤销" : "unit " + p.value + " was retired";
    }
    return {};
}

struct Import {
    AdminOption admin;
    std::string file;
    bool check = false;

    void run()
    {
        auto hub = openHub(admin.data);
        const auto key = admin.read();
        need(hub::checkRole(*hub.core, key, wire::ROLE_SYSTEM), "key file " + admin.file);
        importPeople(hub, key, file, check);
    }
};

struct Code {
    AdminOption admin;
    std::string person;
    int days = 7;
    bool brief = false;

    void run()
    {
        auto hub = openHub(admin.data);
        need(hub::checkRole(*hub.core, admin.read(), wire::ROLE_SECURITY), "key file " + admin.file);
        const auto known = hub.core->directory().person(person);
        if (!known) stop("there is no person " + person + "; import people first");
        const std::string code = enrolCode(hub, person, days, brief);
        std::cout << code << '\n';
        std::cerr << "For " << known->name << " (" << person << "), for one desk, good for " << days << " days.\n";
    }
};

} // namespace

size_t importPeople(hub::OpenHub& hub, const hub::AdminKey& key, const std::string& file, bool checkOnly)
{
    const bool zh = language() == hub::Language::Chinese;
    const auto parsed = hub::parsePeople(need(hub::readFile(file, hub::kMaxPeopleBytes + 1), "people's list " + file));
    const auto changes = hub::peopleChanges(hub.core->directory(), parsed);
    for (const auto& p : changes.problems)
        std::cerr << (p.line ? fmt::format(fmt::runtime(zh ? "第 {} 行：" : "line {}: "), p.line) : std::string()) << problemText(p, zh) << '\n';
    if (!changes.problems.empty()) stop(zh ? "名单有误，未导入任何内容；请改正后重试" : "the list was not imported: nothing was changed. Correct these lines and run it again");
    std::cout << fmt::format(fmt::runtime(zh ? "单位 {}，人员 {}，职务 {}，终止职务 {}" : "units {}, people {}, posts {}, posts ended {}"), changes.units, changes.people, changes.posts,
                             changes.ended);
    if (checkOnly) {
        std::cout << (zh ? "（仅检查，未导入）\n" : " (checked only, nothing sent)\n");
        return changes.commands.size();
    }
    std::cout << '\n';
    send(hub, key, changes.commands);
    return changes.commands.size();
}

namespace {

//! Where desks enrol.
std::string enrolAddress(const hub::HubConfig& config)
{
    if (config.enrolListen.empty()) stop("enrolment is turned off: set enrol_listen in hub.json");
    const auto listen = need(hub::parseHostPort(config.enrolListen), "enrol_listen");
    const auto address = need(hub::parseHostPort(config.publicAddress), "public_address");
    const std::string host = address.host.find(':') == std::string::npos ? address.host : "[" + address.host + "]";
    return host + ":" + std::to_string(listen.port);
}

struct Preset {
    std::string data;

    void run() const
    {
        const auto folder = need(hub::HubFolder::open(data), "data folder");
        const auto roots = crypto::certsIn(need(folder.caPem(), "root certificate"));
        if (roots.empty()) stop("root certificate: holds none");
        const nlohmann::ordered_json out{{"hub_address", enrolAddress(folder.config())}, {"hub_ca", roots.front()}};
        std::cout << out.dump(2) << '\n';
    }
};

} // namespace

std::string enrolCode(hub::OpenHub& hub, const std::string& person, int days, bool brief)
{
    const std::string address = enrolAddress(hub.folder.config());
    const auto root = need(crypto::readCert(need(hub.folder.caPem(), "root certificate")), "root certificate");
    auto codes = need(hub.folder.openCodes(), "enrolment codes");
    const Bytes secret = need(codes->create(person, systemClock().now() + Millis(days) * 86'400'000, systemRandom()), "enrolment code");
    return link::formatCode(brief ? link::EnrolCode{{}, {}, secret} : link::EnrolCode{address, root.hash.substr(0, 16), secret});
}

void addPeople(CLI::App& app)
{
    auto* sub = app.add_subcommand("import", "Bring units, people and posts in line with a list (CSV)");
    sub->footer("The first line names the columns: " + joined(hub::peopleColumns()) + ". UTF-8 or GB18030. One line is one post of one person; the first line of a\n"
                "person is his main post; a line without 工号, 姓名 and 职务 is a unit alone. Of people named, posts not listed end; units and people not named stay.");
    auto import = std::make_shared<Import>();
    import->admin.add(*sub, "system");
    sub->add_option("file", import->file, "The list")->required();
    sub->add_flag("--check", import->check, "Only say what would change");
    sub->callback([import] { import->run(); });

    auto* codes = app.add_subcommand("enrol-code", "Make a code by which a person enrols one desk");
    auto code = std::make_shared<Code>();
    code->admin.add(*codes, "security");
    codes->add_option("--person", code->person, "工号 of the person")->required();
    codes->add_option("--days", code->days, "How long it is good")->capture_default_str()->check(CLI::Range(1, 90));
    codes->add_flag("--short", code->brief, "A code to read out, for a computer whose policy says where the hub is (see desk-policy)");
    codes->callback([code] { code->run(); });

    auto* policy = app.add_subcommand("desk-policy", "Print what a desk's managed policy needs to enrol at this hub: a file for /etc/zhengtong/policy.d");
    auto preset = std::make_shared<Preset>();
    policy->add_option("--data", preset->data, "The hub's data folder")->required();
    policy->callback([preset] { preset->run(); });
}

} // namespace zt::ctl
