#include "lines.h"

#include <array>

namespace zt::typeset {

namespace {

constexpr double kSize = 12 * kPoint, kRow = 6.6, kPad = 1.8; // 小四
constexpr std::array<double, 4> kColumns{24, 34, 68, 30};     // step, person and post, opinion, time; together the core's width

class Table {
public:
    Paper run(const OpinionSheet& sheet)
    {
        start(sheet);
        for (const OpinionSheet::Row& r : sheet.rows) row({r.step, r.post.isEmpty() ? r.person : r.person + QLatin1Char('\n') + r.post, r.opinion, r.time}, Face::Fangsong);
        closePage();
        for (Face f : {Face::Fangsong, Face::Heiti, Face::Xiaobiaosong}) m_paper.substituted |= substituted(f);
        return std::move(m_paper);
    }

private:
    Page& page() { return m_paper.pages.back(); }

    void place(Line line, double left, double middle)
    {
        for (Span& s : line.spans) {
            s.left += left;
            s.middle = middle;
            page().spans.push_back(std::move(s));
        }
    }

    void start(const OpinionSheet& sheet)
    {
        m_paper.pages.emplace_back();
        LineSpec big;
        big.size = big.cell = kSize2;
        big.justify = false;
        const QString heading = QStringLiteral("办理意见单");
        big.first = (kCoreWidth - m_breaker.width(heading, Face::Xiaobiaosong, big)) / 2;
        place(m_breaker.lines(heading, {{0, Face::Xiaobiaosong}}, big).front(), kLeft, kTop + kSize2 / 2);
        m_y = kTop + kSize2 + 6;
        for (const QString& fact : {QStringLiteral("标题：") + sheet.title, QStringLiteral("文号：") + sheet.number, QStringLiteral("发文机关：") + sheet.issuer}) {
            if (fact.endsWith(u'：')) continue;
            for (Line& line : cell(fact, kCoreWidth, Face::Fangsong)) {
                place(std::move(line), kLeft, m_y + kRow / 2);
                m_y += kRow;
            }
        }
        m_y += 2;
        openPage();
    }

    std::vector<Line> cell(const QString& text, double width, Face face)
    {
        LineSpec spec;
        spec.size = spec.cell = kSize;
        spec.width = width;
        std::vector<Line> out;
        for (const QString& p : text.split(QLatin1Char('\n')))
            for (Line& line : m_breaker.lines(p, {{0, face}}, spec)) out.push_back(std::move(line));
        return out;
    }

    void openPage()
    {
        m_top = m_y;
        across(0.35);
        row({QStringLiteral("环节"), QStringLiteral("办理人"), QStringLiteral("意见"), QStringLiteral("时间")}, Face::Heiti);
    }

    void across(double thick) { page().rules.push_back({QLineF(kLeft, m_y, kLeft + kCoreWidth, m_y), thick, Ink::Black}); }

    void closePage()
    {
        double x = kLeft;
        page().rules.push_back({QLineF(x, m_top, x, m_y), 0.35, Ink::Black});
        for (double width : kColumns) {
            x += width;
            page().rules.push_back({QLineF(x, m_top, x, m_y), x < kLeft + kCoreWidth - 1 ? 0.25 : 0.35, Ink::Black});
        }
    }

    // A row as high as its longest cell; one that does not fit goes on overleaf.
    void row(const std::array<QString, 4>& texts, Face face)
    {
        std::array<std::vector<Line>, 4> cells;
        size_t high = 1;
        for (size_t i = 0; i < 4; ++i) {
            cells[i] = cell(texts[i], kColumns[i] - 2 * kPad, face);
            high = std::max(high, cells[i].size());
        }
        for (size_t from = 0; from < high;) {
            const double room = kTop + kCoreHeight - m_y - 2 * kPad;
            const size_t fit = room < kRow ? 0 : size_t(room / kRow);
            if (fit == 0 || (from == 0 && high > fit && m_y > m_top + 60)) {
                closePage();
                m_paper.pages.emplace_back();
                m_y = kTop;
                openPage();
                continue;
            }
            const size_t to = std::min(high, from + fit);
            double x = kLeft;
            for (size_t i = 0; i < 4; ++i) {
                for (size_t k = from; k < std::min(to, cells[i].size()); ++k) place(std::move(cells[i][k]), x + kPad, m_y + kPad + (double(k - from) + 0.5) * kRow);
                x += kColumns[i];
            }
            m_y += double(to - from) * kRow + 2 * kPad;
            across(0.25);
            from = to;
        }
    }

    Breaker m_breaker;
    Paper m_paper;
    double m_y = kTop, m_top = kTop;
};

} // namespace

Paper layOut(const OpinionSheet& sheet) { return Table().run(sheet); }

} // namespace zt::typeset
