"""Certificates for the hostile site, made by openssl when it starts."""
import ssl
import subprocess

CURVE = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]


def _openssl(folder, *words):
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True, timeout=60)


class Certificates:
    """folder/ca.pem signs: good, expired, wrong name; another one, which nobody trusts, signs itself."""

    def __init__(self, folder, addresses):
        folder.mkdir(exist_ok=True)
        self.folder, self.contexts = folder, {}
        every = "subjectAltName=" + ",".join(f"IP:{address}" for address in addresses)
        _openssl(folder, "req", "-x509", *CURVE, "-keyout", "ca.key", "-out", "new.pem", "-subj", "/CN=test", "-days", "2")
        self._signed("good", every, "2")
        self._signed("tls-expired", every, "-1")
        self._signed("tls-wrong-name", "subjectAltName=DNS:elsewhere.example", "2")
        _openssl(folder, "req", "-x509", *CURVE, "-keyout", "tls-self-signed.key", "-out", "tls-self-signed.pem", "-subj",
                 "/CN=self", "-days", "2", "-addext", every)
        for name in ("good", "tls-expired", "tls-wrong-name", "tls-self-signed"):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
            self.contexts[name] = context
        (folder / "new.pem").rename(folder / "ca.pem")  # when all is ready

    def _signed(self, name, names, days):
        (self.folder / "names").write_text(names)
        _openssl(self.folder, "req", "-new", *CURVE, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        _openssl(self.folder, "x509", "-req", "-in", f"{name}.csr", "-CA", "new.pem", "-CAkey", "ca.key", "-CAcreateserial",
                 "-days", days, "-extfile", "names", "-out", f"{name}.pem")

    def context(self, name):
        return self.contexts.get(name, self.contexts["good"])
