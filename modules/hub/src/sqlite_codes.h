#pragma once

#include "sqlite.h"
#include "zt/hub/folder.h"

namespace zt::hub {

//! Enrolment codes in the file of a SqliteLog.
class SqliteCodes final : public EnrolCodes {
public:
    [[nodiscard]] static Result<std::unique_ptr<EnrolCodes>> open(const std::filesystem::path& file);
    explicit SqliteCodes(const std::string& file) : m_connection(file, SQLite::OPEN_READWRITE) {}
    [[nodiscard]] Result<std::vector<Row>> all() override;
    [[nodiscard]] Result<void> put(const std::vector<Row>& rows) override;

private:
    [[nodiscard]] Result<void> keep(const Bytes& hash, const std::string& person, Millis expires) override;
    [[nodiscard]] Result<std::optional<std::string>> use(const Bytes& hash, const Bytes& user, Millis now) override;
    sql::Connection m_connection;
};

} // namespace zt::hub
