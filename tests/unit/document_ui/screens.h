#pragma once

#include "fake_desk.h"

#include <QSize>
#include <functional>
#include <vector>

//! One picture: a screen over a fake desk.
struct Screen {
    const char* name;
    std::function<QWidget*(zt::test::FakeDesk&, QSize)> make;
};
const std::vector<Screen>& screens();
