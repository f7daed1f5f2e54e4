#include "zt/wire/sealing.h"

#include "zt/base/text.h"
#include "zt/crypto/hash.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/stubs/logging.h>

namespace zt::wire {

namespace {

// protobuf would write a line to stderr for each bad string in foreign bytes.
[[maybe_unused]] google::protobuf::LogHandler* const g_quiet = google::protobuf::SetLogHandler(nullptr);

constexpr size_t kMaxId = 128;

template <class T>
Bytes littleEndian(T value)
{
    Bytes out;
    for (size_t i = 0; i < sizeof value; ++i) out += char(uint64_t(value) >> (8 * i));
    return out;
}

Bytes signedBytes(std::string_view hub, uint32_t suite, BytesView bytes)
{
    return crypto::hash("zt-command-1", {hub, littleEndian(suite), bytes});
}

Result<void> checkAttachment(const Attachment& a)
{
    if (a.blob().size() != crypto::kHashSize || a.key().size() != 32 || a.content_hash().size() != crypto::kHashSize)
        return fail(Err::Invalid, "attachment hash");
    if (a.name().empty() || a.name().size() > 255 || a.name() != safeFileName(a.name(), 255)) return fail(Err::Invalid, "attachment name");
    for (const auto& c : a.chunks())
        if (c.size() != crypto::kHashSize) return fail(Err::Invalid, "attachment chunk hash");
    constexpr uint64_t kChunk = 1u << 20;
    // First, so that no sum below can overflow.
    if (a.size() > uint64_t(a.chunks_size()) * kChunk) return fail(Err::Invalid, "attachment size");
    const uint64_t count = std::max<uint64_t>(1, (a.size() + kChunk - 1) / kChunk);
    if (uint64_t(a.chunks_size()) != count || a.sealed_size() != a.size() + 24 + 17 * count) return fail(Err::Invalid, "attachment size");
    return {};
}

Result<void> checkWords(const std::string& text, const char* field)
{
    if (text.size() > 64u << 10) return fail(Err::TooLarge, field);
    if (text != cleanText(text)) return fail(Err::Invalid, field);
    return {};
}

//! Names, titles, codes: one clean line.
Result<void> checkLine(const std::string& text, const char* field)
{
    if (text.size() > 1024) return fail(Err::TooLarge, field);
    if (text != cleanLine(text)) return fail(Err::Invalid, field);
    return {};
}

Result<void> checkIds(std::initializer_list<const std::string*> ids, const char* field)
{
    for (const auto* id : ids)
        if (id->size() > kMaxId || *id != cleanLine(*id)) return fail(Err::Invalid, field);
    return {};
}

Result<void> checkDocument(const Document& d)
{
    if (d.title().empty() || countCodePoints(d.title()) > 300) return fail(Err::Invalid, "title");
    if (d.title() != cleanLine(d.title())) return fail(Err::Invalid, "title characters");
    if (d.body().size() > 6u << 20) return fail(Err::TooLarge, "body");
    if (d.body() != cleanText(d.body())) return fail(Err::Invalid, "body characters");
    ZT_TRY(checkWords(d.remark(), "remark"));
    ZT_TRY(checkIds({&d.kind(), &d.issuer(), &d.code()}, "kind, issuer or code"));
    if (d.recipients_size() > 500 || d.copies_size() > 500) return fail(Err::TooLarge, "recipients");
    for (const auto* list : {&d.recipients(), &d.copies()})
        for (const auto& unit : *list) ZT_TRY(checkIds({&unit}, "recipient"));
    if (d.attachments_size() > 100) return fail(Err::TooLarge, "attachments");
    for (const auto& a : d.attachments()) ZT_TRY(checkAttachment(a));
    return {};
}

Result<void> checkDefinition(const Definition& d)
{
    ZT_TRY(checkIds({&d.id()}, "definition"));
    if (d.bpmn().size() > 1u << 20) return fail(Err::TooLarge, "definition");
    return {};
}

Result<void> checkDirectory(const Command& c)
{
    switch (c.body_case()) {
    case Command::kPutUnit:
        ZT_TRY(checkIds({&c.put_unit().id(), &c.put_unit().parent(), &c.put_unit().code()}, "unit"));
        ZT_TRY(checkLine(c.put_unit().short_name(), "unit name"));
        return checkLine(c.put_unit().name(), "unit name");
    case Command::kRetireUnit: return checkIds({&c.retire_unit().id()}, "unit");
    case Command::kPutPerson:
        ZT_TRY(checkIds({&c.put_person().id()}, "person"));
        return checkLine(c.put_person().name(), "person name");
    case Command::kSuspendPerson: return checkWords(c.suspend_person().reason(), "reason");
    case Command::kPutPost:
        ZT_TRY(checkIds({&c.put_post().person(), &c.put_post().unit()}, "post"));
        return checkLine(c.put_post().title(), "post title");
    case Command::kGiveMandate:
        if (c.give_mandate().scopes_size() > 64) return fail(Err::TooLarge, "scopes");
        for (const auto& scope : c.give_mandate().scopes()) ZT_TRY(checkIds({&scope}, "scope"));
        return checkIds({&c.give_mandate().id(), &c.give_mandate().principal(), &c.give_mandate().deputy()}, "mandate");
    case Command::kPublishDefinition: return checkDefinition(c.publish_definition().definition());
    case Command::kPutCalendar: return checkWords(c.put_calendar().text(), "calendar");
    case Command::kPutPolicy:
        for (const std::string* field : {&c.put_policy().settings(), &c.put_policy().minimum_version(), &c.put_policy().address(), &c.put_policy().by()}) ZT_TRY(checkWords(*field, "policy"));
        for (const auto& root : c.put_policy().roots()) ZT_TRY(checkWords(root, "root"));
        return {};
    case Command::kApproveDevice: return checkIds({&c.approve_device().by()}, "approval");
    case Command::kEnrolDevice: return checkLine(c.enrol_device().name(), "device name");
    case Command::kRevokeDevice: return checkWords(c.revoke_device().reason(), "reason");
    case Command::kPutRole:
        ZT_TRY(checkIds({&c.put_role().admin()}, "admin"));
        return checkLine(c.put_role().name(), "admin name");
    case Command::kErase:
        if (c.erase().parts().empty() || c.erase().parts_size() > kMaxErased) return fail(Err::Invalid, "parts");
        for (const auto& part : c.erase().parts()) {
            if (part.stream().empty() || part.hash().size() != (part.version() ? crypto::kHashSize : 0)) return fail(Err::Invalid, "part");
            ZT_TRY(checkIds({&part.stream()}, "part"));
        }
        // "withheld" is what an export says of what it leaves out.
        if (c.erase().rule().empty() || c.erase().rule().size() > kMaxId * 4 || c.erase().rule() == "withheld") return fail(Err::Invalid, "rule");
        ZT_TRY(checkLine(c.erase().rule(), "rule"));
        return checkIds({&c.erase().approver()}, "approver");
    default: return {};
    }
}

} // namespace

SignedCommand signCommand(const Command& command, const crypto::SigningKey& key)
{
    SignedCommand out;
    out.set_suite(crypto::kSuiteSodium);
    command.SerializeToString(out.mutable_bytes());
    out.set_signature(key.sign(signedBytes(command.hub(), out.suite(), out.bytes())));
    return out;
}

Result<Command> parseCommand(BytesView bytes)
{
    if (bytes.size() > kMaxCommandBytes) return fail(Err::TooLarge, "command");
    Command c;
    google::protobuf::io::ArrayInputStream raw(bytes.data(), int(bytes.size()));
    google::protobuf::io::CodedInputStream in(&raw);
    in.SetRecursionLimit(32);
    if (!c.ParseFromCodedStream(&in) || !in.ConsumedEntireMessage()) return fail(Err::Invalid, "command does not parse");
    return c;
}

Result<void> checkSignature(const SignedCommand& s, std::string_view hub, BytesView publicKey)
{
    if (s.suite() != crypto::kSuiteSodium) return fail(Err::Unsupported, "suite");
    if (s.bytes().size() > kMaxCommandBytes) return fail(Err::TooLarge, "command");
    if (!crypto::verify(publicKey, signedBytes(hub, s.suite(), s.bytes()), s.signature()))
        return fail(Err::Unauthenticated, "command signature");
    return {};
}

Result<Command> openCommand(const SignedCommand& s, std::string_view hub, BytesView publicKey)
{
    ZT_TRY(checkSignature(s, hub, publicKey));
    return parseCommand(s.bytes());
}

Result<void> checkForm(const Command& c)
{
    if (c.id().size() != 16) return fail(Err::Invalid, "id");
    if (c.device().size() != 16 && !c.device().empty()) return fail(Err::Invalid, "device");
    if (c.stream().empty() || c.stream().size() > 128) return fail(Err::Invalid, "stream");
    if (c.person().size() > kMaxId) return fail(Err::Invalid, "person");
    if (!c.after().empty() && c.after().size() != 16) return fail(Err::Invalid, "after");
    if (!c.subject().empty() && c.subject().size() != crypto::kHashSize) return fail(Err::Invalid, "subject");
    switch (c.body_case()) {
    case Command::kSubmit:
        ZT_TRY(checkWords(c.submit().note(), "note"));
        ZT_TRY(checkIds({&c.submit().definition()}, "definition"));
        return checkDocument(c.submit().document());
    case Command::kAct:
        ZT_TRY(checkIds({&c.act().task(), &c.act().mandate()}, "task or mandate"));
        return checkWords(c.act().opinion(), "opinion");
    case Command::kAddOpinion:
        if (c.add_opinion().text().empty()) return fail(Err::Invalid, "opinion");
        if (!c.add_opinion().about().empty() && c.add_opinion().about().size() != 16) return fail(Err::Invalid, "about");
        return checkWords(c.add_opinion().text(), "opinion");
    case Command::kWithdraw: return checkWords(c.withdraw().reason(), "reason");
    case Command::kSignFor: return checkWords(c.sign_for().note(), "note");
    default: return checkDirectory(c);
    }
}

Bytes commandHash(BytesView bytes) { return crypto::hash("zt-command-hash-1", {bytes}); }
Bytes bodyHash(BytesView salt, BytesView body) { return crypto::hash("zt-body-1", {salt, body}); }

Bytes eventHash(const Event& e)
{
    return crypto::hash("zt-event-1", {e.hub(), e.stream(), littleEndian(uint64_t(e.version())), e.prev(), littleEndian(int64_t(e.time_ms())),
                                       littleEndian(uint32_t(e.level())), e.body_hash(), littleEndian(uint32_t(e.suite()))});
}

Bytes followUpId(BytesView eventHash, uint32_t index)
{
    return crypto::hash("zt-follow-1", {eventHash, littleEndian(index)}).substr(0, 16);
}

Bytes documentHash(const Document& d) { return crypto::hash("zt-document-1", {d.SerializeAsString()}); }
Bytes definitionHash(const Definition& d) { return crypto::hash("zt-definition-1", {d.SerializeAsString()}); }

Bytes eraseHash(std::string_view hub, const Erase& e)
{
    Erase asked = e;
    asked.clear_approval();
    return crypto::hash("zt-erase-1", {hub, asked.SerializeAsString()});
}

Bytes calendarHash(const std::string& text) { return text.empty() ? Bytes() : crypto::hash("zt-calendar-1", {text}); }

static Bytes timeBytes(std::string_view hub, Millis ms) { return crypto::hash("zt-time-1", {hub, littleEndian(ms)}); }

HubTime signTime(std::string_view hub, Millis ms, const crypto::SigningKey& key)
{
    HubTime t;
    t.set_ms(ms);
    t.set_signature(key.sign(timeBytes(hub, ms)));
    return t;
}

bool timeIsGood(std::string_view hub, const HubTime& t, BytesView hubKey)
{
    return crypto::verify(hubKey, timeBytes(hub, t.ms()), t.signature());
}

namespace {

Bytes checkpointBytes(const Checkpoint& c)
{
    const Bytes numbers = littleEndian(uint64_t(c.position())) + littleEndian(uint64_t(c.time_ms()));
    return crypto::hash("zt-checkpoint-1", {c.hub(), c.incarnation(), c.root(), numbers});
}

} // namespace

void signCheckpoint(Checkpoint& c, const crypto::SigningKey& key) { c.set_signature(key.sign(checkpointBytes(c))); }

bool checkpointIsGood(std::string_view hub, const Checkpoint& c, BytesView hubKey)
{
    return c.hub() == hub && crypto::verify(hubKey, checkpointBytes(c), c.signature());
}

namespace {

Bytes pageBytes(std::string_view hub, const Page& p)
{
    const Bytes numbers = littleEndian(uint64_t(p.version())) + littleEndian(uint64_t(p.index())) + littleEndian(uint64_t(p.count()));
    return crypto::hash("zt-page-1", {hub, p.stream(), numbers, p.head(), p.facts()});
}

} // namespace

void signPage(std::string_view hub, Page& p, const crypto::SigningKey& key) { p.set_signature(key.sign(pageBytes(hub, p))); }

bool pageIsGood(std::string_view hub, const Page& p, BytesView hubKey) { return crypto::verify(hubKey, pageBytes(hub, p), p.signature()); }

bool follows(const Event& e, const Event* prev)
{
    if (prev ? e.version() != prev->version() + 1 || e.prev() != eventHash(*prev) || e.stream() != prev->stream() || e.hub() != prev->hub()
             : e.version() != 1 || !e.prev().empty())
        return false;
    if (!e.erased_rule().empty()) return e.body().empty() && e.salt().empty();
    return e.body_hash() == bodyHash(e.salt(), e.body());
}

Result<Body> openBody(const Event& e)
{
    if (!e.erased_rule().empty()) return fail(Err::NotFound, "erased");
    if (e.level() > kLevel) return fail(Err::TooNew, "level");
    Body b;
    google::protobuf::io::ArrayInputStream raw(e.body().data(), int(e.body().size()));
    google::protobuf::io::CodedInputStream in(&raw);
    in.SetRecursionLimit(32);
    if (!b.ParseFromCodedStream(&in) || !in.ConsumedEntireMessage()) return fail(Err::Corrupt, "event body");
    for (const Fact& f : b.facts())
        if (f.kind_case() == Fact::KIND_NOT_SET) return fail(Err::TooNew, "unknown fact");
    return b;
}

void erase(Event& e, const std::string& rule)
{
    e.clear_body();
    e.clear_salt();
    e.set_erased_rule(rule);
}

uint32_t levelOf(const Command&) { return 1; }

} // namespace zt::wire
