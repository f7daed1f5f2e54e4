#pragma once

#include "look.h"

#include "zt/desk/desk.h"

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
    explicit Application(std::filesystem::path root, QObject* parent = nullptr);
    ~Application() override;
    //! Shows the first window.
    void start();
    //! Opens a store without asking, with a key given by the bench; only in builds that have this door.
    void openWith(const std::filesystem::path& folder, crypto::Secret passphrase);

    [[nodiscard]] QWidget* window() const; //!< the one in front: entry or main

    //! Runs a function on the GUI thread later; what desk::Post asks for.
    static desk::Post poster();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void buildEntry();
    void showUnlock(const QString& error = {});
    void showEnrol();
    void unlock(const QString& storeId, const QByteArray& passphrase);
    void unlocked(std::shared_ptr<desk::Desk> desk);
    void enrol(const QString& code, const QByteArray& passphrase);
    void lock();
    void refuse(const Error& error, const desk::Account& account);
    void settingsChanged(const desk::Settings& settings);
    [[nodiscard]] const desk::Account* account(const QString& id) const;
    void announce(const desk::Arrival& arrival);

    const std::filesystem::path m_root;
    desk::Settings m_settings;
    Look m_look;
    std::vector<desk::Account> m_accounts;
    std::unique_ptr<QStackedWidget> m_entry;
    widgets::UnlockPage* m_unlock = nullptr;
    widgets::EnrolPage* m_enrol = nullptr;
    std::shared_ptr<desk::Desk> m_desk;
    std::unique_ptr<MainWindow> m_main;
    std::unique_ptr<Tray> m_tray;
    QTimer m_idle;
    QElapsedTimer m_lastInput;
    bool m_locked = true;
};

} // namespace zt::app
