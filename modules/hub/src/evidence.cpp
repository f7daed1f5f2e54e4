#include "zt/hub/evidence.h"

#include "evidence_chain.h"
#include "zt/crypto/hash.h"
#include "zt/crypto/pki.h"
#include "zt/directory/directory.h"
#include "zt/rules/process.h"
#include "zt/wire/sealing.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>
#include <map>
#include <set>

namespace zt::hub {

namespace {

using wire::Command;
using wire::Fact;
using Events = std::vector<const wire::Event*>;

struct Key {
    Bytes signKey;
    std::string person, name;
    Millis from = 0, revoked = 0;
    bool lost = false;
};

class Examiner {
public:
    Examiner(const wire::Export& evidence, const rules::Catalogue& catalogue, const Trust& trust)
        : m_x(evidence), m_catalogue(catalogue), m_trust(trust)
    {
    }

    Verdict run()
    {
        trust();
        directory();
        const auto streams = split();
        std::vector<std::vector<Link>> chains;
        for (size_t i = 0; i < streams.size(); ++i) {
            const auto* s = seal(int(i), m_x.streams(int(i)), streams[i]);
            chains.push_back(checkChain(streams[i], m_x.hub(), m_x.streams(int(i)), s));
        }
        for (size_t i = 0; i < streams.size(); ++i) foldStream(m_x.streams(int(i)), chains[i]);
        for (size_t i = 0; i < streams.size(); ++i) examineStream(m_x.streams(int(i)), chains[i]);
        if (m_x.streams().empty() || m_x.events().empty()) whole(Flaw::Missing);
        m_v.good = m_v.flaws == 0;
        return std::move(m_v);
    }

private:
    void whole(Flaw flaw)
    {
        Examined e;
        e.flaw = flaw;
        count(e);
    }

    void count(const Examined& e)
    {
        if (e.flaw != Flaw::None) {
            ++m_v.flaws;
            if (!m_v.first) m_v.first = e;
        }
    }

    static std::set<Bytes> rootHashes(const std::string& pem)
    {
        std::set<Bytes> out;
        for (const auto& root : crypto::certsIn(pem))
            if (const auto info = crypto::readCert(root)) out.insert(info->hash);
        return out;
    }

    static bool issuedByAny(const std::string& pem, const std::string& roots)
    {
        const auto all = crypto::certsIn(roots);
        return std::any_of(all.begin(), all.end(), [&](const auto& root) { return crypto::issuedBy(pem, root); });
    }

    void trust()
    {
        m_v.hubKey = m_x.hub_sign_key();
        if (!m_trust.hubKey.empty()) {
            m_v.hubKeyProven = crypto::equal(m_trust.hubKey, m_x.hub_sign_key());
            if (!m_v.hubKeyProven) whole(Flaw::HubKey);
        }
        const auto inside = m_x.ca().empty() ? Result<crypto::CertInfo>(Err::NotFound, "") : crypto::readCert(m_x.ca());
        if (inside) m_v.rootHash = inside->hash;
        else if (!m_x.ca().empty()) whole(Flaw::Root);
        if (!m_trust.ca.empty()) {
            // Every root that certificates here may come from must be one of those that are trusted.
            const auto given = rootHashes(m_trust.ca), ours = rootHashes(m_x.ca());
            m_v.rootProven = inside && !ours.empty() && std::includes(given.begin(), given.end(), ours.begin(), ours.end());
            if (!m_v.rootProven) whole(Flaw::Root);
        }
        // Behind the seals of the streams and of the directory come the log's own.
        for (int i = m_x.streams_size() + 1; i < m_x.checkpoints_size(); ++i) {
            const auto& c = m_x.checkpoints(i);
            m_incarnation = c.incarnation();
            if (!wire::checkpointIsGood(m_x.hub(), c, m_x.hub_sign_key())) whole(Flaw::Seal);
        }
    }

    //! The seal of a stream if its signature is good.
    const wire::Checkpoint* seal(int index, const std::string& stream, const Events& events)
    {
        if (index < m_x.checkpoints_size()) {
            const auto& s = m_x.checkpoints(index);
            m_v.sealed = std::max<Millis>(m_v.sealed, s.time_ms());
            if (s.hub() == m_x.hub() && crypto::verify(m_x.hub_sign_key(), sealBytes(s, stream, events), s.signature())) return &s;
        }
        m_badSeals.insert(stream);
        return nullptr;
    }

    //! Named behind the stream's events: what is wrong with one of them says more.
    void countSeal(const std::string& stream)
    {
        if (!m_badSeals.count(stream)) return;
        Examined e;
        e.stream = stream;
        e.flaw = Flaw::Seal;
        count(e);
    }

    //! The events of each stream, by their place in the export: a stream's name may have been changed.
    std::vector<Events> split() const
    {
        std::vector<Events> out(size_t(m_x.streams_size()));
        size_t at = 0;
        for (const auto& e : m_x.events()) {
            if (out.empty()) break;
            const bool more = at + 1 < out.size() && !out[at].empty();
            if (more && e.stream() != m_x.streams(int(at)) && (e.stream() == m_x.streams(int(at) + 1) || (e.version() == 1 && e.prev().empty()))) ++at;
            out[at].push_back(&e);
        }
        return out;
    }

    void directory()
    {
        Events events;
        for (const auto& e : m_x.directory()) events.push_back(&e);
        const auto* s = seal(m_x.streams_size(), directory::kStream, events);
        for (const Link& link : checkChain(events, m_x.hub(), directory::kStream, s)) {
            Examined e = examine(directory::kStream, link);
            if (link.event && e.flaw == Flaw::None && e.erasedRule.empty()) learn(*link.event, e);
            count(e);
            if (e.flaw != Flaw::None || e.erasedRule.empty()) m_v.directory.push_back(std::move(e));
        }
        countSeal(directory::kStream);
    }

    void examineStream(const std::string& stream, const std::vector<Link>& chain)
    {
        m_hashes.clear();
        for (const Link& link : chain) {
            Examined e = examine(stream, link);
            count(e);
            m_v.events.push_back(std::move(e));
        }
        countSeal(stream);
    }

    void checkCertificate(const Bytes& key, const std::string& pem, Examined& e) const
    {
        if (m_x.ca().empty()) return;
        const auto cert = crypto::readCert(pem);
        if (!cert || cert->publicKey != key || !issuedByAny(pem, m_x.ca())) e.flaw = Flaw::Certificate;
    }

    //! Keys, names and what may follow, from a directory's event that checked.
    void learn(const wire::Event& event, Examined& e)
    {
        const auto body = wire::openBody(event);
        if (!body) return;
        for (const Fact& f : body->facts()) {
            if (f.has_device_enrolled()) {
                const auto& d = f.device_enrolled();
                m_devices[d.device()] = {d.sign_key(), d.person(), d.name(), event.time_ms(), 0, false};
                if (!d.waiting()) checkCertificate(d.sign_key(), d.certificate(), e);
            } else if (f.has_device_renewed()) {
                const auto it = m_devices.find(f.device_renewed().device());
                if (it != m_devices.end()) checkCertificate(it->second.signKey, f.device_renewed().certificate(), e);
            } else if (f.has_device_revoked()) {
                auto& d = m_devices[f.device_revoked().device()];
                d.revoked = event.time_ms();
                d.lost = f.device_revoked().lost();
            } else if (f.has_role_put()) {
                const auto& r = f.role_put();
                if (r.ended()) m_admins.erase(r.admin());
                else m_admins[r.admin()] = {r.sign_key(), r.admin(), r.name(), event.time_ms(), 0, false};
            } else if (f.has_definition_published()) {
                auto published = std::make_shared<const rules::Published>(f.definition_published().definition());
                m_processes[published->hash()] = published;
            } else if (f.has_calendar_put()) {
                if (auto calendar = process::Calendar::parse(f.calendar_put().text())) m_calendars.insert_or_assign(wire::calendarHash(f.calendar_put().text()), std::move(*calendar));
            } else if (f.has_person_put()) {
                m_names[f.person_put().id()] = f.person_put().name();
            }
        }
        const rules::Kind* kind = m_catalogue.kind(directory::kStream);
        const Bytes hash = wire::eventHash(event);
        const std::vector<Fact> facts(body->facts().begin(), body->facts().end());
        if (!m_directory) m_directory = kind->empty(directory::kStream);
        const rules::Header header{event.time_ms(), event.version(), hash};
        for (const Fact& f : facts) kind->evolve(*m_directory, f, header);
        m_reactions[hash] = kind->react(*m_directory, facts, header);
    }

    //! What the rules make of each event, as long as nothing before it is broken.
    void foldStream(const std::string& stream, const std::vector<Link>& chain)
    {
        const rules::Kind* kind = m_catalogue.kind(stream);
        if (!kind) return;
        auto state = kind->empty(stream);
        const rules::Archive archive{[&](const Bytes& hash) {
                                         const auto at = m_processes.find(hash);
                                         return at == m_processes.end() ? nullptr : at->second->process();
                                     },
                                     [&](const Bytes& hash) {
                                         const auto at = m_calendars.find(hash);
                                         return at == m_calendars.end() ? nullptr : &at->second;
                                     }};
        bool whole = true;
        for (const Link& link : chain) {
            if (link.flaw != Flaw::None || !link.event) return;
            const auto body = wire::openBody(*link.event);
            if (!body && body.error().kind != Err::NotFound) return;
            whole = whole && body; // a fold over an erased event does not know enough
            const std::vector<Fact> facts = body ? std::vector<Fact>(body->facts().begin(), body->facts().end()) : std::vector<Fact>();
            if (whole && !kind->follows(*state, facts, link.event->time_ms(), archive)) m_offCourse.insert(wire::eventHash(*link.event));
            if (!rules::fold(*kind, *state, *link.event)) return;
            if (!whole) continue;
            m_reactions[state->head] = kind->react(*state, facts, {link.event->time_ms(), link.event->version(), state->head});
        }
    }

    Examined examine(const std::string& stream, const Link& link)
    {
        Examined out;
        out.stream = stream;
        out.version = link.version;
        out.flaw = link.flaw;
        if (!link.event) return out;
        const wire::Event& event = *link.event;
        out.time = event.time_ms();
        out.erasedRule = event.erased_rule();
        if (out.flaw == Flaw::None) judge(event, out);
        if (out.flaw == Flaw::None && !out.erasedRule.empty() && !recorded(stream, event)) out.flaw = Flaw::Unrecorded;
        m_hashes.push_back(wire::eventHash(event));
        if (!out.erasedRule.empty()) ++(out.erasedRule == kWithheld ? m_v.withheld : m_v.erased);
        else if (stream != directory::kStream && out.flaw == Flaw::None) {
            if (out.restsOn == RestsOn::Person) ++m_v.persons;
            if (out.restsOn == RestsOn::Administrator) ++m_v.administrators;
            if (out.restsOn == RestsOn::Hub) ++m_v.hub;
        }
        return out;
    }

    void judge(const wire::Event& event, Examined& out)
    {
        const auto body = wire::openBody(event);
        if (!body) {
            if (body.error().kind == Err::NotFound) return;
            out.flaw = body.error().kind == Err::TooNew ? Flaw::TooNew : Flaw::BodyForm;
            return;
        }
        switch (body->cause().kind_case()) {
        case wire::Cause::kCommand: out.flaw = signedBy(event, *body, out); break;
        case wire::Cause::kFollowUp: out.flaw = byHub(event, *body, out); break;
        default: out.flaw = Flaw::NoCause;
        }
    }

    //! Left out of an export are events of the directory and of registers; of everything else what is gone is gone by an administrator's record.
    bool recorded(const std::string& stream, const wire::Event& event) const
    {
        if (event.erased_rule() == kWithheld) return stream == directory::kStream || stream.rfind("reg/", 0) == 0;
        if (!m_directory) return false;
        const std::string* rule = static_cast<const directory::Directory&>(*m_directory).erasedRule(stream, event.version());
        return rule && *rule == event.erased_rule();
    }

    static std::string actName(const Command& c)
    {
        const auto* field = c.GetReflection()->GetOneofFieldDescriptor(c, c.GetDescriptor()->FindOneofByName("body"));
        return field ? field->name() : std::string();
    }

    Flaw signedBy(const wire::Event& event, const wire::Body& body, Examined& out)
    {
        const auto& cause = body.cause().command();
        const auto command = wire::parseCommand(cause.bytes());
        if (!command) return Flaw::BodyForm;
        out.act = actName(*command);
        out.person = command->person();
        out.device = command->device();
        if (command->hub() != m_x.hub() || command->stream() != event.stream() || command->person().empty()) return Flaw::OtherCommand;
        const bool admin = command->device().empty();
        const auto& keys = admin ? m_admins : m_devices;
        const auto it = keys.find(admin ? command->person() : command->device());
        if (it == keys.end() || it->second.person != command->person() || it->second.from > event.time_ms()) return Flaw::UnknownKey;
        const Key& key = it->second;
        const auto name = m_names.find(command->person());
        out.name = admin ? key.name : name == m_names.end() ? std::string() : name->second;
        if (key.revoked && key.revoked < event.time_ms()) {
            // The hub's own rule: one for loss counts from the start of the act's interval, another from when it was known.
            const Millis from = command->hub_time_ms() ? command->hub_time_ms() : key.from;
            if (key.lost || from >= key.revoked) return Flaw::Revoked;
            out.timeUnproven = true;
        }
        if (!wire::openCommand(cause, m_x.hub(), key.signKey)) return Flaw::Signature;
        if (!m_seen.insert({it->first, command->id()}).second) return Flaw::Replayed;
        if (const Flaw flaw = pinned(event, *command); flaw != Flaw::None) return flaw;
        out.restsOn = admin ? RestsOn::Administrator : RestsOn::Person;
        return factsOf(event, *command, body);
    }

    Flaw factsOf(const wire::Event& event, const Command& command, const wire::Body& body) const
    {
        const Flaw flaw = checkFacts(command, body);
        return flaw == Flaw::None && m_offCourse.count(wire::eventHash(event)) ? Flaw::Facts : flaw;
    }

    //! The history the person decided on must be the one that stands here; another incarnation's may differ.
    Flaw pinned(const wire::Event& event, const Command& c) const
    {
        if (c.head_version() == 0 || c.head_hash().empty() || c.incarnation() != m_incarnation) return Flaw::None;
        if (c.head_version() >= event.version()) return Flaw::History;
        if (m_hashes.size() + 1 != event.version()) return Flaw::None; // something before it is missing and named
        return m_hashes[size_t(c.head_version()) - 1] == c.head_hash() ? Flaw::None : Flaw::History;
    }

    Flaw byHub(const wire::Event& event, const wire::Body& body, Examined& out)
    {
        const auto& cause = body.cause().follow_up();
        const auto command = wire::parseCommand(cause.command());
        if (!command) return Flaw::BodyForm;
        out.act = actName(*command);
        out.restsOn = RestsOn::Hub;
        if (command->hub() != m_x.hub() || command->stream() != event.stream() || !command->person().empty()) return Flaw::OtherCommand;
        if (const Flaw flaw = factsOf(event, *command, body); flaw != Flaw::None) return flaw;
        if (cause.event_hash().empty()) {
            const bool own = command->has_put_role() || command->has_enrol_device() || command->has_record_recovery();
            return event.stream() == directory::kStream && own ? Flaw::None : Flaw::NoCause;
        }
        const Bytes each = crypto::hash("zt-follow-each-1", {cause.event_hash(), event.stream()});
        const bool direct = command->id() == wire::followUpId(cause.event_hash(), cause.index());
        if (!direct && command->id() != wire::followUpId(each, cause.index())) return Flaw::FollowUpId;
        const auto known = m_reactions.find(cause.event_hash());
        if (known == m_reactions.end()) return Flaw::None; // its cause is elsewhere or erased
        return follows(known->second, *command, cause.index(), direct, event.time_ms()) ? Flaw::None : Flaw::FollowUpOther;
    }

    static bool follows(const std::vector<rules::FollowUp>& list, const Command& command, uint32_t index, bool direct, Millis time)
    {
        if (index >= list.size() || direct == list[index].stream.empty() || time < list[index].notBefore) return false;
        if (direct && list[index].stream != command.stream()) return false;
        Command expected = list[index].body;
        expected.set_id(command.id());
        expected.set_hub(command.hub());
        expected.set_stream(command.stream());
        expected.set_level(command.level());
        return expected.SerializeAsString() == command.SerializeAsString();
    }

    const wire::Export& m_x;
    const rules::Catalogue& m_catalogue;
    const Trust& m_trust;
    Verdict m_v;
    Bytes m_incarnation;
    std::map<Bytes, Key> m_devices;
    std::map<Bytes, Key> m_admins;
    std::map<std::string, std::string> m_names;
    std::unique_ptr<rules::State> m_directory;
    std::map<Bytes, std::vector<rules::FollowUp>> m_reactions; //!< by event hash
    std::map<Bytes, std::shared_ptr<const rules::Published>> m_processes;
    std::map<Bytes, process::Calendar> m_calendars{{Bytes(), process::Calendar()}}; //!< by hash; the empty one while none was published
    std::set<Bytes> m_offCourse; //!< events that do not follow from the state before them
    std::set<std::pair<Bytes, Bytes>> m_seen;
    std::set<std::string> m_badSeals;
    std::vector<Bytes> m_hashes; //!< of the stream being examined
};

} // namespace

Verdict examine(const wire::Export& evidence, const rules::Catalogue& catalogue, const Trust& trust)
{
    return Examiner(evidence, catalogue, trust).run();
}

Result<wire::Export> parseExport(BytesView bytes)
{
    if (bytes.size() > kMaxExportBytes) return fail(Err::TooLarge, "export");
    wire::Export out;
    google::protobuf::io::ArrayInputStream raw(bytes.data(), int(bytes.size()));
    google::protobuf::io::CodedInputStream in(&raw);
    in.SetTotalBytesLimit(int(kMaxExportBytes));
    in.SetRecursionLimit(32);
    if (!out.ParseFromCodedStream(&in) || !in.ConsumedEntireMessage()) return fail(Err::Invalid, "not an export");
    if (out.hub().empty() || out.hub_sign_key().size() != 32) return fail(Err::Invalid, "not an export");
    return out;
}

} // namespace zt::hub
