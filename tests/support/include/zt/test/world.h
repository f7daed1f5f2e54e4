#pragma once

//! A hub of a few lines for tests of the rules: decides with the real functions, keeps real chained events, runs the follow-ups. No
//! signatures, no log, no network (modules/hub has those). Link zt::catalogue and zt::document.

#include "zt/catalogue/catalogue.h"
#include "zt/crypto/hash.h"
#include "zt/document/document.h"
#include "zt/test/province.h"

#include <deque>
#include <map>
#include <memory>
#include <set>

namespace zt::test {

class World {
public:
    Province province;
    Millis now = kMonday;
    std::map<std::string, std::unique_ptr<rules::State>> states;
    std::map<std::string, std::vector<wire::Event>> events;
    std::map<Bytes, bool> applied; //!< command id -> did it apply
    bool followUps = true;         //!< false: they queue until settle()
    //! Sees each decision that applied, before it is folded.
    std::function<void(const wire::Command&, const rules::State&, const rules::Decision&)> watch;

    World() { province.now = kMonday; }

    [[nodiscard]] const rules::State& at(const std::string& stream) { return mutableAt(stream); }
    [[nodiscard]] const document::Matter& matter(const std::string& stream = "m/1") { return static_cast<const document::Matter&>(at(stream)); }
    [[nodiscard]] const document::Incoming& incoming(const std::string& stream) { return static_cast<const document::Incoming&>(at(stream)); }

    //! Only decides, with the act in [from, now].
    [[nodiscard]] rules::Decision judge(const wire::Command& c, std::optional<Millis> from = {})
    {
        std::optional<bool> after;
        if (!c.after().empty()) {
            const auto it = applied.find(c.after());
            after = it != applied.end() && it->second;
        }
        return rules::decide(*catalogue::all().kind(c.stream()), at(c.stream()), c, province.directory, {{from.value_or(now), now}, false}, after);
    }
    //! Decides, appends the event, runs the follow-ups. Time goes on by a second.
    rules::Decision submit(const wire::Command& c, std::optional<Millis> from = {})
    {
        const auto d = append(c, from);
        if (followUps) settle();
        return d;
    }
    //! What follows, and what the timetable holds up to now.
    void settle()
    {
        for (;;) {
            for (; !m_queue.empty(); m_queue.pop_front()) (void)append(wire::Command(m_queue.front()), {});
            if (m_times.empty() || m_times.begin()->first > now) return;
            m_queue.push_back(std::move(m_times.begin()->second));
            m_times.erase(m_times.begin());
        }
    }
    void tick(Millis ms)
    {
        now += ms;
        province.now = now;
    }

    //! Another calendar, and what follows from it.
    void calendar(const std::string& text)
    {
        province.calendar(text);
        std::set<std::string> timed;
        for (const auto& [due, command] : m_times) timed.insert(command.stream());
        for (const auto& stream : timed) {
            wire::Command move;
            move.set_stream(stream);
            move.mutable_move_clocks();
            m_queue.push_back(std::move(move));
        }
        settle();
    }
    [[nodiscard]] const std::multimap<Millis, wire::Command>& times() const { return m_times; }

    //! A fresh command of a person on a stream.
    [[nodiscard]] wire::Command from(const std::string& person, const std::string& stream = "m/1")
    {
        wire::Command c = Province::by(person);
        c.set_id(crypto::hash("zt-test-id", {std::to_string(++m_ids)}).substr(0, 16));
        c.set_hub(kHub);
        c.set_stream(stream);
        c.set_level(1);
        c.set_device(Bytes(16, 'd'));
        return c;
    }
    [[nodiscard]] wire::Command submission(const std::string& person, const wire::Document& document = Province::notice(),
                                           const std::string& definition = "standard", const std::string& stream = "m/1")
    {
        auto c = from(person, stream);
        *c.mutable_submit()->mutable_document() = document;
        c.mutable_submit()->set_definition(definition);
        if (const auto* p = province.directory.process(definition)) c.mutable_submit()->set_definition_hash(p->hash);
        return c;
    }
    //! An act on the open task (or the one named) with the document in force as its subject.
    [[nodiscard]] wire::Command act(const std::string& person, wire::Choice choice, const std::string& opinion = {}, const std::string& mandate = {},
                                    const std::string& stream = "m/1", const std::string& task = {})
    {
        auto c = from(person, stream);
        const auto& m = matter(stream);
        const auto* open = m.flow.openTask();
        c.mutable_act()->set_task(task.empty() && open ? open->id : task);
        c.mutable_act()->set_choice(choice);
        c.mutable_act()->set_opinion(opinion);
        c.mutable_act()->set_mandate(mandate);
        if (m.current()) c.set_subject(m.current()->hash);
        return c;
    }
    [[nodiscard]] wire::Command opinion(const std::string& person, const std::string& text, const std::string& stream = "m/1")
    {
        auto c = from(person, stream);
        c.mutable_add_opinion()->set_text(text);
        return c;
    }
    [[nodiscard]] wire::Command withdrawal(const std::string& person, const std::string& stream = "m/1")
    {
        auto c = from(person, stream);
        c.mutable_withdraw()->set_reason("重新研究");
        return c;
    }

    //! Gives a mandate and runs what follows from it (deputies are admitted to the principal's open matters).
    void mandate(const std::string& id, const std::string& principal, const std::string& deputy, Millis from, Millis to, std::vector<std::string> scopes = {})
    {
        province.mandate(id, principal, deputy, from, to, std::move(scopes));
        for (const auto& stream : streams("m/")) {
            wire::Command admit;
            admit.set_stream(stream);
            admit.mutable_admit_deputy()->set_mandate(id);
            m_queue.push_back(std::move(admit));
        }
        if (followUps) settle();
    }
    [[nodiscard]] std::vector<std::string> streams(const std::string& prefix) const
    {
        std::vector<std::string> out;
        for (const auto& [name, list] : events)
            if (name.rfind(prefix, 0) == 0) out.push_back(name);
        return out;
    }

private:
    rules::State& mutableAt(const std::string& stream)
    {
        auto& s = states[stream];
        if (!s) s = catalogue::all().kind(stream)->empty(stream);
        return *s;
    }
    rules::Decision append(const wire::Command& c, std::optional<Millis> from)
    {
        const auto d = judge(c, from);
        if (!c.id().empty()) applied[c.id()] = d.applies();
        if (!d.applies()) return d;
        if (watch) watch(c, at(c.stream()), d);
        rules::State& state = mutableAt(c.stream());
        const rules::Kind& kind = *catalogue::all().kind(c.stream());
        wire::Body body;
        for (const auto& f : d.facts) *body.add_facts() = f;
        wire::Event e;
        e.set_hub(kHub);
        e.set_stream(c.stream());
        e.set_version(state.version + 1);
        e.set_prev(state.head);
        e.set_time_ms(now);
        e.set_level(1);
        e.set_suite(crypto::kSuiteSodium);
        e.set_salt(Bytes(16, char('a' + state.version % 26)));
        body.SerializeToString(e.mutable_body());
        e.set_body_hash(wire::bodyHash(e.salt(), e.body()));
        if (!rules::fold(kind, state, e)) die("an event of our own does not fold", __FILE__, __LINE__);
        events[c.stream()].push_back(e);
        uint32_t index = 0;
        for (auto& next : kind.react(state, d.facts, {now, e.version(), state.head})) {
            next.body.set_stream(next.stream);
            next.body.set_id(wire::followUpId(state.head, index++));
            if (next.notBefore) m_times.emplace(next.notBefore, std::move(next.body));
            else m_queue.push_back(std::move(next.body));
        }
        tick(1000);
        return d;
    }

    std::deque<wire::Command> m_queue;
    std::multimap<Millis, wire::Command> m_times;
    int m_ids = 0;
};

} // namespace zt::test
