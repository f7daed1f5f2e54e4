#pragma once

#include "zt/document_ui/models.h"

#include <QWidget>

class QLabel;
class QTreeWidget;

namespace zt::widgets {
class TimelineView;
}

namespace zt::document_ui {

//! The way of a matter: for a dispatched one the receipts of each unit, and all that happened as a timeline.
class ProcessView : public QWidget {
    Q_OBJECT
public:
    explicit ProcessView(QWidget* parent = nullptr);
    void setMatter(const desk::MatterView& view, const std::string& me);

private:
    QLabel* m_title;
    QTreeWidget* m_receipts;
    TimelineModel* m_model;
    widgets::TimelineView* m_timeline;
};

} // namespace zt::document_ui
