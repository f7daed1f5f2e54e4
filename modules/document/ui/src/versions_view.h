#pragma once

#include "zt/desk/desk.h"

#include <QWidget>
#include <memory>

class QComboBox;
class QLabel;
class QListWidget;
class QTextEdit;

namespace zt::document_ui {

//! What changed from one version to another: added words underlined, removed ones struck, and a list of the changes to jump to.
class VersionsView : public QWidget {
    Q_OBJECT
public:
    explicit VersionsView(QWidget* parent = nullptr);
    void setMatter(std::shared_ptr<const document::Matter> matter);

private:
    void compareNow();
    void show(const std::vector<document::ParagraphChange>& changes);
    std::shared_ptr<const document::Matter> m_matter;
    QComboBox* m_before;
    QComboBox* m_after;
    QLabel* m_summary;
    QTextEdit* m_text;
    QListWidget* m_list;
    quint64 m_asked = 0;
};

} // namespace zt::document_ui
