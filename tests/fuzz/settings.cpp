// Small files beside the stores: settings and accounts of this person on this PC.
#include "entry.h"
#include "places.h"

using namespace zt;

void look(std::string_view bytes)
{
    const auto& root = fuzz::folder();
    fuzz::put(root / "settings.json", bytes);
    const auto settings = desk::loadSettings(root);
    MUST(settings.idleLockMinutes >= 0 && settings.idleLockMinutes <= 24 * 60);
    (void)desk::saveSettings(root, settings);
    fuzz::put(root / "account.json", bytes);
    if (const auto account = desk::readAccount(root)) (void)desk::writeAccount(*account);
}
