// Enrolment codes as people type and paste them.
#include "entry.h"
#include "zt/link/link.h"

using namespace zt;

void look(std::string_view bytes)
{
    const auto code = link::parseCode(bytes);
    if (!code) return;
    const auto again = link::parseCode(link::formatCode(*code));
    MUST(again && link::formatCode(*again) == link::formatCode(*code));
}
