#include "zt/widgets/enrol_page.h"

#include "secret_field.h"
#include "zt/widgets/controls.h"
#include "zt/widgets/labels.h"
#include "zt/widgets/states.h"

#include <QtWidgets>

namespace zt::widgets {

int passphraseStrength(const QString& passphrase)
{
    const auto letters = passphrase.toUcs4();
    constexpr int kLeast = 8, kFair = 12, kStrong = 18, kLeastDifferent = 5;
    if (letters.size() < kLeast) return 0;
    const QSet<uint> different(letters.begin(), letters.end());
    if (different.size() < kLeastDifferent) return 1;
    // A Han character is chosen from thousands: it counts as two.
    int weight = 0;
    for (const uint c : letters) weight += c > 0x2E7F ? 2 : 1;
    return weight >= kStrong ? 3 : weight >= kFair ? 2 : 1;
}

EnrolPage::EnrolPage(QWidget* parent)
    : WelcomePage(parent), m_hubRow(new QWidget), m_hub(new ElidedLabel), m_code(new QPlainTextEdit), m_codeError(new FieldError(m_code)), m_first(makeSecretField(tr("New passphrase"))),
      m_strength(new QProgressBar), m_hint(makeLabel({}, "caption", true)), m_second(makeSecretField(tr("Repeat the passphrase"))),
      m_passError(new FieldError(m_second)), m_problem(new Banner), m_stepBox(new QWidget), m_fields(new QWidget),
      m_go((new Button(tr("Enrol this computer"), ButtonKind::Primary))->big()), m_back(new Button(tr("Back to unlock"), ButtonKind::Link)),
      m_cancel(new Button(tr("Stop waiting")))
{
    form()->addWidget(makeLabel(tr("Enrol this computer"), "title"));
    form()->addSpacing(px(Px::TextGap));
    form()->addWidget(makeLabel(tr("Once, with the network. Afterwards you can work without it."), "muted", true));
    form()->addSpacing(px(Px::Space4));
    auto* hub = new QHBoxLayout(m_hubRow);
    hub->setContentsMargins(0, 0, 0, px(Px::Space2));
    hub->setSpacing(px(Px::DotGap));
    auto* managed = new ManagedMark;
    managed->setFixed();
    hub->addWidget(managed);
    hub->addWidget(m_hub, 1);
    m_hubRow->hide();
    form()->addWidget(m_hubRow);
    form()->addWidget(m_problem);

    auto* fields = new QVBoxLayout(m_fields);
    fields->setContentsMargins(0, px(Px::Space2), 0, 0);
    fields->setSpacing(px(Px::DotGap));
    const auto labelled = [&](const QString& text, QWidget* field) {
        auto* label = makeLabel(text, "label");
        label->setBuddy(field);
        fields->addWidget(label);
        fields->addWidget(field);
    };
    labelled(tr("&Enrolment code"), m_code);
    fields->addWidget(m_codeError);
    fields->addSpacing(px(Px::Space2));
    labelled(tr("&New passphrase"), m_first);
    fields->addWidget(m_strength);
    fields->addWidget(m_hint);
    fields->addSpacing(px(Px::Space2));
    labelled(tr("&Repeat the passphrase"), m_second);
    fields->addWidget(m_passError);
    form()->addWidget(m_fields);

    auto* steps = new QVBoxLayout(m_stepBox);
    steps->setContentsMargins(0, px(Px::Space2), 0, 0);
    steps->setSpacing(px(Px::Space2));
    for (const QString& text : {tr("Check the code and the server's identity"), tr("Make the keys of this computer"), tr("Register with the hub"), tr("Make the encrypted store")}) {
        m_steps << makeLabel(text, "muted");
        steps->addWidget(m_steps.back());
    }
    form()->addWidget(m_stepBox);
    form()->addSpacing(px(Px::Space4));
    form()->addWidget(m_cancel, 0, Qt::AlignLeft);
    m_cancel->hide();
    connect(m_cancel, &QPushButton::clicked, this, &EnrolPage::cancelRequested);
    form()->addWidget(m_go);
    form()->addSpacing(px(Px::Space2));
    form()->addWidget(m_back, 0, Qt::AlignLeft);

    m_code->setAccessibleName(tr("Enrolment code"));
    m_code->setPlaceholderText(tr("Paste the whole code here, all lines of it"));
    m_code->setTabChangesFocus(true);
    m_code->setFixedHeight(px(Px::PasteBox));
    m_strength->setRange(0, 3);
    m_strength->setTextVisible(false);
    m_strength->setAccessibleName(tr("Strength of the passphrase"));
    m_stepBox->hide();
    m_back->hide();
    connect(m_code, &QPlainTextEdit::textChanged, this, [this] { m_codeError->setText({}); check(); });
    connect(m_first, &QLineEdit::textChanged, this, &EnrolPage::check);
    connect(m_second, &QLineEdit::textChanged, this, &EnrolPage::check);
    // Errors of a field appear on leaving it, not while typing.
    connect(m_second, &QLineEdit::editingFinished, this, [this] {
        if (!m_second->text().isEmpty() && m_second->text() != m_first->text()) m_passError->setText(tr("The two passphrases differ. Type them again."));
    });
    connect(m_second, &QLineEdit::returnPressed, this, &EnrolPage::submit);
    connect(m_go, &QPushButton::clicked, this, &EnrolPage::submit);
    connect(m_back, &QPushButton::clicked, this, &EnrolPage::backRequested);
    setFocusProxy(m_code);
    check();
}

void EnrolPage::setHub(const QString& address)
{
    m_hub->setText(tr("Hub: %1").arg(address));
    m_hubRow->setVisible(!address.isEmpty());
}

void EnrolPage::setCanGoBack(bool can) { m_back->setVisible(can); }

QString EnrolPage::code() const
{
    QString text = m_code->toPlainText();
    text.removeIf([](QChar c) { return c.isSpace() || c == QChar(0xFEFF) || c == QChar(0x200B); });
    return text;
}

void EnrolPage::check()
{
    static const char* const kHints[] = {QT_TR_NOOP("At least 8 characters. A short sentence is easy to remember and hard to guess."),
        QT_TR_NOOP("Weak. Make it longer."), QT_TR_NOOP("Fair. A few more words make it strong."), QT_TR_NOOP("Strong.")};
    const int strength = passphraseStrength(m_first->text());
    m_strength->setValue(m_first->text().isEmpty() ? 0 : strength);
    m_hint->setText(tr(kHints[strength]));
    if (m_second->text() == m_first->text()) m_passError->setText({});
    m_go->setEnabled(!m_busy && !code().isEmpty() && strength > 0 && m_second->text() == m_first->text());
}

void EnrolPage::submit()
{
    if (!m_go->isEnabled()) return;
    QByteArray passphrase = m_first->text().toUtf8();
    m_problem->setMessage(Tone::Danger, {});
    setStep(0);
    Q_EMIT enrolRequested(code(), passphrase);
    wipe(passphrase);
}

void EnrolPage::setBusy(bool busy)
{
    m_busy = busy;
    m_fields->setVisible(!busy);
    m_stepBox->setVisible(busy);
    if (m_cancel->isVisibleTo(this)) m_problem->setMessage(Tone::Info, {});
    m_cancel->hide();
    m_back->setEnabled(!busy);
    m_go->setText(busy ? tr("Enrolling…") : tr("Enrol this computer"));
    check();
}

void EnrolPage::setStep(int step)
{
    for (int i = 0; i < m_steps.size(); ++i) setStyleProperty(m_steps[i], "role", i == step ? QStringLiteral("strong") : i < step ? QString() : QStringLiteral("muted"));
    if (step < m_steps.size()) return;
    m_code->clear(); // it is used; the next person has another
    for (QLineEdit* field : {m_first, m_second}) {
        QByteArray gone = takeSecret(field);
        wipe(gone);
    }
}

void EnrolPage::setWaiting(const QString& check)
{
    m_problem->setMessage(Tone::Info, tr("You have another computer already, so this one must be approved. Approve it there, where a question appears, or ask two administrators. Compare these letters: %1").arg(check));
    m_cancel->show();
    m_cancel->setFocus(Qt::OtherFocusReason);
}

void EnrolPage::setError(Field field, const QString& text)
{
    setBusy(false);
    m_codeError->setText(field == Field::Code ? text : QString());
    m_passError->setText(field == Field::Passphrase ? text : QString());
    m_problem->setMessage(Tone::Danger, field == Field::Whole ? text : QString());
    if (field == Field::Code) m_code->setFocus(Qt::OtherFocusReason);
    if (field == Field::Passphrase) m_first->setFocus(Qt::OtherFocusReason);
}

} // namespace zt::widgets
