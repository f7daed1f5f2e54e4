#include "remove_dialog.h"

#include "zt/document_ui/words.h"
#include "zt/widgets/controls.h"
#include "zt/widgets/error_text.h"
#include "zt/widgets/labels.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QPointer>
#include <QVBoxLayout>

namespace zt::app {

using namespace widgets;
using document_ui::text;

RemoveDialog::RemoveDialog(std::shared_ptr<desk::Desk> desk, QWidget* parent) : QDialog(parent), m_desk(std::move(desk))
{
    setWindowTitle(tr("Remove from this PC"));
    setMinimumWidth(px(Px::DialogMedium) * 2 / 3);
    auto* box = new QVBoxLayout(this);
    box->setContentsMargins(px(Px::Space6), px(Px::Space6), px(Px::Space6), px(Px::Space6));
    box->setSpacing(px(Px::Space3));
    box->addWidget(makeLabel(tr("For a PC that is replaced or given away. What the hub has stays there; your data on this PC are destroyed and cannot be brought back."), "label", true));
    box->addWidget(m_list = makeLabel(tr("Looking for what was never sent…"), "label", true));
    m_list->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_list->setTextFormat(Qt::PlainText);
    box->addWidget(m_read = new QCheckBox(tr("I have read this list; what is on it will be lost")));
    m_read->hide();
    box->addWidget(m_error = makeLabel({}, "caption", true));
    auto* row = new QHBoxLayout;
    m_go = new Button(tr("Remove"), ButtonKind::Danger);
    m_go->setEnabled(false);
    m_go->setAutoDefault(false);
    auto* cancel = new Button(tr("Cancel"));
    cancel->setDefault(true);
    row->addWidget(m_go);
    row->addStretch();
    row->addWidget(cancel);
    box->addLayout(row);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_read, &QCheckBox::toggled, m_go, &QWidget::setEnabled);
    connect(m_go, &QPushButton::clicked, this, &RemoveDialog::go);
    look();
}

void RemoveDialog::look()
{
    m_desk->unsentWork([self = QPointer(this)](Result<desk::UnsentWork> work) {
        if (!self) return;
        if (work) self->show(*work);
        else self->m_list->setText(errorText(work.error().kind, ErrContext::Store));
    });
}

void RemoveDialog::show(const desk::UnsentWork& work)
{
    m_named = work;
    QStringList lines;
    const auto add = [&](const QString& heading, const std::vector<std::string>& titles) {
        if (titles.empty()) return;
        lines << heading;
        for (const auto& title : titles) lines << QStringLiteral("  · ") + (title.empty() ? tr("(without a title)") : text(title));
    };
    add(tr("Drafts, which are on this PC alone:"), work.drafts);
    add(tr("Not sent yet:"), work.waiting);
    add(tr("Words that still need attention:"), work.attention);
    add(tr("Documents with files the hub does not have:"), work.files);
    m_list->setText(work.none() ? tr("Everything was sent: nothing is on this PC alone.") : lines.join(QLatin1Char('\n')));
    m_read->setChecked(false);
    m_read->setVisible(!work.none());
    m_go->setEnabled(work.none());
}

void RemoveDialog::go()
{
    m_go->setEnabled(false);
    m_desk->remove(m_named, [self = QPointer(this)](Result<void> done) {
        if (!self) return;
        if (done) {
            Q_EMIT self->removed();
            return;
        }
        self->m_error->setText(done.error().kind == Err::Conflict ? tr("Something changed meanwhile. Read the list once more.") : errorText(done.error().kind, ErrContext::Store));
        self->look();
    });
}

} // namespace zt::app
