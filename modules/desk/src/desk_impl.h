#pragma once

#include "factor.h"
#include "lease.h"
#include "projection.h"
#include "worker.h"
#include "zt/base/id.h"
#include "zt/base/text.h"
#include "zt/crypto/blob.h"
#include "zt/crypto/hash.h"
#include "zt/desk/desk.h"
#include "zt/link/link.h"
#include "zt/store/sql_store.h"
#include "zt/store/vault.h"
#include "zt/sync/engine.h"

#include <atomic>
#include <deque>
#include <mutex>

namespace zt::desk {

//! What the store says of whose it is; written at enrolment.
struct Identity {
    Me me;
    Bytes hubKey;
    std::string ca, certificate;
};

class Desk::Impl final : public std::enable_shared_from_this<Desk::Impl>, public sync::Projector, public sync::Sender {
public:
    Impl(std::filesystem::path folder, Options options, Post post);
    ~Impl() override;

    //! Builds a desk on a thread aside; `open` runs on its worker.
    static void build(std::filesystem::path folder, Options options, Post post, Then<std::shared_ptr<Desk>> then,
                      std::function<Result<void>(Impl&)> open);
    Result<void> openStore(const crypto::Secret& passphrase); //!< on the worker
    Result<void> openKeys(const store::Opened& opened);       //!< on the worker
    Result<void> checkPassphrase(const crypto::Secret& passphrase); //!< on a thread aside
    Result<void> changePassphrase(const crypto::Secret& old, const crypto::Secret& fresh); //!< likewise
    //! Brings the vault to what the policies ask of the keychain, and notes how it stands. On the worker, or aside.
    void settleFactor(store::Vault& vault, Unlocked unlocked, const crypto::Secret& passphrase);
    [[nodiscard]] std::optional<store::Factor> keptFactor() const;
#ifdef ZT_BENCH_DOOR
    friend void openWithKeys(std::filesystem::path folder, std::shared_ptr<store::Opened> keys, Options options, Post post, Then<std::shared_ptr<Desk>> then)
    {
        build(std::move(folder), std::move(options), std::move(post), std::move(then), [keys](Impl& impl) { return impl.openKeys(*keys); });
    }
#endif
    Result<void> readIdentity();
    void startLine();
    void close();

    // sync's ports, on the worker
    Result<void> project(sync::Tx& tx, const std::string& stream, const sync::View* view) override;
    Result<void> projectTerms(store::Tx& tx);
    void send(const wire::DeskFrame& frame) override { if (line) line->send(frame, connection); }

    // line.cpp
    void lineDialled(uint64_t number);
    void lineState(link::State state, const std::string& why);
    void lineFrame(wire::HubFrame frame);
    void drain();
    void afterBatch(const Result<size_t>& taken);
    void noteStore(const Error* error);
    void refreshStatus();
    void refreshMe();
    void emitChanges(Change change = {});

    // standing.cpp: what the years bring
    Result<void> readStanding();        //!< when the store is opened
    void look();                        //!< on the worker, whenever something may have moved
    void considerRenewal();
    void renewed(const Result<std::string>& certificate);
    Result<void> takePolicy();
    Result<void> runLease();
    Result<void> keepLease(const Lease& lease);
    void readDates();                   //!< of the certificate
    Result<void> reopen(const std::string& code);
    [[nodiscard]] link::Endpoint endpoint() const;

    void findUnsent(Then<UnsentWork> then); //!< `then` runs on the reader thread

    // files.cpp
    void startBlobs();
    void blobSent(const Bytes& blob, uint64_t bytes, bool complete, wire::BlobEnd::Why why);
    void blobFetched(const Bytes& blob, uint64_t bytes, bool complete, wire::BlobEnd::Why why);
    void resumeTransfers();
    void queueUploads();
    Result<void> wantBlob(const std::string& stream, const Bytes& blob);
    std::filesystem::path blobPath(const Bytes& blob) const;
    bool idle();

    // acts
    Result<Done> submit(wire::Command command, const sync::Engine::Also& also = {});
    Result<MatterView> matterView(const std::string& stream);
    Millis now() const; //!< hub time's best guess: never before the newest hub time known

    //! What a job does while the lease has ended: Content is refused, Care goes on.
    enum class Kind { Content, Care };
    template <class T, class Work>
    Result<T> unlessLocked(Kind kind, Work&& work) const
    {
        if (kind == Kind::Content && leaseEnded) return fail(Err::Denied, "the lease has ended");
        return work();
    }
    //! Runs on the worker; the answer goes to the poster's thread.
    template <class T>
    void onWorker(Then<T> then, std::function<Result<T>(Impl&)> work, Kind kind = Kind::Content)
    {
        worker.first([self = weak_from_this(), then = std::move(then), work = std::move(work), kind] {
            const auto me = self.lock();
            if (!me) return;
            auto result = std::make_shared<Result<T>>(me->unlessLocked<T>(kind, [&] { return work(*me); }));
            me->reply<T>(then, std::move(result));
        });
    }
    template <class T>
    void onReader(Then<T> then, std::function<Result<T>(Impl&, store::Reader&)> work, Kind kind = Kind::Content)
    {
        readers.first([self = weak_from_this(), then = std::move(then), work = std::move(work), kind] {
            const auto me = self.lock();
            if (!me || !me->reader) return;
            auto result = std::make_shared<Result<T>>(me->unlessLocked<T>(kind, [&] { return work(*me, *me->reader); }));
            me->reply<T>(then, std::move(result));
        });
    }
    template <class T>
    void reply(const Then<T>& then, std::shared_ptr<Result<T>> result)
    {
        if (then) post([then, result] { then(std::move(*result)); });
    }

    const std::filesystem::path folder;
    Options options;
    const Post post;
    Identity identity;
    crypto::Secret storeKey;
    std::optional<crypto::SigningKey> key;
    std::optional<crypto::BoxKey> box;
    std::unique_ptr<store::SqlStore> store;
    std::unique_ptr<store::Reader> reader;
    std::unique_ptr<sync::Engine> engine;
    std::unique_ptr<link::Line> line;
    std::unique_ptr<link::BlobLine> blobs;
    std::shared_ptr<class BlobFolder> blobFolder;

    // worker's own
    std::map<std::string, Pinyin> phonetics;
    std::vector<Arrival> arrivals;
    bool quiet = false;          //!< the first sync: nothing is announced
    bool directoryChanged = false, blobsChanged = false, termsMoved = false;
    uint64_t indexedPeople = 0;
    std::string calendarText;    //!< the one that due times in the lists rest on
    bool resumed = false;
    Millis connectedAt = 0; //!< steady
    struct Standing {
        wire::PutPolicy policy;  //!< the highest number this desk has seen
        Millis renewAt = 0, certificateEnd = 0, renewTried = 0; //!< renewTried: steady
        bool renewing = false;
        Lease lease;
        Lease leaseKept;         //!< as the store knows it
    } standing;
    std::atomic<bool> leaseEnded{false};
    std::atomic<bool> destroy{false}; //!< the store goes when the desk is closed

    // link's threads and the worker
    std::mutex frameMutex;
    struct Waiting {
        uint64_t connection;
        sync::Heard heard;
        size_t bytes;
    };
    std::deque<Waiting> frames;
    size_t frameBytes = 0; //!< of all of them
    bool draining = false;
    bool holding = false; //!< the line was asked to read no more
    uint64_t lineConnection = 0; //!< the line's number of the connection it has; its thread
    uint64_t connection = 0;     //!< of the one the engine greets on; the worker

    mutable std::mutex statusMutex;
    Status status;
    HubPolicy hubPolicy;         //!< under statusMutex too
    std::optional<store::Factor> factor; //!< of the open store; likewise

    std::atomic<uint64_t> searchGeneration{0};
    std::atomic<bool> searching{false};

    // threads last: they end first
    Worker worker, readers, files;
};

//! Where sealed files lie; used by the blob line's threads.
class BlobFolder final : public link::BlobFiles {
public:
    explicit BlobFolder(std::filesystem::path folder) : m_folder(std::move(folder)) {}
    void know(const store::BlobRow& row);
    Result<Bytes> read(const Bytes& blob, uint32_t index) override;
    Result<void> keep(const Bytes& blob, uint32_t index, const Bytes& data) override;
    std::filesystem::path path(const Bytes& blob) const { return m_folder / hex(blob); }
    std::filesystem::path part(const Bytes& blob) const { return m_folder / (hex(blob) + ".part"); }

private:
    std::optional<crypto::BlobInfo> info(const Bytes& blob) const;
    const std::filesystem::path m_folder;
    mutable std::mutex m_mutex;
    std::map<Bytes, crypto::BlobInfo> m_known;
};

[[nodiscard]] crypto::BlobInfo blobInfo(const wire::Attachment& a);
[[nodiscard]] wire::Attachment attachmentOf(const crypto::BlobInfo& info, const std::string& name);
//! Where the first chunk missing begins, from bytes held.
[[nodiscard]] uint32_t nextChunk(const store::BlobRow& row);

} // namespace zt::desk
