#pragma once

#include <QObject>
#include <QVariantMap>

namespace zt::app {

//! One running desk per session: whoever starts the programme again sees the window that is there. GUI thread.
//!
//! Who is first is settled by a lock on a file in the session's runtime folder, which takes no time and falls with the process. The bus is asked only afterwards:
//! the first process answers org.freedesktop.Application there (the desktop entry is D-Bus activatable), the second calls it and ends.
class Activation : public QObject {
    Q_OBJECT
public:
    static constexpr const char* kName = "org.zhengtong.Desk"; //!< bus name, and name of the desktop entry
    static constexpr const char* kPath = "/org/zhengtong/Desk";

    explicit Activation(QObject* parent = nullptr);
    ~Activation() override;
    [[nodiscard]] bool first() const { return m_first; }
    //! Asks the first process to show its window. False when it does not answer: then this one had better start.
    [[nodiscard]] bool showFirst() const;
    //! Takes the name on the session's bus; without a bus nothing happens.
    void offer();

Q_SIGNALS:
    //! Somebody started the programme again, or opened it from the desktop.
    void asked();

private:
    int m_lock = -1;
    bool m_first = true;
};

} // namespace zt::app
