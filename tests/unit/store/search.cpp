#include "search.h"

#include "support.h"
#include "tokenizer.h"
#include "zt/base/text.h"

#include <atomic>
#include <chrono>
#include <random>
#include <thread>

namespace zt::store {

namespace {

struct Library {
    TempFolder dir;
    std::unique_ptr<SqlStore> store;
    std::unique_ptr<Reader> reader;
    Millis time = 1'700'000'000'000;
    Library()
    {
        auto made = SqlStore::create(dir.path, keyOf('k'));
        EXPECT_EQ(errorOf(made), std::string("none"));
        store = std::move(*made);
        reader = std::move(*store->reader());
    }
    void add(const std::string& stream, const IndexText& text)
    {
        EXPECT(put(*store, [&](Tx& tx) { return tx.putRow(rowOf(stream, time += 1000, bit(Folder::Done), text.title), &text); }));
    }
    //! Streams found, in order.
    std::string find(const std::string& q, Reader::Order order = Reader::Order::Newest)
    {
        auto a = reader->search(q, order);
        if (!a) return errorOf(a);
        std::string out;
        for (const auto& h : a->hits) out += (h.person ? "@" : "") + h.stream + " ";
        return out;
    }
};

} // namespace

CASE("words of one, two and more characters are found exactly, in every field, newest first")
{
    Library l;
    l.add("1", {.title = "关于开展安全检查的通知", .body = "各市人民政府：为做好安全生产工作，现通知如下。"});
    l.add("2", {.title = "会议纪要", .body = "会议研究了检查方案。", .opinions = "同意安排", .attachments = "全省名单.xlsx", .number = "示政办发〔2026〕1号", .people = "欧阳明"});
    indexAll(*l.store);
    EXPECT_EQ(l.find("安全"), std::string("1 "));
    EXPECT_EQ(l.find("检查"), std::string("2 1 "));
    EXPECT_EQ(l.find("安"), std::string("2 1 "));
    EXPECT_EQ(l.find("知"), std::string("1 ")); // the last of a run
    EXPECT_EQ(l.find("排"), std::string("2 "));
    EXPECT_EQ(l.find("安全生产工作"), std::string("1 "));
    EXPECT_EQ(l.find("全安"), std::string(""));
    EXPECT_EQ(l.find("省名单"), std::string("2 "));
    EXPECT_EQ(l.find("xlsx"), std::string("2 "));
    EXPECT_EQ(l.find("示政办发〔2026〕1号"), std::string("2 "));
    EXPECT_EQ(l.find("〔2026〕"), std::string("2 "));
    EXPECT_EQ(l.find("1号"), std::string("2 "));
    EXPECT_EQ(l.find("欧阳"), std::string("2 "));
    EXPECT_EQ(l.find("号"), std::string("2 "));
    l.add("3", {.title = "第12号文件", .body = "见A类、第3条，款4项，乙"});
    indexAll(*l.store);
    for (const char* q : {"12号", "12号文", "第12号文件", "号文", "a类", "类、第3", "3条", "条，款", "4项，乙", "号"}) EXPECT(l.find(q).starts_with("3 "));
    for (const char* q : {"2号文", "12文", "12号件", "3款", "类第3", "项乙"}) EXPECT_EQ(l.find(q), std::string(""));
    EXPECT_EQ(l.find("安全 政府"), std::string("1 "));
    EXPECT_EQ(l.find("安全 纪要"), std::string(""));
    EXPECT_EQ(l.find(""), std::string(""));
    EXPECT_EQ(l.find("，。"), std::string(""));
}

CASE("a phrase does not match across punctuation or into another field")
{
    Library l;
    l.add("1", {.title = "安全，生产", .body = "YZ。ABC，系统 用户"});
    l.add("2", {.title = "安", .body = "全"});
    indexAll(*l.store);
    for (const char* q : {"全生", "安全生产", "系统用户", "ABC系统", "安 全生"}) EXPECT_EQ(l.find(q), std::string(""));
    EXPECT_EQ(l.find("安全，生产"), std::string("1 "));
    EXPECT_EQ(l.find("abc，系统"), std::string("1 "));
    EXPECT_EQ(l.find("安 全"), std::string("2 1 "));
}

CASE("width, case, rare characters and words begun")
{
    Library l;
    l.add("1", {.title = "ＯＡ系统升级ＧＢ9704", .body = "𠀀𠀁字 Zürich Straße ① ㎏ naïve"});
    indexAll(*l.store);
    for (const char* q : {"oa", "OA系统", "ｏａ", "gb97", "9704", "𠀀", "𠀀𠀁", "𠀁字", "zürich", "STRASSE", "zür", "1", "kg", "NAÏVE"})
        EXPECT_EQ(std::string(q) + ": " + l.find(q), std::string(q) + ": 1 ");
    EXPECT_EQ(l.find("704"), std::string("")); // words are found from their beginning
}

CASE("what FTS takes for operators is plain text, and nothing typed is an error")
{
    Library l;
    l.add("1", {.title = "NEAR OR AND NOT title", .body = "a\"b*c:d^e-f (g) {h} + 'i' % _ \\"});
    indexAll(*l.store);
    EXPECT_EQ(l.find("NEAR"), std::string("1 "));
    EXPECT_EQ(l.find("title"), std::string("1 "));
    EXPECT_EQ(l.find("b*c"), std::string("1 "));
    EXPECT_EQ(l.find("title:近"), std::string(""));
    std::mt19937 random(1);
    const std::string alphabet[] = {"\"", "*", ":", "^", "-", "(", ")", "NEAR", "OR", " ", "安", "全", "a", "+", "{", "}", "'", "%", std::string(1, '\0'), "\xff", "\xe5", "\xed\xa0\x80"};
    for (int i = 0; i < 3000; ++i) {
        std::string q;
        for (int n = int(random() % 8); n >= 0; --n) q += alphabet[random() % std::size(alphabet)];
        const auto a = l.reader->search(q);
        if (!a) EXPECT_EQ(hex(q) + " " + errorOf(a), std::string("none"));
    }
    EXPECT(l.reader->search(std::string(1'000'000, 'a')));
    std::string many;
    for (int i = 0; i < 5000; ++i) many += "安 ";
    EXPECT(l.reader->search(many));
}

CASE("answers equal a substring scan over random texts")
{
    Library l;
    std::mt19937 random(42);
    const std::string alphabet[] = {"安", "全", "生", "产", "检", "，", "。", "安全", "x", "7", " ", "查"};
    std::vector<std::string> texts;
    for (int i = 0; i < 300; ++i) {
        std::string t;
        for (int n = 0; n < 30; ++n) t += alphabet[random() % std::size(alphabet)];
        texts.push_back(t);
        l.add(std::to_string(i), {.title = "t", .body = t});
    }
    indexAll(*l.store);
    const std::string han[] = {"安", "全", "生", "产", "检", "查"};
    for (int i = 0; i < 300; ++i) {
        std::string q;
        for (size_t n = 0; n <= random() % 4; ++n) q += han[random() % std::size(han)];
        size_t expected = 0;
        for (const auto& t : texts) expected += t.find(q) != t.npos;
        auto a = l.reader->search(q, Reader::Order::Newest, 1000);
        REQUIRE(a);
        if (a->hits.size() != expected) EXPECT_EQ(q + " " + std::to_string(a->hits.size()), q + " " + std::to_string(expected));
    }
}

CASE("people are found by name, given name, pinyin and initials; titles by pinyin of their head")
{
    Library l;
    EXPECT(put(*l.store, [](Tx& tx) -> Result<void> {
        ZT_TRY(tx.putPerson({"p1", "单晓雨", "示例省人民政府办公厅 处长"}));
        ZT_TRY(tx.putPerson({"p2", "欧阳明", "云州市 科员"}));
        return tx.putPerson({"p2", "欧阳明", "柳溪县 科员"});
    }));
    l.add("1", {.title = "关于安全检查的通知", .body = "正文"});
    indexAll(*l.store);
    for (const char* q : {"单晓雨", "单", "晓雨", "shanxiao", "shan xiao", "dan", "sxy", "SX", "dxy"}) EXPECT_EQ(std::string(q) + ": " + l.find(q), std::string(q) + ": @p1 ");
    EXPECT_EQ(l.find("oym"), std::string("@p2 "));
    auto a = l.reader->search("欧阳");
    REQUIRE(a && a->hits.size() == 1);
    EXPECT(a->hits[0].row.title == "欧阳明" && a->hits[0].row.party == "柳溪县 科员");
    for (const char* q : {"guanyuan", "gyaq", "anquan", "aqjc"}) EXPECT_EQ(std::string(q) + ": " + l.find(q), std::string(q) + ": 1 ");
    EXPECT_EQ(l.find("quanjian"), std::string(""));
    EXPECT(put(*l.store, [](Tx& tx) { return tx.clearPeople(); }));
    EXPECT_EQ(l.find("单"), std::string(""));
}

CASE("a changed text is found by its new words only, a dropped stream by none")
{
    Library l;
    l.add("1", {.title = "旧标题", .body = "旧正文"});
    indexAll(*l.store);
    l.add("1", {.title = "新标题", .body = "新正文"});
    EXPECT(l.reader->search("旧")->building);
    indexAll(*l.store);
    EXPECT(!l.reader->search("旧")->building);
    EXPECT_EQ(l.find("旧"), std::string(""));
    EXPECT_EQ(l.find("新正"), std::string("1 "));
    EXPECT(put(*l.store, [](Tx& tx) { return tx.dropStream("1"); }));
    EXPECT_EQ(l.find("新正"), std::string(""));
    l.add("2", {.title = "甲乙", .body = "丙丁"});
    EXPECT(put(*l.store, [](Tx& tx) { return tx.removeRow("2"); })); // before it was indexed
    indexAll(*l.store);
    EXPECT_EQ(l.find("甲乙"), std::string(""));
}

CASE("rows with the same moment are all found")
{
    Library l;
    for (int i = 0; i < 20; ++i) {
        const IndexText t{.title = "同时", .body = std::to_string(i)};
        EXPECT(put(*l.store, [&](Tx& tx) { return tx.putRow(rowOf(std::to_string(i), 1'700'000'000'000, bit(Folder::Done)), &t); }));
    }
    indexAll(*l.store);
    EXPECT_EQ(l.reader->search("同时")->hits.size(), size_t(20));
}

CASE("few hits are ranked, many come newest first, and the answer says which")
{
    Library l;
    l.add("title", {.title = "防汛工作", .body = "正文"});
    for (int i = 0; i < 10; ++i) l.add("body" + std::to_string(i), {.title = "其他", .body = "提到防汛一次"});
    indexAll(*l.store);
    auto few = l.reader->search("防汛");
    REQUIRE(few && few->hits.size() == 11);
    EXPECT(few->ranked && !few->more && few->hits[0].stream == "title" && few->hits[1].stream == "body9");
    auto many = l.reader->search("防汛", Reader::Order::Auto, 5);
    REQUIRE(many && many->hits.size() == 5);
    EXPECT(!many->ranked && many->more && many->hits[0].stream == "body9");
    auto best = l.reader->search("防汛", Reader::Order::Best, 5);
    REQUIRE(best && best->hits.size() == 5);
    EXPECT(best->ranked && best->more && best->hits[0].stream == "title");
}

CASE("snippets mark every hit in the original text")
{
    EXPECT_EQ(snippet("关于安全检查的通知", {"安全"}), std::string("关于\uE000安全\uE001检查的通知"));
    EXPECT_EQ(snippet("ＯＡ系统 and OA", {"oa"}), std::string("\uE000ＯＡ\uE001系统 and \uE000OA\uE001"));
    EXPECT_EQ(snippet("没有", {"安全"}), std::string(""));
    EXPECT_EQ(snippet("Straße", {"strasse"}), std::string("\uE000Straße\uE001"));
    std::string longText;
    for (int i = 0; i < 500; ++i) longText += "字";
    const std::string s = snippet(longText + "目标" + longText, {"目标"});
    EXPECT(s.starts_with("…") && s.ends_with("…") && s.find("\uE000目标\uE001") != s.npos && countCodePoints(s) < 70 && isUtf8(s));
    EXPECT(isUtf8(snippet(std::string("\xff\xfe安全\xe5"), {"安全"})));
    Library l;
    l.add("1", {.title = "标题", .body = "第一段\n为做好防汛工作"});
    indexAll(*l.store);
    EXPECT_EQ(l.reader->search("防汛")->hits.at(0).snippet, std::string("第一段 为做好\uE000防汛\uE001工作"));
}

CASE("a search under way is cancelled from another thread")
{
    Library l;
    EXPECT(put(*l.store, [&](Tx& tx) -> Result<void> {
        for (int i = 0; i < 4000; ++i) {
            std::string body;
            for (int n = 0; n < 60; ++n) body += "甲乙丙丁戊己庚辛";
            const IndexText t{.title = "t", .body = body};
            ZT_TRY(tx.putRow(rowOf(std::to_string(i), 1'700'000'000'000 + i, bit(Folder::Done)), &t));
        }
        return {};
    }));
    indexAll(*l.store);
    std::atomic<bool> stop = false;
    std::thread other([&] {
        while (!stop) {
            l.reader->interrupt();
            std::this_thread::yield();
        }
    });
    int cancelled = 0;
    for (int i = 0; i < 20 && !cancelled; ++i) {
        const auto a = l.reader->search("甲乙丙丁戊己庚辛甲乙丙丁", Reader::Order::Best);
        if (!a) {
            EXPECT_EQ(errorOf(a), std::string(name(Err::Cancelled)));
            ++cancelled;
        }
    }
    stop = true;
    other.join();
    EXPECT(cancelled > 0);
    EXPECT_EQ(detailOf(l.reader->search("甲乙丙丁")), std::string("none")); // and the connection is usable afterwards
}

CASE("an index slice ends soon after its time, and the rest is done by later ones")
{
    Library l;
    EXPECT(put(*l.store, [&](Tx& tx) -> Result<void> {
        for (int i = 0; i < 2000; ++i) {
            const IndexText t{.title = "标题" + std::to_string(i), .body = "为做好防汛工作"};
            ZT_TRY(tx.putRow(rowOf(std::to_string(i), 1'700'000'000'000 + i, bit(Folder::Done)), &t));
        }
        return {};
    }));
    int slices = 0;
    for (bool done = false; !done; ++slices)
        EXPECT(put(*l.store, [&](Tx& tx) -> Result<void> {
            ZT_LET(all, tx.indexSlice(1));
            done = all;
            return {};
        }));
    EXPECT(slices > 3);
    EXPECT_EQ(l.reader->search("防汛", Reader::Order::Newest, 5000)->hits.size(), size_t(2000));
}

} // namespace zt::store
