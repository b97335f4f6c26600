"""Certificates for tests, made by openssl; tests that need one are skipped where that is not installed."""

import shutil
import subprocess

import pytest

openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl on this machine")


def certificate_in(folder, name="localhost", *options):
    """A certificate and its key, in two files: (certificate, key)."""
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-days", "2"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    names = ["-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name},IP:127.0.0.1"]
    subprocess.run([*command, *(options or ["-nodes"]), *files, *names], check=True, capture_output=True)
    return certificate, key
