#include "zt/widgets/row_delegate.h"

#include "paint.h"

#include <QtWidgets>
#include <QCache>
#include <QTextLayout>

namespace zt::widgets {

namespace {

struct TitleKey {
    QString text;
    int width, indent;
    bool bold;
    bool operator==(const TitleKey&) const = default;
};
size_t qHash(const TitleKey& k, size_t seed = 0) { return qHashMulti(seed, k.text, k.width, k.indent, k.bold); }

struct Title {
    std::unique_ptr<QTextLayout> layout;
    int lines = 0;
};

void breakLines(QTextLayout& layout, int width, int indent, int* lines)
{
    layout.beginLayout();
    for (QTextLine line = layout.createLine(); line.isValid() && *lines < 2; line = layout.createLine(), ++*lines) {
        const int left = *lines == 0 ? indent : 0;
        line.setLineWidth(width - left);
        line.setPosition({qreal(left), qreal(*lines * px(Px::TitleLine))});
    }
    layout.endLayout();
}

Title layOut(const TitleKey& key)
{
    QFont f = typeFont(Type::Body);
    f.setBold(key.bold);
    QTextOption wrap;
    wrap.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    const auto make = [&](const QString& text) {
        Title t{std::make_unique<QTextLayout>(text, f), 0};
        t.layout->setTextOption(wrap);
        t.layout->setCacheEnabled(true);
        breakLines(*t.layout, key.width, key.indent, &t.lines);
        return t;
    };
    Title title = make(key.text);
    if (title.lines == 2) {
        const QTextLine last = title.layout->lineAt(1);
        if (last.textStart() + last.textLength() < key.text.size()) {
            const QString rest = QFontMetrics(f).elidedText(key.text.mid(last.textStart()), Qt::ElideRight, key.width);
            title = make(key.text.left(last.textStart()) + rest);
        }
    }
    return title;
}

// Asked of every row at each layout, so most are decided without measuring: Chinese is as wide as the font is high, and nothing is wider.
bool onOneLine(const QWidget* view, const QModelIndex& index)
{
    auto* area = qobject_cast<const QAbstractScrollArea*>(view);
    if (!area) return false;
    int room = area->viewport()->width() - px(Px::Indent) - px(Px::Space4);
    if (const auto urgency = Urgency(index.data(role::Urgency).toInt()); urgency != Urgency::None) room -= urgencyWidth(urgency) + px(Px::DotGap);
    const QString title = index.data(role::Title).toString();
    const int em = int(kTypes[int(Type::Body)].size * Theme::current().scale() + 0.5);
    if (title.size() * em <= room) return true;
    constexpr char16_t kHanFrom = 0x4E00, kHanTo = 0x9FFF;
    if (std::count_if(title.begin(), title.end(), [](QChar c) { return c.unicode() >= kHanFrom && c.unicode() <= kHanTo; }) * em > room) return false;
    QFont font = typeFont(Type::Body);
    font.setBold(index.data(role::Unread).toBool());
    return QFontMetrics(font).horizontalAdvance(title) <= room;
}

QColor dueColor(const QModelIndex& index, int toneRole)
{
    const Tone tone = Tone(index.data(toneRole).toInt());
    return color(tone == Tone::Neutral ? Color::TextMuted : toneColors(tone).text);
}

void paintSection(QPainter* painter, const QRect& box, const QString& text, const QString& note)
{
    painter->fillRect(box, color(Color::SurfaceSunken));
    painter->fillRect(QRect(box.left(), box.bottom(), box.width(), px(Px::LineHairline)), color(Color::BorderSubtle));
    painter->setFont(typeFont(Type::Caption));
    painter->setPen(color(Color::TextMuted));
    const QRect inner = box.adjusted(px(Px::Indent), 0, -px(Px::Space4), 0);
    painter->drawText(inner, int(Qt::AlignVCenter) | int(Qt::AlignLeft), text);
    if (!note.isEmpty()) painter->drawText(inner, int(Qt::AlignVCenter) | int(Qt::AlignRight), note);
}

void paintGround(QPainter* painter, const QStyleOptionViewItem& option)
{
    const bool selected = option.state & QStyle::State_Selected, active = option.state & QStyle::State_Active;
    const bool focused = option.widget && option.widget->hasFocus() && active;
    const Color ground = selected ? focused ? Color::SurfaceSelected : Color::SurfaceSelectedInactive
                                  : option.state & QStyle::State_MouseOver ? Color::SurfaceHover : Color::Surface;
    painter->fillRect(option.rect, color(ground));
    if (selected && focused) painter->fillRect(QRect(option.rect.topLeft(), QSize(px(Px::LineMarker), option.rect.height())), color(Color::AccentText));
    painter->fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), px(Px::LineHairline)), color(Color::BorderSubtle));
}

// Attachments at the right, and a clock for what has not reached the hub; returns the width taken.
int paintMarks(QPainter* painter, const QRect& line, const QModelIndex& index)
{
    const int side = px(Px::IconSmall), gap = px(Px::TextGap);
    int right = line.right() + 1;
    const auto mark = [&](Icon name, const QString& text) {
        const int width = painter->fontMetrics().horizontalAdvance(text);
        painter->drawText(QRect(right - width, line.top(), width, line.height()), Qt::AlignVCenter, text);
        right -= width + (text.isEmpty() ? 0 : gap) + side;
        painter->drawPixmap(right, line.center().y() - side / 2 + 1, Theme::current().pixmap(name, Color::TextMuted, side, ratioOf(painter)));
        right -= px(Px::Space2);
    };
    painter->setPen(color(Color::TextMuted));
    if (const int n = index.data(role::Attachments).toInt()) mark(Icon::Attach, QString::number(n));
    if (index.data(role::Pending).toBool()) mark(Icon::CloudUp, {});
    return line.right() + 1 - right;
}

} // namespace

struct RowDelegate::Cache {
    QCache<TitleKey, Title> titles{400};
};

RowDelegate::RowDelegate(QObject* parent) : QStyledItemDelegate(parent), m_cache(std::make_unique<Cache>())
{
    connect(&Theme::current(), &Theme::changed, this, [this] { m_cache->titles.clear(); });
}

RowDelegate::~RowDelegate() = default;

QSize RowDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const bool section = !index.data(role::Section).toString().isEmpty();
    // Compact rows are all of one height: two lines of title take the room of the line below.
    const bool low = !section && !Theme::current().compact() && onOneLine(option.widget, index);
    return {px(Px::Space16), section ? px(Px::SectionRow) : px(Px::Row3) - (low ? px(Px::TitleLine) : 0)};
}

void RowDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    painter->save();
    if (const QString heading = index.data(role::Section).toString(); !heading.isEmpty()) {
        paintSection(painter, option.rect, heading, index.data(role::SectionNote).toString());
    } else {
        paintGround(painter, option);
        const int pad = Theme::current().compact() ? px(Px::Space2) : px(Px::Space2) + px(Px::Space1) / 2;
        paintBody(painter, option.rect.adjusted(px(Px::Indent), pad, -px(Px::Space4), -pad), index);
        const bool kbd = option.widget && option.widget->property("kbd").toBool();
        if (kbd && option.state & QStyle::State_HasFocus) drawFocusFrame(painter, option.rect.adjusted(0, 0, 0, -px(Px::LineHairline)));
    }
    painter->restore();
}

void RowDelegate::paintBody(QPainter* painter, const QRect& body, const QModelIndex& index) const
{
    const bool unread = index.data(role::Unread).toBool(), unavailable = index.data(role::Unavailable).toBool();
    const auto urgency = Urgency(index.data(role::Urgency).toInt());
    const int line = px(Px::TitleLine), small = Theme::current().line(Type::Label);
    if (unread) {
        const int dot = px(Px::UnreadDot);
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        painter->setBrush(color(Color::AccentText));
        painter->drawEllipse(QRectF(body.left() - (px(Px::Indent) + dot) / 2.0 + 1, body.top() + (line - dot) / 2.0, dot, dot));
    }
    const int tag = urgencyWidth(urgency);
    if (tag) drawUrgency(painter, {body.left(), body.top() + (line - px(Px::TagHeight)) / 2}, urgency);

    const TitleKey key{index.data(role::Title).toString(), body.width(), tag ? tag + px(Px::DotGap) : 0, unread};
    Title* title = m_cache->titles.object(key);
    if (!title) m_cache->titles.insert(key, title = new Title(layOut(key)));
    painter->setPen(color(unavailable ? Color::TextDisabled : Color::Text));
    // A layout's line is as high as the font asks; ours is lower, so the text is set on the line by its middle.
    const QTextLine first = title->layout->lineCount() ? title->layout->lineAt(0) : QTextLine();
    const qreal lift = first.isValid() ? (line - first.height()) / 2 : 0;
    title->layout->draw(painter, QPointF(body.left(), body.top() + lift));

    painter->setFont(typeFont(Type::Label));
    painter->setPen(color(Color::TextMuted));
    const QStringList meta = index.data(role::Meta).toStringList();
    const QString due = index.data(role::Due).toString();
    int y = body.top() + std::max(1, title->lines) * line;
    // Compact rows hold three lines: with a title of two, what is due and from whom share the third.
    const bool joined = Theme::current().compact() && title->lines > 1;
    if (!joined) {
        drawFields(painter, QRect(body.left(), y, body.width(), small), meta);
        y += small;
    }
    QRect last(body.left(), y, body.width(), small);
    last.setWidth(last.width() - paintMarks(painter, last, index));
    painter->setPen(dueColor(index, role::DueTone));
    if (!joined) return drawFields(painter, last, {due});
    drawFields(painter, last, {due});
    const int used = due.isEmpty() ? 0 : painter->fontMetrics().horizontalAdvance(due) + px(Px::Space3);
    if (used >= last.width()) return;
    painter->setPen(color(Color::TextMuted));
    drawFields(painter, last.adjusted(used, 0, 0, 0), meta);
}

RowList::RowList(const QString& name, QWidget* parent) : QListView(parent)
{
    setAccessibleName(name);
    setItemDelegate(new RowDelegate(this));
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setSelectionMode(ExtendedSelection);
    setResizeMode(Adjust);
    setMouseTracking(true);
    viewport()->setAttribute(Qt::WA_Hover);
    setTabKeyNavigation(false);
    connect(&Theme::current(), &Theme::changed, this, [this] { scheduleDelayedItemsLayout(); });
    connect(this, &QListView::doubleClicked, this, [this](const QModelIndex& i) { Q_EMIT opened(i, true); });
}

void RowList::keyPressEvent(QKeyEvent* event)
{
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && currentIndex().isValid()) {
        Q_EMIT opened(currentIndex(), event->modifiers().testFlag(Qt::ControlModifier));
        event->accept();
        return;
    }
    QListView::keyPressEvent(event);
}

void RowList::currentChanged(const QModelIndex& current, const QModelIndex& previous)
{
    QListView::currentChanged(current, previous);
    Q_EMIT currentMoved(current);
}

} // namespace zt::widgets
