#pragma once

#include "zt/base/bytes.h"
#include "zt/base/id.h"
#include "zt/catalogue/catalogue.h"
#include "zt/crypto/sign.h"
#include "zt/hub/core.h"
#include "zt/hub/memory_log.h"
#include "zt/test/chain.h"
#include "zt/test/test.h"
#include "zt/wire/sealing.h"

#include <map>
#include <algorithm>
#include <random>
#include <set>

//! A small province over a log in memory: two administrators, an office with a drafter, two heads and a director, one receiving unit.
namespace zt::test {

struct FakeClock final : Clock {
    Millis t = 1'793'000'000'000;
    Millis now() const override { return t; }
    Millis steady() const override { return t; }
};

struct SeededRandom final : Random {
    std::mt19937_64 engine{1};
    void fill(void* out, size_t size) override
    {
        for (size_t i = 0; i < size; ++i) static_cast<unsigned char*>(out)[i] = static_cast<unsigned char>(engine());
    }
};

struct Desk {
    std::string person;
    Bytes device;
    crypto::SigningKey key;
};

inline wire::Definition definition()
{
    return chain("gw", "公文", withTail({{"draft", "draft", "initiator", "draft", ""}, {"review", "review", "heads", "review", "agree return"}, {"sign", "sign", "post:主任", "sign", "sign return"}}));
}

struct Province {
    FakeClock clock;
    SeededRandom random;
    crypto::SigningKey hubKey;
    hub::MemoryLog memory{Bytes(16, 'i')};
    hub::EventLog* log = &memory;
    std::unique_ptr<hub::Core> core;
    std::map<std::string, Desk> desks;
    std::map<std::string, crypto::SigningKey> admins;

    explicit Province(hub::EventLog* other = nullptr, const crypto::SigningKey* key = nullptr, Millis now = 0)
        : hubKey(key ? *crypto::SigningKey::fromSeed(key->seed()) : crypto::SigningKey::generate(random))
    {
        if (other) log = other;
        if (now) clock.t = now;
        restart();
        create();
    }

    //! As after a crash: nothing in memory.
    void restart()
    {
        core = std::make_unique<hub::Core>(hub::Core::Config{"hub-1"}, *log, hubKey, clock, random, catalogue::all());
        EXPECT(core->load());
    }

    wire::SignedCommand sign(wire::Command c, const std::string& person, const Bytes& device, const crypto::SigningKey& key)
    {
        if (c.id().empty()) c.set_id(newId(clock, random));
        if (c.hub().empty()) c.set_hub("hub-1");
        c.set_person(person);
        c.set_device(device);
        c.set_level(std::max(1u, c.level()));
        if (c.hub_time_ms() == 0) {
            const auto time = core->time();
            c.set_hub_time_ms(time.ms());
            c.set_hub_time_sig(time.signature());
        }
        return wire::signCommand(c, key);
    }
    wire::SignedCommand sign(const std::string& person, wire::Command c)
    {
        const Desk& d = desks.at(person);
        return sign(std::move(c), person, d.device, d.key);
    }
    hub::Core::Door door(const std::string& person, wire::Command c) { return {{person, desks.at(person).device}, sign(person, std::move(c)), false}; }
    hub::Core::Answer submit(hub::Core::Door d)
    {
        auto answers = core->submit({std::move(d)});
        EXPECT(answers && answers->size() == 1);
        return answers && !answers->empty() ? answers->front() : hub::Core::Answer{};
    }
    wire::Outcome does(const std::string& person, wire::Command c, wire::Reason* why = nullptr)
    {
        const auto a = submit(door(person, std::move(c)));
        if (why) *why = a.receipt ? a.receipt->reason() : wire::REASON_NONE;
        return a.receipt ? a.receipt->outcome() : wire::OUTCOME_UNKNOWN;
    }
    wire::Outcome rules(const std::string& admin, wire::Command c)
    {
        c.set_stream("dir");
        const auto a = submit({{admin, {}}, sign(std::move(c), admin, {}, admins.at(admin)), false});
        return a.receipt ? a.receipt->outcome() : wire::OUTCOME_UNKNOWN;
    }
    void settle()
    {
        for (;;) {
            auto more = core->followUp(64);
            EXPECT(more);
            if (!more || !*more) return;
        }
    }
    void enrol(const std::string& person)
    {
        Desk d{person, newId(clock, random), crypto::SigningKey::generate(random)};
        wire::Command c;
        auto& e = *c.mutable_enrol_device();
        e.set_device(d.device);
        e.set_person(person);
        e.set_sign_key(d.key.publicKey());
        e.set_box_key(Bytes(32, 'b'));
        EXPECT(core->submitOwn("dir", c));
        desks.insert_or_assign(person, std::move(d));
    }
    void putPerson(const std::string& id, const std::string& unit, const std::string& title, bool head, bool clerk)
    {
        wire::Command p;
        p.mutable_put_person()->set_id(id);
        p.mutable_put_person()->set_name("姓名" + id);
        EXPECT_EQ(rules("sys", p), wire::APPLIED);
        wire::Command post;
        auto& x = *post.mutable_put_post();
        x.set_person(id);
        x.set_unit(unit);
        x.set_title(title);
        x.set_head(head);
        x.set_clerk(clerk);
        EXPECT_EQ(rules("sys", post), wire::APPLIED);
        enrol(id);
    }
    void create()
    {
        for (const auto& [id, role] : {std::pair{"sys", wire::ROLE_SYSTEM}, std::pair{"sec", wire::ROLE_SECURITY}}) {
            admins.emplace(id, crypto::SigningKey::generate(random));
            wire::Command c;
            auto& r = *c.mutable_put_role();
            r.set_admin(id);
            r.set_role(role);
            r.set_sign_key(admins.at(id).publicKey());
            EXPECT(core->submitOwn("dir", c));
        }
        for (const auto& [id, parent] : {std::pair{"office", ""}, std::pair{"town", ""}}) {
            wire::Command c;
            c.mutable_put_unit()->set_id(id);
            c.mutable_put_unit()->set_name(std::string("单位") + id);
            c.mutable_put_unit()->set_parent(parent);
            EXPECT_EQ(rules("sys", c), wire::APPLIED);
        }
        putPerson("drafter", "office", "科员", false, false);
        putPerson("head", "office", "处长", true, false);
        putPerson("head2", "office", "副处长", true, false);
        putPerson("director", "office", "主任", false, false);
        putPerson("clerk", "town", "文书", false, true);
        wire::Command c;
        *c.mutable_publish_definition()->mutable_definition() = definition();
        EXPECT_EQ(rules("sys", c), wire::APPLIED);
    }

    // ---- acts ----
    wire::Command draft(const std::string& stream, const std::string& body = "各单位：\n请认真贯彻落实。")
    {
        wire::Command c;
        c.set_stream(stream);
        auto& s = *c.mutable_submit();
        s.set_definition("gw");
        s.set_definition_hash(wire::definitionHash(definition()));
        auto& d = *s.mutable_document();
        d.set_kind("通知");
        d.set_title("关于做好防汛工作的通知");
        d.add_recipients("town");
        d.set_body(body);
        d.set_issuer("office");
        d.set_code("示政办发");
        return c;
    }
    wire::Command act(const std::string& stream, const std::string& task, wire::Choice choice, const std::string& opinion = "同意")
    {
        wire::Command c;
        c.set_stream(stream);
        c.mutable_act()->set_task(task);
        c.mutable_act()->set_choice(choice);
        c.mutable_act()->set_opinion(opinion);
        c.set_subject(wire::documentHash(draft(stream).submit().document()));
        return c;
    }
    std::vector<std::string> granted(const std::string& person)
    {
        std::vector<std::string> out;
        const auto streams = log->streams();
        for (const auto& s : *streams)
            if (s != "dir" && s.rfind("acc/", 0) != 0 && *core->mayRead(person, s)) out.push_back(s);
        return out;
    }
};

} // namespace zt::test
