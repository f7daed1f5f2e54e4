#pragma once

#include "zt/widgets/labels.h"
#include "zt/widgets/theme.h"

#include <QFrame>
#include <QLayout>
#include <QSplitter>

class QHBoxLayout;
class QVBoxLayout;

namespace zt::widgets {

//! A frame painted in a surface of the theme: "window", "surface", "sunken" or "desk". F6 goes from pane to pane: set a name by
//! setAccessibleName and it is one stop.
class Pane : public QFrame {
    Q_OBJECT
public:
    explicit Pane(const char* surface, QWidget* parent = nullptr);
};

//! A white box with a thin line; body() has padding `Space4`.
class Card : public QFrame {
    Q_OBJECT
public:
    explicit Card(const QString& title = {}, QWidget* parent = nullptr);
    QVBoxLayout* body() const { return m_body; }

private:
    QVBoxLayout* m_body;
};

//! Title, count and buttons over a pane, with a line below.
class PaneHeader : public QFrame {
    Q_OBJECT
public:
    //! `card`: lower and with a smaller title, as on a Card.
    explicit PaneHeader(const QString& title, bool card = false, QWidget* parent = nullptr);
    void setTitle(const QString& title);
    void setNote(const QString& note); //!< muted text beside the title, e.g. the count
    void addAction(QWidget* control);  //!< at the right

private:
    ElidedLabel* m_title;
    QLabel* m_note;
    QHBoxLayout* m_row;
};

//! The bar under a pane: words at the left (addStretch is there), buttons at the right, the primary last.
class ActionBar : public QFrame {
    Q_OBJECT
public:
    explicit ActionBar(QWidget* parent = nullptr);
    void setStatus(const QVector<FieldsLabel::Field>& fields); //!< with dots between, each in its tone
    void addAction(QWidget* control);

private:
    FieldsLabel* m_status;
    QHBoxLayout* m_row;
};

//! A splitter with a line of 1 px and a grab area of 7.
class Splitter : public QSplitter {
    Q_OBJECT
public:
    explicit Splitter(Qt::Orientation orientation, QWidget* parent = nullptr);

protected:
    QSplitterHandle* createHandle() override;
};

//! What the width of the window allows; thresholds in tokens.json, measured after dividing by the text size.
enum class WidthClass { Stack, Narrow, Compact, Full };

//! Folders, list and reading side by side, by the width rules: folders become a strip where it is narrow, and in the narrowest
//! class only one of list and reading shows. Connect Shell::widthClassChanged to setWidthClass.
class ThreePane : public Splitter {
    Q_OBJECT
public:
    //! `folders` is told by foldersAsStrip; `folders` may be null.
    ThreePane(QWidget* folders, QWidget* list, QWidget* reading, QWidget* parent = nullptr);
    void setWidthClass(zt::widgets::WidthClass width);
    //! In the narrowest class: the reading pane instead of the list, and back. Elsewhere only remembered.
    void setReading(bool on);
    bool isReading() const { return m_reading; }

Q_SIGNALS:
    void foldersAsStrip(bool strip);

private:
    void refit();
    QWidget* m_folders;
    QWidget* m_list;
    QWidget* m_right;
    WidthClass m_width = WidthClass::Full;
    bool m_reading = false;
};

//! Lays widgets out like words: left to right, wrapping.
class FlowLayout : public QLayout {
    Q_OBJECT
public:
    explicit FlowLayout(QWidget* parent = nullptr);
    ~FlowLayout() override;
    void addItem(QLayoutItem* item) override;
    int count() const override { return int(m_items.size()); }
    QLayoutItem* itemAt(int index) const override;
    QLayoutItem* takeAt(int index) override;
    Qt::Orientations expandingDirections() const override { return {}; }
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override { return place(QRect(0, 0, width, 0), false); }
    QSize sizeHint() const override { return minimumSize(); }
    QSize minimumSize() const override;
    void setGeometry(const QRect& rect) override;

private:
    int place(const QRect& rect, bool apply) const;
    QList<QLayoutItem*> m_items;
};

} // namespace zt::widgets
