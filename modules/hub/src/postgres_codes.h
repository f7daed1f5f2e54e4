#pragma once

#include "postgres.h"
#include "zt/hub/folder.h"

namespace zt::hub {

//! Enrolment codes in the database of a PostgresLog.
class PostgresCodes final : public EnrolCodes {
public:
    [[nodiscard]] static Result<std::unique_ptr<EnrolCodes>> open(const std::string& where);
    explicit PostgresCodes(std::string connection);
    [[nodiscard]] Result<std::vector<Row>> all() override;
    [[nodiscard]] Result<void> put(const std::vector<Row>& rows) override;

private:
    [[nodiscard]] Result<void> keep(const Bytes& hash, const std::string& person, Millis expires) override;
    [[nodiscard]] Result<std::optional<std::string>> use(const Bytes& hash, const Bytes& user, Millis now) override;
    pg::Connection m_connection;
};

} // namespace zt::hub
