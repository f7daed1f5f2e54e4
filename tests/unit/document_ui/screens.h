#pragma once

#include "fake_desk.h"

#include <QSize>
#include <functional>
#include <vector>

//! One picture: a screen over a fake desk, and what is done before the picture is taken.
struct Screen {
    const char* name;
    std::function<QWidget*(zt::test::FakeDesk&, QSize)> make;
    std::function<void(QWidget&)> after;
};
const std::vector<Screen>& screens();
