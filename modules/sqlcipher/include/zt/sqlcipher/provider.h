#pragma once

#ifdef __cplusplus
extern "C" {
#endif

//! Makes SQLCipher write and read pages in our way, which is fast on office PCs: AES-256-CTR from the page's random IV on, and as tag the GHASH of
//! enciphered page, IV and page number, itself enciphered. SQLCipher keeps all else: its page layout, the IV it draws for each writing, its keys (ours
//! are derived from them, one for each use, and wiped when the connection closes). Rule and reasons: modules/store/decisions/format.md. Only with a raw key and
//! cipher_hmac_algorithm = HMAC_SHA256; anything else fails. Call once, after sqlite3_initialize() and before the first keyed connection; connections keep the provider they were opened with.
//! Again: does nothing.
//! \returns SQLITE_OK, or SQLITE_ERROR when this is not the SQLCipher it was written for (then the built-in provider stays).
int zt_sqlcipher_install_provider(void);

//! While on, connections keyed on this thread have SQLCipher's own pages (AES-256-CBC, HMAC over the whole page), as our stores had until 28 November 2026.
//! For carrying such a store over.
void zt_sqlcipher_old_pages(int on);

#ifdef __cplusplus
}
#endif
