//! P8: a list scrolled, and a draft typed, while the first sync runs: bench_scroll FOLDER KEYS FRAMES
//!
//! The product's own list model, delegate and view over a real desk. A frame is due every 16 ms: one step of the scroll bar and a repaint. Its time runs
//! from when it was due until the pixels are in the window's buffer, so whatever else held the GUI thread (new rows, counts) is in it; `paint` is the
//! step and repaint alone.
#include "tools.h"

#include "zt/base/id.h"
#include "zt/crypto/selftest.h"
#include "zt/desk/bench_door.h"
#include "zt/document_ui/models.h"
#include "zt/widgets/row_delegate.h"
#include "zt/widgets/theme.h"

#include <QApplication>
#include <QScrollBar>
#include <QTimer>
#include <fcntl.h>

using namespace zt;
using bench::must;
using bench::nowMs;

namespace {

constexpr int kFrameMs = 16;

struct Bench {
    std::shared_ptr<desk::Desk> desk;
    std::unique_ptr<document_ui::DeskAdapter> port;
    std::unique_ptr<document_ui::DocumentListModel> model;
    std::unique_ptr<widgets::RowList> list;
    std::vector<double> frames, paints, saves;
    size_t changes = 0;
    double begun = 0, liveAt = 0, due = 0;
    int wanted = 0, step = 3;
    bool saving = false;
    int sinceSave = 0;

    void built()
    {
        port = std::make_unique<document_ui::DeskAdapter>(desk);
        model = std::make_unique<document_ui::DocumentListModel>(*port, store::Folder::ToDo);
        list = std::make_unique<widgets::RowList>(QStringLiteral("bench"));
        list->setModel(model.get());
        list->resize(420, 760);
        list->show();
        model->refresh();
        begun = nowMs();
    }
    void heard(const desk::Change& c)
    {
        changes += c.all ? 2000 : c.streams.size();
        if (port) port->notify(c);
        if (!liveAt && desk && desk->status().live) liveAt = nowMs();
    }
    void save()
    {
        if (saving || ++sinceSave < 9) return; // every 150 ms: faster than anyone types a pause
        sinceSave = 0;
        saving = true;
        store::DraftRow d;
        d.id = Bytes(16, 'd');
        d.document.set_title("关于做好防汛工作的通知");
        d.document.set_body(std::string(600 + saves.size() % 300, 'x'));
        d.savedMs = systemClock().now();
        const double at = nowMs();
        desk->saveDraft(std::move(d), [this, at](Result<void> r) {
            if (!r) std::exit(4);
            saves.push_back(nowMs() - at);
            saving = false;
        });
    }
    //! True when enough was measured.
    bool tick()
    {
        if (!list) return false;
        const double at = nowMs();
        const double from = due ? std::min(due, at) : at;
        QScrollBar* bar = list->verticalScrollBar();
        if (bar->maximum() > 0) {
            if (bar->value() + step > bar->maximum() || bar->value() + step < 0) step = -step;
            bar->setValue(bar->value() + step * (frames.size() % 50 == 0 ? 40 : 1));
            list->viewport()->repaint();
            frames.push_back(nowMs() - from);
            paints.push_back(nowMs() - at);
        }
        due = at + kFrameMs;
        save();
        return int(frames.size()) >= wanted;
    }
    void print()
    {
        const double seconds = ((liveAt ? liveAt : nowMs()) - begun) / 1000;
        bench::out("frames", double(frames.size()));
        bench::out("frame_p50_ms", bench::percentile(frames, 0.5));
        bench::out("frame_p99_ms", bench::percentile(frames, 0.99));
        bench::out("frame_max_ms", frames.empty() ? -1 : frames.back());
        bench::out("frames_over_16", double(std::count_if(frames.begin(), frames.end(), [](double v) { return v > 16.7; })));
        bench::out("paint_p99_ms", bench::percentile(paints, 0.99));
        bench::out("paint_max_ms", paints.empty() ? -1 : paints.back());
        bench::out("save_p50_ms", bench::percentile(saves, 0.5));
        bench::out("save_p99_ms", bench::percentile(saves, 0.99));
        bench::out("saves", double(saves.size()));
        bench::out("changes_per_s", double(changes) / seconds);
        bench::out("live_during", liveAt ? 1 : 0);
    }
};

} // namespace

int main(int argc, char** argv)
{
    if (argc != 4 || !crypto::start()) return 2;
    QApplication app(argc, argv);
    widgets::Theme::current().apply(widgets::Scheme::Light, widgets::TextSize::Standard, widgets::Density::Auto);
    Bench b;
    b.wanted = std::atoi(argv[3]);
    const int fd = ::open(argv[2], O_RDONLY | O_CLOEXEC);
    auto keys = must(desk::BenchDoor::readKeys(fd), "keys");
    desk::Desk::Options options;
    options.changed = [&](const desk::Change& c) { b.heard(c); };
    desk::BenchDoor::open(argv[1], std::move(keys), std::move(options), [](std::function<void()> f) { QMetaObject::invokeMethod(qApp, std::move(f), Qt::QueuedConnection); },
                          [&](Result<std::shared_ptr<desk::Desk>> d) {
                              b.desk = must(std::move(d), "open");
                              b.built();
                          });
    QTimer timer;
    timer.setTimerType(Qt::PreciseTimer);
    QObject::connect(&timer, &QTimer::timeout, &app, [&] { if (b.tick()) app.quit(); });
    timer.start(kFrameMs);
    QTimer::singleShot(180'000, &app, [&] { app.quit(); });
    app.exec();
    timer.stop();
    b.print();
    b.list.reset();
    b.model.reset();
    b.port.reset();
    b.desk.reset();
    return 0;
}
