//! Connections by TLS, on this machine alone: programs talk to each other, to servers that do not speak TLS, and
//! to some that misbehave. The certificates are of `certificates/make.sh`.

mod ends;
mod fuzz;
mod http;
mod luasec;
mod trust;
