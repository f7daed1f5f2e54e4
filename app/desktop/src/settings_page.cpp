#include "settings_page.h"

#include "approval_dialog.h"
#include "remove_dialog.h"

#include "zt/document_ui/words.h"
#include "zt/widgets/controls.h"
#include "zt/widgets/enrol_page.h"
#include "zt/widgets/error_text.h"
#include "zt/widgets/labels.h"
#include "zt/widgets/panes.h"
#include "zt/widgets/states.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QLineEdit>
#include <QPointer>
#include <QVBoxLayout>
#include <set>

namespace zt::app {

using namespace widgets;
using document_ui::text;

namespace {

crypto::Secret take(QLineEdit* field)
{
    QByteArray bytes = field->text().toUtf8();
    crypto::Secret out(BytesView(bytes.constData(), size_t(bytes.size())));
    bytes.fill('\0');
    field->clear();
    return out;
}

ManagedMark* labelled(QVBoxLayout* box, const QString& label, QWidget* control)
{
    auto* row = new QHBoxLayout;
    auto* l = makeLabel(label, "label");
    l->setBuddy(control);
    control->setAccessibleName(label);
    row->addWidget(l, 1);
    if (qobject_cast<QComboBox*>(control) || qobject_cast<QLineEdit*>(control)) control->setMinimumWidth(px(Px::List) / 4 * 3);
    auto* mark = new ManagedMark(control);
    row->addWidget(mark);
    row->addWidget(control);
    box->addLayout(row);
    return mark;
}

} // namespace

SettingsPage::SettingsPage(std::shared_ptr<desk::Desk> d, desk::Settings s, desk::Policy policy, QWidget* parent)
    : QScrollArea(parent), m_desk(std::move(d)), m_settings(std::move(s)), m_policy(std::move(policy))
{
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setAccessibleName(tr("Settings"));
    build();
}

void SettingsPage::setPolicy(const desk::Settings& settings, const desk::Policy& policy)
{
    m_settings = settings;
    m_policy = policy;
    build();
}

void SettingsPage::build()
{
    m_shown.clear();
    auto* page = new Pane("window");
    auto* centre = new QHBoxLayout(page);
    centre->setContentsMargins(px(Px::Space6), px(Px::Space5), px(Px::Space6), px(Px::Space6));
    auto* column = new QWidget;
    column->setMaximumWidth(px(Px::DialogMedium));
    auto* box = new QVBoxLayout(column);
    box->setContentsMargins(0, 0, 0, 0);
    box->setSpacing(px(Px::Space4));
    if (!m_policy.refused().empty())
        box->addWidget(new Banner(Tone::Warning, tr("Some of your organisation's settings on this computer cannot be used. Tell the information centre; zhengtong --policy-report says what is wrong.")));
    if (const QString factor = document_ui::factorText(m_desk->status().secondFactor); !factor.isEmpty()) box->addWidget(new Banner(Tone::Warning, factor));
    buildWaiting(box);
    buildManaged(box);
    buildLook(box);
    buildLine(box);
    buildLock(box);
    buildStore(box);
    box->addStretch();
    centre->addStretch();
    centre->addWidget(column, 10);
    centre->addStretch();
    setWidget(page);
}

void SettingsPage::setSettings(const desk::Settings& settings)
{
    m_settings = settings;
    for (const auto& show : m_shown) show();
}

void SettingsPage::choice(QVBoxLayout* box, const char* key, const QString& label, const QStringList& words, const std::vector<std::string>& values, std::string desk::Settings::*member)
{
    auto* combo = new QComboBox;
    combo->addItems(words);
    m_shown.push_back([this, combo, values, member] {
        const QSignalBlocker quiet(combo);
        for (size_t i = 0; i < values.size(); ++i)
            if (values[i] == m_settings.*member) combo->setCurrentIndex(int(i));
    });
    m_shown.back()();
    connect(combo, &QComboBox::currentIndexChanged, this, [this, values, member](int i) {
        m_settings.*member = values[size_t(i)];
        Q_EMIT changed(m_settings);
    });
    auto* mark = labelled(box, label, combo);
    if (m_policy.fixes(key)) mark->setFixed();
}

void SettingsPage::check(QVBoxLayout* box, const char* key, const QString& label, bool desk::Settings::*member)
{
    auto* row = new QHBoxLayout;
    auto* on = new QCheckBox(label);
    on->setChecked(m_settings.*member);
    connect(on, &QCheckBox::toggled, this, [this, member](bool checked) {
        m_settings.*member = checked;
        Q_EMIT changed(m_settings);
    });
    auto* mark = new ManagedMark(on);
    row->addWidget(on, 1);
    row->addWidget(mark);
    box->addLayout(row);
    if (m_policy.fixes(key)) mark->setFixed();
}

void SettingsPage::setWaiting(std::vector<desk::WaitingDevice> waiting)
{
    const auto same = [](const auto& a, const auto& b) { return a.device == b.device; };
    if (std::equal(waiting.begin(), waiting.end(), m_waiting.begin(), m_waiting.end(), same)) return;
    m_waiting = std::move(waiting);
    build();
}

void SettingsPage::buildWaiting(QVBoxLayout* box)
{
    if (m_waiting.empty()) return;
    auto* card = new Card(tr("Computers that wait for your approval"));
    for (const auto& device : m_waiting) {
        auto* open = new Button(tr("Answer…"));
        labelled(card->body(), tr("%1, letters %2", "name of a computer").arg(text(device.name), text(device.check)), open);
        connect(open, &QPushButton::clicked, this, [this, device] {
            auto* dialog = new ApprovalDialog(m_desk, device, window());
            dialog->setAttribute(Qt::WA_DeleteOnClose);
            dialog->open();
        });
    }
    box->addWidget(card);
}

//! Who manages this PC, where anybody does.
void SettingsPage::buildManaged(QVBoxLayout* box)
{
    const auto hub = m_desk->hubPolicy();
    if (!hub.number) return;
    auto* card = new Card(tr("Managed by your organisation"));
    labelled(card->body(), tr("Policy of the hub"), new ElidedLabel(tr("Number %1, signed by %2").arg(QString::number(hub.number), text(hub.by))));
    if (const Millis until = m_desk->status().leaseUntil)
        labelled(card->body(), tr("May be without the hub until"), new ElidedLabel(QLocale().toString(QDateTime::fromMSecsSinceEpoch(until), QLocale::ShortFormat)));
    card->body()->addWidget(makeLabel(tr("Of this PC's managed settings and the hub's policy the stricter value holds; what you cannot change shows a lock."), "caption", true));
    box->addWidget(card);
}

void SettingsPage::buildLook(QVBoxLayout* box)
{
    auto* card = new Card(tr("Appearance"));
    choice(card->body(), "language", tr("Language"), {tr("As the system"), QStringLiteral("中文"), QStringLiteral("English")}, {"", "zh_CN", "en"}, &desk::Settings::language);
    choice(card->body(), "theme", tr("Theme"), {tr("Light"), tr("Dark"), tr("High contrast")}, {"", "dark", "contrast"}, &desk::Settings::theme);
    choice(card->body(), "text_size", tr("Text size"), {tr("Standard"), tr("Large"), tr("Extra large")}, {"standard", "large", "extra-large"}, &desk::Settings::textSize);
    choice(card->body(), "density", tr("Density"), {tr("By window size"), tr("Compact"), tr("Comfortable")}, {"", "compact", "comfortable"}, &desk::Settings::density);
    check(card->body(), "notifications", tr("Notify of new tasks and documents"), &desk::Settings::notifications);
    check(card->body(), "close_to_tray", tr("Keep running in the tray when the window is closed"), &desk::Settings::closeToTray);
    card->body()->addWidget(makeLabel(tr("Language takes full effect after the next unlock."), "caption", true));
    box->addWidget(card);
}

void SettingsPage::buildLine(QVBoxLayout* box)
{
    auto* card = new Card(tr("Connection"));
    const auto& me = m_desk->me();
    auto* hub = new ElidedLabel(text(me.hubAddress));
    labelled(card->body(), tr("Hub"), hub);
    auto* device = new ElidedLabel(text(me.deviceName));
    labelled(card->body(), tr("This computer"), device);
    auto* proxy = new QLineEdit(text(m_settings.proxy));
    proxy->setPlaceholderText(tr("None, or http://host:port"));
    auto* mark = labelled(card->body(), tr("Proxy"), proxy);
    if (m_policy.fixes("proxy")) {
        mark->setFixed();
        proxy->setPlaceholderText(tr("None"));
    }
    auto* error = new FieldError(proxy);
    card->body()->addWidget(error);
    connect(proxy, &QLineEdit::editingFinished, this, [this, proxy, error] {
        const QString value = proxy->text().trimmed();
        const QUrl url(value);
        if (!value.isEmpty() && (!url.isValid() || url.scheme() != QLatin1String("http") || url.host().isEmpty() || url.port() <= 0))
            return error->setText(tr("Write it as http://host:port, for example http://proxy.example:3128. The old setting stays in force."));
        error->setText({});
        if (m_settings.proxy == value.toStdString()) return;
        m_settings.proxy = value.toStdString();
        m_desk->setProxy(m_settings.proxy);
        Q_EMIT changed(m_settings);
    });
    box->addWidget(card);
}

QComboBox* SettingsPage::minutes()
{
    constexpr int kMinutes[]{5, 10, 15, 30, 60};
    const int most = m_policy.mostIdleMinutes();
    std::set<int> offered(std::begin(kMinutes), std::end(kMinutes));
    if (most) {
        offered.insert(most);
        offered.erase(offered.upper_bound(most), offered.end());
    }
    if (m_settings.idleLockMinutes) offered.insert(m_settings.idleLockMinutes);
    auto* combo = new QComboBox;
    for (const int m : offered) combo->addItem(tr("%n min", nullptr, m), m);
    if (!most) combo->addItem(tr("Never"), 0);
    combo->setCurrentIndex(combo->findData(m_settings.idleLockMinutes));
    connect(combo, &QComboBox::currentIndexChanged, this, [this, combo] {
        m_settings.idleLockMinutes = combo->currentData().toInt();
        Q_EMIT changed(m_settings);
    });
    return combo;
}

void SettingsPage::buildLock(QVBoxLayout* box)
{
    auto* card = new Card(tr("Lock and passphrase"));
    auto* mark = labelled(card->body(), tr("Lock after no input for"), minutes());
    if (m_policy.fixes("idle_lock_minutes")) mark->setFixed();
    else if (const int most = m_policy.mostIdleMinutes()) mark->setBounded(tr("Your organisation allows at most %n min", nullptr, most));
    buildFactor(card->body());
    m_old = new QLineEdit;
    m_first = new QLineEdit;
    m_second = new QLineEdit;
    const std::pair<QLineEdit*, QString> fields[] = {{m_old, tr("Present passphrase")}, {m_first, tr("New passphrase")}, {m_second, tr("New passphrase again")}};
    for (const auto& [field, label] : fields) {
        field->setEchoMode(QLineEdit::Password);
        labelled(card->body(), label, field);
    }
    card->body()->addWidget(m_passError = new FieldError(m_second));
    auto* row = new QHBoxLayout;
    row->addWidget(m_passDone = makeLabel({}, "caption", true), 1);
    auto* go = new Button(tr("Change passphrase"));
    connect(go, &QPushButton::clicked, this, &SettingsPage::changePassphrase);
    row->addWidget(go);
    card->body()->addLayout(row);
    box->addWidget(card);
}

//! Nothing a person chooses: shown where the organisation says something of it, or it is so.
void SettingsPage::buildFactor(QVBoxLayout* box)
{
    const bool on = factor();
    const auto* managed = m_policy.find("keychain");
    const bool asked = managed && std::get<bool>(managed->value);
    if (!on && !asked) return;
    auto* row = new QHBoxLayout;
    auto* check = new QCheckBox(tr("Open only together with this computer's keyring"));
    check->setChecked(on);
    check->setEnabled(false);
    auto* mark = new ManagedMark(check);
    row->addWidget(check, 1);
    row->addWidget(mark);
    box->addLayout(row);
    if (managed) mark->setFixed();
    const bool waits = m_desk->status().secondFactor == desk::SecondFactor::Off;
    if (on != asked && (on || waits)) box->addWidget(makeLabel(tr("This changes with the next unlock."), "caption", true));
}

void SettingsPage::changePassphrase()
{
    m_passDone->clear();
    if (passphraseStrength(m_first->text()) == 0) return m_passError->setText(tr("Use at least eight characters."));
    if (m_first->text() != m_second->text()) return m_passError->setText(tr("The two passphrases differ."));
    m_passError->setText({});
    m_second->clear();
    m_passDone->setText(tr("Changing…"));
    m_desk->changePassphrase(take(m_old), take(m_first), [self = QPointer(this)](Result<void> done) {
        if (!self) return;
        self->m_passDone->setText(done ? tr("Changed. It holds from the next unlock.") : QString());
        if (!done) self->m_passError->setText(errorText(done.error().kind, ErrContext::Unlock));
    });
}

bool SettingsPage::factor() const { return m_desk->status().secondFactor == desk::SecondFactor::On; }

void SettingsPage::say(QLabel* label, const Result<void>& done, const QString& good)
{
    label->setText(done ? good : errorText(done.error().kind, ErrContext::Settings));
}

void SettingsPage::saveTo(const QString& title, const QString& name, std::function<void(const QString&)> go)
{
    auto* dialog = new QFileDialog(this, title, name);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    connect(dialog, &QFileDialog::fileSelected, this, [go = std::move(go)](const QString& file) { go(file); });
    dialog->open();
}

void SettingsPage::buildStore(QVBoxLayout* box)
{
    auto* card = new Card(tr("Data on this computer"));
    auto* status = makeLabel(factor() ? tr("Everything here is encrypted with a key that your passphrase and this computer's keyring open together.")
                                      : tr("Everything here is encrypted with a key that your passphrase opens."), "caption", true);
    auto* row = new QHBoxLayout;
    auto* check = new Button(Icon::Shield, tr("Check integrity"));
    auto* backup = new Button(Icon::Archive, tr("Back up…"));
    auto* diagnose = new Button(Icon::File, tr("Diagnosis file…"));
    for (auto* b : {check, backup, diagnose}) row->addWidget(b);
    row->addStretch();
    auto* remove = new Button(tr("Remove from this PC…"));
    connect(remove, &QPushButton::clicked, this, [this] {
        auto* dialog = new RemoveDialog(m_desk, window());
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        connect(dialog, &RemoveDialog::removed, this, &SettingsPage::removed);
        dialog->open();
    });
    connect(check, &QPushButton::clicked, this, [this, status] {
        status->setText(tr("Checking…"));
        m_desk->integrity([status = QPointer(status)](Result<std::vector<std::string>> found) {
            if (!status) return;
            status->setText(!found ? errorText(found.error().kind, ErrContext::Store) : found->empty() ? tr("All data is whole.")
                : tr("The check found damage. Back up now and show the diagnosis file to your administrator; nothing was deleted."));
        });
    });
    connect(backup, &QPushButton::clicked, this, [this, status] {
        saveTo(tr("Back up to a new folder"), QStringLiteral("zhengtong-backup"), [this, status = QPointer(status)](const QString& file) {
            m_desk->backup(file.toStdString(), [self = QPointer(this), status](Result<void> done) {
                if (self && status) self->say(status, done, self->factor() ? tr("Backed up, encrypted as it is here. It opens with the passphrase on this computer only, as long as its keyring keeps the secret; otherwise two administrators open it.")
                                                                              : tr("Backed up, encrypted as it is here."));
            });
        });
    });
    connect(diagnose, &QPushButton::clicked, this, [this, status] {
        saveTo(tr("Save diagnosis file"), QStringLiteral("zhengtong-diagnosis.json"), [this, status = QPointer(status)](const QString& file) {
            m_desk->diagnostics(file.toStdString(), [self = QPointer(this), status](Result<void> done) {
                if (self && status) self->say(status, done, tr("Saved. It holds no content and no names."));
            });
        });
    });
    card->body()->addLayout(row);
    card->body()->addWidget(status);
    card->body()->addWidget(remove, 0, Qt::AlignLeft);
    box->addWidget(card);
}

} // namespace zt::app
