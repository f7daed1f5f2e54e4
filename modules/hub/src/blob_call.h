#pragma once

#include "blob_index.h"
#include "blob_store.h"
#include "caller.h"
#include "loop.h"
#include "zt/rpc/server.h"

#include <deque>
#include <set>

namespace zt::hub {

class BlobCall;

//! What all Blobs calls share. `worker` does the files and owns the calls' state; rights are asked of the loop, chunk by chunk.
struct BlobLines {
    Loop& loop;
    BlobStore store;
    BlobIndex index;                //!< on the loop's thread
    std::set<BlobCall*> calls = {}; //!< on the worker's thread
    bool ending = false;            //!< on the worker's thread
    Worker worker;                  //!< last: ends first
    //! The directory changed, or the hub closes: ends the calls of those who have no right any more.
    void review();
    void endAll();
};

//! One Blobs call: offers and chunks in, wanted chunks out, both at once. Its state is the worker's; deletes itself there.
class BlobCall final : public rpc::ServerCall {
public:
    BlobCall(std::shared_ptr<rpc::ServerStream> stream, BlobLines& lines, std::optional<Peer> peer);

    [[nodiscard]] const Peer& peer() const { return *m_peer; }
    void end(rpc::Status status);

private:
    void onRead(std::optional<std::string> message) override;
    void onWritten(bool ok) override;
    void onCancel() override;
    void onDone() override;

    struct Want {
        wire::BlobWant want;
        uint32_t next;
    };
    void begin(std::optional<rpc::Status> refused);
    void take();
    void reply(wire::BlobDown down);
    void tell(const Bytes& blob, wire::BlobEnd::Why why);
    void onOffer(const wire::BlobOffer& offer);
    void onChunk(const wire::BlobChunk& chunk);
    void goOn();
    void onRight(bool allowed);
    void writeNext();
    void finishIfIdle();

    BlobLines& m_lines;
    const std::optional<Peer> m_peer;
    wire::BlobUp m_up;
    std::deque<wire::BlobDown> m_out;
    std::deque<Want> m_wants;
    bool m_reading = false, m_readEnded = false, m_writing = false, m_finished = false;
    bool m_asking = true; //!< the loop is being asked (first of all who this is) and will come back: no finish() before
    std::optional<rpc::Status> m_end;
};

} // namespace zt::hub
