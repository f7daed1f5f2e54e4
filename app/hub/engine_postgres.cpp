#include "engine.h"

#include "zt/hub/postgres_log.h"

#include <algorithm>
#include <cstring>

namespace zt::app {

Result<void> chooseProgramme(int& argc, char** argv)
{
    if (argc < 3 || std::strcmp(argv[1], "--of")) return {};
    if (std::strcmp(argv[2], ZT_VERSION))
        return fail(Err::Unsupported, std::string("zhengtong-hub-postgres is of version " ZT_VERSION ", zhengtong-hub of ") + argv[2] + ": install the package zhengtong-hub again");
    std::copy(argv + 3, argv + argc + 1, argv + 1);
    argc -= 2;
    return {};
}

const hub::LogEngine* postgres() { return &hub::postgresEngine(); }

} // namespace zt::app
