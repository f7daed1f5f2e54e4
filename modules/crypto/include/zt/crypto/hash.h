#pragma once

#include "zt/base/bytes.h"

#include <initializer_list>
#include <memory>
#include <string_view>

namespace zt::crypto {

//! Suite ids travel with every signature and hash. One suite now; another id is refused as Unsupported, never guessed.
constexpr uint32_t kSuiteSodium = 1; //!< Ed25519, BLAKE2b-256, XChaCha20-Poly1305, X25519 sealed boxes, Argon2id

constexpr size_t kHashSize = 32;

//! BLAKE2b-256 over the domain word and the parts, each preceded by its length (8 bytes, little endian): a hash made for one purpose is
//! never one for another, and moving a boundary between parts changes it. Any thread.
[[nodiscard]] Bytes hash(std::string_view domain, std::initializer_list<BytesView> parts);

//! Running BLAKE2b-256 over plain bytes (files, chunks); no domain, no lengths.
class Hasher {
public:
    Hasher();
    ~Hasher();
    Hasher(Hasher&&) noexcept;
    Hasher& operator=(Hasher&&) noexcept;
    void add(BytesView bytes);
    [[nodiscard]] Bytes finish(); //!< once
private:
    struct State;
    std::unique_ptr<State> m_state;
};
[[nodiscard]] Bytes hashOf(BytesView bytes);

//! Compares in constant time; false for different lengths.
[[nodiscard]] bool equal(BytesView a, BytesView b);

} // namespace zt::crypto
