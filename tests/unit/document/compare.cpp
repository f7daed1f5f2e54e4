#include "zt/document/compare.h"

#include "zt/base/clock.h"
#include "zt/test/test.h"

#include <ctime>
#include <random>
#include <utility>

using namespace zt;
using document::Change;

namespace {

std::pair<std::string, std::string> rebuilt(const std::vector<document::ParagraphChange>& changes)
{
    std::string old, now;
    bool firstOld = true, firstNow = true;
    for (const auto& p : changes) {
        if (p.before && !std::exchange(firstOld, false)) old += '\n';
        if (p.after && !std::exchange(firstNow, false)) now += '\n';
        for (const auto& piece : p.pieces) {
            if (piece.change != Change::Added) old += piece.text;
            if (piece.change != Change::Removed) now += piece.text;
        }
    }
    return {old, now};
}

void roundTrip(const std::string& a, const std::string& b, const char* what)
{
    if (rebuilt(document::compare(a, b)) != std::pair(a, b)) test::failed(__FILE__, __LINE__, what);
}

//! Milliseconds a comparison takes; it must give both texts back.
Millis measured(const std::string& a, const std::string& b, const char* what)
{
    // The processor's time: the machine may be busy with other things.
    const std::clock_t start = std::clock();
    const auto changes = document::compare(a, b);
    const Millis took = Millis(std::clock() - start) * 1000 / CLOCKS_PER_SEC;
    if (rebuilt(changes) != std::pair(a, b)) test::failed(__FILE__, __LINE__, what);
    std::cout << "  " << what << ": " << took << " ms" << std::endl;
    return took;
}

std::string paragraphs(size_t bytes, size_t length, unsigned seed, int letters)
{
    std::minstd_rand r(seed);
    std::string out;
    while (out.size() < bytes) {
        for (size_t i = 0; i < length; ++i) out += char('a' + int(r() % unsigned(letters)));
        out += '\n';
    }
    return out;
}

#ifdef ZT_SANITIZED
constexpr Millis kBound = 20'000;
#else
constexpr Millis kBound = 6'000; // twice what the worst case takes
#endif

} // namespace

CASE("compare: gives both texts back, whatever they are")
{
    roundTrip("", "", "empty");
    roundTrip("", "a", "from empty");
    roundTrip("a\n", "", "to empty");
    roundTrip("\n\n", "\n", "only line ends");
    roundTrip("一\n二\n三", "一\n三\n二", "moved");
    roundTrip("防汛工作", "防旱工作", "one character");
    roundTrip("𠮷a𪚥", "a𠮷𪚥b", "outside the BMP");
    std::minstd_rand r(7);
    for (int n = 0; n < 3000; ++n) {
        std::string a, b;
        for (auto* s : {&a, &b})
            for (unsigned i = r() % 30; i; --i) {
                static const char* parts[] = {"a", "b", "汛", "\n", "𠮷", " "};
                *s += parts[r() % 6];
            }
        roundTrip(a, b, ("seed 7 round " + std::to_string(n)).c_str());
    }
}

CASE("compare: an unchanged text has no change, an edited paragraph shows the characters")
{
    for (const auto& p : document::compare("一\n二", "一\n二")) EXPECT(!p.changed());
    const auto c = document::compare("各市：\n请认真组织防汛工作。\n完", "各市：\n请认真组织抗旱工作。\n完");
    REQUIRE(c.size() == 3);
    EXPECT(!c[0].changed() && c[1].changed() && !c[2].changed());
    EXPECT(c[1].before == 2 && c[1].after == 2);
    REQUIRE(c[1].pieces.size() == 4);
    EXPECT(c[1].pieces[0].text == "请认真组织" && c[1].pieces[1].text == "防汛" && c[1].pieces[1].change == Change::Removed && c[1].pieces[2].text == "抗旱");
}

CASE("compare: an inserted paragraph does not disturb the others")
{
    const auto c = document::compare("一\n二", "一\n新增的一段\n二");
    REQUIRE(c.size() == 3);
    EXPECT(c[1].before == 0 && c[1].after == 2 && c[1].pieces[0].change == Change::Added);
}

CASE("compare: 5 MB is bounded, whatever differs")
{
    const size_t size = 5u << 20;
    const auto base = paragraphs(size, 120, 1, 26);
    auto edited = base;
    for (size_t i = 1000; i < edited.size(); i += 50'000) edited[i] = 'Z';
    EXPECT(measured(base, edited, "a hundred edits") < kBound);
    EXPECT(measured(base, paragraphs(size, 120, 2, 26), "all paragraphs different") < kBound);
    EXPECT(measured(paragraphs(size, 3900, 1, 3), paragraphs(size, 3900, 2, 3), "long paragraphs, alike") < kBound);
    EXPECT(measured(paragraphs(size, 1, 1, 26), paragraphs(size, 1, 2, 26), "one letter a line") < kBound);
    EXPECT(measured(std::string(size, 'a'), std::string(size, 'b'), "one line") < kBound);
}
