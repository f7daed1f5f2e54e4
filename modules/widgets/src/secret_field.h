#pragma once

#include "zt/widgets/theme.h"

#include <QByteArray>

class QKeyEvent;
class QLabel;
class QLineEdit;
class QWidget;

namespace zt::widgets {

//! A hidden field with an eye to show it; no undo history of it remains once taken.
QLineEdit* makeSecretField(const QString& name);
//! The text as UTF-8; empties the field. The widget's own buffers are Qt's and are only released, not wiped.
QByteArray takeSecret(QLineEdit* field);
//! Overwrites the bytes in place, in every QByteArray that shares them.
void wipe(QByteArray& bytes);
//! A capital typed without Shift, or a small letter with it: what can be known of Caps Lock without asking the window system.
bool capsLockLooksOn(const QKeyEvent& event);
//! An icon and a line of text beside it; `ruled` puts a line above.
QWidget* makeNote(Icon icon, Color tint, QLabel* text, bool ruled);

} // namespace zt::widgets
