#pragma once

#include "zt/document_ui/desk_port.h"

#include <QFrame>

class QCheckBox;
class QComboBox;
class QDateEdit;
class QStackedWidget;
class QTreeWidget;

namespace zt::widgets {
class Banner;
class Button;
class EmptyState;
class FieldError;
} // namespace zt::widgets

namespace zt::document_ui {

//! Mandates: who may act for whom, for what, from when to when. Gives and ends the person's own. GUI thread.
class MandatesPanel : public QFrame {
    Q_OBJECT
public:
    explicit MandatesPanel(DeskPort& desk, QWidget* parent = nullptr);
    //! Fills the form for this person.
    void propose(const QString& person);

Q_SIGNALS:
    void acted(const QString& words, const QByteArray& undo);

private:
    QWidget* makeForm();
    void refresh();
    void showMandates(const std::vector<desk::MandateView>& mandates);
    void give();
    void end();
    void settled(const Result<desk::Desk::Done>& done, const QString& words);
    DeskPort& m_desk;
    std::vector<desk::PersonView> m_people;
    bool m_giving = false;
    QString m_wanted;
    widgets::Banner* m_banner;
    QStackedWidget* m_stack;
    QTreeWidget* m_table;
    widgets::EmptyState* m_empty;
    widgets::Button* m_end;
    QComboBox* m_deputy;
    widgets::FieldError* m_deputyError;
    QDateEdit* m_from;
    QDateEdit* m_to;
    widgets::FieldError* m_periodError;
    QCheckBox* m_review;
    QCheckBox* m_sign;
    widgets::FieldError* m_scopeError;
    widgets::Button* m_give;
};

} // namespace zt::document_ui
