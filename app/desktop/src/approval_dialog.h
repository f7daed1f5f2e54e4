#pragma once

#include "zt/desk/desk.h"

#include <QDialog>

class QLabel;

namespace zt::app {

//! A further computer asks to be let in under this person's name: approve, refuse, or later (the settings page offers it again). Opened with open().
class ApprovalDialog : public QDialog {
    Q_OBJECT
public:
    ApprovalDialog(std::shared_ptr<desk::Desk> desk, desk::WaitingDevice device, QWidget* parent = nullptr);

private:
    void answer(bool approve);
    const std::shared_ptr<desk::Desk> m_desk;
    const desk::WaitingDevice m_device;
    QLabel* m_error;
};

} // namespace zt::app
