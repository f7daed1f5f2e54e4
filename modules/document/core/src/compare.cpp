#include "zt/document/compare.h"

#include "zt/base/text.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace zt::document {

bool ParagraphChange::changed() const
{
    return std::any_of(pieces.begin(), pieces.end(), [](const Piece& p) { return p.change != Change::Same; });
}

namespace {

// What one comparison may cost: together about half a second.
constexpr std::ptrdiff_t kParagraphSteps = 4'000'000, kCharacterSteps = 30'000'000;

struct Op {
    Change change;
    size_t a, b; // index in the old or new sequence, whichever applies
};

//! Myers' greedy shortest edit script, given up beyond `limit` edits or when `budget`, counted down in steps, is spent (then everything is
//! removed and added).
template <class Seq>
std::vector<Op> shortestScript(const Seq& a, const Seq& b, size_t limit, std::ptrdiff_t& budget)
{
    const auto n = std::ptrdiff_t(a.size()), m = std::ptrdiff_t(b.size());
    size_t head = 0;
    while (head < a.size() && head < b.size() && a[head] == b[head]) ++head;
    size_t tail = 0;
    while (tail < a.size() - head && tail < b.size() - head && a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) ++tail;
    const std::ptrdiff_t an = n - std::ptrdiff_t(head + tail), bn = m - std::ptrdiff_t(head + tail);
    std::vector<Op> middle;
    const auto max = std::min<std::ptrdiff_t>(an + bn, std::ptrdiff_t(limit));
    std::vector<std::vector<std::ptrdiff_t>> trace;
    std::vector<std::ptrdiff_t> v(size_t(2 * max + 3), 0);
    const std::ptrdiff_t off = max + 1;
    bool found = false;
    std::ptrdiff_t d = 0;
    for (; d <= max && budget > 0 && !found; ++d) {
        budget -= d + 1;
        // Only the diagonals this round looks at: whole copies would take hundreds of megabytes.
        trace.emplace_back(v.begin() + (off - d - 1), v.begin() + (off + d + 2));
        for (std::ptrdiff_t k = -d; k <= d; k += 2) {
            std::ptrdiff_t x = k == -d || (k != d && v[size_t(off + k - 1)] < v[size_t(off + k + 1)]) ? v[size_t(off + k + 1)] : v[size_t(off + k - 1)] + 1;
            std::ptrdiff_t y = x - k;
            while (x < an && y < bn && a[head + size_t(x)] == b[head + size_t(y)]) { ++x; ++y; }
            v[size_t(off + k)] = x;
            if (x >= an && y >= bn) { found = true; break; }
        }
    }
    if (!found) {
        for (std::ptrdiff_t i = 0; i < an; ++i) middle.push_back({Change::Removed, head + size_t(i), 0});
        for (std::ptrdiff_t i = 0; i < bn; ++i) middle.push_back({Change::Added, 0, head + size_t(i)});
    } else {
        std::ptrdiff_t x = an, y = bn;
        for (std::ptrdiff_t step = d - 1; step >= 0; --step) {
            const auto& t = trace[size_t(step)];
            const std::ptrdiff_t k = x - y, at = step + 1;
            const std::ptrdiff_t pk = k == -step || (k != step && t[size_t(at + k - 1)] < t[size_t(at + k + 1)]) ? k + 1 : k - 1;
            const std::ptrdiff_t px = step ? t[size_t(at + pk)] : 0, py = step ? px - pk : 0;
            while (x > px && y > py) { --x; --y; middle.push_back({Change::Same, head + size_t(x), head + size_t(y)}); }
            if (step == 0) break;
            if (x == px) { --y; middle.push_back({Change::Added, 0, head + size_t(y)}); }
            else { --x; middle.push_back({Change::Removed, head + size_t(x), 0}); }
        }
        std::reverse(middle.begin(), middle.end());
    }
    std::vector<Op> out;
    for (size_t i = 0; i < head; ++i) out.push_back({Change::Same, i, i});
    out.insert(out.end(), middle.begin(), middle.end());
    for (size_t i = 0; i < tail; ++i) out.push_back({Change::Same, a.size() - tail + i, b.size() - tail + i});
    return out;
}

std::vector<std::string_view> lines(std::string_view text)
{
    std::vector<std::string_view> out;
    size_t start = 0;
    for (size_t i = 0; i <= text.size(); ++i)
        if (i == text.size() || text[i] == '\n') {
            out.push_back(text.substr(start, i - start));
            start = i + 1;
        }
    return out;
}

std::u32string points(std::string_view text)
{
    std::u32string out;
    for (size_t i = 0; i < text.size();) out += nextCodePoint(text, i);
    return out;
}

void add(std::vector<Piece>& to, Change change, char32_t c)
{
    if (to.empty() || to.back().change != change) to.push_back({change, {}});
    appendUtf8(to.back().text, c);
}

//! Character by character if the paragraphs have enough in common to be the same one and the budget for this is not spent.
bool compareParagraph(std::string_view before, std::string_view after, std::vector<Piece>& pieces, std::ptrdiff_t& budget)
{
    constexpr size_t kLongest = 4000;
    if (before.size() > 4 * kLongest || after.size() > 4 * kLongest || budget <= 0) return false;
    const auto a = points(before), b = points(after);
    budget -= std::ptrdiff_t(64 + a.size() + b.size());
    if (a.size() > kLongest || b.size() > kLongest) return false;
    const auto ops = shortestScript(a, b, (a.size() + b.size()) / 2 + 8, budget);
    size_t same = 0;
    for (const Op& op : ops) {
        same += op.change == Change::Same;
        add(pieces, op.change, op.change == Change::Added ? b[op.b] : a[op.a]);
    }
    return same * 3 >= std::max(a.size(), b.size());
}

} // namespace

std::vector<ParagraphChange> compare(std::string_view before, std::string_view after)
{
    const auto a = lines(before), b = lines(after);
    std::ptrdiff_t paragraphs = kParagraphSteps, characters = kCharacterSteps;
    const auto ops = shortestScript(a, b, 2000, paragraphs);
    std::vector<ParagraphChange> out;
    auto whole = [&](Change change, std::string_view text, size_t ai, size_t bi) {
        ParagraphChange p;
        p.pieces.push_back({change, std::string(text)});
        p.before = change == Change::Added ? 0 : int(ai + 1);
        p.after = change == Change::Removed ? 0 : int(bi + 1);
        out.push_back(std::move(p));
    };
    for (size_t i = 0; i < ops.size();) {
        if (ops[i].change == Change::Same) {
            whole(Change::Same, a[ops[i].a], ops[i].a, ops[i].b);
            ++i;
            continue;
        }
        // A run of removals and additions: pair them in order where they resemble each other.
        std::vector<size_t> gone, come;
        for (; i < ops.size() && ops[i].change != Change::Same; ++i) (ops[i].change == Change::Removed ? gone : come).push_back(ops[i].change == Change::Removed ? ops[i].a : ops[i].b);
        size_t g = 0, c = 0;
        while (g < gone.size() && c < come.size()) {
            ParagraphChange p;
            if (compareParagraph(a[gone[g]], b[come[c]], p.pieces, characters)) {
                p.before = int(gone[g] + 1);
                p.after = int(come[c] + 1);
                out.push_back(std::move(p));
                ++g;
                ++c;
            } else if (gone.size() - g > come.size() - c) {
                whole(Change::Removed, a[gone[g]], gone[g], 0);
                ++g;
            } else if (gone.size() - g < come.size() - c) {
                whole(Change::Added, b[come[c]], 0, come[c]);
                ++c;
            } else {
                whole(Change::Removed, a[gone[g]], gone[g], 0);
                whole(Change::Added, b[come[c]], 0, come[c]);
                ++g;
                ++c;
            }
        }
        for (; g < gone.size(); ++g) whole(Change::Removed, a[gone[g]], gone[g], 0);
        for (; c < come.size(); ++c) whole(Change::Added, b[come[c]], 0, come[c]);
    }
    return out;
}

} // namespace zt::document
