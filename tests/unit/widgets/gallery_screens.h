#pragma once

#include <QWidget>

namespace gallery {

//! Screens filled with invented matter, as the pictures of the design show them. The caller owns them.
QWidget* documents();
QWidget* components();
QWidget* states();
QWidget* unlock();
QWidget* unlockProblem();
QWidget* enrol();

} // namespace gallery
