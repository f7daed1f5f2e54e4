// A matter's evidence as a stranger hands it in.
#include "entry.h"
#include "zt/catalogue/catalogue.h"
#include "zt/hub/evidence.h"

using namespace zt;

void look(std::string_view bytes)
{
    const auto evidence = hub::parseExport(bytes);
    if (!evidence) return;
    const hub::Verdict verdict = hub::examine(*evidence, catalogue::all(), {});
    MUST(verdict.good == (verdict.flaws == 0));
    MUST(verdict.good != verdict.first.has_value());
    MUST(!hub::examine(*evidence, catalogue::all(), {Bytes(32, 'k'), "not this root"}).good);
    for (const auto language : {hub::Language::English, hub::Language::Chinese}) MUST(!hub::report(verdict, language).empty());
}
