#include "tables.h"

#include "zt/widgets/theme.h"

#include <QAction>
#include <QHeaderView>
#include <QLineEdit>
#include <QPainter>
#include <QTimer>

namespace zt::document_ui {

using namespace widgets;

void CellDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const bool selected = option.state & QStyle::State_Selected;
    const bool active = option.state & QStyle::State_Active;
    painter->fillRect(option.rect, color(selected ? (active ? Color::SurfaceSelected : Color::SurfaceSelectedInactive) : Color::Surface));
    painter->fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), px(Px::LineHairline)), color(Color::BorderSubtle));
    QRect box = option.rect.adjusted(px(Px::Space3), 0, -px(Px::Space2), 0);
    if (const QVariant icon = index.data(Qt::DecorationRole); icon.isValid()) {
        const int side = px(Px::Avatar);
        icon.value<QIcon>().paint(painter, QRect(box.left(), box.center().y() - side / 2, side, side));
        box.setLeft(box.left() + side + px(Px::Space2));
    }
    const Tone tone = Tone(index.data(kToneRole).toInt());
    painter->setFont(typeFont(index.column() == 0 ? Type::Body : Type::Label));
    painter->setPen(color(tone != Tone::Neutral ? toneColors(tone).text : index.column() == 0 ? Color::Text : Color::TextSecondary));
    const QStringList lines = index.data().toString().split(QLatin1Char('\n'));
    const int line = Theme::current().line(Type::Label), top = box.center().y() - int(lines.size()) * line / 2;
    for (int i = 0; i < lines.size(); ++i) {
        const QRect place = lines.size() == 1 ? box : QRect(box.left(), top + i * line, box.width(), line);
        painter->drawText(place, int(Qt::AlignVCenter) | int(Qt::AlignLeft), painter->fontMetrics().elidedText(lines[i], Qt::ElideRight, box.width()));
    }
    if (option.state & QStyle::State_HasFocus && option.widget && option.widget->property("kbd").toBool() && index.column() == 0) {
        painter->setPen(QPen(color(Color::FocusRing), px(Px::LineFocus)));
        painter->drawRect(option.rect.adjusted(1, 1, -1, -2));
    }
}

QSize CellDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    int width = 0;
    for (const QString& line : index.data().toString().split(QLatin1Char('\n'))) width = std::max(width, QFontMetrics(typeFont(Type::Label)).horizontalAdvance(line));
    if (index.column() == 0) width = QFontMetrics(typeFont(Type::Body)).horizontalAdvance(index.data().toString());
    if (index.data(Qt::DecorationRole).isValid()) width += px(Px::Avatar) + px(Px::Space2);
    return {width + px(Px::Space3) + px(Px::Space2) + 2, std::max(m_height, option.fontMetrics.height())};
}

namespace {

class SharedRoom : public QObject {
public:
    explicit SharedRoom(QTreeWidget* table) : QObject(table), m_table(table), m_later(new QTimer(this))
    {
        m_later->setSingleShot(true);
        connect(m_later, &QTimer::timeout, this, &SharedRoom::share);
        const auto soon = [this] { m_later->start(0); };
        connect(table->model(), &QAbstractItemModel::rowsInserted, this, soon);
        connect(table->model(), &QAbstractItemModel::modelReset, this, soon);
        connect(&Theme::current(), &Theme::changed, this, soon);
        table->viewport()->installEventFilter(this);
    }

protected:
    bool eventFilter(QObject*, QEvent* event) override
    {
        if (event->type() == QEvent::Resize) share();
        return false;
    }

private:
    void share()
    {
        QHeaderView* header = m_table->header();
        const QAbstractItemView* cells = m_table;
        QVector<int> wide(header->count());
        int sum = 0, shown = 0;
        for (int c = 0; c < header->count(); ++c) {
            if (header->isSectionHidden(c)) continue;
            wide[c] = std::max(cells->sizeHintForColumn(c), header->sectionSizeHint(c));
            sum += wide[c];
            ++shown;
        }
        const int room = m_table->viewport()->width();
        if (!shown || !sum || room <= 0) return;
        for (int c = 0; c < header->count(); ++c)
            if (wide[c]) header->resizeSection(c, room >= sum ? wide[c] + (room - sum) / shown : wide[c] * room / sum);
    }
    QTreeWidget* m_table;
    QTimer* m_later;
};

} // namespace

void shareRoom(QTreeWidget* table)
{
    table->header()->setSectionResizeMode(QHeaderView::Fixed);
    new SharedRoom(table);
}

UnitTree::UnitTree(const QString& name, QWidget* parent) : QTreeWidget(parent)
{
    setAccessibleName(name);
    setHeaderHidden(true);
    setColumnCount(2);
    setUniformRowHeights(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setIndentation(px(Px::Space5));
    setFrameShape(QFrame::NoFrame);
    header()->setStretchLastSection(false);
    header()->setSectionResizeMode(0, QHeaderView::Stretch);
    header()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
}

void UnitTree::drawRow(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const bool selected = selectionModel()->isSelected(index), focus = hasFocus();
    if (selected) {
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        painter->setBrush(color(isActiveWindow() ? Color::SurfaceSelected : Color::SurfaceSelectedInactive));
        painter->drawRoundedRect(option.rect.adjusted(px(Px::Space2), 0, -px(Px::Space2), 0), px(Px::RadiusControl), px(Px::RadiusControl));
        if (focus && property("kbd").toBool()) {
            painter->setPen(QPen(color(Color::FocusRing), px(Px::LineFocus)));
            painter->setBrush(Qt::NoBrush);
            painter->drawRoundedRect(option.rect.adjusted(px(Px::Space2) + 1, 1, -px(Px::Space2) - 1, -1), px(Px::RadiusControl), px(Px::RadiusControl));
        }
        painter->restore();
    }
    // The ground is painted above; the style only adds the words and the check box.
    QStyleOptionViewItem plain = option;
    plain.state &= ~(QStyle::State_Selected | QStyle::State_HasFocus);
    plain.palette.setColor(QPalette::Highlight, Qt::transparent);
    plain.palette.setColor(QPalette::HighlightedText, color(Color::AccentText));
    QTreeWidget::drawRow(painter, plain, index);
}

void UnitTree::drawBranches(QPainter* painter, const QRect& rect, const QModelIndex& index) const
{
    if (!model()->hasChildren(index)) return;
    const int side = px(Px::IconSmall);
    const QRect place(rect.right() - (indentation() + side) / 2, rect.center().y() - side / 2, side, side);
    painter->drawPixmap(place.topLeft(), Theme::current().pixmap(isExpanded(index) ? Icon::ChevD : Icon::ChevR, Color::TextMuted, side, devicePixelRatioF()));
}

void setUpSearchField(QLineEdit* field, const QString& name)
{
    field->setPlaceholderText(name);
    field->setAccessibleName(name);
    field->setClearButtonEnabled(true);
    field->addAction(themeIcon(Icon::Search), QLineEdit::LeadingPosition)->setText(name);
    for (QAbstractButton* b : field->findChildren<QAbstractButton*>())
        if (b->accessibleName().isEmpty()) b->setAccessibleName(b->toolTip().isEmpty() ? UnitTree::tr("Clear") : b->toolTip());
}

void setUpTable(QTreeWidget* table, const QString& name, const QStringList& headers, int rowHeight)
{
    table->setAccessibleName(name);
    table->setRootIsDecorated(false);
    table->setUniformRowHeights(true);
    table->setItemsExpandable(false);
    table->setIndentation(0);
    table->setHeaderLabels(headers);
    table->setItemDelegate(new CellDelegate(rowHeight, table));
    table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    table->setFrameShape(QFrame::NoFrame);
    QHeaderView* header = table->header();
    header->setStretchLastSection(false);
    header->setSectionsMovable(false);
    header->setSectionResizeMode(QHeaderView::ResizeToContents);
    header->setSectionResizeMode(0, QHeaderView::Stretch);
    header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
}

} // namespace zt::document_ui
