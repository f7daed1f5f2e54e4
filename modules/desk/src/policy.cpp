#include "zt/desk/policy.h"

#include "keys.h"
#include "zt/base/log.h"
#include "zt/base/text.h"
#include "zt/link/link.h"

#include <algorithm>
#include <limits>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <set>
#include <sys/stat.h>
#include <unistd.h>

//! The organisation's files: who may have written them, what they say, what is in force.
namespace zt::desk {

namespace {

using nlohmann::json;

constexpr const char* kIdleLock = "idle_lock_minutes";
constexpr const char* kHubAddress = "hub_address";
constexpr const char* kHubRoot = "hub_ca";
constexpr const char* kKeychain = "keychain";
constexpr const char* kSchema = "$schema"; // editors want it in the file
constexpr size_t kMostBytes = 1u << 20, kMostFiles = 1000, kMostNameBytes = 80;

//! A name from a file as it may stand in a log and on a terminal.
std::string shown(std::string_view foreign)
{
    std::string clean = cleanLine(foreign);
    if (clean.size() <= kMostNameBytes) return clean;
    std::string out;
    for (size_t at = 0; at < kMostNameBytes;) appendUtf8(out, nextCodePoint(clean, at));
    return out + "…";
}

class File {
public:
    explicit File(int fd) : m_fd(fd) {}
    File(File&& other) noexcept : m_fd(std::exchange(other.m_fd, -1)) {}
    File& operator=(File&& other) noexcept
    {
        std::swap(m_fd, other.m_fd);
        return *this;
    }
    ~File() { if (m_fd >= 0) ::close(m_fd); }
    [[nodiscard]] int fd() const { return m_fd; }
    [[nodiscard]] bool good() const { return m_fd >= 0; }

private:
    int m_fd;
};

bool ownedBy(const struct stat& s, uid_t owner) { return s.st_uid == 0 || s.st_uid == owner; }
bool writableByOthers(const struct stat& s) { return s.st_mode & (S_IWGRP | S_IWOTH); }

//! The folder, reached step by step without following a link, each step judged on what was opened: nothing can be exchanged in between.
struct Opened {
    std::optional<File> folder; //!< empty without a refusal: there is none
    std::optional<Refusal> refused;
};
Opened openFolder(const std::filesystem::path& path, uid_t owner)
{
    const auto refuse = [](const std::filesystem::path& at, Fault fault) { return Opened{{}, Refusal{cleanLine(at.string()), {}, fault, 0}}; };
    File at(::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    std::filesystem::path here = "/";
    if (!at.good()) return refuse(here, Fault::FolderUnreadable);
    const auto whole = std::filesystem::absolute(path).lexically_normal().relative_path();
    for (auto part = whole.begin(); part != whole.end(); ++part) {
        if (part->empty()) continue; // behind a last slash
        const bool last = std::all_of(std::next(part), whole.end(), [](const auto& p) { return p.empty(); });
        here /= *part;
        struct stat s{};
        if (::fstatat(at.fd(), part->c_str(), &s, AT_SYMLINK_NOFOLLOW) != 0) {
            if (errno == ENOENT) return {};
            return refuse(here, Fault::FolderUnreadable);
        }
        if (!S_ISDIR(s.st_mode)) return refuse(here, Fault::FolderLink);
        File next(::openat(at.fd(), part->c_str(), (last ? O_RDONLY : O_PATH) | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (!next.good() || ::fstat(next.fd(), &s) != 0) return refuse(here, Fault::FolderUnreadable);
        if (!ownedBy(s, owner)) return refuse(here, Fault::FolderOwner);
        // In a folder like /tmp nobody can take away what is not his; in the last one, others could add.
        if (writableByOthers(s) && (last || !(s.st_mode & S_ISVTX))) return refuse(here, Fault::FolderWritable);
        at = std::move(next);
    }
    return {std::move(at), {}};
}

//! Names of policy files in their order; nothing when the folder cannot be read.
std::optional<std::vector<std::string>> namesIn(const File& folder)
{
    const int copy = ::fcntl(folder.fd(), F_DUPFD_CLOEXEC, 0);
    const std::unique_ptr<DIR, int (*)(DIR*)> dir(copy < 0 ? nullptr : ::fdopendir(copy), ::closedir);
    if (!dir) return std::nullopt;
    std::vector<std::string> out;
    errno = 0;
    while (const dirent* entry = ::readdir(dir.get())) {
        const std::string_view name = entry->d_name;
        if (!name.starts_with('.') && name.ends_with(".json")) out.emplace_back(name);
        if (out.size() > kMostFiles) return std::nullopt;
    }
    if (errno != 0) return std::nullopt;
    std::sort(out.begin(), out.end());
    return out;
}

std::variant<Bytes, Fault> readTrusted(const File& folder, const std::string& name, uid_t owner)
{
    const File file(::openat(folder.fd(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!file.good()) return errno == ELOOP || errno == ENXIO ? Fault::FileKind : Fault::FileUnreadable;
    struct stat s{};
    if (::fstat(file.fd(), &s) != 0) return Fault::FileUnreadable;
    if (!S_ISREG(s.st_mode)) return Fault::FileKind;
    if (!ownedBy(s, owner)) return Fault::FileOwner;
    if (writableByOthers(s)) return Fault::FileWritable;
    Bytes out;
    char block[16 << 10];
    while (out.size() <= kMostBytes) {
        const ssize_t n = ::read(file.fd(), block, sizeof block);
        if (n < 0) return Fault::FileUnreadable;
        if (n == 0) return out;
        out.append(block, size_t(n));
    }
    return Fault::TooLarge;
}

struct Parsed {
    json root;
    std::set<std::string> twice; //!< keys of the file itself that it names more than once
    size_t badLine = 0;          //!< where it is no JSON object
};
Parsed parseFile(BytesView text)
{
    Parsed out;
    std::set<std::string> seen;
    const auto watch = [&](int depth, json::parse_event_t event, json& parsed) {
        if (depth == 1 && event == json::parse_event_t::key && !seen.insert(parsed.get<std::string>()).second) out.twice.insert(parsed.get<std::string>());
        return true;
    };
    try {
        out.root = json::parse(text, watch);
        if (!out.root.is_object()) out.badLine = 1;
    } catch (const json::parse_error& e) {
        out.badLine = 1 + size_t(std::count(text.begin(), text.begin() + std::ptrdiff_t(std::min(e.byte, text.size())), '\n'));
    } catch (const json::exception&) {
        out.badLine = 1;
    }
    return out;
}

bool wholeFile(const Refusal& r) { return r.key.empty(); }

} // namespace

std::string_view name(Fault fault)
{
    switch (fault) {
    case Fault::FolderLink: return "folder_link";
    case Fault::FolderOwner: return "folder_owner";
    case Fault::FolderWritable: return "folder_writable";
    case Fault::FolderUnreadable: return "folder_unreadable";
    case Fault::FileKind: return "file_kind";
    case Fault::FileOwner: return "file_owner";
    case Fault::FileWritable: return "file_writable";
    case Fault::FileUnreadable: return "file_unreadable";
    case Fault::TooLarge: return "too_large";
    case Fault::NotJson: return "not_json";
    case Fault::UnknownKey: return "unknown_key";
    case Fault::Twice: return "twice";
    case Fault::BadValue: return "bad_value";
    }
    return "";
}

const Managed* Policy::find(std::string_view key) const
{
    const auto it = m_managed.find(key);
    return it == m_managed.end() ? nullptr : &it->second;
}

bool Policy::fixes(std::string_view key) const
{
    const Managed* m = find(key);
    return m && !std::holds_alternative<AtMost>(m->value);
}

int Policy::mostIdleMinutes() const
{
    const Managed* m = find(kIdleLock);
    const auto* most = m ? std::get_if<AtMost>(&m->value) : nullptr;
    return most ? most->minutes : 0;
}

bool Policy::inDoubt(std::string_view key) const
{
    return !find(key) && std::any_of(m_refused.begin(), m_refused.end(), [&](const Refusal& r) { return wholeFile(r) || (r.key == key && r.fault != Fault::UnknownKey); });
}

HubPreset Policy::hub() const
{
    const auto text = [this](const char* key) {
        const Managed* m = find(key);
        return m ? std::get<std::string>(m->value) : std::string();
    };
    return {text(kHubAddress), text(kHubRoot), inDoubt(kHubAddress) || inDoubt(kHubRoot)};
}

Asked Policy::keychain(const Policy& hub) const
{
    const auto asks = [](const Policy& p) {
        const Managed* m = p.find(kKeychain);
        return m && std::get<bool>(m->value);
    };
    if (asks(*this) || asks(hub)) return Asked::Yes;
    return inDoubt(kKeychain) || hub.inDoubt(kKeychain) ? Asked::InDoubt : Asked::No;
}

namespace {

int minutesOf(const Managed& m)
{
    const auto* most = std::get_if<AtMost>(&m.value);
    const int minutes = most ? most->minutes : std::get<int>(m.value);
    return minutes ? minutes : std::numeric_limits<int>::max();
}

//! Both take their values from the same key, so they are of one kind.
bool isStricter(const Key& key, const Managed& a, const Managed& b)
{
    if (std::holds_alternative<MinutesKind>(key.kind)) {
        const bool aFixed = std::holds_alternative<int>(a.value), bFixed = std::holds_alternative<int>(b.value);
        return minutesOf(a) < minutesOf(b) || (minutesOf(a) == minutesOf(b) && aFixed && !bFixed);
    }
    if (std::holds_alternative<RequireKind>(key.kind)) return std::get<bool>(a.value) && !std::get<bool>(b.value);
    return std::holds_alternative<FlagKind>(key.kind) && !std::get<bool>(a.value) && std::get<bool>(b.value);
}

} // namespace

Policy Policy::with(const Policy& hub) const
{
    Policy out = *this;
    for (const auto& [name, theirs] : hub.m_managed) {
        if (name == kHubAddress || name == kHubRoot) continue;
        const Managed* own = find(name);
        if (!own || isStricter(*findKey(name), theirs, *own)) out.m_managed.insert_or_assign(name, theirs);
    }
    return out;
}

Settings Policy::over(Settings user) const
{
    for (const auto& [name, managed] : m_managed) putSetting(*findKey(name), managed, user);
    return user;
}

Settings Policy::chosen(Settings user, const Settings& wanted) const
{
    const Settings shownNow = over(user);
    for (const Key& key : keys())
        if (!fixes(key.name) && setting(key, shownNow) != setting(key, wanted)) copySetting(key, wanted, user);
    return user;
}

CodeFit codeFit(std::string_view text, const HubPreset& hub)
{
    const auto code = link::parseCode(text);
    if (!code) return CodeFit::Unreadable;
    if (hub.inDoubt) return CodeFit::PresetInDoubt;
    if (!hub.root.empty() && !code->caHash.empty() && !hub.root.starts_with(code->caHash)) return CodeFit::OtherHub;
    const bool whole = !(hub.address.empty() && code->address.empty()) && !(hub.root.empty() && code->caHash.empty());
    return whole ? CodeFit::Good : CodeFit::NeedsPreset;
}

Policy readPolicyTexts(const std::vector<std::pair<std::string, Bytes>>& files, std::vector<Refusal> refused)
{
    Policy out;
    out.m_refused = std::move(refused);
    for (const auto& [file, text] : files) {
        const std::string shownFile = shown(file);
        auto parsed = parseFile(text);
        if (parsed.badLine) {
            out.m_refused.push_back({shownFile, {}, Fault::NotJson, parsed.badLine});
            continue;
        }
        const auto refuse = [&](const std::string& key, Fault fault) { out.m_refused.push_back({shownFile, shown(key), fault, 0}); };
        for (const auto& [name, value] : parsed.root.items()) {
            if (name == kSchema) continue;
            const Key* key = findKey(name);
            const auto taken = key ? policyValue(*key, value) : std::nullopt;
            if (!key) refuse(name.empty() ? "\"\"" : name, Fault::UnknownKey);
            else if (parsed.twice.contains(name)) refuse(name, Fault::Twice);
            else if (!taken) refuse(name, Fault::BadValue);
            else out.m_managed.insert_or_assign(name, Managed{*taken, shownFile});
        }
    }
    // What was refused may have said when to lock. Until it is repaired nobody chooses a longer time than a desk without policy has.
    if (out.inDoubt(kIdleLock)) out.m_managed.emplace(kIdleLock, Managed{AtMost{Settings{}.idleLockMinutes}, {}});
    return out;
}

Policy readPolicy(const std::filesystem::path& folder, uid_t owner)
{
    std::vector<std::pair<std::string, Bytes>> files;
    std::vector<Refusal> refused;
    auto opened = openFolder(folder, owner);
    if (opened.refused) refused.push_back(std::move(*opened.refused));
    if (opened.folder) {
        const auto names = namesIn(*opened.folder);
        if (!names) refused.push_back({cleanLine(folder.string()), {}, Fault::FolderUnreadable, 0});
        for (const std::string& name : names.value_or(std::vector<std::string>())) {
            auto read = readTrusted(*opened.folder, name, owner);
            if (auto* text = std::get_if<Bytes>(&read)) files.emplace_back(name, std::move(*text));
            else refused.push_back({shown(name), {}, std::get<Fault>(read), 0});
        }
    }
    return readPolicyTexts(files, std::move(refused));
}

void logPolicy(const Policy& policy)
{
    for (const Refusal& r : policy.refused()) log(Level::Warning, "policy_refused", {{"file", Safe{r.file}}, {"key", Safe{r.key}}, {"why", Safe{name(r.fault)}}});
}

} // namespace zt::desk
