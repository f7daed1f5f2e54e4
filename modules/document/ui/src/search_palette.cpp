#include "zt/document_ui/search_palette.h"

#include "unit_picker.h"
#include "zt/widgets/controls.h"
#include "zt/widgets/labels.h"
#include "zt/widgets/panes.h"

#include <QtWidgets>

namespace zt::document_ui {

using namespace widgets;

namespace {

enum : int { KindRole = Qt::UserRole + 1, IdRole, MetaRole, SnippetRole, IconRole, UrgencyRole };
enum Kind { Heading, DocumentHit, PersonHit, CommandHit };
constexpr int kAgainMs = 500;
constexpr QChar kMarkOn(0xE000), kMarkOff(0xE001);

// Draws `text` with the words found on a coloured ground; marks are the store's.
void drawMarked(QPainter* p, QRect box, const QString& text)
{
    int x = box.left();
    bool on = false;
    QString run;
    const auto flush = [&] {
        if (run.isEmpty() || x >= box.right()) return run.clear();
        const QString shown = p->fontMetrics().elidedText(run, Qt::ElideRight, box.right() - x);
        const int width = p->fontMetrics().horizontalAdvance(shown);
        const QRect place(x, box.top(), width, box.height());
        if (on) p->fillRect(place.adjusted(0, 1, 0, -1), color(Color::Mark));
        p->save();
        if (on) p->setPen(color(Color::MarkText));
        p->drawText(place, int(Qt::AlignVCenter) | int(Qt::AlignLeft), shown);
        p->restore();
        x += width;
        run.clear();
    };
    for (const QChar c : text) {
        if (c != kMarkOn && c != kMarkOff) {
            run += c;
            continue;
        }
        flush();
        on = c == kMarkOn;
    }
    flush();
}

class HitDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex& index) const override
    {
        const int kind = index.data(KindRole).toInt();
        return {0, kind == Heading ? px(Px::SectionRow) : kind == CommandHit ? px(Px::Row1) : px(Px::Row2)};
    }
    void paint(QPainter* p, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        p->save();
        const QRect box = option.rect.adjusted(px(Px::Space2), 1, -px(Px::Space2), -1);
        if (index.data(KindRole).toInt() == Heading) {
            p->setFont(typeFont(Type::Caption));
            p->setPen(color(Color::TextMuted));
            p->drawText(box.adjusted(px(Px::Space3), 0, 0, 0), int(Qt::AlignVCenter), index.data().toString());
            return p->restore();
        }
        if (option.state & QStyle::State_Selected) {
            p->setRenderHint(QPainter::Antialiasing);
            p->setPen(Qt::NoPen);
            p->setBrush(color(Color::SurfaceSelected));
            p->drawRoundedRect(box, px(Px::RadiusControl), px(Px::RadiusControl));
        }
        const int side = px(Px::IconSmall), left = box.left() + px(Px::Space3);
        p->drawPixmap(left, box.center().y() - side / 2, Theme::current().pixmap(Icon(index.data(IconRole).toInt()), Color::TextMuted, side, p->device()->devicePixelRatioF()));
        QRect words = box.adjusted(px(Px::Space3) * 2 + side, 0, -px(Px::Space3), 0);
        const QString meta = index.data(MetaRole).toString();
        if (!meta.isEmpty()) words.adjust(0, px(Px::TextGap), 0, -px(Px::TextGap));
        QRect first = words;
        if (!meta.isEmpty()) first.setHeight(words.height() / 2);
        p->setFont(typeFont(option.state & QStyle::State_Selected ? Type::BodyStrong : Type::Body));
        p->setPen(color(Color::Text));
        if (const auto urgency = Urgency(index.data(UrgencyRole).toInt()); urgency != Urgency::None) {
            const QString word = urgencyText(urgency);
            QFont tag = typeFont(Type::Caption);
            p->save();
            p->setFont(tag);
            const int width = p->fontMetrics().horizontalAdvance(word) + 2 * px(Px::TagPad);
            const QRect r(first.left(), first.center().y() - px(Px::TagHeight) / 2, width, px(Px::TagHeight));
            const bool most = urgency == Urgency::MostUrgent;
            p->setRenderHint(QPainter::Antialiasing);
            p->setPen(most ? color(Color::Urgent) : color(Color::WarningBorder));
            p->setBrush(most ? color(Color::Urgent) : color(Color::WarningSubtle));
            p->drawRoundedRect(QRectF(r).adjusted(.5, .5, -.5, -.5), px(Px::RadiusTag), px(Px::RadiusTag));
            p->setPen(most ? color(Color::TextOnUrgent) : color(Color::WarningText));
            p->drawText(r, Qt::AlignCenter, word);
            p->restore();
            first.setLeft(r.right() + px(Px::DotGap));
        }
        drawMarked(p, first, index.data().toString());
        if (!meta.isEmpty()) {
            p->setFont(typeFont(Type::Label));
            p->setPen(color(Color::TextMuted));
            drawMarked(p, QRect(words.left(), first.bottom() + 1, words.width(), words.height() - first.height()), meta);
        }
        p->restore();
    }
};

QString mark(const QString& title, const QString& typed)
{
    if (typed.isEmpty()) return title;
    const qsizetype at = title.indexOf(typed, 0, Qt::CaseInsensitive);
    return at < 0 ? title : title.left(at) + kMarkOn + title.mid(at, typed.size()) + kMarkOff + title.mid(at + typed.size());
}

} // namespace

SearchPalette::SearchPalette(DeskPort& desk, QWidget* window)
    : QWidget(window), m_desk(desk), m_box(new QFrame(this)), m_query(new QLineEdit), m_list(new QListView), m_model(new QStandardItemModel(this)), m_preview(new QFrame), m_previewTitle(makeLabel({}, "strong", true)),
      m_previewText(new QTextEdit), m_order(makeLabel({}, "caption")), m_empty(makeLabel({}, "muted", true))
{
    hide();
    setAccessibleName(tr("Search"));
    m_box->setProperty("card", true);
    m_query->setPlaceholderText(tr("Search documents, opinions, attachments, people, commands"));
    m_query->setAccessibleName(tr("Search"));
    m_query->setProperty("big", true);
    m_query->installEventFilter(this);
    m_query->addAction(themeIcon(Icon::Search), QLineEdit::LeadingPosition)->setText(tr("Search"));
    m_scopes = new SegmentedControl(tr("Where to search"), {tr("All"), tr("Documents"), tr("People"), tr("Commands")});
    m_list->setModel(m_model);
    m_list->setItemDelegate(new HitDelegate(m_list));
    m_list->setAccessibleName(tr("Results"));
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setFocusPolicy(Qt::NoFocus);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setContentsMargins(px(Px::Space6), px(Px::Space6), px(Px::Space6), px(Px::Space6));
    m_preview->setProperty("pane", QStringLiteral("sunken"));
    auto* side = new QVBoxLayout(m_preview);
    side->setContentsMargins(px(Px::Space4), px(Px::Space4), px(Px::Space4), px(Px::Space4));
    side->addWidget(m_previewTitle);
    side->addWidget(m_previewText, 1);
    m_previewText->setReadOnly(true);
    m_previewText->setFocusPolicy(Qt::NoFocus);
    m_previewText->setProperty("bare", true);
    m_previewText->setProperty("pane", QStringLiteral("sunken"));
    m_previewText->setAccessibleName(tr("Where it was found"));
    m_previewText->document()->setDocumentMargin(0);
    m_previewTitle->setTextFormat(Qt::PlainText);
    for (const QString& key : {tr("Enter: open"), tr("Ctrl+Enter: in a new window"), tr("Esc: close")}) side->addWidget(makeLabel(key, "caption"));
    auto* middle = new QHBoxLayout;
    middle->setSpacing(0);
    middle->addWidget(m_list, 1);
    middle->addWidget(m_empty, 1);
    middle->addWidget(m_preview);
    auto* foot = new QHBoxLayout;
    foot->setContentsMargins(px(Px::Space4), px(Px::Space2), px(Px::Space4), px(Px::Space2));
    foot->addWidget(makeLabel(tr("Up, Down: choose    Tab: where    >: commands"), "caption"), 1);
    foot->addWidget(m_order);
    auto* top = new QVBoxLayout;
    top->setContentsMargins(px(Px::Space3), px(Px::Space3), px(Px::Space3), px(Px::Space2));
    top->setSpacing(px(Px::Space2));
    top->addWidget(m_query);
    top->addWidget(m_scopes, 0, Qt::AlignLeft);
    auto* all = new QVBoxLayout(m_box);
    all->setContentsMargins(1, 1, 1, 1);
    all->setSpacing(0);
    all->addLayout(top);
    all->addLayout(middle, 1);
    all->addLayout(foot);
    window->installEventFilter(this);
    connect(m_query, &QLineEdit::textChanged, this, &SearchPalette::ask);
    connect(m_scopes, &SegmentedControl::chosen, this, [this] {
        rebuild();
        m_query->setFocus();
    });
    connect(m_list, &QListView::clicked, this, [this](const QModelIndex& i) {
        m_list->setCurrentIndex(i);
        choose(false);
    });
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, &SearchPalette::showPreview);
}

void SearchPalette::setCommands(QVector<Command> commands) { m_commands = std::move(commands); }

void SearchPalette::open(const QString& words)
{
    if (!isVisible()) m_before = QApplication::focusWidget();
    place();
    QWidget::show();
    raise();
    m_query->setText(words);
    m_query->selectAll();
    m_query->setFocus(Qt::ShortcutFocusReason);
    ask();
}

void SearchPalette::close()
{
    hide();
    ++m_asked;
    if (m_before) m_before->setFocus(Qt::OtherFocusReason);
}

void SearchPalette::place()
{
    setGeometry(parentWidget()->rect());
    const int width = std::min(px(Px::PaletteWidth), this->width() - 2 * px(Px::Space4));
    const int top = std::min(px(Px::Topbar) + px(Px::Space6), this->height() / 12);
    const int height = std::min(px(Px::PaletteHeight), this->height() - top - px(Px::Space4));
    m_box->setGeometry((this->width() - width) / 2, top, width, height);
    m_preview->setFixedWidth(px(Px::Inspector) + px(Px::Space4));
    m_preview->setVisible(width >= px(Px::PaletteWidth));
}

void SearchPalette::ask()
{
    const quint64 number = ++m_asked;
    const QString typed = m_query->text().trimmed();
    if (typed.isEmpty() || typed.startsWith(u'>')) {
        m_answer = {};
        return rebuild();
    }
    m_desk.search(bytes(typed), whileAlive(this, [this, number](Result<store::SearchAnswer> answer) {
        if (number != m_asked || !isVisible()) return; // a later key has asked since
        if (answer) showAnswer(std::move(*answer));
        else if (answer.error().kind != Err::Cancelled) showAnswer({});
    }));
}

void SearchPalette::showAnswer(store::SearchAnswer answer)
{
    m_answer = std::move(answer);
    rebuild();
    if (!m_answer.building || !m_answer.hits.empty()) return;
    QTimer::singleShot(kAgainMs, this, [this, number = m_asked] { // what is not in the index yet comes to be found by itself
        if (number == m_asked && isVisible()) ask();
    });
}

void SearchPalette::addHeading(const QString& words)
{
    auto* item = new QStandardItem(words);
    item->setData(Heading, KindRole);
    item->setFlags(Qt::NoItemFlags);
    m_model->appendRow(item);
}

void SearchPalette::rebuild()
{
    QString typed = m_query->text().trimmed();
    const bool commandsOnly = typed.startsWith(u'>');
    if (commandsOnly) typed = typed.mid(1).trimmed();
    const int scope = commandsOnly ? int(Commands) : m_scopes->current();
    m_model->clear();
    const auto add = [&](Kind kind, const QString& id, const QString& title, const QString& meta, const QString& snippet, Icon icon, Urgency urgency) {
        auto* item = new QStandardItem(mark(title, typed));
        item->setData(kind, KindRole);
        item->setData(id, IdRole);
        item->setData(meta, MetaRole);
        item->setData(snippet, SnippetRole);
        item->setData(int(icon), IconRole);
        item->setData(int(urgency), UrgencyRole);
        item->setData((urgency == Urgency::None ? QString() : urgencyText(urgency) + tr(", ", "between the parts of a sentence read out")) + title + tr(", ", "between the parts of a sentence read out") + meta, Qt::AccessibleTextRole);
        m_model->appendRow(item);
    };
    bool headed = false;
    for (const store::SearchHit& h : m_answer.hits) {
        if (h.person || (scope != All && scope != Documents)) continue;
        if (!std::exchange(headed, true)) addHeading(tr("Documents"));
        QStringList meta;
        for (const std::string* s : {&h.row.party, &h.row.number})
            if (!s->empty()) meta << text(*s);
        meta << timeText(h.row.timeMs);
        add(DocumentHit, text(h.stream), text(h.row.title), meta.join(QStringLiteral("  ")), text(h.snippet), Icon::Doc, urgencyOf(h.row.urgency));
    }
    headed = false;
    for (const store::SearchHit& h : m_answer.hits) {
        if (!h.person || (scope != All && scope != People)) continue;
        if (!std::exchange(headed, true)) addHeading(tr("People"));
        add(PersonHit, text(h.stream), text(h.row.title), text(h.row.party), {}, Icon::Person, Urgency::None);
    }
    headed = false;
    const NameMatch match(typed);
    for (int i = 0; i < m_commands.size() && (scope == All || scope == Commands); ++i) {
        if (!match(bytes(m_commands[i].title))) continue;
        if (!std::exchange(headed, true)) addHeading(tr("Commands"));
        add(CommandHit, QString::number(i), m_commands[i].title, {}, {}, m_commands[i].icon, Urgency::None);
    }
    const bool none = m_model->rowCount() == 0;
    m_list->setVisible(!none);
    m_empty->setVisible(none);
    m_empty->setText(typed.isEmpty() ? tr("Type a word, a number or the initials of a name.") : m_answer.building ? tr("Nothing found so far. The index is still being built.") : tr("Nothing on this PC holds “%1”. Fewer words find more.").arg(typed));
    QString order;
    if (!m_answer.hits.empty()) order = m_answer.ranked ? tr("Best match first") : tr("Newest first");
    if (m_answer.more) order = tr("%1, more than shown").arg(order);
    if (m_answer.building) order = tr("%1, index still being built").arg(order);
    m_order->setText(order.isEmpty() ? tr("Searches this PC, also offline") : order);
    m_list->setCurrentIndex({});
    move(1);
    showPreview();
}

void SearchPalette::move(int by)
{
    const int rows = m_model->rowCount();
    int row = m_list->currentIndex().isValid() ? m_list->currentIndex().row() : (by > 0 ? -1 : rows);
    for (row += by; row >= 0 && row < rows; row += by)
        if (m_model->index(row, 0).data(KindRole).toInt() != Heading) {
            m_list->setCurrentIndex(m_model->index(row, 0));
            m_list->scrollTo(m_model->index(row, 0));
            return;
        }
}

int SearchPalette::resultCount() const
{
    int n = 0;
    for (int i = 0; i < m_model->rowCount(); ++i) n += m_model->index(i, 0).data(KindRole).toInt() != Heading;
    return n;
}

void SearchPalette::showPreview()
{
    const QModelIndex at = m_list->currentIndex();
    QString title = at.data().toString();
    m_previewTitle->setText(title.remove(kMarkOn).remove(kMarkOff));
    QString html = at.data(SnippetRole).toString().toHtmlEscaped();
    html.replace(kMarkOn, QStringLiteral("<span style=\"background-color:%1;color:%2\">").arg(color(Color::Mark).name(), color(Color::MarkText).name())).replace(kMarkOff, QStringLiteral("</span>"));
    const QString meta = at.data(MetaRole).toString().toHtmlEscaped();
    m_previewText->setHtml(html.isEmpty() ? meta : meta + QStringLiteral("<br><br>") + html);
}

void SearchPalette::choose(bool newWindow)
{
    const QModelIndex at = m_list->currentIndex();
    if (!at.isValid()) return;
    const int kind = at.data(KindRole).toInt();
    const QString id = at.data(IdRole).toString();
    close();
    if (kind == DocumentHit) Q_EMIT documentChosen(id, newWindow);
    else if (kind == PersonHit) Q_EMIT personChosen(id);
    else if (kind == CommandHit && m_commands.value(id.toInt()).run) m_commands[id.toInt()].run();
}

bool SearchPalette::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == parentWidget() && event->type() == QEvent::Resize && !isHidden()) place();
    if (watched != m_query || event->type() != QEvent::KeyPress) return QWidget::eventFilter(watched, event);
    auto* key = static_cast<QKeyEvent*>(event);
    const int page = std::max(1, m_list->height() / px(Px::Row2));
    switch (key->key()) {
    case Qt::Key_Down: move(1); return true;
    case Qt::Key_Up: move(-1); return true;
    case Qt::Key_PageDown:
        for (int i = 0; i < page; ++i) move(1);
        return true;
    case Qt::Key_PageUp:
        for (int i = 0; i < page; ++i) move(-1);
        return true;
    case Qt::Key_Return:
    case Qt::Key_Enter: choose(key->modifiers() & Qt::ControlModifier); return true;
    case Qt::Key_Escape: close(); return true;
    case Qt::Key_Tab:
    case Qt::Key_Backtab:
        m_scopes->setCurrent((m_scopes->current() + (key->key() == Qt::Key_Tab ? 1 : 3)) % 4);
        rebuild();
        return true;
    default: break;
    }
    return QWidget::eventFilter(watched, event);
}

void SearchPalette::paintEvent(QPaintEvent*)
{
    QPainter(this).fillRect(rect(), color(Color::Scrim));
}

void SearchPalette::mousePressEvent(QMouseEvent* event)
{
    if (!m_box->geometry().contains(event->pos())) close();
}

} // namespace zt::document_ui
