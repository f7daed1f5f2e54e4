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

// What the compose window does: filling, saving, checking, files, submitting.
namespace zt::document_ui {

using namespace widgets;

namespace {

constexpr qint64 kImportMost = 32 * 1024 * 1024;

template <class Ids>
QStringList list(const Ids& ids)
{
    QStringList out;
    for (const std::string& id : ids) out << text(id);
    return out;
}

} // namespace

void ComposeWindow::fill()
{
    m_filling = true;
    const wire::Document& d = m_draft.document;
    const int kind = m_kind->findText(text(d.kind()));
    m_kind->setCurrentIndex(std::max(0, kind));
    m_title->setText(text(d.title()));
    m_title->setCursorPosition(0);
    m_urgency->setCurrent(int(d.urgency()));
    m_recipients->setIds(list(d.recipients()));
    m_copies->setIds(list(d.copies()));
    m_code->setText(text(d.code()));
    m_remark->setText(text(d.remark()));
    m_note->setPlainText(text(m_draft.note));
    m_body->setPlainText(text(d.body()));
    for (const wire::Attachment& a : d.attachments()) {
        auto f = std::make_shared<File>();
        f->key = QByteArray::fromStdString(a.blob());
        f->name = text(a.name());
        f->attachment = a;
        m_files.push_back(std::move(f));
    }
    showFiles();
    m_filling = false;
    setWindowTitle(m_title->text().isEmpty() ? tr("New draft") : m_title->text());
    m_heading->setText(windowTitle());
}

store::DraftRow ComposeWindow::current() const
{
    store::DraftRow row = m_draft;
    wire::Document& d = row.document;
    d.set_kind(bytes(m_kind->currentText()));
    d.set_title(cleanLine(bytes(m_title->text())));
    d.set_urgency(wire::Urgency(std::max(0, m_urgency->current())));
    d.clear_recipients();
    for (const QString& id : m_recipients->ids()) d.add_recipients(bytes(id));
    d.clear_copies();
    for (const QString& id : m_copies->ids()) d.add_copies(bytes(id));
    d.set_body(cleanText(bytes(m_body->toPlainText())));
    d.set_code(cleanLine(bytes(m_code->text())));
    d.set_remark(cleanLine(bytes(m_remark->text())));
    d.clear_attachments();
    for (const auto& f : m_files)
        if (f->attachment) *d.add_attachments() = *f->attachment;
    row.note = cleanText(bytes(m_note->toPlainText()));
    row.savedMs = nowMs();
    return row;
}

void ComposeWindow::touched()
{
    if (m_filling || m_gone) return;
    m_touched = true;
    ++m_generation;
    m_idle->start();
    if (!m_latest->isActive()) m_latest->start();
    m_pauseTimer->start();
    m_savedWords->setText(tr("Saving…"));
    const QString title = m_title->text().trimmed();
    setWindowTitle(title.isEmpty() ? tr("New draft") : title);
    m_heading->setText(windowTitle());
}

void ComposeWindow::save()
{
    if (m_gone || m_generation == m_savedGeneration) return;
    m_idle->stop();
    m_latest->stop();
    const quint64 generation = m_generation;
    m_savedGeneration = generation;
    m_desk.saveDraft(current(), whileAlive(this, [this, generation](Result<void> r) { saved(r, generation); }));
}

void ComposeWindow::saved(const Result<void>& result, quint64 generation)
{
    if (m_gone) return;
    m_saveFailed = !result;
    if (!result) {
        m_closing = false;
        if (m_savedGeneration == generation) m_savedGeneration = 0; // the next key, or Ctrl+S, tries again
        m_savedWords->setText(tr("Not saved"));
        setStyleProperty(m_savedWords, "tone", toneName(Tone::Danger));
        m_banner->setMessage(Tone::Danger, errorText(result.error().kind, ErrContext::Store), tr("Save again"));
        disconnect(m_banner, &Banner::action, this, nullptr);
        connect(m_banner, &Banner::action, this, &ComposeWindow::save);
        return;
    }
    m_draft.savedMs = nowMs();
    if (generation != m_generation) return;
    setStyleProperty(m_savedWords, "tone", QString());
    m_banner->setMessage(Tone::Info, {});
    showSaved();
    if (m_closing) close();
}

void ComposeWindow::showSaved() { m_savedWords->setText(m_draft.savedMs ? tr("Saved %1 on this PC").arg(timeText(m_draft.savedMs)) : QString()); }

void ComposeWindow::showStatus()
{
    const LinkWords words = linkText(m_desk.status());
    m_sync->setState(words.tone, words.icon, words.text);
    m_sync->setToolTip(words.detail);
}

void ComposeWindow::closeEvent(QCloseEvent* event)
{
    if (m_gone) return event->accept();
    const bool empty = m_title->text().trimmed().isEmpty() && m_body->document()->isEmpty() && m_files.empty() && m_draft.revises.empty();
    if (empty) {
        m_gone = true;
        m_desk.deleteDraft(m_draft.id, [](Result<void>) {});
        return event->accept();
    }
    const bool settled = m_generation == 0 || (m_savedGeneration == m_generation && !m_closing && m_savedWords->text() != tr("Saving…") && !m_saveFailed);
    if (settled || (m_closing && m_savedGeneration == m_generation)) {
        m_gone = true;
        return event->accept();
    }
    // Closes itself when the desk has the words.
    event->ignore();
    m_closing = true;
    if (m_savedGeneration == m_generation) return;
    save();
}

void ComposeWindow::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::ActivationChange && !isActiveWindow()) save();
}

void ComposeWindow::afterPause()
{
    const int characters = std::max(0, m_body->document()->characterCount() - m_body->document()->blockCount());
    m_count->setText(tr("%n characters", nullptr, characters));
    showOutline();
    showPreview();
    const quint64 number = ++m_pause;
    m_desk.check(current().document, whileAlive(this, [this, number](Result<std::vector<document::Finding>> findings) {
        if (findings && number == m_pause && !m_gone) showFindings(*findings);
    }));
}

void ComposeWindow::showOutline()
{
    constexpr int kMost = 500;
    m_outline->clear();
    int n = 0;
    for (QTextBlock b = m_body->document()->begin(); b.isValid() && n < kMost; b = b.next()) {
        const QString words = b.text().trimmed();
        const int level = BodyStyle::level(words);
        if (!level) continue;
        const qsizetype stop = words.indexOf(u'。');
        auto* item = new QListWidgetItem((level == 2 ? QStringLiteral("　") : QString()) + words.left(stop < 0 ? 40 : std::min<qsizetype>(stop, 40)), m_outline);
        item->setData(Qt::UserRole, b.blockNumber());
        item->setSizeHint(QSize(0, px(Px::Space6)));
        ++n;
    }
    if (!n) {
        auto* item = new QListWidgetItem(tr("No headings yet"), m_outline);
        item->setFlags(Qt::NoItemFlags);
    }
}

void ComposeWindow::setPreview(bool on)
{
    m_previewButton->setChecked(on);
    m_pages->setVisible(on);
    showPreview();
}

void ComposeWindow::showPreview()
{
    if (m_pages->isHidden() || m_gone) return;
    const store::DraftRow row = current();
    QString issuer = text(m_desk.me().unitName);
    if (m_units)
        for (const desk::UnitView& u : *m_units)
            if (u.id == row.document.issuer()) issuer = text(u.name);
    m_pages->setSheet(sheetOf(row.document, issuer, {}, m_recipients->names(), m_copies->names(), nowMs()));
}

void ComposeWindow::showFindings(const std::vector<document::Finding>& findings)
{
    m_findings->clear();
    for (document::Finding f : findings) {
        auto* item = new QListWidgetItem(themeIcon(Icon::Warn, Color::WarningText), findingText(f), m_findings);
        item->setData(Qt::UserRole, int(f));
    }
    if (findings.empty()) {
        auto* item = new QListWidgetItem(themeIcon(Icon::CheckCircle, Color::SuccessText), tr("Ready to be submitted"), m_findings);
        item->setFlags(Qt::ItemIsEnabled);
    }
    m_findingsTitle->setText(findings.empty() ? tr("Check") : tr("Check: %n to complete", nullptr, int(findings.size())));
    const int row = px(Px::Control);
    for (int i = 0; i < m_findings->count(); ++i) m_findings->item(i)->setSizeHint(QSize(0, row));
    m_findings->setFixedHeight(row * m_findings->count() + 2);
    const auto has = [&](document::Finding f) { return std::find(findings.begin(), findings.end(), f) != findings.end(); };
    if (!has(document::Finding::NoTitle)) m_titleError->setText(has(document::Finding::TitleTooLong) ? findingText(document::Finding::TitleTooLong) : QString());
    if (!has(document::Finding::NoRecipient)) m_recipientError->setText(has(document::Finding::UnknownRecipient) ? findingText(document::Finding::UnknownRecipient) : QString());
}

void ComposeWindow::jumpTo(document::Finding finding)
{
    using document::Finding;
    const QString words = findingText(finding);
    switch (finding) {
    case Finding::NoTitle:
    case Finding::TitleTooLong:
        m_titleError->setText(words);
        return m_title->setFocus();
    case Finding::UnknownKind: return m_kind->setFocus();
    case Finding::NoRecipient:
    case Finding::UnknownRecipient:
        m_recipientError->setText(words);
        return m_recipients->control()->setFocus();
    case Finding::NoBody: return m_body->setFocus();
    case Finding::NoIssuer:
    case Finding::NoCode: return m_code->setFocus();
    }
}

void ComposeWindow::showFiles()
{
    QVector<FileRow> rows;
    for (const auto& f : m_files) {
        FileRow r;
        r.key = f->key;
        r.name = f->name;
        if (f->attachment) r.size = sizeText(f->attachment->size());
        else if (f->total) r.size = sizeText(f->total);
        r.state = !f->problem.isEmpty() ? f->problem : f->hint;
        r.problem = !f->problem.isEmpty();
        if (!f->attachment && !r.problem) r.percent = f->total ? int(f->done * 100 / f->total) : 0;
        r.second = tr("Remove");
        rows << r;
    }
    m_fileList->setFiles(rows);
    m_fileList->setVisible(!rows.isEmpty());
}

void ComposeWindow::attachFiles(const QStringList& files)
{
    static quint64 next = 0;
    for (const QString& path : files) {
        auto f = std::make_shared<File>();
        f->key = QByteArrayLiteral("new-") + QByteArray::number(++next);
        f->name = text(safeFileName(bytes(QFileInfo(path).fileName())));
        m_files.push_back(f);
        const std::weak_ptr<File> weak = f;
        auto progress = whileAlive(this, [this, weak](uint64_t done, uint64_t total) {
            const auto file = weak.lock();
            if (!file) return;
            file->done = done;
            file->total = total;
            showFiles();
        });
        m_desk.attach(std::filesystem::path(path.toStdU16String()), progress, whileAlive(this, [this, weak](Result<wire::Attachment> a) {
            const auto file = weak.lock();
            if (!file) return; // removed meanwhile
            if (a) {
                file->attachment = std::move(*a);
                file->name = text(file->attachment->name());
                if (file->attachment->size() == 0) file->hint = tr("the file is empty");
            } else {
                file->problem = errorText(a.error().kind, ErrContext::Attachment);
            }
            showFiles();
            touched();
        }));
    }
    showFiles();
}

void ComposeWindow::importText(const QString& path)
{
    QFile file(path);
    const auto problem = [this](const QString& words) { m_banner->setMessage(Tone::Danger, words); };
    if (!file.open(QIODevice::ReadOnly)) return problem(tr("The file could not be read. Nothing was changed."));
    if (file.size() > kImportMost) return problem(tr("The file is too large for a text. Nothing was changed."));
    bool ok = false;
    const std::string decoded = decodeText(file.readAll().toStdString(), ok);
    if (!ok) return problem(tr("The file is not a text in UTF-8 or GB18030. Nothing was changed."));
    QTextCursor cursor = m_body->textCursor();
    if (m_body->document()->isEmpty()) cursor.movePosition(QTextCursor::Start);
    cursor.insertText(text(cleanText(decoded)));
    m_body->setFocus();
}

void ComposeWindow::dragEnterEvent(QDragEnterEvent* event)
{
    if (event->mimeData()->hasUrls()) event->acceptProposedAction();
}

void ComposeWindow::dropEvent(QDropEvent* event)
{
    QStringList files;
    for (const QUrl& url : event->mimeData()->urls())
        if (url.isLocalFile()) files << url.toLocalFile();
    attachFiles(files);
    event->acceptProposedAction();
}

void ComposeWindow::submit()
{
    if (m_submitting || m_gone) return;
    const bool sealing = std::any_of(m_files.begin(), m_files.end(), [](const auto& f) { return !f->attachment && f->problem.isEmpty(); });
    if (sealing) return m_banner->setMessage(Tone::Info, tr("An attachment is still being taken in. Submit when it is done."));
    m_submitting = true;
    m_submit->setEnabled(false);
    save();
    m_desk.check(current().document, whileAlive(this, [this](Result<std::vector<document::Finding>> findings) {
        if (m_gone) return;
        if (findings && !findings->empty()) {
            m_submitting = false;
            m_submit->setEnabled(true);
            showFindings(*findings);
            m_banner->setMessage(Tone::Warning, tr("Not submitted yet: %1.").arg(findingText(findings->front())));
            return jumpTo(findings->front());
        }
        m_desk.submitDraft(current(), whileAlive(this, [this](Result<desk::Desk::Done> done) { settle(done); }));
    }));
}

void ComposeWindow::settle(const Result<desk::Desk::Done>& done)
{
    if (m_gone) return;
    m_submitting = false;
    m_submit->setEnabled(true);
    if (!done) return m_banner->setMessage(Tone::Danger, errorText(done.error().kind, ErrContext::Document));
    if (done->outcome != wire::APPLIED && done->outcome != wire::APPLIED_LATE)
        return m_banner->setMessage(Tone::Danger, tr("Not submitted; the draft is kept. %1").arg(reasonText(done->reason)));
    m_gone = true;
    for (QTimer* t : {m_idle, m_latest, m_pauseTimer}) t->stop();
    Q_EMIT submitted(tr("Submitted for review: %1").arg(m_title->text()), QByteArray::fromStdString(done->id));
    close();
}

} // namespace zt::document_ui
