#include "application.h"

#include "curtain.h"
#include "main_window.h"
#include "recovery_dialog.h"
#include "tray.h"

#include "zt/base/text.h"
#include "zt/document_ui/words.h"
#include "zt/widgets/enrol_page.h"
#include "zt/widgets/error_text.h"
#include "zt/widgets/unlock_page.h"

#include <QApplication>
#include <QDateTime>
#include <QKeyEvent>
#include <QScreen>
#include <QStackedWidget>
#include <QSysInfo>
#include <QThreadPool>

namespace zt::app {

using namespace widgets;
using document_ui::text;

namespace {

constexpr int kWidth = 1440, kHeight = 900;
constexpr int kReadingsMs = 3000;

QSize firstSize(const QScreen* screen)
{
    const QSize wanted(kWidth, kHeight);
    return screen ? wanted.boundedTo(screen->availableSize()) : wanted;
}

int waitSeconds(const Error& e)
{
    const std::string word = "wait ";
    return e.kind == Err::Busy && e.detail.rfind(word, 0) == 0 ? std::atoi(e.detail.c_str() + word.size()) : 0;
}

QString lastUsed(Millis ms)
{
    return ms ? QLocale().toString(QDateTime::fromMSecsSinceEpoch(ms), QLocale::ShortFormat) : QString();
}

} // namespace

desk::Post Application::poster()
{
    return [](std::function<void()> f) { QMetaObject::invokeMethod(qApp, std::move(f), Qt::QueuedConnection); };
}

Application::Application(std::filesystem::path root, desk::Policy policy, std::shared_ptr<desk::Keychain> keychain, QObject* parent)
    : QObject(parent), m_root(std::move(root)), m_keychain(std::move(keychain)), m_machine(std::move(policy)), m_policy(m_machine), m_own(desk::loadSettings(m_root)), m_settings(m_policy.over(m_own))
{
    desk::logPolicy(m_policy);
    // Another style sheet once the window is there costs as much as all of its layout.
    Theme::current().setCramped(Shell::widthClassOf(firstSize(QGuiApplication::primaryScreen())) != WidthClass::Full);
    m_look.apply(m_settings);
    QApplication::setWindowIcon(Theme::current().appIcon());
    qApp->installEventFilter(this);
    // The readings of names take a second to load; nobody should wait for them at the first search, nor the first window for them.
    QTimer::singleShot(kReadingsMs, this, [] { QThreadPool::globalInstance()->start([] { (void)pinyin("一"); }); });
    m_lastInput.start();
    m_idle.setInterval(5000);
    connect(&m_idle, &QTimer::timeout, this, [this] {
        if (!m_locked && m_settings.idleLockMinutes && m_lastInput.elapsed() > qint64(m_settings.idleLockMinutes) * m_minute) lock();
    });
    m_idle.start();
    m_clock.setInterval(60'000);
    connect(&m_clock, &QTimer::timeout, this, [this] {
        if (m_desk) m_desk->lookAtClock();
    });
    m_clock.start();
}

void Application::watchSession()
{
    if (m_session) return;
    m_session = std::make_unique<SessionWatch>();
    connect(m_session.get(), &SessionWatch::away, this, [this] {
        if (!m_locked) lock();
    });
    connect(m_session.get(), &SessionWatch::woken, this, [this] {
        if (m_desk) m_desk->reconnect();
    });
}

Application::~Application()
{
    if (m_enrolEnds) *m_enrolEnds = true;
    m_main.reset();
    m_desk.reset();
}

void Application::setMinuteForTests(int ms)
{
    m_minute = ms;
    m_idle.setInterval(std::min(ms, 5000));
}

void Application::bringToFront()
{
    auto* w = window();
    if (!w) return;
    w->isMinimized() ? w->showNormal() : w->show();
    w->raise();
    w->activateWindow();
}

QWidget* Application::window() const { return m_locked ? static_cast<QWidget*>(m_entry.get()) : static_cast<QWidget*>(m_main.get()); }

bool Application::eventFilter(QObject* watched, QEvent* event)
{
    switch (event->type()) {
    case QEvent::KeyPress:
    case QEvent::MouseButtonPress:
    case QEvent::Wheel:
    case QEvent::MouseMove:
    case QEvent::InputMethod: m_lastInput.restart(); break;
    default: break;
    }
    return QObject::eventFilter(watched, event);
}

void Application::buildEntry()
{
    m_entry = std::make_unique<QStackedWidget>();
    m_entry->setWindowTitle(tr("Zhengtong"));
    m_entry->setMinimumSize(px(Px::MinWindowWidth), px(Px::MinWindowHeight));
    m_entry->resize(firstSize(m_entry->screen()));
    m_unlock = new UnlockPage;
    m_enrol = new EnrolPage;
    m_enrol->setHub(text(m_policy.hub().address));
    m_entry->addWidget(m_unlock);
    m_entry->addWidget(m_enrol);
    // The signal wipes the bytes when it returns: everything that needs them happens inside.
    connect(m_unlock, &UnlockPage::unlockRequested, this, &Application::unlock, Qt::DirectConnection);
    connect(m_enrol, &EnrolPage::enrolRequested, this, &Application::enrol, Qt::DirectConnection);
    connect(m_unlock, &UnlockPage::enrolRequested, this, &Application::showEnrol);
    connect(m_enrol, &EnrolPage::cancelRequested, this, [this] { if (m_enrolEnds) *m_enrolEnds = true; });
    connect(m_enrol, &EnrolPage::backRequested, this, [this] { showUnlock(); });
    connect(m_unlock, &UnlockPage::leaseCodeEntered, this, &Application::tryLeaseCode);
    connect(m_unlock, &UnlockPage::recoveryRequested, this, &Application::recover);
    for (WelcomePage* page : {static_cast<WelcomePage*>(m_unlock), static_cast<WelcomePage*>(m_enrol)}) {
        page->setFoot({}, QCoreApplication::applicationVersion());
        page->setManaged(m_policy.fixes("language"), m_policy.fixes("text_size"), m_policy.fixes("theme"));
        connect(page, &WelcomePage::languageClicked, this, [this] {
            auto wanted = m_settings;
            wanted.language = Look::language(m_settings) == QLatin1String("en") ? "zh_CN" : "en";
            changeSettings(wanted);
            // The pages are made anew in the other language; nothing typed is kept but the code is at hand in the message it came in.
            const QByteArray place = m_entry->saveGeometry();
            const bool enrolling = m_entry->currentWidget() == m_enrol;
            QMetaObject::invokeMethod(this, [this, place, enrolling] {
                buildEntry();
                m_entry->restoreGeometry(place);
                enrolling ? showEnrol() : showUnlock();
            }, Qt::QueuedConnection);
        });
        connect(page, &WelcomePage::textSizeClicked, this, [this] {
            auto wanted = m_settings;
            wanted.textSize = m_settings.textSize == "large" ? "extra-large" : m_settings.textSize == "extra-large" ? "standard" : "large";
            changeSettings(wanted);
        });
        connect(page, &WelcomePage::themeClicked, this, [this] {
            auto wanted = m_settings;
            wanted.theme = m_settings.theme == "dark" ? "contrast" : m_settings.theme == "contrast" ? "" : "dark";
            changeSettings(wanted);
        });
    }
}

void Application::start()
{
    if (!m_entry) buildEntry();
    m_accounts = desk::accounts(m_root);
    if (m_accounts.empty()) showEnrol();
    else showUnlock();
}

const desk::Account* Application::account(const QString& id) const
{
    for (const auto& a : m_accounts)
        if (a.folder.filename().string() == id.toStdString()) return &a;
    return nullptr;
}

void Application::showUnlock(const QString& error)
{
    m_accounts = desk::accounts(m_root);
    QVector<StoreEntry> entries;
    for (const auto& a : m_accounts) entries.push_back({text(a.folder.filename().string()), text(a.name), text(a.unitName), lastUsed(a.lastUsed)});
    m_unlock->setPersons(entries, m_desk ? text(m_desk->me().person + "@" + m_desk->me().hub) : QString());
    m_unlock->setBusy(false);
    m_unlock->setError(error);
    if (!m_accounts.empty())
        if (const int wait = desk::lockoutSeconds(m_accounts.front().folder)) m_unlock->setWait(wait);
    m_entry->setCurrentWidget(m_unlock);
    m_entry->show();
}

void Application::showEnrol()
{
    m_enrol->setCanGoBack(!m_accounts.empty());
    m_entry->setCurrentWidget(m_enrol);
    m_entry->show();
}

void Application::unlock(const QString& storeId, const QByteArray& passphrase)
{
    const auto* a = account(storeId);
    if (!a) return;
    crypto::Secret secret(BytesView(passphrase.constData(), size_t(passphrase.size())));
    m_unlock->setBusy(true);
    m_unlock->setError({});
    m_unlock->setFactorProblem({});
    if (m_desk && m_desk->me().person == a->person) {
        // Locked, not closed: the desk went on receiving behind the lock.
        m_desk->checkPassphrase(std::move(secret), [this, account = *a](Result<void> good) {
            m_unlock->setBusy(false);
            if (!good) return refuse(good.error(), account);
            m_locked = false;
            m_lastInput.restart();
            drawCurtain(false);
            m_main->showAll();
            m_entry->hide();
            lockIfShutOut();
        });
        return;
    }
    if (m_desk) {
        m_main.reset();
        m_desk.reset();
    }
    openWith(a->folder, std::move(secret));
}

void Application::recover(const QString& storeId)
{
    const auto* a = account(storeId);
    if (!a) return;
    auto* dialog = new RecoveryDialog(*a, m_keychain, poster(), m_entry.get());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &RecoveryDialog::recovered, m_unlock, [page = m_unlock] { page->setFactorProblem({}); });
    dialog->open();
}

void Application::openWith(const std::filesystem::path& folder, crypto::Secret secret)
{
    auto key = std::make_shared<crypto::Secret>(std::move(secret));
    openBy(folder, [folder, key](desk::Desk::Options options, desk::Then<std::shared_ptr<desk::Desk>> then) {
        desk::Desk::open(folder, std::move(*key), std::move(options), poster(), std::move(then));
    });
}

#ifdef ZT_BENCH_DOOR
void Application::openWithKeys(const std::filesystem::path& folder, desk::BenchDoor::Keys keys)
{
    auto held = std::make_shared<desk::BenchDoor::Keys>(std::move(keys));
    openBy(folder, [folder, held](desk::Desk::Options options, desk::Then<std::shared_ptr<desk::Desk>> then) {
        desk::BenchDoor::open(folder, std::move(*held), std::move(options), poster(), std::move(then));
    });
}
#endif

void Application::openBy(const std::filesystem::path& folder, const Opener& open)
{
    if (!m_entry) buildEntry();
    desk::Desk::Options options;
    options.policy = m_machine;
    options.keychain = m_keychain;
    options.changed = [self = QPointer(this)](const desk::Change& change) {
        if (!self || !self->m_main) return;
        self->m_main->notify(change);
        if (!change.all && !change.status) return;
        self->takeHubPolicy();
        self->lockIfShutOut();
    };
    options.arrived = [self = QPointer(this)](const desk::Arrival& arrival) {
        if (self) self->announce(arrival);
    };
    desk::Account account;
    account.folder = folder;
    open(std::move(options), [self = QPointer(this), account](Result<std::shared_ptr<desk::Desk>> desk) {
        if (!self) return;
        self->m_unlock->setBusy(false);
        if (!desk) return self->refuse(desk.error(), account);
        self->unlocked(std::move(*desk));
    });
}

void Application::refuse(const Error& error, const desk::Account& account)
{
    m_unlock->setError({});
    if (const int wait = waitSeconds(error)) return m_unlock->setWait(wait);
    if (desk::ofKeychain(error)) return m_unlock->setFactorProblem(errorText(error.kind, ErrContext::Keychain));
    switch (error.kind) {
    case Err::Unauthenticated:
        m_unlock->setError(errorText(Err::Unauthenticated, ErrContext::Unlock));
        if (const int wait = desk::lockoutSeconds(account.folder)) m_unlock->setWait(wait);
        return;
    case Err::Cancelled: return;
    default: m_unlock->setStoreProblem(errorText(error.kind, ErrContext::Store));
    }
}

void Application::unlocked(std::shared_ptr<desk::Desk> desk)
{
    m_desk = std::move(desk);
    m_hubPolicy = 0;
    m_policy = m_machine;
    takeHubPolicy();
    QTimer::singleShot(0, this, &Application::watchSession); // after the window is there
    m_main = std::make_unique<MainWindow>(m_desk, m_settings, m_policy);
    connect(m_main.get(), &MainWindow::lockRequested, this, &Application::lock);
    // Later: the windows that say so are in the middle of it.
    connect(m_main.get(), &MainWindow::removed, this, [this] {
        m_locked = true;
        m_main.reset();
        m_desk.reset();
        start();
    }, Qt::QueuedConnection);
    connect(m_main.get(), &MainWindow::settingsChanged, this, &Application::changeSettings);
    connect(m_main.get(), &MainWindow::tasksCounted, this, [this](int n) { if (m_tray) m_tray->setCount(n); });
    if (!m_tray) {
        m_tray = std::make_unique<Tray>();
        connect(m_tray.get(), &Tray::showRequested, this, &Application::bringToFront);
        connect(m_tray.get(), &Tray::lockRequested, this, &Application::lock);
        connect(m_tray.get(), &Tray::quitRequested, qApp, &QApplication::quit);
        connect(m_tray.get(), &Tray::placeRequested, this, [this](const QString& place) {
            if (m_locked || !m_main) return;
            m_main->show();
            m_main->activateWindow();
            m_main->openStream(place);
        });
    }
    m_main->setTray(m_settings.closeToTray && m_tray->available());
    m_main->setGeometry(m_entry->geometry());
    m_locked = false;
    m_lastInput.restart();
    m_main->showAll();
    m_entry->hide();
    lockIfShutOut();
}

void Application::lock()
{
    if (m_locked || !m_main) return;
    m_locked = true;
    m_main->saveAll();
    // The content goes before the page comes.
    m_main->hideAll();
    m_entry->setGeometry(m_main->geometry());
    showUnlock();
    drawCurtain(true);
}

void Application::lockIfShutOut()
{
    const auto status = m_desk->status();
    m_unlock->setLease(status.leaseEnded ? text(status.leaseAsk) : QString());
    if (status.leaseEnded) return lock();
    if (!status.closed || (status.closed->why() != wire::Closed::REVOKED && status.closed->why() != wire::Closed::SUSPENDED)) return;
    lock();
    m_unlock->setStoreProblem(document_ui::linkText(status).detail);
}

void Application::tryLeaseCode(const QString& code)
{
    if (!m_desk) return;
    m_desk->reopenLease(code.toStdString(), [self = QPointer(this)](Result<void> done) {
        if (!self) return;
        if (done) return self->m_unlock->setLease({}); // the passphrase as after any lock
        self->m_unlock->setLeaseError(done.error().kind == Err::Invalid ? tr("A character is wrong or missing. Compare the code once more.")
            : done.error().kind == Err::Unauthenticated ? tr("This code is not for this PC and week, or was used already. Read out once more what is shown here.")
                                                        : errorText(done.error().kind, ErrContext::Store));
    });
}

void Application::takeHubPolicy()
{
    const auto hub = m_desk->hubPolicy();
    if (hub.number == m_hubPolicy) return;
    m_hubPolicy = hub.number;
    m_policy = m_machine.with(hub.settings);
    m_settings = m_policy.over(m_own);
    m_look.apply(m_settings);
    if (!m_main) return;
    m_main->setPolicy(m_settings, m_policy);
    m_main->setTray(m_settings.closeToTray && m_tray && m_tray->available());
}

void Application::announce(const desk::Arrival& a)
{
    if (!m_settings.notifications || !m_tray) return;
    // A locked screen shows that something came, never what.
    const QString what = m_locked ? tr("Zhengtong") : a.incoming ? tr("New document") : tr("To do: %1").arg(text(a.step));
    const QString words = m_locked ? tr("Something new has arrived. Unlock to read it.") : text(a.title);
    m_tray->notify(what, words, m_locked ? QString() : text(a.stream));
    Q_EMIT notified(what, words);
}

QString Application::misfit(const QString& code) const
{
    switch (desk::codeFit(code.toStdString(), m_policy.hub())) {
    case desk::CodeFit::NeedsPreset:
        return tr("A short code is for computers on which your organisation has set the hub. On this one it has not. Ask the information centre for a long code.");
    case desk::CodeFit::OtherHub:
        return tr("This code is for another hub than the one your organisation has set on this computer. Nothing was sent. Ask the information centre for a code of your own hub.");
    case desk::CodeFit::PresetInDoubt:
        return tr("Some of your organisation's settings on this computer cannot be used, so its hub is not certain. Nothing was sent. Ask the information centre to repair them; zhengtong --policy-report says what is wrong.");
    case desk::CodeFit::Unreadable: return errorText(Err::Invalid, ErrContext::Enrol);
    case desk::CodeFit::Good: break;
    }
    return {};
}

void Application::enrol(const QString& code, const QByteArray& passphrase)
{
    if (const QString words = misfit(code); !words.isEmpty()) return m_enrol->setError(EnrolPage::Field::Code, words);
    desk::EnrolInput in;
    in.code = code.toStdString();
    in.passphrase = crypto::Secret(BytesView(passphrase.constData(), size_t(passphrase.size())));
    in.deviceName = QSysInfo::machineHostName().toStdString();
    in.proxy = m_settings.proxy;
    in.root = m_root;
    in.hub = m_policy.hub();
    in.waits = [self = QPointer(this)](const std::string& check) { if (self) self->m_enrol->setWaiting(text(check)); };
    in.cancelled = m_enrolEnds = std::make_shared<std::atomic<bool>>(false);
    m_enrol->setBusy(true);
    auto kept = std::make_shared<crypto::Secret>(in.passphrase.clone());
    desk::enrol(std::move(in), [self = QPointer(this)](int step) { if (self) self->m_enrol->setStep(step - 1); }, poster(),
                [self = QPointer(this), kept](Result<desk::Account> account) {
                    if (!self) return;
                    if (!account) {
                        const Err kind = account.error().kind;
                        if (kind == Err::Cancelled) return self->m_enrol->setBusy(false);
                        const bool atCode = kind == Err::Invalid || kind == Err::Unauthenticated || kind == Err::NotFound || kind == Err::Denied;
                        return self->m_enrol->setError(atCode ? EnrolPage::Field::Code : EnrolPage::Field::Whole, errorText(account.error().kind, ErrContext::Enrol));
                    }
                    self->m_enrol->setStep(4);
                    self->m_enrol->setBusy(false);
                    self->m_accounts = desk::accounts(self->m_root);
                    self->openWith(account->folder, std::move(*kept));
                });
}

void Application::changeSettings(const desk::Settings& settings)
{
    m_own = m_policy.chosen(m_own, settings);
    m_settings = m_policy.over(m_own);
    (void)desk::saveSettings(m_root, m_own);
    m_look.apply(m_settings);
    if (m_tray) m_tray->retranslate();
    if (!m_main) return;
    m_main->setSettings(m_settings);
    m_main->setTray(m_settings.closeToTray && m_tray && m_tray->available());
}

} // namespace zt::app
