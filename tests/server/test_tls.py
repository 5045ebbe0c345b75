"""Serving over TLS: the certificate as a client sees it, one's own, and broken connections."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import logging
import socket
import ssl
import stat
import struct
import sys

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

import cnnwalk.server
from cnnwalk.server import certificates, interfaces, tls
from cnnwalk.server.listen import ListenError
from cnnwalk.server.place import Place

DAY = datetime.timedelta(days=1)
P256 = bytes.fromhex("06082a8648ce3d030107")  # its object identifier in DER, RFC 5480


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(socket, "gethostname", lambda: "studio")
    return tmp_path / "state" / "cnnwalk" / "certificates"


@pytest.fixture
def base(serve, small, home):
    return serve(small.network, lan=True).url.partition("/?")[0]


def tls_of(host="127.0.0.1", **place):
    listener = Place(host, 0, lan=True, **place).listen()
    listener.socket.close()
    return listener.tls


def handshake(base, context, name="127.0.0.1"):
    """Return the certificate as Python's own client decodes it, and as DER."""
    port = int(base.rpartition(":")[2])
    with (
        socket.create_connection(("127.0.0.1", port), timeout=30) as plain,
        context.wrap_socket(plain, server_hostname=name) as wrapped,
    ):
        return wrapped.getpeercert(), wrapped.getpeercert(binary_form=True)


def careless():
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def trusting(base):
    """Trust the server's certificate; signature, dates and the host are checked all the same."""
    pem = ssl.DER_cert_to_PEM_cert(handshake(base, careless())[1])
    return ssl.create_default_context(cadata=pem)


def test_a_client_that_trusts_the_certificate_accepts_its_names_alone(base):
    context = trusting(base)
    for name in ("127.0.0.1", "studio", "studio.local"):
        handshake(base, context, name)
    for name in ("127.0.0.2", "other.local"):
        with pytest.raises(ssl.SSLCertVerificationError, match="mismatch"):
            handshake(base, context, name)
    with pytest.raises(ssl.SSLCertVerificationError, match="self-signed"):
        handshake(base, ssl.create_default_context())
    assert httpx.get(f"{base}/pair", verify=context).status_code == 200


def test_the_certificate_is_for_p_256_and_at_most_thirty_days(base):
    decoded, der = handshake(base, trusting(base))
    assert P256 in der
    begins, ends = (ssl.cert_time_to_seconds(decoded[key]) for key in ("notBefore", "notAfter"))
    assert 29 * 86400 < ends - begins <= 30 * 86400
    assert set(decoded["subjectAltName"]) == {
        ("IP Address", "127.0.0.1"),
        ("DNS", "studio"),
        ("DNS", "studio.local"),
    }


def test_the_printed_fingerprint_is_that_of_what_is_sent(serve, small, home):
    listener = Place("127.0.0.1", 0, lan=True).listen()
    running = cnnwalk.server.run.RunningWalk(serve(small.network).walk, listener)
    with running:
        _, der = handshake(running.url.partition("/?")[0], careless())
    digest = hashlib.sha256(der).hexdigest().upper()
    assert listener.tls.fingerprint == ":".join(digest[at : at + 2] for at in range(0, 64, 2))


def test_key_and_certificate_are_for_this_user_alone(home):
    tls_of()
    (file,) = home.iterdir()
    assert b"PRIVATE KEY" in file.read_bytes()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_a_headset_need_accept_it_once(home):
    first = tls_of().fingerprint
    assert tls_of().fingerprint == first
    assert tls_of("127.0.0.2").fingerprint != first
    assert tls_of().fingerprint == first  # both are kept


def test_a_certificate_for_other_hosts_is_not_used(home):
    own = tls_of().fingerprint
    (file,) = home.iterdir()
    tls_of("127.0.0.2")
    (other,) = set(home.iterdir()) - {file}
    file.write_bytes(other.read_bytes())
    assert tls_of().fingerprint not in {own, tls_of("127.0.0.2").fingerprint}


def test_a_host_that_is_a_name_is_served_by_its_address_too(home):
    names = set(map(str, tls_of("localhost").names))
    assert names in ({"localhost", here, "studio", "studio.local"} for here in ("127.0.0.1", "::1"))


@pytest.mark.parametrize(("days", "again"), [(26, True), (28, False), (31, False)])
def test_a_certificate_that_soon_ends_is_made_anew(home, monkeypatch, days, again):
    first = tls_of()
    later = datetime.datetime.now(datetime.UTC) + days * DAY
    monkeypatch.setattr(certificates, "_now", lambda: later)
    second = tls_of()
    assert (second.fingerprint == first.fingerprint) == again
    assert second.ends > later + 2 * DAY


@pytest.mark.parametrize(
    "spoil",
    [
        lambda file: file.write_bytes(b""),
        lambda file: file.write_bytes(file.read_bytes()[:200]),
        lambda file: file.chmod(0o644),
        lambda file: file.unlink(),
    ],
    ids=["empty", "cut", "open to others", "gone"],
)
def test_a_damaged_or_open_file_is_replaced(home, spoil):
    first = tls_of().fingerprint
    (file,) = home.iterdir()
    spoil(file)
    second = tls_of().fingerprint
    assert second != first
    assert tls_of().fingerprint == second
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_without_a_folder_the_certificate_stays_in_memory(home):
    home.parent.mkdir(parents=True)
    home.write_text("a file where the folder should be")
    assert tls_of().fingerprint != tls_of().fingerprint


@pytest.fixture
def own(tmp_path):
    """Return the function that writes a certificate and key of one's own."""

    def write(*names, begins=-DAY, ends=90 * DAY, password=None):
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "own")])
        now = datetime.datetime.now(datetime.UTC)
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(name)
        builder = builder.public_key(key.public_key()).serial_number(1)
        builder = builder.not_valid_before(now + begins).not_valid_after(now + ends)
        listed = x509.SubjectAlternativeName([x509.DNSName(each) for each in names])
        certificate = builder.add_extension(listed, False).sign(key, hashes.SHA256())
        secret = (
            serialization.BestAvailableEncryption(password)
            if password
            else serialization.NoEncryption()
        )
        pem = serialization.Encoding.PEM
        files = tmp_path / "own.crt", tmp_path / "own.key"
        files[0].write_bytes(certificate.public_bytes(pem))
        pkcs8 = serialization.PrivateFormat.PKCS8
        files[1].write_bytes(key.private_bytes(pem, pkcs8, secret))
        return {"cert": files[0], "key": files[1]}

    return write


@pytest.mark.parametrize(
    ("names", "warning"),
    [
        (["localhost"], None),
        (["LocalHost", "studio.example"], None),
        (["studio.example"], "is not for localhost but for studio.example: browsers warn"),
        ([], "is not for localhost but for no host at all"),
    ],
)
def test_a_certificate_of_one_s_own_is_served(serve, small, own, names, warning):
    files = own(*names)
    listener = Place("localhost", 0, **files).listen()  # without --lan, which it implies
    assert listener.tls.warning is None if warning is None else warning in listener.tls.warning
    assert listener.url.startswith("https://localhost:")
    with cnnwalk.server.run.RunningWalk(serve(small.network).walk, listener) as running:
        der = handshake(running.url.partition("/?")[0], careless(), "localhost")[1]
        assert der == ssl.PEM_cert_to_DER_cert(files["cert"].read_text())
        port = listener.port
        base = f"https://127.0.0.1:{port}"
        for host, status in {"studio.example": 200, "other.example": 403}.items():
            named = {"Host": f"{host}:{port}"}
            answer = httpx.get(f"{base}/pair", verify=careless(), headers=named)
            assert answer.status_code == (status if host in names else 403)
        assert httpx.get(running.pairing_url, verify=careless()).status_code == 200


def test_a_pattern_is_for_one_level_and_no_name_that_others_may_choose(own, home):
    files = own("*.example.org")
    found = certificates.read_certificate(*(files[each].read_bytes() for each in ("cert", "key")))
    assert tls._mismatch(found, "studio.example.org") is None
    assert "is not for a.b.example.org" in tls._mismatch(found, "a.b.example.org")
    assert "is not for example.org" in tls._mismatch(found, "example.org")
    assert tls_of(**files).names == frozenset()
    assert not home.exists()  # nothing is made where one's own is given


def spoilt(own, tmp_path, kind):
    files = own("localhost", password=b"secret" if kind == "encrypted" else None)
    other = {"cert": files["cert"].read_bytes(), "key": files["key"].read_bytes()}
    if kind == "mismatch":
        own("localhost")
        files["cert"].write_bytes(other["cert"])
    elif kind == "swapped":
        files["cert"].write_bytes(other["key"])
    elif kind == "no key":
        files["key"].write_bytes(other["cert"])
    elif kind == "missing":
        files["key"] = tmp_path / "nowhere.key"
    elif kind == "folder":
        files["cert"] = tmp_path
    elif kind == "alone":
        del files["key"]
    elif kind == "expired":
        own("localhost", begins=-9 * DAY, ends=-2 * DAY)
    elif kind == "early":
        own("localhost", begins=2 * DAY)
    return files


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("mismatch", "the key of --key does not belong to the certificate of --cert"),
        ("swapped", "no certificate in PEM format is in the file of --cert"),
        ("no key", "no private key in PEM format is in the file of --key"),
        ("encrypted", "the key is encrypted; write it without a password: openssl pkey"),
        ("missing", "nowhere.key cannot be read .No such file or directory.; check --cert"),
        ("folder", "cannot be read .Is a directory.; check --cert and --key"),
        ("alone", "needs both --cert FILE and --key FILE"),
        ("expired", "has expired on .*; renew it, or leave out --cert and --key"),
        ("early", "is valid from .* on; check this machine's clock"),
    ],
)
def test_what_is_wrong_with_one_s_own_is_said(own, tmp_path, kind, sentence):
    files = spoilt(own, tmp_path, kind)
    with pytest.raises(ListenError, match=sentence):
        Place("localhost", 0, **files).listen()


@pytest.mark.parametrize("everywhere", ["0.0.0.0", "::"])  # noqa: S104 - is what is refused
def test_one_address_is_served_and_not_all(everywhere):
    with pytest.raises(ListenError, match=r"serves at one address, and .* stands for all"):
        Place(everywhere, 0, lan=True).listen()


def test_a_missing_package_is_named_with_the_next_step(monkeypatch):
    monkeypatch.setitem(sys.modules, "cryptography", None)
    monkeypatch.delitem(sys.modules, "cnnwalk.server.certificates")
    monkeypatch.delattr(cnnwalk.server, "certificates")
    with pytest.raises(ListenError, match=r"cryptography; .*: pip install 'cnnwalk\[lan\]'"):
        tls_of()


def test_without_an_address_in_a_network_there_is_a_next_step(monkeypatch):
    monkeypatch.setattr(tls, "lan_addresses", list)
    with pytest.raises(ListenError, match="no address in a network; connect it"):
        Place(lan=True, port=0).listen()


def test_the_address_in_the_network_is_one_of_this_machine_s(home):
    addresses = interfaces.lan_addresses()
    for address in addresses:
        with socket.socket() as here:
            here.bind((address, 0))
        assert not address.startswith(("127.", "0.", "169.254."))
    if addresses:
        listener = Place(lan=True, port=0).listen()
        listener.socket.close()
        assert listener.url == f"https://{addresses[0]}:{listener.port}/"
        assert str(sorted(map(str, listener.tls.names))[0]) == addresses[0]


def test_addresses_are_found_where_no_way_leads_out(monkeypatch):
    found = interfaces.lan_addresses()

    class Cut(socket.socket):
        def connect(self, _):
            raise OSError("Network is unreachable")

    monkeypatch.setattr(interfaces.socket, "socket", Cut)
    assert sorted(interfaces.lan_addresses()) == sorted(found)


def port_of(base):
    return int(base.rpartition(":")[2])


def test_plain_http_at_the_tls_port_harms_nothing(base, caplog):
    context = trusting(base)
    with caplog.at_level(logging.WARNING):
        for garbage in (b"GET / HTTP/1.1\r\nHost: studio\r\n\r\n", b"\x16\x03\x01" + b"\0" * 400):
            with socket.create_connection(("127.0.0.1", port_of(base)), timeout=30) as connection:
                connection.sendall(garbage)
                with contextlib.suppress(ConnectionResetError):
                    while connection.recv(4096):
                        pass
        assert httpx.get(f"{base}/pair", verify=context).status_code == 200
    assert caplog.text == ""


def test_browsers_that_refuse_the_certificate_or_vanish_harm_nothing(base, caplog):
    context = trusting(base)
    with caplog.at_level(logging.WARNING):
        with pytest.raises(ssl.SSLCertVerificationError):
            handshake(base, ssl.create_default_context())
        connection = socket.create_connection(("127.0.0.1", port_of(base)), timeout=30)
        with context.wrap_socket(connection, server_hostname="127.0.0.1") as wrapped:
            request = f"GET /pair HTTP/1.1\r\nHost: 127.0.0.1:{port_of(base)}\r\n\r\n"
            wrapped.sendall(request.encode() * 50)
            assert wrapped.recv(12) == b"HTTP/1.1 200"
            # The connection is reset, in the middle of answers, without a word of TLS.
            wrapped.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        assert httpx.get(f"{base}/pair", verify=context).status_code == 200
    assert caplog.text == ""


def test_handshakes_that_never_come_hold_up_nobody_and_not_the_end(serve, small, home, caplog):
    running = serve(small.network, lan=True)
    base = running.url.partition("/?")[0]
    context = trusting(base)
    silent = [socket.create_connection(("127.0.0.1", port_of(base))) for _ in range(64)]
    for connection in silent[::2]:
        connection.sendall(b"\x16\x03\x01\x02\x00\x01")  # the beginning of a ClientHello
    try:
        for _ in range(3):
            assert httpx.get(f"{base}/pair", verify=context, timeout=30).status_code == 200
        running.close()
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{base}/pair", verify=context)
    finally:
        for connection in silent:
            connection.close()
    assert caplog.text == ""
