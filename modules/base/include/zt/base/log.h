#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace zt {

enum class Level { Debug, Info, Warning, Error };

//! One field of a log line. Strings are limited to what is safe by its type: identifiers, names of kinds, counts, durations.
//! Content, names of people and secrets have no way in: there is no constructor from free text, and Safe is said by the caller.
struct Safe {
    std::string_view text; //!< an identifier or a word of ours, never what a person wrote
};
struct Field {
    std::string_view key;
    std::variant<int64_t, Safe> value;
    Field(std::string_view k, int64_t v) : key(k), value(v) {}
    Field(std::string_view k, int v) : key(k), value(int64_t(v)) {}
    Field(std::string_view k, size_t v) : key(k), value(int64_t(v)) {}
    Field(std::string_view k, Safe v) : key(k), value(v) {}
};

//! Writes one JSON line {"ts","level","event",…} to the sink. Any thread.
void log(Level level, std::string_view event, std::initializer_list<Field> fields = {});

//! Where lines go; stderr unless set. Set before threads start.
using LogSink = std::function<void(std::string_view line)>;
void setLogSink(LogSink sink);
void setLogLevel(Level least);

} // namespace zt
