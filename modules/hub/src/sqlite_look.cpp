#include "sqlite_look.h"

#include "sqlite.h"
#include "zt/crypto/hash.h"
#include "zt/wire/sealing.h"

#include <fmt/format.h>
#include <map>

namespace zt::hub {

namespace {

constexpr int kNewestSchema = 3;
constexpr int64_t kRowsOfWalk = 4096;

//! Walks the chain in pieces, so that no long read holds up the hub's write-back; the rest, with heads and root, in one.
class ChainWalk {
public:
    ChainWalk(SQLite::Database& db, LogLook& look) : m_db(db), m_look(look) {}

    void run()
    {
        m_hub = meta("hub");
        while (m_look.broken.empty() && piece() == kRowsOfWalk) {}
        if (!m_look.broken.empty()) return;
        SQLite::Transaction transaction(m_db);
        while (m_look.broken.empty() && piece() > 0) {}
        if (m_look.broken.empty()) ends();
    }
    Bytes meta(const char* key)
    {
        SQLite::Statement s(m_db, "SELECT value FROM meta WHERE key = ?");
        s.bind(1, key);
        return s.executeStep() ? sql::blob(s.getColumn(0)) : Bytes();
    }

private:
    struct Head {
        uint64_t version = 0;
        Bytes hash;
    };

    int64_t piece()
    {
        SQLite::Statement s(m_db, "SELECT e.position, e.version, e.time, e.level, e.suite, e.prev, e.body_hash, s.name FROM events e LEFT JOIN streams s ON s.id = e.stream "
                                  "WHERE e.position > ? ORDER BY e.position LIMIT ?");
        s.bind(1, int64_t(m_look.position));
        s.bind(2, kRowsOfWalk);
        int64_t rows = 0;
        for (; s.executeStep(); ++rows) {
            wire::Event e;
            e.set_hub(m_hub);
            sql::headerOf(s, 1, e);
            e.set_stream(s.getColumn(7).getString());
            Head& head = m_heads[e.stream()];
            if (uint64_t(s.getColumn(0).getInt64()) != m_look.position + 1 || s.getColumn(7).isNull() || e.version() != head.version + 1 || e.prev() != head.hash) {
                m_look.broken = "position " + std::to_string(m_look.position + 1);
                return rows;
            }
            head = {e.version(), wire::eventHash(e)};
            m_root = crypto::hash("zt-root-1", {m_root, head.hash});
            m_look.oldest = m_look.position ? m_look.oldest : e.time_ms();
            m_look.newest = std::max<Millis>(m_look.newest, e.time_ms());
            ++m_look.position;
        }
        return rows;
    }

    void ends()
    {
        SQLite::Statement s(m_db, "SELECT name FROM streams");
        for (; s.executeStep(); ++m_look.streams)
            if (!m_heads.count(s.getColumn(0).getString())) m_look.broken = "a stream";
        if (m_look.broken.empty() && meta("root") != m_root) m_look.broken = "the root";
    }

    SQLite::Database& m_db;
    LogLook& m_look;
    Bytes m_hub, m_root;
    std::map<std::string, Head> m_heads;
};

//! A file that nobody changes: SQLite makes neither a lock nor a -wal and -shm beside it.
std::string asImmutable(const std::filesystem::path& file)
{
    std::string out = "file:";
    for (const char c : std::filesystem::absolute(file).string()) {
        if (c == '?' || c == '#' || c == '%') out += fmt::format("%{:02x}", int(c));
        else out += c;
    }
    return out + "?immutable=1";
}

Result<LogLook> lookAt(const std::string& name, int flags)
{
    return sql::guard([&]() -> Result<LogLook> {
        SQLite::Database db(name, SQLite::OPEN_READONLY | flags, 5000);
        db.exec("PRAGMA trusted_schema = OFF");
        LogLook look;
        look.schema = db.execAndGet("PRAGMA user_version").getInt();
        look.schemaKnown = look.schema >= 1 && look.schema <= kNewestSchema;
        {
            SQLite::Statement s(db, "PRAGMA quick_check(1)");
            look.pages = s.executeStep() ? s.getColumn(0).getString() : std::string("nothing");
        }
        if (!look.schemaKnown || look.pages != "ok") return look;
        ChainWalk walk(db, look);
        look.sealedReceiptKey = walk.meta("receipt_key");
        walk.run();
        return look;
    });
}

} // namespace

Result<LogLook> lookAtLog(const std::filesystem::path& file)
{
    // Who has the log open has a -wal beside it. Without one nobody has: then nothing is left behind either. If a hub starts meanwhile, what was seen may be
    // half old and half new: damage is believed when it is seen again.
    std::error_code code;
    if (!std::filesystem::exists(file.string() + "-wal", code)) {
        auto look = lookAt(asImmutable(file), SQLite::OPEN_URI);
        if (look && look->schemaKnown && look->pages == "ok" && look->broken.empty()) return look;
    }
    return lookAt(file.string(), 0);
}

} // namespace zt::hub
