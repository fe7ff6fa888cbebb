"""A SAML identity provider made of pysaml2: one person, ada, password "secret".

Usage: pysaml2-provider.py FOLDER PORT. The folder has key.pem, certificate.pem, the service provider's metadata in
sp.xml as soon as it is known, and what is signed in signed.json.
"""

import html
import json
import os
import re
import secrets
import sys
from http import cookies
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.authn_context import PASSWORDPROTECTEDTRANSPORT
from saml2.config import IdPConfig
from saml2.metadata import entity_descriptor
from saml2.saml import NAMEID_FORMAT_EMAILADDRESS, NameID
from saml2.server import Server
from saml2.sigver import verify_redirect_signature
from saml2.xmldsig import DIGEST_SHA256, SIG_RSA_SHA256

FOLDER, PORT = sys.argv[1], int(sys.argv[2])
ORIGIN = f"http://127.0.0.1:{PORT}"
NAME_FORMAT = "urn:oasis:names:tc:SAML:2.0:attrname-format:basic"
PEOPLE = {
    "ada": {
        "email": "ada@pysaml2.example.com",
        "firstName": "Ada",
        "lastName": "Brook",
        "groups": ["Everyone", "Editors"],
    }
}

# By the value of the cookie: who is signed in, and the session that the service provider was told.
SESSIONS = {}


def file(name):
    return os.path.join(FOLDER, name)


def config():
    known = {"local": [file("sp.xml")]} if os.path.exists(file("sp.xml")) else {}
    return IdPConfig().load(
        {
            "entityid": f"{ORIGIN}/metadata",
            "key_file": file("key.pem"),
            "cert_file": file("certificate.pem"),
            "xmlsec_binary": "/usr/bin/xmlsec1",
            "metadata": known,
            "service": {
                "idp": {
                    "name_id_format": [NAMEID_FORMAT_EMAILADDRESS],
                    "policy": {"default": {"name_form": NAME_FORMAT, "lifetime": {"minutes": 5}}},
                    "endpoints": {
                        "single_sign_on_service": [(f"{ORIGIN}/sso", BINDING_HTTP_REDIRECT)],
                        "single_logout_service": [(f"{ORIGIN}/slo", BINDING_HTTP_REDIRECT)],
                    },
                }
            },
        }
    )


def require_signature(provider, issuer, query):
    """The redirect binding's signature (SAML Bindings §3.4.4.1), which this version of pysaml2 leaves to its user."""
    certificates = provider.metadata.certs(issuer, "spsso", "signing")
    backend = provider.sec.sec_backend
    if not any(verify_redirect_signature(query, backend, certificate) for certificate in certificates):
        raise ValueError("The signature of the request is wrong")


class Provider(BaseHTTPRequestHandler):
    def do_GET(self):
        address = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        pages = {"/metadata": self.metadata, "/sso": self.sso, "/slo": self.slo, "/sign-out": self.sign_out}
        page = pages.get(address.path)
        if page is None:
            return self.answer(404, "Nothing here")
        return page(query)

    def do_POST(self):
        """The form with the password, whose address carries the request."""
        length = int(self.headers.get("Content-Length", "0"))
        fields = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
        query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        if fields.get("username") not in PEOPLE or fields.get("password") != "secret":
            return self.form()
        session = secrets.token_urlsafe(16)
        SESSIONS[session] = {"user": fields["username"]}
        return self.sso(query, session, {"Set-Cookie": f"pysaml2={session}; Path=/; HttpOnly"})

    def metadata(self, _query):
        self.answer(200, str(entity_descriptor(config())), {"Content-Type": "application/samlmetadata+xml"})

    def sso(self, query, session=None, headers=None):
        session = session or self.session()
        provider = Server(config=config())
        request = provider.parse_authn_request(query["SAMLRequest"], BINDING_HTTP_REDIRECT)
        require_signature(provider, request.message.issuer.text, query)
        if session not in SESSIONS or request.message.force_authn == "true":
            return self.form()
        person = PEOPLE[SESSIONS[session]["user"]]
        answer = provider.response_args(request.message)
        with open(file("signed.json"), encoding="utf-8") as settings:
            signed = json.load(settings)
        message = provider.create_authn_response(
            person,
            userid=person["email"],
            name_id=NameID(format=NAMEID_FORMAT_EMAILADDRESS, text=person["email"]),
            authn={"class_ref": PASSWORDPROTECTEDTRANSPORT, "authn_auth": ORIGIN},
            sign_response=signed["response"],
            sign_assertion=signed["assertion"],
            sign_alg=SIG_RSA_SHA256,
            digest_alg=DIGEST_SHA256,
            in_response_to=answer["in_response_to"],
            destination=answer["destination"],
            sp_entity_id=answer["sp_entity_id"],
        )
        index = re.search(r'SessionIndex="([^"]+)"', str(message)).group(1)
        SESSIONS[session].update(sp=answer["sp_entity_id"], index=index)
        sent = provider.apply_binding(
            BINDING_HTTP_POST, str(message), answer["destination"], query.get("RelayState", ""), response=True
        )
        return self.answer(200, sent["data"], headers)

    def slo(self, query):
        provider = Server(config=config())
        if "SAMLResponse" in query:
            provider.parse_logout_request_response(query["SAMLResponse"], BINDING_HTTP_REDIRECT)
            return self.answer(200, "Signed out everywhere")
        request = provider.parse_logout_request(query["SAMLRequest"], BINDING_HTTP_REDIRECT)
        require_signature(provider, request.message.issuer.text, query)
        for session in [name for name, known in SESSIONS.items() if known["index"] in self.indexes(request)]:
            del SESSIONS[session]
        response = provider.create_logout_response(request.message, [BINDING_HTTP_REDIRECT])
        address = provider.response_args(request.message, [BINDING_HTTP_REDIRECT])["destination"]
        return self.redirect(provider, response, address, query.get("RelayState", ""), response=True)

    def sign_out(self, _query):
        known = SESSIONS.pop(self.session())
        provider = Server(config=config())
        [address] = [
            service["location"]
            for service in provider.metadata.single_logout_service(known["sp"], BINDING_HTTP_REDIRECT, "spsso")
        ]
        email = PEOPLE[known["user"]]["email"]
        _, request = provider.create_logout_request(
            address,
            known["sp"],
            name_id=NameID(format=NAMEID_FORMAT_EMAILADDRESS, text=email),
            session_indexes=[known["index"]],
        )
        return self.redirect(provider, request, address, "", response=False)

    @staticmethod
    def indexes(request):
        return [index.text for index in request.message.session_index]

    def redirect(self, provider, message, address, relay_state, response):
        sent = provider.apply_binding(
            BINDING_HTTP_REDIRECT,
            str(message),
            address,
            relay_state,
            response=response,
            sign=True,
            sigalg=SIG_RSA_SHA256,
        )
        return self.answer(303, "", dict(sent["headers"]))

    def form(self):
        self.answer(
            200,
            f'<form method="post" action="{html.escape(self.path)}"><input name="username" value="">'
            '<input name="password" type="password" value=""></form>',
        )

    def session(self):
        known = cookies.SimpleCookie(self.headers.get("Cookie", "")).get("pysaml2")
        return known.value if known is not None else None

    def answer(self, status, text, headers=None):
        body = text.encode()
        self.send_response(status)
        for name, value in {"Content-Type": "text/html; charset=utf-8", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


ThreadingHTTPServer(("127.0.0.1", PORT), Provider).serve_forever()
