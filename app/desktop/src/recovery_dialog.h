#pragma once

#include "zt/desk/desk.h"

#include <QDialog>

class QLabel;
class QLineEdit;

namespace zt::widgets {
class Button;
class FieldError;
}

namespace zt::app {

//! For a forgotten passphrase or a lost keyring: makes the request two administrators open, takes their answer, sets a new passphrase. Opened with open().
class RecoveryDialog : public QDialog {
    Q_OBJECT
public:
    RecoveryDialog(desk::Account account, std::shared_ptr<desk::Keychain> keychain, desk::Post post, QWidget* parent = nullptr);

Q_SIGNALS:
    void recovered();

private:
    void saveRequest();
    void chooseReply();
    void accept() override;
    desk::Account m_account;
    std::shared_ptr<desk::Keychain> m_keychain;
    desk::Post m_post;
    QString m_reply;
    QLabel* m_code;
    QLabel* m_chosen;
    QLineEdit* m_first;
    QLineEdit* m_second;
    widgets::FieldError* m_error;
    widgets::Button* m_go;
};

} // namespace zt::app
