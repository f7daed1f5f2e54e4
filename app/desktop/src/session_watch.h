#pragma once

#include <QObject>

namespace zt::app {

//! What the desktop session tells over D-Bus: the screen was locked or the PC goes to sleep (away), the PC woke up (woken). Heard where the desktop says it:
//! org.freedesktop.ScreenSaver or org.gnome.ScreenSaver, and logind. Silent where there is no bus. GUI thread.
class SessionWatch : public QObject {
    Q_OBJECT
public:
    explicit SessionWatch(QObject* parent = nullptr);

Q_SIGNALS:
    void away();
    void woken();

private Q_SLOTS:
    void screenSaver(bool active);
    void sleep(bool begins);
};

} // namespace zt::app
