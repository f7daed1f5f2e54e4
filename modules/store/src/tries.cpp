#include "tries.h"

#include "files.h"
#include "frame.h"

#include <algorithm>
#include <iterator>

namespace zt::store {

static constexpr std::string_view kTriesMagic = "ZTTR";
static constexpr Millis kWaits[] = {0, 0, 0, 5'000, 15'000, 60'000, 300'000};

static Millis waitFor(uint64_t wrongTries)
{
    return wrongTries == 0 ? 0 : kWaits[std::min<uint64_t>(wrongTries - 1, std::size(kWaits) - 1)];
}

Tries::Tries(std::filesystem::path folder, const Clock& clock) : m_file(folder / "tries"), m_clock(clock), m_wall(clock.now()), m_steady(clock.steady())
{
    const auto bytes = readSmall(m_file, 256);
    if (!bytes) return;
    // A damaged file is as good as a removed one: whoever can damage it can remove it.
    auto in = FrameReader::open(*bytes, kTriesMagic, 1);
    if (!in) return;
    const auto count = in->number(8), left = in->number(8), wall = in->number(8), steady = in->number(8);
    if (!count || !left || !wall || !steady) return;
    m_count = *count;
    m_left = std::clamp<Millis>(Millis(*left), 0, kWaits[std::size(kWaits) - 1]);
    m_wall = std::max<Millis>(0, Millis(*wall)); // no clock of ours said less; differences below must not overflow
    m_steady = std::max<Millis>(0, Millis(*steady));
}

void Tries::save()
{
    Writer out(kTriesMagic, 1);
    for (uint64_t v : {m_count, uint64_t(m_left), uint64_t(m_wall), uint64_t(m_steady)}) out.number(v, 8);
    (void)writeSmall(m_file, out.finish());
}

//! Takes off the wait what has passed. The steady clock counts while the machine runs; after a restart of the machine it begins again, then
//! the wall clock must do, and where that went back nothing has passed.
void Tries::settle()
{
    const Millis wall = m_clock.now(), steady = m_clock.steady();
    const Millis passed = steady >= m_steady ? steady - m_steady : std::max<Millis>(0, wall - m_wall);
    m_left = std::max<Millis>(0, m_left - passed);
    m_wall = wall;
    m_steady = steady;
}

Millis Tries::waitMs()
{
    if (m_left == 0) return 0;
    const Millis noted = m_steady;
    settle();
    if (m_steady - noted > 1000 || m_steady < noted) save();
    return m_left;
}

void Tries::failed()
{
    settle();
    ++m_count;
    m_left = waitFor(m_count);
    save();
}

void Tries::takeBack()
{
    if (m_count > 0) --m_count;
    m_left = 0;
    save();
}

void Tries::passed()
{
    m_count = 0;
    m_left = 0;
    std::error_code ec;
    std::filesystem::remove(m_file, ec);
}

} // namespace zt::store
