#include "terminal.h"

#include "zt/base/text.h"
#include "zt/link/link.h"
#include "zt/process/calendar.h"
#include "zt/wire/sealing.h"

#include <fmt/format.h>
#include <iostream>

namespace zt::ctl {

namespace {

//! A subcommand that sends one command: its options write into the body.
struct One {
    AdminOption admin;
    wire::Command body;
    std::string done;
    std::function<void(wire::Command&, const std::string& by)> sign; //!< for bodies that name who says it

    void run()
    {
        auto hub = openHub(admin.data);
        const auto key = admin.read();
        if (sign) sign(body, key.id);
        const auto sent = send(hub, key, {body});
        std::cout << (sent.applied ? done : "It was so already; nothing was changed.") << '\n';
    }
};

std::shared_ptr<One> one(CLI::App& sub, const std::string& role, const std::string& done)
{
    auto out = std::make_shared<One>();
    out->admin.add(sub, role);
    out->done = done;
    sub.callback([out] { out->run(); });
    return out;
}

//! An option that must be given and goes straight into a text field of the body.
template <class Setter>
CLI::Option* text(CLI::App& sub, const std::string& option, const std::string& help, Setter set)
{
    return sub.add_option_function<std::string>(option, set, help);
}

Bytes deviceId(const std::string& text)
{
    const auto id = unhex(text);
    if (!id || id->size() != 16) throw CLI::ValidationError("--device", "must be the 32 hex digits that 'device list' shows");
    return *id;
}

void units(CLI::App& app)
{
    auto* unit = app.add_subcommand("unit", "Units")->require_subcommand(1);
    auto* put = unit->add_subcommand("put", "Make a unit or change it");
    auto p = one(*put, "system", "The unit is in the directory.");
    text(*put, "--id", "单位编号", [p](const std::string& v) { p->body.mutable_put_unit()->set_id(v); })->required();
    text(*put, "--name", "Name", [p](const std::string& v) { p->body.mutable_put_unit()->set_name(v); })->required();
    text(*put, "--parent", "上级编号", [p](const std::string& v) { p->body.mutable_put_unit()->set_parent(v); });
    text(*put, "--code", "机关代字", [p](const std::string& v) { p->body.mutable_put_unit()->set_code(v); });
    auto* retire = unit->add_subcommand("retire", "Retire a unit: nothing is sent to it any more");
    auto r = one(*retire, "system", "The unit is retired.");
    text(*retire, "--id", "单位编号", [r](const std::string& v) { r->body.mutable_retire_unit()->set_id(v); })->required();
}

void posts(CLI::App& app)
{
    auto* post = app.add_subcommand("post", "Posts of people in units")->require_subcommand(1);
    auto* put = post->add_subcommand("put", "Give a person a post or change it");
    auto p = one(*put, "system", "The post is given.");
    text(*put, "--person", "工号", [p](const std::string& v) { p->body.mutable_put_post()->set_person(v); })->required();
    text(*put, "--unit", "单位编号", [p](const std::string& v) { p->body.mutable_put_post()->set_unit(v); })->required();
    text(*put, "--title", "职务", [p](const std::string& v) { p->body.mutable_put_post()->set_title(v); })->required();
    put->add_flag_function("--head", [p](int64_t) { p->body.mutable_put_post()->set_head(true); }, "负责人: reviews for the unit");
    put->add_flag_function("--clerk", [p](int64_t) { p->body.mutable_put_post()->set_clerk(true); }, "收文: receives documents for the unit");
    put->add_option_function<uint32_t>("--order", [p](uint32_t v) { p->body.mutable_put_post()->set_order(v); }, "Rank; smaller comes first");
    auto* end = post->add_subcommand("end", "End a post");
    auto e = one(*end, "system", "The post is ended.");
    text(*end, "--person", "工号", [e](const std::string& v) { e->body.mutable_end_post()->set_person(v); })->required();
    text(*end, "--unit", "单位编号", [e](const std::string& v) { e->body.mutable_end_post()->set_unit(v); })->required();
    text(*end, "--title", "职务", [e](const std::string& v) { e->body.mutable_end_post()->set_title(v); })->required();
}

void persons(CLI::App& app)
{
    auto* person = app.add_subcommand("person", "People")->require_subcommand(1);
    auto* suspend = person->add_subcommand("suspend", "Stop a person's access at once; --lift gives it back");
    auto s = one(*suspend, "security", "Done.");
    s->body.mutable_suspend_person()->set_suspended(true);
    text(*suspend, "--person", "工号", [s](const std::string& v) { s->body.mutable_suspend_person()->set_id(v); })->required();
    text(*suspend, "--reason", "Why; the person's desk shows it", [s](const std::string& v) { s->body.mutable_suspend_person()->set_reason(v); });
    suspend->add_flag_function("--lift", [s](int64_t) { s->body.mutable_suspend_person()->set_suspended(false); }, "Give access back");
}

void listDevices(const std::string& data, const std::string& person)
{
    auto hub = openHub(data);
    for (const auto& [id, d] : hub.core->directory().devices) {
        if (!person.empty() && d.person != person) continue;
        const auto known = hub.core->directory().person(d.person);
        std::cout << fmt::format("{}  {}({})  {}  {}{}\n", hex(id), known ? known->name : "", d.person, d.name, d.revoked ? "revoked" : d.waiting ? "waits to be approved, " + link::deviceCheck(d.signKey, d.boxKey) : "in force",
                                 d.revoked ? (d.lost ? ", lost: " : ": ") + d.reason : std::string());
    }
}

void devices(CLI::App& app)
{
    auto* device = app.add_subcommand("device", "Enrolled desks")->require_subcommand(1);
    auto* list = device->add_subcommand("list", "List desks");
    auto data = std::make_shared<std::string>(), person = std::make_shared<std::string>();
    list->add_option("--data", *data, "The hub's data folder")->required();
    list->add_option("--person", *person, "Only those of this 工号");
    list->callback([data, person] { listDevices(*data, *person); });
    for (const bool refuse : {false, true}) {
        auto* answer = device->add_subcommand(refuse ? "refuse" : "approve", refuse ? "Refuse a further device that waits; it needs a new code then" : "Approve a further device; it needs two administrators, each with his own key");
        auto a = one(*answer, "system or security", refuse ? "The device is refused." : "Approved with this key. 'device list' says whether it still waits for another's.");
        a->sign = [](wire::Command& c, const std::string& by) { c.mutable_approve_device()->set_by(by); };
        a->body.mutable_approve_device()->set_refused(refuse);
        text(*answer, "--device", "As 'device list' shows it; compare the letters behind with what the new device shows", [a](const std::string& v) { a->body.mutable_approve_device()->set_device(deviceId(v)); })->required();
    }
    auto* revoke = device->add_subcommand("revoke", "End a desk's access; its open connection ends within a second");
    auto r = one(*revoke, "security", "The device is revoked.");
    text(*revoke, "--device", "As 'device list' shows it", [r](const std::string& v) { r->body.mutable_revoke_device()->set_device(deviceId(v)); })->required();
    text(*revoke, "--reason", "Why; the desk shows it", [r](const std::string& v) { r->body.mutable_revoke_device()->set_reason(v); })->required();
    revoke->add_flag_function("--lost", [r](int64_t) { r->body.mutable_revoke_device()->set_lost(true); },
                              "Lost or stolen: what it signed and the hub had not yet decided counts no more");
}

struct Publish {
    AdminOption admin;
    std::vector<std::string> files;

    void run()
    {
        const auto bodies = definitionsIn(files);
        auto hub = openHub(admin.data);
        send(hub, admin, bodies);
        for (const auto& c : bodies) std::cout << "Published " << c.publish_definition().definition().id() << ". Matters under way go on as they began.\n";
    }
};

} // namespace

std::vector<std::string> standardDefinitions()
{
    std::vector<std::string> out;
    for (const char* id : {"fawen", "fawen-huiqian", "fawen-bumen"}) out.push_back(share(std::string("demo/") + id + ".bpmn"));
    return out;
}

std::vector<wire::Command> definitionsIn(const std::vector<std::string>& files)
{
    std::vector<wire::Command> out;
    for (const auto& file : files) {
        const auto d = need(hub::readDefinition(need(hub::readFile(file, 1u << 20), "definition " + file)), "definition " + file);
        if (const auto wrong = hub::wrongWith(d); !wrong.en.empty())
            stop(words(process::Words{"流程定义 " + file + " 不能发布：\n", "definition " + file + " cannot be published:\n"} + wrong));
        *out.emplace_back().mutable_publish_definition()->mutable_definition() = d;
    }
    return out;
}

std::string standardCalendar() { return share("demo/calendar.txt"); }

wire::Command calendarIn(const std::string& file)
{
    wire::Command out;
    out.mutable_put_calendar()->set_text(cleanText(need(hub::readFile(file, 64u << 10), "calendar " + file)));
    need(process::Calendar::parse(out.put_calendar().text()), "calendar " + file);
    return out;
}

void addDirectory(CLI::App& app)
{
    units(app);
    posts(app);
    persons(app);
    devices(app);
    auto* definition = app.add_subcommand("definition", "Process definitions")->require_subcommand(1);
    auto* sub = definition->add_subcommand("publish", "Publish process definitions from BPMN files");
    auto publish = std::make_shared<Publish>();
    publish->admin.add(*sub, "system");
    sub->add_option("file", publish->files, "BPMN files")->required();
    sub->callback([publish] { publish->run(); });
    auto* calendar = app.add_subcommand("calendar", "Working days and hours, holidays, outages")->require_subcommand(1);
    auto* days = calendar->add_subcommand("publish", "Publish the working-day calendar; terms that run follow it at once");
    auto c = one(*days, "system", "The calendar is in force.");
    text(*days, "file", "Calendar file; resources/demo/calendar.txt shows its form", [c](const std::string& v) { c->body = calendarIn(v); })->required();
    auto* level = app.add_subcommand("level", "Level of events in use")->require_subcommand(1);
    auto* set = level->add_subcommand("set", "Raise the level: desks below it can only read what uses it");
    auto l = one(*set, "system", "The level is set.");
    set->add_option_function<uint32_t>("level", [l](uint32_t v) { l->body.mutable_set_level()->set_level(v); }, "The level")->required()->check(CLI::Range(1u, wire::kLevel));
}

} // namespace zt::ctl
