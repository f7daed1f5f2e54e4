#include "columns.h"
#include "db.h"
#include "search.h"
#include "zt/store/reader.h"
#include "zt/wire/sealing.h"

namespace zt::store {

Result<SearchAnswer> Reader::search(const std::string& text, Order order, size_t limit)
{
    SearchAnswer out;
    ZT_TRY(m_db->transaction("BEGIN", [&]() -> Result<void> {
        out = searchAll(*m_db, text, order, limit);
        return {};
    }));
    return out;
}

//! Each stream: its versions are 1, 2, …, each names the hash of the one before, and they are as many as the stream's row says.
static void checkStreams(Db& db, CheckReport& report)
{
    struct Told {
        int64_t id;
        uint64_t have;
    };
    std::vector<Told> streams;
    {
        Query q = db.query("SELECT id, have FROM streams");
        while (q.next()) streams.push_back({q.number(0), uint64_t(q.number(1))});
    }
    for (const Told& s : streams) {
        Query q = db.query("SELECT bytes FROM events WHERE id BETWEEN ? AND ? ORDER BY id");
        q.bind(eventId(s.id, 0), eventId(s.id, kMostVersions));
        wire::Event previous, event;
        uint64_t count = 0;
        bool good = true;
        while (good && q.next()) {
            good = event.ParseFromString(q.bytes(0)) && wire::follows(event, count ? &previous : nullptr);
            ++count;
            previous.Swap(&event);
        }
        report.events += count;
        if (!good || count != s.have) ++report.brokenStreams;
    }
}

Result<CheckReport> Reader::check()
{
    CheckReport report;
    ZT_TRY(m_db->guard("check", [&]() -> Result<void> {
        // This reads the file itself, so it cannot be inside a transaction, and the log must be in it: after a loss of power a page may be half
        // written there and whole in the log. Once more if it found something: the writer may have been at that page.
        for (int again = 0; again < 2 && (!again || report.badPages); ++again) {
            Query log = m_db->query("PRAGMA wal_checkpoint(FULL)");
            while (log.next()) {}
            report.badPages = 0;
            Query q = m_db->query("PRAGMA cipher_integrity_check");
            while (q.next()) ++report.badPages; // one row each
        }
        return {};
    }));
    auto rest = m_db->transaction("BEGIN", [&]() -> Result<void> {
        {
            Query q = m_db->query("PRAGMA quick_check");
            while (q.next())
                if (q.text(0) != "ok") ++report.structure;
        }
        checkStreams(*m_db, report);
        return {};
    });
    // That a page cannot be read is a finding, not a failure of the check.
    if (!rest && rest.error().kind == Err::Corrupt) ++report.structure;
    else if (!rest) return Error(std::move(rest.error()));
    return report;
}

} // namespace zt::store
