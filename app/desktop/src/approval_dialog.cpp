#include "approval_dialog.h"

#include "zt/document_ui/words.h"
#include "zt/widgets/controls.h"
#include "zt/widgets/error_text.h"
#include "zt/widgets/labels.h"

#include <QHBoxLayout>
#include <QPointer>
#include <QVBoxLayout>

namespace zt::app {

using namespace widgets;
using document_ui::text;

ApprovalDialog::ApprovalDialog(std::shared_ptr<desk::Desk> desk, desk::WaitingDevice device, QWidget* parent)
    : QDialog(parent), m_desk(std::move(desk)), m_device(std::move(device))
{
    setWindowTitle(tr("A further computer asks to be admitted"));
    setMinimumWidth(px(Px::DialogMedium) * 2 / 3);
    auto* box = new QVBoxLayout(this);
    box->setContentsMargins(px(Px::Space6), px(Px::Space6), px(Px::Space6), px(Px::Space6));
    box->setSpacing(px(Px::Space3));
    const QString name = m_device.name.empty() ? tr("without a name") : text(m_device.name);
    box->addWidget(makeLabel(tr("The computer “%1” wants to be enrolled in your name. It will read and sign as you do.").arg(name), "label", true));
    box->addWidget(makeLabel(tr("Approve it only if you are enrolling it yourself at this moment and it shows these letters:"), "label", true));
    auto* check = makeLabel(text(m_device.check), "title");
    check->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    box->addWidget(check);
    box->addWidget(m_error = makeLabel({}, "caption", true));
    auto* row = new QHBoxLayout;
    auto* refuse = new Button(tr("Refuse"), ButtonKind::Danger);
    auto* later = new Button(tr("Later"));
    auto* approve = new Button(tr("Approve"), ButtonKind::Primary);
    row->addWidget(refuse);
    row->addStretch();
    row->addWidget(later);
    row->addWidget(approve);
    box->addLayout(row);
    for (auto* b : {refuse, approve}) b->setAutoDefault(false);
    later->setDefault(true); // Enter must let nobody in
    connect(refuse, &QPushButton::clicked, this, [this] { answer(false); });
    connect(approve, &QPushButton::clicked, this, [this] { answer(true); });
    connect(later, &QPushButton::clicked, this, &QDialog::reject);
}

void ApprovalDialog::answer(bool approve)
{
    m_desk->approveDevice(m_device.device, approve, [self = QPointer(this)](Result<desk::Desk::Done> done) {
        if (!self) return;
        if (!done) return self->m_error->setText(errorText(done.error().kind, ErrContext::Settings));
        if (done->outcome == wire::APPLIED) return self->accept();
        self->m_error->setText(document_ui::reasonText(done->reason));
    });
}

} // namespace zt::app
