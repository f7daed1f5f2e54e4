#include "zt/widgets/unlock_page.h"

#include "zt/widgets/controls.h"
#include "zt/widgets/labels.h"

#include <QtWidgets>

namespace zt::widgets {

namespace {

// The mark drawn on a practice grid: 正 has five strokes, for province, city, county, township and village. Geometry on a field of 360.
class MarkArt : public QWidget {
public:
    explicit MarkArt(QWidget* parent = nullptr) : QWidget(parent)
    {
        setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
        setAccessibleName(WelcomePage::tr("The mark of Zhengtong, five strokes for five levels"));
    }
    QSize sizeHint() const override { return QSize(1, 1) * px(Px::UnlockMark); }
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter p(this);
        p.setRenderHint(QPainter::Antialiasing);
        p.scale(Theme::current().scale(), Theme::current().scale());
        grid(p);
        struct Stroke {
            QLineF line;
            QPointF word;
            QString name;
        };
        const Stroke strokes[] = {
            {{82, 90, 278, 90}, {292, 95}, WelcomePage::tr("Province", "one character in Chinese: 省")},
            {{180, 90, 180, 272}, {190, 136}, WelcomePage::tr("City", "one character in Chinese: 市")},
            {{180, 176, 252, 176}, {266, 181}, WelcomePage::tr("County", "one character in Chinese: 县")},
            {{118, 172, 118, 272}, {95, 160}, WelcomePage::tr("Township", "one character in Chinese: 乡")},
            {{62, 272, 298, 272}, {312, 277}, WelcomePage::tr("Village", "one character in Chinese: 村")},
        };
        p.setPen(QPen(color(Color::Accent), 13, Qt::SolidLine, Qt::RoundCap));
        for (const Stroke& s : strokes) p.drawLine(s.line);
        QFont f = Theme::current().font(Type::Label);
        f.setPixelSize(kTypes[int(Type::Label)].size); // the painter is scaled already
        p.setFont(f);
        p.setPen(color(Color::TextMuted));
        const QFontMetricsF fm(f);
        for (const Stroke& s : strokes) {
            const qreal w = fm.horizontalAdvance(s.name);
            p.drawText(QPointF(std::min(s.word.x(), 338 - w), s.word.x() + w > 338 ? s.word.y() - 16 : s.word.y()), s.name);
        }
    }

private:
    static void grid(QPainter& p)
    {
        p.setPen(color(Color::Border));
        p.drawRoundedRect(QRectF(20.5, 20.5, 319, 319), px(Px::RadiusCard), px(Px::RadiusCard));
        QPen dashes(color(Color::Border), 1);
        dashes.setDashPattern({4, 5});
        p.setPen(dashes);
        p.drawLine(QLineF(180.5, 20.5, 180.5, 339.5));
        p.drawLine(QLineF(20.5, 180.5, 339.5, 180.5));
        dashes.setColor(color(Color::BorderSubtle));
        p.setPen(dashes);
        p.drawLine(QLineF(21, 21, 339, 339));
        p.drawLine(QLineF(339, 21, 21, 339));
    }
};

} // namespace

WelcomePage::WelcomePage(QWidget* parent)
    : QFrame(parent), m_column(new QWidget), m_sync(new Pill), m_province(makeLabel({}, "label")), m_version(makeLabel({}, "label"))
{
    setProperty("pane", QStringLiteral("surface"));
    setAttribute(Qt::WA_StyledBackground);
    auto* halves = new QHBoxLayout(this);
    halves->setContentsMargins(0, 0, 0, 0);
    halves->setSpacing(0);

    auto* art = new QFrame;
    m_art = art;
    art->setProperty("pane", QStringLiteral("window"));
    auto* left = new QVBoxLayout(art);
    left->setContentsMargins(px(Px::Space8), px(Px::Space6), px(Px::Space8), px(Px::Space6));
    left->setSpacing(px(Px::TextGap));
    auto* title = makeLabel(tr("Zhengtong"), "display");
    auto* motto = makeLabel(tr("One desk for province, city, county and village"), "label", true);
    motto->setAlignment(Qt::AlignCenter);
    auto* leftFoot = new QHBoxLayout;
    leftFoot->addWidget(m_province);
    leftFoot->addStretch(1);
    leftFoot->addWidget(m_version);
    left->addStretch(1);
    left->addWidget(new MarkArt, 0, Qt::AlignHCenter);
    left->addSpacing(px(Px::Space5));
    left->addWidget(title, 0, Qt::AlignHCenter);
    left->addWidget(motto);
    left->addStretch(1);
    left->addLayout(leftFoot);

    auto* right = new QVBoxLayout;
    right->setContentsMargins(px(Px::Space6), px(Px::Space5), px(Px::Space6), px(Px::Space4));
    m_form = new QVBoxLayout(m_column);
    m_form->setContentsMargins(0, 0, 0, 0);
    m_form->setSpacing(0);
    // The form scrolls where the window is low: no field is ever out of reach.
    auto* scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setAccessibleName(tr("Form"));
    auto* middle = new QWidget;
    middle->setObjectName(QStringLiteral("FormGround"));
    auto* centre = new QVBoxLayout(middle);
    centre->setContentsMargins(px(Px::TextGap), 0, px(Px::TextGap), 0);
    // Stretches instead of an alignment: an aligned item is not asked for its height at its width, and wrapped words are cut.
    auto* across = new QHBoxLayout;
    across->addStretch(1);
    across->addWidget(m_column);
    across->addStretch(1);
    centre->addStretch(1);
    centre->addLayout(across);
    centre->addStretch(1);
    scroll->setWidget(middle);
    for (QWidget* w : {scroll->viewport(), middle}) w->setAutoFillBackground(false);
    right->addWidget(m_sync, 0, Qt::AlignRight);
    right->addWidget(scroll, 1);
    QWidget* foot = makeFoot();
    right->addWidget(foot);
    halves->addWidget(art);
    halves->addLayout(right, 1);
    m_sync->hide();
    refit();
    connect(&Theme::current(), &Theme::changed, this, &WelcomePage::refit);
}

QWidget* WelcomePage::makeFoot()
{
    auto* foot = new QWidget;
    auto* row = new QHBoxLayout(foot);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(px(Px::Space2));
    m_language = new Button(Icon::Globe, tr("English", "this language, in itself"), ButtonKind::Flat);
    m_language->setAccessibleName(tr("Language"));
    m_size = new Button(Icon::FontSize, {}, ButtonKind::Flat);
    m_theme = new Button(Icon::Sun, {}, ButtonKind::Flat);
    for (Button* b : {m_language, m_size, m_theme}) row->addWidget(b->quiet());
    row->addStretch(1);
    connect(m_language, &QPushButton::clicked, this, &WelcomePage::languageClicked);
    connect(m_size, &QPushButton::clicked, this, &WelcomePage::textSizeClicked);
    connect(m_theme, &QPushButton::clicked, this, &WelcomePage::themeClicked);
    return foot;
}

void WelcomePage::setFoot(const QString& province, const QString& version)
{
    m_province->setText(province);
    m_version->setText(version.isEmpty() ? QString() : tr("Version %1").arg(version));
}

void WelcomePage::setManaged(bool language, bool textSize, bool theme)
{
    for (const auto& [button, managed] : {std::pair{m_language, language}, std::pair{m_size, textSize}, std::pair{m_theme, theme}}) {
        const QString words = managed ? ManagedMark::tr("Managed by your organisation") : QString();
        button->setEnabled(!managed);
        button->setToolTip(words);
        button->setAccessibleDescription(words);
    }
}

void WelcomePage::setSync(Tone tone, Icon icon, const QString& text)
{
    m_sync->setState(tone, icon, text);
    m_sync->setVisible(!text.isEmpty());
}

void WelcomePage::resizeEvent(QResizeEvent* event)
{
    QFrame::resizeEvent(event);
    refit();
}

void WelcomePage::refit()
{
    const int room = width() - px(Px::UnlockForm) - 2 * px(Px::Space6) - px(Px::Scroll) - 2 * px(Px::TextGap);
    m_art->setVisible(room >= px(Px::UnlockMark) + 2 * px(Px::Space6) && height() >= px(Px::UnlockMark) + px(Px::Space16) * 2);
    m_art->setFixedWidth(std::max(0, std::min(px(Px::UnlockArt), room)));
    m_column->setFixedWidth(std::min(px(Px::UnlockForm), std::max(px(Px::SearchMin), width() - 2 * px(Px::Space6) - px(Px::Scroll))));
    static const char* const kSizes[] = {QT_TR_NOOP("Standard text"), QT_TR_NOOP("Large text"), QT_TR_NOOP("Extra large text")};
    m_size->setText(tr(kSizes[int(Theme::current().textSize())]));
    static const char* const kSchemes[] = {QT_TR_NOOP("Light"), QT_TR_NOOP("Dark"), QT_TR_NOOP("High contrast")};
    static constexpr Icon kSchemeIcons[] = {Icon::Sun, Icon::Moon, Icon::CircleHalf};
    const int scheme = int(Theme::current().scheme());
    m_theme->setText(tr(kSchemes[scheme]));
    m_theme->setIcon(themeIcon(kSchemeIcons[scheme], Color::TextSecondary, Color::TextSecondary));
}

} // namespace zt::widgets
