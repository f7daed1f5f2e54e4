#pragma once

#include "zt/widgets/theme.h"

#include <QFrame>
#include <QPushButton>
#include <QToolButton>

class QButtonGroup;

namespace zt::widgets {

enum class ButtonKind { Secondary, Primary, Flat, Danger, Link };

//! A push button of a kind; one Primary per view.
class Button : public QPushButton {
    Q_OBJECT
public:
    explicit Button(const QString& text, ButtonKind kind = ButtonKind::Secondary, QWidget* parent = nullptr);
    Button(Icon icon, const QString& text, ButtonKind kind = ButtonKind::Secondary, QWidget* parent = nullptr);
    //! 40 px high, for the end of a form or an action bar.
    Button* big();
    //! 13 px and muted, for a foot.
    Button* quiet();
    QSize minimumSizeHint() const override { return sizeHint(); }
};

//! A button that is only an icon. `name` is its accessible name and, with the key, its tooltip.
class IconButton : public QToolButton {
    Q_OBJECT
public:
    IconButton(Icon icon, const QString& name, const QKeySequence& key = {}, QWidget* parent = nullptr);
    void setThemeIcon(Icon icon);
    void setSmall(bool small); //!< 16 px icon in the smallest target
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

private:
    bool m_small = false;
};

//! A rounded button with icon and words that says a state: how sync stands, what needs attention. A " · " in the text is painted
//! as a dot. Neutral and Success have no ground.
class Pill : public QToolButton {
    Q_OBJECT
public:
    explicit Pill(QWidget* parent = nullptr);
    void setState(Tone tone, Icon icon, const QString& text);
    //! Leaves only the icon where the window is narrow; the words stay as tooltip and accessible name.
    void setIconOnly(bool on);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Tone m_tone = Tone::Neutral;
    Icon m_icon = Icon::CloudOk;
    QString m_words;
    bool m_iconOnly = false;
};

//! A few exclusive choices side by side. Left and Right move, as in any radio group.
class SegmentedControl : public QFrame {
    Q_OBJECT
public:
    //! `name` is what the group is called to screen readers.
    SegmentedControl(const QString& name, const QStringList& choices, QWidget* parent = nullptr);
    int current() const;
    void setCurrent(int index);
    void setText(int index, const QString& text);

Q_SIGNALS:
    void chosen(int index);

private:
    QButtonGroup* m_group;
};

} // namespace zt::widgets
