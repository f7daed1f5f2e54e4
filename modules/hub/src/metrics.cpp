#include "metrics.h"

#include "zt/crypto/pki.h"
#include "zt/hub/backup_stamp.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <dirent.h>
#include <fstream>
#include <mutex>
#include <prometheus/counter.h>
#include <prometheus/exposer.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <sstream>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace zt::hub {

namespace {

using prometheus::Counter;
using prometheus::Gauge;
using prometheus::Histogram;

const Histogram::BucketBoundaries kSeconds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
const Histogram::BucketBoundaries kCommands{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000};

double secondsSince(Metrics::Instant began) { return std::chrono::duration<double>(Metrics::now() - began).count(); }

std::string lower(std::string word)
{
    for (char& c : word) c = char(std::tolower(static_cast<unsigned char>(c)));
    return word;
}

//! One series for each word of an enum of ours, there from the start so that its rate is known when it moves first.
template <size_t N>
struct Series {
    std::array<Counter*, N> each{};
    void add(size_t at, double n = 1)
    {
        if (at < N && each[at]) each[at]->Increment(n);
    }
};

} // namespace

class Metrics::Impl final : public prometheus::Collectable {
public:
    explicit Impl(const HubFolder& folder);

    //! Asked for by a reader, on one of the exposer's threads.
    std::vector<prometheus::MetricFamily> Collect() const override
    {
        std::lock_guard lock(m_reading);
        readDisk();
        readBackup();
        readProcess();
        return m_registry.Collect();
    }

    Gauge& gauge(const char* name, const char* help, const prometheus::Labels& labels = {})
    {
        return prometheus::BuildGauge().Name(name).Help(help).Register(m_registry).Add(labels);
    }
    Counter& counter(const char* name, const char* help, const prometheus::Labels& labels = {})
    {
        return prometheus::BuildCounter().Name(name).Help(help).Register(m_registry).Add(labels);
    }
    Histogram& histogram(const char* name, const char* help, const Histogram::BucketBoundaries& buckets)
    {
        return prometheus::BuildHistogram().Name(name).Help(help).Register(m_registry).Add({}, buckets);
    }
    template <size_t N>
    Series<N> series(const char* name, const char* help, const char* label, const std::array<std::string, N>& words)
    {
        Series<N> out;
        for (size_t i = 0; i < N; ++i)
            if (!words[i].empty()) out.each[i] = &counter(name, help, {{label, words[i]}});
        return out;
    }
    template <size_t N, class Name>
    static std::array<std::string, N> wordsOf(Name nameOf)
    {
        std::array<std::string, N> out;
        for (size_t i = 0; i < N; ++i) out[i] = lower(nameOf(int(i)));
        return out;
    }

    void readDisk() const;
    void readBackup() const;
    void readProcess() const;
    void tellCertificate(const char* which, const Result<std::string>& pem);

    mutable std::mutex m_reading;
    prometheus::Registry m_registry;
    const std::filesystem::path m_data, m_blobs;
    Instant m_commitBegan;

    // The decider
    Series<wire::Outcome_ARRAYSIZE> m_outcomes;
    Series<wire::Refused::Why_ARRAYSIZE> m_refused;
    Histogram &m_groupCommands, &m_groupSeconds, &m_commitSeconds;
    Counter& m_conflicts;
    Series<5> m_failures;
    Series<4> m_lineRefusals;
    Series<3> m_enrolments;
    Series<2> m_blobBytes;
    Series<wire::BlobEnd::Why_ARRAYSIZE> m_blobsRefused;
    // Once a second
    Gauge &m_healthy, &m_turned, &m_lines, &m_linesBehind, &m_deciderQueue, &m_filesQueue, &m_position, &m_followUpsBehind, &m_feedLag, &m_timesLate;
    // When asked
    Gauge &m_dataFree, &m_dataSize, &m_blobsFree, &m_blobsSize, &m_lastBackup, &m_memory, &m_files, &m_mostFiles, &m_threads;
    Counter& m_cpu;

    std::unique_ptr<prometheus::Exposer> exposer;
};

Metrics::Impl::Impl(const HubFolder& folder)
    : m_data(folder.dir()), m_blobs(folder.file(folder.config().blobs)),
      m_outcomes(series("zhengtong_commands_total", "Commands answered, by outcome; a command sent again is answered again", "outcome",
                        wordsOf<wire::Outcome_ARRAYSIZE>([](int i) { return i == 0 ? std::string() : wire::Outcome_Name(wire::Outcome(i)); }))),
      m_refused(series("zhengtong_commands_refused_total", "Commands refused at the door, without outcome", "why",
                       wordsOf<wire::Refused::Why_ARRAYSIZE>([](int i) { return wire::Refused::Why_Name(wire::Refused::Why(i)); }))),
      m_groupCommands(histogram("zhengtong_group_commands", "Commands decided together and committed as one", kCommands)),
      m_groupSeconds(histogram("zhengtong_group_seconds", "From the first command of a group to its answers, commit and retries included", kSeconds)),
      m_commitSeconds(histogram("zhengtong_commit_seconds", "Writing one group to the log until it is durable", kSeconds)),
      m_conflicts(counter("zhengtong_commit_conflicts_total", "Commits decided again because another process wrote in between")),
      m_failures(series<5>("zhengtong_failures_total", "What could not be done; each is an error in the hub's log too", "what", {"group", "follow_up", "log", "feed", "blob"})),
      m_lineRefusals(series<4>("zhengtong_lines_refused_total", "Lines of desks not taken, or ended by the hub", "why", {"device", "too_many", "closing", "frame"})),
      m_enrolments(series<3>("zhengtong_enrolments_total", "Tries to enrol a desk", "result", {"done", "refused", "too_often"})),
      m_blobBytes(series<2>("zhengtong_blob_bytes_total", "Bytes of sealed attachments taken in and given out", "direction", {"in", "out"})),
      m_blobsRefused(series("zhengtong_blobs_refused_total", "Attachments that were not taken or given", "why",
                            wordsOf<wire::BlobEnd::Why_ARRAYSIZE>([](int i) { return i == wire::BlobEnd::DONE ? std::string() : wire::BlobEnd::Why_Name(wire::BlobEnd::Why(i)); }))),
      m_healthy(gauge("zhengtong_healthy", "1 while the hub can go on; 0 when its database is gone")),
      m_turned(gauge("zhengtong_decider_turn_timestamp_seconds", "When the deciding thread last came round; it does every second at least")),
      m_lines(gauge("zhengtong_lines_open", "Desks connected")),
      m_linesBehind(gauge("zhengtong_lines_behind", "Desks whose feed is more than 1000 events behind the log")),
      m_deciderQueue(gauge("zhengtong_queue_length", "Longest queue before a thread within the last second", {{"queue", "decider"}})),
      m_filesQueue(gauge("zhengtong_queue_length", "Longest queue before a thread within the last second", {{"queue", "files"}})),
      m_position(gauge("zhengtong_log_position", "Events in the log")),
      m_followUpsBehind(gauge("zhengtong_follow_ups_behind", "Events whose follow-ups are not done")),
      m_feedLag(gauge("zhengtong_feed_lag_events", "Events between the log and the slowest desk's feed")),
      m_timesLate(gauge("zhengtong_timetable_late_seconds", "How long the earliest entry of the timetable is past its time")),
      m_dataFree(gauge("zhengtong_disk_free_bytes", "Free space where the folder lies", {{"folder", "data"}})),
      m_dataSize(gauge("zhengtong_disk_size_bytes", "Size of the file system where the folder lies", {{"folder", "data"}})),
      m_blobsFree(gauge("zhengtong_disk_free_bytes", "Free space where the folder lies", {{"folder", "blobs"}})),
      m_blobsSize(gauge("zhengtong_disk_size_bytes", "Size of the file system where the folder lies", {{"folder", "blobs"}})),
      m_lastBackup(gauge("zhengtong_last_backup_timestamp_seconds", "When zhengtong-ctl backup last finished; 0: never")),
      m_memory(gauge("process_resident_memory_bytes", "Resident memory")), m_files(gauge("process_open_fds", "Open file descriptors")),
      m_mostFiles(gauge("process_max_fds", "Most file descriptors allowed")), m_threads(gauge("process_threads", "Threads")),
      m_cpu(counter("process_cpu_seconds_total", "Processor time, user and system"))
{
    gauge("zhengtong_build_info", "1; the version is the label", {{"version", ZT_VERSION}}).Set(1);
    // When this runs is when the process started, as near as anybody asks.
    gauge("process_start_time_seconds", "Start of the process").SetToCurrentTime();
    m_turned.SetToCurrentTime();
    tellCertificate("root", folder.caPem());
    tellCertificate("hub", folder.serverPem());
}

//! As it is served: a certificate renewed on disk counts from the next start.
void Metrics::Impl::tellCertificate(const char* which, const Result<std::string>& pem)
{
    const auto certificate = pem ? crypto::readCert(*pem) : Result<crypto::CertInfo>(pem.error());
    gauge("zhengtong_certificate_end_timestamp_seconds", "End of the certificate the hub serves, and of the province's root", {{"certificate", which}})
        .Set(certificate ? double(certificate->notAfter) / 1000 : 0);
}

void Metrics::Impl::readDisk() const
{
    const auto tell = [](const std::filesystem::path& folder, Gauge& free, Gauge& size) {
        struct statvfs s {};
        if (::statvfs(folder.c_str(), &s) != 0) return;
        free.Set(double(s.f_bavail) * double(s.f_frsize));
        size.Set(double(s.f_blocks) * double(s.f_frsize));
    };
    tell(m_data, m_dataFree, m_dataSize);
    tell(m_blobs, m_blobsFree, m_blobsSize);
}

void Metrics::Impl::readBackup() const
{
    const auto stamp = readStamp(m_data);
    m_lastBackup.Set(stamp ? double(stamp->time) / 1000 : 0);
}

void Metrics::Impl::readProcess() const
{
    rusage used{};
    if (::getrusage(RUSAGE_SELF, &used) == 0) {
        const auto seconds = [](const timeval& t) { return double(t.tv_sec) + double(t.tv_usec) / 1e6; };
        m_cpu.Increment(std::max(0.0, seconds(used.ru_utime) + seconds(used.ru_stime) - m_cpu.Value()));
    }
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) == 0) m_mostFiles.Set(double(files.rlim_cur));
    if (DIR* dir = ::opendir("/proc/self/fd")) {
        int count = -3; // itself, "." and ".."
        while (::readdir(dir)) ++count;
        ::closedir(dir);
        m_files.Set(count);
    }
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        std::istringstream words(line);
        std::string key;
        double value = 0;
        words >> key >> value;
        if (key == "VmRSS:") m_memory.Set(value * 1024);
        if (key == "Threads:") m_threads.Set(value);
    }
}

Metrics::Metrics(std::shared_ptr<Impl> impl) : m(std::move(impl)) {}

// The exposer goes first, so that none of its threads is the last to hold what it reads.
Metrics::~Metrics() { m->exposer.reset(); }

Result<std::unique_ptr<Metrics>> Metrics::start(const HubFolder& folder)
{
    const HubConfig& c = folder.config();
    ZT_LET(at, parseHostPort(c.metrics));
    std::vector<std::string> options{"listening_ports", at.host + ":" + std::to_string(at.port),
                                     "num_threads", "2", "request_timeout_ms", "5000"};
    if (!c.metricsAllow.empty()) {
        ZT_LET(networks, parseNetworks(c.metricsAllow));
        std::string list;
        for (const auto& n : networks) list += (list.empty() ? "+" : ",+") + n.address + "/" + std::to_string(n.bits);
        options.insert(options.end(), {"access_control_list", list});
    }
    auto impl = std::make_shared<Impl>(folder);
    try {
        impl->exposer = std::make_unique<prometheus::Exposer>(options);
        if (impl->exposer->GetListeningPorts().empty()) return fail(Err::Io, "metrics: cannot listen on " + c.metrics + "; is the port taken?");
        impl->exposer->RegisterCollectable(impl);
    } catch (const std::exception&) {
        return fail(Err::Io, "metrics: cannot listen on " + c.metrics + "; is the port taken?");
    }
    return std::unique_ptr<Metrics>(new Metrics(std::move(impl)));
}

int Metrics::port() const { return m->exposer->GetListeningPorts().front(); }

void Metrics::decided(const std::vector<Core::Answer>& answers, Instant began)
{
    m->m_groupSeconds.Observe(secondsSince(began));
    m->m_groupCommands.Observe(double(answers.size()));
    for (const auto& a : answers) {
        if (a.receipt) m->m_outcomes.add(size_t(a.receipt->outcome()));
        else m->m_refused.add(size_t(a.refused.value_or(wire::Refused::MALFORMED)));
    }
}

void Metrics::commitBegins() { m->m_commitBegan = now(); }

void Metrics::commitEnds(std::optional<Err> failed)
{
    if (!failed) m->m_commitSeconds.Observe(secondsSince(m->m_commitBegan));
    else if (*failed == Err::Conflict) m->m_conflicts.Increment();
}

void Metrics::failed(Failure what) { m->m_failures.add(size_t(what)); }
void Metrics::refused(LineRefusal why) { m->m_lineRefusals.add(size_t(why)); }
void Metrics::enrolled(Enrolled how) { m->m_enrolments.add(size_t(how)); }
void Metrics::blobIn(size_t bytes) { m->m_blobBytes.add(0, double(bytes)); }
void Metrics::blobOut(size_t bytes) { m->m_blobBytes.add(1, double(bytes)); }
void Metrics::blobEnded(wire::BlobEnd::Why why) { m->m_blobsRefused.add(size_t(why)); }

void Metrics::stands(const Standing& s)
{
    m->m_healthy.Set(s.healthy);
    m->m_turned.SetToCurrentTime();
    m->m_lines.Set(double(s.lines));
    m->m_linesBehind.Set(double(s.linesBehind));
    m->m_deciderQueue.Set(double(s.deciderQueue));
    m->m_filesQueue.Set(double(s.filesQueue));
    m->m_position.Set(double(s.position));
    m->m_followUpsBehind.Set(double(s.position - std::min(s.position, s.followed)));
    m->m_feedLag.Set(double(s.feedLag));
    m->m_timesLate.Set(double(s.timesLate) / 1000);
}

// A renewal ends every hub, so that the start is early enough.
void Metrics::opened(const Redundancy& log)
{
    m->gauge("zhengtong_log_renewed_timestamp_seconds", "When the log's incarnation was last renewed: commits may have been lost before; 0: never").Set(double(log.renewed.value_or(0)) / 1000);
    m->gauge("zhengtong_log_synchronous", "1 if the log is served only where each commit waits for a second server").Set(log.synchronous);
}

} // namespace zt::hub
