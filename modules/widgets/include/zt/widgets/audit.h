#pragma once

#include <QStringList>

class QWidget;

namespace zt::widgets {

//! What tests ask of every screen; a finding is a path of class and object names. GUI thread; the widgets must have been shown.

//! Interactive controls in the accessibility tree of `root` (visible ones) that have no name.
QStringList unnamedControls(QWidget* root);
//! Labels, buttons and tabs under `root` (visible ones) whose text does not fit into them. ElidedLabel may cut: it has a tooltip.
QStringList clippedTexts(QWidget* root);

} // namespace zt::widgets
