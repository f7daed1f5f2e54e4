// An organisation's policy: one file between two good ones.
#include "entry.h"
#include "keys.h"

using namespace zt;
using namespace zt::desk;

namespace {

// What a person may choose that is laxest, and what holds then.
Settings lax()
{
    Settings s;
    s.idleLockMinutes = 0;
    s.proxy = "http://own:1";
    return s;
}

bool fits(const Policy& policy, const Settings& s)
{
    for (const Key& key : keys()) {
        const auto word = inPolicyWords(key, s);
        if (word.is_null()) continue;
        if (!policyValue(key, word)) return false;
    }
    const int most = policy.mostIdleMinutes();
    return !most || (s.idleLockMinutes > 0 && s.idleLockMinutes <= most);
}

} // namespace

void look(std::string_view bytes)
{
    const std::string first = R"({"theme":"dark","idle_lock_minutes":{"at_most":15},"hub_address":"h:1"})", last = R"({"theme":"light"})";
    const Policy alone = readPolicyTexts({{"a.json", Bytes(bytes)}});
    MUST(fits(alone, alone.over(lax())));
    const Policy all = readPolicyTexts({{"1.json", first}, {"2.json", Bytes(bytes)}, {"3.json", last}});
    MUST(fits(all, all.over(lax())));
    MUST(all.find("theme") && all.find("theme")->file == "3.json");
    // What the middle one says badly leaves the first in force.
    for (const char* key : {"idle_lock_minutes", "hub_address"}) MUST(all.find(key) && (all.find(key)->file == "2.json" || all.find(key)->file == "1.json"));
    for (const auto& r : all.refused()) {
        MUST(r.file == "2.json");
        MUST(r.key.empty() || all.find(r.key) == nullptr || all.find(r.key)->file != "2.json" || r.fault == Fault::UnknownKey);
        for (const Tongue t : {Tongue::English, Tongue::Chinese}) MUST(!words(r, t).empty());
    }
    // As the hub's beside a PC's own: never laxer than either.
    const Policy strict = readPolicyTexts({{"1.json", R"({"idle_lock_minutes":{"at_most":5},"notifications":false})"}}), both = strict.with(alone);
    MUST(fits(strict, both.over(lax())) && fits(alone, both.over(lax())) && !both.over(lax()).notifications);
    MUST(!both.find("hub_address") && !both.find("hub_ca"));
    // A choice of the person is kept or has no effect; it never changes what is fixed.
    Settings wanted = lax();
    wanted.theme = "dark";
    const Settings own = all.chosen(Settings{}, wanted);
    MUST(fits(all, all.over(own)));
    MUST(all.over(own).theme == all.over(Settings{}).theme);
    (void)codeFit(bytes, all.hub());
    for (const Tongue t : {Tongue::English, Tongue::Chinese}) {
        MUST(nlohmann::json::accept(policyReportJson(all, "/p", fuzz::folder(), t)));
        for (const unsigned char c : policyReport(alone, "/p", fuzz::folder(), t)) MUST(c >= 0x20 || c == '\n');
    }
}
