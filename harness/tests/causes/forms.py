"""A suite without a browser: it posts the first form of each page, filled in as its arguments say.

Each argument fills one page: `username=rep&pw=secret`. `{user}` and `{password}` are those of the run. Hidden fields are
sent back as they came. `{later-code}` is the user's TOTP code of two minutes later. `link=other_method` follows the link with this id instead; `sso=state` starts a single sign-on
and sends the request to the identity provider again without this parameter.
"""
import base64
import hmac
import html.parser
import os
import struct
import sys
import time
import urllib.parse
import urllib.request


class Page(html.parser.HTMLParser):
    """The first form of a page with its hidden fields, and the links that have an id."""

    def __init__(self, text):
        super().__init__()
        self.action, self.fields, self.links = None, {}, {}
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form" and self.action is None:
            self.action = attrs.get("action", "")
        elif tag == "input" and attrs.get("type") == "hidden" and "name" in attrs:
            self.fields.setdefault(attrs["name"], attrs.get("value") or "")
        elif tag == "a" and "id" in attrs:
            self.links[attrs["id"]] = attrs.get("href", "")


class Trail(urllib.request.HTTPRedirectHandler):
    """Follows redirects and remembers their targets."""

    def __init__(self):
        self.urls = []

    def redirect_request(self, request, file, code, message, headers, url):
        self.urls.append(url)
        return super().redirect_request(request, file, code, message, headers, url)


def later_code(secret, steps=4):
    """The TOTP code so many windows from now (RFC 6238, RFC 4226 5.3)."""
    key = base64.b32decode(secret.upper() + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(time.time()) // 30 + steps), "sha1")
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at:at + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


def main(fills):
    trail = Trail()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(), trail)
    answer = opener.open(os.environ["VESTIBULE_LOGIN_URL"])
    for fill in fills:
        page = Page(answer.read().decode())
        typed = dict(urllib.parse.parse_qsl(fill, keep_blank_values=True))
        if "sso" in typed:
            opener.open(os.environ["VESTIBULE_SSO_URL"])
            url = next(url for url in trail.urls if typed["sso"] + "=" in url)
            url = urllib.parse.urlsplit(url)
            kept = [(name, text) for name, text in urllib.parse.parse_qsl(url.query) if name != typed["sso"]]
            answer = opener.open(url._replace(query=urllib.parse.urlencode(kept)).geturl())
            continue
        if "link" in typed:
            answer = opener.open(urllib.parse.urljoin(answer.geturl(), page.links[typed["link"]]))
            continue
        known = {"{user}": os.environ["VESTIBULE_USERNAME"], "{password}": os.environ["VESTIBULE_PASSWORD"]}
        if "VESTIBULE_TOTP_SECRET" in os.environ:
            known["{later-code}"] = later_code(os.environ["VESTIBULE_TOTP_SECRET"])
        typed = {name: known.get(text, text) for name, text in typed.items()}
        data = urllib.parse.urlencode(page.fields | typed).encode()
        answer = opener.open(urllib.parse.urljoin(answer.geturl(), page.action), data)
    print("stands on", urllib.parse.urlparse(answer.geturl()).path)
    sys.exit(1)


main(sys.argv[1:])
