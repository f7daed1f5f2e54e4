#include "zt/base/log.h"

#include "zt/base/clock.h"

#include <atomic>
#include <cstdio>
#include <mutex>

namespace zt {

namespace {

std::mutex g_mutex;
LogSink g_sink;
std::atomic<Level> g_least{Level::Info};

void quote(std::string& out, std::string_view text)
{
    out += '"';
    for (unsigned char c : text) {
        if (c == '"' || c == '\\') { out += '\\'; out += char(c); }
        else if (c < 0x20 || c >= 0x7F) { char b[8]; std::snprintf(b, sizeof b, "\\u%04x", c); out += b; }
        else out += char(c);
    }
    out += '"';
}

} // namespace

void setLogSink(LogSink sink)
{
    std::lock_guard lock(g_mutex);
    g_sink = std::move(sink);
}

void setLogLevel(Level least) { g_least = least; }

void log(Level level, std::string_view event, std::initializer_list<Field> fields)
{
    if (level < g_least.load()) return;
    static const char* names[] = {"debug", "info", "warning", "error"};
    std::string line = "{\"ts\":" + std::to_string(systemClock().now()) + ",\"level\":\"" + names[int(level)] + "\",\"event\":";
    quote(line, event);
    for (const Field& f : fields) {
        line += ',';
        quote(line, f.key);
        line += ':';
        if (auto* n = std::get_if<int64_t>(&f.value)) line += std::to_string(*n);
        else quote(line, std::get<Safe>(f.value).text);
    }
    line += '}';
    std::lock_guard lock(g_mutex);
    if (g_sink) g_sink(line);
    else { line += '\n'; std::fwrite(line.data(), 1, line.size(), stderr); }
}

} // namespace zt
