#pragma once

#ifdef __cplusplus
extern "C" {
#endif

//! Makes SQLCipher use a crypto provider that keeps OpenSSL's objects between pages instead of fetching them for each one. Same
//! algorithms, same bytes on disk: a file written with either provider is read with the other. Call once, after sqlite3_initialize() and
//! before the first keyed connection; connections keep the provider they were opened with. Again: does nothing.
//! \returns SQLITE_OK, or SQLITE_ERROR when this is not the SQLCipher it was written for (then the built-in provider stays).
int zt_sqlcipher_install_provider(void);

//! Wipes the keys and contexts this thread keeps: after closing or locking a store, on each thread that used it. A thread that ends
//! is wiped by itself. The next page makes new ones.
void zt_sqlcipher_wipe_thread(void);

#ifdef __cplusplus
}
#endif
