#include "zt/test/test.h"
#include "zt/typeset/paper.h"

#include <QtGui>
#include <map>

using namespace zt::typeset;

namespace {

Sheet sample(const QString& body)
{
    Sheet s;
    s.letterhead = QStringLiteral("示例省人民政府办公厅");
    s.urgency = QStringLiteral("特急");
    s.number = QStringLiteral("示政办发〔2026〕1号");
    s.title = QStringLiteral("示例省人民政府办公厅关于做好2026年汛前准备工作的通知");
    s.recipients = QStringList{QStringLiteral("各市、县（区）人民政府")};
    s.body = body;
    s.signature = s.letterhead;
    s.date = QStringLiteral("2026年3月12日");
    s.copies = QStringList{QStringLiteral("省委办公厅"), QStringLiteral("省政协办公厅")};
    s.printer = s.letterhead;
    s.printed = s.date;
    return s;
}

// Lines of the core's grid, page by page.
std::vector<std::vector<QString>> gridLines(const Paper& paper)
{
    std::vector<std::vector<QString>> out;
    for (const Page& p : paper.pages) {
        std::map<int, QString> lines;
        for (const Span& s : p.spans)
            if (s.line >= 0) lines[s.line] += s.text;
        out.emplace_back();
        for (auto& [n, text] : lines) out.back().push_back(text);
    }
    return out;
}

const Span* spanOf(const Page& page, const QString& text)
{
    for (const Span& s : page.spans)
        if (s.text.contains(text)) return &s;
    return nullptr;
}

QString mixedBody()
{
    QString body;
    const QString parts[] = {QStringLiteral("为做好汛前各项准备工作，确保安全度汛，经省政府同意，现就有关事项通知如下。“关闭、停工、停课、转移”等措施（含“一库一策”）的启动条件写具体；"),
                             QStringLiteral("GB/T 9704与内部编号FX-2026-03所列表格一并使用，完成率不低于99.5%，水位超过162.40米时立即报告！《示例省防汛应急预案（2025年修订）》，"),
                             QStringLiteral("同志𠮷野与𤭢器两名专家组成员（以GB 18030-2022收录的字为准）参加会商。")};
    for (int i = 0; i < 60; ++i) {
        body += parts[i % 3];
        if (i % 4 == 3) body += QLatin1Char('\n');
        if (i % 7 == 0) body += parts[(i + 1) % 3].left(11 + i % 13);
    }
    return body;
}

} // namespace

CASE("28 characters a line, 22 lines a page")
{
    const auto paper = layOut(sample(QString(QChar(u'汛')).repeated(28 * 22 * 3)));
    EXPECT(paper.has_value());
    const auto pages = gridLines(*paper);
    EXPECT(pages.size() >= 3);
    EXPECT_EQ(int(pages[1].size()), kLines);
    for (const QString& line : pages[1]) EXPECT_EQ(int(line.size()), kChars);
    // the first line of a paragraph is indented by two characters
    EXPECT_EQ(int(pages[0][1].size()), kChars - 2);
    const Span* first = spanOf(paper->pages[0], QStringLiteral("汛汛"));
    EXPECT(first && std::abs(first->left - (kLeft + 2 * kCell)) < 0.01);
    // the last cell of a full line ends with the core
    const Span* full = nullptr;
    for (const Span& s : paper->pages[1].spans)
        if (s.line == 5) full = &s;
    EXPECT(full && std::abs(full->left + double(full->cells.back().x) + kCell - (kLeft + kCoreWidth)) < 0.05);
    EXPECT(std::abs(full->middle - (kTop + 5.5 * kPitch)) < 0.01);
}

CASE("positions of the elements in millimetres")
{
    const auto paper = layOut(sample(QStringLiteral("正文一段。")));
    EXPECT_EQ(int(paper->pages.size()), 1);
    const Page& p = paper->pages[0];
    const Span* red = spanOf(p, QStringLiteral("办公厅文件"));
    EXPECT(red && red->ink == Ink::Red);
    EXPECT(std::abs(red->middle - red->size / 2 - (kTop + 35)) < 0.01); // upper edge 35 mm below the core's
    const Span* number = spanOf(p, QStringLiteral("〔2026〕"));
    EXPECT(number && number->middle > red->middle + red->size / 2 + 2 * kPitch - 0.01);
    EXPECT(!p.rules.empty() && p.rules[0].ink == Ink::Red);
    EXPECT(std::abs(p.rules[0].line.y1() - (number->middle + kSize3 / 2 + 4)) < 0.01); // rule 4 mm below the number
    EXPECT(std::abs(p.rules[0].line.length() - kCoreWidth) < 0.01);
    const Span* urgent = spanOf(p, QStringLiteral("特急"));
    EXPECT(urgent && urgent->face == Face::Heiti && std::abs(urgent->left - kLeft) < 0.01);
    const Span* title = spanOf(p, QStringLiteral("关于做好"));
    EXPECT(title && std::abs(title->size - kSize2) < 0.01 && title->middle > p.rules[0].line.y1() + 2 * kPitch);
    const Span* date = spanOf(p, QStringLiteral("2026年3月12日"));
    EXPECT(date && date->line >= 0);
    const double right = date->left + double(date->cells.back().x) + kCell;
    EXPECT(std::abs(right - (kLeft + kCoreWidth - 4 * kCell)) < 0.6); // date four characters from the right
    EXPECT(std::abs(p.rules.back().line.y1() - (kTop + kCoreHeight)) < 0.01 && p.rules.back().thickness > 0.3);
    const Span* page = spanOf(p, QStringLiteral("— 1 —"));
    EXPECT(page && std::abs(page->middle - (kTop + kCoreHeight + 7)) < 0.01 && page->left > kLeft + kCoreWidth / 2);
}

CASE("no line begins with closing or ends with opening punctuation")
{
    const auto paper = layOut(sample(mixedBody()));
    int lines = 0;
    for (const auto& page : gridLines(*paper))
        for (const QString& line : page) {
            ++lines;
            EXPECT(!QStringLiteral("，。、；：？！）〕》」』】’”…—·％‰").contains(line.front()));
            EXPECT(!QStringLiteral("（〔《「『【‘“").contains(line.back()));
        }
    EXPECT(lines > 60);
}

CASE("every character of the body appears exactly once, and nothing leaves the core")
{
    const QString body = mixedBody();
    const auto paper = layOut(sample(body));
    QString all;
    for (const Page& p : paper->pages) {
        for (const Span& s : p.spans) {
            if (s.line < 0) continue;
            all += s.text;
            size_t last = s.cells.size(); // a blank may hang beyond the edge
            while (last > 1 && s.text[s.cells[last - 1].at].isSpace()) --last;
            const Span::Cell& c = s.cells[last - 1];
            const bool chinese = s.text[c.at].unicode() >= 0x3000;
            EXPECT(s.left + double(c.x) + (chinese ? kCell / 2 : 0) <= kLeft + kCoreWidth + 0.1);
        }
    }
    QString want = body;
    want.remove(QLatin1Char('\n'));
    const QString head = QStringLiteral("各市、县（区）人民政府：");
    EXPECT(all.startsWith(head));
    EXPECT(all.mid(head.size(), want.size()) == want);
    EXPECT(all.mid(head.size() + want.size()) == QStringLiteral("示例省人民政府办公厅2026年3月12日"));
}

CASE("no page bears a signature without text above it")
{
    int turned = 0;
    for (int lines = 1; lines <= 50; ++lines) {
        QString body;
        for (int i = 0; i < lines; ++i) body += QStringLiteral("第%1行正文。\n").arg(i);
        const Sheet s = sample(body);
        const auto paper = layOut(s);
        REQUIRE(paper);
        const auto pages = gridLines(*paper);
        for (size_t n = 0; n < pages.size(); ++n)
            for (size_t i = 0; i < pages[n].size(); ++i)
                if (pages[n][i] == s.signature) {
                    EXPECT(i >= 1);
                    turned += n > 0 && i == 2;
                }
        QStringList all;
        for (const auto& p : pages)
            for (const QString& l : p) all << l;
        for (int i = 0; i < lines; ++i) EXPECT_EQ(all.count(QStringLiteral("第%1行正文。").arg(i)), 1);
        for (int i = 1; i < lines; ++i) EXPECT(all.indexOf(QStringLiteral("第%1行正文。").arg(i)) == all.indexOf(QStringLiteral("第%1行正文。").arg(i - 1)) + 1);
    }
    EXPECT(turned > 2);
}

CASE("headings take their faces")
{
    const auto paper = layOut(sample(QStringLiteral("一、压实责任\n（一）落实责任人。各地要完成核定。\n正文。")));
    const Span* one = spanOf(paper->pages[0], QStringLiteral("一、压实"));
    const Span* two = spanOf(paper->pages[0], QStringLiteral("（一）落实"));
    const Span* rest = spanOf(paper->pages[0], QStringLiteral("各地要"));
    EXPECT(one && one->face == Face::Heiti);
    EXPECT(two && two->face == Face::Kaiti && !two->text.contains(QStringLiteral("各地")));
    EXPECT(rest && rest->face == Face::Fangsong && rest->line == two->line);
}

CASE("5 MB of text is laid out in bounded time and stops on request")
{
    QString body;
    while (body.size() * 3 < 5 * 1024 * 1024) body += mixedBody();
    QElapsedTimer clock;
    clock.start();
    const auto paper = layOut(sample(body));
    std::cout << "  5 MB: " << clock.elapsed() << " ms, " << paper->pages.size() << " pages" << std::endl;
    EXPECT(paper.has_value());
    EXPECT(clock.elapsed() < 20'000);
    std::atomic_bool stop{true};
    const auto none = layOut(sample(body), &stop);
    EXPECT(!none && none.error().kind == zt::Err::Cancelled);
}

CASE("hostile text neither hangs nor crashes")
{
    for (const QString& body : {QString(), QStringLiteral("\n\n\n"), QStringLiteral("。").repeated(5000), QStringLiteral("（").repeated(5000), QStringLiteral("a").repeated(20000),
                                QString(QChar(0xD800)) + QStringLiteral("孤") + QString(QChar(0xDC00)), QStringLiteral("e\u0301\u0301\u0301").repeated(900), QStringLiteral(" ").repeated(9000)}) {
        Sheet s = sample(body);
        const auto paper = layOut(s);
        EXPECT(paper.has_value() && !paper->pages.empty());
        s.title = body;
        EXPECT(layOut(s).has_value());
    }
}

CASE("a long opinion goes on overleaf and the table keeps its columns")
{
    OpinionSheet s;
    s.title = QStringLiteral("关于做好汛前准备工作的通知");
    for (int i = 0; i < 20; ++i) s.rows.append({QStringLiteral("审核"), QStringLiteral("顾言清（沈亦舟代）"), QStringLiteral("主任"), QStringLiteral("同意，请按程序办理。").repeated(i == 5 ? 200 : 3), QStringLiteral("2026年3月12日 09:41")});
    const Paper paper = layOut(s);
    EXPECT(paper.pages.size() > 1);
    for (const Page& p : paper.pages)
        for (const Span& x : p.spans) EXPECT(x.middle < kTop + kCoreHeight && x.left >= kLeft - 0.01);
}

CASE("a page is painted: red above, black below")
{
    const auto paper = layOut(sample(mixedBody()));
    QImage image(420, 594, QImage::Format_RGB32);
    image.fill(Qt::white);
    QPainter painter(&image);
    painter.scale(2, 2);
    paint(painter, paper->pages[0]);
    painter.end();
    int red = 0, dark = 0;
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x) {
            const QColor c(image.pixel(x, y));
            red += c.red() > 150 && c.green() < 120;
            dark += c.lightness() < 120 && c.red() < 150;
        }
    EXPECT(red > 500);
    EXPECT(dark > 1500);
}

int main(int argc, char** argv)
{
    QGuiApplication app(argc, argv);
    return zt::test::main(argc, argv);
}
