#pragma once

#include "zt/base/bytes.h"
#include "zt/base/result.h"

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <pqxx/pqxx>
#include <vector>

//! libpqxx's exceptions stop here.
namespace zt::hub::pg {

//! Err::Invalid if libpq does not understand it, or a password stands in it. What a long-lived connection needs is put in where it does not say otherwise.
[[nodiscard]] Result<std::string> connectionString(const std::string& given);

//! Which history a server writes: a cluster's timeline moves on at each promotion and each recovery from an archive.
struct Origin {
    std::string cluster;
    int64_t timeline = 0;
    bool waits = false; //!< its commits wait for another server
};
[[nodiscard]] Origin origin(pqxx::transaction_base& t); //!< not of a server in recovery

struct Statement {
    const char* name;
    const char* sql;
};

//! One connection, made when it is needed and again when it was lost; used under `mutex`. A server that would lose what it said is committed is refused each
//! time (Err::Unsupported), as is one that takes no writes (Err::ReadOnly). Of several servers each is asked, and the one of the newest timeline taken; one of
//! an older timeline than this process has met is refused (Err::Io): a primary that was replaced and comes back takes writes too.
class Connection {
public:
    //! \param ready  asked of every new connection; what it refuses is not used
    Connection(std::string where, std::vector<Statement> statements, std::function<Result<void>(pqxx::connection&)> ready = {});
    ~Connection();

    std::mutex mutex;

    [[nodiscard]] Result<void> open(); //!< nothing to do if it is
    void close();
    //! Commits, and throws pqxx::in_doubt_error also if the server warned: it says so when it stops to wait for the replica that must have the commit too.
    void commit(pqxx::work& transaction);

    //! Runs `work`, which is given a connection and returns a Result, and turns what libpqxx throws into one. `lost` says that the connection was.
    template <class Work>
    auto once(Work work, bool* lost = nullptr) -> decltype(work(std::declval<pqxx::connection&>()))
    {
        using Answer = decltype(work(std::declval<pqxx::connection&>()));
        ZT_TRY(open());
        std::optional<Answer> answer;
        const Error error = guarded([&] { answer.emplace(work(*m_connection)); });
        if (answer) return std::move(*answer);
        if (!m_connection->is_open() || m_broken) {
            close();
            if (lost) *lost = true;
        }
        return error;
    }
    //! The same for what may be run twice: a connection that was lost meanwhile is made again.
    template <class Work>
    auto repeatable(Work work) -> decltype(work(std::declval<pqxx::connection&>()))
    {
        bool lost = false;
        auto answer = once(work, &lost);
        return lost ? once(work) : std::move(answer);
    }

private:
    [[nodiscard]] Error guarded(const std::function<void()>& work);
    [[nodiscard]] Result<void> make();
    [[nodiscard]] Result<void> connect();

    const std::vector<std::string> m_servers; //!< each alone
    const std::vector<Statement> m_statements;
    const std::function<Result<void>(pqxx::connection&)> m_ready;
    std::unique_ptr<pqxx::connection> m_connection;
    std::unique_ptr<pqxx::errorhandler> m_listener;
    bool m_warned = false;
    bool m_old = false;    //!< none but a replaced primary answered
    bool m_broken = false; //!< the server said so, libpq has not noticed yet
    std::chrono::steady_clock::time_point m_notBefore; //!< a server that let us wait is not asked again at once
};

//! One array, to be bound as a parameter in the server's binary form: its text would have every byte twice, and both sides turn it there and back.
class Array {
public:
    [[nodiscard]] size_t size() const { return m_elements.size(); } //!< bytes
    [[nodiscard]] bool empty() const { return m_count == 0; }
    [[nodiscard]] pqxx::binarystring take(); //!< and begins anew

protected:
    explicit Array(uint32_t elementType) : m_elementType(elementType) {}
    void put(BytesView element);
    void putNull();

private:
    const uint32_t m_elementType; //!< its OID
    uint32_t m_count = 0;
    bool m_nulls = false;
    std::string m_elements;
};

class Numbers : public Array { //!< bigint[]
public:
    Numbers() : Array(20) {}
    void add(int64_t value);
};

class Blobs : public Array { //!< bytea[]
public:
    Blobs() : Array(17) {}
    void add(BytesView bytes) { put(bytes); }
    void addNull() { putNull(); }
};

[[nodiscard]] inline pqxx::binarystring bytes(BytesView view) { return pqxx::binarystring(view.data() ? view.data() : "", view.size()); }
[[nodiscard]] Bytes blob(const pqxx::field& field);
[[nodiscard]] inline uint64_t number(const pqxx::field& field) { return uint64_t(field.as<int64_t>()); }

} // namespace zt::hub::pg
