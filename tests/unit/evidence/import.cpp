#include "zt/hub/admin.h"
#include "zt/test/test.h"

#include <fstream>
#include <iconv.h>
#include <sstream>

using namespace zt;
using namespace zt::test;
using What = hub::ImportProblem::What;

namespace {

const std::string kHeader = "单位编号,单位,上级编号,代字,工号,姓名,职务,负责人,收文\n";

std::string slurp(const std::string& file)
{
    std::ifstream in(file, std::ios::binary);
    std::stringstream out;
    out << in.rdbuf();
    return out.str();
}

std::string gb18030(const std::string& text)
{
    std::string out(text.size() * 4, '\0'), in = text;
    const iconv_t to = ::iconv_open("GB18030", "UTF-8");
    char *from = in.data(), *into = out.data();
    size_t left = in.size(), room = out.size();
    EXPECT(::iconv(to, &from, &left, &into, &room) != size_t(-1));
    ::iconv_close(to);
    out.resize(out.size() - room);
    return out;
}

void wrong(const std::string& text, What what, int line, const std::string& column = {})
{
    const auto file = hub::parsePeople(text);
    if (file.problems.empty()) return failed("import", line, "accepted: " + text);
    EXPECT_EQ(int(file.problems.front().what), int(what));
    EXPECT_EQ(file.problems.front().line, line);
    EXPECT_EQ(file.problems.front().column, column);
}

void wrongChange(const std::string& text, What what, int line, const directory::Directory& now = {})
{
    const auto changes = hub::peopleChanges(now, hub::parsePeople(text));
    EXPECT(changes.commands.empty());
    if (changes.problems.empty()) return failed("import", line, "accepted: " + text);
    EXPECT_EQ(int(changes.problems.front().what), int(what));
    EXPECT_EQ(changes.problems.front().line, line);
}

//! What the directory looks like once it took them all; fails where it refuses one.
void take(directory::Directory& d, const std::vector<wire::Command>& commands)
{
    if (d.admins.empty()) d.admins["sys"] = {"sys", "", wire::ROLE_SYSTEM, Bytes(32, 'k'), {}};
    for (auto c : commands) {
        c.set_person("sys");
        c.set_stream("dir");
        const auto decision = directory::directoryKind().decide(d, c, d, {});
        EXPECT(decision.applies());
        for (const auto& f : decision.facts) directory::directoryKind().evolve(d, f, {});
    }
}

} // namespace

CASE("the demo province: forty people, and all of them fit the rules")
{
    const auto file = hub::parsePeople(slurp(ZT_DEMO "/people.csv"));
    EXPECT(file.problems.empty());
    directory::Directory d;
    const auto changes = hub::peopleChanges(d, file);
    EXPECT(changes.problems.empty());
    EXPECT_EQ(changes.people, 40u);
    EXPECT_EQ(changes.posts, 40u);
    take(d, changes.commands);
    EXPECT_EQ(d.people.size(), 40u);
    for (const char* file : {"/fawen.bpmn", "/fawen-huiqian.bpmn", "/fawen-bumen.bpmn"}) {
        const auto definition = hub::readDefinition(slurp(std::string(ZT_DEMO) + file));
        REQUIRE(definition);
        EXPECT_EQ(hub::wrongWith(*definition).en + hub::wrongWith(*definition).zh, std::string());
    }

    // idempotent
    EXPECT(hub::peopleChanges(d, file).commands.empty());
}

CASE("only what changed is sent, and posts no longer listed end")
{
    directory::Directory d;
    const std::string before = kHeader + "A,甲厅,,,1,张一,处长,是,否\nA,,,,2,李二,科员,,\nB,乙处,A,,3,王三,科员,否,是\n";
    take(d, hub::peopleChanges(d, hub::parsePeople(before)).commands);
    const auto renamed = hub::peopleChanges(d, hub::parsePeople(kHeader + "A,甲厅,,,1,张一,处长,是,否\nA,,,,2,李贰,科员,,\nB,乙处,A,,3,王三,科员,否,是\n"));
    EXPECT_EQ(renamed.commands.size(), 1u);
    EXPECT_EQ(renamed.people, 1u);
    const auto moved = hub::peopleChanges(d, hub::parsePeople(kHeader + "A,甲厅,,,1,张一,处长,是,否\nB,乙处,A,,2,李二,科员,,\nB,乙处,A,,3,王三,科员,否,是\n"));
    EXPECT_EQ(moved.ended, 1u);
    take(d, moved.commands);
    EXPECT_EQ(d.postsOf("2").size(), 1u);
    EXPECT_EQ(d.postsOf("2").front().unit, "B");
    // A file that does not name somebody says nothing about him.
    EXPECT_EQ(hub::peopleChanges(d, hub::parsePeople(kHeader + "A,甲厅,,,1,张一,处长,是,否\n")).ended, 0u);
}

CASE("the first line of a person is his main post")
{
    directory::Directory d;
    take(d, hub::peopleChanges(d, hub::parsePeople(kHeader + "A,甲,,,9,赵九,科员,,\nA,,,,1,张一,处长,是,\nB,乙,,,1,张一,主任,是,\n")).commands);
    EXPECT_EQ(d.postsOf("1").size(), 2u);
    EXPECT_EQ(d.postsOf("1").front().unit, "A");
}

CASE("a unit may stand below its parent's line or above it")
{
    directory::Directory d;
    take(d, hub::peopleChanges(d, hub::parsePeople(kHeader + "C,丙,B,,,,,,\nB,乙,A,,,,,,\nA,甲,,,,,,,\n")).commands);
    EXPECT_EQ(d.units.size(), 3u);
}

CASE("encodings: UTF-8, with BOM, GB18030 with four-byte characters; others are refused")
{
    const std::string text = kHeader + "A,甲厅,,,1,㐂𠮷一,处长,是,否\n";
    for (const std::string& bytes : {text, "\xEF\xBB\xBF" + text, gb18030(text)}) {
        const auto file = hub::parsePeople(bytes);
        EXPECT(file.problems.empty());
        REQUIRE(file.rows.size() == 1);
        EXPECT_EQ(file.rows[0].name, "㐂𠮷一");
    }
    wrong(kHeader + "A,\xFF\xFF,,,,,,,\n", What::Encoding, 0);
    wrong(std::string("\xFE\xFF\x53\x55", 4), What::Encoding, 0);
}

CASE("quotes, CR LF, blanks and empty lines")
{
    const auto file = hub::parsePeople("单位编号,单位,上级编号,代字,工号,姓名,职务,负责人,收文\r\n\r\nA,\"甲厅,一处\",,,1,\"张\"\"一\", 处长 ,1,0\r\n");
    EXPECT(file.problems.empty());
    REQUIRE(file.rows.size() == 1);
    EXPECT_EQ(file.rows[0].unitName, "甲厅,一处");
    EXPECT_EQ(file.rows[0].name, "张\"一");
    EXPECT_EQ(file.rows[0].title, "处长");
    EXPECT_EQ(file.rows[0].line, 3);
    EXPECT(file.rows[0].head && !file.rows[0].clerk);
    wrong(kHeader + "A,\"甲", What::Quote, 2);
    wrong(kHeader + "A,\"甲\"乙,,,,,,,\n", What::Quote, 2);
}

CASE("columns may stand in any order, but must be these")
{
    const auto file = hub::parsePeople("收文,负责人,职务,姓名,工号,代字,上级编号,单位,单位编号\n是,否,科员,张一,1,,,甲,A\n");
    REQUIRE(file.problems.empty() && file.rows.size() == 1);
    EXPECT_EQ(file.rows[0].unit, "A");
    EXPECT(file.rows[0].clerk);
    wrong("单位编号,单位,上级编号,代字,工号,姓名,职务,负责人\n", What::MissingColumn, 1, "收文");
    const auto other = hub::parsePeople("单位编号,单位,上级编号,代字,工号,姓名,职务,负责人,手机\n");
    REQUIRE(other.problems.size() == 2);
    EXPECT(other.problems[0].what == What::UnknownColumn && other.problems[0].value == "手机");
    EXPECT(other.problems[1].what == What::MissingColumn && other.problems[1].column == "收文");
    wrong("单位编号,单位,单位,上级编号,代字,工号,姓名,职务,负责人,收文\n", What::RepeatedColumn, 1, "单位");
    wrong("", What::NoHeader, 0);
    wrong("\n\n", What::NoHeader, 0);
}

CASE("wrong cells name line and column")
{
    std::string longName;
    for (int i = 0; i < 300; ++i) longName += "长";
    wrong(kHeader + "A,甲,,,1," + longName + ",科员,,\n", What::TooLong, 2, "姓名");
    wrong(kHeader + "A,甲,,,1,张\x01一,科员,,\n", What::Control, 2, "姓名");
    wrong(kHeader + std::string("A,甲,,,1,张\0一,科员,,\n", 27), What::Control, 2, "姓名");
    wrong(kHeader + "A,甲,,,1,\u202E张一,科员,,\n", What::Control, 2, "姓名");
    wrong(kHeader + "A,甲,,,1,\"张\n一\",科员,,\n", What::Control, 2, "姓名");
    wrong(kHeader + "A,甲,,,1,张一,科员,也许,\n", What::YesNo, 2, "负责人");
    wrong(kHeader + "A,甲,,,,张一,科员,,\n", What::Empty, 2, "工号");
    wrong(kHeader + ",甲,,,1,张一,科员,,\n", What::Empty, 2, "单位编号");
    wrong(kHeader + "A,,,,1,张一,科员,,\n", What::Empty, 2, "单位");
    wrong(kHeader + "A,甲,,,1,张一,科员,\n", What::CellCount, 2);
    wrong(kHeader + "A,甲,,,1,张一,科员,,\nA,乙,,,2,李二,科员,,\n", What::OtherUnit, 3, "单位");
    wrong(kHeader + "A,甲,,,1,张一,科员,,\nA,,,,1,张二,处长,,\n", What::OtherName, 3, "姓名");
    wrong(kHeader + "A,甲,,,1,张一,科员,,\nA,,,,1,张一,科员,是,\n", What::Duplicate, 3, "工号");
    wrong(std::string(hub::kMaxPeopleBytes + 1, 'a'), What::TooLarge, 0);
}

CASE("wrong parents")
{
    wrongChange(kHeader + "A,甲,Z,,,,,,\n", What::UnknownParent, 2);
    wrongChange(kHeader + "A,甲,B,,,,,,\nB,乙,A,,,,,,\n", What::Cycle, 2);
    wrongChange(kHeader + "A,甲,A,,,,,,\n", What::Cycle, 2);
    directory::Directory d;
    take(d, hub::peopleChanges(d, hub::parsePeople(kHeader + "A,甲,,,,,,,\nB,乙,A,,,,,,\n")).commands);
    wrongChange(kHeader + "A,甲,B,,,,,,\n", What::Cycle, 2, d);
    d.units["B"].retired = true;
    wrongChange(kHeader + "B,乙,A,,,,,,\n", What::Retired, 2, d);
}

CASE("process definitions: what cannot run is not published")
{
    EXPECT(!hub::readDefinition("{"));
    EXPECT(!hub::readDefinition(""));
    EXPECT(!hub::readDefinition("<definitions/>"));
    const std::string good = slurp(ZT_DEMO "/fawen.bpmn");
    REQUIRE(hub::readDefinition(good));
    EXPECT_EQ(hub::readDefinition(good)->id(), std::string("fawen"));
    // Each change says in words what is wrong, and where.
    for (const auto& [from, to, word] : {std::tuple("zt:assignee=\"heads\"", "zt:assignee=\"everybody\"", "post:<title>"), {"id=\"review\"", "id=\"draft\"", "used twice"},
                                         {"zt:choices=\"sign return\"", "", "签发"}, {"zt:does=\"receipt\"", "", "签收"}, {"targetRef=\"end\"", "targetRef=\"nowhere\"", "nowhere"},
                                         {"choice = \"return\"", "choice = = 1", "cannot be read"}}) {
        std::string bad = good;
        REQUIRE(bad.find(from) != std::string::npos);
        bad.replace(bad.find(from), std::string(from).size(), to);
        const auto d = hub::readDefinition(bad);
        REQUIRE(d);
        const auto wrong = hub::wrongWith(*d);
        if (wrong.en.find(word) == std::string::npos) std::cout << "  " << to << ": " << wrong.en << '\n';
        EXPECT(wrong.en.find(word) != std::string::npos && !wrong.zh.empty());
    }
}
