#pragma once

#include "zt/widgets/labels.h"
#include "zt/widgets/theme.h"

#include <QFrame>

class QTimer;

namespace zt::widgets {

class Button;

//! An empty pane: icon, a sentence that is good news or a next step, muted detail, at most one button.
class EmptyState : public QWidget {
    Q_OBJECT
public:
    EmptyState(Icon icon, const QString& sentence, const QString& detail = {}, QWidget* parent = nullptr);
    void setText(Icon icon, const QString& sentence, const QString& detail);
    void setAction(const QString& text); //!< empty takes the button away

Q_SIGNALS:
    void action();

private:
    void drawIcon();
    Icon m_name;
    QLabel* m_icon;
    QLabel* m_sentence;
    QLabel* m_detail;
    Button* m_button;
};

//! A message in the pane where it belongs: tone, icon, words, at most one way on. Never modal.
class Banner : public QFrame {
    Q_OBJECT
public:
    explicit Banner(Tone tone = Tone::Info, const QString& text = {}, QWidget* parent = nullptr);
    //! Empty text hides it. `icon` is chosen by the tone unless given.
    void setMessage(Tone tone, const QString& text, const QString& action = {});
    void setIcon(Icon icon);
    //! Straight corners, for a banner across a whole pane.
    void setSquare(bool square);

Q_SIGNALS:
    void action();

private:
    void drawIcon();
    Tone m_tone = Tone::Info;
    Icon m_name = Icon::Info;
    QLabel* m_icon;
    QLabel* m_text;
    Button* m_button;
};

//! Grey bars in the shape of rows, shown only when loading takes longer than 250 ms. No shimmer.
class SkeletonRows : public QWidget {
    Q_OBJECT
public:
    explicit SkeletonRows(QWidget* parent = nullptr);
    void start(); //!< shows the bars after the delay
    void stop();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QTimer* m_delay;
    bool m_on = false;
};

//! "Done; can be undone for 10 s", bottom centre over its parent, above where action bars are. One at a time; a new one settles the last.
class UndoBar : public QFrame {
    Q_OBJECT
public:
    explicit UndoBar(QWidget* over);
    //! Shows `text` for the undo window (or `ms`), with an undo button unless `undoable` is false.
    void show(const QString& text, bool undoable = true, int ms = kUndoWindowMs);
    void undo(); //!< what Ctrl+Z does while it shows
    void endUndo(); //!< it cannot be undone any more: the words stay for their time
    void settle();  //!< its time is over

Q_SIGNALS:
    void undone();
    void settled(); //!< the time is over, or another act took the place

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void place();
    QLabel* m_icon;
    QLabel* m_text;
    Button* m_undo;
    QLabel* m_key;
    QTimer* m_timer;
};

} // namespace zt::widgets
