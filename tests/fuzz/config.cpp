// The hub's configuration file.
#include "entry.h"
#include "zt/hub/config.h"

using namespace zt;

void look(std::string_view bytes)
{
    (void)hub::parseHostPort(bytes);
    const auto config = hub::parseConfig(bytes);
    if (!config) return;
    const auto again = hub::parseConfig(hub::formatConfig(*config));
    MUST(again && hub::formatConfig(*again) == hub::formatConfig(*config));
}
