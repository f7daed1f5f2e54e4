#pragma once

#include "zt/desk/desk.h"

#include <QDialog>

class QCheckBox;
class QLabel;

namespace zt::widgets {
class Button;
}

namespace zt::app {

//! Takes this person's data off this PC. Names first what was never sent; nothing is destroyed before that was read. Opened with open().
class RemoveDialog : public QDialog {
    Q_OBJECT
public:
    explicit RemoveDialog(std::shared_ptr<desk::Desk> desk, QWidget* parent = nullptr);

Q_SIGNALS:
    void removed(); //!< the desk must be closed now; its store goes with it

private:
    void look();
    void show(const desk::UnsentWork& work);
    void go();
    const std::shared_ptr<desk::Desk> m_desk;
    desk::UnsentWork m_named;
    QLabel* m_list;
    QLabel* m_error;
    QCheckBox* m_read;
    widgets::Button* m_go;
};

} // namespace zt::app
