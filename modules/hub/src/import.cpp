#include "zt/hub/import.h"

#include "zt/base/text.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <set>

namespace zt::hub {

namespace {

using What = ImportProblem::What;
constexpr size_t kMaxProblems = 100;
constexpr int kMaxDepth = 15; // heads are looked for up sixteen levels

enum Column { Unit, UnitName, Parent, Code, PersonId, Name, Title, Head, Clerk, kColumns };

struct Line {
    int number = 0;
    std::vector<std::string> cells;
};

void note(std::vector<ImportProblem>& to, int line, What what, std::string column = {}, std::string_view value = {})
{
    if (to.size() >= kMaxProblems) return;
    std::string shown = cleanLine(value.substr(0, 120));
    to.push_back({line, what, std::move(column), std::move(shown)});
}

//! Cuts text into lines of cells.
class Csv {
public:
    Csv(std::string_view text, std::vector<ImportProblem>& problems) : m_text(text), m_problems(problems) {}

    //! False at the end, or after a broken quote: what follows it cannot be told apart.
    bool next(Line& out)
    {
        while (m_at < m_text.size() && (m_text[m_at] == '\n' || m_text[m_at] == '\r')) pass();
        if (m_at >= m_text.size() || m_broken) return false;
        out.number = m_line;
        out.cells.clear();
        for (;;) {
            out.cells.push_back(cell());
            if (m_broken) return false;
            if (m_at < m_text.size() && m_text[m_at] == ',') {
                ++m_at;
                continue;
            }
            return true;
        }
    }

private:
    void pass()
    {
        if (m_text[m_at++] == '\n') ++m_line;
    }
    std::string cell()
    {
        if (m_at < m_text.size() && m_text[m_at] == '"') return quoted();
        const size_t end = std::min(m_text.find_first_of(",\r\n", m_at), m_text.size());
        std::string out(m_text.substr(m_at, end - m_at));
        m_at = end;
        return out;
    }
    std::string quoted()
    {
        const int start = m_line;
        std::string out;
        for (++m_at; m_at < m_text.size();) {
            const char c = m_text[m_at];
            if (c != '"') {
                out += c;
                pass();
            } else if (m_at + 1 < m_text.size() && m_text[m_at + 1] == '"') {
                out += '"';
                m_at += 2;
            } else {
                ++m_at;
                if (m_at < m_text.size() && !std::strchr(",\r\n", m_text[m_at])) break;
                return out;
            }
        }
        m_broken = true;
        note(m_problems, start, What::Quote, {}, out);
        return out;
    }

    std::string_view m_text;
    std::vector<ImportProblem>& m_problems;
    size_t m_at = 0;
    int m_line = 1;
    bool m_broken = false;
};

std::string trimmed(std::string_view text)
{
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return std::string(text);
}

//! Place of each of our columns in the file, or problems.
std::array<size_t, kColumns> readHeader(const Line& header, std::vector<ImportProblem>& problems)
{
    std::array<size_t, kColumns> place;
    place.fill(SIZE_MAX);
    const auto& names = peopleColumns();
    for (size_t i = 0; i < header.cells.size(); ++i) {
        const std::string name = trimmed(header.cells[i]);
        const auto it = std::find(names.begin(), names.end(), name);
        if (it == names.end()) {
            note(problems, header.number, What::UnknownColumn, {}, name);
            continue;
        }
        size_t& at = place[size_t(it - names.begin())];
        if (at != SIZE_MAX) note(problems, header.number, What::RepeatedColumn, name);
        at = i;
    }
    for (size_t c = 0; c < kColumns; ++c)
        if (place[c] == SIZE_MAX) note(problems, header.number, What::MissingColumn, names[c]);
    return place;
}

//! Turns lines into rows and checks each on its own.
class Rows {
public:
    Rows(const std::array<size_t, kColumns>& place, PeopleFile& out) : m_place(place), m_out(out) {}

    void add(const Line& line)
    {
        m_line = &line;
        m_good = true;
        PeopleRow r;
        r.line = line.number;
        r.unit = text(Unit);
        r.unitName = text(UnitName);
        r.parent = text(Parent);
        r.code = text(Code);
        r.person = text(PersonId);
        r.name = text(Name);
        r.title = text(Title);
        r.head = yes(Head);
        r.clerk = yes(Clerk);
        require(r.unit, Unit);
        if (!r.person.empty() || !r.name.empty() || !r.title.empty()) {
            require(r.person, PersonId);
            require(r.name, Name);
            require(r.title, Title);
        }
        if (m_good) m_out.rows.push_back(std::move(r));
    }

private:
    void bad(What what, Column column, std::string_view value = {})
    {
        m_good = false;
        note(m_out.problems, m_line->number, what, peopleColumns()[column], value);
    }
    std::string text(Column column)
    {
        std::string value = trimmed(m_line->cells[m_place[column]]);
        if (countCodePoints(value) > kMaxPeopleCell) bad(What::TooLong, column, value);
        else if (value != cleanLine(value)) bad(What::Control, column, value);
        return value;
    }
    bool yes(Column column)
    {
        const std::string value = text(column);
        if (value == "是" || value == "1") return true;
        if (!value.empty() && value != "否" && value != "0") bad(What::YesNo, column, value);
        return false;
    }
    void require(const std::string& value, Column column)
    {
        if (value.empty()) bad(What::Empty, column);
    }

    const std::array<size_t, kColumns>& m_place;
    PeopleFile& m_out;
    const Line* m_line = nullptr;
    bool m_good = true;
};

//! Fills what later lines of a unit leave out, and finds lines that contradict each other.
void compareRows(PeopleFile& file)
{
    std::map<std::string, const PeopleRow*> units, people;
    std::set<std::tuple<std::string, std::string, std::string>> posts;
    for (PeopleRow& r : file.rows) {
        const auto [unit, newUnit] = units.emplace(r.unit, &r);
        if (newUnit) {
            if (r.unitName.empty()) note(file.problems, r.line, What::Empty, peopleColumns()[UnitName]);
        } else {
            auto same = [&](std::string& value, const std::string& first, Column column) {
                if (value.empty()) value = first;
                else if (value != first) note(file.problems, r.line, What::OtherUnit, peopleColumns()[column], value);
            };
            same(r.unitName, unit->second->unitName, UnitName);
            same(r.parent, unit->second->parent, Parent);
            same(r.code, unit->second->code, Code);
        }
        if (r.person.empty()) continue;
        const auto [person, newPerson] = people.emplace(r.person, &r);
        if (!newPerson && person->second->name != r.name) note(file.problems, r.line, What::OtherName, peopleColumns()[Name], r.name);
        if (!posts.emplace(r.person, r.unit, r.title).second) note(file.problems, r.line, What::Duplicate, peopleColumns()[PersonId], r.person);
    }
}

} // namespace

const std::vector<std::string>& peopleColumns()
{
    static const std::vector<std::string> names{"单位编号", "单位", "上级编号", "代字", "工号", "姓名", "职务", "负责人", "收文"};
    return names;
}

PeopleFile parsePeople(BytesView bytes)
{
    PeopleFile out;
    if (bytes.size() > kMaxPeopleBytes) {
        note(out.problems, 0, What::TooLarge);
        return out;
    }
    bool ok = true;
    const std::string text = decodeText(bytes, ok);
    if (!ok) {
        note(out.problems, 0, What::Encoding);
        return out;
    }
    Csv csv(text, out.problems);
    Line line;
    if (!csv.next(line)) {
        if (out.problems.empty()) note(out.problems, 0, What::NoHeader);
        return out;
    }
    const size_t width = line.cells.size();
    const auto place = readHeader(line, out.problems);
    if (!out.problems.empty()) return out;
    Rows rows(place, out);
    for (size_t count = 0; csv.next(line); ++count) {
        if (count >= kMaxPeopleRows) {
            note(out.problems, line.number, What::TooLarge);
            break;
        }
        if (line.cells.size() != width) note(out.problems, line.number, What::CellCount, {}, std::to_string(line.cells.size()));
        else rows.add(line);
    }
    if (out.problems.empty()) compareRows(out);
    return out;
}

namespace {

class Changes {
public:
    Changes(const directory::Directory& now, const PeopleFile& file, PeopleChanges& out) : m_now(now), m_file(file), m_out(out) {}

    void units()
    {
        for (const PeopleRow& r : m_file.rows) m_rows.emplace(r.unit, &r);
        uint32_t order = 0;
        std::set<std::string> seen;
        for (const PeopleRow& r : m_file.rows)
            if (seen.insert(r.unit).second) m_order[r.unit] = ++order;
        for (const auto& [id, r] : m_rows) checkParents(*r);
        if (!m_out.problems.empty()) return;
        for (const PeopleRow& r : m_file.rows) putUnit(r.unit);
    }

    void people()
    {
        std::map<std::string, uint32_t> rank, nth; // within the unit; of the person
        std::map<std::string, std::vector<const PeopleRow*>> posts;
        std::set<std::string> seen;
        for (const auto& p : m_now.posts) m_posts[{p.person, p.unit, p.title}] = &p;
        for (const PeopleRow& r : m_file.rows) {
            if (r.person.empty()) continue;
            if (seen.insert(r.person).second) putPerson(r);
            // postsOf() sorts by order alone: a second post must come after the main one, whatever its rank in its own unit.
            putPost(r, nth[r.person]++ * 1'000'000 + ++rank[r.unit]);
            posts[r.person].push_back(&r);
        }
        for (const auto& p : m_now.posts) {
            const auto it = posts.find(p.person);
            if (it == posts.end()) continue;
            if (std::any_of(it->second.begin(), it->second.end(), [&](const PeopleRow* r) { return r->unit == p.unit && r->title == p.title; })) continue;
            auto& end = *add().mutable_end_post();
            end.set_person(p.person);
            end.set_unit(p.unit);
            end.set_title(p.title);
            ++m_out.ended;
        }
    }

private:
    wire::Command& add() { return m_out.commands.emplace_back(); }

    //! The file over the directory.
    std::string parentOf(const std::string& id) const
    {
        if (const auto row = m_rows.find(id); row != m_rows.end()) return row->second->parent;
        const auto unit = m_now.units.find(id);
        return unit == m_now.units.end() ? std::string() : unit->second.parent;
    }

    void checkParents(const PeopleRow& r)
    {
        if (!r.parent.empty() && !m_rows.count(r.parent) && !m_now.units.count(r.parent))
            note(m_out.problems, r.line, What::UnknownParent, peopleColumns()[Parent], r.parent);
        int depth = 0;
        for (std::string id = r.parent; !id.empty(); id = parentOf(id))
            if (++depth > kMaxDepth) {
                note(m_out.problems, r.line, What::Cycle, peopleColumns()[Parent], r.parent);
                return;
            }
    }

    void putUnit(const std::string& id)
    {
        if (m_done.count(id)) return;
        const PeopleRow& r = *m_rows.at(id);
        if (!r.parent.empty() && m_rows.count(r.parent)) putUnit(r.parent);
        if (!m_done.insert(id).second) return;
        const auto it = m_now.units.find(id);
        if (it != m_now.units.end() && it->second.retired) note(m_out.problems, r.line, What::Retired, peopleColumns()[Unit], id);
        const uint32_t order = m_order[id];
        if (it != m_now.units.end() && it->second.name == r.unitName && it->second.parent == r.parent && it->second.code == r.code && it->second.order == order)
            return;
        auto& put = *add().mutable_put_unit();
        put.set_id(id);
        put.set_name(r.unitName);
        put.set_parent(r.parent);
        put.set_code(r.code);
        put.set_order(order);
        if (it != m_now.units.end()) put.set_short_name(it->second.shortName);
        ++m_out.units;
    }

    void putPerson(const PeopleRow& r)
    {
        const auto it = m_now.people.find(r.person);
        if (it != m_now.people.end() && it->second.name == r.name) return;
        auto& put = *add().mutable_put_person();
        put.set_id(r.person);
        put.set_name(r.name);
        ++m_out.people;
    }

    void putPost(const PeopleRow& r, uint32_t order)
    {
        const auto old = m_posts.find({r.person, r.unit, r.title});
        if (old != m_posts.end() && old->second->head == r.head && old->second->clerk == r.clerk && old->second->order == order) return;
        auto& put = *add().mutable_put_post();
        put.set_person(r.person);
        put.set_unit(r.unit);
        put.set_title(r.title);
        put.set_head(r.head);
        put.set_clerk(r.clerk);
        put.set_order(order);
        ++m_out.posts;
    }

    const directory::Directory& m_now;
    const PeopleFile& m_file;
    PeopleChanges& m_out;
    std::map<std::string, const PeopleRow*> m_rows;
    std::map<std::string, uint32_t> m_order;
    std::map<std::tuple<std::string, std::string, std::string>, const rules::Post*> m_posts;
    std::set<std::string> m_done;
};

} // namespace

PeopleChanges peopleChanges(const directory::Directory& now, const PeopleFile& file)
{
    PeopleChanges out;
    out.problems = file.problems;
    if (!out.problems.empty()) return out;
    Changes changes(now, file, out);
    changes.units();
    if (out.problems.empty()) changes.people();
    if (!out.problems.empty()) out.commands.clear();
    return out;
}

} // namespace zt::hub
