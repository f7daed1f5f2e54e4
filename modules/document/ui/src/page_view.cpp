#include "zt/document_ui/page_view.h"

#include "zt/widgets/theme.h"

#include <QtWidgets>
#include <QThreadPool>
#include <cmath>

namespace zt::document_ui {

using widgets::Color, widgets::Px, widgets::px;

namespace {
constexpr double kDotsPerMm = 96 / 25.4;
constexpr double kZoomMin = 0.25, kZoomMax = 4, kZoomStep = 1.1;
constexpr double kFitMost = 1.6; // wider and a line is too long to read
} // namespace

std::shared_ptr<std::atomic_bool> layOutLater(typeset::Sheet sheet, QObject* context, std::function<void(std::shared_ptr<const typeset::Paper>)> then)
{
    auto stop = std::make_shared<std::atomic_bool>(false);
    QThreadPool::globalInstance()->start([sheet = std::move(sheet), context = QPointer<QObject>(context), then = std::move(then), stop]() mutable {
        auto paper = typeset::layOut(sheet, stop.get());
        if (!paper) return;
        auto shared = std::make_shared<const typeset::Paper>(std::move(*paper));
        // Whether the context lives is asked on its own thread; the application outlives every worker's last word.
        QMetaObject::invokeMethod(QCoreApplication::instance(), [context, then = std::move(then), stop, shared] {
            if (context && !*stop) then(shared);
        }, Qt::QueuedConnection);
    });
    return stop;
}

PageView::PageView(QWidget* parent) : QAbstractScrollArea(parent)
{
    setAccessibleName(tr("Pages"));
    setFrameShape(NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    viewport()->setAttribute(Qt::WA_OpaquePaintEvent);
    connect(&widgets::Theme::current(), &widgets::Theme::changed, this, [this] {
        m_images.clear();
        refit();
        viewport()->update();
    });
}

PageView::~PageView()
{
    if (m_job) *m_job = true;
}

void PageView::setSheet(typeset::Sheet sheet)
{
    if (m_job) *m_job = true;
    m_job = layOutLater(std::move(sheet), this, [this](std::shared_ptr<const typeset::Paper> paper) { setPaper(std::move(paper)); });
}

void PageView::setPaper(std::shared_ptr<const typeset::Paper> paper)
{
    if (m_job) *m_job = true;
    m_job.reset();
    m_paper = std::move(paper);
    m_images.clear();
    m_foundAt = -1;
    m_last = -1;
    refit();
    setAccessibleDescription(m_paper && !m_paper->pages.empty() ? m_paper->pages.front().text() : QString());
    viewport()->update();
    announce();
    Q_EMIT laidOut(m_paper && m_paper->substituted);
}

void PageView::clear() { setPaper(nullptr); }

int PageView::pageCount() const { return m_paper ? int(m_paper->pages.size()) : 0; }

int PageView::gap() const { return px(Px::Space4); }

QSizeF PageView::pageSize() const { return {std::round(typeset::kPageWidth * kDotsPerMm * m_zoom), std::round(typeset::kPageHeight * kDotsPerMm * m_zoom)}; }

QRectF PageView::pageRect(int page) const
{
    const QSizeF size = pageSize();
    const double left = std::max<double>(gap(), std::floor((viewport()->width() - size.width()) / 2));
    return {QPointF(left, gap() + page * (size.height() + gap())), size};
}

int PageView::currentPage() const
{
    if (!pageCount()) return 0;
    const double middle = verticalScrollBar()->value() + viewport()->height() / 2.0;
    return std::clamp(int((middle - gap()) / (pageSize().height() + gap())), 0, pageCount() - 1);
}

void PageView::goToPage(int page)
{
    verticalScrollBar()->setValue(int(pageRect(std::clamp(page, 0, std::max(0, pageCount() - 1))).top()) - gap());
}

void PageView::setZoom(double zoom)
{
    m_fit = false;
    const double at = verticalScrollBar()->maximum() ? double(verticalScrollBar()->value()) / verticalScrollBar()->maximum() : 0;
    m_zoom = std::clamp(zoom, kZoomMin, kZoomMax);
    m_images.clear();
    refit();
    verticalScrollBar()->setValue(int(at * verticalScrollBar()->maximum()));
    viewport()->update();
    Q_EMIT zoomChanged(m_zoom);
}

void PageView::zoomBy(int steps) { setZoom(m_zoom * std::pow(kZoomStep, steps)); }

void PageView::setFitWidth(bool on)
{
    m_fit = on;
    refit();
    viewport()->update();
    Q_EMIT zoomChanged(m_zoom);
}

void PageView::refit()
{
    if (m_fit) {
        const double room = (viewport()->width() - 2 * gap()) / (typeset::kPageWidth * kDotsPerMm);
        const double zoom = std::clamp(room, kZoomMin, kFitMost);
        if (std::abs(zoom - m_zoom) > 1e-4) {
            m_zoom = zoom;
            m_images.clear();
            Q_EMIT zoomChanged(m_zoom);
        }
    }
    const QSizeF size = pageSize();
    const int height = int(gap() + pageCount() * (size.height() + gap()));
    verticalScrollBar()->setRange(0, std::max(0, height - viewport()->height()));
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setSingleStep(px(Px::Space6) * 2);
    horizontalScrollBar()->setRange(0, std::max(0, int(size.width()) + 2 * gap() - viewport()->width()));
    horizontalScrollBar()->setPageStep(viewport()->width());
}

void PageView::announce()
{
    if (const int page = currentPage(); page != m_last || !pageCount()) {
        m_last = page;
        Q_EMIT pageMoved(page, pageCount());
    }
}

const QImage& PageView::image(int page)
{
    if (QImage* known = m_images.object(page)) return *known;
    const double ratio = devicePixelRatioF();
    const QSize size = (pageSize() * ratio).toSize();
    auto* image = new QImage(size, QImage::Format_RGB32);
    image->fill(widgets::color(Color::SurfacePaper));
    QPainter painter(image);
    const double scale = kDotsPerMm * m_zoom * ratio;
    painter.scale(scale, scale);
    typeset::paint(painter, m_paper->pages[size_t(page)], {widgets::color(Color::TextPaper), widgets::color(Color::Letterhead)});
    painter.end();
    image->setDevicePixelRatio(ratio);
    m_images.insert(page, image);
    return *image;
}

void PageView::paintEvent(QPaintEvent* event)
{
    QPainter painter(viewport());
    painter.fillRect(event->rect(), widgets::color(Color::SurfaceDesk));
    const QPoint offset(horizontalScrollBar()->value(), verticalScrollBar()->value());
    const QRectF seen = QRectF(event->rect()).translated(offset);
    for (int page = 0; page < pageCount(); ++page) {
        const QRectF rect = pageRect(page);
        if (rect.bottom() < seen.top()) continue;
        if (rect.top() > seen.bottom()) break;
        painter.drawImage((rect.topLeft() - offset).toPoint(), image(page));
        painter.setPen(widgets::color(Color::Border));
        painter.drawRect(rect.translated(-offset).toRect().adjusted(-1, -1, 0, 0));
    }
    if (hasFocus() && property("kbd").toBool()) {
        painter.setPen(QPen(widgets::color(Color::FocusRing), px(Px::LineFocus)));
        painter.drawRect(viewport()->rect().adjusted(1, 1, -1, -1));
    }
}

void PageView::resizeEvent(QResizeEvent* event)
{
    QAbstractScrollArea::resizeEvent(event);
    const int page = currentPage();
    refit();
    if (m_fit && page > 0) goToPage(page);
    announce();
}

void PageView::wheelEvent(QWheelEvent* event)
{
    if (!event->modifiers().testFlag(Qt::ControlModifier)) return QAbstractScrollArea::wheelEvent(event);
    zoomBy(event->angleDelta().y() > 0 ? 1 : -1);
    event->accept();
}

void PageView::keyPressEvent(QKeyEvent* event)
{
    QScrollBar* bar = verticalScrollBar();
    switch (event->key()) {
    case Qt::Key_Home: return bar->setValue(bar->minimum());
    case Qt::Key_End: return bar->setValue(bar->maximum());
    case Qt::Key_PageDown:
    case Qt::Key_Space: return bar->triggerAction(QAbstractSlider::SliderPageStepAdd);
    case Qt::Key_PageUp: return bar->triggerAction(QAbstractSlider::SliderPageStepSub);
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        if (event->modifiers() & Qt::ControlModifier) return zoomBy(1);
        break;
    case Qt::Key_Minus:
        if (event->modifiers() & Qt::ControlModifier) return zoomBy(-1);
        break;
    default: break;
    }
    QAbstractScrollArea::keyPressEvent(event);
}

void PageView::scrollContentsBy(int, int)
{
    viewport()->update();
    announce();
}

void PageView::changeEvent(QEvent* event)
{
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange) viewport()->update();
}

bool PageView::find(const QString& words)
{
    if (!m_paper || words.isEmpty()) return false;
    const bool again = words == m_found && m_foundAt >= 0;
    m_found = words;
    const int start = again ? m_foundPage : 0;
    for (int page = start; page < pageCount(); ++page) {
        const typeset::Page& p = m_paper->pages[size_t(page)];
        // Lines are searched as one text: a word may be broken over two of them.
        QString all;
        std::vector<std::pair<qsizetype, double>> places;
        for (const typeset::Span& s : p.spans) {
            places.emplace_back(all.size(), s.middle);
            all += s.text;
        }
        const qsizetype at = all.indexOf(words, again && page == start ? m_foundAt + 1 : 0, Qt::CaseInsensitive);
        if (at < 0) continue;
        double middle = 0;
        for (const auto& [from, y] : places)
            if (from <= at) middle = y;
        m_foundPage = page;
        m_foundAt = at;
        verticalScrollBar()->setValue(int(pageRect(page).top() + middle * kDotsPerMm * m_zoom) - viewport()->height() / 2);
        return true;
    }
    m_foundAt = -1;
    return again && find(words);
}

} // namespace zt::document_ui
