"""What the apps of the tests share: sessions, and a page that says who is signed in. They listen on PORT of the loopback."""

import html
import os
import secrets
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from urllib.parse import parse_qsl, urlsplit

PORT = int(os.environ["PORT"])
ORIGIN = f"http://127.0.0.1:{PORT}"


class Refused(Exception):
    """Why nobody is signed in."""


def home(session):
    """Who is signed in, and how."""
    if "user" not in session:
        return '<p id="nobody">Nobody is signed in.</p><a id="login" href="/login">Log in</a>'
    shown = {"user": session["user"], "amr": " ".join(session["amr"]), "acr": session["acr"] or ""}
    lines = "".join(f'<p id="{name}">{html.escape(value)}</p>' for name, value in shown.items())
    return lines + '<a id="logout" href="/logout">Log out</a>'


def serve(routes):
    """Serves functions by their paths: each gets the request, and returns where the browser goes, or a document."""
    sessions = {}

    class App(BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def do_GET(self):
            self.answer({})

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            self.answer(dict(parse_qsl(body.decode(), keep_blank_values=True)))

        def answer(self, form):
            url = urlsplit(self.path)
            cookie = SimpleCookie(self.headers.get("cookie", "")).get("app_session")
            key = cookie.value if cookie and cookie.value in sessions else secrets.token_urlsafe()
            session = sessions.setdefault(key, {})
            query = dict(parse_qsl(url.query, keep_blank_values=True))
            request = SimpleNamespace(path=url.path, raw_query=url.query, query=query, form=form, session=session)
            status, kind, body, location = 200, "text/html; charset=utf-8", home(session), None
            if url.path != "/":
                try:
                    answer = routes[url.path](request) if url.path in routes else "/"
                    if isinstance(answer, bytes):
                        kind, body = "application/xml", answer.decode()
                    else:
                        status, body, location = 303, "", answer
                except Exception as error:
                    status, body = 403, f'<p id="refused">{html.escape(f"{type(error).__name__}: {error}")}</p>'
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Set-Cookie", f"app_session={key}; Path=/; HttpOnly")
            if location:
                self.send_header("Location", location)
            self.end_headers()
            self.wfile.write(body.encode())

    server = ThreadingHTTPServer(("127.0.0.1", PORT), App)
    print("ready", flush=True)
    server.serve_forever()
