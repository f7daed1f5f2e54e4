// Expressions and unary tests as authors, models and other tools write them.
#include "entry.h"
#include "zt/feel/feel.h"

using namespace zt;
using namespace zt::feel;

namespace {
const Limits kLimits{.steps = 20'000, .memory = 4u << 20, .depth = 400, .diagnostics = 4};
} // namespace

void look(std::string_view bytes)
{
    static const Value number = Value::number(7), list = Value::list({Value::number(1), Value::context({{"due date", temporal("2026-03-09")}})}), text = Value::string("a");
    struct Names final : Scope {
        const Value* find(std::string_view name) const override { return name == "x" ? &number : name == "Monthly Income" ? &list : name == "?" ? &text : nullptr; }
    } const names;
    ParseOptions options;
    options.names = {"x", "Monthly Income", "?"};
    options.members = {"due date"};
    options.maxBytes = 1u << 16;
    if (const auto e = parse(bytes, options)) {
        Run first(kLimits), second(kLimits);
        const Value v = evaluate(*e, names, first);
        const std::string s = toString(v);
        MUST(s == toString(evaluate(*e, names, second)));
        MUST(first.problems() == second.problems() && first.alive() == second.alive());
        (void)e->resultKind();
        // What is printed reads back, unless it holds functions (which are described) or nests beyond what is read.
        if (s.size() < 5'000 && v.depth() < 50 && s.find("(") == std::string::npos) {
            const auto again = parse(s, {.maxBytes = 1u << 16});
            MUST(again.has_value());
            Run third(kLimits);
            MUST(!third.alive() || same(evaluate(*again, names, third), v) || !third.alive());
        }
    } else {
        MUST(!e.error().detail.empty());
    }
    if (const auto t = parseUnaryTests(bytes, options)) {
        Run run(kLimits);
        const Value v = evaluate(*t, number, names, run);
        MUST(v.isNull() || v.is(Kind::Boolean));
    }
    if (const Value v = temporal(bytes); !v.isNull()) MUST(same(temporal(toText(v)), v));
    if (const auto d = Decimal::parse(bytes)) MUST(Decimal::parse(d->toString()) == d);
}
