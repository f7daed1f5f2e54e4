#include "zt/test/province.h"
#include "zt/document/document.h"
#include "zt/test/test.h"

using namespace zt;
using document::Finding;
using test::Province;

namespace {

std::vector<Finding> findings(const std::function<void(wire::Document&)>& change)
{
    static const Province p;
    auto d = Province::notice();
    change(d);
    return document::check(d, p.directory);
}
using List = std::vector<Finding>;

} // namespace

CASE("check: a good draft has no findings, each fault its own")
{
    EXPECT(findings([](auto&) {}).empty());
    EXPECT(findings([](auto& d) { d.clear_title(); }) == List{Finding::NoTitle});
    EXPECT(findings([](auto& d) { d.set_title(" \t"); }) == List{Finding::NoTitle});
    std::string longest;
    for (int i = 0; i < 300; ++i) longest += "𠮷";
    EXPECT(findings([&](auto& d) { d.set_title(longest); }).empty());
    EXPECT(findings([&](auto& d) { d.set_title(longest + "a"); }) == List{Finding::TitleTooLong});
    EXPECT(findings([](auto& d) { d.set_kind("信"); }) == List{Finding::UnknownKind});
    EXPECT(findings([](auto& d) { d.clear_recipients(); }) == List{Finding::NoRecipient});
    EXPECT(findings([](auto& d) { d.add_recipients("ghost"); d.add_copies("ghost"); }) == List{Finding::UnknownRecipient});
    EXPECT(findings([](auto& d) { d.add_copies("ghost"); }) == List{Finding::UnknownRecipient});
    EXPECT(findings([](auto& d) { d.set_body(" \n\t\n"); }) == List{Finding::NoBody});
    EXPECT(findings([](auto& d) { d.set_issuer("ghost"); }) == List{Finding::NoIssuer});
    for (const char* code : {"", "示/政", "示\n政", " 示政"}) EXPECT(findings([&](auto& d) { d.set_code(code); }) == List{Finding::NoCode});
    EXPECT_EQ(findings([](auto& d) { d = {}; }).size(), size_t(6));
}

CASE("there are fifteen kinds")
{
    EXPECT_EQ(document::kinds().size(), size_t(15));
    for (const auto& k : document::kinds()) EXPECT(findings([&](auto& d) { d.set_kind(k); }).empty());
}

CASE("number: six-corner brackets, full year, no leading zero")
{
    EXPECT_EQ(document::numberText("示政办发", 2026, 1), "示政办发〔2026〕1号");
    EXPECT_EQ(document::numberText("示政办函", 2026, 123), "示政办函〔2026〕123号");
    EXPECT_EQ(document::registerStream("示政办发", 2026), "reg/示政办发/2026");
}

CASE("the year turns at midnight in China, in both directions of time")
{
    EXPECT_EQ(document::chinaYear(1798732799'999), 2026u);
    EXPECT_EQ(document::chinaYear(1798732800'000), 2027u);
    EXPECT_EQ(document::chinaYear(0), 1970u);
    EXPECT_EQ(document::chinaYear(-8 * 3600'000 - 1), 1969u);
}

CASE("can receive: stands, and has a clerk who may act")
{
    Province p;
    EXPECT(document::canReceive(p.directory, "city"));
    EXPECT(!document::canReceive(p.directory, "gen") && !document::canReceive(p.directory, "ghost") && !document::canReceive(p.directory, ""));
    p.suspend("clerk.city");
    EXPECT(!document::canReceive(p.directory, "city"));
}
