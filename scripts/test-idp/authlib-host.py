"""A host application made of Authlib and Flask.

Usage: authlib-host.py PORT, with ISSUER, CLIENT_ID and CLIENT_SECRET in the environment.
"""

import os
import secrets
import sys
from urllib.parse import urlencode

from authlib.integrations.flask_client import OAuth
from authlib.jose import JsonWebKey, jwt
from flask import Flask, redirect, request, session

PORT = int(sys.argv[1])
ORIGIN = f"http://127.0.0.1:{PORT}"
ISSUER, CLIENT_ID = os.environ["ISSUER"], os.environ["CLIENT_ID"]
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"

# Who is signed in, by the value in the cookie.
PEOPLE = {}

app = Flask(__name__)
app.secret_key = secrets.token_bytes(32)
rolecall = OAuth(app).register(
    "rolecall",
    client_id=CLIENT_ID,
    client_secret=os.environ["CLIENT_SECRET"],
    server_metadata_url=f"{ISSUER}/.well-known/openid-configuration",
    client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256"},
)


@app.get("/")
def home():
    person = PEOPLE.get(session.get("person"))
    return "Nobody" if person is None else f"Roles: {', '.join(person['roles'])}"


@app.get("/sign-in")
def sign_in():
    return rolecall.authorize_redirect(f"{ORIGIN}/callback")


@app.get("/callback")
def callback():
    if "error" in request.args:
        return f"Refused: {request.args['error']}", 403
    token = rolecall.authorize_access_token()
    session["person"] = secrets.token_urlsafe(16)
    PEOPLE[session["person"]] = {**token["userinfo"], "id_token": token["id_token"]}
    return redirect("/")


@app.get("/sign-out")
def sign_out():
    person = PEOPLE.pop(session.pop("person", None), None)
    if person is None:
        return redirect("/")
    back = {"id_token_hint": person["id_token"], "post_logout_redirect_uri": f"{ORIGIN}/"}
    return redirect(f"{rolecall.load_server_metadata()['end_session_endpoint']}?{urlencode(back)}")


@app.post("/backchannel-logout")
def backchannel_logout():
    """OpenID Connect Back-Channel Logout 1.0, 2.6."""
    expected = {
        "iss": {"essential": True, "value": ISSUER},
        "aud": {"essential": True, "value": CLIENT_ID},
        "sid": {"essential": True},
    }
    keys = JsonWebKey.import_key_set(rolecall.fetch_jwk_set())
    claims = jwt.decode(request.form["logout_token"], keys, claims_options=expected)
    claims.validate()
    if claims.header["typ"] != "logout+jwt" or LOGOUT_EVENT not in claims["events"] or "nonce" in claims:
        return "", 400
    for name in [name for name, person in PEOPLE.items() if person["sid"] == claims["sid"]]:
        del PEOPLE[name]
    return "", 204


app.run("127.0.0.1", PORT)
