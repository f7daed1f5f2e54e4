#include "lines.h"

#include <algorithm>
#include <QRegularExpression>
#include <cmath>
#include <limits>

// The words set here (文件, 附件, 抄送, 印发) are those of the standard and belong to the paper, not to the interface.
namespace zt::typeset {

namespace {

constexpr double kLetterheadTop = 35, kLetterheadMax = 16; // below the core's top; height of its characters
constexpr double kRuleGap = 4, kNumberGap = 2 * kPitch;
constexpr double kTitlePitch = 12.4;
constexpr double kImprintPitch = 8;

class Setting {
public:
    Setting(const Sheet& sheet, const std::atomic_bool* stop) : m_sheet(sheet), m_stop(stop) { m_paper.pages.emplace_back(); }

    Result<Paper> run()
    {
        head();
        title();
        salutation();
        body();
        if (stopped()) return fail(Err::Cancelled, "layout");
        attachments();
        signature();
        imprint();
        pageNumbers();
        for (Face f : {Face::Fangsong, Face::Heiti, Face::Kaiti, Face::Xiaobiaosong}) m_paper.substituted |= substituted(f);
        return std::move(m_paper);
    }

private:
    bool stopped() const { return m_stop && *m_stop; }
    Page& page() { return m_paper.pages.back(); }

    void newPage()
    {
        m_paper.pages.emplace_back();
        m_row = 0;
    }

    //! A new page to which the last lines of the text go along, so that no page bears a signature alone (GB/T 9704-2012 leaves that to spacing).
    void newPageWith(int lines)
    {
        const int from = m_row - lines;
        auto has = [&](int row) { return std::any_of(page().spans.begin(), page().spans.end(), [&](const Span& s) { return s.line == row; }); };
        bool whole = from > (m_paper.pages.size() == 1 ? m_textRow : 0);
        for (int row = from; whole && row < m_row; ++row) whole = has(row);
        if (!whole) return newPage();
        std::vector<Span>& spans = page().spans;
        const auto first = std::stable_partition(spans.begin(), spans.end(), [&](const Span& s) { return s.line < from; });
        std::vector<Span> along(std::make_move_iterator(first), std::make_move_iterator(spans.end()));
        spans.erase(first, spans.end());
        newPage();
        for (Span& s : along) {
            s.line -= from;
            s.middle -= from * kPitch;
            page().spans.push_back(std::move(s));
        }
        m_row = lines;
    }

    //! Puts a line on the next line of the grid.
    void put(Line line)
    {
        if (m_row >= kLines) newPage();
        for (Span& s : line.spans) {
            s.left += kLeft;
            s.middle = kTop + (m_row + 0.5) * kPitch;
            s.line = m_row;
            page().spans.push_back(std::move(s));
        }
        ++m_row;
    }

    void skip(int lines)
    {
        if (m_row) m_row += lines; // blank lines do not cross a page
    }

    void putAt(const QString& text, Face face, double size, double cell, double left, double middle, Ink ink = Ink::Black)
    {
        LineSpec spec;
        spec.size = size;
        spec.cell = cell;
        spec.width = std::numeric_limits<float>::max();
        spec.justify = false;
        for (Line& line : m_breaker.lines(text, {{0, face}}, spec))
            for (Span& s : line.spans) {
                s.left += left;
                s.middle = middle;
                s.ink = ink;
                page().spans.push_back(std::move(s));
            }
    }

    double widthOf(const QString& text, Face face, double size, double cell)
    {
        LineSpec spec;
        spec.size = size;
        spec.cell = cell;
        return m_breaker.width(text, face, spec);
    }

    void centred(const QString& text, Face face, double size, double cell, double middle, Ink ink = Ink::Black)
    {
        putAt(text, face, size, cell, kLeft + (kCoreWidth - widthOf(text, face, size, cell)) / 2, middle, ink);
    }

    void head()
    {
        if (!m_sheet.urgency.isEmpty()) putAt(m_sheet.urgency, Face::Heiti, kSize3, kCell, kLeft, kTop + kPitch / 2);
        m_y = kTop;
        if (m_sheet.letterhead.isEmpty()) return;
        const QString name = m_sheet.letterhead + QStringLiteral("文件");
        const double cell = std::min(kLetterheadMax, kCoreWidth * 0.98 / double(name.size()));
        m_y = kTop + kLetterheadTop;
        centred(name, Face::Xiaobiaosong, cell, cell, m_y + cell / 2, Ink::Red);
        m_y += cell + kNumberGap;
        centred(m_sheet.number, Face::Fangsong, kSize3, kCell, m_y + kSize3 / 2);
        m_y += kSize3 + kRuleGap;
        page().rules.push_back({QLineF(kLeft, m_y, kLeft + kCoreWidth, m_y), 0.5, Ink::Red});
        m_y += 2 * kPitch;
    }

    void title()
    {
        for (const QString& line : balanced(m_sheet.title)) {
            if (m_y + kSize2 > kTop + kCoreHeight) {
                newPage();
                m_y = kTop;
            }
            centred(line, Face::Xiaobiaosong, kSize2, kSize2, m_y + kSize2 / 2);
            m_y += kTitlePitch;
        }
        m_y -= kTitlePitch - kSize2;
        // back on the grid, one blank line below
        m_row = std::min(kLines, int(std::ceil((m_y + kPitch * 0.6 - kTop) / kPitch)));
    }

    // As few lines as fit, of about the same length, broken where a reader would pause.
    QStringList balanced(const QString& title)
    {
        LineSpec spec;
        spec.size = spec.cell = kSize2;
        const std::vector<Token> t = m_breaker.tokens(title, {{0, Face::Xiaobiaosong}}, spec);
        double total = 0;
        for (const Token& x : t) total += double(x.width);
        const int count = std::max(1, int(std::ceil(total / (kCoreWidth - kSize2))));
        if (count == 1 || t.empty()) return {title};
        QStringList out;
        size_t from = 0;
        double done = 0;
        for (int left = count; left > 0 && from < t.size(); --left) {
            const size_t to = left == 1 ? lastThatFits(t, from) : bestBreak(title, t, from, (total - done) / left);
            const int end = to < t.size() ? t[to].at : int(title.size());
            out << title.mid(t[from].at, end - t[from].at);
            for (size_t i = from; i < to; ++i) done += double(t[i].width);
            from = to;
            if (left == 1 && from < t.size()) ++left;
        }
        return out;
    }

    static size_t lastThatFits(const std::vector<Token>& t, size_t from)
    {
        double width = 0;
        size_t to = from;
        while (to < t.size() && (to == from || width + double(t[to].width) <= kCoreWidth)) width += double(t[to++].width);
        return to;
    }

    static size_t bestBreak(const QString& title, const std::vector<Token>& t, size_t from, double want)
    {
        size_t best = from + 1;
        double bestCost = std::numeric_limits<double>::max(), width = 0;
        for (size_t to = from + 1; to < t.size(); ++to) {
            width += double(t[to - 1].width);
            if (width > kCoreWidth) break;
            double cost = std::abs(width - want) / kSize2;
            if (t[to].noStart || t[to - 1].noEnd) cost += 100;
            const QChar next = title[t[to].at], last = title[t[to].at - 1];
            if (next == u'的' || next == u'年' || next == u'月') cost += 6;
            if (last == u'的' || QStringView(title).mid(t[to].at).startsWith(u"关于")) cost -= 2;
            if (QStringView(title).left(t[to].at).endsWith(u"关于") || (last == u'关' && next == u'于')) cost += 6;
            if (next.isDigit()) cost -= 1;
            if (cost < bestCost) bestCost = cost, best = to;
        }
        return best;
    }

    void paragraph(const QString& text, const std::vector<FaceRun>& faces, const LineSpec& spec)
    {
        for (Line& line : m_breaker.lines(text, faces, spec, m_stop)) put(std::move(line));
    }

    void salutation()
    {
        if (m_sheet.recipients.isEmpty()) return;
        LineSpec spec;
        paragraph(m_sheet.recipients.join(QStringLiteral("，")) + QStringLiteral("："), {{0, Face::Fangsong}}, spec);
    }

    // 一、 heiti, （一） kaiti: a heading that runs on is set in its face up to its first full stop.
    static std::vector<FaceRun> facesOf(const QString& p)
    {
        static const QRegularExpression one(QStringLiteral("^[一二三四五六七八九十]{1,3}、"));
        static const QRegularExpression two(QStringLiteral("^[（(][一二三四五六七八九十]{1,3}[）)]"));
        const bool first = one.match(p).hasMatch();
        if (!first && !two.match(p).hasMatch()) return {{0, Face::Fangsong}};
        const Face face = first ? Face::Heiti : Face::Kaiti;
        const int stop = int(p.indexOf(u'。'));
        if (stop < 0 || stop + 1 >= p.size()) return {{0, face}};
        return {{0, face}, {stop + 1, Face::Fangsong}};
    }

    void body()
    {
        m_textRow = m_row;
        LineSpec spec;
        spec.first = 2 * kCell;
        for (QStringView rest(m_sheet.body); !rest.isEmpty() && !stopped();) {
            const qsizetype end = rest.indexOf(u'\n');
            const QString p = rest.left(end < 0 ? rest.size() : end).trimmed().toString();
            rest = end < 0 ? QStringView() : rest.mid(end + 1);
            if (p.isEmpty()) skip(m_row < kLines ? 1 : 0);
            else paragraph(p, facesOf(p), spec);
        }
    }

    void attachments()
    {
        const QStringList& names = m_sheet.attachments;
        if (names.isEmpty()) return;
        skip(1);
        const double label = 3 * kCell;
        for (int i = 0; i < names.size(); ++i) {
            LineSpec spec;
            const QString number = names.size() > 1 ? QStringLiteral("%1.").arg(i + 1) : QString();
            const QString lead = i == 0 ? QStringLiteral("附件：") : QString();
            spec.first = 2 * kCell + (i == 0 ? 0 : label);
            spec.rest = 2 * kCell + label + m_breaker.width(number, Face::Fangsong, spec);
            spec.justify = false;
            paragraph(lead + number + names[i], {{0, Face::Fangsong}}, spec);
        }
    }

    void signature()
    {
        if (!m_sheet.signature.isEmpty() || !m_sheet.date.isEmpty()) {
            // Room for the seal above the name; less where that saves a page with nothing but a signature.
            int blank = 3;
            while (blank > 1 && m_row + blank + 2 > kLines) --blank;
            if (m_row + blank + 2 > kLines) {
                newPageWith(2);
                blank = 3;
            }
            skip(blank);
            const double date = widthOf(m_sheet.date, Face::Fangsong, kSize3, kCell), name = widthOf(m_sheet.signature, Face::Fangsong, kSize3, kCell);
            const double right = kCoreWidth - 4 * kCell, centre = right - date / 2;
            const double left = std::max(0.0, std::min(centre - name / 2, kCoreWidth - kCell - name));
            if (name > 0) single(m_sheet.signature, left);
            single(m_sheet.date, left + name / 2 > centre - 0.01 ? right - date : std::max(0.0, left + name / 2 - date / 2));
        }
        if (m_sheet.remark.isEmpty()) return;
        LineSpec spec;
        spec.first = 2 * kCell;
        paragraph(QStringLiteral("（%1）").arg(m_sheet.remark), {{0, Face::Fangsong}}, spec);
    }

    void single(const QString& text, double indent)
    {
        LineSpec spec;
        spec.width = kCoreWidth * 2; // a long name runs on rather than breaks
        spec.first = indent;
        spec.justify = false;
        paragraph(text, {{0, Face::Fangsong}}, spec);
    }

    void imprint()
    {
        if (m_sheet.copies.isEmpty() && m_sheet.printer.isEmpty()) return;
        const double cell = kSize4;
        std::vector<Line> copies;
        if (!m_sheet.copies.isEmpty()) {
            LineSpec spec;
            spec.size = kSize4;
            spec.cell = cell;
            spec.width = kCoreWidth - cell;
            spec.first = cell;
            spec.rest = 4 * cell;
            copies = m_breaker.lines(QStringLiteral("抄送：%1。").arg(m_sheet.copies.join(QStringLiteral("，"))), {{0, Face::Fangsong}}, spec);
        }
        const int rows = int(copies.size()) + (m_sheet.printer.isEmpty() ? 0 : 1);
        const double bottom = kTop + kCoreHeight, top = bottom - rows * kImprintPitch;
        if (kTop + m_row * kPitch + 2 > top) newPage();
        double y = top;
        const auto rule = [&](double thick) { page().rules.push_back({QLineF(kLeft, y, kLeft + kCoreWidth, y), thick, Ink::Black}); };
        rule(0.35);
        for (Line& line : copies) {
            for (Span& s : line.spans) {
                s.left += kLeft;
                s.middle = y + kImprintPitch / 2;
                page().spans.push_back(std::move(s));
            }
            y += kImprintPitch;
        }
        if (!m_sheet.printer.isEmpty()) {
            if (!copies.empty()) rule(0.25);
            const QString when = m_sheet.printed + QStringLiteral("印发");
            putAt(m_sheet.printer, Face::Fangsong, kSize4, cell, kLeft + cell, y + kImprintPitch / 2);
            putAt(when, Face::Fangsong, kSize4, cell, kLeft + kCoreWidth - cell - widthOf(when, Face::Fangsong, kSize4, cell), y + kImprintPitch / 2);
            y += kImprintPitch;
        }
        y = bottom;
        rule(0.35);
    }

    void pageNumbers()
    {
        const double middle = kTop + kCoreHeight + 7;
        for (size_t i = 0; i < m_paper.pages.size(); ++i) {
            const QString text = QStringLiteral("— %1 —").arg(i + 1);
            LineSpec spec;
            spec.size = spec.cell = kSize4;
            spec.width = std::numeric_limits<float>::max();
            spec.justify = false;
            Line line = std::move(m_breaker.lines(text, {{0, Face::Songti}}, spec).front());
            const bool odd = i % 2 == 0;
            for (Span& s : line.spans) {
                s.left = odd ? kLeft + kCoreWidth - kSize4 - line.width : kLeft + kSize4;
                s.middle = middle;
                m_paper.pages[i].spans.push_back(std::move(s));
            }
        }
    }

    const Sheet& m_sheet;
    const std::atomic_bool* m_stop;
    Breaker m_breaker;
    Paper m_paper;
    int m_row = 0, m_textRow = 0; //!< next line; first of the body on page 1
    double m_y = kTop;
};

} // namespace

Result<Paper> layOut(const Sheet& sheet, const std::atomic_bool* stop) { return Setting(sheet, stop).run(); }

} // namespace zt::typeset
