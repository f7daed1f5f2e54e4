// Decision models from files.
#include "entry.h"
#include "zt/dmn/dmn.h"

using namespace zt;

void look(std::string_view bytes)
{
    const auto m = dmn::Model::read(bytes);
    if (!m) {
        MUST(!m.error().detail.empty());
        return;
    }
    const feel::Value inputs = feel::Value::context({{"amount", feel::Value::number(60)}, {"kind", feel::Value::string("k")}});
    int left = 20;
    for (const std::string& d : m->decisions()) {
        if (!left--) break;
        std::string first;
        for (int i = 0; i < 2; ++i) {
            feel::Run run({.steps = 20'000, .memory = 4u << 20, .depth = 300, .diagnostics = 4});
            const auto v = m->decide(d, inputs, run);
            MUST(v.has_value());
            const std::string s = feel::toString(*v);
            MUST(!i || s == first);
            first = s;
        }
        (void)m->inputsOf(d);
    }
}
