#include "fake_desk.h"

#include "zt/base/text.h"

// The invented province of the pictures.
namespace zt::test {

using store::Folder;
namespace d = document;

namespace {

constexpr Millis kMinute = 60'000, kHour = 60 * kMinute, kDay = 24 * kHour;
constexpr Millis kNow = FakeDesk::kNow;

uint32_t in(std::initializer_list<Folder> folders)
{
    uint32_t bits = 0;
    for (Folder f : folders) bits |= 1u << int(f);
    return bits;
}

wire::Actor actor(const char* id, const char* name, const char* post, const char* unit = "示例省人民政府办公厅")
{
    wire::Actor a;
    a.set_person(id);
    a.set_name(name);
    a.set_post(post);
    a.set_unit_name(unit);
    return a;
}

wire::Attachment file(const char* name, uint64_t size)
{
    wire::Attachment a;
    a.set_name(name);
    a.set_blob(std::string("blob-") + name);
    a.set_size(size);
    a.set_sealed_size(size + 4096);
    return a;
}

approval::Opinion opinion(wire::Actor by, const char* step, const char* text, Millis time, wire::Choice choice = wire::CHOICE_AGREE)
{
    approval::Opinion o;
    o.by = std::move(by);
    o.occasion = std::make_shared<approval::Occasion>(approval::Occasion{{}, step, {}, 0});
    o.text = text;
    o.time = time;
    o.choice = choice;
    return o;
}

approval::Task task(const char* id, const char* step, const char* title, const char* person, const char* name, const char* post, std::vector<wire::Choice> choices, Millis opened, uint32_t due)
{
    approval::Task t;
    t.id = id;
    t.step = step;
    t.title = title;
    t.choices = std::move(choices);
    t.opened = opened;
    t.dueHours = due;
    approval::Slot s;
    s.person = person;
    s.name = name;
    s.post = post;
    t.slots.push_back(s);
    return t;
}

wire::Document document(const char* title, wire::Urgency urgency)
{
    wire::Document doc;
    doc.set_kind("通知");
    doc.set_title(title);
    doc.set_urgency(urgency);
    doc.set_body(sampleBody());
    doc.set_issuer("u-office");
    doc.set_code("示政办发");
    doc.add_recipients("u-yunzhou");
    doc.add_recipients("u-lanping");
    doc.add_copies("u-council");
    return doc;
}

std::string without(std::string text, std::string_view part, std::string_view instead)
{
    const size_t at = text.find(part);
    if (at != std::string::npos) text.replace(at, part.size(), instead);
    return text;
}

std::shared_ptr<d::Matter> matterOf(const char* stream, wire::Document doc, Millis time)
{
    auto m = std::make_shared<d::Matter>();
    m->stream = stream;
    m->stage = d::Stage::InReview;
    m->initiator = actor("p-fang", "方若溪", "主任科员");
    m->issuer = "u-office";
    m->issuerName = "示例省人民政府办公厅";
    m->flow.step = "review";
    m->started = time;
    d::Version v;
    v.document = std::move(doc);
    v.number = 1;
    v.hash = "hash-1";
    v.by = m->initiator;
    v.note = "请审核。";
    v.recipientNames = {"各市、县（区）人民政府", "省政府有关部门"};
    v.copyNames = {"省委办公厅", "省人大常委会办公厅", "省政协办公厅"};
    v.time = time;
    m->versions.push_back(v);
    return m;
}

store::ListRow row(const char* stream, const char* title, uint32_t folders, wire::Urgency urgency, const char* party, const char* number, const char* step, Millis due, Millis time, bool unread, int files)
{
    store::ListRow r;
    r.stream = stream;
    r.title = title;
    r.folders = folders;
    r.urgency = urgency;
    r.party = party;
    r.number = number;
    r.step = step;
    r.dueMs = due;
    r.timeMs = time;
    r.unread = unread;
    r.attachments = files;
    return r;
}

desk::AttachmentView shown(wire::Attachment a, bool here, double part = 0)
{
    desk::AttachmentView v;
    v.have = here ? a.sealed_size() : uint64_t(double(a.sealed_size()) * part);
    v.here = here;
    v.attachment = std::move(a);
    return v;
}

} // namespace

std::string sampleBody()
{
    return "今年汛期临近。据气象、水文部门会商研判，我省入汛时间可能较常年偏早，局地强降雨发生几率偏高。为做好汛前各项准备工作，确保安全度汛，经省政府同意，现就有关事项通知如下。\n"
           "一、压实防汛责任\n"
           "（一）落实行政责任人。各地要在4月5日前完成水库、堤防、山洪灾害危险区行政责任人的核定和公示，做到一库一人、一段一人，不留空档。\n"
           "（二）健全叫应机制。乡、村两级要逐户核对受威胁群众名册，明确预警叫应、转移避险的责任人和路线，汛前至少开展一次演练。\n"
           "二、抓紧排查整改\n"
           "（一）突出重点部位。水利部门牵头排查病险水库、堤防险段、在建涉水工程，住房城乡建设部门牵头排查城市易涝点、地下空间和老旧房屋，交通运输部门牵头排查临水临崖路段。\n"
           "（二）实行清单管理。对排查出的问题要逐项登记，明确整改措施、责任单位和完成时限；汛前不能完成整改的，要落实临时度汛措施，并于3月31日前报省防汛抗旱指挥部办公室备案。\n"
           "三、完善预案演练\n"
           "各地各部门要对照《示例省防汛应急预案（2025年修订）》，修订本级预案和“一库一策”“一村一策”，把“关闭、停工、停课、转移”等措施的启动条件写具体。GB/T 9704与内部编号FX-2026-03所列表格一并使用。\n"
           "四、强化值班值守\n"
           "3月15日起，各级防汛机构实行24小时值班和领导带班。重要汛情、险情、灾情要在30分钟内电话报告、1小时内书面报告，不得迟报、漏报、瞒报。\n"
           "各地贯彻落实情况，请于4月10日前报送省政府办公厅。";
}

void FakeDesk::makePeople()
{
    const auto unit = [&](const char* id, const char* name, const char* parent, bool receives) { unitRows.push_back({id, name, name, parent, "", false, receives}); };
    unit("u-prov", "示例省人民政府", "", false);
    unit("u-office", "示例省人民政府办公厅", "u-prov", true);
    unit("u-sec1", "秘书一处", "u-office", false);
    unit("u-sec2", "秘书二处", "u-office", false);
    unit("u-water", "省水利厅", "u-prov", true);
    unit("u-council", "省委办公厅", "u-prov", true);
    unit("u-yunzhou", "云州市人民政府", "u-prov", true);
    unit("u-liuxi", "柳溪县人民政府", "u-yunzhou", true);
    unit("u-ningchuan", "宁川县人民政府", "u-yunzhou", true);
    unit("u-lanping", "岚屏市人民政府", "u-prov", true);
    const auto person = [&](const char* id, const char* name, const char* u, const char* uname, const char* post, bool head) {
        const Pinyin p = pinyin(name);
        personRows.push_back({id, name, u, uname, post, p.full.front() + " " + p.initials.front(), head, !head});
    };
    person("p-gu", "顾言清", "u-office", "示例省人民政府办公厅", "主任", true);
    person("p-jiang", "江慕白", "u-office", "示例省人民政府办公厅", "副主任", true);
    person("p-shen", "沈亦舟", "u-sec2", "秘书二处", "处长", true);
    person("p-fang", "方若溪", "u-sec2", "秘书二处", "主任科员", false);
    person("p-wei", "卫南乔", "u-sec1", "秘书一处", "处长", true);
    person("p-luo", "罗景行", "u-water", "省水利厅", "办公室主任", true);
    person("p-cheng", "程望舒", "u-yunzhou", "云州市人民政府", "市长", true);
    person("p-shi", "石半夏", "u-yunzhou", "云州市人民政府", "文书", false);
    person("p-tang", "唐语澄", "u-liuxi", "柳溪县人民政府", "县长", true);
    person("p-wen", "温以宁", "u-liuxi", "柳溪县人民政府", "文书", false);
    desk::MandateView m;
    m.id = "mandate-1";
    m.principal = "p-gu";
    m.principalName = "顾言清";
    m.deputy = "p-shen";
    m.deputyName = "沈亦舟";
    m.scopes = {"review"};
    m.from = kNow - kDay;
    m.to = kNow + 6 * kDay;
    mandateRows.push_back(m);
}

void FakeDesk::makeMatters()
{
    // 1: to decide, with a second version and files in every state
    {
        auto doc = document("示例省人民政府办公厅关于做好2026年汛前准备工作的通知", wire::URGENCY_URGENT);
        *doc.add_attachments() = file("防汛行政责任人名单.xlsx", 184320);
        *doc.add_attachments() = file("重点水库清单.pdf", 20 * 1024 * 1024);
        *doc.add_attachments() = file("汛前检查表.docx", 48000);
        auto old = doc;
        old.set_body(without(without(sampleBody(), "4月5日", "3月31日"), "，汛前至少开展一次演练", ""));
        auto m = matterOf("m/1", old, kNow - kDay);
        d::Version v = m->versions.front();
        v.document = doc;
        v.number = 2;
        v.hash = "hash-2";
        v.note = "已按意见修改责任人公示时限。";
        v.time = kNow - 2 * kHour;
        m->versions.push_back(v);
        m->flow.opinions = {opinion(actor("p-wei", "卫南乔", "处长"), "核稿", "责任人公示时限与省防指通知不一致，请改为4月5日前。", kNow - 20 * kHour, wire::CHOICE_RETURN),
                            opinion(actor("p-jiang", "江慕白", "副主任"), "审核", "文字已顺，同意。请沈处长会商水利厅后送签。", kNow - 49 * kMinute)};
        auto deputy = actor("p-shen", "沈亦舟", "处长");
        deputy.set_principal_name("罗景行");
        m->flow.opinions.push_back(opinion(deputy, "会签", "建议把石桥水库列入省级重点盯防清单。", kNow - 20 * kMinute));
        m->flow.tasks.push_back(task("t1", "review", "审核", "p-shen", "沈亦舟", "秘书二处处长", {wire::CHOICE_AGREE, wire::CHOICE_RETURN}, kNow - 40 * kMinute, 9));
        desk::MatterView view;
        view.stream = "m/1";
        view.matter = m;
        view.next = "签发";
        view.confirmedVersion = 2;
        view.confirmedOpinions = 3;
        view.attachments = {shown(doc.attachments(0), true), shown(doc.attachments(1), false, 0.46), shown(doc.attachments(2), false)};
        view.actions.task = "t1";
        view.actions.taskTitle = "审核";
        view.actions.choices = {wire::CHOICE_AGREE, wire::CHOICE_RETURN};
        view.actions.addOpinion = true;
        matters["m/1"] = view;
        rows.push_back(row("m/1", "示例省人民政府办公厅关于做好2026年汛前准备工作的通知", in({Folder::ToDo}), wire::URGENCY_URGENT, "秘书二处 方若溪", "", "审核", kNow + 8 * kHour - 11 * kMinute, kNow - 40 * kMinute, true, 3));
    }
    // 2: to sign
    {
        auto m = matterOf("m/2", document("关于申请柳溪县农村道路水毁修复补助资金的批复", wire::URGENCY_NONE), kNow - 3 * kDay);
        m->flow.step = "sign";
        m->flow.opinions = {opinion(actor("p-jiang", "江慕白", "副主任"), "审核", "同意，送签。", kNow - kDay)};
        m->flow.tasks.push_back(task("t2", "sign", "签发", "p-shen", "沈亦舟", "处长", {wire::CHOICE_SIGN, wire::CHOICE_RETURN}, kNow - kDay, 32));
        desk::MatterView view;
        view.stream = "m/2";
        view.matter = m;
        view.next = "编号";
        view.confirmedVersion = 1;
        view.confirmedOpinions = 1;
        view.actions.task = "t2";
        view.actions.taskTitle = "签发";
        view.actions.choices = {wire::CHOICE_SIGN, wire::CHOICE_RETURN};
        matters["m/2"] = view;
        rows.push_back(row("m/2", "关于申请柳溪县农村道路水毁修复补助资金的批复", in({Folder::ToDo}), wire::URGENCY_NONE, "秘书一处 卫南乔", "", "签发", kNow + 8 * kHour, kNow - kDay, true, 0));
    }
    // 3: received, to sign for
    {
        auto in3 = std::make_shared<d::Incoming>();
        *in3->package.mutable_document() = document("关于征求《云州市数据共享管理办法（草案）》意见的函", wire::URGENCY_PRESSING);
        in3->package.set_number("云司函〔2026〕31号");
        in3->package.set_issuer_name("云州市人民政府");
        in3->package.set_signer_name("程望舒");
        in3->package.set_signed_ms(kNow - 5 * kHour);
        in3->package.add_recipient_names("示例省人民政府办公厅");
        in3->unit = "u-office";
        in3->unitName = "示例省人民政府办公厅";
        in3->received = kNow - 3 * kHour;
        in3->opened = kNow - kHour;
        in3->openedBy = actor("p-shen", "沈亦舟", "处长");
        desk::MatterView view;
        view.stream = "in/3";
        view.incoming = in3;
        view.actions.signFor = true;
        matters["in/3"] = view;
        rows.push_back(row("in/3", "关于征求《云州市数据共享管理办法（草案）》意见的函", in({Folder::ToDo, Folder::Received}), wire::URGENCY_PRESSING, "云州市人民政府", "云司函〔2026〕31号", "to_sign_for", kNow + 2 * kDay, kNow - 3 * kHour, true, 0));
    }
    // 4: sent, with receipts
    {
        auto m = matterOf("m/4", document("关于报送2026年第一季度政务公开工作情况的通知", wire::URGENCY_NONE), kNow - 4 * kDay);
        m->stage = d::Stage::Dispatched;
        m->flow.step = "dispatch";
        m->number = "示政办发〔2026〕11号";
        m->signer = actor("p-gu", "顾言清", "主任");
        m->signedTime = kNow - 3 * kDay;
        m->flow.opinions = {opinion(actor("p-jiang", "江慕白", "副主任"), "审核", "同意。", kNow - 4 * kDay + kHour), opinion(m->signer, "签发", "", kNow - 3 * kDay, wire::CHOICE_SIGN)};
        const auto delivery = [&](const char* unit, const char* name, int steps, const char* by) {
            d::Delivery x;
            x.unit = unit;
            x.unitName = name;
            x.sent = kNow - 3 * kDay + kMinute;
            if (steps > 0) x.received = x.sent + kMinute;
            if (steps > 1) x.opened = x.sent + 2 * kHour, x.openedBy = actor("x", by, "文书");
            if (steps > 2) x.signedFor = x.sent + 3 * kHour, x.signedBy = actor("x", by, "文书");
            m->deliveries.push_back(x);
        };
        delivery("u-yunzhou", "云州市人民政府", 3, "石半夏");
        delivery("u-lanping", "岚屏市人民政府", 2, "梁知远");
        delivery("u-liuxi", "柳溪县人民政府", 1, "");
        delivery("u-water", "省水利厅", 0, "");
        desk::MatterView view;
        view.stream = "m/4";
        view.matter = m;
        view.confirmedVersion = 1;
        view.confirmedOpinions = 2;
        matters["m/4"] = view;
        rows.push_back(row("m/4", "关于报送2026年第一季度政务公开工作情况的通知", in({Folder::Sent, Folder::Done}), wire::URGENCY_NONE, "4 个单位", "示政办发〔2026〕11号", "dispatched", 0, kNow - 3 * kDay, false, 0));
    }
    // 5: own, in review, an act waits to be sent
    {
        auto m = matterOf("m/5", document("关于协助做好全省粮食安全责任制考核工作的函", wire::URGENCY_NONE), kNow - 6 * kHour);
        m->initiator = actor("p-shen", "沈亦舟", "处长");
        m->flow.tasks.push_back(task("t5", "review", "审核", "p-jiang", "江慕白", "副主任", {wire::CHOICE_AGREE, wire::CHOICE_RETURN}, kNow - 6 * kHour, 48));
        desk::MatterView view;
        view.stream = "m/5";
        view.matter = m;
        view.next = "签发";
        view.confirmedVersion = 0;
        desk::OutboxView pending;
        pending.id = "pending-5";
        pending.command.mutable_submit();
        view.pending.push_back(pending);
        view.actions.withdraw = true;
        matters["m/5"] = view;
        auto r = row("m/5", "关于协助做好全省粮食安全责任制考核工作的函", in({Folder::InReview}), wire::URGENCY_NONE, "江慕白", "", "审核", kNow + kDay, kNow - 6 * kHour, false, 0);
        r.pending = true;
        rows.push_back(r);
    }
    const char* more[] = {"关于调整政务服务大厅窗口设置的通知", "关于印发2026年电子政务工作要点的通知", "关于开展基层减负专项督查的通知", "关于2025年汛前检查问题整改情况的报告"};
    int n = 6;
    for (const char* title : more) {
        const std::string stream = "m/" + std::to_string(n);
        auto m = matterOf(stream.c_str(), document(title, wire::URGENCY_NONE), kNow - n * kDay);
        desk::MatterView view;
        view.stream = stream;
        view.matter = m;
        view.next = "签发";
        view.actions.addOpinion = true;
        m->flow.tasks.push_back(task("t", "review", "审核", "p-shen", "沈亦舟", "处长", {wire::CHOICE_AGREE, wire::CHOICE_RETURN}, kNow - n * kDay, n == 6 ? 24 * 5 : 24 * 30));
        view.actions.task = "t";
        view.actions.taskTitle = "审核";
        view.actions.choices = {wire::CHOICE_AGREE, wire::CHOICE_RETURN};
        if (n == 7) { // one before him let the time run out, and somebody waits for a day to come
            auto late = task("t0", "review", "审核", "p-jiang", "江慕白", "副主任", {wire::CHOICE_AGREE}, m->flow.tasks.front().opened, 14);
            late.closed = late.opened + kDay;
            late.how = wire::TaskClosed::LAPSED;
            late.slots.front().state = approval::SlotState::Cancelled;
            m->flow.tasks.insert(m->flow.tasks.begin(), late);
            view.waits = {{"公示期", kNow + 3 * kDay}};
        }
        matters[stream] = view;
        rows.push_back(row(stream.c_str(), title, n < 8 ? in({Folder::ToDo}) : in({Folder::Done, Folder::Received}), wire::URGENCY_NONE, "秘书一处 卫南乔", "", "审核", n == 6 ? kNow - kDay : n == 7 ? kNow + 10 * kDay : 0, kNow - n * kDay, false, n % 3));
        ++n;
    }
    for (auto& [stream, view] : matters) // here every hour counts
        for (size_t i = 0; view.matter && i < view.matter->flow.tasks.size(); ++i)
            if (const auto& t = view.matter->flow.tasks[i]; t.dueHours) view.due[t.id] = t.opened + Millis(t.dueHours) * kHour;
}

void FakeDesk::makeDrafts()
{
    store::DraftRow a;
    a.id = "draft-0000000001";
    a.document = document("示例省人民政府办公厅关于做好2026年汛前准备工作的通知", wire::URGENCY_URGENT);
    *a.document.add_attachments() = file("石桥水库巡查照片.zip", 20 * 1024 * 1024);
    a.note = "请江主任审核。";
    a.savedMs = kNow - 2 * kMinute;
    draftRows.push_back(a);
    store::DraftRow b;
    b.id = "draft-0000000002";
    b.document.set_kind("函");
    b.document.set_title("关于商请支持石桥水库除险加固工程的函");
    b.savedMs = kNow - kDay;
    draftRows.push_back(b);
}

void FakeDesk::goOffline()
{
    m_status = {};
    m_status.link = desk::Link::HubUnreachable;
    m_status.lastContact = kNow - 26 * kMinute;
    m_status.nextRetry = 18'000;
    m_status.unsent = 2;
    m_status.uploads = 1;
    m_status.attention = 1;
    const auto add = [&](const char* id, const char* title, sync::OutboxRow::State state, Millis at) -> desk::OutboxView& {
        desk::OutboxView v;
        v.id = id;
        v.stream = "m/1";
        v.title = title;
        v.state = state;
        v.madeMs = at;
        outboxRows.push_back(v);
        return outboxRows.back();
    };
    auto* act = add("out-1", "关于申请柳溪县农村道路水毁修复补助资金的批复", sync::OutboxRow::Waiting, kNow - 9 * kMinute).command.mutable_act();
    act->set_choice(wire::CHOICE_SIGN);
    act->set_opinion("同意。");
    add("out-2", "关于协助做好全省粮食安全责任制考核工作的函", sync::OutboxRow::Waiting, kNow - 5 * kMinute).command.mutable_submit()->set_note("请审核。");
    desk::OutboxView& late = add("out-3", "示例省人民政府办公厅关于做好2026年汛前准备工作的通知", sync::OutboxRow::Attention, kNow - 50 * kMinute);
    late.command.mutable_act()->set_choice(wire::CHOICE_RETURN);
    late.command.mutable_act()->set_opinion("第三部分“启动条件”还不够具体，建议由水利厅补充雨量阈值后再送。");
    wire::Receipt r;
    r.set_outcome(wire::SUPERSEDED);
    r.set_reason(wire::REASON_TASK_CLOSED);
    r.set_by_name("江慕白");
    r.set_by_post("副主任");
    r.set_by_ms(kNow - 55 * kMinute);
    late.receipt = r;
    late.sent = true;
    desk::OutboxView& ok = add("out-4", "关于印发2026年电子政务工作要点的通知", sync::OutboxRow::Settled, kNow - 2 * kHour);
    ok.command.mutable_act()->set_choice(wire::CHOICE_AGREE);
    wire::Receipt good;
    good.set_outcome(wire::APPLIED);
    ok.receipt = good;
}

} // namespace zt::test
