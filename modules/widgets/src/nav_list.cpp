#include "zt/widgets/nav_list.h"

#include "paint.h"

#include <QtWidgets>

namespace zt::widgets {

namespace {

enum : int { Id = Qt::UserRole + 1, Glyph, Count, Heading };

class NavDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        const bool heading = index.data(Heading).toBool(), strip = isStrip(option);
        if (heading && strip) return {px(Px::FolderStrip) / 2, index.row() == 0 ? px(Px::Space2) : px(Px::Space3)};
        if (heading) return {px(Px::FolderStrip), px(Px::NavButton) + (index.row() == 0 ? 0 : px(Px::Space2))};
        return {px(Px::FolderStrip) / 2, std::max(px(Px::FolderRow), px(Px::TargetMin))};
    }

    void paint(QPainter* p, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        p->save();
        const bool strip = isStrip(option);
        const QRect box = option.rect.adjusted(px(Px::Space2), 0, -px(Px::Space2), 0);
        if (index.data(Heading).toBool()) {
            paintHeading(p, box, index, strip);
        } else {
            paintRow(p, box, option, index, strip);
        }
        p->restore();
    }

private:
    static bool isStrip(const QStyleOptionViewItem& option)
    {
        auto* view = qobject_cast<const NavList*>(option.widget);
        return view && view->isStrip();
    }

    static void paintHeading(QPainter* p, const QRect& box, const QModelIndex& index, bool strip)
    {
        if (strip) {
            if (index.row() > 0) p->fillRect(QRect(box.left() + px(Px::Space2), box.center().y(), box.width() - px(Px::Space4), px(Px::LineHairline)), color(Color::Border));
            return;
        }
        p->setFont(typeFont(Type::Caption));
        p->setPen(color(Color::TextMuted));
        const QRect line(box.left() + px(Px::Space2) + 2, box.bottom() + 1 - px(Px::NavButton), box.width(), px(Px::NavButton));
        p->drawText(line, int(Qt::AlignVCenter) | int(Qt::AlignLeft), index.data(Qt::DisplayRole).toString());
    }

    static void paintRow(QPainter* p, const QRect& box, const QStyleOptionViewItem& option, const QModelIndex& index, bool strip)
    {
        const bool on = option.state & QStyle::State_Selected, hover = option.state & QStyle::State_MouseOver;
        p->setRenderHint(QPainter::Antialiasing);
        if (on || hover) {
            p->setPen(Qt::NoPen);
            p->setBrush(color(on ? Color::SurfaceSelected : Color::SurfaceHover));
            p->drawRoundedRect(box, px(Px::RadiusControl), px(Px::RadiusControl));
        }
        const bool kbd = option.widget && option.widget->property("kbd").toBool();
        if (kbd && option.state & QStyle::State_HasFocus) drawFocusFrame(p, box);
        const int side = px(Px::IconDefault), y = box.center().y() - side / 2 + 1;
        const int x = strip ? box.center().x() - side / 2 + 1 : box.left() + px(Px::Space2) + 2;
        p->drawPixmap(x, y, Theme::current().pixmap(Icon(index.data(Glyph).toInt()), on ? Color::AccentText : Color::TextMuted, side, ratioOf(p)));
        const int count = index.data(Count).toInt();
        const QString number = count ? QString::number(count) : QString();
        p->setPen(color(on ? Color::AccentText : Color::TextMuted));
        if (strip) {
            p->setFont(typeFont(Type::Badge));
            if (count) p->drawText(box.adjusted(0, 0, -2, 0), int(Qt::AlignTop) | int(Qt::AlignRight), count > 99 ? QStringLiteral("99+") : number);
            return;
        }
        QFont small = typeFont(Type::Caption);
        small.setBold(on);
        p->setFont(small);
        QRect text = box.adjusted(x - box.left() + side + px(Px::Space2), 0, -px(Px::Space2) - 2, 0);
        p->drawText(text, int(Qt::AlignVCenter) | int(Qt::AlignRight), number);
        if (count) text.setRight(text.right() - p->fontMetrics().horizontalAdvance(number) - px(Px::Space2));
        p->setFont(typeFont(on ? Type::BodyStrong : Type::Body));
        p->setPen(color(on ? Color::AccentText : Color::TextSecondary));
        p->drawText(text, int(Qt::AlignVCenter) | int(Qt::AlignLeft), p->fontMetrics().elidedText(index.data(Qt::DisplayRole).toString(), Qt::ElideRight, text.width()));
    }
};

} // namespace

NavList::NavList(const QString& name, QWidget* parent) : QListView(parent), m_model(new QStandardItemModel(this))
{
    setAccessibleName(name);
    setProperty("pane", QStringLiteral("window"));
    setModel(m_model);
    setItemDelegate(new NavDelegate(this));
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollMode(ScrollPerPixel);
    setSelectionMode(SingleSelection);
    setEditTriggers(NoEditTriggers);
    setResizeMode(Adjust);
    setTabKeyNavigation(false);
    setMouseTracking(true);
    viewport()->setAttribute(Qt::WA_Hover);
    connect(&Theme::current(), &Theme::changed, this, [this] { scheduleDelayedItemsLayout(); });
}

void NavList::addHeading(const QString& text)
{
    auto* item = new QStandardItem(text);
    item->setFlags(Qt::NoItemFlags);
    item->setData(true, Heading);
    m_model->appendRow(item);
}

void NavList::addRow(const QVariant& id, Icon icon, const QString& text, int count)
{
    auto* item = new QStandardItem(text);
    item->setData(id, Id);
    item->setData(int(icon), Glyph);
    item->setToolTip(m_strip ? text : QString());
    m_model->appendRow(item);
    setCount(id, count);
}

void NavList::setCount(const QVariant& id, int count)
{
    const QModelIndex at = find(id);
    if (!at.isValid()) return;
    m_model->setData(at, count, Count);
    const QString text = at.data(Qt::DisplayRole).toString();
    m_model->setData(at, count ? tr("%1, %2", "folder, number of items").arg(text).arg(count) : text, Qt::AccessibleTextRole);
}

void NavList::setCurrent(const QVariant& id)
{
    if (const QModelIndex at = find(id); at.isValid()) setCurrentIndex(at);
}

QVariant NavList::current() const { return currentIndex().data(Id); }
void NavList::clear() { m_model->clear(); }

void NavList::setStrip(bool strip)
{
    if (m_strip == strip) return;
    m_strip = strip;
    for (int r = 0; r < m_model->rowCount(); ++r) {
        auto* item = m_model->item(r);
        item->setToolTip(strip ? item->text() : QString());
    }
    scheduleDelayedItemsLayout();
}

void NavList::currentChanged(const QModelIndex& current, const QModelIndex& previous)
{
    QListView::currentChanged(current, previous);
    if (current.isValid() && current.data(Id) != previous.data(Id)) Q_EMIT chosen(current.data(Id));
}

QModelIndex NavList::find(const QVariant& id) const
{
    for (int r = 0; r < m_model->rowCount(); ++r)
        if (m_model->item(r)->data(Id) == id && !m_model->item(r)->data(Heading).toBool()) return m_model->index(r, 0);
    return {};
}

} // namespace zt::widgets
