#include "sqlite_codes.h"

namespace zt::hub {

Result<std::unique_ptr<EnrolCodes>> SqliteCodes::open(const std::filesystem::path& file)
{
    return sql::guard([&]() -> Result<std::unique_ptr<EnrolCodes>> { return std::make_unique<SqliteCodes>(file.string()); });
}

Result<void> SqliteCodes::keep(const Bytes& hash, const std::string& person, Millis expires)
{
    std::lock_guard lock(m_connection.mutex);
    return sql::guard([&]() -> Result<void> {
        auto& s = m_connection.statement("INSERT INTO codes(hash, person, expires) VALUES(?, ?, ?)");
        sql::Reset reset{s};
        sql::bindBlob(s, 1, hash);
        s.bind(2, person);
        s.bind(3, expires);
        s.exec();
        return {};
    });
}

Result<std::optional<std::string>> SqliteCodes::use(const Bytes& hash, const Bytes& user, Millis now)
{
    std::lock_guard lock(m_connection.mutex);
    return sql::guard([&]() -> Result<std::optional<std::string>> {
        auto& s = m_connection.statement("UPDATE codes SET used_by = ? WHERE hash = ? AND expires > ? AND (used_by IS NULL OR used_by = ?) RETURNING person");
        sql::Reset reset{s};
        sql::bindBlob(s, 1, user);
        sql::bindBlob(s, 2, hash);
        s.bind(3, now);
        sql::bindBlob(s, 4, user);
        if (!s.executeStep()) return std::optional<std::string>();
        auto person = s.getColumn(0).getString();
        while (s.executeStep()) {}
        return std::optional(std::move(person));
    });
}

Result<std::vector<EnrolCodes::Row>> SqliteCodes::all()
{
    std::lock_guard lock(m_connection.mutex);
    return sql::guard([&]() -> Result<std::vector<Row>> {
        auto& s = m_connection.statement("SELECT hash, person, expires, used_by FROM codes ORDER BY hash");
        sql::Reset reset{s};
        std::vector<Row> out;
        while (s.executeStep())
            out.push_back({sql::blob(s.getColumn(0)), s.getColumn(1).getString(), s.getColumn(2).getInt64(),
                           s.getColumn(3).isNull() ? std::nullopt : std::optional(sql::blob(s.getColumn(3)))});
        return out;
    });
}

Result<void> SqliteCodes::put(const std::vector<Row>& rows)
{
    std::lock_guard lock(m_connection.mutex);
    return sql::guard([&]() -> Result<void> {
        SQLite::Transaction transaction(m_connection.db, SQLite::TransactionBehavior::IMMEDIATE);
        auto& s = m_connection.statement("INSERT INTO codes(hash, person, expires, used_by) VALUES(?, ?, ?, ?)");
        for (const Row& row : rows) {
            sql::Reset reset{s};
            sql::bindBlob(s, 1, row.hash);
            s.bind(2, row.person);
            s.bind(3, row.expires);
            if (row.usedBy) sql::bindBlob(s, 4, *row.usedBy);
            else s.bind(4);
            s.exec();
        }
        transaction.commit();
        return {};
    });
}

} // namespace zt::hub
