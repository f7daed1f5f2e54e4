#include "paint.h"
#include "zt/widgets/row_delegate.h"

#include <QtWidgets>
#include <QTextLayout>

namespace zt::widgets {

namespace {

struct Node {
    Icon icon;
    Color tint;
};

Node nodeOf(StepState state)
{
    switch (state) {
    case StepState::Current: return {Icon::Current, Color::AccentText};
    case StepState::Next: return {Icon::Circle, Color::TextMuted};
    case StepState::Returned: return {Icon::Return, Color::WarningText};
    case StepState::Pending: return {Icon::CloudUp, Color::WarningText};
    case StepState::Withdrawn: return {Icon::Withdraw, Color::TextMuted};
    case StepState::Done: break;
    }
    return {Icon::CheckCircle, Color::Success};
}

class TimelineDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        auto* view = qobject_cast<const QListView*>(option.widget);
        const int width = view ? view->viewport()->width() : option.rect.width();
        return {px(Px::Space16), place(QRect(0, 0, width, 0), index).bottom};
    }

    void paint(QPainter* p, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        p->save();
        const QRect box = option.rect;
        const Places at = place(box, index);
        const auto state = StepState(index.data(role::State).toInt());
        paintNode(p, box, index, state);
        paintHead(p, at.head, index, state);
        const Tone tone = Tone(index.data(role::TimeTone).toInt());
        p->setFont(typeFont(Type::Caption));
        p->setPen(color(tone == Tone::Neutral ? Color::TextMuted : toneColors(tone).text));
        drawFields(p, at.time, {index.data(role::Time).toString()});
        if (at.text.isValid()) {
            p->setFont(typeFont(Type::Body));
            p->setPen(color(Color::Text));
            drawText(p, at.text, index.data(role::Opinion).toString());
        }
        if (at.file.isValid()) paintFile(p, at.file, index);
        const bool kbd = option.widget && option.widget->property("kbd").toBool();
        if (kbd && option.state & QStyle::State_HasFocus) drawFocusFrame(p, box.adjusted(px(Px::TextGap), 0, -px(Px::TextGap), -px(Px::TextGap)));
        p->restore();
    }

    struct Places {
        QRect head, time, text, file;
        int bottom = 0;
    };

    static Places place(const QRect& box, const QModelIndex& index)
    {
        Places at;
        const int left = box.left() + px(Px::Space4) + px(Px::Space6), width = box.right() + 1 - px(Px::Space4) - left;
        int y = box.top() + px(Px::TextGap);
        const auto row = [&](int height) {
            const QRect r(left, y, width, height);
            y += height;
            return r;
        };
        at.head = row(Theme::current().line(Type::Body));
        if (!index.data(role::Time).toString().isEmpty()) at.time = row(Theme::current().line(Type::Caption));
        if (const QString text = index.data(role::Opinion).toString(); !text.isEmpty()) {
            y += px(Px::TextGap);
            at.text = row(lines(text, width) * Theme::current().line(Type::Body));
        }
        if (!index.data(role::FileName).toString().isEmpty()) {
            y += px(Px::DotGap);
            at.file = row(px(Px::Space8) - px(Px::LineFocus));
        }
        at.bottom = y - box.top() + px(Px::TimelineGap) - px(Px::TextGap);
        return at;
    }

private:
    template <class F>
    static int eachLine(const QString& text, int width, F use)
    {
        int n = 0;
        QTextOption wrap;
        wrap.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
        for (const QString& paragraph : text.split(QLatin1Char('\n'))) {
            QTextLayout layout(paragraph, typeFont(Type::Body));
            layout.setTextOption(wrap);
            layout.beginLayout();
            for (QTextLine line = layout.createLine(); line.isValid(); line = layout.createLine()) {
                line.setLineWidth(width);
                use(line, n++);
            }
            layout.endLayout();
            if (paragraph.isEmpty()) ++n;
        }
        return n;
    }

    static int lines(const QString& text, int width)
    {
        return eachLine(text, width, [](const QTextLine&, int) {});
    }

    static void drawText(QPainter* p, const QRect& box, const QString& text)
    {
        const int height = Theme::current().line(Type::Body);
        eachLine(text, box.width(), [&](const QTextLine& line, int n) {
            line.draw(p, QPointF(box.left(), box.top() + n * height + (height - line.height()) / 2) - line.position());
        });
    }

    static void paintNode(QPainter* p, const QRect& box, const QModelIndex& index, StepState state)
    {
        const int side = px(Px::TimelineNode), left = box.left() + px(Px::Space4);
        const int top = box.top() + px(Px::TextGap) + (Theme::current().line(Type::Body) - side) / 2;
        const int x = left + side / 2, gap = px(Px::TextGap) / 2;
        const QColor line = color(Color::Border);
        if (index.row() > 0) p->fillRect(QRect(QPoint(x, box.top()), QPoint(x, top - gap - 1)), line);
        if (index.row() + 1 < index.model()->rowCount(index.parent())) p->fillRect(QRect(QPoint(x, top + side + gap), QPoint(x, box.bottom())), line);
        const Node node = nodeOf(state);
        p->drawPixmap(left, top, Theme::current().pixmap(node.icon, node.tint, side, ratioOf(p)));
    }

    static void paintHead(QPainter* p, const QRect& box, const QModelIndex& index, StepState state)
    {
        const QString name = index.data(role::Name).toString();
        p->setFont(typeFont(state == StepState::Next ? Type::Body : Type::BodyStrong));
        p->setPen(color(state == StepState::Current ? Color::AccentText : state == StepState::Next ? Color::TextSecondary : Color::Text));
        const QString shown = p->fontMetrics().elidedText(name, Qt::ElideRight, box.width());
        p->drawText(box, int(Qt::AlignVCenter) | int(Qt::AlignLeft), shown);
        const int used = p->fontMetrics().horizontalAdvance(shown) + px(Px::Space2);
        p->setFont(typeFont(Type::Label));
        p->setPen(color(Color::TextMuted));
        drawFields(p, box.adjusted(used, 0, 0, 0), index.data(role::Post).toStringList());
    }

    static void paintFile(QPainter* p, const QRect& box, const QModelIndex& index)
    {
        p->save();
        p->setRenderHint(QPainter::Antialiasing);
        p->setPen(color(Color::Border));
        p->setBrush(color(Color::Surface));
        p->drawRoundedRect(QRectF(box).adjusted(.5, .5, -.5, -.5), px(Px::RadiusControl), px(Px::RadiusControl));
        p->restore();
        const int side = px(Px::IconSmall);
        p->drawPixmap(box.left() + px(Px::Space2), box.center().y() - side / 2 + 1, Theme::current().pixmap(Icon::File, Color::TextSecondary, side, ratioOf(p)));
        const QString size = index.data(role::FileSize).toString();
        QRect text = box.adjusted(px(Px::Space2) + side + px(Px::DotGap), 0, -px(Px::Space2), 0);
        p->setFont(typeFont(Type::Caption));
        p->setPen(color(Color::TextMuted));
        p->drawText(text, int(Qt::AlignVCenter) | int(Qt::AlignRight), size);
        text.setRight(text.right() - p->fontMetrics().horizontalAdvance(size) - px(Px::Space2));
        p->setFont(typeFont(Type::Label));
        p->setPen(color(Color::TextSecondary));
        p->drawText(text, int(Qt::AlignVCenter) | int(Qt::AlignLeft), p->fontMetrics().elidedText(index.data(role::FileName).toString(), Qt::ElideMiddle, text.width()));
    }
};

} // namespace

TimelineView::TimelineView(const QString& name, QWidget* parent) : QListView(parent)
{
    setAccessibleName(name);
    setItemDelegate(new TimelineDelegate(this));
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setResizeMode(Adjust);
    setSelectionMode(SingleSelection);
    setTabKeyNavigation(false);
    setViewportMargins(0, px(Px::Space3), 0, 0);
    connect(&Theme::current(), &Theme::changed, this, [this] { scheduleDelayedItemsLayout(); });
}

void TimelineView::keyPressEvent(QKeyEvent* event)
{
    const QModelIndex at = currentIndex();
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && at.isValid() && !at.data(role::FileName).toString().isEmpty()) {
        Q_EMIT fileOpened(at);
        return;
    }
    QListView::keyPressEvent(event);
}

void TimelineView::mouseReleaseEvent(QMouseEvent* event)
{
    QListView::mouseReleaseEvent(event);
    const QModelIndex at = indexAt(event->pos());
    if (event->button() == Qt::LeftButton && at.isValid() && TimelineDelegate::place(visualRect(at), at).file.contains(event->pos())) Q_EMIT fileOpened(at);
}

} // namespace zt::widgets
