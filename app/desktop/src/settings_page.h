#pragma once

#include "zt/desk/desk.h"

#include <QScrollArea>

class QComboBox;
class QLabel;
class QLineEdit;
class QVBoxLayout;

namespace zt::widgets {
class FieldError;
}

namespace zt::app {

//! Settings of this computer and of the store: look, line, lock, passphrase, backup, diagnosis. Changes take effect at once.
class SettingsPage : public QScrollArea {
    Q_OBJECT
public:
    //! \param settings those in force
    SettingsPage(std::shared_ptr<desk::Desk> desk, desk::Settings settings, desk::Policy policy, QWidget* parent = nullptr);
    //! They were changed elsewhere: by the buttons of the locked screen.
    void setSettings(const desk::Settings& settings);

    void setWaiting(std::vector<desk::WaitingDevice> waiting);
    void setPolicy(const desk::Settings& settings, const desk::Policy& policy);

Q_SIGNALS:
    void changed(const zt::desk::Settings& settings);
    void removed(); //!< as RemoveDialog's

private:
    void build();
    void buildWaiting(QVBoxLayout* box);
    void buildManaged(QVBoxLayout* box);
    void buildLook(QVBoxLayout* box);
    void buildLine(QVBoxLayout* box);
    void buildLock(QVBoxLayout* box);
    void buildFactor(QVBoxLayout* box);
    void buildStore(QVBoxLayout* box);
    void choice(QVBoxLayout* box, const char* key, const QString& label, const QStringList& words, const std::vector<std::string>& values, std::string desk::Settings::*member);
    void check(QVBoxLayout* box, const char* key, const QString& label, bool desk::Settings::*member);
    QComboBox* minutes();
    [[nodiscard]] bool factor() const; //!< the keychain is one
    void say(QLabel* label, const Result<void>& done, const QString& good);
    void changePassphrase();
    void saveTo(const QString& title, const QString& name, std::function<void(const QString&)> go);

    std::shared_ptr<desk::Desk> m_desk;
    desk::Settings m_settings;
    desk::Policy m_policy;
    std::vector<desk::WaitingDevice> m_waiting;
    std::vector<std::function<void()>> m_shown; // each brings a choice up to date
    QLineEdit* m_old = nullptr;
    QLineEdit* m_first = nullptr;
    QLineEdit* m_second = nullptr;
    widgets::FieldError* m_passError = nullptr;
    QLabel* m_passDone = nullptr;
};

} // namespace zt::app
