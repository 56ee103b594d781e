#!/bin/sh
# Makes the certificates of the tests anew, with openssl: each file has a certificate, valid for a hundred years but
# for the expired one, and its private key, which is for these tests only and protects nothing.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

key() { # NAME KIND
    case $2 in
    rsa) openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$work/$1.key" ;;
    ec) openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$work/$1.key" ;;
    esac
}

authority() { # NAME
    key "$1" ec
    openssl req -x509 -new -key "$work/$1.key" -days 36500 -subj "/CN=Test authority $1" \
        -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign -out "$1.pem"
}

certificate() { # NAME KIND AUTHORITY NAMES USE START END
    key "$1" "$2"
    openssl req -new -key "$work/$1.key" -subj "/CN=$1" -out "$work/$1.csr"
    printf 'subjectAltName=%s\nextendedKeyUsage=%s\nbasicConstraints=CA:FALSE\n' "$4" "$5" >"$work/$1.ext"
    : >"$work/index.txt"
    printf '[ca]\ndefault_ca=d\n[d]\ndatabase=%s/index.txt\nrand_serial=yes\nnew_certs_dir=%s\ndefault_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n' \
        "$work" "$work" >"$work/ca.cnf"
    openssl ca -batch -notext -config "$work/ca.cnf" -cert "$3.pem" -keyfile "$work/$3.key" -in "$work/$1.csr" \
        -extfile "$work/$1.ext" -startdate "$6" -enddate "$7" -out "$work/$1.pem" 2>"$work/log" || cat "$work/log"
    { echo "The key below is for tests only."; cat "$work/$1.pem" "$work/$1.key"; } >"$1.pem"
}

long="20200101000000Z 21200101000000Z"
here=DNS:localhost,IP:127.0.0.1
authority authority
authority stranger
certificate good ec authority $here serverAuth $long
certificate rsa rsa authority $here serverAuth $long
certificate elsewhere ec authority DNS:elsewhere.example serverAuth $long
certificate expired ec authority $here serverAuth 20200101000000Z 20210101000000Z
certificate future ec authority $here serverAuth 21000101000000Z 21200101000000Z
certificate unknown ec stranger $here serverAuth $long
certificate client ec authority DNS:client.example clientAuth $long
