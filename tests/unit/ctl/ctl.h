#pragma once

#include "zt/base/id.h"
#include "zt/crypto/pki.h"
#include "zt/hub/admin.h"
#include "zt/hub/folder.h"
#include "zt/link/link.h"
#include "zt/test/test.h"
#include "zt/wire/sealing.h"

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

//! Drives the real programme.
namespace zt::test {

namespace fs = std::filesystem;

struct Ran {
    int code = -1;
    std::string out; //!< both streams
    [[nodiscard]] bool says(const std::string& words) const { return out.find(words) != std::string::npos; }
};

inline Ran ctl(const std::vector<std::string>& args)
{
    std::string line = "exec " ZT_CTL;
    for (const auto& a : args) {
        line += " '";
        for (char c : a) line += c == '\'' ? std::string("'\\''") : std::string(1, c);
        line += "'";
    }
    Ran out;
    FILE* pipe = ::popen((line + " 2>&1 </dev/null").c_str(), "r");
    char buffer[4096];
    while (size_t n = ::fread(buffer, 1, sizeof buffer, pipe)) out.out.append(buffer, n);
    const int status = ::pclose(pipe);
    out.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return out;
}

inline std::string slurp(const fs::path& file)
{
    std::ifstream in(file, std::ios::binary);
    std::stringstream out;
    out << in.rdbuf();
    return out.str();
}

inline void spill(const fs::path& file, const std::string& text)
{
    std::ofstream(file, std::ios::binary | std::ios::trunc) << text;
}

struct Temp {
    fs::path path;
    Temp()
    {
        static int count = 0;
        path = fs::temp_directory_path() / ("zt-ctl-" + std::to_string(::getpid()) + "-" + std::to_string(++count));
        fs::remove_all(path);
        fs::create_directories(path);
    }
    ~Temp()
    {
        std::error_code code;
        fs::remove_all(path, code);
    }
    [[nodiscard]] std::string operator/(const std::string& name) const { return path / name; }
};

//! The demo province, made by the programme, and its administrators' options.
struct DemoProvince : Temp {
    std::string data = *this / "hub";
    DemoProvince()
    {
        const auto made = ctl({"demo", "--data", data});
        if (made.code != 0) failed("demo", made.code, made.out);
        for (const char* role : {"system", "security", "audit"}) spill(*this / (std::string(role) + ".txt"), std::string("demo-only-") + role + "-1\n");
    }
    [[nodiscard]] std::string keyFile(const std::string& role) const { return data + "/demo-admin/admin-" + role + ".key"; }
    //! A command line of an administrator.
    [[nodiscard]] Ran as(const std::string& role, std::vector<std::string> args, bool withData = true) const
    {
        for (const std::string& a : {std::string("--admin"), keyFile(role), std::string("--passphrase-file"), *this / (role + ".txt")}) args.push_back(a);
        if (withData) {
            args.push_back("--data");
            args.push_back(data);
        }
        return ctl(args);
    }
    [[nodiscard]] nlohmann::json json() const { return nlohmann::json::parse(slurp(data + "/demo.json")); }
    [[nodiscard]] hub::OpenHub open() const
    {
        auto hub = hub::OpenHub::open(data, systemClock(), systemRandom());
        ZT_CHECK(hub);
        return std::move(*hub);
    }
};

} // namespace zt::test
