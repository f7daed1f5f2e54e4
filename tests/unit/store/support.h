#pragma once

#include "zt/base/clock.h"
#include "zt/crypto/sign.h"
#include "zt/store/sql_store.h"
#include "zt/store/vault.h"
#include "zt/test/test.h"

#include <filesystem>
#include <fstream>
#include <sstream>

namespace zt::store {

namespace fs = std::filesystem;

template <class T>
std::string errorOf(const Result<T>& r)
{
    return r ? "none" : std::string(name(r.error().kind));
}
template <class T>
std::string detailOf(const Result<T>& r)
{
    return r ? "none" : r.error().detail;
}

struct TempFolder {
    fs::path path;
    TempFolder() : path(fs::temp_directory_path() / ("zt-store-" + hex(systemRandom().bytes(8)))) { fs::create_directories(path); }
    ~TempFolder() { std::error_code ec; fs::remove_all(path, ec); }
    TempFolder(const TempFolder&) = delete;
    fs::path operator/(const std::string& name) const { return path / name; }
};

inline void writeFile(const fs::path& path, BytesView bytes)
{
    std::ofstream(path, std::ios::binary).write(bytes.data(), std::streamsize(bytes.size()));
}
inline Bytes readFile(const fs::path& path)
{
    std::ifstream in(path, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

inline crypto::Secret secret(std::string_view text) { return crypto::Secret(BytesView(text)); }
inline crypto::Secret keyOf(char c) { return crypto::Secret(BytesView(std::string(32, c))); }

//! The cheapest cost that is allowed: these tests are not about Argon2id.
inline crypto::KdfParams cheap() { return {1, 8u << 20, {}}; }

struct FakeClock final : Clock {
    Millis wall = 1'800'000'000'000, running = 1'000'000;
    Millis now() const override { return wall; }
    Millis steady() const override { return running; }
    void pass(Millis ms) { wall += ms; running += ms; }
};

inline Result<void> put(SqlStore& store, const std::function<Result<void>(Tx&)>& work)
{
    return store.write([&](sync::Tx& tx) { return work(Tx::of(tx)); });
}

inline ListRow rowOf(const std::string& stream, Millis time, uint32_t folders, const std::string& title = "关于开展安全检查的通知")
{
    ListRow r;
    r.stream = stream;
    r.timeMs = time;
    r.folders = folders;
    r.title = title;
    r.party = "示例省人民政府办公厅";
    r.step = "review";
    r.version = 1;
    return r;
}
constexpr uint32_t bit(Folder f) { return 1u << int(f); }

//! Makes index slices until nothing waits.
inline void indexAll(SqlStore& store)
{
    for (bool done = false; !done;) {
        auto r = store.write([&](sync::Tx& tx) -> Result<void> {
            ZT_LET(all, Tx::of(tx).indexSlice(50));
            done = all;
            return {};
        });
        if (!r) {
            EXPECT(r.has_value());
            return;
        }
    }
}

} // namespace zt::store
