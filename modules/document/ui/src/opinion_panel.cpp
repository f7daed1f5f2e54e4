#include "opinion_panel.h"

#include "words_edit.h"
#include "zt/base/text.h"
#include "zt/widgets/labels.h"
#include "zt/widgets/panes.h"
#include "zt/widgets/row_delegate.h"

#include <QtWidgets>

namespace zt::document_ui {

using namespace widgets;

WordsEdit::WordsEdit(QWidget* parent) : QPlainTextEdit(parent)
{
    setTabChangesFocus(true);
    connect(this, &QPlainTextEdit::textChanged, this, [this] {
        if (!m_inMethod) Q_EMIT typed();
    });
}

void WordsEdit::keyPressEvent(QKeyEvent* event)
{
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (enter && event->modifiers().testFlag(Qt::ControlModifier)) {
        Q_EMIT submitted();
        event->accept();
        return;
    }
    QPlainTextEdit::keyPressEvent(event);
}

void WordsEdit::inputMethodEvent(QInputMethodEvent* event)
{
    // textChanged also comes for text being composed, and the document's revision moves with it: only a commit is typing.
    m_inMethod = true;
    QPlainTextEdit::inputMethodEvent(event);
    m_inMethod = false;
    if (!event->commitString().isEmpty() || event->replacementLength()) Q_EMIT typed();
}

bool WordsEdit::canInsertFromMimeData(const QMimeData* source) const { return source->hasText() || source->hasUrls(); }

void WordsEdit::insertFromMimeData(const QMimeData* source)
{
    QStringList files;
    for (const QUrl& url : source->urls())
        if (url.isLocalFile()) files << url.toLocalFile();
    if (!files.isEmpty()) {
        Q_EMIT filesDropped(files);
        return;
    }
    insertPlainText(text(cleanText(source->text().toStdString())));
}

void WordsEdit::focusOutEvent(QFocusEvent* event)
{
    QPlainTextEdit::focusOutEvent(event);
    Q_EMIT left();
}

OpinionPanel::OpinionPanel(QWidget* parent)
    : QFrame(parent), m_model(new TimelineModel(false, this)), m_header(new PaneHeader(tr("Opinions"), true)), m_timeline(new TimelineView(tr("Opinions"))), m_boxArea(new QWidget),
      m_prompt(makeLabel({}, "strong", true)), m_box(new WordsEdit), m_count(makeLabel({}, "caption")), m_problem(new FieldError(m_box))
{
    m_timeline->setModel(m_model);
    m_boxArea->setProperty("topline", true);
    m_boxArea->setAttribute(Qt::WA_StyledBackground);
    auto* box = new QVBoxLayout(m_boxArea);
    box->setContentsMargins(px(Px::Space4), px(Px::Space2), px(Px::Space4), px(Px::Space3));
    box->setSpacing(px(Px::Space1));
    m_prompt->setBuddy(m_box);
    auto* head = new QHBoxLayout;
    head->addWidget(m_prompt, 1);
    head->addWidget(m_count);
    box->addLayout(head);
    box->addWidget(m_box);
    box->addWidget(m_problem);
    const auto fit = [this] { m_box->setFixedHeight(px(Theme::current().compact() ? Px::Row3 : Px::PasteBox)); };
    fit();
    connect(&Theme::current(), &Theme::changed, this, fit);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(m_header);
    all->addWidget(m_timeline, 1);
    all->addWidget(m_boxArea);
    setAccessibleName(tr("Opinions"));
    connect(m_box, &QPlainTextEdit::textChanged, this, [this] {
        m_problem->setText({});
        countWords();
    });
    connect(m_box, &WordsEdit::submitted, this, &OpinionPanel::submitted);
    countWords();
}

void OpinionPanel::setMatter(const desk::MatterView& view, const std::string& me)
{
    m_model->setMatter(view, me);
    m_header->setTitle(view.incoming ? tr("Receipt") : tr("Opinions"));
    m_header->setNote(m_model->opinions() ? QString::number(m_model->opinions()) : QString());
    m_timeline->scrollToBottom();
}

void OpinionPanel::clear()
{
    m_model->clear();
    m_header->setNote({});
    setPrompt({});
}

void OpinionPanel::setPrompt(const QString& prompt)
{
    m_prompt->setText(prompt);
    m_box->setAccessibleName(prompt);
    m_boxArea->setVisible(!prompt.isEmpty());
}

QString OpinionPanel::words() const { return m_box->toPlainText(); }
void OpinionPanel::setWords(const QString& words)
{
    if (words != m_box->toPlainText()) m_box->setPlainText(words);
}
void OpinionPanel::setProblem(const QString& text) { m_problem->setText(text); }
void OpinionPanel::focusBox() { m_box->setFocus(Qt::OtherFocusReason); }

void OpinionPanel::countWords() { m_count->setText(tr("%n characters", nullptr, int(countCodePoints(m_box->toPlainText().trimmed().toStdString())))); }

} // namespace zt::document_ui
