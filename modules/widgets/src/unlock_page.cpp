#include "zt/widgets/unlock_page.h"

#include "secret_field.h"
#include "zt/widgets/controls.h"
#include "zt/widgets/labels.h"
#include "zt/widgets/states.h"

#include <QtWidgets>

namespace zt::widgets {

UnlockPage::UnlockPage(QWidget* parent)
    : WelcomePage(parent), m_avatar(new Avatar({}, Px::AvatarHuge)), m_name(new ElidedLabel({}, "title")), m_unit(new ElidedLabel({}, "muted")),
      m_choice(new QComboBox), m_label(makeLabel(tr("&Passphrase of this computer"), "label")), m_field(makeSecretField(tr("Passphrase of this computer"))),
      m_error(new FieldError(m_field)), m_problem(new Banner), m_factor(new QWidget), m_factorText(new Banner), m_go((new Button(tr("Unlock"), ButtonKind::Primary))->big()),
      m_forgot(new Button(tr("Forgot passphrase"), ButtonKind::Link)), m_other(new Button(tr("Enrol another person"), ButtonKind::Link)),
      m_lease(new QWidget), m_ask(makeLabel({}, "title")), m_code(new QLineEdit), m_codeError(new FieldError(m_code)), m_last(makeLabel({}, "label")), m_lastRow(new QWidget), m_tick(new QTimer(this))
{
    auto* who = new QHBoxLayout;
    who->setSpacing(px(Px::Space4));
    auto* names = new QVBoxLayout;
    names->setSpacing(px(Px::TextGap));
    names->addStretch(1);
    names->addWidget(m_name);
    names->addWidget(m_unit);
    names->addStretch(1);
    who->addWidget(m_avatar);
    who->addLayout(names, 1);
    form()->addLayout(who);
    form()->addSpacing(px(Px::Space5));
    m_choice->setAccessibleName(tr("Person"));
    form()->addWidget(m_choice);
    form()->addSpacing(px(Px::Space5));
    form()->addWidget(m_problem);
    form()->addWidget(m_factor);
    buildFactor();
    form()->addWidget(m_lease);
    buildLease();
    m_label->setBuddy(m_field);
    form()->addWidget(m_label);
    form()->addSpacing(px(Px::DotGap));
    form()->addWidget(m_field);
    form()->addWidget(m_error);
    form()->addSpacing(px(Px::Space3));
    form()->addWidget(m_go);
    form()->addSpacing(px(Px::Space3));
    auto* links = new QHBoxLayout;
    links->addWidget(m_forgot);
    links->addStretch(1);
    links->addWidget(m_other);
    form()->addLayout(links);
    form()->addSpacing(px(Px::Space5));
    form()->addWidget(makeNote(Icon::Shield, Color::SuccessText, makeLabel(tr("The data on this computer are encrypted. You can unlock and work without the network."), "label", true), true));
    m_lastRow = makeNote(Icon::Clock, Color::TextMuted, m_last, false);
    form()->addWidget(m_lastRow);

    m_field->installEventFilter(this);
    m_tick->setInterval(1000);
    connect(m_tick, &QTimer::timeout, this, [this] { setWait(m_wait - 1); });
    connect(m_field, &QLineEdit::textChanged, this, [this] { m_error->setText({}); showButton(); }); // a screen reader sets the text, it does not type
    connect(m_field, &QLineEdit::returnPressed, this, &UnlockPage::submit);
    connect(m_go, &QPushButton::clicked, this, &UnlockPage::submit);
    connect(m_choice, &QComboBox::currentIndexChanged, this, &UnlockPage::showPerson);
    const auto id = [this] { return m_choice->currentData().toString(); };
    connect(m_forgot, &QPushButton::clicked, this, [this, id] { Q_EMIT recoveryRequested(id()); });
    connect(m_other, &QPushButton::clicked, this, &UnlockPage::enrolRequested);
    connect(m_problem, &Banner::action, this, [this, id] { Q_EMIT problemAction(id()); });
    setFocusProxy(m_field);
    showButton();
}

void UnlockPage::setPersons(const QVector<StoreEntry>& persons, const QString& selectedId)
{
    m_persons = persons;
    {
        const QSignalBlocker quiet(m_choice);
        m_choice->clear();
        for (const StoreEntry& p : persons) m_choice->addItem(p.unit.isEmpty() ? p.name : tr("%1, %2", "person, unit").arg(p.name, p.unit), p.id);
        m_choice->setCurrentIndex(std::max(0, m_choice->findData(selectedId)));
    }
    m_choice->setVisible(persons.size() > 1);
    showPerson();
}

void UnlockPage::showPerson()
{
    const StoreEntry p = m_persons.value(m_choice->currentIndex());
    m_avatar->setName(p.name);
    m_name->setText(p.name);
    m_unit->setText(p.unit);
    m_last->setText(tr("Last unlocked on this computer: %1").arg(p.lastUnlock));
    m_lastRow->setVisible(!p.lastUnlock.isEmpty());
    m_field->clear();
    setError({});
    setStoreProblem({});
    setFactorProblem({});
}

void UnlockPage::setBusy(bool busy)
{
    m_busy = busy;
    m_field->setEnabled(!busy);
    m_choice->setEnabled(!busy);
    showButton();
}

void UnlockPage::setError(const QString& text)
{
    m_error->setText(text);
    if (!text.isEmpty()) {
        m_field->setFocus(Qt::OtherFocusReason);
        m_field->selectAll();
    }
}

void UnlockPage::setStoreProblem(const QString& text, const QString& action)
{
    m_problem->setMessage(Tone::Danger, text, action);
    const bool usable = text.isEmpty();
    for (QWidget* w : {static_cast<QWidget*>(m_label), static_cast<QWidget*>(m_field), static_cast<QWidget*>(m_go), static_cast<QWidget*>(m_forgot)}) w->setVisible(usable && m_lease->isHidden());
    if (!usable) m_error->setText({});
}

void UnlockPage::buildFactor()
{
    auto* box = new QVBoxLayout(m_factor);
    box->setContentsMargins(0, 0, 0, px(Px::Space5));
    box->setSpacing(px(Px::Space3));
    box->addWidget(m_factorText);
    auto* admins = new Button(tr("Open with two administrators…"));
    box->addWidget(admins, 0, Qt::AlignLeft);
    connect(admins, &QPushButton::clicked, this, [this] { Q_EMIT recoveryRequested(m_choice->currentData().toString()); });
    m_factor->hide();
}

void UnlockPage::setFactorProblem(const QString& text)
{
    m_factorText->setMessage(Tone::Warning, text);
    m_factor->setVisible(!text.isEmpty());
    if (!text.isEmpty()) m_field->setFocus(Qt::OtherFocusReason);
}

void UnlockPage::buildLease()
{
    auto* box = new QVBoxLayout(m_lease);
    box->setContentsMargins(0, 0, 0, 0);
    box->setSpacing(px(Px::Space3));
    box->addWidget(new Banner(Tone::Warning, tr("This PC has been without its hub for longer than your organisation allows. Its content is locked; nothing was deleted, and it opens by itself when the hub is heard.")));
    box->addWidget(makeLabel(tr("Without the network: telephone your security administrator and read out"), "label", true));
    m_ask->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_ask->setAccessibleName(tr("To be read out"));
    box->addWidget(m_ask);
    auto* label = makeLabel(tr("&Code you are told"), "label");
    label->setBuddy(m_code);
    m_code->setAccessibleName(tr("Code you are told"));
    m_code->setMaxLength(40);
    box->addWidget(label);
    box->addWidget(m_code);
    box->addWidget(m_codeError);
    auto* go = (new Button(tr("Open for a week"), ButtonKind::Primary))->big();
    box->addWidget(go);
    const auto enter = [this] {
        if (!m_code->text().trimmed().isEmpty()) Q_EMIT leaseCodeEntered(m_code->text());
    };
    connect(go, &QPushButton::clicked, this, enter);
    connect(m_code, &QLineEdit::returnPressed, this, enter);
    connect(m_code, &QLineEdit::textEdited, this, [this] { m_codeError->setText({}); });
    m_lease->hide();
}

void UnlockPage::setLease(const QString& ask)
{
    const bool on = !ask.isEmpty();
    m_ask->setText(ask);
    if (m_lease->isHidden() != on) return;
    m_lease->setVisible(on);
    m_code->clear();
    m_codeError->setText({});
    for (QWidget* w : {static_cast<QWidget*>(m_label), static_cast<QWidget*>(m_field), static_cast<QWidget*>(m_go), static_cast<QWidget*>(m_forgot)}) w->setVisible(!on);
    (on ? m_code : m_field)->setFocus(Qt::OtherFocusReason);
}

void UnlockPage::setLeaseError(const QString& text)
{
    m_codeError->setText(text);
    m_code->setFocus(Qt::OtherFocusReason);
    m_code->selectAll();
}

void UnlockPage::setWait(int seconds)
{
    m_wait = std::max(0, seconds);
    m_wait > 0 ? m_tick->start() : m_tick->stop();
    showButton();
}

void UnlockPage::showButton()
{
    m_go->setText(m_busy ? tr("Unlocking…") : m_wait > 0 ? tr("Try again in %n s", "button, counts down", m_wait) : tr("Unlock"));
    m_go->setEnabled(!m_busy && m_wait == 0 && !m_field->text().isEmpty());
}

void UnlockPage::submit()
{
    if (!m_go->isEnabled()) return;
    QByteArray passphrase = takeSecret(m_field);
    showButton();
    Q_EMIT unlockRequested(m_choice->currentData().toString(), passphrase);
    wipe(passphrase);
}

bool UnlockPage::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_field && event->type() == QEvent::KeyPress && m_error->isHidden() && capsLockLooksOn(*static_cast<QKeyEvent*>(event)))
        m_error->setText(tr("Caps Lock is on"), Tone::Warning);
    return WelcomePage::eventFilter(watched, event);
}

} // namespace zt::widgets
