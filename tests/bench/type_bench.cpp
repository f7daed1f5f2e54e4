//! P9, F4: keys typed into the real windows over a full store: bench_type ROOT FOLDER KEYS N
//!
//! `list` is a Down in the list of documents, `box` a letter in the search box, both from when the key was due until its pixels went to the screen: the paint of
//! the widget that shows it, flushed. `results` is the same letter until the rows found for it are painted, `results_of_one` where it is the first of its word. Keys are due every 33 ms, as a held key repeats; in the
//! box the next one comes behind the rows of the last.
#include "application.h"
#include "main_window.h"
#include "texts.h"
#include "tools.h"

#include "zt/crypto/selftest.h"
#include "zt/desk/bench_door.h"
#include "zt/document_ui/documents_page.h"
#include "zt/document_ui/search_palette.h"
#include "zt/widgets/row_delegate.h"

#include <QtTest>
#include <QtWidgets>
#include <fcntl.h>
#include <unistd.h>

using namespace zt;
using bench::must;
using bench::nowMs;

namespace {

constexpr int kEveryMs = 33;

//! Tells when a widget was painted and the paint flushed: the update of a window paints all that is due in it, then flushes.
class App : public QApplication {
public:
    using QApplication::QApplication;
    std::function<void()> flushed;
    QSet<const QObject*> painted;
    bool notify(QObject* to, QEvent* event) override
    {
        const auto type = event->type();
        if (type == QEvent::Paint) painted.insert(to);
        const bool out = QApplication::notify(to, event);
        if (type == QEvent::UpdateRequest && flushed && !painted.isEmpty()) flushed();
        return out;
    }
};

class Typist : public QObject {
public:
    Typist(App& app, app::MainWindow& window, int n) : m_app(app), m_window(window), m_wanted(n)
    {
        m_app.flushed = [this] { flushed(); };
        m_timer.setTimerType(Qt::PreciseTimer);
        connect(&m_timer, &QTimer::timeout, this, &Typist::tick);
        m_timer.start(kEveryMs);
    }
    void print()
    {
        for (auto [name, values] : {std::pair("list", &m_list), {"box", &m_box}, {"results", &m_results}, {"results_of_one", &m_resultsOfOne}}) {
            bench::out((std::string(name) + "_p50_ms").c_str(), bench::percentile(*values, 0.5));
            bench::out((std::string(name) + "_p99_ms").c_str(), bench::percentile(*values, 0.99));
            bench::out((std::string(name) + "_max_ms").c_str(), values->empty() ? -1 : values->back());
            bench::out((std::string(name) + "_keys").c_str(), double(values->size()));
        }
        bench::out("found", m_found);
    }

private:
    void tick()
    {
        const double at = nowMs();
        const double due = m_due ? std::min(m_due, at) : at;
        m_due = at + kEveryMs;
        if (m_begun && at - m_from > 5000) std::exit(5); // a key that is never shown is no fast one
        if (m_begun) return;
        if (!m_rows) return toList();
        if (int(m_list.size()) < m_wanted) return down(due);
        if (!m_query) return toBox();
        if (int(m_results.size()) < m_wanted) return letter(due);
        m_app.quit();
    }
    void begin(double due)
    {
        m_from = due;
        m_begun = true;
        m_shown = m_answered = false;
        m_app.painted.clear();
    }
    void toList()
    {
        m_window.show(QStringLiteral("documents"));
        auto* page = m_window.findChild<document_ui::DocumentsPage*>();
        if (!page) return;
        page->setFolder(QStringLiteral("todo"));
        auto* list = page->findChild<widgets::RowList*>();
        if (!list->isVisible() || list->model()->rowCount() < 50) return;
        m_rows = list;
        m_rows->setFocus();
    }
    void down(double due)
    {
        const auto before = m_rows->currentIndex();
        begin(due);
        QTest::sendKeyEvent(QTest::Press, m_rows, m_up ? Qt::Key_Up : Qt::Key_Down, QString(), Qt::NoModifier);
        QTest::sendKeyEvent(QTest::Release, m_rows, m_up ? Qt::Key_Up : Qt::Key_Down, QString(), Qt::NoModifier);
        if (m_rows->currentIndex() != before) return;
        m_begun = false; // the end of what is loaded
        m_up = !m_up;
    }
    void toBox()
    {
        Q_EMIT m_window.searchRequested();
        auto* palette = m_window.findChild<document_ui::SearchPalette*>();
        m_query = palette->findChild<QLineEdit*>();
        m_hits = palette->findChild<QListView*>();
        m_query->setFocus();
        connect(m_hits->model(), &QAbstractItemModel::modelReset, this, [this] { m_answered = true, m_app.painted.remove(m_hits->viewport()); });
    }
    void letter(double due)
    {
        if (m_word.isEmpty()) {
            m_word = QString::fromUtf8(bench::kWords[(m_words += 7) % bench::kWordCount]);
            m_query->selectAll();
        }
        const QString one = m_word.left(1);
        m_word.remove(0, 1);
        begin(due);
        QTest::sendKeyEvent(QTest::Press, m_query, Qt::Key_unknown, one, Qt::NoModifier);
        if (!m_query->text().endsWith(one)) std::exit(6);
    }
    void flushed()
    {
        const double at = nowMs();
        if (m_begun && !m_query && m_app.painted.contains(m_rows->viewport())) {
            m_list.push_back(at - m_from);
            m_begun = false;
        } else if (m_begun && m_query) {
            if (!m_shown && m_app.painted.contains(m_query)) {
                m_box.push_back(at - m_from);
                m_shown = true;
            }
            // Without rows a sentence stands in their place.
            if (m_answered && (m_app.painted.contains(m_hits->viewport()) || !m_hits->isVisible())) {
                m_found += m_hits->isVisible();
                m_results.push_back(at - m_from);
                if (m_query->text().size() == 1) m_resultsOfOne.push_back(at - m_from);
                m_begun = !m_shown;
            }
        }
        m_app.painted.clear();
    }

    App& m_app;
    app::MainWindow& m_window;
    const int m_wanted;
    QTimer m_timer;
    widgets::RowList* m_rows = nullptr;
    QLineEdit* m_query = nullptr;
    QListView* m_hits = nullptr;
    QString m_word;
    int m_words = 0;
    double m_due = 0, m_from = 0, m_found = 0;
    bool m_begun = false, m_shown = false, m_answered = false, m_up = false;
    std::vector<double> m_list, m_box, m_results, m_resultsOfOne;
};

} // namespace

int main(int argc, char** argv)
{
    if (argc != 5 || !crypto::start()) return 2;
    App app(argc, argv);
    const int fd = ::open(argv[3], O_RDONLY | O_CLOEXEC);
    auto keys = must(desk::BenchDoor::readKeys(fd), "keys");
    ::close(fd);
    app::Application zhengtong(argv[1], desk::Policy(), nullptr); // no policy asks for a keychain
    zhengtong.openWithKeys(argv[2], std::move(keys));
    std::unique_ptr<Typist> typist;
    QTimer wait;
    QObject::connect(&wait, &QTimer::timeout, &app, [&] {
        auto* window = qobject_cast<app::MainWindow*>(zhengtong.window());
        if (typist || !window || !window->isVisible()) return;
        wait.stop();
        QTimer::singleShot(3000, &app, [&app, &typist, window, n = std::atoi(argv[4])] { typist = std::make_unique<Typist>(app, *window, n); }); // what a start does beside is over
    });
    wait.start(20);
    QTimer::singleShot(300'000, &app, [] { std::exit(3); });
    QApplication::exec();
    typist->print();
    app.flushed = nullptr;
    typist.reset();
    return 0;
}
