#include "process_view.h"

#include "tables.h"
#include "zt/widgets/labels.h"
#include "zt/widgets/panes.h"
#include "zt/widgets/row_delegate.h"

#include <QtWidgets>

namespace zt::document_ui {

using namespace widgets;

ProcessView::ProcessView(QWidget* parent)
    : QWidget(parent), m_title(makeLabel({}, "strong")), m_receipts(new QTreeWidget), m_model(new TimelineModel(true, this)), m_timeline(new TimelineView(tr("What happened")))
{
    setUpTable(m_receipts, tr("Receipts of the units"), {tr("Unit"), tr("Sent"), tr("Received"), tr("Opened"), tr("Signed for")}, px(Px::Row2));
    m_timeline->setModel(m_model);
    m_title->setContentsMargins(px(Px::Space4), px(Px::Space3), px(Px::Space4), px(Px::Space2));
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(m_title);
    all->addWidget(m_receipts);
    all->addWidget(m_timeline, 1);
}

namespace {

QString withName(Millis time, const wire::Actor& by)
{
    if (!time) return QStringLiteral("—");
    return by.name().empty() ? momentText(time) : momentText(time) + QLatin1Char('\n') + actorText(by);
}

} // namespace

void ProcessView::setMatter(const desk::MatterView& view, const std::string& me)
{
    m_model->setMatter(view, me);
    const bool receipts = view.matter && !view.matter->deliveries.empty();
    m_receipts->setVisible(receipts);
    m_title->setVisible(receipts);
    m_receipts->clear();
    if (!receipts) return;
    int signedFor = 0;
    for (const document::Delivery& d : view.matter->deliveries) {
        signedFor += d.signedFor != 0;
        const QString unit = d.copy ? tr("%1 (copy)").arg(text(d.unitName)) : text(d.unitName);
        auto* row = new QTreeWidgetItem(m_receipts, {unit, withName(d.sent, {}), d.undeliverable ? tr("Could not be delivered") : withName(d.received, {}), withName(d.opened, d.openedBy), withName(d.signedFor, d.signedBy)});
        if (!d.note.empty()) row->setToolTip(4, text(d.note));
        if (d.undeliverable) row->setData(2, CellDelegate::kToneRole, int(Tone::Danger));
        else if (d.signedFor) row->setData(4, CellDelegate::kToneRole, int(Tone::Success));
    }
    constexpr int kMostRows = 6;
    m_receipts->setFixedHeight(px(Px::Space8) + px(Px::Row2) * std::min(kMostRows, m_receipts->topLevelItemCount()) + 4);
    m_title->setText(tr("%1 of %n units have signed for it", nullptr, int(view.matter->deliveries.size())).arg(signedFor));
}

} // namespace zt::document_ui
