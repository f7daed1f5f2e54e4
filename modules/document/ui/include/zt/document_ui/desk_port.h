#pragma once

#include "zt/desk/desk.h"

#include <QObject>
#include <QPointer>
#include <memory>
#include <utility>

namespace zt::document_ui {

template <class T>
using Then = desk::Then<T>;

//! A `Then` that is called only while `context` lives.
template <class F>
auto whileAlive(QObject* context, F f)
{
    return [context = QPointer<QObject>(context), f = std::move(f)](auto&&... args) mutable {
        if (context) f(std::forward<decltype(args)>(args)...);
    };
}

//! What the screens ask of the desk: the same calls as desk::Desk, so that tests answer by hand. GUI thread; every answer comes later on the GUI
//! thread, never inside the call and never after the port's end. One port lives as long as the unlocked desk and longer than every screen on it.
class DeskPort : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;

    [[nodiscard]] virtual const desk::Me& me() const = 0;
    [[nodiscard]] virtual desk::Status status() const = 0;
    virtual void retryNow() = 0;

    virtual void list(store::Folder folder, size_t offset, size_t limit, Then<std::vector<store::ListRow>> then) = 0;
    virtual void counts(Then<desk::Counts> then) = 0;
    virtual void drafts(Then<std::vector<store::DraftRow>> then) = 0;
    virtual void outbox(Then<std::vector<desk::OutboxView>> then) = 0;
    virtual void people(Then<std::vector<desk::PersonView>> then) = 0;
    virtual void units(Then<std::vector<desk::UnitView>> then) = 0;
    virtual void mandates(Then<std::vector<desk::MandateView>> then) = 0;
    virtual void search(std::string text, Then<store::SearchAnswer> then) = 0;
    virtual void matter(std::string stream, Then<desk::MatterView> then) = 0;
    virtual void markRead(std::string stream) = 0;

    virtual void saveDraft(store::DraftRow draft, Then<void> then) = 0;
    virtual void draft(Bytes id, Then<store::DraftRow> then) = 0;
    virtual void deleteDraft(Bytes id, Then<void> then) = 0;
    virtual void newDraft(Then<store::DraftRow> then) = 0;
    virtual void draftFrom(std::string stream, Then<store::DraftRow> then) = 0;
    virtual void attach(std::filesystem::path file, std::function<void(uint64_t, uint64_t)> progress, Then<wire::Attachment> then) = 0;
    virtual void check(wire::Document document, Then<std::vector<document::Finding>> then) = 0;
    virtual void submitDraft(store::DraftRow draft, Then<desk::Desk::Done> then) = 0;
    virtual void act(std::string stream, std::string task, wire::Choice choice, std::string opinion, std::string mandate, Bytes subject, Then<desk::Desk::Done> then) = 0;
    virtual void addOpinion(std::string stream, std::string text, Bytes about, Then<desk::Desk::Done> then) = 0;
    virtual void withdraw(std::string stream, std::string reason, Then<desk::Desk::Done> then) = 0;
    virtual void signFor(std::string stream, std::string note, Then<desk::Desk::Done> then) = 0;
    virtual void giveMandate(std::string deputy, std::vector<std::string> scopes, Millis from, Millis to, Then<desk::Desk::Done> then) = 0;
    virtual void endMandate(std::string id, Then<desk::Desk::Done> then) = 0;
    virtual void dismiss(Bytes id, Then<void> then) = 0;
    virtual void takeBack(Bytes id, Then<void> then) = 0;
    virtual void fetch(std::string stream, Bytes blob) = 0;
    virtual void saveAttachment(std::string stream, Bytes blob, std::filesystem::path target, Then<void> then) = 0;

Q_SIGNALS:
    //! After each transaction that may have changed what a screen shows.
    void changed(const zt::desk::Change& change);
};

//! The port over the real desk. `notify` is what desk::Desk::Options::changed calls.
class DeskAdapter : public DeskPort {
    Q_OBJECT
public:
    explicit DeskAdapter(std::shared_ptr<desk::Desk> desk, QObject* parent = nullptr);
    void notify(const desk::Change& change) { Q_EMIT changed(change); }

    const desk::Me& me() const override;
    desk::Status status() const override;
    void retryNow() override;
    void list(store::Folder folder, size_t offset, size_t limit, Then<std::vector<store::ListRow>> then) override;
    void counts(Then<desk::Counts> then) override;
    void drafts(Then<std::vector<store::DraftRow>> then) override;
    void outbox(Then<std::vector<desk::OutboxView>> then) override;
    void people(Then<std::vector<desk::PersonView>> then) override;
    void units(Then<std::vector<desk::UnitView>> then) override;
    void mandates(Then<std::vector<desk::MandateView>> then) override;
    void search(std::string text, Then<store::SearchAnswer> then) override;
    void matter(std::string stream, Then<desk::MatterView> then) override;
    void markRead(std::string stream) override;
    void saveDraft(store::DraftRow draft, Then<void> then) override;
    void draft(Bytes id, Then<store::DraftRow> then) override;
    void deleteDraft(Bytes id, Then<void> then) override;
    void newDraft(Then<store::DraftRow> then) override;
    void draftFrom(std::string stream, Then<store::DraftRow> then) override;
    void attach(std::filesystem::path file, std::function<void(uint64_t, uint64_t)> progress, Then<wire::Attachment> then) override;
    void check(wire::Document document, Then<std::vector<document::Finding>> then) override;
    void submitDraft(store::DraftRow draft, Then<desk::Desk::Done> then) override;
    void act(std::string stream, std::string task, wire::Choice choice, std::string opinion, std::string mandate, Bytes subject, Then<desk::Desk::Done> then) override;
    void addOpinion(std::string stream, std::string text, Bytes about, Then<desk::Desk::Done> then) override;
    void withdraw(std::string stream, std::string reason, Then<desk::Desk::Done> then) override;
    void signFor(std::string stream, std::string note, Then<desk::Desk::Done> then) override;
    void giveMandate(std::string deputy, std::vector<std::string> scopes, Millis from, Millis to, Then<desk::Desk::Done> then) override;
    void endMandate(std::string id, Then<desk::Desk::Done> then) override;
    void dismiss(Bytes id, Then<void> then) override;
    void takeBack(Bytes id, Then<void> then) override;
    void fetch(std::string stream, Bytes blob) override;
    void saveAttachment(std::string stream, Bytes blob, std::filesystem::path target, Then<void> then) override;

private:
    std::shared_ptr<desk::Desk> m_desk;
};

} // namespace zt::document_ui
