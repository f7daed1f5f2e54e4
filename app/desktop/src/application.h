#pragma once

#include "look.h"
#include "session_watch.h"

#include "zt/desk/desk.h"
#ifdef ZT_BENCH_DOOR
#include "zt/desk/bench_door.h"
#endif

#include <QElapsedTimer>
#include <QObject>
#include <QPointer>
#include <QTimer>

class QStackedWidget;

namespace zt::widgets {
class EnrolPage;
class UnlockPage;
}

namespace zt::app {

class MainWindow;
class Tray;

//! The client's life: enrol, unlock, lock, quit. Composition only. GUI thread.
class Application : public QObject {
    Q_OBJECT
public:
    //! \param policy what the organisation fixed; in force as long as this lives
    //! \param keychain where a store's second factor is kept; null: nowhere
    Application(std::filesystem::path root, desk::Policy policy, std::shared_ptr<desk::Keychain> keychain, QObject* parent = nullptr);
    ~Application() override;
    //! Shows the first window.
    void start();
    //! The window in front, seen again: from the tray, from under others, from the task bar. A locked desk shows its unlock page.
    void bringToFront();
#ifdef ZT_BENCH_DOOR
    //! Opens a store without asking, with the keys given by the bench; only in builds that have this door.
    void openWithKeys(const std::filesystem::path& folder, desk::BenchDoor::Keys keys);
#endif

    [[nodiscard]] QWidget* window() const; //!< the one in front: entry or main
    [[nodiscard]] std::shared_ptr<desk::Desk> desk() const { return m_desk; } //!< null before the first unlock
    [[nodiscard]] bool isLocked() const { return m_locked; }
    [[nodiscard]] const desk::Settings& settings() const { return m_settings; } //!< those in force
    //! Takes effect at once and is kept, but for what the policy fixes.
    void changeSettings(const desk::Settings& settings);
    //! How long a minute of the idle lock is; tests do not wait ten of them.
    void setMinuteForTests(int ms);

    //! Runs a function on the GUI thread later; what desk::Post asks for.
    static desk::Post poster();

Q_SIGNALS:
    //! Something was announced outside the windows; in the same words.
    void notified(const QString& title, const QString& words);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void buildEntry();
    void showUnlock(const QString& error = {});
    void showEnrol();
    void unlock(const QString& storeId, const QByteArray& passphrase);
    void openWith(const std::filesystem::path& folder, crypto::Secret passphrase);
    using Opener = std::function<void(desk::Desk::Options, desk::Then<std::shared_ptr<desk::Desk>>)>;
    void openBy(const std::filesystem::path& folder, const Opener& open);
    void unlocked(std::shared_ptr<desk::Desk> desk);
    void enrol(const QString& code, const QByteArray& passphrase);
    //! Why a code does not lead to the hub of this computer, in words; empty when it does.
    [[nodiscard]] QString misfit(const QString& code) const;
    void lock();
    //! A revoked device, a suspended person, a lease that ended: the content goes, the reason comes, nothing is deleted.
    void lockIfShutOut();
    void takeHubPolicy();
    void tryLeaseCode(const QString& code);
    void watchSession();
    void refuse(const Error& error, const desk::Account& account);
    void recover(const QString& storeId);
    [[nodiscard]] const desk::Account* account(const QString& id) const;
    void announce(const desk::Arrival& arrival);

    const std::filesystem::path m_root;
    const std::shared_ptr<desk::Keychain> m_keychain;
    const desk::Policy m_machine; //!< this PC's
    desk::Policy m_policy;        //!< in force: with the hub's
    uint64_t m_hubPolicy = 0;     //!< its number
    desk::Settings m_own;      //!< the person's, below the policy
    desk::Settings m_settings; //!< in force
    Look m_look;
    std::vector<desk::Account> m_accounts;
    std::shared_ptr<std::atomic<bool>> m_enrolEnds;
    std::unique_ptr<QStackedWidget> m_entry;
    widgets::UnlockPage* m_unlock = nullptr;
    widgets::EnrolPage* m_enrol = nullptr;
    std::shared_ptr<desk::Desk> m_desk;
    std::unique_ptr<MainWindow> m_main;
    std::unique_ptr<Tray> m_tray;
    QTimer m_idle, m_clock;
    std::unique_ptr<SessionWatch> m_session; //!< from the first unlock on: before it nothing is to be locked, and the buses take their time
    int m_minute = 60'000;
    QElapsedTimer m_lastInput;
    bool m_locked = true;
};

} // namespace zt::app
