#include "province.h"

#include "zt/base/id.h"
#include "zt/catalogue/catalogue.h"
#include "zt/test/chain.h"
#include "zt/wire/sealing.h"

namespace zt::sim {

namespace {

class StillClock final : public Clock {
public:
    Millis now() const override { return kStart - 3600'000; }
    Millis steady() const override { return 0; }
};

void must(const Result<void>& r)
{
    if (!r) die(r.error().detail.empty() ? "province" : r.error().detail, __FILE__, __LINE__);
}

wire::Command unit(const char* id, const char* parent)
{
    wire::Command c;
    c.mutable_put_unit()->set_id(id);
    c.mutable_put_unit()->set_name(std::string("Unit ") + id);
    c.mutable_put_unit()->set_parent(parent);
    return c;
}

wire::Command post(const char* person, const char* unit, const char* title, bool head, bool clerk)
{
    wire::Command c;
    auto& p = *c.mutable_put_post();
    p.set_person(person);
    p.set_unit(unit);
    p.set_title(title);
    p.set_head(head);
    p.set_clerk(clerk);
    return c;
}

std::vector<wire::Command> people()
{
    std::vector<wire::Command> out{unit("u0", ""), unit("u1", "u0"), unit("u2", "u0")};
    for (const char* id : {"p0", "p1", "p2", "p3", "p4"}) {
        wire::Command c;
        c.mutable_put_person()->set_id(id);
        c.mutable_put_person()->set_name(std::string("Name ") + id);
        out.push_back(std::move(c));
    }
    out.push_back(post("p0", "u1", "officer", false, true));
    out.push_back(post("p1", "u1", "director", true, false));
    out.push_back(post("p1", "u0", "counsel", false, false));
    out.push_back(post("p2", "u0", "leader", true, true));
    out.push_back(post("p3", "u2", "director", true, true));
    out.push_back(post("p3", "u0", "counsel", false, false));
    out.push_back(post("p3", "u0", "leader", false, false));
    out.push_back(post("p4", "u2", "officer", false, true));
    out.push_back(post("p4", "u0", "counsel", false, false));
    wire::Command calendar;
    *calendar.mutable_put_calendar() = workingTime({});
    out.push_back(std::move(calendar));
    for (const uint32_t variant : {0u, 1u}) {
        wire::Command c;
        *c.mutable_publish_definition()->mutable_definition() = definition(variant);
        out.push_back(std::move(c));
    }
    return out;
}

std::unique_ptr<Province> create()
{
    Prng random(42);
    auto p = std::make_unique<Province>();
    p->hubKey = crypto::SigningKey::generate(random);
    p->systemKey = crypto::SigningKey::generate(random);
    p->securityKey = crypto::SigningKey::generate(random);
    p->auditKey = crypto::SigningKey::generate(random);
    const StillClock clock;
    hub::Core core({kHub, 1000}, p->log, p->hubKey, clock, random, catalogue::all());
    must(core.load());
    const std::tuple<const char*, wire::Role, const crypto::SigningKey*> roles[] = {
        {"system", wire::ROLE_SYSTEM, &p->systemKey}, {"security", wire::ROLE_SECURITY, &p->securityKey}, {"audit", wire::ROLE_AUDIT, &p->auditKey}};
    for (const auto& [id, role, key] : roles) {
        wire::Command c;
        auto& r = *c.mutable_put_role();
        r.set_admin(id);
        r.set_role(role);
        r.set_sign_key(key->publicKey());
        must(core.submitOwn("dir", c));
    }
    for (auto& c : people()) {
        c.set_stream("dir");
        c.set_id(newId(clock, random));
        c.set_hub(kHub);
        c.set_level(1);
        c.set_person("system");
        hub::Core::Door door{{"system", {}}, wire::signCommand(c, p->systemKey), false};
        auto done = core.submit({door});
        if (!done || !done->front().receipt || done->front().receipt->outcome() != wire::APPLIED) die("province refused", __FILE__, __LINE__);
    }
    for (const char* person : {"p0", "p1", "p2", "p3", "p4", "p1"}) {
        Province::Machine m{person, random.bytes(16), crypto::SigningKey::generate(random)};
        wire::Command c;
        auto& e = *c.mutable_enrol_device();
        e.set_device(m.device);
        e.set_person(person);
        e.set_sign_key(m.key.publicKey());
        e.set_box_key(random.bytes(32));
        must(core.submitOwn("dir", c));
        p->machines.push_back(std::move(m));
    }
    for (auto more = core.followUp(1000); more && *more;) more = core.followUp(1000);
    return p;
}

} // namespace

wire::Definition definition(uint32_t variant)
{
    std::vector<test::Step> steps{{"draft", "draft", "initiator", "draft", ""}, {"review", "review", "heads", "review", "agree return"}};
    if (variant % 3 == 2) {
        steps[1].dueHours = 1;
        steps[1].strict = true;
    }
    if (variant % 2 == 0) steps.push_back({"counter", "counter", "post:counsel", "review", "agree return", {}, true});
    steps.push_back({"sign", "sign", "post:leader", "sign", "sign return reject"});
    steps.push_back({"number", "number", {}, {}, {}, "number"});
    steps.push_back({"dispatch", "dispatch", {}, {}, {}, "dispatch"});
    wire::Definition d = test::chain(variant % 2 ? "short" : "long", "Document " + std::to_string(variant), steps);
    // A review that takes too long goes to the next, or to its end, or somebody is asked to see to it.
    static const std::string kUrge = test::element({"urge", "urge", "post:leader", "review", "agree"}) + "<endEvent id=\"urged\"/>" + test::flow("urge", "urged");
    const std::string timers[] = {{}, test::clockAt("late", "review", "PT20M") + test::flow("late", steps[2].key), test::clockAt("late", "review", "PT10M", false) + test::flow("late", "urge") + kUrge,
                                  test::clockAt("late", "review", "PT1H", true, "zt:workingTime=\"true\"") + test::flow("late", "end")};
    d.mutable_bpmn()->insert(d.bpmn().find("</process>"), timers[variant % 4]);
    return d;
}

wire::PutCalendar workingTime(const std::string& outage)
{
    wire::PutCalendar out;
    out.set_text("hours 00:00-24:00\nweek 1-7\n" + (outage.empty() ? std::string() : "outage " + outage + "\n"));
    return out;
}

hub::Core::Door adminDoor(wire::Command c, bool security, const Clock& clock, Random& random)
{
    c.set_stream("dir");
    c.set_id(newId(clock, random));
    c.set_hub(kHub);
    c.set_level(1);
    c.set_person(security ? "security" : "system");
    return {{c.person(), {}}, wire::signCommand(c, security ? province().securityKey : province().systemKey), false};
}

const Province& province()
{
    static const std::unique_ptr<Province> p = create();
    return *p;
}

} // namespace zt::sim
