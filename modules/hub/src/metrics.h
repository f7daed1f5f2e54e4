#pragma once

#include "sync.pb.h"
#include "zt/hub/folder.h"
#include "zt/hub/kept_log.h"

#include <chrono>

namespace zt::hub {

enum class Failure { Group, FollowUp, Log, Feed, Blob }; //!< what could not be done: each is an error in the log too
enum class LineRefusal { Device, TooMany, Closing, Frame }; //!< why a desk's line was not taken or was ended by the hub
enum class Enrolled { Done, Refused, TooOften };

//! What the decider sees, once a second.
struct Standing {
    static constexpr uint64_t kBehind = 1000; //!< events: a line further back counts as behind
    bool healthy = false;
    size_t lines = 0, linesBehind = 0, deciderQueue = 0, filesQueue = 0;
    uint64_t position = 0, followed = 0, feedLag = 0;
    Millis timesLate = 0;
};

//! The numbers a Prometheus server reads over HTTP, if `metrics` is configured: how many, how long, how late. No content, and no label that could name
//! a person, a desk, a matter or a stream. Any thread. The server's objects ask Loop::metrics(), which is null when they are off.
class Metrics final : public CommitWatch {
public:
    using Instant = std::chrono::steady_clock::time_point;
    [[nodiscard]] static Instant now() { return std::chrono::steady_clock::now(); }

    //! Listens as the folder's configuration says; what can be read from the machine (disk, process, backup) is read when somebody asks.
    [[nodiscard]] static Result<std::unique_ptr<Metrics>> start(const HubFolder& folder);
    ~Metrics() override;
    [[nodiscard]] int port() const; //!< as bound

    void decided(const std::vector<Core::Answer>& answers, Instant began);
    void commitBegins() override;
    void commitEnds(std::optional<Err> failed) override;
    void failed(Failure what);
    void refused(LineRefusal why);
    void enrolled(Enrolled how);
    void blobIn(size_t bytes);
    void blobOut(size_t bytes);
    void blobEnded(wire::BlobEnd::Why why);
    void stands(const Standing& standing);
    void opened(const Redundancy& log); //!< how the log is kept, at the start

private:
    class Impl;
    explicit Metrics(std::shared_ptr<Impl> impl);
    std::shared_ptr<Impl> m; //!< a reader may hold it a moment longer
};

} // namespace zt::hub
