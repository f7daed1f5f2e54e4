// The list of what to erase, as it goes from one administrator to the other.
#include "entry.h"
#include "zt/hub/erasure.h"

using namespace zt;

void look(std::string_view bytes)
{
    const auto list = hub::parseEraseList(bytes);
    if (!list) return;
    const auto again = hub::parseEraseList(hub::formatEraseList(*list));
    MUST(again && again->hub == list->hub && again->erasures.size() == list->erasures.size());
    for (size_t i = 0; i < list->erasures.size(); ++i) {
        MUST(list->erasures[i].parts_size() > 0 && list->erasures[i].rule() == list->erasures[0].rule());
        // Who approved without a signature is not told.
        if (!list->erasures[i].approval().empty()) MUST(again->erasures[i].SerializeAsString() == list->erasures[i].SerializeAsString());
    }
}
