/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TLS to Redis, by hiredis_ssl and OpenSSL where the build has them. */

#include "tls.h"

#include <stdio.h>

#ifdef REP_TLS

#include <arpa/inet.h>
#include <hiredis/hiredis.h>
#include <hiredis/hiredis_ssl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

const char *rep_tls_lacking(void)
{
	return NULL;
}

static bool is_address(const char *host)
{
	unsigned char out[16];

	return inet_pton(AF_INET, host, out) == 1
		   || inet_pton(AF_INET6, host, out) == 1;
}

static const char *load(SSL_CTX *ctx, const rep_tls_t *tls)
{
	SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	if((tls->ca[0] ? SSL_CTX_load_verify_locations(ctx, tls->ca, NULL)
				   : SSL_CTX_set_default_verify_paths(ctx))
			!= 1)
		return tls->ca[0] ? "redis_tls_ca" : "the system's authorities";
	if(tls->cert[0] && SSL_CTX_use_certificate_chain_file(ctx, tls->cert) != 1)
		return "redis_tls_cert";
	if(tls->cert[0]
			&& SSL_CTX_use_PrivateKey_file(ctx,
					   tls->key[0] ? tls->key : tls->cert, SSL_FILETYPE_PEM)
					   != 1)
		return "redis_tls_key";
	return NULL;
}

/* Whom we want to speak to. */
static bool expect(SSL *ssl, const char *host)
{
	if(is_address(host))
		return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host) == 1;
	return SSL_set1_host(ssl, host) == 1
		   && SSL_set_tlsext_host_name(ssl, host) == 1;
}

bool rep_tls_start(const rep_tls_t *tls, redisContext *ctx, const char *host,
		char *error, size_t size)
{
	SSL_CTX *rules = SSL_CTX_new(TLS_client_method());
	SSL *ssl = NULL;
	const char *bad = NULL, *why;
	long verdict;

	ERR_clear_error();
	if(rules && !(bad = load(rules, tls)))
		ssl = SSL_new(rules);
	SSL_CTX_free(rules);
	if(!ssl) {
		why = ERR_reason_error_string(ERR_get_error());
		snprintf(error, size, "TLS: %s cannot be used: %s",
				bad ? bad : "OpenSSL", why ? why : "no memory");
		return false;
	}
	if(expect(ssl, host) && redisInitiateSSL(ctx, ssl) == REDIS_OK)
		return true; /* it is the connection's now */
	verdict = SSL_get_verify_result(ssl);
	snprintf(error, size, "TLS: %.150s",
			verdict != X509_V_OK ? X509_verify_cert_error_string(verdict)
								 : ctx->errstr);
	SSL_free(ssl);
	return false;
}

#else

const char *rep_tls_lacking(void)
{
	return "TLS needs hiredis 1.0 or newer with hiredis_ssl, and this was "
		   "built without: build it with HIREDIS=dir";
}

bool rep_tls_start(const rep_tls_t *tls, struct redisContext *ctx,
		const char *host, char *error, size_t size)
{
	(void)tls;
	(void)ctx;
	(void)host;
	snprintf(error, size, "%s", rep_tls_lacking());
	return false;
}

#endif
