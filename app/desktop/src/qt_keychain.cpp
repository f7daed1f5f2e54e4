#include "qt_keychain.h"

#include <QCoreApplication>
#include <QDBusConnection>
#include <QDBusConnectionInterface>
#include <QDBusMessage>
#include <QThread>
#include <libsecret/secret.h>
#include <qt6keychain/keychain.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

namespace zt::app {

namespace {

constexpr auto kLongest = std::chrono::minutes(2); // a person may have to find the password
constexpr int kBusMs = 5000;
constexpr QLatin1String kService("org.zhengtong.Desk");
constexpr QLatin1String kSecrets("org.freedesktop.secrets");

struct Answer {
    std::mutex mutex;
    std::condition_variable wake;
    std::optional<QKeychain::Error> error;
    QByteArray data;
};

//! libsecret tells a locked keyring whose question was refused as an entry that is not there.
bool isLocked()
{
    auto ask = QDBusMessage::createMethodCall(kSecrets, QStringLiteral("/org/freedesktop/secrets/aliases/default"), QStringLiteral("org.freedesktop.DBus.Properties"), QStringLiteral("Get"));
    ask << QStringLiteral("org.freedesktop.Secret.Collection") << QStringLiteral("Locked");
    const auto said = QDBusConnection::sessionBus().call(ask, QDBus::Block, kBusMs);
    return said.type() == QDBusMessage::ReplyMessage && !said.arguments().isEmpty() && said.arguments().first().value<QDBusVariant>().variant().toBool();
}

//! One that can be started was started by the job.
bool isRunning()
{
    const auto bus = QDBusConnection::sessionBus();
    return bus.isConnected() && bus.interface()->isServiceRegistered(kSecrets).value();
}

using MakeJob = std::function<QKeychain::Job*()>;

Result<void> verdict(QKeychain::Error error)
{
    switch (error) {
    case QKeychain::NoError: return {};
    case QKeychain::EntryNotFound: return isLocked() ? fail(Err::Denied, "locked") : fail(Err::NotFound, "no such entry");
    case QKeychain::AccessDenied:
    case QKeychain::AccessDeniedByUser: return fail(Err::Denied, "locked or refused");
    case QKeychain::NoBackendAvailable:
    case QKeychain::NotImplemented: return fail(Err::Unavailable, "no service");
    case QKeychain::CouldNotDeleteEntry:
    case QKeychain::OtherError: break;
    }
    return isRunning() ? fail(Err::Io, "error " + std::to_string(int(error))) : fail(Err::Unavailable, "no service");
}

//! \param make makes the job, on the GUI's thread
//! \param anew not over the connection that libsecret keeps: it does not notice when the service was started again
Result<QByteArray> attempt(const std::string& name, MakeJob make, bool anew)
{
    auto* app = QCoreApplication::instance();
    if (!app) return fail(Err::Unavailable, "the programme is ending");
    ZT_CHECK(QThread::currentThread() != app->thread());
    auto answer = std::make_shared<Answer>();
    const auto start = [answer, key = QString::fromStdString(name), make = std::move(make), anew] {
        if (anew) secret_service_disconnect();
        auto* job = make();
        job->setKey(key);
        job->setInsecureFallback(false);
        QObject::connect(job, &QKeychain::Job::finished, job, [answer](QKeychain::Job* done) {
            std::lock_guard lock(answer->mutex);
            answer->error = done->error();
            if (auto* read = qobject_cast<QKeychain::ReadPasswordJob*>(done)) answer->data = read->binaryData();
            answer->wake.notify_one();
        });
        job->start();
    };
    QMetaObject::invokeMethod(app, start, Qt::QueuedConnection);
    std::unique_lock lock(answer->mutex);
    if (!answer->wake.wait_for(lock, kLongest, [&] { return answer->error.has_value(); })) return fail(Err::Denied, "no answer");
    ZT_TRY(verdict(*answer->error));
    return std::move(answer->data);
}

Result<QByteArray> run(const std::string& name, const MakeJob& make)
{
    auto done = attempt(name, make, false);
    return done || done.error().kind != Err::Io ? done : attempt(name, make, true);
}

} // namespace

Result<crypto::Secret> QtKeychain::read(const std::string& name)
{
    ZT_LET(bytes, run(name, [] { return new QKeychain::ReadPasswordJob(kService); }));
    crypto::Secret out(BytesView(bytes.constData(), size_t(bytes.size())));
    bytes.fill('\0');
    return out;
}

Result<void> QtKeychain::write(const std::string& name, const crypto::Secret& secret)
{
    const auto bytes = std::make_shared<QByteArray>(reinterpret_cast<const char*>(secret.data()), qsizetype(secret.size()));
    const auto done = run(name, [bytes] {
        auto* job = new QKeychain::WritePasswordJob(kService);
        job->setBinaryData(*bytes);
        return job;
    });
    return done ? Result<void>() : Result<void>(Error(done.error()));
}

Result<void> QtKeychain::remove(const std::string& name)
{
    const auto done = run(name, [] { return new QKeychain::DeletePasswordJob(kService); });
    if (!done && done.error().kind != Err::NotFound) return Error(done.error());
    return {};
}

} // namespace zt::app
