//! What connections are made with: certificates, keys, and whom to trust.
//!
//! Unless a program says whom it trusts, the authorities of the machine are: those in the file that the variable
//! `SSL_CERT_FILE` of the environment names, otherwise in the file that the system keeps.

use luka_vm::host::{HostResult, TlsSettings, TlsVerify, TlsVersion};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::version::{TLS12, TLS13};
use rustls::{
    ClientConfig, DigitallySignedStruct, RootCertStore, ServerConfig, SignatureScheme,
    SupportedProtocolVersion,
};
use std::path::Path;
use std::sync::Arc;

use super::words::{broken, refused};

/// Contexts that are kept: servers use one again and again, and clients mostly do.
const KEPT: usize = 8;

/// Where systems keep the authorities that they trust.
const SYSTEM_AUTHORITIES: &[&str] = &[
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/usr/local/share/certs/ca-root-nss.crt",
];

/// What connections of one kind are made with.
#[derive(Clone)]
pub enum Context {
    Client(Arc<ClientConfig>),
    Server(Arc<ServerConfig>),
}

/// The contexts that were used last, the latest at the end.
#[derive(Default)]
pub struct Contexts {
    kept: Vec<(TlsSettings, Context)>,
    /// The authorities of the machine, once they were asked for.
    trusted: Option<Arc<RootCertStore>>,
}

impl Contexts {
    /// What connections with these settings are made with.
    ///
    /// # Errors
    /// A certificate or key cannot be used, or the machine trusts nobody.
    pub fn of(&mut self, settings: &TlsSettings) -> HostResult<Context> {
        if let Some(at) = self.kept.iter().position(|(kept, _)| kept == settings) {
            self.kept[at..].rotate_left(1);
        } else {
            let context = self.make(settings)?;
            if self.kept.len() == KEPT {
                self.kept.remove(0);
            }
            self.kept.push((settings.clone(), context));
        }
        match self.kept.last() {
            Some((_, context)) => Ok(context.clone()),
            None => Err(broken("no context".to_string())),
        }
    }

    fn make(&mut self, settings: &TlsSettings) -> HostResult<Context> {
        is_possible()?;
        let provider = Arc::new(rustls_graviola::default_provider());
        let versions: &[&SupportedProtocolVersion] = match settings.version {
            None => &[&TLS13, &TLS12],
            Some(TlsVersion::V12) => &[&TLS12],
            Some(TlsVersion::V13) => &[&TLS13],
        };
        let told = |e: rustls::Error| refused(&e, "");
        let own = own_certificate(settings)?;
        if settings.server {
            let config = ServerConfig::builder_with_provider(provider.clone())
                .with_protocol_versions(versions)
                .map_err(told)?;
            let config = match settings.verify {
                TlsVerify::Nothing => config.with_no_client_auth(),
                verify => {
                    if settings.authorities.is_empty() {
                        let why = "there are no authorities for certificates of clients";
                        return Err(broken(why.to_string()));
                    }
                    let trusted = Arc::new(authorities(&settings.authorities)?);
                    let mut verifier =
                        WebPkiClientVerifier::builder_with_provider(trusted, provider);
                    if verify == TlsVerify::Optional {
                        verifier = verifier.allow_unauthenticated();
                    }
                    let verifier = verifier.build().map_err(|e| broken(e.to_string()))?;
                    config.with_client_cert_verifier(verifier)
                }
            };
            let (chain, key) =
                own.ok_or_else(|| broken("a server needs a certificate and its key".to_string()))?;
            let mut config = config.with_single_cert(chain, key).map_err(told)?;
            config.alpn_protocols.clone_from(&settings.protocols);
            return Ok(Context::Server(Arc::new(config)));
        }
        let config = ClientConfig::builder_with_provider(provider.clone())
            .with_protocol_versions(versions)
            .map_err(told)?
            .dangerous();
        let config = config.with_custom_certificate_verifier(match settings.verify {
            TlsVerify::Nothing => Arc::new(Anybody(provider)) as Arc<dyn ServerCertVerifier>,
            TlsVerify::Required | TlsVerify::Optional => {
                let trusted = match settings.authorities.is_empty() {
                    true => self.machine_trusts()?,
                    false => Arc::new(authorities(&settings.authorities)?),
                };
                let verifier = WebPkiServerVerifier::builder_with_provider(trusted, provider);
                verifier.build().map_err(|e| broken(e.to_string()))?
            }
        });
        let mut config = match own {
            Some((chain, key)) => config.with_client_auth_cert(chain, key).map_err(told)?,
            None => config.with_no_client_auth(),
        };
        config.alpn_protocols.clone_from(&settings.protocols);
        Ok(Context::Client(Arc::new(config)))
    }

    fn machine_trusts(&mut self) -> HostResult<Arc<RootCertStore>> {
        if let Some(trusted) = &self.trusted {
            return Ok(trusted.clone());
        }
        let trusted = match std::env::var_os("SSL_CERT_FILE") {
            Some(file) => read_authorities(Path::new(&file))?,
            None => match SYSTEM_AUTHORITIES.iter().map(Path::new).find(|file| file.exists()) {
                Some(file) => read_authorities(file)?,
                None => {
                    return Err(broken(
                        "this machine has no list of authorities that it trusts (install \
                         ca-certificates, or set SSL_CERT_FILE)"
                            .to_string(),
                    ));
                }
            },
        };
        Ok(self.trusted.insert(Arc::new(trusted)).clone())
    }
}

/// # Errors
/// This processor lacks instructions that Graviola is made of.
fn is_possible() -> HostResult<()> {
    #[cfg(target_arch = "x86_64")]
    let lacks: Vec<&str> = [
        ("aes", is_x86_feature_detected!("aes")),
        ("pclmulqdq", is_x86_feature_detected!("pclmulqdq")),
        ("ssse3", is_x86_feature_detected!("ssse3")),
        ("avx", is_x86_feature_detected!("avx")),
        ("avx2", is_x86_feature_detected!("avx2")),
        ("bmi1", is_x86_feature_detected!("bmi1")),
        ("bmi2", is_x86_feature_detected!("bmi2")),
        ("adx", is_x86_feature_detected!("adx")),
    ]
    .into_iter()
    .filter_map(|(name, has)| (!has).then_some(name))
    .collect();
    #[cfg(target_arch = "aarch64")]
    let lacks: Vec<&str> = [
        ("neon", std::arch::is_aarch64_feature_detected!("neon")),
        ("aes", std::arch::is_aarch64_feature_detected!("aes")),
        ("pmull", std::arch::is_aarch64_feature_detected!("pmull")),
        ("sha2", std::arch::is_aarch64_feature_detected!("sha2")),
    ]
    .into_iter()
    .filter_map(|(name, has)| (!has).then_some(name))
    .collect();
    if lacks.is_empty() {
        return Ok(());
    }
    Err(broken(format!("TLS needs instructions that this processor lacks: {}", lacks.join(", "))))
}

type Own = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

fn own_certificate(settings: &TlsSettings) -> HostResult<Option<Own>> {
    if settings.certificate.is_empty() && settings.key.is_empty() {
        return Ok(None);
    }
    let chain = certificates(&settings.certificate, "the certificate")?;
    let key = PrivateKeyDer::from_pem_slice(&settings.key)
        .map_err(|_| broken("the key is no private key in PEM".to_string()))?;
    Ok(Some((chain, key)))
}

fn certificates(pem: &[u8], what: &str) -> HostResult<Vec<CertificateDer<'static>>> {
    let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match all {
        Ok(all) if !all.is_empty() => Ok(all),
        _ => Err(broken(format!("{what} is no certificate in PEM"))),
    }
}

fn authorities(pem: &[u8]) -> HostResult<RootCertStore> {
    let mut trusted = RootCertStore::empty();
    for one in certificates(pem, "the list of authorities")? {
        trusted.add(one).map_err(|e| refused(&e, ""))?;
    }
    Ok(trusted)
}

/// The authorities in a file. Those that are too old to be understood are left out.
fn read_authorities(file: &Path) -> HostResult<RootCertStore> {
    let told = |why: String| broken(format!("{}: {why}", file.display()));
    let pem = std::fs::read(file).map_err(|e| told(super::host_error(e).message))?;
    let mut trusted = RootCertStore::empty();
    let (added, _) =
        trusted.add_parsable_certificates(certificates(&pem, "the list of authorities")?);
    match added {
        0 => Err(told("it has no certificate of an authority".to_string())),
        _ => Ok(trusted),
    }
}

/// Takes every certificate, for programs that ask for that. Who has shown it must still have its key.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }
    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }
    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }
    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
