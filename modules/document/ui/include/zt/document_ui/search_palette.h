#pragma once

#include "zt/document_ui/models.h"
#include "zt/widgets/theme.h"

#include <QWidget>
#include <functional>

class QLabel;
class QLineEdit;
class QListView;
class QStandardItemModel;
class QTextEdit;

namespace zt::widgets {
class SegmentedControl;
} // namespace zt::widgets

namespace zt::document_ui {

//! Search over everything on this PC, and commands: a child over its window with a scrim. Each key asks anew and drops the answer before.
//! Up, Down choose; Enter opens; Ctrl+Enter in a new window; Tab changes the scope; Esc closes and gives the focus back.
class SearchPalette : public QWidget {
    Q_OBJECT
public:
    struct Command {
        QString title;
        widgets::Icon icon;
        std::function<void()> run;
    };
    //! `window` is covered; the palette belongs to it and is hidden until open().
    SearchPalette(DeskPort& desk, QWidget* window);
    void setCommands(QVector<Command> commands);
    void open(const QString& text = {});
    void close();
    [[nodiscard]] int resultCount() const;

Q_SIGNALS:
    void documentChosen(const QString& stream, bool newWindow);
    void personChosen(const QString& person);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;

private:
    enum Scope { All, Documents, People, Commands };
    void place();
    void ask();
    void showAnswer(store::SearchAnswer answer);
    void rebuild();
    void addHeading(const QString& text);
    void choose(bool newWindow);
    void move(int by);
    void showPreview();
    DeskPort& m_desk;
    QVector<Command> m_commands;
    store::SearchAnswer m_answer;
    quint64 m_asked = 0;
    QPointer<QWidget> m_before;
    QWidget* m_box;
    QLineEdit* m_query;
    widgets::SegmentedControl* m_scopes;
    QListView* m_list;
    QStandardItemModel* m_model;
    QWidget* m_preview;
    QLabel* m_previewTitle;
    QTextEdit* m_previewText;
    QLabel* m_order;
    QLabel* m_empty;
};

} // namespace zt::document_ui
