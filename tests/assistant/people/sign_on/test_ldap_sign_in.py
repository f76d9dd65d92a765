from __future__ import annotations

import logging
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import ldap3
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import SecretStr

from assistant.errors import DirectoryUnavailable, SettingsError
from assistant.opening import Assistant
from assistant.people.audit.trail import SYSTEM_ACTOR
from assistant.people.roles import RoleGrant
from assistant.people.sign_on.ldap_client import LdapConnection, equals, folded_dn
from assistant.people.sign_on.ldap_sign_in import OfficeDirectory, check_outside
from assistant.people.sign_on.outside import OutsidePerson
from assistant.settings import Settings

BASE = "dc=city,dc=example"
PEOPLE, GROUPS = f"ou=people,{BASE}", f"ou=groups,{BASE}"
READER, READER_PASSWORD = f"cn=reader,{BASE}", "reader-password"
SECRET = "春の-長い-合言葉"
SCHEMA = Path("/etc/ldap/schema")
CONF = """
{includes}
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
allow bind_anon_cred
pidfile {folder}/slapd.pid
argsfile {folder}/slapd.args
{tls}
database mdb
maxsize 10485760
suffix "{base}"
rootdn "cn=root,{base}"
rootpw root-password
directory {folder}/data
overlay memberof
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="{reader}" read by * none
"""
TLS_CONF = """
TLSCertificateFile {folder}/server.pem
TLSCertificateKeyFile {folder}/server.key
security simple_bind=128
"""


@dataclass(frozen=True)
class Slapd:
    """A running OpenLDAP server with a certificate for localhost and 127.0.0.1."""

    folder: Path
    port: int
    tls_port: int

    @property
    def ldaps(self) -> str:
        return f"ldaps://localhost:{self.tls_port}"

    @property
    def ldap(self) -> str:
        return f"ldap://localhost:{self.port}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Authority:
    """A certificate authority of the test; `certify` writes a server's key and certificate."""

    def __init__(self, folder: Path, name: str):
        self.file = folder / f"{name}.pem"
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self._key = ec.generate_private_key(ec.SECP256R1())
        own = self._certificate(self._name, self._key, x509.BasicConstraints(True, None), [])
        self.file.write_bytes(own.public_bytes(serialization.Encoding.PEM))

    def certify(self, folder: Path, *names: str) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "server")])
        certificate = self._certificate(
            subject, key, x509.BasicConstraints(False, None), list(names)
        )
        (folder / "server.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        (folder / "server.key").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )

    def _certificate(
        self, subject: x509.Name, key: Any, basic: x509.BasicConstraints, names: list[str]
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(basic, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), False
            )
        )
        if basic.ca:
            usage = dict.fromkeys(
                ["digital_signature", "content_commitment", "key_encipherment"], False
            ) | dict.fromkeys(["data_encipherment", "key_agreement"], False)
            builder = builder.add_extension(
                x509.KeyUsage(
                    **usage, key_cert_sign=True, crl_sign=True, encipher_only=False,
                    decipher_only=False,
                ),
                critical=True,
            )  # fmt: skip
        if names:
            builder = builder.add_extension(
                x509.SubjectAlternativeName([_general_name(name) for name in names]), False
            )
        return builder.sign(self._key, hashes.SHA256())


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


@contextmanager
def _running(folder: Path, *, tls: bool = True) -> Iterator[Slapd]:
    program = shutil.which("slapd") or "/usr/sbin/slapd"
    if not Path(program).exists() or not SCHEMA.is_dir():
        pytest.skip("OpenLDAP's server is not installed: apt install slapd")
    (folder / "data").mkdir(exist_ok=True)
    schemas = ("core", "cosine", "inetorgperson")
    (folder / "slapd.conf").write_text(
        CONF.format(
            includes="\n".join(f"include {SCHEMA}/{name}.schema" for name in schemas),
            folder=folder, base=BASE, reader=READER,
            tls=TLS_CONF.format(folder=folder) if tls else "",
        )
    )  # fmt: skip
    server = Slapd(folder, _free_port(), _free_port())
    addresses = f"ldap://127.0.0.1:{server.port}"
    addresses += f" ldaps://127.0.0.1:{server.tls_port}" if tls else ""
    process = subprocess.Popen(
        [program, "-d", "0", "-f", str(folder / "slapd.conf"), "-h", addresses],
        stderr=subprocess.PIPE,
    )
    try:
        _wait_for(server.port, process)
        yield server
    finally:
        process.terminate()
        process.communicate(timeout=20)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert process.poll() is None, process.communicate()[1].decode()
        time.sleep(0.05)
    raise AssertionError("slapd did not start")


def _fill(connection: Any) -> None:
    def add(dn: str, kinds: list[str], **attributes: Any) -> None:
        connection.add(dn, kinds, attributes)
        assert connection.result["description"] == "success", (dn, connection.result)

    def person(dn: str, uid: str | list[str], **attributes: Any) -> None:
        values = {"uid": uid, "sn": "x", "userPassword": SECRET, **attributes}
        add(dn, ["inetOrgPerson"], **{k: v for k, v in values.items() if v is not None})

    add(BASE, ["dcObject", "organization"], o="city", dc="city")
    add(PEOPLE, ["organizationalUnit"])
    add(GROUPS, ["organizationalUnit"])
    simple = ["organizationalRole", "simpleSecurityObject"]
    add(READER, simple, userPassword=READER_PASSWORD)
    hanako = f"cn=Yamada Hanako,{PEOPLE}"
    comma = f"cn=Sato\\, Jiro,{PEOPLE}"
    person(hanako, "a001", displayName="山田 花子", departmentNumber="総務課")
    person(comma, "A002", employeeType="再任用")
    person(f"cn=locked,{PEOPLE}", "a003", userPassword="{CRYPT}!")
    person(f"cn=without,{PEOPLE}", "a004", userPassword=None)
    person(f"cn=first,{PEOPLE}", "a005")
    person(f"cn=second,{PEOPLE}", "a005")
    person(f"cn=several,{PEOPLE}", ["a006", "b006"])
    person(f"cn=star,{PEOPLE}", ["*", "a*", ")(uid=*", "a001)(uid=*"])
    person(f"cn=phone,{PEOPLE}", "a009", telephoneNumber="12-345")
    person(f"cn=old style,{PEOPLE}", "a007")
    person(f"cn=japanese,{PEOPLE}", "a008", displayName="鹿屋　太郎", departmentNumber="税務課")
    add(f"cn=chonai-admin,{GROUPS}", ["groupOfNames"], member=[hanako])
    add(f"cn=soumu\\, editors,{GROUPS}", ["groupOfNames"], member=[hanako, comma])
    add(f"cn=everybody,{GROUPS}", ["groupOfNames"], member=[hanako, comma])
    add(f"cn=by-unique,{GROUPS}", ["groupOfUniqueNames"], uniqueMember=[f"cn=old style,{PEOPLE}"])


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"), "city")


@pytest.fixture(scope="session")
def slapd(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[Slapd]:
    folder = tmp_path_factory.mktemp("slapd")
    authority.certify(folder, "localhost", "127.0.0.1")
    with _running(folder) as server:
        tls = ldap3.Tls(validate=ssl.CERT_REQUIRED, ca_certs_file=str(authority.file))
        address = ldap3.Server("localhost", port=server.tls_port, use_ssl=True, tls=tls)
        root = ldap3.Connection(address, f"cn=root,{BASE}", "root-password", auto_bind=True)
        _fill(root)
        root.unbind()
        yield server


@pytest.fixture
def settings(slapd: Slapd, authority: Authority, settings: Settings) -> Settings:
    return settings.model_copy(
        update={
            "sign_on": "local,ldap",
            "ldap_url": slapd.ldaps,
            "ldap_ca_file": str(authority.file),
            "ldap_bind_dn": READER,
            "ldap_bind_password": SecretStr(READER_PASSWORD),
            "ldap_base": BASE,
            "ldap_number_attribute": "uid",
            "ldap_section_attribute": "departmentNumber",
            "ldap_role_map": f"CN=Chonai-Admin, OU=groups,{BASE}=administrator;"
            f"cn=soumu\\2C editors,{GROUPS}=editor:総務課;cn=by-unique,{GROUPS}=evaluator;"
            f"cn=not-there,{GROUPS}=auditor",
        }
    )


Ask = Callable[..., "OutsidePerson | None"]


@pytest.fixture
def ask(settings: Settings) -> Ask:
    """Ask the directory of the settings, with some of them changed, about a number."""

    def ask_directory(
        number: str = "a001", password: str = SECRET, **changes: Any
    ) -> OutsidePerson | None:
        return OfficeDirectory(settings.model_copy(update=changes), seconds=2).person(
            number, password
        )

    return ask_directory


def _cause(caught: pytest.LogCaptureFixture) -> str:
    return "\n".join(record.getMessage() for record in caught.records)


def test_the_right_password_tells_name_section_and_roles(ask: Ask) -> None:
    assert ask() == OutsidePerson(
        number="a001",
        name="山田 花子",
        section="総務課",
        roles=frozenset({RoleGrant("administrator"), RoleGrant("editor", "総務課")}),
        source="ldap",
    )


def test_start_tls_is_as_good_as_ldaps(ask: Ask, slapd: Slapd) -> None:
    assert ask(ldap_url=slapd.ldap) == ask()


def test_an_address_is_verified_like_a_name(ask: Ask, slapd: Slapd) -> None:
    assert ask(ldap_url=f"ldaps://127.0.0.1:{slapd.tls_port}") is not None


@pytest.mark.parametrize("number", ["A001", "Ａ００１", " a001 "])
def test_every_spelling_of_a_number_is_found(ask: Ask, number: str) -> None:
    found = ask(number)
    assert found is not None
    assert found.number == "a001"


def test_an_entry_whose_name_holds_a_comma_comes_in(ask: Ask) -> None:
    found = ask("a002")
    assert found is not None
    assert (found.name, found.section) == ("Sato, Jiro", "")
    assert found.roles == {RoleGrant("editor", "総務課")}


def test_a_group_is_asked_where_entries_do_not_tell_theirs(ask: Ask) -> None:
    found = ask("a007")
    assert found is not None
    assert found.roles == {RoleGrant("evaluator")}


def test_each_number_of_an_entry_is_its_own(ask: Ask) -> None:
    for number in ("a006", "b006"):
        found = ask(number)
        assert found is not None
        assert found.number == number


def test_an_unconfigured_section_is_not_told(ask: Ask) -> None:
    found = ask(ldap_section_attribute="")
    assert found is not None
    assert found.section == ""


@pytest.mark.parametrize(
    "password",
    ["", "\0", SECRET + "\0", "\u00ad", "\u200b", "wrong", SECRET + " ", "\ud800", "\u0007", "x" * 9000],
    ids=["empty", "NUL", "right and NUL", "soft hyphen", "zero width space", "wrong", "space after",
         "surrogate", "control", "endless"],
)  # fmt: skip
def test_a_wrong_password_brings_nobody_in(ask: Ask, password: str) -> None:
    assert ask(password=password) is None


def test_an_empty_password_never_reaches_a_server(ask: Ask) -> None:
    assert ask(password="", ldap_url=f"ldaps://localhost:{_free_port()}") is None


@pytest.mark.parametrize(
    "number",
    ["a999", "a003", "a004", "a005", "*", "a*", ")(uid=*", "a001)(uid=*", "a001\0", "a001\\2a", "",
     "花子"],
    ids=["unknown", "locked", "without a password", "two entries", "star", "prefix", "parentheses",
         "injection", "NUL", "escape", "empty", "no number"],
)  # fmt: skip
def test_these_numbers_bring_nobody_in(ask: Ask, number: str) -> None:
    assert ask(number) is None


def test_the_number_must_be_the_same_whatever_the_server_takes_for_equal(ask: Ask) -> None:
    assert ask("12-345", ldap_number_attribute="telephoneNumber") is not None
    assert ask("12345", ldap_number_attribute="telephoneNumber") is None


class NeverAsked:
    """A connection over which nothing may be sent."""

    def rebind(self, *_: object, **__: object) -> None:
        raise AssertionError("a bind was sent")


@pytest.mark.parametrize(
    ("dn", "password"), [("cn=a", ""), ("", "secret"), ("", ""), ("cn=a", "\0"), ("cn=a", "x\0")]
)
def test_a_bind_that_would_prove_nothing_is_never_sent(dn: str, password: str) -> None:
    assert LdapConnection(NeverAsked()).bind(dn, password) is False


def test_a_number_of_two_entries_is_told_in_the_log(
    ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    ask("a005")
    assert "uid is not of one entry only" in _cause(caplog)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("a001", "(uid=a001)"),
        ("*", "(uid=\\2a)"),
        (")(uid=*", "(uid=\\29\\28uid=\\2a)"),
        ("a\0b\\c", "(uid=a\\00b\\5cc)"),
        ("花", "(uid=花)"),
    ],
)
def test_a_value_in_a_filter_is_only_a_value(value: str, written: str) -> None:
    assert equals("uid", value) == written


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CN=Admin, OU=Groups,DC=city", "cn=admin,ou=groups,dc=city"),
        ("cn=a\\,b,dc=city", "cn=a\\2Cb,dc=city"),
        ("cn=鹿屋,dc=city", "CN=\\E9\\B9\\BF\\E5\\B1\\8B,dc=city"),
    ],
)
def test_spellings_of_a_name_are_one(one: str, other: str) -> None:
    assert folded_dn(one) == folded_dn(other)


def test_names_that_differ_stay_apart() -> None:
    assert folded_dn("cn=a\\,ou=b,dc=city") != folded_dn("cn=a,ou=b,dc=city")
    assert folded_dn("cn=a\\\\,ou=b,dc=city") != folded_dn("cn=a\\,ou=b,dc=city")
    assert folded_dn("cn=a,dc=city") != folded_dn("cn=a,dc=city,dc=example")


@pytest.mark.parametrize("text", ["", "chonai-admin", "cn=", "=a,dc=city", "cn=a,city", "c n=a"])
def test_what_is_no_name_of_an_entry_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a name"):
        folded_dn(text)


@pytest.mark.parametrize("scheme", ["ldaps", "ldap"])
def test_a_server_of_an_unknown_authority_is_not_asked(
    ask: Ask, slapd: Slapd, tmp_path: Path, scheme: str, caplog: pytest.LogCaptureFixture
) -> None:
    other = Authority(tmp_path, "other")
    url = getattr(slapd, scheme)
    with pytest.raises(
        DirectoryUnavailable, match="庁内ディレクトリ（LDAP）に確認できませんでした"
    ):
        ask(ldap_url=url, ldap_ca_file=str(other.file))
    assert "CERTIFICATE_VERIFY_FAILED" in _cause(caplog)


def test_the_system_s_authorities_do_not_know_the_office_s(
    ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(DirectoryUnavailable):
        ask(ldap_ca_file="")
    assert "CERTIFICATE_VERIFY_FAILED" in _cause(caplog)


@pytest.mark.parametrize("scheme", ["ldaps", "ldap"])
@pytest.mark.parametrize("named", ["ldap.city.example", "127.0.0.2"], ids=["name", "address"])
def test_a_certificate_for_another_name_is_refused(
    ask: Ask, authority: Authority, tmp_path: Path, scheme: str, named: str,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    authority.certify(tmp_path, named)
    with _running(tmp_path) as server:
        for host in ("localhost", "127.0.0.1"):
            port = server.tls_port if scheme == "ldaps" else server.port
            with pytest.raises(DirectoryUnavailable):
                ask(ldap_url=f"{scheme}://{host}:{port}")
    reasons = _cause(caplog)
    assert "Hostname mismatch" in reasons
    assert "IP address mismatch" in reasons


class Relay:
    """Passes bytes on to a server, and keeps what the client sent."""

    def __init__(self, port: int):
        self._to = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.sent = b""
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._to))
            threading.Thread(target=self._pass, args=(client, server, True), daemon=True).start()
            threading.Thread(target=self._pass, args=(server, client, False), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, keep: bool) -> None:
        try:
            while data := source.recv(65536):
                self.sent += data if keep else b""
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            return

    def close(self) -> None:
        self._listener.close()


@contextmanager
def _relayed(port: int) -> Iterator[Relay]:
    relay = Relay(port)
    try:
        yield relay
    finally:
        relay.close()


def test_no_password_and_no_number_leaves_in_clear_text(ask: Ask, slapd: Slapd) -> None:
    with _relayed(slapd.port) as relay:
        assert ask(ldap_url=f"ldap://localhost:{relay.port}") is not None
    assert b"1.3.6.1.4.1.1466.20037" in relay.sent  # StartTLS, in clear text by its nature
    for secret in (SECRET, READER_PASSWORD, "a001", "reader"):
        assert secret.encode() not in relay.sent


def test_a_server_without_tls_is_told_nothing(ask: Ask, tmp_path: Path) -> None:
    with _running(tmp_path, tls=False) as server, _relayed(server.port) as relay:
        with pytest.raises(DirectoryUnavailable):
            ask(ldap_url=f"ldap://localhost:{relay.port}")
        assert relay.sent
        for secret in (SECRET, READER_PASSWORD, "a001", "reader"):
            assert secret.encode() not in relay.sent


def test_a_server_that_is_down_is_unavailable(ask: Ask) -> None:
    with pytest.raises(DirectoryUnavailable, match="数分待って"):
        ask(ldap_url=f"ldaps://localhost:{_free_port()}")


@pytest.mark.parametrize("scheme", ["ldaps", "ldap"])
def test_a_server_that_never_answers_is_given_up(ask: Ask, scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(DirectoryUnavailable):
        ask(ldap_url=f"{scheme}://localhost:{silent.getsockname()[1]}")


@pytest.mark.parametrize("between", [" ", ", ", ","], ids=["space", "comma and space", "comma"])
def test_the_next_server_is_asked_where_one_is_down(ask: Ask, slapd: Slapd, between: str) -> None:
    found = ask(ldap_url=f"ldaps://localhost:{_free_port()}{between}{slapd.ldaps}")
    assert found is not None
    assert found.number == "a001"


def test_a_wrong_password_is_not_tried_at_the_next_server(
    ask: Ask, slapd: Slapd, caplog: pytest.LogCaptureFixture
) -> None:
    down = f"ldaps://localhost:{_free_port()}"
    assert ask(password="wrong", ldap_url=f"{slapd.ldaps} {down}") is None
    assert down not in _cause(caplog)


@pytest.mark.parametrize(
    "changes",
    [
        {"ldap_bind_password": SecretStr("wrong")},
        {"ldap_bind_dn": f"cn=nobody,{BASE}"},
        {"ldap_base": "dc=elsewhere"},
    ],
    ids=["password", "name", "base"],
)
def test_settings_that_the_server_refuses_are_no_wrong_password(
    ask: Ask, changes: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(DirectoryUnavailable, match="管理者"):
        ask(**changes)
    assert SECRET not in _cause(caplog)


def test_nothing_secret_is_logged(ask: Ask, slapd: Slapd, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    ask()
    ask(password="wrong")
    with pytest.raises(DirectoryUnavailable):
        ask(ldap_bind_password=SecretStr("wrong-too"))
    for secret in (SECRET, READER_PASSWORD, "wrong-too"):
        assert secret not in caplog.text


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"ldap_url": "ldaps://"}, "ASSISTANT_LDAP_URL"),
        ({"ldap_url": "ldaps://a:99999999"}, "ASSISTANT_LDAP_URL"),
        ({"ldap_url": "ldaps://a http://b"}, "http://b"),
        ({"ldap_url": "ldapi:///run/slapd"}, "ASSISTANT_LDAP_URL"),
        ({"ldap_url": "ldaps://a/dc=city"}, "ASSISTANT_LDAP_URL"),
        ({"ldap_bind_password": SecretStr("")}, "ASSISTANT_LDAP_BIND_PASSWORD"),
        ({"ldap_ca_file": "/not/there.pem"}, "ASSISTANT_LDAP_CA_FILE"),
        ({"ldap_ca_file": __file__}, "ASSISTANT_LDAP_CA_FILE"),
        ({"ldap_number_attribute": "uid=*)(x"}, "ASSISTANT_LDAP_NUMBER_ATTRIBUTE"),
        ({"ldap_section_attribute": "所属"}, "ASSISTANT_LDAP_SECTION_ATTRIBUTE"),
        ({"ldap_role_map": "cn=a,dc=city=mayor"}, "ASSISTANT_LDAP_ROLE_MAP"),
        ({"ldap_role_map": "chonai-admin=administrator"}, "グループの DN ではありません"),
    ],
)
def test_settings_that_cannot_work_are_named_at_the_start(
    settings: Settings, changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(SettingsError, match=reason):
        OfficeDirectory(settings.model_copy(update=changes))


def test_signing_in_asks_the_directory_about_people_without_a_password_here(
    quick_assistant: Assistant,
) -> None:
    outside = check_outside(quick_assistant.settings, quick_assistant.database)
    sign_in = quick_assistant.local_sign_in
    verdict = sign_in.attempt("a001", SECRET, outside=outside)
    assert verdict.member is not None
    assert verdict.method == "ldap"
    assert verdict.member.section == "総務課"
    assert RoleGrant("administrator") in verdict.member.grants
    assert sign_in.attempt("a001", "wrong", outside=outside).member is None
    sign_in.reset_password(verdict.member, by=SYSTEM_ACTOR)
    assert sign_in.attempt("a001", SECRET, outside=outside).member is None


def test_a_section_changed_in_the_directory_is_a_transfer(quick_assistant: Assistant) -> None:
    quick_assistant.accounts.add("a008", name="太郎", section="総務課", by=SYSTEM_ACTOR)
    outside = check_outside(quick_assistant.settings, quick_assistant.database)
    member = outside("a008", SECRET)
    assert member is not None
    assert (member.name, member.section, member.grants) == ("鹿屋 太郎", "税務課", ())


def test_a_disabled_person_stays_out_with_the_right_password(quick_assistant: Assistant) -> None:
    outside = check_outside(quick_assistant.settings, quick_assistant.database)
    assert outside("a001", SECRET) is not None
    quick_assistant.accounts.add("z999", name="管理", section="", by=SYSTEM_ACTOR)
    quick_assistant.accounts.grant("z999", RoleGrant("administrator"), by=SYSTEM_ACTOR)
    quick_assistant.accounts.disable("a001", by=SYSTEM_ACTOR)
    assert outside("a001", SECRET) is None
