#pragma once

#include "zt/base/result.h"

#include <QString>

namespace zt::widgets {

//! Where an error happened: decides what "it" is and what stays safe.
enum class ErrContext { Store, Unlock, Keychain, Enrol, Document, Attachment, Search, Hub, Settings };

//! An error in words: what happened, what is safe, what to do. The one place where kinds become words; whole sentences.
QString errorText(Err kind, ErrContext context);

} // namespace zt::widgets
