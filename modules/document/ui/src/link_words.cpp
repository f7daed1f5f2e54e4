#include "zt/document_ui/words.h"

#include <QCoreApplication>

namespace zt::document_ui {

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(zt::document_ui::Words)
};

QString waiting(const desk::Status& s)
{
    const int n = int(s.unsent + s.uploads);
    return n ? Words::tr("%n to send", nullptr, n) : QString();
}

QString joined(const QString& a, const QString& b) { return b.isEmpty() ? a : a + QStringLiteral(" · ") + b; }

LinkWords tooOld(const desk::Status& s)
{
    using widgets::Icon, widgets::Tone;
    const QString what = s.neededVersion.empty() ? Words::tr("The hub needs a newer version of this programme.")
                                                 : Words::tr("The hub takes nothing from this version; it needs %1 or later.").arg(QString::fromStdString(s.neededVersion));
    const QString then = Words::tr("Ask the information centre for the update. Everything here can still be read and written, and what waits is sent after the update.");
    return {Tone::Danger, Icon::Warn, joined(Words::tr("Update needed"), waiting(s)), Words::tr("%1 %2", "two sentences").arg(what, then)};
}

LinkWords refused(const desk::Status& s)
{
    using widgets::Icon, widgets::Tone;
    const QString safe = Words::tr("Your data on this PC is unharmed.");
    switch (s.closed->why()) {
    case wire::Closed::REVOKED: return {Tone::Danger, Icon::Lock, Words::tr("Device not admitted"), Words::tr("This device is no longer admitted by the hub. %1").arg(safe)};
    case wire::Closed::SUSPENDED: return {Tone::Danger, Icon::Lock, Words::tr("Account suspended"), Words::tr("Your account is suspended. %1").arg(safe)};
    case wire::Closed::TOO_OLD: return tooOld(s);
    default: break;
    }
    return {Tone::Danger, Icon::Warn, Words::tr("Identity refused"), Words::tr("The hub did not accept this device. %1").arg(safe)};
}

} // namespace

QString factorText(desk::SecondFactor state)
{
    using enum desk::SecondFactor;
    const QString asked = Words::tr("Your organisation asks that your data open only together with this computer's keyring; for now the passphrase alone opens them.");
    const auto then = [&](const QString& what) { return Words::tr("%1 %2", "two sentences").arg(asked, what); };
    switch (state) {
    case Off:
    case On: break;
    case NoService: return then(Words::tr("No keyring service is running here. Tell the information centre."));
    case Locked: return then(Words::tr("The keyring is locked or was refused. Unlock it, then lock Zhengtong and unlock it again."));
    case Failed: return then(Words::tr("The keyring did not keep the secret. Lock Zhengtong and unlock it again; if this stays, tell the information centre."));
    case NoRecovery: return then(Words::tr("This store was made without recovery by administrators, which the keyring needs beside it. Tell the information centre."));
    }
    return {};
}

LinkWords linkText(const desk::Status& s)
{
    using desk::Link, widgets::Icon, widgets::Tone;
    const QString age = ageText(s.lastContact);
    const QString data = age.isEmpty() ? Words::tr("Nothing received from the hub yet.") : Words::tr("Data as of %1.").arg(age);
    const QString goOn = Words::tr("Reading, drafting and signing go on; everything is sent when the line is back.");
    const auto off = [&](const QString& what, const QString& sentence) {
        return LinkWords{Tone::Warning, Icon::CloudOff, joined(joined(what, age), waiting(s)), Words::tr("%1 %2 %3", "three sentences").arg(sentence, data, goOn)};
    };
    if (s.storeFailing) return {Tone::Danger, Icon::Warn, Words::tr("Cannot save"), Words::tr("The last change could not be saved on this PC. Nothing was lost; nothing more is kept until it works again.")};
    if (s.alarm) return {Tone::Danger, Icon::Shield, Words::tr("History differs"), Words::tr("The hub's history contradicts what this PC holds. Tell your security administrator; nothing was overwritten.")};
    if (s.closed) return refused(s);
    if (!s.neededVersion.empty()) return tooOld(s);
    if (s.certificateEnded && s.link != Link::Online)
        return {Tone::Danger, Icon::Warn, joined(Words::tr("Certificate ended"), waiting(s)),
                Words::tr("This PC was away so long that its certificate ended. It is renewed at the next contact up to 90 days later; after that, ask the information centre for a new enrolment code. Everything here can still be read.")};
    switch (s.link) {
    case Link::NoNetwork: return off(Words::tr("Offline"), Words::tr("There is no network."));
    case Link::HubUnreachable: return off(Words::tr("Hub unreachable"), Words::tr("The hub does not answer."));
    case Link::IdentityRefused: return {Tone::Danger, Icon::Warn, Words::tr("Identity refused"), Words::tr("The server is not the hub this PC was enrolled at, or did not accept this device. Nothing was sent.")};
    case Link::Connecting: return {Tone::Neutral, Icon::Sync, joined(Words::tr("Connecting"), waiting(s)), data};
    case Link::Online: break;
    }
    if (s.unsent + s.uploads) return {Tone::Info, Icon::CloudUp, Words::tr("Sending %n items", nullptr, int(s.unsent + s.uploads)), data};
    if (!s.live) return {Tone::Info, Icon::Sync, Words::tr("Receiving"), data};
    if (const QString factor = factorText(s.secondFactor); !factor.isEmpty()) return {Tone::Warning, Icon::Shield, Words::tr("Keyring not in use"), factor};
    return {Tone::Success, Icon::CloudOk, Words::tr("Online · synced %1").arg(timeText(s.lastContact)), Words::tr("Everything is sent and received.")};
}

} // namespace zt::document_ui
