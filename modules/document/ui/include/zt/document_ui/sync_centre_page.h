#pragma once

#include "zt/document_ui/models.h"
#include "zt/widgets/panes.h"

#include <QFrame>

class QLabel;
class QPlainTextEdit;
class QStackedWidget;
class QTimer;

namespace zt::widgets {
class ActionBar;
class Banner;
class Button;
class ElidedLabel;
class EmptyState;
class IconButton;
class RowList;
class SegmentedControl;
class Tag;
} // namespace zt::widgets

namespace zt::document_ui {

//! What waits to be sent, what needs attention, what was settled lately; how the line stands. GUI thread.
class SyncCentrePage : public QFrame {
    Q_OBJECT
public:
    explicit SyncCentrePage(DeskPort& desk, QWidget* parent = nullptr);
    void setWidthClass(zt::widgets::WidthClass width);
    //! Shows what needs attention, the first of it chosen.
    void showAttention();

Q_SIGNALS:
    void openRequested(const QString& stream);
    void acted(const QString& words, const QByteArray& undo);

private:
    QWidget* makeQueue();
    QWidget* makeDetail();
    void showStatus();
    void showRows();
    void showItem(const QModelIndex& index);
    void addAsOpinion();
    void settle(const QString& words);
    [[nodiscard]] const desk::OutboxView* item() const;

    DeskPort& m_desk;
    OutboxModel* m_model;
    widgets::Banner* m_banner;
    widgets::ThreePane* m_panes;
    QWidget* m_queue;
    widgets::SegmentedControl* m_filter;
    widgets::RowList* m_list;
    QStackedWidget* m_listStack;
    widgets::EmptyState* m_noRows;
    QStackedWidget* m_detail;
    widgets::EmptyState* m_nothing;
    widgets::ElidedLabel* m_title;
    widgets::Tag* m_tag;
    QLabel* m_facts;
    QLabel* m_what;
    QPlainTextEdit* m_words;
    widgets::Banner* m_problem;
    widgets::ActionBar* m_bar;
    widgets::IconButton* m_open;
    widgets::Button* m_copy;
    widgets::Button* m_takeBack;
    widgets::Button* m_dismiss;
    widgets::Button* m_add;
    QLabel* m_foot;
    QTimer* m_tick;
};

} // namespace zt::document_ui
