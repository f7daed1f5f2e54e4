#include "make.h"
#include "zt/test/test.h"

#include <functional>

using namespace zt;
using namespace zt::wire;

namespace {

//! What checkForm says after `change`: nothing, or the kind.
std::optional<Err> after(const std::function<void(Command&)>& change)
{
    Command c = test::submission();
    change(c);
    const auto r = checkForm(c);
    return r ? std::nullopt : std::optional(r.error().kind);
}
std::optional<Err> withDocument(const std::function<void(Document&)>& change)
{
    return after([&](Command& c) { change(*c.mutable_submit()->mutable_document()); });
}
std::optional<Err> withAttachment(const std::function<void(Attachment&)>& change)
{
    return withDocument([&](Document& d) { change(*d.mutable_attachments(0)); });
}

} // namespace

CASE("form: what a good desk sends passes")
{
    EXPECT(!after([](Command&) {}));
    EXPECT(!after([](Command& c) { c.clear_after(); c.clear_subject(); c.clear_device(); }));
    EXPECT(!after([](Command& c) { c.mutable_act()->set_opinion("同意。𠮷"); }));
}

CASE("form: ids, names and hashes have their sizes")
{
    for (size_t n : {size_t(0), size_t(15), size_t(17)}) EXPECT(after([&](Command& c) { c.set_id(Bytes(n, 'i')); }) == Err::Invalid);
    EXPECT(after([](Command& c) { c.set_device("d"); }) == Err::Invalid);
    EXPECT(after([](Command& c) { c.clear_stream(); }) == Err::Invalid);
    EXPECT(after([](Command& c) { c.set_stream(std::string(129, 'm')); }) == Err::Invalid);
    EXPECT(after([](Command& c) { c.set_person(std::string(129, 'p')); }) == Err::Invalid);
    EXPECT(after([](Command& c) { c.set_after("a"); }) == Err::Invalid);
    EXPECT(after([](Command& c) { c.set_subject(Bytes(31, 's')); }) == Err::Invalid);
    EXPECT(after([](Command& c) { c.mutable_act()->set_task(std::string(1000, 't')); }).has_value());
    EXPECT(after([](Command& c) { c.mutable_act()->set_mandate(std::string(1000, 't')); }).has_value());
    EXPECT(after([](Command& c) { c.mutable_add_opinion()->set_text("x"); c.mutable_add_opinion()->set_about("12"); }).has_value());
}

CASE("form: title, body and words are clean and bounded")
{
    EXPECT(withDocument([](Document& d) { d.clear_title(); }) == Err::Invalid);
    EXPECT(withDocument([](Document& d) { std::string t; for (int i = 0; i < 301; ++i) t += "汛"; d.set_title(t); }) == Err::Invalid);
    EXPECT(!withDocument([](Document& d) { std::string t; for (int i = 0; i < 300; ++i) t += "汛"; d.set_title(t); }));
    EXPECT(withDocument([](Document& d) { d.set_title("两\n行"); }) == Err::Invalid);
    EXPECT(withDocument([](Document& d) { d.set_title("反\u202E向"); }) == Err::Invalid);
    EXPECT(withDocument([](Document& d) { d.set_body(std::string("a\0b", 3)); }) == Err::Invalid);
    EXPECT(withDocument([](Document& d) { d.set_body(std::string((6u << 20) + 1, 'a')); }) == Err::TooLarge);
    EXPECT(!withDocument([](Document& d) { d.set_body(std::string(5u << 20, 'a')); }));
    EXPECT(withDocument([](Document& d) { d.set_remark("反\u202E向"); }).has_value());
    EXPECT(withDocument([](Document& d) { d.set_remark(std::string(1u << 20, 'a')); }).has_value());
    EXPECT(withDocument([](Document& d) { d.set_code("示\n政"); }).has_value());
    EXPECT(after([](Command& c) { c.mutable_submit()->set_note(std::string((64u << 10) + 1, 'a')); }) == Err::TooLarge);
    EXPECT(after([](Command& c) { c.mutable_act()->set_opinion("\u2067"); }) == Err::Invalid);
    EXPECT(after([](Command& c) { c.mutable_withdraw()->set_reason(std::string("\0", 1)); }) == Err::Invalid);
    EXPECT(after([](Command& c) { c.mutable_sign_for()->set_note("\x01"); }) == Err::Invalid);
    EXPECT(after([](Command& c) { c.mutable_add_opinion(); }) == Err::Invalid);
}

CASE("form: numbers of recipients and attachments are bounded")
{
    EXPECT(withDocument([](Document& d) { while (d.recipients_size() < 501) d.add_recipients("u"); }) == Err::TooLarge);
    EXPECT(withDocument([](Document& d) { while (d.copies_size() < 501) d.add_copies("u"); }) == Err::TooLarge);
    EXPECT(withDocument([](Document& d) { while (d.attachments_size() < 101) *d.add_attachments() = test::attachment(1); }) == Err::TooLarge);
    EXPECT(!withDocument([](Document& d) { while (d.attachments_size() < 100) *d.add_attachments() = test::attachment(1); }));
    EXPECT(withDocument([](Document& d) { d.add_recipients(std::string(1000, 'u')); }).has_value());
}

CASE("form: an attachment's parts fit together")
{
    EXPECT(withAttachment([](Attachment& a) { a.set_blob("x"); }) == Err::Invalid);
    EXPECT(withAttachment([](Attachment& a) { a.clear_key(); }) == Err::Invalid);
    EXPECT(withAttachment([](Attachment& a) { a.set_content_hash(Bytes(33, 'c')); }) == Err::Invalid);
    EXPECT(withAttachment([](Attachment& a) { a.mutable_chunks()->RemoveLast(); }) == Err::Invalid);
    EXPECT(withAttachment([](Attachment& a) { a.add_chunks(Bytes(32, 'h')); }) == Err::Invalid);
    EXPECT(withAttachment([](Attachment& a) { a.set_chunks(0, "h"); }) == Err::Invalid);
    EXPECT(withAttachment([](Attachment& a) { a.set_size(a.size() + 1); }) == Err::Invalid);
    EXPECT(withAttachment([](Attachment& a) { a.set_sealed_size(a.sealed_size() - 1); }) == Err::Invalid);
}

CASE("form: a size near the end of the numbers does not pass by overflow")
{
    for (uint64_t size : {~uint64_t(0), ~uint64_t(0) - (1u << 20) + 2, ~uint64_t(0) - 40})
        EXPECT(withAttachment([&](Attachment& a) {
            a.set_size(size);
            a.clear_chunks();
            a.add_chunks(Bytes(32, 'h'));
            a.set_sealed_size(size + 24 + 17);
        }) == Err::Invalid);
}

CASE("form: an attachment's name is a name")
{
    for (const std::string& name : std::initializer_list<std::string>{"", "../x", "a/b", "CON", "a\nb", ".x", "x ", "\u202Ex"}) EXPECT(withAttachment([&](Attachment& a) { a.set_name(name); }) == Err::Invalid);
    std::string longest;
    while (longest.size() < 252) longest += "汛";
    EXPECT(!withAttachment([&](Attachment& a) { a.set_name(longest); }));
    EXPECT(withAttachment([&](Attachment& a) { a.set_name(longest + "汛汛"); }) == Err::Invalid);
}

CASE("form: names in the directory are clean single lines")
{
    EXPECT(!after([](Command& c) { c.mutable_put_unit()->set_id("u"); c.mutable_put_unit()->set_name("云州市"); }));
    EXPECT(after([](Command& c) { c.mutable_put_unit()->set_id("u"); c.mutable_put_unit()->set_name("云\u202E州"); }).has_value());
    EXPECT(after([](Command& c) { c.mutable_put_person()->set_id("p"); c.mutable_put_person()->set_name("两\n行"); }).has_value());
    EXPECT(after([](Command& c) { c.mutable_put_person()->set_id("p"); c.mutable_put_person()->set_name(std::string(2000, 'x')); }).has_value());
    EXPECT(after([](Command& c) { c.mutable_put_person()->set_id(std::string(200, 'p')); c.mutable_put_person()->set_name("x"); }).has_value());
    EXPECT(after([](Command& c) { c.mutable_put_post()->set_title("处\t长"); }).has_value());
    EXPECT(after([](Command& c) { c.mutable_put_role()->set_name("\u2066"); }).has_value());
}
