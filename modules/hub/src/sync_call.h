#pragma once

#include "caller.h"
#include "loop.h"
#include "metrics.h"
#include "sync.pb.h"
#include "zt/rpc/server.h"

#include <deque>
#include <map>

namespace zt::hub {

//! How many lines are open; on the loop's thread.
struct Lines {
    int most = 0, mostOfOne = 0;
    int open = 0;
    bool ending = false;
    std::map<std::string, int> ofPerson;
};

//! One Sync call. Its connection's thread fills `m_in` and empties `m_out` under the mutex; everything else is the loop's. Deletes itself after onDone, on the
//! loop's thread.
class SyncCall final : public rpc::ServerCall, public Member {
public:
    SyncCall(std::shared_ptr<rpc::ServerStream> stream, Loop& loop, Lines& lines, SessionLimits limits, const std::string& hub, std::optional<Peer> peer);

    void takeIn(std::vector<Core::Door>& doors) override;
    void answer(Core::Answer answer) override;
    void pump() override;
    void drop() override;
    void shutDown() override;
    [[nodiscard]] Session* session() override { return m_session.get(); }

private:
    void onRead(std::optional<std::string> message) override;
    void onWritten(bool ok) override;
    void onCancel() override;
    void onDone() override;

    struct In {
        wire::DeskFrame frame;
        bool signatureGood = false; //!< under the peer's own key; checked here, where several threads are
    };

    void attach();
    void refuse(LineRefusal why, rpc::Status status);
    void putBack(std::vector<In> rest);
    void end(rpc::Status status);
    void finishIfIdle();

    Loop& m_loop;
    Lines& m_lines;
    const SessionLimits m_limits;
    const std::string m_hub;
    const std::optional<Peer> m_peer;
    std::unique_ptr<Session> m_session;
    bool m_counted = false;
    bool m_holding = false; //!< frames wait until the limits let them in
    Millis m_holdUntil = 0;

    std::mutex m_mutex;
    std::vector<In> m_in;
    std::vector<In> m_taken; //!< what the loop is done with: freed by the thread that made it, whose memory it is
    std::deque<std::string> m_out; //!< as they travel
    size_t m_inBytes = 0;
    bool m_reading = false, m_readEnded = false, m_writing = false, m_broken = false, m_finished = false;
    std::optional<rpc::Status> m_end; //!< finish() with it once nothing is being written
};

} // namespace zt::hub
