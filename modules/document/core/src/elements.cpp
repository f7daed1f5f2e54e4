#include "zt/base/text.h"
#include "zt/document/document.h"

#include <algorithm>
#include <chrono>

namespace zt::document {

const std::vector<std::string>& kinds()
{
    static const std::vector<std::string> all{"决议", "决定", "命令", "公报", "公告", "通告", "意见", "通知", "通报", "报告", "请示", "批复", "议案", "函", "纪要"};
    return all;
}

std::vector<Finding> check(const wire::Document& d, const rules::Context& context)
{
    std::vector<Finding> out;
    if (std::find(kinds().begin(), kinds().end(), d.kind()) == kinds().end()) out.push_back(Finding::UnknownKind);
    if (cleanLine(d.title()).empty()) out.push_back(Finding::NoTitle);
    else if (countCodePoints(d.title()) > 300) out.push_back(Finding::TitleTooLong);
    if (d.recipients().empty()) out.push_back(Finding::NoRecipient);
    for (const auto* list : {&d.recipients(), &d.copies()})
        for (const auto& r : *list) {
            const auto unit = context.unit(r);
            if ((!unit || unit->retired) && std::find(out.begin(), out.end(), Finding::UnknownRecipient) == out.end()) out.push_back(Finding::UnknownRecipient);
        }
    if (d.body().find_first_not_of(" \n\t") == std::string::npos) out.push_back(Finding::NoBody);
    if (const auto issuer = context.unit(d.issuer()); !issuer || issuer->retired) out.push_back(Finding::NoIssuer);
    if (d.code().empty() || d.code() != cleanLine(d.code()) || d.code().find('/') != std::string::npos) out.push_back(Finding::NoCode);
    return out;
}

bool canReceive(const rules::Context& context, const std::string& id)
{
    const auto unit = context.unit(id);
    if (!unit || unit->retired) return false;
    const auto posts = context.postsIn(id);
    return std::any_of(posts.begin(), posts.end(), [&](const auto& p) {
        const auto person = p.clerk ? context.person(p.person) : std::nullopt;
        return person && !person->suspended;
    });
}

std::string numberText(const std::string& code, uint32_t year, uint32_t ordinal)
{
    return code + "〔" + std::to_string(year) + "〕" + std::to_string(ordinal) + "号";
}

uint32_t chinaYear(Millis time)
{
    using namespace std::chrono;
    const year_month_day date(floor<days>(sys_time<milliseconds>(milliseconds(time)) + hours(8)));
    return uint32_t(int(date.year()));
}

std::string registerStream(const std::string& code, uint32_t year) { return "reg/" + code + "/" + std::to_string(year); }

} // namespace zt::document
