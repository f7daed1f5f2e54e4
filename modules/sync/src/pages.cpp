#include "engine_impl.h"

#include "zt/wire/sealing.h"

#include <algorithm>

//! The directory's first events as the hub's pages: kept under names of their own until all are there, then instead of the events.
namespace zt::sync {

namespace {

constexpr const char* kWhole = "directory";      //!< the set in use: a Page without facts
constexpr const char* kComing = "directory-next"; //!< the set that is coming; its index is how many are here

std::string nameOf(uint64_t version, uint32_t index) { return "directory/" + std::to_string(version) + "/" + std::to_string(index); }

Result<wire::Page> setOf(Tx& tx, const char* which)
{
    ZT_LET(kept, tx.meta(which));
    wire::Page set;
    if (kept && !set.ParseFromString(*kept)) return fail(Err::Corrupt, "pages of the directory");
    return set;
}

Result<void> forget(Tx& tx, const wire::Page& set, uint32_t count)
{
    for (uint32_t i = 0; i < count; ++i) ZT_TRY(tx.setMeta(nameOf(set.version(), i), {}));
    return {};
}

} // namespace

Result<void> Engine::Impl::loadDirectory(Tx& tx)
{
    dir = std::make_shared<directory::Directory>();
    dir->stream = directory::kStream;
    ZT_LET(set, setOf(tx, kWhole));
    for (uint32_t i = 0; i < set.count(); ++i) {
        ZT_LET(kept, tx.meta(nameOf(set.version(), i)));
        wire::KeptFacts facts;
        if (!kept || !facts.ParseFromString(*kept)) return fail(Err::Corrupt, "page of the directory");
        directory::foldKept(*dir, facts, set.version(), set.head());
    }
    ZT_LET(events, tx.events(directory::kStream));
    for (const auto& e : events) ZT_TRY(rules::fold(directory::directoryKind(), *dir, e));
    return {};
}

Result<wire::Head> Engine::Impl::pagedUpTo(Tx& tx)
{
    ZT_LET(set, setOf(tx, kWhole));
    wire::Head head;
    head.set_version(set.version());
    head.set_hash(set.head());
    return head;
}

Result<void> Engine::Impl::forgetPages(Tx& tx)
{
    ZT_LET(set, setOf(tx, kWhole));
    ZT_TRY(forget(tx, set, set.count()));
    return set.count() ? tx.setMeta(kWhole, {}) : Result<void>();
}

Result<void> Engine::Impl::page(Tx& tx, const wire::Page& p, std::set<std::string>& touched)
{
    wire::KeptFacts facts;
    if (p.stream() != directory::kStream || !p.version() || p.head().empty() || p.index() >= p.count() || !facts.ParseFromString(p.facts()))
        return fail(Err::Corrupt, "page");
    if (!wire::pageIsGood(identity.hub, p, identity.hubKey)) return fail(Err::Corrupt, "page signature");
    ZT_LET(known, tx.stream(directory::kStream));
    StreamRow row = known.value_or(StreamRow{});
    row.stream = directory::kStream;
    if (p.version() <= row.have) return {};
    ZT_LET(coming, setOf(tx, kComing));
    if (!p.index()) {
        ZT_TRY(forget(tx, coming, coming.index()));
        coming = p;
        coming.clear_facts();
        coming.clear_signature();
    } else if (coming.version() != p.version() || coming.head() != p.head() || coming.count() != p.count() || coming.index() != p.index()) {
        return fail(Err::Corrupt, "page out of order");
    }
    ZT_TRY(tx.setMeta(nameOf(p.version(), p.index()), p.facts()));
    coming.set_index(p.index() + 1);
    row.head = std::max(row.head, uint64_t(p.version()));
    if (coming.index() < coming.count()) {
        ZT_TRY(tx.setMeta(kComing, coming.SerializeAsString()));
        return tx.putStream(row);
    }
    ZT_TRY(forgetPages(tx));
    ZT_TRY(tx.setMeta(kWhole, coming.SerializeAsString()));
    ZT_TRY(tx.setMeta(kComing, {}));
    ZT_TRY(tx.truncateStream(directory::kStream, 0));
    ZT_TRY(loadDirectory(tx));
    row.have = p.version();
    row.haveHash = p.head();
    row.heardMs = time.ms();
    row.frozen = dir->frozen;
    touched.insert(row.stream);
    ZT_TRY(tx.putStream(row));
    // Also of streams that are not here: their words may be.
    for (const auto& [stream, erasure] : dir->erasures) ZT_TRY(erased(tx, stream, touched));
    return {};
}

} // namespace zt::sync
