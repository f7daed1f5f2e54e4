// The list of people an administrator imports.
#include "entry.h"
#include "zt/base/text.h"
#include "zt/hub/import.h"
#include "zt/test/province.h"

using namespace zt;

void look(std::string_view bytes)
{
    static const test::Province province;
    const auto file = hub::parsePeople(bytes);
    MUST(file.problems.size() <= 100);
    for (const auto& p : file.problems) MUST(isUtf8(p.value) && p.value == cleanText(p.value));
    if (!file.problems.empty()) return;
    for (const auto& r : file.rows) MUST(r.name == cleanText(r.name) && r.unitName == cleanText(r.unitName));
    (void)hub::peopleChanges(province.directory, file);
}
