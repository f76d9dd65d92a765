"""A real OpenID Connect provider on loopback that demands PKCE, and errs where a test says so."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Callable
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import flask
import httpx2
import oidc_provider_mock
import werkzeug.serving
from joserfc import jwt
from joserfc.jwk import RSAKey
from oidc_provider_mock._storage import storage

Claims = dict[str, Any]


class OidcServer:
    """oidc-provider-mock with one registered client; it refuses a code without its verifier.

    `alter` changes the claims of the next ID tokens, `sign` what they are signed with, `describe`
    adds to the provider's description, `fail` lets paths answer with a status and a text.
    """

    def __init__(self, redirect_uri: str) -> None:
        self.alter: Callable[[Claims], Claims] | None = None
        self.sign: Callable[[Claims, dict[str, Any]], str] | None = None
        self.describe: dict[str, Any] = {}
        self.fail: dict[str, tuple[int, str]] = {}
        self.user_info: Claims = {}
        self.asked: list[str] = []
        self._challenges: dict[str, str] = {}
        app = oidc_provider_mock.app(require_client_registration=True, require_nonce=True)
        app.before_request(self._before)
        app.after_request(self._after)
        self._server = werkzeug.serving.make_server("localhost", 0, app, threaded=True)
        self.issuer = f"http://localhost:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        body = {"redirect_uris": [redirect_uri], "scope": "openid profile email"}
        client = httpx2.post(f"{self.issuer}/oauth2/clients", json=body).json()
        self.client_id, self.client_secret = client["client_id"], client["client_secret"]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Be down from now on."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def behave(self) -> None:
        """Do all things right again, and forget what was asked."""
        self.alter = self.sign = None
        self.describe, self.fail, self.user_info, self.asked = {}, {}, {}, []

    def knows(self, subject: str, **claims: Any) -> None:
        """Have somebody with these claims."""
        httpx2.put(f"{self.issuer}/users/{subject}", json=claims).raise_for_status()

    def approve(self, address: str, subject: str) -> str:
        """Sign somebody in at the provider; return the address that it sends the browser to."""
        return str(httpx2.post(address, data={"sub": subject}).headers["location"])

    def deny(self, address: str) -> str:
        """Cancel at the provider; return the address that it sends the browser to."""
        return str(httpx2.post(address, data={"action": "deny"}).headers["location"])

    def public_key(self) -> dict[str, Any]:
        """Return the key that the provider publishes."""
        keys: list[dict[str, Any]] = httpx2.get(f"{self.issuer}/jwks").json()["keys"]
        return keys[0]

    def _before(self) -> Any:
        request = flask.request
        self.asked.append(request.path)
        if request.path in self.fail:
            status, text = self.fail[request.path]
            return flask.Response(text, status, content_type="application/json")
        if request.path == "/oauth2/token":
            challenge = self._challenges.get(request.form.get("code", ""), "")
            verifier = request.form.get("code_verifier", "")
            digest = hashlib.sha256(verifier.encode()).digest()
            if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != challenge:
                return flask.jsonify({"error": "invalid_grant"}), 400
        return None

    def _after(self, response: flask.Response) -> flask.Response:
        path = flask.request.path
        if path == "/oauth2/authorize" and response.location:
            code = parse_qs(urlsplit(response.location).query).get("code", [""])[0]
            if flask.request.args.get("code_challenge_method") == "S256":
                self._challenges[code] = flask.request.args["code_challenge"]
        elif path == "/.well-known/openid-configuration" and response.status_code == 200:
            response.set_data(json.dumps({**json.loads(response.data), **self.describe}))
        elif path == "/userinfo" and response.status_code == 200:
            response.set_data(json.dumps({**json.loads(response.data), **self.user_info}))
        elif path == "/oauth2/token" and response.status_code == 200 and (self.alter or self.sign):
            token = json.loads(response.data)
            header, payload = (
                json.loads(base64.urlsafe_b64decode(part + "=="))
                for part in token["id_token"].split(".")[:2]
            )
            claims = self.alter(payload) if self.alter else payload
            sign = self.sign or _as_the_provider
            response.set_data(json.dumps({**token, "id_token": sign(claims, header)}))
        return response


def _as_the_provider(claims: Claims, header: dict[str, Any]) -> str:
    return jwt.encode(header, claims, RSAKey.import_key(storage.jwk.as_dict(is_private=True)))
