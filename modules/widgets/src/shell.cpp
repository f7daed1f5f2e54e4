#include "zt/widgets/shell.h"

#include "shell_parts.h"
#include "zt/widgets/controls.h"
#include "zt/widgets/panes.h"
#include "zt/widgets/states.h"

#include <QtWidgets>

namespace zt::widgets {

struct Shell::Module {
    QString id, title;
    Factory factory;
    RailButton* button = nullptr;
    QWidget* widget = nullptr;
    QList<QPair<QString, QString>> keys;
    bool bottom = false;
};

Shell::Shell(QWidget* parent) : QMainWindow(parent)
{
    auto* body = new QWidget;
    auto* column = new QVBoxLayout(body);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* below = new QHBoxLayout;
    below->setSpacing(0);
    // The rail is made first: the order of making is the order of Tab.
    buildRail();
    buildTop();
    m_stack = new QStackedWidget;
    column->addWidget(m_top);
    column->addLayout(below, 1);
    below->addWidget(m_rail);
    below->addWidget(m_stack, 1);
    setCentralWidget(body);
    setWindowIcon(Theme::current().appIcon());
    setMinimumSize(px(Px::MinWindowWidth), px(Px::MinWindowHeight));
    bindKeys();
    retheme();
    connect(&Theme::current(), &Theme::changed, this, &Shell::retheme);
}

Shell::~Shell() = default;

void Shell::buildRail()
{
    m_rail = new QFrame;
    m_rail->setObjectName(QStringLiteral("Rail"));
    m_rail->setAccessibleName(tr("Modules"));
    m_rail->setProperty("pane", QStringLiteral("rail"));
    auto* column = new QVBoxLayout(m_rail);
    column->setContentsMargins(0, 0, 0, 0);
    m_railTop = new QVBoxLayout;
    m_railBottom = new QVBoxLayout;
    column->addLayout(m_railTop);
    column->addStretch(1);
    column->addLayout(m_railBottom);
}

void Shell::buildTop()
{
    m_top = new QFrame;
    m_top->setObjectName(QStringLiteral("TopBar"));
    m_top->setAccessibleName(tr("Top bar"));
    m_top->setProperty("pane", QStringLiteral("top"));
    auto* grid = new QGridLayout(m_top);
    grid->setContentsMargins(0, 0, px(Px::Space3), 1);
    grid->setHorizontalSpacing(px(Px::Space2));
    grid->setColumnStretch(0, 1);
    grid->setColumnStretch(2, 1);

    auto* left = new QHBoxLayout;
    left->setSpacing(2);
    left->addWidget(m_brand = new BrandMark);
    left->addWidget(m_back = new IconButton(Icon::ChevL, tr("Back"), QKeySequence(Qt::ALT | Qt::Key_Left)));
    left->addWidget(m_forward = new IconButton(Icon::ChevR, tr("Forward"), QKeySequence(Qt::ALT | Qt::Key_Right)));
    left->addSpacing(px(Px::Space2));
    left->addWidget(m_title = new ElidedLabel({}, "subtitle"), 1);
    grid->addLayout(left, 0, 0);

    auto* search = new SearchButton;
    grid->addWidget(m_search = search, 0, 1);

    auto* right = new QHBoxLayout;
    right->setSpacing(px(Px::TextGap));
    right->addStretch(1);
    right->addWidget(m_sync = new Pill);
    right->addWidget(m_attention = new Pill);
    right->addWidget(m_lock = new IconButton(Icon::Lock, tr("Lock"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_L)));
    auto* user = new UserButton;
    right->addWidget(m_user = user);
    grid->addLayout(right, 0, 2);

    m_back->setSmall(true);
    m_forward->setSmall(true);
    m_back->setEnabled(false);
    m_forward->setEnabled(false);
    m_attention->hide();
    connect(m_back, &QToolButton::clicked, this, [this] { go(-1); });
    connect(m_forward, &QToolButton::clicked, this, [this] { go(1); });
    connect(search, &QToolButton::clicked, this, &Shell::searchRequested);
    connect(m_sync, &QToolButton::clicked, this, &Shell::syncClicked);
    connect(m_attention, &QToolButton::clicked, this, &Shell::attentionClicked);
    connect(m_lock, &QToolButton::clicked, this, &Shell::lockRequested);
    connect(user, &QToolButton::clicked, this, &Shell::userClicked);
}

void Shell::bindKeys()
{
    const auto bind = [this](const QKeySequence& key, auto act) { connect(new QShortcut(key, this), &QShortcut::activated, this, act); };
    for (int n = 1; n <= 7; ++n) {
        bind(QKeySequence(Qt::CTRL | Qt::Key(Qt::Key_0 + n)), [this, n] {
            int seen = 0;
            for (auto& m : m_modules)
                if (!m->bottom && ++seen == n) return open(*m);
        });
    }
    bind(QKeySequence(Qt::CTRL | Qt::Key_0), [this] {
        for (auto& m : m_modules)
            if (m->bottom) return open(*m);
    });
    bind(QKeySequence(Qt::CTRL | Qt::Key_K), [this] { Q_EMIT searchRequested(); });
    bind(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_L), [this] { Q_EMIT lockRequested(); });
    bind(QKeySequence(Qt::Key_F6), [this] { nextPane(false); });
    bind(QKeySequence(Qt::SHIFT | Qt::Key_F6), [this] { nextPane(true); });
    bind(QKeySequence(Qt::ALT | Qt::Key_Left), [this] { go(-1); });
    bind(QKeySequence(Qt::ALT | Qt::Key_Right), [this] { go(1); });
    bind(QKeySequence(Qt::Key_F1), [this] { showKeys(); });
}

void Shell::addModule(const QString& id, Icon icon, const QString& title, Factory factory) { add(id, icon, title, std::move(factory), false); }
void Shell::addBottomModule(const QString& id, Icon icon, const QString& title, Factory factory) { add(id, icon, title, std::move(factory), true); }

void Shell::add(const QString& id, Icon icon, const QString& title, Factory factory, bool bottom)
{
    int n = 0;
    for (const auto& m : m_modules) n += m->bottom == bottom;
    const bool keyed = bottom ? n == 0 : n < 7;
    const QKeySequence key = keyed ? QKeySequence(Qt::CTRL | Qt::Key(Qt::Key_0 + (bottom ? 0 : n + 1))) : QKeySequence();
    auto module = std::make_unique<Module>();
    module->id = id;
    module->title = title;
    module->factory = std::move(factory);
    module->bottom = bottom;
    module->button = new RailButton(icon, title, key, m_rail);
    Module* raw = module.get();
    connect(raw->button, &QToolButton::clicked, this, [this, raw] { open(*raw); });
    (bottom ? m_railBottom : m_railTop)->addWidget(raw->button, 0, Qt::AlignHCenter);
    m_modules.push_back(std::move(module));
    layOutTop();
}

Shell::Module* Shell::find(const QString& id)
{
    for (auto& m : m_modules)
        if (m->id == id) return m.get();
    return nullptr;
}

QWidget* Shell::module(const QString& id)
{
    Module* m = find(id);
    if (!m) return nullptr;
    if (!m->widget) m_stack->addWidget(m->widget = m->factory());
    return m->widget;
}

void Shell::show(const QString& id)
{
    if (Module* m = find(id)) open(*m);
}

void Shell::open(Module& m)
{
    const bool same = currentModule() == m.id;
    m.button->setChecked(true);
    m_stack->setCurrentWidget(module(m.id));
    m_title->setText(m.title);
    if (same) return;
    if (!m_moving) pushHistory({});
    Q_EMIT moduleShown(m.id);
}

QString Shell::currentModule() const
{
    for (const auto& m : m_modules)
        if (m->widget && m->widget == m_stack->currentWidget()) return m->id;
    return {};
}

void Shell::setBadge(const QString& id, int count, Tone tone)
{
    if (Module* m = find(id)) m->button->setBadge(count, tone);
}

void Shell::setSync(Tone tone, Icon icon, const QString& text) { m_sync->setState(tone, icon, text); }

void Shell::setAttention(int count)
{
    m_attention->setState(Tone::Danger, Icon::Warn, tr("Needs attention %n", "pill in the top bar", count));
    m_attention->setVisible(count > 0);
}

void Shell::setUser(const QString& name) { static_cast<UserButton*>(m_user)->setName(name); }

UndoBar* Shell::undoBar()
{
    if (!m_undo) {
        m_undo = new UndoBar(centralWidget());
        auto* key = new QShortcut(QKeySequence::Undo, this);
        connect(key, &QShortcut::activated, m_undo, &UndoBar::undo);
        // In a text field Ctrl+Z is the field's own.
        const auto fit = [key](QWidget*, QWidget* now) {
            key->setEnabled(!now || !(now->inherits("QLineEdit") || now->inherits("QTextEdit") || now->inherits("QPlainTextEdit")));
        };
        fit(nullptr, QApplication::focusWidget());
        connect(qApp, &QApplication::focusChanged, key, fit);
    }
    return m_undo;
}

void Shell::setKeys(const QString& id, const QList<QPair<QString, QString>>& keys)
{
    if (Module* m = find(id)) m->keys = keys;
}

void Shell::pushHistory(const QVariant& place)
{
    constexpr int kDeepest = 50;
    const QString id = currentModule();
    if (m_at >= 0 && m_history[m_at].id == id && m_history[m_at].place == place) return;
    m_history.resize(m_at + 1);
    m_history.push_back({id, place});
    if (m_history.size() > kDeepest) m_history.erase(m_history.begin());
    m_at = int(m_history.size()) - 1;
    m_back->setEnabled(m_at > 0);
    m_forward->setEnabled(false);
}

void Shell::go(int step)
{
    const int to = m_at + step;
    if (to < 0 || to >= int(m_history.size())) return;
    m_at = to;
    const Place place = m_history[to];
    m_moving = true;
    show(place.id);
    if (place.place.isValid()) Q_EMIT placeRequested(place.id, place.place);
    m_moving = false;
    m_back->setEnabled(m_at > 0);
    m_forward->setEnabled(m_at + 1 < int(m_history.size()));
}

namespace {

bool takesFocus(const QWidget* w) { return w->isVisible() && w->isEnabled() && (w->focusPolicy() & Qt::TabFocus) && !w->focusProxy(); }

QWidget* firstFocus(QWidget* pane)
{
    if (takesFocus(pane)) return pane;
    for (QWidget* w = pane->nextInFocusChain(); w != pane; w = w->nextInFocusChain()) {
        auto* button = qobject_cast<QAbstractButton*>(w);
        if (pane->isAncestorOf(w) && takesFocus(w) && !(button && button->autoExclusive() && !button->isChecked())) return w;
    }
    return nullptr;
}

void collectPanes(QWidget* root, QList<QWidget*>& out)
{
    for (QObject* child : root->children()) {
        auto* w = qobject_cast<QWidget*>(child);
        if (!w || !w->isVisible()) continue;
        if (w->property("pane").isValid() && !w->accessibleName().isEmpty()) {
            if (firstFocus(w)) out << w;
        } else {
            collectPanes(w, out);
        }
    }
}

} // namespace

void Shell::nextPane(bool back)
{
    QList<QWidget*> panes{m_rail, m_top};
    QList<QWidget*> inside;
    collectPanes(m_stack, inside);
    // As the eye goes: splitters keep their children in an order of their own.
    std::stable_sort(inside.begin(), inside.end(), [this](const QWidget* a, const QWidget* b) {
        const QPoint p = a->mapTo(this, QPoint()), q = b->mapTo(this, QPoint());
        return p.x() != q.x() ? p.x() < q.x() : p.y() < q.y();
    });
    panes += inside;
    QWidget* focus = QApplication::focusWidget();
    int at = -1;
    for (int i = 0; i < panes.size(); ++i)
        if (focus && (panes[i] == focus || panes[i]->isAncestorOf(focus))) at = i;
    for (int n = 1; n <= panes.size(); ++n) {
        const int i = (at + (back ? -n : n) + 2 * int(panes.size())) % int(panes.size());
        if (QWidget* w = firstFocus(panes[i])) return w->setFocus(Qt::ShortcutFocusReason);
    }
}

void Shell::showKeys()
{
    auto* dialog = new QDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Keys of this screen"));
    auto* grid = new QGridLayout(dialog);
    const int pad = px(Px::Space6);
    grid->setContentsMargins(pad, pad, pad, pad);
    grid->setHorizontalSpacing(pad);
    grid->setVerticalSpacing(px(Px::Space2));
    QList<QPair<QString, QString>> keys;
    if (Module* m = find(currentModule())) keys = m->keys;
    keys << QPair{QStringLiteral("Ctrl+K"), tr("Search everything")} << QPair{QStringLiteral("Ctrl+1 … 7"), tr("Modules")}
         << QPair{QStringLiteral("Ctrl+0"), tr("Sync centre")} << QPair{QStringLiteral("F6, Shift+F6"), tr("Next or previous pane")}
         << QPair{QStringLiteral("Alt+Left, Alt+Right"), tr("Back or forward")} << QPair{QStringLiteral("Ctrl+Shift+L"), tr("Lock")}
         << QPair{QStringLiteral("F1"), tr("This list")};
    const int half = (int(keys.size()) + 1) / 2;
    for (int i = 0; i < keys.size(); ++i) {
        grid->addWidget(makeLabel(keys[i].first, "strong"), i % half, i / half * 2);
        grid->addWidget(makeLabel(keys[i].second), i % half, i / half * 2 + 1);
    }
    auto* close = new Button(tr("Close"));
    grid->addWidget(close, half, 3, Qt::AlignRight);
    connect(close, &QPushButton::clicked, dialog, &QDialog::accept);
    dialog->open();
    close->setFocus(Qt::ShortcutFocusReason);
}

void Shell::resizeEvent(QResizeEvent* event)
{
    QMainWindow::resizeEvent(event);
    refit();
}

WidthClass Shell::widthClassOf(QSize size)
{
    // Thresholds grow with the text, so a large text size follows the same rules as a narrow window.
    const int w = size.width(), h = size.height();
    return w <= px(Px::BreakStack) ? WidthClass::Stack : w <= px(Px::BreakNarrow) ? WidthClass::Narrow
        : w <= px(Px::BreakCompactWidth) || h <= px(Px::BreakCompactHeight) ? WidthClass::Compact : WidthClass::Full;
}

void Shell::refit()
{
    const WidthClass now = widthClassOf(size());
    if (now != m_width) {
        m_width = now;
        layOutTop();
        Q_EMIT widthClassChanged(now);
    }
    const bool cramped = now != WidthClass::Full;
    // Queued: swapping the style sheet inside a resize would lay this window out twice within itself.
    QMetaObject::invokeMethod(&Theme::current(), [cramped] { Theme::current().setCramped(cramped); }, Qt::QueuedConnection);
}

void Shell::layOutTop()
{
    const bool stack = m_width == WidthClass::Stack, narrow = stack || m_width == WidthClass::Narrow;
    auto* search = static_cast<SearchButton*>(m_search);
    search->setWidth(narrow ? Px::SearchNarrow : Px::Search);
    search->setIconOnly(stack);
    static_cast<UserButton*>(m_user)->setIconOnly(stack);
    m_attention->setIconOnly(stack);
    const int pad = px(stack ? Px::TextGap : Px::RailPad);
    m_rail->layout()->setContentsMargins(pad - 1, stack ? pad : px(Px::Space2) + 2, pad, stack ? pad : px(Px::Space2) + 2);
    for (QVBoxLayout* column : {m_railTop, m_railBottom}) column->setSpacing(stack ? 2 : px(Px::TextGap));
    for (auto& m : m_modules) m->button->setIconOnly(stack);
    m_rail->setFixedWidth(px(stack ? Px::RailNarrow : Px::Rail));
    m_brand->setFixedWidth(px(stack ? Px::RailNarrow : Px::Rail));
    m_top->setFixedHeight(px(stack ? Px::TopbarNarrow : Px::Topbar));
}

void Shell::retheme()
{
    layOutTop();
    if (isVisible()) refit(); // before the first show the size means nothing
}

} // namespace zt::widgets
