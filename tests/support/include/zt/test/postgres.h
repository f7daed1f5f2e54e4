#pragma once

//! A PostgreSQL server of the test's own, in a folder that goes with it: a Unix socket, no network port. Needs the package postgresql-15. Run by root it runs
//! as the user `postgres`, since PostgreSQL refuses root.

#include "zt/test/test.h"

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <list>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

extern char** environ;

namespace zt::test {

class Postgres {
public:
    using Options = std::vector<std::string>; //!< "name=value" of the server's settings

    Postgres() : m_dir(place() / ("zt-pg-" + std::to_string(::getpid())))
    {
        clean();
        std::filesystem::create_directories(m_dir);
        for (const char* version : {"17", "16", "15"})
            if (const std::string bin = std::string("/usr/lib/postgresql/") + version + "/bin"; std::filesystem::exists(bin + "/postgres")) m_bin = bin;
        const passwd* user = ::getuid() == 0 ? ::getpwnam("postgres") : nullptr;
        if (user && ::chown(m_dir.c_str(), user->pw_uid, user->pw_gid) != 0) failed("postgres", 0, "chown");
        if (m_bin.empty()) failed("postgres", 0, "PostgreSQL 15 is not installed");
        else if (run({m_bin + "/initdb", "-D", m_dir / "data", "-U", "zt", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"}) != 0) failed("postgres", 0, said());
        else start();
    }
    ~Postgres()
    {
        stop();
        std::error_code code;
        std::filesystem::remove_all(m_dir, code);
        for (const char* end : {".said", ".log", ".wal"}) std::filesystem::remove(m_dir.string() + end, code);
    }
    Postgres(const Postgres&) = delete;

    //! One for all cases of the process.
    static Postgres& shared()
    {
        static Postgres server;
        return server;
    }

    void start(const Options& options = {})
    {
        if (m_bin.empty()) return;
        std::vector<std::string> args = {m_bin + "/postgres", "-D", m_dir / "data", "-k", m_dir, "-c", "listen_addresses=", "-c", "shared_buffers=32MB"};
        for (const auto& o : options) args.insert(args.end(), {"-c", o});
        m_server = begin(args);
        for (int i = 0; i < 3000; ++i) {
            if (run({m_bin + "/pg_isready", "-q", "-h", m_dir}) == 0) return;
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        failed("postgres", 0, said());
    }
    //! As by an administrator who does not wait: sessions are cut.
    void stop()
    {
        if (m_server > 0 && ::kill(m_server, SIGINT) == 0) ::waitpid(m_server, nullptr, 0);
        m_server = 0;
    }

    //! Another program that has each commit before the server calls it done, until end(): what a synchronous standby is to a hub. `name`: its folder.
    pid_t receive(const std::string& name)
    {
        const auto to = m_dir / name;
        run({"/bin/mkdir", "-p", to});
        return begin({m_bin + "/pg_receivewal", "--synchronous", "--no-loop", "-D", to, "-h", m_dir, "-U", "zt"}, name);
    }
    static void end(pid_t pid)
    {
        if (pid > 0 && ::kill(pid, SIGKILL) == 0) ::waitpid(pid, nullptr, 0);
    }

    [[nodiscard]] const std::filesystem::path& dir() const { return m_dir; } //!< of the socket
    [[nodiscard]] std::string where(const std::string& database, const std::string& host = {}) const
    {
        return "host=" + (host.empty() ? m_dir.string() : host) + " user=zt dbname=" + database;
    }
    //! The name of a new, empty database.
    [[nodiscard]] std::string database()
    {
        const std::string name = "t" + std::to_string(++m_databases);
        sql("postgres", "CREATE DATABASE " + name);
        return name;
    }
    //! What psql prints.
    std::string sql(const std::string& database, const std::string& text)
    {
        if (run({m_bin + "/psql", "-qAtX", "-v", "ON_ERROR_STOP=1", "-h", m_dir, "-U", "zt", "-d", database, "-c", text}) != 0) failed("postgres", 0, said());
        return said();
    }

private:
    //! In memory where there is room: a hub wants fsync on, and a test need not wait for a disk.
    static std::filesystem::path place()
    {
        std::error_code code;
        const auto space = std::filesystem::space("/dev/shm", code);
        return !code && space.available > (1u << 30) ? "/dev/shm" : std::filesystem::temp_directory_path();
    }
    //! What tests that were killed left.
    static void clean()
    {
        std::error_code code;
        for (const auto& e : std::filesystem::directory_iterator(place(), code)) {
            const std::string name = e.path().filename();
            const pid_t pid = name.rfind("zt-pg-", 0) == 0 ? pid_t(std::atol(name.c_str() + 6)) : 0;
            if (pid > 0 && (pid == ::getpid() || (::kill(pid, 0) != 0 && errno == ESRCH))) std::filesystem::remove_all(e.path(), code);
        }
    }
    [[nodiscard]] std::string said() const
    {
        std::ifstream in(m_dir.string() + ".said");
        std::string text{std::istreambuf_iterator<char>(in), {}};
        while (!text.empty() && text.back() == '\n') text.pop_back();
        return text;
    }
    //! Ends with this process, however that ends.
    pid_t begin(std::vector<std::string> args, const std::string& name = "log")
    {
        std::vector<std::string> all = {"setpriv", "--pdeathsig=QUIT"};
        if (::getuid() == 0) all.insert(all.end(), {"--reuid=postgres", "--regid=postgres", "--clear-groups"});
        all.insert(all.end(), args.begin(), args.end());
        std::vector<char*> argv;
        for (auto& a : all) argv.push_back(a.data());
        argv.push_back(nullptr);
        const std::string out = m_dir.string() + "." + name;
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_addopen(&actions, 1, out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
        posix_spawn_file_actions_adddup2(&actions, 1, 2);
        pid_t pid = 0;
        if (::posix_spawnp(&pid, "setpriv", &actions, nullptr, argv.data(), environ) != 0) pid = 0;
        posix_spawn_file_actions_destroy(&actions);
        return pid;
    }
    int run(std::vector<std::string> args)
    {
        const pid_t pid = begin(std::move(args), "said");
        int status = -1;
        if (pid > 0) ::waitpid(pid, &status, 0);
        return pid > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

    std::filesystem::path m_dir;
    std::string m_bin;
    pid_t m_server = 0;
    int m_databases = 0;
};

//! A line to a Postgres that can be cut around a COMMIT, once.
class CutLine {
public:
    enum class At { Never, BeforeCommit, AfterCommit, Answer }; //!< it does not arrive; it arrives, who knows; its answer came as far as here

    explicit CutLine(const Postgres& server) : m_to(server.dir() / ".s.PGSQL.5432"), m_dir(server.dir().string() + "-cut")
    {
        std::filesystem::create_directories(m_dir);
        const std::string name = m_dir / ".s.PGSQL.5432";
        ::unlink(name.c_str());
        m_listen = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const auto address = addressOf(name);
        if (::bind(m_listen, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 || ::listen(m_listen, 8) != 0) failed("cut line", 0, "cannot listen");
        m_thread = std::thread([this] { run(); });
    }
    ~CutLine()
    {
        m_stop = true;
        m_thread.join();
        for (auto& p : m_pairs) close(p);
        ::close(m_listen);
        std::error_code code;
        std::filesystem::remove_all(m_dir, code);
    }
    [[nodiscard]] std::string host() const { return m_dir; }
    void cut(At at) { m_at = at; }
    [[nodiscard]] bool wasCut() const { return m_at == At::Never; }

private:
    struct Pair {
        int desk = -1, server = -1;
    };
    static sockaddr_un addressOf(const std::string& name)
    {
        sockaddr_un a{};
        a.sun_family = AF_UNIX;
        name.copy(a.sun_path, sizeof a.sun_path - 1);
        return a;
    }
    static void close(Pair& p)
    {
        if (p.desk >= 0) ::close(p.desk);
        if (p.server >= 0) ::close(p.server);
        p = {};
    }
    void accept()
    {
        Pair p{::accept4(m_listen, nullptr, nullptr, SOCK_CLOEXEC), ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        const auto address = addressOf(m_to);
        if (::connect(p.server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) m_pairs.push_back(p);
        else close(p);
    }
    static bool send(int to, const std::string& bytes)
    {
        for (size_t done = 0; done < bytes.size();) {
            const ssize_t n = ::send(to, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
            if (n <= 0) return false;
            done += size_t(n);
        }
        return true;
    }
    static std::string receive(int from)
    {
        std::string bytes(64 << 10, '\0');
        const ssize_t n = ::recv(from, bytes.data(), bytes.size(), 0);
        bytes.resize(n > 0 ? size_t(n) : 0);
        return bytes;
    }
    void carry(Pair& p, bool up)
    {
        const std::string bytes = receive(up ? p.desk : p.server);
        const At at = m_at;
        if (bytes.empty()) return close(p);
        const bool commit = up && at != At::Never && bytes.find("COMMIT") != std::string::npos;
        if (commit) m_at = At::Never;
        if (commit && at == At::BeforeCommit) return close(p);
        if (!send(up ? p.server : p.desk, bytes)) return close(p);
        if (commit && at == At::Answer) (void)receive(p.server);
        if (commit) close(p);
    }
    void run()
    {
        while (!m_stop) {
            std::vector<pollfd> all = {{m_listen, POLLIN, 0}};
            for (const auto& p : m_pairs) all.insert(all.end(), {{p.desk, POLLIN, 0}, {p.server, POLLIN, 0}});
            if (::poll(all.data(), all.size(), 20) <= 0) continue;
            size_t i = 1;
            for (auto& p : m_pairs) {
                const bool desk = all[i].revents, server = all[i + 1].revents;
                i += 2;
                if (desk) carry(p, true);
                if (server && p.server >= 0) carry(p, false);
            }
            m_pairs.remove_if([](const Pair& p) { return p.desk < 0; });
            if (all[0].revents) accept();
        }
    }

    const std::string m_to;
    const std::filesystem::path m_dir;
    int m_listen = -1;
    std::list<Pair> m_pairs;
    std::atomic<At> m_at{At::Never};
    std::atomic<bool> m_stop{false};
    std::thread m_thread;
};

} // namespace zt::test
