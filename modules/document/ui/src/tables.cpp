#include "tables.h"

#include "zt/widgets/theme.h"

#include <QHeaderView>
#include <QPainter>

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
    painter->setPen(tone != Tone::Neutral ? toneColors(tone).text : color(index.column() == 0 ? Color::Text : Color::TextSecondary));
    painter->drawText(box, int(Qt::AlignVCenter) | int(Qt::AlignLeft), painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight, box.width()));
    if (option.state & QStyle::State_HasFocus && option.widget && option.widget->property("kbd").toBool() && index.column() == 0) {
        painter->setPen(QPen(color(Color::FocusRing), px(Px::LineFocus)));
        painter->drawRect(option.rect.adjusted(1, 1, -1, -2));
    }
}

QSize CellDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    return {QFontMetrics(typeFont(Type::Label)).horizontalAdvance(index.data().toString()) + px(Px::Space3) + px(Px::Space2) + 2, std::max(m_height, option.fontMetrics.height())};
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
