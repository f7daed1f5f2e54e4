#pragma once

#include "builtins.h"
#include "zt/feel/feel.h"

namespace zt::feel {

using NodeId = std::uint32_t;

enum class Op : std::uint8_t {
    Const,      // a: constant
    Local,      // a: slot of the frame
    Global,     // a: index into names
    FilterName, // a: constant (the name), b: fallback node, kids: slots of the filters around, innermost first
    Add, Sub, Mul, Div, Pow, // a, b
    Negate,     // a
    Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual, // a, b
    And, Or,    // a, b
    Between,    // a; kids: low, high
    In,         // a; kids: tests
    Test,       // a: an expression over `?`, true or not by itself (only as a kid of In)
    Not,        // a: negates unary tests
    If,         // a, b, c
    For, Some, Every, // a: body, b: first slot; kids: per variable low (or list), high or kNone; aux 1: the body sees `partial`
    List,       // kids
    Context,    // b: first slot; kids: constant (name), node, ...
    Range,      // a, b: ends or kNone; aux: kLowClosed | kHighClosed | form << 2
    Path,       // a; b: constant (name)
    Filter,     // a; b: slot of the item, c: body
    Call,       // a: callee, b: constant or kNone: the built-in of that name; kids: arguments
    CallNamed,  // as Call; kids: constant (name), node, ...
    Builtin,    // a: index into builtins(); kids: arguments
    BuiltinNamed,
    InstanceOf, // a; b: index into types
    Function,   // a: index into functions
};
constexpr NodeId kNone = 0xffffffff;
constexpr std::uint8_t kLowClosed = 1, kHighClosed = 2;

struct Node {
    Op op = Op::Const;
    std::uint8_t aux = 0;
    std::uint32_t at = 0; // byte in the text
    std::uint32_t a = kNone, b = kNone, c = kNone;
    std::uint32_t kids = 0, count = 0; // in Program::kids
};

//! Where a function's slot is filled from when its value is made.
struct Capture {
    enum class From : std::uint8_t { Local, Global, Self } from = From::Local;
    std::uint32_t source = 0, slot = 0;
};
struct FunctionCode {
    std::vector<Param> params; // slots 0 …
    NodeId body = kNone;
    std::uint32_t slots = 0;
    std::vector<Capture> captures;
    TypeRef result;
    bool external = false;
};

class Program : public std::enable_shared_from_this<Program> {
public:
    std::string text;
    std::vector<Node> nodes;
    std::vector<std::uint32_t> kids;
    std::vector<Value> constants;
    std::vector<std::string> names;      // of the scope, by index
    std::vector<std::string> sortedNames;
    std::vector<TypeRef> types;
    std::vector<FunctionCode> functions;
    NodeId root = kNone;
    std::uint32_t slots = 0;
};

} // namespace zt::feel
