#include "zt/base/text.h"
#include "zt/test/test.h"

#include <algorithm>

using namespace zt;
using std::string;

namespace {

bool has(const std::vector<string>& list, const string& what) { return std::find(list.begin(), list.end(), what) != list.end(); }

const string kNul("a\0b", 3);

} // namespace

CASE("cleanText drops NUL and control characters, keeps tab and line feed")
{
    EXPECT_EQ(cleanText(kNul), "ab");
    EXPECT_EQ(cleanText("a\x01\x1F\x7F" "b\tc\nd"), "ab\tc\nd");
    EXPECT_EQ(cleanText("a\xC2\x85" "b"), "ab"); // NEL, a C1 control
}

CASE("cleanText makes every line end a line feed")
{
    EXPECT_EQ(cleanText("a\r\nb\rc\n\rd"), "a\nb\nc\n\nd");
    EXPECT_EQ(cleanText("\r"), "\n");
}

CASE("cleanText drops marks that turn the direction of reading")
{
    EXPECT_EQ(cleanText("通知\u202Eexe.txt"), "通知exe.txt");
    EXPECT_EQ(cleanText("\u2066a\u2069\u200E\u200F\u202A\u202C"), "a");
    EXPECT_EQ(cleanText("a\u061C" "b"), "ab");
}

CASE("cleanText drops a byte order mark")
{
    EXPECT_EQ(cleanText("\xEF\xBB\xBF通知"), "通知");
}

CASE("overlong forms, surrogates and values above U+10FFFF are no UTF-8 and become U+FFFD")
{
    for (const char* bad : {"\xC0\x80", "\xC1\xBF", "\xE0\x80\xAF", "\xE0\x9F\xBF", "\xF0\x80\x80\xAF", "\xED\xA0\x80", "\xED\xBF\xBF", "\xF4\x90\x80\x80",
                            "\xF5\x80\x80\x80", "\x80", "\xE4\xB8", "\xFF"}) {
        EXPECT(!isUtf8(bad));
        const string clean = cleanText(bad);
        EXPECT(isUtf8(clean));
        EXPECT(clean.find("\uFFFD") != string::npos);
        EXPECT(clean.find('/') == string::npos && clean.find('\0') == string::npos);
    }
    EXPECT(isUtf8("\xF4\x8F\xBF\xBF") && isUtf8("\xEE\x80\x80") && isUtf8(""));
}

CASE("characters outside the BMP are kept: GB 18030-2022 level 3")
{
    const string rare = "𠮷𪚥𫝀𬺓𰀀"; // CJK extensions B, D, E, G
    EXPECT(isUtf8(rare));
    EXPECT_EQ(cleanText(rare), rare);
    EXPECT_EQ(cleanLine(rare), rare);
    EXPECT_EQ(countCodePoints(rare), size_t(5));
    size_t at = 0;
    EXPECT_EQ(uint32_t(nextCodePoint(rare, at)), 0x20BB7u);
    EXPECT_EQ(at, size_t(4));
}

CASE("appendUtf8 and nextCodePoint are inverse at every border")
{
    for (char32_t c : {char32_t(0), U'a', char32_t(0x7F), char32_t(0x80), char32_t(0x7FF), char32_t(0x800), char32_t(0xD7FF), char32_t(0xE000), char32_t(0xFFFF),
                       char32_t(0x10000), char32_t(0x10FFFF)}) {
        string s;
        appendUtf8(s, c);
        size_t at = 0;
        EXPECT(nextCodePoint(s, at) == c && at == s.size());
    }
}

CASE("cleanLine is one trimmed line, whatever ends a line")
{
    EXPECT_EQ(cleanLine("  关于 \n\t 防汛  的通知\r\n"), "关于 防汛 的通知");
    EXPECT_EQ(cleanLine("a\u2028b\u2029c"), "a b c");
    EXPECT_EQ(cleanLine(" \n\t "), "");
}

CASE("cleaning twice changes nothing more")
{
    for (const string& s : {string("\r\xEF\xBB\xBF\n x \x80\xE4\xB8 y  "), kNul, string("\u202E\r\r\n\u2028 "), string("\xED\xA0\x80\xF0\x9F")}) {
        EXPECT_EQ(cleanText(cleanText(s)), cleanText(s));
        EXPECT_EQ(cleanLine(cleanLine(s)), cleanLine(s));
    }
}

CASE("safeFileName: no way out of the folder")
{
    EXPECT_EQ(safeFileName("../../etc/passwd"), "passwd");
    EXPECT_EQ(safeFileName("..\\..\\boot.ini"), "boot.ini");
    EXPECT_EQ(safeFileName(".."), "file");
    EXPECT_EQ(safeFileName("..."), "file");
    EXPECT_EQ(safeFileName("a/"), "file");
    EXPECT_EQ(safeFileName(""), "file");
    EXPECT_EQ(safeFileName("/"), "file");
    EXPECT_EQ(safeFileName(".bashrc"), "bashrc");
    EXPECT_EQ(safeFileName(string("a\0/../b", 7)), "b");
}

CASE("safeFileName: characters and names that Windows reserves")
{
    EXPECT_EQ(safeFileName("a<b>c:d\"e|f?g*.txt"), "a_b_c_d_e_f_g_.txt");
    for (const string& name : std::initializer_list<string>{"CON", "con.txt", "Nul", "COM1.log", "com9", "LPT9.x", "AUX.tar.gz", "CON .txt", "COM5"}) EXPECT_EQ(safeFileName(name), "_" + name);
    EXPECT_EQ(safeFileName("CONSOLE.txt"), "CONSOLE.txt");
    EXPECT_EQ(safeFileName("报告.docx. ."), "报告.docx");
    EXPECT_EQ(safeFileName("\u202Efdp.exe"), "fdp.exe");
}

CASE("safeFileName: 300 characters are cut at a character, the extension stays")
{
    string name;
    for (int i = 0; i < 300; ++i) name += "汛";
    const string cut = safeFileName(name + ".pdf");
    EXPECT(cut.size() <= 200 && cut.size() > 195);
    EXPECT(isUtf8(cut));
    EXPECT(cut.substr(cut.size() - 4) == ".pdf");
    EXPECT_EQ(safeFileName(name).size(), size_t(198));
    EXPECT(safeFileName("abc.extension-long", 5).size() <= 5);
    EXPECT(!safeFileName("汛.pdf", 5).empty());
}

CASE("safeFileName is its own fixed point: wire refuses names that are not")
{
    for (size_t max : {size_t(20), size_t(200), size_t(255)})
        for (size_t pad = 0; pad < 300; ++pad)
            for (const char* tail : {" x.pdf", ". .pdf", "    ", "....", "汛汛 汛", " .a", "CON"}) {
                string name(pad, 'n');
                for (int i = 0; i < 4; ++i) name += tail;
                const string once = safeFileName(name, max);
                if (safeFileName(once, max) != once || once.size() > max) {
                    test::failed(__FILE__, __LINE__, once);
                    return;
                }
            }
}

CASE("decodeText: UTF-8 with and without a mark, GB18030 with four-byte characters, neither")
{
    bool ok = false;
    EXPECT_EQ(decodeText("\xEF\xBB\xBF姓名,单位", ok), "姓名,单位");
    EXPECT(ok);
    EXPECT_EQ(decodeText("\xD0\xD5\xC3\xFB,\xB5\xA5\xCE\xBB", ok), "姓名,单位");
    EXPECT(ok);
    EXPECT_EQ(decodeText("\x95\x32\x82\x36", ok), "𠀀"); // U+20000
    EXPECT(ok);
    EXPECT_EQ(decodeText("", ok), "");
    EXPECT(ok);
    (void)decodeText("\xD0\xD5\xC3", ok); // cut inside a character
    EXPECT(!ok);
    (void)decodeText("abc\xFF\xFF", ok);
    EXPECT(!ok);
}

CASE("pinyin: surnames are read as surnames and as plain words")
{
    auto p = pinyin("单晓宇");
    EXPECT(has(p.full, "shanxiaoyu") && has(p.full, "danxiaoyu"));
    EXPECT(has(p.initials, "sxy") && has(p.initials, "dxy"));
    p = pinyin("曾一凡");
    EXPECT(has(p.full, "zengyifan") && has(p.initials, "zyf"));
    p = pinyin("仇海");
    EXPECT(has(p.full, "qiuhai") && has(p.initials, "qh"));
    p = pinyin("吕Anna 3");
    EXPECT(!p.full.empty() && p.full.front().find("anna") != string::npos);
    EXPECT(pinyin("").full.empty() && pinyin("。、").full.empty());
}

CASE("foldForSearch: full width, case and compatibility forms are one")
{
    EXPECT_EQ(foldForSearch("ＡＢＣ１２３"), "abc123");
    EXPECT_EQ(foldForSearch("㎏"), "kg");
    EXPECT_EQ(foldForSearch("防汛"), "防汛");
    EXPECT(isUtf8(foldForSearch("a\xFF" "b")));
}
