#include "tray.h"

#include "zt/widgets/theme.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCall>
#include <QMenu>
#include <QSystemTrayIcon>

namespace zt::app {

Tray::Tray(QObject* parent) : QObject(parent), m_icon(new QSystemTrayIcon(this)), m_menu(new QMenu)
{
    m_icon->setIcon(widgets::Theme::current().appIcon());
    m_icon->setContextMenu(m_menu);
    retranslate();
    connect(m_icon, &QSystemTrayIcon::activated, this, [this](QSystemTrayIcon::ActivationReason why) {
        if (why == QSystemTrayIcon::Trigger) Q_EMIT showRequested();
    });
    connect(m_icon, &QSystemTrayIcon::messageClicked, this, [this] { Q_EMIT placeRequested(m_place); });
    m_icon->show();
}

Tray::~Tray() { delete m_menu; }

bool Tray::available() const { return QSystemTrayIcon::isSystemTrayAvailable(); }

void Tray::retranslate()
{
    m_menu->clear();
    m_menu->addAction(tr("Show Zhengtong"), this, &Tray::showRequested);
    m_menu->addAction(tr("Lock"), this, &Tray::lockRequested);
    m_menu->addSeparator();
    m_menu->addAction(tr("Quit"), this, &Tray::quitRequested);
    setCount(m_count);
}

void Tray::setCount(int tasks)
{
    m_count = tasks;
    m_icon->setToolTip(tasks ? tr("Zhengtong: %n task(s) to do", nullptr, tasks) : tr("Zhengtong"));
}

void Tray::notify(const QString& title, const QString& text, const QString& place)
{
    m_place = place;
    if (!available()) {
        auto call = QDBusMessage::createMethodCall(QStringLiteral("org.freedesktop.Notifications"), QStringLiteral("/org/freedesktop/Notifications"),
                                                   QStringLiteral("org.freedesktop.Notifications"), QStringLiteral("Notify"));
        call << QStringLiteral("zhengtong") << 0u << QStringLiteral("zhengtong") << title << text.toHtmlEscaped() << QStringList() << QVariantMap() << widgets::kToastMs;
        QDBusConnection::sessionBus().asyncCall(call);
        return;
    }
    m_icon->showMessage(title, text, QSystemTrayIcon::Information, widgets::kToastMs);
}

} // namespace zt::app
