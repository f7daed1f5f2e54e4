#include "folder.h"
#include "zt/hub/folder.h"
#include "zt/test/test.h"

#include <cstdlib>
#include <fstream>

using namespace zt;
using namespace zt::test;

namespace {

std::string why(const std::string& json)
{
    const auto c = hub::parseConfig(json);
    return c ? "accepted" : c.error().detail;
}
bool names(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

} // namespace

CASE("configuration: wrong keys, types and values are named")
{
    const std::string good = R"("hub_id":"h","public_address":"hub.example:7443")";
    EXPECT_EQ(why("{" + good + "}"), std::string("accepted"));
    EXPECT(names(why("{" + good + R"(,"lissten":"x"})"), "lissten"));
    EXPECT(names(why("{" + good + R"(,"max_blob_mib":"big"})"), "max_blob_mib: write a whole number"));
    EXPECT(names(why("{" + good + R"(,"max_blob_mib":0})"), "max_blob_mib"));
    EXPECT(names(why("{" + good + R"(,"listen":7443})"), "listen: write a text"));
    EXPECT(names(why("{" + good + R"(,"listen":"nowhere"})"), "listen: write host:port"));
    EXPECT(names(why("{" + good + R"(,"listen":"a:1","enrol_listen":"a:1"})"), "enrol_listen"));
    EXPECT(names(why("{" + good + R"(,"log_level":"loud"})"), "log_level"));
    for (const char* at : {"127.0.0.1:9464", "127.0.0.9:0"}) EXPECT_EQ(why("{" + good + R"(,"metrics":")" + at + "\"}"), std::string("accepted"));
    for (const char* at : {"localhost:9464", "9464", "127.0.0.1", "127.0.0.1/8:9464", "[::1]:9464"}) EXPECT(names(why("{" + good + R"(,"metrics":")" + at + "\"}"), "metrics: write"));
    for (const char* at : {"0.0.0.0:9464", "10.0.0.7:9464"}) EXPECT(names(why("{" + good + R"(,"metrics":")" + at + "\"}"), "metrics: anybody"));
    EXPECT(names(why("{" + good + R"(,"metrics":"127.0.0.1:7444"})"), "metrics: needs a port of its own"));
    EXPECT_EQ(why("{" + good + R"(,"metrics":"0.0.0.0:9464","metrics_allow":"10.0.0.7, 10.1.0.0/16"})"), std::string("accepted"));
    for (const char* who : {"monitor", "10.0.0.7/33", "10.0.0", "10.0.0.7,", "10.0.0.7 10.0.0.8", "10.0.0.7/", "fd00::/8"})
        EXPECT(names(why("{" + good + R"(,"metrics":"0.0.0.0:9464","metrics_allow":")" + who + "\"}"), "metrics_allow: write"));
    EXPECT(names(why("{" + good + R"(,"metrics_allow":"10.0.0.7"})"), "metrics_allow: says"));
    EXPECT(names(why("{" + good + R"(,"recovery_key":"zz"})"), "recovery_key"));
    EXPECT(names(why(R"({"hub_id":"h"})"), "public_address"));
    EXPECT(names(why("{" + good), "not a JSON object"));
    EXPECT(names(why("[]"), "not a JSON object"));
    const auto c = hub::parseConfig("{" + good + "}");
    EXPECT_EQ(why(hub::formatConfig(*c)), std::string("accepted"));
}

CASE("configuration: the example has every key")
{
    std::ifstream in(ZT_EXAMPLE);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const auto example = hub::parseConfig(text);
    EXPECT(example);
    if (example) EXPECT_EQ(hub::formatConfig(*example), text);
}

CASE("host:port is taken apart")
{
    EXPECT_EQ(hub::parseHostPort("[::1]:80")->host, std::string("::1"));
    EXPECT_EQ(hub::parseHostPort("a.b:65535")->port, 65535);
    for (const char* bad : {"", "a", "a:", ":1", "a:65536", "a:-1", "a:1x", "::1:80"}) EXPECT(!hub::parseHostPort(bad));
}

CASE("data folder: made once, read again, open key files refused, one hub at a time")
{
    Folder f;
    hub::ProvinceOptions o;
    const auto made = hub::createProvince(f / "hub", o, systemClock(), systemRandom());
    REQUIRE(made);
    EXPECT(hub::createProvince(f / "hub", o, systemClock(), systemRandom()).error().kind == Err::Exists);
    auto opened = hub::OpenHub::open(f / "hub", systemClock(), systemRandom());
    REQUIRE(opened);
    EXPECT_EQ(opened->core->position(), 0u);
    EXPECT(made->signKey()->publicKey() == opened->key->publicKey());
    {
        auto lock = hub::FolderLock::take(*made);
        EXPECT(lock);
        EXPECT(hub::FolderLock::take(*made).error().kind == Err::Busy);
    }
    EXPECT(hub::FolderLock::take(*made));
    const auto pem = *made->serverPem();
    EXPECT(hub::renewServer(*made, {"hub.example"}, systemClock(), systemRandom()));
    EXPECT(*made->serverPem() != pem);
    std::filesystem::permissions(f / "hub" / "hub.rest", std::filesystem::perms::others_read, std::filesystem::perm_options::add);
    EXPECT(hub::HubFolder::open(f / "hub").error().kind == Err::Denied);
    std::filesystem::permissions(f / "hub" / "hub.rest", std::filesystem::perms::others_read, std::filesystem::perm_options::remove);
    // A key that the service manager hands over is taken instead of the folder's, which need not be there.
    {
        const auto signedBy = made->signKey()->publicKey();
        const auto creds = f / "credentials";
        std::filesystem::create_directory(creds);
        std::filesystem::rename(f / "hub" / "hub.sign", creds / "zhengtong.sign_key");
        EXPECT(hub::HubFolder::open(f / "hub").error().kind == Err::NotFound);
        ::setenv("CREDENTIALS_DIRECTORY", creds.c_str(), 1);
        std::filesystem::permissions(creds / "zhengtong.sign_key", std::filesystem::perms(0440));
        const auto given = hub::HubFolder::open(f / "hub");
        REQUIRE(given);
        EXPECT(given->signKey()->publicKey() == signedBy);
        EXPECT(given->keyFile(hub::HubFolder::Key::Sign).credential);
        EXPECT(!given->keyFile(hub::HubFolder::Key::Rest).credential);
        std::filesystem::permissions(creds / "zhengtong.sign_key", std::filesystem::perms(0444));
        EXPECT(hub::HubFolder::open(f / "hub").error().kind == Err::Denied);
        std::filesystem::permissions(creds / "zhengtong.sign_key", std::filesystem::perms(0600));
        std::filesystem::copy_file(f / "hub" / "hub.key", creds / "zhengtong.tls_key");
        EXPECT(hub::renewServer(*made, {"hub.example"}, systemClock(), systemRandom()).error().kind == Err::Denied);
        ::unsetenv("CREDENTIALS_DIRECTORY");
        std::filesystem::rename(creds / "zhengtong.sign_key", f / "hub" / "hub.sign");
        EXPECT(hub::HubFolder::open(f / "hub"));
    }
    std::filesystem::remove(f / "hub" / "ca.key");
    EXPECT(hub::HubFolder::open(f / "hub").error().kind == Err::NotFound);
    EXPECT(hub::HubFolder::open(f / "none").error().kind == Err::NotFound);
}
