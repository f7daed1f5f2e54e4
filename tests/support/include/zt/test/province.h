#pragma once

//! A small province for tests of everything above `wire`: 示例省 with its office, a city and a county. All names are invented.
//! Link zt::directory. Every record goes through the directory's own decide, so the fixture cannot hold what the rules forbid.

#include "zt/base/result.h"
#include "zt/directory/directory.h"
#include "zt/test/chain.h"
#include "zt/wire/sealing.h"

#include <string>
#include <utility>

namespace zt::test {

inline constexpr const char* kHub = "hub.shili";
inline constexpr Millis kHour = 3600'000;
inline constexpr Millis kDay = 24 * kHour;
//! 2026-03-02 09:00 in China, a Monday.
inline constexpr Millis kMonday = 1772413200'000;

//! Units: office 办公厅 (root; issues documents) with doc 文电处 and gen 综合处; water 水务厅; city 云州市; county 柳溪县 below it.
//! People: lin, he draft in doc; shan and zeng head it; qiu heads gen; zhou and wu are 副主任, zhao is 主任 of the office; clerks are
//! clerk.city, clerk.county, clerk.water; head.city heads the city; nobody is someone without a post.
//! Administrators: sys, sec, sec2, aud.
class Province {
public:
    directory::Directory directory;
    Millis now = kMonday - 30 * kDay;

    Province()
    {
        directory.stream = directory::kStream;
        admins();
        units();
        people();
        publish(standard());
        publish(joint());
    }

    //! Decides and folds one directory command; ends the process if it is refused.
    void must(const wire::Command& c)
    {
        const auto d = tryPut(c);
        if (!d.applies()) die("the province refused a record, reason " + std::to_string(d.reason), __FILE__, __LINE__);
    }
    [[nodiscard]] rules::Decision tryPut(wire::Command c)
    {
        c.set_hub(kHub);
        c.set_stream(directory::kStream);
        c.set_level(1);
        const auto d = rules::decide(directory::directoryKind(), directory, c, directory, {{now, now}, false}, {});
        if (d.applies()) rules::foldPredicted(directory::directoryKind(), directory, d.facts, now);
        return d;
    }

    void unit(const std::string& id, const std::string& name, const std::string& parent, const std::string& code = {})
    {
        auto c = by("sys");
        auto& u = *c.mutable_put_unit();
        u.set_id(id);
        u.set_name(name);
        u.set_parent(parent);
        u.set_code(code);
        must(c);
    }
    void retire(const std::string& unit)
    {
        auto c = by("sys");
        c.mutable_retire_unit()->set_id(unit);
        must(c);
    }
    void person(const std::string& id, const std::string& name)
    {
        auto c = by("sys");
        c.mutable_put_person()->set_id(id);
        c.mutable_put_person()->set_name(name);
        must(c);
    }
    void post(const std::string& person, const std::string& unit, const std::string& title, bool head = false, bool clerk = false, uint32_t order = 10)
    {
        auto c = by("sys");
        auto& p = *c.mutable_put_post();
        p.set_person(person);
        p.set_unit(unit);
        p.set_title(title);
        p.set_head(head);
        p.set_clerk(clerk);
        p.set_order(order);
        must(c);
    }
    void endPost(const std::string& person, const std::string& unit, const std::string& title)
    {
        auto c = by("sys");
        c.mutable_end_post()->set_person(person);
        c.mutable_end_post()->set_unit(unit);
        c.mutable_end_post()->set_title(title);
        must(c);
    }
    void suspend(const std::string& person, bool suspended = true)
    {
        auto c = by("sec");
        c.mutable_suspend_person()->set_id(person);
        c.mutable_suspend_person()->set_suspended(suspended);
        must(c);
    }
    void publish(const wire::Definition& d)
    {
        auto c = by("sys");
        *c.mutable_publish_definition()->mutable_definition() = d;
        must(c);
    }
    void calendar(const std::string& text)
    {
        auto c = by("sys");
        c.mutable_put_calendar()->set_text(text);
        must(c);
    }
    void mandate(const std::string& id, const std::string& principal, const std::string& deputy, Millis from, Millis to, std::vector<std::string> scopes = {})
    {
        auto c = by(principal);
        auto& m = *c.mutable_give_mandate();
        m.set_id(id);
        m.set_principal(principal);
        m.set_deputy(deputy);
        m.set_from_ms(from);
        m.set_to_ms(to);
        for (auto& s : scopes) m.add_scopes(s);
        must(c);
    }
    void endMandate(const std::string& id, bool forCause = false)
    {
        auto c = by("sec");
        c.mutable_end_mandate()->set_id(id);
        c.mutable_end_mandate()->set_for_cause(forCause);
        must(c);
    }

    [[nodiscard]] static wire::Command by(const std::string& person)
    {
        wire::Command c;
        c.set_person(person);
        return c;
    }
    [[nodiscard]] static wire::PutRole roleOf(const std::string& admin, wire::Role role)
    {
        wire::PutRole r;
        r.set_admin(admin);
        r.set_name(admin);
        r.set_role(role);
        r.set_sign_key(Bytes(32, 's'));
        r.set_box_key(Bytes(32, 'b'));
        return r;
    }

    //! draft -> review (any head of the drafter's unit) -> sign (主任 of the issuing organ) -> number -> dispatch -> receipt.
    [[nodiscard]] static std::vector<Step> standardSteps()
    {
        return withTail({{"draft", "拟稿", "initiator", "draft", ""}, {"review", "审核", "heads", "review", "agree return"}, {"sign", "签发", "post:主任", "sign", "sign return reject"}});
    }
    [[nodiscard]] static wire::Definition standard(const std::string& id = "standard") { return chain(id, "发文", standardSteps()); }
    //! As standard, with a countersign (会签) by all 副主任 of the office in the place of the review, due in 24 working hours, strictly.
    [[nodiscard]] static wire::Definition joint()
    {
        auto steps = standardSteps();
        steps[1] = {"countersign", "会签", "post:副主任", "review", "agree return", {}, true, true, 24};
        return chain("joint", "会签发文", steps);
    }
    //! A 通知 of the office to the city and the county, with a copy to the water department.
    [[nodiscard]] static wire::Document notice(const std::string& title = "关于做好防汛工作的通知")
    {
        wire::Document d;
        d.set_kind("通知");
        d.set_title(title);
        d.set_urgency(wire::URGENCY_PRESSING);
        d.add_recipients("city");
        d.add_recipients("county");
        d.add_copies("water");
        d.set_body("各市、县人民政府：\n请认真组织实施。");
        d.set_issuer("office");
        d.set_code("示政办发");
        return d;
    }

private:
    void admins()
    {
        for (const auto& [id, role] : {std::pair{"sys", wire::ROLE_SYSTEM}, {"sec", wire::ROLE_SECURITY}, {"sec2", wire::ROLE_SECURITY}, {"aud", wire::ROLE_AUDIT}}) {
            auto c = by("");
            *c.mutable_put_role() = roleOf(id, role);
            must(c);
        }
    }
    void units()
    {
        unit("office", "示例省人民政府办公厅", "", "示政办发");
        unit("doc", "文电处", "office");
        unit("gen", "综合处", "office");
        unit("water", "示例省水务厅", "");
        unit("city", "云州市人民政府", "");
        unit("county", "柳溪县人民政府", "city");
    }
    void people()
    {
        for (const auto& [id, name] : {std::pair{"lin", "林小满"}, {"he", "何川"}, {"shan", "单晓宇"}, {"zeng", "曾一凡"}, {"qiu", "仇海"}, {"zhou", "周若水"},
                                       {"wu", "吴远"}, {"zhao", "赵长庚"}, {"clerk.city", "钱收文"}, {"head.city", "孙云"}, {"clerk.county", "李柳"},
                                       {"clerk.water", "郑波"}, {"nobody", "冯未任"}})
            person(id, name);
        post("lin", "doc", "科员");
        post("he", "doc", "科员");
        post("shan", "doc", "处长", true, false, 1);
        post("zeng", "doc", "副处长", true, false, 2);
        post("qiu", "gen", "处长", true, false, 1);
        post("zhou", "office", "副主任", false, false, 2);
        post("wu", "office", "副主任", false, false, 3);
        post("zhao", "office", "主任", true, false, 1);
        post("clerk.city", "city", "收文员", false, true);
        post("head.city", "city", "市长", true);
        post("clerk.county", "county", "收文员", false, true);
        post("clerk.water", "water", "收文员", false, true);
    }
};

} // namespace zt::test
