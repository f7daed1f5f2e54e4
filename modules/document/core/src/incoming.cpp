#include "zt/document/document.h"

#include <algorithm>

namespace zt::document {

using rules::Decision;
using wire::Command;
using wire::Fact;

namespace {

class IncomingKind final : public rules::Kind {
public:
    std::unique_ptr<rules::State> empty(const std::string& stream) const override
    {
        auto s = std::make_unique<Incoming>();
        s->stream = stream;
        return s;
    }
    Decision decide(const rules::State& state, const Command& c, const rules::Context& context, const rules::Moment& moment) const override
    {
        const auto& in = static_cast<const Incoming&>(state);
        if (c.person().empty()) return c.has_deliver() ? deliver(in, c, context) : Decision::refuse(wire::NOT_UNDERSTOOD, wire::REASON_FORM);
        if (in.version == 0 || !in.readers.count(c.person())) return Decision::refuse(wire::NOT_PERMITTED, wire::REASON_NOT_READER);
        const auto who = rules::actorFor(context, moment.act, c.person(), {}, "receive");
        if (!who.actor) return Decision::refuse(wire::NOT_PERMITTED, who.refused);
        if (c.has_open()) return open(in, *who.actor);
        if (c.has_sign_for()) return signFor(in, c, *who.actor, context, moment);
        return Decision::refuse(wire::NOT_UNDERSTOOD, wire::REASON_FORM);
    }
    void evolve(rules::State& state, const Fact& f, const rules::Header& h) const override;
    std::vector<rules::FollowUp> react(const rules::State& state, const std::vector<Fact>& facts, const rules::Header& h) const override;
    bool eachReader(const rules::State& state, const std::function<void(const std::string&)>& each) const override
    {
        const auto& in = static_cast<const Incoming&>(state);
        for (const auto& person : in.readers) each(person);
        for (const auto& person : in.formerReaders) each(person);
        return true;
    }
    std::optional<rules::Finished> finished(const rules::State& state) const override;

private:
    static Decision deliver(const Incoming& in, const Command& c, const rules::Context& context)
    {
        if (in.version) return Decision::refuse(wire::DUPLICATE, wire::REASON_ALREADY_DONE);
        const auto unit = context.unit(c.deliver().unit());
        Fact f;
        auto& d = *f.mutable_delivered();
        *d.mutable_package() = c.deliver().package();
        d.set_unit(c.deliver().unit());
        d.set_unit_name(unit ? unit->name : std::string());
        // Kept without clerks rather than refused: only an event can tell the sender.
        if (!canReceive(context, c.deliver().unit())) return Decision::apply({f});
        std::vector<Fact> facts;
        std::set<std::string> readers;
        for (const auto& p : context.postsIn(unit->id)) {
            if (!p.clerk && !p.head) continue;
            const auto person = context.person(p.person);
            if (!person || person->suspended) continue;
            readers.insert(p.person);
            if (!p.clerk) continue;
            auto& s = *d.add_clerks();
            s.set_person(p.person);
            s.set_name(person->name);
            s.set_unit(unit->id);
            s.set_unit_name(unit->name);
            s.set_post(p.title);
        }
        facts.push_back(std::move(f));
        for (const auto& r : readers) {
            Fact added;
            added.mutable_reader_added()->set_person(r);
            facts.push_back(std::move(added));
        }
        return Decision::apply(std::move(facts));
    }
    static Fact opened(const wire::Actor& by)
    {
        Fact f;
        *f.mutable_opened()->mutable_by() = by;
        return f;
    }
    //! A clerk of then whose post is still his, or was at some point of the act.
    static bool isClerk(const Incoming& in, const std::string& person, const rules::Context& context, const rules::Interval& act)
    {
        return std::any_of(in.clerks.begin(), in.clerks.end(), [&](const auto& s) {
            if (s.person() != person) return false;
            const auto posts = context.postsTitled(s.post(), s.unit());
            if (std::any_of(posts.begin(), posts.end(), [&](const auto& p) { return p.person == person; })) return true;
            const auto ended = context.postEnded(person, s.unit(), s.post());
            return ended && act.from < *ended;
        });
    }
    static Decision open(const Incoming& in, const wire::Actor& by)
    {
        if (in.opened) return Decision::refuse(wire::DUPLICATE, wire::REASON_ALREADY_DONE);
        return Decision::apply({opened(by)});
    }
    static Decision signFor(const Incoming& in, const Command& c, const wire::Actor& by, const rules::Context& context, const rules::Moment& moment)
    {
        if (in.signedFor) {
            if (in.signedBy.person() == by.person()) return Decision::refuse(wire::DUPLICATE, wire::REASON_ALREADY_DONE);
            Decision d = Decision::refuse(wire::SUPERSEDED, wire::REASON_ALREADY_DONE);
            d.byName = in.signedBy.name();
            d.byPost = in.signedBy.post();
            d.byTime = in.signedFor;
            return d;
        }
        if (!isClerk(in, by.person(), context, moment.act)) return Decision::refuse(wire::NOT_PERMITTED, wire::REASON_NOT_YOUR_TASK);
        std::vector<Fact> facts;
        if (!in.opened) facts.push_back(opened(by));
        Fact f;
        *f.mutable_signed_for()->mutable_by() = by;
        f.mutable_signed_for()->set_note(c.sign_for().note());
        facts.push_back(std::move(f));
        return Decision::apply(std::move(facts));
    }
};

void IncomingKind::evolve(rules::State& state, const Fact& f, const rules::Header& h) const
{
    auto& in = static_cast<Incoming&>(state);
    switch (f.kind_case()) {
    case Fact::kDelivered:
        in.package = f.delivered().package();
        in.unit = f.delivered().unit();
        in.unitName = f.delivered().unit_name();
        in.clerks.assign(f.delivered().clerks().begin(), f.delivered().clerks().end());
        if (!in.clerks.empty()) in.received = h.time;
        break;
    case Fact::kOpened:
        in.opened = h.time;
        in.openedBy = f.opened().by();
        break;
    case Fact::kSignedFor:
        in.signedFor = h.time;
        in.signedBy = f.signed_for().by();
        in.note = f.signed_for().note();
        break;
    case Fact::kReaderAdded: in.readers.insert(f.reader_added().person()); break;
    case Fact::kReaderRemoved:
        in.readers.erase(f.reader_removed().person());
        in.formerReaders.insert(f.reader_removed().person());
        break;
    default: break;
    }
}

std::vector<rules::FollowUp> IncomingKind::react(const rules::State& state, const std::vector<Fact>& facts, const rules::Header& h) const
{
    const auto& in = static_cast<const Incoming&>(state);
    std::vector<rules::FollowUp> out;
    auto receipt = [&](wire::ReceiptKind kind, const wire::Actor* by, const std::string& note) {
        rules::FollowUp next;
        next.stream = in.package.sender_stream();
        auto& r = *next.body.mutable_record_receipt();
        r.set_unit(in.unit);
        r.set_kind(kind);
        if (by) *r.mutable_by() = *by;
        r.set_note(note);
        r.set_at_ms(h.time);
        r.set_stream(in.stream);
        out.push_back(std::move(next));
    };
    for (const Fact& f : facts) {
        if (f.has_delivered()) receipt(f.delivered().clerks().empty() ? wire::RECEIPT_UNDELIVERABLE : wire::RECEIPT_RECEIVED, nullptr, {});
        else if (f.has_opened()) receipt(wire::RECEIPT_OPENED, &f.opened().by(), {});
        else if (f.has_signed_for()) receipt(wire::RECEIPT_SIGNED, &f.signed_for().by(), f.signed_for().note());
        else if (f.has_reader_added()) {
            rules::FollowUp next;
            next.stream = "acc/" + f.reader_added().person();
            next.body.mutable_grant()->set_stream(in.stream);
            next.body.mutable_grant()->set_kind("incoming");
            out.push_back(std::move(next));
        }
    }
    return out;
}

std::optional<rules::Finished> IncomingKind::finished(const rules::State& state) const
{
    const auto& in = static_cast<const Incoming&>(state);
    return in.signedFor ? std::optional(rules::Finished{in.signedFor, in.package.document().kind()}) : std::nullopt;
}

class RegisterKind final : public rules::Kind {
public:
    std::unique_ptr<rules::State> empty(const std::string& stream) const override
    {
        auto s = std::make_unique<Register>();
        s->stream = stream;
        return s;
    }
    bool hubOnly() const override { return true; }
    Decision decide(const rules::State& state, const Command& c, const rules::Context&, const rules::Moment&) const override
    {
        const auto& r = static_cast<const Register&>(state);
        if (!c.has_allocate_number()) return Decision::refuse(wire::NOT_UNDERSTOOD, wire::REASON_FORM);
        const auto& a = c.allocate_number();
        if (r.given.count(a.matter())) return Decision::refuse(wire::DUPLICATE, wire::REASON_ALREADY_DONE);
        Fact f;
        auto& n = *f.mutable_number_allocated();
        n.set_matter(a.matter());
        n.set_ordinal(r.last + 1);
        n.set_code(a.code());
        n.set_year(a.year());
        n.set_number(numberText(a.code(), a.year(), r.last + 1));
        return Decision::apply({f});
    }
    void evolve(rules::State& state, const Fact& f, const rules::Header&) const override
    {
        auto& r = static_cast<Register&>(state);
        if (!f.has_number_allocated()) return;
        r.last = f.number_allocated().ordinal();
        r.given[f.number_allocated().matter()] = r.last;
    }
    std::vector<rules::FollowUp> react(const rules::State&, const std::vector<Fact>& facts, const rules::Header&) const override
    {
        std::vector<rules::FollowUp> out;
        for (const Fact& f : facts) {
            if (!f.has_number_allocated()) continue;
            const auto& n = f.number_allocated();
            rules::FollowUp next;
            next.stream = n.matter();
            auto& a = *next.body.mutable_assign_number();
            a.set_number(n.number());
            a.set_ordinal(n.ordinal());
            a.set_code(n.code());
            a.set_year(n.year());
            out.push_back(std::move(next));
        }
        return out;
    }
};

} // namespace

const rules::Kind& incomingKind()
{
    static const IncomingKind kind;
    return kind;
}

const rules::Kind& registerKind()
{
    static const RegisterKind kind;
    return kind;
}

} // namespace zt::document
