#include "engine.h"

#include "zt/hub/config.h"

#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace zt::app {

namespace fs = std::filesystem;

//! A folder whose configuration cannot be read is left to who opens it.
static bool wantsPostgres(int argc, char** argv)
{
    const char* dir = nullptr;
    for (int i = 1; i + 1 < argc; ++i)
        if (!std::strcmp(argv[i], "--data")) dir = argv[++i];
    if (!dir) return false;
    std::ifstream in(fs::path(dir) / "hub.json");
    const auto config = hub::parseConfig(std::string{std::istreambuf_iterator<char>(in), {}});
    return config && !config->postgresql.empty();
}

Result<void> chooseProgramme(int& argc, char** argv)
{
    if (!wantsPostgres(argc, argv)) return {};
    // From where this file lies, by whatever name it was called: sbin, and libexec beside it. No search along a path.
    std::error_code error;
    const fs::path self = fs::read_symlink("/proc/self/exe", error);
    if (error) return fail(Err::Unsupported, "hub.json names a PostgreSQL database, and where zhengtong-hub-postgres lies cannot be found: /proc/self/exe: " + error.message());
    const fs::path other = self.parent_path().parent_path() / "libexec/zhengtong/zhengtong-hub-postgres";
    std::vector<char*> args{argv[0], const_cast<char*>("--of"), const_cast<char*>(ZT_VERSION)};
    args.insert(args.end(), argv + 1, argv + argc + 1);
    ::execv(other.c_str(), args.data());
    error.assign(errno, std::generic_category());
    return fail(Err::Unsupported, "hub.json names a PostgreSQL database, and " + other.string() + ", which serves from one, cannot be started: " + error.message()
                                      + "; install the package zhengtong-hub again");
}

const hub::LogEngine* postgres() { return nullptr; }

} // namespace zt::app
