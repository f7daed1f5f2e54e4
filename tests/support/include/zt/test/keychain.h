#pragma once

#include "zt/base/bytes.h"
#include "zt/desk/keychain.h"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <unistd.h>
#include <vector>

namespace zt::test {

//! A keychain in memory that fails as it is told to.
class FakeKeychain final : public desk::Keychain {
public:
    std::map<std::string, Bytes> entries;
    std::optional<Err> fails;  //!< every call
    bool forgets = false;      //!< takes and keeps nothing

    std::vector<std::string> names() const
    {
        std::lock_guard lock(m_mutex);
        std::vector<std::string> out;
        for (const auto& [name, bytes] : entries) out.push_back(name);
        return out;
    }
    Result<crypto::Secret> read(const std::string& name) override
    {
        std::lock_guard lock(m_mutex);
        if (fails) return fail(*fails, "as told");
        const auto it = entries.find(name);
        if (it == entries.end()) return fail(Err::NotFound, "no such entry");
        return crypto::Secret(BytesView(it->second));
    }
    Result<void> write(const std::string& name, const crypto::Secret& secret) override
    {
        std::lock_guard lock(m_mutex);
        if (fails) return fail(*fails, "as told");
        if (!forgets) entries[name] = Bytes(secret.view());
        return {};
    }
    Result<void> remove(const std::string& name) override
    {
        std::lock_guard lock(m_mutex);
        if (fails) return fail(*fails, "as told");
        entries.erase(name);
        return {};
    }

private:
    mutable std::mutex m_mutex;
};

//! One in a folder, a file for each entry: outlives the process. A file `fails` there, with the name of an error kind in it, makes every call fail so.
class FileKeychain final : public desk::Keychain {
public:
    explicit FileKeychain(std::filesystem::path folder) : m_folder(std::move(folder)) {}
    Result<crypto::Secret> read(const std::string& name) override
    {
        ZT_TRY(state());
        std::ifstream in(m_folder / name, std::ios::binary);
        if (!in) return fail(Err::NotFound, "no such entry");
        return crypto::Secret(BytesView(Bytes(std::istreambuf_iterator<char>(in), {})));
    }
    Result<void> write(const std::string& name, const crypto::Secret& secret) override
    {
        ZT_TRY(state());
        const auto temporary = m_folder / (name + ".new");
        std::ofstream(temporary, std::ios::binary) << secret.view();
        return std::rename(temporary.c_str(), (m_folder / name).c_str()) == 0 ? Result<void>() : fail(Err::Io, "rename");
    }
    Result<void> remove(const std::string& name) override
    {
        ZT_TRY(state());
        return ::unlink((m_folder / name).c_str()) == 0 || errno == ENOENT ? Result<void>() : fail(Err::Io, "unlink");
    }

private:
    [[nodiscard]] Result<void> state() const
    {
        std::string said;
        if (!(std::ifstream(m_folder / "fails") >> said)) return {};
        for (const Err kind : {Err::Unavailable, Err::Denied, Err::Io})
            if (said == zt::name(kind)) return fail(kind, "as told");
        return fail(Err::Internal, "no such failure");
    }
    const std::filesystem::path m_folder;
};

} // namespace zt::test
