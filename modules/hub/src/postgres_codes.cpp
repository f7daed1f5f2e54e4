#include "postgres_codes.h"

namespace zt::hub {

namespace {
const std::vector<pg::Statement> kStatements = {
    {"keep", "INSERT INTO codes(hash, person, expires) VALUES($1, $2, $3)"},
    {"use", "UPDATE codes SET used_by = $1 WHERE hash = $2 AND expires > $3 AND (used_by IS NULL OR used_by = $1) RETURNING person"},
    {"used", "UPDATE codes SET used_by = $2 WHERE hash = $1"},
};
} // namespace

PostgresCodes::PostgresCodes(std::string connection) : m_connection(std::move(connection), kStatements) {}

Result<std::unique_ptr<EnrolCodes>> PostgresCodes::open(const std::string& where)
{
    ZT_LET(text, pg::connectionString(where));
    auto codes = std::make_unique<PostgresCodes>(text);
    ZT_TRY(codes->m_connection.open());
    return std::unique_ptr<EnrolCodes>(std::move(codes));
}

Result<void> PostgresCodes::keep(const Bytes& hash, const std::string& person, Millis expires)
{
    std::lock_guard lock(m_connection.mutex);
    return m_connection.once([&](pqxx::connection& c) -> Result<void> {
        pqxx::work t(c);
        t.exec_prepared("keep", pg::bytes(hash), pg::bytes(person), int64_t(expires));
        t.commit();
        return {};
    });
}

// Twice for the same user is as once.
Result<std::optional<std::string>> PostgresCodes::use(const Bytes& hash, const Bytes& user, Millis now)
{
    std::lock_guard lock(m_connection.mutex);
    return m_connection.repeatable([&](pqxx::connection& c) -> Result<std::optional<std::string>> {
        pqxx::work t(c);
        const auto rows = t.exec_prepared("use", pg::bytes(user), pg::bytes(hash), int64_t(now));
        t.commit();
        return rows.empty() ? std::nullopt : std::optional<std::string>(pg::blob(rows[0][0]));
    });
}

Result<std::vector<EnrolCodes::Row>> PostgresCodes::all()
{
    std::lock_guard lock(m_connection.mutex);
    return m_connection.repeatable([&](pqxx::connection& c) -> Result<std::vector<Row>> {
        std::vector<Row> out;
        for (const auto& r : pqxx::nontransaction(c).exec("SELECT hash, person, expires, used_by FROM codes ORDER BY hash"))
            out.push_back({pg::blob(r[0]), pg::blob(r[1]), r[2].as<int64_t>(), r[3].is_null() ? std::nullopt : std::optional(pg::blob(r[3]))});
        return out;
    });
}

Result<void> PostgresCodes::put(const std::vector<Row>& rows)
{
    std::lock_guard lock(m_connection.mutex);
    return m_connection.once([&](pqxx::connection& c) -> Result<void> {
        pqxx::work t(c);
        for (const Row& row : rows) {
            t.exec_prepared("keep", pg::bytes(row.hash), pg::bytes(row.person), int64_t(row.expires));
            if (row.usedBy) t.exec_prepared("used", pg::bytes(row.hash), pg::bytes(*row.usedBy));
        }
        t.commit();
        return {};
    });
}

} // namespace zt::hub
