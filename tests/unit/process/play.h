#pragma once

#include "zt/base/text.h"
#include "zt/process/bpmn.h"
#include "zt/process/check.h"
#include "zt/process/engine.h"
#include "zt/test/test.h"

#include <algorithm>
#include <map>
#include <set>

//! Definitions in few words and a matter that is played by naming elements. Every step is checked: folding the events gives the state's own bytes,
//! bytes read back are the same, tokens are conserved.
namespace zt::test {

using namespace process;
using feel::Value;

//! A file around the inside of one process.
inline std::string file(const std::string& inside, const std::string& around = "")
{
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?><definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" "
           "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:z=\"http://example.org/zeebe\" id=\"d\" targetNamespace=\"t\">"
        + around + "<process id=\"p\" isExecutable=\"true\">" + inside + "</process></definitions>";
}
//! Flows as "a>b c>d"; with a condition "a>b[x > 1]" (no blanks around the arrow). The id of a flow is "a-b".
inline std::string flows(const std::string& text)
{
    std::string out;
    for (size_t i = 0; i < text.size();) {
        if (text[i] == ' ') {
            ++i;
            continue;
        }
        const size_t arrow = text.find('>', i);
        size_t end = arrow;
        while (end < text.size() && text[end] != ' ' && text[end] != '[') ++end;
        const std::string a = text.substr(i, arrow - i), b = text.substr(arrow + 1, end - arrow - 1);
        std::string condition;
        if (end < text.size() && text[end] == '[') {
            const size_t close = text.find(']', end);
            condition = text.substr(end + 1, close - end - 1);
            end = close + 1;
        }
        for (size_t p = 0; (p = condition.find('<', p)) != std::string::npos;) condition.replace(p, 1, "&lt;");
        out += "<sequenceFlow id=\"" + a + "-" + b + "\" sourceRef=\"" + a + "\" targetRef=\"" + b + "\">";
        if (!condition.empty()) out += "<conditionExpression xsi:type=\"tFormalExpression\">" + condition + "</conditionExpression>";
        out += "</sequenceFlow>";
        i = end;
    }
    return out;
}
inline std::string user(const std::string& id, const std::string& inside = "") { return "<userTask id=\"" + id + "\" name=\"" + id + "\" z:assignee=\"someone\">" + inside + "</userTask>"; }
inline std::string users(const std::string& ids)
{
    std::string out, id;
    for (char c : ids + " ")
        if (c != ' ') id += c;
        else if (!id.empty()) {
            out += user(id);
            id.clear();
        }
    return out;
}
inline std::string element(const std::string& type, const std::string& id, const std::string& attributes = "", const std::string& inside = "")
{
    return "<" + type + " id=\"" + id + "\" " + attributes + ">" + inside + "</" + type + ">";
}
inline const std::string kStart = "<startEvent id=\"s\"/>", kEnd = "<endEvent id=\"e\"/>";

//! One of each that is kept but not executed: x1 to x10.
inline const std::string kNotExecuted =
    "<scriptTask id=\"x1\"><script>1+1</script></scriptTask><transaction id=\"x2\"/><adHocSubProcess id=\"x3\"/><complexGateway id=\"x4\"/>"
    "<intermediateThrowEvent id=\"x5\"><signalEventDefinition/></intermediateThrowEvent><intermediateCatchEvent id=\"x6\"><conditionalEventDefinition/></intermediateCatchEvent>"
    "<userTask id=\"x7\"><standardLoopCharacteristics/></userTask><serviceTask id=\"x8\" isForCompensation=\"true\"/>"
    "<startEvent id=\"x9\"><timerEventDefinition/><messageEventDefinition/></startEvent><eventBasedGateway id=\"x10\" instantiate=\"true\"/>";

inline Definition define(const std::string& xml, std::string_view id = {})
{
    auto doc = Document::read(xml);
    if (!doc) {
        failed("define", 0, doc.error().detail);
        return {};
    }
    auto d = doc->process(id);
    if (!d) {
        failed("define", 0, d.error().detail);
        return {};
    }
    return std::move(*d);
}

inline std::set<std::string> codes(const std::vector<Finding>& findings, Finding::Severity least = Finding::Severity::Error)
{
    std::set<std::string> out;
    for (const auto& f : findings)
        if (f.severity <= least) out.insert(f.code + " " + f.element);
    return out;
}

class Play {
public:
    explicit Play(Definition definition) : d(std::move(definition)) {}
    Definition d;
    State s;
    Calendar calendar;
    std::vector<Event> history;
    Millis now = 1'800'000'000'000;
    const Rules* rules = nullptr;
    std::string refusal;

    bool act(Command c)
    {
        const Context context{now, &calendar, rules};
        const Bytes before = save(s);
        auto events = decide(d, s, c, context);
        EXPECT(save(s) == before);
        if (!events) {
            refusal = events.error().detail;
            return false;
        }
        refusal.clear();
        State in = s;
        EXPECT(advance(d, in, c, context).has_value());
        for (const Event& e : *events) {
            const auto again = loadEvent(save(e));
            EXPECT(again && save(*again) == save(e));
            evolve(s, e);
            history.push_back(e);
        }
        EXPECT(save(in) == save(s));
        const auto loaded = loadState(save(s));
        EXPECT(loaded && save(*loaded) == save(s));
        State replay;
        for (const Event& e : history) evolve(replay, e);
        EXPECT(save(replay) == save(s));
        EXPECT(tokensConserved());
        return true;
    }
    using Data = std::vector<std::pair<std::string, Value>>;
    bool start(Data data = {}, const std::string& key = "")
    {
        Command c;
        c.data = std::move(data);
        c.key = key;
        return act(c);
    }
    //! The n-th (from 1) open item at this node.
    Id at(const std::string& node, size_t n = 1) const
    {
        for (const Item& i : s.items)
            if (i.node != kNone && d.nodes[i.node].id == node && i.form != Form::Set && i.phase == Phase::Open && --n == 0) return i.id;
        return 0;
    }
    Id of(const std::string& key) const
    {
        for (const Item& i : s.items)
            if (i.key == key && i.form != Form::Set) return i.id;
        return 0;
    }
    bool done(Id item, const std::string& choice = "", Data data = {})
    {
        Command c;
        c.kind = Command::Kind::Complete;
        c.item = item;
        c.choice = choice;
        c.data = std::move(data);
        return act(c);
    }
    bool done(const std::string& node, Data data = {}) { return done(at(node), "", std::move(data)); }
    bool doneBy(const std::string& key, const std::string& choice = "", Data data = {}) { return done(of(key), choice, std::move(data)); }
    bool command(Command::Kind kind, Id item, const std::string& name = "", Data data = {})
    {
        Command c;
        c.kind = kind;
        c.item = item;
        c.name = name;
        c.data = std::move(data);
        return act(c);
    }
    bool message(const std::string& name, const std::string& key = "", Data data = {})
    {
        Command c;
        c.kind = Command::Kind::Deliver;
        c.name = name;
        c.key = key;
        c.data = std::move(data);
        return act(c);
    }
    //! Goes to the earliest timer's instant and fires it.
    bool fire()
    {
        const auto due = s.nextDue();
        if (!due) return false;
        now = std::max(now, *due);
        const auto t = std::find_if(s.timers.begin(), s.timers.end(), [&](const Timer& x) { return x.due == *due; });
        Command c;
        c.kind = Command::Kind::Fire;
        c.item = t->item;
        c.node = t->node;
        return act(c);
    }
    bool jump(Id item, const std::string& node, std::vector<std::string> keys = {}, bool back = false, bool force = false)
    {
        Command c;
        c.kind = Command::Kind::Jump;
        c.item = item;
        c.node = d.find(node);
        c.keys = std::move(keys);
        c.back = back;
        c.force = force;
        return act(c);
    }
    bool add(Id item, Place place, std::vector<std::string> keys)
    {
        Command c;
        c.kind = Command::Kind::Add;
        c.item = item;
        c.place = place;
        c.keys = std::move(keys);
        return act(c);
    }
    //! What is open, e.g. "a b b": nodes of open items that are no sets and no sub-processes, sorted.
    std::string open() const
    {
        std::vector<std::string> all;
        for (const Item& i : s.items)
            if (i.node != kNone && i.form != Form::Set && i.phase == Phase::Open && d.nodes[i.node].inner == kNone) all.push_back(d.nodes[i.node].id);
        return join(all);
    }
    //! Keys of open items.
    std::string who() const
    {
        std::vector<std::string> all;
        for (const Item& i : s.items)
            if (!i.key.empty() && i.form != Form::Set && i.phase == Phase::Open) all.push_back(i.key);
        return join(all);
    }
    std::string passed() const
    {
        std::string out;
        for (const Event& e : history)
            if ((e.kind == EventKind::Passed || e.kind == EventKind::Opened) && !isMember(e.form)) out += (out.empty() ? "" : " ") + d.nodes[e.node].id;
        return out;
    }
    Value value(const std::string& name) const
    {
        for (const Datum& x : s.data)
            if (x.scope == kRoot && x.name == name) return x.value;
        return {};
    }
    bool over(Life how = Life::Completed) const { return s.life == how && s.items.empty() && s.tokens.empty() && s.timers.empty() && s.subscriptions.empty(); }
    size_t count(EventKind kind) const
    {
        return size_t(std::count_if(history.begin(), history.end(), [&](const Event& e) { return e.kind == kind; }));
    }

private:
    static std::string join(std::vector<std::string> all)
    {
        std::sort(all.begin(), all.end());
        std::string out;
        for (const auto& a : all) out += (out.empty() ? "" : " ") + a;
        return out;
    }
    //! Every token put on a flow is taken off once, by name of its flow and scope, or vanishes with its scope; none is taken that was not put.
    bool tokensConserved() const
    {
        std::map<std::pair<Id, uint32_t>, int> on;
        for (const Event& e : history) {
            if (e.kind == EventKind::Put) ++on[{e.parent, e.flow}];
            const bool takes = e.kind == EventKind::Taken || e.kind == EventKind::Passed || e.kind == EventKind::Opened;
            if (takes && e.flow != kNone && --on[{e.parent, e.flow}] < 0) return false;
            if (e.kind == EventKind::Closed)
                for (auto& [place, n] : on)
                    if (place.first == e.item) n = 0;
            if (e.kind == EventKind::Ended) on.clear();
        }
        for (const Token& t : s.tokens) on[{t.parent, t.flow}] -= int(t.count);
        return std::all_of(on.begin(), on.end(), [](const auto& x) { return x.second == 0; });
    }
};

inline Value number(int64_t n) { return Value::number(n); }
inline Value text(const std::string& s) { return Value::string(s); }
inline Value yes() { return Value::boolean(true); }
inline Value no() { return Value::boolean(false); }
inline Value list(std::initializer_list<const char*> items)
{
    std::vector<Value> v;
    for (const char* i : items) v.push_back(Value::string(i));
    return Value::list(std::move(v));
}

} // namespace zt::test
