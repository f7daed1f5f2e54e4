#pragma once

#include "zt/crypto/sign.h"
#include "zt/directory/directory.h"
#include "zt/rules/rules.h"
#include "zt/sync/store.h"

#include <map>
#include <memory>
#include <set>

//! The desk's side of agreement with the hub: outbox, feed, gaps, reconciliation. A state machine over ports: no thread, no socket, no clock of
//! its own; tests/sim runs it in virtual time.
namespace zt::sync {

//! Who this desk is.
struct Identity {
    std::string hub;      //!< hub id
    Bytes hubKey;         //!< Ed25519 public key of the hub
    std::string person;
    Bytes device;         //!< 16 bytes
    std::string programme = "zhengtong";
};

//! The state of one stream as shown: confirmed events, pending commands decided on top. Its states are shared with the engine: for its thread only.
struct View {
    std::shared_ptr<const rules::State> confirmed;
    std::shared_ptr<const rules::State> shown; //!< the very same object when nothing is pending
    std::vector<OutboxRow> pending;        //!< Waiting or applied but not arrived, in order
    std::vector<OutboxRow> attention;
    StreamRow row;
};

//! Told, inside the transaction, that a stream's view changed; rewrites list rows and index from it. `view` is null when
//! nothing is left to show: no events, no pending command, no words that need attention.
class Projector {
public:
    virtual ~Projector() = default;
    [[nodiscard]] virtual Result<void> project(Tx& tx, const std::string& stream, const View* view) = 0;
};

//! Takes frames to the hub, in order; never blocks; dropping the connection drops what was not sent.
class Sender {
public:
    virtual ~Sender() = default;
    virtual void send(const wire::DeskFrame& frame) = 0;
};

//! What a person's act came to, at once.
struct Prediction {
    Bytes id;                  //!< of the command, if it was kept
    rules::Decision decision;  //!< applies(): shown as pending. Otherwise nothing was signed or kept, and the reason says why
};

//! A frame of the hub with its events opened and hashed: what rests on nothing that is stored is done by the thread that it arrives on. Any thread.
struct Heard {
    Heard(wire::HubFrame frame); //!< implicit: it says no more than the frame
    struct Opened {
        explicit Opened(const wire::Event& event);
        Bytes hash;
        bool bodyMatches; //!< body and salt are what body_hash says, or were erased
        Result<wire::Body> body;
    };
    wire::HubFrame frame;
    std::vector<Opened> events; //!< of frame.events(), in their order
};

enum class Phase { Offline, Greeting, Reconciling, Live };

class Engine {
public:
    struct Ports {
        Store& store;
        const Clock& clock;
        Random& random;
        const rules::Catalogue& catalogue;
        Projector& projector;
    };
    Engine(Identity identity, const crypto::SigningKey& key, Ports ports);
    ~Engine();

    //! Reads what survives a restart. Call once, first; again after a failed write.
    [[nodiscard]] Result<void> load();

    //! A person's act: decided on confirmed and pending, signed, stored with the rows it changes in one transaction, then sent if live.
    //! \param body  only the body, stream, subject are looked at; the rest is filled in. An empty stream of a Submit gets a new matter's name.
    //! \param alone the kind stands alone: no `after`
    //! \param also  more to write in the same transaction if the act is kept (the draft that becomes a document goes)
    using Also = std::function<Result<void>(Tx&, const wire::Command&)>;
    [[nodiscard]] Result<Prediction> submit(wire::Command body, bool alone = false, const Also& also = {});
    //! The person has dealt with a command under *needs attention* (added the words as an opinion, copied or dropped them).
    [[nodiscard]] Result<void> dismiss(const Bytes& id);
    //! Takes back a command that was never sent (true undo). Err::Conflict if it may have left.
    [[nodiscard]] Result<void> takeBack(const Bytes& id, const Also& also = {});
    //! Keeps a mark, rewrites the stream's row, tells the hub.
    [[nodiscard]] Result<void> mark(const std::string& stream, const std::string& key, int64_t value);

    //! The line is up: greets. The sender must outlive the connection.
    void connected(Sender& sender);
    void disconnected();
    //! Frames in the order received; applied in one transaction with the position. An error of the store ends the connection's use: nothing of
    //! the batch was kept; call disconnected() and connect again. Err::Corrupt: the hub sent what does not check; the same.
    //! `yield`, if given, is asked between frames: true ends the batch early; what was taken is kept. Returns how many frames were taken.
    [[nodiscard]] Result<size_t> receive(const std::vector<Heard>& frames, const std::function<bool(size_t touched)>& yield = {});

    [[nodiscard]] Result<View> view(const std::string& stream);
    [[nodiscard]] Result<View> view(Tx& tx, const std::string& stream);

    [[nodiscard]] Phase phase() const;
    [[nodiscard]] bool live() const;            //!< connected and nothing newer was at the hub when it last said so
    [[nodiscard]] Millis hubTime() const;       //!< newest signed hub time known; 0: none yet
    [[nodiscard]] uint64_t position() const;
    [[nodiscard]] size_t unsent() const;        //!< Waiting commands
    [[nodiscard]] size_t attention() const;
    [[nodiscard]] const directory::Directory& directory() const; //!< confirmed
    //! Why the hub closed the line, if it said so (revoked, suspended …); nothing otherwise.
    [[nodiscard]] std::optional<wire::Closed> closed() const;
    //! Streams whose view changed since the last call.
    [[nodiscard]] std::set<std::string> takeChanged();
    //! True once after a checkpoint or an event contradicted what this desk holds.
    [[nodiscard]] bool takeAlarm();

private:
    class Impl;
    std::unique_ptr<Impl> m;
};

} // namespace zt::sync
