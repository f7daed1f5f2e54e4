#pragma once

#include "sync.pb.h"
#include "zt/base/result.h"
#include "zt/crypto/secret.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

//! The gRPC side of the desk's line. Callback API only: gRPC's threads hand every event to one thread of the line, which calls the handlers; those must
//! hand over and return at once.
namespace zt::link {

struct Endpoint {
    std::string address;    //!< "host:port"
    std::string ca;         //!< PEM of the province's roots, one after another: that of the enrolment, or those a signed policy named
    std::string certificate;//!< PEM of this device
    std::string key;        //!< PEM of its private key; wiped by the line when it is done
    std::string proxy;      //!< "" or "http://host:port"
};

enum class State {
    Connecting,
    Up,             //!< the stream is open; frames may be sent
    NoNetwork,      //!< no route or no interface
    Unreachable,    //!< nobody answers, refuses or times out
    IdentityRefused,//!< TLS or the hub's door refused one of the two: certificate wrong, expired, revoked, another root, not a hub
};

//! When to try and when to give up; the defaults are the product's.
struct Timing {
    int connectMs = 10'000;     //!< from the first packet until the hub let the call in, at most; three seconds while the outage is young
    int firstBackoffMs = 1'000; //!< the next try comes at a random point of it, or of a tenth of the time without the hub where that is longer
    int mostBackoffMs = 60'000;
    int steadyMs = 30'000;      //!< a connection that held as long, or as long as the time without the hub, ends the outage; that time is added up until then
    int answerMs = 1'000;       //!< as connectMs, on a connection that was there before (Line::reconnect)
    int absentMs = 2'000;       //!< a file that the hub does not have yet is asked for again so much later, then after twice the time, up to mostBackoffMs
};

struct Handlers {
    //! The line's own thread, one at a time, in order. Background retries keep the last failure's state; Connecting is only told of what the desk
    //! asked for. why: a word of ours for the log (list in README.md), e.g. "hub_certificate_expired".
    std::function<void(State state, std::string why)> state;
    std::function<void(wire::HubFrame frame)> frame;
    //! An attempt begins. What is sent for this connection from now on goes out as soon as the hub is reached, behind the handshake and before the hub let
    //! the call in: a greeting costs no round trip of its own. Every attempt ends in a state, Up or another; may be empty.
    std::function<void(uint64_t connection)> dialled;
};

//! One line that keeps itself up: connects, greets with what it is given (Handlers::dialled), reconnects after a back-off that grows with the outage, with full jitter (1 s to 60 s), keep-alive, deadlines.
//! A hub that swallows packets costs nothing but a State. Thread-safe. The hub answers a call it lets in with its initial metadata at once: that is Up.
class Line {
public:
    Line(Endpoint endpoint, Handlers handlers, Timing timing = {});
    ~Line();                                //!< closes; no handler runs after it returns; may wait two seconds for a look at a hub's certificates
    void start();
    void stop();                            //!< stays down until start()
    void retryNow();
    //! At once, also where a connection is up: greets anew on it, and dials another if it does not answer within a second.
    void reconnect();
    void setProxy(std::string proxy);
    //! Another certificate, key, roots or address; the proxy stays as it is. A connection that is up goes on as it is, else the next attempt is made at once.
    void setEndpoint(Endpoint endpoint);
    //! Queues a frame on the connection that is up or dialled; dropped if there is none, or if `connection` is given and there is another one by now.
    //! Never blocks.
    void send(const wire::DeskFrame& frame, uint64_t connection = 0);
    //! Number of the connection that is up, 0 when none is. Who hands over to another thread keeps the number for send(), or a greeting meant for a
    //! connection that broke would go out on the next.
    [[nodiscard]] uint64_t connection() const;
    //! Inside the frame handler, true: no more is read from the network until hold(false), so that the hub waits instead of this PC's memory growing.
    void hold(bool on);
    //! Closes this connection and connects again (the store failed, the hub's frames did not check).
    void restart();
    [[nodiscard]] int64_t nextRetryMs() const; //!< steady ms of the next attempt, 0 when none is planned
    [[nodiscard]] State state() const;

private:
    class Impl;
    std::shared_ptr<Impl> m;
};

//! Where sealed files are on this PC, for the second channel. Called on the line's own thread; may do file I/O, never wait for the network.
class BlobFiles {
public:
    virtual ~BlobFiles() = default;
    //! Bytes of sealed chunk `index`, or an error (then the upload ends).
    virtual Result<Bytes> read(const Bytes& blob, uint32_t index) = 0;
    //! Keeps a chunk durably enough to resume behind it; checks it against the hash list first (Err::Corrupt).
    virtual Result<void> keep(const Bytes& blob, uint32_t index, const Bytes& data) = 0;
};

//! Moves files both ways over the Blobs call, resuming behind what each side has. One transfer at a time a direction, in the order asked for; own rate
//! limit. Connects when something is asked for, drops the call a minute after the last transfer; does not retry: whoever sees the Line up asks again, and waits
//! for the back-off if the channel broke before it brought anything.
//! The hub answers every chunk with a BlobState; at most four are unanswered. Thread-safe.
class BlobLine {
public:
    //! Own thread, one at a time. `complete` false and `why` DONE is progress; any other `why` ends the transfer. doneBytes: sealed bytes from the start
    //! of the file, those of earlier connections included.
    struct Events {
        std::function<void(Bytes blob, uint64_t doneBytes, bool complete, wire::BlobEnd::Why why)> sent;
        std::function<void(Bytes blob, uint64_t doneBytes, bool complete, wire::BlobEnd::Why why)> fetched;
        std::function<void()> down; //!< the channel broke; what was queued is forgotten: queue again when the line is up
    };
    BlobLine(Endpoint endpoint, std::shared_ptr<BlobFiles> files, Events events, Timing timing = {});
    ~BlobLine();                                      //!< no event and no call to `files` after it returns
    void upload(Bytes blob, uint64_t sealedSize, std::vector<Bytes> chunks); //!< chunks: their hashes
    //! One that is not whole at the hub yet is told of (NOT_HERE_YET) each time, and asked for again until it comes, the channel breaks or close().
    void download(Bytes blob, std::string stream, uint32_t fromChunk, uint32_t chunkCount);
    void setProxy(std::string proxy);                 //!< breaks the connection
    void setEndpoint(Endpoint endpoint);              //!< for the next connection; the proxy stays as it is
    void setRate(uint64_t bytesPerSecond);            //!< each direction; 0: as fast as it goes
    void close();                                     //!< forgets everything without a word; a later upload() or download() connects again

private:
    class Impl;
    std::shared_ptr<Impl> m;
};

//! Asks the hub for a later certificate for the endpoint's key, which the present one may have outlived by crypto::kRenewalGrace. Blocks up to `timeoutMs`. The
//! answer is checked: this key, this name, one of these roots, a later end. Err::Denied (revoked or suspended), Unauthenticated (the hub or the desk is not
//! who it should be, or the certificate has ended too long ago), Unavailable.
[[nodiscard]] Result<std::string> renew(Endpoint endpoint, int timeoutMs);

//! True for "host:port" as this build can connect to it.
[[nodiscard]] bool isAddress(std::string_view text);

//! The enrolment code: where the hub is, what its root must be, and the one-time secret. Text form
//! "ZT1-<base32 of version, 16 bytes of the root's hash, 10 bytes of secret, enrol address>" in groups of five; typing errors are found by a check sum.
//! A short code has the secret alone: for a desk that its organisation told the rest.
struct EnrolCode {
    std::string address;    //!< "host:port" of the enrolment port; empty in a short code
    Bytes caHash;           //!< first 16 bytes of the root certificate's hash, or more; empty in a short code
    Bytes secret;           //!< 10 bytes
};
//! A few letters over a new device's keys, shown there and where it is approved: "ABCD-EFGH".
[[nodiscard]] std::string deviceCheck(BytesView signKey, BytesView boxKey);
[[nodiscard]] std::string formatCode(const EnrolCode& code);
[[nodiscard]] Result<EnrolCode> parseCode(std::string_view text); //!< Err::Invalid

//! Finds the hub, checks that its root is the one the code names, sends the keys. Blocks up to `timeoutMs` a step. Errors as desk::enrol.
struct Enrolled {
    wire::EnrolReply reply;
    std::string ca; //!< PEM
};
//! Where reply.waiting() is set there is no certificate yet: the device must be approved first, and the same request asked again later.
[[nodiscard]] Result<Enrolled> enrol(const EnrolCode& code, const wire::EnrolRequest& request, const std::string& proxy, int timeoutMs,
                                     const std::function<void(int step)>& progress);

} // namespace zt::link
