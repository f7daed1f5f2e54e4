#include "samples.h"

#include <filesystem>
#include <fstream>

using namespace zt;
using namespace zt::desk;
using namespace zt::test;
namespace fs = std::filesystem;

namespace {

struct Root {
    fs::path path = fs::temp_directory_path() / ("zt-settings-" + hex(systemRandom().bytes(8)));
    ~Root() { fs::remove_all(path); }
    [[nodiscard]] json file() const
    {
        std::ifstream in(path / "settings.json");
        return json::parse(in, nullptr, false);
    }
    void write(const std::string& text) const
    {
        fs::create_directories(path);
        std::ofstream(path / "settings.json") << text;
    }
};

} // namespace

CASE("settings are kept and read back, every key")
{
    for (const Sample& s : samples()) {
        if (s.user.is_null()) continue;
        const Root r;
        Settings chosen;
        EXPECT(takeSetting(*findKey(s.key), {{s.key, s.user}}, chosen));
        EXPECT(saveSettings(r.path, chosen));
        EXPECT(loadSettings(r.path) == chosen);
        EXPECT_EQ(r.file(), (json{{s.key, s.user}})); // and nothing that was not chosen
    }
}

CASE("a choice that goes back to the default is written; keys of another version stay")
{
    const Root r;
    r.write(R"({"theme":"dark","of_tomorrow":[1],"density":"strange"})");
    Settings s = loadSettings(r.path);
    EXPECT_EQ(s.density, "");
    s.theme = "";
    EXPECT(saveSettings(r.path, s));
    EXPECT_EQ(r.file(), (json{{"theme", ""}, {"of_tomorrow", json::array({1})}, {"density", "strange"}}));
}

CASE("a damaged file is set aside")
{
    const Root r;
    r.write("{\"theme\":");
    EXPECT(loadSettings(r.path) == Settings{});
    EXPECT(fs::exists(r.path / "settings.json.unreadable"));
    EXPECT(!fs::exists(r.path / "settings.json"));
}

CASE("the idle lock of a strange file is within its bounds")
{
    for (const auto& [text, minutes] : {std::pair{"-5", 0}, std::pair{"99999", 1440}, std::pair{"18446744073709551615", 1440}, std::pair{"\"5\"", 10}, std::pair{"2.5", 10}}) {
        const Root r;
        r.write(std::string("{\"idle_lock_minutes\":") + text + "}");
        EXPECT_EQ(loadSettings(r.path).idleLockMinutes, minutes);
    }
}
