#include "terminal.h"

#include "zt/base/clock.h"
#include "zt/catalogue/catalogue.h"
#include "zt/hub/postgres_log.h"

#include <cstdlib>
#include <iostream>
#include <termios.h>
#include <unistd.h>

namespace zt::ctl {

namespace {

hub::Language s_language = hub::Language::English;

} // namespace

std::string refusal(const wire::Receipt& r, const hub::AdminKey& key)
{
    switch (r.reason()) {
    case wire::REASON_ROLE:
        return "not for this role: the key given is the " + hub::roleName(key.role)
            + " administrator's. Units, people, posts, processes and the level take the system key; devices, suspensions, roles and erasures the security key";
    case wire::REASON_NOT_FINISHED: return "a matter in it is not finished, or not in the log: make the list again";
    case wire::REASON_NO_APPROVAL: return "the audit administrator has not approved this list as it is: 'erase approve'";
    case wire::REASON_UNIT_GONE: return "there is no such unit, or its parent is missing";
    case wire::REASON_UNKNOWN_PERSON: return "there is no such person";
    case wire::REASON_LEVEL: return "this level is lower than the one in force, or higher than this programme knows";
    case wire::REASON_EXISTS: return "it exists already";
    case wire::REASON_FORM: return "a field is empty or names nothing that is there";
    default: return wire::Outcome_Name(r.outcome()) + " " + wire::Reason_Name(r.reason());
    }
}

void stop(std::string words, int code) { throw Exit{code, std::move(words)}; }

void need(Result<void> result, const std::string& what)
{
    if (!result) stop(what + ": " + words(result.error()));
}

std::string words(const Error& e)
{
    const std::string detail = e.detail.empty() ? std::string() : " (" + e.detail + ")";
    switch (e.kind) {
    case Err::NotFound: return "it is not there; check the path or the name" + detail;
    case Err::Denied: return e.detail.empty() ? "not allowed" : "not allowed: " + e.detail;
    case Err::Unauthenticated: return "wrong passphrase or wrong key" + detail;
    case Err::Exists: return "it is there already and is not replaced; choose another name or remove it" + detail;
    case Err::Corrupt: return "it is damaged, or no such file at all; use another copy" + detail;
    case Err::TooNew: return "written by a newer version; use that version" + detail;
    case Err::TooLarge: return "too large" + detail;
    case Err::Busy: return "in use; stop the hub first, or try again" + detail;
    case Err::DiskFull: return "no space left; free some and run it again" + detail;
    case Err::ReadOnly: return "the place cannot be written" + detail;
    case Err::Invalid: return "not usable" + detail;
    default: return std::string(name(e.kind)) + detail;
    }
}

hub::Language language() { return s_language; }

std::string words(const process::Words& both) { return s_language == hub::Language::Chinese ? both.zh : both.en; }

void setLanguage(const std::string& name)
{
    std::string wanted = name;
    for (const char* variable : {"LC_ALL", "LC_MESSAGES", "LANG"})
        if (const char* value = std::getenv(variable); wanted.empty() && value) wanted = value;
    s_language = wanted.rfind("zh", 0) == 0 ? hub::Language::Chinese : hub::Language::English;
}

namespace {

//! Terminal without echo while it lives.
class Quiet {
public:
    Quiet()
    {
        if (::tcgetattr(STDIN_FILENO, &m_before) != 0) return;
        termios now = m_before;
        now.c_lflag &= ~tcflag_t(ECHO);
        m_changed = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &now) == 0;
    }
    ~Quiet()
    {
        if (m_changed) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &m_before);
    }

private:
    termios m_before{};
    bool m_changed = false;
};

crypto::Secret ask(const std::string& prompt)
{
    std::cerr << prompt << ": " << std::flush;
    std::string line;
    {
        const Quiet quiet;
        std::getline(std::cin, line);
    }
    std::cerr << '\n';
    crypto::Secret out(line);
    crypto::wipe(line);
    return out;
}

} // namespace

crypto::Secret passphrase(const std::string& file, const std::string& prompt, bool fresh, int line)
{
    if (!file.empty()) {
        Bytes text = need(hub::readFile(file, 64u << 10), "passphrase file " + file);
        size_t at = 0;
        for (int i = 1; i < line; ++i) {
            at = text.find('\n', at);
            if (at == std::string::npos) stop("passphrase file " + file + ": it has no line " + std::to_string(line));
            ++at;
        }
        size_t end = std::min(text.find('\n', at), text.size());
        if (end > at && text[end - 1] == '\r') --end;
        crypto::Secret out(std::string_view(text).substr(at, end - at));
        crypto::wipe(text);
        if (out.empty()) stop("passphrase file " + file + ": line " + std::to_string(line) + " is empty");
        return out;
    }
    if (!::isatty(STDIN_FILENO)) stop("a passphrase is needed (" + prompt + ") and there is no terminal to ask on: give --passphrase-file");
    crypto::Secret first = ask(prompt);
    if (!fresh) return first;
    if (first.size() < 12) stop("a passphrase must have at least 12 characters");
    if (ask(prompt + ", once more").view() != first.view()) stop("the two are not the same; nothing was made");
    return first;
}

hub::HubFolder openFolder(const std::string& data) { return need(hub::HubFolder::open(data, &hub::postgresEngine()), "data folder " + data); }

hub::OpenHub openHub(const std::string& data)
{
    return need(hub::OpenHub::open(data, systemClock(), systemRandom(), &hub::postgresEngine()), "data folder " + data);
}

void setConfig(const hub::HubFolder& folder, const hub::HubConfig& config)
{
    namespace fs = std::filesystem;
    const fs::path file = folder.dir() / "hub.json", fresh = folder.dir() / "hub.json.new";
    std::error_code code;
    fs::remove(fresh, code);
    need(hub::writeNewFile(fresh, hub::formatConfig(config)), "hub.json");
    fs::permissions(fresh, fs::status(file, code).permissions(), code);
    fs::rename(fresh, file, code);
    if (code) stop("hub.json: " + code.message());
}

void AdminOption::add(CLI::App& app, const std::string& role)
{
    app.add_option("--data", data, "The hub's data folder")->required();
    app.add_option("--admin", file, "Key file of the " + role + " administrator")->required();
    app.add_option("--passphrase-file", passphraseFile, "File whose first line is its passphrase; asked for if not given");
}

hub::AdminKey AdminOption::read() const
{
    const auto label = need(hub::readAdminKeyLabel(file), "key file " + file);
    const auto secret = passphrase(passphraseFile, "Passphrase of " + label.id + " (" + hub::roleName(label.role) + ")");
    return need(hub::readAdminKey(file, secret), "key file " + file);
}

hub::Sent send(hub::OpenHub& hub, const hub::AdminKey& key, const std::vector<wire::Command>& bodies)
{
    auto sent = need(hub::sendAs(*hub.core, key, bodies, systemRandom()), "command");
    if (sent.refused)
        stop("refused" + (bodies.size() > 1 ? " at change " + std::to_string(sent.refusedAt + 1) + " of " + std::to_string(bodies.size()) : std::string()) + ": "
             + refusal(*sent.refused, key));
    return sent;
}

hub::Sent send(hub::OpenHub& hub, const AdminOption& admin, const std::vector<wire::Command>& bodies) { return send(hub, admin.read(), bodies); }

std::string share(const std::string& file)
{
    std::error_code code;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", code);
    if (!code) {
        const auto installed = self.parent_path().parent_path() / "share/zhengtong" / file;
        if (std::filesystem::exists(installed, code)) return installed;
    }
    return std::string(ZT_SHARE) + "/" + file;
}

} // namespace zt::ctl
