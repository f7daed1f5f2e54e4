#include "zt/document_ui/mandates_panel.h"

#include "tables.h"
#include "unit_picker.h"
#include "zt/document_ui/words.h"
#include "zt/widgets/controls.h"
#include "zt/widgets/error_text.h"
#include "zt/widgets/labels.h"
#include "zt/widgets/panes.h"
#include "zt/widgets/states.h"

#include <QtWidgets>

namespace zt::document_ui {

using namespace widgets;

MandatesPanel::MandatesPanel(DeskPort& desk, QWidget* parent) : QFrame(parent), m_desk(desk), m_banner(new Banner), m_stack(new QStackedWidget), m_table(new QTreeWidget)
{
    m_banner->setMessage(Tone::Info, {});
    m_empty = new EmptyState(Icon::Delegate, tr("No mandates"), tr("While you are away, a deputy can act for you; the record names both."));
    setUpTable(m_table, tr("Mandates"), {tr("Deputy"), tr("For"), tr("From"), tr("Until"), tr("What"), tr("State")}, px(Px::Row1));
    shareRoom(m_table);
    m_stack->addWidget(m_table);
    m_stack->addWidget(m_empty);
    m_stack->setMinimumHeight(px(Px::Row3) * 2);
    m_end = new Button(Icon::X, tr("End the mandate"), ButtonKind::Danger);
    m_end->setEnabled(false);
    auto* list = new Card(tr("Mandates"));
    list->body()->addWidget(m_stack, 1);
    list->body()->addWidget(m_end, 0, Qt::AlignRight);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(px(Px::Space4));
    all->addWidget(m_banner);
    all->addWidget(list, 1);
    all->addWidget(makeForm());
    connect(m_table, &QTreeWidget::currentItemChanged, this, [this](QTreeWidgetItem* i) { m_end->setEnabled(i && i->data(0, Qt::UserRole + 1).toBool()); });
    connect(m_end, &QPushButton::clicked, this, &MandatesPanel::end);
    connect(&m_desk, &DeskPort::changed, this, [this](const desk::Change& c) {
        if (c.all || c.directory) refresh();
    });
    refresh();
}

QWidget* MandatesPanel::makeForm()
{
    auto* card = new Card(tr("Give a mandate"));
    m_deputy = new QComboBox;
    m_deputy->setEditable(true);
    m_deputy->setInsertPolicy(QComboBox::NoInsert);
    m_deputy->lineEdit()->setPlaceholderText(tr("Name or unit"));
    m_deputy->completer()->setFilterMode(Qt::MatchContains);
    m_deputy->completer()->setCompletionMode(QCompleter::PopupCompletion);
    m_deputyError = new FieldError(m_deputy);
    const QDate today = QDateTime::fromMSecsSinceEpoch(nowMs()).date();
    m_from = new QDateEdit(today);
    m_to = new QDateEdit(today.addDays(6));
    for (QDateEdit* d : {m_from, m_to}) {
        d->setCalendarPopup(true);
        d->setDisplayFormat(QStringLiteral("yyyy-MM-dd"));
    }
    m_periodError = new FieldError(m_to);
    m_review = new QCheckBox(scopeText("review"));
    m_sign = new QCheckBox(scopeText("sign"));
    m_review->setChecked(true);
    m_scopeError = new FieldError(m_review);
    m_give = new Button(tr("Give the mandate"), ButtonKind::Primary);
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(px(Px::Space4));
    grid->setVerticalSpacing(px(Px::Space2));
    grid->setColumnStretch(2, 1);
    for (QWidget* field : {static_cast<QWidget*>(m_deputy), static_cast<QWidget*>(m_from), static_cast<QWidget*>(m_to)}) field->setMinimumWidth(px(Px::DecisionPanel));
    m_deputy->lineEdit()->setAccessibleName(tr("Deputy"));
    int row = 0;
    const auto add = [&](const QString& name, QWidget* field, QWidget* error) {
        auto* label = makeLabel(name, "label");
        label->setBuddy(field);
        if (field->accessibleName().isEmpty()) field->setAccessibleName(name);
        grid->addWidget(label, row, 0);
        grid->addWidget(field, row++, 1);
        if (error) grid->addWidget(error, row++, 1);
    };
    add(tr("Deputy"), m_deputy, m_deputyError);
    add(tr("From"), m_from, nullptr);
    add(tr("Until"), m_to, m_periodError);
    auto* scopes = new QHBoxLayout;
    scopes->setSpacing(px(Px::Space5));
    scopes->addWidget(m_review);
    scopes->addWidget(m_sign);
    scopes->addStretch(1);
    grid->addWidget(makeLabel(tr("What"), "label"), row, 0);
    grid->addLayout(scopes, row++, 1);
    grid->addWidget(m_scopeError, row++, 1);
    card->body()->addLayout(grid);
    card->body()->addWidget(m_give, 0, Qt::AlignLeft);
    connect(m_give, &QPushButton::clicked, this, &MandatesPanel::give);
    return card;
}

void MandatesPanel::refresh()
{
    m_desk.mandates(whileAlive(this, [this](Result<std::vector<desk::MandateView>> mandates) {
        if (mandates) showMandates(*mandates);
        else m_banner->setMessage(Tone::Danger, errorText(mandates.error().kind, ErrContext::Store));
    }));
    m_desk.people(whileAlive(this, [this](Result<std::vector<desk::PersonView>> people) {
        if (!people) return;
        const QVariant was = m_deputy->currentData();
        m_people = std::move(*people);
        m_deputy->clear();
        for (const desk::PersonView& p : m_people)
            if (p.id != m_desk.me().person) m_deputy->addItem(QStringList{text(p.name), text(p.unitName), text(p.post)}.join(QLatin1Char(' ')), text(p.id));
        m_deputy->setCurrentIndex(was.isValid() ? m_deputy->findData(was) : -1);
        if (!m_wanted.isEmpty()) propose(std::exchange(m_wanted, {}));
    }));
}

void MandatesPanel::propose(const QString& person)
{
    const int at = m_deputy->findData(person);
    if (at < 0) m_wanted = person;
    m_deputy->setCurrentIndex(at);
    m_from->setFocus();
}

void MandatesPanel::showMandates(const std::vector<desk::MandateView>& mandates)
{
    m_table->clear();
    for (const desk::MandateView& m : mandates) {
        QStringList scopes;
        for (const std::string& s : m.scopes) scopes << scopeText(s);
        const bool over = m.ended || m.to < nowMs(), coming = m.from > nowMs();
        const QString state = m.ended ? tr("Ended early") : over ? tr("Over") : coming ? tr("Not yet") : tr("In force");
        auto* item = new QTreeWidgetItem(m_table, {text(m.deputyName), text(m.principalName), momentText(m.from), momentText(m.to), scopes.isEmpty() ? tr("Everything") : scopes.join(QLatin1Char(' ')), state});
        item->setData(0, Qt::UserRole, text(m.id));
        item->setData(0, Qt::UserRole + 1, m.mine && !over);
        if (!over) item->setData(5, CellDelegate::kToneRole, int(coming ? Tone::Info : Tone::Success));
    }
    m_stack->setCurrentIndex(mandates.empty() ? 1 : 0);
    m_end->setEnabled(false);
    m_end->setVisible(!mandates.empty());
}

void MandatesPanel::give()
{
    if (m_giving) return;
    const int at = m_deputy->findText(m_deputy->currentText());
    m_deputyError->setText(at < 0 ? tr("Choose a person of the directory.") : QString());
    m_periodError->setText(m_to->date() < m_from->date() ? tr("The end lies before the beginning.") : QString());
    std::vector<std::string> scopes;
    if (m_review->isChecked()) scopes.push_back("review");
    if (m_sign->isChecked()) scopes.push_back("sign");
    m_scopeError->setText(scopes.empty() ? tr("Choose what the deputy may do.") : QString());
    if (at < 0 || m_to->date() < m_from->date() || scopes.empty()) return;
    m_giving = true; // a button disabled under the focus would send it elsewhere
    const Millis from = m_from->date().startOfDay().toMSecsSinceEpoch(), to = m_to->date().endOfDay().toMSecsSinceEpoch();
    m_desk.giveMandate(bytes(m_deputy->itemData(at).toString()), scopes, from, to, whileAlive(this, [this](Result<desk::Desk::Done> done) {
        m_giving = false;
        settled(done, tr("Mandate given"));
    }));
}

void MandatesPanel::end()
{
    if (!m_table->currentItem()) return;
    m_end->setEnabled(false);
    m_desk.endMandate(bytes(m_table->currentItem()->data(0, Qt::UserRole).toString()), whileAlive(this, [this](Result<desk::Desk::Done> done) { settled(done, tr("Mandate ended")); }));
}

void MandatesPanel::settled(const Result<desk::Desk::Done>& done, const QString& words)
{
    if (!done) return m_banner->setMessage(Tone::Danger, errorText(done.error().kind, ErrContext::Hub));
    if (done->outcome != wire::APPLIED) return m_banner->setMessage(Tone::Danger, reasonText(done->reason).isEmpty() ? tr("It was not accepted.") : reasonText(done->reason));
    m_banner->setMessage(Tone::Info, {});
    Q_EMIT acted(words, QByteArray::fromStdString(done->id));
    refresh();
}

} // namespace zt::document_ui
