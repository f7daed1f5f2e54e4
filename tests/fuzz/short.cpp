// A main() for look() without libFuzzer: short <seconds> <folder of seeds> [number of the random sequence]. Every seed as it is, then mutations. What is being
// looked at stands in fuzz-<process>.bin of the working folder; it stays there when the process dies: a finding to keep as a seed.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <unistd.h>
#include <vector>

extern "C" int LLVMFuzzerInitialize(int*, char***);
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

constexpr size_t kMost = 65536;
using Seeds = std::vector<std::string>;

Seeds readSeeds(const std::filesystem::path& folder)
{
    Seeds out;
    std::error_code ec;
    for (const auto& entry : std::filesystem::directory_iterator(folder, ec)) {
        std::ifstream in(entry.path(), std::ios::binary);
        out.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    }
    out.emplace_back();
    return out;
}

//! One to eight changes: bytes and numbers replaced, pieces removed, doubled, or taken from another seed.
std::string mutated(const Seeds& seeds, std::mt19937_64& rng)
{
    auto below = [&](size_t n) { return n ? size_t(rng() % n) : 0; };
    std::string s = seeds[below(seeds.size())];
    for (size_t n = 1 + below(8); n; --n) {
        const size_t at = below(s.size() + 1), size = std::min(s.size() - at, below(1 + below(64)));
        switch (below(6)) {
        case 0: if (at < s.size()) s[at] = char(s[at] ^ (1 << below(8))); break;
        case 1: if (at < s.size()) s[at] = char("\x00\x01\x7f\x80\xff\n\"\\,"[below(9)]); break;
        case 2: s.erase(at, size); break;
        case 3: s.insert(at, s.substr(at, size)); break;
        case 4: s.insert(at, size_t(below(9)), char(rng())); break;
        default: {
            const std::string& other = seeds[below(seeds.size())];
            const size_t from = below(other.size() + 1);
            s.replace(at, size, other, from, below(other.size() - from + 1));
        }
        }
    }
    if (s.size() > kMost) s.resize(kMost);
    return s;
}

//! Looks at the bytes; they are in the file until the look has ended.
void look(int file, const std::string& bytes)
{
    if (::ftruncate(file, 0) != 0 || ::pwrite(file, bytes.data(), bytes.size(), 0) != ssize_t(bytes.size())) std::abort();
    const std::vector<uint8_t> exact(bytes.begin(), bytes.end()); // no terminating zero: reading past the end shows
    (void)LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

} // namespace

int main(int argc, char** argv)
{
    if (argc < 3) return 2;
    LLVMFuzzerInitialize(&argc, &argv);
    const uint64_t sequence = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : std::random_device()();
    std::mt19937_64 rng(sequence);
    const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(std::atof(argv[1]));
    Seeds seeds = readSeeds(argv[2]);
    const std::string name = "fuzz-" + std::to_string(::getpid()) + ".bin";
    const int file = ::open(name.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    for (auto& s : seeds) {
        if (s.size() > kMost) s.resize(kMost);
        look(file, s);
    }
    size_t runs = seeds.size();
    for (; std::chrono::steady_clock::now() < end; ++runs) look(file, mutated(seeds, rng));
    ::unlink(name.c_str());
    std::printf("%-14s %zu seeds, %zu runs, sequence %llu\n", std::filesystem::path(argv[0]).filename().c_str(), seeds.size(), runs, (unsigned long long)sequence);
    return 0;
}
