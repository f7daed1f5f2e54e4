#include "opinion_panel.h"
#include "reading_pane.h"
#include "sheets.h"
#include "zt/widgets/controls.h"
#include "zt/widgets/error_text.h"
#include "zt/widgets/panes.h"
#include "zt/widgets/states.h"

#include <QtPrintSupport>
#include <QtWidgets>

// What can be done on a matter, and printing it.
namespace zt::document_ui {

using namespace widgets;

namespace {

struct DeedLook {
    Icon icon;
    const char* key;
};
// In the order of ReadingPane::Deed.
constexpr DeedLook kLooks[] = {{Icon::Send, "Alt+Y"}, {Icon::Return, "Alt+T"}, {Icon::X, ""}, {Icon::Pen, "Alt+Y"}, {Icon::Check, "Alt+Y"}, {Icon::Comment, ""}, {Icon::Withdraw, "Alt+C"}, {Icon::Pen, ""}};
constexpr int kDeeds = int(std::size(kLooks));

wire::Choice choiceOf(int deed)
{
    constexpr wire::Choice kChoices[] = {wire::CHOICE_AGREE, wire::CHOICE_RETURN, wire::CHOICE_REJECT, wire::CHOICE_SIGN};
    return deed < int(std::size(kChoices)) ? kChoices[deed] : wire::CHOICE_NONE;
}

} // namespace

void ReadingPane::makeActions()
{
    m_bar = new ActionBar;
    for (int i = 0; i < kDeeds; ++i) {
        auto* b = new Button(kLooks[i].icon, verb(Deed(i)), ButtonKind::Flat);
        b->big();
        b->hide();
        m_bar->addAction(b);
        m_secondary << b;
        connect(b, &QPushButton::clicked, this, [this, i] { perform(Deed(i)); });
    }
    m_primary = new Button(Icon::Send, {}, ButtonKind::Primary);
    m_primary->big();
    m_primary->hide();
    m_bar->addAction(m_primary);
    connect(m_primary, &QPushButton::clicked, this, &ReadingPane::performPrimary);
    const auto bind = [this](const char* key, auto act) {
        auto* shortcut = new QShortcut(QKeySequence(QLatin1String(key)), this);
        shortcut->setContext(Qt::WindowShortcut);
        connect(shortcut, &QShortcut::activated, this, act);
    };
    const auto ifOffered = [this](Deed d) {
        if (isVisible() && m_shown && deeds().contains(d)) perform(d);
    };
    bind("Alt+T", [ifOffered] { ifOffered(Deed::Return); });
    bind("Alt+C", [ifOffered] { ifOffered(Deed::Withdraw); });
    bind("Alt+Y", [this] {
        const bool consent = m_primaryDeed == Deed::Agree || m_primaryDeed == Deed::Sign || m_primaryDeed == Deed::SignFor;
        if (isVisible() && consent) performPrimary();
    });
}

QVector<ReadingPane::Deed> ReadingPane::deeds() const
{
    QVector<Deed> out;
    const desk::Actions& a = m_view.actions;
    if (m_view.frozen || a.blocked != wire::REASON_NONE) return out;
    for (wire::Choice c : a.choices) {
        if (c == wire::CHOICE_AGREE) out << Deed::Agree;
        if (c == wire::CHOICE_SIGN) out << Deed::Sign;
        if (c == wire::CHOICE_RETURN) out << Deed::Return;
        if (c == wire::CHOICE_REJECT) out << Deed::Reject;
    }
    if (a.revise) out << Deed::Revise;
    if (a.signFor) out << Deed::SignFor;
    if (a.withdraw) out << Deed::Withdraw;
    if (a.addOpinion && a.choices.empty()) out << Deed::AddOpinion;
    return out;
}

QString ReadingPane::verb(Deed deed) const
{
    switch (deed) {
    case Deed::Agree: return choiceVerb(wire::CHOICE_AGREE);
    case Deed::Return: return choiceVerb(wire::CHOICE_RETURN);
    case Deed::Reject: return choiceVerb(wire::CHOICE_REJECT);
    case Deed::Sign: return choiceVerb(wire::CHOICE_SIGN);
    case Deed::SignFor: return tr("Sign for receipt");
    case Deed::AddOpinion: return tr("Add opinion");
    case Deed::Withdraw: return tr("Withdraw");
    case Deed::Revise: return tr("Revise");
    }
    return {};
}

void ReadingPane::showActions()
{
    const QVector<Deed> can = deeds();
    m_primaryDeed.reset();
    for (Deed d : {Deed::Sign, Deed::Agree, Deed::SignFor, Deed::Revise, Deed::AddOpinion})
        if (!m_primaryDeed && can.contains(d)) m_primaryDeed = d;
    for (int i = 0; i < kDeeds; ++i) {
        m_secondary[i]->setVisible(can.contains(Deed(i)) && m_primaryDeed != Deed(i));
        m_secondary[i]->setEnabled(!m_busy);
        const QString key = QLatin1String(kLooks[i].key);
        m_secondary[i]->setToolTip(key.isEmpty() ? QString() : tr("%1 (%2)", "button, key").arg(verb(Deed(i)), key));
    }
    m_primary->setVisible(m_primaryDeed.has_value());
    m_primary->setEnabled(!m_busy);
    if (m_primaryDeed) {
        m_primary->setText(verb(*m_primaryDeed));
        m_primary->setIcon(themeIcon(kLooks[int(*m_primaryDeed)].icon, Color::TextOnAccent, Color::TextOnAccent));
        const QString key = QLatin1String(kLooks[int(*m_primaryDeed)].key);
        m_primary->setToolTip(key.isEmpty() ? QString() : tr("%1 (%2)", "button, key").arg(verb(*m_primaryDeed), key));
    }
    const desk::Actions& a = m_view.actions;
    QString prompt;
    if (!a.choices.empty()) prompt = tr("My opinion: %1", "step").arg(text(a.taskTitle));
    else if (can.contains(Deed::SignFor)) prompt = tr("Note with the receipt");
    else if (can.contains(Deed::AddOpinion)) prompt = tr("Further opinion");
    else if (can.contains(Deed::Withdraw)) prompt = tr("Reason for withdrawing");
    m_opinions->setPrompt(prompt);

    QVector<FieldsLabel::Field> status;
    if (!a.choices.empty()) {
        status.append({text(a.taskTitle), Tone::Neutral});
        if (!a.principalName.empty()) status.append({tr("for %1", "acting under a mandate").arg(text(a.principalName)), Tone::Info});
        if (const auto at = m_view.due.find(a.task); at != m_view.due.end()) {
            const DueWords due = dueText(at->second, {});
            status.append({due.text, due.tone});
        }
    } else if (m_view.matter) {
        status.append({stageText(m_view.matter->stage), Tone::Neutral});
    }
    m_bar->setStatus(status);
    m_bar->setVisible(m_primaryDeed || !can.isEmpty());
}

void ReadingPane::setBusy(bool busy)
{
    m_busy = busy;
    showActions();
}

void ReadingPane::performPrimary()
{
    if (m_primaryDeed && m_shown) perform(*m_primaryDeed);
}

void ReadingPane::perform(Deed deed)
{
    if (m_busy || !m_shown) return;
    const QString words = m_opinions->words().trimmed();
    const bool needsWords = deed == Deed::Return || deed == Deed::Reject || deed == Deed::AddOpinion;
    if (needsWords && words.isEmpty()) {
        setTab(OpinionsTab);
        m_opinions->setProblem(deed == Deed::AddOpinion ? tr("Write the opinion first.") : tr("Say what is to be changed; the drafter sees it."));
        m_opinions->focusBox();
        return;
    }
    setBusy(true);
    const std::string stream = bytes(m_stream), said = bytes(words);
    const QString title = m_stream;
    const auto done = whileAlive(this, [this, deed, title](Result<desk::Desk::Done> r) {
        if (title == m_stream) return settled(r, verb(deed));
        if (!r || (r->outcome != wire::APPLIED && r->outcome != wire::APPLIED_LATE)) return; // told in the sync centre; the words stay
        m_words.remove(title);
        Q_EMIT acted(tr("%1: done", "what was done").arg(verb(deed)), QByteArray::fromStdString(r->id));
    });
    const desk::Actions& a = m_view.actions;
    switch (deed) {
    case Deed::Revise:
        m_desk.draftFrom(stream, whileAlive(this, [this](Result<store::DraftRow> draft) {
            setBusy(false);
            if (draft) Q_EMIT revise(*draft);
            else m_banner->setMessage(Tone::Danger, errorText(draft.error().kind, ErrContext::Document));
        }));
        return;
    case Deed::SignFor: return m_desk.signFor(stream, said, done);
    case Deed::Withdraw: return m_desk.withdraw(stream, said, done);
    case Deed::AddOpinion: return m_desk.addOpinion(stream, said, {}, done);
    default: break;
    }
    const document::Version* v = version();
    m_desk.act(stream, a.task, choiceOf(int(deed)), said, a.mandate, v ? v->hash : Bytes(), done);
}

void ReadingPane::settled(const Result<desk::Desk::Done>& done, const QString& verb)
{
    setBusy(false);
    if (!done) return m_banner->setMessage(Tone::Danger, errorText(done.error().kind, ErrContext::Document));
    if (done->outcome != wire::APPLIED && done->outcome != wire::APPLIED_LATE) {
        m_banner->setMessage(Tone::Danger, outcomeText(done->outcome, done->reason, text(done->byName), 0));
        return;
    }
    m_words.remove(m_stream);
    m_opinions->setWords({});
    Q_EMIT acted(tr("%1: done", "what was done").arg(verb), QByteArray::fromStdString(done->id));
}

void ReadingPane::print()
{
    if (!m_shown) return;
    auto* printer = new QPrinter(QPrinter::HighResolution);
    printer->setPageSize(QPageSize(QPageSize::A4));
    printer->setDocName(m_title->fullText());
    auto* dialog = new QPrintDialog(printer, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, qOverload<>(&QDialog::accepted), this, [this, printer] { printTo(*printer); });
    connect(dialog, &QObject::destroyed, this, [printer] { delete printer; });
    dialog->open();
}

void ReadingPane::printTo(QPrinter& printer) const
{
    printer.setFullPage(true);
    const auto paper = typeset::layOut(sheetOf(m_view));
    if (!paper) return;
    const typeset::OpinionSheet opinions = opinionsOf(m_view);
    const typeset::Paper sheet = opinions.rows.isEmpty() ? typeset::Paper() : typeset::layOut(opinions);
    QPainter painter;
    if (!painter.begin(&printer)) return;
    const double scale = printer.resolution() / 25.4;
    bool first = true;
    for (const typeset::Paper* p : {&*paper, &sheet}) {
        for (const typeset::Page& page : p->pages) {
            if (!first) printer.newPage();
            first = false;
            painter.save();
            painter.scale(scale, scale);
            typeset::paint(painter, page);
            painter.restore();
        }
    }
}

} // namespace zt::document_ui
