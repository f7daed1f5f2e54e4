#pragma once

#include "zt/document_ui/desk_port.h"

#include <QTimer>
#include <map>

namespace zt::test {

using document_ui::Then;

//! A desk with an invented province in memory: answers through the event loop, like the real one. Everything it was asked to do is written down.
class FakeDesk : public document_ui::DeskPort {
    Q_OBJECT
public:
    explicit FakeDesk(QObject* parent = nullptr);

    //! The moment of the pictures: 2026-03-12 09:41 in China.
    static constexpr Millis kNow = 1773279660000;

    desk::Me m_me;
    desk::Status m_status;
    std::map<std::string, desk::MatterView> matters;
    std::vector<store::ListRow> rows;
    std::vector<store::DraftRow> draftRows;
    std::vector<desk::OutboxView> outboxRows;
    std::vector<desk::PersonView> personRows;
    std::vector<desk::UnitView> unitRows;
    std::vector<desk::MandateView> mandateRows;
    std::optional<Err> failList, failSave, failMatter, failAttach;
    desk::Desk::Done nextDone;
    int delayMs = 0;
    int pending = 0; //!< answers on their way

    struct Act {
        std::string what, stream, words;
        wire::Choice choice = wire::CHOICE_NONE;
        Bytes subject;
    };
    std::vector<Act> acts;
    std::vector<store::DraftRow> savedDrafts;
    std::vector<std::string> searches;
    int dismissed = 0, takenBack = 0, retried = 0, deleted = 0, fetched = 0;

    const desk::Me& me() const override { return m_me; }
    desk::Status status() const override { return m_status; }
    void retryNow() override { ++retried; }
    void list(store::Folder folder, size_t offset, size_t limit, Then<std::vector<store::ListRow>> then) override;
    void counts(Then<desk::Counts> then) override;
    void drafts(Then<std::vector<store::DraftRow>> then) override { answer(then, draftRows); }
    void outbox(Then<std::vector<desk::OutboxView>> then) override { answer(then, outboxRows); }
    void people(Then<std::vector<desk::PersonView>> then) override { answer(then, personRows); }
    void units(Then<std::vector<desk::UnitView>> then) override { answer(then, unitRows); }
    void mandates(Then<std::vector<desk::MandateView>> then) override { answer(then, mandateRows); }
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

    //! An offline outbox as in the picture: two waiting, one superseded.
    void goOffline();
    void tell(const desk::Change& change) { Q_EMIT changed(change); }

private:
    template <class T, class V>
    void answer(Then<T> then, V value)
    {
        ++pending;
        QTimer::singleShot(delayMs, this, [this, then, value = Result<T>(std::move(value))] {
            --pending;
            then(value);
        });
    }
    void answerVoid(Then<void> then, std::optional<Err> error = {})
    {
        ++pending;
        QTimer::singleShot(delayMs, this, [this, then, error] {
            --pending;
            then(error ? Result<void>(Error{*error, "fake"}) : Result<void>());
        });
    }
    void done(Act act, Then<desk::Desk::Done> then);
    void makePeople();
    void makeMatters();
    void makeDrafts();
};

//! The text of the sample document, 2,000 characters or so.
std::string sampleBody();

} // namespace zt::test
