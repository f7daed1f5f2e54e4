#pragma once

#include "zt/base/bytes.h"
#include "zt/base/result.h"
#include "zt/crypto/hash.h"

#include <cstdint>

//! Small files of ours: magic (4) | version (1) | fields | BLAKE2b-256 of all before. Numbers little endian, byte fields behind a
//! length of 4 bytes. The hash tells damage from a wrong secret; it protects nothing.
namespace zt::store {

class Writer {
public:
    Writer(std::string_view magic, uint8_t version) : m_out(magic) { m_out += char(version); }
    void number(uint64_t v, int bytes)
    {
        for (int i = 0; i < bytes; ++i) m_out += char(v >> (8 * i) & 0xff);
    }
    void field(BytesView v)
    {
        number(v.size(), 4);
        m_out += v;
    }
    [[nodiscard]] Bytes finish()
    {
        m_out += crypto::hash("zt.store.frame", {m_out});
        return std::move(m_out);
    }

private:
    Bytes m_out;
};

class FrameReader {
public:
    //! Err::Corrupt, TooNew. Later versions keep magic, version and hash where they are. `bytes` must stay.
    [[nodiscard]] static Result<FrameReader> open(BytesView bytes, std::string_view magic, uint8_t version)
    {
        if (bytes.size() < magic.size() + 1 + crypto::kHashSize || !bytes.starts_with(magic)) return fail(Err::Corrupt, "not a file of this kind");
        const BytesView body = bytes.substr(0, bytes.size() - crypto::kHashSize);
        if (!crypto::equal(crypto::hash("zt.store.frame", {body}), bytes.substr(body.size()))) return fail(Err::Corrupt, "file is damaged");
        const auto found = static_cast<unsigned char>(body[magic.size()]);
        if (found > version) return fail(Err::TooNew, "file of version " + std::to_string(found));
        if (found == 0) return fail(Err::Corrupt, "file of version 0");
        return FrameReader(body.substr(magic.size() + 1));
    }
    [[nodiscard]] Result<uint64_t> number(int bytes)
    {
        if (m_in.size() < size_t(bytes)) return fail(Err::Corrupt, "file ends too early");
        uint64_t v = 0;
        for (int i = 0; i < bytes; ++i) v |= uint64_t(static_cast<unsigned char>(m_in[size_t(i)])) << (8 * i);
        m_in.remove_prefix(size_t(bytes));
        return v;
    }
    [[nodiscard]] Result<Bytes> field(size_t limit)
    {
        ZT_LET(size, number(4));
        if (size > limit || size > m_in.size()) return fail(Err::Corrupt, "field is longer than it may be");
        Bytes out(m_in.substr(0, size));
        m_in.remove_prefix(size);
        return out;
    }
    [[nodiscard]] bool atEnd() const { return m_in.empty(); }

private:
    explicit FrameReader(BytesView in) : m_in(in) {}
    BytesView m_in;
};

} // namespace zt::store
