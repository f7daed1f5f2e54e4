#include "sqlite.h"
#include "zt/crypto/hash.h"
#include "zt/hub/folder.h"

namespace zt::hub {

namespace {
constexpr size_t kSecret = 10;
Bytes hashOfSecret(BytesView secret) { return crypto::hash("zt-enrol-code-1", {secret}); }
} // namespace

class EnrolCodes::Impl {
public:
    explicit Impl(const std::string& file) : connection(file, SQLite::OPEN_READWRITE) {}
    sql::Connection connection;
};

EnrolCodes::EnrolCodes(std::unique_ptr<Impl> impl) : m(std::move(impl)) {}
EnrolCodes::~EnrolCodes() = default;

Result<std::unique_ptr<EnrolCodes>> EnrolCodes::open(const HubFolder& folder)
{
    return sql::guard([&]() -> Result<std::unique_ptr<EnrolCodes>> {
        return std::unique_ptr<EnrolCodes>(new EnrolCodes(std::make_unique<Impl>(folder.file(folder.config().database).string())));
    });
}

Result<Bytes> EnrolCodes::create(const std::string& person, Millis expires, Random& random)
{
    std::lock_guard lock(m->connection.mutex);
    return sql::guard([&]() -> Result<Bytes> {
        Bytes secret = random.bytes(kSecret);
        auto& s = m->connection.statement("INSERT INTO codes(hash, person, expires) VALUES(?, ?, ?)");
        sql::Reset reset{s};
        sql::bindBlob(s, 1, hashOfSecret(secret));
        s.bind(2, person);
        s.bind(3, expires);
        s.exec();
        return secret;
    });
}

Result<std::string> EnrolCodes::redeem(BytesView secret, BytesView user, Millis now)
{
    std::lock_guard lock(m->connection.mutex);
    return sql::guard([&]() -> Result<std::string> {
        auto& s = m->connection.statement("UPDATE codes SET used_by = ? WHERE hash = ? AND expires > ? AND (used_by IS NULL OR used_by = ?) RETURNING person");
        sql::Reset reset{s};
        sql::bindBlob(s, 1, user);
        sql::bindBlob(s, 2, hashOfSecret(secret));
        s.bind(3, now);
        sql::bindBlob(s, 4, user);
        if (!s.executeStep()) return fail(Err::Unauthenticated, "enrolment code");
        auto person = s.getColumn(0).getString();
        while (s.executeStep()) {}
        return person;
    });
}

} // namespace zt::hub
