#include "recovery_dialog.h"

#include "zt/widgets/controls.h"
#include "zt/widgets/enrol_page.h"
#include "zt/widgets/error_text.h"
#include "zt/widgets/labels.h"

#include <QFileDialog>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPointer>
#include <QVBoxLayout>

namespace zt::app {

using namespace widgets;

RecoveryDialog::RecoveryDialog(desk::Account account, std::shared_ptr<desk::Keychain> keychain, desk::Post post, QWidget* parent)
    : QDialog(parent), m_account(std::move(account)), m_keychain(std::move(keychain)), m_post(std::move(post))
{
    setWindowTitle(tr("Open with two administrators"));
    setMinimumWidth(480);
    auto* box = new QVBoxLayout(this);
    box->setContentsMargins(px(Px::Space6), px(Px::Space6), px(Px::Space6), px(Px::Space6));
    box->setSpacing(px(Px::Space3));
    box->addWidget(makeLabel(tr("Two administrators of your unit can open this store together. Nothing on this computer is deleted, unsent work included."), "label", true));
    auto* save = new Button(Icon::Download, tr("1. Save the request…"));
    connect(save, &QPushButton::clicked, this, &RecoveryDialog::saveRequest);
    box->addWidget(save);
    box->addWidget(m_code = makeLabel(tr("Hand the file to both administrators, one after the other."), "caption", true));
    auto* choose = new Button(Icon::Upload, tr("2. Choose their answer…"));
    connect(choose, &QPushButton::clicked, this, &RecoveryDialog::chooseReply);
    box->addWidget(choose);
    box->addWidget(m_chosen = makeLabel(tr("No answer chosen yet."), "caption", true));
    auto* label = makeLabel(tr("3. New passphrase"), "label");
    box->addWidget(label);
    box->addWidget(m_first = new QLineEdit);
    box->addWidget(m_second = new QLineEdit);
    for (auto* f : {m_first, m_second}) f->setEchoMode(QLineEdit::Password);
    label->setBuddy(m_first);
    m_first->setAccessibleName(tr("New passphrase"));
    m_second->setAccessibleName(tr("New passphrase again"));
    m_second->setPlaceholderText(tr("Again"));
    box->addWidget(m_error = new FieldError(m_second));
    auto* row = new QHBoxLayout;
    row->addStretch();
    auto* cancel = new Button(tr("Cancel"));
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    row->addWidget(cancel);
    row->addWidget(m_go = new Button(tr("Set new passphrase"), ButtonKind::Primary));
    m_go->setEnabled(false);
    connect(m_go, &QPushButton::clicked, this, &RecoveryDialog::accept);
    box->addLayout(row);
}

void RecoveryDialog::saveRequest()
{
    auto* dialog = new QFileDialog(this, tr("Save the request"), QStringLiteral("zhengtong-recovery.request"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& file) {
        desk::recoveryRequest(m_account.folder, file.toStdString(), m_post, [self = QPointer(this)](Result<std::string> code) {
            if (!self) return;
            if (code) self->m_code->setText(tr("Code to compare by voice: %1").arg(QString::fromStdString(*code)));
            else self->m_error->setText(code.error().kind == Err::NotFound ? tr("This store was made without recovery. The passphrase is the only way in; nothing is deleted, try again later.")
                                                                          : errorText(code.error().kind, ErrContext::Store));
        });
    });
    dialog->open();
}

void RecoveryDialog::chooseReply()
{
    auto* dialog = new QFileDialog(this, tr("Choose the administrators' answer"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& file) {
        m_reply = file;
        m_chosen->setText(file);
        m_go->setEnabled(true);
    });
    dialog->open();
}

void RecoveryDialog::accept()
{
    if (passphraseStrength(m_first->text()) == 0) return m_error->setText(tr("Use at least eight characters."));
    if (m_first->text() != m_second->text()) return m_error->setText(tr("The two passphrases differ."));
    QByteArray bytes = m_first->text().toUtf8();
    crypto::Secret fresh(BytesView(bytes.constData(), size_t(bytes.size())));
    bytes.fill('\0');
    m_go->setEnabled(false);
    desk::acceptRecovery(m_account.folder, m_reply.toStdString(), std::move(fresh), m_keychain, m_post, [self = QPointer(this)](Result<void> done) {
        if (!self) return;
        self->m_go->setEnabled(true);
        if (!done) return self->m_error->setText(done.error().kind == Err::Corrupt ? tr("This answer belongs to another request. Ask for the one to the newest request.")
                                                                                   : errorText(done.error().kind, ErrContext::Store));
        Q_EMIT self->recovered();
        self->QDialog::accept();
    });
}

} // namespace zt::app
