#include "gallery_screens.h"

#include "zt/widgets/controls.h"
#include "zt/widgets/enrol_page.h"
#include "zt/widgets/error_text.h"
#include "zt/widgets/nav_list.h"
#include "zt/widgets/panes.h"
#include "zt/widgets/row_delegate.h"
#include "zt/widgets/shell.h"
#include "zt/widgets/states.h"

#include <QtWidgets>

using namespace zt::widgets;
using zt::Err;

namespace gallery {

namespace {

QString s(const char* text) { return QString::fromUtf8(text); }

struct Row {
    const char* section;
    Urgency urgency;
    const char* title;
    const char* from;
    const char* number;
    const char* due;
    Tone tone;
    bool unread, pending;
    int files;
};

const Row kRows[] = {
    {"今日到期", Urgency::None, "", "", "", "", Tone::Neutral, false, false, 0},
    {"", Urgency::MostUrgent, "示例省人民政府办公厅关于做好2026年汛前准备工作的通知", "省政府办公厅", "示政办发〔2026〕12号", "今日 17:30 前拟办", Tone::Warning, true, false, 3},
    {"", Urgency::None, "关于申请青河县柳溪乡农村道路水毁修复补助资金的请示", "青河县政府", "青政〔2026〕18号", "今日 18:00 前审核", Tone::Warning, true, false, 5},
    {"本周", Urgency::None, "", "", "", "", Tone::Neutral, false, false, 0},
    {"", Urgency::None, "关于征求《云州市数据共享管理办法（草案）》意见的函", "市司法局", "云司函〔2026〕31号", "3月13日前反馈", Tone::Neutral, true, false, 2},
    {"", Urgency::Urgent, "关于报送2026年第一季度政务公开工作情况并做好全省粮食安全责任制考核有关材料准备与报送工作的通知", "省政府办公厅", "示政办函〔2026〕27号", "已超期 1 天", Tone::Danger, false, true, 0},
    {"", Urgency::None, "关于协助做好全省粮食安全责任制考核工作的函", "市发展改革委", "云发改函〔2026〕44号", "3月15日前办理", Tone::Neutral, false, false, 0},
};

QAbstractItemModel* rowModel(QObject* parent)
{
    auto* model = new QStandardItemModel(parent);
    for (const Row& r : kRows) {
        auto* item = new QStandardItem(s(r.title));
        if (*r.section) {
            item->setData(s(r.section), role::Section);
            item->setData(s(r.section), role::AccessibleText);
            item->setFlags(Qt::NoItemFlags);
        } else {
            item->setData(s(r.title), role::Title);
            item->setData(int(r.urgency), role::Urgency);
            item->setData(QStringList{s(r.from), s(r.number)}, role::Meta);
            item->setData(s(r.due), role::Due);
            item->setData(int(r.tone), role::DueTone);
            item->setData(r.unread, role::Unread);
            item->setData(r.pending, role::Pending);
            item->setData(r.files, role::Attachments);
            item->setData(QStringList{urgencyText(r.urgency), s(r.title), s(r.due)}.join(QLatin1Char(',')), role::AccessibleText);
        }
        model->appendRow(item);
    }
    return model;
}

struct Step {
    StepState state;
    const char *name, *post, *step, *time, *text, *file;
    Tone tone;
};

const Step kSteps[] = {
    {StepState::Done, "卫若溪", "机要室", "登记", "3月12日 08:52", "已登记，来文 4 页，附件 3 份齐全。", "", Tone::Neutral},
    {StepState::Done, "江慕白", "副主任", "分办", "3月12日 09:05", "请秘书二科拟办，商市应急局、水利局。时限紧，今日下班前报主任。", "", Tone::Neutral},
    {StepState::Done, "罗景行", "市水利局", "会商", "3月12日 09:21", "建议把石桥水库列入市级重点盯防清单。", "重点水库清单.xlsx", Tone::Neutral},
    {StepState::Current, "沈亦舟", "秘书二科", "拟办", "待我办理，今日 17:30 到期", "", "", Tone::Warning},
    {StepState::Next, "顾言清", "主任", "批示", "下一步", "", "", Tone::Neutral},
};

QAbstractItemModel* stepModel(QObject* parent)
{
    auto* model = new QStandardItemModel(parent);
    for (const Step& t : kSteps) {
        auto* item = new QStandardItem(s(t.name));
        item->setData(int(t.state), role::State);
        item->setData(s(t.name), role::Name);
        item->setData(QStringList{s(t.post), s(t.step)}, role::Post);
        item->setData(s(t.time), role::Time);
        item->setData(int(t.tone), role::TimeTone);
        item->setData(s(t.text), role::Opinion);
        item->setData(s(t.file), role::FileName);
        item->setData(s("18 KB"), role::FileSize);
        model->appendRow(item);
    }
    return model;
}

QWidget* folders()
{
    auto* pane = new Pane("window");
    pane->setAccessibleName(s("Folders"));
    auto* column = new QVBoxLayout(pane);
    column->setContentsMargins(0, px(Px::Space3), 0, px(Px::Space3));
    auto* nav = new NavList(s("Folders"));
    nav->addHeading(s("收文"));
    nav->addRow(s("todo"), Icon::Inbox, s("待办"), 5);
    nav->addRow(s("read"), Icon::Eye, s("待阅"), 12);
    nav->addRow(s("done"), Icon::CheckCircle, s("已办"));
    nav->addHeading(s("发文"));
    nav->addRow(s("draft"), Icon::Pen, s("拟稿"), 2);
    nav->addRow(s("review"), Icon::Hourglass, s("审核中"), 3);
    nav->addRow(s("sent"), Icon::Outbox, s("已发"));
    nav->addHeading(s("收藏"));
    nav->addRow(s("star"), Icon::Star, s("关注"), 6);
    nav->setCurrent(s("todo"));
    auto* create = new Button(Icon::Plus, s("拟稿"), ButtonKind::Primary);
    column->addWidget(nav, 1);
    auto* foot = new QHBoxLayout;
    foot->setContentsMargins(px(Px::Space2), 0, px(Px::Space2), 0);
    foot->addWidget(create);
    column->addLayout(foot);
    return pane;
}

QWidget* list()
{
    auto* pane = new Pane("surface");
    pane->setAccessibleName(s("List"));
    auto* column = new QVBoxLayout(pane);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* header = new PaneHeader(s("待办收文"));
    header->setNote(s("5"));
    for (auto [icon, name] : {std::pair{Icon::Filter, "Filter"}, std::pair{Icon::Sort, "Sort"}}) {
        auto* b = new IconButton(icon, s(name));
        b->setSmall(true);
        header->addAction(b);
    }
    auto* rows = new RowList(s("Documents to do"));
    rows->setObjectName(s("rows"));
    rows->setModel(rowModel(rows));
    rows->setCurrentIndex(rows->model()->index(1, 0));
    column->addWidget(header);
    column->addWidget(rows, 1);
    return pane;
}

QWidget* inspector()
{
    auto* pane = new Pane("surface");
    pane->setAccessibleName(s("Opinions"));
    auto* column = new QVBoxLayout(pane);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* header = new PaneHeader(s("办理意见"));
    header->setNote(s("3"));
    auto* steps = new TimelineView(s("Opinions"));
    steps->setModel(stepModel(steps));
    auto* box = new QWidget;
    auto* form = new QVBoxLayout(box);
    form->setContentsMargins(px(Px::Space4), px(Px::Space3), px(Px::Space4), px(Px::Space4));
    auto* label = makeLabel(s("我的拟办意见"), "strong");
    auto* text = new QTextEdit(s("拟请市应急局牵头，水利局、气象局配合，3月20日前报送落实方案。"));
    text->setAccessibleName(s("My opinion"));
    text->setFixedHeight(px(Px::PasteBox));
    form->addWidget(label);
    form->addWidget(text);
    column->addWidget(header);
    column->addWidget(steps, 1);
    column->addWidget(box);
    return pane;
}

QWidget* reading()
{
    auto* pane = new Pane("surface");
    pane->setAccessibleName(s("Document"));
    auto* column = new QVBoxLayout(pane);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* head = new QVBoxLayout;
    head->setContentsMargins(px(Px::Gutter), px(Px::Space4), px(Px::Gutter), 0);
    head->setSpacing(px(Px::TextGap));
    auto* title = new QHBoxLayout;
    title->setSpacing(px(Px::Space2));
    title->addWidget(new ElidedLabel(s("关于做好2026年汛前准备工作的通知"), "title"));
    title->addWidget(new Tag(Urgency::MostUrgent));
    title->addStretch(1);
    for (auto [icon, name] : {std::pair{Icon::Star, "Follow"}, std::pair{Icon::Expand, "Open in a window"}, std::pair{Icon::More, "More"}}) title->addWidget(new IconButton(icon, s(name)));
    head->addLayout(title);
    head->addWidget(new ElidedLabel(s("示例省人民政府办公厅　示政办发〔2026〕12号　3月12日 08:52 收文　收文号 2026-0317"), "label"));
    auto* tabs = new QTabBar;
    tabs->setAccessibleName(s("Parts of the document"));
    tabs->setDrawBase(false);
    tabs->setExpanding(false);
    for (const char* t : {"正文", "附件 3", "流程", "讨论 8"}) tabs->addTab(s(t));
    head->addWidget(tabs);
    column->addLayout(head);
    auto* desk = new Pane("desk");
    auto* split = new Splitter(Qt::Horizontal);
    split->addWidget(desk);
    split->addWidget(inspector());
    split->setStretchFactor(0, 1);
    split->setSizes({px(Px::Inspector) * 2, px(Px::Inspector)});
    column->addWidget(split, 1);
    auto* bar = new ActionBar;
    bar->setStatus({{s("拟办")}, {s("今日 17:30 到期"), Tone::Warning}, {s("下一步：顾言清批示")}});
    bar->addAction((new Button(Icon::Forward, s("转办"), ButtonKind::Flat))->big());
    bar->addAction((new Button(Icon::Return, s("退回"), ButtonKind::Flat))->big());
    bar->addAction(new IconButton(Icon::More, s("More")));
    bar->addAction((new Button(Icon::Send, s("送顾言清批示"), ButtonKind::Primary))->big());
    column->addWidget(bar);
    return pane;
}

} // namespace

QWidget* documents()
{
    auto* shell = new Shell;
    const auto none = [] { return new EmptyState(Icon::CheckCircle, s("今天的都办完了")); };
    shell->addModule(s("home"), Icon::Desk, s("工作台"), none);
    shell->addModule(s("docs"), Icon::Doc, s("公文"), [shell] {
        auto* left = folders();
        auto* split = new ThreePane(left, list(), reading());
        QObject::connect(split, &ThreePane::foldersAsStrip, left, [left](bool strip) {
            left->findChild<NavList*>()->setStrip(strip);
            left->findChild<Button*>()->setVisible(!strip);
        });
        const auto fit = [split](WidthClass w) {
            split->setWidthClass(w);
            split->findChild<TimelineView*>()->parentWidget()->setVisible(w >= WidthClass::Compact);
        };
        QObject::connect(shell, &Shell::widthClassChanged, split, fit);
        fit(shell->widthClass());
        return split;
    });
    shell->addModule(s("approve"), Icon::Approve, s("审批"), none);
    shell->addModule(s("chat"), Icon::Chat, s("消息"), none);
    shell->addBottomModule(s("sync"), Icon::Sync, s("同步"), none);
    shell->addBottomModule(s("settings"), Icon::Settings, s("设置"), none);
    shell->setBadge(s("docs"), 5);
    shell->setBadge(s("approve"), 3);
    shell->setBadge(s("chat"), 120);
    shell->setBadge(s("sync"), 1, Tone::Danger);
    shell->setSync(Tone::Warning, Icon::CloudOff, s("离线 · 3 项待上传"));
    shell->setAttention(1);
    shell->setUser(s("沈亦舟"));
    shell->show(s("home"));
    shell->show(s("docs"));
    shell->undoBar()->show(s("已同意，10 秒内可撤销"));
    return shell;
}

namespace {

Card* buttons()
{
    auto* card = new Card(s("Buttons"));
    auto* row = new QWidget;
    auto* flow = new FlowLayout(row);
    auto* off = new Button(s("已提交"));
    off->setEnabled(false);
    auto* focus = new Button(s("会签"));
    focus->setObjectName(s("focus"));
    auto* on = new IconButton(Icon::Sidebar, s("Side pane"));
    on->setCheckable(true);
    on->setChecked(true);
    for (QWidget* w : std::initializer_list<QWidget*>{new Button(s("送审"), ButtonKind::Primary), new Button(s("转办")), new Button(Icon::Return, s("退回"), ButtonKind::Flat),
             new Button(s("删除"), ButtonKind::Danger), new Button(s("忘记口令"), ButtonKind::Link), off, focus, (new Button(s("操作栏 40")))->big(),
             new IconButton(Icon::Star, s("Follow")), new IconButton(Icon::Print, s("Print")), on})
        flow->addWidget(w);
    card->body()->addWidget(row);
    return card;
}

Card* inputs()
{
    auto* card = new Card(s("Inputs"));
    auto* grid = new QGridLayout;
    auto* plain = new QLineEdit;
    plain->setPlaceholderText(s("收文号"));
    auto* wrong = new QLineEdit(s("2026-02-30"));
    auto* error = new FieldError(wrong);
    error->setText(s("2月没有30日，请改日期。"));
    auto* fixed = new QLineEdit(s("云政办发〔2026〕"));
    fixed->setReadOnly(true);
    auto* off = new QLineEdit(s("不可更改"));
    off->setEnabled(false);
    auto* combo = new QComboBox;
    combo->addItem(s("主动公开"));
    int n = 0;
    for (QWidget* w : std::initializer_list<QWidget*>{plain, wrong, fixed, off, combo}) {
        w->setAccessibleName(s("Field %1").arg(++n));
        grid->addWidget(w, (n - 1) / 2 * 2, (n - 1) % 2);
    }
    grid->addWidget(error, 1, 1);
    card->body()->addLayout(grid);
    auto* choices = new QHBoxLayout;
    auto* must = new QCheckBox(s("必达"));
    must->setChecked(true);
    auto* here = new QRadioButton(s("本机"));
    here->setChecked(true);
    for (QWidget* w : std::initializer_list<QWidget*>{must, new QCheckBox(s("抄送")), here, new QRadioButton(s("服务器"))}) choices->addWidget(w);
    choices->addStretch(1);
    card->body()->addLayout(choices);
    card->body()->addWidget(new SegmentedControl(s("Period"), {s("近 7 日"), s("本月"), s("本年")}));
    auto* bar = new QProgressBar;
    bar->setAccessibleName(s("Sent"));
    bar->setValue(62);
    card->body()->addWidget(bar);
    card->body()->addStretch(1);
    return card;
}

Card* words()
{
    auto* card = new Card(s("Words"));
    auto* tags = new QWidget;
    auto* flow = new FlowLayout(tags);
    for (const auto u : {Urgency::MostUrgent, Urgency::Urgent, Urgency::MustReach}) flow->addWidget(new Tag(u));
    flow->addWidget(new Tag(s("拟稿")));
    flow->addWidget(new Tag(s("不涉密"), Tone::Neutral, true));
    flow->addWidget(new Tag(s("同意"), Tone::Success));
    flow->addWidget(new Tag(s("有意见"), Tone::Warning));
    flow->addWidget(new Tag(s("未选"), Tone::Danger));
    flow->addWidget(new Tag(s("传阅"), Tone::Info));
    flow->addWidget(new Badge(12));
    flow->addWidget(new Badge(5, Tone::Neutral));
    flow->addWidget(new Badge(1, Tone::Danger));
    card->body()->addWidget(tags);
    auto* people = new QWidget;
    auto* circle = new FlowLayout(people);
    circle->addWidget(new Avatar(s("沈亦舟"), Px::AvatarHuge));
    for (const char* name : {"温以宁", "闻景和", "顾言清", "Li Wei", "𠮷田"}) circle->addWidget(new Avatar(s(name), Px::AvatarLarge));
    circle->addWidget(new Avatar(s("沈亦舟"), Px::AvatarSmall));
    card->body()->addWidget(people);
    card->body()->addWidget(makeLabel(s("版面大标题 26/36"), "display"));
    card->body()->addWidget(makeLabel(s("页面标题 20/28"), "title"));
    card->body()->addWidget(makeLabel(s("分区标题 16/24"), "subtitle"));
    card->body()->addWidget(makeLabel(s("正文 14/22")));
    card->body()->addWidget(makeLabel(s("标注 13/20"), "label"));
    card->body()->addWidget(makeLabel(s("说明 12/18"), "caption"));
    card->body()->addWidget(new ElidedLabel(s("很长的一行：关于报送2026年第一季度政务公开工作情况并做好全省粮食安全责任制考核有关材料准备的通知")));
    return card;
}

Card* messages()
{
    auto* card = new Card(s("Messages"));
    auto* pills = new QWidget;
    auto* flow = new FlowLayout(pills);
    const auto pill = [&](Tone tone, Icon icon, const char* text) {
        auto* p = new Pill;
        p->setState(tone, icon, s(text));
        flow->addWidget(p);
    };
    pill(Tone::Success, Icon::CloudOk, "在线 · 09:41 已同步");
    pill(Tone::Info, Icon::CloudUp, "正在上传 2 项");
    pill(Tone::Warning, Icon::CloudOff, "离线 · 3 项待上传");
    pill(Tone::Danger, Icon::Warn, "需处理 1");
    card->body()->addWidget(pills);
    const auto banner = [&](Tone tone, const char* text, const char* action) {
        auto* b = new Banner;
        b->setMessage(tone, s(text), s(action));
        card->body()->addWidget(b);
    };
    banner(Tone::Warning, "已离线，可以继续办理，联网后自动上传。", "现在重试");
    banner(Tone::Danger, "附件上传被拒绝：文件超过 200 MB。", "压缩后重传");
    banner(Tone::Info, "此件已由顾言清签批，现为只读。", "");
    banner(Tone::Success, "已编号：云政办发〔2026〕21号。", "");
    card->body()->addWidget(new Banner(Tone::Danger, zt::widgets::errorText(Err::DiskFull, ErrContext::Document)));
    card->body()->addStretch(1);
    return card;
}

QWidget* grid(std::initializer_list<QWidget*> cells, int columns)
{
    auto* page = new Pane("window");
    auto* layout = new QGridLayout(page);
    layout->setContentsMargins(px(Px::Gutter), px(Px::Space5), px(Px::Gutter), px(Px::Space5));
    layout->setSpacing(px(Px::Space4));
    int n = 0;
    for (QWidget* w : cells) {
        layout->addWidget(w, n / columns, n % columns);
        layout->setColumnStretch(n % columns, 1);
        ++n;
    }
    return page;
}

} // namespace

QWidget* components() { return grid({buttons(), inputs(), words(), messages()}, 2); }

QWidget* states()
{
    const auto framed = [](const char* title, QWidget* w) {
        auto* card = new Card(s(title));
        card->body()->setContentsMargins(0, 0, 0, 0);
        card->body()->addWidget(w, 1);
        return card;
    };
    auto* done = new EmptyState(Icon::CheckCircle, s("今天的都办完了"), s("还有 12 件待阅，可以现在看。"));
    done->setAction(s("打开待阅"));
    auto* broken = new EmptyState(Icon::Warn, s("附件没有打开"), s("“路段核验表.ofd”在传输中损坏，共 2 处校验不符。原件仍在服务器上。"));
    broken->setAction(s("重新下载"));
    auto* bars = new SkeletonRows;
    bars->start();
    return grid({framed("待办收文", done), framed("待办收文", bars), framed("青政〔2026〕18号", broken),
                    framed("搜索", new EmptyState(Icon::Search, s("本机没有找到"), s("已查 486 件公文和 90 天消息。更早的在归档库里。")))}, 2);
}

QWidget* unlock()
{
    auto* page = new UnlockPage;
    page->setPersons({{s("a"), s("沈亦舟"), s("云州市人民政府办公室 秘书二科"), s("3月11日 18:02")}, {s("b"), s("顾言清"), s("云州市人民政府办公室"), {}}});
    page->setFoot(s("示例省政务协同办公"), s("1.0.3"));
    page->setSync(Tone::Warning, Icon::CloudOff, s("离线 · 3 项待上传"));
    page->setError(errorText(Err::Unauthenticated, ErrContext::Unlock));
    page->setWait(30);
    return page;
}

QWidget* unlockProblem()
{
    auto* page = new UnlockPage;
    page->setPersons({{s("a"), s("沈亦舟"), s("云州市人民政府办公室 秘书二科"), {}}});
    page->setStoreProblem(errorText(Err::Corrupt, ErrContext::Unlock), s("Restore a backup"));
    return page;
}

QWidget* enrol()
{
    auto* page = new EnrolPage;
    page->setCanGoBack(true);
    page->setError(EnrolPage::Field::Code, errorText(Err::Invalid, ErrContext::Enrol));
    return page;
}

} // namespace gallery
