#include "zt/hub/erasure.h"

#include "blob_index.h"
#include "states.h"
#include "zt/crypto/hash.h"
#include "zt/wire/sealing.h"

namespace zt::hub {

namespace {

constexpr size_t kMostPendingBytes = 256u << 20;
constexpr size_t kRowsRead = 256;

//! Into the last erasure, or a new one when that is full.
void addPart(EraseList& list, const std::string& rule, const std::string& stream, uint64_t version, const Bytes& hash)
{
    if (list.erasures.empty() || list.erasures.back().parts_size() >= wire::kMaxErased) list.erasures.emplace_back().set_rule(rule);
    auto& part = *list.erasures.back().add_parts();
    part.set_stream(stream);
    part.set_version(version);
    part.set_hash(hash);
}

Result<std::set<Bytes>> readPending(const std::filesystem::path& file)
{
    std::set<Bytes> out;
    const auto text = readFile(file, kMostPendingBytes);
    if (!text) return text.error().kind == Err::NotFound ? Result<std::set<Bytes>>(out) : Result<std::set<Bytes>>(text.error());
    for (size_t at = 0, end; (end = text->find('\n', at)) != Bytes::npos; at = end + 1)
        if (const auto blob = unhex(text->substr(at, end - at)); blob && blob->size() == crypto::kHashSize) out.insert(*blob);
    return out;
}

//! In place of what was there, durably, before anything is erased: afterwards nobody could tell which files these were.
Result<void> keepPending(const std::filesystem::path& file, const std::set<Bytes>& blobs)
{
    Bytes text;
    for (const Bytes& b : blobs) text += hex(b) + "\n";
    return replaceFile(file, text);
}

Result<void> collectFiles(EventLog& log, const wire::Erase& erase, std::set<Bytes>& out)
{
    for (const auto& part : erase.parts()) {
        for (uint64_t next = std::max<uint64_t>(part.version(), 1);;) {
            ZT_LET(events, log.read(part.stream(), next, part.version() ? 1 : kRowsRead));
            for (const auto& e : events) {
                out.merge(filesNamedIn(e));
                next = e.version() + 1;
            }
            if (part.version() || events.size() < kRowsRead) break;
        }
    }
    return {};
}

//! Takes out of `blobs` what an event still names.
Result<void> keepNamed(EventLog& log, std::set<Bytes>& blobs, const std::function<void(uint64_t)>& progress)
{
    for (uint64_t position = 0; !blobs.empty();) {
        ZT_LET(rows, log.tail(position, kRowsRead));
        if (rows.empty()) break;
        for (const auto& row : rows)
            for (const Bytes& named : filesNamedIn(row.event)) blobs.erase(named);
        position = rows.back().position;
        if (progress) progress(position);
    }
    return {};
}

} // namespace

Result<Due> dueUnder(Core& core, const Retention& retention)
{
    Due out;
    out.list.hub = core.config().hub;
    ZT_LET(streams, core.log().streams());
    States states(core.log(), core.catalogue(), 1);
    for (const auto& stream : streams) {
        const rules::Kind* kind = core.catalogue().kind(stream);
        if (!kind || stream == directory::kStream || kind->hubOnly() || core.directory().erasedWhole(stream)) continue;
        ZT_LET(state, states.upTo(stream, UINT64_MAX));
        const auto finished = kind->finished(*state);
        if (!finished || state->frozen || finished->since >= retention.endedBefore || (!retention.kind.empty() && finished->kind != retention.kind)) continue;
        addPart(out.list, retention.rule, stream, 0, {});
        auto& count = out.byKind[finished->kind];
        ++count.streams;
        count.events += state->version;
    }
    return out;
}

Result<Due> listOne(Core& core, const std::string& rule, const std::string& stream, uint64_t version)
{
    const rules::Kind* kind = core.catalogue().kind(stream);
    if (!kind || stream == directory::kStream || kind->hubOnly()) return fail(Err::NotFound, "not the name of a matter");
    if (version ? core.directory().erasedRule(stream, version) != nullptr : core.directory().erasedWhole(stream)) return fail(Err::Exists, "it is erased already");
    States states(core.log(), core.catalogue(), 1);
    ZT_LET(state, states.upTo(stream, UINT64_MAX));
    if (!state->version || version > state->version) return fail(Err::NotFound, "no such event");
    const auto finished = kind->finished(*state);
    if (!finished && !state->erased) return fail(Err::Denied, "it is not finished");
    Due out;
    out.list.hub = core.config().hub;
    Bytes hash;
    if (version) {
        ZT_LET(events, core.log().read(stream, version, 1));
        if (events.size() != 1) return fail(Err::Corrupt, "a version is missing");
        hash = wire::eventHash(events.front());
    }
    addPart(out.list, rule, stream, version, hash);
    out.byKind[finished ? finished->kind : std::string()] = {1, version ? 1 : state->version};
    return out;
}

Result<void> approve(EraseList& list, const Core& core, const AdminKey& audit)
{
    ZT_TRY(checkRole(core, audit, wire::ROLE_AUDIT));
    if (list.hub != core.config().hub) return fail(Err::Denied, "the list is of another hub");
    for (auto& e : list.erasures) {
        e.set_approver(audit.id);
        e.set_approval(audit.sign.sign(wire::eraseHash(list.hub, e)));
    }
    return {};
}

Result<Erased> eraseListed(Core& core, const EraseList& list, const AdminKey& security, Random& random, const std::filesystem::path& files,
                           const std::filesystem::path& pending, const std::function<void(uint64_t)>& progress)
{
    ZT_TRY(checkRole(core, security, wire::ROLE_SECURITY));
    if (list.hub != core.config().hub) return fail(Err::Denied, "the list is of another hub");
    Erased out;
    ZT_LET(blobs, readPending(pending));
    for (const auto& erase : list.erasures) {
        ZT_TRY(collectFiles(core.log(), erase, blobs));
        if (!blobs.empty()) ZT_TRY(keepPending(pending, blobs));
        wire::Command body;
        *body.mutable_erase() = erase;
        ZT_LET(sent, sendAs(core, security, {body}, random));
        if (sent.refused) {
            out.refused = sent.refused;
            break;
        }
        for (const auto& p : erase.parts()) ++(p.version() ? out.events : out.streams);
    }
    if (blobs.empty()) return out;
    ZT_TRY(keepNamed(core.log(), blobs, progress));
    std::error_code code;
    for (const Bytes& b : blobs) {
        out.files += std::filesystem::remove(files / hex(b), code);
        for (const char* end : {".list", ".part"}) std::filesystem::remove(files / (hex(b) + end), code);
    }
    std::filesystem::remove(pending, code);
    return out;
}

Result<void> checkErasures(EventLog& log)
{
    std::map<std::pair<std::string, uint64_t>, std::pair<std::string, uint64_t>> gone; //!< (stream, version) -> rule and position
    directory::Directory dir;
    for (uint64_t position = 0;;) {
        ZT_LET(rows, log.tail(position, kRowsRead));
        for (const auto& row : rows) {
            position = row.position;
            const wire::Event& e = row.event;
            if (e.stream() == directory::kStream) ZT_TRY(rules::fold(directory::directoryKind(), dir, e));
            if (!e.erased_rule().empty()) gone[{e.stream(), e.version()}] = {e.erased_rule(), position};
        }
        if (rows.size() < kRowsRead) break;
    }
    for (const auto& [event, why] : gone)
        if (const std::string* rule = dir.erasedRule(event.first, event.second); !rule || *rule != why.first)
            return fail(Err::Corrupt, "position " + std::to_string(why.second) + ": erased without a record");
    return {};
}

} // namespace zt::hub
