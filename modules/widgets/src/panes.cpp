#include "zt/widgets/panes.h"

#include <QtWidgets>

namespace zt::widgets {

Pane::Pane(const char* surface, QWidget* parent) : QFrame(parent)
{
    setProperty("pane", QString::fromLatin1(surface));
    setAttribute(Qt::WA_StyledBackground);
}

Card::Card(const QString& title, QWidget* parent) : QFrame(parent), m_body(new QVBoxLayout)
{
    setProperty("card", true);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(1, 1, 1, 1);
    all->setSpacing(0);
    if (!title.isEmpty()) {
        setAccessibleName(title);
        all->addWidget(new PaneHeader(title, true));
    }
    const int pad = px(Px::Space4);
    m_body->setContentsMargins(pad, pad, pad, pad);
    m_body->setSpacing(px(Px::Space2));
    all->addLayout(m_body, 1);
}

PaneHeader::PaneHeader(const QString& title, bool card, QWidget* parent)
    : QFrame(parent), m_title(new ElidedLabel(title, card ? "strong" : "subtitle")), m_note(makeLabel({}, "muted")), m_row(new QHBoxLayout(this))
{
    setObjectName(QStringLiteral("PaneHeader"));
    m_row->setContentsMargins(px(Px::Space4), 0, px(Px::Space3), 0);
    m_row->setSpacing(px(Px::Space2));
    m_row->addWidget(m_title);
    m_row->addWidget(m_note);
    m_row->addStretch(1);
    const auto fit = [this, card] { setFixedHeight(px(card ? Px::CardHeader : Theme::current().compact() ? Px::Topbar : Px::PaneHeader)); };
    fit();
    connect(&Theme::current(), &Theme::changed, this, fit);
}

void PaneHeader::setTitle(const QString& title) { m_title->setText(title); }
void PaneHeader::setNote(const QString& note) { m_note->setText(note); }
void PaneHeader::addAction(QWidget* control) { m_row->addWidget(control); }

ActionBar::ActionBar(QWidget* parent) : QFrame(parent), m_status(new FieldsLabel), m_row(new QHBoxLayout(this))
{
    setObjectName(QStringLiteral("ActionBar"));
    m_row->setContentsMargins(px(Px::Space4), px(Px::Space2), px(Px::Space4), px(Px::Space2));
    m_row->setSpacing(px(Px::Space2));
    m_row->addWidget(m_status, 1);
    const auto fit = [this] { setMinimumHeight(px(Theme::current().compact() ? Px::Topbar : Px::ActionBar)); };
    fit();
    connect(&Theme::current(), &Theme::changed, this, fit);
}

void ActionBar::setStatus(const QVector<FieldsLabel::Field>& fields) { m_status->setFields(fields); }
void ActionBar::addAction(QWidget* control) { m_row->addWidget(control); }

namespace {

// One pixel wide in the layout, seven to the pointer: the mask of a handle may reach over its neighbours.
class Handle : public QSplitterHandle {
public:
    Handle(Qt::Orientation orientation, QSplitter* parent) : QSplitterHandle(orientation, parent)
    {
        const int pad = (px(Px::SplitterGrab) - px(Px::LineHairline)) / 2;
        const bool wide = orientation == Qt::Horizontal;
        setContentsMargins(wide ? pad : 0, wide ? 0 : pad, wide ? pad : 0, wide ? 0 : pad);
        setAttribute(Qt::WA_MouseNoMask, true);
        setAccessibleName(QCoreApplication::translate("zt::widgets", "Divider", "the line between two panes"));
    }

protected:
    void resizeEvent(QResizeEvent* event) override
    {
        // Qt widens the handle by its margins once it has WA_MouseNoMask; the mask keeps painting to the line.
        setMask(QRegion(contentsRect()));
        QSplitterHandle::resizeEvent(event);
    }
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        painter.fillRect(contentsRect(), color(Color::BorderSubtle));
    }
};

} // namespace

Splitter::Splitter(Qt::Orientation orientation, QWidget* parent) : QSplitter(orientation, parent)
{
    setHandleWidth(px(Px::LineHairline));
    setChildrenCollapsible(false);
    connect(&Theme::current(), &Theme::changed, this, [this] { update(); });
}

QSplitterHandle* Splitter::createHandle() { return new Handle(orientation(), this); }

ThreePane::ThreePane(QWidget* folders, QWidget* list, QWidget* reading, QWidget* parent)
    : Splitter(Qt::Horizontal, parent), m_folders(folders), m_list(list), m_right(reading)
{
    for (QWidget* w : {m_folders, m_list, m_right})
        if (w) addWidget(w);
    setStretchFactor(count() - 1, 1);
    connect(&Theme::current(), &Theme::changed, this, &ThreePane::refit);
    refit();
}

void ThreePane::setWidthClass(WidthClass width)
{
    m_width = width;
    refit();
}

void ThreePane::setReading(bool on)
{
    m_reading = on;
    refit();
}

void ThreePane::refit()
{
    const bool stack = m_width == WidthClass::Stack, strip = stack || m_width == WidthClass::Narrow;
    if (m_folders) {
        m_folders->setMinimumWidth(px(strip ? Px::FolderStrip : Px::FoldersMin));
        m_folders->setMaximumWidth(strip ? px(Px::FolderStrip) : px(Px::ListMin));
        m_folders->setVisible(!stack || !m_reading);
        Q_EMIT foldersAsStrip(strip);
    }
    m_list->setMinimumWidth(px(stack ? Px::SearchMin : Px::ListMin));
    m_list->setMaximumWidth(stack ? QWIDGETSIZE_MAX : px(Px::ListMax));
    m_list->setVisible(!stack || !m_reading);
    m_right->setVisible(!stack || m_reading);
    QList<int> wide;
    if (m_folders) wide << px(strip ? Px::FolderStrip : Px::Folders);
    setSizes(wide << px(Px::List) << std::max(px(Px::List), width() - px(Px::List) - (m_folders ? wide.front() : 0)));
}

FlowLayout::FlowLayout(QWidget* parent) : QLayout(parent)
{
    setContentsMargins(0, 0, 0, 0);
    setSpacing(px(Px::DotGap));
}

FlowLayout::~FlowLayout() { qDeleteAll(m_items); }
void FlowLayout::addItem(QLayoutItem* item) { m_items.append(item); }
QLayoutItem* FlowLayout::itemAt(int index) const { return m_items.value(index); }
QLayoutItem* FlowLayout::takeAt(int index) { return index >= 0 && index < m_items.size() ? m_items.takeAt(index) : nullptr; }

QSize FlowLayout::minimumSize() const
{
    QSize size;
    for (const QLayoutItem* item : m_items) size = size.expandedTo(item->minimumSize());
    const QMargins m = contentsMargins();
    return size + QSize(m.left() + m.right(), m.top() + m.bottom());
}

void FlowLayout::setGeometry(const QRect& rect)
{
    QLayout::setGeometry(rect);
    place(rect, true);
}

int FlowLayout::place(const QRect& rect, bool apply) const
{
    const QRect area = rect.marginsRemoved(contentsMargins());
    int x = area.left(), y = area.top(), high = 0;
    for (QLayoutItem* item : m_items) {
        if (item->isEmpty()) continue;
        const QSize size = item->sizeHint().boundedTo(QSize(area.width(), QWIDGETSIZE_MAX));
        if (x > area.left() && x + size.width() > area.right() + 1) {
            x = area.left();
            y += high + spacing();
            high = 0;
        }
        if (apply) item->setGeometry(QRect(QPoint(x, y), size));
        x += size.width() + spacing();
        high = std::max(high, size.height());
    }
    return y + high - rect.top() + contentsMargins().bottom();
}

} // namespace zt::widgets
