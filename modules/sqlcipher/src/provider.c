#include "zt/sqlcipher/provider.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
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

enum { kSlots = 4, kKey = 32 }; /* two stores open on one thread, each with a cipher key and an HMAC key, both directions */

struct MacSlot {
    EVP_MAC_CTX* context;
    int algorithm;
    unsigned char key[kKey];
};
struct CipherSlot {
    EVP_CIPHER_CTX* context;
    int mode;
    unsigned char key[kKey];
};
struct ThreadCache {
    struct MacSlot mac[kSlots];
    struct CipherSlot cipher[kSlots];
    unsigned nextMac, nextCipher;
};

static EVP_MAC* g_mac;
static EVP_CIPHER* g_cipher;
static sqlcipher_provider* g_own;
static sqlcipher_provider g_builtin; /* a copy: SQLCipher frees registered providers at shutdown */
static pthread_key_t g_cacheKey;
static pthread_once_t g_once = PTHREAD_ONCE_INIT;
static int g_ready;

static void freeCache(void* p)
{
    struct ThreadCache* cache = p;
    if (!cache) return;
    for (int i = 0; i < kSlots; ++i) {
        EVP_MAC_CTX_free(cache->mac[i].context);
        EVP_CIPHER_CTX_free(cache->cipher[i].context);
    }
    OPENSSL_clear_free(cache, sizeof *cache);
}

static struct ThreadCache* threadCache(void)
{
    struct ThreadCache* cache = pthread_getspecific(g_cacheKey);
    if (cache) return cache;
    cache = OPENSSL_zalloc(sizeof *cache);
    if (cache && pthread_setspecific(g_cacheKey, cache) != 0) {
        OPENSSL_free(cache);
        cache = NULL;
    }
    return cache;
}

static const char* digestName(int algorithm)
{
    return algorithm == 0 ? "SHA1" : algorithm == 1 ? "SHA256" : algorithm == 2 ? "SHA512" : NULL;
}

/* The context ready for one message under the key, or NULL. */
static EVP_MAC_CTX* macContext(struct ThreadCache* cache, int algorithm, const unsigned char* key)
{
    for (int i = 0; i < kSlots; ++i) {
        struct MacSlot* s = &cache->mac[i];
        if (s->context && s->algorithm == algorithm && CRYPTO_memcmp(s->key, key, kKey) == 0)
            return EVP_MAC_init(s->context, NULL, 0, NULL) ? s->context : NULL;
    }
    const char* digest = digestName(algorithm);
    struct MacSlot* s = &cache->mac[cache->nextMac++ % kSlots];
    EVP_MAC_CTX_free(s->context);
    OPENSSL_cleanse(s, sizeof *s);
    EVP_MAC_CTX* context = digest ? EVP_MAC_CTX_new(g_mac) : NULL;
    if (!context) return NULL;
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char*)digest, 0), OSSL_PARAM_construct_end()};
    if (!EVP_MAC_init(context, key, kKey, params)) {
        EVP_MAC_CTX_free(context);
        return NULL;
    }
    s->context = context;
    s->algorithm = algorithm;
    memcpy(s->key, key, kKey);
    return context;
}

static int cachedHmac(void* ctx, int algorithm, const unsigned char* key, int keySize, const unsigned char* in, int inSize,
                      const unsigned char* in2, int in2Size, unsigned char* out)
{
    struct ThreadCache* cache = keySize == kKey && in ? threadCache() : NULL;
    if (!cache) return g_builtin.hmac(ctx, algorithm, key, keySize, in, inSize, in2, in2Size, out);
    EVP_MAC_CTX* context = macContext(cache, algorithm, key);
    if (!context) return SQLITE_ERROR;
    size_t size = 0;
    const size_t room = (size_t)g_builtin.get_hmac_sz(ctx, algorithm);
    if (!EVP_MAC_update(context, in, (size_t)inSize)) return SQLITE_ERROR;
    if (in2 && !EVP_MAC_update(context, in2, (size_t)in2Size)) return SQLITE_ERROR;
    return EVP_MAC_final(context, out, &size, room) && size == room ? SQLITE_OK : SQLITE_ERROR;
}

static EVP_CIPHER_CTX* cipherContext(struct ThreadCache* cache, int mode, const unsigned char* key, const unsigned char* iv)
{
    for (int i = 0; i < kSlots; ++i) {
        struct CipherSlot* s = &cache->cipher[i];
        if (s->context && s->mode == mode && CRYPTO_memcmp(s->key, key, kKey) == 0)
            return EVP_CipherInit_ex2(s->context, NULL, NULL, iv, mode, NULL) ? s->context : NULL;
    }
    struct CipherSlot* s = &cache->cipher[cache->nextCipher++ % kSlots];
    EVP_CIPHER_CTX_free(s->context);
    OPENSSL_cleanse(s, sizeof *s);
    EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
    if (!context) return NULL;
    if (!EVP_CipherInit_ex2(context, g_cipher, key, iv, mode, NULL) || !EVP_CIPHER_CTX_set_padding(context, 0)) {
        EVP_CIPHER_CTX_free(context);
        return NULL;
    }
    s->context = context;
    s->mode = mode;
    memcpy(s->key, key, kKey);
    return context;
}

static int cachedCipher(void* ctx, int mode, const unsigned char* key, int keySize, const unsigned char* iv, const unsigned char* in,
                        int inSize, unsigned char* out)
{
    struct ThreadCache* cache = keySize == kKey ? threadCache() : NULL;
    if (!cache) return g_builtin.cipher(ctx, mode, key, keySize, iv, in, inSize, out);
    EVP_CIPHER_CTX* context = cipherContext(cache, mode ? 1 : 0, key, iv);
    int size = 0, rest = 0;
    if (!context || !EVP_CipherUpdate(context, out, &size, in, inSize) || !EVP_CipherFinal_ex(context, out + size, &rest)) return SQLITE_ERROR;
    return size + rest == inSize ? SQLITE_OK : SQLITE_ERROR;
}

static const char* cachedName(void* ctx)
{
    (void)ctx;
    return "openssl-kept";
}

static int fits(void)
{
    char* version = sqlcipher_version();
    const int known = version && strncmp(version, SQLCIPHER_MADE_FOR, sizeof SQLCIPHER_MADE_FOR - 1) == 0;
    sqlite3_free(version);
    if (!known) return 0;
    sqlcipher_provider* p = sqlcipher_get_provider();
    return p && strcmp(p->get_provider_name(NULL), "openssl") == 0 && p->get_key_sz(NULL) == kKey && p->get_hmac_sz(NULL, 1) == 32;
}

static void makeReady(void)
{
    if (!fits() || pthread_key_create(&g_cacheKey, freeCache) != 0) return;
    g_builtin = *sqlcipher_get_provider();
    g_mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    g_cipher = EVP_CIPHER_fetch(NULL, "AES-256-CBC", NULL);
    g_own = sqlcipher_malloc(sizeof *g_own);
    if (!g_mac || !g_cipher || !g_own) return;
    *g_own = g_builtin;
    g_own->hmac = cachedHmac;
    g_own->cipher = cachedCipher;
    g_own->get_provider_name = cachedName;
    g_own->next = NULL;
    g_ready = sqlcipher_register_provider(g_own) == SQLITE_OK;
}

int zt_sqlcipher_install_provider(void)
{
    if (sqlite3_initialize() != SQLITE_OK) return SQLITE_ERROR;
    pthread_once(&g_once, makeReady);
    return g_ready ? SQLITE_OK : SQLITE_ERROR;
}

void zt_sqlcipher_wipe_thread(void)
{
    if (!g_ready) return;
    freeCache(pthread_getspecific(g_cacheKey));
    pthread_setspecific(g_cacheKey, NULL);
}
