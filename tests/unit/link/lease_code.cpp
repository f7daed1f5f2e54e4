#include "support.h"

#include "zt/link/lease_code.h"

using namespace zt;
using namespace zt::link;

namespace {

struct Phone {
    crypto::BoxKey admin = crypto::BoxKey::generate(systemRandom()), desk = crypto::BoxKey::generate(systemRandom());
    LeaseOf of{"hub-1", systemRandom().bytes(16), 2965};
    std::string code() const { return *leaseCode(of, admin, desk.publicKey); }
    bool opens(const std::string& text, const LeaseOf& what, const crypto::BoxKey& at) const
    {
        const auto good = isLeaseCode(text, what, at, admin.publicKey);
        return good && *good;
    }
};

} // namespace

CASE("what a desk asks is read back, and short enough to be said")
{
    for (const uint32_t week : {0u, 1u, 255u, 256u, 2965u, kMostWeek}) {
        const LeaseAsk ask{deviceMark(systemRandom().bytes(16)), week};
        const auto text = formatLeaseAsk(ask);
        EXPECT_EQ(text.size(), 19u); // 16 and three dashes
        const auto back = parseLeaseAsk(text);
        REQUIRE(back);
        EXPECT(back->mark == ask.mark && back->week == week);
    }
}

CASE("a code opens its device in its week at its hub, made by that administrator, and nothing else")
{
    const Phone p, other;
    const auto code = p.code();
    EXPECT_EQ(code.size(), 19u);
    EXPECT(p.opens(code, p.of, p.desk));
    for (const LeaseOf& of : {LeaseOf{"hub-2", p.of.device, p.of.week}, LeaseOf{"hub-1", other.of.device, p.of.week}, LeaseOf{"hub-1", p.of.device, p.of.week + 1}})
        EXPECT(!p.opens(code, of, p.desk));
    EXPECT(!p.opens(code, p.of, other.desk));
    EXPECT(!p.opens(*leaseCode(p.of, other.admin, p.desk.publicKey), p.of, p.desk));
    EXPECT(!leaseCode(p.of, p.admin, Bytes(32, '\0'))); // a key of low order: anybody could make that code
    EXPECT(!leaseCode(p.of, p.admin, Bytes(31, 'x')));
}

CASE("how it was typed does not matter; what was misheard is told")
{
    const Phone p;
    const auto code = p.code();
    std::string lower, bare;
    for (char c : code) lower += char(std::tolower(c));
    for (char c : code) if (c != '-') bare += c == 'O' ? '0' : c == 'I' ? '1' : c;
    EXPECT(p.opens(" " + lower + "\n", p.of, p.desk) && p.opens(bare, p.of, p.desk));
    size_t taken = 0, tried = 0;
    for (size_t i = 0; i < code.size(); ++i)
        for (char c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")) {
            if (code[i] == '-' || code[i] == c) continue;
            std::string bad = code;
            bad[i] = c;
            ++tried;
            const auto good = isLeaseCode(bad, p.of, p.desk, p.admin.publicKey);
            taken += bool(good); // the check sum held by chance: it is no code for all that
            EXPECT(!good || !*good);
        }
    EXPECT(tried == 16 * 31 && taken <= 2);
    const std::string whole = code;
    for (const std::string& bad : {std::string(), whole.substr(1), whole + "A", std::string(2000, 'A'), std::string("ÄÖ-正通"), whole.substr(0, 10)})
        EXPECT(!isLeaseCode(bad, p.of, p.desk, p.admin.publicKey));
    // One kind is not taken for the other.
    EXPECT(!parseLeaseAsk(code));
    EXPECT(!isLeaseCode(formatLeaseAsk({deviceMark(p.of.device), p.of.week}), p.of, p.desk, p.admin.publicKey));
}
