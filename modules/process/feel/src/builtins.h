#pragma once

#include "zt/feel/feel.h"

namespace zt::feel {

//! What a built-in gets besides its arguments.
struct CallAt {
    Run& run;
    std::size_t at;
    Value null(std::string text) const { return run.null(at, std::move(text)); }
};
using Args = std::span<const Value>;
using Body = Value (*)(const CallAt&, Args);

//! Of one parameter: `kind` is s n b l c f r t(emporal date) a; capital: null is let through. Anything else gives null.
struct BuiltinParam {
    std::string_view name;
    char kind = 'a';
    bool optional = false;
};
struct Signature {
    std::vector<BuiltinParam> params;
    bool variadic = false; // the last parameter repeats
};
struct Builtin {
    std::string_view name;
    std::vector<Signature> signatures;
    Body body = nullptr;
    bool pure = true; // the same arguments give the same value: constant calls are folded
};
const std::vector<Builtin>& builtins();
//! Index of a built-in; -1 if there is none.
int findBuiltin(std::string_view name);
Value callBuiltin(int index, std::vector<Value>& args, const CallAt& at);
Value callBuiltinNamed(int index, std::span<const std::string_view> names, std::vector<Value>& args, const CallAt& at);
Value builtinValue(int index);

//! One line of a table: "substring(string:s, start position:n, length:n?)"; several signatures are divided by `|`, `...` repeats.
struct BuiltinRow {
    const char* text;
    Body body;
    bool pure = true;
};
std::span<const BuiltinRow> numberRows();
std::span<const BuiltinRow> stringRows();
std::span<const BuiltinRow> listRows();
std::span<const BuiltinRow> temporalRows();
std::span<const BuiltinRow> rangeRows();
std::span<const BuiltinRow> contextRows();

// Shared by evaluator and built-ins.
Value arithmetic(char op, const Value& a, const Value& b, const CallAt& at);
//! Truth of `value in test`: of a range, a list, a value.
Value includes(const Value& test, const Value& value, const CallAt& at);
Value property(const Value& of, std::string_view name, const CallAt& at);
//! A range if its ends go together, else null.
Value makeRange(RangeParts parts, const CallAt& at);
Value callFunction(const Value& f, Args args, const CallAt& at);
Value text(std::string_view s, const CallAt& at);  //!< a string within the budget
Value items(std::vector<Value> v, const CallAt& at); //!< a list within the budget
//! Same representation, not only the same amount: what is() asks.
bool exactly(const Value& a, const Value& b);

} // namespace zt::feel
