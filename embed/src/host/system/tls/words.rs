//! What goes wrong with TLS, in words that say what to do.

use luka_vm::host::HostError;
use rustls::{CertificateError, Error, InvalidMessage};

/// `EPROTO`.
const PROTOCOL: i64 = 71;

/// A failure of the protocol.
pub fn broken(message: String) -> HostError {
    HostError { message, code: PROTOCOL }
}

/// Why a connection, or what it would be made with, is refused. `name`: what the server should be.
pub fn refused(error: &Error, name: &str) -> HostError {
    use CertificateError as Bad;
    broken(match error {
        Error::InvalidCertificate(bad) => match bad {
            Bad::Expired | Bad::ExpiredContext { .. } => "the certificate has expired".to_string(),
            Bad::NotValidYet | Bad::NotValidYetContext { .. } => {
                "the certificate is not valid yet".to_string()
            }
            Bad::UnknownIssuer => {
                "the certificate's authority is not among those that are trusted".to_string()
            }
            Bad::NotValidForName | Bad::NotValidForNameContext { .. } => {
                format!("the certificate is not for '{name}'")
            }
            Bad::Revoked => "the certificate was revoked".to_string(),
            Bad::BadSignature => "the certificate is forged".to_string(),
            Bad::InvalidPurpose | Bad::InvalidPurposeContext { .. } => {
                "the certificate is for another purpose".to_string()
            }
            other => format!("invalid certificate: {other}"),
        },
        Error::NoCertificatesPresented => "the other end has shown no certificate".to_string(),
        Error::InvalidMessage(InvalidMessage::InvalidContentType) => {
            "the other end does not speak TLS".to_string()
        }
        Error::AlertReceived(alert) => format!("the other end has ended the connection: {alert:?}"),
        Error::InconsistentKeys(_) => "the key is not the certificate's".to_string(),
        other => other.to_string(),
    })
}
