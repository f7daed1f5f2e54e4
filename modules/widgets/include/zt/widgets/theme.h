#pragma once

#include "zt/widgets/tokens.h"

#include <QColor>
#include <QFont>
#include <QHash>
#include <QIcon>
#include <QObject>
#include <QPixmap>

class QApplication;

namespace zt::widgets {

enum class TextSize { Standard, Large, ExtraLarge };
enum class Density { Auto, Compact, Comfortable }; //!< Auto: the Shell chooses by its own size
//! What a mark says; never shown by colour alone.
enum class Tone { Neutral, Info, Success, Warning, Danger };

//! The look of the application: colours, lengths, fonts and icons by token, for the scheme, text size and density in force.
//!
//! One per QApplication, made on first use and destroyed with it. GUI thread only.
//! Lengths are logical pixels and grow with the text size. Tokens are closed sets made from resources/theme/tokens.json.
class Theme : public QObject {
    Q_OBJECT
public:
    static Theme& current();

    //! Installs style, palette, font and the one style sheet. Call before the first window and at each change of settings.
    void apply(Scheme scheme, TextSize size, Density density);
    void setScheme(Scheme scheme) { apply(scheme, m_size, m_density); }
    void setTextSize(TextSize size) { apply(m_scheme, size, m_density); }
    void setDensity(Density density) { apply(m_scheme, m_size, density); }
    //! What Density::Auto means now; the Shell calls it as its window grows and shrinks. Known before the first apply(), nothing is laid out twice at start.
    void setCramped(bool cramped);

    Scheme scheme() const { return m_scheme; }
    TextSize textSize() const { return m_size; }
    Density density() const { return m_density; }
    //! True where rows are compact; never with large text.
    bool compact() const { return m_row == 0; }
    double scale() const { return kScales[int(m_size)]; }

    QColor color(Color token) const;
    int px(Px token) const;
    QFont font(Type role) const;
    int line(Type role) const; //!< line height
    //! An icon in one colour, from a cache keyed by (icon, colour, size, ratio). `size` is logical pixels.
    QPixmap pixmap(Icon icon, Color token, int size, qreal ratio) const;
    //! An icon that follows the theme by itself; grey when disabled, `on` when checked.
    QIcon icon(Icon icon, Color off = Color::TextSecondary, Color on = Color::AccentText) const;
    QIcon appIcon() const;

Q_SIGNALS:
    void changed();

private:
    explicit Theme(QApplication* app);
    void install();

    Scheme m_scheme = Scheme::Light;
    TextSize m_size = TextSize::Standard;
    Density m_density = Density::Auto;
    bool m_cramped = false;
    int m_row = 1; // column of PxSpec::byDensity
    bool m_installed = false;
    mutable QHash<quint64, QPixmap> m_pixmaps;
};

inline QColor color(Color token) { return Theme::current().color(token); }
inline int px(Px token) { return Theme::current().px(token); }
inline QFont typeFont(Type role) { return Theme::current().font(role); }
inline QIcon themeIcon(Icon name, Color off = Color::TextSecondary, Color on = Color::AccentText) { return Theme::current().icon(name, off, on); }

//! The colours of a tone: text and icon, fill, line.
struct ToneColors {
    Color text, fill, border;
};
ToneColors toneColors(Tone tone);
//! The word by which style sheets know a tone ("info", "success", …; empty for Neutral).
QString toneName(Tone tone);

//! Sets a dynamic property the style sheet looks at and polishes the widget again.
void setStyleProperty(QWidget* widget, const char* name, const QVariant& value);

} // namespace zt::widgets
