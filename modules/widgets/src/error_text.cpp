#include "zt/widgets/error_text.h"

#include <QCoreApplication>

namespace zt::widgets {

namespace {

QString say(const char* text) { return QCoreApplication::translate("zt::widgets::errorText", text); }

// What stays safe, by place; every sentence below is followed by it where nothing more exact is known.
QString safe(ErrContext context)
{
    switch (context) {
    case ErrContext::Store:
    case ErrContext::Unlock:
    case ErrContext::Keychain: return say(QT_TRANSLATE_NOOP("zt::widgets::errorText", "Your data on this computer was not changed."));
    case ErrContext::Enrol: return say(QT_TRANSLATE_NOOP("zt::widgets::errorText", "Nothing was stored on this computer."));
    case ErrContext::Document: return say(QT_TRANSLATE_NOOP("zt::widgets::errorText", "Your words are kept on this computer."));
    case ErrContext::Attachment: return say(QT_TRANSLATE_NOOP("zt::widgets::errorText", "The original file was not changed."));
    case ErrContext::Search: return say(QT_TRANSLATE_NOOP("zt::widgets::errorText", "Your documents are not affected."));
    case ErrContext::Hub: return say(QT_TRANSLATE_NOOP("zt::widgets::errorText", "Everything is kept on this computer and will be sent later."));
    case ErrContext::Settings: return say(QT_TRANSLATE_NOOP("zt::widgets::errorText", "The earlier settings stay in force."));
    }
    return {};
}

// The exact words of a place; empty where the general ones will do.
const char* special(Err kind, ErrContext context)
{
    const bool store = context == ErrContext::Store || context == ErrContext::Unlock;
    if (store) switch (kind) {
        case Err::Unauthenticated: return QT_TRANSLATE_NOOP("zt::widgets::errorText", "That passphrase does not open this store. Check Caps Lock and the input method, then try again.");
        case Err::Busy: return QT_TRANSLATE_NOOP("zt::widgets::errorText", "These data are already open in another Zhengtong window on this computer. Close that window and try again.");
        case Err::Corrupt: return QT_TRANSLATE_NOOP("zt::widgets::errorText", "The data file on this computer is damaged. It has been left as it is, and nothing was overwritten. Restore a backup, or ask the information centre to recover it.");
        case Err::TooNew: return QT_TRANSLATE_NOOP("zt::widgets::errorText", "These data were written by a newer version of Zhengtong. Update the program, then open them again.");
        case Err::NetworkFs: return QT_TRANSLATE_NOOP("zt::widgets::errorText", "The data folder lies on a network drive, where it could be damaged. Choose a folder on this computer.");
        case Err::ReadOnly: return QT_TRANSLATE_NOOP("zt::widgets::errorText", "The data folder cannot be written. Ask for write permission or choose another folder.");
        default: break;
        }
    if (context == ErrContext::Keychain) switch (kind) {
        case Err::Unavailable: return QT_TRANSLATE_NOOP("zt::widgets::errorText", "This store opens only together with this computer's keyring, and no keyring service is running. Log out of the computer and in again; if that does not help, ask the information centre. Nothing was deleted.");
        case Err::Denied: return QT_TRANSLATE_NOOP("zt::widgets::errorText", "This store opens only together with this computer's keyring, and that is locked or was refused. Unlock it with the computer's login password (after a change, the old one), then try again. If it cannot be unlocked any more, two administrators can open the store. Nothing was deleted.");
        case Err::NotFound: return QT_TRANSLATE_NOOP("zt::widgets::errorText", "This store opens only together with a secret that this computer's keyring no longer holds: the keyring was emptied, or made anew with a new login password, or the store comes from another computer. Two administrators can open it; nothing was deleted, unsent work included.");
        default: return QT_TRANSLATE_NOOP("zt::widgets::errorText", "This store opens only together with this computer's keyring, and that answered with an error. Log out of the computer and in again, then try once more; if it does not help, ask the information centre. Nothing was deleted.");
        }
    if (context == ErrContext::Enrol) switch (kind) {
        case Err::Invalid: return QT_TRANSLATE_NOOP("zt::widgets::errorText", "This enrolment code is incomplete or mistyped. Copy the whole code again, every line of it.");
        case Err::Unauthenticated: return QT_TRANSLATE_NOOP("zt::widgets::errorText", "The server's identity does not match the enrolment code. Nothing was sent to it. Ask for a new code.");
        case Err::Denied: return QT_TRANSLATE_NOOP("zt::widgets::errorText", "This computer was not admitted: it was refused, or the person may not enrol. Ask the information centre.");
        case Err::NotFound: return QT_TRANSLATE_NOOP("zt::widgets::errorText", "This enrolment code has been used or has expired. Ask the information centre for a new one.");
        case Err::Exists: return QT_TRANSLATE_NOOP("zt::widgets::errorText", "This person is already enrolled on this computer. Go back and unlock.");
        case Err::Unavailable: return QT_TRANSLATE_NOOP("zt::widgets::errorText", "The server does not answer. Enrolment needs the network once; check it and try again. The code stays valid.");
        default: break;
        }
    if (context == ErrContext::Attachment) switch (kind) {
        case Err::NotFound: return QT_TRANSLATE_NOOP("zt::widgets::errorText", "The file is no longer where it was. Choose it again.");
        case Err::TooLarge: return QT_TRANSLATE_NOOP("zt::widgets::errorText", "The file is larger than 512 MB and cannot be attached. Split or compress it.");
        case Err::Corrupt: return QT_TRANSLATE_NOOP("zt::widgets::errorText", "The attachment was damaged on its way. The original is still on the server. Download it again.");
        case Err::Invalid: return QT_TRANSLATE_NOOP("zt::widgets::errorText", "A file without content or with an unusable name cannot be attached. Check the file and rename it.");
        case Err::Conflict: return QT_TRANSLATE_NOOP("zt::widgets::errorText", "The file was changed while it was being read. Save it, close it, and attach it again.");
        case Err::Io: return QT_TRANSLATE_NOOP("zt::widgets::errorText", "The file cannot be read. Check whether another program holds it, then attach it again.");
        default: break;
        }
    if (context == ErrContext::Hub) switch (kind) {
        case Err::Unauthenticated: return QT_TRANSLATE_NOOP("zt::widgets::errorText", "The server's identity could not be confirmed, so nothing was sent. Your work is kept here. Check the computer's clock, then ask the information centre.");
        case Err::Denied: return QT_TRANSLATE_NOOP("zt::widgets::errorText", "This computer is no longer enrolled. Your unsent words are kept here. Ask the information centre for a new enrolment.");
        default: break;
        }
    return nullptr;
}

const char* general(Err kind)
{
    switch (kind) {
    case Err::Invalid: return QT_TRANSLATE_NOOP("zt::widgets::errorText", "Something filled in does not follow the rules. Check the marked fields.");
    case Err::NotFound: return QT_TRANSLATE_NOOP("zt::widgets::errorText", "It is not there, or you may not see it. Refresh the list.");
    case Err::Denied: return QT_TRANSLATE_NOOP("zt::widgets::errorText", "Your post or mandate does not cover this. Ask the unit's administrator if it should.");
    case Err::Unauthenticated: return QT_TRANSLATE_NOOP("zt::widgets::errorText", "Your identity could not be confirmed. Lock and unlock, then try again.");
    case Err::Exists: return QT_TRANSLATE_NOOP("zt::widgets::errorText", "It is already there with other content. Open it to compare.");
    case Err::Conflict: return QT_TRANSLATE_NOOP("zt::widgets::errorText", "Somebody else acted in the meantime. Look at what changed, then decide again.");
    case Err::Corrupt: return QT_TRANSLATE_NOOP("zt::widgets::errorText", "Stored data failed its check and was not used. It will be fetched from the server again.");
    case Err::TooNew: return QT_TRANSLATE_NOOP("zt::widgets::errorText", "This was written by a newer version. Update the program to work on it.");
    case Err::TooLarge: return QT_TRANSLATE_NOOP("zt::widgets::errorText", "It is larger than allowed. Shorten or split it.");
    case Err::Busy: return QT_TRANSLATE_NOOP("zt::widgets::errorText", "Somebody else is using it right now. Try again in a moment.");
    case Err::DiskFull: return QT_TRANSLATE_NOOP("zt::widgets::errorText", "The disk of this computer is full. Free some space, then try again.");
    case Err::ReadOnly: return QT_TRANSLATE_NOOP("zt::widgets::errorText", "The place cannot be written. Choose another folder or ask for permission.");
    case Err::Io: return QT_TRANSLATE_NOOP("zt::widgets::errorText", "The disk did not read or write. Try again; if it happens again, back up and have the disk checked.");
    case Err::NetworkFs: return QT_TRANSLATE_NOOP("zt::widgets::errorText", "The place lies on a network drive. Choose a folder on this computer.");
    case Err::Unavailable: return QT_TRANSLATE_NOOP("zt::widgets::errorText", "The server does not answer. You can go on working; it is tried again by itself.");
    case Err::Cancelled: return QT_TRANSLATE_NOOP("zt::widgets::errorText", "Stopped as you asked. You can start it again at any time.");
    case Err::Unsupported: return QT_TRANSLATE_NOOP("zt::widgets::errorText", "This version of the program does not know that kind of data. Update the program.");
    case Err::Internal: return QT_TRANSLATE_NOOP("zt::widgets::errorText", "The program made a mistake. Make a diagnostic bundle in the settings and send it to the information centre.");
    }
    return "";
}

} // namespace

QString errorText(Err kind, ErrContext context)
{
    if (const char* exact = special(kind, context)) return say(exact);
    const QString what = say(general(kind));
    // Where the sentence says itself what happens next, repeating what is safe only lengthens it.
    if (kind == Err::Cancelled) return what;
    //: %1 what happened and what to do, %2 what is safe; Chinese joins them without a space
    return QCoreApplication::translate("zt::widgets::errorText", "%1 %2").arg(what, safe(context));
}

} // namespace zt::widgets
