#include "fake_desk.h"

#include "zt/base/text.h"

#include <algorithm>

namespace zt::test {

using store::Folder;
namespace d = document;

FakeDesk::FakeDesk(QObject* parent) : DeskPort(parent)
{
    m_me.person = "p-shen";
    m_me.name = "沈亦舟";
    m_me.unit = "u-sec2";
    m_me.unitName = "示例省人民政府办公厅";
    m_me.post = "秘书二处处长";
    m_me.hub = "hub";
    m_me.province = "示例省";
    m_me.hubAddress = "hub.example:7443";
    m_me.deviceName = "办公室电脑";
    m_status.link = desk::Link::Online;
    m_status.live = true;
    m_status.lastContact = kNow;
    nextDone.outcome = wire::APPLIED;
    nextDone.id = "act-1";
    makePeople();
    makeMatters();
    makeDrafts();
}

void FakeDesk::list(Folder folder, size_t offset, size_t limit, Then<std::vector<store::ListRow>> then)
{
    if (failList) return answer<std::vector<store::ListRow>>(then, Error{*failList, "fake"});
    std::vector<store::ListRow> out;
    for (const store::ListRow& r : rows)
        if (r.folders & (1u << int(folder))) out.push_back(r);
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.timeMs > b.timeMs; });
    out.erase(out.begin(), out.begin() + long(std::min(offset, out.size())));
    if (out.size() > limit) out.resize(limit);
    answer(then, std::move(out));
}

void FakeDesk::counts(Then<desk::Counts> then)
{
    desk::Counts c;
    for (const store::ListRow& r : rows)
        for (size_t f = 0; f < size_t(store::kFolders); ++f)
            if (r.folders & (1u << f)) ++c.total[f], c.unread[f] += r.unread;
    c.drafts = draftRows.size();
    c.outbox = outboxRows.size();
    for (const auto& o : outboxRows) c.attention += o.state == sync::OutboxRow::Attention;
    answer(then, c);
}

void FakeDesk::search(std::string text, Then<store::SearchAnswer> then)
{
    searches.push_back(text);
    store::SearchAnswer out;
    const auto mark = [&](std::string s) {
        for (size_t at = s.find(text); !text.empty() && at != std::string::npos; at = s.find(text, at + text.size() + 6)) {
            s.insert(at + text.size(), "\xEE\x80\x81");
            s.insert(at, "\xEE\x80\x80");
        }
        return s;
    };
    for (const store::ListRow& r : rows) {
        const bool inTitle = r.title.find(text) != std::string::npos;
        if (!inTitle && sampleBody().find(text) == std::string::npos) continue;
        out.hits.push_back({r.stream, r, mark(inTitle ? "……为做好汛前各项准备工作，确保安全度汛，经省政府同意，现就有关事项通知如下……" : "……明确预警叫应、转移避险的责任人和路线，汛前至少开展一次演练……"), false});
    }
    for (const desk::PersonView& p : personRows) {
        if (p.name.find(text) == std::string::npos && p.phonetic.find(text) == std::string::npos) continue;
        store::SearchHit hit;
        hit.stream = p.id;
        hit.row.title = p.name;
        hit.row.party = p.unitName + " " + p.post;
        hit.person = true;
        out.hits.push_back(hit);
    }
    out.ranked = true;
    answer(then, std::move(out));
}

void FakeDesk::matter(std::string stream, Then<desk::MatterView> then)
{
    if (failMatter) return answer<desk::MatterView>(then, Error{*failMatter, "fake"});
    const auto at = matters.find(stream);
    if (at == matters.end()) return answer<desk::MatterView>(then, Error{Err::NotFound, "fake"});
    answer(then, at->second);
}

void FakeDesk::markRead(std::string stream)
{
    for (store::ListRow& r : rows)
        if (r.stream == stream) r.unread = false;
}

void FakeDesk::saveDraft(store::DraftRow draft, Then<void> then)
{
    if (!failSave) {
        savedDrafts.push_back(draft);
        bool known = false;
        for (store::DraftRow& r : draftRows)
            if (r.id == draft.id) r = draft, known = true;
        if (!known) draftRows.push_back(draft);
    }
    answerVoid(then, failSave);
}

void FakeDesk::draft(Bytes id, Then<store::DraftRow> then)
{
    for (const store::DraftRow& r : draftRows)
        if (r.id == id) return answer(then, r);
    answer<store::DraftRow>(then, Error{Err::NotFound, "fake"});
}

void FakeDesk::deleteDraft(Bytes id, Then<void> then)
{
    ++deleted;
    std::erase_if(draftRows, [&](const auto& r) { return r.id == id; });
    answerVoid(then);
}

void FakeDesk::newDraft(Then<store::DraftRow> then)
{
    store::DraftRow r;
    r.id = "draft-new-000001";
    r.document.set_kind("通知");
    r.document.set_issuer("u-office");
    r.document.set_code("示政办发");
    answer(then, r);
}

void FakeDesk::draftFrom(std::string stream, Then<store::DraftRow> then)
{
    store::DraftRow r;
    r.id = "draft-rev-000001";
    r.revises = stream;
    const auto at = matters.find(stream);
    if (at != matters.end() && at->second.matter) r.document = at->second.matter->current()->document;
    answer(then, r);
}

void FakeDesk::attach(std::filesystem::path file, std::function<void(uint64_t, uint64_t)> progress, Then<wire::Attachment> then)
{
    if (failAttach) return answer<wire::Attachment>(then, Error{*failAttach, "fake"});
    std::error_code none;
    const auto size = std::filesystem::file_size(file, none);
    if (none) return answer<wire::Attachment>(then, Error{Err::NotFound, "fake"});
    progress(size, size);
    wire::Attachment a;
    a.set_name(safeFileName(file.filename().string()));
    a.set_blob("blob-" + file.filename().string());
    a.set_size(size);
    answer(then, a);
}

void FakeDesk::check(wire::Document doc, Then<std::vector<d::Finding>> then)
{
    std::vector<d::Finding> out;
    if (doc.title().empty()) out.push_back(d::Finding::NoTitle);
    if (doc.recipients().empty()) out.push_back(d::Finding::NoRecipient);
    if (doc.body().empty()) out.push_back(d::Finding::NoBody);
    answer(then, out);
}

void FakeDesk::done(Act act, Then<desk::Desk::Done> then)
{
    desk::Desk::Done r = nextDone;
    r.stream = act.stream;
    acts.push_back(std::move(act));
    answer(then, r);
}

void FakeDesk::submitDraft(store::DraftRow draft, Then<desk::Desk::Done> then)
{
    if (nextDone.outcome == wire::APPLIED) std::erase_if(draftRows, [&](const auto& r) { return r.id == draft.id; });
    done({"submit", "", draft.document.title(), wire::CHOICE_NONE, {}}, then);
}
void FakeDesk::act(std::string stream, std::string, wire::Choice choice, std::string opinion, std::string, Bytes subject, Then<desk::Desk::Done> then) { done({"act", stream, opinion, choice, subject}, then); }
void FakeDesk::addOpinion(std::string stream, std::string text, Bytes, Then<desk::Desk::Done> then) { done({"opinion", stream, text, wire::CHOICE_NONE, {}}, then); }
void FakeDesk::withdraw(std::string stream, std::string reason, Then<desk::Desk::Done> then) { done({"withdraw", stream, reason, wire::CHOICE_NONE, {}}, then); }
void FakeDesk::signFor(std::string stream, std::string note, Then<desk::Desk::Done> then) { done({"signFor", stream, note, wire::CHOICE_NONE, {}}, then); }
void FakeDesk::giveMandate(std::string deputy, std::vector<std::string> scopes, Millis from, Millis to, Then<desk::Desk::Done> then)
{
    desk::MandateView m;
    m.id = "mandate-" + deputy;
    m.principal = m_me.person;
    m.principalName = m_me.name;
    m.deputy = deputy;
    for (const auto& p : personRows)
        if (p.id == deputy) m.deputyName = p.name;
    m.scopes = scopes;
    m.from = from;
    m.to = to;
    m.mine = true;
    mandateRows.push_back(m);
    done({"mandate", "", deputy, wire::CHOICE_NONE, {}}, then);
}
void FakeDesk::endMandate(std::string id, Then<desk::Desk::Done> then)
{
    for (auto& m : mandateRows)
        if (m.id == id) m.ended = kNow;
    done({"endMandate", "", id, wire::CHOICE_NONE, {}}, then);
}

void FakeDesk::dismiss(Bytes id, Then<void> then)
{
    ++dismissed;
    std::erase_if(outboxRows, [&](const auto& r) { return r.id == id; });
    answerVoid(then);
}

void FakeDesk::takeBack(Bytes id, Then<void> then)
{
    ++takenBack;
    std::erase_if(outboxRows, [&](const auto& r) { return r.id == id; });
    answerVoid(then);
}

void FakeDesk::fetch(std::string stream, Bytes blob)
{
    ++fetched;
    for (desk::AttachmentView& a : matters[stream].attachments)
        if (a.attachment.blob() == blob) a.have = a.attachment.sealed_size() * 2 / 5;
    desk::Change c;
    c.blobs = true;
    QTimer::singleShot(0, this, [this, c] { tell(c); });
}

void FakeDesk::saveAttachment(std::string, Bytes, std::filesystem::path, Then<void> then) { answerVoid(then); }

} // namespace zt::test
