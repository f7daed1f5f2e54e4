#include "zt/sqlcipher/provider.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

/* Declared in the amalgamation only, not in sqlite3.h. The version is pinned by packaging/deps and checked below. */
#define SQLCIPHER_MADE_FOR "4.14."
typedef struct sqlcipher_provider sqlcipher_provider;
struct sqlcipher_provider {
    int (*init)(void);
    void (*shutdown)(void);
    const char* (*get_provider_name)(void*);
    int (*add_random)(void*, const void*, int);
    int (*random)(void*, void*, int);
    int (*hmac)(void*, int, const unsigned char*, int, const unsigned char*, int, const unsigned char*, int, unsigned char*);
    int (*kdf)(void*, int, const unsigned char*, int, const unsigned char*, int, int, int, unsigned char*);
    int (*cipher)(void*, int, const unsigned char*, int, const unsigned char*, const unsigned char*, int, unsigned char*);
    const char* (*get_cipher)(void*);
    int (*get_key_sz)(void*);
    int (*get_iv_sz)(void*);
    int (*get_block_sz)(void*);
    int (*get_hmac_sz)(void*, int);
    int (*ctx_init)(void**);
    int (*ctx_free)(void**);
    int (*fips_status)(void*);
    const char* (*get_provider_version)(void*);
    sqlcipher_provider* next;
};
int sqlcipher_register_provider(sqlcipher_provider*);
sqlcipher_provider* sqlcipher_get_provider(void);
void* sqlcipher_malloc(sqlite3_uint64);
char* sqlcipher_version(void);

enum { kKey = 32, kHash = 16, kTag = 32 };

/* A connection's own: what its pages need, ready from page to page. SQLCipher uses a connection from one thread at a time, with one cipher
   key and one HMAC key as long as nobody asks for another. */
struct Pages {
    int old; /* SQLCipher's own pages: nothing of the following is there */
    EVP_CIPHER_CTX *counter, *hash, *tag;
    unsigned char cipherKey[kKey], macKey[kKey]; /* what these were made for */
};

static EVP_CIPHER *g_counter, *g_gcm, *g_block;
static sqlcipher_provider* g_own;
static sqlcipher_provider g_builtin; /* a copy: SQLCipher frees registered providers at shutdown */
static pthread_once_t g_once = PTHREAD_ONCE_INIT;
static int g_ready;
static __thread int t_oldPages;

/* A context under a key of its own for this use, in the place of the one before. */
static int keyed(EVP_CIPHER_CTX** context, const EVP_CIPHER* cipher, const unsigned char* key, const char* use)
{
    unsigned char own[kKey];
    unsigned int size = 0;
    EVP_CIPHER_CTX_free(*context);
    *context = EVP_CIPHER_CTX_new();
    const int ok = *context && HMAC(EVP_sha256(), key, kKey, (const unsigned char*)use, strlen(use), own, &size) && size == kKey
                   && EVP_CipherInit_ex2(*context, cipher, own, NULL, 1, NULL) && EVP_CIPHER_CTX_set_padding(*context, 0);
    OPENSSL_cleanse(own, sizeof own);
    if (!ok) {
        EVP_CIPHER_CTX_free(*context);
        *context = NULL;
    }
    return ok;
}

static int useCipherKey(struct Pages* p, const unsigned char* key)
{
    if (p->counter && memcmp(p->cipherKey, key, kKey) == 0) return 1;
    memcpy(p->cipherKey, key, kKey);
    return keyed(&p->counter, g_counter, key, "zhengtong page 1 cipher");
}

/* The tag's context last: it is there only when both are. */
static int useMacKey(struct Pages* p, const unsigned char* key)
{
    if (p->tag && memcmp(p->macKey, key, kKey) == 0) return 1;
    EVP_CIPHER_CTX_free(p->tag);
    p->tag = NULL;
    memcpy(p->macKey, key, kKey);
    return keyed(&p->hash, g_gcm, key, "zhengtong page 1 hash") && keyed(&p->tag, g_block, key, "zhengtong page 1 tag");
}

/* The page, its IV and its number go through GHASH (GCM with nothing to encipher; always the same nonce, for what comes out never leaves
   this function), and what comes out enciphered is the tag. SQLCipher's field for it has twice the room. */
static int pageHmac(void* ctx, int algorithm, const unsigned char* key, int keySize, const unsigned char* in, int inSize,
                    const unsigned char* in2, int in2Size, unsigned char* out)
{
    static const unsigned char kNonce[12] = {0};
    struct Pages* p = ctx;
    if (p->old) return g_builtin.hmac(NULL, algorithm, key, keySize, in, inSize, in2, in2Size, out);
    if (algorithm != 1 || keySize != kKey || !in || !in2 || !useMacKey(p, key)) return SQLITE_ERROR;
    unsigned char hash[kHash], nothing[kHash];
    OSSL_PARAM wanted[] = {OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, hash, kHash), OSSL_PARAM_construct_end()};
    int n = 0;
    const int ok = EVP_CipherInit_ex2(p->hash, NULL, NULL, kNonce, 1, NULL) && EVP_CipherUpdate(p->hash, NULL, &n, in, inSize)
                   && EVP_CipherUpdate(p->hash, NULL, &n, in2, in2Size) && EVP_CipherFinal_ex(p->hash, nothing, &n)
                   && EVP_CIPHER_CTX_get_params(p->hash, wanted) && EVP_CipherUpdate(p->tag, out, &n, hash, kHash) && n == kHash;
    OPENSSL_cleanse(hash, sizeof hash);
    memset(out + kHash, 0, kTag - kHash);
    return ok ? SQLITE_OK : SQLITE_ERROR;
}

/* The IV, which SQLCipher draws anew for each page it writes, is where the counter begins. */
static int pageCipher(void* ctx, int mode, const unsigned char* key, int keySize, const unsigned char* iv, const unsigned char* in,
                      int inSize, unsigned char* out)
{
    struct Pages* p = ctx;
    if (p->old) return g_builtin.cipher(NULL, mode, key, keySize, iv, in, inSize, out);
    int size = 0;
    return keySize == kKey && useCipherKey(p, key) && EVP_CipherInit_ex2(p->counter, NULL, NULL, iv, 1, NULL)
                   && EVP_CipherUpdate(p->counter, out, &size, in, inSize) && size == inSize
               ? SQLITE_OK
               : SQLITE_ERROR;
}

static const char* pageCipherName(void* ctx)
{
    return ((struct Pages*)ctx)->old ? g_builtin.get_cipher(NULL) : "aes-256-ctr";
}

static int beginConnection(void** ctx)
{
    struct Pages* p = OPENSSL_zalloc(sizeof *p);
    if (!p) return SQLITE_NOMEM;
    p->old = t_oldPages;
    void* none = NULL;
    const int code = g_builtin.ctx_init(&none);
    if (code != SQLITE_OK) OPENSSL_free(p);
    *ctx = code == SQLITE_OK ? p : NULL;
    return code;
}

static int endConnection(void** ctx)
{
    struct Pages* p = *ctx;
    *ctx = NULL;
    if (!p) return SQLITE_OK; /* was not begun */
    EVP_CIPHER_CTX_free(p->counter);
    EVP_CIPHER_CTX_free(p->hash);
    EVP_CIPHER_CTX_free(p->tag);
    OPENSSL_clear_free(p, sizeof *p);
    void* none = NULL;
    return g_builtin.ctx_free(&none);
}

static const char* ownName(void* ctx)
{
    (void)ctx;
    return "openssl-zhengtong";
}

static int fits(void)
{
    char* version = sqlcipher_version();
    const int known = version && strncmp(version, SQLCIPHER_MADE_FOR, sizeof SQLCIPHER_MADE_FOR - 1) == 0;
    sqlite3_free(version);
    if (!known) return 0;
    sqlcipher_provider* p = sqlcipher_get_provider();
    return p && strcmp(p->get_provider_name(NULL), "openssl") == 0 && p->get_key_sz(NULL) == kKey && p->get_hmac_sz(NULL, 1) == kTag;
}

static void makeReady(void)
{
    if (!fits()) return;
    g_builtin = *sqlcipher_get_provider();
    g_block = EVP_CIPHER_fetch(NULL, "AES-256-ECB", NULL);
    g_counter = EVP_CIPHER_fetch(NULL, "AES-256-CTR", NULL);
    g_gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    g_own = sqlcipher_malloc(sizeof *g_own);
    if (!g_block || !g_counter || !g_gcm || !g_own) return;
    *g_own = g_builtin;
    g_own->hmac = pageHmac;
    g_own->cipher = pageCipher;
    g_own->get_cipher = pageCipherName;
    g_own->ctx_init = beginConnection;
    g_own->ctx_free = endConnection;
    g_own->get_provider_name = ownName;
    g_own->next = NULL;
    g_ready = sqlcipher_register_provider(g_own) == SQLITE_OK;
}

int zt_sqlcipher_install_provider(void)
{
    if (sqlite3_initialize() != SQLITE_OK) return SQLITE_ERROR;
    pthread_once(&g_once, makeReady);
    return g_ready ? SQLITE_OK : SQLITE_ERROR;
}

void zt_sqlcipher_old_pages(int on)
{
    t_oldPages = on;
}
