#include "samples.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace zt;
using namespace zt::desk;
using namespace zt::test;
namespace fs = std::filesystem;

namespace {

constexpr uid_t kSomebody = 65534;
bool root() { return ::geteuid() == 0; }

//! A folder of policies as this user makes it; `read` trusts this user as the product trusts root.
struct Place {
    fs::path base = fs::temp_directory_path() / ("zt-policy-files-" + hex(systemRandom().bytes(8)));
    fs::path folder = base / "etc/policy.d";
    Place()
    {
        fs::create_directories(folder);
        for (const auto& p : {base, base / "etc", folder}) mode(p, 0755);
    }
    ~Place()
    {
        std::error_code ec;
        fs::remove_all(base, ec);
    }
    fs::path file(const std::string& name, const json& content, mode_t bits = 0644) const
    {
        std::ofstream(folder / name) << (content.is_string() ? content.get<std::string>() : content.dump());
        mode(folder / name, bits);
        return folder / name;
    }
    static void mode(const fs::path& p, mode_t bits) { ::chmod(p.c_str(), bits); }
    static void give(const fs::path& p) { EXPECT(::lchown(p.c_str(), kSomebody, kSomebody) == 0); }
    [[nodiscard]] Policy read() const { return readPolicy(folder, ::geteuid()); }
};

const json kTheme{{"theme", "dark"}};

void refusedWhole(const Policy& policy, const std::string& what, const char* key = "theme")
{
    EXPECT_EQ(refusals(policy), (std::vector<std::string>{what}));
    EXPECT(!policy.find(key));
}

} // namespace

CASE("a folder that is not there is no policy")
{
    const Place p;
    for (const fs::path& none : {p.folder / "not", p.base / "not/policy.d"}) {
        const Policy policy = readPolicy(none, ::geteuid());
        EXPECT(policy.refused().empty());
        EXPECT(policy.over({}) == Settings{});
    }
    EXPECT(p.read().refused().empty());
}

CASE("files are read by name, other names are left alone")
{
    const Place p;
    p.file("20-b.json", {{"theme", "light"}});
    p.file("10-a.json", {{"theme", "dark"}, {"language", "en"}});
    p.file("30-c.json.dpkg-old", "{");
    p.file(".40-d.json", "{");
    p.file("README", "{");
    const Policy policy = p.read();
    EXPECT(policy.refused().empty());
    EXPECT_EQ(policy.find("theme")->file, "20-b.json");
    EXPECT_EQ(policy.find("language")->file, "10-a.json");
}

CASE("a file that others may write is refused whole; the others are read")
{
    for (const mode_t bits : {0664, 0646, 0666, 0620}) {
        const Place p;
        p.file("10.json", kTheme, bits);
        p.file("20.json", {{"language", "en"}});
        const Policy policy = p.read();
        refusedWhole(policy, "10.json  file_writable");
        EXPECT(policy.fixes("language"));
    }
}

CASE("a file that is not root's is refused whole")
{
    if (!root()) return;
    const Place p;
    Place::give(p.file("10.json", kTheme));
    p.file("20.json", {{"language", "en"}});
    const Policy policy = readPolicy(p.folder);
    refusedWhole(policy, "10.json  file_owner");
    EXPECT(policy.fixes("language"));
    EXPECT(words(policy.refused().front(), Tongue::English).find("chown root:root") != std::string::npos);
    // Root's files are believed where another user is trusted too, and nobody else's.
    EXPECT(readPolicy(p.folder, kSomebody).refused().empty());
}

CASE("a folder that is not root's, or that others may write, is refused with all that is in it, on whatever level")
{
    for (const char* level : {"", "etc", "etc/policy.d"}) {
        for (const mode_t bits : {0775, 0757, 0777}) {
            const Place p;
            p.file("10.json", kTheme);
            Place::mode(p.base / level, bits);
            const Policy policy = p.read();
            REQUIRE(policy.refused().size() == 1);
            EXPECT(policy.refused().front().fault == Fault::FolderWritable);
            EXPECT_EQ(fs::path(policy.refused().front().file), (p.base / level / "").parent_path());
            EXPECT(!policy.find("theme"));
        }
        if (!root()) continue;
        const Place p;
        p.file("10.json", kTheme);
        Place::give(p.base / level);
        const Policy policy = readPolicy(p.folder);
        REQUIRE(policy.refused().size() == 1);
        EXPECT(policy.refused().front().fault == Fault::FolderOwner);
        EXPECT(!policy.find("theme"));
    }
}

CASE("in a folder like /tmp others take nothing away, but add: good on the way, not for the files themselves")
{
    const Place p;
    p.file("10.json", kTheme);
    Place::mode(p.base, 01777);
    EXPECT(p.read().refused().empty());
    Place::mode(p.folder, 01777);
    EXPECT(p.read().refused().size() == 1);
}

CASE("links are not followed, neither a file nor a folder")
{
    const Place p;
    const auto real = p.file("real", kTheme);
    fs::create_symlink(real, p.folder / "10.json");
    refusedWhole(p.read(), "10.json  file_kind");
    fs::create_directory_symlink(p.base / "etc", p.base / "link");
    const Policy policy = readPolicy(p.base / "link/policy.d", ::geteuid());
    REQUIRE(policy.refused().size() == 1);
    EXPECT(policy.refused().front().fault == Fault::FolderLink);
}

CASE("what is no plain file is refused and does not hang")
{
    const Place p;
    fs::create_directory(p.folder / "10.json");
    EXPECT(::mkfifo((p.folder / "20.json").c_str(), 0644) == 0);
    EXPECT_EQ(refusals(p.read()), (std::vector<std::string>{"10.json  file_kind", "20.json  file_kind"}));
}

CASE("a file of more than 1 MiB is refused whole")
{
    const Place p;
    p.file("10.json", kTheme.dump() + std::string((1u << 20) + 1, ' '));
    refusedWhole(p.read(), "10.json  too_large");
    p.file("10.json", kTheme.dump() + std::string((1u << 20) - kTheme.dump().size(), ' '));
    EXPECT(p.read().refused().empty());
}

CASE("what the person's account cannot read is refused, not passed over")
{
    if (!root()) return;
    const Place p;
    p.file("10.json", kTheme, 0600);
    Place closed;
    closed.file("10.json", kTheme);
    Place::mode(closed.folder, 0700);
    const pid_t child = ::fork();
    if (child == 0) {
        if (::setgid(kSomebody) != 0 || ::setuid(kSomebody) != 0) ::_exit(9);
        const Policy file = readPolicy(p.folder), folder = readPolicy(closed.folder);
        const bool right = refusals(file) == std::vector<std::string>{"10.json  file_unreadable"} && folder.refused().size() == 1 && folder.refused().front().fault == Fault::FolderUnreadable;
        ::_exit(right ? 0 : 1);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    EXPECT(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
}

CASE("every fault has a name and words in both languages that say what to do")
{
    std::vector<std::string> names;
    for (int i = 0; i <= int(Fault::BadValue); ++i) {
        const Refusal r{"10.json", Fault(i) >= Fault::UnknownKey ? "theme" : "", Fault(i), 1};
        names.emplace_back(name(r.fault));
        EXPECT(!names.back().empty());
        EXPECT(words(r, Tongue::English).find("; ") != std::string::npos || r.fault == Fault::NotJson);
        EXPECT(words(r, Tongue::Chinese).find("请") != std::string::npos);
    }
    std::sort(names.begin(), names.end());
    EXPECT(std::adjacent_find(names.begin(), names.end()) == names.end());
}
