#include "zt/document_ui/compose_window.h"

#include "attachment_list.h"
#include "body_style.h"
#include "compose_file.h"
#include "sheets.h"
#include "unit_picker.h"
#include "words_edit.h"
#include "zt/base/text.h"
#include "zt/document_ui/page_view.h"
#include "zt/widgets/controls.h"
#include "zt/widgets/error_text.h"
#include "zt/widgets/labels.h"
#include "zt/widgets/panes.h"
#include "zt/widgets/states.h"

#include <QtWidgets>

// Building the window; what it does is in compose_actions.cpp.
namespace zt::document_ui {

using namespace widgets;

namespace {
constexpr int kIdleMs = 600, kLatestMs = 900, kPauseMs = 350;
} // namespace

ComposeWindow* ComposeWindow::openFor(DeskPort& desk, const store::DraftRow& draft)
{
    ComposeWindow* window = nullptr;
    for (QWidget* w : QApplication::topLevelWidgets())
        if (auto* c = qobject_cast<ComposeWindow*>(w); c && c->draftId() == draft.id && !c->m_gone) window = c;
    if (!window) {
        window = new ComposeWindow(desk, draft);
        window->setAttribute(Qt::WA_DeleteOnClose);
        const QSize room = window->screen()->availableSize();
        window->resize(std::min(1440, room.width()), std::min(900, room.height()));
    }
    window->show();
    window->raise();
    window->activateWindow();
    return window;
}

ComposeWindow::ComposeWindow(DeskPort& desk, store::DraftRow draft, QWidget* parent)
    : QWidget(parent, Qt::Window), m_desk(desk), m_draft(std::move(draft)), m_idle(new QTimer(this)), m_latest(new QTimer(this)), m_pauseTimer(new QTimer(this))
{
    setProperty("pane", QStringLiteral("window"));
    setAttribute(Qt::WA_StyledBackground);
    setAcceptDrops(true);
    setMinimumSize(px(Px::MinWindowWidth), px(Px::MinWindowHeight));
    m_banner = new Banner;
    m_banner->setSquare(true);
    m_banner->setMessage(Tone::Info, {});
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(makeHeader());
    all->addWidget(m_banner);
    m_split = new Splitter(Qt::Horizontal);
    m_split->setChildrenCollapsible(false);
    m_outlinePane = makeOutline();
    m_split->addWidget(m_outlinePane);
    m_split->addWidget(makeCentre());
    m_split->addWidget(makePanel());
    m_split->setStretchFactor(1, 1);
    m_split->setSizes({px(Px::EditorOutline), px(Px::EditorPanel) * 3, px(Px::EditorPanel)});
    all->addWidget(m_split, 1);
    all->addWidget(makeFoot());
    for (QTimer* t : {m_idle, m_latest, m_pauseTimer}) t->setSingleShot(true);
    m_idle->setInterval(kIdleMs);
    m_latest->setInterval(kLatestMs);
    m_pauseTimer->setInterval(kPauseMs);
    fill();
    watchChanges();
    showStatus();
    showSaved();
    afterPause();
    m_desk.units(whileAlive(this, [this](Result<std::vector<desk::UnitView>> units) {
        if (!units || m_gone) return;
        m_units = std::make_shared<const std::vector<desk::UnitView>>(std::move(*units));
        m_recipients->setUnits(m_units);
        m_copies->setUnits(m_units);
        showPreview();
    }));
    (m_title->text().isEmpty() ? static_cast<QWidget*>(m_title) : m_body)->setFocus();
}

ComposeWindow::~ComposeWindow() = default;

QWidget* ComposeWindow::makeHeader()
{
    auto* bar = new QFrame;
    bar->setObjectName(QStringLiteral("TopBar"));
    m_heading = new ElidedLabel({}, "subtitle");
    auto* tag = new Tag(m_draft.revises.empty() ? tr("Draft") : tr("Revision"), Tone::Neutral);
    m_sync = new Pill;
    m_savedWords = makeLabel({}, "label");
    m_previewButton = new Button(Icon::Eye, tr("Preview"));
    m_previewButton->setCheckable(true);
    m_previewButton->setToolTip(tr("Show the pages beside the text (Ctrl+Shift+V)"));
    m_submit = new Button(Icon::Send, tr("Submit for review"), ButtonKind::Primary);
    m_submit->setToolTip(tr("Submit for review (Ctrl+Enter)"));
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(px(Px::Space4), px(Px::Space3), px(Px::Space3), px(Px::Space3));
    row->setSpacing(px(Px::Space2));
    row->addWidget(m_heading);
    row->addWidget(tag);
    row->addWidget(m_sync);
    row->addWidget(m_savedWords);
    row->addStretch(1);
    row->addWidget(m_previewButton);
    row->addWidget(m_submit);
    connect(m_previewButton, &QPushButton::toggled, this, &ComposeWindow::setPreview);
    connect(m_submit, &QPushButton::clicked, this, &ComposeWindow::submit);
    connect(new QShortcut(QKeySequence(QStringLiteral("Ctrl+Shift+V")), this), &QShortcut::activated, m_previewButton, &QPushButton::toggle);
    connect(new QShortcut(QKeySequence::Save, this), &QShortcut::activated, this, &ComposeWindow::save);
    return bar;
}

QWidget* ComposeWindow::makeOutline()
{
    auto* pane = new Pane("window");
    pane->setAccessibleName(tr("Outline"));
    pane->setMinimumWidth(px(Px::FoldersMin));
    m_outline = new QListWidget;
    m_outline->setAccessibleName(tr("Headings of the text"));
    m_outline->setProperty("pane", QStringLiteral("window"));
    m_outline->setTextElideMode(Qt::ElideRight);
    m_outline->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* import = new Button(Icon::Download, tr("Import text…"), ButtonKind::Flat);
    import->setToolTip(tr("Take the text of a file into the body"));
    auto* column = new QVBoxLayout(pane);
    column->setContentsMargins(px(Px::Space2), px(Px::Space3), px(Px::Space2), px(Px::Space2));
    auto* title = makeLabel(tr("Outline"), "caption");
    title->setContentsMargins(px(Px::Space1), 0, 0, 0); // as the words of the rows below
    column->addWidget(title);
    column->addWidget(m_outline, 1);
    column->addWidget(import, 0, Qt::AlignLeft);
    connect(m_outline, &QListWidget::itemActivated, this, [this](QListWidgetItem* i) {
        QTextCursor at(m_body->document()->findBlockByNumber(i->data(Qt::UserRole).toInt()));
        m_body->setTextCursor(at);
        m_body->centerCursor();
        m_body->setFocus();
    });
    connect(m_outline, &QListWidget::itemClicked, m_outline, &QListWidget::itemActivated);
    connect(import, &QPushButton::clicked, this, [this] {
        auto* dialog = new QFileDialog(this, tr("Import text"));
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setNameFilters({tr("Text files (*.txt *.md)"), tr("All files (*)")});
        connect(dialog, &QFileDialog::fileSelected, this, &ComposeWindow::importText);
        dialog->open();
    });
    return pane;
}

QWidget* ComposeWindow::makeCentre()
{
    auto* pane = new Pane("desk");
    pane->setAccessibleName(tr("Body"));
    m_body = new WordsEdit;
    m_body->setObjectName(QStringLiteral("Body"));
    m_body->setAccessibleName(tr("Body"));
    m_body->setPlaceholderText(tr("Write the body here, one paragraph a line. Headings: 一、 and （一）"));
    m_body->setTabChangesFocus(true);
    m_body->setLineWrapMode(QPlainTextEdit::WidgetWidth);
    new BodyStyle(m_body->document());
    const auto fit = [this] {
        m_body->setFont(bodyFont());
        m_body->document()->setDocumentMargin(px(Px::Space6));
    };
    fit();
    connect(&Theme::current(), &Theme::changed, this, fit);
    m_pages = new PageView;
    m_pages->hide();
    auto* left = new QWidget;
    auto* leftBox = new QHBoxLayout(left);
    leftBox->setContentsMargins(px(Px::Space4), px(Px::Space4), px(Px::Space4), px(Px::Space4));
    auto* sheet = new QFrame; // the caret shows the focus
    sheet->setProperty("card", true);
    auto* sheetBox = new QVBoxLayout(sheet);
    sheetBox->setContentsMargins(1, px(Px::Space2), 1, px(Px::Space2));
    sheetBox->addWidget(m_body);
    m_body->setProperty("bare", true);
    leftBox->addWidget(sheet);
    auto* split = new Splitter(Qt::Horizontal);
    split->setChildrenCollapsible(false);
    split->addWidget(left);
    split->addWidget(m_pages);
    split->setSizes({600, 600});
    auto* box = new QVBoxLayout(pane);
    box->setContentsMargins(0, 0, 0, 0);
    box->addWidget(split);
    return pane;
}

QWidget* ComposeWindow::makeForm()
{
    m_kind = new QComboBox;
    for (const std::string& k : document::kinds()) m_kind->addItem(text(k));
    m_title = new QLineEdit;
    m_title->setObjectName(QStringLiteral("Title"));
    m_urgency = new SegmentedControl(tr("Urgency"), {tr("None", "no urgency"), urgencyText(Urgency::Urgent), urgencyText(Urgency::MostUrgent)});
    m_recipients = new UnitField(tr("Main recipients"));
    m_copies = new UnitField(tr("Copies to"));
    m_code = new QLineEdit;
    m_remark = new QLineEdit;
    m_note = new WordsEdit;
    m_note->setFixedHeight(px(Px::Row2) + px(Px::Space4));
    m_titleError = new FieldError(m_title);
    m_recipientError = new FieldError(m_recipients->control());
    auto* form = new QWidget;
    auto* grid = new QGridLayout(form);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(px(Px::Space2));
    grid->setVerticalSpacing(px(Px::Space2));
    grid->setColumnStretch(1, 1);
    int row = 0;
    const auto add = [&](const QString& name, QWidget* field, QWidget* buddy, QWidget* error = nullptr) {
        auto* label = makeLabel(name, "label");
        label->setBuddy(buddy);
        if (buddy->accessibleName().isEmpty()) buddy->setAccessibleName(name);
        grid->addWidget(label, row, 0, Qt::AlignTop | Qt::AlignLeft);
        label->setMinimumHeight(px(Px::Control));
        grid->addWidget(field, row++, 1);
        if (error) grid->addWidget(error, row++, 1);
    };
    add(tr("Kind"), m_kind, m_kind);
    add(tr("Title"), m_title, m_title, m_titleError);
    add(tr("Urgency"), m_urgency, m_urgency);
    add(tr("Main recipients"), m_recipients, m_recipients->control(), m_recipientError);
    add(tr("Copies to"), m_copies, m_copies->control());
    add(tr("Organ code"), m_code, m_code);
    add(tr("Remark"), m_remark, m_remark);
    add(tr("To the reviewer"), m_note, m_note);
    return form;
}

QWidget* ComposeWindow::makePanel()
{
    auto* pane = new Pane("surface");
    pane->setAccessibleName(tr("Elements of the document"));
    m_findingsTitle = makeLabel(tr("Check"), "strong");
    m_findings = new QListWidget;
    m_findings->setAccessibleName(tr("What is missing"));
    m_findings->setFocusPolicy(Qt::StrongFocus);
    m_findings->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_fileList = new FileList(tr("Attachments"));
    auto* add = new Button(Icon::Attach, tr("Add files…"), ButtonKind::Link);
    auto* fileHead = new QHBoxLayout;
    fileHead->addWidget(makeLabel(tr("Attachments"), "strong"), 1);
    fileHead->addWidget(add);
    auto* inner = new QWidget;
    auto* column = new QVBoxLayout(inner);
    column->setContentsMargins(px(Px::Space4), px(Px::Space3), px(Px::Space4), px(Px::Space3));
    column->setSpacing(px(Px::Space2));
    column->addWidget(makeForm());
    column->addSpacing(px(Px::Space2));
    column->addLayout(fileHead);
    m_fileList->setFitHeight(true);
    column->addWidget(m_fileList);
    column->addSpacing(px(Px::Space2));
    column->addWidget(m_findingsTitle);
    column->addWidget(m_findings);
    column->addStretch(1);
    auto* scroll = new QScrollArea;
    scroll->setWidget(inner);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->viewport()->setAutoFillBackground(false);
    inner->setAutoFillBackground(false);
    pane->setMinimumWidth(std::max(px(Px::InspectorMin), inner->minimumSizeHint().width() + px(Px::Scroll)));
    auto* box = new QVBoxLayout(pane);
    box->setContentsMargins(0, 0, 0, 0);
    box->setSpacing(0);
    auto* head = new PaneHeader(tr("Elements"), true);
    box->addWidget(head);
    box->addWidget(scroll, 1);
    connect(add, &QPushButton::clicked, this, [this] {
        auto* dialog = new QFileDialog(this, tr("Add files"));
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setFileMode(QFileDialog::ExistingFiles);
        connect(dialog, &QFileDialog::filesSelected, this, &ComposeWindow::attachFiles);
        dialog->open();
    });
    return pane;
}

QWidget* ComposeWindow::makeFoot()
{
    auto* foot = new QFrame;
    foot->setObjectName(QStringLiteral("ActionBar"));
    m_count = makeLabel({}, "caption");
    auto* row = new QHBoxLayout(foot);
    row->setContentsMargins(px(Px::Space4), px(Px::Space1), px(Px::Space4), px(Px::Space1));
    row->addWidget(m_count);
    row->addStretch(1);
    row->addWidget(makeLabel(tr("Drafts stay on this PC; writing goes on without the network"), "caption"));
    return foot;
}

void ComposeWindow::watchChanges()
{
    connect(m_idle, &QTimer::timeout, this, &ComposeWindow::save);
    connect(m_latest, &QTimer::timeout, this, &ComposeWindow::save);
    connect(m_pauseTimer, &QTimer::timeout, this, &ComposeWindow::afterPause);
    for (WordsEdit* e : {m_body, m_note}) connect(e, &WordsEdit::typed, this, &ComposeWindow::touched);
    for (QLineEdit* e : {m_title, m_code, m_remark}) connect(e, &QLineEdit::textChanged, this, &ComposeWindow::touched);
    connect(m_kind, &QComboBox::currentIndexChanged, this, &ComposeWindow::touched);
    connect(m_urgency, &SegmentedControl::chosen, this, &ComposeWindow::touched);
    for (UnitField* f : {m_recipients, m_copies}) connect(f, &UnitField::changed, this, &ComposeWindow::touched);
    for (WordsEdit* e : {m_body, m_note}) {
        connect(e, &WordsEdit::left, this, &ComposeWindow::save);
        connect(e, &WordsEdit::submitted, this, &ComposeWindow::submit);
        connect(e, &WordsEdit::filesDropped, this, &ComposeWindow::attachFiles);
    }
    for (QLineEdit* e : {m_title, m_code, m_remark}) connect(e, &QLineEdit::editingFinished, this, &ComposeWindow::save);
    connect(m_title, &QLineEdit::editingFinished, this, [this] {
        if (!m_title->hasFocus()) m_title->setCursorPosition(0); // a long title shows its beginning
        m_titleError->setText(m_title->text().trimmed().isEmpty() ? findingText(document::Finding::NoTitle) : QString());
    });
    connect(m_fileList, &FileList::second, this, [this](const QByteArray& key) {
        std::erase_if(m_files, [&](const auto& f) { return f->key == key; });
        showFiles();
        touched();
    });
    connect(m_findings, &QListWidget::itemActivated, this, [this](QListWidgetItem* i) { jumpTo(document::Finding(i->data(Qt::UserRole).toInt())); });
    connect(m_findings, &QListWidget::itemClicked, m_findings, &QListWidget::itemActivated);
    connect(&m_desk, &DeskPort::changed, this, [this](const desk::Change& c) {
        if (c.all || c.status) showStatus();
    });
    // Without its desk the window can do nothing; whoever ends the desk has let it save before.
    connect(&m_desk, &QObject::destroyed, this, [this] {
        m_gone = true;
        for (QTimer* t : {m_idle, m_latest, m_pauseTimer}) t->stop();
        close();
    });
}

void ComposeWindow::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    m_outlinePane->setVisible(width() >= px(Px::BreakNarrow));
    m_sync->setIconOnly(width() < px(Px::BreakStack));
    if (!event->oldSize().isValid()) m_previewButton->setChecked(width() >= px(Px::BreakNarrow));
}

} // namespace zt::document_ui
