#pragma once

#include "zt/base/bytes.h"
#include "zt/directory/directory.h"

#include <string>
#include <vector>

//! The list of people (花名册) as CSV: what an administrator hands in, and what of it is new. Pure; any thread; safe on any bytes.
namespace zt::hub {

//! One line: a person's post in a unit, or a unit alone (工号, 姓名 and 职务 empty).
struct PeopleRow {
    int line = 0; //!< in the file, from 1
    std::string unit, unitName, parent, code; //!< 单位编号, 单位, 上级编号, 代字
    std::string person, name, title;          //!< 工号, 姓名, 职务
    bool head = false, clerk = false;         //!< 负责人, 收文: 是 or 否 (also 1/0, empty is 否)
};

//! What is wrong, and where. `value` is the offending cell, cleaned and cut, for showing to the administrator; never for logs.
struct ImportProblem {
    enum What {
        TooLarge,        //!< above kMaxPeopleBytes or kMaxPeopleRows
        Encoding,        //!< neither UTF-8 nor GB18030
        NoHeader,        //!< empty file
        MissingColumn,
        UnknownColumn,
        RepeatedColumn,
        CellCount,       //!< a line has more or fewer cells than the header
        Quote,           //!< a quoted cell does not end, or text follows its end
        Control,         //!< control characters, NUL, bidi marks
        TooLong,
        Empty,           //!< a cell that must be filled
        YesNo,           //!< neither 是 nor 否
        Duplicate,       //!< the same person, unit and title twice
        OtherUnit,       //!< the unit's name, parent or code differs from an earlier line
        OtherName,       //!< the person's name differs from an earlier line
        UnknownParent,   //!< neither in the file nor in the directory
        Cycle,           //!< a unit above itself
        Retired,         //!< the unit was retired
    };
    int line = 0; //!< 0: the file as a whole
    What what = Encoding;
    std::string column, value;
};

struct PeopleFile {
    std::vector<PeopleRow> rows;
    std::vector<ImportProblem> problems; //!< empty: the file may be used. At most 100 are kept
};

constexpr size_t kMaxPeopleBytes = 32u << 20;
constexpr size_t kMaxPeopleRows = 200'000;
constexpr size_t kMaxPeopleCell = 100; //!< characters

//! The columns in their usual order; a file may have them in any order, all of them.
[[nodiscard]] const std::vector<std::string>& peopleColumns();

//! UTF-8 with or without BOM, or GB18030; RFC 4180 quoting; LF or CR LF; blank lines are passed over.
[[nodiscard]] PeopleFile parsePeople(BytesView bytes);

//! What must be sent so that the directory says what the file says: units (parents first), people, posts, posts ended. Of a person the file names
//! it states all posts; units and people it does not name stay as they are. The first line of a person is his main post. Nothing if nothing changed.
struct PeopleChanges {
    std::vector<wire::Command> commands; //!< bodies only
    size_t units = 0, people = 0, posts = 0, ended = 0;
    std::vector<ImportProblem> problems;
};
[[nodiscard]] PeopleChanges peopleChanges(const directory::Directory& now, const PeopleFile& file);

} // namespace zt::hub
