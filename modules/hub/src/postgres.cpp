#include "postgres.h"

#include "zt/base/log.h"

#include <algorithm>
#include <libpq-fe.h>
#include <map>

namespace zt::hub::pg {

namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kSlow = std::chrono::seconds(1), kPause = std::chrono::seconds(2);

// Where the given text does not say otherwise. A replica must find the server that takes writes, and notice within half a minute that it is gone.
const std::map<std::string, std::string> kDefaults = {{"connect_timeout", "5"}, {"keepalives_idle", "10"}, {"keepalives_interval", "5"}, {"keepalives_count", "3"},
                                                      {"tcp_user_timeout", "20000"}, {"target_session_attrs", "read-write"}, {"application_name", "zhengtong-hub"}};

// The time limits: a hub that hangs with the appenders' lock is cut off before the others give up. No statement is ever cancelled for its time: that would
// also end a commit's wait for its replica, and call it done. Every statement has its index; without statistics, or for a range it does not know, the planner
// would rather read a table whole.
constexpr const char* kSession = "SET search_path TO zhengtong, pg_temp; SET client_min_messages TO warning; SET bytea_output TO hex; "
                                 "SET default_transaction_isolation TO 'read committed'; SET statement_timeout TO 0; SET lock_timeout TO '60s'; "
                                 "SET idle_in_transaction_session_timeout TO '30s'; SET tcp_keepalives_idle TO 10; SET tcp_keepalives_interval TO 5; "
                                 "SET tcp_keepalives_count TO 3; SET jit TO off; SET enable_seqscan TO off; SET enable_hashjoin TO off; SET enable_mergejoin TO off; "
                                 "SET max_parallel_workers_per_gather TO 0";

//! The newest timeline of each cluster that this process has met. A server of an older one was replaced: no connection may use it.
class Timelines {
public:
    bool meet(const Origin& o)
    {
        std::lock_guard lock(m_mutex);
        auto& newest = m_newest[o.cluster];
        newest = std::max(newest, o.timeline);
        return o.timeline == newest;
    }

private:
    std::mutex m_mutex;
    std::map<std::string, int64_t> m_newest;
};

Timelines& timelines()
{
    static Timelines all;
    return all;
}

Error errorOf(const std::string& state)
{
    const std::string detail = "postgresql " + (state.empty() ? "connection" : state);
    const auto is = [&](const char* start) { return state.rfind(start, 0) == 0; };
    if (is("53100")) return fail(Err::DiskFull, detail);
    if (is("55P03") || is("40")) return fail(Err::Busy, detail);
    if (is("25006")) return fail(Err::ReadOnly, detail);
    if (is("23")) return fail(Err::Conflict, detail);
    if (is("54")) return fail(Err::TooLarge, detail);
    if (is("XX001") || is("XX002")) return fail(Err::Corrupt, detail);
    if (is("42501") || is("28")) return fail(Err::Denied, detail);
    if (is("3F000") || is("42P01")) return fail(Err::NotFound, detail);
    if (state.empty() || is("08") || is("53") || is("57") || is("58")) return fail(Err::Io, detail);
    return fail(Err::Internal, detail);
}

//! A server's words may quote values: that there were some is all that is kept.
class Warned final : public pqxx::errorhandler {
public:
    Warned(pqxx::connection& c, bool& said) : errorhandler(c), m_said(said) {}
    bool operator()(const char*) noexcept override
    {
        m_said = true;
        return false;
    }

private:
    bool& m_said;
};

bool endsSession(const std::string& state) { return state.rfind("08", 0) == 0 || state.rfind("57P", 0) == 0 || state == "25P03"; }

std::string firstLine(const std::string& text) { return text.substr(0, text.find('\n')); }

Result<void> checkServer(pqxx::connection& c)
{
    pqxx::nontransaction t(c);
    const auto row = t.exec1("SELECT current_setting('server_version_num')::int, current_setting('fsync'), current_setting('full_page_writes'), "
                             "current_setting('synchronous_commit'), current_setting('standard_conforming_strings'), pg_is_in_recovery() OR "
                             "current_setting('transaction_read_only')::bool");
    const auto refuse = [](const std::string& why) { return Result<void>(Err::Unsupported, "postgresql: " + why); };
    if (row[0].as<int>() < 150000) return refuse("the server is older than 15");
    for (int i : {1, 2, 4})
        if (row[i].as<std::string>() != "on") return refuse(std::string(i == 1 ? "fsync" : i == 2 ? "full_page_writes" : "standard_conforming_strings") + " is off; a hub needs it on");
    const auto commit = row[3].as<std::string>();
    if (commit != "on" && commit != "remote_apply") return refuse("synchronous_commit is " + commit + "; receipts need on or remote_apply");
    if (row[5].as<bool>()) return fail(Err::ReadOnly, "postgresql: this server takes no writes");
    t.exec(commit == "on" ? "SET synchronous_commit TO on" : "SET synchronous_commit TO remote_apply"); // a reload of its settings does not change it for us
    return {};
}

using Options = std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)>;

Options parse(const std::string& text)
{
    char* message = nullptr;
    Options options(PQconninfoParse(text.c_str(), &message), PQconninfoFree);
    if (message) PQfreemem(message); // it may quote what stands where a password would
    return options;
}

std::string format(const std::map<std::string, std::string>& values)
{
    std::string out;
    for (const auto& [key, value] : values) {
        out += key + "='";
        for (const char ch : value) {
            if (ch == '\'' || ch == '\\') out += '\\';
            out += ch;
        }
        out += "' ";
    }
    return out;
}

std::vector<std::string> split(const std::string& list)
{
    std::vector<std::string> out(1);
    for (const char ch : list) ch == ',' ? void(out.emplace_back()) : out.back().push_back(ch);
    return out;
}

//! One text for each server that `where` names. What a service file names stays together.
std::vector<std::string> serversOf(const std::string& where)
{
    std::map<std::string, std::string> values;
    const Options options = parse(where);
    for (const auto* o = options.get(); o && o->keyword; ++o)
        if (o->val) values[o->keyword] = o->val;
    const char* const lists[] = {"host", "hostaddr", "port"};
    size_t count = 1;
    for (const char* key : lists) count = std::max(count, split(values[key]).size());
    std::vector<std::string> out;
    for (size_t i = 0; i < count; ++i) {
        auto one = values;
        for (const char* key : lists) {
            const auto each = split(values[key]);
            one[key] = each.size() == 1 ? each[0] : i < each.size() ? each[i] : "";
            if (one[key].empty()) one.erase(key);
        }
        out.push_back(format(one));
    }
    return out;
}

} // namespace

Origin origin(pqxx::transaction_base& t)
{
    const auto row = t.exec1("SELECT (SELECT system_identifier FROM pg_control_system())::text, ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::bigint, "
                             "current_setting('synchronous_standby_names') <> ''");
    return {row[0].as<std::string>(), row[1].as<int64_t>(), row[2].as<bool>()};
}

Result<std::string> connectionString(const std::string& given)
{
    const Options options = parse(given);
    if (!options) return fail(Err::Invalid, "postgresql: libpq does not understand this; write for example host=/run/postgresql dbname=zhengtong, or service=zhengtong");
    auto values = kDefaults;
    for (const auto* o = options.get(); o->keyword; ++o)
        if (o->val && std::string_view(o->keyword) == "service") values.clear(); // what is said here would outweigh what its file says
    for (const auto* o = options.get(); o->keyword; ++o) {
        if (!o->val) continue;
        if (std::string_view(o->keyword) == "password") return fail(Err::Invalid, "postgresql: a password does not belong here; name a passfile or a service");
        values[o->keyword] = o->val;
    }
    return format(values);
}

Connection::Connection(std::string where, std::vector<Statement> statements, std::function<Result<void>(pqxx::connection&)> ready)
    : m_servers(serversOf(where)), m_statements(std::move(statements)), m_ready(std::move(ready))
{
}

Connection::~Connection() { close(); }

void Connection::close()
{
    m_listener.reset();
    m_connection.reset();
}

Result<void> Connection::open()
{
    if (m_connection && m_connection->is_open() && !m_broken) return {};
    close();
    m_broken = false;
    const auto start = Clock::now();
    if (start < m_notBefore) return fail(Err::Io, "postgresql: the server did not answer a moment ago");
    auto made = make();
    if (!made) {
        close();
        if (Clock::now() - start > kSlow) m_notBefore = Clock::now() + kPause;
    }
    return made;
}

Result<void> Connection::connect()
{
    auto answer = Result<void>();
    Origin best;
    bool old = false;
    for (const auto& server : m_servers) {
        try {
            auto c = std::make_unique<pqxx::connection>(server);
            pqxx::nontransaction t(*c);
            if (t.exec1("SELECT pg_is_in_recovery()")[0].as<bool>()) {
                answer = fail(Err::ReadOnly, "postgresql: this server takes no writes");
                continue;
            }
            const Origin found = origin(t);
            if (!timelines().meet(found)) {
                answer = fail(Err::Io, "postgresql: this server was replaced by another and must not take writes");
                old = true;
                continue;
            }
            if (m_connection && (found.cluster != best.cluster || found.timeline <= best.timeline)) continue;
            best = found;
            t.commit();
            m_connection = std::move(c);
        } catch (const pqxx::failure& e) {
            answer = fail(Err::Io, "postgresql: no connection: " + firstLine(e.what()));
        }
    }
    if (m_connection) return {};
    if (old && !m_old) log(Level::Error, "old_server");
    m_old = old;
    return answer;
}

Result<void> Connection::make()
{
    auto answer = Result<void>();
    ZT_TRY(connect());
    const Error error = guarded([&] {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
        m_connection->inhibit_reactivation(true); // a transaction must not go on in another session
#pragma GCC diagnostic pop
        m_connection->set_verbosity(pqxx::connection_base::terse);
        m_listener = std::make_unique<Warned>(*m_connection, m_warned);
        answer = checkServer(*m_connection);
        if (!answer) return;
        pqxx::nontransaction(*m_connection).exec(kSession);
        for (const Statement& s : m_statements) m_connection->prepare(s.name, s.sql);
        if (m_ready) answer = m_ready(*m_connection);
    });
    return error.detail.empty() ? answer : Result<void>(error);
}

void Connection::commit(pqxx::work& transaction)
{
    m_warned = false;
    transaction.commit();
    if (m_warned) throw pqxx::in_doubt_error("warned");
}

Error Connection::guarded(const std::function<void()>& work)
{
    try {
        work();
        return {};
    } catch (const pqxx::sql_error& e) {
        m_broken = endsSession(e.sqlstate());
        return errorOf(m_connection && m_connection->is_open() ? e.sqlstate() : std::string());
    } catch (const pqxx::transaction_rollback&) {
        return fail(Err::Busy, "postgresql: rolled back");
    } catch (const pqxx::broken_connection&) {
        m_broken = true;
        return errorOf({});
    } catch (const pqxx::in_doubt_error&) {
        m_broken = true;
        return errorOf({});
    } catch (const pqxx::failure&) {
        m_broken = true;
        return errorOf({});
    } catch (const std::bad_alloc&) {
        return fail(Err::TooLarge, "memory");
    } catch (const std::exception&) {
        m_broken = true;
        return fail(Err::Internal, "postgresql: a value of another kind");
    }
}

namespace {

template <class Number>
void append(std::string& out, Number value)
{
    for (int shift = 8 * int(sizeof value) - 8; shift >= 0; shift -= 8) out += char(value >> shift & 0xff);
}

} // namespace

// As array_send() of PostgreSQL writes it: dimensions, whether an element is null, the elements' type; of the one dimension its length and first index; then
// each element behind its length, -1 for a null. All numbers in network order.
void Array::put(BytesView element)
{
    ++m_count;
    append(m_elements, uint32_t(element.size()));
    m_elements.append(element);
}

void Array::putNull()
{
    ++m_count;
    m_nulls = true;
    append(m_elements, uint32_t(-1));
}

pqxx::binarystring Array::take()
{
    std::string out;
    out.reserve(20 + m_elements.size());
    for (const uint32_t n : {uint32_t(m_count ? 1 : 0), uint32_t(m_nulls), m_elementType}) append(out, n);
    if (m_count)
        for (const uint32_t n : {m_count, uint32_t(1)}) append(out, n);
    out += m_elements;
    m_count = 0;
    m_nulls = false;
    m_elements.clear();
    return bytes(out);
}

void Numbers::add(int64_t value)
{
    std::string element;
    append(element, uint64_t(value));
    put(element);
}

Bytes blob(const pqxx::field& field)
{
    const pqxx::binarystring value(field);
    return {value.get(), value.size()};
}

} // namespace zt::hub::pg
