#include "activation.h"

#include <QDBusAbstractAdaptor>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QElapsedTimer>
#include <QStandardPaths>
#include <QThread>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace zt::app {

namespace {

constexpr int kAnswerMs = 5000, kAgainMs = 50;
constexpr const char* kInterface = "org.freedesktop.Application";

QVariantMap startedBy()
{
    QVariantMap out;
    for (const auto& [key, variable] : {std::pair{"desktop-startup-id", "DESKTOP_STARTUP_ID"}, std::pair{"activation-token", "XDG_ACTIVATION_TOKEN"}})
        if (qEnvironmentVariableIsSet(variable)) out.insert(QLatin1String(key), qEnvironmentVariable(variable));
    return out;
}

} // namespace

//! org.freedesktop.Application of the Desktop Entry Specification. There are no files to open and no actions: each call shows the window.
class ApplicationAdaptor : public QDBusAbstractAdaptor {
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.Application")
public:
    explicit ApplicationAdaptor(Activation* parent) : QDBusAbstractAdaptor(parent), m_activation(parent) {}

public Q_SLOTS:
    void Activate(const QVariantMap& platformData)
    {
        // What lets a window come to the front under Wayland; Qt reads it from the environment.
        if (const QString token = platformData.value(QStringLiteral("activation-token")).toString(); !token.isEmpty()) qputenv("XDG_ACTIVATION_TOKEN", token.toUtf8());
        Q_EMIT m_activation->asked();
    }
    void Open(const QStringList&, const QVariantMap& platformData) { Activate(platformData); }
    void ActivateAction(const QString&, const QVariantList&, const QVariantMap& platformData) { Activate(platformData); }

private:
    Activation* const m_activation;
};

Activation::Activation(QObject* parent) : QObject(parent)
{
    const QString folder = QStandardPaths::writableLocation(QStandardPaths::RuntimeLocation);
    if (folder.isEmpty()) return;
    m_lock = ::open((folder + QStringLiteral("/zhengtong.lock")).toLocal8Bit().constData(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    m_first = m_lock < 0 || ::flock(m_lock, LOCK_EX | LOCK_NB) == 0;
}

Activation::~Activation()
{
    if (m_lock >= 0) ::close(m_lock);
}

bool Activation::showFirst() const
{
    const auto bus = QDBusConnection::sessionBus();
    auto call = QDBusMessage::createMethodCall(QLatin1String(kName), QLatin1String(kPath), QLatin1String(kInterface), QStringLiteral("Activate"));
    call.setAutoStartService(false);
    call << startedBy();
    // The first one may have been started a moment ago and not have its name yet.
    QElapsedTimer since;
    since.start();
    while (bus.isConnected() && since.elapsed() < kAnswerMs) {
        if (bus.call(call, QDBus::Block, kAnswerMs).type() == QDBusMessage::ReplyMessage) return true;
        QThread::msleep(kAgainMs);
    }
    return false;
}

void Activation::offer()
{
    auto bus = QDBusConnection::sessionBus();
    if (!bus.isConnected()) return;
    new ApplicationAdaptor(this);
    // The object before the name: who waits for the name calls at once.
    if (bus.registerObject(QLatin1String(kPath), this, QDBusConnection::ExportAdaptors)) (void)bus.registerService(QLatin1String(kName));
}

} // namespace zt::app

#include "activation.moc"
