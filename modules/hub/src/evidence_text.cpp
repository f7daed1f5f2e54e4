#include "zt/hub/evidence.h"

#include "zt/base/text.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <map>

namespace zt::hub {

namespace {

struct Words {
    const char* english;
    const char* chinese;
};

const char* in(const Words& words, Language language) { return language == Language::Chinese ? words.chinese : words.english; }

Words flawWords(Flaw flaw)
{
    switch (flaw) {
    case Flaw::None: return {"checks", "核验无误"};
    case Flaw::HubKey: return {"the hub's key inside is not the one given", "文件内的节点公钥与给定的公钥不一致"};
    case Flaw::Root: return {"the root certificate inside is not the one given", "文件内的根证书与给定的根证书不一致"};
    case Flaw::Order: return {"another event stands in its place", "此位置被其他事件占据，次序被改动"};
    case Flaw::Missing: return {"the event is missing", "事件缺失"};
    case Flaw::Header: return {"its head was changed (stream, version, time or link to the event before)", "事件头被改动（流、版本、时间或前一事件的链接）"};
    case Flaw::BodyChanged: return {"its content was changed", "事件内容被改动"};
    case Flaw::BodyForm: return {"its content cannot be read", "事件内容无法读取"};
    case Flaw::NoCause: return {"it names no cause", "事件没有来由"};
    case Flaw::Signature: return {"the signature is not good under the person's key", "签名与本人密钥不符"};
    case Flaw::UnknownKey: return {"whoever is named had no key at that time", "所称签名人当时没有登记的密钥"};
    case Flaw::Revoked: return {"the device had been revoked before", "签名设备此前已被吊销"};
    case Flaw::OtherCommand: return {"the signed command belongs to another stream, hub or person", "所附签名指令属于其他事项、节点或人员"};
    case Flaw::Replayed: return {"the same signed command stands behind an earlier event", "同一签名指令已用于更早的事件"};
    case Flaw::History: return {"the person signed on another history than stands before it", "签名人当时所依据的历史与现有记录不同"};
    case Flaw::Facts: return {"it says something else than was signed", "记载的内容与签名指令不符"};
    case Flaw::NoPersonsKey: return {"a person's act that rests on no person's key", "记载了个人行为，但没有本人密钥的签名"};
    case Flaw::FollowUpId: return {"its id does not derive from the event it names", "后续指令的编号不是由所称事件推得"};
    case Flaw::FollowUpOther: return {"it is not what follows from the event it names", "后续内容不是所称事件按规则应产生的结果"};
    case Flaw::Certificate: return {"the device's certificate is not of this province's root or not for its key", "设备证书不是本省根证书签发，或与其密钥不符"};
    case Flaw::Seal: return {"the hub's signature over what the file holds is not good", "节点对文件所含记录的签名不符"};
    case Flaw::Unrecorded: return {"its content was taken out without a record of it", "内容被移除，但没有相应的销毁记录"};
    case Flaw::TooNew: return {"written by a newer version; this programme cannot judge it", "由更新的版本写入，本程序无法核验"};
    }
    return {"", ""};
}

std::string act(const std::string& name, Language language)
{
    static const std::map<std::string, Words> names{
        {"submit", {"submitted", "提交"}}, {"act", {"acted on a task", "办理"}}, {"add_opinion", {"added an opinion", "补充意见"}},
        {"withdraw", {"withdrew", "撤回"}}, {"open", {"opened", "打开"}}, {"sign_for", {"signed for", "签收"}},
        {"allocate_number", {"number allocated", "编号登记"}}, {"assign_number", {"numbered and dispatched", "编号并分发"}},
        {"deliver", {"delivered", "送达"}}, {"record_receipt", {"receipt recorded", "回执登记"}}, {"admit_deputy", {"deputy admitted", "受托人准入"}},
        {"fire_timer", {"a clock ran out", "时限届满"}}, {"move_clocks", {"clocks moved with the calendar", "时限随日历调整"}},
        {"enrol_device", {"device enrolled", "设备登记"}}, {"revoke_device", {"device revoked", "设备吊销"}}, {"put_role", {"administrator put", "管理员任命"}},
        {"put_person", {"person put", "人员登记"}}, {"put_post", {"post put", "职务登记"}}, {"end_post", {"post ended", "职务终止"}},
        {"give_mandate", {"mandate given", "委托"}}, {"end_mandate", {"mandate ended", "委托终止"}}, {"suspend_person", {"person suspended", "人员停用"}},
        {"publish_definition", {"process published", "流程发布"}}, {"put_calendar", {"calendar published", "工作日历发布"}}, {"set_level", {"level set", "级别设定"}}, {"erase", {"erased under a retention rule", "按保管期限销毁"}}, {"record_recovery", {"recovery recorded", "恢复登记"}}};
    const auto it = names.find(name);
    return it == names.end() ? name : in(it->second, language);
}

//! In China's time, for that is the time on the document.
std::string timeText(Millis time)
{
    if (time <= 0 || time > 253'402'300'799'000) return "—";
    return fmt::format("{:%Y-%m-%d %H:%M:%S}", fmt::gmtime(std::time_t(time / 1000 + 8 * 3600)));
}

std::string eventText(const Examined& e, Language language)
{
    const bool zh = language == Language::Chinese;
    std::string out = fmt::format("{} {:>4}  {}  ", e.flaw == Flaw::None ? " " : "!", e.version, timeText(e.time));
    if (!e.erasedRule.empty()) {
        if (e.erasedRule == kWithheld) out += zh ? "与本事项无关，内容未导出" : "about other matters, content left out";
        else out += fmt::format(fmt::runtime(zh ? "已按规则“{}”销毁内容，链条完整" : "erased under rule \"{}\", the chain holds"), cleanLine(e.erasedRule));
    } else {
        out += act(e.act, language);
        if (!e.person.empty()) out += fmt::format("  {}({})", cleanLine(e.name), cleanLine(e.person));
        if (e.restsOn != RestsOn::Nothing) out += std::string("  [") + words(e.restsOn, language) + "]";
        if (e.timeUnproven) out += zh ? "（时间未能证明）" : " (time unproven)";
    }
    if (e.flaw != Flaw::None) out += "  — " + words(e.flaw, language);
    return out + "\n";
}

std::string headText(const Verdict& v, Language language)
{
    const bool zh = language == Language::Chinese;
    std::string out;
    if (v.good) {
        out += zh ? "结论：核验通过，未发现篡改。\n" : "Verdict: it checks. Nothing was tampered with.\n";
    } else {
        out += zh ? "结论：核验不通过。\n" : "Verdict: it does NOT check.\n";
        const Examined& e = *v.first;
        if (e.stream.empty()) out += fmt::format(fmt::runtime(zh ? "首个问题：整个文件：{}\n" : "First: the file as a whole: {}\n"), words(e.flaw, language));
        else if (!e.version) out += fmt::format(fmt::runtime(zh ? "首个问题：流 {}：{}\n" : "First: stream {}: {}\n"), cleanLine(e.stream), words(e.flaw, language));
        else out += fmt::format(fmt::runtime(zh ? "首个被改动的事件：流 {}，版本 {}：{}\n" : "First event tampered with: stream {}, version {}: {}\n"),
                           cleanLine(e.stream), e.version, words(e.flaw, language));
    }
    if (v.hubKeyProven) out += zh ? "节点公钥：与给定的一致。\n" : "Hub key: the one given.\n";
    if (v.rootProven) out += zh ? "根证书：与给定的一致，设备证书均由其签发。\n" : "Root certificate: the one given; the devices' certificates are its own.\n";
    if (!v.hubKeyProven)
        out += fmt::format(fmt::runtime(zh ? "注意：未给定节点公钥（--hub-key），节点一方的记载只能核验前后一致。文件内的公钥：{}\n"
                                           : "Note: no hub key was given (--hub-key): what rests on the hub is only shown to agree with itself. Key inside: {}\n"), hex(v.hubKey));
    if (!v.rootProven)
        out += zh ? "注意：未给定根证书（--root），不能证明设备属于本省。\n" : "Note: no root certificate was given (--root): that the devices are the province's own is not proven.\n";
    out += fmt::format(fmt::runtime(zh ? "依据：个人密钥签名 {} 项，管理员密钥签名 {} 项，仅凭节点记载 {} 项，已销毁 {} 项，未导出 {} 项。封存时间：{}\n"
                                       : "Rests on: persons' keys {}, administrators' keys {}, the hub's word alone {}; erased {}, left out {}. Sealed: {}\n"),
                       v.persons, v.administrators, v.hub, v.erased, v.withheld, timeText(v.sealed));
    return out + (zh ? "时间（北京时间）均为节点记载。\n" : "Times (UTC+8) are the hub's word.\n");
}

} // namespace

std::string words(Flaw flaw, Language language) { return in(flawWords(flaw), language); }

std::string words(RestsOn restsOn, Language language)
{
    switch (restsOn) {
    case RestsOn::Person: return in({"the person's key", "本人密钥"}, language);
    case RestsOn::Administrator: return in({"an administrator's key", "管理员密钥"}, language);
    case RestsOn::Hub: return in({"the hub's word alone", "仅凭节点记载"}, language);
    case RestsOn::Nothing: return in({"nothing", "无"}, language);
    }
    return {};
}

std::string report(const Verdict& v, Language language)
{
    std::string out = headText(v, language);
    std::string stream;
    for (const Examined& e : v.events) {
        if (e.stream != stream) out += fmt::format("\n{}\n", cleanLine(e.stream));
        stream = e.stream;
        out += eventText(e, language);
    }
    if (!v.directory.empty()) out += language == Language::Chinese ? "\ndir（签名所依据的登记）\n" : "\ndir (what the signatures rest on)\n";
    for (const Examined& e : v.directory) out += eventText(e, language);
    return out;
}

} // namespace zt::hub
