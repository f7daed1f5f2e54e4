#include "zt/document_ui/sync_centre_page.h"

#include "zt/widgets/controls.h"
#include "zt/widgets/error_text.h"
#include "zt/widgets/labels.h"
#include "zt/widgets/row_delegate.h"
#include "zt/widgets/states.h"

#include <QtWidgets>

namespace zt::document_ui {

using namespace widgets;

SyncCentrePage::SyncCentrePage(DeskPort& desk, QWidget* parent) : QFrame(parent), m_desk(desk), m_model(new OutboxModel(desk, this)), m_banner(new Banner), m_tick(new QTimer(this))
{
    m_banner->setSquare(true);
    QWidget* queue = makeQueue();
    QWidget* detail = makeDetail();
    m_panes = new ThreePane(nullptr, queue, detail);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(m_banner);
    all->addWidget(m_panes, 1);
    connect(m_banner, &Banner::action, this, [this] { m_desk.retryNow(); });
    connect(m_model, &RowsModel::answered, this, &SyncCentrePage::showRows);
    connect(&m_desk, &DeskPort::changed, this, [this](const desk::Change& c) {
        if (c.all || c.status) showStatus();
    });
    // The age of the data and the seconds to the next attempt move by themselves.
    m_tick->setInterval(1000);
    connect(m_tick, &QTimer::timeout, this, [this] {
        if (isVisible()) showStatus();
    });
    m_tick->start();
    showStatus();
    m_model->refresh();
}

QWidget* SyncCentrePage::makeQueue()
{
    auto* pane = new Pane("surface");
    pane->setAccessibleName(tr("Queue"));
    m_filter = new SegmentedControl(tr("What to show"), {tr("All"), tr("Attention"), tr("To send"), tr("Settled")});
    m_list = new RowList(tr("Queue"));
    m_list->setModel(m_model);
    m_noRows = new EmptyState(Icon::CloudOk, tr("Everything is sent"), tr("What you do without the network waits here."));
    m_listStack = new QStackedWidget;
    m_listStack->addWidget(m_list);
    m_listStack->addWidget(m_noRows);
    m_foot = makeLabel({}, "label", true);
    m_foot->setProperty("topline", true);
    m_foot->setContentsMargins(px(Px::Space4), px(Px::Space3), px(Px::Space4), px(Px::Space3));
    auto* head = new QHBoxLayout;
    head->setContentsMargins(px(Px::Space4), px(Px::Space3), px(Px::Space4), px(Px::Space3));
    head->addWidget(m_filter);
    head->addStretch(1);
    auto* column = new QVBoxLayout(pane);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(head);
    column->addWidget(m_listStack, 1);
    column->addWidget(m_foot);
    m_queue = pane;
    connect(m_filter, &SegmentedControl::chosen, this, [this](int i) { m_model->setFilter(OutboxModel::Filter(i)); });
    connect(m_list, &RowList::currentMoved, this, &SyncCentrePage::showItem);
    connect(m_list, &RowList::opened, this, [this] { m_panes->setReading(true); });
    return pane;
}

QWidget* SyncCentrePage::makeDetail()
{
    m_nothing = new EmptyState(Icon::Outbox, tr("Choose an item to see what became of it"));
    m_title = new ElidedLabel({}, "title");
    m_tag = new Tag({}, Tone::Neutral);
    m_facts = makeLabel({}, "label", true);
    m_what = makeLabel({}, "", true);
    m_words = new QPlainTextEdit;
    m_words->setReadOnly(true);
    m_words->setProperty("bare", true);
    m_words->setAccessibleName(tr("Your words"));
    m_problem = new Banner;
    m_problem->setMessage(Tone::Danger, {});
    m_bar = new ActionBar;
    m_open = new IconButton(Icon::Doc, tr("Open the document"));
    m_copy = new Button(Icon::Copy, tr("Copy words"), ButtonKind::Flat);
    m_takeBack = new Button(Icon::Undo, tr("Take back"), ButtonKind::Secondary);
    m_dismiss = new Button(Icon::Check, tr("Done"), ButtonKind::Secondary);
    m_add = new Button(Icon::Comment, tr("Add as opinion"), ButtonKind::Primary);
    for (Button* b : {m_copy, m_takeBack, m_dismiss, m_add}) {
        b->big();
        m_bar->addAction(b);
    }
    auto* titleRow = new QHBoxLayout;
    titleRow->setSpacing(px(Px::Space2));
    titleRow->addWidget(m_title);
    titleRow->addWidget(m_tag);
    titleRow->addStretch(1);
    titleRow->addWidget(m_open);
    auto* card = new Card(tr("What happened"));
    card->body()->addWidget(m_what);
    auto* words = new Card(tr("Your words"));
    words->body()->addWidget(m_words);
    words->body()->setContentsMargins(px(Px::Space1), px(Px::Space2), px(Px::Space1), px(Px::Space2)); // the field has its own
    words->setMaximumHeight(px(Px::Row3) * 3);
    auto* column = new QVBoxLayout;
    column->setContentsMargins(px(Px::Space6), px(Px::Space4), px(Px::Space6), px(Px::Space4));
    column->setSpacing(px(Px::Space3));
    column->addLayout(titleRow);
    column->addWidget(m_facts);
    column->addWidget(m_problem);
    column->addWidget(card);
    column->addWidget(words, 1);
    column->addStretch(1);
    auto* page = new Pane("window");
    page->setAccessibleName(tr("What became of it"));
    auto* all = new QVBoxLayout(page);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addLayout(column, 1);
    all->addWidget(m_bar);
    m_detail = new QStackedWidget;
    m_detail->addWidget(m_nothing);
    m_detail->addWidget(page);
    connect(m_open, &QToolButton::clicked, this, [this] {
        if (const auto* v = item()) Q_EMIT openRequested(text(v->stream));
    });
    connect(m_copy, &QPushButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(m_words->toPlainText());
        m_problem->setMessage(Tone::Success, tr("Copied."));
    });
    connect(m_add, &QPushButton::clicked, this, &SyncCentrePage::addAsOpinion);
    connect(m_dismiss, &QPushButton::clicked, this, [this] {
        if (const auto* v = item()) m_desk.dismiss(v->id, whileAlive(this, [this](Result<void> r) {
            if (!r) return m_problem->setMessage(Tone::Danger, errorText(r.error().kind, ErrContext::Store));
            settle({});
        }));
    });
    connect(m_takeBack, &QPushButton::clicked, this, [this] {
        if (const auto* v = item()) m_desk.takeBack(v->id, whileAlive(this, [this](Result<void> r) {
            if (r) return settle(tr("Taken back"));
            m_problem->setMessage(Tone::Warning, r.error().kind == Err::Conflict ? tr("It may have been sent already and cannot be taken back. Withdraw it in the document instead.") : errorText(r.error().kind, ErrContext::Store));
        }));
    });
    return m_detail;
}

void SyncCentrePage::setWidthClass(WidthClass width) { m_panes->setWidthClass(width); }

void SyncCentrePage::showAttention()
{
    m_filter->setCurrent(int(OutboxModel::Filter::Attention));
    m_model->setFilter(OutboxModel::Filter::Attention);
}

const desk::OutboxView* SyncCentrePage::item() const { return m_model->item(m_list->currentIndex()); }

void SyncCentrePage::showStatus()
{
    const desk::Status s = m_desk.status();
    const LinkWords words = linkText(s);
    const bool fine = s.link == desk::Link::Online && !s.closed && !s.alarm && !s.storeFailing && !s.clockWrong && factorText(s.secondFactor).isEmpty();
    const bool retry = s.link == desk::Link::NoNetwork || s.link == desk::Link::HubUnreachable;
    QString detail = words.detail;
    if (s.clockWrong) detail += QLatin1Char(' ') + tr("This PC's clock differs from the hub's by %n minutes.", nullptr, int(std::abs(s.behindClock) / 60000));
    if (retry && s.nextRetry) {
        const int seconds = int(std::max<Millis>(0, s.nextRetry - systemClock().steady()) / 1000);
        if (seconds > 0 && seconds < 3600) detail += QLatin1Char(' ') + tr("Next attempt in %n s.", nullptr, seconds);
    }
    m_banner->setMessage(words.tone, fine ? QString() : detail, retry ? tr("Retry now") : QString());
    m_banner->setIcon(words.icon);
    const desk::Me& me = m_desk.me();
    m_foot->setText(tr("Data on this PC is encrypted.\nLast heard from the hub: %1\nHub: %2", "foot of the queue").arg(s.lastContact ? momentText(s.lastContact) : tr("not yet"), text(me.hubAddress)));
}

void SyncCentrePage::showRows()
{
    using F = OutboxModel::Filter;
    const auto counted = [&](const QString& name, F f) { return m_model->count(f) && f != F::Settled ? tr("%1 %2", "tab, count").arg(name).arg(m_model->count(f)) : name; };
    m_filter->setText(1, counted(tr("Attention"), F::Attention));
    m_filter->setText(2, counted(tr("To send"), F::Waiting));
    m_queue->setMinimumWidth(m_filter->minimumSizeHint().width() + 2 * px(Px::Space4));
    if (m_model->error()) m_noRows->setText(Icon::Warn, tr("The queue could not be read"), errorText(*m_model->error(), ErrContext::Store));
    m_listStack->setCurrentIndex(m_model->itemCount() ? 0 : 1);
    if (!m_model->itemCount()) m_detail->setCurrentIndex(0);
    if (!m_list->currentIndex().isValid()) {
        for (int i = 0; i < m_model->rowCount(); ++i) {
            if (m_model->key(m_model->index(i)).isEmpty()) continue;
            m_list->setCurrentIndex(m_model->index(i));
            break;
        }
    }
    showItem(m_list->currentIndex());
}

void SyncCentrePage::showItem(const QModelIndex&)
{
    const desk::OutboxView* v = item();
    m_detail->setCurrentIndex(v ? 1 : 0);
    if (!v) return;
    const bool attention = v->state == sync::OutboxRow::Attention, waiting = v->state == sync::OutboxRow::Waiting;
    m_problem->setMessage(Tone::Danger, {});
    m_title->setText(v->title.empty() ? actText(v->command) : text(v->title));
    m_tag->setText(actText(v->command), Tone::Neutral);
    m_facts->setText(tr("Made on this PC %1").arg(momentText(v->madeMs)));
    if (waiting) m_what->setText(v->sent ? tr("It has been sent; the hub's answer is still missing. It is never applied twice.") : tr("It is kept on this PC and is sent as soon as the hub answers. Until then you can take it back."));
    else if (v->receipt) m_what->setText(outcomeText(v->receipt->outcome(), v->receipt->reason(), text(v->receipt->by_name()), v->receipt->by_ms()));
    else m_what->setText(outcomeText(wire::OUTCOME_UNKNOWN, v->stuck, {}, 0));
    const QString words = wordsOf(v->command);
    m_words->setPlainText(words.isEmpty() ? tr("(no words)") : words);
    m_open->setVisible(!v->stream.empty());
    m_copy->setVisible(!words.isEmpty());
    m_takeBack->setVisible(waiting && !v->sent);
    m_dismiss->setVisible(attention);
    m_add->setVisible(attention && !words.isEmpty() && !v->stream.empty());
}

void SyncCentrePage::addAsOpinion()
{
    const desk::OutboxView* v = item();
    if (!v) return;
    m_add->setEnabled(false);
    m_desk.addOpinion(v->stream, bytes(wordsOf(v->command)), v->id, whileAlive(this, [this](Result<desk::Desk::Done> done) {
        m_add->setEnabled(true);
        if (!done) return m_problem->setMessage(Tone::Danger, errorText(done.error().kind, ErrContext::Document));
        if (done->outcome != wire::APPLIED && done->outcome != wire::APPLIED_LATE) return m_problem->setMessage(Tone::Danger, outcomeText(done->outcome, done->reason, text(done->byName), 0));
        Q_EMIT acted(tr("Your words were added as an opinion"), QByteArray::fromStdString(done->id));
        m_model->refresh();
    }));
}

void SyncCentrePage::settle(const QString& words)
{
    if (!words.isEmpty()) Q_EMIT acted(words, {});
    m_list->setCurrentIndex({});
    m_model->refresh();
}

} // namespace zt::document_ui
