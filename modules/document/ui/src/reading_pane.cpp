#include "reading_pane.h"

#include "attachment_list.h"
#include "opinion_panel.h"
#include "process_view.h"
#include "sheets.h"
#include "versions_view.h"
#include "zt/document_ui/page_view.h"
#include "zt/widgets/controls.h"
#include "zt/widgets/error_text.h"
#include "zt/widgets/labels.h"
#include "zt/widgets/panes.h"
#include "zt/widgets/states.h"

#include <QtWidgets>

namespace zt::document_ui {

using namespace widgets;

ReadingPane::ReadingPane(DeskPort& desk, QWidget* parent) : QFrame(parent), m_desk(desk), m_whole(new QStackedWidget)
{
    setProperty("pane", QStringLiteral("surface"));
    setAttribute(Qt::WA_StyledBackground);
    m_empty = new EmptyState(Icon::Doc, tr("Choose a document"));
    m_skeleton = new SkeletonRows;
    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(makeHeader());
    m_banner = new Banner;
    m_banner->setSquare(true);
    m_banner->setMessage(Tone::Info, {});
    column->addWidget(m_banner);
    column->addWidget(makeBody(), 1);
    makeActions();
    column->addWidget(m_bar);
    m_whole->addWidget(m_empty);
    m_whole->addWidget(m_skeleton);
    m_whole->addWidget(page);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(m_whole);
    bindKeys();
    connect(&m_desk, &DeskPort::changed, this, [this](const desk::Change& c) {
        if (!m_stream.isEmpty() && (c.all || c.blobs || c.directory || c.streams.count(bytes(m_stream)))) ask();
    });
    connect(m_banner, &Banner::action, this, &ReadingPane::syncCentreRequested);
}

ReadingPane::~ReadingPane() = default;

QWidget* ReadingPane::makeHeader()
{
    auto* box = new QFrame;
    box->setObjectName(QStringLiteral("PaneHeader"));
    m_title = new ElidedLabel({}, "title");
    m_urgency = new Tag(Urgency::None);
    m_state = new Tag({}, Tone::Neutral);
    m_facts = new ElidedLabel({}, "label");
    m_tabs = new QTabBar;
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    m_tabs->setUsesScrollButtons(true);
    m_tabs->setAccessibleName(tr("Parts of the document"));
    auto* window = new IconButton(Icon::Expand, tr("Open in a new window"), QKeySequence(QStringLiteral("Ctrl+Return")));
    auto* first = new QHBoxLayout;
    first->setSpacing(px(Px::Space2));
    first->addWidget(m_title, 0);
    first->addWidget(m_urgency);
    first->addWidget(m_state);
    first->addStretch(1);
    first->addWidget(window);
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(px(Px::Space6), px(Px::Space3), px(Px::Space4), 0);
    column->setSpacing(px(Px::Space1));
    column->addLayout(first);
    column->addWidget(m_facts);
    column->addWidget(m_tabs);
    connect(m_tabs, &QTabBar::currentChanged, this, [this](int tab) {
        if (tab >= 0) m_stack->setCurrentIndex(m_tabs->tabData(tab).toInt());
    });
    connect(window, &QToolButton::clicked, this, [this] { Q_EMIT windowRequested(m_stream); });
    return box;
}

QWidget* ReadingPane::makeBody()
{
    m_pages = new PageView;
    m_tools = new PageTools(m_pages);
    m_versions = new VersionsView;
    m_process = new ProcessView;
    m_opinions = new OpinionPanel;
    auto* textTab = new QWidget;
    auto* text = new QVBoxLayout(textTab);
    text->setContentsMargins(0, 0, 0, 0);
    text->setSpacing(0);
    text->addWidget(m_tools);
    text->addWidget(m_pages, 1);
    m_opinionTab = new QWidget;
    auto* opinionBox = new QVBoxLayout(m_opinionTab);
    opinionBox->setContentsMargins(0, 0, 0, 0);
    m_stack = new QStackedWidget;
    m_stack->addWidget(textTab);
    m_stack->addWidget(makeAttachments());
    m_stack->addWidget(m_versions);
    m_stack->addWidget(m_process);
    m_stack->addWidget(m_opinionTab);
    m_stack->setMinimumHeight(px(Px::Row3)); // in a low window what is to be pressed below stays whole
    m_split = new Splitter(Qt::Horizontal);
    m_split->setChildrenCollapsible(false);
    m_split->addWidget(m_stack);
    m_split->addWidget(m_opinions);
    m_split->setStretchFactor(0, 1);
    m_split->setStretchFactor(1, 0);
    m_opinions->setMinimumWidth(px(Px::InspectorMin));
    m_split->setSizes({px(Px::Inspector) * 2, px(Px::Inspector)});
    connect(m_tools, &PageTools::printRequested, this, &ReadingPane::print);
    connect(m_opinions, &OpinionPanel::submitted, this, &ReadingPane::performPrimary);
    connect(m_pages, &PageView::laidOut, this, [this](bool substituted) {
        m_tools->setNote(substituted ? tr("Stand-in fonts") : QString(), tr("This PC lacks the official typefaces; others stand in for them."));
    });
    return m_split;
}

QWidget* ReadingPane::makeAttachments()
{
    auto* page = new QStackedWidget;
    m_noFiles = new EmptyState(Icon::Attach, tr("No attachments"));
    m_files = new FileList(tr("Attachments"));
    auto* padded = new QWidget;
    auto* box = new QVBoxLayout(padded);
    box->setContentsMargins(px(Px::Space4), px(Px::Space4), px(Px::Space4), px(Px::Space4));
    box->addWidget(m_files);
    page->addWidget(m_noFiles);
    page->addWidget(padded);
    connect(m_files, &FileList::action, this, &ReadingPane::attachmentAction);
    return page;
}

void ReadingPane::bindKeys()
{
    const auto bind = [this](const QKeySequence& key, auto act) {
        auto* shortcut = new QShortcut(key, this);
        shortcut->setContext(Qt::WidgetWithChildrenShortcut);
        connect(shortcut, &QShortcut::activated, this, act);
    };
    bind(QKeySequence::Print, [this] { print(); });
    bind(QKeySequence::Find, [this] {
        setTab(Text);
        m_tools->focusSearch();
    });
    bind(QKeySequence::ZoomIn, [this] { m_pages->zoomBy(1); });
    bind(QKeySequence(QStringLiteral("Ctrl+=")), [this] { m_pages->zoomBy(1); });
    bind(QKeySequence::ZoomOut, [this] { m_pages->zoomBy(-1); });
}

void ReadingPane::setTab(int tab)
{
    m_wanted = tab;
    for (int i = 0; i < m_tabs->count(); ++i)
        if (m_tabs->tabData(i).toInt() == tab) m_tabs->setCurrentIndex(i);
}

void ReadingPane::setCompact(bool noInspector)
{
    if (m_noInspector == noInspector) return;
    m_noInspector = noInspector;
    if (noInspector) {
        m_opinionTab->layout()->addWidget(m_opinions);
    } else {
        m_split->addWidget(m_opinions);
        m_split->setStretchFactor(1, 0);
        m_split->setSizes({std::max(px(Px::Inspector), width() - px(Px::Inspector)), px(Px::Inspector)});
    }
    m_opinions->show();
    showTabs();
}

void ReadingPane::resizeEvent(QResizeEvent* event)
{
    QFrame::resizeEvent(event);
    // Later: a pane that leaves the splitter takes its divider away, and a change of style, which resizes too, walks over all widgets.
    const auto fit = [this] { setCompact(width() < px(Px::DialogMedium)); };
    QMetaObject::invokeMethod(this, fit, Qt::QueuedConnection);
}

void ReadingPane::clear(Icon icon, const QString& sentence, const QString& detail)
{
    if (!m_stream.isEmpty()) m_words[m_stream] = m_opinions->words();
    ++m_asked;
    m_stream.clear();
    m_shown = false;
    m_skeleton->stop();
    m_empty->setText(icon, sentence, detail);
    m_empty->setAction({});
    m_whole->setCurrentWidget(m_empty);
}

void ReadingPane::open(const QString& stream)
{
    if (stream == m_stream) return;
    if (!m_stream.isEmpty()) m_words[m_stream] = m_opinions->words();
    m_stream = stream;
    m_wanted = Text;
    m_shown = false;
    m_view = {};
    m_busy = false;
    m_opinions->setWords(m_words.value(stream));
    m_opinions->setProblem({});
    m_bar->setEnabled(false); // what it offers is the last document's until the answer comes
    ask();
}

void ReadingPane::ask()
{
    const quint64 number = ++m_asked;
    if (!m_shown) m_skeleton->start();
    if (m_whole->currentWidget() == m_empty) m_whole->setCurrentWidget(m_skeleton); // a document shown before stays until the answer
    m_desk.matter(bytes(m_stream), whileAlive(this, [this, number](Result<desk::MatterView> view) {
        if (number != m_asked) return;
        m_skeleton->stop();
        if (view) return showView(std::move(*view));
        if (m_shown) return; // what is on screen stays; the lists tell that it is gone
        m_empty->setText(Icon::Warn, tr("The document was not opened"), errorText(view.error().kind, ErrContext::Document));
        m_empty->setAction(tr("Try again"));
        disconnect(m_empty, &EmptyState::action, this, nullptr);
        connect(m_empty, &EmptyState::action, this, &ReadingPane::ask);
        m_whole->setCurrentWidget(m_empty);
    }));
}

const document::Version* ReadingPane::version() const { return m_view.matter ? m_view.matter->current() : nullptr; }

void ReadingPane::showView(desk::MatterView view)
{
    const bool first = !m_shown;
    const auto hashOf = [](const desk::MatterView& v) {
        if (v.incoming) return v.incoming->package.document_hash() + v.incoming->package.number();
        return v.matter && v.matter->current() ? v.matter->current()->hash + v.matter->number : Bytes();
    };
    const bool otherText = first || hashOf(view) != hashOf(m_view);
    m_view = std::move(view);
    m_shown = true;
    m_bar->setEnabled(true);
    showHeader();
    showBanner();
    showTabs();
    showAttachments();
    m_versions->setMatter(m_view.matter);
    m_process->setMatter(m_view, m_desk.me().person);
    m_opinions->setMatter(m_view, m_desk.me().person);
    showActions();
    if (otherText) m_pages->setSheet(sheetOf(m_view));
    if (first) {
        m_tabs->setCurrentIndex(0);
        setTab(m_wanted);
        m_pages->goToPage(0);
        m_desk.markRead(bytes(m_stream));
    }
    m_whole->setCurrentIndex(2);
}

void ReadingPane::showHeader()
{
    QStringList facts;
    const wire::Document* d = nullptr;
    if (m_view.incoming) {
        const document::Incoming& in = *m_view.incoming;
        d = &in.package.document();
        facts << text(in.package.issuer_name()) << text(in.package.number()) << tr("received %1").arg(momentText(in.received));
        m_state->setText(in.signedFor ? tr("Signed for") : tr("To sign for"), in.signedFor ? Tone::Success : Tone::Warning);
    } else if (const document::Version* v = version()) {
        const document::Matter& m = *m_view.matter;
        d = &v->document;
        facts << text(m.issuerName) << (m.number.empty() ? tr("no number yet") : text(m.number)) << tr("%1, submitted %2", "drafter, time").arg(actorText(m.initiator), momentText(v->time));
        if (m.versions.size() > 1) facts << tr("version %1").arg(v->number);
        const bool ended = document::endedEarly(m.stage);
        m_state->setText(stageText(m.stage), m.stage == document::Stage::Dispatched ? Tone::Success : ended || m.stage == document::Stage::Drafting ? Tone::Warning : Tone::Neutral);
    }
    if (!d) return;
    m_title->setText(text(d->title()));
    m_urgency->setUrgency(urgencyOf(d->urgency()));
    facts.removeAll(QString());
    m_facts->setText(facts.join(QStringLiteral("    ")));
    setAccessibleName(text(d->title()));
}

void ReadingPane::showBanner()
{
    m_banner->setIcon(Icon::Lock);
    if (m_view.frozen) return m_banner->setMessage(Tone::Warning, tr("This matter was handled by a newer version of the programme. You can read it; update to go on."));
    if (!m_view.actions.erasedRule.empty()) return m_banner->setMessage(Tone::Info, tr("Read only. A part of this matter was erased under the rule “%1”.").arg(text(m_view.actions.erasedRule)));
    if (m_view.actions.blocked != wire::REASON_NONE) return m_banner->setMessage(Tone::Info, tr("Read only. %1").arg(reasonText(m_view.actions.blocked)));
    if (!m_view.attention.empty()) {
        const desk::OutboxView& v = m_view.attention.front();
        const auto& r = v.receipt;
        m_banner->setMessage(Tone::Danger, outcomeText(r ? r->outcome() : wire::OUTCOME_UNKNOWN, r ? r->reason() : v.stuck, r ? text(r->by_name()) : QString(), r ? r->by_ms() : 0), tr("Look at it"));
        return;
    }
    if (!m_view.pending.empty()) {
        m_banner->setMessage(Tone::Warning, tr("%1 is kept on this PC and waits to be sent.").arg(actText(m_view.pending.back().command)));
        m_banner->setIcon(Icon::Clock);
        return;
    }
    m_banner->setMessage(Tone::Info, {});
}

void ReadingPane::showTabs()
{
    struct T {
        int tab;
        QString name;
        bool on;
    };
    const int files = int(m_view.attachments.size());
    const bool matter = m_view.matter != nullptr;
    const int versions = matter ? int(m_view.matter->versions.size()) : 0;
    const auto counted = [](const QString& s, int n) { return n ? tr("%1 %2", "tab, count").arg(s).arg(n) : s; };
    const T all[] = {{Text, tr("Text"), true}, {OpinionsTab, tr("Opinions"), m_noInspector}, {Attachments, counted(tr("Attachments"), files), true},
                     {Versions, counted(tr("Versions"), versions), versions > 1}, {Process, matter && !m_view.matter->deliveries.empty() ? tr("Process and receipts") : tr("Process"), true}};
    const int was = m_tabs->currentIndex() < 0 ? int(Text) : m_tabs->tabData(m_tabs->currentIndex()).toInt();
    const QSignalBlocker quiet(m_tabs);
    int at = 0;
    for (const T& t : all) {
        const bool there = at < m_tabs->count() && m_tabs->tabData(at).toInt() == t.tab;
        if (t.on && !there) {
            m_tabs->insertTab(at, t.name);
            m_tabs->setTabData(at, t.tab);
        } else if (!t.on) {
            if (there) m_tabs->removeTab(at);
            continue;
        }
        m_tabs->setTabText(at++, t.name);
    }
    int now = 0;
    for (int i = 0; i < m_tabs->count(); ++i)
        if (m_tabs->tabData(i).toInt() == was) now = i;
    m_tabs->setCurrentIndex(now);
    m_stack->setCurrentIndex(m_tabs->tabData(now).toInt());
    m_tabs->updateGeometry(); // a bar that was laid out while hidden does not say that it has grown
}

void ReadingPane::showAttachments()
{
    QVector<FileRow> rows;
    const bool online = m_desk.status().link == desk::Link::Online;
    for (const desk::AttachmentView& a : m_view.attachments) {
        FileRow r;
        r.key = QByteArray::fromStdString(a.attachment.blob());
        r.name = text(a.attachment.name());
        r.size = sizeText(a.attachment.size());
        const auto percent = [&](uint64_t part) { return a.attachment.sealed_size() ? int(part * 100 / a.attachment.sealed_size()) : 0; };
        if (a.uploading) {
            r.percent = percent(a.sent);
            r.state = tr("%1% sent").arg(r.percent);
        }
        if (a.here) {
            r.action = tr("Save as…");
        } else if (a.have) {
            r.percent = percent(a.have);
            r.state = online ? tr("%1% fetched").arg(r.percent) : tr("%1% fetched, goes on when online").arg(r.percent);
        } else {
            r.state = online ? tr("not on this PC yet") : tr("not on this PC, can be fetched when online");
            r.action = online ? tr("Fetch") : tr("Fetch when online");
        }
        rows << r;
    }
    m_files->setFiles(rows);
    if (auto* page = qobject_cast<QStackedWidget*>(m_stack->widget(Attachments))) page->setCurrentIndex(rows.isEmpty() ? 0 : 1);
}

void ReadingPane::attachmentAction(const QByteArray& blob)
{
    const auto at = std::find_if(m_view.attachments.begin(), m_view.attachments.end(), [&](const desk::AttachmentView& a) { return a.attachment.blob() == blob.toStdString(); });
    if (at == m_view.attachments.end()) return;
    if (!at->here) return m_desk.fetch(bytes(m_stream), at->attachment.blob());
    auto* dialog = new QFileDialog(this, tr("Save the attachment"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->selectFile(text(at->attachment.name()));
    connect(dialog, &QFileDialog::fileSelected, this, [this, blob](const QString& file) {
        m_desk.saveAttachment(bytes(m_stream), blob.toStdString(), std::filesystem::path(file.toStdU16String()), whileAlive(this, [this, file](Result<void> r) {
            if (r) m_banner->setMessage(Tone::Success, tr("Saved as %1").arg(QDir::toNativeSeparators(file)));
            else m_banner->setMessage(Tone::Danger, errorText(r.error().kind, ErrContext::Attachment));
        }));
    });
    dialog->open();
}

} // namespace zt::document_ui
