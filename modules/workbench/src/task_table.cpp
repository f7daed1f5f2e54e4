#include "task_table.h"

#include "zt/widgets/row_roles.h"

#include <QtWidgets>

namespace zt::workbench {

using namespace widgets;

QSize TaskDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex& index) const
{
    return {px(Px::Space16), index.data(role::Section).toString().isEmpty() ? px(Px::Row1) + px(Px::Space2) : px(Px::SectionRow)};
}

void TaskDelegate::paint(QPainter* p, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    p->save();
    const QRect box = option.rect;
    const int pad = px(Px::Space4);
    const auto elided = [&](const QRect& r, const QString& s) { p->drawText(r, int(Qt::AlignVCenter) | int(Qt::AlignLeft), p->fontMetrics().elidedText(s, Qt::ElideRight, r.width())); };
    if (const QString heading = index.data(role::Section).toString(); !heading.isEmpty()) {
        p->fillRect(box, color(Color::SurfaceSunken));
        p->setFont(typeFont(Type::Caption));
        p->setPen(color(Color::TextMuted));
        elided(box.adjusted(pad, 0, -pad, 0), heading);
        return p->restore();
    }
    const bool selected = option.state & QStyle::State_Selected && option.state & QStyle::State_HasFocus;
    const bool hover = option.state & QStyle::State_MouseOver;
    p->fillRect(box, color(selected ? Color::SurfaceSelected : hover ? Color::SurfaceHover : Color::Surface));
    p->fillRect(QRect(box.left(), box.bottom(), box.width(), px(Px::LineHairline)), color(Color::BorderSubtle));
    if (selected) p->fillRect(QRect(box.left(), box.top(), px(Px::LineMarker), box.height()), color(Color::AccentText));
    const int side = px(Px::IconSmall);
    const bool unread = index.data(role::Unread).toBool(), pending = index.data(role::Pending).toBool();
    p->drawPixmap(box.left() + pad, box.center().y() - side / 2 + 1, Theme::current().pixmap(pending ? Icon::Clock : Icon::Doc, Color::TextMuted, side, p->device()->devicePixelRatioF()));
    // who from and due: a third of the width together, as in a table
    const int dueWidth = std::min(px(Px::Folders) + px(Px::Space2), box.width() / 3), fromWidth = box.width() > px(Px::PaletteHeight) ? px(Px::FoldersMin) : 0;
    QRect title(box.left() + pad + side + px(Px::Space3), box.top(), 0, box.height());
    title.setRight(box.right() - pad - dueWidth - fromWidth - px(Px::Space3));
    if (const auto urgency = Urgency(index.data(role::Urgency).toInt()); urgency != Urgency::None) {
        const bool most = urgency == Urgency::MostUrgent;
        p->save();
        p->setFont(typeFont(Type::Caption));
        const QString word = urgencyText(urgency);
        const QRect r(title.left(), title.center().y() - px(Px::TagHeight) / 2 + 1, p->fontMetrics().horizontalAdvance(word) + 2 * px(Px::TagPad), px(Px::TagHeight));
        p->setRenderHint(QPainter::Antialiasing);
        p->setPen(color(most ? Color::Urgent : Color::WarningBorder));
        p->setBrush(color(most ? Color::Urgent : Color::WarningSubtle));
        p->drawRoundedRect(QRectF(r).adjusted(.5, .5, -.5, -.5), px(Px::RadiusTag), px(Px::RadiusTag));
        p->setPen(color(most ? Color::TextOnUrgent : Color::WarningText));
        p->drawText(r, Qt::AlignCenter, word);
        p->restore();
        title.setLeft(r.right() + px(Px::DotGap));
    }
    p->setFont(typeFont(unread ? Type::BodyStrong : Type::Body));
    p->setPen(color(Color::Text));
    elided(title, index.data(role::Title).toString());
    p->setFont(typeFont(Type::Label));
    p->setPen(color(Color::TextSecondary));
    if (fromWidth) elided(QRect(title.right() + px(Px::Space3), box.top(), fromWidth - px(Px::Space3), box.height()), index.data(role::Meta).toStringList().value(0));
    const Tone tone = Tone(index.data(role::DueTone).toInt());
    p->setPen(color(tone == Tone::Neutral ? Color::TextSecondary : toneColors(tone).text));
    elided(QRect(box.right() - pad - dueWidth, box.top(), dueWidth, box.height()), index.data(role::Due).toString());
    p->restore();
}

HomePage::TaskTable::TaskTable(const QString& name)
{
    setAccessibleName(name);
    setItemDelegate(new TaskDelegate(this));
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollMode(ScrollPerPixel);
    setMouseTracking(true);
    viewport()->setAttribute(Qt::WA_Hover);
    setTabKeyNavigation(false);
    connect(&Theme::current(), &Theme::changed, this, [this] { scheduleDelayedItemsLayout(); });
}

int HomePage::TaskTable::contentHeight() const
{
    int height = 0;
    QStyleOptionViewItem option;
    for (int i = 0; model() && i < model()->rowCount(); ++i) height += itemDelegate()->sizeHint(option, model()->index(i, 0)).height();
    return height;
}

void HomePage::TaskTable::keyPressEvent(QKeyEvent* event)
{
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && currentIndex().isValid()) {
        Q_EMIT clicked(currentIndex());
        return;
    }
    QListView::keyPressEvent(event);
}

} // namespace zt::workbench
