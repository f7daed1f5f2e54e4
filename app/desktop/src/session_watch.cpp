#include "session_watch.h"

#include <QDBusConnection>

namespace zt::app {

SessionWatch::SessionWatch(QObject* parent) : QObject(parent)
{
    auto session = QDBusConnection::sessionBus();
    session.connect({}, QStringLiteral("/org/freedesktop/ScreenSaver"), QStringLiteral("org.freedesktop.ScreenSaver"), QStringLiteral("ActiveChanged"), this,
                    SLOT(screenSaver(bool)));
    session.connect({}, QStringLiteral("/org/gnome/ScreenSaver"), QStringLiteral("org.gnome.ScreenSaver"), QStringLiteral("ActiveChanged"), this, SLOT(screenSaver(bool)));
    QDBusConnection::systemBus().connect(QStringLiteral("org.freedesktop.login1"), QStringLiteral("/org/freedesktop/login1"), QStringLiteral("org.freedesktop.login1.Manager"),
                                         QStringLiteral("PrepareForSleep"), this, SLOT(sleep(bool)));
}

void SessionWatch::screenSaver(bool active)
{
    if (active) Q_EMIT away();
}

void SessionWatch::sleep(bool begins)
{
    if (begins) Q_EMIT away();
    else Q_EMIT woken();
}

} // namespace zt::app
