#pragma once

#include "zt/typeset/paper.h"

#include <QAbstractScrollArea>
#include <QCache>
#include <QImage>
#include <atomic>
#include <functional>
#include <memory>

namespace zt::document_ui {

//! Lays `sheet` out on a pool thread and answers on the GUI thread while `context` lives. The returned flag stops it; a stopped one does not answer.
std::shared_ptr<std::atomic_bool> layOutLater(typeset::Sheet sheet, QObject* context, std::function<void(std::shared_ptr<const typeset::Paper>)> then);

//! Pages on the desk: scrolls, zooms, fits the width. Pages are rendered when seen and a few are kept. GUI thread.
//! To screen readers it is a document with its text.
class PageView : public QAbstractScrollArea {
    Q_OBJECT
public:
    explicit PageView(QWidget* parent = nullptr);

    //! Lays the sheet out in the background; the old pages stay until the new ones are there, and the place is kept.
    ~PageView() override;
    void setSheet(typeset::Sheet sheet);
    void setPaper(std::shared_ptr<const typeset::Paper> paper);
    void clear();
    [[nodiscard]] const typeset::Paper* paper() const { return m_paper.get(); }
    [[nodiscard]] int pageCount() const;
    [[nodiscard]] int currentPage() const; //!< from 0: the page in the middle of the view
    void goToPage(int page);
    [[nodiscard]] double zoom() const { return m_zoom; } //!< 1: as large as on paper at 96 dpi
    void setZoom(double zoom);
    void zoomBy(int steps);
    void setFitWidth(bool on);
    [[nodiscard]] bool fitWidth() const { return m_fit; }
    //! Scrolls to the next place of `words` after the last; false if there is none.
    bool find(const QString& words);

Q_SIGNALS:
    void pageMoved(int page, int pages);
    void zoomChanged(double zoom);
    void laidOut(bool substituted);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;
    void changeEvent(QEvent* event) override;

private:
    [[nodiscard]] QSizeF pageSize() const;
    [[nodiscard]] int gap() const;
    [[nodiscard]] QRectF pageRect(int page) const; // in the contents
    void refit();
    const QImage& image(int page);
    void announce();
    std::shared_ptr<const typeset::Paper> m_paper;
    std::shared_ptr<std::atomic_bool> m_job;
    QCache<int, QImage> m_images{6};
    double m_zoom = 1;
    bool m_fit = true;
    int m_last = -1;
    int m_foundPage = 0;
    qsizetype m_foundAt = -1;
    QString m_found;
};

} // namespace zt::document_ui
