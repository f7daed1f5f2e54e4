#include "http2.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace zt::rpc {

struct Http2::Entry {
    explicit Entry(int32_t i, size_t most) : id(i), in(most) {}
    const int32_t id;
    Stream* stream = nullptr;
    // in
    Unframer in;
    std::string path, method, type, http;
    int code = -1; //!< grpc-status
    std::string words;
    size_t held = 0; //!< bytes that came while none were asked for: the window stays closed for them
    bool wants = false, opened = false, endIn = false, toldEnd = false, delivering = false, due = false;
    bool gone = false; //!< nghttp2 knows it no longer
    std::optional<Status> over;
    // out
    std::deque<std::string> out;
    size_t outAt = 0;
    int taken = 0; //!< messages handed over and not told yet
    bool answered = false, endOut = false;
    std::optional<Status> status; //!< a server's last word
};

namespace {

constexpr size_t kMostWords = 1024;
constexpr size_t kMostQueued = 4096; //!< frames that wait to be sent; in use it is a handful
constexpr uint32_t kConnectionWindow = 4u << 20;

nghttp2_nv field(std::string_view name, std::string_view value)
{
    return {reinterpret_cast<uint8_t*>(const_cast<char*>(name.data())), reinterpret_cast<uint8_t*>(const_cast<char*>(value.data())), name.size(), value.size(),
            NGHTTP2_NV_FLAG_NONE};
}

//! gRPC's percent form of a text in a header.
std::string escaped(std::string_view words)
{
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : words.substr(0, kMostWords)) {
        const auto u = static_cast<unsigned char>(c);
        if (u >= 0x20 && u < 0x7f && c != '%') out += c;
        else (((out += '%') += digits[u >> 4]) += digits[u & 15]);
    }
    return out;
}

std::string plain(std::string_view words)
{
    std::string out;
    for (size_t i = 0; i < words.size(); ++i) {
        unsigned char byte = 0;
        if (words[i] == '%' && i + 2 < words.size() && std::from_chars(words.data() + i + 1, words.data() + i + 3, byte, 16).ptr == words.data() + i + 3) {
            out += char(byte);
            i += 2;
        } else {
            out += words[i];
        }
    }
    return out;
}

Code codeOfError(uint32_t error)
{
    switch (error) {
    case NGHTTP2_REFUSED_STREAM: return Code::Unavailable;
    case NGHTTP2_CANCEL: return Code::Cancelled;
    case NGHTTP2_ENHANCE_YOUR_CALM: return Code::ResourceExhausted;
    case NGHTTP2_INADEQUATE_SECURITY: return Code::PermissionDenied;
    case NGHTTP2_NO_ERROR: return Code::Unknown; // ended without a word: no server of ours
    default: return Code::Internal;
    }
}

bool isOurs(const std::string& type) { return type.starts_with("application/grpc"); }

} // namespace

struct Http2::Callbacks {
    static Http2& of(void* user) { return *static_cast<Http2*>(user); }

    static int beginHeaders(nghttp2_session*, const nghttp2_frame* frame, void* user)
    {
        Http2& h = of(user);
        if (!h.m_server || frame->hd.type != NGHTTP2_HEADERS || frame->headers.cat != NGHTTP2_HCAT_REQUEST) return 0;
        h.m_entries.emplace(frame->hd.stream_id, std::make_shared<Entry>(frame->hd.stream_id, h.m_limits.mostReceived));
        return 0;
    }
    static int header(nghttp2_session*, const nghttp2_frame* frame, const uint8_t* n, size_t nSize, const uint8_t* v, size_t vSize, uint8_t, void* user)
    {
        const auto e = of(user).find(frame->hd.stream_id);
        if (!e) return 0;
        const std::string_view name(reinterpret_cast<const char*>(n), nSize), value(reinterpret_cast<const char*>(v), vSize);
        if (name == ":path") e->path = value.substr(0, kMostWords);
        else if (name == ":method") e->method = value.substr(0, 16);
        else if (name == ":status") e->http = value.substr(0, 3);
        else if (name == "content-type") e->type = value.substr(0, 64);
        else if (name == "grpc-message") e->words = plain(value.substr(0, kMostWords));
        else if (name == "grpc-status" && std::from_chars(value.data(), value.data() + value.size(), e->code).ec != std::errc{}) e->code = int(Code::Unknown);
        return 0;
    }
    static int frameCame(nghttp2_session*, const nghttp2_frame* frame, void* user)
    {
        Http2& h = of(user);
        const bool last = frame->hd.flags & NGHTTP2_FLAG_END_STREAM;
        if (frame->hd.type != NGHTTP2_HEADERS && !(frame->hd.type == NGHTTP2_DATA && last)) return 0;
        const auto e = h.find(frame->hd.stream_id);
        if (!e) return 0;
        h.headersDone(e, frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat != NGHTTP2_HCAT_HEADERS, last);
        return 0;
    }
    static int data(nghttp2_session* session, uint8_t, int32_t id, const uint8_t* bytes, size_t size, void* user)
    {
        Http2& h = of(user);
        nghttp2_session_consume_connection(session, size);
        const auto e = h.find(id);
        if (!e || e->over || e->status || !e->stream) {
            nghttp2_session_consume_stream(session, id, size);
            return 0;
        }
        switch (e->in.take({reinterpret_cast<const char*>(bytes), size})) {
        case Unframer::Broken::No: break;
        case Unframer::Broken::TooLarge: h.breakOff(e, {Code::ResourceExhausted, "message too large"}); return 0;
        case Unframer::Broken::Compressed: h.breakOff(e, {Code::Unimplemented, "compressed message"}); return 0;
        }
        if (e->wants) nghttp2_session_consume_stream(session, id, size);
        else e->held += size;
        h.deliver(e);
        return 0;
    }
    static int streamClosed(nghttp2_session*, int32_t id, uint32_t error, void* user)
    {
        Http2& h = of(user);
        const auto e = h.find(id);
        if (!e) return 0;
        e->gone = true;
        if (!e->over) e->over = h.m_server && e->status && error == NGHTTP2_NO_ERROR ? Status{} : Status{codeOfError(error), {}};
        h.deliver(e);
        return 0;
    }
    static int frameSent(nghttp2_session* session, const nghttp2_frame* frame, void* user)
    {
        // A server that has said its last word does not wait for the client's.
        const bool last = frame->hd.flags & NGHTTP2_FLAG_END_STREAM;
        if (of(user).m_server && last && (frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA)
            && nghttp2_session_get_stream_remote_close(session, frame->hd.stream_id) == 0)
            nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, frame->hd.stream_id, NGHTTP2_NO_ERROR);
        return 0;
    }
    static ssize_t fill(nghttp2_session*, int32_t, uint8_t* out, size_t size, uint32_t* flags, nghttp2_data_source* source, void* user)
    {
        return of(user).fill(*static_cast<Entry*>(source->ptr), out, size, flags);
    }
};

Http2::Http2(Limits limits, OnRequest onRequest) : m_limits(limits), m_onRequest(std::move(onRequest)), m_server(true) { begin(); }
Http2::Http2(Limits limits) : m_limits(limits), m_server(false) { begin(); }

Http2::~Http2()
{
    nghttp2_session_del(m_session);
}

void Http2::begin()
{
    nghttp2_session_callbacks* c = nullptr;
    nghttp2_session_callbacks_new(&c);
    nghttp2_session_callbacks_set_on_begin_headers_callback(c, Callbacks::beginHeaders);
    nghttp2_session_callbacks_set_on_header_callback(c, Callbacks::header);
    nghttp2_session_callbacks_set_on_frame_recv_callback(c, Callbacks::frameCame);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(c, Callbacks::data);
    nghttp2_session_callbacks_set_on_stream_close_callback(c, Callbacks::streamClosed);
    nghttp2_session_callbacks_set_on_frame_send_callback(c, Callbacks::frameSent);
    nghttp2_option* o = nullptr;
    nghttp2_option_new(&o);
    nghttp2_option_set_no_auto_window_update(o, 1);
    nghttp2_option_set_no_closed_streams(o, 1);
    nghttp2_option_set_max_deflate_dynamic_table_size(o, 0); // a call's headers are few and short; tables for them would be most of an idle connection
    if (m_server) nghttp2_session_server_new2(&m_session, c, this, o);
    else nghttp2_session_client_new2(&m_session, c, this, o);
    nghttp2_option_del(o);
    nghttp2_session_callbacks_del(c);
    std::vector<nghttp2_settings_entry> settings{{NGHTTP2_SETTINGS_HEADER_TABLE_SIZE, 0}, {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, m_limits.window},
                                                 {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, 16u << 10}};
    if (m_server) settings.push_back({NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, uint32_t(m_limits.mostStreams)});
    else settings.push_back({NGHTTP2_SETTINGS_ENABLE_PUSH, 0});
    nghttp2_submit_settings(m_session, NGHTTP2_FLAG_NONE, settings.data(), settings.size());
    nghttp2_session_set_local_window_size(m_session, NGHTTP2_FLAG_NONE, 0, int32_t(kConnectionWindow));
}

Http2::EntryPtr Http2::find(int32_t id) const
{
    const auto it = m_entries.find(id);
    return it == m_entries.end() ? nullptr : it->second;
}

void Http2::hear(const EntryPtr& e, Stream* stream)
{
    m_open += (stream ? 1 : 0);
    m_open -= (e->stream ? 1 : 0);
    e->stream = stream;
}

bool Http2::mayOpen() const { return nghttp2_session_check_request_allowed(m_session) != 0; }

int32_t Http2::open(const std::string& path, const std::string& authority, Stream& stream)
{
    const nghttp2_nv head[] = {field(":method", "POST"), field(":scheme", "https"), field(":path", path), field(":authority", authority), field("te", "trailers"),
                               field("content-type", "application/grpc"), field("user-agent", "zhengtong")};
    if (!mayOpen()) return -1;
    const auto id = int32_t(nghttp2_session_get_next_stream_id(m_session)); // mayOpen(): there is one left
    const auto e = std::make_shared<Entry>(id, m_limits.mostReceived);
    nghttp2_data_provider provider{{.ptr = e.get()}, Callbacks::fill};
    if (nghttp2_submit_request(m_session, nullptr, head, std::size(head), &provider, nullptr) != id) return -1;
    hear(e, &stream);
    m_entries.emplace(id, e);
    return id;
}

void Http2::forget(int32_t id)
{
    const auto e = find(id);
    if (!e) return;
    hear(e, nullptr);
    e->out.clear();
    if (!e->over) breakOff(e, {Code::Cancelled, {}});
    if (e->gone) m_entries.erase(id);
}

//! Where this ends the stream for us before it ends for the other side.
void Http2::breakOff(const EntryPtr& e, Status status)
{
    if (m_server && !e->status && e->stream) {
        finish(e->id, std::move(status)); // says why
        return;
    }
    if (!e->over) e->over = std::move(status);
    nghttp2_submit_rst_stream(m_session, NGHTTP2_FLAG_NONE, e->id, NGHTTP2_CANCEL);
    deliver(e);
}

void Http2::accept(int32_t id)
{
    const auto e = find(id);
    if (!e || e->answered || e->status) return;
    e->answered = true;
    const nghttp2_nv head[] = {field(":status", "200"), field("content-type", "application/grpc")};
    nghttp2_data_provider provider{{.ptr = e.get()}, Callbacks::fill};
    nghttp2_submit_response(m_session, id, head, std::size(head), &provider);
}

void Http2::read(int32_t id)
{
    const auto e = find(id);
    if (!e || e->wants) return;
    e->wants = true;
    if (e->held && !e->gone) nghttp2_session_consume_stream(m_session, id, std::exchange(e->held, 0));
    if ((e->in.whole() || e->endIn || e->over) && !std::exchange(e->due, true)) m_due.push_back(e);
}

void Http2::write(int32_t id, std::string framedMessage)
{
    const auto e = find(id);
    if (!e || e->endOut || e->over) return;
    e->out.push_back(std::move(framedMessage));
    nghttp2_session_resume_data(m_session, id);
}

void Http2::endWriting(int32_t id)
{
    const auto e = find(id);
    if (!e || e->endOut) return;
    e->endOut = true;
    nghttp2_session_resume_data(m_session, id);
}

void Http2::finish(int32_t id, Status status)
{
    const auto e = find(id);
    if (!e || e->status) return;
    e->status = std::move(status);
    e->endOut = true;
    if (e->answered) {
        nghttp2_session_resume_data(m_session, id);
        return;
    }
    e->answered = true;
    const std::string code = std::to_string(int(e->status->code)), words = escaped(e->status->words);
    const nghttp2_nv head[] = {field(":status", "200"), field("content-type", "application/grpc"), field("grpc-status", code), field("grpc-message", words)};
    nghttp2_submit_response(m_session, id, head, std::size(head), nullptr);
}

ssize_t Http2::fill(Entry& e, uint8_t* out, size_t size, uint32_t* flags)
{
    size_t n = 0;
    while (n < size && !e.out.empty()) {
        const std::string& front = e.out.front();
        const size_t part = std::min(size - n, front.size() - e.outAt);
        std::copy_n(front.data() + e.outAt, part, out + n);
        n += part;
        e.outAt += part;
        if (e.outAt < front.size()) break;
        e.out.pop_front();
        e.outAt = 0;
        ++e.taken;
        if (!std::exchange(e.due, true)) m_due.push_back(m_entries.at(e.id));
    }
    if (!e.out.empty()) return ssize_t(n);
    if (!e.endOut) return n ? ssize_t(n) : ssize_t(NGHTTP2_ERR_DEFERRED);
    *flags |= NGHTTP2_DATA_FLAG_EOF;
    if (m_server && e.status) {
        *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
        const std::string code = std::to_string(int(e.status->code)), words = escaped(e.status->words);
        const nghttp2_nv tail[] = {field("grpc-status", code), field("grpc-message", words)};
        nghttp2_submit_trailer(m_session, e.id, tail, std::size(tail));
    }
    return ssize_t(n);
}

void Http2::ping() { nghttp2_submit_ping(m_session, NGHTTP2_FLAG_NONE, nullptr); }

void Http2::goAway()
{
    nghttp2_submit_goaway(m_session, NGHTTP2_FLAG_NONE, nghttp2_session_get_last_proc_stream_id(m_session), NGHTTP2_NO_ERROR, nullptr, 0);
}

void Http2::headersDone(const EntryPtr& e, bool first, bool last)
{
    if (last) e->endIn = true;
    if (m_server) {
        if (!first) return deliver(e);
        if (e->method != "POST" || !isOurs(e->type)) {
            const nghttp2_nv head[] = {field(":status", e->method != "POST" ? "405" : "415")};
            e->status = Status{Code::Unknown, {}};
            nghttp2_submit_response(m_session, e->id, head, std::size(head), nullptr);
            return;
        }
        Stream* stream = m_onRequest(e->id, e->path);
        if (!stream) return finish(e->id, {Code::Unimplemented, "no such method"});
        hear(e, stream);
        return deliver(e);
    }
    if (e->over) return;
    if (!e->opened) {
        if (e->http != "200" || !isOurs(e->type)) return breakOff(e, {Code::Unknown, "not a server of calls"});
        e->opened = true;
        if (!last && e->stream) e->stream->opened();
    }
    if (!last) return;
    const bool known = e->code >= 0 && e->code <= 16;
    e->over = Status{known ? Code(e->code) : Code::Unknown, e->words};
    if (e->over->ok() && !e->in.between()) e->over = Status{Code::Internal, "cut message"};
    if (!e->endOut) nghttp2_submit_rst_stream(m_session, NGHTTP2_FLAG_NONE, e->id, NGHTTP2_NO_ERROR);
    deliver(e);
}

void Http2::deliver(const EntryPtr& e)
{
    if (e->delivering) return;
    e->delivering = true;
    const bool gone = m_server && e->over; // what is left of it is nobody's business
    while (!gone && e->stream && e->wants && e->in.whole()) {
        e->wants = false;
        e->stream->received(e->in.next());
    }
    if (!gone && m_server && e->stream && e->wants && e->endIn && !e->toldEnd) {
        e->wants = false;
        e->toldEnd = true;
        e->stream->noMore();
    }
    if (e->over && e->stream && (gone || !e->in.whole())) {
        Stream* stream = e->stream;
        hear(e, nullptr);
        stream->closed(*e->over);
    }
    e->delivering = false;
    if (e->gone && !e->stream) m_entries.erase(e->id);
}

bool Http2::take(std::string_view bytes)
{
    const auto n = nghttp2_session_mem_recv(m_session, reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
    // Who makes us answer and does not take the answers must not fill our memory with them.
    return n == ssize_t(bytes.size()) && nghttp2_session_get_outbound_queue_size(m_session) <= kMostQueued;
}

std::string_view Http2::next()
{
    const uint8_t* data = nullptr;
    const auto n = nghttp2_session_mem_send(m_session, &data);
    return n > 0 ? std::string_view(reinterpret_cast<const char*>(data), size_t(n)) : std::string_view();
}

bool Http2::over() const { return !nghttp2_session_want_read(m_session) && !nghttp2_session_want_write(m_session); }

void Http2::settle()
{
    while (!m_due.empty()) {
        std::vector<EntryPtr> due;
        due.swap(m_due);
        for (const auto& e : due) {
            e->due = false;
            for (; e->taken > 0 && e->stream && !e->over; --e->taken) e->stream->written();
            e->taken = 0;
            deliver(e);
        }
    }
}

void Http2::end(const Status& status)
{
    const auto all = m_entries;
    for (const auto& [id, e] : all) {
        e->gone = true;
        if (!e->over) e->over = status;
        deliver(e);
    }
}

} // namespace zt::rpc
