#pragma once

#include "zt/base/bytes.h"
#include "zt/base/result.h"
#include "zt/process/definition.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

//! BPMN 2.0 files: read, kept whole, written back. What is not executed stays in the file and is named.
namespace zt::process {

constexpr size_t kMaxFile = 64u << 20;     //!< bytes
constexpr size_t kMaxElements = 1'000'000; //!< of XML
constexpr size_t kMaxXmlDepth = 400;

//! What becomes of the elements of a file; every element is in one of the three.
struct Report {
    struct Element {
        std::string type, id, name;
        Words why; //!< why it is not executed
    };
    std::map<std::string, size_t> executed, kept; //!< type -> how many; DI and extensions by their namespace's prefix
    std::vector<Element> notExecuted;             //!< of the kept ones those that stand in a process's flow and would have to act
    std::vector<Element> lost;                    //!< missing after writing and reading again; empty unless there is a defect here
};

//! A file. Movable; const use by any number of threads.
class Document {
public:
    //! UTF-8, UTF-16, UTF-32 (by mark or form) and every encoding of ICU's that the XML declaration names (GB18030, GBK, Big5, …).
    //! Err::Invalid: not well-formed, no BPMN 2.0, entities of its own, text that is not in the encoding it names; Err::TooLarge beyond the
    //! limits above. The detail names line or element.
    static Result<Document> read(BytesView bytes);

    Document(Document&&) noexcept;
    Document& operator=(Document&&) noexcept;
    ~Document();

    //! Every process of the file that has content, as it stands (calls not linked).
    [[nodiscard]] const std::vector<Definition>& processes() const;
    //! The process with this id, or with "" the first executable one, else the first; calls within the file linked. Err::NotFound.
    [[nodiscard]] Result<Definition> process(std::string_view id = {}) const;
    //! The whole file as UTF-8, diagrams, extensions and comments included: the same canonical XML as was read.
    [[nodiscard]] Bytes write() const;
    //! Writes to memory, reads that again and compares.
    [[nodiscard]] Report report() const;

private:
    Document();
    struct Impl;
    std::unique_ptr<Impl> m;
};

} // namespace zt::process
