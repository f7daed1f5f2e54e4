#pragma once

#include "zt/widgets/theme.h"

#include <QToolButton>

namespace zt::widgets {

//! One item of the rail: icon over word, badge at the icon's shoulder; icon only where the window is narrow.
class RailButton : public QToolButton {
    Q_OBJECT
public:
    RailButton(Icon icon, const QString& title, const QKeySequence& key, QWidget* parent = nullptr);
    void setBadge(int count, Tone tone);
    void setIconOnly(bool on);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void name();
    Icon m_icon;
    QString m_title;
    int m_count = 0;
    Tone m_tone = Tone::Info;
    bool m_iconOnly = false;
};

//! Looks like a field and opens the search palette; only a magnifier where the window is narrow.
class SearchButton : public QToolButton {
    Q_OBJECT
public:
    explicit SearchButton(QWidget* parent = nullptr);
    void setWidth(Px width) { m_width = width; updateGeometry(); }
    void setIconOnly(bool on);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Px m_width = Px::Search;
    bool m_iconOnly = false;
};

//! Avatar and name; only the avatar where the window is narrow.
class UserButton : public QToolButton {
    Q_OBJECT
public:
    explicit UserButton(QWidget* parent = nullptr);
    void setName(const QString& name);
    void setIconOnly(bool on);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_name;
    bool m_iconOnly = false;
};

//! The mark 正 in the corner; decoration.
class BrandMark : public QWidget {
    Q_OBJECT
public:
    using QWidget::QWidget;

protected:
    void paintEvent(QPaintEvent* event) override;
};

} // namespace zt::widgets
