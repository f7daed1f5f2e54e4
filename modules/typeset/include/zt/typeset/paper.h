#pragma once

#include "zt/base/result.h"

#include <QColor>
#include <QLineF>
#include <QString>
#include <QStringList>
#include <QVector>
#include <atomic>
#include <vector>

class QPainter;

//! Structured document -> pages, for the screen and for paper. Lengths are millimetres from the top left corner of the page.
//! \see GB/T 9704-2012 for every measure below
namespace zt::typeset {

constexpr double kPageWidth = 210, kPageHeight = 297;
constexpr double kTop = 37, kLeft = 28, kCoreWidth = 156, kCoreHeight = 225; //!< 天头, 订口, 版心
constexpr int kLines = 22, kChars = 28;
constexpr double kCell = kCoreWidth / kChars, kPitch = kCoreHeight / kLines;
constexpr double kPoint = 25.4 / 72;
constexpr double kSize2 = 22 * kPoint, kSize3 = 16 * kPoint, kSize4 = 14 * kPoint; //!< 2号, 3号, 4号

enum class Face { Fangsong, Heiti, Kaiti, Xiaobiaosong, Songti };
enum class Ink { Black, Red };

//! Characters of one face on one line. A cell is what is drawn at once: a Chinese character, or a word of another script.
struct Span {
    struct Cell {
        int at = 0, length = 0; //!< in `text`
        float x = 0;            //!< from `left`
    };
    QString text;
    std::vector<Cell> cells;
    double left = 0, middle = 0; //!< `middle`: half of the character's height
    double size = kSize3;
    Face face = Face::Fangsong;
    Ink ink = Ink::Black;
    int line = -1;               //!< line of the core from 0, for text on the grid; else -1
};
struct Rule {
    QLineF line;
    double thickness = 0.25;
    Ink ink = Ink::Black;
};
struct Page {
    std::vector<Span> spans;
    std::vector<Rule> rules;
    [[nodiscard]] QString text() const; //!< in reading order, lines apart by line feeds
};
struct Paper {
    std::vector<Page> pages;
    //! True when this computer lacks an official face and another stands in.
    bool substituted = false;
};

//! An official document as it is set. Every text is already clean (zt/base/text.h) and as the reader shall see it.
struct Sheet {
    QString letterhead;     //!< name of the issuing organ; 文件 is added; empty: no letterhead (opinion sheet, plain letter)
    QString urgency;        //!< 特急, 加急 or empty
    QString number;         //!< 示政办发〔2026〕1号, or a placeholder
    QString title;
    QStringList recipients; //!< 主送
    QString body;           //!< one paragraph a line
    QStringList attachments;
    QString signature, date;
    QString remark;         //!< 附注, without parentheses
    QStringList copies;     //!< 抄送
    QString printer, printed; //!< 印发机关, its date; empty: no 版记 line for it
};

//! Lays a document out. Any thread; reads no files but fonts; 5 MB of text in about a second. Layout is by characters on the grid, so it does not depend on
//! which face stands in, except for words in other scripts.
//! Err::Cancelled soon after `stop` becomes true.
[[nodiscard]] Result<Paper> layOut(const Sheet& sheet, const std::atomic_bool* stop = nullptr);

//! 办理意见单: who said what at which step, to print after the document.
struct OpinionSheet {
    struct Row {
        QString step, person, post, opinion, time;
    };
    QString title, number, issuer;
    QVector<Row> rows;
};
[[nodiscard]] Paper layOut(const OpinionSheet& sheet);

struct Inks {
    QColor black{Qt::black};
    QColor red{0xD7, 0x00, 0x0F};
};
//! Paints a page. One unit of the painter is one millimetre, its origin the top left corner of the page; the ground is the caller's.
void paint(QPainter& painter, const Page& page, const Inks& inks = {});

} // namespace zt::typeset
