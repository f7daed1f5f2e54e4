#include "support.h"

#include "zt/base/bytes.h"

using namespace zt;
using namespace zt::link;

namespace {

EnrolCode sample()
{
    return {"hub.yunzhou.example:7443", systemRandom().bytes(16), systemRandom().bytes(10)};
}

bool same(const Result<EnrolCode>& a, const EnrolCode& b)
{
    return a && a->address == b.address && a->caHash == b.caHash && a->secret == b.secret;
}

const std::string kInvalid(name(Err::Invalid));

} // namespace

CASE("a code is read back, for every kind of address")
{
    for (const char* address : {"hub.example:7443", "10.1.2.3:1", "[fd00::1]:65535", "h:80"}) {
        EnrolCode code = sample();
        code.address = address;
        EXPECT(same(parseCode(formatCode(code)), code));
    }
    const std::string text = formatCode(sample());
    EXPECT(text.starts_with("ZT1-"));
    EXPECT_EQ(text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ1234567-"), text.npos);
    std::cout << "  " << text.size() << " characters" << std::endl;
}

CASE("how it was typed does not matter: blanks, lines, case, full width, dashes, 0 and 1")
{
    const EnrolCode code = sample();
    const std::string text = formatCode(code);
    std::string lower, spaced, wide, mixed;
    for (char c : text) {
        lower += char(std::tolower(c));
        spaced += c == '-' ? std::string(" \r\n\t") : std::string(1, c);
        wide += c == '-' ? std::string("—") : std::string("\xef\xbc") + char(0x81 + (c - '!')); // as an input method makes it: U+FF01 …
        mixed += c == 'O' ? '0' : c == 'I' ? '1' : c;
    }
    EXPECT(same(parseCode(lower), code));
    EXPECT(same(parseCode("\n  " + spaced + "\n\n"), code));
    EXPECT(same(parseCode(wide), code));
    EXPECT(same(parseCode(mixed), code));
    std::string bare;
    for (char c : text) if (c != '-') bare += c;
    EXPECT(same(parseCode(bare), code));
}

CASE("typing errors are found: a character changed, left out, doubled, two swapped")
{
    const std::string text = formatCode(sample());
    size_t tried = 0, missed = 0;
    auto wrong = [&](const std::string& typed) {
        ++tried;
        const auto result = parseCode(typed);
        if (result) ++missed;
        else EXPECT_EQ(errorOf(result), kInvalid);
    };
    for (size_t i = 4; i < text.size(); ++i) {
        if (text[i] == '-') continue;
        for (char c : std::string("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
            if (c != text[i]) wrong(text.substr(0, i) + c + text.substr(i + 1));
        wrong(text.substr(0, i) + text.substr(i + 1));
        wrong(text.substr(0, i) + text[i] + text.substr(i));
        if (i + 1 < text.size() && text[i + 1] != '-' && text[i] != text[i + 1]) {
            std::string swapped = text;
            std::swap(swapped[i], swapped[i + 1]);
            wrong(swapped);
        }
    }
    EXPECT(tried > 2000);
    EXPECT(missed <= 2); // one in 65,536 passes a check sum of two bytes
}

CASE("a short code holds the secret alone, however it is typed; alone it leads nowhere")
{
    const EnrolCode code{{}, {}, systemRandom().bytes(10)};
    const std::string text = formatCode(code);
    std::cout << "  " << text.size() << " characters" << std::endl;
    EXPECT(text.size() <= 30);
    EXPECT(same(parseCode(text), code));
    std::string lower;
    for (char c : text)
        if (c != '-') lower += char(std::tolower(c));
    EXPECT(same(parseCode(lower), code));
    for (size_t i = 4; i < text.size(); ++i) {
        if (text[i] == '-') continue;
        std::string typed = text;
        typed[i] = typed[i] == 'A' ? 'B' : 'A';
        EXPECT_EQ(errorOf(parseCode(typed)), kInvalid);
        EXPECT_EQ(errorOf(parseCode(text.substr(0, i))), kInvalid);
    }
    EXPECT_EQ(errorOf(enrol(code, {}, {}, 100, {})), kInvalid);
}

CASE("what is no code is Invalid")
{
    const std::string text = formatCode(sample());
    for (const std::string& bad : {std::string(), std::string("ZT1"), std::string("ZT1-"), std::string("hello"), "ZT2" + text.substr(3), text.substr(0, 20),
                                   text + text, std::string(5000, 'A'), std::string("ZT1-\xff\xfe"), std::string("ZT1-办公厅"), std::string(3, '\0')})
        EXPECT_EQ(errorOf(parseCode(bad)), kInvalid);
    for (const char* address : {"", "host", ":1", "host:0", "host:70000", "http://host:1", "unix:/tmp/x:1", "ho st:1", "[::1]", "[x]:1"}) {
        EnrolCode code = sample();
        code.address = address;
        EXPECT_EQ(errorOf(parseCode(formatCode(code))), kInvalid);
    }
}
