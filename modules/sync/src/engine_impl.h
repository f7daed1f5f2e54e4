#pragma once

#include "zt/sync/engine.h"
#include "zt/wire/sealing.h"

#include <unordered_map>

namespace zt::sync {

class Engine::Impl {
public:
    Impl(Identity who, const crypto::SigningKey& k, Ports p);

    Result<void> load();
    Result<void> reload();
    Result<void> write(const std::function<Result<void>(Tx&)>& work);
    void disconnected();
    Result<Prediction> submit(wire::Command body, bool alone, const Engine::Also& also);

    [[nodiscard]] bool underway(const OutboxRow& row, uint64_t have) const;
    Result<View> view(Tx& tx, const std::string& stream);
    Result<View> view(Tx& tx, const std::string& stream, std::vector<OutboxRow> rows); //!< rows: the stream's outbox
    Result<void> project(Tx& tx, const std::string& stream);
    Result<std::shared_ptr<const rules::State>> confirmed(Tx& tx, const std::string& stream, uint64_t have);
    std::shared_ptr<rules::State>& cached(const std::string& stream); //!< its place in `states`
    rules::State* foldable(const std::string& stream); //!< what is folded of it in memory, not shared with any view; null if nothing is
    Result<directory::Access> foldAccess(Tx& tx); //!< also makes `ended` anew
    Result<void> loadEnded(Tx& tx);
    Result<void> understandMore(); //!< after an update: streams that held what the programme before did not know
    static bool holdsTooNew(const std::vector<wire::Event>& events);
    Result<void> keepEnded(Tx& tx);
    void predict(const rules::Kind& kind, View& view, rules::State& shown);
    wire::Command fill(wire::Command c, const View& v, bool alone);

    // frames.cpp: what the hub says
    Result<void> take(Tx& tx, const Heard& heard, std::set<std::string>& touched);
    Result<void> welcome(Tx& tx, const wire::Welcome& w);
    Result<void> goLive(Tx& tx);
    Result<void> events(Tx& tx, const Heard& heard, std::set<std::string>& touched);
    Result<bool> append(Tx& tx, StreamRow& row, const wire::Event& event, const Heard::Opened& opened);
    Result<void> accessFacts(Tx& tx, const std::vector<wire::Fact>& facts, std::set<std::string>& touched);
    Result<void> revoked(Tx& tx, const std::string& stream, std::set<std::string>& touched);
    Result<void> erased(Tx& tx, const std::string& stream, std::set<std::string>& touched); //!< does at this desk what the directory says was erased of it
    void uncount(const OutboxRow& row); //!< before it changes or goes
    Result<void> setAside(Tx& tx, OutboxRow row, wire::Reason why); //!< what waited is under needs attention from now on
    Result<void> forgetWords(Tx& tx, const OutboxRow& row);
    Result<void> receipt(Tx& tx, const wire::Receipt& r, std::set<std::string>& touched);
    Result<void> settle(Tx& tx, OutboxRow row, const wire::Receipt& r, std::set<std::string>& touched);
    Result<void> refusedAtDoor(Tx& tx, const wire::Refused& r, std::set<std::string>& touched);
    Result<void> readEnd(Tx& tx, const wire::ReadEnd& end);
    Result<void> behind(Tx& tx, const wire::Behind& b);
    Result<void> gatherOffers(Tx& tx, wire::Head& common);
    Result<void> backTo(Tx& tx, const wire::Head& common, std::set<std::string>& touched);
    Result<void> waitAgain(Tx& tx, std::set<std::string>& touched);
    Result<void> holdWhatIsGranted(Tx& tx, std::set<std::string>& touched);
    Result<void> offersDone(Tx& tx, std::set<std::string>& touched);
    // pages.cpp: the directory's pages
    Result<void> loadDirectory(Tx& tx); //!< `dir` from pages and events
    Result<void> page(Tx& tx, const wire::Page& page, std::set<std::string>& touched);
    Result<wire::Head> pagedUpTo(Tx& tx); //!< version 0: no pages
    Result<void> forgetPages(Tx& tx);
    Result<void> takeTime(const wire::HubTime& t);
    Result<void> takeCheckpoint(Tx& tx, const wire::Checkpoint& c);
    Result<void> keepCursor(Tx& tx);

    void send(wire::DeskFrame frame);
    void flush();
    Result<void> doubtAll(Tx& tx);
    void requestRead(const std::string& stream);
    Result<void> askForMissing(Tx& tx);

    Identity identity;
    const crypto::SigningKey& key;
    Ports ports;
    const std::string access;

    std::shared_ptr<directory::Directory> dir;
    std::unordered_map<std::string, std::shared_ptr<rules::State>> states; //!< confirmed folds, a cache; views share them

    std::set<std::string> ended; //!< streams the access stream says are not to be held any more
    bool endedMoved = false;     //!< not kept yet
    uint64_t position = 0;
    uint64_t keptPosition = 0; //!< as the store has it; keptTime likewise
    Millis keptTime = 0;
    bool levelMoved = false; //!< the store does not say this programme's level
    Bytes incarnation, newIncarnation;
    wire::HubTime time;
    size_t unsent = 0, attention = 0, stuck = 0;

    Sender* sender = nullptr;
    Phase phase = Phase::Offline;
    bool isLive = false;
    bool otherLevel = false; //!< the store was last written by a programme of another level
    std::optional<wire::Closed> closed;
    bool hubLive = false;                     //!< nothing newer was at the hub when it last said so
    std::unordered_map<std::string, bool> reading; //!< streams to be read on this connection; true: asked for
    size_t asked = 0;                         //!< of them
    std::vector<std::string> wanted;          //!< those not asked for yet, the newest last
    std::vector<wire::DeskFrame> outgoing;    //!< leave only after the commit
    std::vector<wire::SignedCommand> offers;  //!< gathered while reconciling
    std::vector<wire::Head> differing;        //!< last versions both have, cut back to when the hub has taken the offers
    std::set<std::string> changed;
    bool alarm = false;
};

} // namespace zt::sync
