#pragma once

#include <QObject>

class QMenu;
class QSystemTrayIcon;

namespace zt::app {

//! The tray icon and notifications. Everything it offers is also in the window: some desktops have no tray.
class Tray : public QObject {
    Q_OBJECT
public:
    explicit Tray(QObject* parent = nullptr);
    ~Tray() override;
    //! Where there is no tray the message goes through the desktop's notification service, if there is one.
    void notify(const QString& title, const QString& text, const QString& place);
    void setCount(int tasks);
    void retranslate();
    [[nodiscard]] bool available() const;

Q_SIGNALS:
    void showRequested();
    void lockRequested();
    void quitRequested();
    void placeRequested(const QString& place); //!< a notification was clicked

private:
    QSystemTrayIcon* m_icon;
    QMenu* m_menu;
    QString m_place;
    int m_count = 0;
};

} // namespace zt::app
