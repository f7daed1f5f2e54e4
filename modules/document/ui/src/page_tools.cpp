#include "reading_pane.h"
#include "zt/document_ui/page_view.h"
#include "zt/widgets/controls.h"
#include "zt/widgets/labels.h"

#include <QtWidgets>

namespace zt::document_ui {

using namespace widgets;

PageTools::PageTools(PageView* pages, QWidget* parent) : QFrame(parent), m_pages(pages), m_page(makeLabel({}, "label")), m_zoom(makeLabel({}, "label")), m_search(new QLineEdit), m_note(new Tag({}, Tone::Info))
{
    setObjectName(QStringLiteral("PaneHeader"));
    auto* up = new IconButton(Icon::ChevU, tr("Previous page"));
    auto* down = new IconButton(Icon::ChevD, tr("Next page"));
    auto* minus = new IconButton(Icon::Minus, tr("Smaller"), QKeySequence(QStringLiteral("Ctrl+-")));
    auto* plus = new IconButton(Icon::Plus, tr("Larger"), QKeySequence(QStringLiteral("Ctrl++")));
    m_fit = new IconButton(Icon::FitWidth, tr("Fit the width"));
    m_fit->setCheckable(true);
    m_fit->setChecked(pages->fitWidth());
    auto* find = new IconButton(Icon::Search, tr("Find in the text"), QKeySequence::Find);
    auto* print = new IconButton(Icon::Print, tr("Print"), QKeySequence::Print);
    m_search->setPlaceholderText(tr("Find in the text"));
    m_search->setAccessibleName(tr("Find in the text"));
    m_search->setMaximumWidth(px(Px::SearchMin));
    m_search->hide();
    m_note->hide();
    m_zoom->setAlignment(Qt::AlignCenter);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(px(Px::Space4), 0, px(Px::Space3), 0);
    row->setSpacing(px(Px::Space1));
    row->addWidget(m_page);
    row->addWidget(up);
    row->addWidget(down);
    row->addSpacing(px(Px::Space2));
    row->addWidget(m_note);
    row->addStretch(1);
    row->addWidget(m_search);
    row->addWidget(minus);
    row->addWidget(m_zoom);
    row->addWidget(plus);
    row->addWidget(m_fit);
    row->addWidget(find);
    row->addWidget(print);
    const auto fit = [this] {
        setFixedHeight(px(Px::Toolbar));
        m_zoom->setMinimumWidth(QFontMetrics(typeFont(Type::Label)).horizontalAdvance(QStringLiteral("400%")));
    };
    fit();
    connect(&Theme::current(), &Theme::changed, this, fit);
    connect(up, &QToolButton::clicked, this, [this] { m_pages->goToPage(m_pages->currentPage() - 1); });
    connect(down, &QToolButton::clicked, this, [this] { m_pages->goToPage(m_pages->currentPage() + 1); });
    connect(minus, &QToolButton::clicked, this, [this] { m_pages->zoomBy(-1); });
    connect(plus, &QToolButton::clicked, this, [this] { m_pages->zoomBy(1); });
    connect(m_fit, &QToolButton::clicked, this, [this](bool on) { m_pages->setFitWidth(on); });
    connect(find, &QToolButton::clicked, this, &PageTools::focusSearch);
    connect(print, &QToolButton::clicked, this, &PageTools::printRequested);
    connect(m_search, &QLineEdit::returnPressed, this, [this] { setStyleProperty(m_search, "invalid", !m_pages->find(m_search->text())); });
    connect(m_search, &QLineEdit::textChanged, this, [this] { setStyleProperty(m_search, "invalid", false); });
    auto* escape = new QShortcut(QKeySequence(Qt::Key_Escape), m_search, nullptr, nullptr, Qt::WidgetShortcut);
    connect(escape, &QShortcut::activated, this, [this] {
        m_search->hide();
        showPage();
        m_pages->setFocus();
    });
    connect(pages, &PageView::pageMoved, this, &PageTools::showPage);
    connect(pages, &PageView::zoomChanged, this, &PageTools::showPage);
    showPage();
}

void PageTools::resizeEvent(QResizeEvent* event)
{
    QFrame::resizeEvent(event);
    showPage();
}

void PageTools::setNote(const QString& word, const QString& sentence)
{
    m_noted = !word.isEmpty();
    m_note->setText(word, Tone::Info);
    m_note->setToolTip(sentence);
    m_note->setAccessibleDescription(sentence);
    showPage();
}

void PageTools::focusSearch()
{
    m_search->show();
    showPage();
    m_search->setFocus(Qt::ShortcutFocusReason);
    m_search->selectAll();
}

void PageTools::showPage()
{
    const bool narrow = width() < px(Px::List) + px(Px::Space10);
    m_page->setText(m_pages->pageCount() ? (narrow ? tr("%1 / %2", "page, pages") : tr("Page %1 of %2")).arg(m_pages->currentPage() + 1).arg(m_pages->pageCount()) : QString());
    m_zoom->setText(QStringLiteral("%1%").arg(qRound(m_pages->zoom() * 100)));
    m_fit->setChecked(m_pages->fitWidth());
    m_note->setVisible(m_noted && m_search->isHidden() && width() >= px(Px::List) + px(Px::Space16) * 5 / 2);
}

} // namespace zt::document_ui
