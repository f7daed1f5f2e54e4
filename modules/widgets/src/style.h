#pragma once

#include <QPointer>
#include <QProxyStyle>

namespace zt::widgets {

//! What style sheets cannot do: focus frames of views, tree chevrons, metrics and hints. Fusion underneath.
class ZtStyle : public QProxyStyle {
    Q_OBJECT
public:
    ZtStyle();
    void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter, const QWidget* widget) const override;
    int pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const override;
    int styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget, QStyleHintReturn* returnData) const override;

private:
    friend class FocusRing;
    bool m_underline = false;
};

//! Application event filter: property `kbd` on the focus widget while focus came from the keyboard, and mnemonics underlined only
//! while Alt is down.
class FocusRing : public QObject {
    Q_OBJECT
public:
    FocusRing(ZtStyle* style, QObject* parent) : QObject(parent), m_style(style) {}
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QPointer<ZtStyle> m_style; // the application owns it
};

//! Application event filter: while an input method is composing in a field, the keys it leaves alone do nothing that would take the
//! field's words without the composed ones (Enter with any modifier, Escape, Tab, the keys of lists, Alt with anything). And the input
//! method is told anew where the field is, so that its candidates open at the caret wherever a parent has moved.
class ComposingGuard : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QPointer<QObject> m_composing;
};

} // namespace zt::widgets
