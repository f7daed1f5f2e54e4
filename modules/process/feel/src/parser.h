#pragma once

#include "program.h"
#include "text.h"

#include <map>
#include <set>
#include <unordered_map>

namespace zt::feel {

//! Names known at a point of the text, found by the longest match.
class NameTable {
public:
    void add(std::string_view name);
    void remove(std::string_view name);
    const std::vector<NameTokens>* startingWith(std::string_view token) const;

private:
    std::unordered_map<std::string, std::vector<NameTokens>> m_byFirst;
};

//! What a name may refer to, innermost last.
struct LexicalScope {
    enum class Of : std::uint8_t { Names, Filter, Frame } of = Of::Names;
    std::vector<std::pair<std::string, std::uint32_t>> slots; // Names
    std::uint32_t item = 0;                                   // Filter: the item's slot
    std::size_t function = 0;                                 // Frame: index into the open functions
};
struct OpenFunction {
    std::uint32_t next = 0, most = 0; // slots
    std::vector<Capture> captures;
    std::string self; // the context entry it is the value of
};

//! Recursive descent with binding powers, straight to nodes. Ends at the first error by throwing Failure (caught in parse()).
class Parser {
public:
    Parser(std::string_view text, const ParseOptions& options);
    struct Failure {
        Err kind;
        std::string text;
    };
    std::shared_ptr<Program> expressionProgram();
    std::shared_ptr<Program> unaryProgram();

private:
    // parser.cpp: text
    void learnNames();
    [[noreturn]] void fail(const std::string& what, Err kind = Err::Invalid);
    void skip();
    bool peek(std::string_view symbol);
    bool take(std::string_view symbol);
    void need(std::string_view symbol);
    bool peekWord(std::string_view word) const;
    bool takeWord(std::string_view word);
    void needWord(std::string_view word);
    std::string_view wordAt(std::size_t at) const;
    struct Depth {
        Parser& p;
        explicit Depth(Parser& parser);
        ~Depth() { --p.m_depth; }
    };

    // parser.cpp: nodes
    NodeId node(Node n);
    NodeId constant(Value v, std::size_t at);
    std::uint32_t constantIndex(Value v);
    void setKids(Node& n, const std::vector<std::uint32_t>& kids);
    NodeId fold(NodeId id);
    bool isConst(NodeId id) const { return m_program->nodes[id].op == Op::Const; }
    const Value& constOf(NodeId id) const { return m_program->constants[m_program->nodes[id].a]; }

    // parser.cpp: expressions
    NodeId expression();
    NodeId binary(int power);
    NodeId binaryFrom(NodeId left, int power);
    NodeId comparisonRest(NodeId left, std::size_t at);
    NodeId inRest(NodeId left, std::size_t at);
    NodeId unary();
    NodeId postfix(NodeId of);
    NodeId filterRest(NodeId of, std::size_t at);
    NodeId callRest(NodeId callee, std::size_t at);
    NodeId pathRest(NodeId of, std::size_t at);

    // parser_primary.cpp
    NodeId primary();
    NodeId number();
    NodeId stringLiteral();
    std::string stringText();
    NodeId atLiteral();
    NodeId bracket(bool outward);
    NodeId paren();
    NodeId rangeRest(NodeId low, bool lowClosed, std::size_t at);
    NodeId rangeEnd();
    NodeId unaryRange(std::size_t at);
    bool peekUnaryOperator();
    NodeId contextLiteral();
    NodeId ifExpression();
    NodeId iteration(Op op);
    NodeId functionLiteral(std::string self);
    TypeRef type();
    TypeRef namedType();
    NodeId unaryTest();
    NodeId unaryTestList();

    // parser_names.cpp
    std::size_t matchKnown(const NameTable& table, std::string& name);
    std::size_t matchMember(std::string& name);
    std::string nameUntil(std::string_view stops, std::string_view word);
    std::string member();
    NodeId name();
    NodeId reference(const std::string& name, std::size_t at);
    NodeId lookup(const std::string& name, std::size_t at, std::size_t scope);
    NodeId global(const std::string& name, std::size_t at);
    std::uint32_t capture(std::size_t function, Capture::From from, std::uint32_t source);
    std::uint32_t slotIn(std::size_t from, std::size_t to, std::uint32_t slot);
    std::uint32_t newSlot();
    void declare(const std::string& name, std::uint32_t slot);
    std::size_t openScope(LexicalScope::Of of);
    void closeScope();
    OpenFunction& function() { return m_functions.back(); }

    friend struct Depth;
    std::string_view m_text;
    std::size_t m_at = 0;
    const ParseOptions& m_options;
    std::shared_ptr<Program> m_program;
    std::uint32_t m_depth = 0;
    bool m_inEnd = false;     // in the upper end of a range: `[` closes it
    bool m_usesInput = false; // `?` was met
    bool m_partial = false;
    bool m_learnt = false; // the options' names are in the tables
    NameTable m_names, m_members;
    std::vector<LexicalScope> m_scopes;
    std::vector<OpenFunction> m_functions;
    std::map<std::string, std::uint32_t, std::less<>> m_globals;
    std::set<std::string, std::less<>> m_known; // options' names, canonical
};

} // namespace zt::feel
