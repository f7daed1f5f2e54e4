#include "zt/document_ui/desk_port.h"

namespace zt::document_ui {

DeskAdapter::DeskAdapter(std::shared_ptr<desk::Desk> desk, QObject* parent) : DeskPort(parent), m_desk(std::move(desk)) {}
const desk::Me& DeskAdapter::me() const { return m_desk->me(); }
desk::Status DeskAdapter::status() const { return m_desk->status(); }
void DeskAdapter::retryNow() { m_desk->retryNow(); }
void DeskAdapter::list(store::Folder folder, size_t offset, size_t limit, Then<std::vector<store::ListRow>> then) { m_desk->list(folder, offset, limit, whileAlive(this, std::move(then))); }
void DeskAdapter::counts(Then<desk::Counts> then) { m_desk->counts(whileAlive(this, std::move(then))); }
void DeskAdapter::drafts(Then<std::vector<store::DraftRow>> then) { m_desk->drafts(whileAlive(this, std::move(then))); }
void DeskAdapter::outbox(Then<std::vector<desk::OutboxView>> then) { m_desk->outbox(whileAlive(this, std::move(then))); }
void DeskAdapter::people(Then<std::vector<desk::PersonView>> then) { m_desk->people(whileAlive(this, std::move(then))); }
void DeskAdapter::units(Then<std::vector<desk::UnitView>> then) { m_desk->units(whileAlive(this, std::move(then))); }
void DeskAdapter::mandates(Then<std::vector<desk::MandateView>> then) { m_desk->mandates(whileAlive(this, std::move(then))); }
void DeskAdapter::search(std::string text, Then<store::SearchAnswer> then) { m_desk->search(std::move(text), whileAlive(this, std::move(then))); }
void DeskAdapter::matter(std::string stream, Then<desk::MatterView> then) { m_desk->matter(std::move(stream), whileAlive(this, std::move(then))); }
void DeskAdapter::markRead(std::string stream) { m_desk->markRead(std::move(stream)); }
void DeskAdapter::saveDraft(store::DraftRow draft, Then<void> then) { m_desk->saveDraft(std::move(draft), whileAlive(this, std::move(then))); }
void DeskAdapter::draft(Bytes id, Then<store::DraftRow> then) { m_desk->draft(std::move(id), whileAlive(this, std::move(then))); }
void DeskAdapter::deleteDraft(Bytes id, Then<void> then) { m_desk->deleteDraft(std::move(id), whileAlive(this, std::move(then))); }
void DeskAdapter::newDraft(Then<store::DraftRow> then) { m_desk->newDraft(whileAlive(this, std::move(then))); }
void DeskAdapter::draftFrom(std::string stream, Then<store::DraftRow> then) { m_desk->draftFrom(std::move(stream), whileAlive(this, std::move(then))); }
void DeskAdapter::attach(std::filesystem::path file, std::function<void(uint64_t, uint64_t)> progress, Then<wire::Attachment> then) { m_desk->attach(std::move(file), whileAlive(this, std::move(progress)), whileAlive(this, std::move(then))); }
void DeskAdapter::check(wire::Document document, Then<std::vector<document::Finding>> then) { m_desk->check(std::move(document), whileAlive(this, std::move(then))); }
void DeskAdapter::submitDraft(store::DraftRow draft, Then<desk::Desk::Done> then) { m_desk->submitDraft(std::move(draft), whileAlive(this, std::move(then))); }
void DeskAdapter::act(std::string stream, std::string task, wire::Choice choice, std::string opinion, std::string mandate, Bytes subject, Then<desk::Desk::Done> then) { m_desk->act(std::move(stream), std::move(task), choice, std::move(opinion), std::move(mandate), std::move(subject), whileAlive(this, std::move(then))); }
void DeskAdapter::addOpinion(std::string stream, std::string text, Bytes about, Then<desk::Desk::Done> then) { m_desk->addOpinion(std::move(stream), std::move(text), std::move(about), whileAlive(this, std::move(then))); }
void DeskAdapter::withdraw(std::string stream, std::string reason, Then<desk::Desk::Done> then) { m_desk->withdraw(std::move(stream), std::move(reason), whileAlive(this, std::move(then))); }
void DeskAdapter::signFor(std::string stream, std::string note, Then<desk::Desk::Done> then) { m_desk->signFor(std::move(stream), std::move(note), whileAlive(this, std::move(then))); }
void DeskAdapter::giveMandate(std::string deputy, std::vector<std::string> scopes, Millis from, Millis to, Then<desk::Desk::Done> then) { m_desk->giveMandate(std::move(deputy), std::move(scopes), from, to, whileAlive(this, std::move(then))); }
void DeskAdapter::endMandate(std::string id, Then<desk::Desk::Done> then) { m_desk->endMandate(std::move(id), whileAlive(this, std::move(then))); }
void DeskAdapter::dismiss(Bytes id, Then<void> then) { m_desk->dismiss(std::move(id), whileAlive(this, std::move(then))); }
void DeskAdapter::takeBack(Bytes id, Then<void> then) { m_desk->takeBack(std::move(id), whileAlive(this, std::move(then))); }
void DeskAdapter::fetch(std::string stream, Bytes blob) { m_desk->fetch(std::move(stream), std::move(blob)); }
void DeskAdapter::saveAttachment(std::string stream, Bytes blob, std::filesystem::path target, Then<void> then) { m_desk->saveAttachment(std::move(stream), std::move(blob), std::move(target), whileAlive(this, std::move(then))); }

} // namespace zt::document_ui
