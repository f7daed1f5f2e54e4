#include "versions_view.h"

#include "zt/document_ui/words.h"
#include "zt/widgets/labels.h"
#include "zt/widgets/panes.h"

#include <QtWidgets>
#include <QThreadPool>

namespace zt::document_ui {

using namespace widgets;

namespace {

std::string wholeText(const wire::Document& d) { return d.title() + "\n" + d.body(); }

QString label(const document::Version& v)
{
    return VersionsView::tr("Version %1, %2, %3", "number, person, time").arg(v.number).arg(actorText(v.by), momentText(v.time));
}

QTextCharFormat formatOf(document::Change change)
{
    QTextCharFormat f;
    f.setForeground(color(Color::Text));
    if (change == document::Change::Added) {
        f.setForeground(color(Color::SuccessText));
        f.setBackground(color(Color::SuccessSubtle));
        f.setFontUnderline(true);
    } else if (change == document::Change::Removed) {
        f.setForeground(color(Color::DangerText));
        f.setBackground(color(Color::DangerSubtle));
        f.setFontStrikeOut(true);
    }
    return f;
}

} // namespace

VersionsView::VersionsView(QWidget* parent)
    : QWidget(parent), m_before(new QComboBox), m_after(new QComboBox), m_summary(makeLabel({}, "label", true)), m_text(new QTextEdit), m_list(new QListWidget)
{
    auto* from = makeLabel(tr("Compare"), "label");
    from->setBuddy(m_before);
    auto* to = makeLabel(tr("with"), "label");
    to->setBuddy(m_after);
    m_before->setAccessibleName(tr("Older version"));
    m_after->setAccessibleName(tr("Newer version"));
    m_text->setAccessibleName(tr("Text with its changes"));
    m_list->setAccessibleName(tr("List of changes"));
    m_text->setReadOnly(true);
    m_text->setFrameShape(QFrame::NoFrame);
    m_text->setProperty("bare", true);
    m_list->setWordWrap(true);
    m_list->setTextElideMode(Qt::ElideRight);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    for (QComboBox* box : {m_before, m_after}) {
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        box->setMinimumContentsLength(12);
    }
    auto* head = new QHBoxLayout;
    head->setContentsMargins(px(Px::Space4), px(Px::Space2), px(Px::Space4), px(Px::Space1));
    head->setSpacing(px(Px::Space2));
    head->addWidget(from);
    head->addWidget(m_before, 1);
    head->addWidget(to);
    head->addWidget(m_after, 1);
    auto* split = new Splitter(Qt::Horizontal);
    split->addWidget(m_text);
    split->addWidget(m_list);
    split->setStretchFactor(0, 3);
    split->setStretchFactor(1, 1);
    m_list->setSpacing(px(Px::TextGap));
    m_list->setMinimumWidth(px(Px::FoldersMin));
    split->setChildrenCollapsible(false);
    split->setSizes({px(Px::PaletteWidth), px(Px::Folders)});
    m_summary->setContentsMargins(px(Px::Space4), 0, px(Px::Space4), px(Px::Space2));
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addLayout(head);
    all->addWidget(m_summary);
    all->addWidget(split, 1);
    for (QComboBox* box : {m_before, m_after}) connect(box, &QComboBox::activated, this, [this] { compareNow(); });
    connect(m_list, &QListWidget::currentItemChanged, this, [this](QListWidgetItem* item) {
        if (!item) return;
        QTextCursor at(m_text->document());
        at.setPosition(item->data(Qt::UserRole).toInt());
        m_text->setTextCursor(at);
        m_text->ensureCursorVisible();
    });
    connect(&Theme::current(), &Theme::changed, this, [this] { compareNow(); });
}

void VersionsView::setMatter(std::shared_ptr<const document::Matter> matter)
{
    const auto key = [](const auto& m) { return m ? std::pair(m->stream, m->versions.size()) : std::pair(std::string(), size_t(0)); };
    const bool same = key(m_matter) == key(matter);
    m_matter = std::move(matter);
    if (same) return;
    m_before->clear();
    m_after->clear();
    if (m_matter) {
        for (const document::Version& v : m_matter->versions) {
            m_before->addItem(label(v));
            m_after->addItem(label(v));
        }
        const int last = int(m_matter->versions.size()) - 1;
        m_after->setCurrentIndex(last);
        m_before->setCurrentIndex(std::max(0, last - 1));
    }
    compareNow();
}

void VersionsView::compareNow()
{
    const int before = m_before->currentIndex(), after = m_after->currentIndex();
    ++m_asked;
    m_text->clear();
    m_list->clear();
    if (!m_matter || before < 0 || after < 0) return m_summary->clear();
    if (m_matter->versions.size() < 2) m_summary->setText(tr("There is one version so far."));
    else m_summary->setText(tr("Comparing…"));
    QThreadPool::globalInstance()->start([self = QPointer<VersionsView>(this), matter = m_matter, before, after, number = m_asked] {
        auto changes = document::compare(wholeText(matter->versions[size_t(before)].document), wholeText(matter->versions[size_t(after)].document));
        QMetaObject::invokeMethod(QCoreApplication::instance(), [self, number, changes = std::move(changes)] {
            if (self && self->m_asked == number) self->show(changes);
        }, Qt::QueuedConnection);
    });
}

void VersionsView::show(const std::vector<document::ParagraphChange>& changes)
{
    constexpr int kMostListed = 500, kExcerpt = 40;
    QTextCursor cursor(m_text->document());
    QTextBlockFormat block;
    block.setBottomMargin(px(Px::Space2));
    block.setLineHeight(150, QTextBlockFormat::ProportionalHeight);
    cursor.beginEditBlock();
    int found = 0;
    bool first = true;
    for (const document::ParagraphChange& p : changes) {
        if (!first) cursor.insertBlock(block);
        else cursor.setBlockFormat(block);
        first = false;
        QListWidgetItem* last = nullptr; // of a removal the next piece may replace
        QString removed;
        for (const document::Piece& piece : p.pieces) {
            const int at = cursor.position();
            cursor.insertText(text(piece.text), formatOf(piece.change));
            const QString words = text(piece.text).simplified().left(kExcerpt);
            if (last && piece.change == document::Change::Added) {
                last->setText(tr("Changed: %1 → %2").arg(removed, words));
                last->setForeground(color(Color::Text));
                last = nullptr;
                continue;
            }
            last = nullptr;
            if (piece.change == document::Change::Same || ++found > kMostListed) continue;
            const bool added = piece.change == document::Change::Added;
            auto* item = new QListWidgetItem(added ? tr("Added: %1").arg(words) : tr("Removed: %1").arg(words), m_list);
            item->setData(Qt::UserRole, at);
            item->setForeground(color(added ? Color::SuccessText : Color::DangerText));
            if (!added) last = item, removed = words;
        }
    }
    cursor.endEditBlock();
    m_text->moveCursor(QTextCursor::Start);
    if (m_matter && m_matter->versions.size() > 1) m_summary->setText(found ? tr("%n changes. Added words are underlined, removed ones struck.", nullptr, found) : tr("Title and body are the same."));
}

} // namespace zt::document_ui
