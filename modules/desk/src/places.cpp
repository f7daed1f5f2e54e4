#include "zt/desk/desk.h"

#include "zt/base/log.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <unistd.h>

#include "keys.h"
#include "places.h"

//! Files beside the stores: who has a store here, settings of this OS account.
namespace zt::desk {

namespace fs = std::filesystem;
using nlohmann::json;

fs::path defaultRoot()
{
    if (const char* dir = std::getenv("ZHENGTONG_HOME"); dir && *dir) return dir;
    if (const char* dir = std::getenv("XDG_DATA_HOME"); dir && *dir) return fs::path(dir) / "zhengtong";
    const char* home = std::getenv("HOME");
    return fs::path(home && *home ? home : "/tmp") / ".local/share/zhengtong";
}

Error osError(int code, const std::string& what)
{
    switch (code) {
    case ENOSPC:
    case EDQUOT: return fail(Err::DiskFull, what);
    case EROFS: return fail(Err::ReadOnly, what);
    case EACCES:
    case EPERM: return fail(Err::Denied, what);
    case ENOENT: return fail(Err::NotFound, what);
    default: return fail(Err::Io, what);
    }
}

Result<void> writeWhole(const fs::path& path, BytesView bytes)
{
    const fs::path temp = path.string() + ".new";
    const int fd = ::open(temp.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) return osError(errno, "create");
    size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t n = ::write(fd, bytes.data() + done, bytes.size() - done);
        if (n <= 0) {
            const int code = errno;
            ::close(fd);
            ::unlink(temp.c_str());
            return osError(code, "write");
        }
        done += size_t(n);
    }
    const bool synced = ::fsync(fd) == 0;
    const int code = errno;
    if (::close(fd) != 0 || !synced) {
        ::unlink(temp.c_str());
        return osError(code, "sync");
    }
    if (::rename(temp.c_str(), path.c_str()) != 0) return osError(errno, "rename");
    if (const int dir = ::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); dir >= 0) {
        ::fsync(dir);
        ::close(dir);
    }
    return {};
}

Result<Bytes> readWhole(const fs::path& path, size_t limit)
{
    std::ifstream in(path, std::ios::binary);
    if (!in) return osError(errno, "open");
    std::ostringstream out;
    out << in.rdbuf();
    Bytes bytes = out.str();
    if (bytes.size() > limit) return fail(Err::TooLarge, "file");
    return bytes;
}

namespace {

constexpr size_t kSmallFile = 1u << 20;
constexpr const char* kSettings = "settings.json";

std::optional<json> readJson(const fs::path& path)
{
    const auto bytes = readWhole(path, kSmallFile);
    if (!bytes) return std::nullopt;
    auto j = json::parse(*bytes, nullptr, false);
    if (j.is_discarded() || !j.is_object()) return std::nullopt;
    return j;
}

template <class T>
void take(const json& j, const char* key, T& into)
{
    const auto it = j.find(key);
    if (it == j.end()) return;
    if constexpr (std::is_same_v<T, bool>) { if (it->is_boolean()) into = it->get<bool>(); }
    else if constexpr (std::is_integral_v<T>) { if (it->is_number_integer()) into = it->get<T>(); }
    else if (it->is_string()) into = it->get<std::string>();
}

} // namespace

Result<void> writeAccount(const Account& a)
{
    const json j{{"person", a.person}, {"name", a.name}, {"unit", a.unitName}, {"hub", a.hubAddress}, {"last_used", a.lastUsed}};
    return writeWhole(a.folder / "account.json", j.dump(1));
}

std::optional<Account> readAccount(const fs::path& folder)
{
    const auto j = readJson(folder / "account.json");
    if (!j) return std::nullopt;
    Account a;
    a.folder = folder;
    take(*j, "person", a.person);
    take(*j, "name", a.name);
    take(*j, "unit", a.unitName);
    take(*j, "hub", a.hubAddress);
    take(*j, "last_used", a.lastUsed);
    return a;
}

std::vector<Account> accounts(const fs::path& root)
{
    std::vector<Account> out;
    std::error_code ec;
    for (const auto& entry : fs::directory_iterator(root, ec)) {
        std::error_code ignored;
        if (!entry.is_directory(ignored) || entry.path().extension() == ".new") continue;
        if (auto a = readAccount(entry.path())) out.push_back(std::move(*a));
    }
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.lastUsed > b.lastUsed; });
    return out;
}

std::optional<json> settingsFile(const fs::path& root) { return readJson(root / kSettings); }

Settings loadSettings(const fs::path& root)
{
    Settings s;
    const fs::path path = root / kSettings;
    std::error_code ec;
    if (!fs::exists(path, ec)) return s;
    const auto j = readJson(path);
    if (!j) {
        fs::rename(path, path.string() + ".unreadable", ec);
        log(Level::Warning, "settings_unreadable");
        return s;
    }
    for (const Key& key : keys()) takeSetting(key, *j, s);
    return s;
}

Result<void> saveSettings(const fs::path& root, const Settings& s)
{
    std::error_code ec;
    fs::create_directories(root, ec);
    if (ec) return osError(ec.value(), "folder");
    json j = settingsFile(root).value_or(json::object());
    Settings before;
    for (const Key& key : keys()) takeSetting(key, j, before);
    for (const Key& key : keys())
        if (auto value = setting(key, s); value != setting(key, before)) j[key.name] = std::move(value);
    return writeWhole(root / kSettings, j.dump(1));
}

} // namespace zt::desk
